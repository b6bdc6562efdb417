"""Which attendances an address of the room asks for, and the words and links for it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import request, url_for
from flask_babel import lazy_gettext as _l

from checkin.domain.errors import NotFound
from checkin.operations import campaigns, partners, services, sites
from checkin.operations.figures import Filter, Grouping, Measure
from checkin.operations.permissions import Reach
from checkin.web.figures.periods import Period, days_in_words
from checkin.web.filters import gregorian, month_long, plain_label

REST: dict[str, Any] = {
    Grouping.SERVICE: _l("Courses and meetings"),
    Grouping.PARTNER: _l("No partner"),
}
NARROWER = ("site", "service", "partner", "campaign")
"""What an address may name by its id."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for: the filter, the reader's words for it, and how it was said."""

    filter: Filter
    period: Period
    about: list[str]
    said: dict[str, str]

    def address(self, measure: str = Measure.APPROVED, **narrower: Any) -> str:
        """Where the attendances behind a figure are listed."""
        asked = {**self.period.address, **self.said, **narrower}
        return url_for("figures.attendances", of=Measure(measure).value, **asked)


def wanted(reach: Reach, period: Period) -> Wanted:
    """What the address says about places and days; NotFound for what is out of reach."""
    first, last, about = _days(period)
    names: dict[str, Callable[[int], str]] = {
        "site": lambda key: plain_label(sites.find(key, reach)),
        "service": lambda key: _named("service", services, key),
        "partner": lambda key: _named("partner", partners, key),
        "campaign": lambda key: plain_label(campaigns.find(key)),
    }
    keys = {name: number(name) for name in NARROWER}
    about += [names[name](key) for name, key in keys.items() if key is not None]
    ids = {f"{name}_id": key for name, key in keys.items()}
    said = {name: request.args[name] for name in NARROWER if keys[name] is not None}
    return Wanted(Filter(reach, first, last, **ids), period, about, said)


def _days(period: Period) -> tuple[date | None, date | None, list[str]]:
    """The days of the period, cut to those that the address names."""
    first, last = period.first, period.last
    begin, end = _day("from"), _day("until")
    about: list[str] = []
    if month := request.args.get("month"):
        begin, end = _month(month)
        about.append(month_long(begin))
    elif begin and end:
        about.append(gregorian(begin) if begin == end else days_in_words(begin, end))
    elif begin or end:
        raise NotFound
    return (
        max(filter(None, (first, begin)), default=None),
        min(filter(None, (last, end)), default=None),
        about,
    )


def _named(name: str, room: Any, key: int) -> str:
    return plain_label(room.find(key)) if key else str(REST[name])


def number(name: str, otherwise: int | None = None) -> int | None:
    text = request.args.get(name)
    if text is None:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise NotFound
    return int(text)


def _day(name: str) -> date | None:
    text = request.args.get(name)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise NotFound from None


def _month(text: str) -> tuple[date, date]:
    try:
        begin = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise NotFound from None
    return begin, (begin + timedelta(days=31)).replace(day=1) - timedelta(days=1)
