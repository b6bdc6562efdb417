"""A shift goes to another day, site or lane; its times stay those of the clock there."""

from dataclasses import replace
from datetime import date, datetime

from checkin.database import transaction
from checkin.operations import roster, shifts
from checkin.operations.permissions import Reach

EVERYWHERE = Reach(everywhere=True)


@transaction
def move(
    shift_id: int,
    *,
    day: date,
    site_id: int,
    lane_id: int | None,
    row_version: int,
    link: str,
    by: int,
    now: datetime,
) -> int:
    """How many were told: those expected on a published shift that is still to come.

    The Conflict and Problems of `shifts.change`. `link` leads to one's own shifts.
    """
    shift = shifts.find(shift_id, EVERYWHERE)
    plan = replace(shifts.plan_of(shift), day=day, site_id=site_id, lane_id=lane_id)
    was = (shift.starts_at, shift.site_id)
    shifts.change(shift_id, plan, row_version=row_version, by=by, now=now)
    fresh = shifts.find(shift_id, EVERYWHERE)
    moved = (fresh.starts_at, fresh.site_id) != was
    if not moved or fresh.is_draft or fresh.ends_at <= now or not roster.reachable(shift_id):
        return 0
    return roster.invite(shift_id, link=link, by=by, now=now)
