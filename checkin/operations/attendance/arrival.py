"""What a volunteer does around one scan: arriving, settling a forgotten end, waiting, undoing."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, bindparam, func, or_, select
from sqlalchemy.orm import joinedload

from checkin.database import AnyRow, ask, db, transaction
from checkin.domain.codes import read_code, read_short_code
from checkin.domain.days import local_time
from checkin.domain.errors import Problem
from checkin.domain.fold import Kind, State
from checkin.domain.hours import AUTO_CLOSE_AFTER, UNDO_WITHIN
from checkin.domain.scanning import Verdict
from checkin.models import Assignment, Attendance, Display, Person, Poster, Scan, Site
from checkin.operations import audit, openings
from checkin.operations.attendance.recording import (
    Answer,
    Reading,
    derived_uid,
    lock_volunteer,
    record_scan,
)
from checkin.operations.attendance.situation import look

RELIEF = "relief"
"""How a scan came that whoever took over a post made for the one before."""
ASKED_TODAY = timedelta(hours=12)
"""A request is shown as sent for this long; after that it may be sent again."""


class Place(NamedTuple):
    """A screen's place, in a poster's terms."""

    site_id: int
    shift_id: int | None = None
    revoked_at: datetime | None = None
    replaced_at: datetime | None = None


_BY_CODE = select(Poster).where(Poster.code == bindparam("code")).options(joinedload(Poster.site))
"""Asked at every scan, so built once."""


_NAMED = (
    select(
        *(Poster.id, Poster.code, Poster.site_id, Poster.shift_id),
        *(Poster.revoked_at, Poster.replaced_at, Site.latitude),
    )
    .join(Site, Site.id == Poster.site_id)
    .where(Poster.code == bindparam("code"))
)


def poster_named(text: str) -> AnyRow | None:
    """What pressing the button of a scanned code's poster needs of it."""
    code = read_code(text)
    return ask(_NAMED, {"code": code}).first() if code else None


def attendance_id_of(volunteer_id: int, uid: str) -> int | None:
    """The attendance that a scan became part of."""
    query = select(Scan.attendance_id).where(
        Scan.volunteer_id == volunteer_id, Scan.scan_uid == uid
    )
    return db.session.scalar(query)


def asked_at(volunteer_id: int, site_id: int, verdict: Verdict, now: datetime) -> datetime | None:
    """When this volunteer's scan here was last kept as a request a supervisor sees."""
    return db.session.scalar(
        select(func.max(Scan.received_at))
        .where(Scan.volunteer_id == volunteer_id, Scan.site_id == site_id)
        .where(Scan.verdict == verdict, Scan.received_at > now - ASKED_TODAY)
    )


def poster_of_code(text: str) -> Poster | None:
    """The poster of a scanned code, with its site; read as forgivingly as a typed one."""
    code = read_code(text)
    return db.session.scalar(_BY_CODE, {"code": code}) if code else None


def poster_of_typed(text: str) -> Poster | None:
    """The poster of a code typed from paper: its 6 characters, or all 26."""
    short = read_short_code(text)
    if not short:
        return poster_of_code(text)
    found = select(Poster).where(Poster.short_code == short).options(joinedload(Poster.site))
    return db.session.scalar(found)


def receipt_of(volunteer_id: int, display_id: int, window_no: int) -> AnyRow | None:
    """The volunteer's own scan of what a screen showed then, with its `attendance_id`."""
    return db.session.execute(
        select(Scan.attendance_id)
        .where(Scan.volunteer_id == volunteer_id, Scan.display_id == display_id)
        .where(Scan.window_no == window_no)
        .order_by(Scan.id.desc())
        .limit(1)
    ).first()


def is_kept(volunteer_id: int, uid: str) -> bool:
    """Whether a scan of this name has come before."""
    kept = select(Scan.id).where(Scan.volunteer_id == volunteer_id, Scan.scan_uid == uid)
    return db.session.scalar(kept) is not None


@transaction
def arrive(reading: Reading, *, now: datetime) -> Answer | None:
    """Check in when the table asks nothing more; else keep nothing, so that a page can ask."""
    if not is_kept(reading.volunteer_id, reading.uid):
        volunteer = db.session.get(Person, reading.volunteer_id)
        judgement, _ = look(_place_of(reading), volunteer, reading.touched_at or now)
        if judgement.verdict is not Verdict.CHECK_IN:
            return None
    return record_scan(reading, now=now)


