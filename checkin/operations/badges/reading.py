"""Reading a badge somebody hands over: in or out, witnessed by whoever reads it."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from checkin.database import AnyRow, db, transaction
from checkin.domain.clocks import DeviceClock, instant_of
from checkin.domain.codes import read_code
from checkin.domain.errors import NotFound, Problem
from checkin.domain.evidence import Evidence
from checkin.domain.fold import Kind
from checkin.domain.hours import UNDO_WITHIN
from checkin.domain.roles import Permission
from checkin.domain.scanning import AGAIN_WITHIN, Code, Verdict, judge
from checkin.models import Assignment, Attendance, Badge, Opportunity, Person, Scan, Shift, Site
from checkin.operations.attendance import (
    Answer,
    Reading,
    lock_volunteer,
    record_scan,
)
from checkin.operations.attendance.arrival import undo_whole
from checkin.operations.attendance.situation import around
from checkin.operations.badges.issuing import sha
from checkin.operations.permissions import Reach, reach_of, roles_of

HELD_UP = timedelta(seconds=60)
"""A badge read again this soon after its check-out was held up a moment too long."""
REMEMBERED = timedelta(hours=36)
"""An attendance that began longer ago says nothing about where somebody is now."""
_GONE = ("cancelled", "voided")


@dataclass(frozen=True, slots=True)
class Read(Answer):
    """What became of a badge's scan, whose it was, and since when they are in."""

    volunteer_id: int = 0
    name: str = ""
    kind: Kind = Kind.IN
    in_at: datetime | None = None
    out_at: datetime | None = None


@transaction
def read(
    badge_code: str,
    *,
    site_id: int,
    by: int,
    uid: str,
    now: datetime,
    clock: DeviceClock | None = None,
    beneficiaries: int | None = None,
    direction: Kind | None = None,
    reach: Reach | None = None,
) -> Read:
    """Check in or out the person whose badge `by` holds in hand at this site.

    Whoever is in goes out and the other way round, unless `direction` says which. A second
    reading within ten minutes is `already_in` and never a check-out. Somebody who is in elsewhere
    is moved, somebody not expected joins. `clock` makes it a scan that was kept on a tablet.
    `reach` narrows what `by` may do to what the browser in hand may; a lead reads badges of the
    shift they lead.

    Raises Problem `badge_unknown`, `badge_revoked`, `own_entry`, `badge_other_shift` (for a
    lead), `not_checked_in` (asked to check out somebody who is not in), `NotFound` for a site
    out of reach, `Conflict("scan_reused")`.
    """
    at = (instant_of(clock, now).at if clock else now) or now
    badge = _working(badge_code, at)
    within = reach or reach_of(roles_of(by, now), Permission.READ_BADGES)
    _check_site(within, site_id)
    if badge.person_id == by:
        raise Problem("own_entry")
    lock_volunteer(badge.person_id)
    kind = direction or _kind_before(badge.person_id, uid) or kind_at(badge.person_id, site_id, at)
    reading = Reading(
        uid=uid,
        kind=kind,
        volunteer_id=badge.person_id,
        site_id=site_id,
        beneficiaries=beneficiaries if kind is Kind.OUT else None,
        joins=kind is Kind.IN,
        moves=kind is Kind.IN,
        carrier="badge",
        evidence=Evidence.LIVE if clock else Evidence.WITNESSED,
        badge_id=badge.badge_id,
        witnessed_by_id=by,
        clock=clock,
    )
    answer = record_scan(reading, now=now)
    _check_shift(within, site_id, answer)
    return _told(answer, badge, kind)


def undo(badge_code: str, undoes: str, *, by: int, uid: str, now: datetime) -> Answer:
    """Take back one's own reading of this badge, with the leaving of another site it caused.

    The verdict is `undone`, or `not_undone` after ten minutes. Raises Problem `badge_unknown`,
    and `NotFound` for a scan that somebody else witnessed.
    """
    badge = _stored(badge_code)
    own = (Scan.volunteer_id == badge.person_id, Scan.witnessed_by_id == by)
    if db.session.scalar(select(Scan.id).where(*own, Scan.scan_uid == undoes)) is None:
        raise NotFound("scan")
    return undo_whole(_undoing(badge, undoes, uid, by), now=now)


def _undoing(badge: AnyRow, undoes: str, uid: str, by: int) -> Reading:
    return Reading(
        uid=uid,
        kind=Kind.UNDO,
        volunteer_id=badge.person_id,
        undoes=undoes,
        carrier="badge",
        evidence=Evidence.WITNESSED,
        badge_id=badge.badge_id,
        witnessed_by_id=by,
    )


# --- whose badge ---------------------------------------------------------------------------


def whose(badge_code: str) -> int:
    """The id of the person a badge was made for, also a stopped one; Problem `badge_unknown`."""
    person_id: int = _stored(badge_code).person_id
    return person_id


def _stored(badge_code: str) -> AnyRow:
    code = read_code(badge_code)
    row = db.session.execute(
        select(Badge.id.label("badge_id"), Badge.person_id, Badge.revoked_at, Person.name)
        .join(Person, Person.id == Badge.person_id)
        .where(Badge.code_sha == sha(code or ""), Person.erased_at.is_(None))
    ).first()
    if row is None:
        raise Problem("badge_unknown")
    return row


def _working(badge_code: str, at: datetime) -> AnyRow:
    """What was read before the badge was stopped still counts, also when it arrives later."""
    badge = _stored(badge_code)
    if badge.revoked_at is not None and badge.revoked_at <= at:
        raise Problem("badge_revoked")
    return badge


# --- where it may be read ------------------------------------------------------------------


