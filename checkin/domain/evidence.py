"""How well a scan proves presence, and the plain reasons for a second look."""

from collections.abc import Iterable
from enum import StrEnum


class Evidence(StrEnum):
    """Strongest first; an attendance is as strong as the weakest scan it rests on."""

    WITNESSED = "witnessed"
    LIVE = "live"
    TYPED = "typed"
    POSTER = "poster"
    OFFLINE = "offline"
    CLAIMED = "claimed"


_STRENGTH = {level: rank for rank, level in enumerate(reversed(Evidence))}


def strength(level: Evidence) -> int:
    """0 for claimed up to 5 for witnessed."""
    return _STRENGTH[level]


def weakest(levels: Iterable[Evidence]) -> Evidence:
    """The evidence of a chain; a chain of nothing proves nothing."""
    return min(levels, key=strength, default=Evidence.CLAIMED)


class Flag(StrEnum):
    """A reason a person should look; flags advise, people decide."""

    NO_CHECK_OUT = "no_check_out"
    """Closed by the clock, or by a check-in elsewhere; the end is a proposal."""
    END_CLAIMED = "end_claimed"
    """The volunteer said afterwards when the work ended."""
    END_UNKNOWN = "end_unknown"
    """The volunteer was asked and does not remember."""
    SHORTER = "shorter"
    LONGER = "longer"
    EARLY_IN = "early_in"
    LATE_IN = "late_in"
    MANUAL = "manual"
    """Entered by hand by a supervisor, without a code."""
    OFF_ROSTER = "off_roster"
    """Joined on the spot; nobody had planned it."""
    OVERLAP = "overlap"
    """Two attendances of one person share minutes; one must be cut before approval."""
    OUT_TWICE = "out_twice"
    """Checked out again much later without checking in: the last one counts."""
    ORPHAN_OUT = "orphan_out"
    """A check-out for which no check-in is known."""
    MANY_BENEFICIARIES = "many_beneficiaries"
    FEW_BENEFICIARIES = "few_beneficiaries"
    LATE_AFTER_DECISION = "late_after_decision"
    """A scan arrived after the decision; the decision stands."""
    SHIFT_CANCELLED = "shift_cancelled"
    NO_MINUTES = "no_minutes"
    """Nothing inside the shift's time counts."""
    LONG = "long"
    """More than two hours over the plan, or more than twelve in all."""
    OFFLINE = "offline"
    """Recorded without a network and sent afterwards."""
    OFTEN_OFFLINE = "often_offline"
    """The third shift of one month that rests on scans sent afterwards, or one later still."""
    LATE_UPLOAD = "late_upload"
    """Sent more than 15 minutes after it was recorded."""
    CLOCK_SKEW = "clock_skew"
    """The phone's clock differed from ours by more than two minutes."""
    CLOCK_JUMP = "clock_jump"
    """The phone's clock was changed between recording and sending."""
    STALE = "stale"
    """Too old, or at a time nothing supports: kept, but it changes nothing by itself."""
    DISPLAY_UNSYNCED = "display_unsynced"
    """The display had not compared its clock with ours for half a day."""
    IMPOSSIBLE_TRAVEL = "impossible_travel"
    """Two places at times too close together to go from one to the other."""
    SHARED_DEVICE = "shared_device"
    """Another volunteer checked in on the same phone on the same day."""
    NEW_DEVICE = "new_device"
    """The phone was remembered less than a day before."""
    BURST = "burst"
    """Many people used one code within seconds."""
    FAR_AWAY = "far_away"
    """The phone was farther from the site than the site allows."""
    LOCATION_DENIED = "location_denied"
    """The site asks where the phone is, and the phone did not say."""
    PRINTED_CODE = "printed_code"
    """Checked in by a poster at a site that trusts its display's changing code only."""
    FAMILY_PHONE = "family_phone"
    """Another volunteer with the same mobile number checked in on the same phone that day."""
    RELIEVED = "relieved"
    """The volunteer who took over the post said that this one had left."""
    TAKEN_OVER = "taken_over"
    """No check-out came; the end is proposed for when somebody took over the post."""


NEUTRAL: frozenset[Flag] = frozenset(
    {
        *(Flag.EARLY_IN, Flag.LATE_IN, Flag.OFF_ROSTER),
        *(Flag.NEW_DEVICE, Flag.LATE_UPLOAD, Flag.DISPLAY_UNSYNCED, Flag.LOCATION_DENIED),
        *(Flag.FAMILY_PHONE, Flag.TAKEN_OVER),
        # Forty people arrive together at every change of shifts: worth knowing, not suspicious.
        Flag.BURST,
    }
)
"""Told to everybody, but no reason to hold an approval back (a late start shows as shorter)."""


_TOLD = {flag: place for place, flag in enumerate(Flag)}


def in_order(flags: Iterable[Flag]) -> tuple[Flag, ...]:
    """Each flag once, in the order of this module."""
    return tuple(sorted(set(flags), key=_TOLD.__getitem__))


def needs_review(flags: Iterable[Flag]) -> list[Flag]:
    """The flags that make an attendance an exception, in the order of this module."""
    return list(in_order(set(flags) - NEUTRAL))
