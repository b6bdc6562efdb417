"""A new phone without a message: a code on the supervisor’s tablet, read by that phone."""

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select

from checkin.database import db
from checkin.domain.errors import NotFound, Problem
from checkin.domain.roles import Permission
from checkin.models import Assignment, Enrolment, Person, Shift
from checkin.operations import accounts
from checkin.operations.permissions import people_within
from checkin.web import clock, intent
from checkin.web.accounts import opening
from checkin.web.accounts.blueprint import bp
from checkin.web.accounts.forms import EnrolmentForm, mark
from checkin.web.accounts.staff import refused
from checkin.web.errors import sentence
from checkin.web.guard import public, requires
from checkin.web.i18n import current_prefs
from checkin.web.qr import qr_svg, short_host, upper_base

VOUCH = Permission.CONFIRM_SIGN_IN


# --- the supervisor's tablet ---------------------------------------------------------------


@bp.post("/people/<int:person_id>/enrolments")
@requires(VOUCH)
def create_enrolment(person_id: int) -> Any:
    """A code for the new phone of somebody on one's rosters."""
    now = clock.now()
    within = people_within(current_user.reach(VOUCH), now)
    if db.session.scalar(within.where(Person.id == person_id)) is None:
        raise NotFound("person")
    try:
        made = accounts.make_enrolment(person_id, by=current_user.id, now=now)
    except Problem as problem:
        flash(sentence(problem), "look")
        return redirect(url_for("floor.index"), 303)
    return redirect(url_for(".show_enrolment", enrolment_id=made.id), 303)


@bp.get("/enrolments/<int:enrolment_id>")
@requires(VOUCH)
def show_enrolment(enrolment_id: int) -> Any:
    """The code, large, until it is used or its time is over; a live refresh gets what changes."""
    made, now = accounts.own_enrolment(enrolment_id, current_user.id), clock.now()
    state = _state(made, now)
    code = accounts.enrolment_code(made) if state == "waiting" else None
    partial = "HX-Request" in request.headers
    template = "accounts/_enrolment_shown.html" if partial else "accounts/enrolment_shown.html"
    page = render_template(
        template,
        made=made,
        state=state if code else "used" if state == "used" else "over",
        typed=_spaced(accounts.typed_part(code)) if code else "",
        picture=qr_svg(f"{upper_base()}/E/{code}", "M") if code else "",
        seconds=max(int((made.expires_at - now).total_seconds()), 0),
        host=short_host(),
        site_id=_site_of(made),
    )
    response = make_response(page)
    response.set_etag(f"{state}-{made.id}-{current_prefs()}")
    return response.make_conditional(request)


def _state(made: Enrolment, now: Any) -> str:
    if made.used_at is not None:
        return "used"
    return "waiting" if made.expires_at > now else "over"


def _site_of(made: Enrolment) -> int | None:
    """The floor to go back to: where this person is expected."""
    found = select(Shift.site_id).join(Assignment, Assignment.shift_id == Shift.id)
    return db.session.scalar(
        found.where(Assignment.person_id == made.person_id, Shift.ends_at > made.created_at)
        .where(Shift.is_draft.is_(False))
        .order_by(Shift.starts_at)
        .limit(1)
    )


def _spaced(typed: str) -> str:
    """In two halves, as people read it aloud: 7K3Q X9ZB."""
    return f"{typed[:4]} {typed[4:]}"


# --- the new phone -------------------------------------------------------------------------


@bp.get("/e/<code>")
@bp.get("/E/<code>")
@public
def enrolment(code: str) -> Any:
    """Whose phone this becomes, and the one button; looking signs nobody in."""
    try:
        person = accounts.enrolled_person(code, clock.now())
    except Problem as problem:
        return _over(problem)
    if _is_staff():
        return render_template("accounts/enrolment_here.html"), 409
    return render_template(
        "accounts/enrolment.html", person=person, code=code, touched_at=intent.touched_at()
    )


@bp.post("/e/<code>")
@bp.post("/E/<code>")
@public
def enrol(code: str) -> Any:
    """This is my phone: signed in, remembered, and on with whatever was scanned before."""
    if _is_staff():
        return redirect(url_for(".enrolment", code=code), 303)
    try:
        person_id, opened = accounts.enrol(
            code, label=opening.label(), language=current_prefs().lang, now=clock.now()
        )
    except Problem as problem:
        return _over(problem)
    return opening.go_on(person_id, opened)


@bp.route("/enrolment", methods=["GET", "POST"])
@public
def typed_enrolment() -> Any:
    """The eight characters, where no camera helps."""
    form, status = EnrolmentForm(), 200
    if form.validate_on_submit():
        try:
            code = accounts.enrolment_typed(
                form.code.data or "", address=opening.address(), now=clock.now()
            )
            return redirect(url_for(".enrolment", code=code), 303)
        except Problem as problem:
            mark(problem, form.code)
            status = refused(problem)
    page = render_template(
        "accounts/enrolment_typed.html", form=form, touched_at=intent.touched_at()
    )
    return page, status


def _over(problem: Problem) -> Any:
    return render_template("accounts/enrolment_over.html", heading=sentence(problem)), 410


def _is_staff() -> bool:
    """A supervisor's tablet must not become the volunteer's phone by a slip of the finger."""
    return current_user.is_authenticated and current_user.device.kind == "staff"
