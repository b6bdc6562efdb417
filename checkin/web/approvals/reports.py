"""How supervisors decide, for coordinators: a report to talk about, which blocks nothing."""

from flask import render_template

from checkin.domain.roles import Permission
from checkin.operations.approvals.patterns import LOOKS_BACK, patterns
from checkin.web import clock
from checkin.web.approvals.blueprint import bp
from checkin.web.guard import requires


@bp.get("/approvals/patterns")
@requires(Permission.REOPEN)
def report():
    """Decisions of the last thirty days by the person who made them."""
    found = patterns(clock.now())
    return render_template("approvals/patterns.html", patterns=found, days=LOOKS_BACK.days)
