"""The volunteer's side of the supervisor's confirmation: a number to show, and waiting."""

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for

from checkin.domain.errors import Problem
from checkin.operations import accounts
from checkin.web import clock, intent
from checkin.web.accounts import opening
from checkin.web.accounts.blueprint import bp
from checkin.web.errors import sentence
from checkin.web.guard import public
from checkin.web.i18n import current_prefs


@bp.get("/sign-in/confirmation")
@public
def confirmation() -> Any:
    """The number, until the supervisor has tapped it; a live refresh gets the part that changes."""
    asked = accounts.own_request(opening.visitor(), clock.now())
    if asked is None:
        return redirect(url_for("accounts.code"), 303)
    partial = "HX-Request" in request.headers
    template = "accounts/_confirmation.html" if partial else "accounts/confirmation.html"
    response = make_response(render_template(template, asked=asked))
    # of the state, not of the words: the form's token is a new one in every answer
    response.set_etag(f"{asked.state}-{asked.number}-{current_prefs()}")
    return response.make_conditional(request)


@bp.post("/sign-in/confirmation")
@public
def ask_supervisor() -> Any:
    """Ask the supervisor of the site whose code was scanned."""
    started, site_id = opening.unproved(), intent.site_id()
    if started is None or site_id is None:
        return redirect(url_for("accounts.volunteer_sign_in"), 303)
    try:
        accounts.request_confirmation(
            started.mobile,
            site_id=site_id,
            visitor=opening.visitor(),
            address=opening.address(),
            now=clock.now(),
        )
    except Problem as problem:
        flash(sentence(problem), "look")
        return redirect(url_for("accounts.code"), 303)
    return redirect(url_for("accounts.confirmation"), 303)


@bp.post("/sign-in/confirmed")
@public
def confirmed() -> Any:
    """Go on once the supervisor has confirmed."""
    started = opening.unproved()
    if started is None:
        return redirect(url_for("accounts.volunteer_sign_in"), 303)
    try:
        mobile = accounts.redeem_confirmation(opening.visitor(), clock.now())
    except Problem as problem:
        flash(sentence(problem), "look")
        return redirect(url_for("accounts.confirmation"), 303)
    return opening.proved(started, mobile, "vouched")
