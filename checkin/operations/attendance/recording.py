"""`record_scan`: the one place where every scan becomes part of the record."""

import hashlib
import json
import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    FromClause,
    Insert,
    Select,
    Update,
    and_,
    bindparam,
    insert,
    inspect,
    null,
    select,
)

from checkin.database import AnyRow, Together, ask, db, transaction
from checkin.domain.clocks import DeviceClock, instant_of, within_shift
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.domain.evidence import Evidence, Flag, in_order
from checkin.domain.fold import Kind, ScanFact, State
from checkin.domain.hours import UNDO_WITHIN, statable
from checkin.domain.places import Place, rounded_m
from checkin.domain.rotating import bounds
from checkin.domain.scanning import Code, Judgement, Verdict, judge
from checkin.models import (
    Assignment,
    Attendance,
    Display,
    Opportunity,
    Person,
    Poster,
    Scan,
    Service,
    Shift,
    Site,
)
from checkin.models.attendance import DECIDED, UNDECIDED
from checkin.operations import audit, catalogue
from checkin.operations.attendance import judging
from checkin.operations.attendance.plans import COLUMNS, Plan, plan_of
from checkin.operations.attendance.refolding import CHANGING, OPENING, Change, Kept, refold
from checkin.operations.attendance.situation import Around, around, code_of

TOUCH_KEPT = timedelta(minutes=15)
"""How long the first look at a code counts as the moment of checking in."""


# Questions asked at every scan are built once: building them costs more than answering them.
_STANDING = (
    *(Person.id, Person.partner_id, Person.suspended_at, Person.is_minor),
    Person.guardian_consented_at,
)
_KNOWN = (Person.id == bindparam("volunteer_id"), Person.erased_at.is_(None))
_VOLUNTEER = select(*_STANDING).where(*_KNOWN).with_for_update()
_CAME_BEFORE = and_(
    Scan.volunteer_id == bindparam("volunteer_id"), Scan.scan_uid == bindparam("uid")
)
_BEFORE = (
    *(Scan.payload_sha, Scan.verdict, Scan.attendance_id, Scan.effective_at),
    Scan.shift_id.label("scan_shift_id"),
)
_SCAN = select(Scan.kind, Scan.received_at, Scan.site_id, *_BEFORE).where(_CAME_BEFORE)
_OPEN_SHIFT = select(Attendance.shift_id).where(
    Attendance.volunteer_id == bindparam("volunteer_id"), Attendance.state == "open"
)


def _lock_and_ask(*columns: Any, joined: FromClause | None = None, on: Any = None) -> Select[Any]:
    """Lock the volunteer, and ask with it what the scan names and whether its id has come before.

    One question instead of three. On PostgreSQL it sees what stood before it waited for the lock:
    a twin kept meanwhile shows as a unique violation, and the transaction is tried again.
    """
    known: FromClause = inspect(Person).local_table
    if joined is not None:
        known = known.outerjoin(joined, on)
    asking = select(*_STANDING, *columns, *_BEFORE).select_from(known).outerjoin(Scan, _CAME_BEFORE)
    return asking.where(*_KNOWN).with_for_update(of=Person)


