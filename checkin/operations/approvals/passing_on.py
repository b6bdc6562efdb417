"""To whom a record goes that somebody may not decide about: a supervisor, or a coordinator."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import or_, select

from checkin.database import AnyRow, db
from checkin.domain.roles import Permission, Role, may
from checkin.models import Grant, Person
from checkin.operations.grants import in_force
from checkin.operations.identity import living


def deciders(site_id: int, now: datetime) -> list[AnyRow]:
    """Everybody who may decide at a site (`id`, `name`), its own supervisors first."""
    return deciders_at([site_id], now)[site_id]


def deciders_at(site_ids: Collection[int], now: datetime) -> dict[int, list[AnyRow]]:
    """The same by site; `site_id` is empty for who decides at every one."""
    roles = [role for role in Role if may(role, Permission.DECIDE)]
    rows = db.session.execute(
        select(Person.id, Person.name, Grant.site_id)
        .join(Grant, Grant.person_id == Person.id)
        .where(Grant.role.in_(roles), in_force(now))
        .where(or_(Grant.site_id.in_(site_ids), Grant.site_id.is_(None)))
        .where(Person.suspended_at.is_(None), living())
        .order_by(Grant.site_id.is_(None), Person.name_folded, Person.id)
    ).all()
    return {site_id: _each_once(rows, site_id) for site_id in site_ids}


def _each_once(rows: Sequence[AnyRow], site_id: int) -> list[AnyRow]:
    found: dict[int, AnyRow] = {}
    for row in rows:
        if row.site_id in (site_id, None):
            found.setdefault(row.id, row)
    return list(found.values())
