"""Who may do what: every role held, looked at again, ended; those that take two confirmed."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from checkin.domain.roles import Permission, Role
from checkin.operations import access, grants
from checkin.web import clock, errors
from checkin.web.acting import acted
from checkin.web.fields import row_number
from checkin.web.guard import requires
from checkin.web.people_forms import ROLES

bp = Blueprint("access", __name__, url_prefix="/access")

errors.sentences(
    second_needed=_l("A second administrator must confirm this role"),
    second_administrator=_l("Another administrator must confirm what you asked for"),
    request_over=_l("This was answered already"),
    role_over=_l("This role has ended"),
    grant_days=_l("The last day must not be before the first, nor in the past"),
)


@bp.get("")
@requires(Permission.MANAGE_PEOPLE)
def index():
    now, by = clock.now(), current_user.id
    confirms = Role.ADMINISTRATOR in grants.grantable(by, now)
    return render_template(
        "access/index.html",
        found=access.page_of(request.args.get("page", 1, row_number), by=by, now=now),
        requests=grants.waiting_requests() if confirms else [],
        is_overdue=lambda grant: access.is_overdue(grant, now),
        ends_soon=lambda grant: access.ends_soon(grant, now),
        soon_days=access.ENDS_SOON.days,
        roles=ROLES,
        now=now,
    )


@bp.post("/<int:grant_id>/review")
@requires(Permission.MANAGE_PEOPLE)
def review(grant_id: int):
    return _acted(
        lambda: access.keep(grant_id, by=current_user.id, now=clock.now()),
        _("Looked at: still needed"),
    )


@bp.post("/<int:grant_id>/ending")
@requires(Permission.MANAGE_PEOPLE)
def end(grant_id: int):
    return _acted(
        lambda: grants.end(grant_id, by=current_user.id, now=clock.now()),
        _("The role has ended"),
    )


@bp.post("/requests/<int:role_request_id>/confirmation")
@requires(Permission.MANAGE_PEOPLE)
def confirm(role_request_id: int):
    return _acted(
        lambda: grants.confirm(role_request_id, by=current_user.id, now=clock.now()),
        _("The role was given"),
    )


@bp.post("/requests/<int:role_request_id>/refusal")
@requires(Permission.MANAGE_PEOPLE)
def refuse(role_request_id: int):
    return _acted(
        lambda: grants.refuse(role_request_id, by=current_user.id, now=clock.now()),
        _("The role was not given"),
    )


def _acted(act: Callable[[], Any], said: str) -> Any:
    """Back to the page of the list it was done on."""
    page = request.form.get("page", 1, row_number)
    return acted(act, said, url_for(".index", page=page if page > 1 else None))
