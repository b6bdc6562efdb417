"""Tables into files, row by row: nothing is held in memory but the row at hand."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import Any, Protocol, Self

import msgspec

from checkin.domain.money import HALALAS
from checkin.domain.text import guarded
from checkin.operations.exporting.remembering import Remembered
from checkin.operations.exporting.tables import Book, Cell, Kind, Table
from checkin.operations.exporting.workbooks import XlsxWriter

HOUR_MINUTES = 60


class Writer(Protocol):
    """A file being written; leaving it without a fault completes it."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *fault: Any) -> None: ...

    def begin(self, table: Table) -> None:
        """Another table; the rows that follow are its own."""

    def add(self, cells: Sequence[Cell]) -> None:
        """One more row, in the order of the table's columns."""


class CsvWriter:
    """UTF-8 with its mark, without which Excel shows Arabic as garbage; no cell is a formula.

    Several tables stand below one line of headings, each row begins with the name of its own.
    """

    def __init__(self, path: Path, book: Book) -> None:
        self._path, self._tables = path, book.tables
        self._lead = [book.table_heading] if len(book.tables) > 1 else []
        self._keys = dict.fromkeys(
            column.key for table in book.tables for column in table.columns if column.is_shown
        )
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        file = self._stack.enter_context(self._path.open("w", encoding="utf-8-sig", newline=""))
        self._write = csv.writer(file).writerow
        every = (column for table in self._tables for column in table.columns)
        headings = {column.key: column.heading for column in reversed([*every])}
        self._write([*self._lead, *(headings[key] for key in self._keys)])
        return self

    def __exit__(self, *_fault: Any) -> None:
        self._stack.close()

    def begin(self, table: Table) -> None:
        self._name = [guarded(table.title)] if self._lead else []
        own = {
            column.key: (place, Remembered(_in_words(column.kind)))
            for place, column in enumerate(table.columns)
        }
        self._places = [own.get(key, _ABSENT) for key in self._keys]

    def add(self, cells: Sequence[Cell]) -> None:
        self._write(self._name + [said[cells[place]] for place, said in self._places])


_ABSENT = 0, Remembered(lambda _cell: "")
"""In a column of other tables; any cell will do."""


class JsonLinesWriter:
    """One object a line for programs: stable names, plain numbers, ISO days and instants.

    Of several tables each object says which it is of.
    """

    def __init__(self, path: Path, book: Book) -> None:
        self._path, self._several = path, len(book.tables) > 1
        self._encoded = msgspec.json.Encoder().encode
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._file = self._stack.enter_context(self._path.open("wb"))
        return self

    def __exit__(self, *_fault: Any) -> None:
        self._stack.close()

    def begin(self, table: Table) -> None:
        self._of = {"table": table.key} if self._several else {}
        self._keys = [column.key for column in table.columns]

    def add(self, cells: Sequence[Cell]) -> None:
        row = {**self._of, **dict(zip(self._keys, cells, strict=True))}
        self._file.write(self._encoded(row))
        self._file.write(b"\n")


Opener = Callable[[Path, Book], Writer]
WRITERS: Mapping[str, Opener] = {
    "csv": CsvWriter,
    "xlsx": XlsxWriter,
    "jsonl": JsonLinesWriter,
}


def _hours(minutes: Any) -> str:
    return f"{_sign(minutes)}{abs(minutes) // 60}:{abs(minutes) % 60:02}"


def _decimal_hours(minutes: Any) -> str:
    """To the nearest hundredth, halves up."""
    hundredths = (abs(minutes) * 100 + 30) // HOUR_MINUTES
    return f"{_sign(minutes)}{hundredths // 100}.{hundredths % 100:02}"


def _riyals(halalas: Any) -> str:
    return f"{_sign(halalas)}{abs(halalas) // HALALAS}.{abs(halalas) % HALALAS:02}"


def _sign(number: int) -> str:
    """A month can have more taken back than was done."""
    return "-" if number < 0 else ""


_IN_WORDS: dict[Kind, Callable[[Any], str]] = {
    Kind.TEXT: guarded,
    Kind.NUMBER: str,
    Kind.ID: str,
    Kind.MINUTES: _hours,
    Kind.CLOCK: _hours,
    Kind.DECIMAL_HOURS: _decimal_hours,
    Kind.MONEY: _riyals,
    Kind.PERCENT: lambda share: f"{share}%",
    Kind.DAY: date.isoformat,
    Kind.INSTANT: lambda at: datetime.isoformat(at, " ", "minutes"),
}


def _in_words(kind: Kind) -> Callable[[Any], str]:
    say = _IN_WORDS[kind]
    return lambda cell: "" if cell is None else say(cell)


def written(
    path: Path, opener: Opener, book: Book, rows_of: Callable[[Table], Iterable[Any]]
) -> Iterator[int]:
    """Write every row and say after each how many there are; the file is whole at the end.

    The same list has as many in every kind of file: rows of totals are not counted.
    """
    number = 0
    with opener(path, book) as writer:
        for table in book.tables:
            writer.begin(table)
            for cells in chain(map(table.cells, rows_of(table)), table.more):
                writer.add(cells)
                number += 1
                yield number
            for cells in table.totals:
                writer.add(cells)
