"""Years and months of both calendars, Ramadan and Hajj: their days, and those each is compared
with."""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from hijridate import Gregorian, Hijri

RAMADAN = 9
EARLIEST = {False: 1950, True: 1370}
"""The first year that figures may be told of or asked for, Hijri or not."""
_KEY = re.compile(r"(\d{4})(h?)(?:-(0[1-9]|1[0-2]))?|(\d{4})h-hajj", re.ASCII)


@dataclass(frozen=True, slots=True)
class Span:
    """A year, or a month of it; Hijri ones by the Umm al-Qura calendar."""

    year: int
    month: int | None = None
    hijri: bool = False

    @property
    def key(self) -> str:
        """2026, 1448h, 2026-11, 1448h-06 or 1447h-hajj; `of_key` reads it."""
        year = f"{self.year}{'h' if self.hijri else ''}"
        return year if self.month is None else f"{year}-{self.month:02}"

    @property
    def first(self) -> date:
        return self._day(self.month or 1, 1)

    @property
    def last(self) -> date:
        return self.following.first - timedelta(days=1)

    @property
    def previous(self) -> "Span":
        return self._moved(-1)

    @property
    def following(self) -> "Span":
        return self._moved(1)

    @property
    def is_season(self) -> bool:
        """A time of its own each year: nothing is like it but the one of another year."""
        return self.hijri and self.month == RAMADAN

    @property
    def counterpart(self) -> "Span":
        """What it is compared with: the one before, of a season that of the year before."""
        return replace(self, year=self.year - 1) if self.is_season else self.previous

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last

    def before(self, today: date) -> tuple[date, date]:
        """The days of its counterpart that this one is compared with, both included.

        While it goes on, the same days: up to the same day of the same month, or to the last day
        of a month that is too short for it.
        """
        other = self.counterpart
        if not self.holds(today):
            return other.first, other.last
        month, day = _month_and_day(today, hijri=self.hijri)
        return other.first, other._day(other.month or month, day)

    def _moved(self, step: int) -> "Span":
        if self.month is None:
            return Span(self.year + step, hijri=self.hijri)
        months = self.year * 12 + self.month - 1 + step
        return Span(months // 12, months % 12 + 1, self.hijri)

    def _day(self, month: int, day: int) -> date:
        """A day of this year, or the last one of a month that is too short for it."""
        if self.hijri:
            begin = Hijri(self.year, month, 1)
            there = Hijri(self.year, month, min(day, begin.month_length()))
            return date(*there.to_gregorian().datetuple())
        later = date(self.year, month, 28) + timedelta(days=4)
        length = (later - timedelta(days=later.day)).day
        return date(self.year, month, min(day, length))


@dataclass(frozen=True, slots=True)
class Hajj(Span):
    """Its six days in a Hijri year, 8 to 13 Dhu al-Hijjah."""

    month: int | None = 12
    hijri: bool = True

    @property
    def key(self) -> str:
        return f"{self.year}h-hajj"

    @property
    def first(self) -> date:
        return self._day(12, 8)

    @property
    def last(self) -> date:
        return self._day(12, 13)

    @property
    def is_season(self) -> bool:
        return True

    def _moved(self, step: int) -> Span:
        return Hajj(self.year + step)


def of_key(key: str) -> Span | None:
    """The year, month or Hajj of this key; nothing where there is none."""
    if (found := _KEY.fullmatch(key)) is None:
        return None
    year, hijri, month, hajj = found.groups()
    span = Hajj(int(hajj)) if hajj else Span(int(year), int(month) if month else None, bool(hijri))
    try:
        span.before(span.last)
    except (ValueError, OverflowError):
        return None
    return span


def around(day: date) -> list[Span]:
    """The months and years that hold a day: Gregorian month and year, then the Hijri ones."""
    spans = [Span(day.year, day.month), Span(day.year)]
    try:
        there = Gregorian.fromdate(day).to_hijri()
    except OverflowError:
        return spans
    return [*spans, Span(there.year, there.month, True), Span(there.year, hijri=True)]


def _month_and_day(day: date, *, hijri: bool) -> tuple[int, int]:
    if not hijri:
        return day.month, day.day
    there = Gregorian.fromdate(day).to_hijri()
    return there.month, there.day
