"""Closed months behind figures: which of the days asked for are closed, and what was changed later.

A figure holds the records of its days as they stand, less what other days count of them, and with
what its days count of others. So each of these entries stands behind it as a record does.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, select

from checkin.database import AnyRow, db
from checkin.domain.days import month_of
from checkin.models import Attendance, LateEntry, MonthClosing
from checkin.operations.figures import late, records
from checkin.operations.figures.definitions import VOLUNTEERING, Filter, Measure

_E = LateEntry
_KINDS: dict[Measure, ColumnElement[bool]] = {
    Measure.APPROVED: VOLUNTEERING,
    Measure.COURSES: ~VOLUNTEERING,
}


class Change(NamedTuple):
    """By how much an entry makes a figure another than its records do."""

    attendances: int
    approved_minutes: int
    beneficiaries: int
    value_halalas: int
    valued_minutes: int
    below_halalas: int
    above_halalas: int


class Shut(NamedTuple):
    """What closed months have to do with the days asked for."""

    months: tuple[date, ...] = ()
    """The first days of those that are closed and hold some of these days."""
    counted: int = 0
    """Later changes of other days that these days count."""
    left: int = 0
    """Later changes of these days that other days count."""
    within: int = 0
    """Those of these days that another of them counts."""
    again: int = 0
    """Records of these days that wait once more, though these days still count them."""
    measure: Measure = Measure.APPROVED
    """Which records most of them are of."""


def counted_later(wanted: Filter) -> int:
    """Late entries that count in these days and places, wherever their day of work lies."""
    found = _entries(wanted, late.touching(wanted, by_day=True), [])
    return sum(is_counted(row.LateEntry, wanted) for row in found)


def shut(wanted: Filter) -> Shut:
    rows = _entries(wanted, late.touching(wanted, by_day=True), [VOLUNTEERING.label("served")])
    ends = [
        (late.is_asked(one.LateEntry.work_on, wanted), is_counted(one.LateEntry, wanted))
        for one in rows
    ]
    served = any(row.served for row in rows) or not rows
    left = ends.count((True, False))
    return Shut(
        _closed(wanted),
        counted=ends.count((False, True)),
        left=left,
        within=ends.count((True, True)),
        again=late.count_looked_at_again(wanted) if left else 0,
        measure=Measure.APPROVED if served else Measure.COURSES,
    )


def _closed(wanted: Filter) -> tuple[date, ...]:
    month = MonthClosing.month_on
    closed = select(month).where(MonthClosing.reopened_at.is_(None)).order_by(month)
    if wanted.first is not None:
        closed = closed.where(month >= month_of(wanted.first))
    if wanted.last is not None:
        closed = closed.where(month <= wanted.last)
    return tuple(db.session.scalars(closed))


def moved(
    measure: Measure,
    wanted: Filter,
    columns: Sequence[Any],
    described: Callable[[Select[Any]], Select[Any]] = lambda rows: rows,
) -> Sequence[AnyRow]:
    """The entries by which a figure is another than its records, the latest first.

    Each is a `LateEntry` with these columns of its attendance; `described` joins what they need.
    """
    kind = _KINDS.get(measure)
    if kind is None:
        return []
    return _entries(wanted, late.touching(wanted, by_day=False), columns, described, kind)


def change(entry: LateEntry, wanted: Filter) -> Change:
    """What one of `moved` adds to the records of these days, or takes off them."""
    sign = 1 if is_counted(entry, wanted) else -1
    return Change._make(sign * getattr(entry, name) for name in Change._fields)


def is_counted(entry: LateEntry, wanted: Filter) -> bool:
    """Whether these days count it."""
    return late.is_asked(entry.counted_on, wanted)


def _entries(
    wanted: Filter,
    chosen: ColumnElement[bool],
    columns: Sequence[Any],
    described: Callable[[Select[Any]], Select[Any]] = lambda rows: rows,
    *more: ColumnElement[bool],
) -> Sequence[AnyRow]:
    """Those of the places asked for, whatever the days of their attendances."""
    ids = db.session.scalars(select(_E.attendance_id).where(chosen).distinct()).all()
    if not ids:
        return []
    rows = records.rows_of(replace(wanted, first=None, last=None), [_E, *columns])
    rows = described(rows.join(_E, _E.attendance_id == Attendance.id))
    rows = rows.where(Attendance.id.in_(ids), chosen, *more)
    return db.session.execute(rows.order_by(_E.id.desc())).all()
