"""One partner's figures by month and by opportunity, from the sums that are kept.

A year of either calendar cuts through no stretch (`periods.py`).
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, case, func, select

from checkin.database import db
from checkin.models import Attendance, MonthTotal, Opportunity
from checkin.operations.figures import asking, late, records
from checkin.operations.figures.definitions import (
    BEHIND,
    VOLUNTEERING,
    Filter,
    Grouping,
    Line,
    Measure,
    Totals,
)
from checkin.operations.figures.dimensions import Dimension
from checkin.operations.figures.naming import names
from checkin.operations.figures.records import Key
from checkin.operations.figures.reporting import report
from checkin.operations.figures.spans import Span
from checkin.operations.permissions import Reach

_M = MonthTotal


def of_partner(partner_id: int, year: Span) -> tuple[Totals, list[Line], list[Line]]:
    """The total, its months in order by the year's calendar, and its opportunities with most
    hours first."""
    wanted = Filter(Reach(everywhere=True), year.first, year.last, partner_id=partner_id)
    months = _by_hijri_month(wanted) if year.hijri else _by_month(wanted)
    return asking.totals(wanted), months, _by_opportunity(wanted)


def days_of_partner(partner_id: int) -> tuple[date, date] | None:
    """A day of the first and of the last month, of either calendar, with something approved."""
    days = select(func.min(_M.from_on), func.max(_M.from_on))
    first, last = db.session.execute(days.where(_M.partner_id == partner_id)).one()
    return (first, last) if first else None


def last_year_of_partner(partner_id: int, until: int) -> int | None:
    """The last Gregorian year, `until` included, in which its members have approved hours."""
    last = (
        select(func.max(_M.from_on))
        .join(Opportunity, Opportunity.id == _M.opportunity_id)
        .where(_M.partner_id == partner_id, VOLUNTEERING, _M.approved_minutes > 0)
        .where(_M.from_on <= date(until, 12, 31))
    )
    found = db.session.scalar(last)
    return found.year if found else None


def _by_month(wanted: Filter) -> list[Line]:
    found: dict[date, list[int]] = {}
    for from_on, *sums in db.session.execute(_summed(wanted, [_M.from_on])):
        # two stretches where a Hijri year begins in the month
        line = found.setdefault(from_on.replace(day=1), [0, 0, 0, 0])
        line[:] = [before + int(more) for before, more in zip(line, sums, strict=True)]
    waiting: dict[Any, int] = records.waiting_by(Grouping.MONTH, wanted)
    by_work: dict[Key, Totals] = {
        month: _totals(found.get(month, _NOTHING), waiting.get(month, 0))
        for month in found.keys() | {one for one, minutes in waiting.items() if minutes}
    }
    counted = late.corrected(by_work, wanted, late.KEYS[Grouping.MONTH])
    return [Line(month, None, None, counted[month]) for month in sorted(counted, key=str)]


def _by_hijri_month(wanted: Filter) -> list[Line]:
    rows = report([Dimension.HIJRI_MONTH], wanted).rows
    return [Line(row.key, None, None, row.totals) for row in rows if isinstance(row.key, date)]


def _by_opportunity(wanted: Filter) -> list[Line]:
    rows = db.session.execute(_summed(wanted, [_M.opportunity_id]))
    found: dict[int, Sequence[int]] = {key: sums for key, *sums in rows}
    waiting = _waiting_by_opportunity(wanted)
    by_work: dict[Key, Totals] = {
        key: _totals(sums, waiting.get(key, 0))
        for key, sums in {**dict.fromkeys(waiting, _NOTHING), **found}.items()
    }
    counted = late.corrected(by_work, wanted, lambda part: part.opportunity_id)
    known = names("opportunity", counted)
    lines = [Line(key, known[key].name_ar, known[key].name_en, one) for key, one in counted.items()]
    return sorted(lines, key=lambda line: (-line.totals.approved_minutes, str(line.key)))


def _waiting_by_opportunity(wanted: Filter) -> dict[int, int]:
    waits = BEHIND[Measure.WAITING]
    minutes = func.coalesce(func.sum(Attendance.credited_minutes), 0)
    rows = records.rows_of(wanted, [Opportunity.id, minutes]).where(waits)
    found = db.session.execute(rows.group_by(Opportunity.id))
    return {key: int(sum_) for key, sum_ in found if sum_}


_NOTHING = (0, 0, 0, 0)


def _totals(sums: Sequence[int], waiting: int) -> Totals:
    minutes, beneficiaries, attendances, courses = map(int, sums)
    return Totals(
        approved_minutes=minutes,
        waiting_minutes=waiting,
        beneficiaries=beneficiaries,
        attendances=attendances,
        course_attendances=courses,
    )


def _summed(wanted: Filter, keys: Sequence[Any]) -> Select[Any]:
    """Keys, then minutes, beneficiaries, records of volunteering, and those of courses."""
    sums = [
        func.sum(case((VOLUNTEERING, _M.approved_minutes), else_=0)),
        func.sum(case((VOLUNTEERING, _M.beneficiaries), else_=0)),
        func.sum(case((VOLUNTEERING, _M.attendances), else_=0)),
        func.sum(case((~VOLUNTEERING, _M.attendances), else_=0)),
    ]
    query: Select[Any] = (
        select(*keys, *sums)
        .join(Opportunity, Opportunity.id == _M.opportunity_id)
        .where(_M.attendances > 0, _M.partner_id == wanted.partner_id)
        .where(_M.from_on >= wanted.first, _M.from_on <= wanted.last)
    )
    return query.group_by(*keys)
