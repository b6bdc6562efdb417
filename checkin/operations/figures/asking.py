"""What pages and commands ask: figures from what is kept where it is, else from the records."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import ORMOption

from checkin.database import db
from checkin.domain.errors import NotFound
from checkin.models import Attendance, Person, Rate, Shift
from checkin.models.attendance import COUNTED
from checkin.operations.figures import counting, kept, late, records
from checkin.operations.figures.definitions import (
    BEHIND,
    VOLUNTEERING,
    WITHOUT,
    Filter,
    Grouping,
    Line,
    Measure,
    Totals,
)
from checkin.operations.figures.dimensions import Dimension, Keys
from checkin.operations.figures.genders import Share, shares_of
from checkin.operations.figures.naming import names
from checkin.operations.figures.periods import ALWAYS, named
from checkin.operations.figures.records import Key
from checkin.operations.figures.sums import CAMPAIGN
from checkin.operations.permissions import Reach, attendances_within
from checkin.operations.rates import TYPES


def totals(wanted: Filter) -> Totals:
    """All figures of what `wanted` reaches."""
    return counting.by([], wanted).get((), Totals())


def by(grouping: Grouping, wanted: Filter) -> list[Line]:
    """The same figures by site, service or partner (most hours first), or by month.

    Lines where nothing was approved and nothing waits are left out.
    """
    return _lines(grouping, _by_key(counting.by([Dimension(grouping.value)], wanted)))


class Overview(NamedTuple):
    """`totals`, `by` some groupings, and what people of each gender did."""

    totals: Totals
    tables: dict[Grouping, list[Line]]
    genders: dict[int, Share]


def overview(groupings: Sequence[Grouping], wanted: Filter) -> Overview:
    """All of it asked together."""
    each = [[], [Dimension.GENDER], *([Dimension(grouping.value)] for grouping in groupings)]
    total, genders, *tables = counting.by_each(each, wanted)
    lines = {
        grouping: _lines(grouping, _by_key(found))
        for grouping, found in zip(groupings, tables, strict=True)
    }
    return Overview(total.get((), Totals()), lines, shares_of(genders))


def _lines(grouping: Grouping, found: dict[Key, Totals]) -> list[Line]:
    telling = {key: one for key, one in found.items() if any(one)}
    if grouping is Grouping.MONTH:
        return [Line(key, None, None, telling[key]) for key in sorted(telling, key=str)]
    lines = _named(grouping, telling)
    return sorted(lines, key=lambda line: (-line.totals.approved_minutes, line.key))


def by_campaign() -> dict[int, Totals]:
    """All time's figures of each campaign with any."""
    waiting = records.waiting_by_campaign()
    lines = kept.lines(ALWAYS, CAMPAIGN)
    return {
        key: lines.get(key, Totals())._replace(waiting_minutes=waiting.get(key, 0))
        for key in sorted((lines.keys() | waiting.keys()) - {WITHOUT})
    }


def parts(grouping: Grouping, wanted: Filter) -> list[Line]:
    """The lines of `by` for a campaign of hundreds of thousands, of all time and at once.

    By month, site or partner. People and opportunities do not add up and are not counted in
    them: they are nought.
    """
    found = kept.parts(grouping, wanted)
    return _lines(grouping, late.corrected(found, wanted, late.KEYS[grouping]))


def _by_key(found: Mapping[Keys, Totals]) -> dict[Key, Totals]:
    return {cast(Key, key): totals for (key,), totals in found.items()}


def _named(grouping: Grouping, found: dict[Key, Totals]) -> list[Line]:
    known = names(grouping, found)
    return [
        Line(key, known[key].name_ar, known[key].name_en, one)
        if key in known
        else Line(key, None, None, one)
        for key, one in found.items()
    ]


def rates_behind(wanted: Filter) -> Sequence[Rate]:
    """Those that gave what is approved its value, by type and day, the general ones first.

    Every record is asked: it is for files, not for pages.
    """
    used = records.counted_rows(wanted, [Attendance.rate_id]).distinct()
    found = db.session.scalars(select(Rate).where(Rate.id.in_(used)))
    return sorted(found, key=lambda rate: (TYPES.index(rate.type), rate.from_on, rate.id))


