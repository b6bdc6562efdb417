"""A report as it is read: lines with names, figures in the reader's digits, and ways onward."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from flask import url_for
from flask_babel import gettext as _

from checkin.domain.money import HALALAS
from checkin.operations.figures import Dimension, Filter, Measure, Report, Row, Totals, naming
from checkin.operations.figures.later import counted_later, shut
from checkin.web import value_words
from checkin.web.digits import num
from checkin.web.figures import closed, ways
from checkin.web.figures.narrowing import REST, WORDS, full_name
from checkin.web.figures.report_asked import Asked, query_of
from checkin.web.figures.report_days import between
from checkin.web.figures.report_words import (
    DIMENSIONS,
    FIGURES,
    LAST,
    between_ends,
    shown,
    time_words,
)
from checkin.web.filters import plain_label

MOST_SHOWN = 5000
"""Rows on a page; a report by one thing may have more."""
NEXT = {True: Dimension.SITE, False: Dimension.MONTH}
"""By what a row of time, or any other, is looked into when nothing is left to look into it by."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of a line: empty where there is none; it leads to what stands behind it."""

    figure: str
    shown: str
    href: str = ""
    between: str = ""
    """Of a value: what others would say, where they say something else."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row, and the rows in it; `note` is what the other calendar calls an outer one."""

    name: str
    note: str
    href: str
    cells: tuple[Cell, ...]
    totals: Totals
    lines: tuple["Line", ...] = ()
    key: Any = None
    """That of its row, for programs; of time the first day."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole report: its columns, its lines, and their total."""

    corner: str
    """What the rows are of."""
    headings: dict[str, str]
    lines: tuple[Line, ...]
    total: tuple[Cell, ...]
    totals: Totals
    left_out: int
    """Rows that have none of the figures shown."""
    beyond: int = 0
    """Rows that the page has no room for; files have them."""

    @property
    def is_nested(self) -> bool:
        return any(line.lines for line in self.lines)

    @property
    def count(self) -> int:
        """Rows above the total, those in others too."""
        return _count(self.lines, "lines")


def sheet(report: Report, asked: Asked, most: int | None = None) -> Sheet:
    """With so many lines at most, where it is by one thing and not all are wanted."""
    drawn = _Drawn(report, asked)
    lines = tuple(drawn.lines(report.rows, 0, _Place.of(asked)))
    return Sheet(
        corner=" · ".join(str(DIMENSIONS[one]) for one in asked.dimensions),
        headings={key: str(FIGURES[key].heading) for key in asked.figures},
        lines=lines[:most],
        total=drawn.cells(report.total, _Place.of(asked)),
        totals=report.total,
        left_out=_count(report.rows, "rows") - _count(lines, "lines"),
        beyond=max(len(lines) - most, 0) if most else 0,
    )


def _count(rows: Sequence[Any], within: str) -> int:
    return sum(1 + _count(getattr(row, within), within) for row in rows)


def methods(sheet: Sheet, asked: Asked) -> list[str]:
    """How it is counted: stands under every report, on the page and on paper."""
    shown = asked.figures
    lines = [_rows_said(sheet)]
    lines += value_words.account(sheet.totals) if "value" in shown else []
    if "beneficiaries" in shown:
        lines.append(_("Beneficiaries are services given: one person served twice counts twice."))
    if "volunteers" in shown or "opportunities" in shown:
        lines.append(
            _(
                "Volunteers and opportunities count once in each row and once in the total, so "
                "their rows may come to more."
            )
        )
    lines.append(_("Time at courses and meetings is not volunteer hours."))
    if Dimension.WEEK in asked.dimensions:
        lines.append(_("Weeks begin on Sunday."))
    filter_ = asked.wanted.filter
    return [*lines, *closed.standing(shut(filter_), filter_)]


def _rows_said(sheet: Sheet) -> str:
    """How many there are, and that they are all there are."""
    number = num(sheet.count)
    if sheet.beyond:
        return _(
            "Shown: the first %(number)s of %(all)s rows. Files hold all; the total is of all",
            number=number,
            all=num(sheet.count + sheet.beyond),
        )
    if not sheet.left_out:
        return _("Rows: %(number)s, none is left out.", number=number)
    return _(
        "Rows: %(number)s. Left out, because they have none of these figures: %(more)s",
        number=number,
        more=num(sheet.left_out),
    )


def later(wanted: Filter) -> str:
    """That closed months were changed later, where it counts here; nothing where it does not."""
    number = counted_later(wanted)
    if not number:
        return ""
    return _("Later changes of closed months counted here: %(number)s", number=num(number))


