"""People: found, entered, corrected, suspended; their roles and the invitation of staff."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from checkin.domain.errors import NotFound, Problem
from checkin.domain.roles import Permission, Role
from checkin.operations import accounts, devices, grants, memberships, merging, people, teams
from checkin.web import clock, errors
from checkin.web.acting import acted
from checkin.web.fields import row_number
from checkin.web.filters import isolate
from checkin.web.guard import requires
from checkin.web.people_forms import (
    CATEGORIES,
    GENDERS,
    ROLES,
    PersonForm,
    RoleForm,
    SuspensionForm,
)
from checkin.web.record_words import STATES
from checkin.web.targets import absolute

bp = Blueprint("people", __name__, url_prefix="/people")

errors.sentences(
    reach_missing=_l("Enter a mobile, or an e-mail for staff"),
    guardian_missing=_l("Enter the guardian’s mobile"),
    person_exists=_l("Somebody with this name and mobile is entered already"),
    email_taken=_l("Somebody else has this e-mail"),
    needs_administrator=_l("Only an administrator changes this account"),
    reason_missing=_l("Say why"),
    own_suspension=_l("Nobody suspends or restores their own account. Ask a colleague"),
)
BESIDE = {
    "reach_missing": "mobile",
    "guardian_missing": "guardian_mobile",
    "person_exists": "name",
    "email_taken": "email",
    "membership_overlaps": "partner_id",
    "partner_closed": "partner_id",
}
"""The field each problem stands beside."""


@bp.get("")
@requires(Permission.MANAGE_PEOPLE)
def index():
    text = request.args.get("q", "")[:100]
    return render_template(
        "people/index.html",
        found=people.page_of(request.args.get("page", 1, row_number), text),
        text=text,
        categories=CATEGORIES,
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def new():
    form = PersonForm()
    if form.carry_out(
        lambda: people.create(form.profile, by=current_user.id, now=clock.now()), **BESIDE
    ):
        flash(_("The person was added"), "done")
        _ask_about_twin(form.made)
        return redirect(url_for(".show", person_id=form.made), 303)
    return render_template("people/edit.html", form=form, person=None), form.status


@bp.get("/<int:person_id>")
@requires(Permission.MANAGE_PEOPLE)
def show(person_id: int):
    """Somebody; whoever was merged is shown as who it is."""
    if who := people.who_is(person_id):
        return redirect(url_for(".show", person_id=who), 303)
    return _page(person_id, RoleForm(grants.grantable(current_user.id, clock.now())))


@bp.route("/<int:person_id>/details", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def edit(person_id: int):
    person = people.find(person_id)
    form = PersonForm(person)
    if form.carry_out(
        lambda: people.change(person_id, form.profile, by=current_user.id, now=clock.now()),
        **BESIDE,
    ):
        flash(_("Saved"), "done")
        _ask_about_twin(person_id)
        return redirect(url_for(".show", person_id=person_id), 303)
    page = render_template("people/edit.html", form=form, person=people.find(person_id))
    return page, form.status


@bp.route("/<int:person_id>/suspension", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def suspend(person_id: int):
    person, form = people.find(person_id), SuspensionForm()
    if form.carry_out(
        lambda: people.suspend(*(person_id, form.reason.data), by=current_user.id, now=clock.now())
    ):
        flash(_("Suspended. Check-ins wait until you restore the account"), "done")
        return redirect(url_for(".show", person_id=person_id), 303)
    return render_template("people/suspension.html", form=form, person=person), form.status


@bp.post("/<int:person_id>/restoration")
@requires(Permission.MANAGE_PEOPLE)
def restore(person_id: int):
    return _acted(
        lambda: people.restore(person_id, by=current_user.id, now=clock.now()),
        _("Restored"),
        person_id,
    )


@bp.post("/<int:person_id>/guardian-consent")
@requires(Permission.MANAGE_PEOPLE)
def record_consent(person_id: int):
    return _acted(
        lambda: people.record_consent_of_guardian(person_id, by=current_user.id, now=clock.now()),
        _("The guardian’s consent is recorded"),
        person_id,
    )


@bp.post("/<int:person_id>/roles")
@requires(Permission.MANAGE_PEOPLE)
def give_role(person_id: int):
    people.find(person_id)
    form = RoleForm(grants.grantable(current_user.id, clock.now()))
    if form.carry_out(
        lambda: _give(person_id, form),
        own_grant="role",
        role_not_yours="role",
        grant_days="until_on",
        scope_missing="site_id" if form.role.data == Role.SUPERVISOR else "partner_id",
    ):
        asked = Role(form.role.data) in grants.TAKES_TWO
        said = _("Another administrator must confirm") if asked else _("The role was given")
        flash(said, "done")
        return redirect(url_for(".show", person_id=person_id, _anchor="roles"), 303)
    return _page(person_id, form), form.status


@bp.post("/<int:person_id>/roles/<int:grant_id>/ending")
@requires(Permission.MANAGE_PEOPLE)
def end_role(person_id: int, grant_id: int):
    if grant_id not in {grant.id for grant, _site, _partner in grants.of_person(person_id)}:
        raise NotFound("grant")
    return _acted(
        lambda: grants.end(grant_id, by=current_user.id, now=clock.now()),
        _("The role has ended"),
        person_id,
    )


@bp.post("/<int:person_id>/invitation")
@requires(Permission.MANAGE_PEOPLE)
def invite(person_id: int):
    """A link with which staff choose their password; shown once, to be handed over."""
    now = clock.now()
    try:
        people.refuse_invitation(person_id, by=current_user.id, now=now)
        token = accounts.invite_staff(person_id, by=current_user.id, now=now)
    except NotFound:
        raise
    except Problem as problem:
        return _refused(problem, person_id)
    link = absolute(url_for("accounts.invitation", token=token))
    return render_template("people/invitation.html", person=people.find(person_id), link=link)


def _ask_about_twin(person_id: int) -> None:
    """Families share a mobile, so nothing is refused; the two are offered on the person's page."""
    if twin := merging.twin_of(people.find(person_id)):
        said = _(
            "The same mobile belongs to %(name)s. If this is one person, compare the two under "
            "“Entered twice” below",
            name=isolate(twin.name),
        )
        flash(said, "look")


def _page(person_id: int, form: RoleForm) -> str:
    now = clock.now()
    return render_template(
        "people/show.html",
        person=people.find(person_id),
        form=form,
        held=grants.of_person(person_id),
        grantable=grants.grantable(current_user.id, now),
        summary=people.summary_of(person_id),
        latest=people.latest_attendances(person_id),
        team=teams.of_person(person_id),
        memberships=memberships.of_person(person_id),
        devices=devices.devices_of(person_id, now),
        merges=merging.merges_of(person_id),
        undo_from=now - merging.UNDO_WITHIN,
        categories=CATEGORIES,
        genders=GENDERS,
        roles=ROLES,
        states=STATES,
        now=now,
    )


def _give(person_id: int, form: RoleForm) -> int:
    role, by, now = Role(form.role.data), current_user.id, clock.now()
    if role in grants.TAKES_TWO:
        return grants.ask(person_id, role, by=by, now=now, term=form.term)
    return grants.give(person_id, role, **form.scope, by=by, now=now, term=form.term)


def _acted(act: Callable[[], Any], said: str, person_id: int) -> Any:
    return acted(act, said, url_for(".show", person_id=person_id))


def _refused(problem: Problem, person_id: int) -> Any:
    flash(errors.sentence(problem), "stop")
    return redirect(url_for(".show", person_id=person_id), 303)
