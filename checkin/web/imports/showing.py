"""One import: how far its work has come, what was found, what became of it."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from checkin.domain.errors import Problem
from checkin.domain.roles import Permission
from checkin.models import Import
from checkin.operations import importing, partners
from checkin.operations.importing import Fate
from checkin.web import clock
from checkin.web.fields import row_number
from checkin.web.guard import requires
from checkin.web.imports import sentences
from checkin.web.imports.blueprint import bp, found
from checkin.web.imports.naming import moved

PER_PAGE = 50
DOUBTFUL_PER_PAGE = 500
"""Each is decided by a tick, and what is ticked must stand on one page."""


@bp.get("/<int:import_id>")
@requires(Permission.MANAGE_PEOPLE)
def show(import_id: int):
    row = found(import_id)
    if row.state == "mapping":
        return redirect(url_for(".columns", import_id=import_id), 303)
    if row.state == "ready":
        return _preview(row)
    return render_template(
        "imports/show.html",
        row=row,
        states=sentences.STATES,
        fault=sentences.fault_of(row) if row.state == "failed" else "",
    )


@bp.get("/<int:import_id>/progress")
@requires(Permission.MANAGE_PEOPLE)
def progress(import_id: int):
    """The part of the page that moves; it leads on when the work is done."""
    row = found(import_id)
    if row.state not in importing.UNDER_WAY or "HX-Request" not in request.headers:
        return redirect(url_for(".show", import_id=import_id), 303)
    return render_template("imports/_progress.html", row=row)


@bp.post("/<int:import_id>/addition")
@requires(Permission.MANAGE_PEOPLE)
def add(import_id: int):
    found(import_id)
    form = request.form
    try:
        importing.add(
            import_id,
            with_doubtful=form.get("doubtful") == "1",
            chosen=frozenset(form.getlist("row", row_number)),
            by=current_user.id,
            now=clock.now(),
        )
    except Problem as problem:
        return moved(problem, import_id)
    return redirect(url_for(".show", import_id=import_id), 303)


@bp.post("/<int:import_id>/removal")
@requires(Permission.MANAGE_PEOPLE)
def drop(import_id: int):
    shift_id = found(import_id).shift_id
    try:
        importing.drop(import_id, by=current_user.id, now=clock.now())
    except Problem as problem:
        return moved(problem, import_id)
    flash(_("The file was dropped. Nobody was added"), "done")
    return redirect(url_for(".index", shift=shift_id), 303)


def _preview(row: Import) -> str:
    outcome = importing.outcome_of(row)
    counts = {fate: outcome.count(fate) for fate in Fate}
    shown = _wanted(counts)
    page = request.args.get("page", 1, row_number)
    size = DOUBTFUL_PER_PAGE if shown is Fate.DOUBTFUL else PER_PAGE
    rows = outcome.page(page, size, shown)
    return render_template(
        "imports/preview.html",
        row=row,
        counts=counts,
        shown=shown,
        rows=[(one, sentences.shown_problems_of(row, one)) for one in rows],
        page=page,
        pages=max(-(-counts[shown] // size), 1),
        partners=partners.choosable() if row.mapping.get("unknown") else [],
        may_make=current_user.may(Permission.PLAN),
        teams=importing.teams() if row.mapping.get("unknown") else [],
    )


def _wanted(counts: dict[Fate, int]) -> Fate:
    """What the address asks for, else problems first."""
    asked = request.args.get("show", "")
    if asked in counts:
        return Fate(asked)
    return next((fate for fate in _ORDER if counts[fate]), Fate.GOOD)


_ORDER = (Fate.FAULTY, Fate.DOUBTFUL, Fate.GOOD, Fate.KNOWN)
