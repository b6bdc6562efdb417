"""Figures counted from the attendances themselves: exact for every question, slow for large ones.

What is kept (`kept.py`) must always say the same.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    case,
    distinct,
    extract,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from checkin.database import db
from checkin.models import Attendance, Opportunity, Person, Shift
from checkin.models.attendance import COUNTED, WAITS
from checkin.operations.figures.definitions import (
    BEHIND,
    NOT_SAID,
    VOLUNTEERING,
    Filter,
    Grouping,
    Measure,
    Totals,
    is_key,
)
from checkin.operations.identity import rows_where
from checkin.operations.permissions import Reach, attendances_within

Key = int | date
_A = Attendance
_ROW, _ROOT = aliased(Person), aliased(Person)
_MERGED = select(_ROW.id).where(_ROW.merged_into_id.is_not(None))
"""They are few, so nearly nobody's row is looked for."""
_INTO = select(_ROOT.merged_into_id).where(_ROOT.id == _A.volunteer_id).scalar_subquery()
ONE_PERSON = case((_A.volunteer_id.in_(_MERGED), _INTO), else_=_A.volunteer_id)
"""Who volunteered; somebody entered twice and merged is one person."""
STANDING = aliased(Person)
"""The row of that person."""
_KEYS: dict[Grouping, list[Any]] = {
    Grouping.SITE: [_A.site_id],
    Grouping.SERVICE: [func.coalesce(Opportunity.service_id, 0)],
    Grouping.PARTNER: [func.coalesce(_A.partner_id, 0)],
    Grouping.MONTH: [extract("year", _A.work_on), extract("month", _A.work_on)],
}


def totals_of(person_id: int, first: date | None = None) -> Totals:
    """One volunteer's own figures by the same definitions, from `first` on."""
    own = select(Person.id).where(or_(Person.id == person_id, Person.merged_into_id == person_id))
    behind = case(*((condition, measure.value) for measure, condition in BEHIND.items()))
    columns = [behind.label("behind"), summed(_A.credited_minutes), *_SUMS.values()]
    rows = rows_of(Filter(Reach(everywhere=True), first), columns).where(_A.volunteer_id.in_(own))
    found = Totals()
    for name, waiting, *sums in db.session.execute(rows.group_by(literal_column("behind"))):
        if name == Measure.WAITING:
            found = found._replace(waiting_minutes=int(waiting))
        else:
            found = _with(found, name, sums)
    return found


def by_keys(
    keys: Sequence[Any], wanted: Filter, *, of_people: bool
) -> dict[tuple[Any, ...], Totals]:
    """All figures but what waits, of each combination of these columns.

    A column may be of the attendance, its shift or its opportunity; `of_people` where one is of
    `STANDING`.
    """
    rows = _grouped([_KIND, *keys], _SUMS.values(), wanted, of_people=of_people)
    found: dict[tuple[Any, ...], Totals] = defaultdict(Totals)
    for kind, *row in db.session.execute(rows):
        place = tuple(row[: len(keys)])
        found[place] = _with(found[place], kind, row[len(keys) :])
    return dict(found)


def once_by_keys(
    keys: Sequence[Any], wanted: Filter, *, of_people: bool
) -> dict[tuple[Any, ...], dict[str, int]]:
    """What does not add up, by its name in `Totals`, of each combination of these columns."""
    counts = [_SUMS[name] for name in NOBODY]
    rows = _grouped(keys, counts, wanted, of_people=of_people).where(VOLUNTEERING)
    found = map(tuple, db.session.execute(rows))
    return {row[:-2]: dict(zip(NOBODY, row[-2:], strict=True)) for row in found}


def _grouped(
    keys: Sequence[Any], sums: Iterable[Any], wanted: Filter, *, of_people: bool
) -> Select[Any]:
    named = [key.label(f"key_{number}") for number, key in enumerate(keys)]
    # by their names: PostgreSQL does not see that two spellings with parameters are the same
    groups: list[ColumnElement[Any]] = [literal_column(one.name) for one in named]
    rows = counted_rows(wanted, [*named, *sums])
    rows = rows.join(STANDING, STANDING.id == ONE_PERSON) if of_people else rows
    return rows.group_by(*groups)


