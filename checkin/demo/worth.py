"""What the association's hours are worth: the published riyals, exactly, by two rates of the demo.

Both rates are whole halalas a minute, so nothing is rounded: it is enough that so many minutes
are worked from the day on which the second one begins.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from random import Random
from typing import Any

from checkin.demo.facts import facts
from checkin.demo.neighbourhoods import MOST_LOST_ON_AVERAGE, Losses, Scale, Session, Stay
from checkin.domain.money import HALALAS, value_of


@dataclass(frozen=True, slots=True)
class Worth:
    """The rate of each day; `turns_on` is the first day of the later one."""

    turns_on: date
    rate_ids: tuple[int, int]

    def of(self, day: date, minutes: int) -> tuple[int, int]:
        """The rate's id, and what the minutes are worth in halalas."""
        later = day >= self.turns_on
        return self.rate_ids[later], value_of(minutes, per_hour()[later])


def per_hour() -> list[int]:
    """The two rates in halalas, the earlier one first."""
    return [int(one["riyals"]) * HALALAS for one in facts()["association"]["rates"]]


class LossesOfBoth:
    """What every stay loses, before the rate turns and afterwards, each part exactly."""

    def __init__(self, shifts: Sequence[Session], scale: Scale, random: Random) -> None:
        """Raises ValueError for a scale whose minutes cannot be met."""
        planned = sum(shift.size * shift.minutes for shift in shifts)
        surplus = planned - scale.minutes
        before = _minutes_before(scale)
        self.turns_on, lost = _turning(shifts, surplus, before)
        self.lost_before = lost
        early = [shift for shift in shifts if shift.work_on < self.turns_on]
        late = [shift for shift in shifts if shift.work_on >= self.turns_on]
        self._before = Losses(early, lost, random)
        self._after = Losses(late, surplus - lost, random)

    @property
    def surplus(self) -> int:
        return self._before.surplus + self._after.surplus

    def next(self, shift: Session, volunteer: int) -> Stay:
        losses = self._before if shift.work_on < self.turns_on else self._after
        return losses.next(shift, volunteer)


def _minutes_before(scale: Scale) -> int:
    """How many minutes the earlier rate values; a smaller association is worth its share."""
    told: dict[str, Any] = facts()["association"]
    worth = int(told["riyals"]) * HALALAS * scale.minutes // (int(told["hours"]) * 60)
    early, late = (rate // 60 for rate in per_hour())
    return (late * scale.minutes - worth) // (late - early)


def _turning(shifts: Sequence[Session], surplus: int, before: int) -> tuple[date, int]:
    """The day on which what is lost before it is nearest to its share, and what is lost then.

    A small association has few days to choose from: its losses are held to what can be lost.
    """
    attendances = sum(shift.size for shift in shifts)
    found: list[tuple[int, date, int]] = []
    done = planned = 0
    for day, of_day in groupby(sorted(shifts, key=_day), key=_day):
        for shift in of_day:
            done += shift.size
            planned += shift.size * shift.minutes
        if done == attendances:
            break
        lost = planned - before
        share = surplus * done // attendances
        found.append(
            (
                abs(lost - share),
                day + timedelta(days=1),
                _held(lost, done, surplus, attendances - done),
            )
        )
    _, turns_on, lost = min(found)
    return turns_on, lost


def _day(shift: Session) -> date:
    return shift.work_on


def _held(lost: int, done: int, surplus: int, left: int) -> int:
    """As near to `lost` as the stays before and after it can lose."""
    most = MOST_LOST_ON_AVERAGE
    least = max(done, surplus - most * left)
    return max(least, min(lost, most * done, surplus - left))
