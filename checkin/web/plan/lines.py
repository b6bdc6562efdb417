"""Prayer times and the present moment as lines down the week's grid, in minutes from its start."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import current_app

from checkin.domain.days import local_time, minutes_between, period_bounds
from checkin.domain.prayer import PRAYED, Prayer, PrayerDay
from checkin.operations import prayers

A_DAY = timedelta(days=1)
WEEK = 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class Lines:
    """`of_days` by day, and each prayer's minute of the week; `now` is empty in other weeks."""

    of_days: dict[date, PrayerDay]
    minutes: Sequence[int]
    now: int | None
    zone: str

    def minute(self, day: date, prayer: Prayer) -> int:
        """When it begins, in minutes of its day."""
        return _minute(self.of_days[day].at(prayer), day, self.zone)

    def within(self, start: int, end: int) -> list[int]:
        """The prayers between two minutes of the week, in minutes from the first of them."""
        return [minute - start for minute in self.minutes if start < minute < end]


def lines_of(first: date, now: datetime) -> Lines:
    """Makkah's prayers in the week of `first`; every site there keeps the same table."""
    table = prayers.of_days(first, first + 6 * A_DAY)
    zone = current_app.config["ZONE"]
    begin, end = period_bounds(first, first + 6 * A_DAY, zone)
    at = [_minute(day.at(prayer), first, zone) for day in table.values() for prayer in PRAYED]
    return Lines(table, at, minutes_between(begin, now) if begin <= now < end else None, zone)


def _minute(instant: datetime, first: date, zone: str) -> int:
    local = local_time(instant, zone)
    return (local.date() - first).days * 24 * 60 + local.hour * 60 + local.minute
