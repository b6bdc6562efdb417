"""One year's figures entered by hand."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from checkin.domain.errors import Problem
from checkin.domain.roles import Permission
from checkin.operations import past
from checkin.web import clock
from checkin.web.guard import requires
from checkin.web.past import words
from checkin.web.past.blueprint import bp
from checkin.web.past.forms import LineForm

_OF_THE_YEAR = (
    *("year_unreadable", "year_not_over", "year_worked", "year_shared", "year_implausible"),
    "past_taken",
)
_BESIDE = {
    **dict.fromkeys(_OF_THE_YEAR, "period"),
    "source_missing": "source",
    "nothing_told": "approved_minutes",
}


@bp.route("/lines/new", methods=["GET", "POST"])
@requires(Permission.ENTER_PAST)
def new_line():
    form = LineForm()
    if form.carry_out(lambda: _put(form), **_BESIDE):
        flash(_("Entered: %(year)s", year=words.year_of(form.period.key)), "done")
        return redirect(url_for(".index"), 303)
    return render_template("past/line.html", form=form), form.status


def _put(form: LineForm) -> int:
    try:
        return past.put(form.entry, source=form.source.data, by=current_user.id, now=clock.now())
    except Problem as problem:
        raise words.in_words(problem) from problem
