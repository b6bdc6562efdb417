"""Years before this system: figures from files or by hand, with their source, always marked."""

from checkin.operations.past.counting import ADDS_UP, ONCE, Earlier, Part, Year, counted, told_years
from checkin.operations.past.drafts import (
    KEPT,
    LONGEST_SOURCE,
    READERS,
    Draft,
    begin,
    choose_sheet,
    forget_passed,
    name_columns,
    year_said,
)
from checkin.operations.past.drafts import drop as drop_draft
from checkin.operations.past.drafts import find as find_draft
from checkin.operations.past.entering import (
    OF,
    Excess,
    Prospect,
    drop,
    dropped,
    enter,
    exceeded,
    find,
    is_worked,
    lines,
    prospects,
    put,
)
from checkin.operations.past.entries import ALL, Entry, Figures, Named, figures_of, span_of
from checkin.operations.past.reading import MOST_FAULTS, Fault, Found

__all__ = [
    "ADDS_UP",
    "ALL",
    "KEPT",
    "LONGEST_SOURCE",
    "MOST_FAULTS",
    "OF",
    "ONCE",
    "READERS",
    "Draft",
    "Earlier",
    "Entry",
    "Excess",
    "Fault",
    "Figures",
    "Found",
    "Named",
    "Part",
    "Prospect",
    "Year",
    "begin",
    "choose_sheet",
    "counted",
    "drop",
    "drop_draft",
    "dropped",
    "enter",
    "exceeded",
    "figures_of",
    "find",
    "find_draft",
    "forget_passed",
    "is_worked",
    "lines",
    "name_columns",
    "prospects",
    "put",
    "span_of",
    "told_years",
    "year_said",
]
