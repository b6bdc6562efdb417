"""Shifts from templates: which, where and on which days, together in one form."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from checkin.domain.roles import Permission
from checkin.operations import sites
from checkin.operations.plan import templates
from checkin.web import clock
from checkin.web.fields import planned_day, row_number
from checkin.web.guard import requires
from checkin.web.plan.blueprint import asked_site, asked_week, bp, proposed
from checkin.web.plan.forms import AdditionForm
from checkin.web.words import counted


@bp.route("/additions", methods=["GET", "POST"])
@requires(Permission.PLAN)
def add():
    first = asked_week()
    known, places = templates.usable(), _places()
    form = AdditionForm(first, known, places, _offered(known))
    if form.carry_out(
        lambda: templates.add(
            *(form.templates.data, form.sites.data, form.planned_days),
            lane_ids=form.lanes.data,
            by=current_user.id,
            now=clock.now(),
        ),
        repeats_out_of_range="until",
        time_past="days",
    ):
        return _added(form.made, first)
    page = render_template(
        "plan/adding.html",
        form=form,
        first=first,
        known=known,
        proposals=[] if known else proposed(),
    )
    return page, form.status


def _places():
    """Sites in use, with their lanes."""
    reach = current_user.reach(Permission.PLAN)
    return [site for site in sites.all_sites(reach) if site.closed_at is None]


def _added(added, first):
    if added.made:
        shifts = counted("shifts", len(added.made))
        flash(_("Added as drafts: %(shifts)s", shifts=shifts), "done")
    if added.there:
        shifts = counted("shifts", added.there)
        flash(_("Planned in this week already: %(shifts)s", shifts=shifts), "info")
    if added.over:
        shifts = counted("shifts", added.over)
        flash(_("Not added, because their time is over: %(shifts)s", shifts=shifts), "info")
    return redirect(url_for(".index", week=first), 303)


def _offered(known):
    """What the link chose already; the only template there is need not be chosen."""
    day = request.args.get("day", type=planned_day)
    site_id, template_id = asked_site(), request.args.get("template", type=row_number)
    chosen = [template_id] if template_id else [one.id for one in known if len(known) == 1]
    return {
        "templates": chosen,
        "sites": [site_id] if site_id else [],
        "days": [day.isoformat()] if day else [],
    }
