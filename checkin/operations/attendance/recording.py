"""`record_scan`: the one place where every scan becomes part of the record."""

import hashlib
import json
import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, insert, select

from checkin.database import AnyRow, Together, ask, db, transaction
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.domain.evidence import Evidence, Flag
from checkin.domain.fold import Kind, ScanFact
from checkin.domain.hours import AUTO_CLOSE_AFTER, UNDO_WITHIN
from checkin.domain.scanning import Judgement, Verdict, judge
from checkin.models import (
    Assignment,
    Attendance,
    Opportunity,
    Person,
    Poster,
    Scan,
    Service,
    Shift,
)
from checkin.models.attendance import DECIDED
from checkin.operations import audit
from checkin.operations.attendance.plans import COLUMNS, Plan, plan_of
from checkin.operations.attendance.refolding import Kept, refold
from checkin.operations.attendance.situation import Around, around, code_of

TOUCH_KEPT = timedelta(minutes=15)
"""How long the first look at a code counts as the moment of checking in."""


# Questions asked at every scan are built once: building them costs more than answering them.
_VOLUNTEER = (
    select(
        Person.id,
        Person.partner_id,
        Person.suspended_at,
        Person.is_minor,
        Person.guardian_consented_at,
    )
    .where(Person.id == bindparam("volunteer_id"), Person.erased_at.is_(None))
    .with_for_update()
)
_CAME_BEFORE = and_(
    Scan.volunteer_id == bindparam("volunteer_id"), Scan.scan_uid == bindparam("uid")
)
_BEFORE = (
    *(Scan.payload_sha, Scan.verdict, Scan.attendance_id, Scan.effective_at),
    Scan.shift_id.label("scan_shift_id"),
)
_POSTER = (
    select(Poster.site_id, Poster.shift_id, Poster.revoked_at, Poster.replaced_at, *_BEFORE)
    .outerjoin(Scan, _CAME_BEFORE)
    .where(Poster.id == bindparam("poster_id"))
)
_SCAN = select(Scan.kind, Scan.received_at, Scan.site_id, *_BEFORE).where(_CAME_BEFORE)
_OPEN_SHIFT = select(Attendance.shift_id).where(
    Attendance.volunteer_id == bindparam("volunteer_id"), Attendance.state == "open"
)
_SHIFT = (
    select(*COLUMNS, *_BEFORE)
    .join(Opportunity, Opportunity.id == Shift.opportunity_id)
    .outerjoin(Service, Service.id == Opportunity.service_id)
    .outerjoin(Scan, _CAME_BEFORE)
    .where(Shift.id == bindparam("shift_id"))
)
_KEEP = Together(Scan.metadata.tables[Scan.__tablename__], audit.TABLE)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a person did with a code, as it reached us; who they are comes from the session.

    `uid` was made before sending and names this act for ever. `touched_at` is when the server
    first saw the code opened. `joins` confirms a walk-in, `moves` a move from another site.
    """

    uid: str
    kind: Kind
    volunteer_id: int
    poster_id: int | None = None
    shift_id: int | None = None
    touched_at: datetime | None = None
    beneficiaries: int | None = None
    undoes: str | None = None
    joins: bool = False
    moves: bool = False
    at: datetime | None = None
    """An instant somebody states: a supervisor by hand, or a volunteer who forgot."""
    carrier: str = "poster"
    evidence: Evidence = Evidence.POSTER
    device_id: int | None = None
    entered_by_id: int | None = None
    reason: str = ""

    @property
    def payload_sha(self) -> str:
        """What must be the same when the same id comes again; not how long the page was open."""
        content = [
            *(self.kind, self.poster_id, self.shift_id, self.beneficiaries, self.undoes),
            *(self.joins, self.moves, self.at.isoformat() if self.at else None),
            *(self.carrier, self.entered_by_id, self.reason),
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a scan; asking again with the same id gives the same answer, `replayed`."""

    uid: str
    verdict: Verdict
    attendance_id: int | None
    shift_id: int | None
    effective_at: datetime
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class _Resolved:
    """A scan's place: the shift it belongs to, the instant that counts, and whether it acts."""

    verdict: Verdict
    at: datetime
    site_id: int | None
    shift_id: int | None
    acts: bool
    joined: bool = False
    around: Around | None = None
    plan: Plan | None = None


