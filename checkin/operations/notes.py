"""What supervisors note about an attendance, in their own words, beside what was recorded."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from checkin.database import AnyRow, db, transaction
from checkin.domain.errors import NotFound, Problem
from checkin.domain.text import clean_text
from checkin.models import Attendance, Person, Remark
from checkin.operations import audit, remarks
from checkin.operations.attendance import lock_volunteer
from checkin.operations.identity import is_one

LONGEST = 400


@transaction
def note(attendance_id: int, words: str, uid: str, *, by: int, now: datetime) -> None:
    """Keep a supervisor's words; `uid`, made with the form, makes sending them twice one note.

    Raises Problem `note_missing` without words, `own_entry` about one's own record, and Conflict
    `uid_reused` for an id that said something elsewhere.
    """
    said = clean_text(words, LONGEST)
    subject = select(Attendance.volunteer_id).where(Attendance.id == attendance_id)
    volunteer_id = db.session.scalar(subject)
    if volunteer_id is None:
        raise NotFound("attendance")
    lock_volunteer(volunteer_id)
    if remarks.said_before(attendance_id, uid):
        return
    if is_one(volunteer_id, by):
        raise Problem("own_entry")
    if not said:
        raise Problem("note_missing")
    remarks.keep(attendance_id, "note", said, uid, by=by, at=now)
    audit.note("attendance.note", "attendance", attendance_id, by=by, at=now)


def notes_of(attendance_ids: Collection[int]) -> dict[int, list[AnyRow]]:
    """By attendance: `words`, `at` and the `name` of who wrote them, the first one first."""
    r = Remark
    rows = db.session.execute(
        select(r.attendance_id, r.words, r.at, Person.name)
        .join(Person, Person.id == r.written_by_id)
        .where(r.attendance_id.in_(attendance_ids), r.kind == "note")
        .order_by(r.at, r.id)
    )
    found: dict[int, list[AnyRow]] = defaultdict(list)
    for row in rows:
        found[row.attendance_id].append(row)
    return dict(found)
