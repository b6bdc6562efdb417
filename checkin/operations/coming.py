"""The shifts to come of some people, as whoever looks after those people sees them: names alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from checkin.database import db
from checkin.models import Assignment, Person, Shift
from checkin.operations.identity import living

SHIFTS_SHOWN = 20
_LONGEST = timedelta(days=2)
"""No shift that is still on began longer ago."""


@dataclass(frozen=True, slots=True)
class Coming:
    """A shift that has not ended, and who of these people is expected there."""

    shift: Shift
    names: list[str]


def coming_of(people: ColumnElement[bool], now: datetime) -> list[Coming]:
    """The next shifts of the people this condition holds for; who only waits is not named."""
    expected = (
        select(Assignment.shift_id, Person.name)
        .join(Person, Person.id == Assignment.person_id)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(people, living(), Assignment.how != "waiting")
        .where(Shift.starts_at > now - _LONGEST, Shift.ends_at > now)
        .where(Shift.cancelled_at.is_(None), Shift.is_draft.is_(False))
    )
    shifts = db.session.scalars(
        select(Shift)
        .where(Shift.id.in_(expected.with_only_columns(Assignment.shift_id)))
        .options(joinedload(Shift.opportunity), joinedload(Shift.site), joinedload(Shift.lane))
        .order_by(Shift.starts_at, Shift.id)
        .limit(SHIFTS_SHOWN)
    ).all()
    names: dict[int, list[str]] = {shift.id: [] for shift in shifts}
    named = expected.where(Assignment.shift_id.in_(names)).order_by(Person.name_folded)
    for shift_id, name in db.session.execute(named):
        names[shift_id].append(name)
    return [Coming(shift, names[shift.id]) for shift in shifts]
