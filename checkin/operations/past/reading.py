"""What stands in a file of earlier years: its rows read one by one, and what is wrong with each."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, NamedTuple, TypeVar

import msgspec

from checkin.domain.errors import Problem
from checkin.domain.text import fold_name
from checkin.operations.figures.spans import Span
from checkin.operations.importing.columns import Layout
from checkin.operations.importing.headings import Field
from checkin.operations.importing.judged import Told
from checkin.operations.importing.rows import FAULT, GARBLED, UNCALCULATED, Row, refuse_more
from checkin.operations.past import cells
from checkin.operations.past.entries import ALL, Entry, Figures

Read = TypeVar("Read")

MOST_FAULTS = 200
"""Told one by one; beyond them only how many there are."""
MOST_NAMES = 50
BREATHER_ROWS = 50
BREATHER_SECONDS = 0.0002
"""Between rows whoever waits for the interpreter gets it: a scan is answered by the same one."""
_SUMS = frozenset(map(fold_name, ("الإجمالي", "المجموع", "الإجمالي العام", "total", "sum")))
_EVERYBODY = _SUMS | set(map(fold_name, ("الكل", "الجميع", "كل المواقع", "all", "everybody")))
ALIKE = "attendance_repeated"
"""A row that says once more what one above it says; it counts once."""
SCOPES = {Field.SITE: "site", Field.PARTNER: "partner", Field.CAMPAIGN: "campaign"}
Place = tuple[str, str, int]
folded = lru_cache(8192)(fold_name)
"""Names of places and people come again and again."""


@dataclass(frozen=True)
class Terms:
    """By what a file is read: its columns, what names in it mean, and its year where it says none.

    `names` maps folded names to ids, for each of `SCOPES`.
    """

    layout: Layout
    names: Mapping[Field, Mapping[str, int]]
    year: Span | None = None

    @cached_property
    def places(self) -> Mapping[Field, list[int]]:
        """The columns that hold each thing."""
        found: dict[Field, list[int]] = {}
        for place, field_ in enumerate(self.layout.columns):
            if field_ is not None:
                found.setdefault(field_, []).append(place)
        return found


class Fault(msgspec.Struct, frozen=True):
    """Something wrong with a row, which is left out."""

    row: int
    told: Told


class Found(msgspec.Struct):
    """What a file came to. Of the `left_out` rows the first ones are told in `faults`."""

    rows: int = 0
    entries: list[Entry] = []
    left_out: int = 0
    alike: int = 0
    """Of these the ones that say nothing new."""
    faults: list[Fault] = []
    unknown: list[tuple[str, str, int]] = []
    """Names nobody here has: what they are of, the name, in how many rows."""
    people: int = 0
    """Different people in an attendance list."""


@dataclass(slots=True)
class Reading:
    """Goes through the rows; what is wrong with one is told, and it is left out."""

    terms: Terms
    most: int
    found: Found = field(default_factory=Found)
    unknown: Counter[tuple[str, str]] = field(default_factory=Counter)

    def over(self, rows: Iterable[Row]) -> Iterator["Line"]:
        """The rows that say something: no headings once more, no sums."""
        for row in rows:
            if row.number <= self.terms.layout.row or self._is_none(row):
                continue
            self.found.rows += 1
            refuse_more(self.found.rows, self.most)
            if self.found.rows % BREATHER_ROWS == 0:
                time.sleep(BREATHER_SECONDS)
            yield Line(row, self.terms)

    def keep(self, line: "Line") -> bool:
        """Whether the row counts; if not, why is kept."""
        if not line.faults:
            return True
        self.found.left_out += 1
        self.found.alike += line.faults[0].code == ALIKE
        room = MOST_FAULTS - len(self.found.faults)
        self.found.faults += [Fault(line.number, told) for told in line.faults[:room]]
        return False

    def finished(self, entries: Iterable[Entry]) -> Found:
        found = self.found
        found.entries = sorted(entries, key=_order)
        known = self.unknown.most_common(MOST_NAMES)
        found.unknown = [(what, name, number) for (what, name), number in known]
        return found

    def _is_none(self, row: Row) -> bool:
        headings = self.terms.layout.headings
        if tuple(row.cells) == headings[: len(row.cells)] and len(row.cells) > 1:
            return True
        place = next(place for place, cell in enumerate(row.cells) if cell)
        meant = [*self.terms.layout.columns, None][min(place, len(self.terms.layout.columns))]
        return meant not in SCOPES and folded(row.cells[place]) in _SUMS


def _order(entry: Entry) -> tuple[Any, ...]:
    """The latest year first, everybody before parts."""
    return -entry.span.first.toordinal(), entry.scope != ALL, entry.scope, entry.key


class Line:
    """One row's cells by what they mean."""

    def __init__(self, row: Row, terms: Terms) -> None:
        self.number, self.cells, self._terms = row.number, row.cells, terms
        self.faults: list[Told] = []
        self._look_for_faults()

    def place(self, wanted: Field) -> int | None:
        return next(iter(self._terms.places.get(wanted, ())), None)

    def text(self, *wanted: Field) -> str:
        """The cells of these columns, one after the other."""
        places = [place for one in wanted for place in self._terms.places.get(one, ())]
        if len(places) == 1:
            return self._cell(places[0])
        return " ".join(filter(None, map(self._cell, places)))

    def read(self, wanted: Field, means: Callable[[str], Read | None]) -> Read | None:
        """What the cell means; nothing when it is blank or wrong, which is told."""
        text = self.text(wanted)
        if not text:
            return None
        try:
            return means(text)
        except Problem as problem:
            self.refuse(problem.code, wanted)
            return None

    def refuse(self, code: str, wanted: Field | None = None, **facts: str | int) -> None:
        place = self.place(wanted) if wanted is not None else None
        self.faults.append(Told(code, place, facts))

    def _cell(self, place: int) -> str:
        cell = self.cells[place] if place < len(self.cells) else ""
        return "" if cell == UNCALCULATED or FAULT.fullmatch(cell) else cell

    def _look_for_faults(self) -> None:
        for place, meant in enumerate(self._terms.layout.columns[: len(self.cells)]):
            cell = self.cells[place]
            if meant is None:
                continue
            if cell == UNCALCULATED:
                self.faults.append(Told("cell_uncalculated", place))
            elif FAULT.fullmatch(cell):
                self.faults.append(Told("cell_fault", place, {"value": cell}))
            elif GARBLED in cell:
                self.faults.append(Told("cell_garbled", place))


