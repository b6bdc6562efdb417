"""Nobody decides about their own attendance, one they entered, or one appealed from them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import aliased

from checkin.database import AnyRow, ask
from checkin.domain.fold import Kind
from checkin.domain.scanning import Verdict
from checkin.models import Attendance, Decision, Scan

# Asked at every decision, so built once: building them costs more than answering them.
_UNDO = aliased(Scan)
_TAKEN_BACK = select(_UNDO.id).where(
    _UNDO.volunteer_id == Scan.volunteer_id,
    _UNDO.undoes == Scan.scan_uid,
    _UNDO.verdict == Verdict.UNDONE,
)
_CORRECTS = and_(Scan.verdict == Verdict.UNDONE, Scan.reason != "")
"""An undo with a reason; without one it is an entry of one's own that was a slip."""
_ENTERERS = (
    select(Scan.shift_id, Scan.volunteer_id, Scan.entered_by_id)
    .where(Scan.shift_id.in_(bindparam("shift_ids", expanding=True)))
    .where(Scan.volunteer_id.in_(bindparam("volunteer_ids", expanding=True)))
    .where(Scan.entered_by_id.is_not(None), or_(Scan.kind != Kind.UNDO, _CORRECTS))
    .where(~_TAKEN_BACK.exists())
)
DECIDING = ("approve", "adjust", "propose", "confirm", "refuse", "reject")
"""Acts after which an objection goes to somebody else."""
_APPEAL = aliased(Decision)
_DECIDERS_BEFORE = (
    select(Decision.attendance_id, Decision.decided_by_id)
    .join(_APPEAL, _APPEAL.attendance_id == Decision.attendance_id)
    .where(_APPEAL.attendance_id.in_(bindparam("attendance_ids", expanding=True)))
    .where(_APPEAL.action == "appeal")
    .where(Decision.action.in_(DECIDING), Decision.seq < _APPEAL.seq)
)


def enterers(shift_id: int, volunteer_ids: Collection[int]) -> dict[int, set[int | None]]:
    """By volunteer: who entered a scan of this shift by hand, unless it was taken back, and who
    struck one out to correct it."""
    found = _enterers([shift_id], volunteer_ids)
    return {one: found[shift_id, one] for one in volunteer_ids}


def entered_by(attendances: Sequence[Attendance]) -> dict[int, set[int | None]]:
    """By attendance: the same of each one's shift and volunteer, and who entered the record."""
    found = _enterers(
        {one.shift_id for one in attendances}, {one.volunteer_id for one in attendances}
    )
    return {
        one.id: found[one.shift_id, one.volunteer_id] | {one.entered_by_id} for one in attendances
    }


def _enterers(
    shift_ids: Iterable[int], volunteer_ids: Iterable[int]
) -> dict[tuple[int, int], set[int | None]]:
    named = {"shift_ids": list(shift_ids), "volunteer_ids": list(volunteer_ids)}
    found: dict[tuple[int, int], set[int | None]] = defaultdict(set)
    for row in ask(_ENTERERS, named):
        found[row.shift_id, row.volunteer_id].add(row.entered_by_id)
    return found


def deciders_before(attendance_ids: Collection[int]) -> dict[int, set[int]]:
    """By attendance: who had decided about it when its volunteer objected."""
    found: dict[int, set[int]] = defaultdict(set)
    for row in ask(_DECIDERS_BEFORE, {"attendance_ids": list(attendance_ids)}):
        found[row.attendance_id].add(row.decided_by_id)
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


@dataclass(frozen=True, slots=True)
class Bar:
    """Who may not decide about one attendance."""

    whose_id: int
    """The volunteer, under whichever of their rows it stands."""
    entered_by: frozenset[int | None]
    before: frozenset[int]
    """Whose decision its volunteer objected to."""
    proposed_by: int | None = None

    def obstacle(self, by: int) -> str | None:
        """The code that says why `by` may not decide, if anything."""
        if self.proposed_by == by:
            return "second_person"
        return obstacle(self.whose_id, self.entered_by, by, self.before)


def bars(attendances: Sequence[Attendance], proposals: Mapping[int, AnyRow]) -> dict[int, Bar]:
    """By attendance; they come with their volunteers."""
    entered = entered_by(attendances)
    before = deciders_before([one.id for one in attendances])
    return {
        one.id: Bar(
            one.volunteer.whose_id,
            frozenset(entered[one.id]),
            frozenset(before.get(one.id, ())),
            proposals[one.id].decided_by_id if one.id in proposals else None,
        )
        for one in attendances
    }
