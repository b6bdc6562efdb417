"""How reports are said: what they are by, their rows, their figures, and how those are counted."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext, pgettext

from checkin.operations.figures import Dimension, Measure, Totals, spans
from checkin.operations.figures.spans import Span
from checkin.web import value_words
from checkin.web.digits import num
from checkin.web.figures.amounts import hours
from checkin.web.figures.periods import days_in_words, name_of
from checkin.web.filters import gregorian, hijri, hijri_months, month_long

DIMENSIONS: dict[Dimension, Any] = {
    Dimension.SITE: _l("Site"),
    Dimension.LANE: _l("Lane"),
    Dimension.SERVICE: _l("Service"),
    Dimension.TYPE: _l("Type of volunteering"),
    Dimension.OPPORTUNITY: _l("Opportunity"),
    Dimension.CAMPAIGN: _l("Campaign"),
    Dimension.PARTNER: _l("Partner"),
    Dimension.TEAM: _l("Team"),
    Dimension.GENDER: _l("Gender"),
    Dimension.DAY: _l("Day"),
    Dimension.WEEK: _l("Week"),
    Dimension.MONTH: _l("Month"),
    Dimension.YEAR: _l("Year"),
    Dimension.HIJRI_MONTH: _l("Hijri month"),
    Dimension.HIJRI_YEAR: _l("Hijri year"),
}
BY: dict[Dimension, Any] = {
    Dimension.SITE: _l("By site"),
    Dimension.LANE: _l("By lane"),
    Dimension.SERVICE: _l("By service"),
    Dimension.TYPE: _l("By type of volunteering"),
    Dimension.OPPORTUNITY: _l("By opportunity"),
    Dimension.CAMPAIGN: _l("By campaign"),
    Dimension.PARTNER: _l("By partner"),
    Dimension.TEAM: _l("By team"),
    Dimension.GENDER: _l("By gender"),
    Dimension.DAY: _l("By day"),
    Dimension.WEEK: _l("By week"),
    Dimension.MONTH: _l("By month"),
    Dimension.YEAR: _l("By year"),
    Dimension.HIJRI_MONTH: _l("By Hijri month"),
    Dimension.HIJRI_YEAR: _l("By Hijri year"),
}
THEN: dict[Dimension, Any] = {
    Dimension.SITE: _l("then by site"),
    Dimension.LANE: _l("then by lane"),
    Dimension.SERVICE: _l("then by service"),
    Dimension.TYPE: _l("then by type of volunteering"),
    Dimension.OPPORTUNITY: _l("then by opportunity"),
    Dimension.CAMPAIGN: _l("then by campaign"),
    Dimension.PARTNER: _l("then by partner"),
    Dimension.TEAM: _l("then by team"),
    Dimension.GENDER: _l("then by gender"),
    Dimension.DAY: _l("then by day"),
    Dimension.WEEK: _l("then by week"),
    Dimension.MONTH: _l("then by month"),
    Dimension.YEAR: _l("then by year"),
    Dimension.HIJRI_MONTH: _l("then by Hijri month"),
    Dimension.HIJRI_YEAR: _l("then by Hijri year"),
}


def title_of(dimensions: tuple[Dimension, ...]) -> str:
    """«حسب الموقع ثم الشهر» or "By site, then by month"."""
    outer = str(BY[dimensions[0]])
    if len(dimensions) == 1:
        return outer
    return _("%(outer)s, %(inner)s", outer=outer, inner=THEN[dimensions[1]])


# --- rows of time ------------------------------------------------------------------------------


def _next_month(begin: date) -> date:
    return (begin + timedelta(days=31)).replace(day=1)


def _of_hijri(begin: date, place: int) -> Span | None:
    """The Hijri month or year that holds a day, where the tables of that calendar hold it."""
    around = spans.around(begin)
    return around[place] if len(around) > place else None


def _hijri_month_end(begin: date) -> date:
    span = _of_hijri(begin, 2)
    return span.last if span else _next_month(begin) - timedelta(days=1)


def _hijri_year_end(begin: date) -> date:
    span = _of_hijri(begin, 3)
    return span.last if span else begin.replace(month=12, day=31)


LAST: dict[Dimension, Callable[[date], date]] = {
    Dimension.DAY: lambda begin: begin,
    Dimension.WEEK: lambda begin: begin + timedelta(days=6),
    Dimension.MONTH: lambda begin: _next_month(begin) - timedelta(days=1),
    Dimension.YEAR: lambda begin: begin.replace(month=12, day=31),
    Dimension.HIJRI_MONTH: _hijri_month_end,
    Dimension.HIJRI_YEAR: _hijri_year_end,
}
"""The last day of the stretch of time that begins with a day."""


def time_words(dimension: Dimension, begin: date, first: date, last: date) -> tuple[str, str]:
    """What a stretch of time is called, and what the other calendar calls it; by the days from
    `first` to `last` where these are not all of it."""
    end = LAST[dimension](begin)
    if (first, last) != (begin, end):
        return gregorian(first) if first == last else days_in_words(first, last), ""
    if dimension is Dimension.DAY:
        return gregorian(begin), hijri(begin)
    if dimension is Dimension.WEEK:
        return days_in_words(begin, end), ""
    if dimension is Dimension.MONTH:
        return month_long(begin), hijri_months(begin, end)
    if dimension is Dimension.YEAR:
        return name_of(Span(begin.year)), ""
    span = _of_hijri(begin, 2 if dimension is Dimension.HIJRI_MONTH else 3)
    return (name_of(span), days_in_words(begin, end)) if span else (gregorian(begin), "")


# --- figures -----------------------------------------------------------------------------------


class Figure(NamedTuple):
    """One column: its heading, its number in `Totals`, and which attendances stand behind it."""

    heading: Any
    field: str
    measure: Measure = Measure.APPROVED


FIGURES: dict[str, Figure] = {
    "hours": Figure(_l("Hours"), "approved_minutes"),
    "waiting": Figure(_l("Waiting"), "waiting_minutes", Measure.WAITING),
    "beneficiaries": Figure(lazy_pgettext("column", "Beneficiaries"), "beneficiaries"),
    "volunteers": Figure(lazy_pgettext("column", "Volunteers"), "volunteers"),
    "attendances": Figure(_l("Records"), "attendances"),
    "opportunities": Figure(_l("Opportunities"), "opportunities"),
    "courses": Figure(_l("Courses and meetings"), "course_attendances", Measure.COURSES),
    "value": Figure(_l("Economic return (SAR)"), "value_halalas"),
}
USUAL = ("hours", "waiting", "beneficiaries", "volunteers", "attendances", "value")
"""Those that are shown unless others are chosen; more would not fit a small laptop."""


def shown(figure: str, totals: Totals, *, in_halalas: bool) -> str:
    """A figure as the reader reads it; nothing for a value where no rate was set.

    A column of riyals has halalas in all its rows or in none, so that what is read adds up.
    """
    number = int(getattr(totals, FIGURES[figure].field))
    if figure in ("hours", "waiting"):
        return hours(number)
    if figure != "value":
        return num(number)
    if totals.approved_minutes and not value_words.is_set(totals):
        return ""
    return num(number / 100, 2) if in_halalas else num(number // 100)


def between_ends(totals: Totals) -> str:
    """Below a value in riyals: the least and the most that others would say."""
    if not totals.has_range:
        return ""
    low, high = value_words.ends(totals)
    return pgettext("range", "%(low)s to %(high)s", low=low, high=high)
