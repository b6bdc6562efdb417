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


NEUTRAL: frozenset[Flag] = frozenset({Flag.EARLY_IN, Flag.LATE_IN, Flag.OFF_ROSTER})
"""Told to everybody, but no reason to hold an approval back (a late start shows as shorter)."""


def needs_review(flags: Iterable[Flag]) -> list[Flag]:
    """The flags that make an attendance an exception, in the order of this module."""
    found = set(flags) - NEUTRAL
    return [flag for flag in Flag if flag in found]
