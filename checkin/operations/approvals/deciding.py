"""The acts: approve, adjust, reject, confirm, and taking such a decision back.

Each is one transaction that locks the volunteer, changes the attendance only if it is still the
one that was shown (`row_version`), adds a decision that stays for ever, and notes it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from checkin.database import AnyRow, db, transaction
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.domain.evidence import Flag
from checkin.domain.hours import MOST_MINUTES, needs_second_person
from checkin.domain.plausibility import MOST_BENEFICIARIES
from checkin.models import Attendance, Decision, Shift
from checkin.operations import audit
from checkin.operations.approvals.four_eyes import enterers, obstacle
from checkin.operations.approvals.reasons import ADJUST_REASONS, REJECT_REASONS, written
from checkin.operations.approvals.returning import return_to_scans
from checkin.operations.approvals.suggestion import suggested_minutes
from checkin.operations.attendance import lock_volunteer

UNDECIDED = ("closed", "unclosed")
"""What can be decided; an open attendance has to end first."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of many at once: the valid ones passed, the others are named with a code."""

    done: list[int] = field(default_factory=list)
    failed: list[tuple[int, str]] = field(default_factory=list)
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class _Held:
    """An attendance under its volunteer's lock, as it stands now."""

    volunteer: AnyRow
    row: AnyRow
    last: AnyRow | None
    """The latest decision about it."""

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


# --- the acts ------------------------------------------------------------------------------


@transaction
def approve(attendance_id: int, row_version: int, *, by: int, now: datetime) -> int:
    """Let what is suggested count; the minutes approved.

    Pressing twice has one effect. Raises Problem `own_record`, `own_entry_decision`,
    `still_open`, `overlap_undecided`, and Conflict `changed` when the record is not the one shown.
    """
    held = _hold(attendance_id)
    if _repeats(held, row_version, by):
        return int(held.row.approved_minutes)
    _check(held, by)
    if Flag.OVERLAP in held.row.flags:
        raise Problem("overlap_undecided")
    minutes = held.suggested
    values = _approved(minutes, held.row.beneficiaries)
    _decide(held, "approve", row_version, UNDECIDED, values, by=by, now=now)
    return minutes


def approve_many(shown: Iterable[tuple[int, int]], *, by: int, now: datetime) -> Result:
    """Approve each (attendance id, row version) for itself, in one order for everybody."""
    return _many(approve, shown, by, now)


@transaction
def adjust(
    attendance_id: int,
    row_version: int,
    *,
    minutes: int,
    beneficiaries: int | None,
    reason: str,
    words: str = "",
    by: int,
    now: datetime,
) -> str:
    """Let other minutes count than the scans suggest; the state reached.

    A large upward step is only proposed, and waits for a second person (`confirm`). Raises what
    `approve` does, Problem `minutes_invalid`, `count_invalid` and `why_missing`.
    """
    why = written(reason, words, ADJUST_REASONS)
    _check_numbers(minutes, beneficiaries)
    held = _hold(attendance_id)
    _check(held, by)
    large = needs_second_person(held.suggested, minutes)
    values = {"state": "proposed"} if large else _approved(minutes, beneficiaries)
    _decide(
        held,
        "propose" if large else "adjust",
        row_version,
        UNDECIDED,
        values,
        by=by,
        now=now,
        minutes_after=minutes,
        beneficiaries_after=beneficiaries,
        reason=why,
    )
    return str(values["state"])


@transaction
def confirm(attendance_id: int, row_version: int, *, by: int, now: datetime) -> int:
    """Be the second person for a large adjustment; the minutes approved.

    Raises Problem `second_person` for whoever proposed it.
    """
    held = _hold(attendance_id)
    if _repeats(held, row_version, by):
        return int(held.row.approved_minutes)
    proposal = _proposal(held)
    _check(held, by)
    if proposal.decided_by_id == by:
        raise Problem("second_person")
    values = _approved(proposal.minutes_after, proposal.beneficiaries_after)
    first = proposal.decided_by_id
    _decide(held, "confirm", row_version, ("proposed",), values, by=by, now=now, first_by_id=first)
    return int(proposal.minutes_after)


@transaction
def refuse(attendance_id: int, row_version: int, *, words: str, by: int, now: datetime) -> None:
    """Say no to a proposed adjustment: the attendance is again what its scans say."""
    why = written("other", words)
    held = _hold(attendance_id)
    _check(held, by)
    _take_back(held, "refuse", row_version, ("proposed",), by=by, now=now, reason=why)


@transaction
def reject(
    attendance_id: int,
    row_version: int,
    *,
    reason: str,
    words: str = "",
    by: int,
    now: datetime,
) -> None:
    """Let nothing count, for a reason that the volunteer sees. Raises `why_missing`."""
    why = written(reason, words, REJECT_REASONS)
    held = _hold(attendance_id)
    _check(held, by)
    values = {"state": "rejected"}
    _decide(held, "reject", row_version, UNDECIDED, values, by=by, now=now, reason=why)


@transaction
def void(attendance_id: int, row_version: int, *, words: str, by: int, now: datetime) -> None:
    """Set aside what was never a service: a test, a record made twice."""
    why = written("other", words)
    held = _hold(attendance_id)
    _check(held, by)
    values = {"state": "voided"}
    _decide(held, "void", row_version, UNDECIDED, values, by=by, now=now, reason=why)


