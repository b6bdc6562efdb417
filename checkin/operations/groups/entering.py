"""What every act about a group rests on: the shift held, the people locked, one scan entered."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, select

from checkin.database import db
from checkin.domain.errors import NotFound, Problem
from checkin.domain.evidence import Evidence
from checkin.domain.fold import Kind
from checkin.models import Group, Scan, Shift
from checkin.operations import catalogue
from checkin.operations.attendance import Reading, derived_uid, lock_volunteer, record_scan

REASON = "with_group"
"""Why an entry by hand was made that names somebody as one of a group."""


def hold(group_id: int) -> tuple[Group, Shift]:
    """The group and its shift, ours until the end: whoever acts about a group holds its shift."""
    shift_id = db.session.scalar(select(Group.shift_id).where(Group.id == group_id))
    if shift_id is None:
        raise NotFound("group")
    shift = catalogue.hold_shift(shift_id)
    query = select(Group).where(Group.id == group_id).execution_options(populate_existing=True)
    return db.session.scalars(query).one(), shift


def refuse_closed(shift: Shift) -> None:
    """Names and counts are for those who decide: not after closing, nor for a cancelled shift."""
    if shift.closed_at is not None or shift.cancelled_at is not None:
        raise Problem("group_closed")


def lock(person_ids: Iterable[int]) -> None:
    """In one order, so that two who name the same people never wait for each other."""
    for person_id in sorted(set(person_ids)):
        lock_volunteer(person_id)


def record(
    group: Group,
    person_id: int,
    kind: Kind,
    at: datetime,
    *,
    by: int,
    now: datetime,
    joins: bool = False,
) -> None:
    """One scan of a member, claimed by whoever names or saw them; sent twice it is one."""
    reading = Reading(
        uid=_uid(group, person_id, kind),
        kind=kind,
        volunteer_id=person_id,
        shift_id=group.shift_id,
        joins=joins,
        at=at,
        carrier="manual",
        evidence=Evidence.CLAIMED,
        entered_by_id=by,
        reason=REASON,
    )
    record_scan(reading, now=now)


def strike(group: Group, person_id: int, *, by: int, now: datetime) -> None:
    """Take back what was entered for a member because of this group, the leaving first."""
    for kind in (Kind.OUT, Kind.IN):
        uid = _uid(group, person_id, kind)
        if _is_kept(person_id, Scan.scan_uid == uid):
            undo = Reading(
                uid=derived_uid(uid, "struck"),
                kind=Kind.UNDO,
                volunteer_id=person_id,
                undoes=uid,
                carrier="manual",
                evidence=Evidence.CLAIMED,
                entered_by_id=by,
                reason=REASON,
            )
            record_scan(undo, now=now)


def _uid(group: Group, person_id: int, kind: Kind) -> str:
    """The same however often it is sent; another one after it was struck out."""
    uid = derived_uid(group.group_uid, f"{kind} {person_id}")
    while _is_kept(person_id, Scan.undoes == uid):
        uid = derived_uid(uid, "again")
    return uid


def _is_kept(person_id: int, condition: ColumnElement[bool]) -> bool:
    kept = select(Scan.id).where(Scan.volunteer_id == person_id, condition)
    return db.session.scalar(kept.limit(1)) is not None
