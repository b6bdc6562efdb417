"""A report on paper and as files: its rows, one within the other, and its totals."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from flask import render_template, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from flask_babel import pgettext
from flask_login import current_user

from checkin.domain.errors import NotFound
from checkin.domain.roles import Permission
from checkin.operations import figures
from checkin.operations.exporting import LISTS, Asked, Book, Cell, Column, Figure, Kind, Table
from checkin.operations.figures import OF_VALUE, Dimension, Totals
from checkin.operations.permissions import Reach
from checkin.web import clock, export_words, value_words
from checkin.web.figures import earlier, report_asked
from checkin.web.figures.blueprint import bp
from checkin.web.figures.books import book, opened, rated, taken_by, warned
from checkin.web.figures.dashboard_tables import (
    cells,
    columns,
    of_years,
    sums,
    whole,
)
from checkin.web.figures.report_lines import MOST_SHOWN, Line, Sheet, later, methods, sheet
from checkin.web.figures.report_words import DIMENSIONS, FIGURES, LAST
from checkin.web.guard import requires
from checkin.web.letterhead import letterhead

FOR_PROGRAMS = ("jsonl",)
"""Other files have a row of totals."""


@bp.record
def _offer(state: BlueprintSetupState) -> None:
    state.app.extensions.setdefault(LISTS, {})["report"] = report


@bp.get("/reports/sheet")
@requires(Permission.SEE_FIGURES)
def report_sheet():
    """The report on paper; here it is also taken out."""
    wanted, drawn = _drawn(current_user.reach(Permission.SEE_FIGURES), MOST_SHOWN)
    told = earlier.beside(wanted.wanted.filter)
    return render_template(
        "figures/report_sheet.html",
        asked=wanted,
        sheet=drawn,
        methods=[*methods(drawn, wanted), *earlier.methods(told)],
        earlier=earlier.lines(told, drawn.totals),
        later=later(wanted.wanted.filter),
        warning=value_words.warning(drawn.totals) if "value" in wanted.figures else None,
        paper=letterhead(),
        taken=taken_by(current_user.name, clock.now()),
        query=wanted.query,
        kinds=export_words.kinds(export_words.OF_FIGURES),
        may_export=current_user.may(Permission.EXPORT),
        back_to=url_for(".reports_index", **wanted.address),
    )


def report(asked: Asked, now: datetime) -> Book:
    """Every row with all its figures; people see those that the address shows."""
    with opened("/figures/reports", asked):
        wanted, drawn = _drawn(asked.reach)
        lines = methods(drawn, wanted), later(wanted.wanted.filter)
        counting = [("", line) for line in (*lines[0], lines[1]) if line]
        worth = drawn.totals if "value" in wanted.figures else Totals()
        counting += [*rated(worth, wanted.wanted.filter), *warned(worth)]
        about = [wanted.title, *wanted.about]
        told = [
            Figure(drawn.headings[cell.figure], cell.shown or _("Not set"), (cell.between,))
            for cell in drawn.total
        ]
        told_years = earlier.beside(wanted.wanted.filter)
        counting += [("", line) for line in earlier.methods(told_years)]
        tables = [whole(drawn.totals, FOR_PROGRAMS), *_tables(wanted, drawn)]
        if told_years:
            tables.append(of_years(told_years, drawn.totals))
        return book(tables, about, drawn.totals, wanted.wanted.filter, asked, now, told, counting)


def _drawn(reach: Reach, most: int | None = None) -> tuple[report_asked.Asked, Sheet]:
    """What the address asks for, and how it is read; so many rows, where not all."""
    wanted = report_asked.asked(reach)
    if wanted is None:
        raise NotFound("report")
    return wanted, sheet(figures.report(wanted.dimensions, wanted.wanted.filter), wanted, most)


def _tables(wanted: report_asked.Asked, drawn: Sheet) -> list[Table]:
    """The same rows for each kind of file; where columns are added up by whoever opens it, each
    row says its level, so that nothing counts twice."""
    table = _table(wanted, drawn)
    levelled = _levelled(table)
    unnamed = [None] * (2 * len(wanted.dimensions))
    total: list[Cell] = [_("Total"), *unnamed, *cells(drawn.totals)]
    return [
        replace(table, kinds=("pdf", *FOR_PROGRAMS)),
        replace(_dated(levelled, wanted.dimensions), kinds=("xlsx",)),
        replace(levelled, totals=[total], kinds=("csv",)),
    ]


def _levelled(table: Table) -> Table:
    """With the level of each row before it, below which workbooks write that of the total."""
    is_sum = table.is_sum or (lambda _row: False)
    names = {True: _("Subtotal"), False: pgettext("level", "Row")}
    return replace(
        table,
        columns=[Column("level", pgettext("column", "Level"), width=14), *table.columns],
        rows=[[names[is_sum(row)], *row] for row in table.rows],
        is_sum=lambda row: is_sum(row[1:]),
    )


def _dated(table: Table, dimensions: Sequence[Dimension]) -> Table:
    """With the first day of each stretch of time as a day, by which a workbook can sort."""
    columns, rows = list(table.columns), [list(row) for row in table.rows]
    for number, dimension in enumerate(dimensions):
        place = 1 + 2 * number
        if dimension in LAST:
            columns[place] = Column(dimension.value, _("First day"), Kind.DAY, 12)
            for row in rows:
                row[place] = date.fromisoformat(row[place]) if row[place] else None
    return replace(table, columns=columns, rows=rows)


def _table(wanted: report_asked.Asked, drawn: Sheet) -> Table:
    """Of two dimensions each outer row is the sum of those that follow it."""
    rows = list(_rows(drawn.lines, len(wanted.dimensions)))
    depth = 2 * len(wanted.dimensions)
    return Table(
        key="rows",
        title=wanted.title,
        columns=[*_named(wanted), *_figures(wanted, drawn)],
        rows=rows,
        count=len(rows),
        sums=sums(drawn.totals),
        is_sum=(lambda row: row[depth - 2] is None) if drawn.is_nested else None,
    )


def _named(wanted: report_asked.Asked) -> Iterator[Column]:
    """A key and a name for each dimension; the outer name is said once on paper."""
    last = wanted.dimensions[-1]
    for dimension in wanted.dimensions:
        yield Column(dimension.value, str(DIMENSIONS[dimension]), is_shown=False)
        name = f"{dimension.value}_name"
        once = dimension is not last
        yield Column(name, str(DIMENSIONS[dimension]), width=26, is_said_once=once)


def _figures(wanted: report_asked.Asked, drawn: Sheet) -> Iterator[Column]:
    """All figures, in the order of `cells`; shown are those that the address names."""
    chosen = {FIGURES[key].field for key in wanted.figures}
    chosen |= {*OF_VALUE} if "value" in wanted.figures else set()
    for column in columns(drawn.totals):
        shown = column.is_shown and column.key in chosen
        yield Column(column.key, column.heading, column.kind, column.width, is_shown=shown)


def _rows(
    lines: Sequence[Line], depth: int, outer: tuple[Any, str] | None = None
) -> Iterator[list[Cell]]:
    for line in lines:
        own = (_key(line.key), line.name)
        keys = [*(outer or ()), *own]
        yield [*keys, *[None] * (2 * depth - len(keys)), *cells(line.totals)]
        yield from _rows(line.lines, depth, own)


def _key(key: Any) -> Cell:
    """An id, a word, or the first day of a stretch of time."""
    return key if isinstance(key, int | str) else key.isoformat()
