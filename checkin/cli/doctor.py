"""`checkin doctor`: what stands in the way of a good service, and what to do about it."""

import json
import shutil
import sqlite3
import stat
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import click
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from checkin import migrations
from checkin.cli.opening import opened, sentence_about
from checkin.cli.questions import as_json
from checkin.config import Refused, sqlite_warnings
from checkin.database import db, sqlite_file
from checkin.models import Job
from checkin.web import clock

OK, NOTE, BROKEN = "ok", "note", "broken"
MEGABYTE = 1024 * 1024
LITTLE_SPACE, NO_SPACE = 2048 * MEGABYTE, 200 * MEGABYTE
JOBS_LATE = timedelta(minutes=15)


class Finding(NamedTuple):
    check: str
    level: str
    sentence: str


@click.command()
@as_json
def doctor(as_json: bool) -> None:
    """Look at the installation; fails when something is broken."""
    found = list(examine())
    broken = [finding for finding in found if finding.level == BROKEN]
    if as_json:
        listed = [finding._asdict() for finding in found]
        click.echo(json.dumps({"sound": not broken, "findings": listed}))
    else:
        for finding in found:
            click.echo(f"{finding.level:8}{finding.check:12}{finding.sentence}")
    if broken:
        raise click.ClickException(f"Broken: {', '.join(finding.check for finding in broken)}.")


def examine() -> Iterator[Finding]:
    """Every finding; one check that fails does not hide the others that can still be made."""
    yield _python()
    yield _sqlite()
    try:
        with opened() as app:
            yield Finding("settings", OK, "The settings are safe to start with.")
            yield from (_secret(app), _address(app), _space(app))
            yield from _database()
    except Refused as refused:
        yield Finding("settings", BROKEN, str(refused))


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    enough = sys.version_info >= (3, 11)
    return Finding("python", OK if enough else BROKEN, f"This is {version}; 3.11 is needed.")


def _sqlite() -> Finding:
    warnings = sqlite_warnings()
    sentence = warnings[0] if warnings else f"SQLite {sqlite3.sqlite_version} is sound."
    return Finding("sqlite", NOTE if warnings else OK, sentence)


def _secret(app: Flask) -> Finding:
    path = Path(app.instance_path) / "secret-key"
    if not path.exists() or path.read_text().strip() != app.config["SECRET_KEY"]:
        return Finding("secret", OK, "The secret key comes from the settings.")
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return Finding("secret", BROKEN, f"Others can read {path}: chmod 600 it.")
    return Finding("secret", OK, f"The secret key is kept in {path}.")


def _address(app: Flask) -> Finding:
    base = app.config["BASE_URL"]
    parts = urlsplit(base)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return Finding("address", BROKEN, f"CHECKIN_BASE_URL is no address: {base}")
    if parts.hostname in ("127.0.0.1", "localhost", "::1"):
        return Finding("address", NOTE, f"Posters say {base}, which no phone can open.")
    if parts.scheme == "http":
        return Finding("address", NOTE, f"Posters say {base}, without encryption.")
    return Finding("address", OK, f"Posters say {base}.")


def _space(app: Flask) -> Finding:
    file = sqlite_file(app.config["DATABASE_URL"])
    folder = file.parent if file else Path(app.instance_path)
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    level = OK if free >= LITTLE_SPACE else NOTE if free >= NO_SPACE else BROKEN
    return Finding("disk", level, f"{free // MEGABYTE:,} MB are free in {folder}.")


def _database() -> Iterator[Finding]:
    try:
        if not migrations.is_current(db.engine):
            yield Finding("database", BROKEN, "Tables are missing or old: run `checkin init`.")
            return
        yield Finding("database", OK, f"The tables are up to date ({db.engine.dialect.name}).")
        yield _jobs(clock.now())
    except SQLAlchemyError as fault:
        yield Finding("database", BROKEN, sentence_about(fault))


def _jobs(now: datetime) -> Finding:
    jobs = db.session.scalars(select(Job).order_by(Job.name)).all()
    if faulty := [f"{job.name}: {job.fault}" for job in jobs if job.fault]:
        return Finding("jobs", BROKEN, f"The last run failed ({'; '.join(faulty)}).")
    last = max((job.ran_at for job in jobs if job.ran_at), default=None)
    if last is None:
        return Finding("jobs", NOTE, "No job has run yet: `checkin serve` runs them.")
    minutes = int((now - last).total_seconds() // 60)
    level = NOTE if now - last > JOBS_LATE else OK
    return Finding("jobs", level, f"The last job ran {minutes} minutes ago.")