def span(reach: Reach) -> tuple[date, date] | None:
    """The first and the last day with an attendance; nothing when there is none."""
    within, day = attendances_within(reach), Attendance.work_on
    # each end by itself: asked together, SQLite reads the whole index
    ends = [within.with_only_columns(end(day)).scalar_subquery() for end in (func.min, func.max)]
    found = db.session.execute(select(*ends)).one()
    return (found[0], found[1]) if found[0] else None


def last_day(reach: Reach) -> date | None:
    """The last on which somebody volunteered whose hours are approved."""
    days = rows_behind(Measure.APPROVED, Filter(reach), [Attendance.work_on])
    last: date | None = db.session.scalar(days.order_by(Attendance.work_on.desc()).limit(1))
    return last


def worked_in(reach: Reach, periods: Sequence[tuple[date, date]]) -> list[bool]:
    """For each period, both days included, whether it has an attendance; one question for all of
    which no sum tells."""
    known = kept.begun(Filter(reach), [named(*one) for one in periods])
    unknown = [one for one, told in zip(periods, known, strict=True) if not told]
    if not unknown:
        return known
    within = attendances_within(reach).with_only_columns(Attendance.id)
    asked = [within.where(Attendance.work_on.between(*one)).exists() for one in unknown]
    found = iter(db.session.execute(select(*asked)).one())
    return [told or bool(next(found)) for told in known]


def waiting_minutes(shift_ids: Iterable[int]) -> dict[int, int]:
    """The minutes that wait in each of these shifts, where any do."""
    return records.waiting_minutes(list(shift_ids))


def count_behind(measure: Measure, wanted: Filter) -> int:
    """How many attendances stand behind a figure."""
    known = kept.count_behind(measure, wanted)
    if known is not None:
        return known
    is_decided = measure in (Measure.APPROVED, Measure.COURSES)
    rows_of = records.counted_rows if is_decided else records.waiting_rows
    return db.session.scalar(rows_of(wanted, [func.count()]).where(_LISTED[measure])) or 0


def attendances_behind(
    measure: Measure, wanted: Filter, *, page: int, size: int
) -> Sequence[Attendance]:
    """One page of the attendances that add up to a figure, the latest first."""
    window = kept.window(measure, wanted, (page - 1) * size, size)
    if window is None:
        return []
    (days, offset), a = window, Attendance
    ids = (
        records.rows_of(days, [a.id])
        .where(_LISTED[measure])
        .order_by(a.work_on.desc(), a.id.desc())
        .offset(offset)
        .limit(size)
    )
    return attendances_of(db.session.scalars(ids).all())


def attendances_of(ids: Sequence[int]) -> Sequence[Attendance]:
    """Those with these ids, each with its volunteer and place, the latest first."""
    chosen = select(Attendance).where(Attendance.id.in_(ids)).options(*_described())
    ordered = chosen.order_by(Attendance.work_on.desc(), Attendance.id.desc())
    return db.session.scalars(ordered).all()


def rows_behind(measure: Measure, wanted: Filter, columns: Sequence[Any]) -> Select[Any]:
    """The question for all attendances behind a figure, with their shift and opportunity.

    Other tables may be joined to it.
    """
    return records.rows_of(wanted, columns).where(_LISTED[measure])


# the state is spelled so that no index of it is used: that of days is the better one
_APPROVED = Attendance.state.concat("") == COUNTED
_LISTED: dict[Measure, ColumnElement[bool]] = {
    Measure.APPROVED: and_(_APPROVED, VOLUNTEERING),
    Measure.WAITING: BEHIND[Measure.WAITING],
    Measure.COURSES: and_(_APPROVED, ~VOLUNTEERING),
    Measure.COURSES_WAITING: BEHIND[Measure.COURSES_WAITING],
}


def attendance(attendance_id: int, reach: Reach) -> Attendance:
    """One attendance with its volunteer and place, if the reader may see it; else NotFound."""
    query = attendances_within(reach).where(Attendance.id == attendance_id).options(*_described())
    found = db.session.scalar(query)
    if found is None:
        raise NotFound("attendance")
    return found


def _described() -> tuple[ORMOption, ...]:
    shift = joinedload(Attendance.shift)
    return (
        joinedload(Attendance.volunteer).joinedload(Person.partner),
        shift.joinedload(Shift.opportunity),
        shift.joinedload(Shift.site),
    )
