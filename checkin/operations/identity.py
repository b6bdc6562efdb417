"""Who is one person: rows that live, and rows that were merged into another."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from checkin.database import db
from checkin.models import Person


def living() -> ColumnElement[bool]:
    """Whoever may be met: neither erased nor merged into somebody else. Every list asks this."""
    return and_(Person.erased_at.is_(None), Person.merged_into_id.is_(None))


def one_person(row: Any = Person) -> ColumnElement[int]:
    """By what people are counted; merging is flat, so one step leads to who it is."""
    who: ColumnElement[int] = func.coalesce(row.merged_into_id, row.id)
    return who


def rows_of(*person_ids: int) -> Select[int]:
    """The ids under which people's history stands: their own, and what was merged into it."""
    rows = or_(Person.id.in_(person_ids), Person.merged_into_id.in_(person_ids))
    return select(Person.id).where(rows)


def rows_where(condition: ColumnElement[bool]) -> Select[int]:
    """The ids of all rows of the people whose own row fulfils a condition on `Person`."""
    own = select(Person.id).where(condition, Person.merged_into_id.is_(None))
    return select(Person.id).where(or_(Person.id.in_(own), Person.merged_into_id.in_(own)))


def is_one(row_id: int, person_id: int) -> bool:
    """Whether this row is that person, or was merged into them."""
    if row_id == person_id:
        return True
    merged = select(Person.merged_into_id).where(Person.id == row_id)
    return db.session.scalar(merged) == person_id
