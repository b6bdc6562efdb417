"""Which lines of the sums answer a question by none, one or two groupings (`sums.py`)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from checkin.database import db
from checkin.models import PeriodTotal
from checkin.operations.figures.definitions import Filter
from checkin.operations.figures.kept import WHOLE, PeriodLine, part_of
from checkin.operations.figures.periods import is_long
from checkin.operations.figures.sums import (
    ALL,
    GENDER,
    OF_PLACE,
    PLACES,
    TYPE,
    gender_of,
    type_of,
)

_P = PeriodTotal


@dataclass(frozen=True, slots=True)
class Table:
    """Lines by `asked`; `of` are all groupings they are kept by, `fixed` those with one key."""

    asked: tuple[str, ...]
    of: tuple[str, ...]
    fixed: Mapping[str, int]

    def holds(self, period: str) -> bool:
        """Of two groupings together, only years and all time are kept."""
        return len(self.of) < 2 or is_long(period)

    def lines(self, periods: Sequence[str]) -> Iterator[tuple[str, tuple[int, ...], PeriodLine]]:
        """Each with its period and its keys, in the order asked."""
        within, grouping = (ALL, ALL, *self.of)[-2:]
        columns = [_P.period, _P.within_key, _P.key, *(getattr(_P, name) for name in OF_PLACE)]
        rows = select(*columns).where(_P.period.in_(periods))
        rows = rows.where(_P.within == within, _P.grouping == grouping)
        for name, column in ((within, _P.within_key), (grouping, _P.key)):
            if name in self.fixed:
                rows = rows.where(column == self.fixed[name])
        for period, within_key, key, *sums in db.session.execute(rows):
            keys = {within: within_key, grouping: key}
            yield period, tuple(keys[name] for name in self.asked), PeriodLine(*sums)


def table_of(asked: Sequence[str], wanted: Filter) -> Table | None:
    """The table of these groupings, for what is looked at; nothing when no sum is kept of it."""
    part = part_of(wanted)
    if part is None:
        return None
    fixed = {} if part == WHOLE else dict([part])
    of = [name for name in PLACES if name in asked or name in fixed]
    if len(of) > 2 or not set(asked) <= set(of):
        return None
    return Table(tuple(asked), tuple(of), fixed)


def word_of(grouping: str, key: int) -> int | str:
    """The word of a type or gender; other keys are ids."""
    if grouping == TYPE:
        return type_of(key)
    return gender_of(key) if grouping == GENDER else key