@transaction
def withdraw(attendance_id: int, row_version: int, *, by: int, now: datetime) -> None:
    """Undo a decision until the shift is closed; the attendance is again what its scans say.

    Raises Problem `decision_final` afterwards: then a coordinator reopens it.
    """
    held = _hold(attendance_id)
    _check_not_own(held, by)
    if held.row.closed_at is not None:
        raise Problem("decision_final")
    states = ("approved", "rejected", "proposed")
    _take_back(held, "withdraw", row_version, states, by=by, now=now)


def withdraw_many(shown: Iterable[tuple[int, int]], *, by: int, now: datetime) -> Result:
    """Undo many decisions, each for itself."""
    return _many(withdraw, shown, by, now)


@transaction
def reopen(attendance_id: int, row_version: int, *, words: str, by: int, now: datetime) -> None:
    """Open a decided attendance again, also after the shift was closed; with a reason."""
    why = written("other", words)
    held = _hold(attendance_id)
    _check_not_own(held, by)
    states = ("approved", "rejected", "voided")
    _take_back(held, "reopen", row_version, states, by=by, now=now, reason=why)


# --- what they share -----------------------------------------------------------------------


def _many(
    act: Callable[..., int | None], shown: Iterable[tuple[int, int]], by: int, now: datetime
) -> Result:
    """One transaction each, so that one failure takes nobody else's hours with it."""
    done: list[int] = []
    failed: list[tuple[int, str]] = []
    minutes = 0
    for attendance_id, row_version in sorted(set(shown)):
        try:
            minutes += act(attendance_id, row_version, by=by, now=now) or 0
            done.append(attendance_id)
        except Problem as problem:
            failed.append((attendance_id, problem.code))
    return Result(done, failed, minutes)


def _hold(attendance_id: int) -> _Held:
    """Lock first, read afterwards: nothing read before the lock is believed."""
    volunteer_id = db.session.scalar(
        select(Attendance.volunteer_id).where(Attendance.id == attendance_id)
    )
    if volunteer_id is None:
        raise NotFound("attendance")
    volunteer = lock_volunteer(volunteer_id)
    a = Attendance
    row = db.session.execute(
        select(
            *(a.id, a.volunteer_id, a.shift_id, a.state, a.flags, a.entered_by_id),
            *(a.credited_minutes, a.proposed_minutes, a.approved_minutes, a.row_version),
            *(a.beneficiaries, a.approved_beneficiaries),
            *(Shift.starts_at, Shift.ends_at, Shift.closed_at),
        )
        .join(Shift, Shift.id == a.shift_id)
        .where(a.id == attendance_id)
    ).one()
    return _Held(volunteer, row, _last_decision(attendance_id))


def _last_decision(attendance_id: int) -> AnyRow | None:
    d = Decision
    return db.session.execute(
        select(d.seq, d.action, d.decided_by_id, d.minutes_after, d.beneficiaries_after)
        .where(d.attendance_id == attendance_id)
        .order_by(d.seq.desc())
        .limit(1)
    ).first()


def _repeats(held: _Held, row_version: int, by: int) -> bool:
    """The same person pressed twice, or an answer was lost and the form sent again."""
    return (
        held.row.state == "approved"
        and held.row.row_version == row_version + 1
        and held.last is not None
        and held.last.action in ("approve", "confirm")
        and held.last.decided_by_id == by
    )


def _check(held: _Held, by: int) -> None:
    volunteer_id = held.row.volunteer_id
    entered = enterers(held.row.shift_id, [volunteer_id])[volunteer_id]
    code = obstacle(volunteer_id, entered | {held.row.entered_by_id}, by)
    if code is not None:
        raise Problem(code)
    if held.row.state == "open":
        raise Problem("still_open")


def _check_not_own(held: _Held, by: int) -> None:
    if held.row.volunteer_id == by:
        raise Problem("own_record")


def _check_numbers(minutes: int, beneficiaries: int | None) -> None:
    if not 0 <= minutes <= MOST_MINUTES:
        raise Problem("minutes_invalid", max=MOST_MINUTES)
    if beneficiaries is not None and not 0 <= beneficiaries <= MOST_BENEFICIARIES:
        raise Problem("count_invalid", max=MOST_BENEFICIARIES)


def _proposal(held: _Held) -> AnyRow:
    if held.row.state != "proposed" or held.last is None or held.last.action != "propose":
        raise Conflict("changed")
    return held.last


def _approved(minutes: int, beneficiaries: int | None) -> dict[str, Any]:
    return {
        "state": "approved",
        "approved_minutes": minutes,
        "approved_beneficiaries": beneficiaries,
    }


def _decide(
    held: _Held,
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
    changed = db.session.execute(
        update(Attendance)
        .where(Attendance.id == held.row.id, Attendance.row_version == row_version)
        .where(Attendance.state.in_(states))
        .values(**values, row_version=Attendance.row_version + 1, updated_at=now)
        .returning(Attendance.id)
        .execution_options(synchronize_session=False)
    ).first()
    if changed is None:
        raise Conflict("changed")
    facts.setdefault("minutes_after", values.get("approved_minutes"))
    facts.setdefault("beneficiaries_after", values.get("approved_beneficiaries"))
    _write(held, action, by, now, facts)


def _take_back(
    held: _Held,
    action: str,
    row_version: int,
    states: tuple[str, ...],
    *,
    by: int,
    now: datetime,
    reason: str = "",
) -> None:
    values = {"state": "closed", "approved_minutes": None, "approved_beneficiaries": None}
    _decide(held, action, row_version, states, values, by=by, now=now, reason=reason)
    return_to_scans(held.volunteer, held.row.id, now)


def _write(held: _Held, action: str, by: int, now: datetime, facts: dict[str, Any]) -> None:
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
    )
