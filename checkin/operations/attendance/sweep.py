"""Closing forgotten check-outs: asking the fold again once the clock has moved on.

And once more when somebody turns out to have taken the post over: their phone had no network.
"""

from datetime import datetime

from sqlalchemy import select

from checkin.database import db, transaction
from checkin.domain.errors import NotFound
from checkin.domain.fold import State
from checkin.models import Attendance
from checkin.operations import audit
from checkin.operations.attendance.plans import plans_of
from checkin.operations.attendance.recording import lock_volunteer
from checkin.operations.attendance.refolding import refold
from checkin.operations.attendance.succession import unclosed_before

BATCH = 500


def close_forgotten(now: datetime) -> int:
    """Fold every attendance still open 60 minutes after its shift's end; how many closed.

    Each is a transaction of its own. Running late, twice or on two machines changes nothing.
    """
    due = db.session.execute(
        select(Attendance.volunteer_id, Attendance.shift_id)
        .where(Attendance.state == State.OPEN, Attendance.until_at <= now)
        .order_by(Attendance.until_at)
        .limit(BATCH)
    ).all()
    return sum(_close(volunteer_id, shift_id, now) for volunteer_id, shift_id in due)


def propose_anew(shift_id: int, now: datetime) -> int:
    """Fold again what was forgotten at the post before this shift; how many ends are others now.

    For a check-in that came later than it was made. Twice changes nothing.
    """
    (plan,) = plans_of([shift_id]).values()
    before = unclosed_before(shift_id, plan.fact.starts_at)
    return sum(_close(row.volunteer_id, row.shift_id, now) for row in before)


@transaction
def _close(volunteer_id: int, shift_id: int, now: datetime) -> bool:
    try:
        volunteer = lock_volunteer(volunteer_id)
    except NotFound:
        return False  # erased meanwhile; their record stands as it is
    found = refold(volunteer, [], [shift_id], now)
    kept = found.write().get(shift_id)
    if not found.changes or kept is None or kept.state != State.UNCLOSED:
        return False
    audit.note(
        "attendance.unclosed",
        "attendance",
        kept.id,
        by=None,
        at=now,
        volunteer=volunteer_id,
        shift=shift_id,
    )
    return True
