"""Figures: one definition of hours, people, attendances and beneficiaries, used everywhere."""

from checkin.operations.figures.asking import (
    attendance,
    attendances_behind,
    by,
    count_behind,
    span,
    totals,
    waiting_minutes,
    worked_in,
)
from checkin.operations.figures.definitions import (
    WITHOUT,
    Filter,
    Grouping,
    Line,
    Measure,
    Totals,
)
from checkin.operations.figures.records import totals_of

__all__ = [
    "WITHOUT",
    "Filter",
    "Grouping",
    "Line",
    "Measure",
    "Totals",
    "attendance",
    "attendances_behind",
    "by",
    "count_behind",
    "span",
    "totals",
    "totals_of",
    "waiting_minutes",
    "worked_in",
]
