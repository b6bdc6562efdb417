"""Whose floor it is: the sites somebody sees, how many are in there, and their shifts today."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import joinedload

from checkin.database import db
from checkin.domain.days import day_bounds, local_day
from checkin.domain.hours import AUTO_CLOSE_AFTER
from checkin.models import Attendance, Opportunity, Shift, Site
from checkin.operations.permissions import Reach, shifts_within
from checkin.operations.returned import returned_at


class Stage(StrEnum):
    """How far a shift has come."""

    COMING = "coming"
    OPEN = "open"
    """Check-in has opened, the shift has not begun."""
    RUNNING = "running"
    ENDED = "ended"
    CLOSED = "closed"
    """By a supervisor: decisions are final."""
    CANCELLED = "cancelled"


def stage_of(shift: Shift, now: datetime) -> Stage:
    """The opportunity must be loaded."""
    if shift.cancelled_at is not None:
        return Stage.CANCELLED
    if shift.closed_at is not None:
        return Stage.CLOSED
    if now >= shift.ends_at:
        return Stage.ENDED
    if now >= shift.starts_at:
        return Stage.RUNNING
    return Stage.OPEN if now >= opens_at(shift) else Stage.COMING


def opens_at(shift: Shift) -> datetime:
    """When check-in opens; the opportunity must be loaded."""
    return shift.starts_at - timedelta(minutes=shift.opportunity.opens_minutes)


def sites_of(reach: Reach) -> list[Site]:
    """The sites whose floor this person may see, also those where they lead one shift."""
    within = shifts_within(Reach(shift_ids=reach.shift_ids)).with_only_columns(Shift.site_id)
    wanted = select(Site).where(Site.closed_at.is_(None)).order_by(Site.name_ar, Site.id)
    if not reach.everywhere:
        wanted = wanted.where(or_(Site.id.in_(reach.site_ids), Site.id.in_(within)))
    return list(db.session.scalars(wanted))


def people_now(sites: Iterable[Site], now: datetime) -> dict[int, int]:
    """How many are on site at each, those who came back after a decision with them."""
    ids = [site.id for site in sites]
    is_open = and_(Attendance.state == "open", Attendance.until_at > now)
    back = list(returned_at(ids, now))
    rows = db.session.execute(
        select(Attendance.site_id, func.count().label("people"))
        .where(or_(is_open, Attendance.id.in_(back)) if back else is_open)
        .where(Attendance.site_id.in_(ids))
        .group_by(Attendance.site_id)
    )
    return {row.site_id: row.people for row in rows}


def shifts_at(site: Site, reach: Reach, now: datetime) -> Sequence[Shift]:
    """Today's shifts at a site and those still running since yesterday, within reach."""
    return shifts_among([site], reach, now)


def shifts_among(sites: Iterable[Site], reach: Reach, now: datetime) -> Sequence[Shift]:
    """The same at several sites, each with the day of its own zone."""
    return db.session.scalars(
        shifts_within(reach)
        .where(or_(false(), *(_today(site, now) for site in sites)))
        .options(
            joinedload(Shift.opportunity).joinedload(Opportunity.service),
            joinedload(Shift.site),
            joinedload(Shift.lane),
        )
        .order_by(Shift.starts_at, Shift.id)
    ).all()


def _today(site: Site, now: datetime) -> ColumnElement[bool]:
    begins, ends = day_bounds(local_day(now, site.zone), site.zone)
    today = and_(Shift.starts_at >= begins, Shift.starts_at < ends)
    running = and_(Shift.starts_at < begins, Shift.ends_at > now - AUTO_CLOSE_AFTER)
    return and_(Shift.site_id == site.id, or_(today, running))
