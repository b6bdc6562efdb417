"""Last week's plan once more, as drafts to look at."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from checkin.database import db, transaction
from checkin.models import Shift
from checkin.operations import shifts
from checkin.operations.plan.rosters import Taken, take_along

A_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Copied:
    """What became of last week's shifts."""

    made: int = 0
    there: int = 0
    """The same shift is planned already."""
    closed: int = 0
    """Of an opportunity, a site or a lane that is closed."""
    over: int = 0
    """Would have begun already."""
    people: Taken = field(default_factory=Taken)


@transaction
def copy_week(first: date, *, by: int, now: datetime, with_people: bool = False) -> Copied:
    """Drafts in the week of `first` of all that took place in the week before; once is enough.

    Times stay those of the site's clock, and ends anchored to prayers stay anchored. Who can come
    is asked anew, or with `with_people` those expected last week are expected again if free.
    """
    before = _held(first - A_WEEK, lock=True)
    planned = {_identity(shift) for shift in _held(first)}
    columns: dict[int, dict[str, Any]] = {}
    there = closed = over = 0
    for shift in before:
        if _is_closed(shift):
            closed += 1
            continue
        plan = shifts.plan_of(shift)
        wanted = shifts.columns_of(replace(plan, day=plan.day + A_WEEK), shift.site)
        if wanted["starts_at"] <= now:
            over += 1
        elif (*_where(shift), wanted["starts_at"]) in planned:
            there += 1
        else:
            columns[shift.id] = wanted
    made = shifts.keep(columns.values(), True, by=by, now=now)
    copies = {one: db.session.get_one(Shift, new) for one, new in zip(columns, made, strict=True)}
    people = take_along(copies, by=by, now=now) if with_people else Taken()
    return Copied(len(made), there, closed, over, people)


def _held(first: date, *, lock: bool = False) -> Iterable[Shift]:
    """What takes place in the week of `first`; locked, nobody else copies it meanwhile."""
    query = (
        select(Shift)
        .where(Shift.work_on.between(first, first + A_WEEK - timedelta(days=1)))
        .where(Shift.cancelled_at.is_(None))
        .options(*(selectinload(one) for one in (Shift.site, Shift.lane, Shift.opportunity)))
        .order_by(Shift.id)
    )
    if lock:
        query = query.with_for_update(key_share=True)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def _where(shift: Shift) -> tuple[int, int, int | None]:
    return shift.opportunity_id, shift.site_id, shift.lane_id


def _identity(shift: Shift) -> tuple[int, int, int | None, datetime]:
    return (*_where(shift), shift.starts_at)


def _is_closed(shift: Shift) -> bool:
    lane = shift.lane is not None and shift.lane.closed_at is not None
    return lane or shift.site.closed_at is not None or shift.opportunity.closed_at is not None
