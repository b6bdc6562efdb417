"""The association's rates give the published riyals exactly, whatever day the demo is made on."""

from datetime import date
from random import Random

import pytest

from checkin.demo.neighbourhoods import Scale, calls_of
from checkin.demo.worth import LossesOfBoth, Worth
from checkin.domain.money import average_per_hour

PUBLISHED = Scale.published()
TENTH = PUBLISHED._replace(opportunities=1_150, attendances=105_000, minutes=25_200_000)


def planned(scale: Scale, last_on: date, seed: int):
    random = Random(seed)
    shifts = [one for call in calls_of(scale, last_on, random) for one in call.shifts]
    return shifts, LossesOfBoth(shifts, scale, random)


@pytest.mark.parametrize("last_on", [date(2026, 11, 20), date(2027, 2, 28)])
@pytest.mark.parametrize("seed", [1442, 7])
def test_ninety_one_million_to_the_halala(last_on, seed):
    shifts, losses = planned(PUBLISHED, last_on, seed)
    minutes = sum(one.size * one.minutes for one in shifts) - losses.surplus
    assert minutes == PUBLISHED.minutes
    early = sum(one.size * one.minutes for one in shifts if one.work_on < losses.turns_on)
    early -= losses.lost_before
    value = early * 1800 // 60 + (minutes - early) * 2400 // 60
    assert value == 91_000_000 * 100
    assert average_per_hour(value, minutes) == 2167


def test_every_stay_loses_its_part_and_all_of_them_the_surplus():
    shifts, losses = planned(TENTH, date(2026, 11, 20), 1442)
    worth = Worth(losses.turns_on, (1, 2))
    minutes = value = 0
    for shift in sorted(shifts, key=lambda one: one.call.centre):
        for volunteer in range(shift.size):
            served = shift.minutes - losses.next(shift, volunteer).lost
            minutes += served
            value += worth.of(shift.work_on, served)[1]
    assert (losses.surplus, minutes) == (0, TENTH.minutes)
    assert value == 9_100_000 * 100
