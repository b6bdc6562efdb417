"""`checkin jobs run`: the sweeps, for where no `checkin serve` runs them."""

import sys
import time
from functools import partial

import click

from checkin import create_app
from checkin.cli.opening import ready
from checkin.database import db
from checkin.operations import exporting, importing, revaluing
from checkin.operations import jobs as sweeps
from checkin.operations.exporting import apart
from checkin.web import clock


@click.group()
def jobs() -> None:
    """Work that happens by itself: closing, sealing, sending, forgetting."""


@jobs.command("run")
@click.option("--once", is_flag=True, help="Do what is due now and end.")
def run(once: bool) -> None:
    """Run what is due, again and again until Ctrl-C."""
    with ready() as app:
        if not once:
            _run_until_stopped(app)
        done = sweeps.run_due(clock.now())
        if imports := importing.work_on_waiting(clock.now):
            done["imports"] = imports
        if exports := exporting.work_on_waiting(clock.now):
            done["exports"] = exports
        if runs := revaluing.work_on_waiting(clock.now):
            done["value_runs"] = runs
        faults = sweeps.faults()
    for name, number in done.items():
        click.echo(f"{name:20}{number:>8,}")
    if faults:
        told = "; ".join(f"{name}: {fault}" for name, fault in faults.items())
        raise click.ClickException(f"A job failed ({told}).")


@jobs.command("write", hidden=True)
def write() -> None:
    """Write one long file for the process that began this one."""
    order = apart.said_order(sys.stdin)
    with create_app(order["settings"]).app_context():
        work = partial(exporting.write_apart, order["export_id"], order["path"], order["now"])
        apart.work(work, partial(print, flush=True))
        db.session.remove()
        db.engine.dispose()


def _run_until_stopped(app) -> None:
    runner = sweeps.start_thread(app, clock.now)
    click.echo("Running the jobs. Ctrl-C stops.")
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        runner.stop()
        raise click.Abort from None
