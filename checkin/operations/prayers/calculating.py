"""Prayer times by the method of Umm al-Qura, as the al-falak library works them out."""

from datetime import UTC, date, datetime, time
from functools import lru_cache

from alfalak import CalculationMethod, CalculationParameters, PrayerAdjustments, PrayerTimes
from hijridate import Gregorian

from checkin.domain.places import Point
from checkin.domain.prayer import Prayer, PrayerDay

RAMADAN = 9
HALF_A_MINUTE = 0.5
_KEPT_DAYS = 4096


@lru_cache(maxsize=_KEPT_DAYS)
def calculated(day: date, point: Point) -> PrayerDay:
    """When the prayers of a civil day begin at a point, to the minute.

    Fajr is when the sun is 18.5° below the horizon, Isha 90 minutes after Maghrib and 120 in
    Ramadan, Asr by the majority's shadow. tests/operations/test_prayer_calculating.py holds
    published days: none differs by more than a minute, and nine in ten do not differ.
    """
    method = CalculationParameters(
        method=CalculationMethod.UMM_AL_QURA,
        adjustments=_rounded_as_published(),
        is_ramadan=is_ramadan(day),
    )
    times = PrayerTimes(point, datetime.combine(day, time.min), calculation_parameters=method)
    begins = {prayer.value: getattr(times, prayer.value).astimezone(UTC) for prayer in Prayer}
    return PrayerDay(day, **begins)


def _rounded_as_published() -> PrayerAdjustments:
    """The table rounds prayers up and sunrise down, the library to the nearest minute."""
    moved = PrayerAdjustments()
    for prayer in Prayer:
        earlier = prayer is Prayer.SUNRISE
        setattr(moved, prayer.value, -HALF_A_MINUTE if earlier else HALF_A_MINUTE)
    return moved


def is_ramadan(day: date) -> bool:
    """By the Umm al-Qura calendar, where its tables hold the year."""
    try:
        return Gregorian.fromdate(day).to_hijri().month == RAMADAN
    except OverflowError:
        return False
