"""All figures by one or two dimensions: from the sums that are kept, and what no sum holds from the
records.

Time is cut into pieces that are each one row's. A piece is read from the lines of one period, or
of several that are exactly its days; the others are counted, of no more days than they have. Where
lines of several periods, or of several sites, make one row, people and opportunities do not add up
and are counted, and they alone.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from itertools import chain
from typing import NamedTuple

from checkin.domain.errors import Problem
from checkin.operations.figures import late, periods, records, tables
from checkin.operations.figures.definitions import Filter, Totals
from checkin.operations.figures.dimensions import (
    IN_WORDS,
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
"""By two groupings."""
MOST_ROWS_OF_ONE = 20_000
"""By one: an association has twelve thousand opportunities."""
Days = tuple[date, date]


_NO_DAYS = date.min, date.min
"""Nothing is cut by them."""


class Piece(NamedTuple):
    """Days in a row, the times they are, and the periods they are exactly; none where sums of
    some of the days are not kept."""

    times: Keys
    first: date | None
    last: date | None
    periods: tuple[str, ...]


def refuse_more(rows: int, dimensions: Sequence[Dimension]) -> None:
    """Problems `report_too_long`, and `report_of_one_too_long` where it is by one thing only."""
    if len(dimensions) > 1 and rows > MOST_ROWS:
        raise Problem("report_too_long", most=MOST_ROWS)
    if rows > MOST_ROWS_OF_ONE:
        raise Problem("report_of_one_too_long", most=MOST_ROWS_OF_ONE)


def by(dimensions: Sequence[Dimension], wanted: Filter) -> dict[Keys, Totals]:
    """Every row with a figure, as closed months make it; Problems of `refuse_more`."""
    return by_each([dimensions], wanted)[0]


def by_each(several: Sequence[Sequence[Dimension]], wanted: Filter) -> list[dict[Keys, Totals]]:
    """The rows of `by` for each of these; what waits and what was entered late is asked once."""
    asked = [*dict.fromkeys(chain.from_iterable(several))]
    moves = late.moves(wanted, by_day=bool(_times(asked)))
    found = []
    for dimensions, rows in zip(several, _worked(several, wanted, asked), strict=True):
        key_of = partial(keys_of, dimensions=dimensions)
        moved = late.moved(rows, moves, wanted, key_of)
        found.append({keys: totals for keys, totals in moved.items() if any(totals)})
    return found


def worked(dimensions: Sequence[Dimension], wanted: Filter) -> dict[Keys, Totals]:
    """The same by the day of work, whatever months are closed."""
    return _worked([dimensions], wanted, dimensions)[0]


def _worked(
    several: Sequence[Sequence[Dimension]], wanted: Filter, asked: Sequence[Dimension]
) -> list[dict[Keys, Totals]]:
    """By the day of work."""
    is_bounded = wanted.first is not None or wanted.last is not None
    span = records.span(wanted) if is_bounded or _times(asked) else _NO_DAYS
    if span is None:
        return [{} for _ in several]
    for dimensions in several:
        stretches = (len(begins(one, *span)) for one in _times(dimensions))
        refuse_more(max(stretches, default=0), dimensions)
    near = _near(wanted) if is_bounded else wanted
    waits = _waiting(asked, near, span)
    return [waits.beside(some, _counted(some, near, span)) for some in several]


def _times(dimensions: Iterable[Dimension]) -> list[Dimension]:
    return [one for one in dimensions if one in TIMES]


def _counted(dimensions: Sequence[Dimension], wanted: Filter, span: Days) -> dict[Keys, Totals]:
    """By the day of work, without what waits."""
    times = _times(dimensions)
    table = _table(dimensions, wanted)
    pieces = list(_pieces(times, wanted, span, table))
    found: dict[Keys, Totals] = {}
    if table is not None:
        found = _from_sums(dimensions, table, pieces, wanted, span)
    left = [piece for piece in pieces if not piece.periods]
    if left and len(dimensions) > 1:
        _refuse_too_many(dimensions, wanted)
    for some in _runs(left, wanted):
        columns = [column_of(one, span) for one in dimensions]
        rows = records.by_keys(columns, some, of_people=_of_people(dimensions))
        found |= {_read(dimensions, values): totals for values, totals in rows.items()}
    return found


def _near(wanted: Filter) -> Filter:
    """The same without days on which nothing can be, however many are asked for: all time where
    all there is lies between them, else no more than a year more, so that what is whole stays
    whole."""
    there = records.span(replace(wanted, first=None, last=None))
    if there is None:
        return wanted
    first, last = wanted.first or there[0], wanted.last or there[1]
    if first <= there[0] and there[1] <= last:
        return replace(wanted, first=None, last=None)
    begin, end = date(there[0].year - 1, 1, 1), date(there[1].year + 1, 12, 31)
    return replace(wanted, first=max(first, begin), last=min(last, end))


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
        rows = table.opportunities_by(others, period, wanted, MOST_ROWS + 1)
        refuse_more(rows, dimensions)


def _pieces(
    times: Sequence[Dimension], wanted: Filter, span: Days, table: tables.Table | None
) -> Iterator[Piece]:
    """The days asked for, cut wherever one of these times begins.

    Whole periods stay whole where they are asked for, also where nothing was done at their ends.
    """
    if not times:
        yield Piece((), wanted.first, wanted.last, _kept(table, wanted.first, wanted.last))
        return
    cuts = sorted({begin for one in times for begin in begins(one, *span)})
    ends = [*(cut - timedelta(days=1) for cut in cuts[1:]), _end_of(times, span[1])]
    for begin, end in zip(cuts, ends, strict=True):
        first = max(begin, wanted.first or date.min)
        last = min(end, wanted.last or date.max)
        if first <= last:
            keys = tuple(TIMES[one](first) for one in times)
            yield Piece(keys, first, last, _kept(table, first, last))


def _kept(table: tables.Table | None, first: date | None, last: date | None) -> tuple[str, ...]:
    """The periods one after the other that are exactly these days, as few as there may be."""
    if table is None:
        return ()
    whole = periods.kept(first, last)
    if whole is not None and table.holds(whole):
        return (whole,)
    found: list[str] = []
    while first is not None and last is not None and first <= last:
        ends = (_end_of([one], first) for one in TIMES if TIMES[one](first) == first)
        named = {end: periods.kept(first, end) for end in ends if end <= last}
        held = [end for end, period in named.items() if period is not None and table.holds(period)]
        if not held:
            return ()
        found.append(str(named[max(held)]))
        first = max(held) + timedelta(days=1)
    return tuple(found)


def _end_of(times: Sequence[Dimension], day: date) -> date:
    """The last day before one of these times begins again."""
    following = day + timedelta(days=1)
    while all(TIMES[one](following) != following for one in times):
        following += timedelta(days=1)
    return following - timedelta(days=1)


def _runs(pieces: Iterable[Piece], wanted: Filter) -> Iterator[Filter]:
    """What is asked for, of the days of these pieces alone; of those that follow each other
    together."""
    run: tuple[date | None, date | None] | None = None
    for piece in pieces:
        if run is not None and run[1] and piece.first == run[1] + timedelta(days=1):
            run = run[0], piece.last
            continue
        if run is not None:
            yield replace(wanted, first=run[0], last=run[1])
        run = piece.first, piece.last
    if run is not None:
        yield replace(wanted, first=run[0], last=run[1])


def _from_sums(
    dimensions: Sequence[Dimension],
    table: tables.Table,
    pieces: Sequence[Piece],
    wanted: Filter,
    span: Days,
) -> dict[Keys, Totals]:
    of_period = {period: piece for piece in pieces for period in piece.periods}
    in_a_row = table.in_a_row * max((len(piece.periods) for piece in pieces), default=0)
    most = MOST_ROWS if len(dimensions) > 1 else MOST_ROWS_OF_ONE
    lines = list(table.lines([*of_period], most * in_a_row + 1))
    found: dict[Keys, Totals] = {}
    summed: dict[Keys, Piece] = {}
    for period, numbers, line in lines:
        piece = of_period[period]
        keys = _keys(dimensions, piece.times, numbers)
        if keys in found:
            summed[keys] = piece
            line = found[keys].plus(line)
        found[keys] = line
    refuse_more(len(found), dimensions)
    if summed:
        of_summed = {*summed.values()}
        of_pieces = [piece for piece in pieces if piece in of_summed]
        found |= _counted_once(dimensions, found, summed, _runs(of_pieces, wanted), span)
    return found


def _keys(dimensions: Sequence[Dimension], times: Keys, numbers: tuple[int, ...]) -> Keys:
    """Of a row, from when it is and from the numbers of what else it is by."""
    if not times and not IN_WORDS.intersection(dimensions):
        return numbers
    when, own = iter(times), iter(numbers)
    return tuple(
        next(when) if one in TIMES else tables.word_of(one, next(own)) for one in dimensions
    )


def _counted_once(
    dimensions: Sequence[Dimension],
    found: Mapping[Keys, Totals],
    rows: Collection[Keys],
    runs: Iterable[Filter],
    span: Days,
) -> dict[Keys, Totals]:
    """These rows with their people and opportunities, who do not add up."""
    columns = [column_of(one, span) for one in dimensions]
    once: dict[Keys, Mapping[str, int]] = {}
    for some in runs:
        of_people = _of_people(dimensions)
        counts = records.once_by_keys(columns, some, of_people=of_people)
        once |= {_read(dimensions, values): own for values, own in counts.items()}
    return {keys: found[keys]._replace(**once.get(keys, records.NOBODY)) for keys in rows}


def _of_people(dimensions: Iterable[Dimension]) -> bool:
    return bool(OF_PEOPLE & {*dimensions})


def _read(dimensions: Sequence[Dimension], values: Iterable[Key]) -> Keys:
    return tuple(read(*pair) for pair in zip(dimensions, values, strict=True))


class Waits(NamedTuple):
    """Minutes that wait, by all that several tables are by."""

    dimensions: Sequence[Dimension]
    minutes: Sequence[tuple[Keys, int]]

    def beside(
        self, dimensions: Sequence[Dimension], found: Mapping[Keys, Totals]
    ) -> dict[Keys, Totals]:
        """The rows of one of these tables, with them."""
        places = [self.dimensions.index(one) for one in dimensions]
        own: dict[Keys, int] = defaultdict(int)
        for keys, minutes in self.minutes:
            own[tuple(keys[place] for place in places)] += minutes
        waiting = {
            keys: found.get(keys, Totals())._replace(waiting_minutes=minutes)
            for keys, minutes in own.items()
        }
        return {**found, **waiting}


def _waiting(dimensions: Sequence[Dimension], wanted: Filter, span: Days) -> Waits:
    columns = [column_of(one, span) for one in dimensions]
    rows = records.waiting_by_keys(columns, wanted, of_people=_of_people(dimensions))
    return Waits(dimensions, [(_read(dimensions, keys), said) for keys, said in rows.items()])
