"""Figures of whole years, and of all time, from the sums that are kept (`rollup.py`)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, case, distinct, extract, func, select

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
from checkin.operations.figures.records import Key, key_of

ALL = "all"
"""The grouping of people that is no table: everybody of a period."""
_M = MonthTotal
_KEYS: dict[Grouping, list[Any]] = {
    Grouping.SITE: [_M.site_id],
    Grouping.SERVICE: [func.coalesce(Opportunity.service_id, 0)],
    Grouping.PARTNER: [_M.partner_id],
    Grouping.MONTH: [extract("year", _M.from_on), extract("month", _M.from_on)],
}


def period_of(wanted: Filter) -> str | None:
    """The period whose figures are asked for; nothing when they are not kept."""
    return periods.named(wanted.first, wanted.last) if wanted.is_whole else None


def totals(wanted: Filter, period: str) -> Totals:
    sums = db.session.execute(_rows(wanted, _sums())).one()
    people = _people(period, ALL).get(0, 0)
    return _together(sums, records.waiting(wanted), people)


def by(grouping: Grouping, wanted: Filter, period: str) -> dict[Key, Totals]:
    keys = _KEYS[grouping]
    rows = map(tuple, db.session.execute(_rows(wanted, [*keys, *_sums()]).group_by(*keys)))
    sums = {key_of(row[: len(keys)]): row[len(keys) :] for row in rows}
    waiting, people = records.waiting_by(grouping, wanted), _people(period, grouping.value)
    return {
        key: _together(sums.get(key, _NOTHING), waiting.get(key, 0), people.get(_number(key), 0))
        for key in sums.keys() | waiting.keys()
    }


def count_behind(measure: Measure, wanted: Filter) -> int | None:
    """How many attendances stand behind a figure; nothing when no sum is kept of them."""
    reaches = wanted.reach.everywhere
    if measure is Measure.WAITING or not reaches:
        return None
    if not periods.whole_stretches(wanted.first, wanted.last):
        return None
    counted = VOLUNTEERING if measure is Measure.APPROVED else ~VOLUNTEERING
    query = _rows(wanted, [func.coalesce(func.sum(_M.attendances), 0)]).where(counted)
    return int(db.session.execute(query).scalar_one())


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


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [_M.attendances > 0]
    if wanted.first is not None:
        found.append(_M.from_on >= wanted.first)
    if wanted.last is not None:
        found.append(_M.from_on <= wanted.last)
    if wanted.site_id is not None:
        found.append(_M.site_id == wanted.site_id)
    if wanted.service_id is not None:
        found.append(is_key(Opportunity.service_id, wanted.service_id))
    if wanted.partner_id is not None:
        found.append(_M.partner_id == wanted.partner_id)
    return found


def _sums() -> list[ColumnElement[Any]]:
    volunteered = VOLUNTEERING
    return [
        _sum(volunteered, _M.approved_minutes),
        _sum(volunteered, _M.beneficiaries),
        _sum(volunteered, _M.attendances),
        func.count(distinct(case((volunteered, _M.opportunity_id)))),
        _sum(~volunteered, _M.attendances),
    ]


def _sum(condition: ColumnElement[bool], column: Any) -> ColumnElement[Any]:
    return func.coalesce(func.sum(case((condition, column), else_=0)), 0)
