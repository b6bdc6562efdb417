"""Attendance lists of earlier years, added up by year: hours, people counted once, and the rest.

A row is one attendance, with its day, or one volunteer's year. Somebody is known by the mobile,
else by the name in any spelling; who has a mobile in one row is the same in a row without one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from checkin.domain.errors import Problem
from checkin.operations.figures.spans import Span
from checkin.operations.importing.cells import mobile
from checkin.operations.importing.headings import Field
from checkin.operations.importing.rows import Row
from checkin.operations.past import cells
from checkin.operations.past.cells import Dated
from checkin.operations.past.entries import ALL, Entry, Figures
from checkin.operations.past.reading import (
    ALIKE,
    SCOPES,
    Found,
    Line,
    Place,
    Reading,
    Terms,
    folded,
    minutes_of,
)

MINUTES_IN_A_DAY = 24 * 60
MINUTES_IN_A_YEAR = 366 * MINUTES_IN_A_DAY
NAMES = (Field.NAME, Field.FIRST_NAME, Field.MIDDLE_NAME, Field.FAMILY_NAME)
_TOLD_OF_A_DAY = (
    *(Field.UNTIL, Field.HOURS, Field.MINUTES, Field.BENEFICIARIES, Field.ATTENDANCES),
    *(Field.OPPORTUNITY, *SCOPES),
)
Who = tuple[str, str]
"""A mobile, and a folded name; either may be blank."""


@dataclass(slots=True)
class _Sum:
    """What the rows of one place come to; nothing stays nothing until a row tells it."""

    minutes: int | None = None
    beneficiaries: int | None = None
    attendances: int | None = 0
    people: set[Who] = field(default_factory=set)
    opportunities: set[str] = field(default_factory=set)

    def add(self, row: "_Attended") -> None:
        self.minutes = _plus(self.minutes, row.minutes)
        self.beneficiaries = _plus(self.beneficiaries, row.beneficiaries)
        if self.attendances is not None:
            self.attendances = None if row.times is None else self.attendances + row.times
        self.people.add(row.who)
        if row.opportunity:
            self.opportunities.add(row.opportunity)

    def figures(self, mobiles: Mapping[str, str]) -> Figures:
        return Figures(
            approved_minutes=self.minutes,
            beneficiaries=self.beneficiaries,
            volunteers=len({_person(who, mobiles) for who in self.people}),
            attendances=self.attendances,
            opportunities=len(self.opportunities) or None,
        )


def _plus(one: int | None, other: int | None) -> int | None:
    return one if other is None else (one or 0) + other


@dataclass(frozen=True, slots=True)
class _Attended:
    """A row: who, when, how long."""

    who: Who
    span: Span
    minutes: int | None
    beneficiaries: int | None
    times: int | None
    """How many attendances it stands for; nothing where it does not say."""
    opportunity: str
    again: tuple[object, ...]
    """What makes it the same as another one."""


def attended(rows: Iterable[Row], terms: Terms, most: int) -> Found:
    """All of a file by year: of everybody, and of each site, partner and campaign it names."""
    reading, added = Reading(terms, most), _Added(terms)
    for line in reading.over(rows):
        row = added.read(line)
        if reading.keep(line) and row is not None:
            added.add(row, line, reading)
    found = reading.finished(added.entries())
    found.people = added.people
    return found


class _Added:
    """The sums of a list as it is read."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._sums: defaultdict[Place, _Sum] = defaultdict(_Sum)
        self._mobiles: dict[str, set[str]] = defaultdict(set)
        self._seen: dict[tuple[object, ...], int] = {}
        self._hijri = terms.year.hijri if terms.year else None

    @property
    def people(self) -> int:
        mobiles = self._one_mobile()
        everybody = [one.people for place, one in self._sums.items() if place[1] == ALL]
        return len({_person(who, mobiles) for who in set().union(*everybody)})

    def read(self, line: Line) -> _Attended | None:
        who, when = self._who(line), self._when(line)
        span = self._span(line, when)
        minutes = self._minutes(line, when)
        served = line.read(Field.BENEFICIARIES, cells.count)
        times = line.read(Field.ATTENDANCES, cells.count)
        if times is None and when is not None and when.on is not None:
            times = 1
        if span is None or who is None or line.faults:
            return None
        row = _Attended(
            *(who, span, minutes, served, times),
            opportunity=folded(line.text(Field.OPPORTUNITY)),
            again=_again(line, who, when),
        )
        first = self._seen.setdefault(row.again, line.number)
        if first != line.number:
            line.refuse(ALIKE, number=first)
        return row

    def add(self, row: _Attended, line: Line, reading: Reading) -> None:
        mobile_told, name = row.who
        if mobile_told and name:
            self._mobiles[name].add(mobile_told)
        self._sums[row.span.key, ALL, 0].add(row)
        for scope, key in self._named(line, reading):
            self._sums[row.span.key, scope, key].add(row)

    def entries(self) -> Iterator[Entry]:
        mobiles = self._one_mobile()
        for place, one in self._sums.items():
            yield Entry(*place, one.figures(mobiles))

    def _one_mobile(self) -> dict[str, str]:
        """The mobile of each name that has a single one in this file."""
        return {name: next(iter(of)) for name, of in self._mobiles.items() if len(of) == 1}

    def _named(self, line: Line, reading: Reading) -> Iterator[tuple[str, int]]:
        """A name nobody here has counts with everybody alone, and is told."""
        for one, scope in SCOPES.items():
            name = line.text(one)
            key = self._terms.names[one].get(folded(name), 0) if name else 0
            if key:
                yield scope, key
            elif name:
                reading.unknown[scope, name[:120]] += 1

    def _who(self, line: Line) -> Who | None:
        name = folded(line.text(*NAMES))
        try:
            reach = mobile(line.text(Field.MOBILE)) or ""
        except Problem as problem:
            if not name:
                line.refuse(problem.code, Field.MOBILE)
            reach = ""
        if not name and not reach and not line.faults:
            line.refuse("person_missing", Field.NAME)
        return (reach, name) if name or reach else None

    def _when(self, line: Line) -> Dated | None:
        for one in (Field.DATE, Field.FROM, Field.YEAR):
            if one is Field.FROM and not _holds_a_day(line.text(one)):
                continue
            found = line.read(one, cells.dated)
            if found is not None or line.faults:
                return found
        if self._terms.year is None:
            line.refuse("year_missing", Field.DATE)
            return None
        return Dated(self._terms.year)

    def _span(self, line: Line, when: Dated | None) -> Span | None:
        """A file counts by one calendar, that of its first row."""
        if when is None:
            return None
        if self._hijri is None:
            self._hijri = when.span.hijri
        span = when.in_calendar(hijri=self._hijri)
        if span is None:
            line.refuse("year_of_other_calendar", Field.YEAR)
        return span

    def _minutes(self, line: Line, when: Dated | None) -> int | None:
        told = minutes_of(line)
        if told is None:
            told = _between(line)
        in_a_day = when is not None and when.on is not None and not line.text(Field.ATTENDANCES)
        if told is not None and told > (MINUTES_IN_A_DAY if in_a_day else MINUTES_IN_A_YEAR):
            line.refuse("hours_impossible", Field.HOURS)
        return told


def _between(line: Line) -> int | None:
    """From one time until another, which may lie after midnight."""
    begin = line.read(Field.FROM, cells.time_of_day)
    end = line.read(Field.UNTIL, cells.time_of_day)
    if begin is None or end is None:
        return None
    return (end - begin) % MINUTES_IN_A_DAY


def _holds_a_day(cell: str) -> bool:
    return sum(character in "-/" for character in cell) >= 2


def _again(line: Line, who: Who, when: Dated | None) -> tuple[object, ...]:
    """Nobody begins twice at one time of a place; without times rows are the same when all that
    is kept of them is, and those of a whole year when nothing at all tells them apart."""
    if when is None or when.on is None:
        return tuple(line.cells)
    begin, of = line.text(Field.FROM), (*who, when.on)
    if begin:
        return *of, begin, line.text(Field.UNTIL), folded(line.text(Field.SITE))
    return *of, *(folded(line.text(one)) for one in _TOLD_OF_A_DAY)


def _person(who: Who, mobiles: Mapping[str, str]) -> str:
    reach, name = who
    return reach or mobiles.get(name, name)
