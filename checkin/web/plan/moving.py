"""A shift goes to another day, site or lane: by dragging, by keys, or by this form."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from checkin.domain.days import week_of
from checkin.domain.roles import Permission
from checkin.operations import plan, shifts
from checkin.operations.openings import telling
from checkin.web import clock
from checkin.web.fields import planned_day, row_number
from checkin.web.filters import date_long
from checkin.web.guard import requires
from checkin.web.plan.blueprint import asked_site, bp
from checkin.web.plan.forms import PlaceForm

PLACE = ("day", "site_id", "lane_id")
BESIDE = {
    "time_past": "day",
    "site_closed": "site_id",
    "shift_attended": "site_id",
    "lane_elsewhere": "lane_id",
    "shift_decided": "day",
}


@bp.route("/shifts/<int:shift_id>/place", methods=["GET", "POST"])
@requires(Permission.PLAN)
def place(shift_id: int):
    """Where the shift is to go; who is told is said before anybody is."""
    shift = shifts.find(shift_id, current_user.reach(Permission.PLAN))
    form = PlaceForm(shift, _offered())
    ahead = bool(form.day.data) and plan.lies_ahead(shift, form.day.data, clock.now())
    told = _told(shift, ahead)
    if ahead and told and form.is_submitted() and not request.form.get("seen"):
        wanted = {name: request.form.get(name, "") for name in PLACE}
        return redirect(url_for(".place", shift_id=shift_id, site=asked_site(), **wanted), 303)
    if form.carry_out(
        lambda: plan.move(
            shift_id,
            **form.place,
            row_version=form.seen_version,
            by=current_user.id,
            now=clock.now(),
        ),
        **BESIDE,
    ):
        return _moved(shift_id, form)
    shift = shifts.find(shift_id, current_user.reach(Permission.PLAN))
    form.row_version.data = shift.row_version
    return render_template("plan/place.html", form=form, shift=shift, told=told), form.status


def _moved(shift_id, form):
    day = date_long(form.day.data)
    if form.made:
        flash(_("Moved to %(day)s. Those expected are told", day=day), "done")
    else:
        flash(_("Moved to %(day)s", day=day), "done")
    week = week_of(form.day.data)
    # whoever looks at one site goes with the shift; whoever looks at all goes on doing so
    site_id = form.site_id.data if asked_site() else None
    return redirect(url_for(".index", week=week, site=site_id, _anchor=f"shift-{shift_id}"), 303)


def _told(shift, ahead):
    """Who would be told of a move: of what is over they are, when it is to come after all."""
    if shift.is_draft or (shift.ends_at <= clock.now() and not ahead):
        return []
    return telling.affected(shift.id)


def _offered():
    """The place the address names; what stands there when nothing does."""
    offered = {"day": request.args.get("day", type=planned_day)}
    if site_id := request.args.get("site_id", type=row_number):
        offered |= {"site_id": site_id, "lane_id": request.args.get("lane_id", type=row_number)}
    return {name: value for name, value in offered.items() if value or name == "lane_id"}
