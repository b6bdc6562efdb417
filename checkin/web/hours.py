"""My hours: what is approved, what waits, each attendance, and the shifts to come."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, current_app, render_template, request, url_for
from flask_login import current_user

from checkin.domain.days import local_day
from checkin.domain.roles import Permission
from checkin.models import Attendance
from checkin.models.attendance import WAITING
from checkin.operations import groups, hours, openings, teams
from checkin.operations.approvals import appealing, asking
from checkin.operations.approvals.whose_turn import Turn, who_decides
from checkin.web import clock, receipts, record_words
from checkin.web.digits import in_digits
from checkin.web.guard import requires

bp = Blueprint("hours", __name__)


@bp.get("/hours")
@requires(Permission.OWN_ATTENDANCE)
def index() -> Any:
    now = clock.now()
    page = max(request.args.get("page", 1, type=int), 1)
    attendances, pages = hours.attendances_of(current_user.id, min(page, 10_000))
    today = local_day(now, current_app.config["ZONE"])
    sites = {one.site_id for one in attendances}
    questions = asking.waiting_for(current_user.id)
    upcoming = hours.upcoming_of(current_user.id, now) if page == 1 else []
    return render_template(
        "hours/index.html",
        standing=hours.standing_of(current_user.id, today),
        year=in_digits(str(today.year)),
        attendances=attendances,
        upcoming=upcoming,
        led=groups.to_name(current_user.id, now) if page == 1 else [],
        places=openings.places_of(current_user.id, [one.shift_id for one in upcoming]),
        team=teams.led_by(current_user.id) if page == 1 else None,
        now=now,
        tags=record_words.STATES,
        why=receipts.why,
        in_words=receipts.in_words,
        rulings=hours.last_decisions([one.id for one in attendances]),
        elsewhere=questions,
        asked={one.attendance_id for one in questions},
        appealed=_appealed(attendances),
        deciders=hours.deciders_of(sites, now),
        turns=_turns(attendances, now),
        page=page,
        pages=pages,
        page_address=lambda number: url_for(".index", page=number),
    )


def _turns(attendances: Sequence[Attendance], now: datetime) -> dict[int, Turn]:
    """Who decides about what waits, where somebody of the site entered it and may not."""
    by_hand = [one for one in attendances if one.state in WAITING and one.entered_by_id]
    return who_decides(by_hand, now)


def _appealed(attendances: Sequence[Attendance]) -> dict[int, list[str]]:
    """By attendance with an objection that waits: what the objection is against."""
    appeals = appealing.appeals_of([one.id for one in attendances])
    rulings = hours.objected_to(one for one, appeal in appeals.items() if appeal.is_open)
    return {one: receipts.against(ruling) for one, ruling in rulings.items()}
