"""Taking the last step back, and saying that somebody has left the post one took over."""

import uuid
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from checkin.domain.errors import Problem
from checkin.domain.fold import Kind
from checkin.domain.roles import Permission
from checkin.models import Attendance
from checkin.operations import hours
from checkin.operations.attendance import derived_uid, relief
from checkin.operations.attendance.arrival import take_back
from checkin.web import clock, errors
from checkin.web.attendances.blueprint import bp
from checkin.web.fields import row_number
from checkin.web.guard import requires


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
