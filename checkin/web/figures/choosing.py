"""What figures may be narrowed to, to choose from, and what they are narrowed to, to take away."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from flask import request, url_for
from flask_babel import lazy_gettext as _l

from checkin.operations import figures
from checkin.operations.figures import naming
from checkin.operations.permissions import Reach
from checkin.web.figures import earlier
from checkin.web.figures.narrowing import DAYS, NARROWER, REST, WORDS, Wanted, full_name
from checkin.web.figures.report_days import OTHER_DAYS

ANY: dict[str, Any] = {
    "site": _l("Any site"),
    "lane": _l("Any lane"),
    "service": _l("Any service"),
    "type": _l("Any type"),
    "opportunity": _l("Any opportunity"),
    "campaign": _l("Any campaign"),
    "partner": _l("Any partner"),
    "team": _l("Any team"),
    "gender": _l("Everybody"),
}
ON_DASHBOARD: dict[str, Any] = {
    "site": _l("Site"),
    "service": _l("Service"),
    "partner": _l("Partner"),
    "campaign": _l("Campaign"),
}
"""What the dashboard offers to choose from; it shows whatever an address names."""
SENT = "was"
"""Only the form says this: then the answer is the short address."""


class Choice(NamedTuple):
    """One thing to choose; `options` begin with that it is not narrowed."""

    name: str
    label: str
    options: list[tuple[str, str]]
    chosen: str


class Chip(NamedTuple):
    """What the figures shown are narrowed to, and the same page without it."""

    text: str
    without: str


def choices(reach: Reach, asked: Wanted) -> list[Choice]:
    """Those with something to choose between."""
    return [one for one in _choices(reach, asked) if len(one.options) > 2 or one.chosen]


def _choices(reach: Reach, asked: Wanted) -> Iterator[Choice]:
    for name, label in ON_DASHBOARD.items():
        chosen = asked.said.get(name, "")
        found = [(key, str(text)) for key, text in options(name, reach, chosen)]
        yield Choice(name, str(label), [("", str(ANY[name])), *found], chosen)


def chips(asked: Wanted) -> list[Chip]:
    about, found = list(asked.about), []
    if asked.days:
        found.append(Chip(about.pop(0), _address(asked, *DAYS)))
    for name, text in zip(asked.said, about, strict=True):
        found.append(Chip(text, _address(asked, name)))
    return found


def _address(asked: Wanted, *without: str) -> str:
    left = {name: key for name, key in asked.place.items() if name not in without}
    return url_for("figures.index", **left, **earlier.kept())


def hidden(asked: Wanted) -> dict[str, str]:
    """What the form keeps and does not show."""
    kept = {name: key for name, key in asked.said.items() if name not in ON_DASHBOARD}
    return {**kept, **asked.days, **earlier.kept()}


def chosen_address() -> str:
    """The short address of what was chosen; a period takes the place of the days there were."""
    names = {"period", "year", earlier.SWITCH, *DAYS, *NARROWER}
    chosen = {name: key for name, key in request.args.items() if key and name in names}
    gone = {"period"} if chosen.get("period") == OTHER_DAYS else DAYS
    left = {name: key for name, key in chosen.items() if name not in gone}
    return url_for("figures.index", **left)


def options(name: str, reach: Reach, chosen: str) -> list[tuple[str, Any]]:
    """What it may be narrowed to; what it is narrowed to stays among them."""
    if name in WORDS:
        return list(WORDS[name].items())
    found = list(naming.choosable(name, reach))
    rest = [(str(figures.WITHOUT), REST[name])] if _sees_rest(name, reach) else []
    some = [*((str(one.id), full_name(one)) for one in found), *(rest if found else [])]
    if chosen.isdigit() and chosen not in dict(some):
        known = naming.names(name, [int(chosen)]).values()
        some += [(str(one.id), full_name(one)) for one in known]
    return some


def _sees_rest(name: str, reach: Reach) -> bool:
    """A partner's reader sees nobody without a partner."""
    return name in REST and (name != "partner" or reach.everywhere or bool(reach.site_ids))
