"""The acts: approve, adjust, reject, confirm, and taking such a decision back.

Each is one transaction that locks the volunteer, changes the attendance only if it is still the
one that was shown (`row_version`), adds a decision that stays for ever, and notes it.
"""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from checkin.database import AnyRow, db, transaction
from checkin.domain.errors import Conflict, Problem
from checkin.domain.evidence import Flag
from checkin.domain.hours import MOST_MINUTES, needs_second_person, passed_minutes
from checkin.domain.plausibility import MOST_BENEFICIARIES
from checkin.models import AuditEntry
from checkin.operations import audit
from checkin.operations.approvals.holding import (
    UNDECIDED,
    Held,
    check,
    check_not_own,
    decide,
    hold,
    take_back,
)
from checkin.operations.approvals.reasons import ADJUST_REASONS, REJECT_REASONS, written
from checkin.operations.approvals.sampling import Lot, draw
from checkin.operations.approvals.times import Worked

_TIMES = "attendance.times"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of many at once: the valid ones passed, the others are named with a code."""

    done: list[int] = field(default_factory=list)
    failed: list[tuple[int, str]] = field(default_factory=list)
    minutes: int = 0


# --- the acts ------------------------------------------------------------------------------


@transaction
def approve(attendance_id: int, row_version: int, *, by: int, now: datetime) -> int:
    """Let what is suggested count; the minutes approved.

    Pressing twice has one effect. Raises Problem `own_record`, `own_entry_decision`,
    `still_open`, `overlap_undecided`, and Conflict `changed` when the record is not the one shown.
    """
    held = hold(attendance_id)
    if _repeats(held, row_version, by):
        return int(held.row.approved_minutes)
    check(held, by)
    if Flag.OVERLAP in held.row.flags:
        raise Problem("overlap_undecided")
    minutes = held.suggested
    values = _approved(minutes, held.row.beneficiaries)
    decide(held, "approve", row_version, UNDECIDED, values, by=by, now=now)
    return minutes


def approve_many(
    shown: Iterable[tuple[int, int]], *, by: int, now: datetime, lot: Lot = secrets.randbelow
) -> Result:
    """Approve each (attendance id, row version) for itself, in one order for everybody.

    `lot` draws the ones that a coordinator looks at again.
    """
    return _many(partial(_approve_among_many, lot=lot), shown, by, now)


@transaction
def _approve_among_many(
    attendance_id: int, row_version: int, *, by: int, now: datetime, lot: Lot
) -> int:
    minutes = approve(attendance_id, row_version, by=by, now=now)
    draw(attendance_id, now, lot)
    return minutes


@transaction
def adjust(
    attendance_id: int,
    row_version: int,
    *,
    minutes: int,
    beneficiaries: int | None,
    reason: str,
    words: str = "",
    worked: Worked | None = None,
    by: int,
    now: datetime,
) -> str:
    """Let other minutes count than the scans suggest; the state reached.

    A large upward step is only proposed, and waits for a second person (`confirm`). `worked` are
    the times that the minutes were taken from, if any. Raises what `approve` does, Problem
    `minutes_invalid`, `count_invalid`, `why_missing`, `time_outside_shift` for the future, and
    `minutes_not_passed`.
    """
    why = written(reason, words, ADJUST_REASONS)
    _check_numbers(minutes, beneficiaries)
    if worked is not None and worked.ends_at > now:
        raise Problem("time_outside_shift")
    held = hold(attendance_id)
    check(held, by)
    _check_passed(held, minutes, worked.begins_at if worked else None, now)
    large = needs_second_person(held.suggested, minutes)
    values = {"state": "proposed"} if large else _approved(minutes, beneficiaries)
    decide(
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
    if worked is not None:
        times = {"begins": worked.begins_at.isoformat(), "ends": worked.ends_at.isoformat()}
        audit.note(_TIMES, "attendance", held.row.id, by=by, at=now, **times)
    return str(values["state"])


@transaction
def confirm(attendance_id: int, row_version: int, *, by: int, now: datetime) -> int:
    """Be the second person for a large adjustment; the minutes approved.

    Raises Problem `second_person` for whoever proposed it, and `minutes_not_passed`.
    """
    held = hold(attendance_id)
    if _repeats(held, row_version, by):
        return int(held.row.approved_minutes)
    proposal = _proposal(held)
    check(held, by)
    if proposal.decided_by_id == by:
        raise Problem("second_person")
    _check_passed(held, proposal.minutes_after, _stated_beginning(held, proposal), now)
    values = _approved(proposal.minutes_after, proposal.beneficiaries_after)
    first = proposal.decided_by_id
    decide(held, "confirm", row_version, ("proposed",), values, by=by, now=now, first_by_id=first)
    return int(proposal.minutes_after)


@transaction
def refuse(attendance_id: int, row_version: int, *, words: str, by: int, now: datetime) -> None:
    """Say no to a proposed adjustment: the attendance is again what its scans say."""
    why = written("other", words)
    held = hold(attendance_id)
    check(held, by)
    take_back(held, "refuse", row_version, ("proposed",), by=by, now=now, reason=why)


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
    held = hold(attendance_id)
    check(held, by)
    values = {"state": "rejected"}
    decide(held, "reject", row_version, UNDECIDED, values, by=by, now=now, reason=why)


@transaction
def void(attendance_id: int, row_version: int, *, words: str, by: int, now: datetime) -> None:
    """Set aside what was never a service: a test, a record made twice."""
    why = written("other", words)
    held = hold(attendance_id)
    check(held, by)
    values = {"state": "voided"}
    decide(held, "void", row_version, UNDECIDED, values, by=by, now=now, reason=why)


@transaction
def withdraw(attendance_id: int, row_version: int, *, by: int, now: datetime) -> None:
    """Undo a decision until the shift is closed; the attendance is again what its scans say.

    Raises Problem `decision_final` afterwards: then a coordinator reopens it.
    """
    held = hold(attendance_id)
    check_not_own(held, by)
    if held.row.closed_at is not None:
        raise Problem("decision_final")
    states = ("approved", "rejected", "proposed")
    take_back(held, "withdraw", row_version, states, by=by, now=now)


def withdraw_many(shown: Iterable[tuple[int, int]], *, by: int, now: datetime) -> Result:
    """Undo many decisions, each for itself."""
    return _many(withdraw, shown, by, now)


@transaction
def reopen(attendance_id: int, row_version: int, *, words: str, by: int, now: datetime) -> None:
    """Open a decided attendance again, also after the shift was closed; with a reason."""
    why = written("other", words)
    held = hold(attendance_id)
    check_not_own(held, by)
    states = ("approved", "rejected", "voided")
    take_back(held, "reopen", row_version, states, by=by, now=now, reason=why)


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


def _repeats(held: Held, row_version: int, by: int) -> bool:
    """The same person pressed twice, or an answer was lost and the form sent again."""
    return (
        held.row.state == "approved"
        and held.row.row_version == row_version + 1
        and held.last is not None
        and held.last.action in ("approve", "confirm")
        and held.last.decided_by_id == by
    )


def _check_numbers(minutes: int, beneficiaries: int | None) -> None:
    if not 0 <= minutes <= MOST_MINUTES:
        raise Problem("minutes_invalid", max=MOST_MINUTES)
    if beneficiaries is not None and not 0 <= beneficiaries <= MOST_BENEFICIARIES:
        raise Problem("count_invalid", max=MOST_BENEFICIARIES)


def _check_passed(held: Held, minutes: int, stated: datetime | None, now: datetime) -> None:
    """Nobody is credited with hours that have not happened: since check-in opened, somebody
    checked in, or is said to have begun."""
    row = held.row
    opened_at = row.starts_at - timedelta(minutes=row.opens_minutes)
    since = min(at for at in (opened_at, row.in_at, stated) if at is not None)
    passed = passed_minutes(since, now)
    if minutes > passed:
        raise Problem("minutes_not_passed", minutes=passed)


def _stated_beginning(held: Held, proposal: AnyRow) -> datetime | None:
    """When the work began by the times that a proposal was taken from, if it was."""
    e = AuditEntry
    facts = db.session.scalar(
        select(e.facts)
        .where(e.thing == "attendance", e.thing_id == held.row.id)
        .where(e.act == _TIMES, e.at == proposal.at)
    )
    return datetime.fromisoformat(facts["begins"]) if facts else None


def _proposal(held: Held) -> AnyRow:
    if held.row.state != "proposed" or held.last is None or held.last.action != "propose":
        raise Conflict("changed")
    return held.last


def _approved(minutes: int, beneficiaries: int | None) -> dict[str, Any]:
    return {
        "state": "approved",
        "approved_minutes": minutes,
        "approved_beneficiaries": beneficiaries,
    }
