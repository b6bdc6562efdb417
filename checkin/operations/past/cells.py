"""What single cells of figures mean: amounts with their separators, hours, years of both calendars.

A blank cell, or a lone dash, tells nothing, which is not nought.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from checkin.domain.errors import Problem
from checkin.domain.text import fold_name, latin_digits
from checkin.operations.figures import spans
from checkin.operations.figures.spans import Span
from checkin.operations.importing.cells import latest_day

MOST = 1_000_000_000
"""Of people, records and the like; a figure of ours is far below, a mobile in the wrong column
above."""
MOST_MINUTES = 100_000_000 * 60
MOST_HALALAS = 10**14

_UNSEEN = dict.fromkeys(map(ord, "\u200e\u200f\u061c\u202a\u202b\u202c\u2066\u2067\u2068\u2069"))
_SPACES = re.compile("[\u00a0\u202f\u2009 ]+")
_UNIT = re.compile(
    r"(?<=[0-9)])\s*(ساعات|ساعة|ساعه|hours?|hrs?|h|دقائق|دقيقة|دقيقه|minutes?|min|"
    r"ر\.س\.?|ريال سعودي|ريالا|ريالات|ريال|sar|sr|متطوعا|متطوع|مستفيدا|مستفيد)$",
    re.IGNORECASE,
)
_NOTHING = frozenset("-–—.")
_BY_GROUPS = re.compile(r"[0-9]{1,3}([,' ’])[0-9]{3}(\1[0-9]{3})*(\.[0-9]+)?")
_BY_DOTS = re.compile(r"[0-9]{1,3}((\.[0-9]{3}){2,}(,[0-9]+)?|\.[0-9]{3},[0-9]+)")
_IN_DOUBT = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")
_PLAIN = re.compile(r"[0-9]+([.,][0-9]+)?")
_LENGTH = re.compile(
    r"((?P<days>[0-9]+) days?, )?(?P<hours>[0-9]{1,3}(,[0-9]{3})+|[0-9]+)"
    r":(?P<minutes>[0-5][0-9])(:(?P<seconds>[0-5][0-9])(\.[0-9]+)?)?"
)
_CLOCK = re.compile(
    r"(?:.*[ T])?(?P<hour>[0-9]{1,2}):(?P<minute>[0-5][0-9])(?::[0-5][0-9])?(?P<half>[^0-9]*)"
)
_AFTER_NOON = frozenset(("م", "مساء", "pm", "p"))
_BEFORE_NOON = frozenset(("ص", "صباحا", "am", "a"))

# --- amounts -------------------------------------------------------------------------------


@lru_cache(4096)
def count(cell: str) -> int | None:
    """A whole number. Problems as in `_amount`, and `number_not_whole`."""
    found = _amount(cell)
    if found is None:
        return None
    if found != found.to_integral_value():
        raise Problem("number_not_whole")
    return _below(int(found), MOST)


@lru_cache(4096)
def minutes_of_hours(cell: str) -> int | None:
    """Minutes from hours: 1204.5, ١٬٢٠٤٫٥ or 1,204:30."""
    typed = _typed(cell)
    if found := _LENGTH.fullmatch(typed):
        hours = int(found["hours"].replace(",", "")) + 24 * int(found["days"] or 0)
        seconds = int(found["seconds"] or 0)
        return _below(hours * 60 + int(found["minutes"]) + (seconds + 30) // 60, MOST_MINUTES)
    hours_told = _amount(cell)
    return None if hours_told is None else _below(_rounded(hours_told * 60), MOST_MINUTES)


def minutes(cell: str) -> int | None:
    found = _amount(cell)
    return None if found is None else _below(_rounded(found), MOST_MINUTES)


def halalas(cell: str) -> int | None:
    """From riyals."""
    found = _amount(cell)
    return None if found is None else _below(_rounded(found * 100), MOST_HALALAS)


def _amount(cell: str) -> Decimal | None:
    """Problems: `amount_negative`, `amount_in_doubt`, `number_unreadable`."""
    typed = _typed(cell)
    if not typed or set(typed) <= _NOTHING:
        return None
    if typed[0] in "-−–" or typed[-1] in "-−" or (typed[0] + typed[-1]) == "()":
        raise Problem("amount_negative")
    typed = typed.removeprefix("+")
    if _IN_DOUBT.fullmatch(typed):  # 4.200 is four thousand to some and four to others
        raise Problem("amount_in_doubt")
    if _BY_GROUPS.fullmatch(typed):
        return Decimal(re.sub("[,' ’]", "", typed))
    if _BY_DOTS.fullmatch(typed):
        return Decimal(typed.replace(".", "").replace(",", "."))
    if _PLAIN.fullmatch(typed):
        return Decimal(typed.replace(",", "."))
    raise Problem("number_unreadable")


def _typed(cell: str) -> str:
    plain = _SPACES.sub(" ", latin_digits(cell.translate(_UNSEEN))).strip()
    return _UNIT.sub("", plain).strip()


def _rounded(amount: Decimal) -> int:
    return int(amount.to_integral_value(ROUND_HALF_UP))


def _below(number: int, most: int) -> int:
    if number > most:
        raise Problem("amount_too_large")
    return number


@lru_cache(4096)
def time_of_day(cell: str) -> int | None:
    """Minutes since midnight: 16:30, 4:30 م, 4:30 PM, or the time of a date with one.

    Problem `clock_unreadable`.
    """
    typed = _typed(cell)
    if not typed:
        return None
    found = _CLOCK.fullmatch(typed)
    if found is None:
        raise Problem("clock_unreadable")
    half = fold_name(found["half"])
    hour, minute = int(found["hour"]), int(found["minute"])
    if half in _AFTER_NOON | _BEFORE_NOON and 1 <= hour <= 12:
        return (hour % 12 + 12 * (half in _AFTER_NOON)) * 60 + minute
    if half or hour > 23:
        raise Problem("clock_unreadable")
    return hour * 60 + minute


# --- years ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Dated:
    """The year a cell speaks of, in the calendar it is written in, and its day if it says one."""

    span: Span
    on: date | None = None

    def in_calendar(self, *, hijri: bool) -> Span | None:
        """The same in one calendar; nothing where a year alone is told in the other one."""
        if self.span.hijri == hijri:
            return self.span
        if self.on is None:
            return None
        return next((one for one in spans.around(self.on)[1::2] if one.hijri == hijri), None)


_HIJRI_MARK = re.compile(r"هـ?|ه\.?|ah|a\.h\.|h|hijri|هجري|هجرية", re.IGNORECASE)
_GREGORIAN_MARK = re.compile(r"م|ad|a\.d\.|ce|c\.e\.|g|ميلادي|ميلادية", re.IGNORECASE)
_BEFORE_A_YEAR = re.compile(r"^(عام|سنة|العام|السنة|year)\s+", re.IGNORECASE)
_YEAR = re.compile(r"([0-9]{4})(\.0+)?\s*(\D*)")
_YEARS_WITHIN = re.compile(r"\b(?:[0-9]{4}|[0-9]{8})\b")
_TWO_YEARS = re.compile(r"(1[34]|19|20)[0-9]{2}[\W_]+((1[34]|19|20)?[0-9]{2})\D*")


@lru_cache(16384)
def dated(cell: str) -> Dated | None:
    """2023, 1445, 1445هـ, or a date of either calendar.

    Problems: `year_unreadable`, `year_of_two` for 1444/1445, `year_implausible`.
    """
    typed = _BEFORE_A_YEAR.sub("", latin_digits(cell.translate(_UNSEEN)).strip())
    if not typed:
        return None
    if found := _YEAR.fullmatch(typed):
        return Dated(_plausible(_year(int(found[1]), found[3].strip())))
    if _TWO_YEARS.fullmatch(typed):
        raise Problem("year_of_two")
    try:
        on = latest_day(typed)
    except ValueError as fault:
        raise Problem("year_unreadable") from fault
    years = (int(one[:4]) for one in _YEARS_WITHIN.findall(typed))
    hijri = next((year for year in years if 1300 <= year < 1500), None)
    year = Span(hijri, hijri=True) if hijri else Span(on.year)
    return Dated(_plausible(year), on)


def _year(number: int, mark: str) -> Span:
    hijri = 1300 <= number < 1500
    if mark and not (_HIJRI_MARK if hijri else _GREGORIAN_MARK).fullmatch(mark):
        raise Problem("year_unreadable")
    if not hijri and not 1900 <= number < 2100:
        raise Problem("year_unreadable")
    return Span(number, hijri=hijri)


def _plausible(span: Span) -> Span:
    if span.year < spans.EARLIEST[span.hijri]:
        raise Problem("year_implausible")
    return span
