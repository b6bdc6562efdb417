"""Keeping sums of approved attendances in step with every act that changes one.

Whatever decides, takes a decision back, shares a lane's tally anew or joins two rows of one person
does so inside `in_step`. What waits is few and is counted when asked, so that no scan pays for it.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Insert, Table, case, delete, func, or_, select
from sqlalchemy.orm import aliased

from checkin.database import AnyRow, Base, ask, at_one_instant, db, take_time, transaction, upsert
from checkin.domain.days import local_time
from checkin.models import Attendance, MonthTotal, Opportunity, PeriodTotal, Person, Shift, Site
from checkin.models.attendance import COUNTED
from checkin.operations.figures.definitions import WITHOUT
from checkin.operations.figures.sums import (
    OF_PLACE,
    OF_STRETCH,
    OPPORTUNITIES,
    PLACE,
    STRETCH,
    VOLUNTEERS,
    Call,
    Counted,
    Line,
    Stretch,
    Sums,
    Where,
    key_of_gender,
    lines_of_call,
    lines_of_person,
    places_of_call,
    places_of_person,
)

log = logging.getLogger(__name__)

PROVED_AT = 23
"""The hour (UTC) in which the sums are proved: two at night in Makkah."""
AT_ONCE = 2000
"""Volunteers whose attendances are read together."""
_A, _M, _P = Attendance, MonthTotal, PeriodTotal


# --- in the same transaction ---------------------------------------------------------------

_inside: ContextVar[bool] = ContextVar("checkin_figures_in_step", default=False)


Told = Callable[[Mapping[int, Counted], Mapping[int, Counted]], None]
"""Told the approved attendances before the acts and after them, by their ids."""


@contextmanager
def in_step(
    *,
    volunteer_ids: Collection[int] = (),
    shift_id: int | None = None,
    told: Told | None = None,
) -> Iterator[None]:
    """Bring the sums to what the acts inside do to these volunteers, or to one shift's records.

    The caller holds the volunteers' locks, and the shift's where its people share a tally: of
    those only the beneficiaries may change, unless they are named. The lines of the sums are
    locked last and in one order, so let nothing that locks come after. Inside another `in_step`
    the outer one does it all. Whoever changes minutes, numbers or values names `late.enter` as
    the one that is `told`.
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
        if told is not None:
            told(before.records, after.records)
        _keep(before, after)
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


def volunteers_on(shift_id: int) -> list[int]:
    """Who came to a shift; they are locked, in order of id."""
    came = select(_A.volunteer_id).where(_A.shift_id == shift_id)
    people = select(Person.id).where(Person.id.in_(came)).order_by(Person.id)
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

    @property
    def calls(self) -> dict[int, Call]:
        """By opportunity."""
        return {one.opportunity_id: one.call for one in self.records.values()}

    def sums(self, other: "_Standing") -> Sums:
        """All that is not the same in the other, but opportunities: others volunteer there too."""
        sums = Sums()
        for number, one in self.records.items():
            if other.records.get(number) != one:
                sums.add(one)
        sums.spread()
        of_person: dict[int, list[Counted]] = {}
        for one in self.records.values():
            if one.volunteer_id in self.persons:
                of_person.setdefault(self.persons[one.volunteer_id], []).append(one)
        for own in of_person.values():
            sums.add_once(VOLUNTEERS, places_of_person(own))
        return sums


