"""Lists taken out as files, written in the background and fetched within some days."""

from checkin.operations.exporting.asked import (
    UNDER_WAY,
    ask,
    file_of,
    find,
    forget_passed,
    note,
    page_of,
)
from checkin.operations.exporting.tables import (
    KINDS,
    Asked,
    Book,
    Cell,
    Column,
    Figure,
    Head,
    Kind,
    Table,
)
from checkin.operations.exporting.working import (
    LISTS,
    PAPER,
    book_of,
    into_file,
    work_on_waiting,
    write_apart,
)

__all__ = [
    "KINDS",
    "LISTS",
    "PAPER",
    "UNDER_WAY",
    "Asked",
    "Book",
    "Cell",
    "Column",
    "Figure",
    "Head",
    "Kind",
    "Table",
    "ask",
    "book_of",
    "file_of",
    "find",
    "forget_passed",
    "into_file",
    "note",
    "page_of",
    "work_on_waiting",
    "write_apart",
]