_PLACE = (Site.latitude, Site.longitude, Site.radius_m, Site.code_mode)
_TO_LOCK = {
    "poster": _lock_and_ask(
        *(Poster.site_id, Poster.shift_id, Poster.revoked_at, Poster.replaced_at, *_PLACE),
        *judging.clues(Poster.site_id, Poster.id, Scan.poster_id),
        joined=inspect(Poster).local_table.join(Site, Site.id == Poster.site_id),
        on=Poster.id == bindparam("named_id"),
    ),
    "display": _lock_and_ask(
        *(Display.site_id, null().label("shift_id"), Display.revoked_at),
        *(null().label("replaced_at"), *_PLACE),
        *judging.clues(Display.site_id, Display.id, Scan.display_id),
        joined=inspect(Display).local_table.join(Site, Site.id == Display.site_id),
        on=Display.id == bindparam("named_id"),
    ),
    "shift": _lock_and_ask(
        *(*COLUMNS, *_PLACE),
        joined=inspect(Shift)
        .local_table.join(Opportunity, Opportunity.id == Shift.opportunity_id)
        .join(Site, Site.id == Shift.site_id)
        .outerjoin(Service, Service.id == Opportunity.service_id),
        on=Shift.id == bindparam("named_id"),
    ),
    "site": _lock_and_ask(
        *(Site.id.label("site_id"), null().label("shift_id")),
        *(null().label("revoked_at"), null().label("replaced_at"), *_PLACE),
        joined=inspect(Site).local_table,
        on=Site.id == bindparam("named_id"),
    ),
}
"""By what a scan names: a printed code, a display, the shift, or the site a badge is read at."""
_BY_SCREEN_OR_BADGE = ("display_id", "window_no", "badge_id", "witnessed_by_id")
_LATER = (*("device_at", "device_sent_at", "elapsed_ms", "receipt_at", "distance_m", "accuracy_m"),)
_LEFT_OUT = {"poster": (*_BY_SCREEN_OR_BADGE, *_LATER), "code": _LATER, "later": ()}
"""Columns that a scan leaves empty. Fewer are faster: the driver remembers how to send statements
of up to fifty parameters, and works out longer ones each time."""
_LINES = (
    (Scan.metadata.tables[Scan.__tablename__], "attendance_id"),
    (audit.TABLE, "thing_id"),
)
_FIRST: dict[str, Insert | Update | None] = {"none": None, "new": OPENING, "changed": CHANGING}
_KEEP = {
    (how, what): Together(*_LINES, first=first, without=without)
    for how, first in _FIRST.items()
    for what, without in _LEFT_OUT.items()
}


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
    display_id: int | None = None
    window_no: int | None = None
    """Half minutes since 1970: when the display showed this code."""
    badge_id: int | None = None
    site_id: int | None = None
    """Where a badge was read; other codes know their site."""
    witnessed_by_id: int | None = None
    """Who saw the person: a supervisor who read the badge."""
    clock: DeviceClock | None = None
    """What the phone or tablet says about time, when the scan comes later than it was made."""
    flags: tuple[Flag, ...] = ()
    distance_m: int | None = None
    accuracy_m: int | None = None

    @property
    def payload_sha(self) -> str:
        """What must be the same when the same id comes again; not how long the page was open."""
        content: list[Any] = [
            *(self.kind, self.poster_id, self.shift_id, self.beneficiaries, self.undoes),
            *(self.joins, self.moves, self.at.isoformat() if self.at else None),
            *(self.carrier, self.entered_by_id, self.reason),
        ]
        if self.carries != "poster" or self.flags:
            device_at = self.clock.device_at.isoformat() if self.clock else None
            content += [self.display_id, self.window_no, self.badge_id, self.site_id]
            content += [self.witnessed_by_id, device_at]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    @property
    def carries(self) -> str:
        """What is kept of it besides what a poster's scan has: a screen's or badge's code, or
        also what a phone says about time and place."""
        if self.clock is not None or self.distance_m is not None or self.accuracy_m is not None:
            return "later"
        return "poster" if self.display_id is None and self.badge_id is None else "code"

    @property
    def named(self) -> tuple[str, int | None]:
        """What the scan names, and its id: a volunteer's own check-in goes by the code it read."""
        if self.shift_id is not None:
            return "shift", self.shift_id
        if self.display_id is not None:
            return "display", self.display_id
        return ("poster", self.poster_id) if self.badge_id is None else ("site", self.site_id)


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
    flags: tuple[Flag, ...] = ()
    """What the phone, its clock, the crowd or the place give to look at."""


@transaction
def record_scan(reading: Reading, *, now: datetime) -> Answer:
    """Keep one scan, bring the attendance to what the scans say, and answer.

    The volunteer's row is locked first, so two scans of one person are never judged against the
    same past. A known volunteer's scan is always kept, with its verdict. Raises `NotFound` for
    an unknown volunteer, `Conflict("scan_reused")` when the id came before with other content,
    `Problem("own_entry")` when a supervisor enters their own attendance.
    """
    named = _lock(reading, now)
    if named.payload_sha is not None:
        return _again(reading, named)
    if reading.volunteer_id in (reading.entered_by_id, reading.witnessed_by_id):
        raise Problem("own_entry")
    evidence = judging.evidence_of(reading, named, now)
    if evidence is not reading.evidence:
        reading = replace(reading, evidence=evidence)
    return _keep(reading, _resolve(reading, named, now), named, now)


def lock_volunteer(volunteer_id: int) -> AnyRow:
    """The serialisation point of everything that writes about one volunteer."""
    row = ask(_VOLUNTEER, {"volunteer_id": volunteer_id}).first()
    if row is None:
        raise NotFound("person")
    return row


