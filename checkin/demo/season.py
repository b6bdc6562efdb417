"""A past season in the record: every scan kept, folded and decided as the rules say."""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from checkin.demo.facts import Season, facts
from checkin.demo.organisation import Organisation, Volunteer, founded_at
from checkin.demo.plan import PlannedShift, Stay, courses_of, shifts_of, stays_of
from checkin.demo.storing import add, store
from checkin.domain.evidence import Evidence
from checkin.domain.fold import Folded, Kind, ScanFact, ShiftFact, State, fold
from checkin.models import Assignment, Attendance, AuditEntry, Decision, Scan, Shift
from checkin.operations.approvals.suggestion import suggested_minutes
from checkin.operations.attendance import Reading
from checkin.operations.attendance.plans import Plan
from checkin.operations.attendance.refolding import values_of

DECIDED_AFTER, CLOSED_AFTER = timedelta(hours=14), timedelta(hours=16)
"""Supervisors decide the next day, and close the shift a little later."""

Row = dict[str, Any]


def write(
    season: Season, organisation: Organisation, volunteers: Sequence[Volunteer], random: Random
) -> None:
    """Plan the season and store it; inside the caller's transaction."""
    shifts = shifts_of(season, organisation.duties, random)
    sessions = courses_of(season, organisation.courses, random)
    _store_shifts(organisation, [*shifts, *sessions])
    stays = stays_of(season, shifts, sessions, volunteers, random)
    records = list(_records(organisation, stays, random))
    attendances = store(Attendance, [record.attendance for record in records])
    for record, attendance_id in zip(records, attendances, strict=True):
        record.keep_id(attendance_id)
    add(Assignment, [_assignment(organisation, stay) for stay in stays])
    add(Scan, [row for record in records for row in record.scans])
    add(Decision, [record.decision for record in records])
    notes = [note for record in records for note in record.notes]
    add(AuditEntry, sorted(notes, key=lambda note: note["at"]))


def _store_shifts(organisation: Organisation, shifts: Sequence[PlannedShift]) -> None:
    ids = store(Shift, [_shift_row(organisation, shift) for shift in shifts])
    for shift, shift_id in zip(shifts, ids, strict=True):
        shift.id = shift_id
    add(
        AuditEntry,
        [
            _note("shift.create", "shift", shift.id, organisation.staff["layla"], founded_at())
            | {"facts": {"site": shift.duty.site_id}}
            for shift in shifts
        ],
    )


def _shift_row(organisation: Organisation, shift: PlannedShift) -> Row:
    return {
        "opportunity_id": shift.duty.id,
        "site_id": shift.duty.site_id,
        "starts_at": shift.starts_at,
        "ends_at": shift.ends_at,
        "work_on": shift.work_on,
        "seats": shift.size,
        "closed_at": shift.ends_at + CLOSED_AFTER,
        "closed_by_id": organisation.supervisor_of(shift.duty.site_id),
    }


def _assignment(organisation: Organisation, stay: Stay) -> Row:
    return {
        "shift_id": stay.shift.id,
        "person_id": stay.volunteer.id,
        "created_at": founded_at(),
        "created_by_id": organisation.staff["layla"],
    }


def _note(act: str, thing: str, thing_id: int, by: int | None, at: datetime) -> Row:
    return {"at": at, "actor_id": by, "act": act, "thing": thing, "thing_id": thing_id}


# --- one attendance with all that stands behind it -----------------------------------------


def _records(
    organisation: Organisation, stays: Sequence[Stay], random: Random
) -> Iterator["Record"]:
    """The stays of each volunteer are folded together, because one can end another."""
    by_volunteer: dict[int, list[Stay]] = defaultdict(list)
    for stay in stays:
        by_volunteer[stay.volunteer.id].append(stay)
    for own in by_volunteer.values():
        scans = {stay.shift.id: list(_scans(stay, random)) for stay in own}
        plans = {stay.shift.id: _plan(stay.shift) for stay in own}
        after = max(stay.shift.ends_at for stay in own) + DECIDED_AFTER
        facts_of = {shift_id: plan.fact for shift_id, plan in plans.items()}
        folded = fold((scan for some in scans.values() for scan in some), facts_of, after)
        for stay in own:
            shift_id = stay.shift.id
            yield Record(organisation, stay, scans[shift_id], plans[shift_id], folded[shift_id])


def _scans(stay: Stay, random: Random) -> Iterator[ScanFact]:
    for number, (begin, end) in enumerate(stay.stints, 1):
        yield _scan(stay, Kind.IN, begin, None, random)
        if end is not None:
            served = stay.served if number == len(stay.stints) else None
            yield _scan(stay, Kind.OUT, end, served, random)


def _scan(stay: Stay, kind: Kind, at: datetime, served: int | None, random: Random) -> ScanFact:
    uid = str(uuid.UUID(int=random.getrandbits(128), version=4))
    return ScanFact(uid, kind, stay.shift.id, at, at, Evidence.POSTER, served)


