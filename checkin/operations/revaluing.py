"""Valuing anew, on purpose, what was approved: by the rates that hold today for its day of work.

Seen before it is done, noted once, and done beside the server, which says so while it goes on.
Decisions keep the value they were frozen with; the attendance takes the new one. Closed months
are left as they are.
"""

import logging
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, or_, select, update
from sqlalchemy.orm import aliased

from checkin.database import db, take_time, transaction
from checkin.domain.days import month_of
from checkin.domain.errors import Conflict
from checkin.domain.money import average_per_hour
from checkin.domain.months import month_after
from checkin.models import Attendance, MonthClosing, Opportunity, Person, Rate, Shift, ValueRun
from checkin.models.attendance import COUNTED
from checkin.operations import audit, months, rates
from checkin.operations.figures import rollup
from checkin.operations.leases import LEASE, Clock, Progress, Queue, Stopped

log = logging.getLogger(__name__)

AT_ONCE = 200
"""Volunteers in one transaction, so that no scan waits for long."""
QUEUE = Queue(ValueRun, ("valuing",))
_A, _NEW = Attendance, aliased(Rate)


class Revaluation(NamedTuple):
    """What valuing anew would do, in halalas."""

    attendances: int
    """Those whose rate or value would be another."""
    before_halalas: int
    after_halalas: int
    closed: int
    """Those left as they are, because their month is closed."""
    low_halalas: int
    """What others would say afterwards at least, by the ranges of the rates."""
    high_halalas: int
    losing: int
    """Those that have a value and would have none, because no rate holds for them any more."""
    losing_minutes: int

    @property
    def has_range(self) -> bool:
        return self.low_halalas != self.after_halalas or self.high_halalas != self.after_halalas


def preview() -> Revaluation:
    """What `recompute` would do now."""
    ends = func.coalesce(_LOW, _VALUE), func.coalesce(_HIGH, _VALUE)
    losing = (case((_LOSING, minutes), else_=0) for minutes in (1, _A.approved_minutes))
    told = (_A.value_halalas, _VALUE, *ends, *losing)
    sums = [func.coalesce(func.sum(one), 0) for one in told]
    closed = _closed_months()
    found = db.session.execute(_different([func.count(), *sums], ~_in_months(closed))).one()
    left = db.session.scalar(_different([func.count()], _in_months(closed))) if closed else 0
    number, before, after, *more = map(int, found)
    return Revaluation(number, before, after, int(left or 0), *more)


def average_afterwards(seen: Revaluation) -> int | None:
    """Halalas an hour of those that would change, as far as they would have a value."""
    valued = and_(~_in_months(_closed_months()), _NEW.id.is_not(None))
    minutes = db.session.scalar(_different([func.sum(_A.approved_minutes)], valued))
    return average_per_hour(seen.after_halalas, int(minutes or 0))


def under_way() -> ValueRun | None:
    """The run that goes on now: until it ends, some values are the old ones."""
    return db.session.scalar(select(ValueRun).where(ValueRun.state == "valuing"))


@transaction
def begin(
    seen: Revaluation, *, by: int | None, now: datetime, leased_until: datetime | None = None
) -> int | None:
    """Let what was seen be done by itself; the run's id, or nothing where there is nothing to do.

    Raises Conflict `changed` when it is no longer what was seen, or goes on already.
    """
    take_time(db.session.connection())
    if under_way() is not None or preview() != seen:
        raise Conflict("changed")
    if not seen.attendances:
        return None
    audit.note("value.recompute", "rate", None, by=by, at=now, **seen._asdict())
    run = ValueRun(state="valuing", total=seen.attendances, created_at=now, created_by_id=by)
    run.leased_until = leased_until
    db.session.add(run)
    db.session.flush()
    return run.id


def recompute(
    seen: Revaluation, *, by: int | None, now: datetime, clock: Clock | None = None
) -> int:
    """The same at once, for whoever waits; how many attendances have another value now."""
    run_id = begin(seen, by=by, now=now, leased_until=now + LEASE)
    return 0 if run_id is None else _value(run_id, clock or (lambda: now))


def work_on_waiting(clock: Clock) -> int:
    """Go on with what was begun, here or by a process that is no more; how many there were."""
    return QUEUE.work_through(clock, _work_on)


