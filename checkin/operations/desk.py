"""A partner's desk: its members, their attendance and hours of their days with it, what comes.

An attendance is a partner's when its volunteer belonged to it on that day (`memberships.py`).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from checkin.database import db, transaction
from checkin.domain.errors import NotFound
from checkin.domain.text import latin_digits
from checkin.models import Attendance, Membership, Opportunity, Partner, Person, Shift
from checkin.operations import audit, people
from checkin.operations.coming import Coming, coming_of
from checkin.operations.figures import Filter, Measure, attendances_behind, count_behind
from checkin.operations.figures.definitions import BEHIND
from checkin.operations.figures.spans import Span
from checkin.operations.identity import living, one_person, rows_of
from checkin.operations.paging import PER_PAGE, Page, count, shown
from checkin.operations.permissions import Reach

EXPORTED_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who belonged to the partner in these days, and what they did for it in them."""

    person_id: int
    name: str
    from_on: date
    until_on: date | None
    approved_minutes: int = 0
    waiting_minutes: int = 0
    beneficiaries: int = 0
    attendances: int = 0


# --- whose desk ----------------------------------------------------------------------------


def partners_within(reach: Reach) -> list[Partner]:
    """Whose desks somebody may sit at, by name."""
    return list(db.session.scalars(_within(reach).order_by(Partner.name_ar)))


def find(partner_id: int, reach: Reach) -> Partner:
    """NotFound for any partner beyond the reach."""
    partner = db.session.scalar(_within(reach).where(Partner.id == partner_id))
    if partner is None:
        raise NotFound("partner")
    return partner


def _within(reach: Reach) -> Select[Partner]:
    query = select(Partner)
    return query if reach.everywhere else query.where(Partner.id.in_(reach.partner_ids))


# --- members -------------------------------------------------------------------------------


def members(partner_id: int, year: Span, text: str = "", number: int = 1) -> Page:
    """A page of those who belonged to the partner in the year, by name."""
    found = _members(partner_id, year, text)
    return Page.of(_with_sums(partner_id, year, shown(found, number)), count(found), number)


def member_count(partner_id: int, year: Span) -> int:
    """How many people belonged to the partner in the year."""
    return count(_members(partner_id, year, ""))


def all_members(partner_id: int, year: Span, text: str = "") -> list[Member]:
    """Every page of the same."""
    return _with_sums(partner_id, year, _members(partner_id, year, text))


def _members(partner_id: int, year: Span, text: str) -> Select[Any]:
    m, row, who = Membership, aliased(Person), aliased(Person)
    goes_on = func.count() > func.count(m.until_on)
    query: Select[Any] = (
        select(
            *(who.id, who.name, func.min(m.from_on).label("from_on")),
            case((goes_on, None), else_=func.max(m.until_on)).label("until_on"),
        )
        .select_from(m)
        .join(row, row.id == m.person_id)
        .join(who, who.id == one_person(row))
        .where(m.partner_id == partner_id, who.erased_at.is_(None), m.from_on <= year.last)
        .where(or_(m.until_on.is_(None), m.until_on >= year.first))
        .group_by(who.id, who.name, who.name_folded)
        .order_by(who.name_folded, who.id)
    )
    if text.strip():
        query = query.where(_called(who, text))
    return query


def _called(who: Any, text: str) -> ColumnElement[bool]:
    """By name or a person's own number: who sees no mobile does not find anybody by one either."""
    typed = latin_digits(text).strip()
    found: ColumnElement[bool] = false()
    if typed.isascii() and typed.isdigit():
        found = who.id == int(typed[:9])
    elif not any(character.isdigit() or character in "@#=" for character in typed):
        found = who.id.in_(people.matching(text).order_by(None))
    return found


def _with_sums(partner_id: int, year: Span, found: Select[Any]) -> list[Member]:
    rows = db.session.execute(found).all()
    sums = _sums(partner_id, year, [row.id for row in rows])
    return [Member(*row, *sums.get(row.id, ())) for row in rows]


