"""Drafts of a week: looked at, published together or one by one, or dropped."""

from datetime import timedelta
from itertools import groupby

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from checkin.domain.roles import Permission
from checkin.operations import plan
from checkin.operations.plan.coverage import coverage_of
from checkin.web import clock
from checkin.web.fields import row_number
from checkin.web.guard import requires
from checkin.web.plan.blueprint import asked_week, bp, today
from checkin.web.targets import absolute
from checkin.web.words import counted


@bp.get("/drafts")
@requires(Permission.PLAN)
def drafts():
    first = asked_week()
    found = _drafts(first)
    return render_template(
        "plan/drafts.html",
        first=first,
        drafts=found,
        days=[(day, list(those)) for day, those in groupby(found, key=lambda one: one.work_on)],
        coverage=coverage_of(found, today()),
        left_out=plan.left_out([draft.id for draft in found]),
        now=clock.now(),
    )


@bp.post("/publications")
@requires(Permission.PLAN)
def publish():
    """The drafts that are ticked, or with `all` every draft of the week."""
    first = asked_week()
    every = "all" in request.form
    chosen = [draft.id for draft in _drafts(first)] if every else _chosen()
    link = absolute(url_for("hours.index"))
    made = plan.publish(chosen, link=link, by=current_user.id, now=clock.now())
    if made:
        flash(_("Published: %(shifts)s", shifts=counted("shifts", made)), "done")
        return redirect(url_for(".index", week=first), 303)
    flash(_("Choose the shifts to publish"), "look")
    return redirect(url_for(".drafts", week=first), 303)


@bp.post("/drafts/removal")
@requires(Permission.PLAN)
def drop():
    """The drafts that are ticked are gone; nobody had been told of them."""
    first = asked_week()
    gone = plan.drop(_chosen(), by=current_user.id, now=clock.now())
    if gone:
        flash(_("Dropped: %(shifts)s", shifts=counted("shifts", gone)), "done")
    else:
        flash(_("Choose the drafts to drop"), "look")
    left = _drafts(first)
    return redirect(url_for(".drafts" if left else ".index", week=first), 303)


def _drafts(first):
    reach = current_user.reach(Permission.PLAN)
    return plan.drafts_of(first, first + timedelta(days=6), reach)


def _chosen() -> list[int]:
    """Those of the ticked numbers that can be a shift's."""
    return request.form.getlist("shift", type=row_number)