def _work_on(run_id: int, clock: Clock) -> None:
    try:
        _value(run_id, clock)
    except Stopped:
        return
    except Exception:
        log.exception("valuing anew, run %s, failed", run_id)
        db.session.rollback()
        _end(run_id, "failed", clock())


def _value(run_id: int, clock: Clock) -> int:
    """Some volunteers at a time, each by whole or not at all; begun again, it goes on."""
    progress = Progress(QUEUE, run_id, "valuing", clock)
    total = db.session.get_one(ValueRun, run_id).total
    before, changed = max(total - preview().attendances, 0), 0
    volunteers = _volunteers()
    for first in range(0, len(volunteers), AT_ONCE):
        changed += _revalue(volunteers[first : first + AT_ONCE])
        progress.reached(before + changed)
    _end(run_id, "done", clock())
    return changed


@transaction
def _end(run_id: int, state: str, now: datetime) -> None:
    run = db.session.get_one(ValueRun, run_id, populate_existing=True)
    run.state, run.leased_until, run.finished_at = state, None, now
    run.done = run.total if state == "done" else run.done


def _volunteers() -> Sequence[int]:
    ids = _different([_A.volunteer_id], ~_in_months(_closed_months()))
    return db.session.scalars(ids.distinct().order_by(_A.volunteer_id)).all()


@transaction
def _revalue(volunteer_ids: Collection[int]) -> int:
    people = select(Person.id).where(Person.id.in_(volunteer_ids)).order_by(Person.id)
    db.session.execute(people.with_for_update(key_share=True)).all()
    with rollup.in_step(volunteer_ids=volunteer_ids):
        months.hold()
        own = _different([_A.id, _NEW.id, _VALUE, _LOW, _HIGH], ~_in_months(_closed_months()))
        rows = db.session.execute(own.where(_A.volunteer_id.in_(volunteer_ids))).all()
        if rows:
            named = [dict(zip(_STORED, row, strict=True)) for row in rows]
            db.session.connection().execute(_STORE, named)
    return len(rows)


# --- which, and what they would be worth ---------------------------------------------------


def _value_of(minutes: Any, halalas_per_hour: Any) -> ColumnElement[Any]:
    """`money.value_of`, as both databases count it."""
    value: ColumnElement[Any] = (minutes * halalas_per_hour + 30) // 60
    return value


_VALUE, _LOW, _HIGH = (
    _value_of(_A.approved_minutes, per_hour)
    for per_hour in (_NEW.halalas_per_hour, _NEW.low_halalas, _NEW.high_halalas)
)
_LOSING = and_(_A.value_halalas.is_not(None), _NEW.id.is_(None))
_TABLE = Attendance.metadata.tables[Attendance.__tablename__]
_STORE = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("attendance_id"))
    .values(
        rate_id=bindparam("rate"),
        value_halalas=bindparam("value"),
        low_halalas=bindparam("low"),
        high_halalas=bindparam("high"),
    )
)
_STORED = ("attendance_id", "rate", "value", "low", "high")


def _different(columns: Sequence[Any], within: ColumnElement[bool]) -> Select[Any]:
    """Of approved attendances whose value the rates of today would change."""
    query: Select[Any] = (
        select(*columns)
        .select_from(_A)
        .join(Shift, Shift.id == _A.shift_id)
        .join(Opportunity, Opportunity.id == Shift.opportunity_id)
        .outerjoin(_NEW, _NEW.id == rates.holding_id())
    )
    other = or_(
        _A.rate_id.is_distinct_from(_NEW.id),
        _A.value_halalas.is_distinct_from(_VALUE),
        _A.low_halalas.is_distinct_from(_LOW),
        _A.high_halalas.is_distinct_from(_HIGH),
    )
    return query.where(_A.state == COUNTED, other, within)


def _closed_months() -> list[date]:
    standing = select(MonthClosing.month_on).where(MonthClosing.reopened_at.is_(None))
    return list(db.session.scalars(standing.order_by(MonthClosing.month_on)))


def _in_months(closed: Collection[date]) -> ColumnElement[bool]:
    return or_(False, *(_days(month) for month in closed))


def _days(month: date) -> ColumnElement[bool]:
    return and_(_A.work_on >= month_of(month), _A.work_on < month_after(month))
