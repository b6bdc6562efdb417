"""Who may decide about one attendance, for telling its volunteer."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from checkin.database import db
from checkin.models import Attendance, Decision, Person
from checkin.operations.approvals.four_eyes import DECIDING, deciders_before, enterers, obstacle
from checkin.operations.approvals.passing_on import deciders


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is: a supervisor's of the site, else some coordinator's, else nobody's yet."""

    supervisor: str | None
    any_coordinator: bool


def who_decides(attendance: Attendance, now: datetime) -> Turn:
    """Who may decide now."""
    before = deciders_before([attendance.id]).get(attendance.id, set())
    return _turn(attendance, before | _proposers(attendance), now)


def who_would_decide(attendance: Attendance, now: datetime) -> Turn:
    """The same if the volunteer objected now: nobody who has decided so far."""
    d = Decision
    decided = select(d.decided_by_id).where(
        d.attendance_id == attendance.id, d.action.in_(DECIDING)
    )
    return _turn(attendance, set(db.session.scalars(decided)), now)


def _proposers(attendance: Attendance) -> set[int]:
    """Who proposed what a second person has to confirm."""
    if attendance.state != "proposed":
        return set()
    d = Decision
    proposing = select(d.decided_by_id).where(
        d.attendance_id == attendance.id, d.action == "propose"
    )
    return set(db.session.scalars(proposing.order_by(d.seq.desc()).limit(1)))


def _turn(attendance: Attendance, barred: Collection[int], now: datetime) -> Turn:
    volunteer_id = attendance.volunteer_id
    entered = enterers(attendance.shift_id, [volunteer_id])[volunteer_id]
    entered |= {attendance.entered_by_id}
    whose_id = db.session.get_one(Person, volunteer_id).whose_id
    free = [
        one
        for one in deciders(attendance.site_id, now)
        if obstacle(whose_id, entered, one.id, barred) is None
    ]
    supervisors = (one.name for one in free if one.site_id is not None)
    return Turn(next(supervisors, None), any(one.site_id is None for one in free))
