"""Reports: all figures by one dimension, or by two, one within the other."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from checkin.operations.figures import counting
from checkin.operations.figures.definitions import GENDERS, Filter, Totals
from checkin.operations.figures.dimensions import (
    TIMES,
    Dimension,
    Key,
    Keys,
)
from checkin.operations.figures.naming import MODELS, Named, names
from checkin.operations.rates import TYPES

DEEPEST = 2
Names = Mapping[Key, Named]


class Row(NamedTuple):
    """What one site, month, … comes to; minutes, records and whatever else adds up to its parent.

    `key` is an id (0 for the rest), the word of a type or gender, or the first day of a day, week,
    month or year of either calendar; only ids have names.
    """

    key: Key
    name_ar: str | None
    name_en: str | None
    totals: Totals
    rows: tuple["Row", ...]
    """By the second dimension; empty when there is none."""


@dataclass(frozen=True, slots=True)
class Report:
    dimensions: tuple[Dimension, ...]
    total: Totals
    rows: tuple[Row, ...]


def report(dimensions: Sequence[Dimension], wanted: Filter) -> Report:
    """All figures by one or two different dimensions.

    What adds up adds up exactly; people and opportunities are counted once in each row, and once
    in the total. Rows without any figure are left out. Problems of
    `counting.refuse_more`.
    """
    if not 1 <= len(set(dimensions)) == len(dimensions) <= DEEPEST:
        raise ValueError("a report is by one or two different dimensions")
    each = [dimensions[:deep] for deep in range(len(dimensions) + 1)]
    total, outer, *within = counting.by_each(each, wanted)
    inner = within[0] if within else {}
    counting.refuse_more(len(outer) + len(inner), dimensions)
    return Report(tuple(dimensions), total.get((), Totals()), _nested(dimensions, outer, inner))


# --- rows, named and in order --------------------------------------------------------------


def _nested(
    dimensions: Sequence[Dimension], outer: Mapping[Keys, Totals], inner: Mapping[Keys, Totals]
) -> tuple[Row, ...]:
    """Rows of the first dimension, each with its rows of the second."""
    within: dict[Key, list[tuple[Key, Totals]]] = defaultdict(list)
    for (key, own), totals in inner.items():
        within[key].append((own, totals))
    named = [_names(one, keys) for one, keys in zip(dimensions, (outer, inner), strict=False)]
    first = [
        _row(key, outer.get((key,), Totals()), named[0], _rows(dimensions[1:], within[key], named))
        for key in {key for key, *_ in (*outer, *inner)}
    ]
    return tuple(sorted(first, key=_order(dimensions[0])))


def _rows(
    dimensions: Sequence[Dimension],
    found: Iterable[tuple[Key, Totals]],
    named: Sequence[Names],
) -> tuple[Row, ...]:
    if not dimensions:
        return ()
    rows = [_row(key, totals, named[1], ()) for key, totals in found]
    return tuple(sorted(rows, key=_order(dimensions[0])))


def _row(key: Key, totals: Totals, named: Names, rows: tuple[Row, ...]) -> Row:
    one = named.get(key)
    return Row(key, one and one.name_ar, one and one.name_en, totals, rows)


def _names(dimension: Dimension, found: Iterable[Keys]) -> Names:
    if dimension not in MODELS:
        return {}
    return names(dimension, {key for *_, key in found if isinstance(key, int)})


def _order(dimension: Dimension) -> Callable[[Row], Any]:
    """Time as it passes, types and genders as they are always said, others by most hours."""
    if dimension in TIMES:
        return lambda row: row.key
    if dimension in _SAID:
        return lambda row: _SAID[dimension].index(str(row.key))
    return lambda row: (-row.totals.approved_minutes, row.key)


_SAID: dict[Dimension, Sequence[str]] = {
    Dimension.TYPE: TYPES,
    Dimension.GENDER: GENDERS,
}