def _plan(shift: PlannedShift) -> Plan:
    service = shift.duty.service
    band = (None, None)
    if service is not None:
        told = facts()["services"][service]
        band = told["low"], told["high"]
    fact = ShiftFact(shift.id, shift.starts_at, shift.ends_at)
    return Plan(fact, shift.duty.site_id, shift.work_on, *band)


class Record:
    """The rows of one attendance: itself, its scans, its decision and their audit lines."""

    def __init__(
        self,
        organisation: Organisation,
        stay: Stay,
        scans: Sequence[ScanFact],
        plan: Plan,
        folded: Folded,
    ) -> None:
        self._stay, self._plan, self._folded = stay, plan, folded
        self._by = organisation.supervisor_of(plan.site_id)
        self._at = stay.shift.ends_at + DECIDED_AFTER
        poster_id = organisation.poster_of(plan.site_id)
        self.scans = [self._scan(scan, poster_id) for scan in scans]
        self.decision = self._decision()
        self.attendance = self._attendance()
        self.notes = [*map(self._scan_note, self.scans), *self._closing(), self._decision_note()]

    def keep_id(self, attendance_id: int) -> None:
        """Tell every row which attendance it belongs to."""
        self.decision["attendance_id"] = attendance_id
        for scan in self.scans:
            scan["attendance_id"] = attendance_id
        for note in self.notes:
            note["thing_id"] = attendance_id

    def _scan(self, scan: ScanFact, poster_id: int) -> Row:
        coming = scan.kind is Kind.IN
        reading = Reading(
            uid=scan.uid,
            kind=scan.kind,
            volunteer_id=self._stay.volunteer.id,
            poster_id=poster_id,
            shift_id=None if coming else scan.shift_id,
            beneficiaries=scan.beneficiaries,
        )
        return {
            "volunteer_id": reading.volunteer_id,
            "scan_uid": reading.uid,
            "payload_sha": reading.payload_sha,
            "kind": reading.kind.value,
            "carrier": reading.carrier,
            "evidence": reading.evidence.value,
            "site_id": self._plan.site_id,
            "shift_id": scan.shift_id,
            "poster_id": poster_id,
            "effective_at": scan.at,
            "received_at": scan.received_at,
            "beneficiaries": scan.beneficiaries,
            "joined": False,
            "verdict": "checked_in" if coming else "checked_out",
        }

    def _decision(self) -> Row:
        """Approved as suggested; a forgotten check-out as the supervisor saw it; or refused."""
        suggested = suggested_minutes(self._folded, *self._span)
        row: Row = {
            "seq": 1,
            "action": "approve",
            "minutes_before": suggested,
            "minutes_after": suggested,
            "beneficiaries_before": self._folded.beneficiaries,
            "beneficiaries_after": self._folded.beneficiaries,
            "reason": "",
            "decided_by_id": self._by,
            "subject_id": self._stay.volunteer.id,
            "at": self._at,
        }
        if self._stay.rejected:
            refused = {"minutes_after": None, "beneficiaries_after": None}
            return {**row, **refused, "action": "reject", "reason": "not_present"}
        if self._folded.state is State.UNCLOSED:
            return {
                **row,
                "action": "adjust",
                "minutes_after": self._stay.minutes,
                "reason": "seen",
            }
        return row

    @property
    def _span(self) -> tuple[datetime, datetime]:
        return self._stay.shift.starts_at, self._stay.shift.ends_at

    def _attendance(self) -> Row:
        changes = len(self.scans) + len(list(self._closing())) + 1
        return {
            **values_of(self._folded, self._plan, self._at),
            "volunteer_id": self._stay.volunteer.id,
            "shift_id": self._stay.shift.id,
            "site_id": self._plan.site_id,
            "partner_id": self._stay.volunteer.partner_id,
            "work_on": self._plan.work_on,
            "state": "rejected" if self._stay.rejected else "approved",
            "approved_minutes": self.decision["minutes_after"],
            "approved_beneficiaries": self.decision["beneficiaries_after"],
            "row_version": changes,
        }

    def _scan_note(self, scan: Row) -> Row:
        told = {"volunteer": scan["volunteer_id"], "shift": scan["shift_id"]}
        facts_of = {"verdict": scan["verdict"], **told, "uid": scan["scan_uid"]}
        act, at = f"scan.{scan['kind']}", scan["received_at"]
        return _note(act, "attendance", 0, scan["volunteer_id"], at) | {"facts": facts_of}

    def _closing(self) -> Iterator[Row]:
        """The sweep's line about a forgotten check-out."""
        if self._folded.state is State.UNCLOSED:
            told = {"volunteer": self._stay.volunteer.id, "shift": self._stay.shift.id}
            at = self._plan.fact.closes_at
            yield _note("attendance.unclosed", "attendance", 0, None, at) | {"facts": told}

    def _decision_note(self) -> Row:
        row = self.decision
        told = {
            "decision": row["seq"],
            "before": row["minutes_before"],
            "after": row["minutes_after"],
            "beneficiaries": row["beneficiaries_after"],
        }
        act = f"attendance.{row['action']}"
        return _note(act, "attendance", 0, self._by, self._at) | {"facts": told}