# --- totals --------------------------------------------------------------------------------


class _Meaning(NamedTuple):
    field: Field
    means: Callable[[str], int | None]


_MEANINGS = {
    "beneficiaries": _Meaning(Field.BENEFICIARIES, cells.count),
    "volunteers": _Meaning(Field.VOLUNTEERS, cells.count),
    "attendances": _Meaning(Field.ATTENDANCES, cells.count),
    "opportunities": _Meaning(Field.OPPORTUNITIES, cells.count),
    "course_attendances": _Meaning(Field.COURSES, cells.count),
    "value_halalas": _Meaning(Field.VALUE, cells.halalas),
}
_MINUTES_IN_A_YEAR = 366 * 24 * 60


def totals(rows: Iterable[Row], terms: Terms, most: int) -> Found:
    """One row for each year, of everybody or of one site, partner or campaign."""
    reading, entries = Reading(terms, most), dict[Place, Entry]()
    for line in reading.over(rows):
        entry = _entry(line, terms, reading)
        if entry is not None and entry.place in entries:
            line.refuse("year_repeated", Field.YEAR, number=entries[entry.place].row or 0)
        if reading.keep(line) and entry is not None:
            entries[entry.place] = entry
    return reading.finished(entries.values())


def _entry(line: Line, terms: Terms, reading: Reading) -> Entry | None:
    span, scope = year_of(line, terms), _scope(line, terms, reading)
    figures = _figures(line)
    if not figures.is_told and not line.faults:
        line.refuse("nothing_told")
    if figures.volunteers and _too_many(figures):
        line.refuse("hours_impossible", Field.HOURS)
    if span is None or line.faults:
        return None
    return Entry(span.key, *scope, figures, line.number)


def year_of(line: Line, terms: Terms) -> Span | None:
    dated = line.read(Field.YEAR, cells.dated)
    if dated is not None:
        return dated.span
    if terms.year is None and not line.faults:
        line.refuse("year_missing", Field.YEAR)
    return terms.year


def _scope(line: Line, terms: Terms, reading: Reading) -> tuple[str, int]:
    """Of everybody where the row names nobody."""
    named = [(one, name) for one in SCOPES if (name := line.text(one))]
    named = [(one, name) for one, name in named if fold_name(name) not in _EVERYBODY]
    if len(named) > 1:
        line.refuse("scope_several", named[1][0])
    if not named:
        return ALL, 0
    (one, name), *_more = named
    key = terms.names[one].get(fold_name(name), 0)
    if not key:
        reading.unknown[SCOPES[one], name[:120]] += 1
        line.refuse(f"{SCOPES[one]}_unknown", one, name=name[:120])
    return SCOPES[one], key


def _figures(line: Line) -> Figures:
    told = {name: line.read(*meaning) for name, meaning in _MEANINGS.items()}
    return Figures(approved_minutes=minutes_of(line), **told)


def minutes_of(line: Line) -> int | None:
    told = line.read(Field.HOURS, cells.minutes_of_hours)
    return line.read(Field.MINUTES, cells.minutes) if told is None else told


def _too_many(figures: Figures) -> bool:
    """More hours than these people can have lived in a year."""
    return (figures.approved_minutes or 0) > (figures.volunteers or 0) * _MINUTES_IN_A_YEAR
