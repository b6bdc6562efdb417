"""What must be true of a volunteer's record after every act, asked of the database alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from checkin.database import AnyRow, ask
from checkin.domain.fold import Kind, State
from checkin.domain.hours import MOST_MINUTES, Interval, overlap, planned_minutes
from checkin.domain.scanning import Verdict
from checkin.models import Attendance, Decision, Person, Scan
from checkin.models.attendance import DECIDED
from checkin.operations.attendance.plans import plans_of
from checkin.operations.attendance.refolding import SETTLED, refold

STAYS = (
    *("state", "approved_minutes", "approved_beneficiaries", "stints", "in_at", "out_at"),
    *("credited_minutes", "proposed_minutes", "beneficiaries", "evidence", "entered_by_id"),
)
"""What of a decided attendance only another decision may change."""
_DECIDING = ("approve", "adjust", "propose", "confirm", "refuse", "return", "reject", "void")
_NOT_FOLDED = ("attendance_id", "updated_at", "row_version")
_MINE = bindparam("volunteer_id")
_RECORDS = select(Attendance.metadata.tables[Attendance.__tablename__]).where(
    Attendance.volunteer_id == _MINE
)
_SCANS = select(
    *(Scan.scan_uid, Scan.kind, Scan.shift_id, Scan.attendance_id, Scan.verdict),
    *(Scan.undoes, Scan.entered_by_id, Scan.received_at, Scan.reason),
).where(Scan.volunteer_id == _MINE)
_DECISIONS = (
    select(Decision.id, Decision.attendance_id, Decision.action, Decision.decided_by_id)
    .add_columns(Decision.at)
    .where(Decision.subject_id == _MINE)
    .order_by(Decision.seq)
)
_WHO = select(Person.id, Person.partner_id).where(Person.id == _MINE)


@dataclass(frozen=True, slots=True)
class Record:
    """All that is kept about one volunteer."""

    volunteer_id: int
    attendances: list[AnyRow]
    scans: list[AnyRow]
    decisions: list[AnyRow]

    @property
    def decided(self) -> dict[int, tuple[Any, ...]]:
        """What may not change by itself: every decided attendance by id."""
        return {
            one.id: tuple(getattr(one, name) for name in STAYS)
            for one in self.attendances
            if one.state in DECIDED
        }


def record_of(volunteer_id: int) -> Record:
    named = {"volunteer_id": volunteer_id}
    found = (list(ask(question, named)) for question in (_RECORDS, _SCANS, _DECISIONS))
    return Record(volunteer_id, *found)


def broken(record: Record, now: datetime) -> list[str]:
    """Sentences about what does not hold of one volunteer."""
    laws = (
        *(_two_open(record), _out_of_range(record), _sharing_time(record), _strange(record)),
        *(_not_folded(record, now), _decided_by_the_wrong(record)),
    )
    return [fault for law in laws for fault in law]


def _two_open(record: Record) -> Iterator[str]:
    opened = [one.id for one in record.attendances if one.state == State.OPEN]
    if len(opened) > 1:
        yield f"attendances {opened} of one volunteer are open"


def _out_of_range(record: Record) -> Iterator[str]:
    plans = plans_of({one.shift_id for one in record.attendances})
    for one in record.attendances:
        fact = plans[one.shift_id].fact
        planned = planned_minutes(fact.starts_at, fact.ends_at)
        for minutes in (one.credited_minutes, one.proposed_minutes):
            if minutes is not None and not 0 <= minutes <= planned:
                yield f"attendance {one.id} has {minutes} minutes of a shift of {planned}"
        if (one.state == "approved") != (one.approved_minutes is not None):
            yield f"attendance {one.id} is {one.state} with {one.approved_minutes} minutes"
        if one.approved_minutes is not None and not 0 <= one.approved_minutes <= MOST_MINUTES:
            yield f"attendance {one.id} is approved with {one.approved_minutes} minutes"


def _sharing_time(record: Record) -> Iterator[str]:
    """Nothing is approved whose time was settled elsewhere; only an adjustment may answer that."""
    last = {said.attendance_id: said for said in record.decisions}
    settled = [one for one in record.attendances if one.state in SETTLED]
    for one in settled:
        for other in settled:
            first, then = last[other.id], last[one.id]
            plainly = then.action == "approve" and first.at < then.at
            if plainly and overlap(_proved(one), _proved(other)):
                yield f"attendance {one.id} was approved for time settled with {other.id}"


def _proved(one: AnyRow) -> list[Interval]:
    return [
        (datetime.fromisoformat(begin), datetime.fromisoformat(end))
        for begin, end in one.stints
        if end is not None
    ]


def _strange(record: Record) -> Iterator[str]:
    own = {one.id for one in record.attendances} | {None}
    for scan in record.scans:
        if scan.attendance_id not in own:
            yield f"scan {scan.scan_uid} names attendance {scan.attendance_id} of somebody else"


def _not_folded(record: Record, now: datetime) -> Iterator[str]:
    """Folding the whole log from nothing finds nothing to change in what is undecided."""
    named = {scan.shift_id for scan in record.scans if scan.shift_id is not None}
    who = ask(_WHO, {"volunteer_id": record.volunteer_id}).one()
    kept = {one.id: one for one in record.attendances}
    found = refold(who, [], named | {one.shift_id for one in record.attendances}, now)
    for change in found.changes:
        stored = kept.get(change.attendance_id or 0)
        for name, wanted in change.values.items():
            there = getattr(stored, name, None)
            if name not in _NOT_FOLDED and there != wanted:
                yield f"shift {change.folded.shift_id}: {name} is {there}, its scans say {wanted}"


def _decided_by_the_wrong(record: Record) -> Iterator[str]:
    """Nobody decides about their own hours, nor about a record they entered by hand."""
    shift_of = {one.id: one.shift_id for one in record.attendances}
    undone = {scan.undoes for scan in record.scans if scan.verdict == Verdict.UNDONE}
    standing = [
        *(one for one in record.scans if one.kind != Kind.UNDO and one.scan_uid not in undone),
        *(one for one in record.scans if one.verdict == Verdict.UNDONE and one.reason),
    ]
    for said in record.decisions:
        if said.decided_by_id == record.volunteer_id:
            yield f"decision {said.id} is the volunteer's own"
        entered = {
            scan.entered_by_id
            for scan in standing
            if scan.shift_id == shift_of[said.attendance_id] and scan.received_at < said.at
        }
        if said.action in _DECIDING and said.decided_by_id in entered:
            yield f"decision {said.id} is of who entered the record by hand"
