"""Taps: append-only facts from any number of tablets, each kept once, and their sum.

A tap adds; a correction is a tap below zero. Taps from several tablets may come in any order and
give the same tally. Only a correction can be refused, when it would take away more than is there:
two tablets that correct the same mistake at the same time would otherwise leave a debt, and the
next people served would disappear into it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import joinedload

from checkin.database import db, transaction
from checkin.domain.clocks import DeviceClock, instant_of
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.domain.plausibility import MOST_BENEFICIARIES, judge_beneficiaries
from checkin.models import Assignment, Shift, TallyTap
from checkin.operations import audit
from checkin.operations.attendance import derived_uid
from checkin.operations.permissions import AROUND, Reach, shifts_within
from checkin.operations.tally.sharing import hold_lane, settle, taps_of, worked_minutes

LIVE_WITHIN = timedelta(seconds=10)
"""A tap sent this soon happened when it came."""


@dataclass(frozen=True, slots=True)
class Tap:
    """One press on a tablet, named before it was sent; `amount` is below zero to correct."""

    uid: str
    shift_id: int
    amount: int
    clock: DeviceClock | None = None
    device_id: int | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """A tap that is kept, and the tally with it."""

    uid: str
    total: int
    replayed: bool = False


@transaction
def tap(one: Tap, *, by: int, reach: Reach, now: datetime) -> Counted:
    """Keep one tap; sent again it has one effect and the same answer.

    Raises `NotFound` for a shift out of reach or not counted by its lane, `Conflict("tap_reused")`
    when the id came before with other content, and Problem `tally_too_early` before check-in
    opens, `tally_cancelled` and `shift_closed` for what was tapped after that, `tally_below_zero`
    (fact `total`) and `tally_too_high` (fact `max`).
    """
    held = hold_lane(one.shift_id)
    shift = _shift(one.shift_id, reach)
    if shift is None or not held:
        raise NotFound("shift")
    total = taps_of([shift.id]).get(shift.id, 0)
    if _came_before(one):
        return Counted(one.uid, total, replayed=True)
    at = _instant(one.clock, shift, now)
    _check_open(shift, at, now)
    _check_amount(one.amount, total)
    _keep(one, at, by, now)
    total += one.amount
    facts = {"amount": one.amount, "total": total, "uid": one.uid}
    audit.note("tally.tap", "shift", shift.id, by=by, at=now, **facts)
    settle(shift.id, by=by, now=now)
    return Counted(one.uid, total)


def _shift(shift_id: int, reach: Reach) -> Shift | None:
    return db.session.scalar(
        shifts_within(reach).where(Shift.id == shift_id).options(joinedload(Shift.opportunity))
    )


def _came_before(one: Tap) -> bool:
    """Under the shift's lock; an id that came for another shift is other content."""
    before = db.session.execute(
        select(TallyTap.shift_id, TallyTap.amount).where(TallyTap.tap_uid == one.uid)
    ).first()
    if before is not None and (before.shift_id, before.amount) != (one.shift_id, one.amount):
        raise Conflict("tap_reused", uid=one.uid)
    return before is not None


def _instant(clock: DeviceClock | None, shift: Shift, now: datetime) -> datetime:
    """When it was tapped. A tap kept for longer than a clock is believed counts at the end."""
    if clock is None or _is_live(clock):
        return now
    return instant_of(clock, now).at or min(shift.ends_at, now)


def _is_live(clock: DeviceClock) -> bool:
    if clock.sent_at is None:
        return False
    return timedelta(0) <= clock.sent_at - clock.device_at <= LIVE_WITHIN


def _check_open(shift: Shift, at: datetime, now: datetime) -> None:
    """What was tapped before the shift was closed or cancelled still counts when it comes later."""
    if now < shift.starts_at - timedelta(minutes=shift.opportunity.opens_minutes):
        raise Problem("tally_too_early")
    if shift.cancelled_at is not None and at > shift.cancelled_at:
        raise Problem("tally_cancelled")
    if shift.closed_at is not None and at > shift.closed_at:
        raise Problem("shift_closed")


def _check_amount(amount: int, total: int) -> None:
    if amount == 0 or abs(amount) > MOST_BENEFICIARIES:
        raise Problem("count_invalid", max=MOST_BENEFICIARIES)
    if total + amount < 0:
        raise Problem("tally_below_zero", total=total)
    if total + amount > MOST_BENEFICIARIES:
        raise Problem("tally_too_high", max=MOST_BENEFICIARIES)


def _keep(one: Tap, at: datetime, by: int, now: datetime) -> None:
    db.session.execute(
        insert(TallyTap).values(
            tap_uid=one.uid,
            shift_id=one.shift_id,
            amount=one.amount,
            effective_at=at,
            received_at=now,
            device_at=one.clock.device_at if one.clock else None,
            device_id=one.device_id,
            entered_by_id=by,
        )
    )


def why_not(shift: Shift, now: datetime) -> str | None:
    """The code of the problem that whoever tapped now would meet, if any."""
    try:
        _check_open(shift, now, now)
    except Problem as problem:
        return problem.code
    return None


def check_usual(shift: Shift, total: int, now: datetime) -> None:
    """Ask once more about a number that is far beyond what its people usually do.

    The shift comes with its service. Raises Problem `tally_unusual` (fact `total`); nothing that
    was tapped one by one is ever asked about.
    """
    service = shift.opportunity.service
    assert service is not None
    minutes = worked_minutes(shift.id, now)
    if judge_beneficiaries(total, minutes, None, service.high_per_hour) == "high":
        raise Problem("tally_unusual", total=total)


def undo_uid(tap_uid: str) -> str:
    """The id of the tap that takes one back: two tablets that undo the same tap do it once."""
    return derived_uid(tap_uid, "undo")


def lead_reach(person_id: int, now: datetime) -> Reach:
    """The shifts somebody leads, and those led until lately: what was tapped offline comes late."""
    led = db.session.scalars(
        select(Assignment.shift_id)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(Assignment.person_id == person_id, Assignment.is_lead)
        .where(Shift.ends_at > now - AROUND)
    )
    return Reach(shift_ids=frozenset(led))
