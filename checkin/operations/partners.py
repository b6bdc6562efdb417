"""Bodies whose members volunteer: universities, health societies, scouts."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased, joinedload

from checkin.database import db, transaction
from checkin.domain.errors import NotFound
from checkin.models import Membership, Partner, Person
from checkin.operations import catalogue, people
from checkin.operations.identity import living, one_person
from checkin.operations.paging import Page, count, shown

KINDS = ("education", "health", "charity", "scouts", "government", "company")


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerPlan:
    """What a coordinator says about a partner."""

    name_ar: str
    name_en: str = ""
    kind: str = "charity"
    contact_name: str = ""
    contact_mobile: str | None = None
    contact_email: str | None = None


@catalogue.unique()
@transaction
def create(plan: PartnerPlan, *, by: int | None, now: datetime) -> int:
    """A new partner's id; Problem `name_taken`."""
    catalogue.refuse_namesake(Partner, plan.name_ar)
    return catalogue.keep(Partner(**asdict(plan)), by=by, now=now)


@catalogue.unique()
@transaction
def change(partner_id: int, plan: PartnerPlan, *, by: int, now: datetime) -> None:
    """Problem `name_taken`."""
    partner = find(partner_id)
    catalogue.refuse_namesake(Partner, plan.name_ar, partner)
    catalogue.change(partner, asdict(plan), by=by, now=now)


@transaction
def close(partner_id: int, *, by: int, now: datetime) -> None:
    """No new members; those it has, and their attendance, stay with it."""
    catalogue.close(find(partner_id), by=by, now=now)


@transaction
def reopen(partner_id: int, *, by: int, now: datetime) -> None:
    catalogue.reopen(find(partner_id), by=by, now=now)


def find(partner_id: int) -> Partner:
    return catalogue.found(Partner, partner_id)


def all_partners() -> list[Partner]:
    return catalogue.all_of(Partner)


def choosable(keep: int | None = None) -> list[Partner]:
    return catalogue.listed(Partner, keep)


def member_counts() -> dict[int, int]:
    """How many people belong to each partner now."""
    rows = db.session.execute(
        select(Person.partner_id, func.count())
        .where(Person.partner_id.is_not(None), living())
        .group_by(Person.partner_id)
    )
    return {partner_id: number for partner_id, number in rows if partner_id is not None}


def members(partner_id: int, number: int = 1, text: str = "") -> Page:
    """A page of memberships, each with who it is: those that last first, by name."""
    query = _memberships(partner_id, text)
    rows = db.session.execute(shown(query, number)).all()
    return Page.of(rows, count(query), number)


def membership(partner_id: int, membership_id: int) -> Membership:
    """One that lasts, with its person; NotFound."""
    one = db.session.scalar(
        select(Membership)
        .where(Membership.id == membership_id, Membership.partner_id == partner_id)
        .where(Membership.until_on.is_(None))
        .options(joinedload(Membership.person))
    )
    if one is None or one.person.merged_into_id is not None:
        raise NotFound("membership")
    return one


def _memberships(partner_id: int, text: str) -> Select[Any]:
    """`Membership` and the `Person` it means, also where the row was merged into another."""
    row, who = aliased(Person), aliased(Person, name="who")
    both: tuple[Any, ...] = (Membership, who)
    query: Select[Any] = (
        select(*both)
        .join(row, row.id == Membership.person_id)
        .join(who, who.id == one_person(row))
        .where(Membership.partner_id == partner_id, who.erased_at.is_(None))
        .order_by(Membership.until_on.is_not(None), who.name_folded, Membership.id)
    )
    if text.strip():
        query = query.where(who.id.in_(people.matching(text).order_by(None)))
    return query