def _place_of(reading: Reading) -> Poster | Place | None:
    """Where the code that was read stands."""
    if reading.display_id is None:
        return db.session.get(Poster, reading.poster_id)
    display = db.session.get_one(Display, reading.display_id)
    return Place(display.site_id, revoked_at=display.revoked_at)


@transaction
def settle(ending: Reading, arriving: Reading, *, now: datetime) -> Answer | None:
    """Keep what a volunteer says about a forgotten end, then check in if that is all there is.

    One transaction, so that a lost answer can be sent again. An end that fits no open stretch
    is kept as "does not remember": a supervisor decides, and nobody is asked for ever.
    """
    ended = record_scan(ending, now=now)
    if ended.verdict is Verdict.ORPHAN_OUT:
        unknown = replace(ending, uid=derived_uid(ending.uid, "unknown"), kind=Kind.FORGOT, at=None)
        record_scan(unknown, now=now)
    return arrive(arriving, now=now)


def claimed_end(attendance: Attendance, said: time | None, zone: str, now: datetime) -> datetime:
    """The instant a volunteer means who says when a forgotten shift ended; none is the plan's end.

    A time of day means its first occurrence after the check-in. Raises Problem `end_not_possible`
    (facts `since`, `until`) when it lies outside what the scans leave open.
    """
    in_at, until = _open_stretch(attendance, now)
    if said is None:
        return min(attendance.shift.ends_at, until)
    arrived = local_time(in_at, zone)
    at = datetime.combine(arrived.date(), said, arrived.tzinfo)
    if at < arrived.replace(second=0, microsecond=0):
        at += timedelta(days=1)
    if at > until:
        raise Problem("end_not_possible", since=in_at, until=until)
    return max(at, in_at)


def _open_stretch(attendance: Attendance, now: datetime) -> tuple[datetime, datetime]:
    """From the last check-in to the latest end: the clock's closing, or a check-in elsewhere."""
    in_at = _instant(attendance.stints[-1][0])
    latest = attendance.shift.ends_at + AUTO_CLOSE_AFTER
    proposed = attendance.proposed_out_at
    if proposed is not None and proposed < attendance.shift.ends_at:
        latest = proposed
    return in_at, min(now, latest)


@transaction
def wait(reading: Reading, *, now: datetime) -> Answer:
    """Keep the scan and, when the shift is full, a place on its waiting list."""
    answer = record_scan(reading, now=now)
    full = answer.verdict is Verdict.FULL and answer.shift_id is not None
    if full and not _is_assigned(reading.volunteer_id, answer.shift_id):
        db.session.add(
            Assignment(
                shift_id=answer.shift_id,
                person_id=reading.volunteer_id,
                how="waiting",
                created_at=now,
            )
        )
    return answer


def _is_assigned(person_id: int, shift_id: int | None) -> bool:
    found = select(Assignment.id).where(
        Assignment.person_id == person_id, Assignment.shift_id == shift_id
    )
    return db.session.scalar(found) is not None


# --- undoing -------------------------------------------------------------------------------


def undoable(attendance: Attendance, now: datetime) -> Kind | None:
    """What the volunteer can still take back without asking: the last arrival or departure."""
    if not attendance.stints:
        return None
    begin, end = attendance.stints[-1]
    if attendance.state == State.OPEN:
        kind, at = Kind.IN, _instant(begin)
    elif attendance.state == State.CLOSED:
        kind, at = Kind.OUT, _instant(end)
    else:
        return None
    return kind if _own_scans(attendance, kind, now, Scan.effective_at == at) else None


def take_back(
    attendance: Attendance, kind: Kind, *, uid: str, device_id: int | None, now: datetime
) -> None:
    """Undo the last check-in or check-out, with every repetition of it, as one act named `uid`.

    Raises Problem `undo_too_late` when its ten minutes have passed or nothing of that kind is
    left to undo. Sent twice it undoes once.
    """
    shift_id = attendance.shift_id
    _take_back(attendance.id, attendance.volunteer_id, kind, uid, device_id, now)
    openings.move_up(shift_id, now)


