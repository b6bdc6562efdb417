"""Correcting when somebody came or left: wrong scans are struck out, a new one stands instead."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from checkin.database import AnyRow, db, transaction
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.domain.evidence import Evidence
from checkin.domain.fold import Kind
from checkin.domain.hours import Interval, overlap, statable
from checkin.domain.scanning import Verdict
from checkin.domain.text import clean_text
from checkin.models import Attendance, Scan, Shift
from checkin.models.attendance import DECIDED
from checkin.operations.attendance import Reading, derived_uid, lock_volunteer, record_scan
from checkin.operations.attendance.sweep import propose_anew
from checkin.operations.identity import is_one

REASONS = ("corrected", "seen", "agreed", "forgot", "other")
"""The first is what a supervisor says who gives no other reason: nothing but what they did."""
LONGEST_WORDS = 200
_MOMENT = timedelta(seconds=1)
_GONE = ("cancelled", "voided", "rejected")
"""States whose time does not stand in another record's way."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What a supervisor says about one end of one stint of an attendance as it was shown.

    `kind` is the check-in or the check-out, `stint` which of the stints, from 0. `uid` is made
    with the form, so that sending it twice is one correction.
    """

    uid: str
    attendance_id: int
    row_version: int
    kind: Kind
    stint: int
    at: datetime
    reason: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class End:
    """One end of a stint that can be corrected: when it was, and between which times it may be."""

    kind: Kind
    stint: int
    at: datetime
    since: datetime
    until: datetime


def ends_of(attendance: Any, shift: Any, now: datetime) -> list[End]:
    """The check-ins and check-outs of an attendance, in order, with where they may be moved."""
    if attendance.state in (*DECIDED, "cancelled"):
        return []
    stints = [_instants(stint) for stint in attendance.stints]
    return [end for number in range(len(stints)) for end in _ends(stints, number, shift, now)]


def _ends(
    stints: list[tuple[datetime, datetime | None]], number: int, shift: Any, now: datetime
) -> Iterator[End]:
    begin, end = stints[number]
    first, last = statable(shift.starts_at, shift.ends_at, now)
    before = stints[number - 1] if number else None
    since = (before[1] or before[0]) if before else first
    after = stints[number + 1][0] if number + 1 < len(stints) else last
    yield End(Kind.IN, number, begin, since, end or after)
    if end is not None:
        yield End(Kind.OUT, number, end, begin, max(after, end))


def _instants(stint: list[Any]) -> tuple[datetime, datetime | None]:
    begin, end = stint
    return datetime.fromisoformat(begin), datetime.fromisoformat(end) if end else None


# --- the act -------------------------------------------------------------------------------


def correct(correction: Correction, *, by: int, now: datetime) -> None:
    """Let a check-in or check-out count from another time; whoever does may not decide about it.

    Raises Problem `own_entry`, `why_missing`, `decided_already`, `time_same`, `time_between` and
    `was_elsewhere` (facts `since`, `until`), and Conflict `changed` when the record is not the one
    that was shown.
    """
    shift_id = _correct(correction, by, now)
    if correction.kind is Kind.IN:
        # whoever stood at this post before may have left when this volunteer really came
        propose_anew(shift_id, now)


@transaction
def _correct(correction: Correction, by: int, now: datetime) -> int:
    row = _locked(correction.attendance_id)
    if is_one(row.volunteer_id, by):
        raise Problem("own_entry")
    why = _written(correction)
    shift_id: int = row.shift_id
    if _is_kept(row.volunteer_id, correction.uid):
        return shift_id
    if row.state in DECIDED:
        raise Problem("decided_already")
    end = _meant(correction, row, now)
    at = _fitting(correction.at, end)
    _check_elsewhere(row, end, at)
    _replace(correction, row, end, at, why, by, now)
    return shift_id


def _locked(attendance_id: int) -> AnyRow:
    """The attendance with its shift's times, read after its volunteer was locked."""
    a = Attendance
    volunteer_id = db.session.scalar(select(a.volunteer_id).where(a.id == attendance_id))
    if volunteer_id is None:
        raise NotFound("attendance")
    lock_volunteer(volunteer_id)
    return db.session.execute(
        select(
            *(a.id, a.volunteer_id, a.shift_id, a.state, a.stints, a.row_version),
            *(Shift.starts_at, Shift.ends_at),
        )
        .join(Shift, Shift.id == a.shift_id)
        .where(a.id == attendance_id)
    ).one()


def _written(correction: Correction) -> str:
    """The reason's code, and after a colon the words somebody added."""
    words = clean_text(correction.words, LONGEST_WORDS)
    if correction.reason not in REASONS or (correction.reason == "other" and not words):
        raise Problem("why_missing")
    return f"{correction.reason}: {words}" if words else correction.reason


def _is_kept(volunteer_id: int, uid: str) -> bool:
    kept = select(Scan.id).where(Scan.volunteer_id == volunteer_id, Scan.scan_uid == uid)
    return db.session.scalar(kept) is not None


def _meant(correction: Correction, row: AnyRow, now: datetime) -> End:
    """The end as it was shown; on a record that changed nobody knows which one is meant."""
    if row.row_version != correction.row_version:
        raise Conflict("changed")
    for end in ends_of(row, row, now):
        if (end.kind, end.stint) == (correction.kind, correction.stint):
            return end
    raise Conflict("changed")


