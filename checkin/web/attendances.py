"""Receipts: one's own attendance, what counted and why, and taking the last step back."""

import uuid
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from checkin.domain.days import local_day, minutes_between
from checkin.domain.errors import Problem
from checkin.domain.evidence import Flag
from checkin.domain.fold import Kind
from checkin.domain.roles import Permission
from checkin.models import Attendance
from checkin.operations import hours
from checkin.operations.attendance import derived_uid, relief
from checkin.operations.attendance.arrival import take_back, undoable
from checkin.web import clock, errors, receipts, record_words
from checkin.web.fields import row_number
from checkin.web.guard import requires

bp = Blueprint("attendances", __name__)
errors.sentences(
    undo_too_late=_l("It can’t be undone any more. The supervisor can correct it"),
    relief_over=_l("That volunteer is no longer checked in at your post"),
)


@bp.get("/attendances/<int:attendance_id>")
@requires(Permission.OWN_ATTENDANCE)
def show(attendance_id: int) -> Any:
    attendance = hours.attendance_of(current_user.id, attendance_id)
    return render_template(f"attendances/{_face(attendance)}.html", **_facts(attendance))


@bp.post("/attendances/<int:attendance_id>/cancellation")
@requires(Permission.OWN_ATTENDANCE)
def cancel(attendance_id: int) -> Any:
    """Take back the last check-in or check-out, within ten minutes."""
    attendance = hours.attendance_of(current_user.id, attendance_id)
    try:
        kind, uid = Kind(request.form.get("kind", "")), uuid.UUID(request.form.get("scan_uid", ""))
    except ValueError:
        abort(400)
    device_id = current_user.device.device_id
    try:
        take_back(attendance, kind, uid=str(uid), device_id=device_id, now=clock.now())
    except Problem as problem:
        flash(errors.sentence(problem), "look")
    return redirect(url_for(".show", attendance_id=attendance_id), 303)


@bp.post("/attendances/<int:attendance_id>/relief")
@requires(Permission.OWN_ATTENDANCE)
def relieve(attendance_id: int) -> Any:
    """Say that the volunteer of the shift before has left the post one took over."""
    attendance = hours.attendance_of(current_user.id, attendance_id)
    before = request.form.get("attendance", 0, row_number)
    try:
        relief.relieve(
            *(attendance, before),
            uid=_relief_uid(attendance, before),
            device_id=current_user.device.device_id,
            now=clock.now(),
        )
    except Problem as problem:
        flash(errors.sentence(problem), "look")
    else:
        flash(_("Checked out. The supervisor sees that you said so"), "done")
    return redirect(url_for(".show", attendance_id=attendance_id), 303)


def _relief_uid(own: Attendance, before: int) -> str:
    """One act for each of the two records, however often it is sent."""
    return derived_uid(f"{own.id}-{before}", "relief")


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
