"""The pages and answers under `/display`: for a browser with the credential of a screen."""

import base64
from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from checkin.domain.errors import Problem
from checkin.domain.roles import Permission
from checkin.operations import displays, locking
from checkin.web import clock, errors
from checkin.web.display_sheet import sides_of
from checkin.web.displays import credential, lock
from checkin.web.displays.blueprint import bp
from checkin.web.displays.forms import PairingForm, PinForm
from checkin.web.guard import csrf, public
from checkin.web.qr import upper_base


@bp.get("/display")
@public
def show() -> Any:
    """The code, full screen; the page draws it with keys of its own."""
    display = credential.current()
    if display is None:
        return redirect(url_for(".leave" if lock.is_shut() else ".pair"), 303)
    return render_template(
        "displays/show.html",
        display=display,
        site=display.site,
        sides=sides_of(display.site),
        base=upper_base(),
        may_leave=display.pin_mac is not None,
    )


@bp.get("/display/keys")
@public
def keys() -> Any:
    """The keys of today and tomorrow; nothing else of the secret ever leaves the server."""
    display = credential.current()
    if display is None:
        return _unknown()
    now = clock.now()
    return jsonify(
        number=display.number,
        site_id=display.site_id,
        epoch=display.epoch,
        key_id=displays.key_id(),
        server_time=now.isoformat(),
        keys=[
            {"day": day.isoformat(), "key": base64.b64encode(key).decode()}
            for day, key in displays.keys_of(display, now)
        ],
    )


@bp.get("/display/time")
@public
def time() -> Any:
    if credential.current() is None:
        return _unknown()
    return jsonify(server_time=clock.now().isoformat())


@bp.post("/display/seen")
@public
@csrf.exempt
def seen() -> Any:
    """How far this screen's clock is off. The page may come from the browser's own store, so it
    holds no form token: the cookie is sent from our own pages only, and no form sends JSON.
    """
    display = credential.current()
    if display is None:
        return _unknown()
    content = request.get_json() if request.is_json else abort(415)
    drift = content.get("drift_ms") if isinstance(content, dict) else None
    if not isinstance(drift, int) or isinstance(drift, bool):
        abort(400)
    displays.seen(display.id, drift, now=clock.now())
    return "", 204


@bp.get("/display/last")
@public
def last() -> Any:
    """When somebody last checked in or out here; never who."""
    display = credential.current()
    if display is None:
        return _unknown()
    found = displays.last_scan_at(display.site_id, clock.now())
    return jsonify(
        at=found.effective_at.isoformat() if found else None, kind=found.kind if found else None
    )


@bp.route("/display/pair", methods=["GET", "POST"])
@public
def pair() -> Any:
    """A code typed here makes this browser a screen."""
    form = PairingForm()

    def act() -> displays.Screen:
        address = request.remote_addr or "unknown"
        return displays.pair(form.code.data or "", address=address, now=clock.now())

    if form.carry_out(act, pairing_unknown="code", too_many="code"):
        response = redirect(url_for(".show"), 303)
        credential.keep(response, form.made.secret)
        return response
    is_over = credential.is_over()
    return render_template("displays/pair.html", form=form, is_over=is_over), form.status


@bp.route("/display/leave", methods=["GET", "POST"])
@public
def leave() -> Any:
    """Back to the supervisor's pages, with the PIN chosen when the screen was opened."""
    display, form = credential.current(), PinForm()
    if display is None or display.pin_mac is None:
        if not lock.is_shut():
            return redirect(url_for(".pair" if display is None else ".show"), 303)
        return render_template("displays/stopped.html")

    def act() -> None:
        displays.leave(display.id, form.pin.data or "", now=clock.now())

    if form.carry_out(act, pin_wrong="pin", too_many="pin"):
        lock.release()
        if current_user.is_authenticated and current_user.device.device_id is not None:
            locking.reopen(current_user.device.device_id, now=clock.now())
        flash(_("The display is closed on this device"), "done")
        response = redirect(_after(display.site_id), 303)
        credential.drop(response)
        return response
    return render_template("displays/leave.html", form=form, site=display.site), form.status


def _after(site_id: int) -> str:
    may = current_user.is_authenticated and current_user.may(Permission.SEE_FLOOR)
    return url_for("floor.show", site_id=site_id) if may else url_for("pages.home")


def _unknown() -> Any:
    """The screen forgets its keys and says that it was stopped."""
    problem = Problem("display_revoked")
    return jsonify(error={"code": problem.code, "sentence": errors.sentence(problem)}), 401
