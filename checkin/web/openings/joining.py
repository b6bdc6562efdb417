"""One confirmation to join a shift or its waiting list, and one to leave it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from checkin.domain.errors import NotFound, Problem
from checkin.domain.roles import Permission
from checkin.operations import openings
from checkin.operations.openings import finding
from checkin.web import clock, errors
from checkin.web.guard import requires
from checkin.web.openings.blueprint import bp
from checkin.web.openings.wording import said


@bp.route("/openings/shifts/<int:shift_id>/place", methods=["GET", "POST"])
@requires(Permission.OWN_ATTENDANCE)
def join(shift_id: int) -> Any:
    """What speaks against it stands here before the button; what is new since is shown again."""
    if request.method != "POST":
        return _confirmation(shift_id)
    aware = request.form.get("aware", "")[:200].split()
    try:
        how = openings.join(shift_id, by=current_user.id, now=clock.now(), aware=aware)
    except NotFound:
        raise
    except Problem as problem:
        flash(errors.sentence(problem), "look")
        return _confirmation(shift_id), 422
    if how == openings.JOINED:
        flash(_("You have a place in this shift"), "done")
    else:
        flash(_("You are on the waiting list. A message tells you of a free place"), "done")
    return redirect(url_for("hours.index", _anchor=f"shift-{shift_id}"), 303)


def _confirmation(shift_id: int) -> Any:
    now = clock.now()
    seat = finding.seat_of(shift_id, current_user.id)
    found = openings.obstacles(current_user.id, shift_id, now)
    refusing = [one for one in found if one.refuses]
    told = [one for one in found if not one.refuses]
    return render_template(
        "openings/place.html",
        seat=seat,
        held=seat.how not in (None, openings.WAITING),
        refusing=[said(one) for one in refusing],
        told=[said(one) for one in told],
        aware=" ".join(one.code for one in told),
        place=finding.places_of(current_user.id, [shift_id]).get(shift_id),
    )


@bp.route("/openings/shifts/<int:shift_id>/departure", methods=["GET", "POST"])
@requires(Permission.OWN_ATTENDANCE)
def leave(shift_id: int) -> Any:
    seat = finding.seat_of(shift_id, current_user.id)
    if request.method != "POST":
        if seat.how is None:
            return redirect(url_for("hours.index"), 303)
        return render_template("openings/departure.html", seat=seat)
    try:
        openings.leave(shift_id, by=current_user.id, now=clock.now())
    except Problem as problem:
        flash(errors.sentence(problem), "look")
    else:
        flash(_("You are no longer expected there"), "done")
    return redirect(url_for("hours.index"), 303)
