"""The week as a grid, and last week's plan copied into it."""

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from checkin.domain.days import week_of
from checkin.domain.prayer import PRAYED
from checkin.domain.roles import Permission
from checkin.operations import plan, sites
from checkin.operations.plan import Copied
from checkin.web import clock
from checkin.web.guard import requires
from checkin.web.plan.blueprint import asked_site, asked_week, bp, today
from checkin.web.plan.grid import rows
from checkin.web.plan.lines import lines_of
from checkin.web.plan.overview import MOST_DRAWN, by_site
from checkin.web.prayer_words import PRAYERS
from checkin.web.words import counted

A_DAY = timedelta(days=1)
WEEK = 7 * A_DAY


@bp.get("")
@requires(Permission.PLAN)
def index():
    first, site_id = asked_week(), asked_site()
    reach = current_user.reach(Permission.PLAN)
    week = plan.week(first, reach, site_id=site_id, today=today(), now=clock.now())
    days = [first + later * A_DAY for later in range(7)]
    is_large = site_id is None and len(week.shifts) > MOST_DRAWN
    return render_template(
        "plan/index.html",
        week=week,
        days=days,
        lines=lines_of(first, clock.now()),
        by_site=is_large,
        table=by_site(week, days, clock.now())
        if is_large
        else rows(first, week.sites, [*week.carried_over, *week.shifts]),
        before=first - WEEK,
        after=first + WEEK,
        this_week=week_of(today()),
        today=today(),
        sites=sites.choosable(site_id),
        site_id=site_id,
        prayer_names=PRAYERS,
        prayed=PRAYED,
        may_copy=plan.is_planned(first - WEEK),
        now=clock.now(),
    )


@bp.post("/copies")
@requires(Permission.PLAN)
def copy():
    """Last week's shifts as drafts of the week that is shown; then they are looked at."""
    first = asked_week()
    along = "people" in request.form
    copied = plan.copy_week(first, with_people=along, by=current_user.id, now=clock.now())
    if copied.made:
        shifts = counted("shifts", copied.made)
        flash(_("Copied as drafts: %(shifts)s. Look at them, then publish", shifts=shifts), "done")
    if copied.people.along:
        volunteers = counted("volunteers", copied.people.along)
        flash(_("Expected again: %(volunteers)s", volunteers=volunteers), "done")
    for said in _left_out(copied):
        flash(said, "info")
    if copied.made:
        return redirect(url_for(".drafts", week=first), 303)
    return redirect(url_for(".index", week=first), 303)


def _left_out(copied: Copied):
    """Why shifts of last week, or people, were not copied."""
    if copied.there:
        shifts = counted("shifts", copied.there)
        yield _("Planned in this week already: %(shifts)s", shifts=shifts)
    if copied.closed:
        shifts = counted("shifts", copied.closed)
        yield _("Not copied, because what they belong to is closed: %(shifts)s", shifts=shifts)
    if copied.over:
        shifts = counted("shifts", copied.over)
        yield _("Not copied, because their time is over: %(shifts)s", shifts=shifts)
    if copied.people.left_out:
        volunteers = counted("volunteers", copied.people.left_out)
        yield _("Not free any more, named below: %(volunteers)s", volunteers=volunteers)
    if not any((copied.made, copied.there, copied.closed, copied.over)):
        yield _("There are no shifts in the week before")
