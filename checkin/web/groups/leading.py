"""Naming from the leader's own phone: one after the other, or a list that is pasted."""

from typing import Any

from flask import redirect, url_for

from checkin.domain.errors import Problem
from checkin.domain.roles import Permission
from checkin.web.groups.blueprint import bp, own_group
from checkin.web.groups.entering import enter_ready, name_list, name_one, strike
from checkin.web.groups.forms import ListForm, NameForm
from checkin.web.groups.showing import leaders_page
from checkin.web.guard import requires

OWN = Permission.OWN_ATTENDANCE


@bp.get("/groups/<int:group_id>")
@requires(OWN)
def own(group_id: int):
    """How many are named of those who came with the reader."""
    return leaders_page(own_group(group_id))


@bp.post("/groups/<int:group_id>/members")
@requires(OWN)
def name(group_id: int):
    """One more name, with the mobile."""
    own_group(group_id)
    form = NameForm()
    if form.validate_on_submit() and _name(group_id, form):
        return _back(group_id)
    return leaders_page(own_group(group_id), naming=form), form.status


@bp.post("/groups/<int:group_id>/list")
@requires(OWN)
def name_many(group_id: int):
    own_group(group_id)
    form = ListForm(prefix="list")
    bad = name_list(group_id, form)
    if bad is None:
        return _back(group_id)
    return leaders_page(own_group(group_id), listing=form, bad=bad), form.status


@bp.post("/groups/<int:group_id>/members/<int:person_id>/removal")
@requires(OWN)
def take_off(group_id: int, person_id: int):
    """The name is not one of them."""
    own_group(group_id)
    strike(group_id, person_id)
    return _back(group_id)


@bp.post("/groups/<int:group_id>/waiting")
@requires(OWN)
def enter_waiting(group_id: int):
    """Enter those whose guardian has agreed meanwhile."""
    own_group(group_id)
    enter_ready(group_id)
    return _back(group_id)


def _name(group_id: int, form: NameForm) -> bool:
    try:
        named = form.named
    except Problem as problem:
        form.refuse(problem, guardian_missing="guardian_mobile", mobile_invalid="guardian_mobile")
        return False
    return name_one(group_id, named, form)


def _back(group_id: int) -> Any:
    return redirect(url_for(".own", group_id=group_id), 303)
