"""A week of shifts: seen whole, filled from templates, copied, published, moved."""

from checkin.operations.plan.conflicts import Conflict, Found
from checkin.operations.plan.copying import Copied, copy_week
from checkin.operations.plan.coverage import Cover, Coverage
from checkin.operations.plan.moving import lies_ahead, move
from checkin.operations.plan.publishing import drop, publish
from checkin.operations.plan.rosters import LeftOut, left_out
from checkin.operations.plan.weeks import Week, drafts_of, is_planned, prayers_during, week

__all__ = [
    "Conflict",
    "Copied",
    "Cover",
    "Coverage",
    "Found",
    "LeftOut",
    "Week",
    "copy_week",
    "drafts_of",
    "drop",
    "is_planned",
    "left_out",
    "lies_ahead",
    "move",
    "prayers_during",
    "publish",
    "week",
]