def _lock(reading: Reading, now: datetime) -> AnyRow:
    """The volunteer, locked, with what the scan names and whether its id has come before."""
    thing, named_id = ("site", None) if reading.kind is Kind.UNDO else reading.named
    named = {"volunteer_id": reading.volunteer_id, "uid": reading.uid, "named_id": named_id}
    if thing in ("poster", "display"):
        named |= judging.circumstances(reading.device_id, now)
    row = ask(_TO_LOCK[thing], named).first()
    if row is None:
        raise NotFound("person")
    return row


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


def _resolve(reading: Reading, named: AnyRow, now: datetime) -> _Resolved:
    if reading.kind is Kind.UNDO:
        return _resolve_undo(reading, now)
    thing, _ = reading.named
    if named.site_id is None:
        raise NotFound("shift" if thing == "shift" else "poster")
    if reading.clock is not None:
        return _resolve_uploaded(reading, reading.clock, named, now)
    if thing == "shift":
        return _resolve_stated(reading, named, now)
    at = _touched(reading, now)
    if reading.kind is Kind.OUT:
        return _resolve_leaving(reading, named, at)
    resolved = _resolve_check_in(reading, named, at)
    if at < now and _acted_since(resolved, at):
        return _resolve_check_in(reading, named, now)
    return resolved


def _acted_since(resolved: _Resolved, touched_at: datetime) -> bool:
    """A look at the code from before one's own latest scan or undo belongs to that one."""
    scans = resolved.around.history.scans if resolved.around else ()
    return any(
        scan.received_at > touched_at
        # what somebody says of another time, or a phone sends later, is no act of that moment
        and scan.evidence is not Evidence.CLAIMED
        and Flag.OFFLINE not in scan.flags
        for scan in scans
    )


def _resolve_check_in(reading: Reading, place: AnyRow, at: datetime) -> _Resolved:
    """A check-in by a code is judged by the table, at the first look at the code."""
    resolved = _judged(reading, place, at)
    held: set[int] = set()
    while resolved.joined and resolved.shift_id is not None and resolved.shift_id not in held:
        # whoever joins or walks in beside holds the shift too: its last seat goes to one of them
        held.add(catalogue.hold_shift(resolved.shift_id).id)
        resolved = _judged(reading, place, at)
    return replace(resolved, flags=judging.flags_of(reading, place, at))


def _judged(reading: Reading, place: AnyRow, at: datetime) -> _Resolved:
    here = around(reading.volunteer_id, place.site_id, at)
    situation = here.situation(place, place.site_id, place.shift_id, code_of(place, at), at)
    return replace(_acted_on(reading, judge(situation), place.site_id, at), around=here)


def _resolve_uploaded(
    reading: Reading, clock: DeviceClock, named: AnyRow, now: datetime
) -> _Resolved:
    """A scan that comes later is judged at the instant that can be proved, or becomes a request."""
    window = bounds(reading.window_no) if reading.window_no is not None else None
    timed = instant_of(clock, now, window)
    if timed.at is None:
        return _Resolved(Verdict.STALE, now, named.site_id, None, acts=False, flags=timed.flags)
    if reading.named[0] == "shift":
        resolved = _resolve_stated(reading, named, now, timed.at)
    elif reading.kind is Kind.OUT:
        resolved = _resolve_leaving(reading, named, timed.at)
    else:
        resolved = _resolve_check_in(reading, named, timed.at)
    flags = (*timed.flags, *resolved.flags)
    return replace(resolved, at=_near_shift(resolved, window), flags=flags)


def _near_shift(resolved: _Resolved, window: tuple[datetime, datetime] | None) -> datetime:
    """Only a display's code places a scan further than an hour from its shift."""
    plans = resolved.around.plans if resolved.around else {}
    plan = resolved.plan or (plans.get(resolved.shift_id) if resolved.shift_id else None)
    if plan is None or window is not None:
        return resolved.at
    return within_shift(resolved.at, plan.fact.starts_at, plan.fact.ends_at)


