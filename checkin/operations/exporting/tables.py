"""What is taken out: a list with its columns, cell by cell, as any kind of file may hold it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select

Cell = str | int | date | datetime | None
"""Datetimes are naive and local to the site; times and money are integers, see `Kind`."""


class Kind(StrEnum):
    """What a column holds, which spreadsheets want to know."""

    TEXT = "text"
    NUMBER = "number"
    MINUTES = "minutes"
    """Whole minutes, shown as hours and minutes."""
    MONEY = "money"
    """Halalas, shown in riyals."""
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


@dataclass(frozen=True, slots=True)
class Table:
    """A list as its address defines it, in one language.

    `query` is read as it stands at one instant, `cells` makes one row of cells from one row of
    it, in the order of `columns`; `count` is how many rows there are about now. `sums` are the
    totals by the definitions of figures, by a column's key.
    """

    title: str
    columns: Sequence[Column]
    query: Select[Any]
    cells: Callable[[Any], Sequence[Cell]]
    count: int
    sums: Mapping[str, int] = field(default_factory=dict)
    total: str = ""
    """The word beside the sums."""
    method: Sequence[tuple[str, str]] = ()
    """How the figures come about: pairs of a name and a sentence."""
    method_title: str = ""
    from_the_right: bool = False
