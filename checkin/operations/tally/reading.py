"""What the pages say of a lane's tally: how many, who tapped last, and who taps."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from checkin.database import db
from checkin.domain.errors import NotFound
from checkin.models import Opportunity, Person, Shift, TallyTap
from checkin.operations.permissions import Reach, shifts_within
from checkin.operations.tally.tapping import undo_uid

LOOKED_AT = 40
"""Taps among which those taken back are found; older ones are not listed."""


def lane_within(shift_id: int, reach: Reach) -> Shift:
    """A shift counted by its lane, with all that its page says of it; NotFound for any other."""
    shift = db.session.scalar(
        shifts_within(reach)
        .where(Shift.id == shift_id)
        .options(
            joinedload(Shift.opportunity).joinedload(Opportunity.service),
            joinedload(Shift.site),
            joinedload(Shift.lane),
        )
    )
    if shift is None or not counts_by_lane(shift):
        raise NotFound("shift")
    return shift


def counts_by_lane(shift: Shift) -> bool:
    """Whether the lane counts; the shift comes with its opportunity and service."""
    service = shift.opportunity.service
    return service is not None and service.counted_by == "lane"


@dataclass(frozen=True, slots=True)
class LastTap:
    """One of the latest taps, as pages list them."""

    uid: str
    amount: int
    name: str
    at: datetime
    is_undone: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """A tally as whoever looks at it sees it."""

    total: int = 0
    count: int = 0
    """Taps so far: whether anything changed since."""
    last: list[LastTap] = field(default_factory=list)
    """The newest first, without those that only take another one back."""
    tapping: list[tuple[str, int]] = field(default_factory=list)
    """Who tapped and what it adds up to, whoever tapped last first."""


def seen(shift_id: int, limit: int = 6) -> Seen:
    """The tally of a shift, its latest taps, and who taps."""
    t = TallyTap
    tappers = db.session.execute(
        select(Person.name, func.sum(t.amount), func.count())
        .join(Person, Person.id == t.entered_by_id)
        .where(t.shift_id == shift_id)
        .group_by(Person.id, Person.name)
        .order_by(func.max(t.effective_at).desc(), Person.id)
    ).all()
    return Seen(
        max(sum(int(amount) for _, amount, _ in tappers), 0),
        sum(count for _, _, count in tappers),
        _last(shift_id, limit),
        [(name, int(amount)) for name, amount, _ in tappers],
    )


def _last(shift_id: int, limit: int) -> list[LastTap]:
    t = TallyTap
    rows = db.session.execute(
        select(t.tap_uid, t.amount, t.effective_at, Person.name)
        .join(Person, Person.id == t.entered_by_id)
        .where(t.shift_id == shift_id)
        .order_by(t.effective_at.desc(), t.id.desc())
        .limit(LOOKED_AT)
    ).all()
    known = {row.tap_uid for row in rows}
    undoing = {undo_uid(uid) for uid in known}
    shown = [row for row in rows if row.tap_uid not in undoing][:limit]
    return [
        LastTap(row.tap_uid, row.amount, row.name, row.effective_at, undo_uid(row.tap_uid) in known)
        for row in shown
    ]


def amount_of(tap_uid: str, shift_id: int) -> int:
    """What one tap of this shift added; NotFound."""
    amount = db.session.scalar(
        select(TallyTap.amount).where(TallyTap.tap_uid == tap_uid, TallyTap.shift_id == shift_id)
    )
    if amount is None:
        raise NotFound("tap")
    return amount
