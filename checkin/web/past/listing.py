"""The list of earlier years that were entered, and taking one back."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from checkin.domain.roles import Permission
from checkin.operations import past
from checkin.operations.past import Named
from checkin.web import clock
from checkin.web.guard import requires
from checkin.web.past import words
from checkin.web.past.blueprint import bp


@bp.get("")
@requires(Permission.SEE_FIGURES)
def index():
    reach = current_user.reach(Permission.SEE_FIGURES)
    lines, may_enter = past.lines(reach), current_user.may(Permission.ENTER_PAST)
    worked = {period for period in {one.row.period for one in lines} if _is_worked(period)}
    return render_template(
        "past/index.html",
        lines=[(one, _shown(one), one.row.period in worked) for one in lines],
        dropped=[(one, _shown(one)) for one in past.dropped(reach)],
        words=words,
        exceeded=past.exceeded() if may_enter else [],
        may_enter=may_enter,
    )


@bp.get("/<int:past_id>/removal")
@requires(Permission.ENTER_PAST)
def removal(past_id: int):
    line = _found(past_id)
    if line.row.dropped_at is not None:
        return redirect(url_for(".index"), 303)
    return render_template("past/removal.html", line=line, cells=_shown(line), words=words)


@bp.post("/<int:past_id>/removal")
@requires(Permission.ENTER_PAST)
def drop(past_id: int):
    line = _found(past_id)
    past.drop(past_id, by=current_user.id, now=clock.now())
    flash(_("Taken back: %(year)s", year=words.year_of(line.row.period)), "done")
    return redirect(url_for(".index"), 303)


def _found(past_id: int) -> Named:
    return past.find(past_id, current_user.reach(Permission.SEE_FIGURES))


def _is_worked(period: str) -> bool:
    """This system came to have records of the year after it was entered: both count."""
    return past.is_worked(past.span_of(period))


def _shown(line: Named) -> dict[str, Any]:
    return words.cells_of(line.figures)
