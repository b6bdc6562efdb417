"""The scanner: a tablet that reads badges one after the other, with or without a network."""

import uuid

from flask import (
    Blueprint,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user

from checkin.domain.errors import NotFound, Problem
from checkin.domain.roles import Permission
from checkin.domain.scanning import Verdict
from checkin.models import Site
from checkin.operations import badges, floor
from checkin.operations.badges import Read
from checkin.operations.manual import REASONS as MANUAL_REASONS
from checkin.web import clock, concern_words, record_words
from checkin.web.badges.handing import elsewhere
from checkin.web.errors import sentence
from checkin.web.filters import isolate, time_short
from checkin.web.guard import POLICY_WITH_WASM, requires

bp = Blueprint("scanner", __name__)

READ = Permission.READ_BADGES
REASONS = tuple(reason for reason in MANUAL_REASONS if reason != "other")
"""Another reason takes words, and words take the form of an entry by hand."""


@bp.get("/scanner")
@requires(READ)
def index():
    """The one site of this person, or a choice."""
    sites = floor.sites_of(current_user.reach(READ))
    if len(sites) == 1:
        return redirect(url_for("scanner.show", site_id=sites[0].id), 303)
    return render_template("scanner/index.html", sites=sites)


@bp.get("/sites/<int:site_id>/scanner")
@requires(READ)
def show(site_id: int):
    """The scanner of one site; its scripts do the rest, and ask for the camera."""
    site = _site(site_id)
    enters = current_user.reach(Permission.ENTER_ATTENDANCE)
    response = make_response(
        render_template(
            "scanner/show.html",
            site=site,
            uid=uuid.uuid4(),
            may_enter=enters.everywhere or site.id in enters.site_ids,
            reasons=[(code, record_words.REASONS[code]) for code in REASONS],
        )
    )
    response.headers["Content-Security-Policy"] = POLICY_WITH_WASM
    return response


@bp.post("/sites/<int:site_id>/scanner")
@requires(READ)
def read(site_id: int):
    """A badge's code that was typed, for browsers without scripts."""
    site, now = _site(site_id), clock.now()
    try:
        told = badges.read(
            request.form.get("code", "")[:80],
            site_id=site.id,
            by=current_user.id,
            uid=_own_id(request.form.get("scan_uid", "")),
            now=now,
            reach=current_user.reach(READ),
        )
    except NotFound:
        raise
    except Problem as problem:
        flash(sentence(problem), "stop")
    else:
        flash(*_said(told, site))
        concern_words.say_after(told, now)
    return redirect(url_for("scanner.show", site_id=site.id), 303)


def _own_id(text: str) -> str:
    """The id that the page was made with, so that sending it twice is one act."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return str(uuid.uuid4())


def _said(told: Read, site: Site) -> tuple[str, str]:
    """The answer in words, and how it looks."""
    name = isolate(told.name)
    if told.verdict is Verdict.CHECKED_IN:
        return _("%(name)s checked in", name=name), "done"
    if told.verdict is Verdict.CHECKED_OUT:
        return _("%(name)s checked out", name=name), "done"
    if told.verdict is Verdict.ALREADY_IN:
        since = time_short(told.in_at or told.effective_at, site.zone)
        return _("%(name)s already checked in at %(time)s", name=name, time=since), "look"
    if told.verdict is Verdict.OPEN_ELSEWHERE:
        return elsewhere(told), "look"
    return _("The entry was noted for review; it did not change the record"), "look"


def _site(site_id: int) -> Site:
    """The site, where this person reads badges; else it is not there at all."""
    for site in floor.sites_of(current_user.reach(READ)):
        if site.id == site_id:
            return site
    raise NotFound("site")
