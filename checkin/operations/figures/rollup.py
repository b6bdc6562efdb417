"""Keeping sums of approved attendances in step with every act that changes one.

Whatever decides, takes a decision back, shares a lane's tally anew or joins two rows of one person
does so inside `in_step`. What waits is few and is counted when asked, so that no scan pays for it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Insert, Table, select

from checkin.database import Base, LinesToAdd, ask, db, upsert
from checkin.models import (
    Attendance,
    MonthTotal,
    Opportunity,
    OpportunityDay,
    PeriodTotal,
    Person,
    Shift,
)
from checkin.operations.figures.periods import around, years_of
from checkin.operations.figures.standing import Standing
from checkin.operations.figures.sums import (
    OF_PLACE,
    OF_SPOT,
    OF_STRETCH,
    OPPORTUNITIES,
    PLACE,
    SPOT,
    STRETCH,
    VOLUNTEERS,
    Call,
    Counted,
    Lines,
    Spot,
    Sums,
    first_places,
)

_A, _M, _D, _P = Attendance, MonthTotal, OpportunityDay, PeriodTotal


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
        before = Standing.of(volunteer_ids, shift_id)
        yield
        db.session.flush()
        after = Standing.of(volunteer_ids, shift_id)
        if told is not None:
            told(before.records, after.records)
        _keep(before, after)
    finally:
        _inside.reset(token)


def volunteers_of(opportunity_id: int) -> list[int]:
    """Who came to an opportunity; they are locked, in order of id. What is not approved yet may
    be while we wait for another one."""
    return _volunteers(Shift.opportunity_id == opportunity_id)


def volunteers_on(shift_id: int) -> list[int]:
    """Who came to a shift; they are locked, in order of id."""
    return _volunteers(Shift.id == shift_id)


def _volunteers(of: ColumnElement[bool]) -> list[int]:
    came = select(_A.volunteer_id).join(Shift, Shift.id == _A.shift_id).where(of)
    people = select(Person.id).where(Person.id.in_(came)).order_by(Person.id)
    return list(db.session.scalars(people.with_for_update(key_share=True)))


# --- writing the lines ---------------------------------------------------------------------


def _keep(before: Standing, after: Standing) -> None:
    change = after.sums(before).less(before.sums(after))
    _count_people(change, before, after)
    _write(_M, change.stretches, STRETCH, OF_STRETCH)
    come, gone = _add_spots(change)
    was, is_now = {**after.calls, **before.calls}, {**before.calls, **after.calls}
    moved = {call_id for call_id in is_now if is_now[call_id] != was[call_id]}
    touched = {spot[0] for spot in (*come, *gone)}
    for call_id in _held(touched | moved):
        own = [spot for spot in come if spot[0] == call_id]
        left = [spot for spot in gone if spot[0] == call_id]
        if call_id in moved:
            _move(change, _standing_spots(call_id), (own, left), (was[call_id], is_now[call_id]))
        else:
            _count_opportunity(change, own, left, is_now[call_id])
    _write(_P, change.places, PLACE, OF_PLACE)


def _count_people(change: Sums, before: Standing, after: Standing) -> None:
    """Each of these people once in every line they are of: only what changed can add lines, or
    take them away, and nothing else of theirs may be there."""
    had, have, lines = before.of_person(), after.of_person(), Lines()
    for person_id in had.keys() | have.keys():
        was, is_now = had.get(person_id, {}), have.get(person_id, {})
        same = {key for key, one in was.items() if is_now.get(key) == one}
        others = lines.of(_worked(was[key] for key in same))
        for found, sign in ((is_now, 1), (was, -1)):
            changed = lines.of(_worked(one for key, one in found.items() if key not in same))
            change.add_once(VOLUNTEERS, lines.more(changed, others), sign)
        before_them, firsts = (first_places(_volunteered(own)) for own in (was, is_now))
        change.add_once(VOLUNTEERS, firsts - before_them)
        change.add_once(VOLUNTEERS, before_them - firsts, -1)


def _volunteered(own: Mapping[int, Counted]) -> set[tuple[date, tuple[int, ...]]]:
    return {(one.work_on, one.narrow) for one in own.values() if one.is_volunteering}


def _worked(own: Iterable[Counted]) -> set[tuple[Spot, Call]]:
    return {(one.spot, one.call) for one in own}


def _add_spots(change: Sums) -> tuple[list[Spot], list[Spot]]:
    """Where somebody is now the first, and where somebody was the last."""
    rows = _rows(change.spots, (*SPOT, *OF_SPOT))
    if not rows:
        return [], []
    columns = _D.__table__.c
    kept = _adding(_D, OF_SPOT).returning(*(columns[name] for name in (*SPOT, *OF_SPOT)))
    come, gone = [], []
    for *key, attendances in db.session.connection().execute(kept, rows):
        spot = _spot(key)
        (more,) = change.spots[spot]
        if attendances > 0 and attendances - more <= 0:
            come.append(spot)
        elif attendances <= 0 and attendances - more > 0:
            gone.append(spot)
    return come, gone


def _held(opportunity_ids: Collection[int]) -> Sequence[int]:
    """These, so that whoever comes to another spot of one counts it after us."""
    if not opportunity_ids:
        return []
    chosen = select(Opportunity.id).where(Opportunity.id.in_(opportunity_ids))
    held = chosen.order_by(Opportunity.id).with_for_update(key_share=True)
    return ask(held).scalars().all()


def _count_opportunity(
    change: Sums, come: Collection[Spot], gone: Collection[Spot], call: Call
) -> None:
    """In every line it has come to, or left: where no other spot of its own is of that line.

    Mostly the spots of the months around tell. All others are read where in their years nobody
    alike stands there, so that an opportunity of many years costs no more than one of few.
    """
    touched = [*come, *gone]
    ends = [around(spot[1]) for spot in touched]
    others = _standing_spots(
        touched[0][0], min(first for first, _ in ends), max(last for _, last in ends)
    )
    others -= {*touched}
    alike = {(years_of(spot[1]), spot[2:]) for spot in others}
    if any((years_of(spot[1]), spot[2:]) not in alike for spot in touched):
        others = _standing_spots(touched[0][0]) - {*touched}
    lines = Lines()
    of_others = lines.of((spot, call) for spot in others)
    for spots, sign in ((come, 1), (gone, -1)):
        of_spots = lines.of((spot, call) for spot in spots)
        change.add_once(OPPORTUNITIES, lines.more(of_spots, of_others), sign)


def _move(
    change: Sums,
    standing: set[Spot],
    touched: tuple[Collection[Spot], Collection[Spot]],
    calls: tuple[Call, Call],
) -> None:
    """All of an opportunity that belongs to another service, campaign or type from now on."""
    come, gone = touched
    was, is_now = calls
    lines = Lines()
    before = lines.of((spot, was) for spot in (standing - {*come}) | {*gone})
    after = lines.of((spot, is_now) for spot in standing)
    change.add_once(OPPORTUNITIES, lines.more(after, before))
    change.add_once(OPPORTUNITIES, lines.more(before, after), -1)


def _standing_spots(
    opportunity_id: int, first: date = date.min, last: date = date.max
) -> set[Spot]:
    """Where, when and by whom somebody volunteered in it, of these days."""
    columns = [getattr(_D, name) for name in SPOT]
    rows = select(*columns).where(_D.opportunity_id == opportunity_id, _D.attendances > 0)
    return {_spot(row) for row in ask(rows.where(_D.work_on.between(first, last)))}


def _spot(key: Sequence[Any]) -> Spot:
    opportunity_id, work_on, site_id, lane_id, partner_id, gender, team_id = key
    return opportunity_id, work_on, site_id, lane_id, partner_id, gender, team_id


def _write(
    model: type[Base],
    lines: Mapping[Any, list[int]],
    keys: Sequence[str],
    sums: Sequence[str],
) -> None:
    """In one order, so that two acts never wait for each other's lines."""
    rows = [(*key, *line) for key, line in sorted(lines.items()) if any(line)]
    if rows:
        LinesToAdd(model, keys, sums).add(rows)


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
