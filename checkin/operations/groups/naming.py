"""Naming those who came with a group: each becomes an attendance, entered by hand and claimed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import or_, select

from checkin.database import db, transaction
from checkin.domain.errors import Problem
from checkin.domain.fold import Kind
from checkin.domain.likeness import alike
from checkin.domain.text import clean_name, fold_name
from checkin.models import Attendance, Group, GroupMember, Partner, Person
from checkin.models.attendance import DECIDED
from checkin.operations import audit, manual, people
from checkin.operations.groups import entering
from checkin.operations.groups.reading import Member, members_of, named_in
from checkin.operations.identity import living, rows_of
from checkin.operations.people import Profile

_THERE = ("open", "closed", "unclosed", *DECIDED)
"""Attendances that stand: somebody was in the shift."""


@dataclass(frozen=True, slots=True)
class Named:
    """One of a group: somebody found (`person_id`), or a name with the E.164 mobile.

    Whoever has a `guardian_mobile` is under 18.
    """

    person_id: int | None = None
    name: str = ""
    mobile: str | None = None
    guardian_mobile: str | None = None


@dataclass(slots=True)
class Naming:
    """What became of naming: how many are named by it, and what stood against the others."""

    named: int = 0
    waiting: int = 0
    """Of those, whose guardian has not agreed yet: no attendance before that."""
    problems: dict[int, Problem] = field(default_factory=dict)
    """By the place of each in what was sent."""


@dataclass(frozen=True, slots=True)
class _Meant:
    """Who one entry means: a row that is there, or somebody new."""

    entry: Named
    person: Person | None

    @property
    def key(self) -> object:
        if self.person is not None:
            return self.person.id
        return self.entry.mobile, fold_name(self.entry.name)


@transaction
def name_members(
    group_id: int,
    entries: Sequence[Named | Problem],
    *,
    by: int,
    now: datetime,
    only_good: bool = False,
) -> Naming:
    """Name people as members of a group; a Problem among them is a line nobody could read.

    With any problem nothing is written, unless `only_good`. Who is in the shift already is
    linked, who is named already stays. Problems of an entry: `own_name`, `named_twice`,
    `named_elsewhere` (in another group of the shift), `open_elsewhere` (checked in at another
    shift), `held`, `group_full` (fact `headcount`), `guardian_same_mobile`,
    `member_mobile_missing`, `nobody_chosen`, and those of `clean_name`. Of the whole:
    `group_closed`.
    """
    group, shift = entering.hold(group_id)
    entering.refuse_closed(shift)
    found = {at: _meant(one) for at, one in enumerate(entries) if isinstance(one, Named)}
    entering.lock(one.person.id for one in found.values() if one.person is not None)
    naming = Naming(
        problems={at: one for at, one in enumerate(entries) if isinstance(one, Problem)}
    )
    new = _judge(group, found, naming, by)
    if naming.problems and not only_good:
        return Naming(problems=naming.problems)
    for meant in new:
        _add(group, meant, naming, by, now)
    if new:
        audit.note("group.name", "group", group_id, by=by, at=now, people=len(new))
    return naming


@transaction
def enter_waiting(group_id: int, *, by: int, now: datetime) -> int:
    """Enter the attendances of members whose guardian has agreed meanwhile; how many."""
    group, shift = entering.hold(group_id)
    entering.refuse_closed(shift)
    ready = [one.person_id for one in ready_among(members_of(group_id)) if one.person_id != by]
    entering.lock(ready)
    for person_id in ready:
        _enter(group, person_id, by, now)
    return len(ready)


@transaction
def strike(group_id: int, person_id: int, *, by: int, now: datetime) -> None:
    """Take a name off, and what was entered because of it; whoever came by a scan of their own
    keeps that. Sent twice it is done once. Problems `own_name`, `decided_already`, `group_closed`.
    """
    group, shift = entering.hold(group_id)
    entering.refuse_closed(shift)
    if person_id == by:
        raise Problem("own_name")
    member = db.session.get(GroupMember, (group_id, person_id))
    if member is None:
        return
    entering.lock([person_id])
    if _is_there(group.shift_id, person_id, DECIDED):
        raise Problem("decided_already")
    entering.strike(group, person_id, by=by, now=now)
    db.session.delete(member)
    audit.note("group.strike", "group", group_id, by=by, at=now, person=person_id)


def ready_among(members: Sequence[Member]) -> list[Member]:
    """Those who waited for a guardian and wait no more."""
    return [one for one in members if one.row is None and not one.lacks_guardian]


# --- who is meant --------------------------------------------------------------------------


def _meant(entry: Named) -> _Meant:
    if entry.person_id is not None:
        found = select(Person).where(Person.id == entry.person_id, living())
        person = db.session.scalar(found.execution_options(populate_existing=True))
        return _Meant(entry, person)
    return _Meant(entry, _known(entry))


def _known(entry: Named) -> Person | None:
    """Who has this mobile and name; a family shares a mobile, so the name decides."""
    if entry.mobile is None:
        return None
    sharing, folded = people.of_mobile(entry.mobile), fold_name(entry.name)
    exact = [one for one in sharing if one.name_folded == folded]
    near = exact or [one for one in sharing if alike(one.name_folded, folded)]
    return near[0] if exact or len(near) == 1 else None


def _judge(group: Group, found: dict[int, _Meant], naming: Naming, by: int) -> list[_Meant]:
    """Who can be named, in the order they were sent; the others' problems are noted."""
    ids = [one.person.id for one in found.values() if one.person is not None]
    named = _groups_of(group.shift_id, ids)
    room = group.headcount - named_in(group.id)
    seen: set[object] = set()
    accepted: list[_Meant] = []
    for at, meant in found.items():
        if meant.person is not None and named.get(meant.person.id) == group.id:
            naming.named += 1
            continue
        problem = _obstacle(group, meant, named, seen, by)
        if problem is None and len(accepted) >= room:
            problem = Problem("group_full", headcount=group.headcount)
        seen.add(meant.key)
        if problem is not None:
            naming.problems[at] = problem
        else:
            accepted.append(meant)
    return accepted


