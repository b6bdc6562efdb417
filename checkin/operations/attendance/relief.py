"""Handing a post over: who came next says when the one before left.

A post is a lane of a site. Whoever checks in there for the following shift may say that
somebody of the shift before has left.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import aliased

from checkin.database import db, transaction
from checkin.domain.errors import Problem
from checkin.domain.evidence import Evidence, Flag
from checkin.domain.fold import RELIEF_BEFORE_END, Kind, State
from checkin.domain.text import first_name
from checkin.models import Attendance, Person, Shift
from checkin.operations.attendance.arrival import RELIEF, is_kept
from checkin.operations.attendance.recording import Answer, Reading, lock_volunteer, record_scan

OFFERED_FOR = timedelta(minutes=60)
"""How long after checking in somebody may still say who was relieved."""


@dataclass(frozen=True, slots=True)
class Relieved:
    """Somebody of the shift before who is still checked in at the same post."""

    attendance_id: int
    volunteer_id: int
    shift_id: int
    first_name: str


def still_here(own: Attendance, now: datetime) -> list[Relieved]:
    """Whom the volunteer who checked in here took over from; nobody once that is long ago."""
    if own.state != State.OPEN or own.in_at is None or now > own.in_at + OFFERED_FOR:
        return []
    before, after = aliased(Shift), aliased(Shift)
    rows = db.session.execute(
        select(Attendance.id, Attendance.volunteer_id, Attendance.shift_id, Person.name)
        .join(before, before.id == Attendance.shift_id)
        .join(after, (after.site_id == before.site_id) & (after.lane_id == before.lane_id))
        .join(Person, Person.id == Attendance.volunteer_id)
        .where(after.id == own.shift_id, Attendance.volunteer_id != own.volunteer_id)
        .where(Attendance.state == State.OPEN.value, Attendance.until_at > now)
        .where(before.ends_at <= now + RELIEF_BEFORE_END, before.ends_at < after.ends_at)
        .where(before.starts_at < after.starts_at)
        .order_by(Attendance.in_at, Attendance.id)
    )
    return [Relieved(*row[:3], first_name(row.name)) for row in rows]


@transaction
def relieve(
    own: Attendance, attendance_id: int, *, uid: str, device_id: int | None, now: datetime
) -> Answer | None:
    """Check the one before out, said by the one who took over; the supervisor sees who said so.

    Sent twice it is done once. Raises Problem `relief_over` when that person has left, or when
    this is not theirs to say.
    """
    volunteer_id = db.session.scalar(
        select(Attendance.volunteer_id).where(Attendance.id == attendance_id)
    )
    if volunteer_id is None:
        raise Problem("relief_over")
    lock_volunteer(volunteer_id)
    if is_kept(volunteer_id, uid):
        return None
    found = [one for one in still_here(own, now) if one.attendance_id == attendance_id]
    if not found:
        raise Problem("relief_over")
    reading = Reading(
        uid=uid,
        kind=Kind.OUT,
        volunteer_id=volunteer_id,
        shift_id=found[0].shift_id,
        carrier=RELIEF,
        evidence=Evidence.CLAIMED,
        entered_by_id=own.volunteer_id,
        device_id=device_id,
        flags=(Flag.RELIEVED,),
    )
    return record_scan(reading, now=now)


def said_by(attendance: Attendance) -> str | None:
    """The first name of whoever said that this volunteer had left; none if they left themselves."""
    if Flag.RELIEVED not in attendance.flags:
        return None
    name = db.session.scalar(select(Person.name).where(Person.id == attendance.entered_by_id))
    return first_name(name) if name else None
