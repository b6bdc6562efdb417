"""Nobody decides about their own attendance, nor about one they entered by hand."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import aliased

from checkin.database import db
from checkin.domain.fold import Kind
from checkin.domain.scanning import Verdict
from checkin.models import Scan


def enterers(shift_id: int, volunteer_ids: Iterable[int]) -> dict[int, set[int | None]]:
    """By volunteer: who entered a scan of this shift by hand, unless it was taken back."""
    undo = aliased(Scan)
    taken_back = select(undo.id).where(
        undo.volunteer_id == Scan.volunteer_id,
        undo.undoes == Scan.scan_uid,
        undo.verdict == Verdict.UNDONE,
    )
    rows = db.session.execute(
        select(Scan.volunteer_id, Scan.entered_by_id)
        .where(Scan.shift_id == shift_id, Scan.volunteer_id.in_(list(volunteer_ids)))
        .where(Scan.entered_by_id.is_not(None), Scan.kind != Kind.UNDO)
        .where(~taken_back.exists())
    )
    found: dict[int, set[int | None]] = defaultdict(set)
    for volunteer_id, entered_by_id in rows:
        found[volunteer_id].add(entered_by_id)
    return found


def obstacle(volunteer_id: int, entered_by: set[int | None], by: int) -> str | None:
    """The code that says why `by` may not decide about this volunteer's record, if anything."""
    if volunteer_id == by:
        return "own_record"
    return "own_entry_decision" if by in entered_by else None
