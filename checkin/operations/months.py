"""Months whose figures are closed: closing one, opening it again, and who asks before a change."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import select, update

from checkin.database import AnyRow, db, pass_gate, transaction
from checkin.domain.days import MAKKAH, local_day, month_of
from checkin.domain.errors import Problem
from checkin.domain.months import can_close, counting_day
from checkin.models import MonthClosing, Person
from checkin.operations import audit

LONGEST_REASON = 300
GATE = 0x6D6F6E74
"""What changes a past month passes it together with others, who closes one passes it alone."""
_C = MonthClosing


@transaction
def close(month: date, *, by: int, now: datetime) -> None:
    """From now on the month's figures stay; closing twice changes nothing.

    Raises Problem `month_not_over`.
    """
    if not can_close(month, local_day(now, MAKKAH)):
        raise Problem("month_not_over")
    pass_gate(GATE, alone=True)
    if closed_among([month]):
        return
    db.session.add(MonthClosing(month_on=month_of(month), closed_by_id=by, closed_at=now))
    _note("month.close", month, by, now)


@transaction
def reopen(month: date, *, reason: str, by: int, now: datetime) -> None:
    """Changes count in the month itself again; what was entered elsewhere meanwhile stays there.

    Reopening one that is open changes nothing. Raises Problem `month_unexplained`.
    """
    why = reason.strip()[:LONGEST_REASON]
    if not why:
        raise Problem("month_unexplained")
    pass_gate(GATE, alone=True)
    opened = db.session.execute(
        update(_C)
        .where(_C.month_on == month_of(month), _C.reopened_at.is_(None))
        .values(reopened_at=now, reopened_by_id=by, reason=why)
        .returning(_C.id)
        .execution_options(synchronize_session=False)
    ).first()
    if opened is not None:
        _note("month.reopen", month, by, now)


def _note(act: str, month: date, by: int, now: datetime) -> None:
    audit.note(act, "month", None, by=by, at=now, month=month_of(month).isoformat())


# --- before a change -----------------------------------------------------------------------


def closed_among(days: Iterable[date]) -> set[date]:
    """The first days of those of these days' months that are closed."""
    months = {month_of(day) for day in days}
    standing = select(_C.month_on).where(_C.reopened_at.is_(None), _C.month_on.in_(months))
    return set(db.session.scalars(standing))


def refuse_closed(first: date, last: date | None = None) -> None:
    """For what cannot be entered elsewhere: Problem `month_closed` (fact `month`, its first day)
    when a month from `first` to `last` is closed. In a transaction it stays so until its end."""
    pass_gate(GATE)
    standing = select(_C.month_on).where(_C.reopened_at.is_(None), _C.month_on >= month_of(first))
    if last is not None:
        standing = standing.where(_C.month_on <= last)
    found = db.session.scalar(standing.order_by(_C.month_on).limit(1))
    if found is not None:
        raise Problem("month_closed", month=found)


def hold() -> None:
    """No month is closed or opened until this transaction ends."""
    pass_gate(GATE)


def counting_days(days: Iterable[date], now: datetime) -> dict[date, date]:
    """By day of work: the day that counts what is changed now, for those in closed months.

    Part of the change's transaction: no month is closed between this and its end.
    """
    today = local_day(now, MAKKAH)
    past = {day for day in days if month_of(day) < month_of(today)}
    if not past:
        return {}
    hold()
    standing = _standing()
    found = {day: counting_day(day, today, standing) for day in past}
    return {day: counted_on for day, counted_on in found.items() if counted_on != day}


def counted_on(day: date, now: datetime) -> date | None:
    """The day that would count what is changed now; nothing while the day's month is open."""
    found = counting_day(day, local_day(now, MAKKAH), _standing())
    return None if found == day else found


def _standing() -> set[date]:
    return set(db.session.scalars(select(_C.month_on).where(_C.reopened_at.is_(None))))


# --- questions -----------------------------------------------------------------------------


def closings() -> Sequence[AnyRow]:
    """Every `MonthClosing`, the latest month first, with `closed_by` and `reopened_by`."""
    closer, opener = Person.__table__.alias(), Person.__table__.alias()
    return db.session.execute(
        select(_C, closer.c.name.label("closed_by"), opener.c.name.label("reopened_by"))
        .join(closer, closer.c.id == _C.closed_by_id)
        .outerjoin(opener, opener.c.id == _C.reopened_by_id)
        .order_by(_C.month_on.desc(), _C.id.desc())
    ).all()
