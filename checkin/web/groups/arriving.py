"""On the tablet: a group comes, is counted again, leaves; and its page, where it is named."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from checkin.models import Shift, Site
from checkin.operations import floor, groups, manual, partners
from checkin.operations.groups import Arrival
from checkin.web import clock
from checkin.web.fields import row_number
from checkin.web.filters import time_short
from checkin.web.groups.blueprint import ENTER, bp, group_at, site_within
from checkin.web.groups.forms import GroupForm, HeadcountForm, TimedForm
from checkin.web.groups.showing import supervisors_page
from checkin.web.guard import requires


@bp.get("/floor/<int:site_id>/groups/new")
@requires(ENTER)
def new(site_id: int):
    """Find the leader, say how many came."""
    site = site_within(site_id)
    form = GroupForm(
        formdata=None, uid=str(uuid.uuid4()), shift=request.args.get("shift", type=int)
    )
    return _new_page(site, form, request.args.get("q", ""))


@bp.post("/floor/<int:site_id>/groups")
@requires(ENTER)
def create(site_id: int):
    site, form, now = site_within(site_id), GroupForm(), clock.now()
    _offer(form, _shifts(site))
    typed, leader = request.form.get("q", ""), _leader()
    if request.form.get("asked", typed[:80]) != typed[:80]:
        # new words of the search were sent: they are looked up first, and nothing typed is lost
        return _new_page(site, form, typed)
    if form.carry_out(
        lambda: groups.arrive(
            Arrival(
                form.uid.data or str(uuid.uuid4()),
                form.shift.data,
                leader,
                form.headcount.data,
                at=form.instant(site.zone, now),
                **form.body_ids,
            ),
            by=current_user.id,
            now=now,
        ),
        time_outside_shift="at",
        headcount_invalid="headcount",
    ):
        flash(_("The group is on the board"), "done")
        return redirect(url_for(".show", site_id=site.id, group_id=form.made), 303)
    return _new_page(site, form, typed, leader), form.status


@bp.get("/floor/<int:site_id>/groups/<int:group_id>")
@requires(ENTER)
def show(site_id: int, group_id: int):
    """Who is named, who is not, and naming more until the shift is closed."""
    site = site_within(site_id)
    return supervisors_page(site, group_at(site, group_id))


@bp.post("/floor/<int:site_id>/groups/<int:group_id>/headcount")
@requires(ENTER)
def recount(site_id: int, group_id: int):
    site, form = site_within(site_id), HeadcountForm(prefix="recount")
    group_at(site, group_id)
    if form.carry_out(
        lambda: groups.recount(group_id, form.headcount.data, by=current_user.id, now=clock.now()),
        headcount_named="headcount",
        headcount_invalid="headcount",
    ):
        flash(_("The headcount was corrected"), "done")
        return _to_group(site, group_id)
    return supervisors_page(site, group_at(site, group_id), recounting=form), form.status


@bp.post("/floor/<int:site_id>/groups/<int:group_id>/departure")
@requires(ENTER)
def leave(site_id: int, group_id: int):
    """The group went; its members who are still in leave with it."""
    site, form, now = site_within(site_id), TimedForm(prefix="leaving"), clock.now()
    group_at(site, group_id)
    if form.carry_out(
        lambda: groups.leave(group_id, form.instant(site.zone, now), by=current_user.id, now=now),
        time_outside_shift="at",
    ):
        left_at = groups.find(group_id).group.left_at
        flash(_("The group left at %(time)s", time=time_short(left_at, site.zone)), "done")
        return _to_group(site, group_id)
    return supervisors_page(site, group_at(site, group_id), leaving=form), form.status


def _to_group(site: Site, group_id: int) -> Any:
    return redirect(url_for(".show", site_id=site.id, group_id=group_id), 303)


def _leader() -> int:
    """Who was chosen among those found; 0 is nobody."""
    try:
        return row_number(request.form.get("leader", ""))
    except ValueError:
        return 0


def _shifts(site: Site) -> Sequence[Shift]:
    """Those a group can come to now."""
    now = clock.now()
    found = floor.shifts_at(site, current_user.reach(ENTER), now)
    return [one for one in found if one.cancelled_at is None and one.closed_at is None]


def _offer(form: GroupForm, shifts: Sequence[Shift]) -> None:
    form.offer(shifts, partners.choosable(), groups.teams())


def _new_page(site: Site, form: GroupForm, typed: str, leader: int = 0) -> str:
    shifts, typed = _shifts(site), typed[:80]
    _offer(form, shifts)
    if form.shift.data not in {one.id for one in shifts}:
        now = clock.now()
        running = [one.id for one in shifts if one.starts_at <= now < one.ends_at]
        form.shift.data = next(iter([*running, *(one.id for one in shifts)]), None)
    return render_template(
        "groups/new.html",
        site=site,
        form=form,
        shifts=shifts,
        typed=typed,
        leader=leader,
        found=manual.find(typed, [one.id for one in shifts]),
    )
