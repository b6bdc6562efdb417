"""Confirming a volunteer's sign-in: the supervisor taps the number the phone shows."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from checkin.domain.errors import NotFound, Problem
from checkin.domain.roles import Permission
from checkin.operations import accounts
from checkin.web import clock
from checkin.web.errors import sentence
from checkin.web.floor.blueprint import bp, site_within
from checkin.web.guard import requires
from checkin.web.targets import safe_target

_TO_SUPERVISORS: dict[str, Any] = {
    "confirmation_refused": _l(
        "Wrong number twice, so this request has ended. The volunteer can ask again"
    ),
    "confirmation_over": _l("This request has ended. The volunteer can ask again"),
}
"""What the phone is told in other words, for it is somebody else who asks again."""


@bp.post("/floor/<int:site_id>/sign-ins/<int:request_id>")
@requires(Permission.CONFIRM_SIGN_IN)
def vouch(site_id: int, request_id: int):
    """One tap on one of three numbers; back to the board as it was filtered."""
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
        flash(str(_TO_SUPERVISORS.get(problem.code) or sentence(problem)), "look")
    else:
        flash(_("Confirmed. The phone signs in by itself"), "done")
    here = url_for("floor.show", site_id=site.id)
    return redirect(safe_target(request.form.get("next"), here), 303)
