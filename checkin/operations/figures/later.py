"""How many changes of closed months are counted in the days that figures are asked for."""

from dataclasses import replace

from sqlalchemy import select

from checkin.database import db
from checkin.models import Attendance, LateEntry
from checkin.operations.figures import records
from checkin.operations.figures.definitions import Filter


def counted_later(wanted: Filter) -> int:
    """Late entries that count in these days and places, wherever their day of work lies."""
    entries = select(LateEntry.attendance_id)
    if wanted.first is not None:
        entries = entries.where(LateEntry.counted_on >= wanted.first)
    if wanted.last is not None:
        entries = entries.where(LateEntry.counted_on <= wanted.last)
    ids = db.session.scalars(entries).all()
    if not ids:
        return 0
    anywhen = replace(wanted, first=None, last=None)
    within = records.rows_of(anywhen, [Attendance.id]).where(Attendance.id.in_(set(ids)))
    seen = set(db.session.scalars(within))
    return sum(one in seen for one in ids)
