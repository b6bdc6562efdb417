"""Reports: chosen and read at an address that is their definition, kept under a name."""

from typing import Any
from urllib.parse import parse_qsl

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from checkin.domain.days import local_day
from checkin.domain.errors import NotFound, Problem
from checkin.domain.roles import Permission
from checkin.operations import figures, reports
from checkin.operations.figures import naming
from checkin.operations.permissions import Reach
from checkin.web import clock, errors, value_words
from checkin.web.figures import earlier
from checkin.web.figures.blueprint import bp
from checkin.web.figures.choosing import SENT
from checkin.web.figures.periods import latest_day
from checkin.web.figures.ready_made import ready_made
from checkin.web.figures.report_asked import Asked, asked
from checkin.web.figures.report_lines import MOST_SHOWN, later, methods, sheet
from checkin.web.figures.reports_forms import NamingForm, ReportForm
from checkin.web.guard import requires

errors.sentences(
    report_too_long=_l(
        "This report would have more than %(most)s rows. Choose longer steps of time or fewer "
        "days, narrow it, or take it by one thing only"
    ),
    report_of_one_too_long=_l(
        "This report would have more than %(most)s rows. Choose fewer days, or narrow it"
    ),
    report_by_the_same=_l("Choose two different things to report by"),
    report_name_taken=_l("You have a report of this name. Choose another name"),
    report_kept=_l("You keep this report already, as “%(name)s”"),
    reports_too_many=_l("You keep %(most)s reports. Remove one first"),
    report_address_long=_l("This report is narrowed to too much to be kept"),
)
BESIDE = {
    "report_by_the_same": "then",
    "days_turned": "until",
}
"""The field each problem stands beside."""


@bp.get("/reports")
@requires(Permission.SEE_FIGURES)
def reports_index():
    reach = current_user.reach(Permission.SEE_FIGURES)
    wanted = report = problem = None
    try:
        wanted = asked(reach)
        if wanted is not None and SENT in request.args:
            return redirect(url_for(".reports_index", **wanted.address), 303)
        report = figures.report(wanted.dimensions, wanted.wanted.filter) if wanted else None
    except NotFound:
        raise
    except Problem as found:
        problem = found
    form = ReportForm(reach, _today(), wanted, again=problem is not None and wanted is None)
    if problem is not None:
        form.refuse(problem, **_beside(problem))
    if wanted is None or report is None:
        return _choosing(form, reach), 422 if problem else 200
    return _shown(form, wanted, report)


def _beside(problem: Problem) -> dict[str, str]:
    field = {"until": "until"}.get(str(problem.facts.get("field")), "from_")
    return {**BESIDE, **dict.fromkeys(("day_unreadable", "day_far", "days_incomplete"), field)}


def _choosing(form: ReportForm, reach: Reach) -> str:
    own, shared = _kept(reach)
    return render_template(
        "figures/reports.html",
        form=form,
        ready=ready_made(latest_day(reach, _today())),
        own=own,
        shared=shared,
    )


def _shown(form: ReportForm, wanted: Asked, report: figures.Report) -> str:
    drawn, told = sheet(report, wanted, MOST_SHOWN), earlier.beside(wanted.wanted.filter)
    named = [row for row in _seen() if row.SavedReport.query == wanted.query]
    return render_template(
        "figures/report.html",
        form=form,
        asked=wanted,
        sheet=drawn,
        name=named[0].SavedReport.name if named else "",
        methods=[*methods(drawn, wanted), *earlier.methods(told)],
        earlier=earlier.lines(told, report.total),
        may_export=current_user.may(Permission.EXPORT),
        later=later(wanted.wanted.filter),
        warning=value_words.warning(report.total) if "value" in wanted.figures else None,
    )


def _kept(reach: Reach) -> tuple[list[Any], list[Any]]:
    """One's own, and what others share, save what lies beyond one's reach."""
    rows = list(_seen())
    own = [row for row in rows if row.SavedReport.owner_id == current_user.id]
    others = [row for row in rows if row not in own]
    return own, [row for row in others if _within(row.SavedReport.query, reach)]


def _within(query: str, reach: Reach) -> bool:
    """Whether it is narrowed to nothing that this reader may not name."""
    said = dict(parse_qsl(query))
    keys = {name: int(said.get(name, figures.WITHOUT)) for name in naming.MODELS}
    return all(naming.is_seen(name, key, reach) for name, key in keys.items() if key)


def _seen() -> Any:
    return reports.seen_by(current_user.id)


def _today():
    return local_day(clock.now())


# --- under a name ------------------------------------------------------------------------------


@bp.route("/reports/new", methods=["GET", "POST"])
@requires(Permission.SEE_FIGURES)
def new_report():
    wanted = _asked()
    form = NamingForm(_may_share(), name=" · ".join((wanted.title, *wanted.about))[:120])
    if form.carry_out(
        lambda: reports.keep(form.naming, wanted.query, by=current_user.id, now=clock.now()),
        report_name_taken="name",
        report_kept="name",
    ):
        flash(_("The report was kept under its name"), "done")
        return redirect(url_for(".reports_index", **wanted.address), 303)
    page = render_template("figures/report_name.html", form=form, asked=wanted, row=None)
    return page, form.status


@bp.route("/reports/<int:report_id>", methods=["GET", "POST"])
@requires(Permission.SEE_FIGURES)
def edit_report(report_id: int):
    row = reports.own(report_id, current_user.id)
    form = NamingForm(_may_share() or row.is_shared, row)
    if form.carry_out(
        lambda: reports.rename(report_id, form.naming, by=current_user.id, now=clock.now()),
        report_name_taken="name",
    ):
        flash(_("Saved"), "done")
        return redirect(url_for(".reports_index"), 303)
    return render_template("figures/report_name.html", form=form, row=row), form.status


@bp.route("/reports/<int:report_id>/removal", methods=["GET", "POST"])
@requires(Permission.SEE_FIGURES)
def remove_report(report_id: int):
    row = reports.own(report_id, current_user.id)
    if request.method != "POST":
        return render_template("figures/report_removal.html", row=row)
    reports.remove(report_id, by=current_user.id, now=clock.now())
    flash(_("The report was removed"), "done")
    return redirect(url_for(".reports_index"), 303)


def _asked() -> Asked:
    """The report of an address that must say one."""
    wanted = asked(current_user.reach(Permission.SEE_FIGURES))
    if wanted is None:
        raise NotFound("report")
    return wanted


def _may_share() -> bool:
    return current_user.may(Permission.PLAN)
