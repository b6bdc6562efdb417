"""Which shift somebody is checked in to by hand: where they are expected, or what runs then."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from checkin.models import Shift
from checkin.operations import manual


def near(shifts: Iterable[Shift], at: datetime) -> dict[int, Shift]:
    """By id, those that are not over then."""
    return {shift.id: shift for shift in shifts if at < shift.ends_at}


def walked_into(among: Iterable[Shift], at: datetime) -> int:
    """The shift running then, else the next one, else 0."""
    running = running_among(among, at)
    meant = max(running, key=_start) if running else min(among, key=_start, default=None)
    return meant.id if meant else 0


def running_among(shifts: Iterable[Shift], at: datetime) -> list[Shift]:
    return [shift for shift in shifts if shift.starts_at <= at]


def asked_for(asks: Collection[Any], shifts: Sequence[Shift]) -> dict[int, list[Shift]]:
    """By request, a shift to press: where its volunteer is expected, else each that ran when they
    asked, else the next one there."""
    expected = manual.expected_on({one.volunteer_id for one in asks}, [one.id for one in shifts])
    return {one.id: _meant(one, expected, shifts) for one in asks}


def _meant(asked: Any, expected: Mapping[int, int], shifts: Sequence[Shift]) -> list[Shift]:
    here = [one for one in shifts if one.site_id == asked.site_id and one.cancelled_at is None]
    there = near(here, asked.effective_at)
    if (own := there.get(expected.get(asked.volunteer_id, 0))) is not None:
        return [own]
    following = there.get(walked_into(there.values(), asked.effective_at))
    return running_among(there.values(), asked.effective_at) or ([following] if following else [])


def _start(shift: Shift) -> tuple[datetime, int]:
    return shift.starts_at, shift.id
