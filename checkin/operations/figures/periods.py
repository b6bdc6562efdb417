"""Years of both calendars, and the stretches of days that months and Hijri years share."""

from datetime import date, timedelta
from functools import lru_cache

from hijridate import Gregorian, Hijri

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
def periods_of(day: date) -> tuple[str, ...]:
    """The periods that figures are kept for and that hold this day."""
    year = hijri_year_of(day)
    hijri = () if year is None else (f"{year}h",)
    return ALWAYS, str(day.year), *hijri


@lru_cache(8192)
def stretch_of(day: date) -> date:
    """The first day of the stretch that holds this day: of its month, or of its Hijri year."""
    month = day.replace(day=1)
    year = hijri_year_of(day)
    return month if year is None or hijri_year_of(month) == year else new_year(year)


def whole_stretches(first: date | None, last: date | None) -> bool:
    """Whether these days, both included, cut through no stretch; without a bound is no cut."""
    begins = first is None or stretch_of(first) == first
    after = None if last is None else last + timedelta(days=1)
    return begins and (after is None or stretch_of(after) == after)


def named(first: date | None, last: date | None) -> str | None:
    """The period of exactly these days, both included; nothing when they are no whole year."""
    if first is None and last is None:
        return ALWAYS
    if first is None or last is None:
        return None
    if (first.month, first.day) == (1, 1) and last == date(first.year, 12, 31):
        return str(first.year)
    year = hijri_year_of(first)
    if year is None or hijri_year_of(last) != year or new_year(year) != first:
        return None
    return f"{year}h" if hijri_year_of(last + timedelta(days=1)) != year else None
