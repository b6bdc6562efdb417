"""Figures of men, women and those who did not say; together they are the total.

So what was changed in closed months counts here as it does there (`late.py`).
"""

from typing import Any, NamedTuple

from sqlalchemy import Integer, case, cast, distinct, func
from sqlalchemy.orm import aliased

from checkin.database import db
from checkin.models import Attendance, Person
from checkin.operations.figures import late, periods, records, tables
from checkin.operations.figures.definitions import VOLUNTEERED, Filter, Totals
from checkin.operations.figures.sums import GENDER

UNSAID, MAN, WOMAN = 0, 1, 2
_NUMBERS = {"man": MAN, "woman": WOMAN}
_A = Attendance
_OWN, _ROOT = aliased(Person), aliased(Person)


class Share(NamedTuple):
    """What people of one gender did; who was entered twice and merged counts as the one kept."""

    volunteers: int = 0
    approved_minutes: int = 0
    attendances: int = 0


def by_gender(wanted: Filter) -> dict[int, Share]:
    """Keyed by `UNSAID`, `MAN` and `WOMAN`, always all three."""
    period, table = periods.kept(wanted.first, wanted.last), tables.table_of([GENDER], wanted)
    if period is None or table is None or not table.holds(period):
        found = _counted(wanted)
    else:
        found = _kept(table, period)
    standing = late.corrected(found, wanted, _gender_of)
    return {gender: _share(standing.get(gender, Totals())) for gender in (MAN, WOMAN, UNSAID)}


def _gender_of(part: late.Part) -> int:
    return _NUMBERS.get(part.gender, UNSAID)


def _share(totals: Totals) -> Share:
    return Share(totals.volunteers, totals.approved_minutes, totals.attendances)


def _kept(table: tables.Table, period: str) -> dict[int, Totals]:
    return {key: line.with_waiting(0) for _, (key,), line in table.lines([period])}


def _counted(wanted: Filter) -> dict[int, Totals]:
    said = case((_ROOT.id.is_not(None), _ROOT.gender), else_=_OWN.gender)
    gender = cast(case((said == "man", MAN), (said == "woman", WOMAN), else_=UNSAID), Integer)
    columns: list[Any] = [
        gender,
        func.count(distinct(func.coalesce(_ROOT.id, _OWN.id))),
        func.sum(func.coalesce(_A.approved_minutes, 0)),
        func.count(_A.id),
    ]
    rows = (
        records.rows_of(wanted, columns)
        .join(_OWN, _OWN.id == _A.volunteer_id)
        .outerjoin(_ROOT, _ROOT.id == _OWN.merged_into_id)
        .where(VOLUNTEERED)
        .group_by(gender)
    )
    return {
        gender: Totals(volunteers=people, approved_minutes=int(minutes), attendances=count)
        for gender, people, minutes, count in db.session.execute(rows)
    }
