"""When people served: each day, each hour of the week, and who served for the first time."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import reduce
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    distinct,
    exists,
    func,
    literal_column,
    select,
)

from checkin.database import db
from checkin.domain.clock_hours import HOURS_IN_WEEK, spread
from checkin.models import Attendance, Opportunity, PeriodTotal, Shift
from checkin.models.attendance import COUNTED
from checkin.operations.figures import asking, clock_hour, counting, kept, late, periods, records
from checkin.operations.figures.definitions import (
    VOLUNTEERED,
    VOLUNTEERING,
    WITHOUT,
    Filter,
    Totals,
    is_key,
)
from checkin.operations.figures.dimensions import Dimension
from checkin.operations.figures.sums import (
    A_SUNDAY,
    CAMPAIGN,
    DAY,
    HOUR,
    NARROW,
    PARTNER,
    SERVICE,
    SITE,
    day_of,
    number_of,
)

_A, _P = Attendance, PeriodTotal


class Day(NamedTuple):
    """What was approved of one day; minutes are whole minutes."""

    on: date
    approved_minutes: int = 0
    beneficiaries: int = 0
    attendances: int = 0


def days(wanted: Filter) -> list[Day]:
    """Every day with approved volunteering, the earliest first."""
    found = {day.on: day for day in _days(wanted)}
    for part in late.moves(wanted, by_day=True):
        if part.is_volunteering:
            before = found.get(part.day, Day(part.day))
            sums = (getattr(before, name) + getattr(part, name) for name in Day._fields[1:])
            found[part.day] = Day(part.day, *sums)
    return [found[on] for on in sorted(found) if any(found[on][1:])]


def _days(wanted: Filter) -> list[Day]:
    """By the day of work, whatever months are closed."""
    part = _days_kept_of(periods.ALWAYS, wanted)
    if part is not None:
        columns: list[Any] = [getattr(_P, name) for name in Day._fields[1:]]
        rows = _kept_days(periods.ALWAYS, part, wanted, [_P.key, *columns])
        if len(part[1]) > 1:  # of one alone a day is a line
            rows = rows.with_only_columns(_P.key, *map(func.sum, columns)).group_by(_P.key)
        return [Day(day_of(row[0]), *map(int, row[1:])) for row in db.session.execute(rows)]
    sums = (*map(records.summed, (_A.approved_minutes, _A.approved_beneficiaries)), func.count())
    asked = records.counted_rows(wanted, [_A.work_on, *sums]).where(VOLUNTEERING)
    found = db.session.execute(asked.group_by(_A.work_on))
    return [Day(row[0], *map(int, row[1:])) for row in found]


def people_by_month(wanted: Filter) -> dict[date, int]:
    """How many people served in each month, by the day of work, whatever months are closed; by
    its first day."""
    found = counting.worked([Dimension.MONTH], wanted)
    return {cast(date, key): totals.volunteers for (key,), totals in found.items()}


def first_days(wanted: Filter) -> dict[date, int]:
    """How many people served for the first time on a day, of the days asked for.

    So the people of the first days are the sum of theirs.
    """
    known = _first_days(periods.named(wanted.first, wanted.last), wanted)
    if known is not None:
        return known
    return _people_by_day(_first_of_each(wanted))


def newcomers(wanted: Filter) -> dict[date, int]:
    """How many people served for the first time ever, as far as the reader sees, on each day."""
    known = _first_days(periods.ALWAYS, wanted)
    if known is not None:
        return known
    ever = replace(wanted, first=None)
    span = records.span(ever)
    if span is None or wanted.first is None:
        return first_days(ever)
    first, last = wanted.first, wanted.last or span[1]
    if first - span[0] < 2 * (last - first):
        return {day: people for day, people in first_days(ever).items() if day >= first}
    # nearly everybody was there before, as the first look shows
    each = _first_of_each(wanted)
    before = replace(ever, last=first - timedelta(days=1))
    earlier = records.rows_of_person(each.c.person, before).where(VOLUNTEERED)
    # the offset keeps PostgreSQL from joining all that was ever attended
    return _people_by_day(each, ~earlier.offset(0).exists())


def _first_of_each(wanted: Filter) -> Subquery:
    """Every `person` of these days and places with the first of their days there, `first_on`."""
    own = [records.ONE_PERSON.label("person"), func.min(_A.work_on).label("first_on")]
    rows = records.counted_rows(wanted, own).where(VOLUNTEERING)
    return rows.group_by(literal_column("person")).subquery()


def _people_by_day(each: Subquery, *conditions: ColumnElement[bool]) -> dict[date, int]:
    asked = select(each.c.first_on, func.count()).where(*conditions).group_by(each.c.first_on)
    return {row[0]: row[1] for row in db.session.execute(asked)}


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
    known = _kept_hours(wanted)
    if known is not None:
        yield from known.items()
        return
    # many begin and last alike
    alike = [clock_hour.minute_of_week().label("begun"), _A.approved_minutes]
    rows = records.counted_rows(wanted, [*alike, func.count()]).where(VOLUNTEERING)
    rows = rows.group_by(literal_column("begun"), _A.approved_minutes)
    for begun, minutes, count in db.session.execute(rows):
        for hour, share in spread(A_SUNDAY + timedelta(minutes=begun), minutes):
            yield hour, share * count


# --- the first days of a year ------------------------------------------------------------------


def totals_until(wanted: Filter) -> Totals:
    """The figures of the first days of a year or month, such as those of last year up to today.

    What waits is left out where it costs a question of its own.
    """
    period = _begun(wanted)
    part = _days_kept_of(period, wanted)
    if period is None or part is None or len(part[1]) > 1:
        return asking.totals(wanted)
    rows = db.session.execute(_kept_days(period, part, wanted, kept.KEPT))
    found = reduce(Totals.plus, (Totals._make(row) for row in rows), Totals())
    found = found._replace(opportunities=_opportunities_until(wanted, part))
    return late.corrected({WITHOUT: found}, wanted, late.in_total)[WITHOUT]


def _begun(wanted: Filter) -> str | None:
    """The year or month of either calendar that these days begin, and are not the whole of."""
    first, last = wanted.first, wanted.last
    if first is None or last is None or periods.named(first, last) is not None:
        return None
    for period in periods.periods_of(first)[1:]:
        begins = period not in periods.periods_of(first - timedelta(days=1))
        if begins and period in periods.periods_of(last):
            return period
    return None


def _opportunities_until(wanted: Filter, part: kept.Part) -> int:
    """By the shifts of these days, which are fewer than the sums of all years."""
    approved = exists().where(_A.shift_id == Shift.id, _A.state == COUNTED)
    volunteering = exists().where(Opportunity.id == Shift.opportunity_id, VOLUNTEERING)
    called = select(func.count(distinct(Shift.opportunity_id)))
    grouping, (key,) = part
    if grouping == SITE:
        called = called.where(Shift.site_id == key)
    if grouping == PARTNER:
        approved = approved.where(is_key(_A.partner_id, key))
    if grouping == SERVICE:
        volunteering = volunteering.where(is_key(Opportunity.service_id, key))
    if grouping == CAMPAIGN:
        volunteering = volunteering.where(is_key(Opportunity.campaign_id, key))
    days = Shift.work_on.between(wanted.first, wanted.last)
    return db.session.scalar(called.where(approved, volunteering, days)) or 0


# --- parts of questions ------------------------------------------------------------------------


def _days_kept_of(period: str | None, wanted: Filter) -> kept.Part | None:
    """What days are kept of in this period, where it is what is asked for."""
    part = kept.part_of(wanted)
    if period is None or part is None:
        return None
    is_kept = part == kept.WHOLE or (part[0] in NARROW and periods.is_long(period))
    return part if is_kept else None


def _first_days(period: str | None, wanted: Filter) -> dict[date, int] | None:
    """Of the days asked for, how many served on each for the first time in the period; nothing
    when no sum is kept of them, or sums in which people are that do not add up."""
    part = _days_kept_of(period, wanted)
    if period is None or part is None or len(part[1]) > 1:
        return None
    rows = _kept_days(period, part, wanted, [_P.key, _P.volunteers]).where(_P.volunteers > 0)
    return {day_of(key): people for key, people in db.session.execute(rows)}


def _kept_days(period: str, part: kept.Part, wanted: Filter, columns: list[Any]) -> Select[Any]:
    query: Select[Any] = select(*columns).where(_P.period == period, _P.within == part[0])
    query = query.where(_P.grouping == DAY, _P.within_key.in_(part[1]))
    if wanted.first is not None:
        query = query.where(_P.key >= number_of(wanted.first))
    if wanted.last is not None:
        query = query.where(_P.key <= number_of(wanted.last))
    return query


def _kept_hours(wanted: Filter) -> dict[int, int] | None:
    """Minutes by hour of the week; nothing when no sum is kept of what is asked for."""
    part = kept.part_of(wanted)
    known = periods.named(wanted.first, wanted.last)
    if part is None or (part != kept.WHOLE and part[0] not in NARROW):
        return None
    if known == periods.ALWAYS or (part == kept.WHOLE and known is not None):
        names = [known]
    elif periods.whole_stretches(wanted.first, wanted.last):
        span = records.span(wanted)
        names = [periods.stretch_name(one) for one in periods.stretches(*span)] if span else []
    else:
        return None
    minutes = func.sum(_P.approved_minutes)
    query = select(_P.key, minutes).where(_P.period.in_(names), _P.grouping == HOUR)
    query = query.where(_P.within == part[0], _P.within_key.in_(part[1])).group_by(_P.key)
    return {hour: int(sum_) for hour, sum_ in db.session.execute(query)}
