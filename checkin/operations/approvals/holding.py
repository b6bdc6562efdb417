"""One attendance under its volunteer's lock: who may act on it, the act, and its line for ever."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from checkin.database import AnyRow, ask, db
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.domain.money import value_of
from checkin.models import Attendance, Decision, Opportunity, Person, Rate, Shift
from checkin.operations import audit, rates, tally
from checkin.operations.approvals import telling
from checkin.operations.approvals.four_eyes import deciders_before, enterers, obstacle
from checkin.operations.approvals.returning import return_to_scans
from checkin.operations.approvals.suggestion import suggested_minutes
from checkin.operations.attendance import lock_volunteer
from checkin.operations.figures import late, rollup
from checkin.operations.identity import one_person

UNDECIDED = ("closed", "unclosed")
"""What can be decided; an open attendance has to end first."""

# Asked at every decision, so built once.
_A, _D = Attendance, Decision
_WHOSE = select(_A.volunteer_id, _A.shift_id).where(_A.id == bindparam("attendance_id"))
_ROW = (
    select(
        *(_A.id, _A.volunteer_id, _A.shift_id, _A.state, _A.flags, _A.entered_by_id),
        *(_A.credited_minutes, _A.proposed_minutes, _A.approved_minutes, _A.row_version),
        *(_A.beneficiaries, _A.approved_beneficiaries),
        *(_A.in_at, Shift.starts_at, Shift.ends_at, Shift.closed_at, Opportunity.opens_minutes),
        one_person().label("whose_id"),
        *(Rate.id.label("rate_id"), Rate.halalas_per_hour),
        *(Rate.low_halalas.label("low_per_hour"), Rate.high_halalas.label("high_per_hour")),
    )
    .join(Shift, Shift.id == _A.shift_id)
    .join(Person, Person.id == _A.volunteer_id)
    .join(Opportunity, Opportunity.id == Shift.opportunity_id)
    .outerjoin(Rate, Rate.id == rates.holding_id())
    .where(_A.id == bindparam("attendance_id"))
)
_LAST_DECISION = (
    select(
        *(_D.seq, _D.action, _D.decided_by_id, _D.reason, _D.at),
        *(_D.minutes_after, _D.beneficiaries_after),
    )
    .where(_D.attendance_id == bindparam("attendance_id"))
    .order_by(_D.seq.desc())
    .limit(1)
)
_VALUE = ("rate_id", "value_halalas", "low_halalas", "high_halalas")


@dataclass(frozen=True, slots=True)
class Held:
    """An attendance under its volunteer's lock, as it stands now."""

    volunteer: AnyRow
    row: AnyRow
    last: AnyRow | None
    """The latest decision about it."""
    by_lane: bool = False
    """Its shift's lane counts whom it serves; the shift is locked too."""

    @property
    def suggested(self) -> int:
        return suggested_minutes(self.row, self.row.starts_at, self.row.ends_at)

    @property
    def minutes_before(self) -> int:
        approved: int | None = self.row.approved_minutes
        return self.suggested if approved is None else approved

    @property
    def beneficiaries_before(self) -> int | None:
        decided: int | None = self.row.approved_beneficiaries
        counted: int | None = self.row.beneficiaries
        return decided if self.row.state == "approved" else counted

    def value(self, minutes: int | None) -> dict[str, int | None]:
        """What these minutes are worth at the rate of the day of work, and within which range,
        where one is set."""
        row = self.row
        if minutes is None or row.rate_id is None:
            return dict.fromkeys(_VALUE)
        per_hour = row.halalas_per_hour, row.low_per_hour, row.high_per_hour
        worth = (None if one is None else value_of(minutes, one) for one in per_hour)
        return dict(zip(_VALUE, (row.rate_id, *worth), strict=True))


def hold(attendance_id: int) -> Held:
    """Lock first, read afterwards: nothing read before the lock is believed."""
    named = {"attendance_id": attendance_id}
    known = ask(_WHOSE, named).first()
    if known is None:
        raise NotFound("attendance")
    volunteer, by_lane = lock_volunteer(known.volunteer_id), tally.hold_lane(known.shift_id)
    row, last = ask(_ROW, named).one(), ask(_LAST_DECISION, named).first()
    return Held(volunteer, row, last, by_lane)


