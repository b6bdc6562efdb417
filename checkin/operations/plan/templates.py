"""Shifts that are planned again and again: kept under a name, put on days and sites as drafts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import product
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from checkin.database import db, transaction
from checkin.domain.errors import NotFound, Problem
from checkin.domain.prayer import Anchor, End
from checkin.models import Lane, Opportunity, Shift, ShiftTemplate, Site
from checkin.operations import audit, catalogue, shifts
from checkin.operations.shifts import ShiftPlan

MOST_ADDED = 500
"""Shifts that one press may plan: three a day at more than twenty sites for a week."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplatePlan:
    """What a coordinator says about a template; times are the site's own clock's
    or said by a prayer."""

    name_ar: str
    name_en: str = ""
    opportunity_id: int
    starts: End
    ends: End
    seats: int

    @property
    def columns(self) -> dict[str, Any]:
        return {
            "name_ar": self.name_ar,
            "name_en": self.name_en,
            "opportunity_id": self.opportunity_id,
            "starts": self.starts if isinstance(self.starts, time) else None,
            "ends": self.ends if isinstance(self.ends, time) else None,
            **shifts.anchors(self.starts, self.ends),
            "seats": self.seats,
        }


@transaction
def create(plan: TemplatePlan, *, by: int | None, now: datetime) -> int:
    """A new template's id; Problems `name_taken` and `opportunity_closed`."""
    _refuse_closed(plan.opportunity_id)
    row = ShiftTemplate(**plan.columns)
    with catalogue.unique():
        db.session.add(row)
        db.session.flush()
    audit.note("template.create", "template", row.id, by=by, at=now)
    return row.id


@transaction
def change(template_id: int, plan: TemplatePlan, *, by: int, now: datetime) -> None:
    """Shifts made from it stay as they are. Problems as in `create`."""
    row = find(template_id)
    if plan.opportunity_id != row.opportunity_id:
        _refuse_closed(plan.opportunity_id)
    values = plan.columns
    changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
    if not changed:
        return
    for name in changed:
        setattr(row, name, values[name])
    with catalogue.unique():
        db.session.flush()
    audit.note("template.change", "template", template_id, by=by, at=now, changed=changed)


def _refuse_closed(opportunity_id: int) -> None:
    if catalogue.found(Opportunity, opportunity_id).closed_at is not None:
        raise Problem("opportunity_closed")


@transaction
def close(template_id: int, *, by: int, now: datetime) -> None:
    """Offer it no longer. Twice changes nothing."""
    row = find(template_id)
    if row.closed_at is None:
        row.closed_at = now
        audit.note("template.close", "template", template_id, by=by, at=now)


@transaction
def reopen(template_id: int, *, by: int, now: datetime) -> None:
    row = find(template_id)
    if row.closed_at is not None:
        row.closed_at = None
        audit.note("template.reopen", "template", template_id, by=by, at=now)


@dataclass(frozen=True, slots=True)
class Added:
    """The drafts made, and how many of those wished were left out."""

    made: list[int]
    there: int
    """Planned already."""
    over: int = 0
    """Would have ended already."""


@transaction
def add(
    template_ids: Collection[int],
    site_ids: Collection[int],
    days: Collection[date],
    *,
    lane_ids: Collection[int] = (),
    by: int,
    now: datetime,
) -> Added:
    """A draft of each template at each site and lane on each day, save where it is planned already
    or would be over already.

    Problems: `too_many_at_once` (fact `most`), `template_closed`, `site_closed`,
    `opportunity_closed`, `shift_too_long`, and `time_past` when all of them would be over.
    """
    if len(template_ids) * (len(site_ids) + len(lane_ids)) * len(days) > MOST_ADDED:
        raise Problem("too_many_at_once", most=MOST_ADDED)
    templates = [_usable(template_id) for template_id in sorted(set(template_ids))]
    places = _places(site_ids, lane_ids)
    wanted = [
        shifts.columns_of(_plan(template, site, lane_id, day), site)
        for template, (site, lane_id), day in product(templates, places, sorted(set(days)))
    ]
    planned = _planned({site.id for site, _ in places}, days)
    fresh = [one for one in wanted if _identity(one) not in planned]
    coming = [one for one in fresh if not shifts.is_over(one, now)]
    over, there = len(fresh) - len(coming), len(wanted) - len(fresh)
    if wanted and over == len(wanted):
        raise Problem("time_past")
    return Added(shifts.keep(coming, True, by=by, now=now), there, over)


