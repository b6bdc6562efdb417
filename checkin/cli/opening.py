"""The application as the commands see it, and faults of its database in one sentence."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import Flask
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from checkin import create_app, migrations
from checkin.database import db


@contextmanager
def opened(*, quiet: bool = True) -> Iterator[Flask]:
    """The configured application with its context; `quiet` keeps start-up warnings back."""
    logging.getLogger("checkin").setLevel(logging.ERROR if quiet else logging.WARNING)
    app = create_app()
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


@contextmanager
def ready(*, quiet: bool = True) -> Iterator[Flask]:
    """The same, with a database that has every table this version knows."""
    with opened(quiet=quiet) as app:
        check_tables()
        yield app


def check_tables() -> None:
    if not migrations.is_current(db.engine):
        raise click.ClickException("The database is not up to date: run `checkin init` first.")


def sentence_about(fault: SQLAlchemyError | OSError) -> str:
    """What to tell somebody at a terminal instead of a traceback."""
    if isinstance(fault, OSError):
        where = fault.filename or "This machine"
        return (
            f"{where} cannot be used ({fault.strerror}): check CHECKIN_DATABASE_URL and the disk."
        )
    cause = fault.orig if isinstance(fault, DBAPIError) else fault
    said = " ".join(str(cause).split()).rstrip(".")
    return f"The database cannot be used ({said}): check CHECKIN_DATABASE_URL."
