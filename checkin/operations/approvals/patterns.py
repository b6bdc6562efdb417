"""How each supervisor decides, for coordinators to see: a report that blocks nothing."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from sqlalchemy import ColumnElement, func, select

from checkin.database import AnyRow, db
from checkin.models import Decision, Person, Sample

LOOKS_BACK = timedelta(days=30)
DECIDED = ("approve", "adjust", "propose", "confirm", "reject")
PAUSE = timedelta(minutes=10)
"""Longer than this between two decisions, somebody did something else meanwhile."""
PAIR_FROM = 5
"""Fewer decisions about one volunteer say nothing about the two."""


@dataclass(slots=True)
class Pattern:
    """One person's decisions of the last month."""

    person_id: int
    name: str
    decisions: int = 0
    adjusted: int = 0
    as_suggested: int = 0
    in_bulk: int = 0
    """Of those as suggested: pressed together with others."""
    seconds: int | None = None
    """The median from one single decision to the next; empty without two close together."""
    pairs: list["Pair"] = field(default_factory=list)
    looked_at: int = 0
    not_agreed: int = 0


@dataclass(frozen=True, slots=True)
class Pair:
    """A volunteer about whom mostly one person decides."""

    name: str
    decisions: int
    of: int
    """All decisions about this volunteer, whoever made them."""


def patterns(now: datetime) -> list[Pattern]:
    """Everybody who decided in the last 30 days, most decisions first."""
    since = now - LOOKS_BACK
    mine: dict[int, list[AnyRow]] = defaultdict(list)
    for moment in _moments(since):
        mine[moment.decided_by_id].append(moment)
    pairs, samples = _pairs(since), _samples(since)
    found = [
        _pattern(by, own, pairs.get(by, []), samples.get(by, (0, 0))) for by, own in mine.items()
    ]
    _name(found)
    return sorted(found, key=lambda one: (-one.decisions, one.name))


def _since(since: datetime) -> tuple[ColumnElement[bool], ...]:
    return Decision.at >= since, Decision.action.in_(DECIDED)


def _moments(since: datetime) -> Iterable[AnyRow]:
    """Who decided what at which instant, and how often: a whole shift pressed at once is one."""
    at, action = Decision.at, Decision.action
    decided = select(_BY, at, action, func.count().label("number")).where(*_since(since))
    return db.session.execute(decided.group_by(_BY, at, action).order_by(at))


# "+ 0" keeps SQLite from the index of who decided, which holds all years
_BY = (Decision.decided_by_id + 0).label("decided_by_id")


def _pattern(by: int, own: list[AnyRow], pairs: list["Pair"], sampled: tuple[int, int]) -> Pattern:
    by_action: Counter[str] = Counter()
    for row in own:
        by_action[row.action] += row.number
    bulk = {row.at: row.number for row in own if row.action == "approve" and row.number > 1}
    singles = [row.at for row in own if row.at not in bulk for _ in range(row.number)]
    return Pattern(
        by,
        "",
        decisions=by_action.total(),
        adjusted=by_action["adjust"] + by_action["propose"],
        as_suggested=by_action["approve"],
        in_bulk=sum(bulk.values()),
        seconds=_seconds(singles),
        pairs=pairs,
        looked_at=sampled[0],
        not_agreed=sampled[1],
    )


def _seconds(singles: list[datetime]) -> int | None:
    gaps = [later - one for one, later in pairwise(singles)]
    near = [gap.total_seconds() for gap in gaps if gap <= PAUSE]
    return round(median(near)) if near else None


def _pairs(since: datetime) -> dict[int, list[Pair]]:
    """By decider: volunteers decided about often, and nearly always by this one person."""
    d, number = Decision, func.count()
    counted = (
        select(
            *(_BY, d.subject_id, number.label("mine")),
            func.sum(number).over(partition_by=d.subject_id).label("of"),
        )
        .where(*_since(since))
        .group_by(_BY, d.subject_id)
        .subquery()
    )
    c = counted.c
    close = select(c.decided_by_id, c.mine, c.of, Person.name).join(
        Person, Person.id == c.subject_id
    )
    found: dict[int, list[Pair]] = defaultdict(list)
    for row in db.session.execute(close.where(c.mine >= PAIR_FROM, c.mine * 10 >= c.of * 9)):
        found[row.decided_by_id].append(Pair(row.name, row.mine, int(row.of)))
    for pairs in found.values():
        pairs.sort(key=lambda pair: (-pair.decisions, pair.name))
    return found


def _samples(since: datetime) -> dict[int, tuple[int, int]]:
    """By decider: how many samples were looked at, and how many not agreed with."""
    rows = db.session.execute(
        select(Decision.decided_by_id, Sample.agrees, func.count().label("number"))
        # "+ 0" keeps SQLite from looking for each decision's sample
        .join(Decision, Decision.id == Sample.decision_id + 0)
        .where(Sample.looked_at >= since)
        .group_by(Decision.decided_by_id, Sample.agrees)
    )
    found: dict[int, tuple[int, int]] = {}
    for row in rows:
        looked_at, not_agreed = found.get(row.decided_by_id, (0, 0))
        found[row.decided_by_id] = (
            looked_at + row.number,
            not_agreed + (0 if row.agrees else row.number),
        )
    return found


def _name(found: list[Pattern]) -> None:
    ids = [one.person_id for one in found]
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    names = {row.id: row.name for row in rows}
    for one in found:
        one.name = names[one.person_id]
