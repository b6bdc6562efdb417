"""`checkin init` and `checkin demo`: a database that is up to date, and one to play with."""

from pathlib import Path

import click
from flask import Flask

from checkin import migrations
from checkin.cli.opening import opened, ready
from checkin.config import demo_marker
from checkin.database import db, sqlite_file
from checkin.demo import filling
from checkin.demo.neighbourhoods import Scale
from checkin.domain.errors import Problem
from checkin.operations.figures import proof
from checkin.web import clock


@click.command()
def init() -> None:
    """Make the database, or bring it up to date; doing it again changes nothing."""
    with opened() as app:
        made = migrate(app)
    click.echo("The database is ready." if made else "The database is up to date.")


def migrate(app: Flask) -> bool:
    """Whether there was anything to do."""
    file = sqlite_file(app.config["DATABASE_URL"])
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
    if migrations.is_current(db.engine):
        return False
    before = migrations.revision_of(db.engine)
    migrations.upgrade(db.engine)
    if before is not None and before < migrations.SUMS_EMPTIED:
        proof.recompute()
    return True


@click.command()
@click.option(
    "--size",
    type=click.Choice(["season", "today", "association"]),
    default="season",
    show_default=True,
    help="A past season, only shifts around now, or an association's million attendances.",
)
def demo(size: str) -> None:
    """Fill an empty database with the demo, and keep shifts running now; twice is harmless."""
    with ready() as app:
        made = fill_in(app, size=size)
    click.echo("The demo is ready." if made else "The demo is up to date.")


def fill_in(app: Flask, *, size: str) -> bool:
    """Whether anything was missing; from now on this database is served as a demo."""
    if app.config["PRODUCTION"]:
        raise click.ClickException("The demo shows sign-in codes: it is not for production.")
    try:
        made = _fill(size)
    except Problem as problem:
        raise click.ClickException(_WHY_NOT[problem.code]) from None
    marker = demo_marker(Path(app.instance_path), app.config["DATABASE_URL"])
    marker.parent.mkdir(parents=True, exist_ok=True)
    marker.touch()
    app.config["DEMO"] = True
    return made


_WHY_NOT = {
    "not_empty": "This database holds real records: the demo needs an empty one, "
    "so set CHECKIN_DATABASE_URL or serve without the demo.",
    "half_filled": "The demo was interrupted while it filled this database: "
    "remove it and begin with an empty one.",
}


def _fill(size: str) -> bool:
    """Shows how far it is where that takes minutes."""
    if size != "association" or filling.organisation() is not None:
        return filling.fill(clock.now(), size=size)
    length = Scale.published().attendances
    with click.progressbar(length=length, label="Attendances", show_pos=True) as bar:
        return filling.fill(clock.now(), size=size, progress=bar.update)
