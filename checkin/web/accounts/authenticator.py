"""Setting up an authenticator app: a picture to scan, then its first code."""

from typing import Any

from flask import flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from checkin.domain import totp
from checkin.domain.errors import Problem
from checkin.operations import accounts
from checkin.web import clock
from checkin.web.accounts import opening
from checkin.web.accounts.blueprint import bp
from checkin.web.accounts.forms import TotpForm, mark
from checkin.web.guard import public
from checkin.web.qr import qr_svg, short_host


@bp.route("/staff/authenticator", methods=["GET", "POST"])
@public
def authenticator() -> Any:
    """For staff who are signed in, and for those whose password was right and who must enrol."""
    started = opening.staff()
    person_id = _signed_in_staff() or (started.person_id if started else None)
    if person_id is None:
        return redirect(url_for("accounts.staff_sign_in"), 303)
    security = accounts.security_of(person_id)
    if security.has_totp:
        return _elsewhere(started)
    secret = session.setdefault("new_secret", accounts.new_totp_secret())
    form = TotpForm()
    if form.validate_on_submit():
        try:
            accounts.enrol_totp(person_id, secret, form.code.data or "", now=clock.now())
        except Problem as problem:
            mark(problem, form.code)
        else:
            return _enrolled(started)
    page = render_template(
        "accounts/authenticator.html",
        form=form,
        secret=secret,
        picture=qr_svg(_address(security.email, secret), level="M", label=_("Code to scan")),
    )
    return page, 422 if form.errors else 200


def _signed_in_staff() -> int | None:
    if current_user.is_authenticated and current_user.device.kind == "staff":
        return int(current_user.id)
    return None


def _address(email: str, secret: str) -> str:
    """Names the host, not the organisation: Arabic would make the picture three times as fine."""
    return totp.address(secret, email, short_host())


def _enrolled(started: opening.StaffOpening | None) -> Any:
    session.pop("new_secret", None)
    flash(_("Your authenticator is set up"), "done")
    if _signed_in_staff() is None and started is not None:
        return opening.admit_staff(started.checked, started.target)
    return redirect(url_for("accounts.show"), 303)


def _elsewhere(started: opening.StaffOpening | None) -> Any:
    """Set up already: it is taken off by an administrator, never by whoever holds the tablet."""
    if _signed_in_staff() is None and started is not None:
        return redirect(url_for("accounts.staff_sign_in"), 303)
    return redirect(url_for("accounts.show"), 303)
