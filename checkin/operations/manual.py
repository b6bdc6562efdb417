"""Checking people in and out by hand: a supervisor's word, with a reason, never about oneself."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload

from checkin.database import AnyRow, db, transaction
from checkin.domain.clocks import DeviceClock
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.domain.evidence import Evidence
from checkin.domain.fold import Kind
from checkin.domain.scanning import Standing
from checkin.domain.search import Wanted, wanted
from checkin.domain.text import clean_text
from checkin.models import Assignment, Attendance, Opportunity, Person, Scan, Shift, Site
from checkin.operations.attendance import Answer, Reading, lock_volunteer, record_scan
from checkin.operations.attendance.arrival import undo_whole
from checkin.operations.attendance.situation import standing_of
from checkin.operations.identity import living
from checkin.operations.permissions import Reach, shifts_within
from checkin.operations.search import anybody_like, people_like

REASONS = ("no_phone", "phone_fails", "cannot_scan", "other")
LEAVING_REASONS = ("seen_leaving", "forgot", *REASONS)
"""The first, of those of a move too, is what a supervisor says who gives no other reason: nothing
but what they did."""
MOVE_REASONS = ("moved", "supervisor_asked", "wrong_shift", "other")
FOUND = 20
"""People shown for one search; whoever is not among them needs more letters."""
SHORTEST = 2
LONGEST_WORDS = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """What a supervisor states about somebody: who, which shift, when, and why without a code.

    `uid` is made with the form, so that sending it twice is one act. Without `at` it is now, or
    when a tablet without a network says by its `clock`.
    """

    uid: str
    volunteer_id: int
    shift_id: int
    reason: str
    words: str = ""
    at: datetime | None = None
    beneficiaries: int | None = None
    clock: DeviceClock | None = None

    @property
    def is_now(self) -> bool:
        return self.at is None and self.clock is None


@dataclass(frozen=True, slots=True)
class Came:
    """One attendance of somebody who is found: here still, or since when and until when."""

    attendance_id: int
    in_at: datetime | None
    """Of somebody who is here, since when: whoever went out came back later."""
    out_at: datetime | None
    """Nothing of somebody who is here, and where nobody knows."""
    is_here: bool


# --- finding -------------------------------------------------------------------------------


def find(typed: str, shift_ids: list[int], limit: int = FOUND) -> list[AnyRow]:
    """People by part of the name or the last digits of the mobile, expected ones first.

    Each with `shift_id` (the shift of `shift_ids` they are expected on, or nothing). Nothing is
    found for less than two letters or digits.
    """
    asked = wanted(typed)
    if asked.length < SHORTEST:
        return []
    expected = func.min(Assignment.shift_id)
    on_roster = and_(Assignment.person_id == Person.id, Assignment.shift_id.in_(shift_ids))
    return list(
        db.session.execute(
            select(Person.id, Person.name, Person.mobile, expected.label("shift_id"))
            .outerjoin(Assignment, on_roster)
            .where(_found_by(asked), living())
            .group_by(Person.id, Person.name, Person.mobile)
            .order_by(expected.is_(None), Person.name, Person.id)
            .limit(limit)
        )
    )


def _found_by(asked: Wanted) -> ColumnElement[bool]:
    """By any part of a name; an Arabic one typed in Latin letters, by how its words begin."""
    found = people_like(asked)
    return or_(found, anybody_like(asked)) if any(asked.heard) else found


def expected_on(person_ids: Iterable[int], shift_ids: Iterable[int]) -> dict[int, list[int]]:
    """By person: those of these shifts on which they are expected, the first one first."""
    rows = db.session.execute(
        select(Assignment.person_id, Assignment.shift_id)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(Assignment.person_id.in_(person_ids), Assignment.shift_id.in_(shift_ids))
        .where(Assignment.how != "waiting")
        .order_by(Shift.starts_at, Shift.id)
    )
    found: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        found[row.person_id].append(row.shift_id)
    return found


def came_to(person_ids: Iterable[int], shift_ids: Iterable[int], now: datetime) -> dict[int, Came]:
    """By person: the last time that they came to one of these shifts."""
    a = Attendance
    records = db.session.scalars(
        select(a)
        .where(a.volunteer_id.in_(person_ids), a.shift_id.in_(shift_ids))
        .where(a.state.not_in(("cancelled", "voided")))
        .order_by(a.in_at, a.id)
    )
    found = {}
    for one in records:
        is_here = one.state == "open" and one.until_at > now
        since = one.came_at if is_here else one.in_at
        found[one.volunteer_id] = Came(one.id, since, one.out_at, is_here)
    return found


# --- the acts ------------------------------------------------------------------------------


@transaction
def check_in(entry: Entry, *, by: int, now: datetime) -> Answer:
    """Check somebody in by hand; somebody who is in elsewhere leaves there at the same instant.

    Raises Problem `own_entry`, `why_missing`, `held` (suspended, or no guardian's consent),
    `time_outside_shift`, and NotFound.
    """
    volunteer = lock_volunteer(entry.volunteer_id)
    before = _sent_before(entry)
    if before is None and by != entry.volunteer_id:
        _check_standing(volunteer)
        _check_now(entry, now)
    joins = before.joined if before else not _is_expected(entry)
    # somebody said to have come earlier is not moved: where they were since is in the scans
    return _record(entry, Kind.IN, by, now, joins=joins, moves=entry.is_now)


@transaction
def check_out(entry: Entry, *, by: int, now: datetime, row_version: int | None = None) -> Answer:
    """Check somebody out by hand, also one whose check-out was forgotten.

    Raises Problem `not_checked_in` without an undecided attendance in the shift, what `check_in`
    does except `held`, for whoever came in can always leave, and Conflict `changed` when the
    record is no longer the one of `row_version`.
    """
    lock_volunteer(entry.volunteer_id)
    if _sent_before(entry) is None:
        found = _come(entry)
        if found is None:
            raise Problem("not_checked_in")
        if row_version not in (None, found.row_version):
            raise Conflict("changed")
    return _record(entry, Kind.OUT, by, now, reasons=LEAVING_REASONS)


@transaction
def move(entry: Entry, attendance_id: int, row_version: int, *, by: int, now: datetime) -> Answer:
    """Let somebody go on in another shift: out there and in here at one instant.

    Raises what `check_in` does, Problem `not_running` for a shift that has not begun or is over,
    and Conflict `changed` when the attendance they leave is not the open one that was shown.
    """
    volunteer = lock_volunteer(entry.volunteer_id)
    before = _sent_before(entry)
    if before is None and by != entry.volunteer_id:
        _check_leaving(entry, attendance_id, row_version)
        _check_standing(volunteer)
        _check_running(entry.shift_id, now)
    joins = before.joined if before else not _is_expected(entry)
    return _record(entry, Kind.IN, by, now, joins=joins, moves=True, reasons=MOVE_REASONS)


def undo(uid: str, volunteer_id: int, undoes: str, *, by: int, now: datetime) -> Answer:
    """Take back one's own entry within ten minutes, of a move both sides of it; NotFound for
    anybody else's scan."""
    own = select(Scan.id).where(
        Scan.volunteer_id == volunteer_id, Scan.scan_uid == undoes, Scan.entered_by_id == by
    )
    if db.session.scalar(own) is None:
        raise NotFound("scan")
    reading = Reading(
        uid=uid,
        kind=Kind.UNDO,
        volunteer_id=volunteer_id,
        undoes=undoes,
        carrier="manual",
        evidence=Evidence.CLAIMED,
        entered_by_id=by,
    )
    return undo_whole(reading, now=now)


def _record(
    entry: Entry,
    kind: Kind,
    by: int,
    now: datetime,
    *,
    joins: bool = False,
    moves: bool = False,
    reasons: tuple[str, ...] = REASONS,
) -> Answer:
    reading = Reading(
        uid=entry.uid,
        kind=kind,
        volunteer_id=entry.volunteer_id,
        shift_id=entry.shift_id,
        beneficiaries=entry.beneficiaries,
        joins=joins,
        moves=moves,
        at=entry.at,
        carrier="manual",
        evidence=Evidence.CLAIMED,
        entered_by_id=by,
        reason=_written(entry, reasons),
        clock=entry.clock,
    )
    return record_scan(reading, now=now)


def _written(entry: Entry, reasons: tuple[str, ...]) -> str:
    """The reason's code, and after a colon the words somebody added."""
    words = clean_text(entry.words, LONGEST_WORDS)
    if entry.reason not in reasons or (entry.reason == "other" and not words):
        raise Problem("why_missing")
    return f"{entry.reason}: {words}" if words else entry.reason


def _sent_before(entry: Entry) -> AnyRow | None:
    return db.session.execute(
        select(Scan.joined).where(
            Scan.volunteer_id == entry.volunteer_id, Scan.scan_uid == entry.uid
        )
    ).first()


def _check_standing(volunteer: AnyRow) -> None:
    if standing_of(volunteer) is not Standing.GOOD:
        raise Problem("held")


def _check_leaving(entry: Entry, attendance_id: int, row_version: int) -> None:
    shown = select(Attendance.shift_id).where(
        Attendance.id == attendance_id,
        Attendance.volunteer_id == entry.volunteer_id,
        Attendance.row_version == row_version,
        Attendance.state == "open",
    )
    left = db.session.scalar(shown)
    if left is None or left == entry.shift_id:
        raise Conflict("changed")


def _check_running(shift_id: int, now: datetime) -> None:
    """Who moves goes on working at once, so the other shift has begun and is not over."""
    running = select(Shift.id).where(
        Shift.id == shift_id,
        Shift.cancelled_at.is_(None),
        Shift.is_draft.is_(False),
        Shift.starts_at <= now,
        Shift.ends_at > now,
    )
    if db.session.scalar(running) is None:
        raise Problem("not_running")


def _check_now(entry: Entry, now: datetime) -> None:
    """Without a stated time, now must be a time at which the shift can be worked."""
    shift = db.session.execute(
        select(Shift.starts_at, Shift.ends_at, Shift.cancelled_at).where(Shift.id == entry.shift_id)
    ).first()
    if shift is None or shift.cancelled_at is not None:
        raise NotFound("shift")
    if entry.is_now and now >= shift.ends_at:
        raise Problem("time_outside_shift", starts_at=shift.starts_at, ends_at=shift.ends_at)


def _is_expected(entry: Entry) -> bool:
    found = select(Assignment.id).where(
        Assignment.shift_id == entry.shift_id,
        Assignment.person_id == entry.volunteer_id,
        Assignment.how != "waiting",
    )
    return db.session.scalar(found) is not None


def _come(entry: Entry) -> AnyRow | None:
    undecided = Attendance.state.in_(("open", "unclosed", "closed"))
    found = select(Attendance.row_version).where(
        Attendance.volunteer_id == entry.volunteer_id,
        Attendance.shift_id == entry.shift_id,
        undecided,
    )
    return db.session.execute(found).first()


# --- moving --------------------------------------------------------------------------------


def running(reach: Reach, now: datetime, but: int) -> Sequence[Shift]:
    """The other shifts that somebody can go over to now, within reach, by site and time."""
    return db.session.scalars(
        shifts_within(reach)
        .join(Site, Site.id == Shift.site_id)
        .where(Shift.id != but, Shift.cancelled_at.is_(None))
        .where(Shift.starts_at <= now, Shift.ends_at > now)
        .options(
            joinedload(Shift.opportunity).joinedload(Opportunity.service),
            joinedload(Shift.site),
            joinedload(Shift.lane),
        )
        .order_by(Site.name_ar, Site.id, Shift.starts_at, Shift.id)
        .limit(FOUND)
    ).all()
