"""Scans that phones and tablets kept and send together: each one is judged by itself."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from checkin.database import AnyRow, db
from checkin.domain.clocks import AROUND_SHIFT, DeviceClock, instant_of
from checkin.domain.codes import SHORT_CODE_LENGTH
from checkin.domain.days import day_bounds, local_day, month_of
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.domain.evidence import Evidence, Flag
from checkin.domain.fold import Kind
from checkin.domain.scanning import Code, Verdict
from checkin.domain.text import clean_text
from checkin.models import Attendance, Person, Scan, Shift, Site
from checkin.operations import badges, displays, manual, receipts
from checkin.operations.attendance import (
    Answer,
    Reading,
    record_scan,
)
from checkin.operations.attendance.arrival import poster_of_typed, undo_whole
from checkin.operations.attendance.sweep import propose_anew
from checkin.operations.permissions import Reach, shifts_within

LIVE_WITHIN = timedelta(seconds=10)
"""A scan sent this soon after it was made was not kept: the server's clock counts."""
OFFLINE_SHIFTS = 2
"""So many shifts a month may rest on scans that came later before a supervisor is told."""
LONGEST_REASON = 300
OFFERED_FOR = timedelta(days=14)
"""How long phones keep scans that were answered, and ask whether we still have them."""


class Act(StrEnum):
    """What somebody did, as phones and tablets name it."""

    IN = "in"
    OUT = "out"
    UNDO = "undo"
    BADGE = "badge"
    MANUAL_IN = "manual_in"
    MANUAL_OUT = "manual_out"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends, on which device, and where they may act for others."""

    person_id: int
    device_id: int | None
    reads: Reach
    """Where they may read badges."""
    enters: Reach
    """Where they may enter by hand."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One act as the phone or tablet kept it; nothing of it is believed before it is judged.

    `volunteer` is the name of whoever was signed in when it was made (`receipts.reference_of`).
    """

    uid: str
    act: Act
    clock: DeviceClock
    code: str = ""
    volunteer: str = ""
    beneficiaries: int | None = None
    joins: bool = False
    moves: bool = False
    undoes: str = ""
    site_id: int | None = None
    person_id: int | None = None
    shift_id: int | None = None
    reason: str = ""
    distance_m: int | None = None
    accuracy_m: int | None = None
    was_live: bool | None = None
    """How it was taken when it came before; nothing when it never did."""

    @property
    def is_live(self) -> bool:
        """Whether it was sent as soon as it was made; by the phone's clock, so that a wrong one
        does not matter."""
        if self.was_live is not None:
            return self.was_live
        sent_at = self.clock.sent_at or self.clock.device_at
        return timedelta(0) <= sent_at - self.clock.device_at <= LIVE_WITHIN

    @property
    def uploaded(self) -> DeviceClock | None:
        """What the phone says about time, when that is needed."""
        return None if self.is_live else self.clock


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of one act, and the scan it became."""

    answer: Answer
    scan: AnyRow

    @property
    def receipt(self) -> str:
        """Our signed word that we have it."""
        return receipts.of_scan(self.answer.uid, self.scan.payload_sha, self.scan.received_at)


def record(sent: Sent, sender: Sender, *, now: datetime) -> Kept:
    """Keep one act in a transaction of its own; sent again it gets the same answer.

    Raises Problem `other_volunteer`, `code_missing`, `code_unknown`, `code_too_old`, whatever
    the act itself raises, `NotFound` for what is out of reach, and `Conflict("scan_reused")`.
    """
    if sent.volunteer and not receipts.is_reference_of(sent.volunteer, sender.person_id):
        raise Problem("other_volunteer")
    try:
        kept = _record(sent, sender, now)
    except Conflict:
        # its twin, sent a moment before, was kept while this one was on its way
        kept = _record(sent, sender, now)
    answer = kept.answer
    if sent.uploaded and answer.verdict is Verdict.CHECKED_IN and answer.shift_id is not None:
        # also when it is sent again: the first time may have ended between the two
        propose_anew(answer.shift_id, now)
    return kept


def unknown(uids: list[str], sender: Sender, *, now: datetime) -> list[str]:
    """Which of these scans we do not have: a phone that holds them sends them again."""
    named = select(Scan.scan_uid).where(Scan.scan_uid.in_(uids))
    known = set(db.session.scalars(named.where(Scan.volunteer_id == sender.person_id)))
    if not (sender.reads.is_empty and sender.enters.is_empty):
        known |= set(db.session.scalars(named.where(_of_others(sender, now))))
    return sorted(set(uids) - known)


