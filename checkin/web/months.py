"""Months of figures: which are closed, closing one, opening it again, what was changed later."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from checkin.domain.days import MAKKAH, local_day
from checkin.domain.errors import NotFound
from checkin.domain.months import can_close, month_after
from checkin.domain.roles import Permission
from checkin.operations import figures, months
from checkin.operations.figures import Filter, Grouping, Totals, closed, late
from checkin.web import clock, errors, value_words
from checkin.web.digits import clock_hours, signed
from checkin.web.fields import Form, note_field
from checkin.web.filters import month_long
from checkin.web.guard import requires

bp = Blueprint("months", __name__, url_prefix="/months")

errors.sentences(
    month_unexplained=_l("Say why the month is opened again"),
    month_not_over=_l("Only a month that is over can be closed"),
    month_closed=_l(
        "The figures of the month %(month)s are closed. A coordinator can open the month again"
    ),
)

KNOWN = {
    "gender": _l("Man, woman or not said was changed"),
    "merge": _l("Two entries became one person"),
    "unmerge": _l("Two people again, who were one"),
    "join": _l("Joined a team"),
    "leave": _l("Left a team"),
}
"""How somebody is known otherwise since a month was closed."""


class ReopeningForm(Form):
    reason = note_field(
        _l("Why is it opened again?"),
        months.LONGEST_REASON,
        description=_l(
            "It stands with your name below the closed months, for all who see figures."
        ),
    )


@bp.get("")
@requires(Permission.SEE_FIGURES)
def index():
    reach = current_user.reach(Permission.SEE_FIGURES)
    every = months.closings()
    reopened = [row for row in every if row.MonthClosing.reopened_at]
    standing = {row.MonthClosing.month_on: row for row in every if row not in reopened}
    lines = {line.key: line.totals for line in figures.by(Grouping.MONTH, Filter(reach))}
    today = local_day(clock.now(), MAKKAH)
    return render_template(
        "months/index.html",
        rows=[
            (month, lines.get(month, Totals()), standing.get(month), can_close(month, today))
            for month in sorted(lines.keys() | standing.keys(), reverse=True)
        ],
        reopened=reopened,
        entries=late.entries(reach),
        people=closed.people_changes(reach),
        known=KNOWN,
        may_close=current_user.may(Permission.CLOSE_MONTHS),
        hours=clock_hours,
        signed=signed,
        words=value_words,
    )


@bp.get("/<string(length=7):month>/closure")
@requires(Permission.CLOSE_MONTHS)
def closure(month: str):
    begin = _begin(month)
    if not can_close(begin, local_day(clock.now(), MAKKAH)):
        raise NotFound("month")
    if months.closed_among([begin]):
        return redirect(url_for(".index"), 303)
    return render_template(
        "months/closure.html", month=month, begin=begin, totals=_totals(begin), hours=clock_hours
    )


@bp.post("/<string(length=7):month>/closure")
@requires(Permission.CLOSE_MONTHS)
def close(month: str):
    begin = _begin(month)
    months.close(begin, by=current_user.id, now=clock.now())
    flash(
        _("Closed: %(month)s. What is changed in it counts later", month=month_long(begin)), "done"
    )
    return redirect(url_for(".index"), 303)


@bp.route("/<string(length=7):month>/reopening", methods=["GET", "POST"])
@requires(Permission.CLOSE_MONTHS)
def reopen(month: str):
    begin = _begin(month)
    if not months.closed_among([begin]):
        return redirect(url_for(".index"), 303)
    form = ReopeningForm()
    if form.carry_out(
        lambda: months.reopen(begin, reason=form.reason.data, by=current_user.id, now=clock.now()),
        month_unexplained="reason",
    ):
        flash(_("Open again: %(month)s", month=month_long(begin)), "done")
        return redirect(url_for(".index"), 303)
    return render_template("months/reopening.html", form=form, begin=begin), form.status


def _begin(month: str) -> date:
    """The first day of a month like 2026-10; NotFound."""
    try:
        return date.fromisoformat(f"{month}-01")
    except ValueError:
        raise NotFound("month") from None


def _totals(begin: date) -> Totals:
    reach = current_user.reach(Permission.SEE_FIGURES)
    end = date.fromordinal(month_after(begin).toordinal() - 1)
    return figures.totals(Filter(reach, begin, end))
