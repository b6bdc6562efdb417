"""Workbooks: the library makes the package, its styles and its words; rows are written here.

Twenty million cells, each an object and a call, took the library three minutes. Rows are a plain
part of the format, so they are joined from texts, and a thread beside packs them.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NamedTuple, Self
from zipfile import ZIP_DEFLATED, ZipFile

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from checkin.domain.money import HALALAS
from checkin.operations.exporting.remembering import Remembered
from checkin.operations.exporting.tables import Book, Cell, Kind, Table

MOST_SHEET_ROWS = 1_048_576 - 2
"""A spreadsheet holds no more; room is left for the headings and the totals."""
MOST_SHEET_BYTES = 1_900_000_000
"""Beyond two thousand million a package needs an extension that Excel wants to repair."""
MOST_CELL_LETTERS = 32_767
TOGETHER = 500
"""Rows packed at once."""
FASTEST = 1
"""How hard a package is packed: the next harder takes twice as long for a tenth of the size."""


class XlsxWriter:
    """A workbook that reads in its language's direction, with real days and numbers, totals
    below, and a sheet that says how the figures come about."""

    def __init__(self, path: Path, book: Book) -> None:
        self._book = book
        self._titles: list[tuple[str, Table]] = []
        self._file = ZipFile(path, "w", ZIP_DEFLATED, compresslevel=FASTEST)
        self._sheet: _Sheet | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, fault: type[BaseException] | None, _value: Any, _trace: TracebackType | None
    ) -> None:
        with self._file:
            self._end_table()
            if fault is None:
                self._add_package()

    def begin(self, table: Table) -> None:
        self._end_table()
        self._table, self._of_table = table, 0
        self._begin_sheet()

    def add(self, cells: Sequence[Cell]) -> None:
        assert self._sheet is not None
        if self._sheet.is_full:
            self._sheet.end()
            self._begin_sheet()
        is_sum = self._table.is_sum is not None and self._table.is_sum(cells)
        self._sheet.add(cells, is_sum=is_sum)

    def _begin_sheet(self) -> None:
        self._of_table += 1
        title = (self._table.title or self._book.title)[:25].translate(_NOT_IN_A_TITLE)
        title = title if self._of_table == 1 else f"{title} {self._of_table}"
        self._titles.append((title, self._table))
        name = _part(len(self._titles))
        frame = _package(self._book, self._titles).read(name).decode()
        self._sheet = _Sheet(self._file, name, frame, self._table)

    def _end_table(self) -> None:
        if self._sheet is None:
            return
        if self._table.sums:
            self._sheet.add_sums(self._book.total, self._table.sums)
        self._sheet.end()
        self._sheet = None

    def _add_package(self) -> None:
        """Everything but the sheets of rows, which are there already."""
        package = _package(self._book, self._titles, with_method=True)
        there = set(self._file.namelist())
        for name in package.namelist():
            if name not in there:
                self._file.writestr(name, package.read(name))


# --- what the library makes ----------------------------------------------------------------

_NOT_IN_A_TITLE = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_SHOWN = {
    Kind.TEXT: "@",
    Kind.NUMBER: "#,##0",
    Kind.ID: "0",
    Kind.MINUTES: "#,##0.00",
    Kind.CLOCK: "[h]:mm",
    Kind.DECIMAL_HOURS: "0.00",
    Kind.MONEY: "#,##0.00",
    Kind.PERCENT: '#,##0"%"',
    Kind.DAY: "yyyy-mm-dd",
    Kind.INSTANT: "yyyy-mm-dd hh:mm",
}
_STYLES: Sequence[dict[str, Any]] = ({}, {"bold": True}, {"bold": True, "top": 1})
"""Of a row, a sum among rows, and the totals."""


def _part(number: int) -> str:
    """Where a package keeps its sheets, from 1 on."""
    return f"xl/worksheets/sheet{number}.xml"


def _package(
    book: Book, titles: Sequence[tuple[str, Table]], *, with_method: bool = False
) -> ZipFile:
    """The whole workbook without rows. Below the headings each sheet has an empty cell of every
    kind in every style, from which the rows take theirs: all of them in each, so that a style has
    the same number whatever sheets follow."""
    made = BytesIO()
    # strings stand in their cells: no other part of the package knows of them
    with xlsxwriter.Workbook(made, {"constant_memory": True}) as file:
        heading = file.add_format({"bold": True, "text_wrap": True, "bottom": 1})
        formats = [
            {kind: file.add_format({**how, "num_format": shown}) for kind, shown in _SHOWN.items()}
            for how in _STYLES
        ]
        for title, table in titles:
            sheet = _added(file, title, book)
            for number, column in enumerate(table.columns[place] for place in table.shown):
                sheet.set_column(number, number, column.width)
                sheet.write_string(0, number, column.heading, heading)
            sheet.freeze_panes(1, 0)
            for row, of_kind in enumerate(formats, 1):
                for number, kind in enumerate(_SHOWN):
                    sheet.write_blank(row, number, None, of_kind[kind])
        if with_method and book.method:
            _add_method(_added(file, book.method_title[:31], book), book, heading)
    return ZipFile(made)


def _added(file: Any, title: str, book: Book) -> Any:
    sheet = file.add_worksheet(title.translate(_NOT_IN_A_TITLE))
    if book.from_the_right:
        sheet.right_to_left()
    return sheet


def _add_method(sheet: Any, book: Book, heading: Any) -> None:
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 100)
    for row, (name, sentence) in enumerate([*book.method, *book.of_workbooks]):
        sheet.write_string(row, 0, name, heading)
        sheet.write_string(row, 1, sentence)


# --- rows ----------------------------------------------------------------------------------


class _Place(NamedTuple):
    """A column: where its cells are in a row of the table, and what they begin with and are."""

    place: int
    begins: str
    goes_on: Remembered


class _Sheet:
    """One sheet of rows while it is written: `frame` is the library's, with headings alone."""

    def __init__(self, file: ZipFile, name: str, frame: str, table: Table) -> None:
        headings, styled, after = _taken_apart(frame)
        self._entry: IO[bytes] = file.open(name, "w")
        self._packer = ThreadPoolExecutor(1)
        self._packing: Future[int] | None = None
        self._after, self._table = after, table
        kinds = [table.columns[place].kind for place in table.shown]
        self._row, self._bytes = 1, 0
        self._lines = [headings]
        self._plain, self._bold, self._sums = (
            [
                _Place(
                    place,
                    f'<c r="{xl_col_to_name(number)}',
                    Remembered(_writing(kind, styles[kind])),
                )
                for number, (place, kind) in enumerate(zip(table.shown, kinds, strict=True))
            ]
            for styles in styled
        )
        self._word = Remembered(_in_text(styled[-1][Kind.TEXT]))

    @property
    def is_full(self) -> bool:
        return self._row > MOST_SHEET_ROWS or self._bytes > MOST_SHEET_BYTES

    def add(self, cells: Sequence[Cell], *, is_sum: bool = False) -> None:
        self._add(cells, self._bold if is_sum else self._plain)

    def add_sums(self, word: str, sums: Mapping[str, int]) -> None:
        cells: list[Any] = [sums.get(column.key) for column in self._table.columns]
        first, *rest = self._sums
        if cells[first.place] is None:
            cells[first.place] = word
            first = first._replace(goes_on=self._word)
        self._add(cells, [first, *rest])

    def _add(self, cells: Sequence[Cell], places: Sequence[_Place]) -> None:
        self._row += 1
        row = self._row
        written = "".join(
            [
                f"{begins}{row}{goes_on[cell]}"
                for place, begins, goes_on in places
                if (cell := cells[place]) is not None
            ]
        )
        self._lines.append(f'<row r="{row}">{written}</row>')
        if len(self._lines) >= TOGETHER:
            self._pack()

    def _pack(self) -> None:
        """Beside the rows that follow; never more than these wait."""
        if self._packing is not None:
            self._packing.result()
        packed = "".join(self._lines).encode()
        self._lines.clear()
        self._bytes += len(packed)
        self._packing = self._packer.submit(self._entry.write, packed)

    def end(self) -> None:
        self._lines.append(self._after)
        try:
            self._pack()
        finally:
            self._packer.shutdown()
            self._entry.close()