def _check_site(reach: Reach, site_id: int) -> None:
    if reach.everywhere:
        if db.session.get(Site, site_id) is None:
            raise NotFound("site")
    elif site_id not in reach.site_ids and not _leads_at(reach, site_id):
        raise NotFound("site")


def _leads_at(reach: Reach, site_id: int) -> bool:
    led = select(Shift.id).where(Shift.id.in_(reach.shift_ids), Shift.site_id == site_id)
    return db.session.scalar(led.limit(1)) is not None


def _check_shift(reach: Reach, site_id: int, answer: Answer) -> None:
    """A lead acts for one shift; raised last, because only then the shift is known."""
    if reach.everywhere or site_id in reach.site_ids or answer.shift_id is None:
        return
    if answer.shift_id not in reach.shift_ids:
        raise Problem("badge_other_shift")


# --- in or out -----------------------------------------------------------------------------


def _kind_before(person_id: int, uid: str) -> Kind | None:
    """What this scan was when it came before: asked again, somebody may be in meanwhile."""
    before = select(Scan.kind).where(Scan.volunteer_id == person_id, Scan.scan_uid == uid)
    kind = db.session.scalar(before)
    return Kind(kind) if kind else None


def kind_at(person_id: int, site_id: int, at: datetime) -> Kind:
    """What reading a badge at this site does at that instant."""
    last = _last_stint(person_id, at)
    if last is None:
        return Kind.IN
    begin, end, where, until = last
    if end is not None:
        return Kind.OUT if at - end < HELD_UP else Kind.IN
    in_here = where == site_id and at < until
    return Kind.OUT if in_here and at - begin >= AGAIN_WITHIN else Kind.IN


def _last_stint(
    person_id: int, at: datetime
) -> tuple[datetime, datetime | None, int, datetime] | None:
    """The latest time somebody came in before `at`: until when, where, and its latest end."""
    a = Attendance
    rows = db.session.execute(
        select(a.stints, a.site_id, a.until_at)
        .where(a.volunteer_id == person_id, a.state.not_in(_GONE))
        .where(a.in_at <= at, a.in_at > at - REMEMBERED)
    )
    stints = [
        (datetime.fromisoformat(begin), end and datetime.fromisoformat(end), site_id, until_at)
        for stints, site_id, until_at in rows
        for begin, end in stints
    ]
    return max((one for one in stints if one[0] <= at), key=lambda one: one[0], default=None)


def _told(answer: Answer, badge: AnyRow, kind: Kind) -> Read:
    a = Attendance
    times = db.session.execute(
        select(a.in_at, a.out_at).where(a.id == answer.attendance_id)
    ).first()
    return Read(
        **asdict(answer),
        volunteer_id=badge.person_id,
        name=badge.name,
        kind=kind,
        in_at=times.in_at if times else None,
        out_at=times.out_at if times else None,
    )


# --- looking -------------------------------------------------------------------------------

_AHEAD = timedelta(hours=16)
"""A shift that begins later than this is not what somebody has come for."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody whose badge a supervisor holds: where they are, and where they are expected."""

    person: Person
    attendance: Attendance | None
    """The open one, with its shift."""
    expected: Shift | None
    """The running or else the next shift, with what a page shows of it."""


def owner_of(badge_code: str, now: datetime) -> Owner:
    """Whose badge this is; raises Problem `badge_unknown` and `badge_revoked`."""
    badge = _working(badge_code, now)
    person = db.session.get_one(Person, badge.person_id)
    return Owner(person, _open(person.id, now), _expected(person.id, now))


def _open(person_id: int, now: datetime) -> Attendance | None:
    shift = joinedload(Attendance.shift)
    return db.session.scalar(
        select(Attendance)
        .where(Attendance.volunteer_id == person_id, Attendance.state == "open")
        .where(Attendance.until_at > now)
        .options(
            shift.joinedload(Shift.site),
            shift.joinedload(Shift.lane),
            shift.joinedload(Shift.opportunity).joinedload(Opportunity.service),
        )
    )


def _expected(person_id: int, now: datetime) -> Shift | None:
    return db.session.scalar(
        select(Shift)
        .join(Assignment, Assignment.shift_id == Shift.id)
        .where(Assignment.person_id == person_id, Assignment.how != "waiting")
        .where(Shift.ends_at > now, Shift.starts_at < now + _AHEAD)
        .where(Shift.cancelled_at.is_(None), Shift.is_draft.is_(False))
        .order_by(Shift.starts_at, Shift.id)
        .options(
            joinedload(Shift.site),
            joinedload(Shift.lane),
            joinedload(Shift.opportunity).joinedload(Opportunity.service),
        )
        .limit(1)
    )


def open_at(person_id: int, now: datetime) -> Site | None:
    """The site where somebody is checked in now."""
    attendance = _open(person_id, now)
    return attendance.shift.site if attendance else None


def cannot_move(person: Person, site_id: int, now: datetime) -> bool:
    """Whether somebody is in elsewhere and no shift at this site would take them by a badge."""
    here = around(person.id, site_id, now)
    judged = judge(here.situation(person, site_id, None, Code.ACTIVE, now))
    return judged.verdict is Verdict.OPEN_ELSEWHERE and judged.shift is None


def own_reading(person_id: int, by: int, now: datetime) -> AnyRow | None:
    """What `by` has just read from this person's badge and can still take back."""
    s = Scan
    last = db.session.execute(
        select(s.scan_uid, s.kind, s.verdict, s.effective_at, s.witnessed_by_id)
        .where(s.volunteer_id == person_id, s.received_at > now - UNDO_WITHIN)
        .order_by(s.id.desc())
        .limit(1)
    ).first()
    if last is None or last.witnessed_by_id != by:
        return None
    return last if last.verdict in (Verdict.CHECKED_IN, Verdict.CHECKED_OUT) else None
