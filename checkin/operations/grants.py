"""Roles given to people: who holds which, where, from when until when, and who gave it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import aliased, joinedload

from checkin.database import AnyRow, db, transaction
from checkin.domain.errors import NotFound, Problem
from checkin.domain.roles import SCOPE, Permission, Role, Scope
from checkin.models import Grant, GrantRequest, Partner, Person, Site
from checkin.operations import audit
from checkin.operations.identity import living
from checkin.operations.permissions import reach_of, roles_of

GRANTED = tuple(role for role in Role if SCOPE[role] not in (Scope.SELF, Scope.SHIFT))
"""Everybody volunteers, and a shift's lead is named on its roster; the rest is granted."""
TAKES_TWO = frozenset({Role.ADMINISTRATOR})
"""One administrator asks for these, another one confirms."""


def grantable(by: int, now: datetime) -> tuple[Role, ...]:
    """The roles this person may give: administrators all, coordinators supervisors only."""
    held = roles_of(by, now)
    if reach_of(held, Permission.ADMINISTER).everywhere:
        return GRANTED
    return (Role.SUPERVISOR,) if reach_of(held, Permission.PLAN).everywhere else ()


@dataclass(frozen=True, slots=True)
class Term:
    """From when until when; empty is from now, and without an end."""

    from_at: datetime | None = None
    until_at: datetime | None = None

    def begins(self, now: datetime) -> datetime:
        """Nothing is given for the past. Problem `grant_days` when it would end before."""
        begins = max(self.from_at or now, now)
        if self.until_at is not None and self.until_at <= begins:
            raise Problem("grant_days")
        return begins


@transaction
def give(
    person_id: int,
    role: Role,
    *,
    by: int,
    now: datetime,
    site_id: int | None = None,
    partner_id: int | None = None,
    term: Term = Term(),
) -> int:
    """The grant's id; giving what is held already changes nothing.

    Problems: `own_grant`, `role_not_yours`, `second_needed` (an administrator takes two of them:
    `ask`), `scope_missing` (a supervisor without a site, a partner's reader without a partner),
    `grant_days`. NotFound for a person, site or partner that is not there.
    """
    _refuse(person_id, role, by, now)
    if role in TAKES_TWO:
        raise Problem("second_needed")
    return _give(person_id, role, site_id, partner_id, by, now, term)


@transaction
def ask(person_id: int, role: Role, *, by: int, now: datetime, term: Term = Term()) -> int:
    """Ask for a role that takes two administrators; asking again changes nothing.

    Problems as `give`. The id of the request, which another administrator answers.
    """
    _refuse(person_id, role, by, now)
    begins = term.begins(now)
    _lock(person_id)
    waiting = _waiting().where(GrantRequest.person_id == person_id, GrantRequest.role == role)
    known = db.session.scalar(waiting)
    if known is not None:
        return known.id
    asked = GrantRequest(
        person_id=person_id,
        role=role,
        from_at=begins,
        until_at=term.until_at,
        asked_at=now,
        asked_by_id=by,
    )
    db.session.add(asked)
    db.session.flush()
    facts = {"request": asked.id, "role": role.value}
    audit.note("grant.ask", "person", person_id, by=by, at=now, **facts)
    return asked.id


@transaction
def confirm(request_id: int, *, by: int, now: datetime) -> int:
    """The second administrator agrees; the grant's id. Problems as `refuse`."""
    asked = _to_answer(request_id, by, now)
    term = Term(asked.from_at, asked.until_at)
    grant_id = _give(asked.person_id, Role(asked.role), None, None, asked.asked_by_id, now, term)
    asked.answered_at, asked.answered_by_id, asked.grant_id = now, by, grant_id
    facts = {"request": asked.id, "grant": grant_id}
    audit.note("grant.confirm", "person", asked.person_id, by=by, at=now, **facts)
    return grant_id


@transaction
def refuse(request_id: int, *, by: int, now: datetime) -> None:
    """The second administrator does not agree.

    Problems: `second_administrator` for whoever asked, `own_grant`, `role_not_yours`,
    `request_over`.
    """
    asked = _to_answer(request_id, by, now)
    asked.answered_at, asked.answered_by_id = now, by
    audit.note("grant.refuse", "person", asked.person_id, by=by, at=now, request=asked.id)


def waiting_requests() -> Sequence[AnyRow]:
    """`GrantRequest`, the `Person` it is about, and the `asker`'s name, the oldest first."""
    asker = aliased(Person)
    return db.session.execute(
        _waiting()
        .with_only_columns(GrantRequest, Person, asker.name.label("asker"))
        .join(Person, Person.id == GrantRequest.person_id)
        .join(asker, asker.id == GrantRequest.asked_by_id)
        .where(living())
        .order_by(GrantRequest.id)
    ).all()


def _waiting() -> Select[GrantRequest]:
    return select(GrantRequest).where(GrantRequest.answered_at.is_(None))


def _to_answer(request_id: int, by: int, now: datetime) -> GrantRequest:
    asked = db.session.get(GrantRequest, request_id, with_for_update=True)
    if asked is None:
        raise NotFound("request")
    if asked.answered_at is not None:
        raise Problem("request_over")
    if asked.asked_by_id == by:
        raise Problem("second_administrator")
    _refuse(asked.person_id, Role(asked.role), by, now)
    return asked


def _refuse(person_id: int, role: Role, by: int, now: datetime) -> None:
    """Nobody gives themselves a role, nor one above what they may give."""
    if person_id == by:
        raise Problem("own_grant")
    if role not in grantable(by, now):
        raise Problem("role_not_yours")


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
    return _give(person_id, role, site_id, partner_id, None, now, Term())


def _give(
    person_id: int,
    role: Role,
    site_id: int | None,
    partner_id: int | None,
    by: int | None,
    now: datetime,
    term: Term,
) -> int:
    _check_scope(role, site_id, partner_id)
    begins = term.begins(now)
    _lock(person_id)
    held = db.session.scalar(
        select(Grant.id)
        .where(Grant.person_id == person_id, Grant.role == role, in_force(begins))
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
        from_at=begins,
        until_at=term.until_at,
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
    _refuse(grant.person_id, Role(grant.role), by, now)
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
