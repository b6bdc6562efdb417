"""Which attendances served in some hours of the week: the records behind a chart of hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Integer, case, func, literal, select

from checkin.database import db, minutes_since_1970
from checkin.domain.clock_hours import HOURS_IN_WEEK, spread
from checkin.domain.days import local_time
from checkin.models import Attendance, Shift, Site

DAY, WEEK = 24 * 60, HOURS_IN_WEEK * 60
THURSDAY = 4 * DAY
"""From Sunday's midnight to that of the first day of 1970."""
ANY_DAY = date(2026, 1, 1)
"""Where nobody attended yet."""
_A = Attendance


@dataclass(frozen=True, slots=True)
class ClockHour:
    """One hour of every day, or of one day of the week (Sunday is 0) only."""

    hour: int
    weekday: int | None = None

    def __contains__(self, hour_of_week: int) -> bool:
        day, hour = divmod(hour_of_week, 24)
        return hour == self.hour and self.weekday in (None, day)

    def minutes_of(self, one: Attendance) -> int:
        """How many of its approved minutes fall into these hours; its place must be loaded."""
        shift = one.shift
        return self.minutes_from(
            one.in_at, shift.starts_at, shift.site.zone, one.approved_minutes or 0
        )

    def minutes_from(
        self, in_at: datetime | None, starts_at: datetime, zone: str, approved: int
    ) -> int:
        """The same of so many approved minutes, by their check-in, their shift and its zone."""
        begin = max(in_at or starts_at, starts_at)
        own = spread(local_time(begin, zone), approved)
        return sum(minutes for hour, minutes in own if hour in self)

    def condition(self) -> ColumnElement[bool]:
        """Some of its approved minutes fall into these hours."""
        cycle = DAY if self.weekday is None else WEEK
        end = ((self.weekday or 0) * 24 + self.hour + 1) * 60
        # how long after the latest end of these hours it began: so it met the next ones, or began
        # in them, when it lasted until they begin again
        gone = (_begun() + cycle - end) % cycle
        lasted: ColumnElement[bool] = gone + _A.approved_minutes > cycle - 60
        return lasted & (_A.approved_minutes > 0)


def minute_of_week() -> ColumnElement[int]:
    """The minute, counted from Sunday's midnight on, in which an attendance's time began."""
    return _begun() % WEEK


def _begun() -> ColumnElement[int]:
    """Its minutes since a Sunday's midnight, on the clock of its place."""
    begin = case((_A.in_at > Shift.starts_at, _A.in_at), else_=Shift.starts_at)
    return minutes_since_1970(begin) + _offset(begin) + THURSDAY


# --- clocks of places ------------------------------------------------------------------------


def _offset(instant: ColumnElement[Any]) -> ColumnElement[int]:
    """By how many minutes the clock of the attendance's site was before UTC."""
    zones = db.session.scalars(select(Site.zone).distinct().order_by(Site.zone)).all()
    days = _days()
    found: ColumnElement[int] = literal(0, Integer)
    for number, zone in enumerate(zones):
        offset = _at(instant, _offsets(ZoneInfo(zone), *days))
        there = _A.site_id.in_(select(Site.id).where(Site.zone == zone))
        # nearly always all sites have one clock
        found = case((there, offset), else_=found) if number else offset
    return found


def _days() -> tuple[date, date]:
    """All that attendances may be of, with room for clocks around the world."""
    # each end by itself: asked together, SQLite reads the whole index
    ends = [select(end(_A.work_on)).scalar_subquery() for end in (func.min, func.max)]
    found = db.session.execute(select(*ends)).one()
    first, last = found[0] or ANY_DAY, found[1] or ANY_DAY
    return first - timedelta(days=2), last + timedelta(days=4)


def _at(instant: ColumnElement[Any], offsets: Sequence[tuple[datetime, int]]) -> ColumnElement[int]:
    """The offset of the latest change before an instant."""
    (_since, found), *changes = offsets
    known: ColumnElement[int] = literal(found, Integer)
    for since, offset in changes:
        known = case((instant >= since, literal(offset, Integer)), else_=known)
    return known


@lru_cache(64)
def _offsets(zone: ZoneInfo, first: date, last: date) -> tuple[tuple[datetime, int], ...]:
    """Its offset when these days begin, and each other one with the instant of the change."""
    at = datetime.combine(first, time.min, tzinfo=UTC)
    end = datetime.combine(last, time.min, tzinfo=UTC)
    found = [(at, known := _minutes_before(at, zone))]
    while at < end:
        following = at + timedelta(days=1)
        if _minutes_before(following, zone) != known:
            change = _change(at, following, zone)
            found.append((change, known := _minutes_before(change, zone)))
        at = following
    return tuple(found)


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The minute in which the clock was changed between these."""
    known = _minutes_before(before, zone)
    while after - before > timedelta(minutes=1):
        middle = before + (after - before) // timedelta(minutes=2) * timedelta(minutes=1)
        if _minutes_before(middle, zone) == known:
            before = middle
        else:
            after = middle
    return after


def _minutes_before(at: datetime, zone: ZoneInfo) -> int:
    offset = at.astimezone(zone).utcoffset() or timedelta(0)
    return offset // timedelta(minutes=1)
