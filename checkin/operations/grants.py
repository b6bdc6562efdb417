"""Roles given to people: who holds which, where, from when until when, and who gave it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import joinedload

from checkin.database import AnyRow, db, transaction
from checkin.domain.errors import NotFound, Problem
from checkin.domain.roles import SCOPE, Permission, Role, Scope
from checkin.models import Grant, Partner, Person, Site
from checkin.operations import audit
from checkin.operations.identity import living
from checkin.operations.permissions import reach_of, roles_of

GRANTED = tuple(role for role in Role if SCOPE[role] not in (Scope.SELF, Scope.SHIFT))
"""Everybody volunteers, and a shift's lead is named on its roster; the rest is granted."""


def grantable(by: int, now: datetime) -> tuple[Role, ...]:
    """The roles this person may give: administrators all, coordinators supervisors only."""
    held = roles_of(by, now)
    if reach_of(held, Permission.ADMINISTER).everywhere:
        return GRANTED
    return (Role.SUPERVISOR,) if reach_of(held, Permission.PLAN).everywhere else ()


@transaction
def give(
    person_id: int,
    role: Role,
    *,
    by: int,
    now: datetime,
    site_id: int | None = None,
    partner_id: int | None = None,
) -> int:
    """The grant's id; giving what is held already changes nothing.

    Problems: `own_grant`, `role_not_yours`, `scope_missing` (a supervisor without a site, a
    partner's reader without a partner). NotFound for a person, site or partner that is not there.
    """
    if person_id == by:
        raise Problem("own_grant")
    if role not in grantable(by, now):
        raise Problem("role_not_yours")
    return _give(person_id, role, site_id, partner_id, by, now)


@transaction
def appoint(
    person_id: int,
    role: Role,
    *,
    now: datetime,
    site_id: int | None = None,
    partner_id: int | None = None,
) -> int:
    """The same from outside the pages: whoever runs the installation names the first people."""
    return _give(person_id, role, site_id, partner_id, None, now)


def _give(
    person_id: int,
    role: Role,
    site_id: int | None,
    partner_id: int | None,
    by: int | None,
    now: datetime,
) -> int:
    _check_scope(role, site_id, partner_id)
    _lock(person_id)
    held = db.session.scalar(
        select(Grant.id)
        .where(Grant.person_id == person_id, Grant.role == role, in_force(now))
        .where(Grant.site_id.is_not_distinct_from(site_id))
        .where(Grant.partner_id.is_not_distinct_from(partner_id))
    )
    if held is not None:
        return held
    grant = Grant(
        person_id=person_id,
        role=role,
        site_id=site_id,
        partner_id=partner_id,
        from_at=now,
        granted_by_id=by,
    )
    db.session.add(grant)
    db.session.flush()
    facts = {"grant": grant.id, "role": role.value, "site": site_id, "partner": partner_id}
    audit.note("grant.give", "person", person_id, by=by, at=now, **facts)
    return grant.id


@transaction
def end(grant_id: int, *, by: int, now: datetime) -> None:
    """End a role now; ending it again changes nothing.

    Problems: `own_grant`, `role_not_yours`. As nobody ends their own role, one administrator
    always remains; two who end each other's at once are made to wait for each other.
    """
    _lock_administrators(now)
    grant = db.session.get(Grant, grant_id, with_for_update=True)
    if grant is None:
        raise NotFound("grant")
    if grant.person_id == by:
        raise Problem("own_grant")
    if grant.role not in grantable(by, now):
        raise Problem("role_not_yours")
    if grant.until_at is not None and grant.until_at <= now:
        return
    grant.until_at = now
    audit.note("grant.end", "person", grant.person_id, by=by, at=now, grant=grant_id)


def supervisors_of(site_id: int, now: datetime) -> list[Grant]:
    """Who supervises the site now, with their names."""
    return list(
        db.session.scalars(
            select(Grant)
            .join(Person, Person.id == Grant.person_id)
            .options(joinedload(Grant.person))
            .where(Grant.site_id == site_id, Grant.role == Role.SUPERVISOR, in_force(now))
            .order_by(Person.name_folded)
        )
    )


def of_person(person_id: int) -> Sequence[AnyRow]:
    """Every role somebody holds or held: `Grant`, its `Site` and its `Partner`, newest first."""
    return db.session.execute(
        select(Grant, Site, Partner)
        .outerjoin(Site, Site.id == Grant.site_id)
        .outerjoin(Partner, Partner.id == Grant.partner_id)
        .where(Grant.person_id == person_id)
        .order_by(Grant.until_at.is_not(None), Grant.from_at.desc(), Grant.id.desc())
    ).all()


def in_force(now: datetime) -> ColumnElement[bool]:
    return and_(Grant.from_at <= now, or_(Grant.until_at.is_(None), Grant.until_at > now))


def _check_scope(role: Role, site_id: int | None, partner_id: int | None) -> None:
    """A supervisor is one of a site, a reader of a partner, everybody else of nothing."""
    scope = SCOPE[role]
    if (scope is Scope.SITE) != (site_id is not None):
        raise Problem("scope_missing")
    if (scope is Scope.PARTNER) != (partner_id is not None):
        raise Problem("scope_missing")
    if site_id is not None and db.session.get(Site, site_id) is None:
        raise NotFound("site")
    if partner_id is not None and db.session.get(Partner, partner_id) is None:
        raise NotFound("partner")


def _lock(person_id: int) -> None:
    """Two people granting the same at once end up with one grant."""
    query = select(Person.id).where(Person.id == person_id, living())
    if db.session.scalar(query.with_for_update()) is None:
        raise NotFound("person")


def _lock_administrators(now: datetime) -> None:
    query = select(Grant.id).where(Grant.role == Role.ADMINISTRATOR, in_force(now))
    db.session.scalars(query.order_by(Grant.id).with_for_update()).all()
