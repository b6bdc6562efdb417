"""Which hours of the week somebody served in: minutes laid over the clock of the place."""

from collections.abc import Iterator
from datetime import datetime, timedelta

HOURS_IN_WEEK = 168


def hour_of_week(at: datetime) -> int:
    """0 is the hour after Sunday's midnight, 167 the last one of Saturday."""
    return at.isoweekday() % 7 * 24 + at.hour


def spread(begin: datetime, minutes: int) -> Iterator[tuple[int, int]]:
    """Hours of the week from `begin` on, on its own clock, each with its share of the minutes.

    The shares add up to `minutes`: what was approved is laid down without a gap, however often
    somebody went out meanwhile.
    """
    at, left = begin, minutes
    while left > 0:
        share = min(left, 60 - at.minute)
        yield hour_of_week(at), share
        at, left = at + timedelta(minutes=share), left - share
