"""Confirming a volunteer's sign-in: the supervisor taps the number the phone shows."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from checkin.domain.errors import NotFound, Problem
from checkin.domain.roles import Permission
from checkin.operations import accounts
from checkin.web import clock
from checkin.web.errors import sentence
from checkin.web.floor.blueprint import bp, site_within
from checkin.web.guard import requires


@bp.post("/floor/<int:site_id>/sign-ins/<int:request_id>")
@requires(Permission.CONFIRM_SIGN_IN)
def vouch(site_id: int, request_id: int):
    """One tap on one of three numbers."""
    site = site_within(site_id, Permission.CONFIRM_SIGN_IN)
    number = request.form.get("number", "")
    try:
        accounts.confirm_sign_in(
            request_id,
            int(number) if number.isdecimal() and len(number) < 4 else 0,
            by=current_user.id,
            now=clock.now(),
        )
    except NotFound:
        raise
    except Problem as problem:
        flash(sentence(problem), "look")
    else:
        flash(_("Confirmed. The phone signs in by itself"), "done")
    return redirect(url_for("floor.show", site_id=site.id), 303)
