"""What a tablet must know to go on without a network: a site's people, badges and shifts today."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from checkin.database import AnyRow, db
from checkin.models import Assignment, Attendance, Badge, Person, Shift, Site
from checkin.operations import floor
from checkin.operations.identity import living
from checkin.operations.permissions import Reach


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody expected here today, or who has come.

    `badge_sha` is the SHA-256 of the working badge's code; `shift_ids` are where they are
    expected; `attendance` is the one that began last.
    """

    person: AnyRow
    badge_sha: str | None
    shift_ids: list[int] = field(default_factory=list)
    attendance: AnyRow | None = None
    is_in: bool = False


@dataclass(frozen=True, slots=True)
class Today:
    """A site's day as it stood at one instant."""

    shifts: Sequence[Shift]
    people: list[Known]


def today(site: Site, reach: Reach, now: datetime) -> Today:
    """Everybody of today's shifts within reach, those still running since yesterday included."""
    shifts = [shift for shift in floor.shifts_at(site, reach, now) if shift.cancelled_at is None]
    ids = [shift.id for shift in shifts]
    expected, came = _expected(ids), _latest(ids)
    people = [
        _known(person, expected.get(person.id, []), came.get(person.id), now)
        for person in _people({*expected, *came})
    ]
    return Today(shifts, people)


def _known(person: AnyRow, shift_ids: list[int], came: AnyRow | None, now: datetime) -> Known:
    is_in = came is not None and came.state == "open" and came.until_at > now
    return Known(person, person.code_sha, shift_ids, came, is_in)


def _expected(shift_ids: list[int]) -> dict[int, list[int]]:
    """The shifts each person is expected on, in the order of their beginnings."""
    rows = db.session.execute(
        select(Assignment.person_id, Assignment.shift_id)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(Assignment.shift_id.in_(shift_ids), Assignment.how != "waiting")
        .order_by(Shift.starts_at, Shift.id)
    )
    expected: dict[int, list[int]] = {}
    for person_id, shift_id in rows:
        expected.setdefault(person_id, []).append(shift_id)
    return expected


def _latest(shift_ids: list[int]) -> dict[int, AnyRow]:
    """The attendance each person began last; one that was taken back says nothing."""
    a = Attendance
    rows = db.session.execute(
        select(a.volunteer_id, a.shift_id, a.state, a.in_at, a.out_at, a.until_at)
        .where(a.shift_id.in_(shift_ids), a.state.not_in(("cancelled", "voided")))
        .order_by(a.in_at, a.id)
    )
    return {row.volunteer_id: row for row in rows}


def _people(ids: set[int]) -> Sequence[AnyRow]:
    working = (Badge.person_id == Person.id) & Badge.revoked_at.is_(None)
    return db.session.execute(
        select(Person.id, Person.name, Person.name_folded, Person.mobile, Badge.code_sha)
        .outerjoin(Badge, working)
        .where(Person.id.in_(ids), living())
        .order_by(Person.name_folded, Person.id)
    ).all()
