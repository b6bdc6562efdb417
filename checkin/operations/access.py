"""Who holds which role, looked at again from time to time: still needed, or ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from checkin.database import AnyRow, db, transaction
from checkin.domain.errors import NotFound, Problem
from checkin.domain.roles import Role
from checkin.models import Device, Grant, Partner, Person, Site
from checkin.operations import audit, grants

REVIEW_EVERY = timedelta(days=90)
"""A role nobody has looked at for three months is overdue."""
ENDS_SOON = timedelta(days=14)
PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Holders:
    """Some of the roles held: `Grant`, `Person`, `Site`, `Partner`, `seen_on`, `reviewer`."""

    items: Sequence[AnyRow]
    total: int
    overdue: int
    endless: int
    soon: int
    page: int
    pages: int


def page_of(number: int, *, by: int, now: datetime, per_page: int = PER_PAGE) -> Holders:
    """The roles that `by` may give, in force or to come; looked at longest ago first."""
    g, reviewer = Grant, aliased(Person)
    mine = (or_(g.until_at.is_(None), g.until_at > now), g.role.in_(grants.grantable(by, now)))
    looked = func.coalesce(g.reviewed_at, g.from_at)
    total, overdue, endless, soon = db.session.execute(
        select(
            func.count(),
            func.count().filter(looked <= now - REVIEW_EVERY),
            func.count().filter(g.until_at.is_(None)),
            func.count().filter(g.until_at <= now + ENDS_SOON),
        ).where(*mine)
    ).one()
    seen = select(func.max(Device.seen_on)).where(Device.person_id == g.person_id).scalar_subquery()
    rows = db.session.execute(
        select(
            *(g, Person, Site, Partner, seen.label("seen_on")),
            reviewer.name.label("reviewer"),
        )
        .join(Person, Person.id == g.person_id)
        .outerjoin(Site, Site.id == g.site_id)
        .outerjoin(Partner, Partner.id == g.partner_id)
        .outerjoin(reviewer, reviewer.id == g.reviewed_by_id)
        .where(*mine)
        .order_by(looked, g.id)
        .offset((number - 1) * per_page)
        .limit(per_page)
    ).all()
    return Holders(rows, total, overdue, endless, soon, number, max(-(-total // per_page), 1))


def is_overdue(grant: Grant, now: datetime) -> bool:
    """Whether nobody has looked at this role for three months."""
    return (grant.reviewed_at or grant.from_at) <= now - REVIEW_EVERY


def ends_soon(grant: Grant, now: datetime) -> bool:
    """Whether two weeks from now nobody holds this role any more."""
    return grant.until_at is not None and grant.until_at <= now + ENDS_SOON


@transaction
def keep(grant_id: int, *, by: int, now: datetime) -> None:
    """Somebody who could give the role says that it is still needed.

    Problems: `own_grant`, `role_not_yours`, `role_over`.
    """
    grant = db.session.get(Grant, grant_id, with_for_update=True)
    if grant is None:
        raise NotFound("grant")
    if grant.person_id == by:
        raise Problem("own_grant")
    if Role(grant.role) not in grants.grantable(by, now):
        raise Problem("role_not_yours")
    if grant.until_at is not None and grant.until_at <= now:
        raise Problem("role_over")
    grant.reviewed_at, grant.reviewed_by_id = now, by
    audit.note("grant.review", "person", grant.person_id, by=by, at=now, grant=grant_id)
