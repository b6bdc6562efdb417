"""The work on exports that goes on by itself: writing a file, under a lease that is renewed."""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import Select

from checkin.database import at_one_instant, db, transaction
from checkin.domain.errors import Problem
from checkin.domain.roles import Permission
from checkin.models import Export, Person
from checkin.operations import audit, settings
from checkin.operations.exporting import apart
from checkin.operations.exporting.asked import UNDER_WAY, folder, new_file_name
from checkin.operations.exporting.tables import Asked, Book, Table
from checkin.operations.exporting.writers import WRITERS, written
from checkin.operations.leases import Clock, Progress, Queue, Stopped
from checkin.operations.permissions import reach_of, roles_of

log = logging.getLogger(__name__)

Lister = Callable[[Asked, datetime], Book]
LISTS = "checkin_export_lists"
"""Where the web floor puts what can be taken out, among the app's extensions: by `what`, a
function from what is asked to its tables."""
PAPER = "checkin_export_paper"
"""Where it puts the writer of PDFs: letters are shaped where pages are made."""
QUEUE = Queue(Export, UNDER_WAY, begun={"state": "writing", "done": 0})
BREATHER_ROWS = 20
MOST_ROWS_HERE = 5_000
MOST_HERE = {"pdf": 200}
"""Rows written beside the pages, by the kind of file where one is slower; more go apart."""
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
    progress = Progress(QUEUE, row.id, "writing", clock)
    book, done = _book(row, clock()), 0
    progress.begins(total=book.count)
    if book.count > MOST_HERE.get(row.kind, MOST_ROWS_HERE):
        counted = apart.written(row.id, path, clock())
    else:
        counted = progress.over(into_file(path, row.kind, book), BREATHER_ROWS)
    for done in counted:
        progress.reached(done)
    return done


def write_apart(export_id: int, path: Path, now: datetime) -> Iterator[int]:
    """In a process of its own, for the one that works on the export: see `apart`."""
    row = db.session.get_one(Export, export_id)
    book = _book(row, now)
    db.session.rollback()
    try:
        yield from into_file(path, row.kind, book)
    except BaseException:  # also when whoever reads has gone
        path.unlink(missing_ok=True)
        raise


def _book(row: Export, now: datetime) -> Book:
    return book_of(row.what, _asked(row, now), now).of_kind(row.kind)


def _asked(row: Export, now: datetime) -> Asked:
    """What whoever asked may still see: they may have lost the right to it since."""
    reach = reach_of(roles_of(row.owner_id, now), Permission.EXPORT)
    if reach.is_empty:
        raise Problem("export_not_yours")
    owner = db.session.get_one(Person, row.owner_id)
    return Asked(row.query, row.language, reach, owner.name, row.digits)


def book_of(what: str, asked: Asked, now: datetime) -> Book:
    lists: dict[str, Lister] = current_app.extensions[LISTS]
    return replace(lists[what](asked, now), digits=asked.digits)


def into_file(path: Path, kind: str, book: Book) -> Iterator[int]:
    """Write the book, all as it stands at one instant; how many rows there are after each."""
    opener = WRITERS[kind] if kind in WRITERS else current_app.extensions[PAPER]
    with at_one_instant() as connection:
        streamed = connection.execution_options(yield_per=TOGETHER)

        def rows_of(table: Table) -> Iterable[Any]:
            return streamed.execute(table.rows) if isinstance(table.rows, Select) else table.rows

        yield from written(path, opener, book.of_kind(kind), rows_of)
    path.chmod(0o600)


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
