"""The spot check: three names picked by the server, each seen or not."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from checkin.domain.errors import NotFound, Problem
from checkin.domain.roles import Permission
from checkin.models import Site
from checkin.operations import presence
from checkin.web import clock
from checkin.web.errors import sentence
from checkin.web.guard import requires
from checkin.web.presence.blueprint import bp, last_digits, own_id, site_within

CHECK = Permission.ENTER_ATTENDANCE
"""It looks after leads as well, so they do not do it."""


@bp.get("/spot-check")
@requires(CHECK)
def spot_check(site_id: int):
    """The names that are asked for now, or the button that picks some."""
    site, now = site_within(site_id, CHECK), clock.now()
    return render_template(
        "presence/spot_check.html",
        site=site,
        zone=site.zone,
        drawn=presence.draw_at(site.id, current_user.reach(CHECK), now),
        uid=uuid.uuid4,
        may_check=True,
        last_digits=last_digits,
    )


@bp.post("/spot-check")
@requires(CHECK)
def draw(site_id: int):
    """Pick three names."""
    site, now = site_within(site_id, CHECK), clock.now()
    try:
        presence.draw(site.id, reach=current_user.reach(CHECK), by=current_user.id, now=now)
    except Problem as problem:
        flash(sentence(problem), "look")
    return _back(site)


@bp.post("/spot-check/<int:attendance_id>")
@requires(CHECK)
def answer(site_id: int, attendance_id: int):
    """Say whether somebody who was picked is there."""
    site, now = site_within(site_id, CHECK), clock.now()
    try:
        presence.answer(
            own_id(request.form.get("uid")) or str(uuid.uuid4()),
            site.id,
            attendance_id,
            was_seen=request.form.get("seen") == "1",
            reach=current_user.reach(CHECK),
            by=current_user.id,
            now=now,
        )
    except NotFound:
        raise
    except Problem as problem:
        flash(sentence(problem), "look")
    return _back(site)


def _back(site: Site):
    return redirect(url_for("presence.spot_check", site_id=site.id), 303)
