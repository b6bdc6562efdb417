"""A file that was sent: what its columns hold, what was found in it, entering it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from checkin.domain.days import local_day
from checkin.domain.errors import Conflict, Problem
from checkin.domain.roles import Permission
from checkin.operations import past
from checkin.operations.figures import naming
from checkin.operations.importing import FOR, Field
from checkin.operations.past import Draft, Prospect
from checkin.web import clock, errors
from checkin.web.fields import row_number
from checkin.web.guard import requires
from checkin.web.past import words
from checkin.web.past.blueprint import bp
from checkin.web.words import counted


@bp.get("/files/<string(length=32):draft_name>")
@requires(Permission.ENTER_PAST)
def show(draft_name: str):
    draft = past.find_draft(draft_name, clock.now())
    if draft.found is None:
        return redirect(url_for(".columns", draft_name=draft_name), 303)
    prospects = past.prospects(draft.found.entries, local_day(clock.now()))
    names = _names(prospects)
    good = [one for one in prospects if one.problem is None]
    years_out = [one for one in prospects if one.problem and one.entry.row is None]
    left_out = draft.found.left_out + len(prospects) - len(good) - len(years_out)
    return render_template(
        "past/preview.html",
        draft=draft,
        found=draft.found,
        good=[_shown(one, names) for one in good],
        years_out=[_shown(one, names) for one in years_out],
        left_out=left_out,
        exceeded=past.exceeded([one.entry for one in good]) if good else [],
        seen=",".join(str(one.replaces.id) for one in good if one.replaces),
        faults=_faults(draft, prospects),
        columns=_columns(draft),
        words=words,
    )


@bp.post("/files/<string(length=32):draft_name>/entry")
@requires(Permission.ENTER_PAST)
def enter(draft_name: str):
    draft = past.find_draft(draft_name, clock.now())
    try:
        number = past.enter(
            draft.found.entries if draft.found else (),
            source=draft.source,
            file_name=draft.file_name,
            seen=_seen(),
            by=current_user.id,
            now=clock.now(),
        )
    except Problem as problem:
        flash(errors.sentence(problem), "look" if isinstance(problem, Conflict) else "stop")
        return redirect(url_for(".show", draft_name=draft_name), 303)
    past.drop_draft(draft_name)
    flash(_("Entered: %(rows)s", rows=counted("rows", number)), "done")
    return redirect(url_for(".index"), 303)


@bp.post("/files/<string(length=32):draft_name>/removal")
@requires(Permission.ENTER_PAST)
def drop_file(draft_name: str):
    past.drop_draft(past.find_draft(draft_name, clock.now()).name)
    flash(_("The file was dropped. Nothing was entered"), "done")
    return redirect(url_for(".index"), 303)


@bp.get("/files/<string(length=32):draft_name>/columns")
@requires(Permission.ENTER_PAST)
def columns(draft_name: str):
    draft = past.find_draft(draft_name, clock.now())
    return _columns_page(draft, draft.look["columns"])


@bp.post("/files/<string(length=32):draft_name>/columns")
@requires(Permission.ENTER_PAST)
def name_columns(draft_name: str):
    draft = past.find_draft(draft_name, clock.now())
    width = len(draft.look["headings"])
    fields = [request.form.get(f"column-{place}", "") for place in range(width)]
    try:
        past.name_columns(draft_name, fields, by=current_user.id, now=clock.now())
    except Problem as problem:
        return _columns_page(draft, fields, _fault_of(problem, draft)), 422
    return redirect(url_for(".show", draft_name=draft_name), 303)


@bp.post("/files/<string(length=32):draft_name>/sheet")
@requires(Permission.ENTER_PAST)
def choose_sheet(draft_name: str):
    past.find_draft(draft_name, clock.now())
    sheet = request.form.get("sheet", 0, row_number) - 1
    try:
        past.choose_sheet(draft_name, sheet, now=clock.now())
    except Problem as problem:
        flash(errors.sentence(problem), "stop")
    return redirect(url_for(".columns", draft_name=draft_name), 303)


def _seen() -> set[int]:
    """The lines that were said to go, as the form sends them back."""
    parts = request.form.get("seen", "").split(",")
    return {int(one) for one in parts if one.isascii() and one.isdigit() and len(one) < 10}


def _names(prospects: list[Prospect]) -> dict[tuple[str, int], naming.Named]:
    """Of the sites, partners and campaigns by scope and key."""
    places = {(one.entry.scope, one.entry.key) for one in prospects}
    found = {}
    for scope in past.OF:
        named = naming.names(scope, [key for of, key in places if of == scope])
        found |= {(scope, key): name for key, name in named.items()}
    return found


def _shown(one: Prospect, names: dict[tuple[str, int], naming.Named]) -> dict[str, Any]:
    entry = one.entry
    return {
        "year": words.year_of(entry.period),
        "whose": words.whose(entry.scope, names.get((entry.scope, entry.key))),
        "cells": words.cells_of(entry.figures),
        "refusal": words.refusal(one.problem) if one.problem else "",
        "replaces": one.replaces,
        "before": words.cells_of(past.figures_of(one.replaces)) if one.replaces else {},
    }


def _faults(draft: Draft, prospects: list[Prospect]) -> list[tuple[int, str, str]]:
    """Why rows are left out: for what stands in them, or for the year they are of."""
    held = draft.look["columns"]
    where = words.column_name(draft, held.index(Field.YEAR) if Field.YEAR in held else None)
    refused = [
        (one.entry.row, where, words.refusal(one.problem))
        for one in prospects
        if one.problem and one.entry.row is not None
    ]
    told = [_fault(draft, one) for one in draft.found.faults]
    return sorted([*told, *refused[: past.MOST_FAULTS]], key=lambda one: one[0])


def _fault(draft: Draft, fault: past.Fault) -> tuple[int, str, str]:
    where = words.column_name(draft, fault.told.column)
    return fault.row, where, words.said_of(fault.told)


def _columns(draft: Draft) -> tuple[list[tuple[str, str]], list[str]]:
    """What each column that is kept holds, and the headings of the others."""
    kept, rest = [], []
    for place, code in enumerate(draft.look["columns"]):
        heading = words.column_name(draft, place)
        if code:
            kept.append((heading, str(words.FIELDS[code])))
        elif draft.look["headings"][place]:
            rest.append(heading)
    return kept, rest


def _columns_page(draft: Draft, fields: list[str], fault: str = "") -> str:
    names = {code: said for code, said in words.FIELDS.items() if _fits(code, draft.kind)}
    return render_template(
        "past/columns.html",
        draft=draft,
        fields=fields,
        names=names,
        fault=fault,
        headings=[words.column_name(draft, place) for place in range(len(fields))],
    )


def _fits(code: str, kind: str) -> bool:
    return not code or code in FOR[kind]


def _fault_of(problem: Problem, draft: Draft) -> str:
    if problem.code == "columns_missing":
        return str(words.COLUMNS_MISSING[draft.kind])
    return errors.sentence(problem)
