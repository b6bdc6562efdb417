"""Lists taken out as files, written in the background and fetched within two days."""

from checkin.operations.exporting.asked import (
    KEPT,
    KINDS,
    UNDER_WAY,
    ask,
    file_of,
    find,
    forget_passed,
    latest,
)
from checkin.operations.exporting.tables import Cell, Column, Kind, Table
from checkin.operations.exporting.working import LISTS, work_on_waiting
from checkin.operations.exporting.writers import written

__all__ = [
    "KEPT",
    "KINDS",
    "LISTS",
    "UNDER_WAY",
    "Cell",
    "Column",
    "Kind",
    "Table",
    "ask",
    "file_of",
    "find",
    "forget_passed",
    "latest",
    "work_on_waiting",
    "written",
]