@transaction
def record_scan(reading: Reading, *, now: datetime) -> Answer:
    """Keep one scan, bring the attendance to what the scans say, and answer.

    The volunteer's row is locked first, so two scans of one person are never judged against the
    same past. A known volunteer's scan is always kept, with its verdict. Raises `NotFound` for
    an unknown volunteer, `Conflict("scan_reused")` when the id came before with other content,
    `Problem("own_entry")` when a supervisor enters their own attendance.
    """
    volunteer = lock_volunteer(reading.volunteer_id)
    named = _named(reading)
    if named is not None and named.payload_sha is not None:
        return _again(reading, named)
    if reading.entered_by_id == reading.volunteer_id:
        raise Problem("own_entry")
    resolved = _resolve(reading, named, volunteer, now)
    return _keep(reading, resolved, volunteer, now)


def lock_volunteer(volunteer_id: int) -> AnyRow:
    """The serialisation point of everything that writes about one volunteer."""
    row = ask(_VOLUNTEER, {"volunteer_id": volunteer_id}).first()
    if row is None:
        raise NotFound("person")
    return row


def _named(reading: Reading) -> AnyRow | None:
    """What the scan names, the poster or the shift, and whether its id has come before."""
    named = {"volunteer_id": reading.volunteer_id, "uid": reading.uid}
    if reading.kind is Kind.UNDO:
        return ask(_SCAN, named).first()
    if _reads_poster(reading):
        return ask(_POSTER, {**named, "poster_id": reading.poster_id}).first()
    return ask(_SHIFT, {**named, "shift_id": reading.shift_id}).first()


def _reads_poster(reading: Reading) -> bool:
    """A volunteer's own check-in goes by the poster; everything else names its shift."""
    return reading.kind is Kind.IN and reading.entered_by_id is None


def _again(reading: Reading, stored: AnyRow) -> Answer:
    if stored.payload_sha != reading.payload_sha:
        raise Conflict("scan_reused", uid=reading.uid)
    return Answer(
        reading.uid,
        Verdict(stored.verdict),
        stored.attendance_id,
        stored.scan_shift_id,
        stored.effective_at,
        replayed=True,
    )


# --- which shift, which instant ------------------------------------------------------------


def _resolve(reading: Reading, named: AnyRow | None, volunteer: AnyRow, now: datetime) -> _Resolved:
    if reading.kind is Kind.UNDO:
        return _resolve_undo(reading, now)
    if named is None:
        raise NotFound("poster" if _reads_poster(reading) else "shift")
    if _reads_poster(reading):
        return _resolve_check_in(reading, named, volunteer, now)
    return _resolve_stated(reading, named, now)


def _resolve_check_in(
    reading: Reading, poster: AnyRow, volunteer: AnyRow, now: datetime
) -> _Resolved:
    """A volunteer's own check-in is judged by the table, at the first look at the code."""
    at = _touched(reading, now)
    code = code_of(poster, at)
    here = around(volunteer.id, poster.site_id, at)
    judgement = judge(here.situation(volunteer, poster.site_id, poster.shift_id, code, at))
    return replace(_acted_on(reading, judgement, poster.site_id, at), around=here)


def _touched(reading: Reading, now: datetime) -> datetime:
    """A slow message or network costs no minutes; a page left open since yesterday gains none."""
    touched = reading.touched_at
    if touched is None or not now - TOUCH_KEPT <= touched <= now:
        return now
    return touched


def _acted_on(reading: Reading, judgement: Judgement, site_id: int, at: datetime) -> _Resolved:
    verdict, shift = judgement.verdict, judgement.shift
    shift_id = shift.shift_id if shift else None
    joins = shift is not None and not shift.rostered
    moving = verdict is Verdict.OPEN_ELSEWHERE and reading.moves and shift is not None
    if verdict is Verdict.CHECK_IN or moving or (verdict is Verdict.WALK_IN and reading.joins):
        return _Resolved(Verdict.CHECKED_IN, at, site_id, shift_id, acts=True, joined=joins)
    if verdict in (Verdict.ALREADY_IN, Verdict.CHECK_OUT):
        open_shift = _open_shift(reading.volunteer_id)
        return _Resolved(Verdict.ALREADY_IN, at, site_id, open_shift, acts=True)
    return _Resolved(verdict, at, site_id, shift_id, acts=False)


