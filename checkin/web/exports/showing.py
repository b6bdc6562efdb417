"""Asking for a list as a file, seeing how far it is, fetching it."""

from urllib.parse import parse_qsl, urlencode

from flask import current_app, flash, redirect, render_template, request, send_file, url_for
from flask_login import current_user

from checkin.domain.days import local_day
from checkin.domain.errors import NotFound, Problem
from checkin.domain.roles import Permission
from checkin.models import Export
from checkin.operations import exporting, jobs, settings
from checkin.web import clock, errors
from checkin.web.export_words import ABOUT, KINDS, LISTS, NAMELESS, ONLY
from checkin.web.exports.blueprint import bp
from checkin.web.exports.words import STATES
from checkin.web.fields import row_number
from checkin.web.guard import requires
from checkin.web.i18n import current_prefs

_MIME = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/jsonl",
    "pdf": "application/pdf",
}


@bp.get("")
@requires(Permission.EXPORT)
def index():
    found = exporting.page_of(current_user.id, request.args.get("page", 1, row_number))
    if found.page > found.pages:
        raise NotFound("page")
    return render_template(
        "exports/index.html",
        found=found,
        states=STATES,
        kinds=KINDS,
        about=_about,
        kept=settings.value("export_days"),
    )


@bp.post("")
@requires(Permission.EXPORT)
def create():
    """Take out the list whose address the form carries."""
    what = request.form.get("what", "")
    if what not in current_app.extensions[exporting.LISTS]:
        raise NotFound("export")
    query = urlencode(parse_qsl(request.form.get("query", "")[:1000]))
    kind = request.form.get("kind", "")
    try:
        if kind not in ONLY.get(what, KINDS):
            raise Problem("export_kind")
        export_id = exporting.ask(
            what,
            query,
            kind,
            language=current_prefs().lang,
            digits=current_prefs().digits,
            by=current_user.id,
            now=clock.now(),
        )
    except Problem as problem:
        flash(errors.sentence(problem), "stop")
        return redirect(url_for(".index"), 303)
    jobs.nudge()
    return redirect(url_for(".show", export_id=export_id), 303)


@bp.get("/<int:export_id>")
@requires(Permission.EXPORT)
def show(export_id: int):
    row = exporting.find(export_id, current_user.id)
    fault = _said(row.fault) if row.state == "failed" else ""
    return render_template(
        "exports/show.html",
        row=row,
        states=STATES,
        kinds=KINDS,
        about=_about,
        nameless=NAMELESS,
        fault=fault,
    )


def _about(row: Export) -> str:
    """Which list it is, and of what; only which, where the address leads nowhere any more."""
    reach, prefs = current_user.reach(Permission.EXPORT), current_prefs()
    words = current_app.extensions[ABOUT].get(row.what, lambda _asked: [])
    try:
        of = words(exporting.Asked(row.query, prefs.lang, reach, digits=prefs.digits))
    except (NotFound, Problem):
        of = []
    return " · ".join(map(str, (LISTS[row.what], *of)))


def _said(fault: str) -> str:
    """Of a fault its code is kept; a sentence that wants its facts is not said without them."""
    try:
        return errors.sentence(Problem(fault))
    except KeyError:
        return errors.sentence(Problem("export_failed"))


@bp.get("/<int:export_id>/progress")
@requires(Permission.EXPORT)
def progress(export_id: int):
    """The part of the page that moves; it leads on when the work is done."""
    row = exporting.find(export_id, current_user.id)
    if row.state not in exporting.UNDER_WAY or "HX-Request" not in request.headers:
        return redirect(url_for(".show", export_id=export_id), 303)
    return render_template("exports/_progress.html", row=row)


@bp.get("/<int:export_id>/file")
@requires(Permission.EXPORT)
def file(export_id: int):
    path = exporting.file_of(export_id, current_user.id, clock.now())
    row = exporting.find(export_id, current_user.id)
    name = f"{row.what}-{local_day(row.created_at):%Y-%m-%d}-{row.id}.{row.kind}"
    answer = send_file(path, _MIME[row.kind], as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "no-store"  # it may hold names and mobiles
    return answer
