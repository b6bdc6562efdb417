"""Where supervisors see the screens of their sites: add, pair, open here, stop."""

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from checkin.database import db
from checkin.domain.errors import NotFound, Problem
from checkin.domain.roles import Permission
from checkin.models import Display, Site
from checkin.operations import displays
from checkin.operations.displays.screens import PAIRING_LIVES, display_within
from checkin.web import clock, errors
from checkin.web.displays import credential, lock
from checkin.web.displays.blueprint import bp
from checkin.web.displays.forms import DisplayForm, PinForm
from checkin.web.guard import requires
from checkin.web.targets import absolute

_PAIRING = "pairing"


@bp.get("/displays")
@requires(Permission.MANAGE_DISPLAYS)
def index() -> Any:
    return _index(DisplayForm(_sites(Permission.MANAGE_DISPLAYS)))


@bp.post("/displays")
@requires(Permission.MANAGE_DISPLAYS)
def create() -> Any:
    """A screen that will stand somewhere by itself, and the code to pair it with."""
    form = DisplayForm(_sites(Permission.MANAGE_DISPLAYS))

    def act() -> displays.Screen:
        who, now = current_user.id, clock.now()
        return displays.create(form.site_id.data, form.name.data or "", by=who, now=now)

    if form.carry_out(act, display_site_closed="site_id", text_unreadable="name"):
        return _to_code(form.made)
    return _index(form), 422


@bp.post("/displays/<int:display_id>/pairing")
@requires(Permission.MANAGE_DISPLAYS)
def renew(display_id: int) -> Any:
    """Another code, when the first was too old or the browser forgot itself."""
    display = _display(display_id)
    try:
        screen = displays.renew_pairing(display.id, by=current_user.id, now=clock.now())
    except Problem as problem:
        flash(errors.sentence(problem), "stop")
        return redirect(url_for(".index"), 303)
    return _to_code(screen)


@bp.route("/displays/<int:display_id>/revocation", methods=["GET", "POST"])
@requires(Permission.MANAGE_DISPLAYS)
def revocation(display_id: int) -> Any:
    """A lost screen: nothing it shows counts from now on."""
    display = _display(display_id)
    if request.method != "POST":
        return render_template("displays/revocation.html", display=display)
    displays.revoke(display.id, by=current_user.id, now=clock.now())
    flash(_("The display was stopped. Its codes no longer work"), "done")
    return redirect(url_for(".index"), 303)


@bp.route("/sites/<int:site_id>/display", methods=["GET", "POST"])
@requires(Permission.SHOW_CODE)
def open(site_id: int) -> Any:
    """Show the code of this site in this very browser; the PIN leads back."""
    site, form = _site(site_id), PinForm()

    def act() -> displays.Screen:
        return displays.open_here(site.id, form.pin.data or "", by=current_user.id, now=clock.now())

    if form.carry_out(act, pin_invalid="pin"):
        response = redirect(url_for(".show"), 303)
        credential.keep(response, form.made.secret)
        lock.shut(form.made.display.id)
        return response
    return render_template("displays/open.html", form=form, site=site), form.status


def _index(form: DisplayForm) -> str:
    now = clock.now()
    sites = _sites(Permission.MANAGE_DISPLAYS)
    found = displays.displays_within(site.id for site in sites)
    return render_template(
        "displays/index.html",
        form=form,
        sites=sites,
        displays=[(display, state_of(display, now)) for display in found],
        pairing=_pairing(found, now),
        address=absolute(url_for(".pair")),
    )


def state_of(display: Display, now: datetime) -> tuple[str, str, str]:
    """The tag of a screen: kind, icon, words."""
    if display.credential_sha is None:
        waits = display.pairing_expires_at is not None and display.pairing_expires_at > now
        return (
            ("look", "clock", _("Waiting to be paired"))
            if waits
            else ("queued", "screen", _("Off"))
        )
    silent = display.seen_at is None or now - display.seen_at > displays.UNSYNCED_AFTER
    return ("look", "cloud-off", _("Not heard from")) if silent else ("done", "check", _("On"))


def _to_code(screen: displays.Screen) -> Any:
    """The code is shown to whoever asked for it, until it is used or too old."""
    kept = {"display_id": screen.display.id, "code": screen.secret}
    session[_PAIRING] = {**kept, "until": (clock.now() + PAIRING_LIVES).isoformat()}
    return redirect(url_for(".index", _anchor="pairing"), 303)


def _pairing(found: list[Display], now: datetime) -> dict[str, Any] | None:
    kept = session.get(_PAIRING)
    if not isinstance(kept, dict) or datetime.fromisoformat(kept["until"]) <= now:
        return None
    waiting = {display.id: display for display in found if display.pairing_sha is not None}
    display = waiting.get(kept["display_id"])
    if display is None:
        return None
    return {"display": display, "code": kept["code"], "until": display.pairing_expires_at}


def _sites(permission: Permission) -> list[Site]:
    return list(db.session.scalars(displays.sites_within(current_user.reach(permission))))


def _site(site_id: int) -> Site:
    within = displays.sites_within(current_user.reach(Permission.SHOW_CODE))
    site = db.session.scalar(within.where(Site.id == site_id))
    if site is None:
        raise NotFound("site")
    return site


def _display(display_id: int) -> Display:
    site_ids = [site.id for site in _sites(Permission.MANAGE_DISPLAYS)]
    display = display_within(display_id, site_ids)
    if display is None:
        raise NotFound("display")
    return display
