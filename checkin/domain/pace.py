"""Whether a year's target is on course, and what it takes a day from today. Whole numbers only."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Standing(StrEnum):
    AHEAD_OF_US = "ahead_of_us"
    """Its year has not begun."""
    REACHED = "reached"
    ON_COURSE = "on_course"
    BEHIND = "behind"
    MISSED = "missed"
    """Its year is over."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How a target stands; `due`, `short` and `a_day` in the unit of what is counted."""

    standing: Standing
    percent: int
    """Of the target reached, a begun hundredth not counted; more than 100 where it was passed."""
    due: int
    """What going on evenly would have brought by the end of yesterday."""
    short: int
    """What is missing of that; of the whole target once its year is over."""
    a_day: int
    """Needed a day to the last, from today or from the first where that is later, both included;
    rounded up."""
    days_left: int
    """Of its own, today included."""


def pace(target: int, reached: int, first: date, last: date, today: date) -> Pace:
    """How `reached` stands against `target` of the days from `first` to `last`, seen today.

    Even days: as much on each. Today is not over, so nothing is owed for it yet.
    """
    days = (last - first).days + 1
    done = min(max((today - first).days, 0), days)
    left = days - done
    due = target * done // days
    missing = max(target - reached, 0)
    standing = _standing(target, reached, due, begun=today >= first, over=not left)
    return Pace(
        standing=standing,
        percent=100 * reached // target,
        due=due,
        short=0 if standing is Standing.REACHED else max(due - reached, 0),
        a_day=-(-missing // left) if left else 0,
        days_left=left,
    )


def _standing(target: int, reached: int, due: int, *, begun: bool, over: bool) -> Standing:
    if reached >= target:
        return Standing.REACHED
    if over:
        return Standing.MISSED
    if not begun:
        return Standing.AHEAD_OF_US
    return Standing.ON_COURSE if reached >= due else Standing.BEHIND