_MERGED = aliased(Person)
_COUNTED = (
    select(
        *(_A.id, _A.volunteer_id, _A.work_on, _A.in_at, Shift.starts_at, Site.zone),
        *(_A.site_id, Shift.opportunity_id),
        func.coalesce(Shift.lane_id, WITHOUT).label("lane_id"),
        func.coalesce(_A.partner_id, WITHOUT).label("partner_id"),
        func.coalesce(Opportunity.service_id, WITHOUT).label("service_id"),
        func.coalesce(Opportunity.campaign_id, WITHOUT).label("campaign_id"),
        Opportunity.type,
        case((_MERGED.id.is_not(None), _MERGED.gender), else_=Person.gender).label("gender"),
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


# --- writing the lines ---------------------------------------------------------------------


def _keep(before: _Standing, after: _Standing) -> None:
    change = after.sums(before).less(before.sums(after))
    was, is_now = {**after.calls, **before.calls}, {**before.calls, **after.calls}
    moved = {call_id for call_id in is_now if is_now[call_id] != was[call_id]}
    for call_id in _held(_add_stretches(change) | moved):
        of_before, of_after = _wheres(call_id, change)
        left = places_of_call(of_before, was[call_id])
        come = places_of_call(of_after, is_now[call_id])
        change.add_once(OPPORTUNITIES, come - left)
        change.add_once(OPPORTUNITIES, left - come, -1)
    _add_places(change)


def _add_stretches(change: Sums) -> set[int]:
    """The opportunities with lines in which somebody is now the first, or was the last.

    Only those can have come to a place, or left one: of all others no line but its own is read.
    """
    rows = _rows(change.stretches, (*STRETCH, *OF_STRETCH))
    if not rows:
        return set()
    columns = _M.__table__.c
    kept = _adding(_M, OF_STRETCH).returning(
        *(columns[name] for name in STRETCH), columns.attendances
    )
    touched = set()
    for *key, attendances in db.session.connection().execute(kept, rows):
        more = change.stretches[_stretch(key)][0]
        if (attendances > 0) != (attendances - more > 0):
            touched.add(key[0])
    return touched


def _held(opportunity_ids: Collection[int]) -> Sequence[int]:
    """These, so that whoever comes to another line of one counts it after us."""
    if not opportunity_ids:
        return []
    chosen = select(Opportunity.id).where(Opportunity.id.in_(opportunity_ids))
    held = chosen.order_by(Opportunity.id).with_for_update(key_share=True)
    return ask(held).scalars().all()


_NOUGHT = [0] * len(OF_STRETCH)


def _wheres(opportunity_id: int, change: Sums) -> tuple[list[Where], list[Where]]:
    """When, where and for whom somebody volunteered in it: before the change and after it."""
    columns = [getattr(_M, name) for name in (*STRETCH, "attendances")]
    before: list[Where] = []
    after: list[Where] = []
    rows: Iterable[Any] = ask(select(*columns).where(_M.opportunity_id == opportunity_id))
    for *key, attendances in rows:
        stretch = _stretch(key)
        more = change.stretches.get(stretch, _NOUGHT)[0]
        if attendances - more > 0:
            before.append(stretch[1:])
        if attendances > 0:
            after.append(stretch[1:])
    return before, after


def _stretch(key: Sequence[Any]) -> Stretch:
    opportunity_id, from_on, site_id, lane_id, partner_id, gender = key
    return opportunity_id, from_on, site_id, lane_id, partner_id, gender


def _add_places(change: Sums) -> None:
    if rows := _rows(change.places, (*PLACE, *OF_PLACE)):
        db.session.connection().execute(_adding(_P, OF_PLACE), rows)


def _rows(lines: Mapping[Any, list[int]], names: Sequence[str]) -> list[dict[str, Any]]:
    """In one order, so that two acts never wait for each other's lines."""
    return [
        dict(zip(names, (*key, *line), strict=True))
        for key, line in sorted(lines.items())
        if any(line)
    ]


def _adding(model: type[Base], names: Sequence[str]) -> Insert:
    """Each line is there already, or begins with this."""
    table = model.__table__
    assert isinstance(table, Table)
    adding = upsert(model)
    more = {name: table.c[name] + adding.excluded[name] for name in names}
    keys = list(table.primary_key.columns)
    return adding.on_conflict_do_update(index_elements=keys, set_=more)


# --- from nothing, and the proof -----------------------------------------------------------


def recompute() -> int:
    """Set the sums to what the records say; how many lines were wrong.

    What is missing is added, not written over, so that acts meanwhile are not lost.
    """
    wrong = difference()
    _correct(wrong)
    return wrong.number


@transaction
def _correct(wrong: Sums) -> None:
    take_time(db.session.connection())
    for model, lines, keys, sums in (
        (_M, wrong.stretches, STRETCH, OF_STRETCH),
        (_P, wrong.places, PLACE, OF_PLACE),
    ):
        if rows := _rows(lines, (*keys, *sums)):
            db.session.connection().execute(_adding(model, sums), rows)
    db.session.execute(delete(_M).where(_M.attendances == 0))
    db.session.execute(delete(_P).where(*(getattr(_P, name) == 0 for name in OF_PLACE)))


def prove(now: datetime) -> int:
    """Once a night: whether the sums say what the records say; how many lines do not."""
    if now.hour != PROVED_AT:
        return 0
    wrong = difference().number
    if wrong:
        log.error("%s sums of figures differ from the records: checkin figures recompute", wrong)
    return wrong


def difference() -> Sums:
    """What would have to be added to the sums, all seen at one instant."""
    with at_one_instant() as connection:
        return _from_records(connection).less(_kept(connection))


def _kept(connection: Connection) -> Sums:
    m, p = _M.__table__, _P.__table__
    stretches = connection.execute(select(*(m.c[name] for name in (*STRETCH, *OF_STRETCH))))
    places = connection.execute(select(*(p.c[name] for name in (*PLACE, *OF_PLACE))))
    return Sums(
        {tuple(row[: len(STRETCH)]): list(row[len(STRETCH) :]) for row in stretches},
        {tuple(row[: len(PLACE)]): list(row[len(PLACE) :]) for row in places},
    )


def _from_records(connection: Connection) -> Sums:
    sums, merged = Sums(), _merged(connection)
    people, opened = _Once(), _Once()
    twice: dict[int, list[Counted]] = {}
    calls: dict[int, Call] = {}
    for own in _by_volunteer(connection):
        for one in own:
            sums.add(one)
            calls[one.opportunity_id] = one.call
        person_id = merged.get(own[0].volunteer_id)
        if person_id is None:
            people.count(lines_of_person(own))
        else:
            twice.setdefault(person_id, []).extend(own)
    for own in twice.values():
        people.count(lines_of_person(own))
    sums.spread()
    for call_id, wheres in _by_call(sums).items():
        opened.count(lines_of_call(wheres, calls[call_id]))
    people.enter(sums, VOLUNTEERS)
    opened.enter(sums, OPPORTUNITIES)
    return sums


class _Once:
    """Many who are each counted once in their lines; by period, for that is much the quickest."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[Line]] = defaultdict(Counter)

    def count(self, found: Mapping[str, set[Line]]) -> None:
        for period, lines in found.items():
            self._counts[period].update(lines)

    def enter(self, sums: Sums, what: int) -> None:
        for period, counts in self._counts.items():
            for line, count in counts.items():
                sums.add_once(what, [(period, *line)], count)


def _by_call(sums: Sums) -> dict[int, list[Where]]:
    wheres: dict[int, list[Where]] = {}
    for opportunity_id, *where in sums.stretches:
        wheres.setdefault(opportunity_id, []).append(_stretch((opportunity_id, *where))[1:])
    return wheres


def _merged(connection: Connection) -> Mapping[int, int]:
    """By row: the person, of all who were entered twice."""
    rows = connection.execute(_ROOTS.where(Person.merged_into_id.is_not(None))).all()
    return {row.id: row.person_id for row in rows} | {row.person_id: row.person_id for row in rows}


def _by_volunteer(connection: Connection) -> Iterator[list[Counted]]:
    """Everybody's approved attendances, read some people at a time."""
    last = connection.execute(select(func.max(_A.volunteer_id))).scalar() or 0
    for first in range(0, last + 1, AT_ONCE):
        some = _COUNTED.where(_A.volunteer_id >= first, _A.volunteer_id < first + AT_ONCE)
        of_volunteer: dict[int, list[Counted]] = {}
        for row in connection.execute(some):
            of_volunteer.setdefault(row.volunteer_id, []).append(_counted(row))
        yield from of_volunteer.values()
