"""The scan decision table: one code, two verbs, and the first row that matches wins.

`judge` looks at what is known at one instant and names the verdict. It is asked twice: when the
page is opened, to show the right button, and when the button is pressed, to keep the scan.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from checkin.domain.hours import AUTO_CLOSE_AFTER

AGAIN_WITHIN = timedelta(minutes=10)
"""A second scan this soon is a person making sure, not a person leaving."""
CHANGES_WITHIN = timedelta(minutes=15)
"""This long before a shift's end, somebody with another one after it may go over to that."""


class Verdict(StrEnum):
    """What a scan was judged to be; the values are stable and stored with each scan."""

    UNKNOWN_CODE = "unknown_code"
    OLD_POSTER = "old_poster"
    EXPIRED = "expired"
    SIGN_IN = "sign_in"
    HELD = "held"
    ALREADY_IN = "already_in"
    CHECK_OUT = "check_out"
    NEXT_SHIFT = "next_shift"
    OPEN_ELSEWHERE = "open_elsewhere"
    FORGOTTEN = "forgotten"
    OTHER_SITE = "other_site"
    EARLY = "early"
    CHECK_IN = "check_in"
    CLOSED = "closed"
    WALK_IN = "walk_in"
    FULL = "full"
    NO_SHIFT = "no_shift"
    SHIFT_CANCELLED = "shift_cancelled"
    # verdicts only a kept scan can have
    CHECKED_IN = "checked_in"
    CHECKED_OUT = "checked_out"
    UNDONE = "undone"
    NOT_UNDONE = "not_undone"
    ORPHAN_OUT = "orphan_out"
    END_UNKNOWN = "end_unknown"
    LATE_AFTER_DECISION = "late_after_decision"
    STALE = "stale"


REQUESTS = frozenset(
    {Verdict.EARLY, Verdict.CLOSED, Verdict.OTHER_SITE, Verdict.FULL, Verdict.NO_SHIFT}
    | {Verdict.SHIFT_CANCELLED, Verdict.HELD, Verdict.STALE}
)
"""Kept check-ins that changed nothing: a supervisor sees them and may act on them."""


class Code(StrEnum):
    """What became of the code that was read."""

    ACTIVE = "active"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    """A screen showed it, but too long ago."""
    REPLACED = "replaced"
    REVOKED = "revoked"


class Standing(StrEnum):
    """Whether a person may check in at all."""

    GOOD = "good"
    SUSPENDED = "suspended"
    NO_GUARDIAN = "no_guardian"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A shift a scan could mean: here, or one the volunteer is expected at elsewhere."""

    shift_id: int
    site_id: int
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime
    """From here on check-in is open."""
    closes_at: datetime
    """After this a supervisor has to check people in."""
    rostered: bool = False
    waiting: bool = False
    walk_ins: bool = False
    seats_left: int = 0
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class OpenAttendance:
    """The one attendance a volunteer has open."""

    shift_id: int
    site_id: int
    in_at: datetime
    """When the running stint began: coming back is coming."""
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything the table looks at.

    `shift_id` is set when the poster is for one shift; `standing` is empty for a stranger.
    """

    now: datetime
    site_id: int
    code: Code
    standing: Standing | None
    open: OpenAttendance | None = None
    candidates: Sequence[Candidate] = ()
    shift_id: int | None = None
    unsettled: bool = False
    """A forgotten check-out has not been asked about yet."""


@dataclass(frozen=True, slots=True)
class Judgement:
    verdict: Verdict
    shift: Candidate | None = None


def judge(situation: Situation) -> Judgement:
    """The first row of the table that matches; validity of the code before anything else."""
    return (
        about_code(situation.code)
        or _about_person(situation)
        or _about_open(situation)
        or _about_shift(situation)
    )


def about_code(code: Code) -> Judgement | None:
    """What there is to say about a code that does not count; the same to everybody."""
    if code is Code.UNKNOWN:
        return Judgement(Verdict.UNKNOWN_CODE)
    if code in (Code.REPLACED, Code.REVOKED):
        return Judgement(Verdict.OLD_POSTER)
    return Judgement(Verdict.EXPIRED) if code is Code.EXPIRED else None


def _about_person(situation: Situation) -> Judgement | None:
    if situation.standing is None:
        return Judgement(Verdict.SIGN_IN)
    if situation.standing is not Standing.GOOD:
        return Judgement(Verdict.CHECK_OUT if _is_in_here(situation) else Verdict.HELD)
    return None


def _is_in_here(situation: Situation) -> bool:
    """Whoever came in can always leave."""
    running = situation.open
    return (
        running is not None
        and running.site_id == situation.site_id
        and situation.now < running.ends_at + AUTO_CLOSE_AFTER
    )


