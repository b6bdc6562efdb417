"""The roll call and the evacuation list: everybody on site, ticked one by one."""

import uuid
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from checkin.domain.errors import Problem
from checkin.domain.roles import Permission
from checkin.models import Site
from checkin.operations import presence
from checkin.operations.presence import Look, OnSite
from checkin.web import clock
from checkin.web.errors import sentence
from checkin.web.fields import row_number
from checkin.web.guard import requires
from checkin.web.presence.blueprint import (
    CALL,
    bp,
    last_digits,
    may_at,
    own_id,
    site_within,
)

ENTER = Permission.ENTER_ATTENDANCE
PAGES = {"roll_call": "presence.roll_call", "evacuation": "presence.evacuation"}


@bp.get("/roll-call")
@requires(CALL)
def roll_call(site_id: int):
    """Everybody who is in, those not seen yet first; a tap says who is seen."""
    site, now = site_within(site_id), clock.now()
    return render_template("presence/roll_call.html", **_facts(site, now, "roll_call"))


@bp.get("/evacuation")
@requires(CALL)
def evacuation(site_id: int):
    """Everybody on site by shift, to tick off, to call, to print; without names for keeping.

    What a tablet keeps of the page itself names nobody: the people come from its own list.
    """
    site, now = site_within(site_id), clock.now()
    return render_template("presence/evacuation.html", **_facts(site, now, "evacuation"))


@bp.post("/roll-call")
@requires(ENTER)
def begin(site_id: int):
    """Begin anew for the whole site: not for whoever leads one shift of it."""
    site, now = site_within(site_id, ENTER), clock.now()
    presence.begin(site.id, by=current_user.id, now=now)
    return _back(site)


@bp.post("/sightings")
@requires(CALL)
def tick(site_id: int):
    """Tick one person, or take the tick back, from a page without scripts."""
    site, now = site_within(site_id), clock.now()
    person_id, _, seen = request.form.get("look", "")[:20].partition(":")
    told = Look(
        uid=own_id(request.form.get("uid")) or str(uuid.uuid4()),
        site_id=site.id,
        person_id=_number(person_id),
        was_seen=seen == "1",
    )
    try:
        presence.sight(told, reach=current_user.reach(CALL), by=current_user.id, now=now)
    except Problem as problem:
        flash(sentence(problem), "look")
    return _back(site)


def _facts(site: Site, now: datetime, page: str) -> dict[str, Any]:
    is_kept = "kept" in request.args
    on_site = presence.on_site(site, current_user.reach(CALL), now)
    shown = OnSite([], [], None) if is_kept else on_site
    return {
        "site": site,
        "zone": site.zone,
        "now": now,
        "page": page,
        "on_site": shown,
        "shifts": {shift.id: shift for shift in shown.shifts},
        "seen": shown.seen_by(current_user.id),
        "is_kept": is_kept,
        "uid": uuid.uuid4(),
        # all that is not for whoever leads one shift: beginning anew, numbers, spot checks
        "may_check": may_at(site, ENTER),
        "last_digits": last_digits,
    }


def _number(text: str) -> int:
    """The id of a row, or of nobody."""
    try:
        return row_number(text)
    except ValueError:
        return 0


def _back(site: Site):
    page = PAGES.get(request.form.get("page", ""), PAGES["roll_call"])
    return redirect(url_for(page, site_id=site.id), 303)
