"""To whom a record goes that somebody may not decide about: a supervisor, or a coordinator."""

from datetime import datetime

from sqlalchemy import or_, select

from checkin.database import AnyRow, db
from checkin.domain.roles import Permission, Role, may
from checkin.models import Grant, Person
from checkin.operations.grants import in_force
from checkin.operations.identity import living


def deciders(site_id: int, now: datetime) -> list[AnyRow]:
    """Everybody who may decide at a site (`id`, `name`), its own supervisors first."""
    roles = [role for role in Role if may(role, Permission.DECIDE)]
    rows = db.session.execute(
        select(Person.id, Person.name, Grant.site_id)
        .join(Grant, Grant.person_id == Person.id)
        .where(Grant.role.in_(roles), in_force(now))
        .where(or_(Grant.site_id == site_id, Grant.site_id.is_(None)))
        .where(Person.suspended_at.is_(None), living())
        .order_by(Grant.site_id.is_(None), Person.name_folded, Person.id)
    )
    return list({row.id: row for row in reversed(rows.all())}.values())[::-1]
