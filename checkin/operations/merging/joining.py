"""Making one person of two rows: what is to come moves, what has been stays where it is."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import aliased

from checkin.database import AnyRow, db, transaction
from checkin.domain.days import local_day
from checkin.domain.errors import Problem
from checkin.models import (
    Apart,
    ApiToken,
    Assignment,
    Attendance,
    Badge,
    Device,
    Enrolment,
    Grant,
    Membership,
    Merge,
    Person,
    Shift,
)
from checkin.models.attendance import WAITING
from checkin.operations import audit, memberships, people
from checkin.operations.figures import rollup
from checkin.operations.identity import rows_of
from checkin.operations.merging import fields

UNDO_WITHIN = timedelta(days=30)


@transaction
def merge(kept_id: int, other_id: int, taking: Collection[str], *, by: int, now: datetime) -> int:
    """Make `other_id` part of `kept_id`, whose fields named in `taking` become the other's.

    Attendances, scans and decisions stay under their row and count as one person's; assignments
    to come, signed-in phones and the badge move. The merge's id. Raises the Problems of `refuse`.
    """
    kept, other = _locked(kept_id, other_id)
    refuse(kept, other, by=by, now=now)
    # around all of it: gender and team may be taken over too, and figures are by both
    with rollup.in_step(volunteer_ids=_everybody(kept_id, other_id)):
        return _join(kept, other, taking, by=by, now=now)


def _join(kept: Person, other: Person, taking: Collection[str], *, by: int, now: datetime) -> int:
    kept_id, other_id = kept.id, other.id
    taken, given = fields.take(kept, other, set(taking) & set(fields.choosable(kept, other)))
    moved = {
        "taken": taken,
        "given": given,
        **_move_assignments(kept_id, other_id, now),
        **_move_badge(kept_id, other_id, now),
        "devices": _move(Device, kept_id, other_id, Device.revoked_at.is_(None)),
        "tokens": _move(ApiToken, kept_id, other_id, ApiToken.revoked_at.is_(None)),
        **_move_memberships(kept_id, other_id, taken, local_day(now)),
    }
    _forget_enrolments(other_id, now)
    merge_id = _keep(kept_id, other_id, moved, by, now)
    moved["followers"] = _lead(kept, other)
    db.session.execute(update(Merge).where(Merge.id == merge_id).values(moved=moved))
    return merge_id


@transaction
def set_apart(one_id: int, other_id: int, *, by: int, now: datetime) -> None:
    """They are two people: not offered again. Saying it twice changes nothing."""
    first_id, second_id = sorted((one_id, other_id))
    _locked(first_id, second_id)
    if db.session.get(Apart, (first_id, second_id)) is None:
        apart = Apart(first_id=first_id, second_id=second_id, said_at=now, said_by_id=by)
        db.session.add(apart)
        audit.note("person.set_apart", "person", first_id, by=by, at=now, other=second_id)


def refuse(kept: Person, other: Person, *, by: int, now: datetime) -> None:
    """Whatever speaks against merging these two, in this direction.

    Problems: `merge_same`, `merge_own`, `needs_administrator` (the kept account holds a role
    above one's own), `merge_office` (the other holds a role; fact `name`), `merge_open` (the
    other is checked in), `merge_undecided` (the kept one decides, and hours of the other wait).
    """
    if kept.id == other.id:
        raise Problem("merge_same")
    if by in (kept.id, other.id):
        raise Problem("merge_own")
    people.refuse_office(kept, by, now)
    if _holds_office(other.id, now):
        raise Problem("merge_office", name=other.name)
    if _has(other.id, ("open",)):
        raise Problem("merge_open", name=other.name)
    if _holds_office(kept.id, now) and _has(other.id, WAITING):
        raise Problem("merge_undecided", name=other.name)


def merges_of(person_id: int) -> Sequence[AnyRow]:
    """What was merged into somebody and not taken apart again: `Merge` and the other `Person`."""
    return db.session.execute(
        select(Merge, Person)
        .join(Person, Person.id == Merge.merged_id)
        .where(Merge.kept_id == person_id, Merge.undone_at.is_(None))
        .order_by(Merge.id.desc())
    ).all()


def _locked(one_id: int, other_id: int) -> tuple[Person, Person]:
    """Both, in the order asked for; locked in order of their ids. NotFound."""
    for person_id in sorted({one_id, other_id}):
        people.find(person_id, lock=True)
    return people.find(one_id), people.find(other_id)


def _holds_office(person_id: int, now: datetime) -> bool:
    """A role in force or to come."""
    held = select(Grant.id).where(Grant.person_id == person_id)
    lasting = held.where(or_(Grant.until_at.is_(None), Grant.until_at > now))
    return db.session.scalar(lasting.limit(1)) is not None


def _has(person_id: int, states: Collection[str]) -> bool:
    a = Attendance
    query = select(a.id).where(a.volunteer_id.in_(rows_of(person_id)), a.state.in_(states))
    return db.session.scalar(query.limit(1)) is not None


def _everybody(kept_id: int, other_id: int) -> list[int]:
    """All rows whose person this changes or confirms."""
    rows = or_(Person.id.in_((kept_id, other_id)), Person.merged_into_id.in_((kept_id, other_id)))
    return list(db.session.scalars(select(Person.id).where(rows).order_by(Person.id)))


def _lead(kept: Person, other: Person) -> list[int]:
    """Merging is flat: whoever was merged into the other leads to the kept one from now on."""
    followers = list(
        db.session.scalars(
            update(Person)
            .where(Person.merged_into_id == other.id)
            .values(merged_into_id=kept.id)
            .returning(Person.id)
        )
    )
    other.merged_into_id = kept.id
    db.session.flush()
    return sorted(followers)


def _keep(kept_id: int, other_id: int, moved: dict[str, Any], by: int, now: datetime) -> int:
    kept = Merge(kept_id=kept_id, merged_id=other_id, moved=moved, created_at=now, created_by_id=by)
    db.session.add(kept)
    db.session.flush()
    facts: dict[str, Any] = {
        name: len(moved[name]) for name in ("assignments", "withdrawn", "devices")
    }
    facts |= {"merged": other_id, "merge": kept.id, "taken": sorted(moved["taken"])}
    audit.note("person.merge", "person", kept_id, by=by, at=now, **facts)
    return kept.id


# --- what moves ----------------------------------------------------------------------------


def _move_assignments(kept_id: int, other_id: int, now: datetime) -> dict[str, Any]:
    """Shifts that have not ended and to which the other has not come.

    On a shift where both are expected one place is enough; a place is better than waiting.
    """
    moving, withdrawn = [], []
    for mine, theirs in to_come(kept_id, other_id, now):
        if mine is not None and (mine.how != "waiting" or theirs.how == "waiting"):
            withdrawn.append(_remembered(theirs))
            continue
        if mine is not None:
            withdrawn.append(_remembered(mine))
        moving.append(theirs.id)
    gone = [one["id"] for one in withdrawn]
    for assignment in db.session.scalars(select(Assignment).where(Assignment.id.in_(gone))):
        db.session.delete(assignment)
    db.session.flush()
    _hand(Assignment, moving, kept_id)
    return {"assignments": moving, "withdrawn": withdrawn}


def to_come(kept_id: int, other_id: int, now: datetime) -> Sequence[AnyRow]:
    """`mine` (or nothing) and `theirs` for each shift to come of the other."""
    theirs, mine = aliased(Assignment, name="theirs"), aliased(Assignment, name="mine")
    came = select(Attendance.id).where(
        Attendance.shift_id == theirs.shift_id, Attendance.volunteer_id == other_id
    )
    return db.session.execute(
        select(mine, theirs)
        .select_from(theirs)
        .join(Shift, Shift.id == theirs.shift_id)
        .outerjoin(mine, and_(mine.shift_id == theirs.shift_id, mine.person_id == kept_id))
        .where(theirs.person_id == other_id, Shift.ends_at > now, ~came.exists())
        .order_by(theirs.id)
    ).all()


_KEPT_OF_ASSIGNMENT = ("id", "shift_id", "person_id", "how", "is_lead", "created_by_id")


def _remembered(assignment: Assignment) -> dict[str, Any]:
    kept = {name: getattr(assignment, name) for name in _KEPT_OF_ASSIGNMENT}
    return {**kept, "created_at": fields.plain(assignment.created_at)}


def _move_badge(kept_id: int, other_id: int, now: datetime) -> dict[str, Any]:
    """One badge works: the kept one's, or else the other's; a printed one that stops is named."""
    working = {
        badge.person_id: badge
        for badge in db.session.scalars(
            select(Badge).where(
                Badge.person_id.in_((kept_id, other_id)), Badge.revoked_at.is_(None)
            )
        )
    }
    badge = working.get(other_id)
    if badge is None:
        return {"badge": None, "stopped": None}
    if kept_id in working:
        badge.revoked_at = now
        db.session.flush()
        return {"badge": None, "stopped": badge.id}
    versions = select(Badge.version).where(Badge.person_id == kept_id)
    newest = db.session.scalar(versions.order_by(Badge.version.desc()).limit(1)) or 0
    before = badge.version
    badge.person_id, badge.version = kept_id, newest + 1
    db.session.flush()
    return {"badge": [badge.id, before], "stopped": None}


def _move(model: Any, kept_id: int, other_id: int, condition: Any) -> list[int]:
    query = select(model.id).where(model.person_id == other_id, condition).order_by(model.id)
    ids = list(db.session.scalars(query))
    _hand(model, ids, kept_id)
    return ids


def _move_memberships(
    kept_id: int, other_id: int, taken: dict[str, Any], today: date
) -> dict[str, list[int]]:
    """Whose partner is taken over, belongs to it since the same day; the other membership ends."""
    if "partner_id" not in taken:
        return {"members": [], "ended": memberships.end_open(other_id, today)}
    ended = memberships.end_open(kept_id, today)
    m, mine = Membership, aliased(Membership)
    held = select(mine.id).where(
        mine.person_id == kept_id, mine.partner_id == m.partner_id, mine.from_on == m.from_on
    )
    lasting = (m.partner_id == taken["partner_id"][1]) & m.until_on.is_(None)
    moved = _move(m, kept_id, other_id, lasting & ~held.exists())
    return {"members": moved, "ended": [*ended, *memberships.end_open(other_id, today)]}


def _hand(model: Any, ids: Sequence[int], person_id: int) -> None:
    if ids:
        db.session.execute(update(model).where(model.id.in_(ids)).values(person_id=person_id))


def _forget_enrolments(other_id: int, now: datetime) -> None:
    """A code printed for the other row signs nobody in any more; a new one takes a moment."""
    db.session.execute(
        update(Enrolment)
        .where(Enrolment.person_id == other_id, Enrolment.used_at.is_(None))
        .where(Enrolment.expires_at > now)
        .values(expires_at=now)
    )
