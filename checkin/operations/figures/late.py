"""What is changed in a closed month: entered in an open one, and counted there by every figure.

The attendances and the sums kept of them always say what stands now, by the day of work. When
figures are read, each entry takes its difference out of the day of work and puts it into the day
that counts it; over both days together nothing changes. So a closed month keeps its figures.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, insert, not_, or_, select, true

from checkin.database import AnyRow, db
from checkin.models import Attendance, Decision, LateEntry, Opportunity, Person, Shift
from checkin.models.attendance import COUNTED
from checkin.operations import months
from checkin.operations.figures import records
from checkin.operations.figures.definitions import (
    NOT_SAID,
    VOLUNTEERING,
    WITHOUT,
    Filter,
    Grouping,
    Totals,
)
from checkin.operations.figures.records import Key
from checkin.operations.figures.sums import Counted
from checkin.operations.identity import one_person, rows_of
from checkin.operations.permissions import Reach, attendances_within

_A, _E = Attendance, LateEntry
K = TypeVar("K", bound=Hashable)
_SUMS = (
    *("approved_minutes", "beneficiaries", "value_halalas", "valued_minutes"),
    *("below_halalas", "above_halalas"),
)


# --- entering ------------------------------------------------------------------------------


def enter(
    before: Mapping[int, Counted], after: Mapping[int, Counted], *, by: int | None, now: datetime
) -> None:
    """Write down by how much attendances of closed months are others than before.

    Part of the act's transaction; costs nothing where all days lie in this month.
    """
    known = {**before, **after}
    changed = [key for key in sorted(known) if _worth(before.get(key)) != _worth(after.get(key))]
    days = months.counting_days({known[key].work_on for key in changed}, now)
    for key in changed:
        work_on = known[key].work_on
        if work_on in days:
            difference = _difference(before.get(key), after.get(key))
            _write(key, work_on, days[work_on], difference, by, now)


def _write(
    attendance_id: int,
    work_on: date,
    counted_on: date,
    difference: Mapping[str, int],
    by: int | None,
    now: datetime,
) -> None:
    decided = (
        select(func.max(Decision.id))
        .where(Decision.attendance_id == attendance_id, Decision.at == now)
        .scalar_subquery()
    )
    entry = {"attendance_id": attendance_id, "decision_id": decided, "work_on": work_on}
    said = {"counted_on": counted_on, "entered_by_id": by, "entered_at": now}
    db.session.execute(insert(_E).values(**entry, **said, **difference))


def _worth(one: Counted | None) -> tuple[int, ...]:
    return one.worth if one is not None else _NOUGHT


_NOUGHT = (0,) * (1 + len(_SUMS))


def _difference(before: Counted | None, after: Counted | None) -> dict[str, int]:
    pairs = zip(_worth(after), _worth(before), strict=True)
    names = ("attendances", *_SUMS)
    return {name: new - old for name, (new, old) in zip(names, pairs, strict=True)}


# --- counting ------------------------------------------------------------------------------


class Part(NamedTuple):
    """An attendance as it stands, or what an entry takes out of a day or puts into one."""

    attendance_id: int
    person_id: int
    opportunity_id: int
    is_volunteering: bool
    site_id: int
    service_id: int
    partner_id: int
    lane_id: int
    campaign_id: int
    team_id: int
    kind: str
    gender: str
    day: date
    attendances: int
    approved_minutes: int
    beneficiaries: int
    value_halalas: int
    valued_minutes: int
    below_halalas: int
    above_halalas: int

    @property
    def sums(self) -> tuple[int, ...]:
        """Records, then `_SUMS`."""
        return self[-7:]


def in_total(_part: Part) -> int:
    """The key of everything together."""
    return WITHOUT


KEYS: dict[Grouping, Callable[[Part], Key]] = {
    Grouping.SITE: lambda part: part.site_id,
    Grouping.SERVICE: lambda part: part.service_id,
    Grouping.PARTNER: lambda part: part.partner_id,
    Grouping.MONTH: lambda part: part.day.replace(day=1),
}


def corrected(
    found: Mapping[K, Totals], wanted: Filter, key_of: Callable[[Part], K]
) -> dict[K, Totals]:
    """Figures by the day of work, as the closed months and the days that count make them."""
    by_day = key_of is KEYS[Grouping.MONTH]
    return moved(found, moves(wanted, by_day=by_day), wanted, key_of)


def moved(
    found: Mapping[K, Totals], moves: Sequence[Part], wanted: Filter, key_of: Callable[[Part], K]
) -> dict[K, Totals]:
    """The same with `moves`; with those of both days among those asked for nothing changes where
    both are of one line."""
    net: dict[tuple[K, int], list[int]] = defaultdict(lambda: [*_NOUGHT])
    for part in moves:
        _add(net[key_of(part), part.attendance_id], part.sums)
    moving = [part for part in moves if any(net[key_of(part), part.attendance_id])]
    if not moving:
        return dict(found)
    once = _counted_once(wanted, moving, key_of)
    changed = dict(found)
    parts = {(key_of(part), part.attendance_id): part for part in moving}
    for (key, _), part in parts.items():
        changed[key] = _with(changed.get(key, Totals()), part, net[key, part.attendance_id])
    for key, (people, opportunities) in once.items():
        one = changed.get(key, Totals())
        changed[key] = one._replace(
            volunteers=one.volunteers + people, opportunities=one.opportunities + opportunities
        )
    return changed


def _add(line: list[int], values: Sequence[int]) -> None:
    for number, value in enumerate(values):
        line[number] += value


def _with(totals: Totals, part: Part, net: Sequence[int]) -> Totals:
    if not part.is_volunteering:
        return totals._replace(course_attendances=totals.course_attendances + net[0])
    names = ("attendances", *_SUMS)
    more = {name: getattr(totals, name) + value for name, value in zip(names, net, strict=True)}
    return totals._replace(**more)


def moves(wanted: Filter, *, by_day: bool) -> list[Part]:
    """Every entry twice: out of its day of work, into the day that counts it; those in the days
    and places that are asked for. Of both in these days nothing is left, unless `by_day`: where
    lines may hold some of the days asked for, and not others."""
    if wanted.first is wanted.last is None and not by_day:
        return []
    chosen = touching(wanted, by_day=by_day)
    ids = db.session.scalars(select(_E.attendance_id).where(chosen).distinct()).all()
    if not ids:
        return []
    sums = [getattr(_E, name) for name in ("attendances", *_SUMS)]
    rows = _parts(wanted, [_E.counted_on, *sums]).join(_E, _E.attendance_id == _A.id)
    found = []
    for row in db.session.execute(rows.where(_A.id.in_(ids), chosen)):
        *about, work_on, counted_on = row[: -len(sums)]
        difference = row[-len(sums) :]
        less = (-number for number in difference)
        found.append(Part._make((*about, work_on, *less)))
        found.append(Part._make((*about, counted_on, *difference)))
    return [part for part in found if is_asked(part.day, wanted)]


def _parts(wanted: Filter, columns: Sequence[Any]) -> Select[Any]:
    """Attendances of these places, whatever their day, with what a part is known by."""
    about = [
        *(_A.id, one_person(), Opportunity.id, VOLUNTEERING, _A.site_id),
        *(_or_none(Opportunity.service_id), _or_none(_A.partner_id), _or_none(Shift.lane_id)),
        *(_or_none(Opportunity.campaign_id), _or_none(records.STANDING.team_id)),
        *(Opportunity.type, func.coalesce(records.STANDING.gender, NOT_SAID), _A.work_on),
    ]
    anywhen = replace(wanted, first=None, last=None)
    rows = records.rows_of(anywhen, [*about, *columns]).join(Person, Person.id == _A.volunteer_id)
    return rows.join(records.STANDING, records.STANDING.id == one_person())


def _or_none(key: Any) -> ColumnElement[int]:
    return func.coalesce(key, WITHOUT)


def touching(wanted: Filter, *, by_day: bool) -> ColumnElement[bool]:
    """Entries with one of their two days among those asked for; `by_day` also with both."""
    worked, counted = (_within(day, wanted) for day in (_E.work_on, _E.counted_on))
    if by_day:
        return or_(worked, counted)
    return or_(and_(worked, not_(counted)), and_(counted, not_(worked)))


def _within(day: Any, wanted: Filter) -> ColumnElement[bool]:
    return and_(
        true() if wanted.first is None else day >= wanted.first,
        true() if wanted.last is None else day <= wanted.last,
    )


def is_asked(day: date, wanted: Filter) -> bool:
    return (wanted.first or date.min) <= day <= (wanted.last or date.max)


# --- people and opportunities, who do not add up -------------------------------------------


def _counted_once(
    wanted: Filter, moving: Sequence[Part], key_of: Callable[[Part], K]
) -> dict[K, tuple[int, int]]:
    """By line: how many more people and opportunities it has than by the days of work.

    Somebody volunteered in these days when an attendance counts in them. Only whom the entries
    are about can differ.
    """
    of_people = {part.person_id for part in moving if part.is_volunteering}
    of_calls = {part.opportunity_id for part in moving if part.is_volunteering}
    standing = _standing(wanted, of_people, of_calls)
    counts: dict[tuple[K, int], int] = defaultdict(int)
    about = {part.attendance_id: part for part in (*moving, *standing) if part.is_volunteering}
    for part in (*standing, *moving):
        counts[key_of(part), part.attendance_id] += part.attendances
    by_work = {(key_of(part), part.attendance_id) for part in standing}
    really = {place for place, count in counts.items() if count > 0}
    more: dict[K, tuple[int, int]] = {}
    for key in {key_of(part) for part in moving if part.is_volunteering}:
        was = [about[one] for place, one in by_work if place == key]
        now = [about[one] for place, one in really if place == key and one in about]
        people = _distinct(now, "person_id", of_people) - _distinct(was, "person_id", of_people)
        calls = _distinct(now, "opportunity_id", of_calls)
        more[key] = people, calls - _distinct(was, "opportunity_id", of_calls)
    return more


def _distinct(parts: Iterable[Part], name: str, among: Collection[int]) -> int:
    return len({getattr(part, name) for part in parts} & set(among))


def _standing(wanted: Filter, person_ids: Collection[int], call_ids: Collection[int]) -> list[Part]:
    """What is approved now of these people and in these opportunities, by the day of work."""
    if not person_ids:
        return []
    shifts = select(Shift.id).where(Shift.opportunity_id.in_(call_ids))
    theirs = or_(_A.volunteer_id.in_(rows_of(*person_ids)), _A.shift_id.in_(shifts))
    rows = _parts(wanted, []).where(theirs, VOLUNTEERING, _A.state == COUNTED)
    found = db.session.execute(rows.where(_within(_A.work_on, wanted)))
    return [Part._make((*row, 1, *_NOUGHT[1:])) for row in found]


# --- telling -------------------------------------------------------------------------------


def entries(reach: Reach, *, limit: int = 100) -> Sequence[AnyRow]:
    """The latest entries within reach: `LateEntry`, the volunteer's `name`, whose act (`by`)."""
    volunteer, actor = Person.__table__.alias(), Person.__table__.alias()
    return db.session.execute(
        attendances_within(reach)
        .with_only_columns(_E, volunteer.c.name.label("name"), actor.c.name.label("by"))
        .select_from(_E)
        # "+ 0" keeps SQLite from looking for each attendance's entries
        .join(_A, _A.id == _E.attendance_id + 0)
        .join(volunteer, volunteer.c.id == _A.volunteer_id)
        .outerjoin(actor, actor.c.id == _E.entered_by_id)
        .order_by(_E.id.desc())
        .limit(limit)
    ).all()


