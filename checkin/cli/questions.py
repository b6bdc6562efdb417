"""`checkin report` and `checkin verify-audit`: figures and proof, for people and for scripts."""

import json
from datetime import date

import click

from checkin.cli.opening import ready
from checkin.operations import audit, figures
from checkin.operations.figures import rollup
from checkin.operations.permissions import Reach

as_json = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")


@click.group()
def report() -> None:
    """Figures, the same as on the pages."""


@report.command("totals")
@click.option("--year", type=click.IntRange(1900, 2200), help="A Gregorian year; else all.")
@as_json
def totals(year: int | None, as_json: bool) -> None:
    """Hours, people, attendances and beneficiaries of the whole organisation."""
    first, last = (date(year, 1, 1), date(year, 12, 31)) if year else (None, None)
    with ready():
        found = figures.totals(figures.Filter(Reach(everywhere=True), first, last))._asdict()
    if as_json:
        click.echo(json.dumps(found))
        return
    for name, value in found.items():
        click.echo(f"{name:20}{value:>14,}")


@click.group("figures")
def sums() -> None:
    """The sums that figures are answered from."""


@sums.command("recompute")
def recompute() -> None:
    """Set the sums of figures to what the records say; nobody has to wait meanwhile."""
    with ready():
        wrong = rollup.recompute()
    click.echo(f"Lines corrected: {wrong:,}." if wrong else "Every sum agrees with the records.")


@click.command("verify-audit")
@as_json
def verify_audit(as_json: bool) -> None:
    """Prove that no sealed line of the audit log was changed or removed."""
    with ready():
        broken_at, sealed = audit.broken_at(), audit.sealed_count()
    if as_json:
        click.echo(json.dumps({"whole": broken_at is None, "sealed": sealed, "at": broken_at}))
    if broken_at is not None:
        raise click.ClickException(f"The audit log is broken at link {broken_at:,}.")
    if not as_json:
        click.echo(f"The audit log is whole: {sealed:,} sealed entries.")
