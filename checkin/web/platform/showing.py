"""What the file for the platform would hold, what is missing for it, opportunity by opportunity."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import redirect, render_template, request, url_for
from flask_login import current_user

from checkin.domain.days import local_day
from checkin.domain.errors import NotFound, Problem
from checkin.domain.roles import Permission
from checkin.operations import platform, targets
from checkin.operations.figures import Filter, Measure, later
from checkin.operations.paging import Page
from checkin.operations.platform import Hours, Part
from checkin.web import clock, export_words
from checkin.web.fields import row_number
from checkin.web.figures.amounts import hours
from checkin.web.figures.periods import Period, days_in_words
from checkin.web.guard import requires
from checkin.web.opportunities_forms import TYPES
from checkin.web.platform import asking, words
from checkin.web.platform.blueprint import bp, reach


@bp.get("")
@requires(Permission.SEE_FIGURES)
def index():
    if asking.is_fresh():
        return redirect(url_for(".index", **asking.settled()), 303)
    today = local_day(clock.now())
    try:
        found = asking.asked(reach(), today)
    except NotFound:
        raise
    except Problem as problem:
        return _refused(problem, today), 422
    total = platform.sum_of(found.filter)
    shown = Page.of([], total.opportunities, request.args.get("page", 1, row_number))
    return render_template(
        "platform/index.html",
        about=asking.about(found),
        instead_of=asking.instead_of(found, today),
        changes=f"{found.address()}#changes" if _differs(found.filter) else "",
        total=total,
        lacks=[(what, words.LACKS[what], total.lacking(what)) for what in _lacks()],
        opportunities=platform.by_opportunity(found.filter, shown.page),
        shown=shown,
        types=TYPES,
        **_form(found.period, found.place, today),
        kinds=export_words.kinds(export_words.OF_PLATFORM),
        query=urlencode(found.place),
        hours=hours,
        rounds=platform.chosen().hours is not Hours.CLOCK,
        days_in_words=days_in_words,
        may_export=current_user.may(Permission.EXPORT),
    )


def _refused(problem: Problem, today: date) -> str:
    """The form as it was sent, where its days are none."""
    form = _form(asking.typed(), asking.said(), today, asking.fault_of(problem))
    return render_template("platform/days.html", **form)


def _form(
    period: Period, said: Mapping[str, str], today: date, faults: Mapping[str, str] | None = None
) -> dict[str, Any]:
    return {
        "said": said,
        "period": period,
        "periods": asking.choices(reach(), today, period),
        "narrower": {name: targets.choosable(name) for name in ("campaign", "partner")},
        "faults": faults or {},
    }


@bp.get("/missing")
@requires(Permission.SEE_FIGURES)
def missing():
    """The volunteers of whom something is missing that the platform asks for."""
    what = request.args.get("what", "")
    if what not in _lacks():
        raise NotFound("missing")
    found = asking.asked(reach(), local_day(clock.now()))
    number = platform.sum_of(found.filter).lacking(what)
    shown = Page.of([], number, request.args.get("page", 1, row_number))
    return render_template(
        "platform/missing.html",
        about=asking.about(found),
        what=what,
        heading=str(words.LACKS[what]),
        people=platform.lacking(found.filter, what, shown.page),
        shown=shown,
        said=found.place,
        may_mend=current_user.may(Permission.MANAGE_PEOPLE),
    )


def _differs(wanted: Filter) -> bool:
    """Whether figures of these days have other hours: they count some of closed months on other
    days than those of the work."""
    moved = later.moved(Measure.APPROVED, wanted, [])
    return any(row.LateEntry.approved_minutes for row in moved)


def _lacks() -> list[str]:
    """A gender is missing only where the file has a column for it."""
    asks_gender = Part.GENDER in platform.chosen().parts
    return [what for what in platform.LACKS if what != "gender" or asks_gender]
