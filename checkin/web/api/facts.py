"""What a phone has to know before its network goes: the time, whose it is, what is open."""

from typing import Any

from flask_login import current_user

from checkin.domain.errors import NotFound
from checkin.domain.roles import Permission
from checkin.models import Attendance
from checkin.operations import hours, receipts
from checkin.web import clock
from checkin.web.api import shapes
from checkin.web.api.blueprint import bp
from checkin.web.api.description import ASKING_FAULTS, FACTS, described
from checkin.web.filters import plain_label
from checkin.web.guard import public, requires


@bp.get("/time")
@public
@described(FACTS, shapes.Time, faults=("HTTP_503",))
def time() -> Any:
    """The server's time

    Signed: a phone that keeps the receipt can show later that a scan is no older.
    """
    now = clock.now()
    return shapes.answer(shapes.Time(server_time=now, time_receipt=receipts.of_time(now)))


@bp.get("/me")
@requires(Permission.OWN_ATTENDANCE)
@described(FACTS, shapes.Me, faults=ASKING_FAULTS)
def me() -> Any:
    """Who is signed in

    By a name that says nothing, with the attendance that is open.
    """
    now = clock.now()
    return shapes.answer(
        shapes.Me(
            volunteer=receipts.reference_of(current_user.id),
            open=_open(),
            server_time=now,
            time_receipt=receipts.of_time(now),
        )
    )


def _open() -> shapes.Open | None:
    try:
        attendance = hours.open_attendance(current_user.id)
    except NotFound:
        return None
    shift = attendance.shift
    return shapes.Open(
        site=plain_label(shift.site),
        site_id=shift.site_id,
        shift_id=shift.id,
        in_at=_since(attendance),
        counts=shift.opportunity.service is not None
        and shift.opportunity.service.counted_by == "volunteer",
    )


def _since(attendance: Attendance) -> Any:
    assert attendance.in_at is not None
    return attendance.in_at
