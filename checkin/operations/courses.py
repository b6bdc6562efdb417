"""The register of a course or meeting: who attended how many of its shifts, and who all."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select

from checkin.database import AnyRow, db
from checkin.domain.errors import NotFound
from checkin.models import Assignment, Attendance, Opportunity, Person, Shift
from checkin.operations.welfare.serving import ATTENDED

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Register:
    """One page of those expected or there: rows of `id`, `name`, `attended`, `last_on`."""

    rows: Sequence[AnyRow]
    shifts: int
    """How many take place; who attended so many has completed the course."""
    completed: int
    people: int
    pages: int


def register_of(opportunity_id: int, number: int) -> Register:
    """Everybody expected or attending, by name; NotFound for what is neither course nor meeting."""
    kind = db.session.scalar(select(Opportunity.kind).where(Opportunity.id == opportunity_id))
    if kind not in ("course", "meeting"):
        raise NotFound("register")
    shifts = select(Shift.id).where(
        Shift.opportunity_id == opportunity_id,
        *(Shift.cancelled_at.is_(None), Shift.is_draft.is_(False)),
    )
    total = db.session.scalar(select(func.count()).select_from(shifts.subquery())) or 0
    a = Attendance
    attended = (
        select(a.volunteer_id, func.count().label("n"), func.max(a.work_on).label("last_on"))
        .where(a.shift_id.in_(shifts), a.state.in_(ATTENDED))
        .group_by(a.volunteer_id)
        .subquery()
    )
    expected = select(Assignment.person_id).where(
        Assignment.shift_id.in_(shifts), Assignment.how != "waiting"
    )
    there = (
        select(
            *(Person.id, Person.name, attended.c.last_on),
            func.coalesce(attended.c.n, 0).label("attended"),
        )
        .outerjoin(attended, attended.c.volunteer_id == Person.id)
        .where(or_(Person.id.in_(expected), attended.c.n.is_not(None)))
    )
    rows = there.order_by(Person.name_folded, Person.id).offset((number - 1) * PER_PAGE)
    people = db.session.scalar(select(func.count()).select_from(there.subquery())) or 0
    completed = select(func.count()).select_from(attended).where(attended.c.n == total)
    return Register(
        rows=db.session.execute(rows.limit(PER_PAGE)).all(),
        shifts=total,
        completed=db.session.scalar(completed) or 0 if total else 0,
        people=people,
        pages=max(-(-people // PER_PAGE), 1),
    )
