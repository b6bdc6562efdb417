"""The days to come: seven are always planned and published, and a Friday after them is drafted.

What was planned and nobody came to is taken out again when its time comes: `today` plans the
present hour anew, and nobody is to be counted as having stayed away.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select

from checkin.database import db, transaction
from checkin.demo import together
from checkin.demo.organisation import Organisation
from checkin.demo.planning import DAYS, Planner
from checkin.domain.days import local_day
from checkin.models import Assignment, Attendance, AuditEntry, Poster, Scan, Shift
from checkin.operations import audit, messages

A_DAY = timedelta(days=1)
FRIDAY = 4
NEAR = timedelta(hours=6)
"""What begins within this time belongs to the present hour."""
ROUNDS = 2
"""Rounds of messages that were sent; the rest wait."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What was planned before, as the log has it."""

    days: set[str]
    drafts: set[str]
    shift_ids: set[int]


def refresh(organisation: Organisation, now: datetime) -> bool:
    """See to it that the next days are planned; whether any had to be."""
    made = _is_due(_noted(), now) and _plan(organisation, now)
    if made:
        for _ in range(ROUNDS):
            messages.deliver(_nowhere, lambda *_: "", way="demo", now=now)
    return made


def _nowhere(mobile: str, text: str, once: str) -> None:
    """The people of the demo have no phones; what is queued later goes the usual way."""


def _is_due(noted: Noted, now: datetime) -> bool:
    return bool(_missing(noted, now)) or _friday(now).isoformat() not in noted.drafts


def _missing(noted: Noted, now: datetime) -> list[date]:
    today = local_day(now)
    days = (today + later * A_DAY for later in range(1, DAYS + 1))
    return [day for day in days if day.isoformat() not in noted.days]


def _friday(now: datetime) -> date:
    """The first one after the days that are published."""
    after = local_day(now) + (DAYS + 1) * A_DAY
    return after + (FRIDAY - after.weekday()) % 7 * A_DAY


def _noted() -> Noted:
    noted = (AuditEntry.thing == "demo", AuditEntry.act == "demo.week")
    rows = db.session.scalars(select(AuditEntry.facts).where(*noted)).all()
    return Noted(
        {day for told in rows for day in told["days"]},
        {told["drafts"] for told in rows},
        {one for told in rows for one in told["shifts"]},
    )


@transaction
def _plan(organisation: Organisation, now: datetime) -> bool:
    noted = _noted()
    if not _is_due(noted, now):
        return False  # somebody else was faster
    planner = Planner(organisation, now)
    days, friday = _missing(noted, now), _friday(now)
    for day in days:
        planner.publish(day)
    if friday.isoformat() not in noted.drafts:
        planner.draft(friday)
    if not noted.days:
        together.bind(organisation, now)
        planner.course(days[1], days[3])
        planner.happenings(days[0], days[2])
    said = {"days": [day.isoformat() for day in days], "drafts": friday.isoformat()}
    audit.note("demo.week", "demo", None, by=None, at=now, **said, shifts=planner.made)
    return True


def make_room(now: datetime) -> None:
    """Take out what was planned for the present hour or before and nobody came to."""
    ids = _noted().shift_ids
    begun = select(Shift.id).where(Shift.id.in_(ids), Shift.starts_at <= now + NEAR)
    for column in (Attendance.shift_id, Scan.shift_id, Poster.shift_id):
        begun = begun.where(~select(column).where(column == Shift.id).exists())
    gone = db.session.scalars(begun).all()
    db.session.execute(delete(Assignment).where(Assignment.shift_id.in_(gone)))
    db.session.execute(delete(Shift).where(Shift.id.in_(gone)))
    for shift_id in gone:
        audit.note("shift.drop", "shift", shift_id, by=None, at=now)
