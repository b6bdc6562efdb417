"""What closed months tell of: it stays what it was done for; what is known of people may change."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, String, and_, cast, or_, select, union
from sqlalchemy.orm import aliased

from checkin.database import AnyRow, db
from checkin.domain.days import month_of
from checkin.models import Attendance, AuditEntry, LateEntry, MonthClosing, Person, Shift
from checkin.models.attendance import COUNTED
from checkin.operations import months
from checkin.operations.identity import one_person, rows_of
from checkin.operations.permissions import Reach, attendances_within

_A, _E, _C, _N = Attendance, LateEntry, MonthClosing, AuditEntry

_ACTS = ("person.merge", "person.unmerge", "team.join", "team.leave")
_CHANGE = "person.change"
LATEST = 200
"""So many changes of people are looked at, the latest ones."""


def months_told(about: ColumnElement[bool]) -> list[date]:
    """The closed months whose figures hold attendances like these, in order; `about` may ask for
    their shift.

    Also those that an entry moves: they count in a closed month and are no longer approved there.
    """
    rows = select(_A.work_on).join(Shift, Shift.id == _A.shift_id).where(about)
    entered = rows.join(_E, _E.attendance_id == _A.id)
    days = [entered.with_only_columns(day) for day in (_E.work_on, _E.counted_on)]
    told = db.session.scalars(union(rows.where(_A.state == COUNTED), *days))
    return sorted(months.closed_among(told))


class PeopleChange(NamedTuple):
    """Somebody is known otherwise since: `what` is `gender`, `merge`, `unmerge`, `join`, `leave`.

    `months` are the closed months that told of them by then.
    """

    at: datetime
    what: str
    person_id: int
    name: str
    by: str | None
    months: list[date]


def people_changes(reach: Reach) -> list[PeopleChange]:
    """Who was known otherwise after a month within reach was closed that tells of them.

    The latest first; months that are open again follow every change and are left out.
    """
    closed = {row.month_on: row.closed_at for row in _standing()}
    noted = _noted(min(closed.values())) if closed else []
    worked = _worked({one for entry, _by in noted for one in _whom(entry)}, reach)
    found = []
    for entry, by in noted:
        known = [worked[one] for one in _whom(entry) if one in worked]
        days = {day for one in known for day in one.months}
        told = sorted(day for day in days if day in closed and closed[day] < entry.at)
        if told:
            what = "gender" if entry.act == _CHANGE else entry.act.partition(".")[2]
            found.append(PeopleChange(entry.at, what, known[0].person_id, known[0].name, by, told))
    return found


def _standing() -> Sequence[AnyRow]:
    return db.session.execute(
        select(_C.month_on, _C.closed_at).where(_C.reopened_at.is_(None))
    ).all()


def _noted(since: datetime) -> Sequence[AnyRow]:
    """`AuditEntry` and whose act (`by`), since the first of the months was closed."""
    gender = and_(_N.act == _CHANGE, cast(_N.facts, String).like('%"gender"%'))
    return db.session.execute(
        select(_N, Person.name.label("by"))
        .outerjoin(Person, Person.id == _N.actor_id)
        .where(_N.thing.in_(("person", "team")), _N.at > since)
        .where(or_(_N.act.in_(_ACTS), gender))
        # few acts are about people and teams: "+ 0" lets the index by things find them
        .order_by((_N.id + 0).desc())
        .limit(LATEST)
    ).all()


def _whom(entry: AuditEntry) -> list[int]:
    """The rows it is about; the one that is shown first."""
    if entry.thing == "team":
        return [entry.facts["person"]]
    ids = (entry.thing_id, entry.facts.get("merged"))
    return [one for one in ids if one is not None]


class _Worked(NamedTuple):
    person_id: int
    name: str
    months: set[date]


def _worked(row_ids: Collection[int], reach: Reach) -> dict[int, _Worked]:
    """By row: the person it is now, and the months within reach in which they served."""
    rows = db.session.execute(select(Person.id, one_person()).where(Person.id.in_(row_ids)))
    roots = {row[0]: row[1] for row in rows}
    standing = aliased(Person)
    served = db.session.execute(
        attendances_within(reach)
        .with_only_columns(standing.id, standing.name, _A.work_on)
        .join(Person, Person.id == _A.volunteer_id)
        .join(standing, standing.id == one_person())
        .where(_A.volunteer_id.in_(rows_of(*roots.values())), _A.state == COUNTED)
        .distinct()
    )
    found: dict[int, _Worked] = {}
    for person_id, name, work_on in served:
        one = found.setdefault(person_id, _Worked(person_id, name, set()))
        one.months.add(month_of(work_on))
    return {row_id: found[root] for row_id, root in roots.items() if root in found}
