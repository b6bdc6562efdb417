"""Tables into files, row by row: nothing is held in memory but the row at hand."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import msgspec
import xlsxwriter

from checkin.domain.money import HALALAS
from checkin.domain.text import guarded
from checkin.operations.exporting.tables import Cell, Column, Kind, Table

DAY_MINUTES = 24 * 60
MOST_SHEET_ROWS = 1_048_576 - 2
"""A spreadsheet holds no more; room is left for the headings and the totals."""


class Writer(Protocol):
    """A file being written; leaving it without a fault completes it."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *fault: Any) -> None: ...

    def add(self, cells: Sequence[Cell]) -> None:
        """One more row, in the order of the columns."""


class CsvWriter:
    """UTF-8 with its mark, without which Excel shows Arabic as garbage; no cell is a formula."""

    def __init__(self, path: Path, table: Table) -> None:
        self._path, self._columns = path, table.columns
        self._words = [_IN_WORDS[column.kind] for column in table.columns]
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        file = self._stack.enter_context(self._path.open("w", encoding="utf-8-sig", newline=""))
        self._write = csv.writer(file).writerow
        self._write([column.heading for column in self._columns])
        return self

    def __exit__(self, *_fault: Any) -> None:
        self._stack.close()

    def add(self, cells: Sequence[Cell]) -> None:
        self._write(
            [
                "" if cell is None else say(cell)
                for say, cell in zip(self._words, cells, strict=True)
            ]
        )


class JsonLinesWriter:
    """One object a line for programs: stable names, plain numbers, ISO days and instants."""

    def __init__(self, path: Path, table: Table) -> None:
        self._path = path
        self._keys = [column.key for column in table.columns]
        self._encoded = msgspec.json.Encoder().encode
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._file = self._stack.enter_context(self._path.open("wb"))
        return self

    def __exit__(self, *_fault: Any) -> None:
        self._stack.close()

    def add(self, cells: Sequence[Cell]) -> None:
        row = dict(zip(self._keys, cells, strict=True))
        self._file.write(self._encoded(row))
        self._file.write(b"\n")


class XlsxWriter:
    """A workbook that reads in its language's direction, with real days and numbers, totals
    below, and a sheet that says how the figures come about."""

    def __init__(self, path: Path, table: Table) -> None:
        self._table = table
        safe = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(path, {**safe, "default_date_format": "yyyy-mm-dd"})
        self._formats = {
            kind: self._book.add_format({"num_format": f}) for kind, f in _SHOWN.items()
        }
        self._heading = self._book.add_format({"bold": True, "text_wrap": True, "bottom": 1})
        self._sums = {
            kind: self._book.add_format({"bold": True, "top": 1, "num_format": shown})
            for kind, shown in _SHOWN.items()
        }
        self._sheets = 0

    def __enter__(self) -> Self:
        self._begin_sheet()
        return self

    def __exit__(
        self, fault: type[BaseException] | None, _value: Any, _trace: TracebackType | None
    ) -> None:
        if fault is None:
            self._write_sums()
            self._write_method()
        self._book.close()

    def add(self, cells: Sequence[Cell]) -> None:
        if self._row > MOST_SHEET_ROWS:
            self._begin_sheet()
        row = self._row
        for place, (write, cell) in enumerate(zip(self._writes, cells, strict=True)):
            if cell is not None:
                write(row, place, cell)
        self._row += 1

    def _begin_sheet(self) -> None:
        self._sheets += 1
        title = self._table.title[:25]
        sheet = self._add_sheet(title if self._sheets == 1 else f"{title} {self._sheets}")
        self._sheet, self._row = sheet, 1
        for place, column in enumerate(self._table.columns):
            sheet.set_column(place, place, column.width)
            sheet.write_string(0, place, column.heading, self._heading)
        sheet.freeze_panes(1, 0)
        self._writes = [self._writing(sheet, column) for column in self._table.columns]

    def _add_sheet(self, title: str) -> Any:
        sheet = self._book.add_worksheet(title.translate(_NOT_IN_A_TITLE))
        if self._table.from_the_right:
            sheet.right_to_left()
        return sheet

    def _writing(self, sheet: Any, column: Column) -> Callable[[int, int, Any], Any]:
        """How a cell of this column is written; asked once, not for every cell."""
        shown = self._formats[column.kind]
        if column.kind is Kind.TEXT:
            return lambda row, place, cell: sheet.write_string(row, place, cell)
        if column.kind in (Kind.DAY, Kind.INSTANT):
            return lambda row, place, cell: sheet.write_datetime(row, place, cell, shown)
        per = _PER[column.kind]
        return lambda row, place, cell: sheet.write_number(row, place, cell / per, shown)

    def _write_sums(self) -> None:
        table = self._table
        if not table.sums:
            return
        self._sheet.write_string(self._row, 0, table.total, self._sums[Kind.TEXT])
        for place, column in enumerate(table.columns):
            if column.key in table.sums:
                amount = table.sums[column.key] / _PER[column.kind]
                self._sheet.write_number(self._row, place, amount, self._sums[column.kind])

    def _write_method(self) -> None:
        if not self._table.method:
            return
        sheet = self._add_sheet(self._table.method_title[:31])
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 1, 100)
        for row, (name, sentence) in enumerate(self._table.method):
            sheet.write_string(row, 0, name, self._heading)
            sheet.write_string(row, 1, sentence)


WRITERS: Mapping[str, Callable[[Path, Table], Writer]] = {
    "csv": CsvWriter,
    "xlsx": XlsxWriter,
    "jsonl": JsonLinesWriter,
}

_NOT_IN_A_TITLE = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_PER = {Kind.NUMBER: 1, Kind.MINUTES: DAY_MINUTES, Kind.MONEY: HALALAS}
_SHOWN = {
    Kind.TEXT: "@",
    Kind.NUMBER: "#,##0",
    Kind.MINUTES: "[h]:mm",
    Kind.MONEY: "#,##0.00",
    Kind.DAY: "yyyy-mm-dd",
    Kind.INSTANT: "yyyy-mm-dd hh:mm",
}


def _hours(minutes: Any) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


def _riyals(halalas: Any) -> str:
    return f"{halalas // HALALAS}.{halalas % HALALAS:02}"


_IN_WORDS: dict[Kind, Callable[[Any], str]] = {
    Kind.TEXT: guarded,
    Kind.NUMBER: str,
    Kind.MINUTES: _hours,
    Kind.MONEY: _riyals,
    Kind.DAY: date.isoformat,
    Kind.INSTANT: lambda at: datetime.isoformat(at, " ", "minutes"),
}


def written(path: Path, kind: str, table: Table, rows: Iterator[Any]) -> Iterator[int]:
    """Write every row and say after each how many there are; the file is whole at the end."""
    number, cells = 0, table.cells
    with WRITERS[kind](path, table) as writer:
        for number, row in enumerate(rows, 1):
            writer.add(cells(row))
            yield number
