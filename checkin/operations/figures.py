"""Figures: one definition of hours, people, attendances and beneficiaries, used everywhere.

Only approved volunteering counts; what waits is kept apart; courses and meetings are attendance
and never hours. A person is counted once in a total, however many sites they served at.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, distinct, extract, func, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import ORMOption

from checkin.database import AnyRow, db
from checkin.domain.errors import NotFound
from checkin.models import Attendance, Opportunity, Partner, Person, Service, Shift, Site
from checkin.models.attendance import COUNTED, WAITING
from checkin.operations.permissions import Reach, attendances_within

WITHOUT = 0
"""As a partner: volunteers of no partner. As a service: courses and meetings."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which attendances are looked at: never beyond `reach`, the days both included."""

    reach: Reach
    first: date | None = None
    last: date | None = None
    site_id: int | None = None
    service_id: int | None = None
    partner_id: int | None = None


class Totals(NamedTuple):
    """The figures, each by the one definition; minutes are whole minutes."""

    approved_minutes: int = 0
    waiting_minutes: int = 0
    """Proved by scans and waiting for a decision; a forgotten check-out proves none."""
    beneficiaries: int = 0
    """Services given, as approved: one person served twice is two."""
    volunteers: int = 0
    """People with approved volunteering, each counted once."""
    attendances: int = 0
    opportunities: int = 0
    """Opportunities in which somebody volunteered, each counted once."""
    course_attendances: int = 0
    """Approved attendance at courses and meetings."""


class Grouping(StrEnum):
    SITE = "site"
    SERVICE = "service"
    PARTNER = "partner"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table. Minutes, beneficiaries and attendances of all rows add up to the total.

    `key` is an id (`WITHOUT` for the rest) or the first day of a Gregorian month; `name_ar` and
    `name_en` are empty for the rest and for months.
    """

    key: int | date
    name_ar: str | None
    name_en: str | None
    totals: Totals


class Measure(StrEnum):
    """Which attendances stand behind a figure."""

    APPROVED = "approved"
    WAITING = "waiting"
    COURSES = "courses"


_VOLUNTEERING = Opportunity.kind == "service"
_COUNTED = and_(Attendance.state == COUNTED, _VOLUNTEERING)
_BEHIND: dict[Measure, ColumnElement[bool]] = {
    Measure.APPROVED: _COUNTED,
    Measure.WAITING: and_(Attendance.state.in_(WAITING), _VOLUNTEERING),
    Measure.COURSES: and_(Attendance.state == COUNTED, ~_VOLUNTEERING),
}


def totals(wanted: Filter) -> Totals:
    """All figures of what `wanted` reaches, in one query."""
    return Totals(*map(int, db.session.execute(_rows(wanted, _measures())).one()))


def totals_of(person_id: int, first: date | None = None) -> Totals:
    """One volunteer's own figures by the same definitions, from `first` on."""
    rows = _rows(Filter(Reach(everywhere=True), first), _measures())
    own = rows.where(Attendance.volunteer_id == person_id)
    return Totals(*map(int, db.session.execute(own).one()))


def by(grouping: Grouping, wanted: Filter) -> list[Line]:
    """The same figures by site, service or partner (most hours first), or by month."""
    keys, join = _GROUPS[grouping]
    query = _rows(wanted, [*keys, *_measures()])
    if join is not None:
        query = query.outerjoin(*join)
    found = db.session.execute(query.group_by(*keys))
    if grouping is Grouping.MONTH:
        return sorted(_telling(map(_month_line, found)), key=lambda line: line.key)
    lines = _telling(map(_named_line, found))
    return sorted(lines, key=lambda line: (-line.totals.approved_minutes, line.key))


def span(reach: Reach) -> tuple[date, date] | None:
    """The first and the last day with an attendance; nothing when there is none."""
    a = Attendance
    first, last = db.session.execute(
        attendances_within(reach).with_only_columns(func.min(a.work_on), func.max(a.work_on))
    ).one()
    return (first, last) if first else None


def waiting_minutes(shift_ids: Iterable[int]) -> dict[int, int]:
    """The minutes that wait in each of these shifts, where any do."""
    found = _rows(Filter(Reach(everywhere=True)), [Attendance.shift_id, _waiting()])
    rows = found.where(Attendance.shift_id.in_(shift_ids)).group_by(Attendance.shift_id)
    return {shift_id: int(minutes) for shift_id, minutes in db.session.execute(rows)}


def worked_in(reach: Reach, periods: Sequence[tuple[date, date]]) -> list[bool]:
    """For each period, both days included, whether it has an attendance; one query for all."""
    if not periods:
        return []
    within = attendances_within(reach).with_only_columns(Attendance.id)
    asked = [within.where(Attendance.work_on.between(*period)).exists() for period in periods]
    return list(map(bool, db.session.execute(select(*asked)).one()))