def _resolve_leaving(reading: Reading, place: AnyRow, at: datetime) -> _Resolved:
    """A check-out that names no shift leaves the attendance it falls into.

    Without one it waits, at the shift it was read at, for a check-in that may still arrive.
    """
    here = around(reading.volunteer_id, place.site_id, at)
    falls_into = [
        row
        for row in here.history.touched
        if row.in_at is not None and row.in_at <= at <= row.until_at and row.state in UNDECIDED
    ]
    if falls_into:
        row = max(falls_into, key=lambda one: (one.state == State.OPEN, one.in_at))
        site_id = place.site_id  # where it was read, which may be another site than was left
        return _Resolved(Verdict.CHECKED_OUT, at, site_id, row.shift_id, acts=True, around=here)
    situation = here.situation(place, place.site_id, place.shift_id, Code.ACTIVE, at)
    shift = judge(situation).shift
    shift_id = shift.shift_id if shift else None
    acts = shift_id is not None
    return _Resolved(Verdict.ORPHAN_OUT, at, place.site_id, shift_id, acts=acts, around=here)


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
    leads_on = verdict in (Verdict.OPEN_ELSEWHERE, Verdict.NEXT_SHIFT)
    moving = leads_on and reading.moves and shift is not None
    if verdict is Verdict.CHECK_IN or moving or (verdict is Verdict.WALK_IN and reading.joins):
        return _Resolved(Verdict.CHECKED_IN, at, site_id, shift_id, acts=True, joined=joins)
    if verdict in (Verdict.ALREADY_IN, Verdict.CHECK_OUT, Verdict.NEXT_SHIFT):
        open_shift = _open_shift(reading.volunteer_id)
        return _Resolved(Verdict.ALREADY_IN, at, site_id, open_shift, acts=True)
    return _Resolved(verdict, at, site_id, shift_id, acts=False)


def _open_shift(volunteer_id: int) -> int | None:
    return ask(_OPEN_SHIFT, {"volunteer_id": volunteer_id}).scalar()


def _resolve_stated(
    reading: Reading, shift: AnyRow, now: datetime, proved_at: datetime | None = None
) -> _Resolved:
    """A check-out, an answer about a forgotten one, or an entry by hand: the shift is named."""
    at = reading.at or proved_at or now
    _check_stated(reading, shift, at, now)
    verdict = Verdict.CHECKED_IN if reading.kind is Kind.IN else Verdict.CHECKED_OUT
    if reading.kind is Kind.FORGOT:
        verdict, at = Verdict.END_UNKNOWN, shift.ends_at
    plan = plan_of(shift)
    return _Resolved(verdict, at, shift.site_id, shift.shift_id, True, reading.joins, plan=plan)


def _check_stated(reading: Reading, shift: AnyRow, at: datetime, now: datetime) -> None:
    """A stated time lies in the past and near the shift."""
    if reading.at is None:
        return
    first, last = statable(shift.starts_at, shift.ends_at, now)
    if not first <= at <= last:
        raise Problem("time_outside_shift", starts_at=shift.starts_at, ends_at=shift.ends_at)


def _resolve_undo(reading: Reading, now: datetime) -> _Resolved:
    named = {"volunteer_id": reading.volunteer_id, "uid": reading.undoes}
    target = ask(_SCAN, named).first()
    if target is None or target.kind not in (Kind.IN, Kind.OUT):
        raise NotFound("scan")
    # one's own entry is undone like a scan; a correction of anybody's says why
    corrects = reading.entered_by_id is not None and bool(reading.reason)
    holds = corrects or now <= target.received_at + UNDO_WITHIN
    verdict = Verdict.UNDONE if holds else Verdict.NOT_UNDONE
    # the undo stands at its target's instant, so both are always read together
    at, shift_id = target.effective_at, target.scan_shift_id
    return _Resolved(verdict, at, target.site_id, shift_id, acts=holds)


# --- keeping it ----------------------------------------------------------------------------


def _keep(reading: Reading, resolved: _Resolved, volunteer: AnyRow, now: datetime) -> Answer:
    verdict, kept, change = resolved.verdict, None, None
    if reading.moves and resolved.acts:
        _leave_elsewhere(reading, resolved, volunteer, now)
    if resolved.acts and resolved.shift_id is not None:
        if resolved.joined:
            _join(resolved.shift_id, reading, now)
        fact = _fact(reading, resolved, volunteer, now)
        kept, change = _folded(reading, resolved, volunteer, fact, now)
        verdict = _final(verdict, fact, kept, change)
    attendance_id = _write(reading, resolved, verdict, kept, change, now)
    return Answer(reading.uid, verdict, attendance_id, resolved.shift_id, resolved.at)


