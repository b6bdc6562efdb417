"""What is taken out as a PDF: with whose it is, what stands out and how it is counted."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from flask import current_app
from flask.blueprints import BlueprintSetupState

from checkin.domain.errors import Problem
from checkin.operations.exporting import PAPER, Book, Cell, Table
from checkin.web.exports.blueprint import bp
from checkin.web.exports.sheets import Sheets
from checkin.web.i18n import USUAL_DIGITS, in_language

MOST_ROWS = 20_000
"""More is no reading; the other kinds of files take them."""


@bp.record
def _offer(state: BlueprintSetupState) -> None:
    state.app.extensions[PAPER] = PdfWriter


FEW, TIGHTER = 500, (0.9, 0.6)
"""Rows that are quickly drawn anew, and millimetres above and below each: rather than leave a few
lines for the last page."""


class PdfWriter:
    """Draws row after row; the numbers of the pages come last, when all are there."""

    def __init__(self, path: Path, book: Book) -> None:
        self._path, self._book, self._rows = path, book, 0
        self._told: list[tuple[Table, list[Sequence[Cell]]]] = []

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            # as the figures and titles are, which were read as a page of the same reader
            digits = self._book.digits or current_app.extensions[USUAL_DIGITS]()
            stack.enter_context(in_language(self._book.language, digits))
            self._stack = stack
            self._sheets = self._begun()
            self._stack = stack.pop_all()
        return self

    def _begun(self, **spaced: float) -> Sheets:
        sheets = Sheets(self._book, **spaced)
        self._stack.callback(sheets.drop)
        sheets.head()
        sheets.targets()
        sheets.charts()
        return sheets

    def begin(self, table: Table) -> None:
        self._sheets.end_table()
        self._sheets.begin_table(table)
        self._told.append((table, []))

    def add(self, cells: Sequence[Cell]) -> None:
        self._rows += 1
        if self._rows > MOST_ROWS:
            raise Problem("export_too_long")
        self._sheets.row(cells)
        if self._rows <= FEW:
            self._told[-1][1].append(cells)

    def _anew(self, pad: float) -> Sheets:
        """All of it, with rows nearer to each other."""
        sheets = self._begun(pad=pad)
        for table, rows in self._told:
            sheets.begin_table(table)
            for cells in rows:
                sheets.row(cells)
            sheets.end_table()
        sheets.method()
        return sheets

    def _best(self) -> Sheets:
        """With a page less where only a few lines stand on the last."""
        self._sheets.end_table()
        self._sheets.method()
        if self._sheets.ends_short and self._rows <= FEW:
            for sheets in map(self._anew, TIGHTER):
                if sheets.page_count < self._sheets.page_count:
                    return sheets
        return self._sheets

    def __exit__(self, fault: type[BaseException] | None, *_more: Any) -> None:
        with self._stack:
            if fault is None:
                sheets = self._best()
                sheets.number()
                self._path.write_bytes(sheets.finished())
