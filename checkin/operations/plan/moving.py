"""A shift goes to another day, site or lane; its times stay those of the clock or the prayers."""

from dataclasses import replace
from datetime import date, datetime

from checkin.database import transaction
from checkin.models import Shift
from checkin.operations import shifts
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
    by: int,
    now: datetime,
) -> int:
    """How many were told; the Conflict and Problems of `shifts.change`."""
    plan = shifts.plan_of(shifts.find(shift_id, EVERYWHERE))
    moved = replace(plan, day=day, site_id=site_id, lane_id=lane_id)
    return shifts.change(shift_id, moved, row_version=row_version, by=by, now=now)


def lies_ahead(shift: Shift, day: date, now: datetime) -> bool:
    """Whether the shift, whose site is loaded, would not be over yet if it were on `day`."""
    later = day - shifts.plan_of(shift).day
    return shift.ends_at - now > -later
