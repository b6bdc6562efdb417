"""The prayers of a day, and times that are said by them: «30 minutes after Isha»."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise

from checkin.domain.places import Point

KAABA: Point = (21.4225, 39.8262)
"""Latitude and longitude; where a site's place is not known, it is here."""
SAME_CITY_M = 30_000
"""Sites no further from each other keep one table of prayer times."""
BETWEEN_MAGHRIB_AND_ISHA = timedelta(minutes=90)
IN_RAMADAN = timedelta(minutes=120)
MOST_OFFSET = 720
"""Minutes that a time said by a prayer may lie before or after it."""


class Prayer(StrEnum):
    """What the table holds, in order of the day; sunrise ends Fajr and is no prayer itself."""

    FAJR = "fajr"
    SUNRISE = "sunrise"
    DHUHR = "dhuhr"
    ASR = "asr"
    MAGHRIB = "maghrib"
    ISHA = "isha"


PRAYED = tuple(prayer for prayer in Prayer if prayer is not Prayer.SUNRISE)


@dataclass(frozen=True, slots=True)
class PrayerDay:
    """When the prayers of one civil day begin, as instants in UTC.

    `entered` names those that somebody entered instead of what is calculated.
    """

    day: date
    fajr: datetime
    sunrise: datetime
    dhuhr: datetime
    asr: datetime
    maghrib: datetime
    isha: datetime
    entered: frozenset[Prayer] = frozenset()

    def at(self, prayer: str) -> datetime:
        """When it begins; ValueError for what is no prayer."""
        begins: datetime = getattr(self, Prayer(prayer).value)
        return begins

    @property
    def in_order(self) -> bool:
        """Whether each begins after the one before it."""
        begins = [self.at(prayer) for prayer in Prayer]
        return all(one < other for one, other in pairwise(begins))


@dataclass(frozen=True, slots=True)
class Anchor:
    """So many minutes after a prayer of its day; before it when negative."""

    prayer: str
    offset: int

    def on(self, prayers: PrayerDay) -> datetime:
        return prayers.at(self.prayer) + timedelta(minutes=self.offset)


End = time | Anchor
"""Where a shift starts or ends: by the clock of its site, or by a prayer."""
