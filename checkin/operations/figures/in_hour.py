"""The latest attendances in some hours of the week: read month by month, no more than wanted."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import func, select

from checkin.database import db
from checkin.domain.days import month_of
from checkin.models import Attendance, PeriodTotal
from checkin.operations.figures import kept, periods, records
from checkin.operations.figures.clock_hour import ClockHour
from checkin.operations.figures.definitions import VOLUNTEERING, Filter
from checkin.operations.figures.sums import HOUR, NARROW

_A, _P = Attendance, PeriodTotal


def latest_in_hour(wanted: Filter, most: int) -> list[int]:
    """The ids of the approved attendances in the hours asked for, the latest first."""
    found: list[int] = []
    for month in _months(wanted):
        if len(found) < most:
            some = records.counted_rows(month, [_A.id]).where(VOLUNTEERING)
            latest = some.order_by(_A.work_on.desc(), _A.id.desc()).limit(most - len(found))
            found += db.session.scalars(latest)
    return found


def _months(wanted: Filter) -> Iterator[Filter]:
    """Of each month asked for, the latest first, those that may have some."""
    span = records.span(wanted)
    if span is None:
        return
    stretches = periods.stretches(*span)
    served = _served(wanted, stretches)
    for begin in sorted({*map(month_of, stretches)}, reverse=True):
        if any(month_of(one) == begin for one in served):
            last = (begin + timedelta(days=31)).replace(day=1) - timedelta(days=1)
            yield replace(wanted, first=max(begin, span[0]), last=min(last, span[1]))


def _served(wanted: Filter, stretches: list[date]) -> list[date]:
    """The first days of those with minutes in these hours; all, where no sums are kept of them."""
    part, hour = kept.part_of(replace(wanted, hour=None)), wanted.hour
    if part is None or hour is None or (part != kept.WHOLE and part[0] not in NARROW):
        return stretches
    name_of = _month_name if part == kept.WHOLE else periods.stretch_name
    minutes = select(_P.period).where(_P.period.in_({*map(name_of, stretches)}))
    minutes = minutes.where(_P.within == part[0], _P.within_key.in_(part[1]))
    minutes = minutes.where(_P.grouping == HOUR, _P.key.in_(_keys(hour)))
    some = minutes.group_by(_P.period).having(func.sum(_P.approved_minutes) > 0)
    names = {*db.session.scalars(some)}
    return [one for one in stretches if name_of(one) in names]


def _month_name(day: date) -> str:
    return periods.months_of(day)[0]


def _keys(hour: ClockHour) -> list[int]:
    return [day * 24 + hour.hour for day in range(7) if hour.weekday in (None, day)]
