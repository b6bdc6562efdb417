"""A week as its coordinator sees it: shifts, how they are covered, and what speaks against it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from checkin.database import db
from checkin.domain.days import day_bounds
from checkin.domain.prayer import PRAYED, Prayer
from checkin.models import Shift, Site
from checkin.operations import prayers, shifts
from checkin.operations.permissions import Reach, sites_within
from checkin.operations.plan.conflicts import Found, conflicts_of
from checkin.operations.plan.coverage import Coverage, coverage_of

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from `first`, a Sunday; cancelled shifts are left out."""

    first: date
    sites: Sequence[Site]
    """Those in use, and those with shifts in this week; with their lanes."""
    shifts: Sequence[Shift]
    coverage: dict[int, Coverage]
    conflicts: list[Found]
    carried_over: Sequence[Shift] = ()
    """Begun on the day before and not ended when the week begins: shown, counted in its own."""

    @property
    def drafts(self) -> list[Shift]:
        return [shift for shift in self.shifts if shift.is_draft]


def week(first: date, reach: Reach, *, site_id: int | None, today: date, now: datetime) -> Week:
    """What is planned in the week of `first`; conflicts look one day beyond its ends."""
    last = first + 6 * A_DAY
    around = shifts.of_days(first - A_DAY, last + A_DAY, reach, site_id=site_id)
    held = [shift for shift in around if shift.cancelled_at is None]
    here = [shift for shift in held if first <= shift.work_on <= last]
    over = [shift for shift in held if shift.work_on < first and _reaches(shift, first)]
    ids = {shift.id for shift in here}
    found = [
        one
        for one in conflicts_of(held, now)
        if one.shift.id in ids or (one.other is not None and one.other.id in ids)
    ]
    there = _sites(reach, [*over, *here], site_id)
    return Week(first, there, here, coverage_of(here, today), found, over)


def _reaches(shift: Shift, day: date) -> bool:
    begins, _ends = day_bounds(day, shift.site.zone)
    return shift.ends_at > begins


def _sites(reach: Reach, planned: Sequence[Shift], site_id: int | None) -> Sequence[Site]:
    used = {shift.site_id for shift in planned}
    query = sites_within(reach).where(Site.closed_at.is_(None) | Site.id.in_(used))
    if site_id is not None:
        query = query.where(Site.id == site_id)
    return db.session.scalars(
        query.options(selectinload(Site.lanes)).order_by(Site.name_ar, Site.id)
    ).all()


def drafts_of(first: date, last: date, reach: Reach) -> list[Shift]:
    """The drafts of these days, in order of time."""
    planned = shifts.of_days(first, last, reach)
    return [shift for shift in planned if shift.is_draft and shift.cancelled_at is None]


def prayers_during(shift: Shift) -> list[tuple[Prayer, datetime]]:
    """Those that begin while the shift lasts, by the table of its site, which is loaded."""
    table = prayers.of_days(shift.work_on, shift.work_on + A_DAY, shift.site)
    times = [(prayer, day.at(prayer)) for day in table.values() for prayer in PRAYED]
    return [(prayer, at) for prayer, at in times if shift.starts_at <= at < shift.ends_at]


def is_planned(first: date) -> bool:
    """Whether anything takes place in the week of `first`."""
    last = first + 6 * A_DAY
    query = select(Shift.id).where(Shift.work_on.between(first, last))
    return db.session.scalar(query.where(Shift.cancelled_at.is_(None)).limit(1)) is not None
