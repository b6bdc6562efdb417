"""How each supervisor decides, for coordinators to see: a report that blocks nothing."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from sqlalchemy import func, select

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
    rows = _rows(now - LOOKS_BACK)
    about = Counter(row.subject_id for row in rows)
    mine: dict[int, list[AnyRow]] = defaultdict(list)
    for row in rows:
        mine[row.decided_by_id].append(row)
    samples = _samples(now - LOOKS_BACK)
    found = [_pattern(own, about, samples) for own in mine.values()]
    _name(found)
    return sorted(found, key=lambda one: (-one.decisions, one.name))


def _rows(since: datetime) -> list[AnyRow]:
    d = Decision
    return list(
        db.session.execute(
            select(d.id, d.decided_by_id, d.subject_id, d.action, d.at)
            .where(d.at >= since, d.action.in_(DECIDED))
            .order_by(d.at, d.id)
        )
    )


def _pattern(
    own: list[AnyRow], about: Counter[int], samples: dict[int, tuple[int, int]]
) -> Pattern:
    by = own[0].decided_by_id
    together = Counter(row.at for row in own if row.action == "approve")
    bulk = {at for at, count in together.items() if count > 1}
    looked_at, not_agreed = samples.get(by, (0, 0))
    return Pattern(
        by,
        "",
        decisions=len(own),
        adjusted=sum(row.action in ("adjust", "propose") for row in own),
        as_suggested=sum(row.action == "approve" for row in own),
        in_bulk=sum(row.action == "approve" and row.at in bulk for row in own),
        seconds=_seconds([row.at for row in own if row.at not in bulk]),
        pairs=_pairs(own, about),
        looked_at=looked_at,
        not_agreed=not_agreed,
    )


def _seconds(singles: list[datetime]) -> int | None:
    gaps = [later - one for one, later in pairwise(singles)]
    near = [gap.total_seconds() for gap in gaps if gap <= PAUSE]
    return round(median(near)) if near else None


def _pairs(own: list[AnyRow], about: Counter[int]) -> list[Pair]:
    """Volunteers decided about often, and nearly always by this one person."""
    mine = Counter(row.subject_id for row in own)
    close = {
        subject: count
        for subject, count in mine.items()
        if count >= PAIR_FROM and count * 10 >= about[subject] * 9
    }
    names = _names(close)
    pairs = [Pair(names[subject], count, about[subject]) for subject, count in close.items()]
    return sorted(pairs, key=lambda pair: (-pair.decisions, pair.name))


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
    names = _names([one.person_id for one in found])
    for one in found:
        one.name = names[one.person_id]


def _names(people: Iterable[int]) -> dict[int, str]:
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(list(people))))
    return {row.id: row.name for row in rows}
