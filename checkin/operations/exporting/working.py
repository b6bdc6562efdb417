"""The work on exports that goes on by itself: writing a file, under a lease that is renewed."""

import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from flask import current_app

from checkin.database import at_one_instant, db, transaction
from checkin.domain.errors import Problem
from checkin.models import Export
from checkin.operations import audit, settings
from checkin.operations.exporting.asked import UNDER_WAY, folder, new_file_name
from checkin.operations.exporting.tables import Table
from checkin.operations.exporting.writers import written
from checkin.operations.leases import Clock, Progress, Queue, Stopped

log = logging.getLogger(__name__)

Lister = Callable[[Export, datetime], Table]
LISTS = "checkin_export_lists"
"""Where the web floor puts what can be taken out, among the app's extensions: by `what`, a
function from an export to its table."""
QUEUE = Queue(Export, UNDER_WAY, begun={"state": "writing", "done": 0})
BREATHER_ROWS = 20
TOGETHER = 500
"""Rows fetched at once."""


def work_on_waiting(clock: Clock) -> int:
    """Write what waits, one export after the other; how many were worked on.

    A fault is the export's own.
    """
    return QUEUE.work_through(clock, _work_on)


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
    kind, done = row.kind, 0
    progress = Progress(QUEUE, row.id, "writing", clock)
    lists: dict[str, Lister] = current_app.extensions[LISTS]
    table = lists[row.what](row, clock())
    progress.begins(total=table.count)
    with at_one_instant() as connection:
        rows = iter(connection.execution_options(yield_per=TOGETHER).execute(table.query))
        for done in progress.over(written(path, kind, table, rows), BREATHER_ROWS):
            if done % TOGETHER == 0:
                progress.reached(done)
    path.chmod(0o600)
    return done


@transaction
def _finish(export_id: int, name: str, number: int, now: datetime) -> None:
    row = db.session.get_one(Export, export_id)
    if row.state != "writing":
        raise Stopped
    path = folder() / name
    row.state, row.file_name, row.bytes = "ready", name, path.stat().st_size
    row.total = row.done = number
    row.leased_until, row.finished_at = None, now
    # a file with names of people is not left lying about
    row.expires_at = now + settings.period("export_days")
    audit.note("export.ready", "export", row.id, by=row.owner_id, at=now, rows=number)


@transaction
def _fail(export_id: int, code: str, now: datetime) -> None:
    db.session.rollback()
    row = db.session.get_one(Export, export_id)
    row.state, row.fault, row.leased_until, row.finished_at = "failed", code, None, now