def _usable(template_id: int) -> ShiftTemplate:
    template = find(template_id)
    if template.closed_at is not None:
        raise Problem("template_closed")
    if template.opportunity.closed_at is not None:
        raise Problem("opportunity_closed")
    return template


def _places(site_ids: Collection[int], lane_ids: Collection[int]) -> list[tuple[Site, int | None]]:
    """Sites as a whole and lanes, in use; each site is locked, in order of id."""
    query = select(Lane).where(Lane.id.in_(lane_ids), Lane.closed_at.is_(None)).order_by(Lane.id)
    lanes = db.session.scalars(query).all()
    wanted = sorted({*site_ids, *(lane.site_id for lane in lanes)})
    sites = {site_id: _open_site(site_id) for site_id in wanted}
    whole: list[tuple[Site, int | None]] = [(sites[one], None) for one in sorted(set(site_ids))]
    return whole + [(sites[lane.site_id], lane.id) for lane in lanes]


def _open_site(site_id: int) -> Site:
    """Locked until the end: of two who press at once, the second finds what the first made."""
    query = select(Site).where(Site.id == site_id).with_for_update(key_share=True)
    site = db.session.scalar(query)
    if site is None:
        raise NotFound("site")
    if site.closed_at is not None:
        raise Problem("site_closed")
    return site


def _plan(template: ShiftTemplate, site: Site, lane_id: int | None, day: date) -> ShiftPlan:
    starts, ends = ends_of(template)
    return ShiftPlan(
        opportunity_id=template.opportunity_id,
        site_id=site.id,
        lane_id=lane_id,
        day=day,
        starts=starts,
        ends=ends,
        seats=template.seats,
    )


def ends_of(template: ShiftTemplate) -> tuple[End, End]:
    """How each end is said: by the site's clock, or by a prayer."""
    return (
        _end(template.starts, template.starts_prayer, template.starts_offset),
        _end(template.ends, template.ends_prayer, template.ends_offset),
    )


def _end(at: time | None, prayer: str | None, offset: int | None) -> End:
    if at is not None:
        return at
    if prayer is None or offset is None:
        raise ValueError("an end is a time or is said by a prayer: the database keeps it so")
    return Anchor(prayer, offset)


_Identity = tuple[int, int, int | None, datetime, datetime]


def _planned(site_ids: Collection[int], days: Collection[date]) -> set[_Identity]:
    s = Shift
    rows = db.session.execute(
        select(s.opportunity_id, s.site_id, s.lane_id, s.starts_at, s.ends_at)
        .where(s.site_id.in_(site_ids), s.work_on.in_(days))
        .where(s.cancelled_at.is_(None))
    )
    return {(row[0], row[1], row[2], row[3], row[4]) for row in rows}


def _identity(columns: dict[str, object]) -> tuple[object, ...]:
    where = ("opportunity_id", "site_id", "lane_id")
    return tuple(columns[name] for name in (*where, "starts_at", "ends_at"))


def find(template_id: int) -> ShiftTemplate:
    """The template with its opportunity; NotFound."""
    template = db.session.get(
        ShiftTemplate,
        template_id,
        options=[joinedload(ShiftTemplate.opportunity)],
        populate_existing=True,
    )
    if template is None:
        raise NotFound("template")
    return template


def all_of() -> Sequence[ShiftTemplate]:
    """Every template, those in use first, in order of time."""
    in_use = ShiftTemplate.closed_at.is_not(None)
    query = select(ShiftTemplate).options(joinedload(ShiftTemplate.opportunity))
    return db.session.scalars(query.order_by(in_use, ShiftTemplate.starts, ShiftTemplate.id)).all()


def usable() -> list[ShiftTemplate]:
    """Those whose shifts can be planned now."""
    return [one for one in all_of() if one.closed_at is None and one.opportunity.closed_at is None]