def _open_shift(volunteer_id: int) -> int | None:
    return ask(_OPEN_SHIFT, {"volunteer_id": volunteer_id}).scalar()


def _resolve_stated(reading: Reading, shift: AnyRow, now: datetime) -> _Resolved:
    """A check-out, an answer about a forgotten one, or an entry by hand: the shift is named."""
    at = reading.at or now
    _check_stated(reading, shift, at, now)
    verdict = Verdict.CHECKED_IN if reading.kind is Kind.IN else Verdict.CHECKED_OUT
    if reading.kind is Kind.FORGOT:
        verdict, at = Verdict.END_UNKNOWN, shift.ends_at
    plan = plan_of(shift)
    return _Resolved(verdict, at, shift.site_id, shift.id, True, reading.joins, plan=plan)


_HALF_A_DAY = timedelta(hours=12)


def _check_stated(reading: Reading, shift: AnyRow, at: datetime, now: datetime) -> None:
    """A stated time lies in the past and near the shift."""
    if reading.at is None:
        return
    latest = shift.ends_at + AUTO_CLOSE_AFTER
    if at > now or not shift.starts_at - _HALF_A_DAY <= at <= latest:
        raise Problem("time_outside_shift", starts_at=shift.starts_at, ends_at=shift.ends_at)


def _resolve_undo(reading: Reading, now: datetime) -> _Resolved:
    named = {"volunteer_id": reading.volunteer_id, "uid": reading.undoes}
    target = ask(_SCAN, named).first()
    if target is None or target.kind not in (Kind.IN, Kind.OUT):
        raise NotFound("scan")
    in_time = now <= target.received_at + UNDO_WITHIN
    verdict = Verdict.UNDONE if in_time else Verdict.NOT_UNDONE
    # the undo stands at its target's instant, so both are always read together
    at, shift_id = target.effective_at, target.scan_shift_id
    return _Resolved(verdict, at, target.site_id, shift_id, acts=in_time)


# --- keeping it ----------------------------------------------------------------------------


def _keep(reading: Reading, resolved: _Resolved, volunteer: AnyRow, now: datetime) -> Answer:
    attendance_id, verdict = None, resolved.verdict
    if reading.moves and resolved.acts:
        _leave_elsewhere(reading, resolved, now)
    if resolved.acts and resolved.shift_id is not None:
        if resolved.joined:
            _join(resolved.shift_id, reading, now)
        fact = _fact(reading, resolved, now)
        kept = _folded(reading, resolved, volunteer, fact, now)
        attendance_id = kept.id if kept else None
        verdict = _final(verdict, fact, kept)
    line = audit.line(
        f"scan.{reading.kind}",
        "attendance",
        attendance_id,
        by=reading.entered_by_id or reading.volunteer_id,
        at=now,
        verdict=verdict,
        volunteer=reading.volunteer_id,
        shift=resolved.shift_id,
        uid=reading.uid,
    )
    _KEEP.insert(_row(reading, resolved, verdict, attendance_id, now), line)
    return Answer(reading.uid, verdict, attendance_id, resolved.shift_id, resolved.at)


def _folded(
    reading: Reading, resolved: _Resolved, volunteer: AnyRow, fact: ScanFact, now: datetime
) -> Kept | None:
    """Fold with what was asked already; after leaving elsewhere the attendances are others."""
    here = resolved.around
    plans = here.plans if here else {fact.shift_id: resolved.plan} if resolved.plan else None
    rows = here.rows if here and not reading.moves else None
    found = refold(volunteer, [fact], [fact.shift_id], now, plans=plans, rows=rows)
    return found.get(fact.shift_id)


