"""Targets: what a year should bring, how each stands, and setting them."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from checkin.domain.days import local_day
from checkin.domain.roles import Permission
from checkin.models import Target
from checkin.operations import targets
from checkin.web import clock, errors
from checkin.web.fields import row_number
from checkin.web.figures.blueprint import bp
from checkin.web.figures.goals import Goal, goal
from checkin.web.figures.targets_forms import TargetForm
from checkin.web.guard import requires

errors.sentences(
    target_taken=_l("This figure has a target for this year already. Change that one"),
    target_changed=_l("Somebody changed this target meanwhile. Open it again to see how"),
    amount_out_of_range=_l("Enter a number from 1 to %(most)s"),
    year_unknown=_l("Choose a year from the list"),
)
BESIDE = {
    "target_taken": "figure",
    "amount_out_of_range": "amount",
    "year_unknown": "period",
}
"""The field each problem stands beside."""


@bp.get("/targets")
@requires(Permission.SEE_FIGURES)
def targets_index():
    reach = current_user.reach(Permission.SEE_FIGURES)
    found = targets.standings(reach, local_day(clock.now()))
    return render_template(
        "figures/targets.html",
        goals=[goal(one) for one in found],
        may_set=current_user.may(Permission.PLAN),
    )


@bp.route("/targets/new", methods=["GET", "POST"])
@requires(Permission.PLAN)
def new_target():
    form = TargetForm(local_day(clock.now()))
    if form.carry_out(
        lambda: targets.put(form.plan, by=current_user.id, now=clock.now()), **BESIDE
    ):
        flash(_("The target was set"), "done")
        return redirect(url_for(".targets_index"), 303)
    return render_template("figures/target.html", form=form, target=None), form.status


@bp.route("/targets/<int:target_id>", methods=["GET", "POST"])
@requires(Permission.PLAN)
def edit_target(target_id: int):
    target = _target(target_id)
    form = TargetForm(local_day(clock.now()), target)
    if form.carry_out(
        lambda: targets.change(
            target_id, form.plan, form.version, by=current_user.id, now=clock.now()
        ),
        **BESIDE,
    ):
        flash(_("Saved"), "done")
        return redirect(url_for(".targets_index"), 303)
    return render_template("figures/target.html", form=form, target=target), form.status


@bp.route("/targets/<int:target_id>/removal", methods=["GET", "POST"])
@requires(Permission.PLAN)
def remove_target(target_id: int):
    target = _target(target_id)
    if request.method != "POST":
        return render_template("figures/target_removal.html", target=target, goal=_shown(target))
    seen = request.form.get("row_version", 0, row_number)
    targets.remove(target_id, seen, by=current_user.id, now=clock.now())
    flash(_("The target was taken away"), "done")
    return redirect(url_for(".targets_index"), 303)


def _target(target_id: int) -> Target:
    return targets.find(target_id, current_user.reach(Permission.SEE_FIGURES))


def _shown(target: Target) -> Goal:
    found = targets.standings(
        current_user.reach(Permission.SEE_FIGURES),
        local_day(clock.now()),
        periods=[target.period],
        of=(target.scope, target.key),
    )
    return next(goal(one) for one in found if one.target.id == target.id)
