"""Minutes from the times a supervisor gives on the site's clock, also over midnight."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from checkin.domain.days import local_time

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Worked:
    """From when until when somebody worked, and the whole minutes without the times away."""

    begins_at: datetime
    ends_at: datetime
    minutes: int


def worked(begins: time, ends: time, *, near: datetime, zone: str, stints: Iterable[Any]) -> Worked:
    """What two times of day mean: the beginning closest to `near`, the end after it.

    `stints` are those of the scans; between them the volunteer was away, which stays taken off.
    """
    begins_at = _closest(begins, near, zone)
    ends_at = _following(ends, begins_at, zone)
    present = ends_at - begins_at - _away(stints, begins_at, ends_at)
    return Worked(begins_at, ends_at, round(present.total_seconds() / 60))


def _closest(at: time, near: datetime, zone: str) -> datetime:
    day = local_time(near, zone).date()
    tries = (_instant(day + step * _DAY, at, zone) for step in (-1, 0, 1))
    return min(tries, key=lambda instant: abs(instant - near))


def _following(at: time, begins_at: datetime, zone: str) -> datetime:
    same_day = _instant(local_time(begins_at, zone).date(), at, zone)
    if same_day >= begins_at:
        return same_day
    return _instant(local_time(begins_at, zone).date() + _DAY, at, zone)


def _instant(day: date, at: time, zone: str) -> datetime:
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)


def _away(stints: Iterable[Any], begins_at: datetime, ends_at: datetime) -> timedelta:
    spans = [(datetime.fromisoformat(begin), end) for begin, end in stints]
    away = timedelta()
    for (_, left), (came, _) in pairwise(spans):
        if left is None:
            continue
        since, until = max(datetime.fromisoformat(left), begins_at), min(came, ends_at)
        away += max(until - since, timedelta())
    return away
