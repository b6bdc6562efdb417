"""A person's own page: who we think they are, their devices, their choices, their data."""

from io import BytesIO
from typing import Any

from flask import (
    Response,
    flash,
    json,
    make_response,
    redirect,
    render_template,
    send_file,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user

from checkin.database import db
from checkin.domain.errors import NotFound, Problem
from checkin.domain.roles import Permission
from checkin.models import Person
from checkin.operations import accounts, devices
from checkin.web import clock
from checkin.web.accounts import opening
from checkin.web.accounts.blueprint import bp
from checkin.web.accounts.forms import ChangePasswordForm, mark
from checkin.web.accounts.staff import refused
from checkin.web.errors import sentence
from checkin.web.guard import clear_device_cookie, public, requires


@bp.get("/account")
@requires(Permission.OWN_ATTENDANCE)
def show() -> str:
    """Who I am here, where I am signed in, how I see pages; staff also how they get in."""
    return render_template(
        "accounts/show.html",
        person=db.session.get_one(Person, current_user.id),
        devices=devices.devices_of(current_user.id, clock.now()),
        own_device_id=current_user.device.device_id,
        is_staff=_is_staff(),
    )


def _is_staff() -> bool:
    return bool(current_user.device.kind == "staff")


@bp.get("/account/data")
@requires(Permission.OWN_ATTENDANCE)
def own_data() -> Response:
    """Everything held about me, as one JSON file."""
    record = accounts.own_record(current_user.id, clock.now())
    if record["acts_apart"]:
        record["acts_at"] = url_for(".own_acts", _external=True)
    written = json.dumps(record, ensure_ascii=False, indent=2, sort_keys=False)
    response = make_response(written)
    response.mimetype = "application/json"
    response.headers["Content-Disposition"] = 'attachment; filename="checkin-my-data.json"'
    return response


@bp.get("/account/data/acts")
@requires(Permission.OWN_ATTENDANCE)
def own_acts() -> Response:
    """Everything I ever did here, one act a line, however many there are."""
    written = BytesIO()
    for act in accounts.own_acts(current_user.id):
        written.write(json.dumps(act, ensure_ascii=False, sort_keys=False).encode() + b"\n")
    written.seek(0)
    name = "checkin-my-acts.jsonl"
    return send_file(written, "application/jsonl", as_attachment=True, download_name=name)


@bp.post("/account/news")
@requires(Permission.OWN_ATTENDANCE)
def want_news() -> Any:
    """Messages about my hours, from now on."""
    try:
        accounts.want_news(current_user.id, clock.now())
    except Problem as problem:
        flash(sentence(problem), "look")
    else:
        flash(_("You will be sent messages about your hours"), "done")
    return redirect(url_for("accounts.show", _anchor="news"), 303)


@bp.post("/account/news/ending")
@requires(Permission.OWN_ATTENDANCE)
def stop_news() -> Any:
    """No messages about my hours any more."""
    accounts.stop_news(current_user.id, clock.now())
    flash(_("You will not be sent messages about your hours"), "done")
    return redirect(url_for("accounts.show", _anchor="news"), 303)


@bp.post("/account/devices/<int:device_id>/revocation")
@requires(Permission.OWN_ATTENDANCE)
def revoke_device(device_id: int) -> Any:
    """Sign out one of my devices; the one in hand has its own button."""
    now = clock.now()
    if device_id not in {one.id for one in devices.devices_of(current_user.id, now)}:
        raise NotFound("device")
    devices.revoke(device_id, by=current_user.id, now=now)
    flash(_("That device is signed out"), "done")
    return redirect(url_for("accounts.show"), 303)


@bp.post("/account/devices/revocations")
@requires(Permission.OWN_ATTENDANCE)
def revoke_other_devices() -> Any:
    """Sign out everywhere but here."""
    here = current_user.device.device_id
    devices.revoke_all(current_user.id, by=current_user.id, now=clock.now(), but=here)
    flash(_("All other devices are signed out"), "done")
    return redirect(url_for("accounts.show"), 303)


@bp.route("/account/password", methods=["GET", "POST"])
@requires(Permission.OWN_ATTENDANCE)
def password() -> Any:
    """Staff change their password; every other session of theirs ends."""
    if not _is_staff():
        raise NotFound("page")
    form, status = ChangePasswordForm(), 200
    if form.validate_on_submit():
        try:
            checked = accounts.change_password(
                current_user.id,
                form.current.data or "",
                form.new.data or "",
                address=opening.address(),
                now=clock.now(),
            )
        except Problem as problem:
            mark(problem, form.new if problem.code.startswith("password_") else form.current)
            status = refused(problem)
        else:
            flash(_("Your password is set"), "done")
            return opening.admit_staff(checked, url_for("accounts.show"))
    return render_template("accounts/password.html", form=form), status


@bp.post("/sign-out")
@public
def sign_out() -> Any:
    """End this device's sign-in; nothing stays in the browser."""
    if current_user.is_authenticated:
        devices.revoke(current_user.device.device_id, by=current_user.id, now=clock.now())
    session.clear()
    flash(_("You are signed out"), "done")
    response = redirect(url_for("pages.home"), 303)
    clear_device_cookie(response)
    return response