def _fact(reading: Reading, resolved: _Resolved, now: datetime) -> ScanFact:
    assert resolved.shift_id is not None
    return ScanFact(
        uid=reading.uid,
        kind=reading.kind,
        shift_id=resolved.shift_id,
        at=resolved.at,
        received_at=now,
        evidence=reading.evidence,
        beneficiaries=reading.beneficiaries,
        undoes=reading.undoes,
        entered_by=reading.entered_by_id,
        joined=resolved.joined,
    )


def _final(verdict: Verdict, fact: ScanFact, kept: Kept | None) -> Verdict:
    """What the fold made of the scan; a decision is never changed by one."""
    if kept is None:
        return Verdict.ORPHAN_OUT if fact.kind is Kind.OUT else verdict
    if kept.folded is None:
        _flag_late(kept.id)
        return Verdict.LATE_AFTER_DECISION
    begins = {begin for begin, _ in kept.folded.stints}
    ends = {end for _, end in kept.folded.stints}
    if fact.kind is Kind.IN:
        return Verdict.CHECKED_IN if fact.at in begins else Verdict.ALREADY_IN
    if fact.kind is Kind.OUT:
        return Verdict.CHECKED_OUT if fact.at in ends else Verdict.ORPHAN_OUT
    return verdict


def _flag_late(attendance_id: int) -> None:
    """A late scan leaves the decision as it is and a flag for whoever decided."""
    attendance = db.session.get_one(Attendance, attendance_id)
    if attendance.state in DECIDED and Flag.LATE_AFTER_DECISION not in attendance.flags:
        attendance.flags = [*attendance.flags, Flag.LATE_AFTER_DECISION.value]
        attendance.row_version += 1


def _join(shift_id: int, reading: Reading, now: datetime) -> None:
    """A walk-in takes a place; somebody on the waiting list moves up."""
    found = db.session.scalar(
        select(Assignment).where(
            Assignment.shift_id == shift_id, Assignment.person_id == reading.volunteer_id
        )
    )
    if found is not None:
        found.how = "walk_in" if found.how == "waiting" else found.how
        return
    db.session.execute(
        insert(Assignment).values(
            shift_id=shift_id,
            person_id=reading.volunteer_id,
            how="walk_in",
            is_lead=False,
            created_at=now,
            created_by_id=reading.entered_by_id,
        )
    )


def _leave_elsewhere(reading: Reading, resolved: _Resolved, now: datetime) -> None:
    """Moving is two scans in one transaction: out there, in here, at the same instant."""
    open_shift = _open_shift(reading.volunteer_id)
    if open_shift is None or open_shift == resolved.shift_id:
        return
    leaving = replace(
        reading,
        uid=derived_uid(reading.uid, "leave"),
        kind=Kind.OUT,
        shift_id=open_shift,
        at=None,
        joins=False,
        moves=False,
    )
    volunteer = lock_volunteer(reading.volunteer_id)
    there = _Resolved(Verdict.CHECKED_OUT, resolved.at, None, open_shift, acts=True)
    _keep(leaving, there, volunteer, now)


def derived_uid(uid: str, purpose: str) -> str:
    """The id of a second scan that one act causes, the same however often it is sent."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"checkin:{uid}:{purpose}"))


def _row(
    reading: Reading,
    resolved: _Resolved,
    verdict: Verdict,
    attendance_id: int | None,
    now: datetime,
) -> dict[str, Any]:
    return {
        "volunteer_id": reading.volunteer_id,
        "scan_uid": reading.uid,
        "payload_sha": reading.payload_sha,
        "kind": reading.kind.value,
        "carrier": reading.carrier,
        "evidence": reading.evidence.value,
        "site_id": resolved.site_id,
        # a scan that does not act says nothing about a shift to the fold
        "shift_id": resolved.shift_id if resolved.acts else None,
        "poster_id": reading.poster_id,
        "device_id": reading.device_id,
        "effective_at": resolved.at,
        "received_at": now,
        "beneficiaries": reading.beneficiaries,
        "undoes": reading.undoes,
        "entered_by_id": reading.entered_by_id,
        "reason": reading.reason,
        "joined": resolved.joined,
        "verdict": verdict.value,
        "attendance_id": attendance_id,
    }
