"""The demo's targets: what the association set itself for 2024, and a season's worth of them."""

from datetime import datetime

from checkin.demo.organisation import Organisation
from checkin.operations import targets
from checkin.operations.targets import TargetPlan

PUBLISHED = {
    "association": (
        ("volunteers", "2024", 100_000),
        ("opportunities", "2024", 3_000),
        ("hours", "2024", 8_000_000),
    ),
    "season": (
        ("hours", "2021", 60_000),
        ("volunteers", "2021", 3_000),
        ("beneficiaries", "2021", 600_000),
    ),
}
"""Those of the association are published; those of the season are invented to fit."""


def put(made: Organisation, size: str, now: datetime) -> None:
    """Set the targets of a demo of this size; nothing for one without a past."""
    for figure, period, amount in PUBLISHED.get(size, ()):
        plan = TargetPlan(figure=figure, period=period, amount=amount)
        targets.put(plan, by=made.staff["layla"], now=now)
