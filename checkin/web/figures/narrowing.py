"""Which attendances an address of the room asks for, and the words and links for it."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Protocol

from flask import request, url_for
from flask_babel import lazy_gettext as _l

from checkin.domain.errors import NotFound
from checkin.operations import figures
from checkin.operations.figures import ClockHour, Filter, Grouping, Measure, naming
from checkin.operations.figures.naming import Named
from checkin.operations.permissions import Reach
from checkin.web.figures import ways
from checkin.web.figures.hour_words import clock_hour
from checkin.web.figures.periods import days_in_words
from checkin.web.figures.said_days import days_said, month_said
from checkin.web.filters import gregorian, month_long, plain_label
from checkin.web.opportunities_forms import TYPES

REST: dict[str, Any] = {
    Grouping.SERVICE: _l("Courses and meetings"),
    Grouping.PARTNER: _l("No partner"),
    "lane": _l("No lane"),
    "campaign": _l("No campaign"),
    "team": _l("No team"),
}
"""What is of none; its key is 0."""
GENDERS: dict[str, Any] = dict(
    zip(figures.GENDERS, (_l("Men"), _l("Women"), _l("Not said")), strict=True)
)
WORDS: dict[str, dict[str, Any]] = {"type": TYPES, "gender": GENDERS}
"""What an address names by a word."""
DAYS = {"from", "until", "month"}
"""What an address calls some days of its period."""
NARROWER = (
    *("site", "lane", "service", "type", "opportunity"),
    *("campaign", "partner", "team", "gender"),
)
"""What an address may name: by its word, or by its id."""
ASKED_BY = {"type": "kind", "gender": "gender"}
"""The filter's name for what is named by a word."""


class Days(Protocol):
    """The days an address is about: a year, a month, or from one to another."""

    @property
    def first(self) -> date | None: ...

    @property
    def last(self) -> date | None: ...

    @property
    def text(self) -> str: ...

    @property
    def address(self) -> dict[str, str]: ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for: the filter, the reader's words for it, and how it was said."""

    filter: Filter
    period: Any
    about: list[str]
    said: dict[str, str]
    days: dict[str, str] = field(default_factory=dict)
    """Days of the period, where the address names some."""
    back: str = ""
    """Where the lists of what stands behind these figures lead back to."""
    how: dict[str, str] = field(default_factory=dict)
    """What else the address says that those lists have to know."""

    @property
    def place(self) -> dict[str, str]:
        """All that the address says of days and places, for links that keep it."""
        return {**self.period.address, **self.days, **self.said}

    @property
    def in_words(self) -> list[str]:
        """What it is narrowed to, and its period where days are not named instead of one."""
        return self.about if self.names_days else [*self.about, self.period.text]

    @property
    def names_days(self) -> bool:
        """Whether it is of days out of all there ever was."""
        return self.filter.first is not None and self.period.first is None

    def address(self, measure: str = Measure.APPROVED, **narrower: Any) -> str:
        """Where the attendances behind a figure are listed."""
        days = {} if DAYS & narrower.keys() else self.days
        place = {**self.period.address, **days, **self.said}
        asked = {**place, **self.how, **ways.kept(self.back), **narrower}
        return url_for("figures.attendances", of=Measure(measure).value, **asked)

    def report(self, by: str) -> str:
        """Where the same stands by one thing, all of it."""
        first, last = self.filter.first, self.filter.last
        days = {"from": first, "until": last} if self.days else self.period.address
        return url_for("figures.reports_index", by=by, **days, **self.said, **self.how)

    def of_days(self, first: date, last: date, measure: str = Measure.APPROVED) -> str:
        """Those of the days asked for that lie from the one to the other, both included."""
        return self.address(measure, **self.within(first, last))

    def within(self, first: date, last: date) -> dict[str, str]:
        """These days, as far as they are asked for, as an address says them."""
        begin, end = self.filter.first or first, self.filter.last or last
        return {"from": max(first, begin).isoformat(), "until": min(last, end).isoformat()}

    def of_people(self, who: str, **narrower: Any) -> str:
        """Where the attendances of new or of returning volunteers are listed."""
        days = {} if DAYS & narrower.keys() else self.days
        place = {**self.period.address, **days, **self.said, **self.how, **ways.kept(self.back)}
        return url_for("figures.people", who=who, **place, **narrower)


def wanted(reach: Reach, period: Days) -> Wanted:
    """What the address says about places and days; NotFound for what is out of reach.

    Problems of `said_days`.
    """
    first, last, about = _days(period)
    said = {name: request.args[name] for name in ("month", "from", "until") if _says(name)}
    return replace(narrowed(reach, period, first, last, about), days=said)


def _says(name: str) -> bool:
    """A month goes before other days."""
    return bool(request.args.get(name)) and (name == "month" or not request.args.get("month"))


def wanted_of_list(reach: Reach, period: Days) -> Wanted:
    """The same of a list, which may also be of some hours of the day or of the week."""
    asked, hour = wanted(reach, period), _clock_hour()
    if hour is None:
        return asked
    return replace(
        asked,
        filter=replace(asked.filter, hour=hour),
        about=[*asked.about, clock_hour(hour)],
        said={**asked.said, **_hour_said(hour)},
    )


def _clock_hour() -> ClockHour | None:
    """Only approved time is told by the hour; NotFound for an hour of anything else."""
    hour, weekday = number("hour"), number("weekday")
    if hour is None and weekday is None:
        return None
    is_told = request.args.get("of", Measure.APPROVED) == Measure.APPROVED
    if not is_told or hour is None or hour > 23 or (weekday or 0) > 6:
        raise NotFound
    return ClockHour(hour, weekday)


def _hour_said(hour: ClockHour) -> dict[str, str]:
    day = {} if hour.weekday is None else {"weekday": str(hour.weekday)}
    return {"hour": str(hour.hour), **day}


def narrowed(
    reach: Reach, period: Days, first: date | None, last: date | None, about: list[str]
) -> Wanted:
    """What the address says about places and people, in these days."""
    keys = {name: _key(name) for name in NARROWER if request.args.get(name)}
    asked = {ASKED_BY.get(name, f"{name}_id"): key for name, key in keys.items()}
    return Wanted(
        filter=Filter(reach, first, last, **asked),
        period=period,
        about=[*about, *(_called(name, key, reach) for name, key in keys.items())],
        said={name: str(key) for name, key in keys.items()},
    )


def _called(name: str, key: Any, reach: Reach) -> str:
    if name in WORDS:
        return str(WORDS[name][key])
    if key == figures.WITHOUT and name in REST:
        return str(REST[name])
    return full_name(naming.find(name, key, reach))


def full_name(one: Named) -> str:
    """A lane with its site, for there are many third lanes."""
    own = plain_label(one)
    return own if one.site is None else f"{own} · {plain_label(one.site)}"


def _days(period: Days) -> tuple[date | None, date | None, list[str]]:
    """The days of the period, cut to those that the address names."""
    first, last = period.first, period.last
    begin = end = None
    about: list[str] = []
    if month := month_said():
        begin, end = month
        about.append(month_long(begin))
    elif days := days_said():
        begin, end = days
        about.append(gregorian(begin) if begin == end else days_in_words(begin, end))
    return (
        max(filter(None, (first, begin)), default=None),
        min(filter(None, (last, end)), default=None),
        about,
    )


def number(name: str, otherwise: int | None = None) -> int | None:
    text = request.args.get(name)
    if not text:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise NotFound
    return int(text)


def _key(name: str) -> Any:
    if name not in WORDS:
        return number(name)
    text = request.args[name]
    if text not in WORDS[name]:
        raise NotFound
    return text
