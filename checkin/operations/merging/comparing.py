"""Two rows side by side before they become one: what differs, what moves, what speaks against."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import aliased, joinedload

from checkin.database import AnyRow, db
from checkin.domain.errors import Problem
from checkin.models import Attendance, Badge, Device, Person, Shift
from checkin.operations import people
from checkin.operations.identity import rows_of
from checkin.operations.merging import fields, joining
from checkin.operations.merging.candidates import Standing, standings

MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two approved attendances at one time: the hours of one of them cannot be right."""

    kept: Attendance
    other: Attendance


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that is looked at before merging."""

    kept: Person
    other: Person
    standings: dict[int, Standing]
    differing: list[str]
    choosable: list[str]
    suggested: frozenset[str]
    to_come: Sequence[Shift]
    doubled: int
    """On so many of these shifts both are expected."""
    devices: int
    badge: str | None
    """`moves`, `stops`, or nothing."""
    overlaps: list[Overlap]
    obstacle: Problem | None


def compare(kept_id: int, other_id: int, *, by: int, now: datetime) -> Comparison:
    """NotFound for somebody who is not there or merged already."""
    kept, other = people.find(kept_id), people.find(other_id)
    shifts = joining.to_come(kept_id, other_id, now)
    return Comparison(
        kept,
        other,
        standings([kept_id, other_id]),
        fields.differing(kept, other),
        fields.choosable(kept, other),
        fields.suggested(kept, other),
        _shifts([row.theirs.shift_id for row in shifts]),
        sum(row.mine is not None for row in shifts),
        _devices(other_id, now),
        _badge(kept_id, other_id),
        overlaps_of(kept_id, other_id),
        _obstacle(kept, other, by, now),
    )


def overlaps_of(kept_id: int, other_id: int) -> list[Overlap]:
    """Approved hours of the two that meet in time."""
    a, b = aliased(Attendance), aliased(Attendance)
    rows: Sequence[AnyRow] = db.session.execute(
        select(a, b)
        .join(b, (a.in_at < b.out_at) & (b.in_at < a.out_at))
        .where(a.volunteer_id.in_(rows_of(kept_id)), b.volunteer_id.in_(rows_of(other_id)))
        .where(a.state == "approved", b.state == "approved")
        .options(*(joinedload(one.shift).joinedload(Shift.site) for one in (a, b)))
        .order_by(a.in_at, a.id, b.id)
        .limit(MOST_SHOWN)
    ).all()
    return [Overlap(*row) for row in rows]


def _obstacle(kept: Person, other: Person, by: int, now: datetime) -> Problem | None:
    try:
        joining.refuse(kept, other, by=by, now=now)
    except Problem as problem:
        return problem
    return None


def _shifts(shift_ids: Sequence[int]) -> Sequence[Shift]:
    query = select(Shift).where(Shift.id.in_(shift_ids)).order_by(Shift.starts_at, Shift.id)
    return db.session.scalars(
        query.options(joinedload(Shift.site), joinedload(Shift.opportunity)).limit(MOST_SHOWN)
    ).all()


def _devices(person_id: int, now: datetime) -> int:
    d = Device
    query = select(func.count()).where(
        d.person_id == person_id, d.revoked_at.is_(None), d.expires_at > now
    )
    return db.session.scalar(query) or 0


def _badge(kept_id: int, other_id: int) -> str | None:
    working = select(Badge.person_id).where(
        Badge.person_id.in_((kept_id, other_id)), Badge.revoked_at.is_(None)
    )
    owners = set(db.session.scalars(working))
    if other_id not in owners:
        return None
    return "stops" if kept_id in owners else "moves"
