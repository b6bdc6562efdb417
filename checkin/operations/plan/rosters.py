"""Whom a copied week takes along: everybody who is still free; who is not is left out and named."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from checkin.database import AnyRow, db
from checkin.domain.hours import Interval, overlap
from checkin.models import Assignment, AuditEntry, Person, Shift
from checkin.operations import audit
from checkin.operations.identity import living, one_person

PLANNED = ("roster", "joined")
"""Who walked in or waited for a place was not planned."""


class Why(StrEnum):
    """Why somebody of last week's roster is not expected again."""

    ELSEWHERE = "elsewhere"
    """Expected on another shift at that time."""
    HELD = "held"
    """May not check in now: suspended, or a guardian has not agreed."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Somebody who was expected last week and is not on the copy."""

    person_id: int
    name: str
    why: Why


@dataclass(frozen=True, slots=True)
class Taken:
    """How many are expected on the copies, and how many of last week's are not any more."""

    along: int = 0
    left_out: int = 0


def take_along(copies: Mapping[int, Shift], *, by: int, now: datetime) -> Taken:
    """Expect on each copy whoever was expected on the shift it was made from, named by its id.

    Part of the caller's transaction. Whoever joined by themselves is on a roster from now on.
    """
    before = _expected(copies)
    people = _hold({row.who for rows in before.values() for row in rows})
    engaged = _engaged(people, copies.values())
    along = left_out = 0
    for shift_id, copy in copies.items():
        leads = {row.who: row.is_lead for row in before[shift_id] if row.who in people}
        missing = _missing(copy, leads, people, engaged)
        coming = [who for who in leads if who not in missing]
        _expect(copy, {who: leads[who] for who in coming}, missing, by, now)
        along, left_out = along + len(coming), left_out + len(missing)
    return Taken(along, left_out)


def _expected(shift_ids: Collection[int]) -> dict[int, list[AnyRow]]:
    """By shift, who was planned for it; whoever was merged since is who they are."""
    a = Assignment
    rows = db.session.execute(
        select(a.shift_id, a.is_lead, one_person().label("who"))
        .join(Person, Person.id == a.person_id)
        .where(a.shift_id.in_(shift_ids), a.how.in_(PLANNED))
        .order_by(a.id)
    )
    found: dict[int, list[AnyRow]] = defaultdict(list)
    for row in rows:
        found[row.shift_id].append(row)
    return found


def _hold(person_ids: Collection[int]) -> dict[int, Person]:
    """These people as they are now, locked in order of id; whoever is gone is passed over."""
    query = select(Person).where(Person.id.in_(person_ids), living()).order_by(Person.id)
    locked = query.with_for_update().execution_options(populate_existing=True)
    return {person.id: person for person in db.session.scalars(locked)}


def _engaged(people: Collection[int], copies: Iterable[Shift]) -> dict[int, list[Interval]]:
    """By person, when they are expected somewhere while the copies last."""
    spans = [(copy.starts_at, copy.ends_at) for copy in copies]
    found: dict[int, list[Interval]] = defaultdict(list)
    if not spans or not people:
        return found
    rows = db.session.execute(
        select(Assignment.person_id, Shift.starts_at, Shift.ends_at)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(Assignment.person_id.in_(people), Assignment.how != "waiting")
        .where(Shift.cancelled_at.is_(None))
        .where(Shift.starts_at < max(end for _, end in spans))
        .where(Shift.ends_at > min(start for start, _ in spans))
    )
    for row in rows:
        found[row.person_id].append((row.starts_at, row.ends_at))
    return found


def _missing(
    copy: Shift,
    wanted: Iterable[int],
    people: Mapping[int, Person],
    engaged: Mapping[int, list[Interval]],
) -> dict[int, Why]:
    """Who of those wanted is not free; the others are engaged from now on."""
    span, missing = (copy.starts_at, copy.ends_at), {}
    for who in wanted:
        if not people[who].may_check_in:
            missing[who] = Why.HELD
        elif overlap([span], engaged[who]):
            missing[who] = Why.ELSEWHERE
        else:
            engaged[who].append(span)
    return missing


def _expect(
    copy: Shift, leads: Mapping[int, bool], missing: Mapping[int, Why], by: int, now: datetime
) -> None:
    db.session.add_all(
        Assignment(shift_id=copy.id, person_id=who, is_lead=lead, created_at=now, created_by_id=by)
        for who, lead in leads.items()
    )
    db.session.flush()
    if leads or missing:
        left_out = {str(who): why.value for who, why in missing.items()}
        facts = {"people": [*leads], "left_out": left_out}
        audit.note("roster.copy", "shift", copy.id, by=by, at=now, **facts)


def left_out(shift_ids: Collection[int]) -> dict[int, list[LeftOut]]:
    """By draft, who of last week's roster was left out and is not on it meanwhile, by name."""
    missing = _left_out_ids(shift_ids)
    a, named = Assignment, {who for those in missing.values() for who in those}
    held = select(a.shift_id, a.person_id).where(a.shift_id.in_(missing))
    back = {(row.shift_id, row.person_id) for row in db.session.execute(held)}
    query = select(Person.id, Person.name).where(Person.id.in_(named), living())
    people = db.session.execute(query.order_by(Person.name_folded, Person.id)).all()
    found: dict[int, list[LeftOut]] = defaultdict(list)
    for shift_id, those in missing.items():
        for row in people:
            if row.id in those and (shift_id, row.id) not in back:
                found[shift_id].append(LeftOut(row.id, row.name, Why(those[row.id])))
    return found


def _left_out_ids(shift_ids: Collection[int]) -> dict[int, dict[int, str]]:
    """As the log has it; a number that a dropped draft had before begins anew."""
    e = AuditEntry
    rows = db.session.execute(
        select(e.thing_id, e.act, e.facts)
        .where(e.thing == "shift", e.thing_id.in_(shift_ids))
        .where(e.act.in_(("shift.create", "roster.copy")))
        .order_by(e.id)
    )
    found: dict[int, dict[int, str]] = {}
    for shift_id, act, facts in rows:
        noted = facts["left_out"] if act == "roster.copy" else {}
        found[shift_id] = {int(who): why for who, why in noted.items()}
    return {shift_id: those for shift_id, those in found.items() if those}