def _write(
    reading: Reading,
    resolved: _Resolved,
    verdict: Verdict,
    kept: Kept | None,
    change: Change | None,
    now: datetime,
) -> int | None:
    """Keep the scan and its line in the audit, in one message with the change to its attendance."""
    attendance_id = kept.id if kept else change.attendance_id if change else None
    line = audit.line(
        f"scan.{reading.kind}",
        "attendance",
        attendance_id,
        by=reading.entered_by_id or reading.witnessed_by_id or reading.volunteer_id,
        at=now,
        verdict=verdict,
        volunteer=reading.volunteer_id,
        shift=resolved.shift_id,
        uid=reading.uid,
    )
    row = _row(reading, resolved, verdict, attendance_id, now)
    if change is None:
        _KEEP["none", reading.carries].write(row, line)
        return attendance_id
    how = "new" if change.attendance_id is None else "changed"
    return _KEEP[how, reading.carries].write(row, line, first=change.values)


def _folded(
    reading: Reading, resolved: _Resolved, volunteer: AnyRow, fact: ScanFact, now: datetime
) -> tuple[Kept | None, Change | None]:
    """Fold with what was asked already; after leaving elsewhere the attendances are others.

    A change to the scan's own attendance is left to be written together with the scan; changes
    to others are written here, and so is it when others must come after it.
    """
    here = resolved.around
    plans = here.plans if here else {fact.shift_id: resolved.plan} if resolved.plan else None
    history = here.history if here and not reading.moves else None
    found = refold(volunteer, [fact], [fact.shift_id], now, plans=plans, history=history)
    last = found.changes[-1] if found.changes else None
    if last is None or last.folded.shift_id != fact.shift_id:
        return found.write().get(fact.shift_id), None
    for change in found.changes[:-1]:
        change.write()
    return None, last


def _fact(reading: Reading, resolved: _Resolved, named: AnyRow, now: datetime) -> ScanFact:
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
        flags=_flags(reading, resolved),
        place=_place_of(reading, resolved, named),
    )


def _place_of(reading: Reading, resolved: _Resolved, named: AnyRow) -> Place | None:
    site_id = resolved.site_id
    if site_id is None or site_id != named.site_id:
        return None
    return judging.place_of(reading.entered_by_id, reading.evidence, site_id, named)


def _flags(reading: Reading, resolved: _Resolved) -> tuple[Flag, ...]:
    """Each reason once, in the order in which they are always told."""
    return in_order((*reading.flags, *resolved.flags))


def _final(verdict: Verdict, fact: ScanFact, kept: Kept | None, change: Change | None) -> Verdict:
    """What the fold made of the scan; a decision is never changed by one."""
    if kept is not None and kept.folded is None:
        _flag_late(kept.id)
        return Verdict.LATE_AFTER_DECISION
    folded = kept.folded if kept else change.folded if change else None
    if folded is None:
        return Verdict.ORPHAN_OUT if fact.kind is Kind.OUT else verdict
    begins = {begin for begin, _ in folded.stints}
    ends = {end for _, end in folded.stints}
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


def _leave_elsewhere(
    reading: Reading, resolved: _Resolved, volunteer: AnyRow, now: datetime
) -> None:
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
    there = replace(
        resolved,
        verdict=Verdict.CHECKED_OUT,
        site_id=None,
        shift_id=open_shift,
        acts=True,
        joined=False,
        around=None,
        plan=None,
    )
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
    row = {
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
        # who goes over to another shift says how many they served in the one they leave
        "beneficiaries": None if reading.moves else reading.beneficiaries,
        "undoes": reading.undoes,
        "entered_by_id": reading.entered_by_id,
        "reason": reading.reason,
        "joined": resolved.joined,
        "verdict": verdict.value,
        "attendance_id": attendance_id,
        "flags": [flag.value for flag in _flags(reading, resolved)],
    }
    if reading.carries != "poster":
        row |= _of_the_code(reading)
    return row | _of_the_phone(reading) if reading.carries == "later" else row


def _of_the_code(reading: Reading) -> dict[str, Any]:
    return {name: getattr(reading, name) for name in _BY_SCREEN_OR_BADGE}


def _of_the_phone(reading: Reading) -> dict[str, Any]:
    """What a phone without a network said about time, and one at the tap about place."""
    clock = reading.clock
    return {
        "device_at": clock.device_at if clock else None,
        "device_sent_at": clock.sent_at if clock else None,
        "elapsed_ms": clock.elapsed_ms if clock else None,
        "receipt_at": clock.receipt_at if clock else None,
        "distance_m": None if reading.distance_m is None else rounded_m(reading.distance_m),
        "accuracy_m": reading.accuracy_m,
    }