def _about_open(situation: Situation) -> Judgement | None:
    running = situation.open
    if situation.unsettled or (
        running is not None and situation.now >= running.ends_at + AUTO_CLOSE_AFTER
    ):
        return Judgement(Verdict.FORGOTTEN)
    if running is None:
        return None
    if running.site_id != situation.site_id:
        return Judgement(Verdict.OPEN_ELSEWHERE, _shift_here(situation))
    if situation.now - running.in_at < AGAIN_WITHIN:
        return Judgement(Verdict.ALREADY_IN)
    following = _following(situation, running)
    return Judgement(Verdict.NEXT_SHIFT if following else Verdict.CHECK_OUT, following)


def _following(situation: Situation, running: OpenAttendance) -> Candidate | None:
    """Back to back: the volunteer's own next shift here, once the running one is about over."""
    if situation.now < running.ends_at - CHANGES_WITHIN:
        return None
    later = [
        c
        for c in situation.candidates
        if _meant(c, situation) and c.rostered and not c.cancelled
        if c.shift_id != running.shift_id and c.ends_at > running.ends_at
    ]
    judged = _mine_now(later, situation.now)
    return judged.shift if judged else None


def _about_shift(situation: Situation) -> Judgement:
    here = [c for c in situation.candidates if _meant(c, situation)]
    mine = [c for c in here if c.rostered and not c.cancelled]
    for judged in (
        _mine_now(mine, situation.now),
        _mine_elsewhere(situation),
        _mine_not_now(mine, situation.now),
        _join(here, situation.now),
        _mine_over(mine, situation.now),
    ):
        if judged is not None:
            return judged
    if any(c.cancelled and c.rostered for c in here):
        return Judgement(Verdict.SHIFT_CANCELLED, next(c for c in here if c.cancelled))
    return Judgement(Verdict.NO_SHIFT)


def _meant(candidate: Candidate, situation: Situation) -> bool:
    if situation.shift_id is not None:
        return candidate.shift_id == situation.shift_id
    return candidate.site_id == situation.site_id


def _mine_now(mine: list[Candidate], now: datetime) -> Judgement | None:
    """Of two shifts in window, the one that has begun; of two that have, the later one."""
    fitting = [c for c in mine if c.opens_at <= now <= c.closes_at]
    begun = [c for c in fitting if c.starts_at <= now]
    if begun:
        return Judgement(Verdict.CHECK_IN, max(begun, key=lambda c: (c.starts_at, c.shift_id)))
    if fitting:
        return Judgement(Verdict.CHECK_IN, min(fitting, key=lambda c: (c.starts_at, c.shift_id)))
    return None


def _mine_elsewhere(situation: Situation) -> Judgement | None:
    for c in situation.candidates:
        elsewhere = c.site_id != situation.site_id and c.rostered and not c.cancelled
        if elsewhere and c.opens_at <= situation.now <= c.closes_at:
            return Judgement(Verdict.OTHER_SITE, c)
    return None


def _mine_not_now(mine: list[Candidate], now: datetime) -> Judgement | None:
    running = [c for c in mine if c.closes_at < now < c.ends_at]
    if running:
        return Judgement(Verdict.CLOSED, max(running, key=lambda c: (c.closes_at, c.shift_id)))
    coming = [c for c in mine if now < c.opens_at]
    if coming:
        return Judgement(Verdict.EARLY, min(coming, key=lambda c: (c.starts_at, c.shift_id)))
    return None


def _mine_over(mine: list[Candidate], now: datetime) -> Judgement | None:
    """Only when nothing else is on offer does a shift that has ended explain the refusal."""
    over = [c for c in mine if c.ends_at <= now]
    if not over:
        return None
    return Judgement(Verdict.CLOSED, max(over, key=lambda c: (c.closes_at, c.shift_id)))


def _join(here: list[Candidate], now: datetime) -> Judgement | None:
    running = [
        c
        for c in here
        if c.walk_ins and not c.cancelled and not c.rostered and c.opens_at <= now <= c.closes_at
    ]
    if not running:
        return None
    with_seats = [c for c in running if c.seats_left > 0]
    if with_seats:
        return Judgement(Verdict.WALK_IN, min(with_seats, key=lambda c: (c.starts_at, c.shift_id)))
    return Judgement(Verdict.FULL, min(running, key=lambda c: (c.starts_at, c.shift_id)))


def _shift_here(situation: Situation) -> Candidate | None:
    """Where "move me here" would lead: the shift the rest of the table finds at this site."""
    judged = _about_shift(situation)
    allowed = judged.verdict in (Verdict.CHECK_IN, Verdict.WALK_IN)
    return judged.shift if allowed else None
