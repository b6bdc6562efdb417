"""When people served: each day, each hour of the week, and who served for the first time."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import aliased

from checkin.database import db
from checkin.domain.clock_hours import HOURS_IN_WEEK, spread
from checkin.domain.days import local_time
from checkin.models import Attendance, Person, Shift, Site
from checkin.operations.figures import asking, records
from checkin.operations.figures.definitions import VOLUNTEERED, Filter, Totals

_A = Attendance
_TWIN = aliased(Person)
_PERSON = func.coalesce(_TWIN.merged_into_id, _A.volunteer_id)


class Day(NamedTuple):
    """What one day added to the figures of the days asked for; minutes are whole minutes.

    So the figures of the first days are the sums of theirs, people included.
    """

    on: date
    approved_minutes: int = 0
    beneficiaries: int = 0
    attendances: int = 0
    newcomers: int = 0
    """People who served on no earlier day of those asked for."""


def days(wanted: Filter) -> list[Day]:
    """Every day with approved volunteering, the earliest first."""
    a, newcomers = _A, first_days(wanted)
    sums = (
        _sum(a.approved_minutes),
        _sum(a.approved_beneficiaries),
        func.count(case((VOLUNTEERED, a.volunteer_id))).label("attendances"),
    )
    rows = records.rows_of(wanted, [a.work_on, *sums]).group_by(a.work_on).order_by(a.work_on)
    found = (Day(row[0], *map(int, row[1:])) for row in db.session.execute(rows))
    return [day._replace(newcomers=newcomers.get(day.on, 0)) for day in found if day.attendances]


def first_days(wanted: Filter) -> dict[date, int]:
    """How many people served for the first time on a day, of the days asked for."""
    own = _people(wanted, [_PERSON.label("person"), func.min(_A.work_on).label("first_on")])
    each = own.where(VOLUNTEERED).group_by(_PERSON).subquery()
    rows = select(each.c.first_on, func.count()).group_by(each.c.first_on)
    return {row[0]: row[1] for row in db.session.execute(rows)}


def newcomers(wanted: Filter) -> dict[date, int]:
    """How many people served for the first time ever, as far as the reader sees, on each day."""
    ever = first_days(replace(wanted, first=None))
    first = wanted.first or date.min
    return {day: count for day, count in ever.items() if day >= first}


def totals_until(wanted: Filter) -> Totals:
    """The figures of the first days of a year or month, such as those of last year up to today."""
    return asking.totals(wanted)


def hours_of_week(wanted: Filter) -> list[int]:
    """Approved minutes in each hour of the week, Sunday's first hour first.

    What was approved is laid from its beginning on: from the check-in, or from the shift's start
    where that is later.
    """
    found = [0] * HOURS_IN_WEEK
    for hour, minutes in _shares(wanted):
        found[hour] += minutes
    return found


def _shares(wanted: Filter) -> Iterator[tuple[int, int]]:
    columns = [_A.in_at, Shift.starts_at, Site.zone, _A.approved_minutes]
    rows = records.rows_of(wanted, columns).join(Site, Site.id == _A.site_id).where(VOLUNTEERED)
    for in_at, starts_at, zone, minutes in db.session.execute(rows):
        yield from spread(local_time(max(in_at or starts_at, starts_at), zone), minutes)


def _people(wanted: Filter, columns: list[Any]) -> Select[Any]:
    twin = and_(_TWIN.id == _A.volunteer_id, _TWIN.merged_into_id.is_not(None))
    return records.rows_of(wanted, columns).outerjoin(_TWIN, twin)


def _sum(column: Any) -> ColumnElement[Any]:
    return func.coalesce(func.sum(case((VOLUNTEERED, func.coalesce(column, 0)), else_=0)), 0)
