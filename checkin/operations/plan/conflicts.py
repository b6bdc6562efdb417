"""What speaks against a week as it is planned: listed for people to judge, never an obstacle."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import combinations, pairwise

from sqlalchemy import or_, select

from checkin.database import AnyRow, db
from checkin.domain.days import minutes_between
from checkin.domain.roles import Permission, roles_that_may
from checkin.domain.welfare import LEAST_REST_MINUTES, SAME_DAY_WITHIN
from checkin.models import Assignment, Grant, Person, Shift


class Conflict(StrEnum):
    """What is wrong."""

    LANE_TWICE = "lane_twice"
    PERSON_TWICE = "person_twice"
    LITTLE_REST = "little_rest"
    NO_SUPERVISOR = "no_supervisor"
    OPPORTUNITY_CLOSED = "opportunity_closed"


@dataclass(frozen=True, slots=True)
class Found:
    """One conflict of a shift, with the other shift or the person it is about."""

    conflict: Conflict
    shift: Shift
    other: Shift | None = None
    person_id: int | None = None
    person_name: str = ""
    minutes: int | None = None
    """Of rest between the two."""


def conflicts_of(shifts: Sequence[Shift], now: datetime) -> list[Found]:
    """Of what is still to end and takes place; give the days around the week too."""
    coming = [shift for shift in shifts if shift.cancelled_at is None and shift.ends_at > now]
    return [
        *_lanes(coming),
        *_people(coming),
        *_supervisors(coming),
        *(Found(Conflict.OPPORTUNITY_CLOSED, one) for one in coming if one.opportunity.closed_at),
    ]


def _lanes(shifts: Sequence[Shift]) -> Iterator[Found]:
    """Two shifts in one lane at the same time."""
    by_lane: defaultdict[int, list[Shift]] = defaultdict(list)
    for shift in shifts:
        if shift.lane_id is not None:
            by_lane[shift.lane_id].append(shift)
    for together in by_lane.values():
        for one, other in combinations(together, 2):
            if one.starts_at < other.ends_at and other.starts_at < one.ends_at:
                yield Found(Conflict.LANE_TWICE, one, other)


def _people(shifts: Sequence[Shift]) -> Iterator[Found]:
    """Who is expected twice at once, or with less than eight hours' rest between two days."""
    by_id = {shift.id: shift for shift in shifts}
    found = [
        (who, one, other)
        for who, theirs in _expected_often(by_id)
        for one, other in pairwise(sorted(theirs, key=lambda shift: (shift.starts_at, shift.id)))
        if _meet(one, other)
    ]
    names = _names({who for who, _, _ in found})
    for who, one, other in sorted(found, key=lambda row: (names[row[0]], row[1].starts_at)):
        yield _between(one, other, who, names[who])


def _meet(one: Shift, other: Shift) -> bool:
    """At once, or with too little rest between one day and the next."""
    if other.starts_at < one.ends_at:
        return True
    if other.work_on == one.work_on or other.starts_at - one.ends_at <= SAME_DAY_WITHIN:
        return False
    return minutes_between(one.ends_at, other.starts_at) < LEAST_REST_MINUTES


def _between(one: Shift, other: Shift, who: int, name: str) -> Found:
    if other.starts_at < one.ends_at:
        return Found(Conflict.PERSON_TWICE, one, other, who, name)
    rest = minutes_between(one.ends_at, other.starts_at)
    return Found(Conflict.LITTLE_REST, one, other, who, name, minutes=rest)


def _expected_often(by_id: dict[int, Shift]) -> Iterator[tuple[int, list[Shift]]]:
    """Everybody expected on two of these shifts or more, with those shifts."""
    a = Assignment
    query = select(a.person_id, a.shift_id).where(a.shift_id.in_(by_id), a.how != "waiting")
    theirs: defaultdict[int, list[Shift]] = defaultdict(list)
    for person_id, shift_id in db.session.execute(query):
        theirs[person_id].append(by_id[shift_id])
    return ((who, shifts) for who, shifts in theirs.items() if len(shifts) > 1)


def _names(person_ids: set[int]) -> dict[int, str]:
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(person_ids)))
    return {row.id: row.name for row in rows}


def _supervisors(shifts: Sequence[Shift]) -> Iterator[Found]:
    """The first shift of each site whose supervisors' roles do not cover it."""
    site_ids = {shift.site_id for shift in shifts}
    held = db.session.execute(
        select(Grant.site_id, Grant.from_at, Grant.until_at)
        .join(Person, Person.id == Grant.person_id)
        .where(Grant.site_id.in_(site_ids), Person.suspended_at.is_(None))
        .where(Grant.role.in_(sorted(roles_that_may(Permission.DECIDE))))
        .where(or_(Grant.until_at.is_(None), Grant.until_at > Grant.from_at))
    ).all()
    told: set[int] = set()
    for shift in shifts:
        if shift.site_id in told or any(_covers(row, shift) for row in held):
            continue
        told.add(shift.site_id)
        yield Found(Conflict.NO_SUPERVISOR, shift)


def _covers(row: AnyRow, shift: Shift) -> bool:
    begun = row.site_id == shift.site_id and row.from_at <= shift.starts_at
    return begun and (row.until_at is None or row.until_at > shift.starts_at)