class _Place(NamedTuple):
    """What a line is narrowed to, as addresses say it, and the days that are left of it."""

    said: Mapping[str, str]
    first: date | None
    last: date | None

    @classmethod
    def of(cls, asked: Asked) -> "_Place":
        days = asked.days
        return cls({**days.address, **asked.wanted.said}, days.first, days.last)

    def within(self, dimension: Dimension, key: Any) -> "_Place":
        """The line of this key in it: a week that reaches beyond its month ends with it."""
        if dimension not in LAST:
            return self._replace(said={**self.said, dimension.value: str(key)})
        first = max(filter(None, (key, self.first)))
        last = min(filter(None, (LAST[dimension](key), self.last)))
        rest = {name: text for name, text in self.said.items() if name != "period"}
        return _Place({**rest, **between(first, last)}, first, last)


class _Drawn:
    """What is asked once for all lines of a report."""

    def __init__(self, report: Report, asked: Asked) -> None:
        self._asked = asked
        self._behind = url_for("figures.attendances")
        self._reports = url_for("figures.reports_index")
        self._measures = {FIGURES[key].measure for key in asked.figures}
        # written once: a long report has thousands of these links
        self._back = query_of(ways.kept(f"{self._reports}?{asked.query}"))
        self._in_halalas = any(
            totals.value_halalas % HALALAS for totals in _all_totals(report.rows)
        )
        self._lanes = _lanes(report)

    def lines(self, rows: Sequence[Row], depth: int, place: _Place) -> Iterator[Line]:
        """Those with any of the figures that are shown."""
        for row in filter(self._is_shown, rows):
            dimension = self._asked.dimensions[depth]
            here = place.within(dimension, row.key)
            name, note = self._name(dimension, row, here)
            yield Line(
                name=name,
                note="" if depth else note,
                href=self._narrower(depth, here),
                cells=self.cells(row.totals, here),
                totals=row.totals,
                lines=tuple(self.lines(row.rows, depth + 1, here)),
                key=here.first if dimension in LAST else row.key,
            )

    def _is_shown(self, row: Row) -> bool:
        """Where there is something to say; also that hours have no value yet."""
        shown = self._asked.figures
        told = any(getattr(row.totals, FIGURES[key].field) for key in shown)
        return told or ("value" in shown and bool(row.totals.approved_minutes))

    def cells(self, totals: Totals, place: _Place) -> tuple[Cell, ...]:
        behind = {
            measure: f"{self._behind}?{query_of({'of': measure.value, **place.said})}&{self._back}"
            for measure in self._measures
        }
        return tuple(self._cell(key, totals, behind) for key in self._asked.figures)

    def _cell(self, key: str, totals: Totals, behind: Mapping[Measure, str]) -> Cell:
        figure = FIGURES[key]
        text = shown(key, totals, in_halalas=self._in_halalas)
        href = behind[figure.measure] if getattr(totals, figure.field) else ""
        return Cell(key, text, href, between_ends(totals) if key == "value" else "")

    def _narrower(self, depth: int, place: _Place) -> str:
        """The same report of this line alone, by what is left to look into it by."""
        own = self._asked.dimensions
        rest = [one for number, one in enumerate(own) if number != depth]
        by = rest[0] if rest and depth == 0 else NEXT[own[depth] in LAST]
        if by in own[: depth + 1]:
            return ""
        return f"{self._reports}?{query_of({'by': by.value, **place.said, **self._asked.how})}"

    def _name(self, dimension: Dimension, row: Row, place: _Place) -> tuple[str, str]:
        if dimension in LAST:
            return time_words(dimension, row.key, place.first, place.last)
        if dimension.value in WORDS:
            return str(WORDS[dimension.value][row.key]), ""
        if row.name_ar is None and row.name_en is None:
            return str(REST[dimension.value]), ""
        if row.key in self._lanes and dimension is Dimension.LANE:
            return full_name(self._lanes[row.key]), ""
        return plain_label(row), ""


def _all_totals(rows: Sequence[Row]) -> Iterator[Totals]:
    for row in rows:
        yield row.totals
        yield from _all_totals(row.rows)


def _lanes(report: Report) -> dict[int, naming.Named]:
    """The lanes of the report with their sites, where these do not stand above them anyway."""
    if Dimension.LANE not in report.dimensions or report.dimensions[0] is Dimension.SITE:
        return {}
    inner = (row for outer in report.rows for row in outer.rows)
    rows = report.rows if report.dimensions[0] is Dimension.LANE else tuple(inner)
    return naming.names("lane", {row.key for row in rows})
