"""What would count if nobody knew better: the proved minutes, or those up to the planned end."""

from datetime import datetime
from typing import Protocol

from checkin.domain.hours import planned_minutes


class Recorded(Protocol):
    """An attendance, or a row with these of its columns."""

    @property
    def credited_minutes(self) -> int | None: ...
    @property
    def proposed_minutes(self) -> int | None: ...


def suggested_minutes(recorded: Recorded, starts_at: datetime, ends_at: datetime) -> int:
    """Never more than the shift was planned to last."""
    minutes = recorded.credited_minutes
    if minutes is None:
        minutes = recorded.proposed_minutes or 0
    return min(minutes, planned_minutes(starts_at, ends_at))
