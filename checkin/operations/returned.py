"""Who is on site though their record says otherwise: they came back after it was decided.

A decision is never changed by a scan, so the scans themselves say who is there: a check-in after
the recorded end, nothing of theirs since, and a shift that has not closed.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased

from checkin.database import db
from checkin.domain.fold import Kind
from checkin.domain.hours import AUTO_CLOSE_AFTER
from checkin.domain.scanning import Verdict
from checkin.models import Attendance, Scan, Shift
from checkin.models.attendance import DECIDED

_REACHES_BACK = timedelta(hours=48)
"""No shift that began before is still on."""
_LATER = aliased(Scan)
_HAS_LATER = (
    select(_LATER.id)
    .where(_LATER.volunteer_id == Scan.volunteer_id, _LATER.id != Scan.id)
    .where(_LATER.effective_at >= Scan.effective_at)
    .where(or_(_LATER.effective_at > Scan.effective_at, _LATER.id > Scan.id))
    # a code that admitted nobody says nothing about where they are
    .where(or_(_LATER.kind != Kind.IN, _LATER.attendance_id.is_not(None)))
    .exists()
)


def returned_at(site_ids: Iterable[int], now: datetime) -> dict[int, datetime]:
    """By attendance at these sites: since when somebody is there again."""
    since = now - _REACHES_BACK
    return _returned(and_(Shift.site_id.in_(list(site_ids)), Shift.starts_at > since), now)


def returned_to(attendance_ids: Iterable[int], now: datetime) -> dict[int, datetime]:
    """The same of these attendances."""
    return _returned(Attendance.id.in_(list(attendance_ids)), now)


def _returned(meant: ColumnElement[bool], now: datetime) -> dict[int, datetime]:
    rows = db.session.execute(
        select(Attendance.id, Scan.effective_at)
        .join(Shift, Shift.id == Attendance.shift_id)
        .join(Scan, Scan.attendance_id == Attendance.id)
        .where(meant, Shift.ends_at > now - AUTO_CLOSE_AFTER, Attendance.state.in_(DECIDED))
        .where(Scan.verdict == Verdict.LATE_AFTER_DECISION, Scan.kind == Kind.IN)
        .where(Scan.effective_at >= Attendance.until_at, Scan.effective_at <= now, ~_HAS_LATER)
    )
    return {row.id: row.effective_at for row in rows}
