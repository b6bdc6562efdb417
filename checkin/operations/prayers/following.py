"""Shifts said by a prayer follow the table, as long as nobody has come."""

import logging
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from checkin.database import db, transaction
from checkin.domain.days import local_day, local_time
from checkin.domain.hours import MOST_MINUTES
from checkin.domain.prayer import LOOKED_AROUND, Anchor, End, Table, day_of, span
from checkin.models import Assignment, Attendance, Person, Shift, Site
from checkin.operations import audit
from checkin.operations.openings import telling
from checkin.operations.prayers.table import of_days

log = logging.getLogger(__name__)

TOLD_FROM = timedelta(minutes=10)
"""People are told of a shift that moves by more than this."""
_DAY = timedelta(days=1)
_CAME = (
    select(Attendance.id)
    .where(Attendance.shift_id == Shift.id, Attendance.state != "cancelled")
    .exists()
)


def follow(now: datetime, on: date | None = None) -> int:
    """Move what is to come to the day's prayers, each shift in an act of its own; how many moved.

    Only what is said by a prayer, has not begun, is not called off or closed, and where nobody
    has come; with `on`, what starts around that day. Safe to run late, twice or on two machines.
    """
    return sum(_move(shift_id, now) for shift_id in _astray(now, on))


def _astray(now: datetime, on: date | None) -> list[int]:
    """Which shifts do not stand where their prayers are, without holding anything."""
    query = select(Shift, Site).join(Site, Site.id == Shift.site_id).where(*_follows(now))
    if on is not None:
        query = query.where(Shift.work_on.between(on - _DAY, on + _DAY))
    rows = db.session.execute(query.order_by(Shift.starts_at, Shift.id)).all()
    if not rows:
        return []
    days = [shift.work_on for shift, _ in rows]
    sites = {site for _, site in rows}
    tables = {site: _table(min(days), max(days), site) for site in sites}
    return [shift.id for shift, site in rows if _values(shift, site, tables[site])]


def _follows(now: datetime) -> Iterable[ColumnElement[bool]]:
    return (
        or_(Shift.starts_prayer.is_not(None), Shift.ends_prayer.is_not(None)),
        Shift.starts_at > now,
        Shift.cancelled_at.is_(None),
        Shift.closed_at.is_(None),
        ~_CAME,
    )


@transaction
def _move(shift_id: int, now: datetime) -> bool:
    """Looked at again under its lock: somebody may have come, or moved it, meanwhile."""
    locked = select(Shift).where(Shift.id == shift_id).with_for_update(key_share=True)
    db.session.scalar(locked.execution_options(populate_existing=True))
    _hold_expected(shift_id)
    shift = db.session.scalar(select(Shift).where(Shift.id == shift_id, *_follows(now)))
    if shift is None:
        return False
    site = db.session.get_one(Site, shift.site_id)
    values = _values(shift, site, _table(shift.work_on, shift.work_on, site))
    if not values:
        return False
    moved = {name: _minutes(getattr(shift, name), values[name]) for name in _ENDS}
    for name, value in values.items():
        setattr(shift, name, value)
    shift.row_version += 1
    db.session.flush()
    audit.note("shift.follow", "shift", shift_id, by=None, at=now, **moved)
    if max(abs(minutes) for minutes in moved.values()) * timedelta(minutes=1) > TOLD_FROM:
        telling.moved(shift_id, now)
    return True


_ENDS = ("starts_at", "ends_at")


def _hold_expected(shift_id: int) -> None:
    """Whoever is checking in by the old times is waited for; after the shift, in order of id."""
    expected = select(Assignment.person_id).where(Assignment.shift_id == shift_id)
    people = select(Person.id).where(Person.id.in_(expected)).order_by(Person.id)
    db.session.scalars(people.with_for_update()).all()


def _minutes(was: datetime, shall: datetime) -> int:
    return round((shall - was) / timedelta(minutes=1))


# --- where a shift should stand ------------------------------------------------------------


def _table(first: date, last: date, site: Site) -> Table:
    """Enough of the table for the shifts that start on these days."""
    around = _DAY + LOOKED_AROUND
    return of_days(first - around, last + around, site)


def _values(shift: Shift, site: Site, table: Table) -> dict[str, Any]:
    """The columns of a shift that is not where its prayers are; nothing for one that is."""
    starts, ends = _end(shift, "starts", site), _end(shift, "ends", site)
    day = shift.work_on
    if isinstance(starts, Anchor):
        day = day_of(shift.starts_at, starts, day, table)
    begin, end = span(day, starts, ends, table, site.zone)
    if (begin, end) == (shift.starts_at, shift.ends_at):
        return {}
    if end - begin > timedelta(minutes=MOST_MINUTES):
        log.warning("shift %d would be too long by its prayers and stays", shift.id)
        return {}
    return {"starts_at": begin, "ends_at": end, "work_on": local_day(begin, site.zone)}


def _end(shift: Shift, end: str, site: Site) -> End:
    """How this end is said: by its prayer, or by the time the site's clock shows."""
    prayer, offset = getattr(shift, f"{end}_prayer"), getattr(shift, f"{end}_offset")
    if prayer is not None:
        return Anchor(prayer, offset)
    return local_time(getattr(shift, f"{end}_at"), site.zone).time()
