"""What the columns of a file mean, which of its sheets is meant, and names nobody here has."""

import re
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from checkin.domain.errors import NotFound, Problem
from checkin.domain.roles import Permission
from checkin.models import Import
from checkin.operations import importing
from checkin.web import clock, errors
from checkin.web.fields import row_number
from checkin.web.guard import requires
from checkin.web.imports import sentences
from checkin.web.imports.blueprint import bp, found
from checkin.web.partners_forms import PartnerForm

_NAMED = re.compile(r"name-([0-9]{1,3})")
_ARABIC = re.compile(r"[\u0600-\u06ff]")


@bp.get("/<int:import_id>/columns")
@requires(Permission.MANAGE_PEOPLE)
def columns(import_id: int):
    row = found(import_id)
    if row.state not in ("mapping", "ready", "failed") or "headings" not in row.mapping:
        return redirect(url_for(".show", import_id=import_id), 303)
    return _page(row, row.mapping["columns"])


@bp.post("/<int:import_id>/columns")
@requires(Permission.MANAGE_PEOPLE)
def name_columns(import_id: int):
    row = found(import_id)
    width = len(row.mapping.get("headings", []))
    fields = [request.form.get(f"column-{place}", "") for place in range(width)]
    try:
        importing.name_columns(import_id, fields, by=current_user.id, now=clock.now())
    except Problem as problem:
        if problem.code not in ("column_twice", "columns_missing"):
            return moved(problem, import_id)
        return _page(found(import_id), fields, errors.sentence(problem)), 422
    return redirect(url_for(".show", import_id=import_id), 303)


@bp.post("/<int:import_id>/sheet")
@requires(Permission.MANAGE_PEOPLE)
def choose_sheet(import_id: int):
    found(import_id)
    sheet = request.form.get("sheet", 0, row_number) - 1
    try:
        importing.choose_sheet(import_id, sheet, by=current_user.id, now=clock.now())
    except Problem as problem:
        return moved(problem, import_id)
    return redirect(url_for(".columns", import_id=import_id), 303)


@bp.post("/<int:import_id>/names")
@requires(Permission.MANAGE_PEOPLE)
def name_unknown(import_id: int):
    """What was chosen for unknown names; those left open stay a problem of their rows."""
    row = found(import_id)
    unknown = row.mapping.get("unknown", [])
    chosen = {}
    for key, value in request.form.items():
        place = _NAMED.fullmatch(key)
        if place and value.isascii() and value.isdigit() and int(place[1]) < len(unknown):
            field, name, _number = unknown[int(place[1])]
            chosen[field, name] = int(value[:9])
    try:
        importing.name_unknown(import_id, chosen, by=current_user.id, now=clock.now())
    except Problem as problem:
        return moved(problem, import_id)
    return redirect(url_for(".show", import_id=import_id), 303)


@bp.route("/<int:import_id>/names/<int:place>/partner", methods=["GET", "POST"])
@requires(Permission.PLAN)
def new_partner(import_id: int, place: int):
    """A partner that the file names and nobody here has; once it is made, it is what is meant."""
    row = found(import_id)
    name = request.form.get("meant") or _unknown_partner(row, place)
    form, by = PartnerForm(**_spelled(name)), current_user.id
    if not form.carry_out(
        lambda: importing.add_partner(import_id, name, form.plan, by=by, now=clock.now()),
        name_taken="name_ar",
    ):
        if form.problem is not None and form.problem.code == "import_moved":
            return moved(form.problem, import_id)
        return render_template("imports/partner.html", form=form, row=row, name=name), form.status
    flash(_("The partner was added, and the rows are checked again"), "done")
    return redirect(url_for(".show", import_id=import_id), 303)


def _unknown_partner(row: Import, place: int) -> str:
    unknown = row.mapping.get("unknown", []) if row.state == "ready" else []
    if place >= len(unknown) or unknown[place][0] != "partner":
        raise NotFound("partner")
    return unknown[place][1]


def _spelled(name: str) -> dict[str, str]:
    """A name of a file, in the field of its language."""
    return {"name_ar" if _ARABIC.search(name) else "name_en": name}


def moved(problem: Problem, import_id: int) -> Any:
    flash(errors.sentence(problem), "stop")
    return redirect(url_for(".show", import_id=import_id), 303)


def _page(row: Import, fields: list[str], fault: str = "") -> str:
    names = {code: words for code, words in sentences.FIELDS.items() if _fits(code, row.kind)}
    return render_template(
        "imports/columns.html",
        row=row,
        fields=fields,
        names=names,
        fault=fault,
        headings=[sentences.column_name(row, place) for place in range(len(fields))],
    )


def _fits(code: str, kind: str) -> bool:
    return not code or code in importing.FOR[kind]
