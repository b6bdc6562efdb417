"""Closing a shift: who is not checked out, what still waits, and from when decisions are final."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from checkin.database import AnyRow, db, transaction
from checkin.domain.errors import NotFound, Problem
from checkin.domain.evidence import Flag
from checkin.domain.fold import Folded
from checkin.domain.hours import AUTO_CLOSE_AFTER, credited_minutes
from checkin.models import Attendance, AuditEntry, Opportunity, Person, Shift
from checkin.operations import audit, catalogue
from checkin.operations.attendance.refolding import refold

REOPEN_REASONS = ("closed_early", "decision_wrong", "came_late", "objection")
"""Kept in the audit, where nobody's words stand; so there is none to fill in."""
_CLOSED, _REOPENED = "shift.close", "shift.reopen"


class Basis(StrEnum):
    """What the end of somebody who did not check out is taken from."""

    PLAN = "plan"
    TAKEN_OVER = "taken_over"
    """Another volunteer came to the post."""
    ELSEWHERE = "elsewhere"
    """A check-in at another shift followed."""


@dataclass(frozen=True, slots=True)
class Staying:
    """Somebody without a check-out, and what the record will say if none comes.

    `minutes` are proposed: none of them counts until a person settles the record.
    """

    attendance_id: int
    name: str
    in_at: datetime
    out_at: datetime
    minutes: int
    basis: Basis
    is_open: bool
    """Still checked in; else the clock has ended it already."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What closing this shift now would mean."""

    shift: Shift
    now: datetime
    staying: list[Staying] = field(default_factory=list)
    undecided: int = 0
    """Records with a check-out that nobody has decided."""
    proposed: int = 0
    """Adjustments that wait for a second person."""
    decided: int = 0

    @property
    def has_begun(self) -> bool:
        return self.shift.starts_at <= self.now

    @property
    def has_ended(self) -> bool:
        return self.shift.ends_at <= self.now

    @property
    def leaves_until(self) -> datetime:
        """Until then a check-out still counts as one."""
        return self.shift.ends_at + AUTO_CLOSE_AFTER

    @property
    def out_at(self) -> datetime | None:
        """The one time at which all of them will be recorded, where it is one."""
        ends = {one.out_at for one in self.staying}
        return ends.pop() if len(ends) == 1 else None


@dataclass(frozen=True, slots=True)
class Turn:
    """One time that a shift was closed, or opened again for a reason."""

    at: datetime
    name: str | None
    closes: bool
    reason: str = ""


# --- questions -----------------------------------------------------------------------------


def outlook(shift_id: int, now: datetime) -> Outlook:
    """Who is not checked out and when each will be recorded, and what waits for a decision."""
    shift = db.session.scalar(
        select(Shift)
        .where(Shift.id == shift_id)
        .options(
            joinedload(Shift.opportunity).joinedload(Opportunity.service),
            joinedload(Shift.site),
            joinedload(Shift.lane),
        )
        .execution_options(populate_existing=True)
    )
    if shift is None:
        raise NotFound("shift")
    counts = _counts(shift_id)
    return Outlook(
        shift,
        now,
        staying=_staying(shift),
        undecided=counts.get("closed", 0),
        proposed=counts.get("proposed", 0),
        decided=sum(counts.get(state, 0) for state in ("approved", "rejected", "voided")),
    )


def _counts(shift_id: int) -> dict[str, int]:
    rows = db.session.execute(
        select(Attendance.state, func.count().label("records"))
        .where(Attendance.shift_id == shift_id)
        .group_by(Attendance.state)
    )
    return {row.state: row.records for row in rows}


def _staying(shift: Shift) -> list[Staying]:
    a = Attendance
    rows = db.session.execute(
        select(
            *(a.id, a.state, a.in_at, a.proposed_out_at, a.proposed_minutes, a.flags),
            *(a.volunteer_id, Person.name, Person.partner_id),
        )
        .join(Person, Person.id == a.volunteer_id)
        .where(a.shift_id == shift.id, a.state.in_(("open", "unclosed")))
        .order_by(Person.name, a.id)
    )
    return [_as_recorded(row, shift) for row in rows]


def _as_recorded(row: AnyRow, shift: Shift) -> Staying:
    found: Any = row if row.state == "unclosed" else _once_forgotten(row, shift) or row
    # what no scan names, as brought over from elsewhere, ends with the plan
    out_at = found.proposed_out_at or max(shift.ends_at, row.in_at)
    minutes = found.proposed_minutes
    if minutes is None:
        minutes = credited_minutes([(row.in_at, out_at)], shift.starts_at, shift.ends_at)
    return Staying(
        *(row.id, row.name, row.in_at, out_at, minutes),
        basis=_basis(out_at, found.flags, shift),
        is_open=row.state == "open",
    )


@dataclass(frozen=True, slots=True)
class _Volunteer:
    """As much of a person as folding asks for."""

    id: int
    partner_id: int | None


def _once_forgotten(row: AnyRow, shift: Shift) -> Folded | None:
    """What the scans will say when the clock has run out; asked only, nothing is written."""
    who = _Volunteer(row.volunteer_id, row.partner_id)
    found = refold(who, [], [shift.id], shift.ends_at + AUTO_CLOSE_AFTER)
    mine = (one.folded for one in found.changes if one.folded.shift_id == shift.id)
    return next(mine, None)


def _basis(out_at: datetime, flags: Iterable[str], shift: Shift) -> Basis:
    if Flag.TAKEN_OVER in flags:
        return Basis.TAKEN_OVER
    return Basis.ELSEWHERE if out_at < shift.ends_at else Basis.PLAN


def turns_of(shift_id: int) -> list[Turn]:
    """Each time this shift was closed or reopened, the first one first."""
    e = AuditEntry
    rows = db.session.execute(
        select(e.at, e.act, e.facts, Person.name)
        .outerjoin(Person, Person.id == e.actor_id)
        .where(e.thing == "shift", e.thing_id == shift_id, e.act.in_((_CLOSED, _REOPENED)))
        .order_by(e.id)
    )
    return [Turn(row.at, row.name, row.act == _CLOSED, row.facts.get("reason", "")) for row in rows]


# --- acts ----------------------------------------------------------------------------------


@transaction
def close(shift_id: int, *, by: int, now: datetime) -> bool:
    """Make what is decided final; whether this press did it, for pressing twice is closing once.

    Nobody is checked out by it: whoever is still in can leave until the clock runs out, and is
    then recorded as the outlook says. What waits can still be decided. Problem `not_begun`.
    """
    shift = catalogue.hold_shift(shift_id)
    if shift.closed_at is not None:
        return False
    if now < shift.starts_at:
        raise Problem("not_begun")
    _write(shift, now, by)
    audit.note(_CLOSED, "shift", shift_id, by=by, at=now, **_counts(shift_id))
    return True


@transaction
def reopen(shift_id: int, *, reason: str, by: int, now: datetime) -> bool:
    """Let decisions be undone again; whether this press did it. Problem `reopening_unexplained`."""
    if reason not in REOPEN_REASONS:
        raise Problem("reopening_unexplained")
    shift = catalogue.hold_shift(shift_id)
    if shift.closed_at is None:
        return False
    _write(shift, None, None)
    audit.note(_REOPENED, "shift", shift_id, by=by, at=now, reason=reason)
    return True


def _write(shift: Shift, closed_at: datetime | None, closed_by: int | None) -> None:
    shift.closed_at, shift.closed_by_id = closed_at, closed_by
    # a coordinator who is just moving this shift sees that it is another one now
    shift.row_version += 1
    db.session.flush()