def waiting_by_keys(
    keys: Sequence[Any], wanted: Filter, *, of_people: bool
) -> dict[tuple[Any, ...], int]:
    """The minutes that wait, of each combination of these columns; `of_people` as in `by_keys`."""
    named = [key.label(f"key_{number}") for number, key in enumerate(keys)]
    groups: list[ColumnElement[Any]] = [literal_column(one.name) for one in named]
    rows = waiting_rows(wanted, [*named, _waiting()])
    if of_people:
        # each row's own first: of `ONE_PERSON` PostgreSQL would read everybody's
        rows = rows.join(_ROW, _ROW.id == _A.volunteer_id)
        rows = rows.join(STANDING, STANDING.id == func.coalesce(_ROW.merged_into_id, _ROW.id))
    found = map(tuple, db.session.execute(rows.group_by(*groups)))
    return {row[:-1]: int(row[-1]) for row in found if row[-1]}


def span(wanted: Filter) -> tuple[date, date] | None:
    """The days that are asked for and may hold an attendance; nothing when there are none."""
    # each end by itself: asked together, SQLite reads the whole index
    ends = [select(end(_A.work_on)).scalar_subquery() for end in (func.min, func.max)]
    found = db.session.execute(select(*ends)).one()
    ends_known: tuple[date, date] | None = (found[0], found[1]) if found[0] else None
    if ends_known is None:
        return None
    first, last = max(found[0], wanted.first or date.min), min(found[1], wanted.last or date.max)
    return (first, last) if first <= last else None


def waiting_by(grouping: Grouping, wanted: Filter) -> dict[Key, int]:
    """The minutes that wait, asked of those alone; they are few."""
    keys = _KEYS[grouping]
    rows = waiting_rows(wanted, [*keys, _waiting()]).group_by(*keys)
    found = map(tuple, db.session.execute(rows))
    return {key_of(row[:-1]): int(row[-1]) for row in found}


def waiting_by_campaign() -> dict[int, int]:
    """Of everybody and all time; 0 for what belongs to no campaign."""
    key = func.coalesce(Opportunity.campaign_id, 0)
    rows = waiting_rows(Filter(Reach(everywhere=True)), [key, _waiting()]).group_by(key)
    return {row[0]: int(row[1]) for row in db.session.execute(rows)}


def key_of(values: Sequence[Any]) -> Key:
    """An id, or the first day of a month from its year and number."""
    return values[0] if len(values) == 1 else date(int(values[0]), int(values[1]), 1)


def rows_of(wanted: Filter, columns: Sequence[Any]) -> Select[Any]:
    """The attendances within reach and filter, whatever their state, with their opportunity.

    For lists: they are found by their days. "+ 0" keeps SQLite from beginning with the
    opportunities; asking for states here would lead it away from the index of days.
    """
    return _rows_within(wanted, columns).where(*_of_days(wanted, _A.work_on))


def counted_rows(wanted: Filter, columns: Sequence[Any]) -> Select[Any]:
    """The approved attendances within reach and filter, with their shift and opportunity.

    Shifts are few, and begun with: what has approved attendances keeps its day and site. "+ 0"
    keeps SQLite from beginning elsewhere.
    """
    query: Select[Any] = (
        attendances_within(wanted.reach)
        .with_only_columns(*columns)
        .select_from(Shift)
        .join(Opportunity, Opportunity.id == Shift.opportunity_id + 0)
        .join(_A, _A.shift_id == Shift.id + 0)
        .where(_COUNTS, *_of_days(wanted, Shift.work_on), *_sites(wanted))
    )
    return query.where(*_conditions(wanted, Shift.id), *_of_hour(wanted))


def rows_of_person(person_id: Any, wanted: Filter) -> Select[Any]:
    """Whatever this person attended within reach and filter: begun with the person, for they have
    few."""
    own = select(_ROW.id).where(or_(_ROW.id == person_id, _ROW.merged_into_id == person_id))
    rows = _rows_within(wanted, [_A.id]).where(_A.volunteer_id.in_(own.correlate_except(_ROW)))
    # by the day of the shift, which no index of attendances has
    return rows.where(*_of_days(wanted, Shift.work_on))


def _sites(wanted: Filter) -> list[ColumnElement[bool]]:
    """Those of the shifts, where nothing elsewhere is asked for."""
    reach = wanted.reach
    if wanted.site_id is not None:
        return [Shift.site_id == wanted.site_id]
    if reach.everywhere or reach.partner_ids or reach.shift_ids:
        return []
    return [Shift.site_id.in_(reach.site_ids)]


def waiting_rows(wanted: Filter, columns: Sequence[Any]) -> Select[Any]:
    """Those that wait: they are few, so they are found first, and the days are spelled as no
    index of days has them."""
    day = func.coalesce(_A.work_on, _A.work_on)
    few = select(_A.id).where(WAITS)
    # asked for beside the tables joined, SQLite at times reads every attendance instead
    return _rows_within(wanted, columns).where(_A.id.in_(few), *_of_days(wanted, day))


