"""Approved attendances as the truth is counted from them (`truth.py`): their places by numbers, and
all figures of a line in one number."""

import struct
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection

from checkin.operations.figures.definitions import WITHOUT
from checkin.operations.figures.periods import has_pairs
from checkin.operations.figures.standing import AT_PLACE, approved, merged
from checkin.operations.figures.sums import (
    OF_PLACE,
    OPPORTUNITIES,
    VOLUNTEERS,
    Call,
    Line,
    Lines,
    key_of_gender,
    line_of_month,
    narrow_of,
)

# --- figures side by side ------------------------------------------------------------------


def together(figures: Sequence[int]) -> int:
    """All figures of a line in one number, each in 64 bits; none is less than nought.

    To add such numbers is to add lines, in a tenth of the time.
    """
    return int.from_bytes(struct.pack(f"<{len(figures)}Q", *figures), "little")


def apart(line: int, size: int) -> tuple[int, ...]:
    """The figures that are together in a number."""
    return struct.unpack(f"<{size}Q", line.to_bytes(8 * size, "little"))


def one_of(figure: str) -> int:
    return 1 << 64 * OF_PLACE.index(figure)


ONCE = {VOLUNTEERS: one_of("volunteers"), OPPORTUNITIES: one_of("opportunities")}
_COURSE, _ATTENDANCE = one_of("course_attendances"), one_of("attendances")
MINUTE = one_of("approved_minutes")


# --- places --------------------------------------------------------------------------------


class Where(NamedTuple):
    """A place, with the call of what is done there."""

    place: tuple[int, ...]
    """Site, lane, partner, gender and team."""
    narrow: tuple[int, ...]
    is_volunteering: bool

    def figures(self, worth: int) -> int:
        """What records of this worth are there; courses are attendance and nothing else."""
        return worth * _ATTENDANCE if self.is_volunteering else worth % (1 << 64) * _COURSE


class Places:
    """Each of them by a number, and the numbers of the lines that work there is part of."""

    def __init__(self) -> None:
        self.where: dict[int, Where] = {}
        self.each: list[Sequence[int]] = []
        """In every period."""
        self.all: list[Sequence[int]] = []
        """In all time, years and months."""
        self._numbers: dict[Any, int] = {}
        self._known = Lines()

    def number(self, columns: tuple[Any, ...]) -> int:
        """By what a record has in `AT_PLACE`."""
        number = self._numbers.get(columns)
        if number is None:
            site_id, lane_id, partner_id, gender, team_id, *about = columns
            place = site_id, lane_id, partner_id, key_of_gender(gender), team_id
            call = Call(*about)
            each, pairs = self._known.of_place(place, call)
            number = self._enter(columns, each, [*each, *pairs])
            narrow = narrow_of(site_id, partner_id, call)
            self.where[number] = Where(place, narrow, call.service_id != WITHOUT)
        return number

    def month(self, day: date) -> int:
        """As if it were a place: it is one line of each year."""
        line = line_of_month(day)
        known = self._numbers.get(line)
        return self._enter(line, [], [self._known.number(line)]) if known is None else known

    def _enter(self, key: Any, each: Sequence[int], of_all: Sequence[int]) -> int:
        self.each.append(each)
        self.all.append(of_all)
        return self._numbers.setdefault(key, len(self._numbers))

    def lines(self, period: str, places: Iterable[int]) -> set[int]:
        """The numbers of the lines that any of these is part of."""
        lines = self.of(period)
        return set().union(*(lines[place] for place in places))

    def of(self, period: str) -> Sequence[Sequence[int]]:
        return self.all if has_pairs(period) else self.each

    def line(self, number: int) -> Line:
        return self._known.line(number)


class Records:
    """All that is approved, whose places are numbered as they are read."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.places = Places()
        self.same = merged(connection)

    def read(
        self, names: Sequence[str], *which: ColumnElement[bool]
    ) -> Iterator[tuple[int, Sequence[Any]]]:
        """Of each record its place by number, and these columns."""
        size, number = len(names), self.places.number
        for row in approved(self.connection, (*names, *AT_PLACE), *which):
            yield number(row[size:]), row[:size]

    def person(self, volunteer_id: int) -> int:
        """Whoever was entered twice is one."""
        return self.same.get(volunteer_id, volunteer_id)
