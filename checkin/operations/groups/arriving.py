"""A group comes, is counted anew, and leaves: a supervisor's word about many people at once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from checkin.database import db, transaction
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.domain.fold import Kind
from checkin.domain.hours import AUTO_CLOSE_AFTER
from checkin.models import Attendance, Group, GroupMember, Person, Shift
from checkin.models.attendance import UNDECIDED
from checkin.operations import audit, catalogue
from checkin.operations.groups import entering
from checkin.operations.groups.reading import named_in
from checkin.operations.identity import is_one, living

MOST = 1000
"""People in one group."""
EARLIEST = timedelta(hours=2)
"""Before the shift; a bus comes when it comes."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """So many people came to a shift with their leader; `uid` is made with the page, so that
    pressing twice is one group. Without `at` it is now."""

    uid: str
    shift_id: int
    leader_id: int
    headcount: int
    partner_id: int | None = None
    team_id: int | None = None
    at: datetime | None = None

    @property
    def columns(self) -> dict[str, int | None]:
        return {
            "shift_id": self.shift_id,
            "leader_id": self.leader_id,
            "headcount": self.headcount,
            "partner_id": self.partner_id,
            "team_id": self.team_id,
        }


@transaction
def arrive(arrival: Arrival, *, by: int, now: datetime) -> int:
    """The new group's id; nobody earns anything by it.

    Problems: `headcount_invalid` (fact `most`), `leader_missing`, `group_closed`,
    `time_outside_shift`; Conflict `group_reused` when the id came before with other content.
    """
    shift = catalogue.hold_shift(arrival.shift_id)
    before = db.session.scalar(select(Group).where(Group.group_uid == arrival.uid))
    if before is not None:
        return _the_same(before, arrival)
    at = arrival.at or now
    _check(arrival, shift, at, now)
    group = Group(
        **arrival.columns,
        group_uid=arrival.uid,
        arrived_at=at,
        entered_by_id=by,
        created_at=now,
    )
    db.session.add(group)
    db.session.flush()
    facts = {"shift": shift.id, "headcount": group.headcount, "leader": group.leader_id}
    audit.note("group.arrive", "group", group.id, by=by, at=now, **facts)
    return group.id


def _the_same(before: Group, arrival: Arrival) -> int:
    if any(getattr(before, name) != value for name, value in arrival.columns.items()):
        raise Conflict("group_reused")
    return before.id


def _check(arrival: Arrival, shift: Shift, at: datetime, now: datetime) -> None:
    if shift.is_draft or shift.cancelled_at is not None:
        raise NotFound("shift")
    entering.refuse_closed(shift)
    if not 1 <= arrival.headcount <= MOST:
        raise Problem("headcount_invalid", most=MOST)
    leader = select(Person.id).where(Person.id == arrival.leader_id, living())
    if db.session.scalar(leader) is None:
        raise Problem("leader_missing")
    if at > now or not shift.starts_at - EARLIEST <= at < shift.ends_at:
        raise Problem("time_outside_shift", starts_at=shift.starts_at, ends_at=shift.ends_at)


@transaction
def recount(group_id: int, headcount: int, *, by: int, now: datetime) -> None:
    """Somebody counted again. Problems `headcount_invalid`, `headcount_named` (fewer than are
    named; fact `named`), `group_closed`."""
    group, shift = entering.hold(group_id)
    entering.refuse_closed(shift)
    if not 1 <= headcount <= MOST:
        raise Problem("headcount_invalid", most=MOST)
    named = named_in(group_id)
    if headcount < named:
        raise Problem("headcount_named", named=named)
    if headcount == group.headcount:
        return
    before, group.headcount = group.headcount, headcount
    db.session.flush()
    audit.note("group.recount", "group", group_id, by=by, at=now, before=before, after=headcount)


@transaction
def leave(group_id: int, at: datetime | None, *, by: int, now: datetime) -> bool:
    """The group went, and with it whoever of its members is still checked in; whether this press
    did it, for a group leaves once.

    Problems `group_closed` and `time_outside_shift` (before it came, in the future, or hours
    after the shift).
    """
    group, shift = entering.hold(group_id)
    if group.left_at is not None:
        return False
    entering.refuse_closed(shift)
    at = at or now
    if at > now or not group.arrived_at < at <= shift.ends_at + AUTO_CLOSE_AFTER:
        raise Problem("time_outside_shift", starts_at=shift.starts_at, ends_at=shift.ends_at)
    group.left_at = at
    db.session.flush()
    still_in = _still_in(group, at)
    entering.lock(still_in)
    for person_id in still_in:
        if not is_one(person_id, by):
            entering.record(group, person_id, Kind.OUT, at, by=by, now=now)
    audit.note("group.leave", "group", group_id, by=by, at=now, people=len(still_in))
    return True


def _still_in(group: Group, at: datetime) -> list[int]:
    """Members without a check-out, as nobody decided about them yet."""
    a = Attendance
    query = (
        select(a.volunteer_id)
        .join(GroupMember, GroupMember.person_id == a.volunteer_id)
        .where(GroupMember.group_id == group.id, a.shift_id == group.shift_id)
        .where(a.state.in_(UNDECIDED), a.out_at.is_(None), a.in_at <= at)
        .order_by(a.volunteer_id)
    )
    return list(db.session.scalars(query))
