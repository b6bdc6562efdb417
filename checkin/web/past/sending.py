"""Sending a file of earlier years."""

from flask import redirect, render_template, url_for
from flask_login import current_user

from checkin.domain.roles import Permission
from checkin.operations import past
from checkin.operations.past import Draft
from checkin.web import clock
from checkin.web.guard import requires
from checkin.web.past.blueprint import bp
from checkin.web.past.forms import FileForm

_OF_THE_FILE = (
    *("file_empty", "file_too_large", "file_is_picture", "file_is_old_excel", "file_is_locked"),
    *("file_is_web_page", "file_unknown", "file_broken", "file_unpacks", "too_many_rows"),
    *("too_many_columns", "quote_open", "no_rows", "no_years"),
)
_BESIDE = {
    **dict.fromkeys(_OF_THE_FILE, "file"),
    "source_missing": "source",
    "year_unreadable": "period",
}


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.ENTER_PAST)
def new():
    form = FileForm()
    if form.carry_out(lambda: _begin(form), **_BESIDE):
        where = ".show" if form.made.found else ".columns"
        return redirect(url_for(where, draft_name=form.made.name), 303)
    return render_template("past/new.html", form=form), form.status


def _begin(form: FileForm) -> Draft:
    return past.begin(
        form.file.data.read(),
        form.file.data.filename,
        kind=form.kind.data,
        source=form.source.data,
        period=form.period.key,
        by=current_user.id,
        now=clock.now(),
    )
