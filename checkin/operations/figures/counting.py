"""All figures by one or two dimensions: from the sums that are kept, and what no sum holds from the
records.

Time is cut into pieces that are each one row's. A piece that is a whole period is read from its
lines; the others are counted, of no more days than they have.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from itertools import compress
from operator import not_
from typing import NamedTuple

from checkin.domain.errors import Problem
from checkin.operations.figures import late, periods, records, tables
from checkin.operations.figures.definitions import Filter, Totals
from checkin.operations.figures.dimensions import (
    OF_PEOPLE,
    TIMES,
    Dimension,
    Key,
    Keys,
    begins,
    column_of,
    keys_of,
    read,
)

MOST_ROWS = 5000
Days = tuple[date, date]


_NO_DAYS = date.min, date.min
"""Nothing is cut by them."""


class Piece(NamedTuple):
    """Days in a row, the times they are, and the period they are the whole of."""

    times: Keys
    first: date | None
    last: date | None
    period: str | None


def _too_long() -> Problem:
    return Problem("report_too_long", most=MOST_ROWS)


def by(dimensions: Sequence[Dimension], wanted: Filter) -> dict[Keys, Totals]:
    """Every row with a figure, as closed months make it; Problem `report_too_long`."""
    times = [one for one in dimensions if one in TIMES]
    key_of = partial(keys_of, dimensions=dimensions)
    found = late.corrected(_counted(dimensions, wanted), wanted, key_of, by_day=bool(times))
    return {keys: totals for keys, totals in found.items() if any(totals)}


def _counted(dimensions: Sequence[Dimension], wanted: Filter) -> dict[Keys, Totals]:
    """By the day of work."""
    times = [one for one in dimensions if one in TIMES]
    span = records.span(wanted) if times else _NO_DAYS
    if span is None:
        return {}
    if any(len(begins(one, *span)) > MOST_ROWS for one in times):
        raise _too_long()
    found: dict[Keys, Totals] = {}
    table = _table(dimensions, wanted)
    left = list(_pieces(times, wanted, span))
    if table is not None:
        is_known = [one.period is not None and table.holds(one.period) for one in left]
        found |= _from_sums(dimensions, table, list(compress(left, is_known)))
        left = list(compress(left, map(not_, is_known)))
    if left and len(dimensions) > 1:
        _refuse_too_many(dimensions, wanted)
    for days in _runs(left):
        some = replace(wanted, first=days[0], last=days[1])
        found |= _from_records(dimensions, some, span)
    return _with_waiting(found, dimensions, wanted, span)


def _table(dimensions: Sequence[Dimension], wanted: Filter) -> tables.Table | None:
    return tables.table_of([one.value for one in dimensions if one not in TIMES], wanted)


def _refuse_too_many(dimensions: Sequence[Dimension], wanted: Filter) -> None:
    """Nobody waits for the count of what will not be shown.

    Of opportunities alone, or by partner or team, it is quickly known how many rows there are.
    """
    period = periods.kept(wanted.first, wanted.last)
    table = _table([Dimension.OPPORTUNITY], wanted)
    if Dimension.OPPORTUNITY not in dimensions or period is None or table is None:
        return
    if table.holds(period):
        others = [one.value for one in dimensions if one is not Dimension.OPPORTUNITY]
        if table.opportunities_by(others, period, wanted, MOST_ROWS + 1) > MOST_ROWS:
            raise _too_long()


def _pieces(times: Sequence[Dimension], wanted: Filter, span: Days) -> Iterator[Piece]:
    """The days asked for, cut wherever one of these times begins.

    Whole periods stay whole where they are asked for, also where nothing was done at their ends.
    """
    if not times:
        yield Piece((), wanted.first, wanted.last, periods.kept(wanted.first, wanted.last))
        return
    cuts = sorted({begin for one in times for begin in begins(one, *span)})
    ends = [*(cut - timedelta(days=1) for cut in cuts[1:]), _end_of(times, span[1])]
    for begin, end in zip(cuts, ends, strict=True):
        first = max(begin, wanted.first or date.min)
        last = min(end, wanted.last or date.max)
        if first <= last:
            keys = tuple(TIMES[one](first) for one in times)
            yield Piece(keys, first, last, periods.kept(first, last))


def _end_of(times: Sequence[Dimension], day: date) -> date:
    """The last day before one of these times begins again."""
    following = day + timedelta(days=1)
    while all(TIMES[one](following) != following for one in times):
        following += timedelta(days=1)
    return following - timedelta(days=1)


def _runs(pieces: Iterable[Piece]) -> Iterator[tuple[date | None, date | None]]:
    """Their days, those that follow each other together."""
    run: tuple[date | None, date | None] | None = None
    for piece in pieces:
        if run is not None and run[1] and piece.first == run[1] + timedelta(days=1):
            run = run[0], piece.last
            continue
        if run is not None:
            yield run
        run = piece.first, piece.last
    if run is not None:
        yield run


def _from_sums(
    dimensions: Sequence[Dimension], table: tables.Table, pieces: Sequence[Piece]
) -> dict[Keys, Totals]:
    times = {piece.period: piece.times for piece in pieces}
    places = [one for one in dimensions if one not in TIMES]
    found: dict[Keys, Totals] = {}
    lines = list(table.lines([str(period) for period in times], MOST_ROWS + 1))
    if len(lines) > MOST_ROWS:
        raise _too_long()
    for period, numbers, line in lines:
        own = iter([tables.word_of(*pair) for pair in zip(places, numbers, strict=True)])
        when = iter(times[period])
        keys = tuple(next(when) if one in TIMES else next(own) for one in dimensions)
        found[keys] = line.with_waiting(0)
    return found


def _from_records(
    dimensions: Sequence[Dimension], wanted: Filter, span: Days
) -> dict[Keys, Totals]:
    columns = [column_of(one, span) for one in dimensions]
    found = records.by_keys(columns, wanted, of_people=bool(OF_PEOPLE & {*dimensions}))
    return {_read(dimensions, values): totals for values, totals in found.items()}


def _read(dimensions: Sequence[Dimension], values: Iterable[Key]) -> Keys:
    return tuple(read(*pair) for pair in zip(dimensions, values, strict=True))


def _with_waiting(
    found: dict[Keys, Totals], dimensions: Sequence[Dimension], wanted: Filter, span: Days
) -> dict[Keys, Totals]:
    columns = [column_of(one, span) for one in dimensions]
    waiting: dict[Keys, int] = defaultdict(int)
    for values, minutes in records.waiting_by_keys(columns, wanted).items():
        waiting[_read(dimensions, values)] += minutes
    for keys, minutes in waiting.items():
        found[keys] = found.get(keys, Totals())._replace(waiting_minutes=minutes)
    return found