def of_record(attendance_id: int) -> Sequence[AnyRow]:
    """What was entered about one attendance, the first first: `LateEntry`, whose act (`by`)."""
    entered = select(_E, Person.name.label("by")).outerjoin(Person, Person.id == _E.entered_by_id)
    of_one = entered.where(_E.attendance_id == attendance_id).order_by(_E.id)
    return db.session.execute(of_one).all()


def of_last_decision(attendance_id: int) -> LateEntry | None:
    """What the latest decision about an attendance entered elsewhere, if its month was closed."""
    last = select(func.max(Decision.id)).where(Decision.attendance_id == attendance_id)
    of_one = _E.attendance_id == attendance_id, _E.decision_id == last.scalar_subquery()
    return db.session.scalar(select(_E).where(*of_one).order_by(_E.id.desc()).limit(1))


def count_looked_at_again(wanted: Filter) -> int:
    """How many of those that wait are still counted in these days: an entry took them out of
    others."""
    entered = select(_E.attendance_id).where(touching(wanted, by_day=False))
    taken = entered.group_by(_E.attendance_id)
    still = taken.having(func.sum(_E.attendances) < 0)
    waiting = records.waiting_rows(wanted, [func.count()]).where(_A.id.in_(still))
    return db.session.scalar(waiting) or 0
