"""Lists of volunteers, and of who is expected on a shift, brought in from the files people have."""

from checkin.operations.importing.columns import FOR, Layout
from checkin.operations.importing.files import MOST_BYTES
from checkin.operations.importing.headings import Field
from checkin.operations.importing.judged import Entry, Fate, Judged, Outcome, Told
from checkin.operations.importing.lists import (
    OVER,
    UNDER_WAY,
    Line,
    add,
    add_partner,
    begin,
    choose_sheet,
    drop,
    find,
    forget_passed,
    latest,
    layout_of,
    name_columns,
    name_unknown,
    outcome_of,
    teams,
)
from checkin.operations.importing.rows import UNCALCULATED
from checkin.operations.importing.working import work_on, work_on_waiting

__all__ = [
    "FOR",
    "MOST_BYTES",
    "OVER",
    "UNCALCULATED",
    "UNDER_WAY",
    "Entry",
    "Fate",
    "Field",
    "Judged",
    "Layout",
    "Line",
    "Outcome",
    "Told",
    "add",
    "add_partner",
    "begin",
    "choose_sheet",
    "drop",
    "find",
    "forget_passed",
    "latest",
    "layout_of",
    "name_columns",
    "name_unknown",
    "outcome_of",
    "teams",
    "work_on",
    "work_on_waiting",
]
