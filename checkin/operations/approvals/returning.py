"""Taking a decision off an attendance, so that it is exactly what its scans say again."""

from datetime import datetime

from sqlalchemy import func, select, update

from checkin.database import AnyRow, db
from checkin.models import Attendance, Scan, Shift
from checkin.models.attendance import DECIDED
from checkin.operations.attendance.refolding import refold


def return_to_scans(volunteer: AnyRow, attendance_id: int, now: datetime) -> None:
    """Fold an attendance anew that has just been set back to `closed`.

    The caller holds the volunteer's lock. Scans that came after the decision count from now on,
    also those before the first check-in known then. An attendance without scans keeps its times.
    """
    row = db.session.execute(
        select(
            *(Attendance.shift_id, Attendance.in_at, Attendance.until_at),
            *(Attendance.credited_minutes, Shift.ends_at),
        )
        .join(Shift, Shift.id == Attendance.shift_id)
        .where(Attendance.id == attendance_id)
    ).one()
    first = _first_scan(volunteer.id, row.shift_id)
    begins = min((at for at in (first, row.in_at) if at), default=row.until_at)
    _set_back(attendance_id, begins, row.credited_minutes)
    shared = _sharing_time(volunteer.id, begins, max(row.until_at, row.ends_at))
    refold(volunteer, [], shared | {row.shift_id}, now).write()


def _first_scan(volunteer_id: int, shift_id: int) -> datetime | None:
    return db.session.scalar(
        select(func.min(Scan.effective_at)).where(
            Scan.volunteer_id == volunteer_id, Scan.shift_id == shift_id
        )
    )


def _set_back(attendance_id: int, begins: datetime, credited: int | None) -> None:
    """The refold reads scans from `in_at` on, and finds what no scan names as it was."""
    db.session.execute(
        update(Attendance)
        .where(Attendance.id == attendance_id)
        .values(state="unclosed" if credited is None else "closed", in_at=begins)
        .execution_options(synchronize_session=False)
    )


def _sharing_time(volunteer_id: int, begins: datetime, ends: datetime) -> set[int]:
    """Shifts of attendances that share time with this one, which may no longer overlap it, and
    of the decided ones that share time with those, which they must still be held against."""
    near = _between(volunteer_id, begins, ends)
    first = min([begins, *(row.in_at for row in near if row.in_at)])
    last = max([ends, *(row.until_at for row in near)])
    settled = [row for row in _between(volunteer_id, first, last) if row.state in DECIDED]
    return {row.shift_id for row in (*near, *settled)}


def _between(volunteer_id: int, begins: datetime, ends: datetime) -> list[AnyRow]:
    a = Attendance
    return list(
        db.session.execute(
            select(a.shift_id, a.state, a.in_at, a.until_at)
            .where(a.volunteer_id == volunteer_id, a.state != "cancelled")
            .where(a.in_at <= ends, a.until_at >= begins)
        )
    )
