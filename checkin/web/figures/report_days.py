"""The days a report is about: a year or month, Ramadan, Hajj, or any days, in both calendars."""

from dataclasses import dataclass
from datetime import date

from flask import request
from flask_babel import gettext as _
from flask_babel import pgettext

from checkin.domain.errors import Problem
from checkin.operations.figures import spans
from checkin.operations.figures.spans import RAMADAN, Span
from checkin.operations.permissions import Reach
from checkin.web.figures import periods
from checkin.web.figures.periods import days_in_words, name_of
from checkin.web.figures.said_days import days_said, period_said
from checkin.web.filters import hijri

OTHER_DAYS = "days"
"""What the form chooses instead of a period."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days from one to another, both included, as an address says them and as they are called."""

    key: str = ""
    """Of a period; empty for any days."""
    first: date | None = None
    last: date | None = None
    name: str = ""

    @property
    def text(self) -> str:
        return self.name or _("All years")

    @property
    def address(self) -> dict[str, str]:
        if self.key or self.first is None or self.last is None:
            return {"period": self.key} if self.key else {}
        return between(self.first, self.last)

    @property
    def in_both(self) -> tuple[str, ...]:
        """The days in words, Gregorian and Hijri; nothing for all there ever was."""
        if self.first is None or self.last is None:
            return ()
        ends = hijri(self.first), hijri(self.last)
        if not all(ends):
            return (days_in_words(self.first, self.last),)
        there = pgettext("days", "%(first)s to %(last)s", first=ends[0], last=ends[1])
        return days_in_words(self.first, self.last), there


def between(first: date, last: date) -> dict[str, str]:
    """Days as an address says them."""
    return {"from": first.isoformat(), "until": last.isoformat()}


def asked_days() -> Stretch:
    """What the address says. NotFound for a period there is none of.

    Problems of `days_said`.
    """
    key = request.args.get("period", "")
    is_other = key not in ("", OTHER_DAYS) and _are_the_old_ones()
    if not is_other and (days := days_said()):
        return Stretch(first=days[0], last=days[1], name=days_in_words(*days))
    if key == OTHER_DAYS:
        raise Problem("days_incomplete")
    return _period(key) if key else Stretch()


def _are_the_old_ones() -> bool:
    """Whether the form was sent with the days it came with, and another period chosen."""
    days = request.args.get("from", ""), request.args.get("until", "")
    return request.args.get("was") == " ".join(days)


def _period(key: str) -> Stretch:
    span = period_said(key)
    return Stretch(span.key, span.first, span.last, name_of(span))


# --- what there is to choose ---------------------------------------------------------------


def offered(reach: Reach, today: date, chosen: Stretch) -> dict[str, list[tuple[str, str]]]:
    """Periods by kind, the latest first: key and name of each."""
    groups = {
        kind: [(period.key, period.text) for period in some]
        for kind, some in periods.offered(reach, today).items()
    }
    known = {key for options in groups.values() for key, _name in options}
    if chosen.key and chosen.key not in known:
        groups = {_("Chosen"): [(chosen.key, chosen.text)], **groups}
    return groups


def latest_ramadan(today: date) -> Span | None:
    """The one that goes on or was last; nothing where the Hijri tables end."""
    around = spans.around(today)
    if len(around) < 4:
        return None
    this = Span(around[3].year, RAMADAN, hijri=True)
    return this if this.first <= today else Span(this.year - 1, RAMADAN, hijri=True)
