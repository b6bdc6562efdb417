"""The work on imports that goes on by itself: checking a file, under a lease that is renewed."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from checkin.database import db, transaction
from checkin.domain.errors import Problem
from checkin.models import Import
from checkin.operations.importing import lists, matching
from checkin.operations.importing.adding import add_rows
from checkin.operations.importing.files import opened
from checkin.operations.importing.judged import Fate, Judged, Writer
from checkin.operations.importing.judging import Judge
from checkin.operations.importing.rows import MOST_EXPECTED, refuse_more
from checkin.operations.leases import Clock, Progress, Queue, Stopped

log = logging.getLogger(__name__)

QUEUE = Queue(Import, lists.UNDER_WAY)
MOST_NAMES = 50
BREATHER_ROWS = 10


def work_on_waiting(clock: Clock) -> int:
    """Check and add what waits, one import after the other; how many were worked on.

    A fault is the import's own: the next one still gets its turn.
    """
    return QUEUE.work_through(clock, _work_on)


def work_on(import_id: int, clock: Clock) -> bool:
    """Whether this one was ours to work on: nobody else has taken it, and it waits."""
    if QUEUE.take(clock(), Import.id == import_id) is None:
        return False
    _work_on(import_id, clock)
    return True


def _work_on(import_id: int, clock: Clock) -> None:
    try:
        row = lists.find(import_id)
        work = {"checking": _check, "adding": add_rows}[row.state]
        work(row, Progress(QUEUE, import_id, row.state, clock))
    except (Stopped, KeyError):
        db.session.rollback()
    except Problem as problem:
        db.session.rollback()
        _fail(import_id, problem.code, problem.facts, clock())
    except Exception:
        db.session.rollback()
        log.exception("the import %s failed", import_id)
        _fail(import_id, "import_failed", {}, clock())


@transaction
def _fail(import_id: int, code: str, facts: dict[str, Any], now: datetime) -> None:
    row = lists.find(import_id)
    if row.state not in lists.UNDER_WAY:
        return
    row.state, row.fault, row.leased_until = "failed", code, None
    told = {name: fact for name, fact in facts.items() if isinstance(fact, str | int)}
    row.mapping = {**row.mapping, "facts": told}
    row.finished_at = now


# --- checking ------------------------------------------------------------------------------


def _check(row: Import, progress: Progress) -> None:
    """Read, judge and compare every row, and keep what was found."""
    terms = lists.terms_of(row, progress.clock())
    judge, writer = Judge(terms), Writer()
    import_id, compare = row.id, _comparison(row)
    rows = opened(row.content or b"").rows(row.mapping["sheet"])
    judged = judge.judged(progress.over(rows, BREATHER_ROWS))
    while together := list(islice(judged, matching.TOGETHER)):
        compare(together, terms.layout)
        writer.add_all(together)
        if row.kind == "roster":
            refuse_more(sum(writer.counts.values()), MOST_EXPECTED)
        progress.reached(together[-1].number)
    if not sum(writer.counts.values()):
        raise Problem("no_rows")
    names = [[*key, number] for key, number in judge.unknown.most_common(MOST_NAMES)]
    _finish_check(import_id, writer.finished(), writer.counts, names)


def _comparison(row: Import) -> Callable[[list[Judged], Any], None]:
    if row.shift_id is None:
        return matching.compare_people
    return matching.Roster(matching.expected_on(row.shift_id)).compare


@transaction
def _finish_check(
    import_id: int, outcome: bytes, counts: Mapping[Fate, int], names: list[list[Any]]
) -> None:
    row = lists.find(import_id)
    if row.state != "checking":
        raise Stopped
    row.state, row.leased_until = "ready", None
    row.total = row.done = sum(counts.values())
    row.good, row.faulty = counts[Fate.GOOD], counts[Fate.FAULTY]
    row.mapping = {**row.mapping, "unknown": names}
    row.outcome = outcome
