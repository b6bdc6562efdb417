"""Named things a plan is made of (services, partners, campaigns): kept, changed, closed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.exc import IntegrityError

from checkin.database import db
from checkin.domain.errors import NotFound, Problem
from checkin.domain.text import fold_name
from checkin.models import Campaign, Lane, Opportunity, Partner, Service, Shift, Site, Team
from checkin.operations import audit

Thing = TypeVar("Thing", Service, Partner, Campaign, Opportunity, Site, Lane, Team)


@contextmanager
def unique(column: str = "name_ar", code: str = "name_taken") -> Iterator[None]:
    """The database refuses a second row with the same `column`; say so as Problem `code`."""
    try:
        yield
    except IntegrityError as fault:
        if column not in str(fault.orig):
            raise
        raise Problem(code) from fault


def refuse_namesake(model: type[Partner] | type[Team], name: str, but: Thing | None = None) -> None:
    """Problem `name_taken` when another one has this name in any spelling, as lists name them.

    Who keeps a name, in whatever spelling, is not asked about it.
    """
    folded = fold_name(name)
    if but is not None and fold_name(but.name_ar) == folded:
        return
    if folded in map(fold_name, db.session.scalars(select(model.name_ar))):
        raise Problem("name_taken")


def found(model: type[Thing], thing_id: int) -> Thing:
    """The row with this id; NotFound."""
    row = db.session.get(model, thing_id)
    if row is None:
        raise NotFound(model.__name__.lower())
    return row


def hold_shift(shift_id: int) -> Shift:
    """The shift, ours until the end, as it is now; scans that name it need not wait. NotFound."""
    query = select(Shift).where(Shift.id == shift_id).with_for_update(key_share=True)
    shift = db.session.scalar(query.execution_options(populate_existing=True))
    if shift is None:
        raise NotFound("shift")
    return shift


def listed(model: type[Thing], keep: int | None = None, *only: ColumnElement[bool]) -> list[Thing]:
    """What may be chosen: everything not closed, and the one chosen before; `only` some of it."""
    choosable = or_(model.closed_at.is_(None), model.id == keep)
    return list(db.session.scalars(select(model).where(choosable, *only).order_by(model.name_ar)))


def all_of(model: type[Thing]) -> list[Thing]:
    """Everything, the closed ones last."""
    in_use = model.closed_at.is_not(None)
    return list(db.session.scalars(select(model).order_by(in_use, model.name_ar)))


def keep(row: Thing, *, by: int | None, now: datetime) -> int:
    """Store something new, with its audit line; its id."""
    db.session.add(row)
    db.session.flush()
    kind = type(row).__name__.lower()
    audit.note(f"{kind}.create", kind, row.id, by=by, at=now)
    return row.id


def change(row: Thing, values: Mapping[str, Any], *, by: int | None, now: datetime) -> None:
    """Write what differs, with an audit line that names the columns; nothing when all agrees."""
    changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
    if not changed:
        return
    for name in changed:
        setattr(row, name, values[name])
    db.session.flush()
    kind = type(row).__name__.lower()
    audit.note(f"{kind}.change", kind, row.id, by=by, at=now, changed=changed)


def close(row: Thing, *, by: int | None, now: datetime) -> None:
    """Offer it no longer; what was done under it stays. Closing twice changes nothing."""
    if row.closed_at is None:
        row.closed_at = now
        _note_state("close", row, by, now)


def reopen(row: Thing, *, by: int | None, now: datetime) -> None:
    if row.closed_at is not None:
        row.closed_at = None
        _note_state("reopen", row, by, now)


def _note_state(act: str, row: Thing, by: int | None, now: datetime) -> None:
    db.session.flush()
    kind = type(row).__name__.lower()
    audit.note(f"{kind}.{act}", kind, row.id, by=by, at=now)
