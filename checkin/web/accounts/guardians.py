"""A young volunteer waits for the guardian's consent: a code sent to the guardian, passed on."""

from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from checkin.domain.errors import Problem
from checkin.domain.roles import Permission
from checkin.operations import accounts, jobs
from checkin.web import clock, intent
from checkin.web.accounts import opening
from checkin.web.accounts.blueprint import bp
from checkin.web.accounts.forms import CodeForm, GuardianMobileForm, guardian_of, mark
from checkin.web.accounts.refusals import recall, show_again
from checkin.web.errors import sentence
from checkin.web.guard import requires
from checkin.web.i18n import current_prefs

_ASKED = "guardian_asked"
"""In the session: the guardian's number that was sent a code from this browser."""


@bp.route("/account/guardian", methods=["GET", "POST"])
@requires(Permission.OWN_ATTENDANCE)
def guardian() -> Any:
    mobile = accounts.awaits_guardian(current_user.id)
    if mobile is None:
        return redirect(_onwards(), 303)
    form = CodeForm()
    if form.validate_on_submit():
        try:
            accounts.prove_guardian(current_user.id, form.code.data or "", now=clock.now())
        except Problem as problem:
            return show_again(form, _renewed(problem))
        flash(_("The guardian’s consent is recorded"), "done")
        return redirect(_onwards(), 303)
    recall(form)
    return render_template(
        "accounts/guardian.html",
        form=form,
        mobile=mobile,
        code_sent=session.get(_ASKED) == mobile,
        demo_code=opening.demo_code(),
    )


@bp.post("/account/guardian/codes")
@requires(Permission.OWN_ATTENDANCE)
def guardian_code() -> Any:
    """Send the guardian a code."""
    try:
        _send_code()
    except Problem as problem:
        flash(sentence(problem), "look")
        was_sent = problem.code == "resend_early"  # a moment ago, maybe from another phone
    else:
        was_sent = True
        flash(_("A code was sent to the guardian"), "done")
    if was_sent:
        session[_ASKED] = accounts.awaits_guardian(current_user.id)
    return redirect(url_for("accounts.guardian", next=request.args.get("next")), 303)


def _renewed(problem: Problem) -> Problem:
    """A code that came too late is replaced at once; if that cannot be, the reason is said."""
    if problem.code == "code_expired":
        try:
            _send_code()
        except Problem as refusal:
            return refusal
    return problem


def _send_code() -> None:
    code = accounts.request_guardian_code(
        current_user.id,
        address=opening.address(),
        language=current_prefs().lang,
        now=clock.now(),
    )
    opening.show_in_demo(code)
    jobs.nudge()


@bp.route("/account/guardian/mobile", methods=["GET", "POST"])
@requires(Permission.OWN_ATTENDANCE)
def guardian_mobile() -> Any:
    """A number that was mistyped can be put right for as long as nobody has agreed."""
    if accounts.awaits_guardian(current_user.id) is None:
        return redirect(url_for("pages.home"), 303)
    form = GuardianMobileForm()
    if form.validate_on_submit():
        mobile = guardian_of(form.guardian_mobile)
        try:
            accounts.change_guardian_mobile(current_user.id, mobile, now=clock.now())
        except Problem as problem:
            mark(problem, form.guardian_mobile)
        else:
            return redirect(url_for("accounts.guardian", next=request.args.get("next")), 303)
    page = render_template("accounts/guardian_mobile.html", form=form)
    return page, 422 if form.errors else 200


def _onwards() -> str:
    """Back to the scan that was waiting, when there is one."""
    if request.method != "POST":
        return url_for("pages.home")
    return intent.finish(current_user.id, request.args.get("next"), current_user.device.device_id)
