"""Whether enough volunteers are likely to come, by who came to the same work lately."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import and_, func, select

from checkin.database import db
from checkin.models import Assignment, Attendance, Shift
from checkin.operations.shifts import Numbers, numbers_of

LATELY = timedelta(weeks=8)
"""How far back it is looked who came of those expected."""

ENOUGH_PAST = 10
"""Of fewer who were expected lately nothing is foretold: one who fell ill would weigh too much."""

SOON = timedelta(days=2)
"""So near, a shift without anybody needs somebody now; before, it is merely planned."""

Place = tuple[int, int]
"""An opportunity at a site: whose volunteers come as they came before."""


class Cover(StrEnum):
    """How a shift stands."""

    ENOUGH = "enough"
    DOUBTFUL = "doubtful"
    """As many are expected as are needed, and lately fewer came than were expected."""
    SHORT = "short"
    NOT_YET = "not_yet"
    """Nobody is expected, and there is time."""
    NOBODY = "nobody"
    """Nobody is expected, and it is soon."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of one shift: wanted, expected, likely to come, and come."""

    needed: int
    assigned: int
    coming: int
    came: int = 0
    is_soon: bool = False
    told_by: int = 0
    """How many shifts say how many are likely to come; none where too few were expected lately."""

    @property
    def cover(self) -> Cover:
        if self.coming >= self.needed:
            return Cover.ENOUGH
        if self.assigned >= self.needed:
            return Cover.DOUBTFUL
        if self.assigned:
            return Cover.SHORT
        return Cover.NOBODY if self.is_soon else Cover.NOT_YET


@dataclass(frozen=True, slots=True)
class Share:
    """Of those expected, how many came, and to how many shifts they were expected."""

    expected: int
    came: int
    shifts: int

    @property
    def tells(self) -> bool:
        """Whether there were enough of them to say who will come."""
        return self.expected >= ENOUGH_PAST

    def of(self, assigned: int) -> int:
        """How many of `assigned` are likely to come, to the nearest whole; halves count as one."""
        if not self.tells:
            return assigned
        return (2 * assigned * self.came + self.expected) // (2 * self.expected)


UNKNOWN = Share(0, 0, 0)
"""Where nobody, or hardly anybody, was expected lately, everybody is taken to come."""


def coverage_of(shifts: Sequence[Shift], today: date) -> dict[int, Coverage]:
    """For each shift, by its id."""
    numbers = numbers_of([shift.id for shift in shifts])
    shares = shares_of(shifts, today)
    return {shift.id: _coverage(shift, numbers[shift.id], shares, today) for shift in shifts}


def _coverage(shift: Shift, numbers: Numbers, shares: dict[Place, Share], today: date) -> Coverage:
    share = shares.get((shift.opportunity_id, shift.site_id), UNKNOWN)
    expected, is_soon = numbers.expected, shift.work_on < today + SOON
    told_by = share.shifts if share.tells and expected else 0
    return Coverage(shift.seats, expected, share.of(expected), numbers.came, is_soon, told_by)


def shares_of(shifts: Iterable[Shift], today: date) -> dict[Place, Share]:
    """Who came of those expected, by opportunity and site, in the eight weeks before `today`."""
    wanted = {shift.opportunity_id for shift in shifts}
    if not wanted:
        return {}
    came = and_(
        Attendance.shift_id == Assignment.shift_id,
        Attendance.volunteer_id == Assignment.person_id,
        Attendance.state != "cancelled",
    )
    rows = db.session.execute(
        select(
            *(Shift.opportunity_id, Shift.site_id),
            func.count().label("expected"),
            func.count(Attendance.id).label("came"),
            func.count(Shift.id.distinct()).label("shifts"),
        )
        .join(Assignment, Assignment.shift_id == Shift.id)
        .outerjoin(Attendance, came)
        .where(Shift.opportunity_id.in_(wanted), Assignment.how.in_(("roster", "joined")))
        .where(Shift.work_on >= today - LATELY, Shift.work_on < today)
        .where(Shift.cancelled_at.is_(None), Shift.is_draft.is_(False))
        .group_by(Shift.opportunity_id, Shift.site_id)
    )
    return {(row[0], row[1]): Share(*row[2:]) for row in rows}
