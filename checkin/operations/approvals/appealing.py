"""The volunteer's one objection to a decision, which somebody else then decides about."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from checkin.database import AnyRow, db, transaction
from checkin.domain.errors import NotFound, Problem
from checkin.models import Attendance, Decision, Shift
from checkin.operations.approvals.four_eyes import deciders_before
from checkin.operations.approvals.holding import hold, take_back
from checkin.operations.approvals.reasons import own_words, written
from checkin.operations.approvals.suggestion import suggested_minutes
from checkin.operations.identity import is_one

__all__ = ["APPEAL_WITHIN", "Appeal", "appeal", "appealable_until", "appeals_of", "deciders_before"]

APPEAL_WITHIN = timedelta(days=14)
SETTLED = ("approved", "rejected", "voided")


@dataclass(frozen=True, slots=True)
class Appeal:
    """A volunteer's objection, in the volunteer's words."""

    attendance_id: int
    words: str
    at: datetime
    is_open: bool
    """Whether it waits for somebody else's decision."""


@transaction
def appeal(attendance_id: int, row_version: int, *, words: str, by: int, now: datetime) -> None:
    """Object to a rejection, or to fewer minutes than were proved: the record is undecided again.

    Pressing twice objects once. Raises NotFound for anybody but the volunteer, Problem
    `why_missing` without words, `appealed_already`, `appeal_too_late` after 14 days,
    `not_appealable` for any other record, and Conflict `changed`.
    """
    why = written("other", words)
    held = hold(attendance_id)
    if not is_one(held.row.volunteer_id, by):
        raise NotFound("attendance")
    if held.last is not None and (held.last.action, held.last.reason) == ("appeal", why):
        return
    code = _obstacle(held.row, held.row, held.last, bool(appeals_of([attendance_id])), now)
    if code is not None:
        raise Problem(code)
    states = ("approved", "rejected")
    take_back(held, "appeal", row_version, states, by=by, now=now, reason=why)


def appealable_until(attendance: Attendance, now: datetime) -> datetime | None:
    """Until when the volunteer may object; nothing where that is not possible (any more).

    The attendance comes with its shift.
    """
    if attendance.state not in ("approved", "rejected"):
        return None
    last = db.session.execute(
        select(Decision.at)
        .where(Decision.attendance_id == attendance.id)
        .order_by(Decision.seq.desc())
        .limit(1)
    ).first()
    appealed = bool(appeals_of([attendance.id]))
    if last is None or _obstacle(attendance, attendance.shift, last, appealed, now):
        return None
    ends_at: datetime = last.at + APPEAL_WITHIN
    return ends_at


def _obstacle(
    record: AnyRow | Attendance,
    shift: AnyRow | Shift,
    last: AnyRow | None,
    appealed: bool,
    now: datetime,
) -> str | None:
    if appealed:
        return "appealed_already"
    if last is None or not _takes_away(record, shift):
        return "not_appealable"
    return "appeal_too_late" if now > last.at + APPEAL_WITHIN else None


def _takes_away(record: AnyRow | Attendance, shift: AnyRow | Shift) -> bool:
    """Whether less counts than the scans proved or suggested."""
    if record.state == "rejected":
        return True
    approved: int | None = record.approved_minutes
    proved = suggested_minutes(record, shift.starts_at, shift.ends_at)
    return approved is not None and approved < proved


def appeals_of(attendance_ids: Collection[int]) -> dict[int, Appeal]:
    """By attendance: the objection to a decision about it, settled since or not."""
    rows = db.session.execute(
        select(Decision.attendance_id, Decision.reason, Decision.at, Attendance.state)
        .join(Attendance, Attendance.id == Decision.attendance_id)
        .where(Decision.attendance_id.in_(attendance_ids), Decision.action == "appeal")
    )
    return {
        row.attendance_id: Appeal(
            row.attendance_id, own_words(row.reason), row.at, is_open=row.state not in SETTLED
        )
        for row in rows
    }
