"""Shifts said by a prayer follow the table, as long as nobody has come."""

import logging
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from checkin.database import db, transaction
from checkin.domain.days import local_day
from checkin.domain.hours import MOST_MINUTES
from checkin.domain.prayer import LOOKED_AROUND, Anchor, Table, day_of, span
from checkin.models import Assignment, Attendance, Person, Shift, Site
from checkin.operations import audit, shifts
from checkin.operations.openings import telling
from checkin.operations.prayers.table import of_days

log = logging.getLogger(__name__)

TOLD_FROM = timedelta(minutes=10)
"""People are told of a shift that moves by more than this."""
AHEAD = timedelta(days=45)
"""How far the hourly look reaches, so that a year's plan holds nothing up."""
_DAY = timedelta(days=1)
_CAME = (
    select(Attendance.id)
    .where(Attendance.shift_id == Shift.id, Attendance.state != "cancelled")
    .exists()
)


def follow(now: datetime, on: date | None = None) -> int:
    """Move what is to come to the day's prayers, each shift in an act of its own; how many moved.

    Only what is said by a prayer, has not begun, is not called off or closed, and where nobody
    has come; what starts in the next 45 days, or with `on` around that day. Safe to run late,
    twice or on two machines.
    """
    return sum(_move(shift_id, now) for shift_id in _astray(now, on))


def _astray(now: datetime, on: date | None) -> list[int]:
    """Which shifts do not stand where their prayers are, without holding anything."""
    soon = Shift.starts_at <= now + AHEAD
    around = soon if on is None else Shift.work_on.between(on - _DAY, on + _DAY)
    query = _following(now).where(around).order_by(Shift.starts_at, Shift.id)
    found = db.session.scalars(query).all()
    if not found:
        return []
    days = [shift.work_on for shift in found]
    sites = {shift.site for shift in found}
    tables = {site: _table(min(days), max(days), site) for site in sites}
    return [shift.id for shift in found if _values(shift, tables[shift.site])]


def _following(now: datetime) -> Select[Shift]:
    return (
        select(Shift)
        .options(joinedload(Shift.site))
        .where(or_(Shift.starts_prayer.is_not(None), Shift.ends_prayer.is_not(None)))
        .where(Shift.starts_at > now, Shift.cancelled_at.is_(None), Shift.closed_at.is_(None))
        .where(~_CAME)
    )


@transaction
def _move(shift_id: int, now: datetime) -> bool:
    """Looked at again under its lock: somebody may have come, or moved it, meanwhile."""
    locked = select(Shift).where(Shift.id == shift_id).with_for_update(key_share=True)
    db.session.scalar(locked.execution_options(populate_existing=True))
    _hold_expected(shift_id)
    shift = db.session.scalar(_following(now).where(Shift.id == shift_id))
    if shift is None:
        return False
    values = _values(shift, _table(shift.work_on, shift.work_on, shift.site))
    if values:
        _write(shift, values, now)
    return bool(values)


def _write(shift: Shift, values: dict[str, Any], now: datetime) -> None:
    moved = {name: values[name] - getattr(shift, name) for name in ("starts_at", "ends_at")}
    for name, value in values.items():
        setattr(shift, name, value)
    shift.row_version += 1
    db.session.flush()
    minutes = {name: round(by / timedelta(minutes=1)) for name, by in moved.items()}
    audit.note("shift.follow", "shift", shift.id, by=None, at=now, **minutes)
    if max(abs(by) for by in moved.values()) > TOLD_FROM:
        telling.moved(shift.id, now)


def _hold_expected(shift_id: int) -> None:
    """Whoever is checking in by the old times is waited for; after the shift, in order of id."""
    expected = select(Assignment.person_id).where(Assignment.shift_id == shift_id)
    people = select(Person.id).where(Person.id.in_(expected)).order_by(Person.id)
    db.session.scalars(people.with_for_update()).all()


# --- where a shift should stand ------------------------------------------------------------


def _table(first: date, last: date, site: Site) -> Table:
    """Enough of the table for the shifts that start on these days."""
    around = _DAY + LOOKED_AROUND
    return of_days(first - around, last + around, site)


def _values(shift: Shift, table: Table) -> dict[str, Any]:
    """The columns of a shift that is not where its prayers are; nothing for one that is."""
    zone, day = shift.site.zone, shift.work_on
    starts, ends = shifts.ends_of(shift)
    if isinstance(starts, Anchor):
        day = day_of(shift.starts_at, starts, day, table)
    begin, end = span(day, starts, ends, table, zone)
    if (begin, end) == (shift.starts_at, shift.ends_at):
        return {}
    if end - begin > timedelta(minutes=MOST_MINUTES):
        log.warning("shift %d would be too long by its prayers and stays", shift.id)
        return {}
    return {"starts_at": begin, "ends_at": end, "work_on": local_day(begin, zone)}
