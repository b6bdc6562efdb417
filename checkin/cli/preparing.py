"""`checkin init`: a database with every table this version knows."""

import click

from checkin import migrations
from checkin.cli.opening import opened
from checkin.database import db, sqlite_file


@click.command()
def init() -> None:
    """Make the database, or bring it up to date; doing it again changes nothing."""
    with opened() as app:
        file = sqlite_file(app.config["DATABASE_URL"])
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
        if migrations.is_current(db.engine):
            click.echo("The database is up to date.")
            return
        migrations.upgrade(db.engine)
        click.echo("The database is ready.")
