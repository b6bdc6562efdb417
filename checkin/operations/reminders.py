"""A word to volunteers who are still checked in after their shift."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, cast, literal, select

from checkin.database import AnyRow, db
from checkin.domain.errors import Problem
from checkin.domain.fold import State
from checkin.models import Attendance, Message, Person, Shift, Site
from checkin.operations import messages
from checkin.operations.identity import living
from checkin.operations.prayers import quiet

REMIND_AFTER = timedelta(minutes=15)
"""How long after the shift's end an open attendance looks forgotten."""
BATCH = 500
TEMPLATE = "still_checked_in"
_ONCE = "still-in:"


def remind_forgotten(now: datetime) -> int:
    """Send one message for each attendance still open 15 minutes after its shift; how many.

    Never within a quiet time of the site: such a reminder waits until that has passed, and is
    not sent at all once the attendance has closed. Safe to run late, twice, or on two machines.
    """
    sent = 0
    for row in db.session.execute(_still_open(now)).all():
        if quiet.is_quiet(row, now):
            continue
        try:
            _remind(row, now)
        except Problem:  # the day's messages are spent, which has been said in the log
            break
        sent += 1
    return sent


def _remind(row: AnyRow, now: datetime) -> None:
    facts = {
        "site_ar": row.name_ar,
        "site_en": row.name_en,
        "zone": row.zone,
        "ends_at": row.ends_at.isoformat(),
        "closes_at": row.until_at.isoformat(),
    }
    messages.queue(
        f"{_ONCE}{row.id}",
        TEMPLATE,
        row.mobile,
        facts,
        language=row.language or "ar",
        now=now,
        lifetime=row.until_at - now,
    )


def _still_open(now: datetime) -> Any:
    """Open attendances past their time, of people who agreed and have a mobile, not told yet."""
    told = select(Message.id).where(
        Message.once == literal(_ONCE, String).concat(cast(Attendance.id, String))
    )
    return (
        select(
            *(Attendance.id, Attendance.until_at, Shift.ends_at, Person.mobile),
            *(Site.name_ar, Site.name_en, Site.zone, Site.quiet_windows),
            *(Site.latitude, Site.longitude),
            messages.language_last_used().label("language"),
        )
        .join(Shift, Shift.id == Attendance.shift_id)
        .join(Site, Site.id == Attendance.site_id)
        .join(Person, Person.id == Attendance.volunteer_id)
        .where(Attendance.state == State.OPEN.value, Attendance.until_at > now)
        .where(Shift.ends_at <= now - REMIND_AFTER, Person.mobile.is_not(None))
        .where(Person.consented_at.is_not(None), living(), ~told.exists())
        .order_by(Attendance.until_at)
        .limit(BATCH)
    )
