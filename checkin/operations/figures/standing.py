"""What is approved now of some people and of one shift, as the sums see it (`rollup.py`)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
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
"""Rows that are fetched together."""
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


BEGIN = ("begin", "zone")
"""When the time that counts began, and where: names of columns of what is approved."""
AT_PLACE = (
    *("site_id", "lane_id", "partner_id", "gender", "team_id"),
    *("service_id", "campaign_id", "type"),
)
WORTH = (
    *("minutes", "beneficiaries", "value_halalas", "valued_minutes"),
    *("below_halalas", "above_halalas"),
)
_COUNTED = (
    select(
        *(_A.id, _A.volunteer_id, Shift.opportunity_id, _A.work_on, Site.zone),
        case((_A.in_at > Shift.starts_at, _A.in_at), else_=Shift.starts_at).label("begin"),
        _A.site_id,
        func.coalesce(Shift.lane_id, WITHOUT).label("lane_id"),
        func.coalesce(_A.partner_id, WITHOUT).label("partner_id"),
        _of_person("gender").label("gender"),
        func.coalesce(_of_person("team_id"), WITHOUT).label("team_id"),
        func.coalesce(Opportunity.service_id, WITHOUT).label("service_id"),
        func.coalesce(Opportunity.campaign_id, WITHOUT).label("campaign_id"),
        Opportunity.type,
        _A.approved_minutes.label("minutes"),
        func.coalesce(_A.approved_beneficiaries, 0).label("beneficiaries"),
        func.coalesce(_A.value_halalas, 0).label("value_halalas"),
        case((_A.value_halalas.is_(None), 0), else_=_A.approved_minutes).label("valued_minutes"),
        func.coalesce(_A.value_halalas - _A.low_halalas, 0).label("below_halalas"),
        func.coalesce(_A.high_halalas - _A.value_halalas, 0).label("above_halalas"),
    )
    .join(Shift, Shift.id == _A.shift_id)
    .join(Opportunity, Opportunity.id == Shift.opportunity_id)
    .join(Site, Site.id == _A.site_id)
    .join(Person, Person.id == _A.volunteer_id)
    .outerjoin(_MERGED, _MERGED.id == Person.merged_into_id)
    .where(_A.state == COUNTED)
)


def _counted(row: AnyRow) -> Counted:
    return Counted(
        volunteer_id=row.volunteer_id,
        gender=key_of_gender(row.gender),
        team_id=row.team_id,
        work_on=row.work_on,
        begin=local_time(row.begin, row.zone),
        site_id=row.site_id,
        lane_id=row.lane_id,
        partner_id=row.partner_id,
        opportunity_id=row.opportunity_id,
        call=Call(row.service_id, row.campaign_id, row.type),
        minutes=row.minutes,
        beneficiaries=row.beneficiaries,
        value_halalas=row.value_halalas,
        valued_minutes=row.valued_minutes,
        below_halalas=row.below_halalas,
        above_halalas=row.above_halalas,
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


def approved(
    connection: Connection, names: Sequence[str], *which: ColumnElement[bool]
) -> Iterable[AnyRow]:
    """These columns of the attendances for which this holds, fetched little by little."""
    columns = _COUNTED.selected_columns
    rows = _COUNTED.with_only_columns(*(columns[name] for name in names)).where(*which)
    return connection.execute(rows, execution_options={"yield_per": AT_ONCE})
