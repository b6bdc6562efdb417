"""Excel workbooks (.xlsx): unpacked with care, and their rows as text."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any

import openpyxl
from defusedxml.common import DefusedXmlException
from openpyxl.worksheet._reader import FORMULA_TAG, ROW_TAG, WorkSheetParser
from openpyxl.xml.functions import iterparse

from checkin.domain.errors import Problem
from checkin.operations.importing.rows import UNCALCULATED, Row, plain, refuse_more, trimmed

MEGABYTE = 1024 * 1024
MOST_UNPACKED = {"sheet": 256 * MEGABYTE, "strings": 64 * MEGABYTE, "other": 8 * MEGABYTE}
MOST_PARTS = 2000
MOST_SHEETS = 50
WIDEST = 16_384
"""Columns a worksheet can have; a file may say anything."""

if not openpyxl.DEFUSEDXML:
    raise ImportError("openpyxl must read through defusedxml, or one file could fill the memory")


class Workbook:
    """The sheets that are shown; see `files.Book`."""

    def __init__(self, content: bytes) -> None:
        _refuse_dangerous(content)
        with _faults_told():
            self._book = openpyxl.load_workbook(
                io.BytesIO(content), read_only=True, data_only=True, keep_links=False
            )
            self._sheets = [
                sheet
                for sheet in self._book.worksheets[:MOST_SHEETS]
                if sheet.sheet_state == "visible"
            ]
        if not self._sheets:
            raise Problem("no_rows")

    @property
    def sheets(self) -> tuple[str, ...]:
        return tuple(plain(sheet.title) for sheet in self._sheets)

    def length(self, sheet: int) -> int:
        return min(self._sheets[sheet].max_row or 0, 2_000_000)

    def rows(self, sheet: int) -> Iterator[Row]:
        found = 0
        for number, cells in self._parsed(sheet):
            row = trimmed(number, _texts(cells))
            if row is not None:
                found += 1
                refuse_more(found)
                yield row

    def _parsed(self, sheet: int) -> Iterator[tuple[int, list[dict[str, Any]]]]:
        """Row by row as they stand in the file: rows that are not there cost nothing."""
        with _faults_told(), self._sheets[sheet]._get_source() as source:
            yield from _Parser(
                source,
                self._sheets[sheet]._shared_strings,
                data_only=True,
                epoch=self._book.epoch,
                date_formats=self._book._date_formats,
                timedelta_formats=self._book._timedelta_formats,
            ).rows()


class _Parser(WorkSheetParser):  # type: ignore[misc]
    """Rows alone, and a word for formulas that nobody calculated."""

    def rows(self) -> Iterator[tuple[int, list[dict[str, Any]]]]:
        for _, element in iterparse(self.source):
            if element.tag == ROW_TAG:
                yield self.parse_row(element)
                element.clear()

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["value"] is None and element.find(FORMULA_TAG) is not None:
            cell["value"] = UNCALCULATED
        return cell


@contextmanager
def _faults_told() -> Iterator[None]:
    """Whatever a strange file makes the library raise is one thing: it cannot be read."""
    try:
        yield
    except Problem:
        raise
    except Exception as fault:
        if isinstance(fault, DefusedXmlException) or isinstance(
            fault.__cause__, DefusedXmlException
        ):
            raise Problem("file_unpacks", megabytes=_total_megabytes()) from fault
        raise Problem("file_broken") from fault


def _refuse_dangerous(content: bytes) -> None:
    """Look at the table of contents before anything is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError) as fault:
        raise Problem("file_broken") from fault
    if any(part.flag_bits & 1 for part in parts):
        raise Problem("file_is_locked")
    if not any(part.filename == "[Content_Types].xml" for part in parts):
        raise Problem("file_unknown")
    if not any(part.filename.startswith("xl/") for part in parts):
        raise Problem("file_unknown")
    if any(part.filename == "xl/workbook.bin" for part in parts):
        raise Problem("file_unknown")
    if len(parts) > MOST_PARTS or any(part.file_size > _most(part.filename) for part in parts):
        raise Problem("file_unpacks", megabytes=_total_megabytes())


def _most(name: str) -> int:
    lower = name.lower()
    if lower.startswith(("xl/media/", "xl/embeddings/")):
        return MOST_UNPACKED["sheet"]  # never unpacked
    if "sharedstrings" in lower:
        return MOST_UNPACKED["strings"]
    return MOST_UNPACKED["sheet" if lower.startswith("xl/worksheets/") else "other"]


def _total_megabytes() -> int:
    return MOST_UNPACKED["sheet"] // MEGABYTE


def _texts(cells: list[dict[str, Any]]) -> list[str]:
    """Each at its place; what stands in columns that no worksheet has is left out."""
    placed = {cell["column"]: _text(cell["value"]) for cell in cells}
    last = max((column for column, text in placed.items() if text), default=0)
    return [placed.get(column, "") for column in range(1, min(last, WIDEST) + 1)]


def _text(value: Any) -> str:
    if value is None or value == UNCALCULATED:
        return value or ""
    if isinstance(value, datetime):
        whole_day = value.time() == time.min
        return value.date().isoformat() if whole_day else value.isoformat(" ", "minutes")
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, date | time | timedelta):
        return str(value)
    return plain(str(value))