def _fitting(at: datetime, end: End) -> datetime:
    """The stated time; who names the very minute of a neighbour means its second."""
    if at.replace(second=0, microsecond=0) == end.at.replace(second=0, microsecond=0):
        raise Problem("time_same")
    if not end.since.replace(second=0, microsecond=0) <= at <= end.until:
        raise Problem("time_between", since=end.since, until=end.until)
    return max(at, end.since)


def _check_elsewhere(row: AnyRow, end: End, at: datetime) -> None:
    """Nobody came or stayed where they were somewhere else; only what is newly said is asked."""
    claimed, a = _claimed(end, at), Attendance
    if claimed is None:
        return
    others = db.session.execute(
        select(a.stints, a.until_at)
        .where(a.volunteer_id == row.volunteer_id, a.id != row.id, a.state.not_in(_GONE))
        .where(a.in_at < claimed[1], a.until_at > claimed[0])
        .order_by(a.in_at)
    )
    for other in others:
        for since, until in _spans(other):
            if overlap([claimed], [(since, until)]):
                raise Problem("was_elsewhere", since=since, until=until)


def _claimed(end: End, at: datetime) -> Interval | None:
    """The time that was not theirs before; of a later check-in the moment itself."""
    if end.kind is Kind.IN:
        return at, max(end.at, at + _MOMENT)
    return (end.at, at) if end.at < at else None


def _spans(other: AnyRow) -> Iterator[Interval]:
    for begin, end in map(_instants, other.stints):
        yield begin, end or other.until_at


def _replace(
    correction: Correction, row: AnyRow, end: End, at: datetime, why: str, by: int, now: datetime
) -> None:
    said = _saying_so(row, end, at)
    by_hand: dict[str, Any] = {
        "volunteer_id": row.volunteer_id,
        "carrier": "manual",
        "evidence": Evidence.CLAIMED,
        "entered_by_id": by,
        "reason": why,
    }
    for scan in said:
        if _contradicts(scan, end, at):
            uid = derived_uid(correction.uid, f"instead of {scan.scan_uid}")
            record_scan(Reading(uid, Kind.UNDO, undoes=scan.scan_uid, **by_hand), now=now)
    entered = Reading(
        *(correction.uid, end.kind),
        shift_id=row.shift_id,
        at=at,
        beneficiaries=_count(said),
        joins=any(scan.joined for scan in said),
        **by_hand,
    )
    record_scan(entered, now=now)


def _contradicts(scan: AnyRow, end: End, at: datetime) -> bool:
    """A check-in before the right time would count in its place; every other check-out of the
    stint would read as a second leaving."""
    early: bool = scan.effective_at < at
    return early or end.kind is Kind.OUT


def _saying_so(row: AnyRow, end: End, at: datetime) -> list[AnyRow]:
    """The scans that this end rests on and its repetitions, first one first."""
    s, undo = Scan, aliased(Scan)
    taken_back = select(undo.id).where(
        undo.volunteer_id == s.volunteer_id,
        undo.undoes == s.scan_uid,
        undo.verdict == Verdict.UNDONE,
    )
    if end.kind is Kind.IN:
        during = s.effective_at.between(end.at, max(at, end.at))
    else:
        during = s.effective_at.between(end.since, end.at)
    return list(
        db.session.execute(
            select(s.scan_uid, s.beneficiaries, s.joined, s.effective_at)
            .where(s.volunteer_id == row.volunteer_id, s.shift_id == row.shift_id)
            .where(s.kind == end.kind, during, ~taken_back.exists())
            .order_by(s.effective_at, s.id)
        )
    )


def _count(said: list[AnyRow]) -> int | None:
    """Of people served: the last one said counts, and moves with the time."""
    counts = [scan.beneficiaries for scan in said if scan.beneficiaries is not None]
    return counts[-1] if counts else None


# --- what was changed ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Changed:
    """A check-in or check-out that a supervisor let count from another time."""

    kind: Kind
    before: datetime
    after: datetime
    at: datetime


def changes_of(attendance: Attendance) -> list[Changed]:
    """What supervisors changed of these times and still counts, the first change first."""
    s = Scan
    scans = db.session.execute(
        select(*(s.scan_uid, s.kind, s.effective_at, s.received_at, s.undoes), s.entered_by_id)
        .where(s.volunteer_id == attendance.volunteer_id, s.shift_id == attendance.shift_id)
        .where(s.carrier != "relief")
        .order_by(s.received_at, s.id)
    ).all()
    undone = {scan.undoes: scan.received_at for scan in scans if scan.kind == Kind.UNDO}
    standing = {at for stint in attendance.stints for at in _instants(stint)}
    found = []
    for scan in scans:
        counts = scan.scan_uid not in undone and scan.effective_at in standing
        if scan.entered_by_id is not None and scan.kind in (Kind.IN, Kind.OUT) and counts:
            before = _instead_of(scan, scans, undone, standing)
            if before is not None:
                found.append(Changed(Kind(scan.kind), before, scan.effective_at, scan.received_at))
    return found


def _instead_of(
    entered: AnyRow,
    scans: Sequence[AnyRow],
    undone: dict[str, datetime],
    standing: set[datetime | None],
) -> datetime | None:
    """The time that counted before: struck out with the entry, or a later check-in behind it."""
    earlier = [
        scan.effective_at
        for scan in scans
        if scan.kind == entered.kind and scan.received_at < entered.received_at
        if scan.effective_at not in standing
        if undone.get(scan.scan_uid, entered.received_at) == entered.received_at
    ]
    if entered.kind == Kind.IN:
        return min(earlier, default=None)
    return max(earlier, default=None)
