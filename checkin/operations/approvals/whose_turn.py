"""Who may decide about one attendance, for telling its volunteer."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from checkin.database import AnyRow, db
from checkin.models import Attendance, Decision, Person
from checkin.operations.approvals.four_eyes import DECIDING, deciders_before, entered_by, obstacle
from checkin.operations.approvals.passing_on import deciders_at
from checkin.operations.identity import one_person


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is: a supervisor's of the site, else some coordinator's, else nobody's yet."""

    supervisor: str | None
    any_coordinator: bool


def who_decides(attendances: Sequence[Attendance], now: datetime) -> dict[int, Turn]:
    """By attendance: who may decide now."""
    if not attendances:
        return {}
    before, proposed = deciders_before([one.id for one in attendances]), _proposers(attendances)
    barred = {
        one.id: before.get(one.id, set()) | proposed.get(one.id, set()) for one in attendances
    }
    return _turns(attendances, barred, now)


def who_would_decide(attendance: Attendance, now: datetime) -> Turn:
    """The same if the volunteer objected now: nobody who has decided so far."""
    d = Decision
    decided = select(d.decided_by_id).where(
        d.attendance_id == attendance.id, d.action.in_(DECIDING)
    )
    barred = {attendance.id: set(db.session.scalars(decided))}
    return _turns([attendance], barred, now)[attendance.id]


def _proposers(attendances: Sequence[Attendance]) -> dict[int, set[int]]:
    """Who proposed what a second person has to confirm."""
    proposed = [one.id for one in attendances if one.state == "proposed"]
    if not proposed:
        return {}
    d = Decision
    proposing = select(d.attendance_id, d.decided_by_id).where(
        d.attendance_id.in_(proposed), d.action == "propose"
    )
    # the last one counts
    return {
        row.attendance_id: {row.decided_by_id}
        for row in db.session.execute(proposing.order_by(d.seq))
    }


def _turns(
    attendances: Sequence[Attendance], barred: Mapping[int, Collection[int]], now: datetime
) -> dict[int, Turn]:
    entered, whose = entered_by(attendances), _whose(attendances)
    there = deciders_at({one.site_id for one in attendances}, now)
    return {
        one.id: _turn(
            each
            for each in there[one.site_id]
            if obstacle(whose[one.volunteer_id], entered[one.id], each.id, barred[one.id]) is None
        )
        for one in attendances
    }


def _whose(attendances: Sequence[Attendance]) -> dict[int, int]:
    """By the row an attendance stands under: whose it is."""
    rows = {one.volunteer_id for one in attendances}
    found = db.session.execute(select(Person.id, one_person()).where(Person.id.in_(rows)))
    return {row.id: row[1] for row in found}


def _turn(free: Iterable[AnyRow]) -> Turn:
    named = list(free)
    supervisors = (one.name for one in named if one.site_id is not None)
    return Turn(next(supervisors, None), any(one.site_id is None for one in named))
