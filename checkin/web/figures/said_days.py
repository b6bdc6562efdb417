"""The days that an address names, wherever figures are asked for."""

from datetime import date, timedelta

from flask import request
from flask_babel import lazy_gettext as _l

from checkin.domain.errors import NotFound, Problem
from checkin.domain.text import latin_digits
from checkin.operations.figures import spans
from checkin.operations.figures.spans import Span
from checkin.web import errors
from checkin.web.fields import YEARS

EARLIEST, LATEST = date(YEARS[0], 1, 1), date(YEARS[-1], 12, 31)

errors.sentences(
    days_incomplete=_l("Fill in both days, the first and the last"),
    days_turned=_l("The last day lies before the first. Change one of them"),
    day_unreadable=_l("Enter a date, like 2026-11-22"),
    day_far=_l("Choose a day from %(earliest)s to %(latest)s"),
)


def period_said(key: str) -> Span:
    """The year, month or season of this key; NotFound where the calendars know none.

    Also of years before there was any system: those may be imported.
    """
    span = spans.of_key(key)
    if span is None or span.year < spans.EARLIEST[span.hijri] or span.first > LATEST:
        raise NotFound
    return span


def days_said() -> tuple[date, date] | None:
    """From one to the other, both included; nothing where the address names none.

    Problems `day_unreadable`, `day_far`, `days_incomplete`, `days_turned`.
    """
    first, last = _day("from"), _day("until")
    if first is None and last is None:
        return None
    if first is None or last is None:
        raise Problem("days_incomplete", field="from" if first is None else "until")
    if last < first:
        raise Problem("days_turned")
    return first, last


def _day(name: str) -> date | None:
    text = latin_digits(request.args.get(name, "")).strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Problem("day_unreadable", field=name) from None
    if not EARLIEST <= day <= LATEST:
        raise Problem("day_far", field=name, earliest=EARLIEST, latest=LATEST)
    return day


def month_said() -> tuple[date, date] | None:
    """The first and the last day of the month the address names; NotFound for what is none."""
    text = request.args.get("month")
    if not text:
        return None
    try:
        begin = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise NotFound from None
    if not EARLIEST <= begin <= LATEST:
        raise NotFound
    return begin, (begin + timedelta(days=31)).replace(day=1) - timedelta(days=1)