def _obstacle(
    group: Group, meant: _Meant, named: dict[int, int], seen: set[object], by: int
) -> Problem | None:
    if meant.key in seen:
        return Problem("named_twice")
    person = meant.person
    if person is None:
        return _obstacle_of_new(meant.entry)
    if person.id == by:
        return Problem("own_name")
    if person.id in named:
        return Problem("named_elsewhere")
    if person.suspended_at is not None:
        return Problem("held")
    open_at = _open_shift(person.id)
    if open_at is not None and open_at != group.shift_id:
        return Problem("open_elsewhere")
    return None


def _obstacle_of_new(entry: Named) -> Problem | None:
    if entry.person_id is not None:
        return Problem("nobody_chosen")
    if entry.mobile is None:
        return Problem("member_mobile_missing")
    if entry.guardian_mobile == entry.mobile:
        return Problem("guardian_same_mobile")
    try:
        clean_name(entry.name)
    except Problem as problem:
        return problem
    return None


def _groups_of(shift_id: int, person_ids: Sequence[int]) -> dict[int, int]:
    """By person: the group of this shift in which they are named, under whichever row."""
    rows = db.session.execute(
        select(Person.id, Person.merged_into_id, GroupMember.group_id)
        .join(GroupMember, GroupMember.person_id == Person.id)
        .join(Group, Group.id == GroupMember.group_id)
        .where(Group.shift_id == shift_id)
        .where(or_(Person.id.in_(person_ids), Person.merged_into_id.in_(person_ids)))
    )
    return {row.merged_into_id or row.id: row.group_id for row in rows}


def _open_shift(person_id: int) -> int | None:
    a = Attendance
    return db.session.scalar(
        select(a.shift_id).where(a.volunteer_id == person_id, a.state == "open")
    )


# --- what is written -----------------------------------------------------------------------


def _add(group: Group, meant: _Meant, naming: Naming, by: int, now: datetime) -> None:
    person = meant.person or people.find(_register(group, meant.entry, by, now))
    member = GroupMember(group_id=group.id, person_id=person.id, named_by_id=by, created_at=now)
    db.session.add(member)
    db.session.flush()
    naming.named += 1
    if person.lacks_guardian:
        naming.waiting += 1
    else:
        _enter(group, person.id, by, now)


def _register(group: Group, entry: Named, by: int, now: datetime) -> int:
    """Somebody new, of the group's own partner."""
    partner = db.session.get(Partner, group.partner_id) if group.partner_id else None
    profile = Profile(
        name=clean_name(entry.name),
        mobile=entry.mobile,
        category="scout" if partner is not None and partner.kind == "scouts" else "volunteer",
        partner_id=group.partner_id,
        is_minor=entry.guardian_mobile is not None,
        guardian_mobile=entry.guardian_mobile,
    )
    return people.create(profile, by=by, now=now)


def _enter(group: Group, person_id: int, by: int, now: datetime) -> None:
    """In when the group came and out when it left; whoever is in the shift already stays so."""
    if _is_there(group.shift_id, person_id):
        return
    expected = manual.expected_on([person_id], [group.shift_id])
    joins = person_id not in expected
    entering.record(group, person_id, Kind.IN, group.arrived_at, by=by, now=now, joins=joins)
    if group.left_at is not None:
        entering.record(group, person_id, Kind.OUT, group.left_at, by=by, now=now)


def _is_there(shift_id: int, person_id: int, states: Collection[str] = _THERE) -> bool:
    a = Attendance
    there = select(a.id).where(
        a.shift_id == shift_id, a.volunteer_id.in_(rows_of(person_id)), a.state.in_(states)
    )
    return db.session.scalar(there) is not None
