"""The roll call: beginning one, and ticking whom somebody sees, on several tablets at once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from checkin.database import db, transaction
from checkin.domain.clocks import DeviceClock, instant_of
from checkin.domain.errors import Conflict, Problem
from checkin.models import Attendance, Sighting
from checkin.operations import audit
from checkin.operations.permissions import Reach, attendances_within
from checkin.operations.presence.here import CALL_BEGUN, CALL_LASTS, ONE_CALL, call_begun_at
from checkin.operations.presence.seeing import ROLL
from checkin.operations.returned import returned_at

SLACK = timedelta(minutes=5)
"""A tick may seem this much older than the check-in it is about: two clocks told their times."""
LINGERS = timedelta(hours=1)
"""Somebody whose check-out came first may still be ticked by a tablet that did not know."""


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody looked for one person; `uid` was made on the tablet before anything was sent.

    `clock` is the tablet's when it kept the look for a while; `begun_at` is when the call began
    that it belongs to, by our clock as far as the tablet can tell it.
    """

    uid: str
    site_id: int
    person_id: int
    was_seen: bool
    clock: DeviceClock | None = None
    begun_at: datetime | None = None


@transaction
def begin(site_id: int, *, by: int, now: datetime) -> None:
    """Begin a roll call anew: nobody is seen yet. Begun twice at once it is one call."""
    _begin_at(now, site_id, by)


@transaction
def sight(look: Look, *, reach: Reach, by: int, now: datetime) -> Sighting:
    """Tick somebody, or take the tick back; sent twice it is one look.

    The first tick begins the call where none is under way. Raises Problem `not_here`,
    `look_at_oneself`, `look_too_old`, and `Conflict("look_reused")`.
    """
    kept = db.session.scalar(select(Sighting).where(Sighting.sighting_uid == look.uid))
    if kept is not None:
        return _the_same(kept, look, by)
    if look.person_id == by:
        raise Problem("look_at_oneself")
    at = _instant(look, now)
    attendance_id = _attendance(look, reach, at)
    _begin_with(look, by, at)
    sighting = keep_look(look.uid, ROLL, attendance_id, look, by=by, at=at, now=now)
    audit.note("seen" if look.was_seen else "not_seen", "attendance", attendance_id, by=by, at=now)
    return sighting


def keep_look(
    uid: str, kind: str, attendance_id: int, look: Look, *, by: int, at: datetime, now: datetime
) -> Sighting:
    """Add the row, inside the caller's transaction."""
    sighting = Sighting(
        sighting_uid=uid,
        kind=kind,
        site_id=look.site_id,
        attendance_id=attendance_id,
        volunteer_id=look.person_id,
        was_seen=look.was_seen,
        seen_by_id=by,
        at=at,
        received_at=now,
    )
    db.session.add(sighting)
    db.session.flush()
    return sighting


def _the_same(kept: Sighting, look: Look, by: int) -> Sighting:
    before = (kept.site_id, kept.volunteer_id, kept.was_seen, kept.seen_by_id)
    if before != (look.site_id, look.person_id, look.was_seen, by):
        raise Conflict("look_reused")
    return kept


def _instant(look: Look, now: datetime) -> datetime:
    at = instant_of(look.clock, now).at if look.clock else now
    if at is None:
        raise Problem("look_too_old")
    return at


def _attendance(look: Look, reach: Reach, at: datetime) -> int:
    """Where this person was in at the site then; the tablet may not know of a check-out yet."""
    a, back = Attendance, list(returned_at([look.site_id], at))
    found = db.session.scalar(
        attendances_within(reach)
        .with_only_columns(a.id)
        .where(a.site_id == look.site_id, a.volunteer_id == look.person_id)
        .where(a.state.not_in(("cancelled", "voided")))
        .where(a.in_at <= at + SLACK, or_(a.until_at >= at - LINGERS, a.id.in_(back)))
        .order_by(a.in_at.desc(), a.id.desc())
        .limit(1)
    )
    if found is None:
        raise Problem("not_here")
    return found


def _begin_with(look: Look, by: int, at: datetime) -> None:
    """Note the beginning that the tablet knows of, when we do not know of one since."""
    begun_at = min(look.begun_at or at, at)
    if begun_at < at - CALL_LASTS:
        begun_at = at
    _begin_at(begun_at, look.site_id, by, known_at=at)


def _begin_at(begun_at: datetime, site_id: int, by: int, known_at: datetime | None = None) -> None:
    known = call_begun_at(site_id, known_at or begun_at)
    if known is None or begun_at - known > ONE_CALL:
        audit.note(CALL_BEGUN, "site", site_id, by=by, at=begun_at)
