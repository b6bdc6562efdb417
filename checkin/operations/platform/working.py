"""The work that goes on by itself: a list of the platform held against ours, under a lease."""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import insert

from checkin.database import at_one_instant, db, transaction
from checkin.domain.errors import Problem
from checkin.models import PlatformLine, PlatformList
from checkin.operations import audit
from checkin.operations.importing.files import opened
from checkin.operations.importing.headings import Field
from checkin.operations.importing.rows import refuse_more
from checkin.operations.leases import Clock, Progress, Queue, Stopped
from checkin.operations.platform import lists, rows
from checkin.operations.platform.comparing import Own, Pair, Sides, pairs
from checkin.operations.platform.reading import Said, said_in
from checkin.operations.platform.shape import chosen

log = logging.getLogger(__name__)

MOST_ROWS = 50_000
MOST_OWN = 100_000
"""Rows of ours that are held in memory at once."""
MOST_UNKNOWN = 30
QUEUE = Queue(PlatformList, lists.UNDER_WAY)
_BREATHER_ROWS = 10
_TOGETHER = 500


def work_on_waiting(clock: Clock) -> int:
    """Compare what waits, one list after the other; how many were worked on."""
    return QUEUE.work_through(clock, _work_on)


def _work_on(list_id: int, clock: Clock) -> None:
    try:
        _compare(lists.find(list_id), Progress(QUEUE, list_id, "comparing", clock))
    except Stopped:
        db.session.rollback()
    except Problem as problem:
        db.session.rollback()
        _fail(list_id, problem.code, clock(), problem.facts)
    except Exception:
        db.session.rollback()
        log.exception("the platform's list %s could not be compared", list_id)
        _fail(list_id, "platform_failed", clock())


@transaction
def _fail(
    list_id: int, code: str, now: datetime, facts: Mapping[str, Any] = MappingProxyType({})
) -> None:
    row = lists.find(list_id)
    if row.state in lists.UNDER_WAY:
        row.state, row.fault, row.leased_until, row.finished_at = "failed", code, None, now
        told = {name: fact for name, fact in facts.items() if isinstance(fact, str | int)}
        row.totals = {"facts": told}


def _compare(row: PlatformList, progress: Progress) -> None:
    list_id, row_total = row.id, row.total
    lists.clear(list_id)
    sides = Sides(by_opportunity=Field.OPPORTUNITY in lists.layout_of(row).columns)
    sides.titles.update(lists.meant_by(row))
    _add_own(sides, row, progress)
    _add_said(sides, row, progress)
    totals = _totals(sides)
    met = list(progress.over(pairs(sides, chosen().hours), _BREATHER_ROWS))
    differing = [one for one in met if not one.is_alike]
    totals["alike"] = len(met) - len(differing)
    differing += [Pair(None, one) for one in sides.faulty]
    for begin in range(0, len(differing), _TOGETHER):
        _add([_line(list_id, one) for one in differing[begin : begin + _TOGETHER]])
        progress.reached(row_total)
    _finish(list_id, totals, progress.clock())


def _add_own(sides: Sides, row: PlatformList, progress: Progress) -> None:
    query = rows.listed(lists.wanted_of(row))
    with at_one_instant() as connection:
        together = connection.execution_options(yield_per=_TOGETHER)
        with together.execute(query) as own:
            for number, one in enumerate(progress.over(own, _BREATHER_ROWS), 1):
                if number > MOST_OWN:
                    raise Problem("platform_too_many", most=MOST_OWN)
                sides.add_own(one)
                if number % _TOGETHER == 0:
                    progress.reached(0)


def _add_said(sides: Sides, row: PlatformList, progress: Progress) -> None:
    layout = lists.layout_of(row)
    read = opened(row.content or b"").rows(row.look["sheet"])
    for number, one in enumerate(said_in(progress.over(read, _BREATHER_ROWS), layout), 1):
        refuse_more(number, MOST_ROWS)
        sides.add_said(one)
        if number % _TOGETHER == 0:
            progress.reached(number)
    if not sides.said and not sides.faulty:
        raise Problem("no_rows")


def _totals(sides: Sides) -> dict[str, Any]:
    """Of both sides, before they are compared."""
    own, said = sides.own.values(), sides.said.values()
    return {
        "by_opportunity": sides.by_opportunity,
        "unknown": sides.unknown.most_common(MOST_UNKNOWN),
        "here": _here(own),
        "named": _named(sides),
        "there": _sum(one.minutes for one in said)
        | {"people": len({one.mobile or one.folded for one in said})},
    }


def _named(sides: Sides) -> dict[str, Any]:
    """Where the platform's list names only some of our opportunities: which, and our side of
    these alone; else nothing."""
    own = sides.own_named()
    if not own or len(own) == len(sides.own):
        return {}
    ids = {one.opportunity_id for one in own if one.opportunity_id is not None}
    return {"opportunities": sorted(ids), "here": _here(own)} if ids else {}


def _here(own: Collection[Own]) -> dict[str, int]:
    return _sum(one.minutes for one in own) | {"people": len({one.person_id for one in own})}


def _sum(minutes: Iterable[int]) -> dict[str, int]:
    found = list(minutes)
    return {"rows": len(found), "minutes": sum(found)}


def _line(list_id: int, pair: Pair) -> dict[str, Any]:
    own, said = pair.own, pair.said
    fault = said.fault if said else ""
    return {
        "list_id": list_id,
        "side": _side(pair),
        "fault": fault,
        "hours_differ": pair.hours_differ,
        "names_differ": pair.names_differ,
        **_of_own(own),
        **_of_said(said),
    }


def _side(pair: Pair) -> str:
    if pair.said is None:
        return "here"
    if pair.said.fault:
        return "faulty"
    return "there" if pair.own is None else "both"


def _of_own(own: Own | None) -> dict[str, Any]:
    if own is None:
        return {"person_id": None, "opportunity_id": None, "approved_minutes": None}
    return {
        "person_id": own.person_id,
        "opportunity_id": own.opportunity_id,
        "approved_minutes": own.minutes,
    }


def _of_said(said: Said | None) -> dict[str, Any]:
    if said is None:
        blank = dict.fromkeys(("name", "mobile", "opportunity"), "")
        return {**blank, "number": None, "rows": 0, "minutes": None}
    return {
        "name": said.name,
        "mobile": said.mobile or "",
        "opportunity": said.opportunity,
        "number": said.number,
        "rows": said.rows,
        "minutes": None if said.fault else said.minutes,
    }


@transaction
def _add(found: Sequence[dict[str, Any]]) -> None:
    db.session.execute(insert(PlatformLine), found)


@transaction
def _finish(list_id: int, totals: dict[str, Any], now: datetime) -> None:
    row = lists.find(list_id)
    if row.state not in lists.UNDER_WAY:
        raise Stopped
    row.state, row.totals, row.leased_until, row.finished_at = "ready", totals, None, now
    row.total = row.done = totals["there"]["rows"]
    audit.note(
        "platform.compare", "platform_list", row.id, by=row.created_by_id, at=now, rows=row.total
    )
