"""Who may decide about one attendance, for telling its volunteer."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from checkin.database import db
from checkin.domain.roles import Permission
from checkin.models import Attendance, Decision
from checkin.operations.approvals.four_eyes import DECIDING, deciders_before, enterers, obstacle
from checkin.operations.permissions import holders


def who_decides(attendance: Attendance, now: datetime) -> str | None:
    """The supervisor of the site who may decide now; nothing where that is a coordinator's."""
    before = deciders_before([attendance.id]).get(attendance.id, set())
    return _first_without_obstacle(attendance, before, now)


def who_would_decide(attendance: Attendance, now: datetime) -> str | None:
    """The same if the volunteer objected now: nobody who has decided so far."""
    d = Decision
    decided = select(d.decided_by_id).where(
        d.attendance_id == attendance.id, d.action.in_(DECIDING)
    )
    return _first_without_obstacle(attendance, set(db.session.scalars(decided)), now)


def _first_without_obstacle(
    attendance: Attendance, before: Collection[int], now: datetime
) -> str | None:
    volunteer_id = attendance.volunteer_id
    entered = enterers(attendance.shift_id, [volunteer_id])[volunteer_id]
    entered |= {attendance.entered_by_id}
    for person in holders(Permission.DECIDE, attendance.site_id, now):
        if obstacle(volunteer_id, entered, person.id, before) is None:
            return person.name
    return None
