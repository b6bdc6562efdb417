"""The days that figures are about: all of them, or a year or month of either calendar."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import compress

from flask import request
from flask_babel import gettext as _
from flask_babel import pgettext

from checkin.domain.errors import NotFound
from checkin.operations import figures, past
from checkin.operations.figures import spans
from checkin.operations.figures.spans import Span
from checkin.operations.permissions import Reach
from checkin.web.digits import in_digits
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
    """2026م, 1448هـ, نوفمبر 2026م or جمادى الآخرة 1448هـ."""
    if span.month is not None:
        return hijri_months(span.first, span.last) if span.hijri else month_long(span.first)
    year = in_digits(str(span.year))
    return _("%(year)s AH", year=year) if span.hijri else _("%(year)s CE", year=year)


def days_in_words(first: date, last: date) -> str:
    """من 1 يناير 2025م إلى 22 نوفمبر 2025م."""
    return pgettext("days", "%(first)s to %(last)s", first=gregorian(first), last=gregorian(last))


def chosen(reach: Reach, today: date) -> Period:
    """The period in the address, which may also call it `year`; NotFound where nothing was."""
    key = request.args.get("period") or request.args.get("year") or ""
    if not key:
        return Period()
    span = spans.of_key(key)
    if span is None or not (span.holds(today) or _is_known(span, reach)):
        raise NotFound
    return Period(span)


def _is_known(span: Span, reach: Reach) -> bool:
    return _worked_in(reach, [span])[0] or span in past.told_years(reach)


def at_hand(today: date) -> list[Period]:
    """What is one tap away: this month and year of both calendars, and everything."""
    month, year, *hijri = spans.around(today)
    return [Period(one) for one in (month, *hijri[:1], year, *hijri[1:])] + [Period()]


def years(reach: Reach) -> list[Period]:
    """The years with attendances, the latest first, Gregorian and then Hijri."""
    days = figures.span(reach)
    found = list(years_between(*days)) if days else []
    return [Period(one) for one in compress(found, _worked_in(reach, found))]


def years_between(first: date, last: date) -> Iterator[Span]:
    """Every year of either calendar that these days and those between them fall into."""
    begins, ends = spans.around(first), spans.around(last)
    for begin, end in zip(begins[1::2], ends[1::2], strict=False):
        for year in range(end.year, begin.year - 1, -1):
            yield Span(year, hijri=end.hijri)


def _worked_in(reach: Reach, of: list[Span]) -> list[bool]:
    return figures.worked_in(reach, [(span.first, span.last) for span in of])
