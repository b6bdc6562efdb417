"""What the lines of the sums should say, counted from the records (`proof.py`).

The records are read three times, some at a time: by person, for in a year everybody is counted
once; by opportunity, whose lines are complete with it; and day by day, so that the lines of a
period are complete when it is over. So never more is held at once than is going on.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from itertools import groupby
from math import inf
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, func, select

from checkin.database import AnyRow, Base
from checkin.domain.days import local_time
from checkin.models import Attendance, MonthTotal, Opportunity, OpportunityDay, PeriodTotal, Shift
from checkin.models.attendance import COUNTED
from checkin.operations.figures.numbered import MINUTE, ONCE, Places, Records, apart, together
from checkin.operations.figures.periods import (
    long_of,
    parts_of,
    periods_of,
    stretch_of,
    years_of,
)
from checkin.operations.figures.standing import AT_ONCE, BEGIN, WORTH
from checkin.operations.figures.sums import (
    OF_PLACE,
    OF_SPOT,
    OF_STRETCH,
    OPPORTUNITIES,
    OPPORTUNITY,
    PLACE,
    SPOT,
    STRETCH,
    VOLUNTEERS,
    Place,
    first_places,
    hours_of,
    lines_of_opportunity,
    places_of_day,
    places_of_hour,
)

PEOPLE_AT_ONCE, CALLS_AT_ONCE = 2000, 200
"""Volunteers and opportunities whose attendances are read together."""
_A, _P = Attendance, PeriodTotal


class Table(NamedTuple):
    """Where lines are kept, under which keys, and what of them adds up."""

    model: type[Base]
    keys: tuple[str, ...]
    sums: tuple[str, ...]

    def kept(self) -> Select[Any]:
        return select(*(getattr(self.model, name) for name in (*self.keys, *self.sums)))

    def read(self, written: Sequence[Any]) -> tuple[Any, ...]:
        """The key that JSON says."""
        pairs = zip(self.keys, written, strict=True)
        return tuple(
            date.fromisoformat(one) if name.endswith("_on") else one for name, one in pairs
        )


TABLES = (
    Table(MonthTotal, STRETCH, OF_STRETCH),
    Table(OpportunityDay, SPOT, OF_SPOT),
    Table(PeriodTotal, PLACE, OF_PLACE),
)
_STRETCHES, _SPOTS, _PLACES = TABLES
Some = tuple[Table, dict[Any, int], Iterable[AnyRow]]
"""Some lines of a table as they should be, with their figures together, and those kept."""


def lines(connection: Connection) -> Iterator[Some]:
    """All lines, each once; also those that are kept and should not be."""
    records = Records(connection)
    once = _Once(records)
    yield from _of_opportunities(records, once)
    yield from _of_periods(records, once)


# --- by person -----------------------------------------------------------------------------


Worked = set[tuple[date, int]]
"""On which days, and at which places."""


class _Once:
    """In how many lines of all time, years and what those share there are people and
    opportunities, each once in a line; and on which days people volunteered first."""

    def __init__(self, records: Records) -> None:
        self._places = records.places
        self._counts = {what: defaultdict[str, Counter[int]](Counter) for what in ONCE}
        self._firsts: Counter[Place] = Counter()
        twice: dict[int, Worked] = defaultdict(set)
        for volunteer_id, worked in _by_volunteer(records):
            if volunteer_id in records.same:
                twice[records.person(volunteer_id)] |= worked
            else:
                self._count_person(worked)
        for worked in twice.values():
            self._count_person(worked)

    def _count_person(self, worked: Worked) -> None:
        self.count(VOLUNTEERS, worked)
        where = self._places.where
        self._firsts.update(first_places({(day, where[place].narrow) for day, place in worked}))

    def count(self, what: int, worked: Worked) -> None:
        """One person or opportunity, by all their days and places."""
        at: dict[str, set[int]] = defaultdict(set)
        for day, place in worked:
            for period in long_of(day):
                at[period].add(place)
            for year in years_of(day):
                at[year].add(self._places.month(day))
        for period, places in at.items():
            self._counts[what][period].update(self._places.lines(period, places))

    def lines(self, what: int, period: str) -> Mapping[int, int]:
        return self._counts[what].pop(period, {})

    def firsts(self) -> dict[str, dict[Place, int]]:
        """By period: the lines of its days, and how many people volunteered first on them."""
        found: dict[str, dict[Place, int]] = defaultdict(dict)
        while self._firsts:
            place, number = self._firsts.popitem()
            found[place[0]][place] = number
        return found


def _by_volunteer(records: Records) -> Iterator[tuple[int, Worked]]:
    where = records.places.where
    last = records.connection.scalar(select(func.max(_A.volunteer_id))) or 0
    for first in range(0, last + 1, PEOPLE_AT_ONCE):
        these = _A.volunteer_id >= first, _A.volunteer_id < first + PEOPLE_AT_ONCE
        found: dict[int, Worked] = defaultdict(set)
        for place, (volunteer_id, day) in records.read(("volunteer_id", "work_on"), *these):
            if where[place].is_volunteering:
                found[volunteer_id].add((day, place))
        yield from found.items()


# --- by opportunity ------------------------------------------------------------------------


def _of_opportunities(records: Records, once: _Once) -> Iterator[Some]:
    kept = _InOrder(records.connection)
    last = records.connection.scalar(select(func.max(Opportunity.id))) or 0
    for first in range(0, last + 1, CALLS_AT_ONCE):
        end = first + CALLS_AT_ONCE
        some = _Calls(records, first, end)
        for worked in some.opened.values():
            once.count(OPPORTUNITIES, worked)
        for table, truth in ((_STRETCHES, some.stretches()), (_SPOTS, some.spots())):
            number = table.model.__table__.c.opportunity_id
            rows = table.kept().where(number >= first, number < end)
            yield table, truth, records.connection.execute(rows)
        yield _PLACES, some.places(), kept.before(end)
    yield _PLACES, {}, kept.before(inf)


class _InOrder:
    """The kept lines by opportunity, in order of it."""

    def __init__(self, connection: Connection) -> None:
        rows = _PLACES.kept().where(_P.grouping == OPPORTUNITY).order_by(_P.key)
        self._rows = iter(connection.execute(rows, execution_options={"yield_per": AT_ONCE}))
        self._next = next(self._rows, None)

    def before(self, opportunity_id: float) -> Iterator[AnyRow]:
        while self._next is not None and self._next.key < opportunity_id:
            yield self._next
            self._next = next(self._rows, None)


Spot = tuple[int, date, int]
"""An opportunity, a day and a place."""


class _Calls:
    """All that is approved in some opportunities."""

    def __init__(self, records: Records, first: int, end: int) -> None:
        self.opened: dict[int, Worked] = defaultdict(set)
        """Their days and places with volunteers."""
        self._where = records.places.where
        self._worth = defaultdict[Spot, int](int)
        self._came: dict[tuple[int, int], set[Spot]] = defaultdict(set)
        names = ("opportunity_id", "volunteer_id", "work_on", *WORTH)
        these = Shift.opportunity_id >= first, Shift.opportunity_id < end
        for place, (number, volunteer_id, day, *worth) in records.read(names, *these):
            self._worth[number, day, place] += together((1, *worth))
            if self._where[place].is_volunteering:
                self._came[number, records.person(volunteer_id)].add((number, day, place))
                self.opened[number].add((day, place))

    def stretches(self) -> dict[Any, int]:
        found = defaultdict[Any, int](int)
        for (number, day, place), worth in self._worth.items():
            found[number, stretch_of(day), *self._where[place].place[:-1]] += worth
        return found

    def spots(self) -> dict[Any, int]:
        found = defaultdict[Any, int](int)
        for (number, day, place), worth in self._worth.items():
            attendances, *_ = apart(worth, len(OF_STRETCH))
            found[number, day, *self._where[place].place] += attendances
        return found

    def places(self) -> dict[Any, int]:
        lines_of, found = cache(self._lines_of), defaultdict[Place, int](int)
        for spot, worth in self._worth.items():
            figures = self._where[spot[-1]].figures(worth)
            for place in lines_of(spot):
                found[place] += figures
        everybody = Counter(map(frozenset, self._came.values()))
        for spots, number in everybody.items():
            for place in set().union(*map(lines_of, spots)):
                found[place] += number * ONCE[VOLUNTEERS]
        for place in set().union(*map(lines_of, set().union(*everybody))):
            found[place] += ONCE[OPPORTUNITIES]
        return found

    def _lines_of(self, spot: Spot) -> Sequence[Place]:
        number, day, place = spot
        own, pairs = lines_of_opportunity(number, self._where[place].place)
        each = [(period, *own) for period in (*periods_of(day), *parts_of(day))]
        return [*each, *((period, *line) for period in periods_of(day) for line in pairs)]


# --- day by day ----------------------------------------------------------------------------


def _of_periods(records: Records, once: _Once) -> Iterator[Some]:
    """All lines but those by opportunity."""
    going = _Going(records, once)
    days = select(_A.work_on).where(_A.state == COUNTED).distinct().order_by(_A.work_on)
    for from_on, of_stretch in groupby(records.connection.scalars(days).all(), stretch_of):
        hours: Counter[tuple[tuple[int, ...], int]] = Counter()
        for on in of_stretch:
            day = _Day(records, on)
            yield from going.end_all_but(day.periods)
            going.enter(day)
            hours.update(day.hours)
        for (narrow, hour), minutes in hours.items():
            for place in places_of_hour(from_on, narrow, hour):
                going.add(place, minutes * MINUTE)
    yield from going.end_all_but(())
    yield from going.others()


class _Going:
    """The periods that are not over."""

    def __init__(self, records: Records, once: _Once) -> None:
        self._connection, self._places, self._once = records.connection, records.places, once
        self._firsts = once.firsts()
        self._going: dict[str, _Period] = {}
        self._others = set(self._connection.scalars(select(_P.period).distinct()))

    def enter(self, day: "_Day") -> None:
        for period in day.periods:
            self._others.discard(period)
            self._going.setdefault(period, _Period(period, self._places)).enter(day)
        for number, figures in _added(day.figures, self._places.each).items():
            for place in places_of_day(day.on, self._places.line(number)):
                self.add(place, figures)

    def add(self, place: Place, figures: int) -> None:
        """To a line of a day, a month or an hour."""
        self._going[place[0]].by_time[place] += figures

    def end_all_but(self, periods: Collection[str]) -> Iterator[Some]:
        for period in self._going.keys() - {*periods}:
            truth = self._going.pop(period).lines(self._once)
            for place, people in self._firsts.pop(period, {}).items():
                truth[place] += people * ONCE[VOLUNTEERS]
            yield self._some(period, truth)

    def others(self) -> Iterator[Some]:
        """Of which there are lines and no records."""
        return (self._some(period, {}) for period in self._others)

    def _some(self, period: str, truth: dict[Any, int]) -> Some:
        rows = _PLACES.kept().where(_P.period == period, _P.grouping != OPPORTUNITY)
        return _PLACES, truth, self._connection.execute(rows)


class _Day:
    """All that is approved of one day, by place."""

    def __init__(self, records: Records, on: date) -> None:
        self.on = on
        self.periods = *periods_of(on), *parts_of(on)
        self.figures = defaultdict[int, int](int)
        self.once: dict[int, dict[int, set[int]]] = {what: defaultdict(set) for what in ONCE}
        """People and opportunities."""
        self.hours = defaultdict[tuple[tuple[int, ...], int], int](int)
        names = ("opportunity_id", "volunteer_id", *BEGIN, *WORTH)
        for place, row in records.read(names, _A.work_on == on):
            opportunity_id, volunteer_id, begin, zone, *worth = row
            where = records.places.where[place]
            self.figures[place] += where.figures(together((1, *worth)))
            if where.is_volunteering:
                self.once[VOLUNTEERS][place].add(records.person(volunteer_id))
                self.once[OPPORTUNITIES][place].add(opportunity_id)
                for hour, minutes in hours_of(local_time(begin, zone), worth[0]):
                    self.hours[where.narrow, hour] += minutes


def _added(figures: Mapping[int, int], lines: Sequence[Sequence[int]]) -> defaultdict[int, int]:
    """By line, where they are by place."""
    found = defaultdict[int, int](int)
    for place, more in figures.items():
        for number in lines[place]:
            found[number] += more
    return found


class _Period:
    """What one period comes to."""

    def __init__(self, name: str, places: Places) -> None:
        self.by_time = defaultdict[Place, int](int)
        """Lines of days, months and hours."""
        self._name, self._places = name, places
        self._of = places.of(name)
        self._figures = defaultdict[int, int](int)
        self._days: list[_Day] = []

    def enter(self, day: _Day) -> None:
        for place, figures in day.figures.items():
            self._figures[place] += figures
        if self._name not in long_of(day.on):
            self._days.append(day)

    def lines(self, once: _Once) -> defaultdict[Place, int]:
        found = _added(self._figures, self._of)
        for what, one in ONCE.items():
            for number, times in (once.lines(what, self._name) or self._count(what)).items():
                found[number] += times * one
        for number, figures in found.items():
            self.by_time[self._name, *self._places.line(number)] += figures
        return self.by_time

    def _count(self, what: int) -> Mapping[int, int]:
        """Each person or opportunity of these days once in every line."""
        at: dict[int, set[int]] = defaultdict(set)
        for day in self._days:
            for place, own in day.once[what].items():
                at[place] |= own
        seen, several = set[int](), set[int]()
        for own in at.values():
            several |= seen & own
            seen |= own
        found = _added({place: len(own - several) for place, own in at.items()}, self._of)
        places_of: dict[int, set[int]] = defaultdict(set)
        for place, own in at.items():
            for one in own & several:
                places_of[one].add(place)
        # most are at the same few places as others
        for places, number in Counter(map(frozenset, places_of.values())).items():
            for line in self._places.lines(self._name, places):
                found[line] += number
        return found
