"""Minutes that count: what was worked inside the shift, summed first and rounded once."""

from collections.abc import Iterable
from datetime import datetime, timedelta

AUTO_CLOSE_AFTER = timedelta(minutes=60)
"""A forgotten check-out is closed this long after the shift's end."""
TOLERANCE = timedelta(minutes=15)
"""A check-in or check-out this close to the plan matches it."""
UNDO_WITHIN = timedelta(minutes=10)
"""How long a volunteer can take back a scan without asking anybody."""
LONGEST_BEFORE = timedelta(hours=12)
"""Nobody came longer before the shift's start than this."""
MOST_MINUTES = 16 * 60
"""No attendance is credited with more, whatever its shift says."""
SECOND_PERSON_ABOVE_MINUTES = 8 * 60
"""More than this in all needs a second person."""
SECOND_PERSON_UPWARD_MINUTES = 30
"""A supervisor may add this much alone; more needs a second person."""

Interval = tuple[datetime, datetime]


def credited_minutes(stints: Iterable[Interval], starts_at: datetime, ends_at: datetime) -> int:
    """Whole minutes of `stints` inside the shift `[starts_at, ends_at)`.

    Time before the start and after the end does not count. Stints that touch or overlap are
    counted once. Seconds are summed over all stints and rounded once, half a minute up, so
    that going out to pray costs nobody a minute.
    """
    return min(_minutes(stints, starts_at, ends_at), MOST_MINUTES)


def worked_minutes(stints: Iterable[Interval]) -> int:
    """Whole minutes of `stints`, summed and rounded in the same way, whatever was planned."""
    spans = list(stints)
    if not spans:
        return 0
    return _minutes(spans, min(begin for begin, _ in spans), max(end for _, end in spans))


def _minutes(stints: Iterable[Interval], starts_at: datetime, ends_at: datetime) -> int:
    seconds = 0.0
    reached = starts_at
    for in_at, out_at in sorted(stints):
        begin, end = max(in_at, reached), min(out_at, ends_at)
        if end > begin:
            seconds += (end - begin).total_seconds()
            reached = end
    return int((seconds + 30) // 60)


def planned_minutes(starts_at: datetime, ends_at: datetime) -> int:
    """The length of the shift in whole minutes."""
    return int((ends_at - starts_at).total_seconds() // 60)


def passed_minutes(since: datetime, now: datetime) -> int:
    """Whole minutes from one instant to another, the running one with them; never below 0."""
    return max(-((since - now) // timedelta(minutes=1)), 0)


def statable(starts_at: datetime, ends_at: datetime, now: datetime) -> Interval:
    """The first and the last instant at which somebody can be said to have come to a shift or left
    it: near the shift, and not to come."""
    return starts_at - LONGEST_BEFORE, min(now, ends_at + AUTO_CLOSE_AFTER)


def overlap(one: Iterable[Interval], other: Iterable[Interval]) -> bool:
    """Whether any instant lies in both; intervals that only touch do not overlap."""
    spans = list(other)
    return any(a < d and c < b for a, b in one for c, d in spans)


def needs_second_person(recorded: int | None, minutes: int) -> bool:
    """Whether crediting `minutes` where `recorded` were proved takes two people."""
    upward = minutes - (recorded or 0)
    return upward > SECOND_PERSON_UPWARD_MINUTES or (
        minutes > SECOND_PERSON_ABOVE_MINUTES and upward > 0
    )
