"""A volunteer's own hours: the attendances, what waits, who decides, and the shifts to come."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload
from sqlalchemy.orm.interfaces import ORMOption

from checkin.database import ask, db
from checkin.domain.errors import NotFound
from checkin.domain.fold import State
from checkin.domain.hours import credited_minutes
from checkin.domain.roles import Permission, Role
from checkin.models import (
    Assignment,
    Attendance,
    Decision,
    Grant,
    Opportunity,
    Person,
    Service,
    Shift,
)
from checkin.operations import figures
from checkin.operations.identity import rows_of
from checkin.operations.permissions import holders

PAGE_SIZE = 20
SOON = timedelta(hours=2)
UPCOMING_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Standing:
    """This year's figures and those of all years, never mixed."""

    this_year: figures.Totals
    ever: figures.Totals


@dataclass(frozen=True, slots=True)
class Leaving:
    """An attendance as checking out of it asks for it, with how many people are plausible."""

    id: int
    state: str
    stints: Sequence[tuple[str, str | None]]
    starts_at: datetime
    ends_at: datetime
    counted_by: str | None = None
    low_per_hour: int | None = None
    high_per_hour: int | None = None

    @property
    def asks_count(self) -> bool:
        return self.counted_by == "volunteer"

    def served_minutes(self, now: datetime) -> int:
        """What is served in the shift by now, without the breaks: what a count is held against."""
        spans = [
            (datetime.fromisoformat(begin), datetime.fromisoformat(end) if end else now)
            for begin, end in self.stints
        ]
        return credited_minutes(spans, self.starts_at, self.ends_at)


def attendance_of(person_id: int, attendance_id: int) -> Attendance:
    """One's own attendance with its place; anybody else's does not exist."""
    return _one(_own(person_id).where(Attendance.id == attendance_id))


def attendance_at(person_id: int, shift_id: int) -> Attendance:
    """One's own attendance in a shift."""
    return _one(_own(person_id).where(Attendance.shift_id == shift_id))


def leaving_at(person_id: int, shift_id: int) -> Leaving:
    """What checking out of a shift needs to know; NotFound without an attendance there."""
    row = ask(_LEAVING, {"person_id": person_id, "shift_id": shift_id}).first()
    if row is None:
        raise NotFound("attendance")
    return Leaving(**row._mapping)


def leaving_of(attendance: Attendance) -> Leaving:
    """The same of an attendance in hand."""
    shift, service = attendance.shift, attendance.shift.opportunity.service
    counted = (service.counted_by, service.low_per_hour, service.high_per_hour) if service else ()
    there = attendance.stints, shift.starts_at, shift.ends_at
    return Leaving(attendance.id, attendance.state, *there, *counted)


def attendance_in(person_id: int, shift_id: int) -> Attendance | None:
    """The same, or nothing when there is none yet."""
    return db.session.scalar(_own(person_id).where(Attendance.shift_id == shift_id))


def open_attendance(person_id: int) -> Attendance:
    """The one attendance that is open."""
    return _one(_own(person_id).where(Attendance.state == State.OPEN))


def now_open(person_id: int) -> Attendance | None:
    """The same, or nothing when none is."""
    return db.session.scalar(_own(person_id).where(Attendance.state == State.OPEN))


def shift_of(shift_id: int) -> Shift:
    """A shift as a page names it: its place and what is done there."""
    shift = db.session.scalar(select(Shift).where(Shift.id == shift_id).options(*_place()))
    if shift is None:
        raise NotFound("shift")
    return shift


def shift_at(site_id: int, shift_id: int | None, now: datetime) -> Shift | None:
    """The shift a code means to somebody not known yet: its own, or the only one on now."""
    if shift_id is not None:
        return shift_of(shift_id)
    running = db.session.scalars(
        select(Shift)
        .where(Shift.site_id == site_id, Shift.cancelled_at.is_(None), Shift.is_draft.is_(False))
        .where(Shift.starts_at <= now, Shift.ends_at > now)
        .options(*_place())
        .limit(2)
    ).all()
    return running[0] if len(running) == 1 else None


def site_expected(person_id: int, now: datetime) -> int | None:
    """Where the volunteer is checked in, or expected next around now."""
    here = select(Attendance.site_id).where(
        Attendance.volunteer_id == person_id, Attendance.state == State.OPEN
    )
    expected = (
        select(Shift.site_id)
        .join(Assignment, Assignment.shift_id == Shift.id)
        .where(Assignment.person_id == person_id, Shift.cancelled_at.is_(None))
        .where(Shift.is_draft.is_(False))
        .where(Shift.ends_at > now, Shift.starts_at < now + SOON)
        .order_by(Shift.starts_at, Shift.id)
        .limit(1)
    )
    return db.session.scalar(here) or db.session.scalar(expected)


def places_taken(shift_id: int) -> int:
    """How many have a place on a shift; the waiting list has none."""
    counted = select(func.count()).select_from(Assignment)
    query = counted.where(Assignment.shift_id == shift_id, Assignment.how != "waiting")
    return db.session.scalar(query) or 0


def supervisor_of(site_id: int, now: datetime) -> Person | None:
    """Whom to see at a site."""
    return next(iter(holders(Permission.DECIDE, site_id, now)), None)


