"""Receipts: one's own attendance, what counted and why, and what was said about it."""

from datetime import datetime, timedelta
from typing import Any

from flask import render_template, request
from flask_login import current_user

from checkin.domain.days import local_day, minutes_between
from checkin.domain.evidence import Flag
from checkin.domain.roles import Permission
from checkin.models import Attendance, Shift
from checkin.models.attendance import WAITING
from checkin.operations import correcting, hours, tally, welfare
from checkin.operations.approvals.appealing import Appeal
from checkin.operations.approvals.whose_turn import who_decides
from checkin.operations.attendance import derived_uid, relief
from checkin.operations.attendance.arrival import undoable
from checkin.web import clock, receipts, record_words
from checkin.web.attendances import conversation
from checkin.web.attendances.blueprint import bp
from checkin.web.fields import Form
from checkin.web.guard import requires

JUST_LEFT = timedelta(hours=2)


@bp.get("/attendances/<int:attendance_id>")
@requires(Permission.OWN_ATTENDANCE)
def show(attendance_id: int) -> Any:
    return page(hours.attendance_of(current_user.id, attendance_id))


def page(attendance: Attendance, form: Form | None = None) -> str:
    """The receipt; with `form` when what was typed there has to be seen to again."""
    facts = _facts(attendance)
    undo = facts["undo"] is not None
    facts |= conversation.facts_of(attendance, clock.now(), form, undoable=undo)
    face = _face(attendance, facts.get("appeal"))
    return render_template(f"attendances/{face}.html", **facts)


def _face(attendance: Attendance, appeal: Appeal | None) -> str:
    """Which page of the receipt: its state, the objection that waits, or the pale "already" for a
    repeated scan."""
    if appeal is not None and appeal.is_open and attendance.state in WAITING:
        return "objected"
    if attendance.state == "open" and "again" in request.args:
        return "again"
    return attendance.state


def _facts(attendance: Attendance) -> dict[str, Any]:
    now, shift = clock.now(), attendance.shift
    undo = undoable(attendance, now)
    return {
        "attendance": attendance,
        "shift": shift,
        "zone": shift.site.zone,
        "supervisor": hours.supervisor_of(attendance.site_id, now),
        "stints": receipts.stints_of(attendance),
        "why": receipts.why(attendance),
        "share": tally.share_of(attendance, now) if _by_lane(attendance) else None,
        "evidence": record_words.EVIDENCE[attendance.evidence][1],
        "is_service": shift.opportunity.kind == "service",
        "undo": undo,
        # the same for every tab and reload, so that undoing twice is undoing once
        "undo_uid": derived_uid(f"{attendance.id}-{attendance.row_version}", "undo"),
        "back_at": _back_at(attendance),
        "beside": _beside(attendance, now),
        "late_minutes": _late_minutes(attendance),
        "before": relief.still_here(attendance, now) if shift.lane_id else [],
        "changes": correcting.changes_of(attendance),
        "relieved_by": relief.said_by(attendance),
        "concerns": _concerns(attendance, now),
        **_facts_of_decision(attendance, now),
        **_facts_of_year(attendance),
    }


def _concerns(attendance: Attendance, now: datetime) -> list[welfare.Concern]:
    """What may help while somebody is there and has just left; later it would only reproach."""
    left_at = attendance.out_at if attendance.state == "closed" else None
    if attendance.state != "open" and (left_at is None or now - left_at > JUST_LEFT):
        return []
    return welfare.concerns([attendance.id], now)[attendance.id]


def _back_at(attendance: Attendance) -> Attendance | None:
    """Where somebody still is who took a move back: there since before that."""
    if attendance.state != "cancelled":
        return None
    there = hours.now_open(attendance.volunteer_id)
    return there if there and there.came_at <= attendance.updated_at else None


def _beside(attendance: Attendance, now: datetime) -> list[Shift]:
    """One's own other shifts that run here now: only one of them was checked in to."""
    if attendance.state != "open":
        return []
    mine = (one.shift for one in hours.upcoming_of(attendance.volunteer_id, now))
    return [one for one in mine if one.site_id == attendance.site_id and one.starts_at <= now]


def _late_minutes(attendance: Attendance) -> int:
    """How long after the start somebody came, where that is more than the usual few minutes."""
    came_back = len(attendance.stints) > 1
    if came_back or attendance.in_at is None or Flag.LATE_IN not in attendance.flags:
        return 0
    return minutes_between(attendance.shift.starts_at, attendance.in_at)


def _by_lane(attendance: Attendance) -> bool:
    service = attendance.shift.opportunity.service
    return service is not None and service.counted_by == "lane"


def _facts_of_decision(attendance: Attendance, now: datetime) -> dict[str, Any]:
    """What was decided and why, or who decides."""
    waits = attendance.state in WAITING
    turn = {"decides": who_decides([attendance], now)[attendance.id]} if waits else {}
    if not attendance.is_decided:
        return {"in_words": receipts.in_words(attendance), **turn}
    ruling = hours.last_decision(attendance.id)
    return {
        "in_words": receipts.in_words(attendance, ruling),
        "decision": ruling,
        "reason": record_words.reason_words(ruling.reason) if ruling else "",
        **turn,
    }


def _facts_of_year(attendance: Attendance) -> dict[str, Any]:
    """The year's total matters when one has just left or been approved."""
    if attendance.state not in ("closed", "approved"):
        return {}
    today = local_day(clock.now(), attendance.shift.site.zone)
    return {"year": hours.standing_of(current_user.id, today).this_year}
