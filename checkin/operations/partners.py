"""Bodies whose members volunteer: universities, health societies, scouts."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import func, select

from checkin.database import db, transaction
from checkin.models import Partner, Person
from checkin.operations import catalogue
from checkin.operations.identity import living

KINDS = ("education", "health", "charity", "scouts", "government", "company")


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerPlan:
    """What a coordinator says about a partner."""

    name_ar: str
    name_en: str = ""
    kind: str = "charity"


@catalogue.unique()
@transaction
def create(plan: PartnerPlan, *, by: int | None, now: datetime) -> int:
    """A new partner's id; Problem `name_taken`."""
    return catalogue.keep(Partner(**asdict(plan)), by=by, now=now)


@catalogue.unique()
@transaction
def change(partner_id: int, plan: PartnerPlan, *, by: int, now: datetime) -> None:
    """Problem `name_taken`."""
    catalogue.change(find(partner_id), asdict(plan), by=by, now=now)


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