def _rows_within(wanted: Filter, columns: Sequence[Any]) -> Select[Any]:
    query: Select[Any] = (
        attendances_within(wanted.reach)
        .with_only_columns(*columns)
        .select_from(_A)
        .join(Shift, Shift.id == _A.shift_id + 0)
        .join(Opportunity, Opportunity.id == Shift.opportunity_id + 0)
    )
    return query.where(*_conditions(wanted, _A.shift_id), *_of_hour(wanted))


def _of_hour(wanted: Filter) -> list[ColumnElement[bool]]:
    return [] if wanted.hour is None else [wanted.hour.condition()]


def waiting_minutes(shift_ids: Sequence[int]) -> dict[int, int]:
    """The minutes that wait in each of these shifts, where any do."""
    found = waiting_rows(Filter(Reach(everywhere=True)), [_A.shift_id, _waiting()])
    rows = found.where(_A.shift_id.in_(shift_ids)).group_by(_A.shift_id)
    return {shift_id: int(minutes) for shift_id, minutes in db.session.execute(rows)}


_KIND = case((VOLUNTEERING, Measure.APPROVED.value), else_=Measure.COURSES.value)
# spelled so that no index of states is used
_COUNTS = _A.state.concat("") == COUNTED


def summed(column: Any) -> ColumnElement[Any]:
    """The sum, and 0 of nothing."""
    return func.coalesce(func.sum(column), 0)


_SUMS: dict[str, ColumnElement[Any]] = {
    "approved_minutes": summed(_A.approved_minutes),
    "beneficiaries": summed(_A.approved_beneficiaries),
    "volunteers": func.count(distinct(ONE_PERSON)),
    "attendances": func.count(),
    "opportunities": func.count(distinct(Opportunity.id)),
    "value_halalas": summed(_A.value_halalas),
    "valued_minutes": summed(case((_A.value_halalas.is_not(None), _A.approved_minutes))),
    "below_halalas": summed(_A.value_halalas - _A.low_halalas),
    "above_halalas": summed(_A.high_halalas - _A.value_halalas),
}
"""Of approved volunteering; of courses and meetings only the attendances are a figure."""
NOBODY = {"volunteers": 0, "opportunities": 0}
"""Those that do not add up, where nobody volunteered."""


def _with(totals: Totals, kind: str | None, values: Iterable[Any]) -> Totals:
    sums = dict(zip(_SUMS, map(int, values), strict=True))
    if kind == Measure.COURSES:
        return totals._replace(course_attendances=sums["attendances"])
    return totals._replace(**sums) if kind == Measure.APPROVED else totals


def _waiting() -> ColumnElement[Any]:
    minutes = func.coalesce(_A.credited_minutes, 0)
    return summed(case((BEHIND[Measure.WAITING], minutes), else_=0))


def _of_days(wanted: Filter, day: Any) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.first is not None:
        found.append(day >= wanted.first)
    if wanted.last is not None:
        found.append(day <= wanted.last)
    return found


def _conditions(wanted: Filter, shift_id: Any) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.site_id is not None:
        found.append(_A.site_id == wanted.site_id)
    if wanted.service_id is not None:
        found.append(is_key(Opportunity.service_id, wanted.service_id))
    if wanted.partner_id is not None:
        found.append(is_key(_A.partner_id, wanted.partner_id))
    if wanted.campaign_id is not None:
        found.append(shift_id.in_(_shifts_of_campaign(wanted.campaign_id)))
    if wanted.opportunity_id is not None:
        shifts = select(Shift.id).where(Shift.opportunity_id == wanted.opportunity_id)
        found.append(shift_id.in_(shifts))
    if wanted.kind is not None:
        found.append(Opportunity.type == wanted.kind)
    if wanted.lane_id is not None:
        found.append(is_key(Shift.lane_id, wanted.lane_id))
    if wanted.team_id is not None:
        found.append(_A.volunteer_id.in_(rows_where(is_key(Person.team_id, wanted.team_id))))
    if wanted.gender is not None:
        found.append(_A.volunteer_id.in_(rows_where(_is_gender(wanted.gender))))
    return found


def _is_gender(gender: str) -> ColumnElement[bool]:
    said: ColumnElement[bool] = Person.gender == gender
    return Person.gender.is_(None) if gender == NOT_SAID else said


def _shifts_of_campaign(campaign_id: int) -> Select[int]:
    """Named as shifts, so that the database begins with them."""
    calls = select(Opportunity.id).where(is_key(Opportunity.campaign_id, campaign_id))
    return select(Shift.id).where(Shift.opportunity_id.in_(calls))
