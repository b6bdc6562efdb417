"""What is known about a volunteer at a site at one instant: the input of the decision table."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, func, or_, select

from checkin.database import AnyRow, ask, db
from checkin.domain.evidence import Flag
from checkin.domain.fold import State
from checkin.domain.hours import AUTO_CLOSE_AFTER
from checkin.domain.scanning import (
    Candidate,
    Code,
    Judgement,
    OpenAttendance,
    Situation,
    Standing,
    judge,
)
from checkin.models import Assignment, Attendance, Opportunity, Person, Service, Shift
from checkin.operations.attendance.plans import COLUMNS, Plan, plan_of
from checkin.operations.attendance.refolding import History, history_of

_BACK, _AHEAD = timedelta(hours=12), timedelta(hours=16)
"""Shifts that ended or begin within these are worth explaining to somebody who scans now."""
ASKED_FOR = timedelta(days=14)
"""A forgotten check-out older than this is the supervisor's alone; asking would confuse."""


def _taken_unless_mine() -> ColumnElement[int]:
    """Places taken; not counted where the volunteer already has one."""
    taken = (
        select(func.count())
        .select_from(Assignment)
        .where(Assignment.shift_id == Shift.id, Assignment.how != "waiting")
        .correlate(Shift)
        .scalar_subquery()
    )
    return case((Assignment.how != "waiting", 0), else_=taken)


_CANDIDATES = (
    select(
        *COLUMNS,
        Shift.seats,
        Opportunity.walk_ins,
        Opportunity.opens_minutes,
        Opportunity.late_minutes,
        Assignment.how,
        _taken_unless_mine().label("taken"),
    )
    .join(Opportunity, Opportunity.id == Shift.opportunity_id)
    .outerjoin(Service, Service.id == Opportunity.service_id)
    .outerjoin(
        Assignment,
        and_(Assignment.shift_id == Shift.id, Assignment.person_id == bindparam("volunteer_id")),
    )
    .where(or_(Shift.site_id == bindparam("site_id"), Assignment.id.is_not(None)))
    .where(Shift.ends_at >= bindparam("since"), Shift.starts_at <= bindparam("until"))
    .where(Shift.is_draft.is_(False))
    .order_by(Shift.starts_at, Shift.id)
)


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A forgotten check-out to ask the volunteer about."""

    attendance_id: int
    shift_id: int
    in_at: datetime
    ends_at: datetime


def code_of(poster: Any, now: datetime) -> Code:
    """Whether a printed code still works; a re-issued one does until its replacement day."""
    if poster is None:
        return Code.UNKNOWN
    if poster.revoked_at is not None and poster.revoked_at <= now:
        return Code.REVOKED
    if poster.replaced_at is not None and poster.replaced_at <= now:
        return Code.REPLACED
    return Code.ACTIVE


def standing_of(person: Any) -> Standing:
    """Good, or the reason a coordinator has to be seen first."""
    if person.suspended_at is not None:
        return Standing.SUSPENDED
    if person.is_minor and person.guardian_consented_at is None:
        return Standing.NO_GUARDIAN
    return Standing.GOOD


def look(place: Any, volunteer: Person | None, now: datetime) -> tuple[Judgement, Unsettled | None]:
    """The verdict a page for this code shows; the page is opened, nothing is kept.

    `place` is what was scanned: a poster, or anything with a poster's site, shift and dates.
    """
    code = code_of(place, now)
    if place is None or volunteer is None or code is not Code.ACTIVE:
        standing = standing_of(volunteer) if volunteer else None
        site_id = place.site_id if place else 0
        return judge(Situation(now, site_id, code, standing)), None
    unsettled = unsettled_of(volunteer.id, now)
    here = around(volunteer.id, place.site_id, now)
    situation = here.situation(volunteer, place.site_id, place.shift_id, code, now)
    return judge(situation if not unsettled else _with_question(situation)), unsettled


def _with_question(situation: Situation) -> Situation:
    return Situation(
        situation.now, situation.site_id, situation.code, situation.standing, unsettled=True
    )


@dataclass(frozen=True, slots=True)
class Around:
    """What lies around a volunteer at one instant, asked once and used twice: to judge a scan
    and to fold it."""

    candidates: list[Candidate]
    plans: dict[int, Plan]
    history: History
    """The scans and attendances a scan at that instant is held against."""

    def situation(
        self, volunteer: Any, site_id: int, shift_id: int | None, code: Code, now: datetime
    ) -> Situation:
        """The table's input; a forgotten check-out does not stand in the way here."""
        return Situation(
            now=now,
            site_id=site_id,
            code=code,
            standing=standing_of(volunteer),
            open=self._open(now),
            candidates=self.candidates,
            shift_id=shift_id,
        )

    def _open(self, now: datetime) -> OpenAttendance | None:
        for row in self.history.touched:
            # a scan that comes late was made before what has begun since
            begun = [at for begin, _ in row.stints if (at := datetime.fromisoformat(begin)) <= now]
            if row.state == State.OPEN and begun and now < row.until_at:
                ends_at = row.until_at - AUTO_CLOSE_AFTER
                return OpenAttendance(row.shift_id, row.site_id, begun[-1], ends_at)
        return None


def around(volunteer_id: int, site_id: int, now: datetime) -> Around:
    """Shifts around now at this site, those the volunteer is expected at elsewhere, and the
    volunteer's attendances in them or open."""
    named = {"volunteer_id": volunteer_id, "site_id": site_id}
    found = ask(_CANDIDATES, {**named, "since": now - _BACK, "until": now + _AHEAD}).all()
    return Around(
        [_candidate(row) for row in found],
        {row.shift_id: plan_of(row) for row in found},
        history_of(volunteer_id, [row.shift_id for row in found], now),
    )


def unsettled_of(volunteer_id: int, now: datetime) -> Unsettled | None:
    """The latest forgotten check-out the volunteer has not answered for."""
    rows = db.session.execute(
        select(
            Attendance.id, Attendance.shift_id, Attendance.in_at, Shift.ends_at, Attendance.flags
        )
        .join(Shift, Shift.id == Attendance.shift_id)
        .where(Attendance.volunteer_id == volunteer_id)
        .where(
            or_(
                Attendance.state == State.UNCLOSED,
                and_(Attendance.state == State.OPEN, Attendance.until_at <= now),
            )
        )
        .where(Attendance.in_at > now - ASKED_FOR)
        .order_by(Attendance.in_at.desc())
    )
    for attendance_id, shift_id, in_at, ends_at, flags in rows:
        if Flag.END_UNKNOWN not in flags:
            return Unsettled(attendance_id, shift_id, in_at, ends_at)
    return None


def _candidate(row: AnyRow) -> Candidate:
    closes_at = row.ends_at
    if row.late_minutes is not None:
        closes_at = min(closes_at, row.starts_at + timedelta(minutes=row.late_minutes))
    return Candidate(
        shift_id=row.shift_id,
        site_id=row.site_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        opens_at=row.starts_at - timedelta(minutes=row.opens_minutes),
        closes_at=closes_at,
        rostered=row.how not in (None, "waiting"),
        waiting=row.how == "waiting",
        walk_ins=row.walk_ins,
        seats_left=max(row.seats - row.taken, 0),
        cancelled=row.cancelled_at is not None,
    )
