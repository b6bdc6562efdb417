"""Who has which part of a lane's tally, and keeping the approved parts in step with it.

The parts of those approved are stored, because figures count them; the parts of the others follow
from the tally and the minutes whenever somebody looks. Together they are always the whole tally.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import Select, bindparam, func, select, update

from checkin.database import AnyRow, db
from checkin.domain.hours import credited_minutes
from checkin.domain.tally import share
from checkin.models import Attendance, Opportunity, Service, Shift, TallyTap
from checkin.models.attendance import COUNTED, WAITING
from checkin.operations import audit
from checkin.operations.figures import late, rollup

PRESENT = ("open", *WAITING, COUNTED)
"""Who served: not those rejected, cancelled or voided."""


@dataclass(frozen=True, slots=True)
class Share:
    """One attendance's part of its lane's tally."""

    part: int
    total: int


@dataclass(frozen=True, slots=True)
class _Lane:
    """One shift's tally and everybody it is shared among, as they stand now."""

    total: int
    present: list[AnyRow]
    now: datetime

    @property
    def by_minutes(self) -> dict[int, int]:
        """The parts as minutes give them, those still at work by their minutes so far."""
        return share(self.total, {row.id: _minutes(row, self.now) for row in self.present})

    @property
    def stored(self) -> dict[int, int | None]:
        return {row.id: row.approved_beneficiaries for row in self.present if row.state == COUNTED}

    @property
    def parts(self) -> dict[int, int]:
        """The stored parts of those approved, and for the others exactly what is left.

        Between two taps or decisions somebody may leave, and the minutes give other parts than
        those stored; what the figures count and what is shown must add up all the same.
        """
        kept = {key: part or 0 for key, part in self.stored.items()}
        fresh = self.by_minutes
        if all(fresh[key] == part for key, part in kept.items()):
            return fresh
        others = {r.id: _minutes(r, self.now) for r in self.present if r.id not in kept}
        return kept | share(max(self.total - sum(kept.values()), 0), others)


def hold_lane(shift_id: int) -> bool:
    """Lock a shift whose people are counted by the lane; False, and no lock, for any other.

    Whatever changes who is present or what counts takes this lock after the volunteer's own and
    before it touches an attendance, so that nobody waits for each other in a circle.
    """
    return db.session.execute(_lane_shift(shift_id)).first() is not None


def _lane_shift(shift_id: int) -> Select[int]:
    # FOR NO KEY UPDATE: check-ins, which refer to the shift, do not wait for it
    return (
        select(Shift.id)
        .join(Opportunity, Opportunity.id == Shift.opportunity_id)
        .join(Service, Service.id == Opportunity.service_id)
        .where(Shift.id == shift_id, Service.counted_by == "lane")
        .with_for_update(of=Shift, key_share=True)
    )


def settle(shift_id: int, *, by: int, now: datetime) -> None:
    """Give every approved attendance of a lane-counted shift its part of the tally.

    Part of the caller's transaction, after each tap and each decision. Their row versions stay:
    the part is nobody's decision, and whoever has the record open sees no other. Without a tap
    nothing was counted, and blank stays blank.
    """
    if not hold_lane(shift_id):
        return
    lane = _lane_of(shift_id, now)
    if lane is None:
        return
    parts, stored = lane.by_minutes, lane.stored
    changed = {key: parts[key] for key, part in stored.items() if parts[key] != part}
    if not changed:
        return
    rows = [{"attendance_id": key, "part": part} for key, part in sorted(changed.items())]
    with rollup.in_step(shift_id=shift_id, told=partial(late.enter, by=by, now=now)):
        db.session.connection().execute(_STORE, rows)
    facts = {"total": lane.total, "parts": {str(key): part for key, part in changed.items()}}
    audit.note("tally.share", "shift", shift_id, by=by, at=now, **facts)


_TABLE = Attendance.metadata.tables[Attendance.__tablename__]
_STORE = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("attendance_id"), _TABLE.c.state == COUNTED)
    .values(approved_beneficiaries=bindparam("part"))
)


def shares(shift_id: int, now: datetime) -> dict[int, int]:
    """By attendance: its part of the shift's tally; all of them add up to it.

    Empty when nothing was tapped: blank is not zero.
    """
    lane = _lane_of(shift_id, now)
    return lane.parts if lane else {}


def worked_minutes(shift_id: int, now: datetime) -> int:
    """The minutes of everybody present in this shift together, so far."""
    return sum(_minutes(row, now) for row in _present(shift_id))


def taps_of(shift_ids: Iterable[int]) -> dict[int, int]:
    """The tally of each of these shifts where anything was tapped; never below zero."""
    rows = db.session.execute(
        select(TallyTap.shift_id, func.sum(TallyTap.amount))
        .where(TallyTap.shift_id.in_(list(shift_ids)))
        .group_by(TallyTap.shift_id)
    )
    return {shift_id: max(int(total), 0) for shift_id, total in rows}


def share_of(attendance: Attendance, now: datetime) -> Share | None:
    """One attendance's part, for telling the volunteer; nothing when its lane has no tally."""
    lane = _lane_of(attendance.shift_id, now)
    parts = lane.parts if lane else {}
    if lane is None or attendance.id not in parts:
        return None
    return Share(parts[attendance.id], lane.total)


def _lane_of(shift_id: int, now: datetime) -> _Lane | None:
    total = db.session.scalar(
        select(func.sum(TallyTap.amount)).where(TallyTap.shift_id == shift_id)
    )
    if total is None:
        return None
    return _Lane(max(int(total), 0), _present(shift_id), now)


def _present(shift_id: int) -> list[AnyRow]:
    a = Attendance
    return list(
        db.session.execute(
            select(
                *(a.id, a.state, a.stints, a.credited_minutes, a.proposed_minutes),
                *(a.approved_minutes, a.approved_beneficiaries),
                *(Shift.starts_at, Shift.ends_at),
            )
            .join(Shift, Shift.id == a.shift_id)
            .where(a.shift_id == shift_id, a.state.in_(PRESENT))
            .order_by(a.id)
        )
    )


def _minutes(row: AnyRow, now: datetime) -> int:
    """Approved, else proved, else proposed; of somebody still there, those so far."""
    if row.state == "open":
        instants = [[datetime.fromisoformat(at) if at else now for at in one] for one in row.stints]
        spans = [(begin, max(begin, end)) for begin, end in instants]
        return credited_minutes(spans, row.starts_at, row.ends_at)
    known = (row.approved_minutes, row.credited_minutes, row.proposed_minutes)
    return next((int(one) for one in known if one is not None), 0)