def check(held: Held, by: int) -> None:
    """Refuse whoever must not decide about this record, and one that has not ended."""
    volunteer_id = held.row.volunteer_id
    entered = enterers(held.row.shift_id, [volunteer_id])[volunteer_id]
    before = deciders_before([held.row.id]).get(held.row.id, set())
    code = obstacle(held.row.whose_id, entered | {held.row.entered_by_id}, by, before)
    if code is not None:
        raise Problem(code)
    if held.row.state == "open":
        raise Problem("still_open")


def check_not_own(held: Held, by: int) -> None:
    """Refuse somebody the undoing of a decision about themselves."""
    before = deciders_before([held.row.id]).get(held.row.id, set())
    code = obstacle(held.row.whose_id, (), by, before)
    if code is not None:
        raise Problem(code)


def decide(
    held: Held,
    action: str,
    row_version: int,
    states: tuple[str, ...],
    values: dict[str, Any],
    *,
    by: int,
    now: datetime,
    **facts: Any,
) -> None:
    """Change the row that was shown and no other, then say who did it and why."""
    with _figures_in_step(held, by, now):
        _change(held, action, row_version, states, values, by=by, now=now, **facts)
        tally.settle(held.row.shift_id, by=by, now=now)


def _figures_in_step(held: Held, by: int, now: datetime) -> AbstractContextManager[None]:
    shift_id = held.row.shift_id if held.by_lane else None
    told = partial(late.enter, by=by, now=now)
    return rollup.in_step(volunteer_ids=[held.row.volunteer_id], shift_id=shift_id, told=told)


def _change(
    held: Held,
    action: str,
    row_version: int,
    states: tuple[str, ...],
    values: dict[str, Any],
    *,
    by: int,
    now: datetime,
    **facts: Any,
) -> None:
    if held.by_lane and "approved_beneficiaries" in values:
        values = values | {"approved_beneficiaries": None}
    value = held.value(values.get("approved_minutes"))
    changed = db.session.execute(
        update(Attendance)
        .where(Attendance.id == held.row.id, Attendance.row_version == row_version)
        .where(Attendance.state.in_(states))
        .values(**values, **value, row_version=Attendance.row_version + 1, updated_at=now)
        .returning(Attendance.id)
        .execution_options(synchronize_session=False)
    ).first()
    if changed is None:
        raise Conflict("changed")
    facts.setdefault("minutes_after", values.get("approved_minutes"))
    facts.setdefault("beneficiaries_after", values.get("approved_beneficiaries"))
    if held.by_lane:
        facts["beneficiaries_after"] = None  # the lane says how many, whatever is typed
    _write(held, action, by, now, facts | value)


def take_back(
    held: Held,
    action: str,
    row_version: int,
    states: tuple[str, ...],
    *,
    by: int,
    now: datetime,
    reason: str = "",
) -> None:
    """Set a decided attendance back to what its scans say, and say who did it and why."""
    values = {"state": "closed", "approved_minutes": None, "approved_beneficiaries": None}
    with _figures_in_step(held, by, now):
        _change(held, action, row_version, states, values, by=by, now=now, reason=reason)
        return_to_scans(held.volunteer, held.row.id, now)
        tally.settle(held.row.shift_id, by=by, now=now)


def _write(held: Held, action: str, by: int, now: datetime, facts: dict[str, Any]) -> None:
    seq = held.last.seq + 1 if held.last else 1
    db.session.execute(
        insert(Decision).values(
            attendance_id=held.row.id,
            seq=seq,
            action=action,
            minutes_before=held.minutes_before,
            beneficiaries_before=held.beneficiaries_before,
            decided_by_id=by,
            subject_id=held.row.volunteer_id,
            entered_by_id=held.row.entered_by_id,
            at=now,
            **facts,
        )
    )
    audit.note(
        f"attendance.{action}",
        "attendance",
        held.row.id,
        by=by,
        at=now,
        decision=seq,
        before=held.minutes_before,
        after=facts["minutes_after"],
        beneficiaries=facts["beneficiaries_after"],
        **({"halalas": facts["value_halalas"]} if facts["value_halalas"] is not None else {}),
    )
    telling.tell(held.row.id, action, seq, now=now)