@transaction
def _take_back(
    attendance_id: int,
    volunteer_id: int,
    kind: Kind,
    uid: str,
    device_id: int | None,
    now: datetime,
) -> None:
    lock_volunteer(volunteer_id)
    if is_kept(volunteer_id, uid):
        return
    fresh = db.session.get_one(Attendance, attendance_id, populate_existing=True)
    if undoable(fresh, now) is not kind:
        raise Problem("undo_too_late")
    since = Scan.effective_at >= _instant(fresh.stints[-1][0])
    for number, scan in enumerate(_own_scans(fresh, kind, now, since)):
        undo = Reading(
            uid=uid if number == 0 else derived_uid(uid, scan.scan_uid),
            kind=Kind.UNDO,
            volunteer_id=fresh.volunteer_id,
            undoes=scan.scan_uid,
            carrier="form",
            device_id=device_id,
        )
        _undo_whole(undo, now)


def undo_whole(undo: Reading, *, now: datetime) -> Answer:
    """Undo one scan, with what else it did: the place a walk-in took is given back, and a move's
    check-out elsewhere is undone too.

    Who waits moves up afterwards, by an act of its own: it locks others beside one's own.
    """
    answer = _undo_whole(undo, now)
    if answer.verdict is Verdict.UNDONE and answer.shift_id is not None:
        openings.move_up(answer.shift_id, now)
    return answer


@transaction
def _undo_whole(undo: Reading, now: datetime) -> Answer:
    assert undo.undoes is not None
    answer = record_scan(undo, now=now)
    if answer.shift_id is not None and not answer.replayed:
        _give_back(undo, answer.shift_id, now)
    leaving_uid = derived_uid(undo.undoes, "leave")
    if is_kept(undo.volunteer_id, leaving_uid):
        back = replace(undo, uid=derived_uid(undo.uid, "leave"), undoes=leaving_uid)
        record_scan(back, now=now)
    return answer


def _give_back(undo: Reading, shift_id: int, now: datetime) -> None:
    """Once nothing is left of walking in, nobody is expected by it; who waited, waits again."""
    walked_in = db.session.scalar(
        select(Assignment).where(
            Assignment.shift_id == shift_id,
            Assignment.person_id == undo.volunteer_id,
            Assignment.how == "walk_in",
        )
    )
    if walked_in is None or _is_there(undo.volunteer_id, shift_id):
        return
    if _came_with_it(walked_in):
        act = "roster.remove"
        db.session.delete(walked_in)
    else:
        act, walked_in.how = "opening.leave", "waiting"
    db.session.flush()
    by, person_id = undo.entered_by_id or undo.witnessed_by_id, undo.volunteer_id
    audit.note(act, "shift", shift_id, by=by or person_id, at=now, person=person_id)


def _is_there(person_id: int, shift_id: int) -> bool:
    came = select(Attendance.id).where(
        Attendance.volunteer_id == person_id,
        Attendance.shift_id == shift_id,
        Attendance.state != State.CANCELLED,
    )
    return db.session.scalar(came) is not None


def _came_with_it(walked_in: Assignment) -> bool:
    """Whether it was a scan that made this assignment: both bear one instant."""
    made = select(Scan.id).where(
        Scan.volunteer_id == walked_in.person_id,
        Scan.shift_id == walked_in.shift_id,
        Scan.received_at == walked_in.created_at,
        Scan.joined,
    )
    return db.session.scalar(made.limit(1)) is not None


def _own_scans(
    attendance: Attendance, kind: Kind, now: datetime, which: ColumnElement[bool]
) -> list[Scan]:
    """Scans that made this attendance, came in the last ten minutes, and were not taken back."""
    taken_back = select(Scan.undoes).where(
        Scan.volunteer_id == attendance.volunteer_id, Scan.kind == Kind.UNDO
    )
    return list(
        db.session.scalars(
            select(Scan)
            .where(Scan.attendance_id == attendance.id, Scan.kind == kind, which)
            .where(Scan.received_at >= now - UNDO_WITHIN)
            # what a supervisor entered is theirs to correct; what a successor said is not
            .where(or_(Scan.entered_by_id.is_(None), Scan.carrier == RELIEF))
            .where(Scan.scan_uid.not_in(taken_back.where(Scan.undoes.is_not(None))))
            .order_by(Scan.effective_at, Scan.id)
        )
    )


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
