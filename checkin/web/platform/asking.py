"""Which days, campaign, partner and opportunity an address of the room is about."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import request
from flask_babel import gettext as _

from checkin.domain.errors import NotFound, Problem
from checkin.operations.figures import spans
from checkin.operations.permissions import Reach
from checkin.web import errors
from checkin.web.figures import periods
from checkin.web.figures.narrowing import Wanted, wanted
from checkin.web.figures.periods import Period, days_in_words, latest_day, name_of

NAMES = ("period", "from", "until", "campaign", "partner", "opportunity")
"""What an address may say; nothing said about days is the last month with approved hours."""


def asked(reach: Reach, today: date) -> Wanted:
    """NotFound for what was never, is not there, or no day."""
    return wanted(reach, _period(reach, today))


def is_fresh() -> bool:
    """The form was just sent; it says by `was` which period it had shown."""
    return "was" in request.args


def settled() -> dict[str, str]:
    """What somebody meant by the form: the days typed, unless another period was chosen then."""
    meant = said()
    days = [meant.pop(name) for name in ("from", "until") if name in meant]
    if days and meant.get("period", "") == request.args["was"]:
        meant.pop("period", None)
        return {**meant, "from": days[0], "until": days[-1]}
    return meant


def said() -> dict[str, str]:
    """The address's own words; links and files take `Wanted.place`, which has the days shown."""
    return {name: request.args[name] for name in NAMES if request.args.get(name)}


def about(found: Wanted) -> str:
    """September 2026 · King Abdulaziz Gate."""
    days = [found.period.text] if found.period.span or not request.args.get("from") else []
    return " · ".join([*found.about, *days])


def days_of(kept: Mapping[str, Any]) -> str:
    """The days a list was held against, as they are kept with it."""
    if "first" not in kept:
        return _("All years")
    return days_in_words(date.fromisoformat(kept["first"]), date.fromisoformat(kept["last"]))


def address_of(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Of the page that shows our side of it."""
    said = {"from": kept.get("first"), "until": kept.get("last")}
    return said | {name: kept.get(f"{name}_id") for name in ("campaign", "partner", "opportunity")}


def instead_of(found: Wanted, today: date) -> str:
    """This month, where an earlier one is shown because nothing of it is approved."""
    month = spans.around(today)[0]
    is_other = not said().keys() & {"period", "from"} and found.period.span != month
    return name_of(month) if is_other else ""


def _period(reach: Reach, today: date) -> Period:
    key = request.args.get("period", "")
    if not key:
        return Period() if request.args.get("from") else _last_month(reach, today)
    span = spans.of_key(key)
    if span is None:
        raise NotFound("period")
    return Period(span)


def _last_month(reach: Reach, today: date) -> Period:
    return Period(spans.around(latest_day(reach, today))[0])


def typed() -> Period:
    """The period beside days that cannot be read; none where the days stand for themselves."""
    key = request.args.get("period", "")
    return Period(spans.of_key(key)) if key else Period()


def fault_of(problem: Problem) -> dict[str, str]:
    """Its sentence by the name of the day it stands beside."""
    field = str(problem.facts.get("field", "until"))
    if problem.code == "days_incomplete" and request.args.get("until", "").strip():
        field = "from"
    return {field: errors.sentence(problem)}


def choices(reach: Reach, today: date, chosen: Period) -> dict[str, list[tuple[str, str]]]:
    """Months and years of both calendars with attendances, and the one in the address."""
    found = periods.choices(reach, today)
    groups = {_("Months"): found.months}
    if found.hijri_months:
        groups[_("Hijri months")] = found.hijri_months
    groups[_("Years")] = [*found.years, *found.hijri_years]
    offered = {span for group in groups.values() for span in group}
    if chosen.span and chosen.span not in offered:
        groups = {_("Shown"): [chosen.span], **groups}
    return {name: [(one.key, name_of(one)) for one in group] for name, group in groups.items()}
