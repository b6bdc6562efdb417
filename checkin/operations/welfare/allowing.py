"""Letting somebody serve although a limit speaks against it: a lead's word, with a reason."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import select

from checkin.database import db, transaction
from checkin.domain.errors import NotFound, Problem
from checkin.domain.text import clean_text
from checkin.domain.welfare import Limit
from checkin.models import Attendance
from checkin.operations import audit, remarks
from checkin.operations.attendance import lock_volunteer
from checkin.operations.identity import is_one
from checkin.operations.welfare.concerns import Concern, unallowed

OTHER = "other"
_TIRED = ("rested", "easier_work")
_UNTRAINED = ("trained_elsewhere", "with_somebody_trained")
REASONS: Mapping[Limit, tuple[str, ...]] = {
    Limit.MINOR_AT_NIGHT: ("guardian_agrees", "with_own_group"),
    Limit.LITTLE_REST: _TIRED,
    Limit.LONG_DAY: _TIRED,
    Limit.HEAVY_TOO_LONG: ("takes_turns", *_TIRED),
    Limit.COURSE_MISSING: _UNTRAINED,
    Limit.COURSE_EXPIRED: _UNTRAINED,
}
"""Why somebody may serve all the same, besides words of one's own."""
LONGEST_WORDS = 200


@transaction
def allow(
    attendance_id: int,
    words: str,
    uid: str,
    *,
    reason: str = OTHER,
    about: Collection[str] | None = None,
    by: int,
    now: datetime,
) -> None:
    """Let what speaks against an attendance stand, for a reason; sent twice it is one allowance.

    `about` are the codes that were shown; without them it is about whatever there is now. Raises
    NotFound, Problem `why_missing`, `own_allowance`, `nothing_to_allow` (all was allowed before,
    or put right), and Conflict `uid_reused` for an id that was about another attendance.
    """
    why = _written(reason, words)
    volunteer_id = _volunteer_of(attendance_id)
    lock_volunteer(volunteer_id)
    if remarks.said_before(attendance_id, uid):
        return
    if is_one(volunteer_id, by):
        raise Problem("own_allowance")
    open_ones = [one.code for one in unallowed([attendance_id], now)[attendance_id]]
    codes = [code for code in open_ones if about is None or code in about]
    if not codes:
        raise Problem("nothing_to_allow")
    said = f"{' '.join(codes)}\n{why}"
    remarks.keep(attendance_id, "allowance", said, uid, by=by, at=now)
    audit.note("attendance.allow", "attendance", attendance_id, by=by, at=now, limits=codes)


def reasons_for(found: Iterable[Concern]) -> list[str]:
    """The reasons that can be given for these, each once, with words of one's own as the last."""
    fitting = [reason for one in found for reason in REASONS[Limit(one.code)]]
    return [*dict.fromkeys(fitting), OTHER]


def _written(reason: str, words: str) -> str:
    """The reason's code, and after a colon the words somebody added."""
    added = clean_text(words, LONGEST_WORDS)
    known = {one for reasons in REASONS.values() for one in reasons}
    if reason not in known | {OTHER} or (reason == OTHER and not added):
        raise Problem("why_missing")
    return f"{reason}: {added}" if added else reason


def _volunteer_of(attendance_id: int) -> int:
    query = select(Attendance.volunteer_id).where(Attendance.id == attendance_id)
    volunteer_id = db.session.scalar(query)
    if volunteer_id is None:
        raise NotFound("attendance")
    return volunteer_id
