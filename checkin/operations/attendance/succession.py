"""When somebody else came to a post for the shift after: evidence of a forgotten check-out."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import aliased

from checkin.database import AnyRow, ask
from checkin.domain.fold import RELIEF_BEFORE_END, ShiftFact, State
from checkin.domain.hours import AUTO_CLOSE_AFTER
from checkin.models import Attendance, Shift

_own, _after = aliased(Shift), aliased(Shift)
_FIRST_THERE = (
    select(func.min(Attendance.in_at).label("at"))
    .join(_after, _after.id == Attendance.shift_id)
    .join(_own, (_own.site_id == _after.site_id) & (_own.lane_id == _after.lane_id))
    .where(_own.id == bindparam("shift_id"), _after.id != _own.id)
    .where(_after.starts_at >= bindparam("since"), _after.starts_at < bindparam("until"))
    .where(Attendance.volunteer_id != bindparam("volunteer_id"))
    .where(Attendance.state != State.CANCELLED.value, Attendance.in_at >= bindparam("since"))
)
_UNCLOSED_BEFORE = (
    select(Attendance.volunteer_id, Attendance.shift_id)
    .join(_own, _own.id == Attendance.shift_id)
    .join(_after, (_after.site_id == _own.site_id) & (_after.lane_id == _own.lane_id))
    .where(_after.id == bindparam("shift_id"), _own.id != _after.id)
    .where(_own.ends_at > bindparam("since"), _own.ends_at <= bindparam("until"))
    .where(Attendance.state == State.UNCLOSED.value)
    .order_by(Attendance.volunteer_id)
)


def unclosed_before(shift_id: int, starts_at: datetime) -> list[AnyRow]:
    """Volunteer and shift of the forgotten check-outs at the post that this shift took over."""
    around = {"since": starts_at - AUTO_CLOSE_AFTER, "until": starts_at + RELIEF_BEFORE_END}
    return list(ask(_UNCLOSED_BEFORE, {"shift_id": shift_id, **around}))


def with_relief(
    facts: Mapping[int, ShiftFact], volunteer_id: int, now: datetime
) -> dict[int, ShiftFact]:
    """The same shifts, those that are over with the moment their post was taken over.

    Only a shift whose clock has run out can need it, so a scan at its time asks nothing here.
    """
    return {
        shift_id: fact if now < fact.closes_at else _with_relief(fact, volunteer_id)
        for shift_id, fact in facts.items()
    }


def _with_relief(fact: ShiftFact, volunteer_id: int) -> ShiftFact:
    named = {
        "shift_id": fact.id,
        "volunteer_id": volunteer_id,
        "since": fact.ends_at - RELIEF_BEFORE_END,
        "until": fact.ends_at + AUTO_CLOSE_AFTER,
    }
    return replace(fact, relieved_at=ask(_FIRST_THERE, named).scalar())
