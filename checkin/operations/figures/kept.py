"""Figures of whole periods from the sums that are kept (`rollup.py`)."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, case, func, literal_column, or_, select

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
    GENDER,
    LANE,
    OF_PLACE,
    OF_STRETCH,
    OPPORTUNITY,
    PARTNER,
    SERVICE,
    SITE,
    TEAM,
    TYPE,
    day_of,
    key_of_gender,
    key_of_type,
    number_of,
)
from checkin.operations.permissions import Reach

_M, _P = MonthTotal, PeriodTotal


KEPT: list[ColumnElement[int]] = [
    getattr(_P, name) if name in OF_PLACE else literal_column("0", Integer).label(name)
    for name in Totals._fields
]
"""All figures of a line, as `Totals` has them; what waits is not kept."""


Part = tuple[str, Collection[int]]
"""A grouping and some keys of it: what is looked at; `WHOLE` is everything."""
WHOLE: Part = (ALL, (0,))


def part_of(wanted: Filter) -> Part | None:
    """The one grouping that figures are narrowed by; nothing when no sum is kept of it."""
    parts = parts_of(wanted)
    return None if parts is None or len(parts) > 1 else (*parts.items(), WHOLE)[0]


def parts_of(wanted: Filter) -> dict[str, Collection[int]] | None:
    """All that figures are narrowed to, as the sums spell it; nothing when it is unusual.

    Who sees some sites, or some partners' volunteers, asks for those, or for one of them.
    """
    own = _own(wanted.reach)
    # of teams there are sums, though not by opportunity and stretch
    if own is None or replace(wanted, reach=_EVERYWHERE, team_id=None).is_unusual:
        return None
    asked = {one: (key,) for one, key in _numbers(wanted).items() if key is not None}
    reaches = all(asked[one][0] in keys for one, keys in own.items() if one in asked)
    return {**own, **asked} if reaches else None


_EVERYWHERE = Reach(everywhere=True)


def _own(reach: Reach) -> dict[str, Collection[int]] | None:
    """What a reach is narrowed to; nothing when it is by more than one grouping, or by shifts."""
    if reach.everywhere:
        return {}
    parts = {SITE: sorted(reach.site_ids), PARTNER: sorted(reach.partner_ids)}
    own: dict[str, Collection[int]] = {one: keys for one, keys in parts.items() if keys}
    return None if reach.shift_ids or len(own) != 1 else own


def _numbers(wanted: Filter) -> dict[str, int | None]:
    """What figures are narrowed to, by groupings, as the sums spell it."""
    return {
        SITE: wanted.site_id,
        LANE: wanted.lane_id,
        SERVICE: wanted.service_id,
        CAMPAIGN: wanted.campaign_id,
        PARTNER: wanted.partner_id,
        TYPE: None if wanted.kind is None else key_of_type(wanted.kind),
        GENDER: None if wanted.gender is None else key_of_gender(wanted.gender),
        TEAM: wanted.team_id,
        OPPORTUNITY: wanted.opportunity_id,
    }


def lines(period: str, grouping: str) -> dict[int, Totals]:
    """The lines of a table in one period, by their keys, without what waits; all as
    `period_totals` spells them."""
    asked = select(_P.key, *KEPT).where(_P.period == period, _P.grouping == grouping)
    asked = asked.where(_P.within == ALL, _P.within_key == 0)
    rows = db.session.execute(asked.order_by(_P.key))
    return {row[0]: Totals._make(row[1:]) for row in rows}


_PARTS: dict[Grouping, Any] = {
    Grouping.SITE: _M.site_id,
    Grouping.PARTNER: _M.partner_id,
    Grouping.MONTH: _M.from_on,
}


def begun(wanted: Filter, names: Sequence[str | None]) -> list[bool]:
    """Of each period by its name, whether sums are kept of anything in it; it may have attendances
    where none are."""
    part = part_of(wanted)
    if part is None:
        return [False] * len(names)
    grouping, keys = part
    lines = select(_P.period).where(_P.period.in_({*names}), _P.within == ALL, _P.within_key == 0)
    holds = or_(_P.attendances > 0, _P.course_attendances > 0)
    found = {*db.session.scalars(lines.where(_P.grouping == grouping, _P.key.in_(keys), holds))}
    return [name in found for name in names]


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
    period, part = periods.kept(wanted.first, wanted.last), part_of(wanted)
    if measure in _COUNTED and period is not None and part is not None:
        asked = select(func.sum(getattr(_P, _COUNTED[measure])))
        asked = asked.where(_P.period == period, _P.within == ALL, _P.within_key == 0)
        found = db.session.scalar(asked.where(_P.grouping == part[0], _P.key.in_(part[1])))
        return int(found or 0)
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
        .where(_P.period == periods.ALWAYS, _P.within == ALL, _P.grouping == DAY, count > 0)
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
    o, numbers = Opportunity, _numbers(wanted)
    narrower: list[tuple[Any, int | str | None]] = [
        *((_M.site_id, wanted.site_id), (_M.lane_id, wanted.lane_id)),
        *((_M.partner_id, wanted.partner_id), (_M.opportunity_id, wanted.opportunity_id)),
        *((_M.gender, numbers[GENDER]), (o.type, wanted.kind)),
    ]
    found: list[ColumnElement[bool]] = [_M.attendances > 0]
    found += [column == key for column, key in narrower if key is not None]
    if wanted.first is not None:
        found.append(_M.from_on >= wanted.first)
    if wanted.last is not None:
        found.append(_M.from_on <= wanted.last)
    for column, key in ((o.service_id, wanted.service_id), (o.campaign_id, wanted.campaign_id)):
        if key is not None:
            found.append(is_key(column, key))
    return found
