"""The proof that the sums say what the records say, and how they are set right (`truth.py`)."""

import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from operator import sub
from tempfile import TemporaryFile
from typing import Any

from sqlalchemy import bindparam, delete

from checkin.database import AnyRow, LinesToAdd, at_one_instant, db, transaction
from checkin.operations.figures import truth
from checkin.operations.figures.numbered import apart
from checkin.operations.figures.truth import TABLES, Table

log = logging.getLogger(__name__)

LINES_AT_ONCE = 5_000
"""So many are set right in one transaction; on SQLite everybody else waits for it."""
Missing = dict[Any, list[int]]
"""By key, what would have to be added to a line to make it right."""


def prove(now: datetime) -> int:
    """Whether the sums say what the records say; how many lines do not, which is logged."""
    wrong = count_wrong()
    if wrong:
        log.error("%s sums of figures differ from the records: checkin figures recompute", wrong)
    return wrong


def count_wrong() -> int:
    """How many lines say something else than the records, are not there or are too many."""
    return sum(len(missing) for _, missing in _differences())


def recompute() -> int:
    """Set the sums to what the records say; how many lines were wrong.

    What is missing is added, not written over, so that acts meanwhile are not lost, and some
    lines at a time, so that they need not wait.
    """
    number = 0
    with TemporaryFile("w+") as file:
        for table, missing in _differences():
            number += len(missing)
            whole = sorted(missing.items())
            for first in range(0, len(whole), LINES_AT_ONCE):
                some = TABLES.index(table), whole[first : first + LINES_AT_ONCE]
                file.write(json.dumps(some, default=date.isoformat) + "\n")
        file.seek(0)
        for line in file:
            which, lines = json.loads(line)
            _add(TABLES[which], [(TABLES[which].read(key), figures) for key, figures in lines])
    return number


@transaction
def _add(table: Table, lines: Sequence[tuple[tuple[Any, ...], list[int]]]) -> None:
    LinesToAdd(table.model, table.keys, table.sums).add((*key, *more) for key, more in lines)
    if less := [key for key, more in lines if min(more) < 0]:
        _take_away(table, less)


def _take_away(table: Table, keys: Sequence[tuple[Any, ...]]) -> None:
    """The lines with nothing left."""
    columns = table.model.__table__.c
    these = (columns[name] == bindparam(name) for name in table.keys)
    nought = (columns[name] == 0 for name in table.sums)
    rows = [dict(zip(table.keys, key, strict=True)) for key in keys]
    db.session.connection().execute(delete(table.model).where(*these, *nought), rows)


def _differences() -> Iterator[tuple[Table, Missing]]:
    """All seen at one instant, some lines of a table at a time."""
    with at_one_instant() as connection:
        for table, lines, kept in truth.lines(connection):
            if missing := _missing(table, lines, kept):
                yield table, missing


def _missing(table: Table, lines: dict[Any, int], kept: Iterable[AnyRow]) -> Missing:
    number, size = len(table.keys), len(table.sums)
    found: Missing = {}
    for row in kept:
        key, said = tuple(row[:number]), row[number:]
        real = apart(lines.pop(key, 0), size)
        if real != said:
            found[key] = list(map(sub, real, said))
    left = ((key, list(apart(line, size))) for key, line in lines.items())
    return {**found, **{key: figures for key, figures in left if any(figures)}}
