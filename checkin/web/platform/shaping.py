"""Which columns the file has, in which order, under which headings and with which words."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from checkin.database import db
from checkin.domain.errors import Problem
from checkin.domain.plausibility import parse_count
from checkin.domain.roles import Permission
from checkin.operations import figures, platform
from checkin.operations.figures import Filter
from checkin.operations.platform import Hours, Part, Shape
from checkin.web import clock, errors
from checkin.web.guard import requires
from checkin.web.platform import words
from checkin.web.platform.blueprint import bp, reach
from checkin.web.platform.taking_out import cells_of, columns_of, spelled


@bp.get("/columns")
@requires(Permission.EXPORT)
def columns():
    return _page(platform.chosen())


@bp.post("/columns")
@requires(Permission.EXPORT)
def choose_columns():
    """Saved, or only shown by an example, as the button said."""
    shape = _typed()
    try:
        platform.checked(shape)
        if request.form.get("only") == "example":
            return _page(shape)
        platform.choose(shape, by=current_user.id, now=clock.now())
    except Problem as problem:
        return _page(shape, errors.sentence(problem)), 422
    flash(_("Saved. The next file looks like this"), "done")
    return redirect(url_for(".columns"), 303)


@bp.post("/columns/removal")
@requires(Permission.EXPORT)
def choose_usual_columns():
    platform.choose_usual(by=current_user.id, now=clock.now())
    flash(_("The file has its usual columns again"), "done")
    return redirect(url_for(".columns"), 303)


def _typed() -> Shape:
    """The columns ticked, by the number beside each; those of one number as they stood."""
    form = request.form
    found = [
        (_number(form.get(f"place-{part}", "")), standing, part, form.get(f"heading-{part}", ""))
        for standing, part in enumerate(_ordered(platform.chosen()))
        if f"use-{part}" in form
    ]
    hours = form.get("hours", "")
    return Shape(
        tuple((part, heading) for _place, _standing, part, heading in sorted(found)),
        Hours(hours) if hours in list(Hours) else Hours.DECIMAL,
        {code: form.get(f"word-{code}", "") for code in platform.WORDS},
    )


def _number(text: str) -> int:
    """Where no place was typed, at the end."""
    try:
        number = parse_count(text)
    except Problem:
        number = None
    return number or 10_000


def _ordered(shape: Shape) -> list[Part]:
    """The columns of the file, then those it could have."""
    return [*shape.parts, *(part for part in Part if part not in shape.parts)]


def _page(shape: Shape, fault: str = "") -> Any:
    headings = dict(shape.columns)
    return render_template(
        "platform/columns.html",
        fault=fault,
        rows=[
            (part, words.COLUMNS[part], part in headings, headings.get(part, ""))
            for part in _ordered(shape)
        ],
        shape=shape,
        hours=words.HOURS,
        words=words.WORDS,
        example=_example(shape),
        is_usual=platform.chosen().is_usual,
    )


def _example(shape: Shape) -> list[tuple[str, str]]:
    """A row of the last month in which somebody came, or of any; nothing where nobody has hours."""
    days = figures.span(reach())
    if days is None:
        return []
    for wanted in (Filter(reach(), days[1].replace(day=1), days[1]), Filter(reach())):
        row = db.session.execute(platform.listed(wanted).limit(1)).first()
        if row is not None:
            cells = zip(columns_of(shape), cells_of(shape)(row), strict=True)
            return [(column.heading, spelled(column, cell)) for column, cell in cells]
    return []
