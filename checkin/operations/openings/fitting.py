"""What speaks against somebody joining a shift: what refuses, and what is only told."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from checkin.database import AnyRow, db
from checkin.domain.errors import NotFound
from checkin.models import Assignment, Opportunity, Person, Shift, Site
from checkin.operations import welfare
from checkin.operations.identity import living

ADULT = 18


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A stable code, what its sentence needs, and whether it refuses or may be confirmed."""

    code: str
    refuses: bool
    facts: Mapping[str, Any] = field(default_factory=dict)


def obstacles(person_id: int, shift_id: int, now: datetime) -> list[Obstacle]:
    """Everything that speaks against this person on this shift, what refuses first.

    Refuses: `called_off`, `shift_begun`, `opening_closed`, `account_held`, `for_women`, `for_men`,
    `too_young` (fact `least`), `clash` (facts of the other shift), `shift_full`. Told: the limits
    of welfare as the plan would pass them, `rest_after`, `rest_if_given` (facts of the shift whose
    place is waited for), and `unsure_women`, `unsure_men`, `unsure_age` (fact `least`) where the
    record does not say what the call asks for.
    """
    found = obstacles_of(person_id, [shift_id], now).get(shift_id)
    if found is None:
        raise NotFound("shift")
    return found


def obstacles_of(
    person_id: int, shift_ids: Collection[int], now: datetime
) -> dict[int, list[Obstacle]]:
    """The same by shift, in as many questions for many shifts as for one; a draft is not there."""
    rows = _named(person_id, shift_ids)
    if not rows:
        return {}
    begins, ends = min(row.starts_at for row in rows), max(row.ends_at for row in rows)
    held = _held(person_id, begins, ends)
    ahead = welfare.ahead_of(person_id, [row.id for row in rows], now)
    return {
        row.id: [
            *(Obstacle(code, True, facts) for code, facts in _refusing(row, held, now)),
            *(Obstacle(code, False, facts) for code, facts in _unsure(row)),
            *(Obstacle(one.code, False, one.facts) for one in ahead.get(row.id, [])),
        ]
        for row in rows
    }


def _named(person_id: int, shift_ids: Collection[int]) -> Sequence[AnyRow]:
    """Each shift, its rules and the person in one row; a draft is left out."""
    o, p, s = Opportunity, Person, Shift
    return db.session.execute(
        select(
            *(s.id, s.starts_at, s.ends_at, s.work_on, s.seats, s.cancelled_at),
            *(s.closed_at, o.closed_at.label("call_closed_at"), o.is_open, o.has_waiting_list),
            *(o.gender, o.minimum_age, p.id.label("person_id"), p.gender.label("their_gender")),
            *(p.is_minor, p.birth_year, p.suspended_at, p.guardian_consented_at),
            _taken(s.id).scalar_subquery().label("taken"),
        )
        .select_from(s)
        .join(o, o.id == s.opportunity_id)
        .join(p, p.id == person_id)
        .where(s.id.in_(sorted(shift_ids)), s.is_draft.is_(False), living())
    ).all()


def _refusing(
    row: AnyRow, held: Sequence[AnyRow], now: datetime
) -> Iterator[tuple[str, dict[str, Any]]]:
    if row.cancelled_at is not None:
        yield "called_off", {}
    if row.starts_at <= now or row.closed_at is not None:
        yield "shift_begun", {}
    if not row.is_open or row.call_closed_at is not None:
        yield "opening_closed", {}
    yield from _refusing_person(row)
    if (other := _clashing(held, row)) is not None:
        yield "clash", other
    if not row.has_waiting_list and row.taken >= row.seats:
        yield "shift_full", {}


def _refusing_person(row: AnyRow) -> Iterator[tuple[str, dict[str, Any]]]:
    if row.suspended_at is not None or (row.is_minor and row.guardian_consented_at is None):
        yield "account_held", {}
    if row.gender is not None and row.their_gender not in (None, row.gender):
        yield ("for_women" if row.gender == "woman" else "for_men"), {}
    if _is_too_young(row):
        yield "too_young", {"least": row.minimum_age}


def _is_too_young(row: AnyRow) -> bool:
    """Surely too young on the shift's day; who may be old enough that year is believed."""
    if row.minimum_age is None:
        return False
    if row.birth_year is not None:
        return bool(row.work_on.year - row.birth_year < row.minimum_age)
    return bool(row.is_minor and row.minimum_age >= ADULT)


def _unsure(row: AnyRow) -> Iterator[tuple[str, dict[str, Any]]]:
    """What the call asks for and the record does not say: people know it of themselves."""
    if row.gender is not None and row.their_gender is None:
        yield ("unsure_women" if row.gender == "woman" else "unsure_men"), {}
    if row.minimum_age is None or row.birth_year is not None or _is_too_young(row):
        return
    if row.is_minor or row.minimum_age > ADULT:
        yield "unsure_age", {"least": row.minimum_age}


def clash(person_id: int, shift: Shift) -> dict[str, Any] | None:
    """The facts of another shift this person is expected on at the same time."""
    return _clashing(_held(person_id, shift.starts_at, shift.ends_at), shift)


def _held(person_id: int, begins: datetime, ends: datetime) -> Sequence[AnyRow]:
    """The shifts this person is expected on in a stretch of time, the soonest first."""
    s = Shift
    return db.session.execute(
        select(s.id, s.starts_at, s.ends_at, Site.name_ar, Site.name_en, Site.zone)
        .join(Assignment, Assignment.shift_id == s.id)
        .join(Site, Site.id == s.site_id)
        .where(Assignment.person_id == person_id, Assignment.how != "waiting")
        .where(s.cancelled_at.is_(None), s.starts_at < ends, s.ends_at > begins)
        .order_by(s.starts_at)
    ).all()


def _clashing(held: Sequence[AnyRow], shift: AnyRow | Shift) -> dict[str, Any] | None:
    for other in held:
        at_once = other.starts_at < shift.ends_at and other.ends_at > shift.starts_at
        if at_once and other.id != shift.id:
            return dict(other._mapping)
    return None


def free_seats(shift_id: int, seats: int) -> int:
    """How many more may be expected; below zero where a coordinator added more than there are."""
    return seats - (db.session.scalar(_taken(shift_id)) or 0)


def _taken(shift_id: Any) -> Select[int]:
    a = Assignment
    counting = select(func.count()).select_from(a)
    return counting.where(a.shift_id == shift_id, a.how != "waiting")
