"""Taking two people apart again: what the merge moved and nobody touched since goes back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from checkin.database import db, transaction
from checkin.domain.days import local_day
from checkin.domain.errors import NotFound, Problem
from checkin.models import (
    ApiToken,
    Assignment,
    Attendance,
    Badge,
    Device,
    Membership,
    Merge,
    Person,
    Shift,
)
from checkin.operations import audit, memberships
from checkin.operations.figures import rollup
from checkin.operations.merging import fields
from checkin.operations.merging.joining import UNDO_WITHIN

FORGOTTEN_AT_ONCE = 1000


@transaction
def undo(merge_id: int, *, by: int, now: datetime) -> int:
    """Make two people of one again; the id of the one that comes back.

    Problems: `merge_undone`, `merge_old` (after thirty days), `merge_covered` (the kept row was
    itself merged since: undo that first), `merge_own`.
    """
    merge = db.session.get(Merge, merge_id, with_for_update=True)
    if merge is None:
        raise NotFound("merge")
    _refuse(merge, by, now)
    kept, other = _locked(merge)
    if kept.merged_into_id is not None or kept.erased_at is not None:
        raise Problem("merge_covered")
    # around all of it: gender and team may be given back too, and figures are by both
    with rollup.in_step(volunteer_ids=sorted({kept.id, other.id, *merge.moved["followers"]})):
        _undo(merge, kept, other, by=by, now=now)
    return other.id


def _undo(merge: Merge, kept: Person, other: Person, *, by: int, now: datetime) -> None:
    moved = merge.moved
    stayed = _give_fields_back(kept, other, moved)
    _give_badge_back(kept.id, other.id, moved, merge.created_at)
    for model, name in ((Device, "devices"), (ApiToken, "tokens"), (Membership, "members")):
        _give_back(model, moved[name], kept.id, other.id)
    # of merges older than this nothing was ended
    memberships.open_again(moved.get("ended", ()), local_day(merge.created_at))
    _give_assignments_back(kept.id, other.id, moved, now)
    merge.undone_at, merge.undone_by_id = now, by
    facts = {"merged": other.id, "merge": merge.id, "stayed": sorted(stayed)}
    audit.note("person.unmerge", "person", kept.id, by=by, at=now, **facts)
    db.session.flush()
    _part(kept.id, other, moved["followers"])


@transaction
def forget_passed(now: datetime) -> int:
    """Of a merge that nobody can undo any more only who became whom is kept; how many."""
    over = (Merge.created_at < now - UNDO_WITHIN) | Merge.undone_at.is_not(None)
    known = select(Merge).where(over).order_by(Merge.id.desc()).limit(FORGOTTEN_AT_ONCE)
    passed = [merge for merge in db.session.scalars(known) if merge.moved]
    for merge in passed:
        merge.moved = {}
    return len(passed)


def _refuse(merge: Merge, by: int, now: datetime) -> None:
    if merge.undone_at is not None:
        raise Problem("merge_undone")
    if now > merge.created_at + UNDO_WITHIN:
        raise Problem("merge_old")
    if by in (merge.kept_id, merge.merged_id):
        raise Problem("merge_own")


def _locked(merge: Merge) -> tuple[Person, Person]:
    query = (
        select(Person)
        .where(Person.id.in_((merge.kept_id, merge.merged_id)))
        .order_by(Person.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = {person.id: person for person in db.session.scalars(query)}
    return found[merge.kept_id], found[merge.merged_id]


def _part(kept_id: int, other: Person, followers: list[int]) -> None:
    other.merged_into_id = None
    db.session.execute(
        update(Person)
        .where(Person.id.in_(followers), Person.merged_into_id == kept_id)
        .values(merged_into_id=other.id)
    )
    db.session.flush()


def _give_fields_back(kept: Person, other: Person, moved: Mapping[str, Any]) -> list[str]:
    stayed = fields.give_back(kept, moved["taken"])
    db.session.flush()
    for column, value in moved["given"].items():
        if column not in stayed:
            setattr(other, column, value)
    db.session.flush()
    return stayed


def _give_back(model: Any, ids: list[int], kept_id: int, other_id: int) -> None:
    if ids:
        ours = update(model).where(model.id.in_(ids), model.person_id == kept_id)
        db.session.execute(ours.values(person_id=other_id))


def _give_assignments_back(
    kept_id: int, other_id: int, moved: Mapping[str, Any], now: datetime
) -> None:
    """Shifts to which the person has not come meanwhile, and places given up where both had one."""
    came = select(Attendance.shift_id).where(Attendance.volunteer_id == kept_id)
    a = Assignment
    ours = update(a).where(a.id.in_(moved["assignments"]), a.person_id == kept_id)
    db.session.execute(ours.where(a.shift_id.not_in(came)).values(person_id=other_id))
    for kept in moved["withdrawn"]:
        _expect_again(kept, now)


def _expect_again(kept: Mapping[str, Any], now: datetime) -> None:
    """Unless the shift is over, or they have been expected there again since."""
    shift = db.session.get_one(Shift, kept["shift_id"])
    place = select(Assignment.id).where(
        Assignment.shift_id == shift.id, Assignment.person_id == kept["person_id"]
    )
    if shift.ends_at <= now or db.session.scalar(place) is not None:
        return
    created_at = datetime.fromisoformat(kept["created_at"])
    db.session.add(Assignment(**{**kept, "created_at": created_at}))
    db.session.flush()


def _give_badge_back(
    kept_id: int, other_id: int, moved: Mapping[str, Any], merged_at: datetime
) -> None:
    """The badge that moved, if it still works; the one that stopped, if nobody stopped it since."""
    if moved["badge"] is not None:
        badge_id, version = moved["badge"]
        badge = db.session.get_one(Badge, badge_id)
        if badge.person_id == kept_id and badge.revoked_at is None:
            badge.person_id, badge.version = other_id, version
    if moved["stopped"] is not None:
        badge = db.session.get_one(Badge, moved["stopped"])
        if badge.revoked_at == merged_at:
            badge.revoked_at = None
    db.session.flush()
