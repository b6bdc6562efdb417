"""The records of whoever served for the first time in some days, and of whoever had before.

By the day of work, as the chart of them counts: what a closed month moves is not asked about.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, distinct, func, select

from checkin.database import db
from checkin.models import Attendance
from checkin.operations.figures import records
from checkin.operations.figures.definitions import VOLUNTEERED, VOLUNTEERING, Filter

NEW, RETURNING = "new", "returning"
_A = Attendance


class Served(NamedTuple):
    """Records, the people of them, their approved minutes and whom they served."""

    attendances: int
    volunteers: int
    approved_minutes: int
    beneficiaries: int


def served(wanted: Filter, who: str) -> Served:
    """What those (`NEW` or `RETURNING`) did in these days, of which the first must be said."""
    people = func.count(distinct(records.ONE_PERSON))
    counts = map(records.summed, (_A.approved_minutes, _A.approved_beneficiaries))
    asked = rows_of(wanted, who, [func.count(), people, *counts])
    return Served(*map(int, db.session.execute(asked).one()))


def served_by(wanted: Filter, who: str, *, page: int, size: int) -> Sequence[int]:
    """The ids of one page of it, the latest first."""
    latest = rows_of(wanted, who, [_A.id]).order_by(_A.work_on.desc(), _A.id.desc())
    return db.session.scalars(latest.offset((page - 1) * size).limit(size)).all()


def rows_of(wanted: Filter, who: str, columns: Sequence[Any]) -> Select[Any]:
    """The question for these records, with their shift and opportunity."""
    if wanted.first is None:
        raise ValueError(wanted)
    own = [records.ONE_PERSON.label("person")]
    each = records.counted_rows(wanted, own).where(VOLUNTEERING).distinct().subquery()
    before = replace(wanted, first=None, last=wanted.first - timedelta(days=1))
    earlier = records.rows_of_person(each.c.person, before).where(VOLUNTEERED)
    # the offset keeps PostgreSQL from joining all that was ever attended
    known = select(each.c.person).where(earlier.offset(0).exists())
    is_known = records.ONE_PERSON.in_(known)
    rows = records.counted_rows(wanted, columns).where(VOLUNTEERING)
    return rows.where(is_known if who == RETURNING else ~is_known)
