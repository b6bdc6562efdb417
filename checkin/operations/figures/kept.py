"""Figures of whole years, and of all time, from the sums that are kept (`rollup.py`)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, case, func, select

from checkin.database import db
from checkin.models import MonthTotal, Opportunity, PeriodTotal
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
from checkin.operations.figures.sums import (
    ALL,
    CAMPAIGN,
    DAY,
    OF_PLACE,
    OF_STRETCH,
    Place,
    day_of,
    number_of,
)

_M, _P = MonthTotal, PeriodTotal


class PeriodLine(NamedTuple):
    """What is kept of one line: all figures but what waits."""

    volunteers: int = 0
    opportunities: int = 0
    course_attendances: int = 0
    attendances: int = 0
    approved_minutes: int = 0
    beneficiaries: int = 0
    value_halalas: int = 0
    valued_minutes: int = 0

    def with_waiting(self, waiting_minutes: int) -> Totals:
        return Totals(waiting_minutes=waiting_minutes, **self._asdict())


def period_of(wanted: Filter) -> str | None:
    """The period whose figures are asked for; nothing when they are not kept."""
    return periods.named(wanted.first, wanted.last) if wanted.is_whole else None


def place_of(wanted: Filter) -> Place | None:
    """The line that holds exactly what is asked for; nothing when none does."""
    period = periods.named(wanted.first, wanted.last)
    narrower = {
        Grouping.SITE.value: wanted.site_id,
        Grouping.SERVICE.value: wanted.service_id,
        Grouping.PARTNER.value: wanted.partner_id,
        CAMPAIGN: wanted.campaign_id,
    }
    asked = [(grouping, key) for grouping, key in narrower.items() if key is not None]
    unkept = wanted.is_unusual or wanted.kind is not None or wanted.opportunity_id is not None
    if period is None or unkept or len(asked) > 1:
        return None
    return (period, *asked[0]) if asked else (period, ALL, 0)


def totals(wanted: Filter, period: str, grouping: str, key: int) -> Totals:
    return _line(period, grouping, key).with_waiting(records.waiting(wanted))


def by(grouping: Grouping, wanted: Filter, period: str) -> dict[Key, Totals]:
    found = {_key(grouping, key): line for key, line in lines(period, grouping.value).items()}
    waiting = records.waiting_by(grouping, wanted)
    return {
        key: found.get(key, PeriodLine()).with_waiting(waiting.get(key, 0))
        for key in found.keys() | waiting.keys()
    }


def lines(period: str, grouping: str) -> dict[int, PeriodLine]:
    """The lines of a table in one period, by their keys; both as `period_totals` spells them."""
    rows = db.session.execute(_lines(period, grouping).order_by(_P.key))
    return {row[0]: PeriodLine(*row[1:]) for row in rows}


_PARTS: dict[Grouping, Any] = {
    Grouping.SITE: _M.site_id,
    Grouping.PARTNER: _M.partner_id,
    Grouping.MONTH: _M.from_on,
}


def parts(grouping: Grouping, wanted: Filter) -> dict[Key, Totals]:
    """The lines of a table of one campaign, of all time: what adds up, and nobody is counted."""
    found: dict[Key, Totals] = {}
    of = _PARTS[grouping]
    for key, *sums in db.session.execute(_rows(wanted, [of, *_sums()]).group_by(of)):
        # a month in which a Hijri year begins has two stretches
        key = key.replace(day=1) if isinstance(key, date) else key
        found[key] = Totals(*map(sum, zip(found.get(key, Totals()), _as_totals(sums), strict=True)))
    for key, minutes in records.waiting_by(grouping, wanted).items():
        found[key] = found.get(key, Totals())._replace(waiting_minutes=minutes)
    return found


def _sums() -> list[ColumnElement[int]]:
    """Of volunteering each of its sums; of courses and meetings how many attended."""
    served = [func.sum(case((VOLUNTEERING, getattr(_M, name)), else_=0)) for name in OF_STRETCH]
    return [*served, func.sum(case((VOLUNTEERING, 0), else_=_M.attendances))]


def _as_totals(sums: Sequence[Any]) -> Totals:
    *served, courses = map(int, sums)
    named = dict(zip(OF_STRETCH, served, strict=True))
    return Totals(course_attendances=courses, **named)


def _line(period: str, grouping: str, key: int) -> PeriodLine:
    row = db.session.execute(_lines(period, grouping).where(_P.key == key)).first()
    return PeriodLine(*row[1:]) if row else PeriodLine()


def _lines(period: str, grouping: str) -> Select[Any]:
    columns = [_P.key, *(getattr(_P, name) for name in OF_PLACE)]
    return select(*columns).where(_P.period == period, _P.grouping == grouping)


def _key(grouping: Grouping, key: int) -> Key:
    return date(key // 100, key % 100, 1) if grouping is Grouping.MONTH else key


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
    place = place_of(wanted)
    if measure in _COUNTED and place is not None:
        return int(getattr(_line(*place), _COUNTED[measure]))
    counts = _counts(measure, wanted)
    return None if counts is None else sum(count for _, count in counts)


_COUNTED = {Measure.APPROVED: "attendances", Measure.COURSES: "course_attendances"}


def _counts(measure: Measure, wanted: Filter) -> list[tuple[date, int]] | None:
    """How many on each day or in each stretch, the latest first; nothing when none is kept."""
    if measure not in _COUNTED or wanted.is_unusual:
        return None
    if wanted.is_whole:
        return _by_day(measure, wanted)
    if not periods.whole_stretches(wanted.first, wanted.last):
        return None
    counted = VOLUNTEERING if measure is Measure.APPROVED else ~VOLUNTEERING
    rows = _rows(wanted, [_M.from_on, func.sum(_M.attendances)]).where(counted)
    found = db.session.execute(rows.group_by(_M.from_on).order_by(_M.from_on.desc()))
    return [(from_on, int(count)) for from_on, count in found]


def _by_day(measure: Measure, wanted: Filter) -> list[tuple[date, int]]:
    first, last = wanted.first or date.min, wanted.last or date.max
    count = getattr(_P, _COUNTED[measure])
    rows = (
        select(_P.key, count)
        .where(_P.period == periods.ALWAYS, _P.grouping == DAY, count > 0)
        .where(_P.key.between(number_of(first), number_of(last)))
    )
    found = db.session.execute(rows.order_by(_P.key.desc()))
    return [(day_of(key), number) for key, number in found]


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
    if wanted.campaign_id is not None:
        found.append(is_key(Opportunity.campaign_id, wanted.campaign_id))
    if wanted.opportunity_id is not None:
        found.append(_M.opportunity_id == wanted.opportunity_id)
    if wanted.kind is not None:
        found.append(Opportunity.type == wanted.kind)
    return found
