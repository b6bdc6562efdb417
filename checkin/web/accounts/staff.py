"""Staff sign in with e-mail, password and authenticator, after a one-time invitation."""

from typing import Any

from flask import (
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user

from checkin.domain.errors import Problem
from checkin.operations import accounts
from checkin.operations.accounts import Checked
from checkin.web import clock
from checkin.web.accounts import opening
from checkin.web.accounts.blueprint import bp
from checkin.web.accounts.forms import NewPasswordForm, StaffForm, TotpForm, mark
from checkin.web.errors import sentence
from checkin.web.guard import public
from checkin.web.targets import safe_target


@bp.route("/staff/sign-in", methods=["GET", "POST"])
@public
def staff_sign_in() -> Any:
    target = request.args.get("next")
    if request.method != "POST" and _is_staff():
        return redirect(safe_target(target), 303)
    form, status = StaffForm(), 200
    if form.validate_on_submit():
        try:
            checked = accounts.check_password(
                form.email.data or "",
                form.password.data or "",
                address=opening.address(),
                now=clock.now(),
            )
            return go_on(checked, target)
        except Problem as problem:
            status = refused(problem)
            form.form_errors = [sentence(problem)]
    return _with_retry(render_template("accounts/staff_sign_in.html", form=form), status)


def _is_staff() -> bool:
    return current_user.is_authenticated and current_user.device.kind == "staff"


def refused(problem: Problem) -> int:
    return {"too_many": 429, "busy": 503}.get(problem.code, 422)


def _with_retry(page: str, status: int) -> Any:
    response = make_response(page, status)
    if status == 503:
        response.headers["Retry-After"] = "2"
    return response


def go_on(checked: Checked, target: str | None) -> Any:
    """In, or first to the authenticator: to its code, or to setting it up where that is asked."""
    if not checked.has_totp and not current_app.config["REQUIRE_TOTP"]:
        return opening.admit_staff(checked, target or "/")
    opening.begin_staff(checked, target)
    step = "staff_code" if checked.has_totp else "authenticator"
    return redirect(url_for(f"accounts.{step}"), 303)


@bp.route("/staff/sign-in/code", methods=["GET", "POST"])
@public
def staff_code() -> Any:
    """The authenticator's code."""
    started = opening.staff()
    if started is None or not started.has_totp:
        return redirect(url_for("accounts.staff_sign_in"), 303)
    form, status = TotpForm(), 200
    if form.validate_on_submit():
        try:
            accounts.check_totp(
                started.checked,
                form.code.data or "",
                address=opening.address(),
                now=clock.now(),
            )
            return opening.admit_staff(started.checked, started.target)
        except Problem as problem:
            mark(problem, form.code)
            status = refused(problem)
    return render_template("accounts/staff_code.html", form=form), status


@bp.route("/staff/invitations/<string:token>", methods=["GET", "POST"])
@public
def invitation(token: str) -> Any:
    """Choose a password; the link works once, for three days."""
    if len(token) > 300:
        abort(404)
    try:
        accounts.invited(token, clock.now())
    except Problem as problem:
        page = render_template("accounts/invitation_over.html", heading=sentence(problem))
        return page, 410
    form, status = NewPasswordForm(), 200
    if form.validate_on_submit():
        try:
            checked = accounts.accept_invitation(token, form.new.data or "", now=clock.now())
        except Problem as problem:
            mark(problem, form.new)
            status = refused(problem)
        else:
            flash(_("Your password is set"), "done")
            return go_on(checked, None)
    return _with_retry(render_template("accounts/invitation.html", form=form), status)
