"""The prayers of a day, and times that are said by them: «30 minutes after Isha»."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from checkin.domain.days import local_day
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
Table = Mapping[date, PrayerDay]
LOOKED_AROUND = timedelta(days=2)
"""How far before and after a shift's day its table must reach: an offset may cross midnight."""


def span(day: date, starts: End, ends: End, table: Table, zone: str) -> tuple[datetime, datetime]:
    """Both ends of a shift of this day in UTC; times by the clock are those of `zone`.

    It ends at the first such time after its start, so what runs from Isha until Fajr ends at the
    next day's Fajr. What starts long after Isha or before Fajr may start on another day.
    """
    begin = instant(day, starts, table, zone)
    at = local_day(begin, zone) - timedelta(days=1)
    while (end := instant(at, ends, table, zone)) <= begin:
        at += timedelta(days=1)
    return begin, end


def instant(day: date, end: End, table: Table, zone: str) -> datetime:
    """One end of a shift on one day, in UTC."""
    if isinstance(end, Anchor):
        return end.on(table[day])
    return datetime.combine(day, end, ZoneInfo(zone)).astimezone(UTC)


def day_of(begins_at: datetime, anchor: Anchor, near: date, table: Table) -> date:
    """The day whose prayer says this start, on or beside the day on which it lies.

    A start long after Isha lies after midnight, and its prayer is the day before's.
    """
    days = [near + timedelta(days=later) for later in (-1, 0, 1)]
    return min(days, key=lambda day: abs(anchor.on(table[day]) - begins_at))
