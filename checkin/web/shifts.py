"""Shifts: the plan week by week; each one made, moved, cancelled, restored."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from checkin.domain.days import local_day, week_of
from checkin.domain.errors import Problem
from checkin.domain.prayer import Anchor
from checkin.domain.roles import Permission
from checkin.models import Shift
from checkin.operations import plan, posters, roster, shifts, sites
from checkin.operations.openings import telling
from checkin.operations.plan.coverage import coverage_of
from checkin.web import clock, errors
from checkin.web.digits import num
from checkin.web.fields import planned_day, row_number
from checkin.web.guard import requires
from checkin.web.prayer_words import PRAYERS, anchor_words
from checkin.web.roster_forms import RosterForm
from checkin.web.shifts_forms import ChangedShiftForm, ShiftForm

bp = Blueprint("shifts", __name__, url_prefix="/shifts")

errors.sentences(
    time_past=_l("This time is over already. Choose a later day or time"),
    shift_too_long=_l("A shift lasts %(hours)s hours at most. Check both times"),
    site_closed=_l("This site is closed. Choose another"),
    opportunity_closed=_l("This opportunity is closed. Choose another"),
    lane_elsewhere=_l("This lane is at another site"),
    repeats_out_of_range=_l("Repeat it on %(most)s days at most"),
    shift_changed=_l("Somebody changed this shift meanwhile. The latest is shown; repeat yours"),
    shift_cancelled=_l("This shift is cancelled. Restore it first"),
    shift_closed=_l("This shift is closed and stays as it is"),
    shift_attended=_l("Somebody attended already, so the opportunity and the site stay"),
    shift_decided=_l("Hours of this shift are decided already, so its day stays"),
    shift_in_closed_month=_l(
        "It has hours in %(month)s, and that month is closed: its start and lane stay. "
        "A coordinator can open the month again first"
    ),
)
BESIDE = {
    "time_past": "day",
    "shift_too_long": "ends",
    "site_closed": "site_id",
    "opportunity_closed": "opportunity_id",
    "lane_elsewhere": "lane_id",
    "repeats_out_of_range": "until",
    "shift_attended": "site_id",
    "shift_decided": "day",
}
"""The field each problem stands beside."""
WEEK = timedelta(days=7)
MOST_LISTED = 200
"""In a week with more shifts than this, one day at a time is listed."""
USUAL_SEATS = 20


@bp.get("")
@requires(Permission.PLAN)
def index():
    """One week from Sunday, all sites or one."""
    today = local_day(clock.now(), current_app.config["ZONE"])
    first = week_of(request.args.get("week", type=planned_day) or today)
    site_id = request.args.get("site", type=row_number)
    reach = current_user.reach(Permission.PLAN)
    days = [first + timedelta(days=later) for later in range(7)]
    numbers = shifts.number_by_day(first, days[-1], reach, site_id=site_id)
    listed = _listed(days, numbers, today)
    planned = shifts.of_days(listed[0], listed[-1], reach, site_id=site_id)
    return render_template(
        "shifts/index.html",
        days=[(day, [shift for shift in planned if shift.work_on == day]) for day in days],
        listed=listed,
        number_by_day=numbers,
        numbers=shifts.numbers_of([shift.id for shift in planned]),
        first=first,
        before=first - WEEK,
        after=first + WEEK,
        this_week=week_of(today),
        today=today,
        sites=sites.choosable(site_id),
        site_id=site_id,
        now=clock.now(),
    )


def _listed(days, numbers, today):
    """The days whose shifts are shown: all of them, or one where there are hundreds."""
    if sum(numbers.values()) <= MOST_LISTED:
        return days
    asked = request.args.get("day", type=planned_day)
    planned = [day for day in days if day in numbers]
    return [next((day for day in (asked, today) if day in planned), planned[0])]


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.PLAN)
def new():
    form = ShiftForm(_offered())
    if form.carry_out(
        lambda: shifts.create_on(
            *(form.plan, form.planned_days),
            is_draft=form.is_draft.data,
            by=current_user.id,
            now=clock.now(),
        ),
        **BESIDE,
    ):
        if len(form.made) > 1:
            flash(_("The shifts were added. Each has a roster of its own"), "done")
            return redirect(url_for("plan.index", week=form.plan.day), 303)
        flash(_("The shift was added. Fill its roster now"), "done")
        return redirect(url_for(".show", shift_id=form.made[0]), 303)
    return render_template("shifts/edit.html", form=form, shift=None), form.status


@bp.get("/<int:shift_id>")
@requires(Permission.PLAN)
def show(shift_id: int):
    shift = _shift(shift_id)
    lines = roster.of_shift(shift)
    return render_template(
        "shifts/show.html",
        shift=shift,
        form=RosterForm(),
        lines=lines,
        numbers=shifts.numbers_of([shift_id])[shift_id],
        coverage=coverage_of([shift], local_day(clock.now(), current_app.config["ZONE"]))[shift_id],
        clashes=[line for line in lines if line.clash],
        beside=shifts.beside(shift),
        reachable=roster.reachable(shift_id),
        poster=_poster(shift),
        prayers=[(PRAYERS[prayer], at) for prayer, at in plan.prayers_during(shift)],
        anchors=_anchors(shift),
        now=clock.now(),
    )


@bp.route("/<int:shift_id>/details", methods=["GET", "POST"])
@requires(Permission.PLAN)
def edit(shift_id: int):
    shift = _shift(shift_id)
    form = ChangedShiftForm({"row_version": shift.row_version}, shifts.plan_of(shift))
    told = _told(shift) or _told_after_all(shift, form)
    if told and shift.ends_at <= clock.now() and not request.form.get("seen"):
        form.form_errors.append(_("This shift was over. Look who is told that it comes, then save"))
    elif form.carry_out(
        lambda: shifts.change(
            *(shift_id, form.plan),
            row_version=form.seen_version,
            by=current_user.id,
            now=clock.now(),
        ),
        **BESIDE,
    ):
        flash(_("Saved"), "done")
        _warn_of_seats(shift_id, form.plan.seats)
        return redirect(url_for(".show", shift_id=shift_id), 303)
    shift = _shift(shift_id)
    form.row_version.data = shift.row_version
    page = render_template("shifts/edit.html", form=form, shift=shift, told=told)
    return page, form.status


def _warn_of_seats(shift_id: int, seats: int) -> None:
    """Nobody loses a place because fewer are needed: whoever plans says who."""
    expected = shifts.numbers_of([shift_id])[shift_id].expected
    if expected > seats:
        said = _(
            "On the roster: %(expected)s, needed: %(seats)s. Nobody was taken off",
            expected=num(expected),
            seats=num(seats),
        )
        flash(said, "look")


@bp.route("/<int:shift_id>/cancellation", methods=["GET", "POST"])
@requires(Permission.PLAN)
def cancel(shift_id: int):
    shift = _shift(shift_id)
    if request.method != "POST":
        inside = shifts.names_inside(shift.id, clock.now())
        facts = {"shift": shift, "told": _told(shift), "inside": inside}
        return render_template("shifts/cancellation.html", **facts)
    return _settled(
        lambda: shifts.cancel(shift_id, by=current_user.id, now=clock.now()),
        _("The shift is cancelled. Who came keeps the record"),
        shift_id,
    )


@bp.post("/<int:shift_id>/restoration")
@requires(Permission.PLAN)
def restore(shift_id: int):
    _shift(shift_id)
    return _settled(
        lambda: shifts.restore(shift_id, by=current_user.id, now=clock.now()),
        _("The shift takes place again"),
        shift_id,
    )


def _settled(act: Any, said: str, shift_id: int) -> Any:
    try:
        act()
    except Problem as problem:
        flash(errors.sentence(problem), "stop")
    else:
        flash(said, "done")
    return redirect(url_for(".show", shift_id=shift_id), 303)


def _shift(shift_id: int) -> Shift:
    return shifts.find(shift_id, current_user.reach(Permission.PLAN))


def _anchors(shift: Shift) -> list[str]:
    """By which prayers it starts and ends, in words; a time of the clock says nothing."""
    ends = [end for end in shifts.ends_of(shift) if isinstance(end, Anchor)]
    return [anchor_words(end.prayer, end.offset) for end in ends]


def _told(shift: Shift) -> Any:
    """Who would be told if it moved or did not take place."""
    if shift.is_draft or shift.ends_at <= clock.now():
        return []
    return telling.affected(shift.id)


def _told_after_all(shift: Shift, form: ChangedShiftForm) -> Any:
    """Who would be told that a shift which is over is to come, when the form says so."""
    if shift.is_draft or not form.validate_on_submit():
        return []
    try:
        return telling.affected(shift.id) if shifts.lies_ahead(form.plan, clock.now()) else []
    except Problem:  # said beside its field when the change is tried
        return []


def _poster(shift: Shift) -> Any:
    """The site's own poster, when one hangs there."""
    reach = current_user.reach(Permission.MANAGE_POSTERS)
    printed = {site.id: poster for site, poster in posters.sites_with_posters(reach)}
    return printed.get(shift.site_id)


def _offered() -> dict[str, Any]:
    """What a link to the form has chosen already."""
    return {
        "opportunity_id": request.args.get("opportunity", type=row_number),
        "site_id": request.args.get("site", type=row_number),
        "day": request.args.get("day", type=planned_day),
        "seats": USUAL_SEATS,
    }
