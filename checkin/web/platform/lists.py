"""The platform's own list: sent, its columns named, held against ours, and what differs shown."""

from typing import Any
from urllib.parse import urlencode

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import FileField
from wtforms.validators import StopValidation

from checkin.domain.days import local_day
from checkin.domain.errors import NotFound, Problem
from checkin.domain.roles import Permission
from checkin.models import PlatformList
from checkin.operations import importing, jobs, platform, settings
from checkin.operations.paging import Page
from checkin.web import clock, errors
from checkin.web.fields import Form, row_number
from checkin.web.figures.amounts import hours
from checkin.web.guard import requires
from checkin.web.imports import sentences
from checkin.web.platform import asking, narrowing, words
from checkin.web.platform.blueprint import bp, reach
from checkin.web.platform.differences import fault_of, more_here
from checkin.web.uploads import take_files

_OF_THE_FILE = (
    *("file_empty", "file_too_large", "file_is_picture", "file_is_old_excel", "file_is_locked"),
    *("file_is_web_page", "file_unknown", "file_broken", "file_unpacks", "too_many_rows"),
    *("too_many_columns", "quote_open", "no_rows"),
)
"""Problems that stand beside the file."""


class ListForm(Form):
    file = FileField(
        _l("File"),
        description=_l(
            "Excel (.xlsx) or text (.csv), as it is: columns are found by their headings"
        ),
    )

    def validate_file(self, field: FileField) -> None:
        if not field.data or not field.data.filename:
            raise StopValidation(_("Choose a file"))


take_files(bp, "send_list", Permission.EXPORT, importing.MOST_BYTES)


@bp.get("/lists")
@requires(Permission.SEE_FIGURES)
def lists():
    reach()
    return _page(ListForm(formdata=None))


@bp.post("/lists")
@requires(Permission.EXPORT)
def send_list():
    form = ListForm()
    if form.carry_out(lambda: _begin(form), **dict.fromkeys(_OF_THE_FILE, "file")):
        jobs.nudge()
        return redirect(url_for(".show_list", platform_list_id=form.made), 303)
    return _page(form), form.status


def _begin(form: ListForm) -> int:
    now = clock.now()
    return platform.begin(
        form.file.data.read(),
        form.file.data.filename,
        asking.asked(reach(), local_day(now)).filter,
        by=current_user.id,
        now=now,
    )


def _page(form: ListForm) -> str:
    found = asking.asked(reach(), local_day(clock.now()))
    return render_template(
        "platform/lists.html",
        form=form,
        about=asking.about(found),
        said=found.place,
        lists=platform.latest(),
        states=words.STATES,
        kept=settings.value("import_days"),
        may_send=current_user.may(Permission.EXPORT),
    )


@bp.get("/lists/<int:platform_list_id>")
@requires(Permission.SEE_FIGURES)
def show_list(platform_list_id: int):
    reach()
    row = platform.find(platform_list_id)
    may_send = current_user.may(Permission.EXPORT)
    if row.state == "mapping" and may_send:
        return redirect(url_for(".list_columns", platform_list_id=row.id), 303)
    if row.state == "ready":
        return _differences(row)
    return render_template(
        "platform/list.html",
        row=row,
        states=words.STATES,
        fault=_fault(row) if row.state == "failed" else "",
        may_send=may_send,
    )


@bp.get("/lists/<int:platform_list_id>/progress")
@requires(Permission.SEE_FIGURES)
def list_progress(platform_list_id: int):
    """The part of the page that moves; it leads on when the work is done."""
    reach()
    row = platform.find(platform_list_id)
    if row.state not in platform.UNDER_WAY or "HX-Request" not in request.headers:
        return redirect(url_for(".show_list", platform_list_id=row.id), 303)
    return render_template("platform/_progress.html", row=row)


@bp.get("/lists/<int:platform_list_id>/columns")
@requires(Permission.EXPORT)
def list_columns(platform_list_id: int):
    row = platform.find(platform_list_id)
    if row.state not in ("mapping", "ready", "failed") or not row.look:
        return redirect(url_for(".show_list", platform_list_id=row.id), 303)
    return _columns(row, row.look["columns"])


