"""Tables into files, row by row: nothing is held in memory but the row at hand."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import msgspec
import xlsxwriter

from checkin.domain.money import HALALAS
from checkin.domain.text import guarded
from checkin.operations.exporting.tables import Book, Cell, Column, Kind, Table

HOUR_MINUTES = 60
DAY_MINUTES = 24 * HOUR_MINUTES
MOST_SHEET_ROWS = 1_048_576 - 2
"""A spreadsheet holds no more; room is left for the headings and the totals."""


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
        own = {column.key: (place, column.kind) for place, column in enumerate(table.columns)}
        self._places = [
            (own[key][0], _IN_WORDS[own[key][1]]) if key in own else None for key in self._keys
        ]

    def add(self, cells: Sequence[Cell]) -> None:
        self._write(
            [
                *self._name,
                *(
                    "" if place is None or (cell := cells[place[0]]) is None else place[1](cell)
                    for place in self._places
                ),
            ]
        )


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


class XlsxWriter:
    """A workbook that reads in its language's direction, with real days and numbers, totals
    below, and a sheet that says how the figures come about."""

    def __init__(self, path: Path, book: Book) -> None:
        self._book = book
        safe = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._file = xlsxwriter.Workbook(path, {**safe, "default_date_format": "yyyy-mm-dd"})
        self._heading = self._file.add_format({"bold": True, "text_wrap": True, "bottom": 1})
        self._formats, self._bold, self._sums = (
            {
                kind: self._file.add_format({**how, "num_format": shown})
                for kind, shown in _SHOWN.items()
            }
            for how in ({}, {"bold": True}, {"bold": True, "top": 1})
        )
        self._table: Table | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, fault: type[BaseException] | None, _value: Any, _trace: TracebackType | None
    ) -> None:
        if fault is None:
            self._write_sums()
            self._write_method()
        self._file.close()

    def begin(self, table: Table) -> None:
        self._write_sums()
        self._table, self._sheets = table, 0
        self._shown = [(place, table.columns[place]) for place in table.shown]
        self._begin_sheet()

    def add(self, cells: Sequence[Cell]) -> None:
        if self._row > MOST_SHEET_ROWS:
            self._begin_sheet()
        row, table = self._row, self._table
        is_sum = table is not None and table.is_sum is not None and table.is_sum(cells)
        for number, (place, write) in enumerate(self._in_bold if is_sum else self._writes):
            cell = cells[place]
            if cell is not None:
                write(row, number, cell)
        self._row += 1

    def _begin_sheet(self) -> None:
        assert self._table is not None
        self._sheets += 1
        title = (self._table.title or self._book.title)[:25]
        sheet = self._add_sheet(title if self._sheets == 1 else f"{title} {self._sheets}")
        self._sheet, self._row = sheet, 1
        for number, (_place, column) in enumerate(self._shown):
            sheet.set_column(number, number, column.width)
            sheet.write_string(0, number, column.heading, self._heading)
        sheet.freeze_panes(1, 0)
        self._writes, self._in_bold = (
            [(place, self._writing(sheet, column, formats)) for place, column in self._shown]
            for formats in (self._formats, self._bold)
        )

    def _add_sheet(self, title: str) -> Any:
        sheet = self._file.add_worksheet(title.translate(_NOT_IN_A_TITLE))
        if self._book.from_the_right:
            sheet.right_to_left()
        return sheet

    def _writing(
        self, sheet: Any, column: Column, formats: Mapping[Kind, Any]
    ) -> Callable[[int, int, Any], Any]:
        """How a cell of this column is written; asked once, not for every cell."""
        shown = formats[column.kind]
        if column.kind is Kind.TEXT:
            plain = None if formats is self._formats else shown
            return lambda row, place, cell: sheet.write_string(row, place, cell, plain)
        if column.kind in (Kind.DAY, Kind.INSTANT):
            return lambda row, place, cell: sheet.write_datetime(row, place, cell, shown)
        per = _PER[column.kind]
        return lambda row, place, cell: sheet.write_number(row, place, cell / per, shown)

    def _write_sums(self) -> None:
        """Below the table that ends here."""
        if self._table is None or not self._table.sums:
            return
        sums = self._table.sums
        self._sheet.write_string(self._row, 0, self._book.total, self._sums[Kind.TEXT])
        for number, (_place, column) in enumerate(self._shown):
            if column.key in sums:
                amount = sums[column.key] / _PER[column.kind]
                self._sheet.write_number(self._row, number, amount, self._sums[column.kind])

    def _write_method(self) -> None:
        if not self._book.method:
            return
        sheet = self._add_sheet(self._book.method_title[:31])
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 1, 100)
        for row, (name, sentence) in enumerate(self._book.method):
            sheet.write_string(row, 0, name, self._heading)
            sheet.write_string(row, 1, sentence)


Opener = Callable[[Path, Book], Writer]
WRITERS: Mapping[str, Opener] = {
    "csv": CsvWriter,
    "xlsx": XlsxWriter,
    "jsonl": JsonLinesWriter,
}

_NOT_IN_A_TITLE = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_PER = {
    Kind.NUMBER: 1,
    Kind.MINUTES: DAY_MINUTES,
    Kind.DECIMAL_HOURS: HOUR_MINUTES,
    Kind.MONEY: HALALAS,
}
_SHOWN = {
    Kind.TEXT: "@",
    Kind.NUMBER: "#,##0",
    Kind.MINUTES: "[h]:mm",
    Kind.DECIMAL_HOURS: "0.00",
    Kind.MONEY: "#,##0.00",
    Kind.DAY: "yyyy-mm-dd",
    Kind.INSTANT: "yyyy-mm-dd hh:mm",
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
    Kind.MINUTES: _hours,
    Kind.DECIMAL_HOURS: _decimal_hours,
    Kind.MONEY: _riyals,
    Kind.DAY: date.isoformat,
    Kind.INSTANT: lambda at: datetime.isoformat(at, " ", "minutes"),
}


def written(
    path: Path, opener: Opener, book: Book, rows_of: Callable[[Table], Iterable[Any]]
) -> Iterator[int]:
    """Write every row and say after each how many there are; the file is whole at the end."""
    number = 0
    with opener(path, book) as writer:
        for table in book.tables:
            writer.begin(table)
            for cells in chain(map(table.cells, rows_of(table)), table.more):
                writer.add(cells)
                number += 1
                yield number
