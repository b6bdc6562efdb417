"""What one person may do and see right now, asked of the database at each request."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    bindparam,
    cast,
    false,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)

from checkin.database import ask, db
from checkin.domain.roles import SCOPE, Permission, Role, Scope, may, roles_that_may
from checkin.models import Assignment, Attendance, Grant, Person, Shift, Site
from checkin.operations.identity import living

AROUND = timedelta(hours=12)
"""How long after its end the people of a shift are still one's own."""


@dataclass(frozen=True, slots=True)
class Held:
    """One role in force, and where."""

    role: Role
    site_id: int | None = None
    partner_id: int | None = None
    shift_id: int | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a permission reaches for one person: everywhere, or these places."""

    everywhere: bool = False
    site_ids: frozenset[int] = field(default_factory=frozenset)
    partner_ids: frozenset[int] = field(default_factory=frozenset)
    shift_ids: frozenset[int] = field(default_factory=frozenset)

    @property
    def is_empty(self) -> bool:
        return not (self.everywhere or self.site_ids or self.partner_ids or self.shift_ids)


_HELD: CompoundSelect[Any] = union_all(
    select(Grant.role, Grant.site_id, Grant.partner_id, cast(null(), Integer).label("shift_id"))
    .where(Grant.person_id == bindparam("person_id"), Grant.from_at <= bindparam("now"))
    .where(or_(Grant.until_at.is_(None), Grant.until_at > bindparam("now"))),
    select(literal(Role.LEAD.value), null(), null(), Assignment.shift_id)
    .join(Shift, Shift.id == Assignment.shift_id)
    .where(Assignment.person_id == bindparam("person_id"), Assignment.is_lead)
    .where(Shift.ends_at > bindparam("now"), Shift.is_draft.is_(False)),
)
"""Asked at every request of staff, boards that refresh themselves included, so built once."""


def roles_of(person_id: int, now: datetime) -> list[Held]:
    """The roles in force now. Everybody volunteers; leads are named on a shift's roster."""
    rows = ask(_HELD, {"person_id": person_id, "now": now})
    held = [
        Held(Role(row.role), row.site_id, row.partner_id, row.shift_id)
        for row in sorted(rows, key=lambda row: (row.shift_id or 0, row.site_id or 0))
    ]
    return [*held, Held(Role.VOLUNTEER)]


def reach_of(held: Sequence[Held], permission: Permission) -> Reach:
    """Where `permission` holds under these roles."""
    granting = [one for one in held if may(one.role, permission)]
    return Reach(
        everywhere=any(SCOPE[one.role] is Scope.ALL for one in granting),
        site_ids=frozenset(one.site_id for one in granting if one.site_id),
        partner_ids=frozenset(one.partner_id for one in granting if one.partner_id),
        shift_ids=frozenset(one.shift_id for one in granting if one.shift_id),
    )


def sites_within(reach: Reach) -> Select[Site]:
    """The sites a permission reaches; start from here, then look for the id."""
    if reach.everywhere:
        return select(Site).where(true())
    return select(Site).where(Site.id.in_(reach.site_ids) if reach.site_ids else false())


def shifts_within(reach: Reach, *, drafts_too: bool = False) -> Select[Shift]:
    """The shifts a permission reaches: at the sites, or the ones led; drafts for who plans them."""
    within = select(Shift).where(_shift_within(reach))
    return within if drafts_too else within.where(Shift.is_draft.is_(False))


def attendances_within(reach: Reach) -> Select[Attendance]:
    """The attendances a permission reaches: by site, by partner, or by shift led."""
    if reach.everywhere:
        return select(Attendance).where(true())
    conditions: list[ColumnElement[bool]] = [false()]
    if reach.site_ids:
        conditions.append(Attendance.site_id.in_(reach.site_ids))
    if reach.partner_ids:
        conditions.append(Attendance.partner_id.in_(reach.partner_ids))
    if reach.shift_ids:
        conditions.append(Attendance.shift_id.in_(reach.shift_ids))
    return select(Attendance).where(or_(*conditions))


def people_within(reach: Reach, now: datetime) -> Select[Person]:
    """Whom one has to do with: everybody, or those on rosters at one's own sites.

    A roster counts until twelve hours after its shift's end.
    """
    everybody = select(Person).where(living())
    if reach.everywhere:
        return everybody
    expected = (
        select(Assignment.person_id)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(_shift_within(reach), Shift.ends_at > now - AROUND, Assignment.how != "waiting")
        .where(Shift.is_draft.is_(False))
    )
    return everybody.where(Person.id.in_(expected))


def _shift_within(reach: Reach) -> ColumnElement[bool]:
    if reach.everywhere:
        return true()
    conditions: list[ColumnElement[bool]] = [false()]
    if reach.site_ids:
        conditions.append(Shift.site_id.in_(reach.site_ids))
    if reach.shift_ids:
        conditions.append(Shift.id.in_(reach.shift_ids))
    return or_(*conditions)


def holders(permission: Permission, site_id: int, now: datetime) -> list[Person]:
    """Who may do this at a site now, for telling a volunteer whom to see."""
    return list(
        db.session.scalars(
            select(Person)
            .join(Grant, Grant.person_id == Person.id)
            .where(Grant.role.in_(sorted(roles_that_may(permission))), Grant.from_at <= now)
            .where(or_(Grant.until_at.is_(None), Grant.until_at > now))
            .where(Grant.site_id == site_id)
            .order_by(Grant.id)
        )
    )
