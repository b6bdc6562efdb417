"""What is approved now of some people and of one shift, as the sums see it (`rollup.py`)."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, or_, select
from sqlalchemy.orm import aliased

from checkin.database import AnyRow, ask, db
from checkin.domain.days import local_time
from checkin.models import Attendance, Opportunity, Person, Shift, Site
from checkin.models.attendance import COUNTED
from checkin.operations.figures.definitions import WITHOUT
from checkin.operations.figures.sums import Call, Counted, Sums, key_of_gender

AT_ONCE = 2000
"""Volunteers whose attendances are read together."""
_A = Attendance


@dataclass(frozen=True, slots=True)
class Standing:
    """What is approved now of some people and of one shift."""

    records: dict[int, Counted]
    persons: dict[int, int]
    """By volunteer: the person, where somebody was entered twice."""

    @classmethod
    def of(cls, volunteer_ids: Collection[int], shift_id: int | None) -> "Standing":
        persons = _persons(volunteer_ids) if volunteer_ids else {}
        conditions: list[ColumnElement[bool]] = []
        if persons:
            conditions.append(_A.volunteer_id.in_(persons))
        if shift_id is not None:
            conditions.append(_A.shift_id == shift_id)
        if not conditions:
            return cls({}, persons)
        rows = db.session.execute(_COUNTED.where(or_(*conditions)))
        return cls({row.id: _counted(row) for row in rows}, persons)

    @property
    def calls(self) -> dict[int, Call]:
        """By opportunity."""
        return {one.opportunity_id: one.call for one in self.records.values()}

    def sums(self, other: "Standing") -> Sums:
        """What adds up of all that is not the same in the other."""
        sums = Sums()
        for number, one in self.records.items():
            if other.records.get(number) != one:
                sums.add(one)
        sums.spread()
        return sums

    def of_person(self) -> dict[int, dict[int, Counted]]:
        """Everybody's own attendances, by person."""
        found: dict[int, dict[int, Counted]] = {}
        for number, one in self.records.items():
            if one.volunteer_id in self.persons:
                found.setdefault(self.persons[one.volunteer_id], {})[number] = one
        return found


_MERGED = aliased(Person)


def _of_person(name: str) -> ColumnElement[Any]:
    """What the row says that stands for the volunteer."""
    return case((_MERGED.id.is_not(None), getattr(_MERGED, name)), else_=getattr(Person, name))


_COUNTED = (
    select(
        *(_A.id, _A.volunteer_id, _A.work_on, _A.in_at, Shift.starts_at, Site.zone),
        *(_A.site_id, Shift.opportunity_id),
        func.coalesce(Shift.lane_id, WITHOUT).label("lane_id"),
        func.coalesce(_A.partner_id, WITHOUT).label("partner_id"),
        func.coalesce(Opportunity.service_id, WITHOUT).label("service_id"),
        func.coalesce(Opportunity.campaign_id, WITHOUT).label("campaign_id"),
        Opportunity.type,
        _of_person("gender").label("gender"),
        func.coalesce(_of_person("team_id"), WITHOUT).label("team_id"),
        _A.approved_minutes,
        func.coalesce(_A.approved_beneficiaries, 0).label("beneficiaries"),
        *(_A.value_halalas, _A.low_halalas, _A.high_halalas),
    )
    .join(Shift, Shift.id == _A.shift_id)
    .join(Opportunity, Opportunity.id == Shift.opportunity_id)
    .join(Site, Site.id == _A.site_id)
    .join(Person, Person.id == _A.volunteer_id)
    .outerjoin(_MERGED, _MERGED.id == Person.merged_into_id)
    .where(_A.state == COUNTED)
)


def _counted(row: AnyRow) -> Counted:
    begin = max(row.in_at or row.starts_at, row.starts_at)
    value = row.value_halalas or 0
    return Counted(
        volunteer_id=row.volunteer_id,
        gender=key_of_gender(row.gender),
        team_id=row.team_id,
        work_on=row.work_on,
        begin=local_time(begin, row.zone),
        site_id=row.site_id,
        lane_id=row.lane_id,
        partner_id=row.partner_id,
        opportunity_id=row.opportunity_id,
        call=Call(row.service_id, row.campaign_id, row.type),
        minutes=row.approved_minutes,
        beneficiaries=row.beneficiaries,
        value_halalas=value,
        valued_minutes=0 if row.value_halalas is None else row.approved_minutes,
        below_halalas=0 if row.low_halalas is None else value - row.low_halalas,
        above_halalas=0 if row.high_halalas is None else row.high_halalas - value,
    )


_ROOTS = select(Person.id, func.coalesce(Person.merged_into_id, Person.id).label("person_id"))


def _persons(volunteer_ids: Collection[int]) -> dict[int, int]:
    """Every row of these people, with whom it stands for.

    The row that stands for somebody entered twice is locked: two acts about two rows of one
    person must count that person one after the other.
    """
    roots = {row.person_id for row in ask(_ROOTS.where(Person.id.in_(volunteer_ids)))}
    same = _ROOTS.where(or_(Person.id.in_(roots), Person.merged_into_id.in_(roots)))
    found = {row.id: row.person_id for row in ask(same)}
    if others := sorted(roots - set(volunteer_ids)):
        locking = select(Person.id).where(Person.id.in_(others)).order_by(Person.id)
        ask(locking.with_for_update(key_share=True)).all()
    return found


def merged(connection: Connection) -> Mapping[int, int]:
    """By row: the person, of all who were entered twice."""
    rows = connection.execute(_ROOTS.where(Person.merged_into_id.is_not(None))).all()
    return {row.id: row.person_id for row in rows} | {row.person_id: row.person_id for row in rows}


def by_volunteer(connection: Connection) -> Iterator[list[Counted]]:
    """Everybody's approved attendances, read some people at a time."""
    last = connection.execute(select(func.max(_A.volunteer_id))).scalar() or 0
    for first in range(0, last + 1, AT_ONCE):
        some = _COUNTED.where(_A.volunteer_id >= first, _A.volunteer_id < first + AT_ONCE)
        of_volunteer: dict[int, list[Counted]] = {}
        for row in connection.execute(some):
            of_volunteer.setdefault(row.volunteer_id, []).append(_counted(row))
        yield from of_volunteer.values()
