"""Opportunities: the published calls, each with its rules and its shifts."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from checkin.domain.roles import Permission
from checkin.operations import campaigns, courses, opportunities, shifts
from checkin.web import clock, errors
from checkin.web.fields import row_number
from checkin.web.guard import requires
from checkin.web.opportunities_forms import GENDERS, KINDS, SHORT_KINDS, TYPES, OpportunityForm
from checkin.web.services_forms import COUNTED_BY

bp = Blueprint("opportunities", __name__, url_prefix="/opportunities")

errors.sentences(
    service_missing=_l("Choose the service volunteers will do"),
    minutes_out_of_range=_l("Enter at most %(most)s minutes"),
    days_out_of_range=_l("Enter at most %(most)s days"),
    validity_of_courses=_l("Only a course is valid for a time. Leave this empty"),
    not_a_course=_l("Choose a course"),
    age_out_of_range=_l("Enter an age from %(low)s to %(high)s"),
    cap_out_of_range=_l("Enter minutes from %(low)s to %(high)s"),
    own_course=_l("An opportunity cannot ask for itself"),
    course_required=_l("Other opportunities ask for this course, so it stays a course"),
    kind_fixed=_l(
        "Somebody attended already, so the kind stays: "
        "volunteer hours and course time are counted apart"
    ),
    opportunity_in_closed_month=_l(
        "It has hours in %(month)s, and that month is closed: its service, campaign and type "
        "stay. Make a copy of the opportunity for what comes, or open the month again first"
    ),
)
BESIDE = {
    "service_missing": "service_id",
    "minutes_out_of_range": "opens_minutes",
    "kind_fixed": "kind",
    "course_required": "kind",
    "days_out_of_range": "valid_days",
    "validity_of_courses": "valid_days",
    "not_a_course": "requires_id",
    "own_course": "requires_id",
    "age_out_of_range": "minimum_age",
    "cap_out_of_range": "most_minutes",
}
"""The field each problem stands beside."""


@bp.get("")
@requires(Permission.PLAN)
def index():
    text = request.args.get("q", "")[:100]
    chosen = {
        "campaign": request.args.get("campaign", type=row_number),
        "type": _one_of(TYPES, request.args.get("type")),
        "kind": _one_of(SHORT_KINDS, request.args.get("kind")),
    }
    found = opportunities.page_of(
        request.args.get("page", 1, row_number),
        text,
        campaign_id=chosen["campaign"],
        type=chosen["type"],
        kind=chosen["kind"],
    )
    return render_template(
        "opportunities/index.html",
        found=found,
        text=text,
        chosen=chosen,
        coming=opportunities.coming_counts([one.id for one in found.items], clock.now()),
        campaigns=campaigns.all_campaigns(),
        kinds=SHORT_KINDS,
        types=TYPES,
    )


def _one_of(words: Mapping[str, Any], code: str | None) -> str | None:
    return code if code in words else None


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.PLAN)
def new():
    form = OpportunityForm()
    if form.carry_out(
        lambda: opportunities.create(form.plan, by=current_user.id, now=clock.now()), **BESIDE
    ):
        flash(_("The opportunity was added. Plan its shifts now"), "done")
        return redirect(url_for(".show", opportunity_id=form.made), 303)
    return render_template("opportunities/edit.html", form=form, opportunity=None), form.status


@bp.get("/<int:opportunity_id>")
@requires(Permission.PLAN)
def show(opportunity_id: int):
    planned = shifts.of_opportunity(opportunity_id, current_user.reach(Permission.PLAN))
    return render_template(
        "opportunities/show.html",
        opportunity=opportunities.find(opportunity_id),
        shifts=planned,
        numbers=shifts.numbers_of([shift.id for shift in planned]),
        kinds=KINDS,
        types=TYPES,
        counted_by=COUNTED_BY,
        genders=GENDERS,
        now=clock.now(),
    )


@bp.get("/<int:opportunity_id>/register")
@requires(Permission.PLAN)
def register(opportunity_id: int):
    """Who attended the course or meeting; all of a course's shifts complete it."""
    number = min(request.args.get("page", 1, row_number), 10_000)
    return render_template(
        "opportunities/register.html",
        opportunity=opportunities.find(opportunity_id),
        register=courses.register_of(opportunity_id, number),
        page=number,
    )


@bp.post("/<int:opportunity_id>/copies")
@requires(Permission.PLAN)
def copy(opportunity_id: int):
    """Its rules once more, to be looked at before anybody joins; without shifts."""
    made = opportunities.copy(opportunity_id, by=current_user.id, now=clock.now())
    flash(_("This is the copy. It has no shifts yet, and nobody can join it before you say so"))
    return redirect(url_for(".edit", opportunity_id=made), 303)


@bp.route("/<int:opportunity_id>/details", methods=["GET", "POST"])
@requires(Permission.PLAN)
def edit(opportunity_id: int):
    opportunity = opportunities.find(opportunity_id)
    form = OpportunityForm(opportunity)
    if form.carry_out(
        lambda: opportunities.change(
            opportunity_id, form.plan, by=current_user.id, now=clock.now()
        ),
        **BESIDE,
    ):
        flash(_("Saved"), "done")
        return redirect(url_for(".show", opportunity_id=opportunity_id), 303)
    page = render_template(
        "opportunities/edit.html",
        form=form,
        opportunity=opportunity,
        closed=opportunities.months_told(opportunity_id),
    )
    return page, form.status


@bp.post("/<int:opportunity_id>/closure")
@requires(Permission.PLAN)
def close(opportunity_id: int):
    opportunities.close(opportunity_id, by=current_user.id, now=clock.now())
    flash(_("Closed. Its shifts stay as planned"), "done")
    return redirect(url_for(".show", opportunity_id=opportunity_id), 303)


@bp.post("/<int:opportunity_id>/reopening")
@requires(Permission.PLAN)
def reopen(opportunity_id: int):
    opportunities.reopen(opportunity_id, by=current_user.id, now=clock.now())
    flash(_("Open again"), "done")
    return redirect(url_for(".show", opportunity_id=opportunity_id), 303)
