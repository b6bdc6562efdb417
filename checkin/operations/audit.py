"""Noting acts in the audit log, sealing the log into a chain, and proving it whole."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, insert, select

from checkin.database import AnyRow, ask, db, transaction
from checkin.models import AuditEntry, AuditSeal

BATCH = 1000
FIRST = "0" * 64
"""What the first link goes on from."""
TABLE = AuditEntry.metadata.tables[AuditEntry.__tablename__]
_NOTE = insert(TABLE)


def note(
    act: str, thing: str, thing_id: int | None, *, by: int | None, at: datetime, **facts: Any
) -> None:
    """One line about one act, in the act's own transaction; facts are ids and numbers only."""
    ask(_NOTE, line(act, thing, thing_id, by=by, at=at, **facts))


def line(
    act: str, thing: str, thing_id: int | None, *, by: int | None, at: datetime, **facts: Any
) -> dict[str, Any]:
    """The row of `note`, for an act that writes it together with its own."""
    who = {"at": at, "actor_id": by, "act": act}
    return {**who, "thing": thing, "thing_id": thing_id, "facts": facts}


@transaction
def seal(limit: int = BATCH) -> int:
    """Chain the entries not sealed yet, oldest first; the number sealed.

    Runs on its own every minute, never inside an act: a chain there would make every writer
    wait for one row.
    """
    last = db.session.execute(
        select(AuditSeal.n, AuditSeal.hash).order_by(AuditSeal.n.desc()).limit(1)
    ).first()
    n, previous = last if last else (0, FIRST)
    unsealed = (
        select(AuditEntry)
        .where(~select(AuditSeal.n).where(AuditSeal.entry_id == AuditEntry.id).exists())
        .order_by(AuditEntry.id)
        .limit(limit)
    )
    links = []
    for entry in db.session.scalars(unsealed):
        n, previous = n + 1, link(previous, entry)
        links.append({"n": n, "entry_id": entry.id, "hash": previous})
    if links:
        db.session.execute(insert(AuditSeal), links)
    return len(links)


def link(previous: str, entry: AuditEntry) -> str:
    """SHA-256 over the link before and the entry's whole content, in one canonical spelling."""
    content = [
        previous,
        entry.id,
        entry.at.astimezone(UTC).isoformat(),
        entry.actor_id,
        entry.act,
        entry.thing,
        entry.thing_id,
        entry.facts,
    ]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def broken_at() -> int | None:
    """The first link that does not hold (its number), or nothing when the whole chain does."""
    previous, expected = FIRST, 1
    for n, sealed, entry in _links():
        if n != expected or entry is None or link(previous, entry) != sealed:
            return expected
        previous, expected = sealed, expected + 1
    return None


def _links() -> Iterator[AnyRow]:
    """Every link with its entry, read in batches: reading has no transaction to keep a cursor."""
    batch = (
        select(AuditSeal.n, AuditSeal.hash, AuditEntry)
        .outerjoin(AuditEntry, AuditEntry.id == AuditSeal.entry_id)
        .order_by(AuditSeal.n)
        .limit(BATCH)
    )
    last = 0
    while rows := db.session.execute(batch.where(AuditSeal.n > last)).all():
        yield from rows
        last = rows[-1].n


def sealed_count() -> int:
    return db.session.scalar(select(func.count()).select_from(AuditSeal)) or 0