@bp.post("/lists/<int:platform_list_id>/columns")
@requires(Permission.EXPORT)
def name_list_columns(platform_list_id: int):
    row = platform.find(platform_list_id)
    width = len(row.look.get("headings", []))
    fields = [request.form.get(f"column-{place}", "") for place in range(width)]
    try:
        platform.name_columns(platform_list_id, fields, by=current_user.id, now=clock.now())
    except Problem as problem:
        if problem.code not in _OF_COLUMNS:
            return _moved(problem, platform_list_id)
        said = _OF_COLUMNS[problem.code] or errors.sentence(problem)
        return _columns(platform.find(platform_list_id), fields, str(said)), 422
    jobs.nudge()
    return redirect(url_for(".show_list", platform_list_id=platform_list_id), 303)


_OF_COLUMNS = {
    "column_twice": None,
    "columns_missing": _l("Choose a column for the hours, and one for the name or the mobile"),
}


@bp.post("/lists/<int:platform_list_id>/sheet")
@requires(Permission.EXPORT)
def choose_list_sheet(platform_list_id: int):
    sheet = request.form.get("sheet", 0, row_number) - 1
    try:
        platform.choose_sheet(platform_list_id, sheet, by=current_user.id, now=clock.now())
    except Problem as problem:
        return _moved(problem, platform_list_id)
    return redirect(url_for(".list_columns", platform_list_id=platform_list_id), 303)


@bp.post("/lists/<int:platform_list_id>/opportunities")
@requires(Permission.EXPORT)
def name_list_opportunities(platform_list_id: int):
    """What was chosen for names that none of ours has; those left open stay as they are."""
    unknown = platform.find(platform_list_id).totals.get("unknown", [])
    chosen = {}
    for place, (name, _rows) in enumerate(unknown):
        opportunity_id = request.form.get(f"name-{place}", None, row_number)
        if opportunity_id is not None:
            chosen[name] = opportunity_id
    try:
        platform.name_opportunities(platform_list_id, chosen, by=current_user.id, now=clock.now())
    except Problem as problem:
        return _moved(problem, platform_list_id)
    jobs.nudge()
    return redirect(url_for(".show_list", platform_list_id=platform_list_id), 303)


@bp.post("/lists/<int:platform_list_id>/removal")
@requires(Permission.EXPORT)
def drop_list(platform_list_id: int):
    try:
        platform.drop(platform_list_id, by=current_user.id, now=clock.now())
    except Problem as problem:
        return _moved(problem, platform_list_id)
    flash(_("The list was removed. Nothing else was changed"), "done")
    return redirect(url_for(".lists"), 303)


def _moved(problem: Problem, list_id: int) -> Any:
    """What goes no further is said where the list stands now; what is not there is no page."""
    if isinstance(problem, NotFound):
        raise problem
    flash(errors.sentence(problem), "stop")
    return redirect(url_for(".show_list", platform_list_id=list_id), 303)


def _columns(row: PlatformList, fields: list[str], fault: str = "") -> str:
    kinds = ("", *importing.FOR["platform"])
    return render_template(
        "platform/list_columns.html",
        row=row,
        fields=fields,
        names={code: sentences.FIELDS[code] for code in kinds},
        fault=fault,
        headings=[
            heading or _("Column %(number)s", number=place)
            for place, heading in enumerate(row.look["headings"], 1)
        ],
    )


def _fault(row: PlatformList) -> str:
    code = row.fault if row.fault in errors.SENTENCES else "platform_failed"
    return errors.sentence(Problem(code, **row.totals.get("facts", {})))


def _differences(row: PlatformList) -> str:
    within = narrowing.within(row)
    counts = platform.counts(row.id, within)
    first = next((way for way, number in counts.items() if number), "hours")
    way = request.args.get("show", first)
    way = way if way in counts else first
    shown = Page.of([], counts[way], request.args.get("page", 1, row_number))
    return render_template(
        "platform/differences.html",
        row=row,
        about=asking.days_of(row.wanted),
        own=asking.address_of(row.wanted),
        totals=row.totals,
        named=row.totals.get("named"),
        narrowed=bool(within),
        said=narrowing.said(),
        file_query=urlencode({"list": row.id, **narrowing.said()}),
        counts=[(one, words.DIFFERENCES[one], number) for one, number in counts.items()],
        to_enter=platform.number_to_enter(row.id, within),
        way=way,
        shown=shown,
        lines=platform.lines(row.id, way, shown.page, within),
        fault_of=fault_of,
        more_here=more_here,
        unknown=row.totals["unknown"],
        opportunities=platform.without_counterpart(row.id) if row.totals["unknown"] else [],
        hours=hours,
        signed=words.signed,
        may_export=current_user.may(Permission.EXPORT),
        may_see_people=current_user.may(Permission.MANAGE_PEOPLE),
    )
