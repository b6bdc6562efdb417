"""After a mobile is proved: the person it belongs to, one of several, or somebody new."""

from typing import Any

from flask import redirect, render_template, url_for
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from checkin.domain.errors import Problem
from checkin.operations import accounts
from checkin.operations.accounts import Registration
from checkin.web import clock, intent
from checkin.web.accounts import opening
from checkin.web.accounts.blueprint import bp
from checkin.web.accounts.forms import NameChoiceForm, RegistrationForm, mark
from checkin.web.guard import public


@bp.route("/sign-in/name", methods=["GET", "POST"])
@public
def name() -> Any:
    """Which of the people with this mobile."""
    proof = opening.proven()
    if proof is None:
        return _start_over()
    people = accounts.people_with(proof.mobile)
    if not people:
        return redirect(url_for("accounts.registration"), 303)
    form = NameChoiceForm()
    form.person.choices = [SelectChoice(one.id, one.name) for one in people]
    if form.validate_on_submit():
        return opening.admit(form.person.data, proof)
    page = render_template("accounts/name.html", form=form, touched_at=intent.touched_at())
    return page, 422 if form.errors else 200


@bp.route("/sign-in/registration", methods=["GET", "POST"])
@public
def registration() -> Any:
    """One page for somebody new: name, category, team, guardian when under 18, consent."""
    proof = opening.proven()
    if proof is None:
        return _start_over()
    form = RegistrationForm()
    if form.validate_on_submit():
        person_id = _register(form, proof)
        if person_id is not None:
            return opening.admit(person_id, proof)
    page = render_template("accounts/registration.html", form=form, touched_at=intent.touched_at())
    return page, 422 if form.errors else 200


def _register(form: RegistrationForm, proof: opening.Opening) -> int | None:
    new = Registration(
        name=form.name.data or "",
        category=form.category.data,
        team_name=form.team_name.data or "",
        is_minor=form.is_minor.data,
        guardian_mobile=form.guardian,
    )
    try:
        return accounts.register(new, mobile=proof.mobile, now=clock.now())
    except Problem as problem:
        mark(problem, _field_of(form, problem))
        return None


def _field_of(form: RegistrationForm, problem: Problem) -> Any:
    if problem.code.startswith("text_"):
        return form.team_name
    return form.guardian_mobile if problem.code.startswith("guardian_") else form.name


def _start_over() -> Any:
    if current_user.is_authenticated:
        return redirect(url_for("pages.home"), 303)
    return redirect(url_for("accounts.volunteer_sign_in"), 303)
