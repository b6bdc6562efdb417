"""Choosing a site, and its floor: counters that filter, search, the table, what waits."""

import hashlib
from datetime import datetime

from flask import make_response, redirect, render_template, request, url_for
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from checkin.domain.roles import Permission
from checkin.models import Site
from checkin.operations import accounts, floor
from checkin.operations.attendance import derived_uid
from checkin.web import clock, record_words
from checkin.web.floor.blueprint import bp, may_at, site_within
from checkin.web.floor.codes import code_facts
from checkin.web.guard import requires

FILTERS = ("here", "awaited", "left", "review")


@bp.get("/floor")
@requires(Permission.SEE_FLOOR)
def index():
    """The one site of this person, or a choice."""
    sites = floor.sites_of(current_user.reach(Permission.SEE_FLOOR))
    if len(sites) == 1:
        return redirect(url_for("floor.show", site_id=sites[0].id), 303)
    people = floor.people_now(sites, clock.now())
    return render_template("floor/index.html", sites=sites, people=people)


@bp.get("/floor/<int:site_id>")
@requires(Permission.SEE_FLOOR)
def show(site_id: int):
    """The floor now; a live refresh gets only the part that changes, when it has changed."""
    site, now = site_within(site_id, Permission.SEE_FLOOR), clock.now()
    facts = {**_board(site, now), **_waiting(site, now)}
    if "HX-Request" in request.headers:
        return _unless_known(render_template("floor/_board.html", **facts))
    return render_template(
        "floor/show.html",
        **facts,
        **code_facts(site, now),
        entered=floor.entry_by(current_user.id, request.args.get("entered", ""), now),
    )


def _board(site: Site, now: datetime) -> dict[str, object]:
    shifts = floor.shifts_at(site, current_user.reach(Permission.SEE_FLOOR), now)
    board = floor.board(shifts, now)
    which = request.args.get("show", "here")
    typed = request.args.get("q", "")[:80]
    asked = floor.is_receipt_number(typed) and may_at(site, Permission.ENTER_ATTENDANCE)
    return {
        "site": site,
        "zone": site.zone,
        "now": now,
        "board": board,
        "shifts": {shift.id: shift for shift in shifts},
        "which": which if which in FILTERS else "here",
        "typed": typed,
        # a search looks at everybody, whatever counter was pressed
        "lines": board.shown("" if typed else (which if which in FILTERS else "here"), typed),
        "delivered": floor.delivered(site.id, typed, now) if asked else [],
        "asks_receipt": asked,
        "may_enter": may_at(site, Permission.ENTER_ATTENDANCE),
        "may_scan": current_user.may(Permission.READ_BADGES),
        "may_decide": may_at(site, Permission.DECIDE),
        "words": record_words,
    }


def _waiting(site: Site, now: datetime) -> dict[str, object]:
    """Who asks for something here; only for those who can give it."""
    may_enter = may_at(site, Permission.ENTER_ATTENDANCE)
    may_confirm = may_at(site, Permission.CONFIRM_SIGN_IN)
    return {
        "requests": floor.requests_at([site.id], now) if may_enter else [],
        "sign_ins": accounts.pending_sign_ins([site.id], now) if may_confirm else [],
        "entry_uid": lambda asked: derived_uid(asked.scan_uid, f"by {current_user.id}"),
    }


def _unless_known(html: str):
    """304 for a browser that has this already; the forms' tokens differ every time."""
    content = html.replace(generate_csrf(), "")
    response = make_response(html)
    response.set_etag(hashlib.sha256(content.encode()).hexdigest()[:32])
    return response.make_conditional(request)
