"""The audit log as it is read: the latest acts first, each with whether its link still holds.

Scans are not among them: they are a log of their own, which nobody changes, and stand with the
record that they made. So nothing is added to what a scan writes.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select, tuple_

from checkin.database import AnyRow, db
from checkin.domain.days import day_bounds
from checkin.domain.errors import NotFound
from checkin.models import AuditEntry, AuditSeal, Grant, Person
from checkin.models.audit import NO_SCANS
from checkin.operations import audit
from checkin.operations.figures import naming
from checkin.operations.paging import PER_PAGE

MOST_LOOKED_AT = 20_000
"""Acts gone through for one page: what is seldom among them is looked for on the next."""
NOBODY = 0
"""By the application itself."""
_e = AuditEntry


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; nothing stands for all of it."""

    day: date | None = None
    by: int | None = None
    acts: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """`holds`: its link and the one before agree with its content; None before it is sealed."""

    entry: AuditEntry
    actor: str | None
    holds: bool | None


@dataclass(frozen=True, slots=True)
class Found:
    """`before`: where the next page goes on. `looked_until`: how far this one has looked, when it
    is not full and there is more."""

    lines: Sequence[Line]
    before: int | None
    looked_until: datetime | None = None


def page_of(wanted: Wanted, before: int | None = None) -> Found:
    """Those older than the entry numbered `before`, so that new ones move no page. NotFound."""
    going = _going(wanted.day, before)
    narrowed = (
        going.limit(MOST_LOOKED_AT).subquery() if wanted.by is not None or wanted.acts else None
    )
    asked = going if narrowed is None else _narrowed(narrowed, wanted)
    ids = [row.id for row in db.session.execute(asked.limit(PER_PAGE + 1))]
    shown = ids[:PER_PAGE]
    if len(ids) > PER_PAGE:
        return Found(_lines(shown), shown[-1])
    last = None
    if narrowed is not None:
        last = db.session.execute(going.offset(MOST_LOOKED_AT - 1).limit(1)).first()
    return Found(_lines(shown), last.id, last.at) if last else Found(_lines(shown), None)


def _going(day: date | None, before: int | None) -> Any:
    """All acts, the latest first, which an index has in this order."""
    query: Any = select(_e.id, _e.at, _e.actor_id, _e.act).where(NO_SCANS)
    if day is not None:
        begin, end = day_bounds(day)
        query = query.where(_e.at >= begin, _e.at < end)
    if before is not None:
        at = db.session.scalar(select(_e.at).where(_e.id == before))
        if at is None:
            raise NotFound("audit_entry")
        query = query.where(tuple_(_e.at, _e.id) < tuple_(at, before))
    return query.order_by(_e.at.desc(), _e.id.desc())


def _narrowed(going: Any, wanted: Wanted) -> Select[Any]:
    c, query = going.c, select(going.c.id)
    if wanted.by is not None:
        query = query.where(c.actor_id == wanted.by if wanted.by else c.actor_id.is_(None))
    if wanted.acts:
        query = query.where(c.act.in_(wanted.acts))
    return query.order_by(c.at.desc(), c.id.desc())


def _lines(ids: Sequence[int]) -> list[Line]:
    rows = db.session.execute(
        select(_e, AuditSeal.n, AuditSeal.hash, Person.name)
        .outerjoin(AuditSeal, AuditSeal.entry_id == _e.id)
        .outerjoin(Person, Person.id == _e.actor_id)
        .where(_e.id.in_(ids))
        .order_by(_e.at.desc(), _e.id.desc())
    ).all()
    before = _hashes(row.n - 1 for row in rows if row.n)
    return [Line(row.AuditEntry, row.name, _holds(row, before)) for row in rows]


def _hashes(numbers: Iterable[int]) -> dict[int, str]:
    """By the number of the link; before the first there is one that everybody knows."""
    query = select(AuditSeal.n, AuditSeal.hash).where(AuditSeal.n.in_(list(numbers)))
    return {0: audit.FIRST} | {row.n: row.hash for row in db.session.execute(query)}


def _holds(row: AnyRow, before: Mapping[int, str]) -> bool | None:
    if row.n is None:
        return None
    previous = before.get(row.n - 1)
    return previous is not None and audit.link(previous, row.AuditEntry) == row.hash


# --- around the list -----------------------------------------------------------------------


def last_seal() -> AnyRow | None:
    """The newest link: its number `n`, and `at` of its entry."""
    query = select(AuditSeal.n, _e.at).join(_e, _e.id == AuditSeal.entry_id)
    return db.session.execute(query.order_by(AuditSeal.n.desc()).limit(1)).first()


def staff(also: int | None = None) -> list[AnyRow]:
    """Who holds or held a role, by name, whom a reader may choose; `also` somebody asked for."""
    ever = select(Grant.person_id)
    query = select(Person.id, Person.name).where(Person.id.in_(ever) | (Person.id == also))
    return list(db.session.execute(query.order_by(Person.name_folded, Person.id)))


def names(things: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Any]:
    """What these things (pairs of kind and id) are called, where they have names: a person's name,
    or both names of a place or a plan."""
    asked: defaultdict[str, set[int]] = defaultdict(set)
    for thing, key in things:
        asked[thing].add(key)
    found: dict[tuple[str, int], Any] = {}
    for thing, keys in asked.items():
        if thing == "person":
            query = select(Person.id, Person.name).where(Person.id.in_(keys))
            found |= {(thing, row.id): row.name for row in db.session.execute(query)}
        elif thing in naming.MODELS:
            named = naming.names(thing, keys)
            found |= {(thing, key): one for key, one in named.items()}
    return found
