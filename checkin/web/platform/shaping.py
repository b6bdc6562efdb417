"""Which columns the file has, in which order, under which headings and with which words."""

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from checkin.database import db
from checkin.domain.errors import Problem
from checkin.domain.roles import Permission
from checkin.operations import figures, platform
from checkin.operations.figures import Filter
from checkin.operations.platform import Shape
from checkin.web import clock, errors
from checkin.web.guard import requires
from checkin.web.platform import typed, words
from checkin.web.platform.blueprint import bp, reach
from checkin.web.platform.taking_out import cells_of, columns_of, spelled
from checkin.web.platform.typed import Typed


@bp.get("/columns")
@requires(Permission.EXPORT)
def columns():
    shape = platform.chosen()
    return _page(typed.of(shape), example=shape)


@bp.post("/columns")
@requires(Permission.EXPORT)
def choose_columns():
    """Saved, or only shown by an example, as the button said."""
    form = typed.sent()
    if faults := typed.faults(form):
        return _page(form, faults), 422
    try:
        shape = platform.checked(form.shape)
        if request.form.get("only") == "example":
            return _page(typed.of(shape, form.rows), example=shape)
        platform.choose(shape, by=current_user.id, now=clock.now())
    except Problem as problem:
        return _page(form, {"": errors.sentence(problem)}), 422
    flash(_("Saved. The next file looks like this"), "done")
    return redirect(url_for(".columns"), 303)


@bp.post("/columns/removal")
@requires(Permission.EXPORT)
def choose_usual_columns():
    platform.choose_usual(by=current_user.id, now=clock.now())
    flash(_("The file has its usual columns again"), "done")
    return redirect(url_for(".columns"), 303)


def _page(
    form: Typed, faults: Mapping[str, str] | None = None, example: Shape | None = None
) -> str:
    return render_template(
        "platform/columns.html",
        form=form,
        faults=faults or {},
        names=words.COLUMNS,
        hours=words.HOURS,
        words=words.WORDS,
        example=None if example is None else _example(example),
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
