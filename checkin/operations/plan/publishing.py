"""A draft becomes a shift that everybody sees, or is dropped as if it had never been."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, select

from checkin.database import db, transaction
from checkin.domain.errors import Problem
from checkin.models import Assignment, Attendance, Poster, Scan, Shift
from checkin.operations import audit, roster


@transaction
def publish(shift_ids: Collection[int], *, link: str, by: int, now: datetime) -> int:
    """How many of these drafts everybody sees from now on; those expected there are told.

    What is published already, cancelled or not there is passed over, so that pressing twice
    does no harm. `link` leads to one's own shifts.
    """
    drafts = _drafts(shift_ids)
    for shift in drafts:
        shift.is_draft = False
        shift.row_version += 1
        audit.note("shift.publish", "shift", shift.id, by=by, at=now)
    db.session.flush()
    _tell([shift.id for shift in drafts if shift.ends_at > now], link, by, now)
    return len(drafts)


def _tell(shift_ids: Collection[int], link: str, by: int, now: datetime) -> None:
    """Messages that are spent for today stop nothing: the pages say the same."""
    for shift_id in _with_people(shift_ids):
        try:
            with db.session.begin_nested():
                roster.invite(shift_id, link=link, by=by, now=now)
        except Problem:
            return


@transaction
def drop(shift_ids: Collection[int], *, by: int, now: datetime) -> int:
    """How many of these drafts are gone, with their rosters: nobody had been told of them."""
    drafts = [shift.id for shift in _drafts(shift_ids)]
    free = sorted(set(drafts) - _referred_to(drafts))
    db.session.execute(delete(Assignment).where(Assignment.shift_id.in_(free)))
    db.session.execute(delete(Shift).where(Shift.id.in_(free)))
    for shift_id in free:
        audit.note("shift.drop", "shift", shift_id, by=by, at=now)
    return len(free)


def _drafts(shift_ids: Collection[int]) -> Sequence[Shift]:
    """Locked in order of id, so that two who press at once do not wait for each other."""
    query = select(Shift).where(Shift.id.in_(shift_ids), Shift.is_draft)
    query = query.where(Shift.cancelled_at.is_(None)).order_by(Shift.id)
    locked = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(locked).all()


def _with_people(shift_ids: Collection[int]) -> Sequence[int]:
    query = select(Assignment.shift_id).where(Assignment.shift_id.in_(shift_ids)).distinct()
    return db.session.scalars(query.order_by(Assignment.shift_id)).all()


def _referred_to(shift_ids: Collection[int]) -> set[int]:
    """Those something was recorded for, or a poster made for, before they became drafts."""
    return {
        found
        for column in (Attendance.shift_id, Scan.shift_id, Poster.shift_id)
        for found in db.session.scalars(select(column).where(column.in_(shift_ids)).distinct())
        if found is not None
    }
