"""Words kept about an attendance, each once: its id is made with the form that sends it."""

from datetime import datetime

from sqlalchemy import insert, select, update

from checkin.database import db
from checkin.domain.errors import Conflict
from checkin.models import Attendance, Remark


def said_before(attendance_id: int, uid: str) -> bool:
    """Whether this was kept; Conflict `uid_reused` for an id that was about another attendance."""
    kept = db.session.scalar(select(Remark.attendance_id).where(Remark.remark_uid == uid))
    if kept not in (None, attendance_id):
        raise Conflict("uid_reused")
    return kept is not None


def keep(
    attendance_id: int,
    kind: str,
    words: str,
    uid: str,
    *,
    by: int,
    at: datetime,
    asks_at: datetime | None = None,
) -> None:
    """Keep them for ever, beside the record."""
    db.session.execute(
        insert(Remark).values(
            remark_uid=uid,
            attendance_id=attendance_id,
            kind=kind,
            words=words,
            written_by_id=by,
            at=at,
            asks_at=asks_at,
        )
    )


def count_as_change(attendance_id: int, now: datetime) -> None:
    """Whoever is about to decide is shown first what the volunteer said."""
    db.session.execute(
        update(Attendance)
        .where(Attendance.id == attendance_id)
        .values(row_version=Attendance.row_version + 1, updated_at=now)
        .execution_options(synchronize_session=False)
    )
