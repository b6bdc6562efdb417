"""Periods that figures are kept for: all time, years and months of both calendars, weeks, days,
and the parts into which the one cuts the other."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import lru_cache

from hijridate import Gregorian, Hijri

from checkin.domain.days import month_of, week_of

ALWAYS = ""
"""The period that holds every day."""


def hijri_year_of(day: date) -> int | None:
    """By the Umm al-Qura calendar; nothing for a day its tables do not hold."""
    try:
        return Gregorian.fromdate(day).to_hijri().year
    except OverflowError:
        return None


@lru_cache
def new_year(hijri_year: int) -> date:
    """The first of Muharram; OverflowError where the tables end."""
    return date(*Hijri(hijri_year, 1, 1).to_gregorian().datetuple())


@lru_cache(8192)
def hijri_month_begin(day: date) -> date:
    """The first day of the Hijri month; of the Gregorian one for a day the tables do not hold."""
    try:
        there = Gregorian.fromdate(day).to_hijri()
        return date(*Hijri(there.year, there.month, 1).to_gregorian().datetuple())
    except OverflowError:
        return day.replace(day=1)


@lru_cache(8192)
def years_of(day: date) -> tuple[str, ...]:
    """All time, and the years that hold this day."""
    year = hijri_year_of(day)
    hijri = () if year is None else (f"{year}h",)
    return ALWAYS, str(day.year), *hijri


@lru_cache(8192)
def months_of(day: date) -> tuple[str, ...]:
    """The months that hold this day."""
    try:
        there = Gregorian.fromdate(day).to_hijri()
    except OverflowError:
        return (f"{day.year}-{day.month:02}",)
    return f"{day.year}-{day.month:02}", f"{there.year}h-{there.month:02}"


def periods_of(day: date) -> tuple[str, ...]:
    """The periods that figures are kept for and that hold this day."""
    return *years_of(day), *months_of(day)


@lru_cache(8192)
def parts_of(day: date) -> tuple[str, ...]:
    """The smaller periods that hold this day.

    What its years share, and its months; its week, what that shares with a month, and the day.
    """
    return *_shared_of(day), stretch_name(stretch_of(day)), *_days_around(day)


@lru_cache(8192)
def long_of(day: date) -> tuple[str, ...]:
    """Of all these the ones longer than a month: all time, its years, and what those share."""
    return *years_of(day), *_shared_of(day)


def _shared_of(day: date) -> tuple[str, ...]:
    year = hijri_year_of(day)
    return () if year is None else (f"{day.year}+{year}h",)


def _days_around(day: date) -> list[str]:
    """Those of a week at most."""
    week = [week_of(day) + timedelta(days=number) for number in range(7)]
    found = {(day, 1), (week[0], 7)}
    for begin_of in (month_of, hijri_month_begin):
        part = [one for one in week if begin_of(one) == begin_of(day)]
        found.add((part[0], len(part)))
    return [f"{stretch_name(first)}+{number}" for first, number in sorted(found)]


@lru_cache(8192)
def around(day: date) -> tuple[date, date]:
    """The first and the last day of the months and the week that hold this one, together."""
    begins = month_of(day), hijri_month_begin(day), week_of(day)
    # no month has more than 31 days
    later = [day + timedelta(days=number) for number in range(32)]
    last = max(
        one for one in later if month_of(one) == begins[0] or hijri_month_begin(one) == begins[1]
    )
    return min(begins), max(last, begins[2] + timedelta(days=6))


@lru_cache(8192)
def stretch_of(day: date) -> date:
    """The first day of the stretch that holds this day: of its month, or of its Hijri month."""
    return max(day.replace(day=1), hijri_month_begin(day))


def has_pairs(period: str) -> bool:
    """Whether it is all time, a year or a month."""
    return is_long(period) or "-" in period


def is_long(period: str) -> bool:
    """Whether it is all time or a year."""
    return len(period) <= len("1448h")


def stretch_name(from_on: date) -> str:
    """The period of one stretch of days."""
    return f"{from_on.year}{from_on.month:02}{from_on.day:02}"


def stretches(first: date, last: date) -> list[date]:
    """The first days of the stretches that hold some of these days."""
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return sorted({stretch_of(day) for day in days})


def whole_stretches(first: date | None, last: date | None) -> bool:
    """Whether these days, both included, cut through no stretch; without a bound is no cut."""
    begins = first is None or stretch_of(first) == first
    after = None if last is None else last + timedelta(days=1)
    return begins and (after is None or stretch_of(after) == after)


def named(first: date | None, last: date | None) -> str | None:
    """All time, or the year or month of exactly these days, both included; else nothing."""
    if first is None and last is None:
        return ALWAYS
    if first is None or last is None:
        return None
    return _exactly(periods_of, first, last)


def kept(first: date | None, last: date | None) -> str | None:
    """The period of exactly these days, both included; nothing when they are none of those kept."""
    known = named(first, last)
    if known is not None or first is None or last is None:
        return known
    return _exactly(parts_of, first, last)


def _exactly(periods: Callable[[date], Sequence[str]], first: date, last: date) -> str | None:
    """The one of these periods that holds both days, and none around them."""
    before, after = periods(first - timedelta(days=1)), periods(last + timedelta(days=1))
    whole = set(periods(first)) & set(periods(last)) - {*before, *after}
    return next(iter(whole), None)