def _of_others(sender: Sender, now: datetime) -> ColumnElement[bool]:
    """What a supervisor read or entered lately, found by where."""
    by = or_(Scan.witnessed_by_id == sender.person_id, Scan.entered_by_id == sender.person_id)
    reach = Reach(
        sender.reads.everywhere or sender.enters.everywhere,
        sender.reads.site_ids | sender.enters.site_ids,
        shift_ids=sender.reads.shift_ids,
    )
    sites = displays.sites_within(reach).with_only_columns(Site.id).order_by(None)
    return and_(Scan.site_id.in_(sites), Scan.received_at > now - OFFERED_FOR, by)


def _record(sent: Sent, sender: Sender, now: datetime) -> Kept:
    whose = _whose(sent, sender)
    before = db.session.execute(
        select(Scan.device_at).where(Scan.volunteer_id == whose, Scan.scan_uid == sent.uid)
    ).first()
    if before is not None:
        # a live scan whose answer was lost comes again later, and is the same scan all the same
        sent = replace(sent, was_live=before.device_at is None)
    answer: Answer = _ACTS[sent.act](sent, sender, now)
    return Kept(answer, _scan_named(sent.uid, whose))


def _whose(sent: Sent, sender: Sender) -> int:
    """The volunteer an act is about: oneself, unless a supervisor names somebody else."""
    letter, _, code = sent.code.partition("/")
    if letter.upper() == "B" and sent.act in (Act.BADGE, Act.UNDO):
        return badges.whose(code)
    if sent.act in (Act.MANUAL_IN, Act.MANUAL_OUT, Act.UNDO) and sent.person_id is not None:
        return sent.person_id
    return sender.person_id


def _scan_named(uid: str, whose: int) -> AnyRow:
    return db.session.execute(
        select(
            *(Scan.kind, Scan.payload_sha, Scan.received_at, Scan.evidence, Scan.flags),
            *(Scan.volunteer_id, Person.name, Site.name_ar, Site.name_en, Site.zone),
            *(Attendance.in_at, Attendance.out_at),
        )
        .join(Person, Person.id == Scan.volunteer_id)
        .outerjoin(Site, Site.id == Scan.site_id)
        .outerjoin(Attendance, Attendance.id == Scan.attendance_id)
        .where(Scan.volunteer_id == whose, Scan.scan_uid == uid)
    ).one()


# --- a volunteer's own acts ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    """What a code names, how it was read, and how well that proves presence."""

    carrier: str
    evidence: Evidence
    poster_id: int | None = None
    display_id: int | None = None
    window_no: int | None = None
    flags: tuple[Flag, ...] = ()


def _check_in(sent: Sent, sender: Sender, now: datetime) -> Answer:
    return record_scan(_reading(sent, sender, Kind.IN, now), now=now)


def _check_out(sent: Sent, sender: Sender, now: datetime) -> Answer:
    return record_scan(_reading(sent, sender, Kind.OUT, now), now=now)


def _reading(sent: Sent, sender: Sender, kind: Kind, now: datetime) -> Reading:
    place = _place(sent, now)
    leaves = kind is Kind.OUT
    return Reading(
        uid=sent.uid,
        kind=kind,
        volunteer_id=sender.person_id,
        poster_id=place.poster_id,
        display_id=place.display_id,
        window_no=place.window_no,
        shift_id=sent.shift_id if leaves else None,
        beneficiaries=sent.beneficiaries if leaves else None,
        joins=sent.joins and not leaves,
        moves=sent.moves and not leaves,
        carrier=place.carrier,
        evidence=place.evidence,
        device_id=sender.device_id,
        reason=clean_text(sent.reason, LONGEST_REASON),
        clock=sent.uploaded,
        flags=place.flags + _often_offline(sent, sender, now),
        distance_m=sent.distance_m,
        accuracy_m=sent.accuracy_m,
    )


def _place(sent: Sent, now: datetime) -> _Place:
    letter, _, code = sent.code.partition("/")
    if letter.upper() == "R":
        return _on_screen(code, sent, now)
    if letter.upper() == "S":
        return _on_paper(code, sent)
    if sent.act is Act.OUT and sent.shift_id is not None and not sent.code:
        return _Place("form", Evidence.CLAIMED)
    raise Problem("code_unknown" if sent.code else "code_missing")


def _on_paper(code: str, sent: Sent) -> _Place:
    poster = poster_of_typed(code)
    if poster is None:
        raise Problem("code_unknown")
    carrier = "short" if len(code) <= SHORT_CODE_LENGTH else "poster"
    evidence = Evidence.POSTER if sent.is_live else Evidence.OFFLINE
    return _Place(carrier, evidence, poster_id=poster.id)


def _on_screen(code: str, sent: Sent, now: datetime) -> _Place:
    """A code of one of our screens: live for half a minute, later bounded by its own window."""
    shown = displays.shown(code)
    if shown is None:
        raise Problem("code_unknown")
    if sent.is_live and sent.was_live is None and shown.judged(now) is Code.EXPIRED:
        raise Problem("code_too_old")
    # the screen was set up anew since: its own clock can no longer be asked
    flags = shown.flags or ((Flag.DISPLAY_UNSYNCED,) if shown.is_old else ())
    evidence = Evidence.LIVE if sent.is_live else Evidence.POSTER
    return _Place(
        "rotating", evidence, display_id=shown.display_id, window_no=shown.window, flags=flags
    )


