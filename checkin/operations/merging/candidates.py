"""Who may have been entered twice: one mobile, then one name and one thing more, then a name."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import islice

from sqlalchemy import ColumnElement, case, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from checkin.database import AnyRow, db
from checkin.domain.likeness import alike
from checkin.models import Apart, Attendance, Opportunity, Person, Shift
from checkin.operations.identity import living

PER_PAGE = 20
FEWEST_NAMES = 3
"""A name of fewer words is too common to say anything by itself."""
MOST_NAMESAKES = 3
"""So is one that more people share; it would also make pairs without number."""


MOST_BESIDE = 10


class Reason(StrEnum):
    """Why two rows may be one person."""

    MOBILE = "mobile"
    """The same mobile, and names alike."""
    BIRTH_YEAR = "birth_year"
    """The same name and the same year of birth."""
    PARTNER = "partner"
    """The same name at the same partner."""
    NAME = "name"
    """The same name of three words or more that few share, and nothing against it."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two rows, the older one first."""

    first: Person
    second: Person
    reason: Reason


@dataclass(frozen=True, slots=True)
class Pairs:
    """Some of the pairs, and how many there are in all."""

    items: list[Pair]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What one row has behind it."""

    attendances: int = 0
    approved_minutes: int = 0
    last_on: date | None = None


def page_of(number: int, per_page: int = PER_PAGE) -> Pairs:
    """The pairs nobody has called two people: those of one mobile first, a mere name last."""
    found = _without_apart([*_by_mobile(), *_by_name()])
    start = (number - 1) * per_page
    shown = found[start : start + per_page]
    people = _people({person_id for one, other, _ in shown for person_id in (one, other)})
    items = [Pair(people[one], people[other], reason) for one, other, reason in shown]
    return Pairs(items, len(found), number, max(-(-len(found) // per_page), 1))


def standings(person_ids: Collection[int]) -> dict[int, Standing]:
    """By row: attendances that were not cancelled, approved volunteering, the last day."""
    a, served = Attendance, Opportunity.kind == "service"
    rows = db.session.execute(
        select(
            a.volunteer_id,
            func.count().label("attendances"),
            func.coalesce(func.sum(case((served, a.approved_minutes))), 0).label("minutes"),
            func.max(a.work_on).label("last_on"),
        )
        .join(Shift, Shift.id == a.shift_id)
        .join(Opportunity, Opportunity.id == Shift.opportunity_id)
        .where(a.volunteer_id.in_(person_ids), a.state != "cancelled")
        .group_by(a.volunteer_id)
    )
    known = {
        row.volunteer_id: Standing(row.attendances, int(row.minutes), row.last_on) for row in rows
    }
    return {person_id: known.get(person_id, Standing()) for person_id in person_ids}


def beside(person: Person) -> list[Person]:
    """Others with somebody's mobile or whole name, those of the mobile first, with their partners.

    Whoever was called another person stays out.
    """
    p = Person
    same_mobile = p.mobile == person.mobile if person.mobile else false()
    read = (
        select(p)
        .where(living(), p.id != person.id)
        .where(or_(same_mobile, p.name_folded == person.name_folded))
        .options(joinedload(p.partner))
        .order_by(case((same_mobile, 0), else_=1), p.id)
    )
    apart = _apart_from(person.id)
    found = (one for one in db.session.scalars(read) if one.id not in apart)
    return list(islice(found, MOST_BESIDE))


def twin_of(person: Person) -> Person | None:
    """Who shares somebody's mobile under a name like theirs, as `page_of` would offer the two."""
    if person.mobile is None:
        return None
    sharing = (one for one in beside(person) if one.mobile == person.mobile)
    return next((one for one in sharing if _alike(person, one)), None)


def _apart_from(person_id: int) -> set[int]:
    either = or_(Apart.first_id == person_id, Apart.second_id == person_id)
    rows = db.session.execute(select(Apart.first_id, Apart.second_id).where(either))
    return {one for row in rows for one in row}


_Found = tuple[int, int, Reason]


def _by_mobile() -> list[_Found]:
    shared = (
        select(Person.mobile)
        .where(Person.mobile.is_not(None))
        .group_by(Person.mobile)
        .having(func.count() > 1)
    )
    p = Person
    rows = db.session.execute(
        select(p.id, p.mobile, p.name_folded, p.latin_folded)
        .where(living(), p.mobile.in_(shared))
        .order_by(p.mobile, p.id)
    ).all()
    return [
        (one.id, other.id, Reason.MOBILE)
        for one, other in _within(rows, "mobile")
        if _alike(one, other)
    ]


def _by_name() -> list[_Found]:
    same = (
        select(Person.name_folded)
        .where(living(), Person.name_folded != "")
        .group_by(Person.name_folded)
        .having(func.count() > 1)
    )
    p = Person
    rows = db.session.execute(
        select(p.id, p.name_folded, p.mobile, p.birth_year, p.partner_id, p.gender)
        .where(living(), p.name_folded.in_(same))
        .where(or_(p.birth_year.is_not(None), p.partner_id.is_not(None), _is_full(p.name_folded)))
        .order_by(p.name_folded, p.id)
    ).all()
    shared_by = Counter(row.name_folded for row in rows)
    found = []
    for one, other in _within(rows, "name_folded"):
        reason = _agree(one, other, shared_by[one.name_folded])
        if reason is not None and (one.mobile is None or one.mobile != other.mobile):
            found.append((one.id, other.id, reason))
    return sorted(found, key=lambda pair: pair[2] is Reason.NAME)


def _within(rows: Sequence[AnyRow], by: str) -> Iterable[tuple[AnyRow, AnyRow]]:
    """Each two rows that agree; they come together."""
    for at, one in enumerate(rows):
        for other in rows[at + 1 :]:
            if getattr(one, by) != getattr(other, by):
                break
            yield one, other


def _alike(one: AnyRow | Person, other: AnyRow | Person) -> bool:
    if alike(one.name_folded, other.name_folded):
        return True
    return bool(one.latin_folded) and alike(one.latin_folded, other.latin_folded)


def _agree(one: AnyRow, other: AnyRow, namesakes: int) -> Reason | None:
    if one.birth_year is not None and one.birth_year == other.birth_year:
        return Reason.BIRTH_YEAR
    if None not in (one.birth_year, other.birth_year):
        return None
    if one.partner_id is not None and one.partner_id == other.partner_id:
        return Reason.PARTNER
    is_full = one.name_folded.count(" ") >= FEWEST_NAMES - 1
    one_gender = None in (one.gender, other.gender) or one.gender == other.gender
    return Reason.NAME if is_full and one_gender and namesakes <= MOST_NAMESAKES else None


def _is_full(name: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    return name.like("% " * (FEWEST_NAMES - 1) + "_%")


def _without_apart(found: list[_Found]) -> list[_Found]:
    rows = db.session.execute(select(Apart.first_id, Apart.second_id))
    apart = {(row.first_id, row.second_id) for row in rows}
    return [one for one in found if one[:2] not in apart]


def _people(person_ids: Collection[int]) -> dict[int, Person]:
    read = select(Person).where(Person.id.in_(person_ids)).options(joinedload(Person.partner))
    return {person.id: person for person in db.session.scalars(read)}
