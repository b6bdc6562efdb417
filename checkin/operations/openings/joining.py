"""Joining a shift, waiting for a place, leaving it, and moving up when a place is free."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import select

from checkin.database import db, transaction
from checkin.domain.errors import Problem
from checkin.models import Assignment, Attendance, Person, Shift
from checkin.operations import audit, catalogue
from checkin.operations.identity import living
from checkin.operations.openings import telling
from checkin.operations.openings.fitting import clash, free_seats, obstacles

JOINED, WAITING = "joined", "waiting"


@transaction
def join(shift_id: int, *, by: int, now: datetime, aware: Collection[str] = ()) -> str:
    """Take a seat (`joined`), or the last place on the waiting list (`waiting`).

    `aware` are the codes of what was told before and is confirmed. Raises the Problem of the first
    obstacle that refuses, and `tell_first` when something was not told yet. Done twice it answers
    the same; who waits already keeps the place.
    """
    shift = catalogue.hold_shift(shift_id)
    _lock([by])
    held = _assignment(shift_id, by)
    if held is not None and held.how != WAITING:
        return JOINED
    _refuse(by, shift_id, now, aware)
    how = JOINED if free_seats(shift_id, shift.seats) > 0 else WAITING
    if held is None:
        db.session.add(
            Assignment(shift_id=shift_id, person_id=by, how=how, created_at=now, created_by_id=by)
        )
    elif how == JOINED:
        held.how = JOINED
    else:
        return WAITING
    db.session.flush()
    audit.note("opening.join", "shift", shift_id, by=by, at=now, how=how)
    return how


def _refuse(person_id: int, shift_id: int, now: datetime, aware: Collection[str]) -> None:
    for one in obstacles(person_id, shift_id, now):
        if one.refuses:
            raise Problem(one.code, **one.facts)
        if one.code not in aware:
            raise Problem("tell_first")


@transaction
def leave(shift_id: int, *, by: int, now: datetime) -> None:
    """Give the seat, or the place on the waiting list, back; the next one moves up.

    Raises Problem `shift_begun` once it has begun, `came_already` once they came. Where nobody is
    expected, nothing changes.
    """
    shift = catalogue.hold_shift(shift_id)
    waiting = _waiting(shift_id)
    _lock([by, *(one.person_id for one in waiting)])
    held = _assignment(shift_id, by)
    if held is None:
        return
    if shift.starts_at <= now and held.how != WAITING:
        raise Problem("shift_begun")
    if _came(shift_id, by):
        raise Problem("came_already")
    db.session.delete(held)
    db.session.flush()
    audit.note("opening.leave", "shift", shift_id, by=by, at=now, how=held.how)
    move_up(shift_id, now)


@transaction
def move_up(shift_id: int, now: datetime) -> list[int]:
    """Give free seats to those who wait, in the order in which they came, and tell them; who.

    Not once the shift has begun: nobody reads a message at the gate. Who is expected elsewhere at
    that time is passed over and keeps the place on the list.
    """
    shift = catalogue.hold_shift(shift_id)
    free = free_seats(shift_id, shift.seats)
    if free <= 0 or not _takes_place(shift, now):
        return []
    waiting = _waiting(shift_id)
    able = _lock(one.person_id for one in waiting)
    moved: list[int] = []
    for assignment in waiting:
        if len(moved) == free:
            break
        if assignment.person_id in able and clash(assignment.person_id, shift) is None:
            assignment.how = JOINED
            moved.append(assignment.person_id)
    db.session.flush()
    if moved:
        audit.note("opening.move_up", "shift", shift_id, by=None, at=now, people=moved)
        telling.seats_given(shift_id, moved, now)
    return moved


def _takes_place(shift: Shift, now: datetime) -> bool:
    settled = shift.cancelled_at is not None or shift.closed_at is not None
    return not settled and not shift.is_draft and shift.starts_at > now


def _lock(person_ids: Iterable[int]) -> set[int]:
    """These people, in order of id; those of them who may take a place now."""
    query = select(Person).where(Person.id.in_(list(person_ids)), living()).order_by(Person.id)
    locked = query.with_for_update().execution_options(populate_existing=True)
    people = db.session.scalars(locked).all()
    return {one.id for one in people if one.may_check_in}


def _assignment(shift_id: int, person_id: int) -> Assignment | None:
    query = select(Assignment).where(
        Assignment.shift_id == shift_id, Assignment.person_id == person_id
    )
    return db.session.scalar(query.execution_options(populate_existing=True))


def _waiting(shift_id: int) -> Sequence[Assignment]:
    a = Assignment
    query = select(a).where(a.shift_id == shift_id, a.how == WAITING).order_by(a.id)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def _came(shift_id: int, person_id: int) -> bool:
    a = Attendance
    came = select(a.id).where(a.shift_id == shift_id, a.volunteer_id == person_id)
    return db.session.scalar(came.where(a.state != "cancelled")) is not None