def _often_offline(sent: Sent, sender: Sender, now: datetime) -> tuple[Flag, ...]:
    """The third shift in one month that rests on scans which came later is told."""
    at = None if sent.is_live else instant_of(sent.clock, now).at
    if at is None:
        return ()
    first = month_of(local_day(at))
    begins, _ = day_bounds(first)
    shifts = (
        select(func.count(func.distinct(Scan.shift_id)))
        .join(Shift, Shift.id == Scan.shift_id)
        .where(Scan.volunteer_id == sender.person_id, Scan.device_at.is_not(None))
        .where(Scan.effective_at >= begins, Scan.effective_at <= at)
        .where(Scan.entered_by_id.is_(None), Scan.witnessed_by_id.is_(None))
        .where(Shift.ends_at < at - AROUND_SHIFT)
    )
    many = (db.session.scalar(shifts) or 0) >= OFFLINE_SHIFTS
    return (Flag.OFTEN_OFFLINE,) if many else ()


# --- a supervisor's acts about others ------------------------------------------------------


def _read_badge(sent: Sent, sender: Sender, now: datetime) -> Answer:
    letter, _, code = sent.code.partition("/")
    if letter.upper() != "B" or sent.site_id is None:
        raise Problem("code_unknown" if sent.code else "code_missing")
    return badges.read(
        code,
        site_id=sent.site_id,
        by=sender.person_id,
        uid=sent.uid,
        now=now,
        clock=sent.uploaded,
        beneficiaries=sent.beneficiaries,
        reach=sender.reads,
    )


def _enter_in(sent: Sent, sender: Sender, now: datetime) -> Answer:
    return manual.check_in(_entry(sent, sender), by=sender.person_id, now=now)


def _enter_out(sent: Sent, sender: Sender, now: datetime) -> Answer:
    return manual.check_out(_entry(sent, sender), by=sender.person_id, now=now)


def _entry(sent: Sent, sender: Sender) -> manual.Entry:
    reach = shifts_within(sender.enters).where(Shift.id == sent.shift_id)
    shift = db.session.scalar(reach.with_only_columns(Shift.id))
    if shift is None or sent.person_id is None:
        raise NotFound("shift")
    reason, _, words = sent.reason.partition(": ")
    return manual.Entry(
        sent.uid,
        sent.person_id,
        shift,
        reason,
        words,
        beneficiaries=sent.beneficiaries if sent.act is Act.MANUAL_OUT else None,
        clock=sent.uploaded,
    )


# --- taking back ---------------------------------------------------------------------------

_BY_HAND = {"manual": Evidence.CLAIMED, "badge": Evidence.WITNESSED}


def _undo(sent: Sent, sender: Sender, now: datetime) -> Answer:
    """Take back what one did oneself, with the leaving of another site it caused."""
    whose = _whose(sent, sender)
    target = db.session.execute(
        select(Scan.volunteer_id, Scan.badge_id, Scan.entered_by_id, Scan.witnessed_by_id)
        .where(Scan.volunteer_id == whose, Scan.scan_uid == sent.undoes)
        .where(_did(sender))
    ).first()
    if target is None:
        raise NotFound("scan")
    return undo_whole(_undoing(sent, sender, target), now=now)


def _did(sender: Sender) -> ColumnElement[bool]:
    """One's own scans, and those one read or entered for others."""
    return or_(
        and_(Scan.volunteer_id == sender.person_id, Scan.entered_by_id.is_(None)),
        Scan.witnessed_by_id == sender.person_id,
        Scan.entered_by_id == sender.person_id,
    )


def _undoing(sent: Sent, sender: Sender, target: Any) -> Reading:
    entered = target.entered_by_id == sender.person_id
    witnessed = target.witnessed_by_id == sender.person_id
    carrier = "manual" if entered else "badge" if witnessed else "form"
    return Reading(
        uid=sent.uid,
        kind=Kind.UNDO,
        volunteer_id=target.volunteer_id,
        undoes=sent.undoes,
        carrier=carrier,
        evidence=_BY_HAND.get(carrier, Evidence.POSTER),
        device_id=sender.device_id,
        badge_id=target.badge_id if witnessed else None,
        entered_by_id=sender.person_id if entered else None,
        witnessed_by_id=sender.person_id if witnessed else None,
    )


_ACTS: dict[Act, Callable[[Sent, Sender, datetime], Answer]] = {
    Act.IN: _check_in,
    Act.OUT: _check_out,
    Act.UNDO: _undo,
    Act.BADGE: _read_badge,
    Act.MANUAL_IN: _enter_in,
    Act.MANUAL_OUT: _enter_out,
}