def _sums(partner_id: int, year: Span, ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    found: dict[int, tuple[int, ...]] = {}
    for begin in range(0, len(ids), EXPORTED_AT_ONCE):
        some = ids[begin : begin + EXPORTED_AT_ONCE]
        for person_id, *sums in db.session.execute(_summed(partner_id, year, some)):
            found[person_id] = tuple(map(int, sums))
    return found


def _summed(partner_id: int, year: Span, ids: Collection[int]) -> Select[Any]:
    """By person: the definitions of the figures, over a year's attendance for the partner."""
    a, row = Attendance, aliased(Person)
    approved, waits = BEHIND[Measure.APPROVED], BEHIND[Measure.WAITING]
    query: Select[Any] = (
        select(
            one_person(row),
            func.coalesce(func.sum(case((approved, a.approved_minutes))), 0),
            func.coalesce(func.sum(case((waits, a.credited_minutes))), 0),
            func.coalesce(func.sum(case((approved, a.approved_beneficiaries))), 0),
            func.count(case((approved, a.id))),
        )
        .select_from(a)
        .join(row, row.id == a.volunteer_id)
        .join(Shift, Shift.id == a.shift_id)
        .join(Opportunity, Opportunity.id == Shift.opportunity_id)
        .where(a.volunteer_id.in_(rows_of(*ids)), a.partner_id == partner_id)
        .where(a.work_on.between(year.first, year.last))
    )
    return query.group_by(one_person(row))


# --- attendance ----------------------------------------------------------------------------


def attendances(partner_id: int, measure: Measure, days: tuple[date, date], number: int) -> Page:
    """A page of what stands behind a figure of the desk, the latest first."""
    wanted = filter_of(partner_id, days)
    total = count_behind(measure, wanted)
    items = attendances_behind(measure, wanted, page=number, size=PER_PAGE)
    return Page.of(items, total, number)


def all_attendances(
    partner_id: int, measure: Measure, days: tuple[date, date]
) -> Sequence[Attendance]:
    """Every page of the same."""
    wanted, number = filter_of(partner_id, days), 0
    found: list[Attendance] = []
    while number * EXPORTED_AT_ONCE <= len(found):
        number += 1
        found += attendances_behind(measure, wanted, page=number, size=EXPORTED_AT_ONCE)
    return found


def filter_of(partner_id: int, days: tuple[date, date]) -> Filter:
    """What a partner's figures and records of these days are asked by."""
    return Filter(Reach(everywhere=True), *days, partner_id=partner_id)


def of_member(partner_id: int, person_id: int, number: int = 1) -> tuple[Person, Page]:
    """Somebody who belongs or belonged to the partner, and their attendance of those days.

    NotFound for anybody else.
    """
    person = db.session.scalar(select(Person).where(Person.id == person_id, living()))
    own = Membership.person_id.in_(rows_of(person_id)), Membership.partner_id == partner_id
    if person is None or not db.session.scalar(select(exists().where(and_(*own)))):
        raise NotFound("person")
    a = Attendance
    place = joinedload(a.shift)
    rows = (
        select(a)
        .where(a.volunteer_id.in_(rows_of(person_id)), a.partner_id == partner_id)
        .where(a.state != "cancelled")
        .options(place.joinedload(Shift.opportunity), place.joinedload(Shift.site))
        .order_by(a.work_on.desc(), a.id.desc())
    )
    items = db.session.scalars(shown(rows, number)).all()
    return person, Page.of(items, count(rows), number)


# --- what comes ----------------------------------------------------------------------------


def coming(partner_id: int, now: datetime) -> list[Coming]:
    """The next shifts on which today's members are expected."""
    return coming_of(Person.partner_id == partner_id, now)


# --- what leaves the house -----------------------------------------------------------------


@transaction
def note_export(partner_id: int, what: str, rows: int, *, by: int, now: datetime) -> None:
    """People's records were handed over as a file: how many, of which list."""
    audit.note("partner.export", "partner", partner_id, by=by, at=now, list=what, rows=rows)
