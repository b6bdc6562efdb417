"""The days that figures are about: all of them, a year, a month, Ramadan or Hajj."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import compress
from typing import NamedTuple

from flask import request
from flask_babel import gettext as _
from flask_babel import pgettext

from checkin.operations import figures
from checkin.operations.figures import spans
from checkin.operations.figures.spans import Hajj, Span
from checkin.operations.permissions import Reach
from checkin.web.digits import in_digits
from checkin.web.figures.said_days import period_said
from checkin.web.filters import gregorian, hijri_months, month_long


@dataclass(frozen=True, slots=True)
class Period:
    """What an address means by `period`; without a span it is all there ever was."""

    span: Span | None = None

    @property
    def key(self) -> str:
        return self.span.key if self.span else ""

    @property
    def first(self) -> date | None:
        return self.span.first if self.span else None

    @property
    def last(self) -> date | None:
        return self.span.last if self.span else None

    @property
    def text(self) -> str:
        return name_of(self.span) if self.span else _("All years")

    @property
    def address(self) -> dict[str, str]:
        """For links that keep it."""
        return {"period": self.key} if self.span else {}


def name_of(span: Span) -> str:
    """2026م, 1448هـ, نوفمبر 2026م, جمادى الآخرة 1448هـ or حج 1447هـ."""
    year = in_digits(str(span.year))
    if isinstance(span, Hajj):
        return _("Hajj %(year)s AH", year=year)
    if span.month is not None:
        return hijri_months(span.first, span.last) if span.hijri else month_long(span.first)
    return _("%(year)s AH", year=year) if span.hijri else _("%(year)s CE", year=year)


def days_in_words(first: date, last: date) -> str:
    """من 1 يناير 2025م إلى 22 نوفمبر 2025م."""
    return pgettext("days", "%(first)s to %(last)s", first=gregorian(first), last=gregorian(last))


def chosen() -> Period:
    """The period in the address, which may also call it `year`; also where nothing was done yet.

    NotFound where the calendars know none.
    """
    key = request.args.get("period") or request.args.get("year") or ""
    return Period(period_said(key)) if key else Period()


def at_hand(today: date) -> list[Period]:
    """What is one tap away: this month and year of both calendars, and everything."""
    month, year, *hijri = spans.around(today)
    return [Period(one) for one in (month, *hijri[:1], year, *hijri[1:])] + [Period()]


class Choices(NamedTuple):
    """Spans of each kind, the latest first."""

    years: list[Span]
    hijri_years: list[Span]
    months: list[Span]
    hijri_months: list[Span]
    seasons: list[Span]
    """Ramadan, which is among the months too, and Hajj."""


def choices(reach: Reach, today: date) -> Choices:
    """What attendances fall into, and the years and months we live in."""
    days = figures.span(reach)
    found = list(_between_them(*days)) if days else []
    worked = {*compress(found, _worked_in(reach, found)), *spans.around(today)}
    latest_first = sorted(worked, key=lambda span: span.first, reverse=True)
    years = [span for span in latest_first if span.month is None]
    months = [span for span in latest_first if span.month and not isinstance(span, Hajj)]
    calendars = (
        [span for span in some if span.hijri is hijri]
        for some in (years, months)
        for hijri in (False, True)
    )
    return Choices(*calendars, [span for span in latest_first if span.is_season])


def offered(reach: Reach, today: date) -> dict[str, list[Period]]:
    """What there is to choose from, by kind, the latest first; each once."""
    found = choices(reach, today)
    groups = {
        _("Gregorian years"): found.years,
        _("Hijri years"): found.hijri_years,
        _("Ramadan and Hajj"): found.seasons,
        _("Gregorian months"): found.months,
        _("Hijri months"): [span for span in found.hijri_months if not span.is_season],
    }
    return {name: list(map(Period, group)) for name, group in groups.items() if group}


def years_between(first: date, last: date) -> Iterator[Span]:
    """Every year of either calendar that these days and those between them fall into."""
    return _between(spans.around(first)[1::2], spans.around(last)[1::2])


def _between_them(first: date, last: date) -> Iterator[Span]:
    """Every year, month and Hajj of these days and those between them."""
    for year in years_between(first, last):
        yield year
        if year.hijri:
            yield Hajj(year.year)
    yield from _between(spans.around(first)[::2], spans.around(last)[::2])


def _between(begins: list[Span], ends: list[Span]) -> Iterator[Span]:
    """From each end back to its beginning."""
    for begin, end in zip(begins, ends, strict=False):
        span = end
        while span.first >= begin.first:
            yield span
            span = span.previous


def latest_day(reach: Reach, today: date) -> date:
    """The last with approved hours; today where there is none yet."""
    return min(figures.last_day(reach) or today, today)


def _worked_in(reach: Reach, of: list[Span]) -> list[bool]:
    return figures.worked_in(reach, [(span.first, span.last) for span in of])
