"""Keeping sums of approved attendances in step with every act that changes one.

Whatever decides, takes a decision back, shares a lane's tally anew or joins two rows of one person
does so inside `in_step`. What waits is few and is counted when asked, so that no scan pays for it.
"""

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Table, bindparam, delete, func, or_, select

from checkin.database import AnyRow, Base, ask, db, snapshot, take_time, transaction, upsert
from checkin.models import Attendance, MonthTotal, Opportunity, PeopleTotal, Person, Shift
from checkin.models.attendance import COUNTED
from checkin.operations.figures.definitions import WITHOUT, Grouping
from checkin.operations.figures.kept import ALL
from checkin.operations.figures.periods import periods_of, stretch_of

log = logging.getLogger(__name__)

PROVED_AT = 23
"""The hour (UTC) in which the sums are proved: two at night in Makkah."""
AT_ONCE = 2000
"""Volunteers whose attendances are read together."""
_A, _M, _P = Attendance, MonthTotal, PeopleTotal
Stretch = tuple[int, date, int, int]
"""Opportunity, first day, site and partner: the key of a line of `month_totals`."""
Place = tuple[str, str, int]
"""Period, grouping and key: of a line of `people_totals`."""


class Counted(NamedTuple):
    """One approved attendance, as the sums see it."""

    volunteer_id: int
    work_on: date
    site_id: int
    partner_id: int
    opportunity_id: int
    service_id: int
    """0 at courses and meetings."""
    minutes: int
    beneficiaries: int

    @property
    def stretch(self) -> Stretch:
        return self.opportunity_id, stretch_of(self.work_on), self.site_id, self.partner_id

    @property
    def places(self) -> Iterator[Place]:
        """Every line in which whoever volunteered here is one of the people."""
        if self.service_id == WITHOUT:
            return
        month = self.work_on.year * 100 + self.work_on.month
        for period in periods_of(self.work_on):
            yield period, ALL, 0
            yield period, Grouping.SITE.value, self.site_id
            yield period, Grouping.SERVICE.value, self.service_id
            yield period, Grouping.PARTNER.value, self.partner_id
            yield period, Grouping.MONTH.value, month


@dataclass(slots=True)
class Sums:
    """Lines of both tables, or what must be added to them."""

    stretches: dict[Stretch, list[int]] = field(default_factory=dict)
    """Attendances, minutes and beneficiaries."""
    people: Counter[Place] = field(default_factory=Counter)

    def add(self, one: Counted, times: int = 1) -> None:
        self.add_stretch(one.stretch, (1, one.minutes, one.beneficiaries), times)

    def add_stretch(self, key: Stretch, values: Sequence[int], times: int = 1) -> None:
        line = self.stretches.setdefault(key, [0, 0, 0])
        for number, value in enumerate(values):
            line[number] += times * value

    def add_person(self, own: Iterable[Counted], times: int = 1) -> None:
        for place in {place for one in own for place in one.places}:
            self.people[place] += times

    @property
    def is_nought(self) -> bool:
        return not any(map(any, self.stretches.values())) and not any(self.people.values())

    def less(self, other: "Sums") -> "Sums":
        found = Sums({key: list(line) for key, line in self.stretches.items()}, Counter())
        for key, line in other.stretches.items():
            found.add_stretch(key, line, -1)
        found.people = Counter(self.people)
        found.people.subtract(other.people)
        return found


# --- in the same transaction ---------------------------------------------------------------

_inside: ContextVar[bool] = ContextVar("checkin_figures_in_step", default=False)


@contextmanager
def in_step(*, volunteer_ids: Collection[int] = (), shift_id: int | None = None) -> Iterator[None]:
    """Bring the sums to what the acts inside do to these volunteers, or to one shift's records.

    The caller holds the volunteers' locks, and the shift's where its people share a tally: of
    those only the beneficiaries may change, unless they are named. The lines of the sums are
    locked last and in one order, so let nothing that locks come after. Inside another `in_step`
    the outer one does it all.
    """
    if _inside.get():
        yield
        return
    token = _inside.set(True)
    try:
        before = _Standing.of(volunteer_ids, shift_id)
        yield
        db.session.flush()
        after = _Standing.of(volunteer_ids, shift_id)
        _add(after.sums().less(before.sums()))
    finally:
        _inside.reset(token)


def volunteers_of(opportunity_id: int) -> list[int]:
    """Who has something approved in an opportunity; they are locked, in order of id."""
    served = (
        select(_A.volunteer_id)
        .join(Shift, Shift.id == _A.shift_id)
        .where(Shift.opportunity_id == opportunity_id, _A.state == COUNTED)
    )
    people = select(Person.id).where(Person.id.in_(served)).order_by(Person.id)
    return list(db.session.scalars(people.with_for_update(key_share=True)))


@dataclass(frozen=True, slots=True)
class _Standing:
    """What is approved now of some people and of one shift."""

    records: dict[int, Counted]
    persons: dict[int, int]
    """By volunteer: the person, where somebody was entered twice."""

    @classmethod
    def of(cls, volunteer_ids: Collection[int], shift_id: int | None) -> "_Standing":
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

    def sums(self) -> Sums:
        sums = Sums()
        of_person: dict[int, list[Counted]] = {}
        for one in self.records.values():
            sums.add(one)
            if one.volunteer_id in self.persons:
                of_person.setdefault(self.persons[one.volunteer_id], []).append(one)
        for own in of_person.values():
            sums.add_person(own)
        return sums


