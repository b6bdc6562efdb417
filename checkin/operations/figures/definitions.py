"""The one definition of every figure: what counts, what waits, and how it can be looked at.

Only approved volunteering counts; what waits is kept apart; courses and meetings are attendance
and never hours. A person is counted once in a total, however many sites they served at, and also
when they were entered twice and merged.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from operator import add
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_

from checkin.models import Attendance, Opportunity
from checkin.models.attendance import COUNTED, WAITS
from checkin.operations.figures.clock_hour import ClockHour
from checkin.operations.permissions import Reach

WITHOUT = 0
"""As a partner: volunteers of no partner. As a service: courses and meetings. As a lane, campaign
or team: none."""
NOT_SAID = "unsaid"
GENDERS = ("man", "woman", NOT_SAID)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which attendances are looked at: never beyond `reach`, the days both included."""

    reach: Reach
    first: date | None = None
    last: date | None = None
    site_id: int | None = None
    service_id: int | None = None
    partner_id: int | None = None
    campaign_id: int | None = None
    team_id: int | None = None
    lane_id: int | None = None
    kind: str | None = None
    """The type of the opportunity: general, skilled or professional."""
    opportunity_id: int | None = None
    gender: str | None = None
    """One of `GENDERS`."""
    hour: ClockHour | None = None
    """Attendances with approved minutes in it, each with all of its figures."""

    @property
    def is_whole(self) -> bool:
        """Everything of its days."""
        places = (self.site_id, self.service_id, self.partner_id, self.campaign_id)
        narrower = (*places, self.opportunity_id, self.kind, self.lane_id, self.gender)
        return not self.is_unusual and not any(key is not None for key in narrower)

    @property
    def is_unusual(self) -> bool:
        """Narrowed to what no sum is kept of."""
        asked = self.team_id is not None or self.hour is not None
        return asked or not self.reach.everywhere


OF_VALUE = ("value_halalas", "low_halalas", "high_halalas")


class Totals(NamedTuple):
    """The figures, each by the one definition; minutes are whole minutes."""

    approved_minutes: int = 0
    waiting_minutes: int = 0
    """Proved by scans and waiting for a decision; a forgotten check-out proves none."""
    beneficiaries: int = 0
    """Services given, as approved: one person served twice is two."""
    volunteers: int = 0
    """People with approved volunteering, each counted once."""
    attendances: int = 0
    opportunities: int = 0
    """Opportunities in which somebody volunteered, each counted once."""
    course_attendances: int = 0
    """Approved attendance at courses and meetings."""
    value_halalas: int = 0
    """What the approved hours are worth, each at the rate of its day; without a rate nothing."""
    valued_minutes: int = 0
    """Those of the approved minutes that have a value."""
    below_halalas: int = 0
    """How much less the value would be at the low ends of the rates' ranges."""
    above_halalas: int = 0
    """How much more it would be at their high ends."""

    def plus(self, other: "Totals") -> "Totals":
        """What adds up of both; people and opportunities have to be counted anew."""
        return Totals._make(map(add, self, other))

    @property
    def low_halalas(self) -> int:
        """The least that others would say; the value itself where no rate has a range."""
        return self.value_halalas - self.below_halalas

    @property
    def high_halalas(self) -> int:
        return self.value_halalas + self.above_halalas

    @property
    def has_range(self) -> bool:
        """Whether any of these hours were valued by a rate that has one."""
        return bool(self.below_halalas or self.above_halalas)

    @property
    def is_valued(self) -> bool:
        """Whether any of these hours has a value: by a rate, or as it was told of an earlier
        year."""
        return bool(self.valued_minutes or self.value_halalas)

    def by_name(self) -> dict[str, int | None]:
        """For programs: the ends of the range, not how far away they are; no value is not
        nought."""
        found: dict[str, int | None] = self._asdict()
        del found["below_halalas"], found["above_halalas"]
        worth = (self.value_halalas, self.low_halalas, self.high_halalas)
        told = zip(OF_VALUE, worth, strict=True)
        return {**found, **{name: one if self.is_valued else None for name, one in told}}


class Grouping(StrEnum):
    SITE = "site"
    SERVICE = "service"
    PARTNER = "partner"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table. Minutes, beneficiaries and attendances of all rows add up to the total.

    `key` is an id (`WITHOUT` for the rest) or the first day of a Gregorian month; `name_ar` and
    `name_en` are empty for the rest and for months.
    """

    key: int | date
    name_ar: str | None
    name_en: str | None
    totals: Totals


class Measure(StrEnum):
    """Which attendances stand behind a figure."""

    APPROVED = "approved"
    WAITING = "waiting"
    COURSES = "courses"
    COURSES_WAITING = "courses_waiting"


VOLUNTEERING = Opportunity.kind == "service"
VOLUNTEERED = and_(Attendance.state == COUNTED, VOLUNTEERING)
BEHIND: dict[Measure, ColumnElement[bool]] = {
    Measure.APPROVED: VOLUNTEERED,
    Measure.WAITING: and_(WAITS, VOLUNTEERING),
    Measure.COURSES: and_(Attendance.state == COUNTED, ~VOLUNTEERING),
    Measure.COURSES_WAITING: and_(WAITS, ~VOLUNTEERING),
}


def is_key(column: Any, key: int) -> ColumnElement[bool]:
    """The column holds this key, or nothing for `WITHOUT`."""
    condition: ColumnElement[bool] = column.is_(None) if key == WITHOUT else column == key
    return condition
