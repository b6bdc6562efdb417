"""Nobody decides about their own attendance, one they entered, or one appealed from them."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased

from checkin.database import db
from checkin.domain.fold import Kind
from checkin.domain.scanning import Verdict
from checkin.models import Decision, Scan


def enterers(shift_id: int, volunteer_ids: Iterable[int]) -> dict[int, set[int | None]]:
    """By volunteer: who entered a scan of this shift by hand, unless it was taken back, and who
    struck one out to correct it."""
    undo = aliased(Scan)
    taken_back = select(undo.id).where(
        undo.volunteer_id == Scan.volunteer_id,
        undo.undoes == Scan.scan_uid,
        undo.verdict == Verdict.UNDONE,
    )
    rows = db.session.execute(
        select(Scan.volunteer_id, Scan.entered_by_id)
        .where(Scan.shift_id == shift_id, Scan.volunteer_id.in_(list(volunteer_ids)))
        .where(Scan.entered_by_id.is_not(None), or_(Scan.kind != Kind.UNDO, _corrects()))
        .where(~taken_back.exists())
    )
    found: dict[int, set[int | None]] = defaultdict(set)
    for volunteer_id, entered_by_id in rows:
        found[volunteer_id].add(entered_by_id)
    return found


def _corrects() -> ColumnElement[bool]:
    """An undo with a reason; without one it is an entry of one's own that was a slip."""
    return and_(Scan.verdict == Verdict.UNDONE, Scan.reason != "")


DECIDING = ("approve", "adjust", "propose", "confirm", "refuse", "reject")
"""Acts after which an objection goes to somebody else."""


def deciders_before(attendance_ids: Collection[int]) -> dict[int, set[int]]:
    """By attendance: who had decided about it when its volunteer objected."""
    appeal = aliased(Decision)
    rows = db.session.execute(
        select(Decision.attendance_id, Decision.decided_by_id)
        .join(appeal, appeal.attendance_id == Decision.attendance_id)
        .where(appeal.attendance_id.in_(attendance_ids), appeal.action == "appeal")
        .where(Decision.action.in_(DECIDING), Decision.seq < appeal.seq)
    )
    found: dict[int, set[int]] = defaultdict(set)
    for attendance_id, decided_by_id in rows:
        found[attendance_id].add(decided_by_id)
    return dict(found)


def obstacle(
    volunteer_id: int,
    entered_by: Collection[int | None],
    by: int,
    before: Collection[int] = frozenset(),
) -> str | None:
    """The code that says why `by` may not decide about this volunteer's record, if anything.

    `before` are those whose decision was objected to.
    """
    if volunteer_id == by:
        return "own_record"
    if by in entered_by:
        return "own_entry_decision"
    return "decided_before" if by in before else None