def count_behind(measure: Measure, wanted: Filter) -> int:
    """How many attendances stand behind a figure."""
    query = _rows(wanted, [func.count()]).where(_BEHIND[measure])
    return db.session.scalar(query) or 0


def attendances_behind(
    measure: Measure, wanted: Filter, *, page: int, size: int
) -> Sequence[Attendance]:
    """One page of the attendances that add up to a figure, the latest first."""
    query = (
        _rows(wanted, [Attendance])
        .where(_BEHIND[measure])
        .options(*_described())
        .order_by(Attendance.work_on.desc(), Attendance.id.desc())
        .offset((page - 1) * size)
        .limit(size)
    )
    return db.session.scalars(query).all()


def attendance(attendance_id: int, reach: Reach) -> Attendance:
    """One attendance with its volunteer and place, if the reader may see it; else NotFound."""
    query = attendances_within(reach).where(Attendance.id == attendance_id).options(*_described())
    found = db.session.scalar(query)
    if found is None:
        raise NotFound("attendance")
    return found


def _described() -> tuple[ORMOption, ...]:
    shift = joinedload(Attendance.shift)
    return (
        joinedload(Attendance.volunteer).joinedload(Person.partner),
        shift.joinedload(Shift.opportunity),
        shift.joinedload(Shift.site),
    )


def _measures() -> list[ColumnElement[Any]]:
    """The definitions, in the order of `Totals`."""
    a = Attendance
    return [
        _sum(_COUNTED, a.approved_minutes),
        _waiting(),
        _sum(_COUNTED, a.approved_beneficiaries),
        func.count(distinct(case((_COUNTED, a.volunteer_id)))),
        func.count(case((_COUNTED, a.volunteer_id))),
        func.count(distinct(case((_COUNTED, Opportunity.id)))),
        func.count(case((_BEHIND[Measure.COURSES], a.volunteer_id))),
    ]


def _waiting() -> ColumnElement[Any]:
    return _sum(_BEHIND[Measure.WAITING], Attendance.credited_minutes)


def _sum(condition: ColumnElement[bool], column: Any) -> ColumnElement[Any]:
    return func.coalesce(func.sum(case((condition, func.coalesce(column, 0)), else_=0)), 0)


def _rows(wanted: Filter, columns: Sequence[Any]) -> Select[Any]:
    """The attendances within reach and filter, whatever their state, with their opportunity.

    Asking for states here would lead the database away from the index of days.
    """
    a = Attendance
    query: Select[Any] = (
        attendances_within(wanted.reach)
        .with_only_columns(*columns)
        .select_from(a)
        .join(Shift, Shift.id == a.shift_id)
        .join(Opportunity, Opportunity.id == Shift.opportunity_id)
    )
    return query.where(*_conditions(wanted))


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    a = Attendance
    found: list[ColumnElement[bool]] = []
    if wanted.first is not None:
        found.append(a.work_on >= wanted.first)
    if wanted.last is not None:
        found.append(a.work_on <= wanted.last)
    if wanted.site_id is not None:
        found.append(a.site_id == wanted.site_id)
    if wanted.service_id is not None:
        found.append(_is(Opportunity.service_id, wanted.service_id))
    if wanted.partner_id is not None:
        found.append(_is(a.partner_id, wanted.partner_id))
    return found


def _is(column: Any, key: int) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = column.is_(None) if key == WITHOUT else column == key
    return condition


_YEAR, _MONTH = extract("year", Attendance.work_on), extract("month", Attendance.work_on)
_GROUPS: dict[Grouping, tuple[list[Any], tuple[Any, Any] | None]] = {
    Grouping.SITE: (
        [Site.id, Site.name_ar, Site.name_en],
        (Site, Site.id == Attendance.site_id),
    ),
    Grouping.SERVICE: (
        [Service.id, Service.name_ar, Service.name_en],
        (Service, Service.id == Opportunity.service_id),
    ),
    Grouping.PARTNER: (
        [Partner.id, Partner.name_ar, Partner.name_en],
        (Partner, Partner.id == Attendance.partner_id),
    ),
    Grouping.MONTH: ([_YEAR, _MONTH], None),
}


def _telling(lines: Iterable[Line]) -> Iterator[Line]:
    """Without the lines where nothing was approved and nothing waits."""
    return (line for line in lines if any(line.totals))


def _named_line(row: AnyRow) -> Line:
    key, name_ar, name_en, *figures = row
    return Line(key or WITHOUT, name_ar, name_en, Totals(*map(int, figures)))


def _month_line(row: AnyRow) -> Line:
    year, month, *figures = row
    return Line(date(int(year), int(month), 1), None, None, Totals(*map(int, figures)))
