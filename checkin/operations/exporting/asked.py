"""Exports as they are asked for, looked at by whoever asked, and forgotten again."""

import secrets
from datetime import datetime
from pathlib import Path

from flask import current_app
from sqlalchemy import Select, select

from checkin.database import db, transaction
from checkin.domain.errors import NotFound, Problem
from checkin.models import Export
from checkin.operations import audit
from checkin.operations.exporting.tables import KINDS
from checkin.operations.paging import Page, count, shown

UNDER_WAY = ("waiting", "writing")
MOST_UNDER_WAY = 5


@transaction
def ask(
    what: str, query: str, kind: str, *, language: str, digits: str = "", by: int, now: datetime
) -> int:
    """Take out a list as its address says it; the id of the export, which goes on by itself.

    It is written in the `language` and the `digits` of its reader.

    Problems: `export_kind`, `exports_under_way` when too many of one person's still go on.
    """
    if kind not in KINDS:
        raise Problem("export_kind")
    if count(_of(by).where(Export.state.in_(UNDER_WAY))) >= MOST_UNDER_WAY:
        raise Problem("exports_under_way")
    row = Export(what=what, query=query, kind=kind, language=language, digits=digits)
    row.owner_id, row.created_at = by, now
    db.session.add(row)
    db.session.flush()
    audit.note("export.ask", "export", row.id, by=by, at=now, what=what, query=query, kind=kind)
    return row.id


@transaction
def note(what: str, query: str, kind: str, rows: int, *, now: datetime) -> None:
    """That a file was written from a terminal, whose person nobody knows."""
    said = {"what": what, "query": query, "kind": kind, "rows": rows}
    audit.note("export.ready", "export", None, by=None, at=now, **said)


def find(export_id: int, owner_id: int) -> Export:
    """One's own; of somebody else's nobody is told."""
    row = db.session.get(Export, export_id)
    if row is None or row.owner_id != owner_id:
        raise NotFound("export")
    return row


def page_of(owner_id: int, number: int = 1) -> Page:
    """One's own, the latest first."""
    latest = _of(owner_id).order_by(Export.id.desc())
    return Page.of(db.session.scalars(shown(latest, number)).all(), count(latest), number)


def _of(owner_id: int) -> Select[Export]:
    return select(Export).where(Export.owner_id == owner_id)


def file_of(export_id: int, owner_id: int, now: datetime) -> Path:
    """The finished file; NotFound when it is not there yet, or not any more."""
    row = find(export_id, owner_id)
    if row.state != "ready" or (row.expires_at is not None and row.expires_at <= now):
        raise NotFound("export")
    path = folder() / row.file_name
    if not path.is_file():
        raise NotFound("export")
    return path


def folder() -> Path:
    """Where files wait to be fetched; several machines share one, as the guide says."""
    path = Path(current_app.config["EXPORT_PATH"] or Path(current_app.instance_path) / "exports")
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def new_file_name(kind: str) -> str:
    return f"{secrets.token_hex(16)}.{kind}"


@transaction
def forget_passed(now: datetime) -> int:
    """Remove the files whose time is over; how many went."""
    over = select(Export).where(Export.state == "ready", Export.expires_at <= now)
    rows = db.session.scalars(over.with_for_update()).all()
    for row in rows:
        (folder() / row.file_name).unlink(missing_ok=True)
        row.state = "gone"
        audit.note("export.forget", "export", row.id, by=None, at=now)
    return len(rows)
