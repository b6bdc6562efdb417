"""Figures of whole years, and of all time, from the sums that are kept (`rollup.py`)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, case, distinct, func, select

from checkin.database import db
from checkin.models import MonthTotal, Opportunity, PeopleTotal
from checkin.operations.figures import periods, records
from checkin.operations.figures.definitions import (
    VOLUNTEERING,
    Filter,
    Grouping,
    Measure,
    Totals,
    is_key,
)
from checkin.operations.figures.records import Key

ALL = "all"
"""The grouping of people that is no table: everybody of a period."""
_M = MonthTotal


def period_of(wanted: Filter) -> str | None:
    """The period whose figures are asked for; nothing when they are not kept."""
    return periods.named(wanted.first, wanted.last) if wanted.is_whole else None


def totals(wanted: Filter, period: str) -> Totals:
    (sums,) = db.session.execute(_summed(_cells(wanted))).all()
    people = _people(period, ALL).get(0, 0)
    return _together(tuple(sums), records.waiting(wanted), people)


def by(grouping: Grouping, wanted: Filter, period: str) -> dict[Key, Totals]:
    sums = _sums_by(grouping, wanted)
    waiting, people = records.waiting_by(grouping, wanted), _people(period, grouping.value)
    return {
        key: _together(sums.get(key, _NOTHING), waiting.get(key, 0), people.get(_number(key), 0))
        for key in sums.keys() | waiting.keys()
    }


def _sums_by(grouping: Grouping, wanted: Filter) -> dict[Key, Sequence[int]]:
    if grouping is Grouping.PARTNER:
        lines = select(_M).where(*_of_days(wanted)).subquery()
        return _keyed(_summed(lines, lines.c.partner_id))
    if grouping is Grouping.MONTH:
        return _months(wanted)
    cells = _cells(wanted)
    if grouping is Grouping.SITE:
        return _keyed(_summed(cells, cells.c.site_id))
    return _keyed(_summed(cells, func.coalesce(Opportunity.service_id, 0)))


def _keyed(query: Select[Any]) -> dict[Key, Sequence[int]]:
    return {row[0]: tuple(row)[1:] for row in db.session.execute(query)}


def _months(wanted: Filter) -> dict[Key, Sequence[int]]:
    """A month in which a Hijri year begins has two stretches, perhaps of one opportunity."""
    cells = _cells(wanted)
    stretches: dict[Any, Sequence[int]] = _keyed(_summed(cells, cells.c.from_on))
    months: dict[Key, Sequence[int]] = {}
    for from_on, sums in stretches.items():
        before = months.get(from_on.replace(day=1), _NOTHING)
        months[from_on.replace(day=1)] = [sum(pair) for pair in zip(before, sums, strict=True)]
    for month, called in _called(wanted, [one for one in stretches if one.day > 1]).items():
        minutes, beneficiaries, attendances, _, courses = months[month]
        months[month] = (minutes, beneficiaries, attendances, len(called), courses)
    return months


def _called(wanted: Filter, begun: Sequence[date]) -> dict[date, set[int]]:
    """The opportunities somebody volunteered in, of the months that these days cut."""
    days = {*begun, *(day.replace(day=1) for day in begun)}
    rows = _rows(wanted, [_M.from_on, _M.opportunity_id]).where(_M.from_on.in_(days), VOLUNTEERING)
    found: dict[date, set[int]] = {day.replace(day=1): set() for day in begun}
    for from_on, opportunity_id in db.session.execute(rows):
        found[from_on.replace(day=1)].add(opportunity_id)
    return found


def window(measure: Measure, wanted: Filter, offset: int, size: int) -> tuple[Filter, int] | None:
    """Days that hold the page of attendances `size` long, and how many of them come before it.

    Latest first, as they are listed: nobody has to pass by a million to show the last fifty.
    Nothing when there is no such page.
    """
    counts = _counts(measure, wanted)
    if counts is None:
        return wanted, offset
    first, last, missing = wanted.first, wanted.last, 0
    for from_on, count in counts:
        if offset >= count and not missing:
            offset, last = offset - count, from_on - timedelta(days=1)
            continue
        first = from_on
        missing = (missing or offset + size) - count
        if missing <= 0:
            break
    else:
        if not missing:
            return None
    return replace(wanted, first=first, last=last), offset


def count_behind(measure: Measure, wanted: Filter) -> int | None:
    """How many attendances stand behind a figure; nothing when no sum is kept of them."""
    counts = _counts(measure, wanted)
    return None if counts is None else sum(count for _, count in counts)


def _counts(measure: Measure, wanted: Filter) -> list[tuple[date, int]] | None:
    """How many in each stretch, the latest first; nothing when no sum is kept of them."""
    if measure is Measure.WAITING or not wanted.reach.everywhere:
        return None
    if not periods.whole_stretches(wanted.first, wanted.last):
        return None
    counted = VOLUNTEERING if measure is Measure.APPROVED else ~VOLUNTEERING
    rows = _rows(wanted, [_M.from_on, func.sum(_M.attendances)]).where(counted)
    found = db.session.execute(rows.group_by(_M.from_on).order_by(_M.from_on.desc()))
    return [(from_on, int(count)) for from_on, count in found]


_NOTHING = (0, 0, 0, 0, 0)


def _together(sums: Sequence[Any], waiting: int, people: int) -> Totals:
    minutes, beneficiaries, attendances, opportunities, courses = map(int, sums)
    return Totals(minutes, waiting, beneficiaries, people, attendances, opportunities, courses)


def _people(period: str, grouping: str) -> dict[int, int]:
    p = PeopleTotal
    query = select(p.key, p.volunteers).where(p.period == period, p.grouping == grouping)
    return {row.key: row.volunteers for row in db.session.execute(query)}


def _number(key: Key) -> int:
    return key if isinstance(key, int) else key.year * 100 + key.month


def _rows(wanted: Filter, columns: Sequence[Any]) -> Select[Any]:
    query: Select[Any] = (
        select(*columns).select_from(_M).join(Opportunity, Opportunity.id == _M.opportunity_id)
    )
    return query.where(*_conditions(wanted))


def _of_days(wanted: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [_M.attendances > 0]
    if wanted.first is not None:
        found.append(_M.from_on >= wanted.first)
    if wanted.last is not None:
        found.append(_M.from_on <= wanted.last)
    return found


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    found = _of_days(wanted)
    if wanted.site_id is not None:
        found.append(_M.site_id == wanted.site_id)
    if wanted.service_id is not None:
        found.append(is_key(Opportunity.service_id, wanted.service_id))
    if wanted.partner_id is not None:
        found.append(_M.partner_id == wanted.partner_id)
    if wanted.campaign_id is not None:
        found.append(Opportunity.campaign_id == wanted.campaign_id)
    return found


def _cells(wanted: Filter) -> Subquery:
    """The lines of these days, those of all partners in one.

    They lie together, so that this costs no sorting, and a tenth of the lines is left to group.
    """
    keys = (_M.opportunity_id, _M.from_on, _M.site_id)
    sums = [
        func.sum(column).label(column.key)
        for column in (_M.attendances, _M.approved_minutes, _M.beneficiaries)
    ]
    return select(*keys, *sums).where(*_of_days(wanted)).group_by(*keys).subquery()


def _summed(cells: Subquery, *keys: Any) -> Select[Any]:
    """Keys, then sums by the definitions: minutes, beneficiaries, and the three counts."""
    c, volunteered = cells.c, VOLUNTEERING
    query: Select[Any] = (
        select(
            *keys,
            _sum(volunteered, c.approved_minutes),
            _sum(volunteered, c.beneficiaries),
            _sum(volunteered, c.attendances),
            func.count(distinct(case((volunteered, c.opportunity_id)))),
            _sum(~volunteered, c.attendances),
        )
        .select_from(cells)
        .join(Opportunity, Opportunity.id == c.opportunity_id)
    )
    return query.group_by(*keys)


def _sum(condition: ColumnElement[bool], column: Any) -> ColumnElement[Any]:
    return func.coalesce(func.sum(case((condition, column), else_=0)), 0)
