"""Days, weeks and months as people at a site live them; instants stay in UTC.

A shift belongs to the local day on which it starts, also when it ends after midnight.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MAKKAH = "Asia/Riyadh"


def local_time(instant: datetime, zone: str = MAKKAH) -> datetime:
    """The same instant on the clock of `zone`; ValueError for a time without a zone."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(ZoneInfo(zone))


def local_day(instant: datetime, zone: str = MAKKAH) -> date:
    """The civil day (it changes at midnight, not at sunset) in which the instant falls."""
    return local_time(instant, zone).date()


def day_bounds(day: date, zone: str = MAKKAH) -> tuple[datetime, datetime]:
    """First instant of the day and first instant of the next, in UTC; the end is not in it."""
    return _midnight(day, zone), _midnight(day + timedelta(days=1), zone)


def period_bounds(first: date, last: date, zone: str = MAKKAH) -> tuple[datetime, datetime]:
    """UTC bounds of the days from `first` to `last`, both included; the end is not in it."""
    return _midnight(first, zone), _midnight(last + timedelta(days=1), zone)


def week_of(day: date) -> date:
    """The Sunday that starts the day's week, as in the Saudi calendar."""
    return day - timedelta(days=day.isoweekday() % 7)


def month_of(day: date) -> date:
    """The first day of the day's Gregorian month."""
    return day.replace(day=1)


def repeated(first: date, until: date, weekdays: Collection[int] = ()) -> list[date]:
    """`first`, and the days up to `until` that are one of these weekdays (Monday is 1, Sunday 7).

    Without weekdays every day; a day before `first` repeats nothing.
    """
    later = (first + timedelta(days=more) for more in range(1, (until - first).days + 1))
    return [first, *(day for day in later if not weekdays or day.isoweekday() in weekdays)]


def minutes_between(start: datetime, end: datetime) -> int:
    """Whole minutes from start to end, a begun minute not counted; 0 when end is not later.

    Stints are to be summed before they are cut to minutes, so this is for single lengths only.
    """
    return max((end - start) // timedelta(minutes=1), 0)


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(zone)).astimezone(UTC)
