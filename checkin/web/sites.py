"""Sites: made, changed and closed; their lanes, supervisors and shifts of the day."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from checkin.domain.days import local_day
from checkin.domain.errors import NotFound, Problem
from checkin.domain.places import write_point
from checkin.domain.roles import Permission, Role
from checkin.models import Grant, Lane, Site
from checkin.operations import grants, people, posters, shifts, sites
from checkin.operations.prayers import quiet
from checkin.web import clock, errors
from checkin.web.fields import row_number
from checkin.web.filters import isolate, time_range
from checkin.web.guard import requires
from checkin.web.people_choosing import looked_for
from checkin.web.prayer_words import around_words
from checkin.web.sites_forms import CODE_MODES, LaneForm, SiteForm, zone_name

bp = Blueprint("sites", __name__, url_prefix="/sites")

errors.sentences(
    zone_unknown=_l("Choose a time zone from the list"),
    zone_fixed=_l("Shifts are planned here, so the time zone stays"),
    site_has_shifts=_l("Shifts are still planned here (%(number)s). Cancel or move them first"),
    own_grant=_l("Nobody gives themselves a role or takes their own away. Ask a colleague"),
    role_not_yours=_l("Only an administrator gives this role or takes it away"),
    scope_missing=_l("Choose what the role is for"),
)
BESIDE = {"name_taken": "name_ar", "zone_fixed": "zone", "zone_unknown": "zone"}
"""The field each problem stands beside."""


@bp.get("")
@requires(Permission.PLAN)
def index():
    return render_template(
        "sites/index.html",
        sites=sites.all_sites(current_user.reach(Permission.PLAN)),
        coming=sites.coming_counts(clock.now()),
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.PLAN)
def new():
    form = SiteForm()
    if form.carry_out(
        lambda: sites.create(form.plan, by=current_user.id, now=clock.now()), **BESIDE
    ):
        flash(_("The site was added. Name its supervisors, then print its poster"), "done")
        return redirect(url_for(".show", site_id=form.made), 303)
    return render_template("sites/edit.html", form=form, site=None), form.status


@bp.get("/<int:site_id>")
@requires(Permission.PLAN)
def show(site_id: int):
    return _page(_site(site_id), LaneForm())


@bp.route("/<int:site_id>/details", methods=["GET", "POST"])
@requires(Permission.PLAN)
def edit(site_id: int):
    site = _site(site_id)
    form = SiteForm(site)
    if form.carry_out(
        lambda: sites.change(site_id, form.plan, by=current_user.id, now=clock.now()), **BESIDE
    ):
        flash(_("Saved"), "done")
        return redirect(url_for(".show", site_id=site_id), 303)
    return render_template("sites/edit.html", form=form, site=site), form.status


@bp.post("/<int:site_id>/closure")
@requires(Permission.PLAN)
def close(site_id: int):
    try:
        sites.close(site_id, by=current_user.id, now=clock.now())
    except Problem as problem:
        return _refused(problem, site_id)
    flash(_("Closed. Its posters check nobody in any more"), "done")
    return redirect(url_for(".show", site_id=site_id), 303)


@bp.post("/<int:site_id>/reopening")
@requires(Permission.PLAN)
def reopen(site_id: int):
    sites.reopen(site_id, by=current_user.id, now=clock.now())
    flash(_("Open again"), "done")
    return redirect(url_for(".show", site_id=site_id), 303)


# Lanes


@bp.post("/<int:site_id>/lanes")
@requires(Permission.PLAN)
def add_lane(site_id: int):
    site, form = _site(site_id), LaneForm()
    if form.carry_out(
        lambda: sites.add_lane(
            *(site_id, form.name_ar.data, form.name_en.data or ""),
            by=current_user.id,
            now=clock.now(),
        ),
        name_taken="name_ar",
    ):
        flash(_("The lane was added"), "done")
        return redirect(url_for(".show", site_id=site_id, _anchor="lanes"), 303)
    return _page(site, form), form.status


@bp.route("/<int:site_id>/lanes/<int:lane_id>", methods=["GET", "POST"])
@requires(Permission.PLAN)
def lane(site_id: int, lane_id: int):
    site, named = _lane(site_id, lane_id)
    form = LaneForm(obj=named)
    if form.carry_out(
        lambda: sites.rename_lane(
            *(lane_id, form.name_ar.data, form.name_en.data or ""),
            by=current_user.id,
            now=clock.now(),
        ),
        name_taken="name_ar",
    ):
        flash(_("Saved"), "done")
        return redirect(url_for(".show", site_id=site_id, _anchor="lanes"), 303)
    return render_template("sites/lane.html", form=form, site=site, lane=named), form.status


@bp.post("/<int:site_id>/lanes/<int:lane_id>/closure")
@requires(Permission.PLAN)
def close_lane(site_id: int, lane_id: int):
    _lane(site_id, lane_id)
    sites.close_lane(lane_id, by=current_user.id, now=clock.now())
    flash(_("Closed. Its shifts stay as planned"), "done")
    return redirect(url_for(".show", site_id=site_id, _anchor="lanes"), 303)


@bp.post("/<int:site_id>/lanes/<int:lane_id>/reopening")
@requires(Permission.PLAN)
def reopen_lane(site_id: int, lane_id: int):
    _lane(site_id, lane_id)
    sites.reopen_lane(lane_id, by=current_user.id, now=clock.now())
    flash(_("Open again"), "done")
    return redirect(url_for(".show", site_id=site_id, _anchor="lanes"), 303)


# Supervisors


@bp.get("/<int:site_id>/supervisors")
@requires(Permission.PLAN)
def supervisors(site_id: int):
    """Find the person who shall supervise the site."""
    site, found = _site(site_id), looked_for()
    held = {grant.person_id for grant in grants.supervisors_of(site_id, clock.now())}
    return render_template("sites/supervisors.html", site=site, held=held, **found)


@bp.post("/<int:site_id>/supervisors")
@requires(Permission.PLAN)
def add_supervisor(site_id: int):
    _site(site_id)
    person_id = request.form.get("person", 0, row_number)
    try:
        grants.give(
            *(person_id, Role.SUPERVISOR),
            site_id=site_id,
            by=current_user.id,
            now=clock.now(),
        )
    except NotFound:
        raise
    except Problem as problem:
        return _refused(problem, site_id)
    flash(_("%(name)s supervises this site now", name=isolate(people.find(person_id).name)), "done")
    return redirect(url_for(".show", site_id=site_id, _anchor="supervisors"), 303)


@bp.post("/<int:site_id>/supervisors/<int:grant_id>/ending")
@requires(Permission.PLAN)
def end_supervisor(site_id: int, grant_id: int):
    grant = _grant(site_id, grant_id)
    name = grant.person.name
    try:
        grants.end(grant.id, by=current_user.id, now=clock.now())
    except Problem as problem:
        return _refused(problem, site_id)
    flash(_("%(name)s supervises this site no more", name=isolate(name)), "done")
    return redirect(url_for(".show", site_id=site_id, _anchor="supervisors"), 303)


# Finding


def _site(site_id: int) -> Site:
    return sites.find(site_id, current_user.reach(Permission.PLAN))


def _lane(site_id: int, lane_id: int) -> tuple[Site, Lane]:
    site = _site(site_id)
    return site, sites.lane_of(site, lane_id)


def _grant(site_id: int, grant_id: int) -> Grant:
    for grant in grants.supervisors_of(_site(site_id).id, clock.now()):
        if grant.id == grant_id:
            return grant
    raise NotFound("grant")


def _page(site: Site, lane_form: LaneForm) -> str:
    now, reach = clock.now(), current_user.reach(Permission.PLAN)
    today = local_day(now, site.zone)
    planned = shifts.of_days(today, today, reach, site_id=site.id)
    point = sites.point_of(site)
    return render_template(
        "sites/show.html",
        site=site,
        form=lane_form,
        now=now,
        today=today,
        shifts=planned,
        numbers=shifts.numbers_of([shift.id for shift in planned]),
        supervisors=grants.supervisors_of(site.id, now),
        poster=_poster(site.id),
        zone_city=zone_name(site.zone),
        code_modes=CODE_MODES,
        quiet=_quiet(site, today),
        point=write_point(point) if point else None,
    )


def _quiet(site: Site, today: date) -> list[str]:
    """Times without messages in words, the organisation's where the site has none of its own.

    One over midnight ends, as all do, at a time of day.
    """
    zone = ZoneInfo(site.zone)
    said = [
        time_range(*(datetime.combine(today, at, zone) for at in window), site.zone)
        for window in quiet.fixed_of(site)
    ]
    around = quiet.around_of(site)
    return [*said, around_words(*around)] if any(around) else said


def _poster(site_id: int) -> Any:
    """The site's own poster, when one hangs there."""
    reach = current_user.reach(Permission.MANAGE_POSTERS)
    printed = {site.id: poster for site, poster in posters.sites_with_posters(reach)}
    return printed.get(site_id)


def _refused(problem: Problem, site_id: int) -> Any:
    flash(errors.sentence(problem), "stop")
    return redirect(url_for(".show", site_id=site_id), 303)
