"""What a shift's scans are held against: its times, its place, what its service finds plausible."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, select

from checkin.database import AnyRow, ask
from checkin.domain.fold import ShiftFact
from checkin.domain.hours import MOST_MINUTES
from checkin.models import Opportunity, Service, Shift


@dataclass(frozen=True, slots=True)
class Plan:
    """A shift's facts, with the usual number of people served in an hour, where there is one."""

    fact: ShiftFact
    site_id: int
    work_on: date
    low_per_hour: int | None
    high_per_hour: int | None
    by_lane: bool = False
    """The lane counts whom it serves; what a volunteer says besides is kept with the scan only."""


COLUMNS = (
    *(
        Shift.id.label("shift_id"),
        Shift.starts_at,
        Shift.ends_at,
        Shift.cancelled_at,
        Shift.site_id,
    ),
    *(Shift.work_on, Opportunity.most_minutes),
    *(Service.low_per_hour, Service.high_per_hour, Service.counted_by),
)
"""What `plan_of` reads; the question joins Shift, Opportunity and, if any, Service."""
_PLANS = (
    select(*COLUMNS)
    .join(Opportunity, Opportunity.id == Shift.opportunity_id)
    .outerjoin(Service, Service.id == Opportunity.service_id)
    .where(Shift.id.in_(bindparam("shift_ids", expanding=True)))
)


def plan_of(row: AnyRow) -> Plan:
    return Plan(
        ShiftFact(
            row.shift_id,
            row.starts_at,
            row.ends_at,
            row.cancelled_at is not None,
            most_minutes=row.most_minutes or MOST_MINUTES,
        ),
        row.site_id,
        row.work_on,
        row.low_per_hour,
        row.high_per_hour,
        row.counted_by == "lane",
    )


def plans_of(shift_ids: Iterable[int]) -> dict[int, Plan]:
    """The plans of these shifts by id; asking about none asks nothing."""
    wanted = sorted(shift_ids)
    rows = ask(_PLANS, {"shift_ids": wanted}) if wanted else ()
    return {row.shift_id: plan_of(row) for row in rows}
