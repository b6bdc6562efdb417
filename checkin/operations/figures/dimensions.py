"""What reports can be by, and how each attendance says which row it belongs to."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal_column

from checkin.domain.days import month_of, week_of
from checkin.models import Attendance, Opportunity, Shift
from checkin.operations.figures.definitions import GENDERS, NOT_SAID, WITHOUT
from checkin.operations.figures.late import Part
from checkin.operations.figures.periods import hijri_month_begin, hijri_year_of, new_year
from checkin.operations.figures.records import STANDING
from checkin.operations.figures.sums import key_of_gender, key_of_type
from checkin.operations.figures.tables import word_of
from checkin.operations.rates import TYPES

Key = int | str | date
"""An id (`WITHOUT` for the rest), the word of a type or gender, or the first day of a stretch of
time."""
Keys = tuple[Key, ...]
"""Of a row, and before it that of the row it belongs to."""


class Dimension(StrEnum):
    SITE = "site"
    LANE = "lane"
    SERVICE = "service"
    TYPE = "type"
    OPPORTUNITY = "opportunity"
    CAMPAIGN = "campaign"
    PARTNER = "partner"
    TEAM = "team"
    GENDER = "gender"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    HIJRI_MONTH = "hijri_month"
    HIJRI_YEAR = "hijri_year"


IN_WORDS = frozenset({Dimension.TYPE, Dimension.GENDER})
"""Those whose keys are words; sums are kept by numbers."""
OF_PEOPLE = frozenset({Dimension.TEAM, Dimension.GENDER})
"""What the volunteer's own row says."""


def _year_of(day: date) -> date:
    return day.replace(month=1, day=1)


def _hijri_year_begin(day: date) -> date:
    """That of the Gregorian year where the tables of the Hijri calendar end."""
    year = hijri_year_of(day)
    return _year_of(day) if year is None else new_year(year)


TIMES: dict[Dimension, Callable[[date], date]] = {
    Dimension.DAY: lambda day: day,
    Dimension.WEEK: week_of,
    Dimension.MONTH: month_of,
    Dimension.YEAR: _year_of,
    Dimension.HIJRI_MONTH: hijri_month_begin,
    Dimension.HIJRI_YEAR: _hijri_year_begin,
}
"""The first day of the stretch of time that holds a day; weeks begin on Sunday."""

_NUMBERS = {one: key_of_gender(one) for one in GENDERS if one != NOT_SAID}
_COLUMNS: dict[Dimension, ColumnElement[Any]] = {
    Dimension.SITE: Attendance.site_id.expression,
    Dimension.LANE: func.coalesce(Shift.lane_id, WITHOUT),
    Dimension.SERVICE: func.coalesce(Opportunity.service_id, WITHOUT),
    Dimension.TYPE: case({one: key_of_type(one) for one in TYPES}, value=Opportunity.type),
    Dimension.OPPORTUNITY: Opportunity.id.expression,
    Dimension.CAMPAIGN: func.coalesce(Opportunity.campaign_id, WITHOUT),
    Dimension.PARTNER: func.coalesce(Attendance.partner_id, WITHOUT),
    Dimension.TEAM: func.coalesce(STANDING.team_id, WITHOUT),
    Dimension.GENDER: case(_NUMBERS, value=STANDING.gender, else_=WITHOUT),
    Dimension.DAY: Attendance.work_on.expression,
}
_PARTS: dict[Dimension, Callable[[Part], Key]] = {
    Dimension.SITE: lambda part: part.site_id,
    Dimension.LANE: lambda part: part.lane_id,
    Dimension.SERVICE: lambda part: part.service_id,
    Dimension.TYPE: lambda part: part.kind,
    Dimension.OPPORTUNITY: lambda part: part.opportunity_id,
    Dimension.CAMPAIGN: lambda part: part.campaign_id,
    Dimension.PARTNER: lambda part: part.partner_id,
    Dimension.TEAM: lambda part: part.team_id,
    Dimension.GENDER: lambda part: part.gender,
}


def keys_of(part: Part, dimensions: Sequence[Dimension]) -> Keys:
    """The row of a late entry's part."""
    return tuple(TIMES[one](part.day) if one in TIMES else _PARTS[one](part) for one in dimensions)


def column_of(dimension: Dimension, span: tuple[date, date]) -> ColumnElement[Any]:
    """What attendances of these days are grouped by, always by numbers or days: words are slow to
    sort; `read` makes a key of it."""
    known = _COLUMNS.get(dimension)
    return _begin_of(begins(dimension, *span)) if known is None else known


def read(dimension: Dimension, value: Any) -> Key:
    if dimension in TIMES and dimension is not Dimension.DAY:
        return date.fromordinal(value)
    key: Key = value
    return word_of(dimension, key) if isinstance(key, int) else key


@lru_cache(64)
def begins(dimension: Dimension, first: date, last: date) -> tuple[date, ...]:
    """The first days of the stretches of time that hold some of these days, in order."""
    begin_of = TIMES[dimension]
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return tuple(sorted({begin_of(day) for day in days}))


def _begin_of(beginnings: Sequence[date]) -> ColumnElement[Any]:
    """The number of the last of these days that a day of work is not before.

    Halved again and again, so that a year of weeks takes six comparisons; both databases can.
    """
    if len(beginnings) == 1:
        return literal_column(str(beginnings[0].toordinal()))
    middle = len(beginnings) // 2
    earlier, later = _begin_of(beginnings[:middle]), _begin_of(beginnings[middle:])
    return case((Attendance.work_on < beginnings[middle], earlier), else_=later)
