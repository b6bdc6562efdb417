"""The work on exports that goes on by itself: writing a file, under a lease that is renewed."""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import ColumnElement, or_, select, update

from checkin.database import at_one_instant, db, transaction
from checkin.domain.errors import Problem
from checkin.models import Export
from checkin.operations import audit
from checkin.operations.exporting.asked import KEPT, UNDER_WAY, folder, new_file_name
from checkin.operations.exporting.tables import Table
from checkin.operations.exporting.writers import written

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
Lister = Callable[[Export, datetime], Table]
LISTS = "checkin_export_lists"
"""Where the web floor puts what can be taken out, among the app's extensions: by `what`, a
function from an export to its table."""
LEASE = timedelta(minutes=2)
REPORT_SECONDS = 1.0
BREATHER_ROWS = 20
BREATHER_SECONDS = 0.0002
"""Between rows whoever waits for the interpreter gets it: a scan is answered by the same one."""
TOGETHER = 500
"""Rows fetched at once."""


class Stopped(Exception):
    """Another process has taken the export over."""


def work_on_waiting(clock: Clock) -> int:
    """Write what waits, one export after the other; how many were worked on.

    Safe in several threads and machines at once. A fault is the export's own.
    """
    number = 0
    while _anything_waits(clock()) and (export_id := _take(clock())) is not None:
        number += 1
        _work_on(export_id, clock)
    return number


def _anything_waits(now: datetime) -> bool:
    """Asked every second: reading takes nobody's turn to write."""
    db.session.rollback()
    return db.session.scalar(select(Export.id).where(*_waiting(now)).limit(1)) is not None


def _waiting(now: datetime) -> tuple[ColumnElement[bool], ...]:
    free = or_(Export.leased_until.is_(None), Export.leased_until <= now)
    return Export.state.in_(UNDER_WAY), free


@transaction
def _take(now: datetime) -> int | None:
    """The oldest that waits and is nobody's; one conditional statement, so one worker gets it."""
    oldest = select(Export.id).where(*_waiting(now)).order_by(Export.id).limit(1)
    return db.session.scalar(
        update(Export)
        .where(Export.id == oldest.scalar_subquery(), *_waiting(now))
        .values(leased_until=now + LEASE, state="writing", done=0)
        .returning(Export.id)
    )


def _work_on(export_id: int, clock: Clock) -> None:
    name = ""
    try:
        row = db.session.get_one(Export, export_id)
        name = new_file_name(row.kind)
        number = _write(row, folder() / name, clock)
        _finish(export_id, name, number, clock())
        return
    except Stopped:
        pass
    except Problem as problem:
        _fail(export_id, problem.code, clock())
    except Exception:
        log.exception("the export %s failed", export_id)
        _fail(export_id, "export_failed", clock())
    (folder() / name).unlink(missing_ok=True)


def _write(row: Export, path: Path, clock: Clock) -> int:
    """How many rows stand in the file."""
    export_id, kind, done = row.id, row.kind, 0
    lists: dict[str, Lister] = current_app.extensions[LISTS]
    table = lists[row.what](row, clock())
    _report(export_id, 0, clock() + LEASE, total=table.count)
    said_at = time.monotonic()
    with at_one_instant() as connection:
        rows = iter(connection.execution_options(yield_per=TOGETHER).execute(table.query))
        for done in written(path, kind, table, rows):
            if done % BREATHER_ROWS == 0:
                time.sleep(BREATHER_SECONDS)
            if done % TOGETHER == 0 and time.monotonic() - said_at >= REPORT_SECONDS:
                said_at = time.monotonic()
                _report(export_id, done, clock() + LEASE)
    path.chmod(0o600)
    return done


@transaction
def _report(export_id: int, done: int, until: datetime, total: int | None = None) -> None:
    """Raises `Stopped` when the export is no longer ours to write."""
    values = {"done": done, "leased_until": until} | ({} if total is None else {"total": total})
    kept = db.session.execute(
        update(Export)
        .where(Export.id == export_id, Export.state == "writing")
        .values(values)
        .returning(Export.id)
        .execution_options(synchronize_session=False)
    ).first()
    if kept is None:
        raise Stopped


@transaction
def _finish(export_id: int, name: str, number: int, now: datetime) -> None:
    row = db.session.get_one(Export, export_id)
    if row.state != "writing":
        raise Stopped
    path = folder() / name
    row.state, row.file_name, row.bytes = "ready", name, path.stat().st_size
    row.total = row.done = number
    row.leased_until, row.finished_at, row.expires_at = None, now, now + KEPT
    audit.note("export.ready", "export", row.id, by=row.owner_id, at=now, rows=number)


@transaction
def _fail(export_id: int, code: str, now: datetime) -> None:
    db.session.rollback()
    row = db.session.get_one(Export, export_id)
    row.state, row.fault, row.leased_until, row.finished_at = "failed", code, None, now
