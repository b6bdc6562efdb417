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


class PdfWriter:
    """Draws row after row; the numbers of the pages come last, when all are there."""

    def __init__(self, path: Path, book: Book) -> None:
        self._path, self._book, self._rows = path, book, 0

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            # as the figures and titles are, which were read as a page of the same reader
            digits = self._book.digits or current_app.extensions[USUAL_DIGITS]()
            stack.enter_context(in_language(self._book.language, digits))
            self._sheets = Sheets(self._book)
            stack.callback(self._sheets.drop)
            self._sheets.head()
            self._sheets.targets()
            self._sheets.charts()
            self._stack = stack.pop_all()
        return self

    def begin(self, table: Table) -> None:
        self._sheets.end_table()
        self._sheets.begin_table(table)

    def add(self, cells: Sequence[Cell]) -> None:
        self._rows += 1
        if self._rows > MOST_ROWS:
            raise Problem("export_too_long")
        self._sheets.row(cells)

    def __exit__(self, fault: type[BaseException] | None, *_more: Any) -> None:
        with self._stack:
            if fault is None:
                self._sheets.end_table()
                self._sheets.method()
                self._sheets.number()
                self._path.write_bytes(self._sheets.finished())