def _taken_apart(frame: str) -> tuple[str, list[dict[Kind, str]], str]:
    """A sheet up to the end of its headings, how cells of each kind are styled in each further
    row, and what comes after all rows. Its size is left out, for it is not known yet."""
    before, _rows, rest = frame.partition("<sheetData>")
    rows, _end, after = rest.partition("</sheetData>")
    headings, *styled = rows.split("</row>")[:-1]
    begins = f"{_SIZE.sub('', before)}<sheetData>{headings}</row>"
    of_kinds = [dict(zip(_SHOWN, _STYLE.findall(row), strict=True)) for row in styled]
    return begins, of_kinds, f"</sheetData>{after}"


_SIZE = re.compile(r'<dimension ref="[^"]*"/>')
_STYLE = re.compile(r'<c r="[^"]*"( s="[^"]*")/>')


def _writing(kind: Kind, style: str) -> Callable[[Any], str]:
    """What stands in a cell of this kind after its place, up to its end."""
    if kind is Kind.TEXT:
        return _in_text(style)
    number = _NUMBERS[kind]
    return lambda cell: f'"{style}><v>{number(cell)}</v></c>'


def _in_text(style: str) -> Callable[[Any], str]:
    """In its cell, where nothing in it can be a formula, whatever it begins with."""

    def text(cell: Any) -> str:
        said = _ODD.sub(_spelled, str(cell)[:MOST_CELL_LETTERS])
        keeps = ' xml:space="preserve"' if said != said.strip() else ""
        return f'"{style} t="inlineStr"><is><t{keeps}>{said}</t></is></c>'

    return text


_ODD = re.compile("[<>&\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_MARKS = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}


def _spelled(odd: re.Match[str]) -> str:
    """As the format wants it, also where a text only looks like such a spelling."""
    return _MARKS.get(odd[0]) or f"_x{ord(odd[0]):04X}_"


_BEFORE_ALL_DAYS = date(1899, 12, 30).toordinal()
_DAY_SECONDS = 24 * 60 * 60


def _day(day: date) -> str:
    return str(day.toordinal() - _BEFORE_ALL_DAYS)


def _instant(at: datetime) -> str:
    return f"{at.toordinal() - _BEFORE_ALL_DAYS}{_part_of_day(at.hour, at.minute, at.second)}"


@cache
def _part_of_day(hour: int, minute: int, second: int) -> str:
    """To the second, of which there are few."""
    return f"{((hour * 60 + minute) * 60 + second) / _DAY_SECONDS:.10f}"[1:]


_NUMBERS: Mapping[Kind, Callable[[Any], str]] = {
    Kind.NUMBER: str,
    Kind.ID: str,
    Kind.MINUTES: lambda minutes: repr(minutes / 60),
    Kind.CLOCK: lambda minutes: repr(minutes / (24 * 60)),
    Kind.DECIMAL_HOURS: lambda minutes: repr((minutes * 100 + 30) // 60 / 100),
    Kind.MONEY: lambda halalas: repr(halalas / HALALAS),
    Kind.PERCENT: str,
    Kind.DAY: _day,
    Kind.INSTANT: _instant,
}
