"""What is taken out: tables, cell by cell, as any kind of file may hold them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select

from checkin.operations.permissions import Reach

KINDS = ("csv", "xlsx", "jsonl", "pdf")
Cell = str | int | date | datetime | list[str] | None
"""Datetimes are naive and local to the site; times and money are integers, see `Kind`. For programs
datetimes bear their offset and several codes are a list."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody takes out: a list as its address says it, never beyond `reach`.

    `by` is whoever takes it out, as paper names them; empty from a terminal. `digits` are those
    of its reader; empty for the organisation's.
    """

    query: str
    language: str
    reach: Reach
    by: str = ""
    digits: str = ""


class Kind(StrEnum):
    """What a column holds, which spreadsheets want to know."""

    TEXT = "text"
    NUMBER = "number"
    ID = "id"
    """A number that names something, which nobody adds up: without thousands."""
    MINUTES = "minutes"
    """Whole minutes, shown as hours and minutes; in workbooks as hours and parts of an hour, for
    Excel shows no time below nought."""
    CLOCK = "clock"
    """Whole minutes, never below nought, shown as hours and minutes wherever they are."""
    DECIMAL_HOURS = "decimal_hours"
    """Whole minutes, shown as hours with two decimals, for programs that want them so."""
    MONEY = "money"
    """Halalas, shown in riyals."""
    PERCENT = "percent"
    """Whole percents: 86 is 86%."""
    DAY = "day"
    INSTANT = "instant"


@dataclass(frozen=True, slots=True)
class Column:
    """`key` is its stable English name for programs, `heading` the reader's."""

    key: str
    heading: str
    kind: Kind = Kind.TEXT
    width: int = 16
    """Of a sheet's column, in characters."""
    is_shown: bool = True
    """Not only for programs, which read JSON lines."""
    is_said_once: bool = False
    """Paper leaves it out where the row above says the same."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows below one line of headings: a sheet of a workbook, a table on paper.

    `rows` are known already, or a question that is read as it stands at one instant; `cells`
    makes one row of cells from each, in the order of `columns`; `count` is how many there are
    about now. `sums` are the totals by the definitions of figures, by a column's key. `key` and
    `title` tell one table of a book from the others.
    """

    columns: Sequence[Column]
    rows: Select[Any] | Sequence[Any]
    count: int
    cells: Callable[[Any], Sequence[Cell]] = tuple
    more: Sequence[Sequence[Cell]] = ()
    """Rows of cells that stand below those."""
    totals: Sequence[Sequence[Cell]] = ()
    """Rows of cells below all others that add them up, where a file has them as rows; nobody
    counts them."""
    sums: Mapping[str, int] = field(default_factory=dict)
    is_sum: Callable[[Sequence[Cell]], bool] | None = None
    """Which rows are the sum of those that follow."""
    key: str = ""
    title: str = ""
    kinds: Collection[str] = KINDS
    """Of files that hold it."""

    @property
    def shown(self) -> list[int]:
        """The places of the columns that people read."""
        return [place for place, column in enumerate(self.columns) if column.is_shown]


@dataclass(frozen=True, slots=True)
class Figure:
    """What stands out; `way` is how far its target is: what was reached of how much, and what
    going on evenly would have brought."""

    name: str
    amount: str
    notes: Sequence[str] = ()
    way: tuple[int, int, int] | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """What stands on paper above the tables: whose it is, what it is about and compared with,
    who took it out, what stands out, the targets, and charts as the web floor draws them."""

    organisation: str = ""
    logo: bytes | None = None
    logo_size: tuple[int, int] = (1, 1)
    about: str = ""
    compared: str = ""
    taken: str = ""
    figures: Sequence[Figure] = ()
    targets: Table | None = None
    charts: Sequence[Any] = ()


@dataclass(frozen=True, slots=True)
class Book:
    """All that one address takes out, in one language."""

    title: str
    tables: Sequence[Table]
    language: str
    digits: str = ""
    total: str = ""
    """The word beside the sums."""
    table_heading: str = ""
    """Of the column that names the table, where one file of rows holds several."""
    method: Sequence[tuple[str, str]] = ()
    """How the figures come about: pairs of a name and a sentence."""
    method_title: str = ""
    of_workbooks: Sequence[tuple[str, str]] = ()
    """What is said besides where figures look otherwise than on pages and paper."""
    head: Head = Head()

    @property
    def from_the_right(self) -> bool:
        return self.language == "ar"

    def of_kind(self, kind: str) -> "Book":
        """The tables that a kind of file holds."""
        return replace(self, tables=[table for table in self.tables if kind in table.kinds])

    @property
    def count(self) -> int:
        return sum(table.count + len(table.more) for table in self.tables)
