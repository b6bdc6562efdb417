"""Naming from the tablet: somebody who is found, or a list that is pasted."""

from typing import Any

from flask import redirect, request, url_for

from checkin.operations.groups import Named
from checkin.web.fields import row_number
from checkin.web.groups.blueprint import ENTER, bp, group_at, site_within
from checkin.web.groups.entering import enter_ready, name_list, name_one, strike
from checkin.web.groups.forms import ListForm, NameForm
from checkin.web.groups.showing import supervisors_page
from checkin.web.guard import requires


@bp.post("/floor/<int:site_id>/groups/<int:group_id>/members")
@requires(ENTER)
def add(site_id: int, group_id: int):
    """Name the person whose button was pressed."""
    site, form = site_within(site_id), NameForm(formdata=None)
    group_at(site, group_id)
    if name_one(group_id, Named(person_id=_pressed()), form):
        return _back(site_id, group_id)
    site = site_within(site_id)
    return supervisors_page(site, group_at(site, group_id), naming=form), 422


@bp.post("/floor/<int:site_id>/groups/<int:group_id>/list")
@requires(ENTER)
def add_list(site_id: int, group_id: int):
    """Name everybody of a list, or with the second button those without a problem."""
    site, form = site_within(site_id), ListForm(prefix="list")
    group_at(site, group_id)
    bad = name_list(group_id, form)
    if bad is None:
        return _back(site_id, group_id)
    site = site_within(site_id)
    return supervisors_page(site, group_at(site, group_id), listing=form, bad=bad), form.status


@bp.post("/floor/<int:site_id>/groups/<int:group_id>/members/<int:person_id>/removal")
@requires(ENTER)
def remove(site_id: int, group_id: int, person_id: int):
    """The name is not one of them."""
    group_at(site_within(site_id), group_id)
    strike(group_id, person_id)
    return _back(site_id, group_id)


@bp.post("/floor/<int:site_id>/groups/<int:group_id>/waiting")
@requires(ENTER)
def enter(site_id: int, group_id: int):
    """Enter those whose guardian has agreed meanwhile."""
    group_at(site_within(site_id), group_id)
    enter_ready(group_id)
    return _back(site_id, group_id)


def _back(site_id: int, group_id: int) -> Any:
    address = url_for(".show", site_id=site_id, group_id=group_id, q=request.form.get("q") or None)
    return redirect(address, 303)


def _pressed() -> int:
    """Whose button it was; 0 is nobody."""
    try:
        return row_number(request.form.get("person", ""))
    except ValueError:
        return 0
