"""Which shift somebody is checked in to by hand: where they are expected, or what runs then."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from checkin.models import Shift
from checkin.operations import manual


def near(shifts: Iterable[Shift], at: datetime) -> list[Shift]:
    """Those that are not over then, in their order."""
    return [shift for shift in shifts if at < shift.ends_at]


def meant(own: Collection[int], shifts: Iterable[Shift], at: datetime) -> list[Shift]:
    """Of these, in order of their start, what is not over then: the first of somebody's `own`,
    else each that runs, else the next one."""
    there = near(shifts, at)
    expected = [shift for shift in there if shift.id in own]
    running = [shift for shift in there if shift.starts_at <= at]
    return expected[:1] or running or there[:1]


def asked_for(asks: Collection[Any], shifts: Sequence[Shift]) -> dict[int, list[Shift]]:
    """By request, the shifts to press at its site, as `meant` when its volunteer asked."""
    own = manual.expected_on({one.volunteer_id for one in asks}, [one.id for one in shifts])
    told = {}
    for one in asks:
        here = [each for each in shifts if each.site_id == one.site_id and not each.cancelled_at]
        told[one.id] = meant(own.get(one.volunteer_id, ()), here, one.effective_at)
    return told
