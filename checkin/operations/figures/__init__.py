"""Figures: one definition of hours, people, attendances and beneficiaries, used everywhere."""

from checkin.operations.figures.asking import (
    Overview,
    attendance,
    attendances_behind,
    attendances_of,
    by,
    by_campaign,
    count_behind,
    last_day,
    overview,
    parts,
    rows_behind,
    span,
    totals,
    waiting_minutes,
    worked_in,
)
from checkin.operations.figures.clock_hour import ClockHour
from checkin.operations.figures.definitions import (
    GENDERS,
    NOT_SAID,
    OF_VALUE,
    WITHOUT,
    Filter,
    Grouping,
    Line,
    Measure,
    Totals,
)
from checkin.operations.figures.dimensions import Dimension
from checkin.operations.figures.genders import MAN, UNSAID, WOMAN, Share
from checkin.operations.figures.in_hour import latest_in_hour
from checkin.operations.figures.records import totals_of
from checkin.operations.figures.reporting import Report, Row, report
from checkin.operations.figures.timing import (
    Day,
    days,
    first_days,
    hours_of_week,
    newcomers,
    totals_until,
)
from checkin.operations.figures.waiting import Waiting, waiting

__all__ = [
    "GENDERS",
    "MAN",
    "NOT_SAID",
    "OF_VALUE",
    "UNSAID",
    "WITHOUT",
    "WOMAN",
    "ClockHour",
    "Day",
    "Dimension",
    "Filter",
    "Grouping",
    "Line",
    "Measure",
    "Overview",
    "Report",
    "Row",
    "Share",
    "Totals",
    "Waiting",
    "attendance",
    "attendances_behind",
    "attendances_of",
    "by",
    "by_campaign",
    "count_behind",
    "days",
    "first_days",
    "hours_of_week",
    "last_day",
    "latest_in_hour",
    "newcomers",
    "overview",
    "parts",
    "report",
    "rows_behind",
    "span",
    "totals",
    "totals_of",
    "totals_until",
    "waiting",
    "waiting_minutes",
    "worked_in",
]