def deciders_of(site_ids: Iterable[int], now: datetime) -> dict[int, str]:
    """Who decides at each site, by name, in one query."""
    rows = db.session.execute(
        select(Grant.site_id, Person.name)
        .join(Person, Person.id == Grant.person_id)
        .where(Grant.site_id.in_(list(site_ids)), Grant.role == Role.SUPERVISOR)
        .where(Grant.from_at <= now, or_(Grant.until_at.is_(None), Grant.until_at > now))
        .order_by(Grant.id.desc())
    )
    return {site_id: name for site_id, name in rows if site_id is not None}


@dataclass(frozen=True, slots=True)
class Ruling:
    """What was decided last about an attendance, by whom and why."""

    action: str
    reason: str
    at: datetime
    by: str
    minutes: int | None
    """What counted then."""


def last_decision(attendance_id: int) -> Ruling | None:
    """What was decided last; a confirmation has the reason of what it confirms."""
    return last_decisions([attendance_id]).get(attendance_id)


def last_decisions(attendance_ids: Iterable[int]) -> dict[int, Ruling]:
    """The same by attendance, of those about which anything was decided."""
    return _last(_rulings(attendance_ids))


def objected_to(attendance_ids: Iterable[int]) -> dict[int, Ruling]:
    """By attendance: the decision that its volunteer objected to."""
    appeal = aliased(Decision)
    objected = exists().where(
        appeal.attendance_id == Decision.attendance_id,
        appeal.action == "appeal",
        appeal.seq > Decision.seq,
    )
    return _last(_rulings(attendance_ids).where(objected))


_Rulings = Select[int, str, str, datetime, int | None, str]


def _rulings(attendance_ids: Iterable[int]) -> _Rulings:
    d = Decision
    return (
        select(d.attendance_id, d.action, d.reason, d.at, d.minutes_after, Person.name)
        .join(Person, Person.id == d.decided_by_id)
        .where(d.attendance_id.in_(list(attendance_ids)))
        .order_by(d.attendance_id, d.seq)
    )


def _last(rulings: _Rulings) -> dict[int, Ruling]:
    found: dict[int, Ruling] = {}
    for row in db.session.execute(rulings):
        before = found.get(row.attendance_id)
        reason = before.reason if before and row.action == "confirm" else row.reason
        ruling = Ruling(row.action, reason, row.at, row.name, row.minutes_after)
        found[row.attendance_id] = ruling
    return found


def standing_of(person_id: int, today: date) -> Standing:
    """Approved and waiting, this Gregorian year and in all."""
    return Standing(
        this_year=figures.totals_of(person_id, date(today.year, 1, 1)),
        ever=figures.totals_of(person_id),
    )


def attendances_of(person_id: int, page: int) -> tuple[Sequence[Attendance], int]:
    """One page of a volunteer's attendances, the latest first, and how many pages there are."""
    own = _own(person_id).where(Attendance.state != State.CANCELLED)
    count = db.session.scalar(select(func.count()).select_from(own.subquery())) or 0
    latest = own.order_by(Attendance.work_on.desc(), Attendance.id.desc())
    found = db.session.scalars(latest.offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE))
    return found.all(), max(-(-count // PAGE_SIZE), 1)


def upcoming_of(person_id: int, now: datetime) -> Sequence[Assignment]:
    """Shifts a volunteer is expected at and has not been at, the next one first."""
    been = select(Attendance.shift_id).where(
        Attendance.volunteer_id.in_(rows_of(person_id)), Attendance.state != State.CANCELLED
    )
    return db.session.scalars(
        select(Assignment)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(Assignment.person_id == person_id, Shift.ends_at > now)
        .where(Shift.id.not_in(been), Shift.is_draft.is_(False))
        .options(*_place(joinedload(Assignment.shift)))
        .order_by(Shift.starts_at, Shift.id)
        .limit(UPCOMING_SHOWN)
    ).all()


def _own(person_id: int) -> Select[Attendance]:
    mine = select(Attendance).where(Attendance.volunteer_id.in_(rows_of(person_id)))
    return mine.options(*_place(joinedload(Attendance.shift)))


def _place(shift: Any = None) -> tuple[ORMOption, ...]:
    """Load what names a shift: site, lane, opportunity and service."""
    load = shift.joinedload if shift is not None else joinedload
    return (
        load(Shift.site),
        load(Shift.lane),
        load(Shift.opportunity).joinedload(Opportunity.service),
    )


_LEAVING = (
    select(
        *(Attendance.id, Attendance.state, Attendance.stints, Shift.starts_at, Shift.ends_at),
        *(Service.counted_by, Service.low_per_hour, Service.high_per_hour),
    )
    .join(Shift, Shift.id == Attendance.shift_id)
    .join(Opportunity, Opportunity.id == Shift.opportunity_id)
    .outerjoin(Service, Service.id == Opportunity.service_id)
    .where(Attendance.volunteer_id == bindparam("person_id"))
    .where(Attendance.shift_id == bindparam("shift_id"))
)
"""Asked at every check-out, so built once."""


def _one(query: Select[Attendance]) -> Attendance:
    found = db.session.scalar(query)
    if found is None:
        raise NotFound("attendance")
    return found