_COUNTED = (
    select(
        *(_A.id, _A.volunteer_id, _A.work_on, _A.site_id, Shift.opportunity_id),
        func.coalesce(_A.partner_id, WITHOUT).label("partner_id"),
        func.coalesce(Opportunity.service_id, WITHOUT).label("service_id"),
        _A.approved_minutes,
        func.coalesce(_A.approved_beneficiaries, 0).label("beneficiaries"),
    )
    .join(Shift, Shift.id == _A.shift_id)
    .join(Opportunity, Opportunity.id == Shift.opportunity_id)
    .where(_A.state == COUNTED)
)


def _counted(row: AnyRow) -> Counted:
    return Counted(
        *(row.volunteer_id, row.work_on, row.site_id, row.partner_id),
        *(row.opportunity_id, row.service_id, row.approved_minutes, row.beneficiaries),
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


def _add(change: Sums) -> None:
    stretches = [
        dict(zip(_STRETCH, (*key, *line), strict=True))
        for key, line in sorted(change.stretches.items())
        if any(line)
    ]
    people = [
        dict(zip(_PLACE, (*key, number), strict=True))
        for key, number in sorted(change.people.items())
        if number
    ]
    _add_to(_M, stretches, ("attendances", "approved_minutes", "beneficiaries"))
    _add_to(_P, people, ("volunteers",))


_STRETCH = (
    *("opportunity_id", "from_on", "site_id", "partner_id"),
    *("attendances", "approved_minutes", "beneficiaries"),
)
_PLACE = ("period", "grouping", "key", "volunteers")


def _add_to(model: type[Base], rows: list[dict[str, Any]], names: Sequence[str]) -> None:
    """One line after the other: each is there already, or begins with this."""
    if not rows:
        return
    table = model.__table__
    assert isinstance(table, Table)
    written = [table.c[name] for name in rows[0]]
    adding = upsert(model).values({c.name: bindparam(c.name, type_=c.type) for c in written})
    more = {name: table.c[name] + adding.excluded[name] for name in names}
    keys = list(table.primary_key.columns)
    db.session.connection().execute(
        adding.on_conflict_do_update(index_elements=keys, set_=more), rows
    )


# --- from nothing, and the proof -----------------------------------------------------------


def recompute() -> int:
    """Set the sums to what the records say; how many lines were wrong.

    What is missing is added, not written over, so that acts meanwhile are not lost.
    """
    wrong = difference()
    _correct(wrong)
    return _lines(wrong)


@transaction
def _correct(wrong: Sums) -> None:
    take_time(db.session.connection())
    _add(wrong)
    db.session.execute(delete(_M).where(_M.attendances == 0))
    db.session.execute(delete(_P).where(_P.volunteers == 0))


def prove(now: datetime) -> int:
    """Once a night: whether the sums say what the records say; how many lines do not."""
    if now.hour != PROVED_AT:
        return 0
    wrong = _lines(difference())
    if wrong:
        log.error("%s sums of figures differ from the records: checkin figures recompute", wrong)
    return wrong


def difference() -> Sums:
    """What would have to be added to the sums, all seen at one instant."""
    with snapshot():
        return _from_records().less(_kept())


def _lines(sums: Sums) -> int:
    return sum(map(any, sums.stretches.values())) + sum(map(bool, sums.people.values()))


def _kept() -> Sums:
    m, p = _M, _P
    stretches: Iterable[Any] = ask(
        select(
            *(m.opportunity_id, m.from_on, m.site_id, m.partner_id),
            *(m.attendances, m.approved_minutes, m.beneficiaries),
        )
    )
    people: Iterable[Any] = ask(select(p.period, p.grouping, p.key, p.volunteers))
    return Sums(
        {tuple(row[:4]): list(row[4:]) for row in stretches},
        Counter({tuple(row[:3]): row[3] for row in people}),
    )


def _from_records() -> Sums:
    sums, merged = Sums(), _merged()
    twice: dict[int, list[Counted]] = {}
    for own in _by_volunteer():
        for one in own:
            sums.add(one)
        person_id = merged.get(own[0].volunteer_id)
        if person_id is None:
            sums.add_person(own)
        else:
            twice.setdefault(person_id, []).extend(own)
    for own in twice.values():
        sums.add_person(own)
    return sums


def _merged() -> Mapping[int, int]:
    """By row: the person, of all who were entered twice."""
    rows = ask(_ROOTS.where(Person.merged_into_id.is_not(None))).all()
    return {row.id: row.person_id for row in rows} | {row.person_id: row.person_id for row in rows}


def _by_volunteer() -> Iterator[list[Counted]]:
    """Everybody's approved attendances, read some people at a time."""
    last = ask(select(func.max(_A.volunteer_id))).scalar() or 0
    for first in range(0, last + 1, AT_ONCE):
        some = _COUNTED.where(_A.volunteer_id >= first, _A.volunteer_id < first + AT_ONCE)
        of_volunteer: dict[int, list[Counted]] = {}
        for row in ask(some):
            of_volunteer.setdefault(row.volunteer_id, []).append(_counted(row))
        yield from of_volunteer.values()
