"""Attendances as the welfare limits see them: when somebody was there, and what they attended."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from checkin.database import AnyRow, db
from checkin.domain.hours import TOLERANCE, Interval
from checkin.domain.welfare import Course, Served
from checkin.models import Assignment, Attendance, Opportunity, Person, Service, Shift, Site
from checkin.operations.identity import one_person, rows_of

_NOT_THERE = ("cancelled", "rejected", "voided")
ATTENDED = ("closed", "proposed", "approved")
_NOT_ATTENDED = ("open", "unclosed", *_NOT_THERE)
_BEFORE, _AFTER = timedelta(days=2), timedelta(days=1)
"""How far around an attendance its day of service and the rest before can reach."""

_COURSE = aliased(Opportunity)
_PLAN: tuple[Any, ...] = (
    *(Shift.id.label("shift_id"), Shift.starts_at, Shift.ends_at, Shift.work_on),
    *(Site.zone, Person.is_minor, one_person().label("who")),
    *(Opportunity.service_id, Service.longest_minutes, Service.name_ar, Service.name_en),
    *(Opportunity.requires_id, _COURSE.valid_days),
    *(_COURSE.name_ar.label("course_ar"), _COURSE.name_en.label("course_en")),
)
_PRESENCE: tuple[Any, ...] = (
    *(Attendance.id, Attendance.volunteer_id, Attendance.state, Attendance.stints),
    *(Attendance.until_at, Attendance.proposed_out_at, Attendance.approved_minutes),
)


def people_around(attendance_ids: Collection[int]) -> dict[int, list[AnyRow]]:
    """These attendances and the same people's others near them, by person.

    Whoever was entered twice is one person: what was merged counts with the rest.
    """
    people: dict[int, list[AnyRow]] = defaultdict(list)
    a = Attendance
    named = select(one_person().label("who"), a.work_on).join(Person, Person.id == a.volunteer_id)
    ids = list(attendance_ids)
    asked = db.session.execute(named.where(a.id.in_(ids))).all() if ids else []
    if asked:
        days = [row.work_on for row in asked]
        for row in near({row.who for row in asked}, min(days), max(days)):
            people[row.who].append(row)
    return people


def near(person_ids: Collection[int], first: date, last: date) -> Sequence[AnyRow]:
    a = Attendance
    query = select(*_PRESENCE, *_PLAN).select_from(a).join(Shift, Shift.id == a.shift_id)
    return db.session.execute(
        _with_plan(query)
        .join(Person, Person.id == a.volunteer_id)
        .where(a.volunteer_id.in_(rows_of(*sorted(person_ids))), a.state.not_in(_NOT_THERE))
        .where(a.work_on.between(first - _BEFORE, last + _AFTER))
        .order_by(a.id)
    ).all()


def planned(person_id: int, *shift_ids: int) -> Select[*tuple[Any, ...]]:
    """A person and shifts as if they were attendances, which have no number yet.

    Each has one below zero, which no attendance or assignment has.
    """
    new = ((-Shift.id).label("id"), Person.id.label("volunteer_id"))
    query = _with_plan(select(*new, *_PLAN).select_from(Shift))
    return query.join(Person, Person.id == person_id).where(Shift.id.in_(sorted(shift_ids)))


def expected(person_id: int, first: date, last: date) -> Sequence[AnyRow]:
    """The shifts somebody is expected on, or waits for, around some days, as if served as planned.

    `how` says which; with the names of the site.
    """
    a = Assignment
    who = (a.id, a.person_id.label("volunteer_id"), a.how)
    where = (Site.name_ar.label("site_ar"), Site.name_en.label("site_en"))
    query = _with_plan(
        select(*who, *where, *_PLAN).select_from(a).join(Shift, Shift.id == a.shift_id)
    )
    return db.session.execute(
        query.join(Person, Person.id == a.person_id)
        .where(a.person_id.in_(rows_of(person_id)))
        .where(Shift.cancelled_at.is_(None), Shift.is_draft.is_(False))
        .where(Shift.work_on.between(first - _BEFORE, last + _AFTER))
        .order_by(a.id)
    ).all()


def is_near(other: date, day: date) -> bool:
    """Whether a day of service can reach, with its rest, to another one."""
    return day - _BEFORE <= other <= day + _AFTER


def _with_plan(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return (
        query.join(Site, Site.id == Shift.site_id)
        .join(Opportunity, Opportunity.id == Shift.opportunity_id)
        .outerjoin(Service, Service.id == Opportunity.service_id)
        .outerjoin(_COURSE, _COURSE.id == Opportunity.requires_id)
    )


def served(row: AnyRow, now: datetime) -> Served:
    """One attendance as it stands; where it still runs, as planned."""
    return served_in(row, tuple(_spans(row, now)))


def served_in(row: AnyRow, spans: tuple[Interval, ...]) -> Served:
    return Served(
        row.id,
        row.work_on,
        spans,
        row.service_id,
        row.longest_minutes,
        row.is_minor,
        row.zone,
    )


def left_by(row: AnyRow, now: datetime, at: datetime) -> tuple[Served, int]:
    """Whoever begins elsewhere at an instant has left here by then."""
    one = served(row, now)
    spans = tuple((begin, min(end, at)) for begin, end in one.spans if begin < at)
    return replace(one, spans=spans), row.shift_id


def _spans(row: AnyRow, now: datetime) -> Iterator[Interval]:
    """When somebody was at work: not while waiting for the start, nor the few minutes after."""
    for begin, end in _present(row, now):
        first = max(begin, row.starts_at)
        last = min(end, row.ends_at) if end <= row.ends_at + TOLERANCE else end
        if first < last:
            yield first, last


def _present(row: AnyRow, now: datetime) -> Iterator[Interval]:
    """From in to out; of a check-out that nobody knows, only the last one has an end to go by."""
    stints = [(_instant(begin), _instant(end) if end else None) for begin, end in row.stints]
    proved = sum((end - begin for begin, end in stints if end), timedelta(0))
    for begin, end in stints:
        if end is not None:
            yield begin, end
        elif (begin, end) == stints[-1]:
            yield begin, max(begin, _end_of(row, begin, proved, now))


def _end_of(row: AnyRow, begin: datetime, proved: timedelta, now: datetime) -> datetime:
    """As decided, as proposed, or as planned; whoever stays longer is there until now."""
    if row.approved_minutes is not None:
        return begin + timedelta(minutes=row.approved_minutes) - proved
    end: datetime = row.proposed_out_at or row.ends_at
    return max(end, min(now, row.until_at)) if row.state == "open" else end


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def courses_of(rows: Collection[AnyRow]) -> dict[int, Course]:
    """By attendance, the course it asks for and when its volunteer last completed it before."""
    asking = [row for row in rows if row.requires_id is not None]
    if not asking:
        return {}
    wanted = {row.requires_id for row in asking}
    people = {row.who for row in asking}
    days: dict[tuple[int, int], list[date]] = defaultdict(list)
    for person_id, course_id, day in db.session.execute(_completed(wanted, people)):
        days[person_id, course_id].append(day)
    return {row.id: Course(row.valid_days, _last(days, row)) for row in asking}


def _completed(
    course_ids: Collection[int], person_ids: Collection[int]
) -> Select[*tuple[Any, ...]]:
    """Who completed which course, and the day of the last shift: all that took place, attended.

    A course held again is another one of the same name; either counts, and each by itself.
    """
    a, wanted, held = Attendance, aliased(Opportunity), aliased(Opportunity)
    rows = rows_of(*sorted(person_ids))
    takes_place = (Shift.cancelled_at.is_(None), Shift.is_draft.is_(False))
    shifts = select(func.count(Shift.id)).where(Shift.opportunity_id == held.id, *takes_place)
    return (
        select(one_person(), wanted.id, func.max(a.work_on))
        .select_from(a)
        .join(Person, Person.id == a.volunteer_id)
        .join(Shift, Shift.id == a.shift_id)
        .join(held, held.id == Shift.opportunity_id)
        .join(wanted, wanted.name_ar == held.name_ar)
        .where(wanted.id.in_(sorted(course_ids)), wanted.kind == "course", held.kind == "course")
        # asked by whom: that nearly every record is approved would lead through all of them
        .where(a.volunteer_id.in_(rows), a.state.not_in(_NOT_ATTENDED))
        .where(*takes_place)
        .group_by(one_person(), wanted.id, held.id)
        .having(func.count(Shift.id.distinct()) == shifts.correlate(held).scalar_subquery())
    )


def _last(days: Mapping[tuple[int, int], list[date]], row: AnyRow) -> date | None:
    """It counts from the day on which it was completed, whatever the hour."""
    until = (day for day in days.get((row.who, row.requires_id), []))
    return max((day for day in until if day <= row.work_on), default=None)
