"""To whom a record goes that somebody may not decide about: a supervisor, or a coordinator."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from checkin.database import AnyRow, db
from checkin.domain.roles import Permission, Role, may
from checkin.models import Attendance, Grant, Person
from checkin.operations.approvals.four_eyes import deciders_before, enterers, obstacle
from checkin.operations.grants import in_force


@dataclass(frozen=True, slots=True)
class Bar:
    """Who may not decide about one attendance."""

    volunteer_id: int
    entered_by: frozenset[int | None]
    before: frozenset[int]
    """Whose decision its volunteer objected to."""
    proposed_by: int | None = None

    def obstacle(self, by: int) -> str | None:
        """The code that says why `by` may not decide, if anything."""
        if self.proposed_by == by:
            return "second_person"
        return obstacle(self.volunteer_id, self.entered_by, by, self.before)


def bars(
    shift_id: int, attendances: Sequence[Attendance], proposals: Mapping[int, AnyRow]
) -> dict[int, Bar]:
    """By attendance, for records of one shift."""
    entered = enterers(shift_id, [one.volunteer_id for one in attendances])
    before = deciders_before([one.id for one in attendances])
    return {
        one.id: Bar(
            one.volunteer_id,
            frozenset(entered[one.volunteer_id] | {one.entered_by_id}),
            frozenset(before.get(one.id, ())),
            proposals[one.id].decided_by_id if one.id in proposals else None,
        )
        for one in attendances
    }


def deciders(site_id: int, now: datetime) -> list[AnyRow]:
    """Everybody who may decide at a site (`id`, `name`), its own supervisors first."""
    roles = [role for role in Role if may(role, Permission.DECIDE)]
    rows = db.session.execute(
        select(Person.id, Person.name, Grant.site_id)
        .join(Grant, Grant.person_id == Person.id)
        .where(Grant.role.in_(roles), in_force(now))
        .where(or_(Grant.site_id == site_id, Grant.site_id.is_(None)))
        .where(Person.suspended_at.is_(None), Person.erased_at.is_(None))
        .order_by(Grant.site_id.is_(None), Person.name_folded, Person.id)
    )
    return list({row.id: row for row in reversed(rows.all())}.values())[::-1]
