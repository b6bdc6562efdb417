"""Receipts: one's own attendance, what counted and why, and what was said about it."""

from typing import Any

from flask import render_template, request
from flask_login import current_user

from checkin.domain.days import local_day, minutes_between
from checkin.domain.evidence import Flag
from checkin.domain.roles import Permission
from checkin.models import Attendance
from checkin.operations import hours
from checkin.operations.attendance import derived_uid, relief
from checkin.operations.attendance.arrival import undoable
from checkin.web import clock, receipts, record_words
from checkin.web.attendances.blueprint import bp
from checkin.web.guard import requires


@bp.get("/attendances/<int:attendance_id>")
@requires(Permission.OWN_ATTENDANCE)
def show(attendance_id: int) -> Any:
    attendance = hours.attendance_of(current_user.id, attendance_id)
    return render_template(f"attendances/{_face(attendance)}.html", **_facts(attendance))


def _face(attendance: Attendance) -> str:
    """Which page of the receipt: its state, or the pale "already" for a repeated scan."""
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
        "evidence": record_words.EVIDENCE[attendance.evidence][1],
        "is_service": shift.opportunity.kind == "service",
        "undo": undo,
        # the same for every tab and reload, so that undoing twice is undoing once
        "undo_uid": derived_uid(f"{attendance.id}-{attendance.row_version}", "undo"),
        "late_minutes": _late_minutes(attendance),
        "before": relief.still_here(attendance, now) if shift.lane_id else [],
        "relieved_by": relief.said_by(attendance),
        **_facts_of_decision(attendance),
        **_facts_of_year(attendance),
    }


def _late_minutes(attendance: Attendance) -> int:
    """How long after the start somebody came, where that is more than the usual few minutes."""
    if attendance.in_at is None or Flag.LATE_IN not in attendance.flags:
        return 0
    return minutes_between(attendance.shift.starts_at, attendance.in_at)


def _facts_of_decision(attendance: Attendance) -> dict[str, Any]:
    if not attendance.is_decided:
        return {}
    decision = hours.last_decision(attendance.id)
    reason = record_words.reason_words(decision.reason) if decision else ""
    return {"decision": decision, "reason": reason}


def _facts_of_year(attendance: Attendance) -> dict[str, Any]:
    """The year's total matters when one has just left or been approved."""
    if attendance.state not in ("closed", "approved"):
        return {}
    today = local_day(clock.now(), attendance.shift.site.zone)
    return {"year": hours.standing_of(current_user.id, today).this_year}
