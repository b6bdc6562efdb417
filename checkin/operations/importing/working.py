"""The work on imports that goes on by itself: checking a file, under a lease that is renewed."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update

from checkin.database import db, transaction
from checkin.domain.errors import Problem
from checkin.models import Import
from checkin.operations.importing import lists, matching
from checkin.operations.importing.adding import add_rows
from checkin.operations.importing.files import opened
from checkin.operations.importing.judged import Fate, Judged, Writer
from checkin.operations.importing.judging import Judge
from checkin.operations.importing.progress import LEASE, Clock, Progress, Stopped
from checkin.operations.importing.rows import MOST_EXPECTED, refuse_more

log = logging.getLogger(__name__)

MOST_NAMES = 50


def work_on_waiting(clock: Clock) -> int:
    """Check and add what waits, one import after the other; how many were worked on.

    Safe in several threads and machines at once. A fault is the import's own: the next one
    still gets its turn.
    """
    number = 0
    while _anything_waits(clock()) and (import_id := _take(clock())) is not None:
        number += 1
        _work_on(import_id, clock)
    return number


def _anything_waits(now: datetime) -> bool:
    """Asked every second: reading takes nobody's turn to write."""
    db.session.rollback()
    return db.session.scalar(select(Import.id).where(*_waiting(now)).limit(1)) is not None


def _waiting(now: datetime) -> tuple[ColumnElement[bool], ...]:
    free = or_(Import.leased_until.is_(None), Import.leased_until <= now)
    return Import.state.in_(lists.UNDER_WAY), free


def work_on(import_id: int, clock: Clock) -> bool:
    """Whether this one was ours to work on: nobody else has taken it, and it waits."""
    if _take(clock(), Import.id == import_id) is None:
        return False
    _work_on(import_id, clock)
    return True


def _work_on(import_id: int, clock: Clock) -> None:
    try:
        row = lists.find(import_id)
        work = {"checking": _check, "adding": add_rows}[row.state]
        work(row, Progress(import_id, row.state, clock))
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
def _take(now: datetime, *which: ColumnElement[bool]) -> int | None:
    """The oldest that waits and is nobody's; one conditional statement, so one worker gets it."""
    oldest = select(Import.id).where(*_waiting(now), *which).order_by(Import.id).limit(1)
    return db.session.scalar(
        update(Import)
        .where(Import.id == oldest.scalar_subquery(), *_waiting(now))
        .values(leased_until=now + LEASE)
        .returning(Import.id)
    )


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
    judged = judge.judged(progress.over(rows))
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
