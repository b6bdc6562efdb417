"""How groups stand: who leads them, how many came, how many are named, and what became of each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, distinct, func, select
from sqlalchemy.orm import joinedload

from checkin.database import AnyRow, db
from checkin.domain.errors import NotFound
from checkin.domain.hours import AUTO_CLOSE_AFTER
from checkin.models import (
    Attendance,
    Group,
    GroupMember,
    Opportunity,
    Partner,
    Person,
    Shift,
    Team,
)
from checkin.operations.identity import one_person, rows_of
from checkin.operations.permissions import Reach, shifts_within

_GONE = ("cancelled", "voided")
OFFERED_FOR = timedelta(days=30)
"""So long after a shift its leaders are led to naming, if nobody closes it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A group as it is shown: `body` is its partner or team, where it has one."""

    group: Group
    shift: Shift
    leader_name: str | None
    body: Partner | Team | None
    named: int
    entered: int
    """Those of them with an attendance; somebody under 18 may still wait for the guardian."""

    @property
    def uncounted(self) -> int:
        """Those who are here and on no list of people who are checked in."""
        return max(self.group.headcount - self.entered, 0)

    @property
    def unnamed(self) -> int:
        """Those of whom nobody knows who they are; they earn nothing."""
        return max(self.group.headcount - self.named, 0)

    @property
    def is_open(self) -> bool:
        """Whether somebody can still be named."""
        return self.shift.closed_at is None and self.shift.cancelled_at is None

    def is_here(self, now: datetime) -> bool:
        """As for people without a check-out: until it left, or the clock has run out."""
        left = self.group.left_at
        return now < self.shift.ends_at + AUTO_CLOSE_AFTER if left is None else left > now


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who was named; without a `row` no attendance has come of it yet."""

    person_id: int
    name: str | None
    mobile: str | None
    lacks_guardian: bool
    row: AnyRow | None
    """`id`, `state`, `in_at`, `out_at` of the attendance on the group's shift."""


def standings(*conditions: ColumnElement[bool]) -> list[Standing]:
    """The groups meant, with their shifts described, in the order in which they came."""
    rows = db.session.execute(
        select(Group, Shift, Person.name, Partner, Team)
        .join(Shift, Shift.id == Group.shift_id)
        .join(Person, Person.id == Group.leader_id)
        .outerjoin(Partner, Partner.id == Group.partner_id)
        .outerjoin(Team, Team.id == Group.team_id)
        .where(*conditions)
        .options(
            joinedload(Shift.opportunity).joinedload(Opportunity.service),
            joinedload(Shift.site),
            joinedload(Shift.lane),
        )
        .order_by(Group.arrived_at, Group.id)
        .execution_options(populate_existing=True)
    ).all()
    named = _counts([row.Group.id for row in rows])
    return [
        Standing(
            *(row.Group, row.Shift, row.name, row.Partner or row.Team),
            *named.get(row.Group.id, (0, 0)),
        )
        for row in rows
    ]


def named_in(group_id: int) -> int:
    """How many people of a group are named."""
    return _counts([group_id]).get(group_id, (0, 0))[0]


def _counts(group_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """By group: how many people are named and how many of them entered, each once however often
    they were entered."""
    if not group_ids:
        return {}
    a, m = Attendance, GroupMember
    came = and_(a.volunteer_id == m.person_id, a.shift_id == Group.shift_id, ~a.state.in_(_GONE))
    entered = case((a.id.is_not(None), one_person()))
    rows = db.session.execute(
        select(m.group_id, func.count(distinct(one_person())), func.count(distinct(entered)))
        .join(Group, Group.id == m.group_id)
        .join(Person, Person.id == m.person_id)
        .outerjoin(a, came)
        .where(m.group_id.in_(group_ids))
        .group_by(m.group_id)
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def find(group_id: int, *conditions: ColumnElement[bool]) -> Standing:
    """One group; NotFound, also where the conditions leave it out."""
    found = standings(Group.id == group_id, *conditions)
    if not found:
        raise NotFound("group")
    return found[0]


def led_by(person_id: int) -> ColumnElement[bool]:
    """The groups that this person leads, also those from before two of their rows became one."""
    return Group.leader_id.in_(rows_of(person_id))


def to_name(person_id: int, now: datetime) -> list[Standing]:
    """The groups that this person leads and in which somebody can be named."""
    open_ones = (Shift.closed_at.is_(None), Shift.cancelled_at.is_(None))
    recent = Shift.ends_at > now - OFFERED_FOR
    return standings(led_by(person_id), *open_ones, recent)


def on_site(site_id: int, reach: Reach, now: datetime) -> list[Standing]:
    """The groups that are at a site now, within reach."""
    within = shifts_within(reach).with_only_columns(Shift.id)
    near = Shift.ends_at > now - AUTO_CLOSE_AFTER
    found = standings(Shift.site_id == site_id, near, Shift.id.in_(within), Group.arrived_at <= now)
    return [one for one in found if one.is_here(now)]


def uncounted_on_site(site_id: int, reach: Reach, now: datetime) -> int:
    """How many people are at a site with groups whom no list of people names."""
    return sum(one.uncounted for one in on_site(site_id, reach, now))


def members_of(group_id: int) -> Sequence[Member]:
    """Everybody named, by name, with what became of it."""
    a, p = Attendance, Person
    rows = db.session.execute(
        select(
            *(p.id.label("person_id"), p.name, p.mobile, p.is_minor, p.guardian_consented_at),
            *(a.id, a.state, a.in_at, a.out_at, a.flags),
        )
        .select_from(GroupMember)
        .join(Group, Group.id == GroupMember.group_id)
        .join(p, p.id == GroupMember.person_id)
        .outerjoin(a, and_(a.volunteer_id == p.id, a.shift_id == Group.shift_id))
        .where(GroupMember.group_id == group_id)
        .order_by(p.name_folded, p.id)
    )
    return [
        Member(
            *(row.person_id, row.name, row.mobile),
            lacks_guardian=row.is_minor and row.guardian_consented_at is None,
            row=None if row.id is None else row,
        )
        for row in rows
    ]


def teams() -> Sequence[Team]:
    """Those a group can be of."""
    open_ones = select(Team).where(Team.closed_at.is_(None))
    return db.session.scalars(open_ones.order_by(Team.name_ar, Team.id)).all()
