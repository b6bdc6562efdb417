"""A volunteer proves a mobile: the number, then the code that was sent to it."""

import re
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from checkin.domain.errors import Problem
from checkin.domain.text import latin_digits
from checkin.operations import accounts, hours
from checkin.operations.mobiles import normal_mobile
from checkin.web import clock, intent
from checkin.web.accounts import opening
from checkin.web.accounts.blueprint import bp
from checkin.web.accounts.forms import CodeForm, ForeignMobileForm, MobileForm, mark
from checkin.web.accounts.refusals import recall, show_again
from checkin.web.errors import sentence, waiting
from checkin.web.guard import public
from checkin.web.targets import safe_target

_ABROAD = re.compile(r"\s*(\+|00)\s*(?!966)\d")
_STATUS = {"too_many": 429, "messages_spent": 503}


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def volunteer_sign_in() -> Any:
    """The number; the answer is the same whether anybody has it or not."""
    target = request.args.get("next")
    if request.method != "POST" and current_user.is_authenticated:
        return redirect(safe_target(target), 303)
    foreign = "foreign" in request.args
    form = ForeignMobileForm() if foreign else MobileForm()
    status = 200
    if form.validate_on_submit():
        try:
            mobile = _mobile(form.mobile.data or "", foreign)
            return _begin(mobile, form.remember.data, target)
        except Problem as problem:
            mark(problem, form.mobile)
            status = _STATUS.get(problem.code, 422)
    code = intent.code()
    page = render_template(
        "accounts/sign_in.html",
        form=form,
        foreign=foreign,
        target=target,
        scanned=code,
        shift=hours.shift_at(code.site_id, code.shift_id, clock.now()) if code else None,
        touched_at=intent.touched_at(),
    )
    return page, status


def _mobile(typed: str, foreign: bool) -> str:
    """A Saudi number in any spelling; another one with its country code, + or 00 before it."""
    try:
        return normal_mobile(typed, foreign=True)
    except Problem as problem:
        if foreign or _ABROAD.match(latin_digits(typed)):
            raise Problem("mobile_invalid_abroad") from problem
        raise


def _begin(mobile: str, remember: bool, target: str | None) -> Any:
    started = opening.begin(mobile, remember=remember, target=target)
    try:
        opening.send_code(started)
    except Problem as problem:
        if problem.code != "resend_early":  # sent a moment ago: the same page, the same code
            raise
    return redirect(url_for("accounts.code"), 303)


@bp.route("/sign-in/code", methods=["GET", "POST"])
@public
def code() -> Any:
    started = opening.unproved()
    if started is None:
        return _over()
    form = CodeForm()
    if form.validate_on_submit():
        try:
            accounts.prove_mobile(
                started.mobile, form.code.data or "", visitor=opening.visitor(), now=clock.now()
            )
        except Problem as problem:
            return show_again(form, _renewed(problem, started))
        return opening.proved(started, started.mobile, "code")
    recall(form)
    wait = accounts.seconds_to_resend(started.mobile, visitor=opening.visitor(), now=clock.now())
    return render_template(
        "accounts/code.html",
        form=form,
        mobile=started.mobile,
        sent_to_all=accounts.is_sent_to_all(started.mobile),
        wait=wait,
        waiting=waiting(wait),
        demo_code=opening.demo_code(),
        site_known=intent.site_id() is not None,
        touched_at=intent.touched_at(),
    )


def _renewed(problem: Problem, started: opening.Opening) -> Problem:
    """A code that came too late is replaced at once; if that cannot be, the reason is said."""
    if problem.code != "code_expired":
        return problem
    try:
        opening.send_code(started)
    except Problem as refusal:
        return refusal
    return problem


@bp.post("/sign-in/codes")
@public
def new_code() -> Any:
    """Send another code."""
    started = opening.unproved()
    if started is None:
        return _over()
    try:
        opening.send_code(started)
    except Problem as problem:
        flash(sentence(problem), "look")
    else:
        flash(_("A new code was sent"), "done")
    return redirect(url_for("accounts.code"), 303)


def _over() -> Any:
    """Signed in meanwhile (a second press, another tab), or nothing was begun here."""
    if current_user.is_authenticated:
        return redirect(url_for("pages.home"), 303)
    return redirect(url_for("accounts.volunteer_sign_in"), 303)
