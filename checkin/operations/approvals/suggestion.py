"""What would count if nobody knew better, and why: proved minutes, or those up to a likely end."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from checkin.domain.evidence import Flag
from checkin.domain.hours import credited_minutes, planned_minutes


class Recorded(Protocol):
    """An attendance, or a row with these of its columns."""

    @property
    def credited_minutes(self) -> int | None: ...
    @property
    def proposed_minutes(self) -> int | None: ...


class Ended(Recorded, Protocol):
    """What the reason for a suggestion is read from besides."""

    @property
    def state(self) -> str: ...
    @property
    def flags(self) -> Collection[str]: ...
    @property
    def stints(self) -> list[Any]: ...
    @property
    def proposed_out_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Minutes, and why these: `recorded`, `inside` the shift, `away` taken off, or the likely
    end of a forgotten check-out: `planned_end`, `taken_over`, `elsewhere`."""

    minutes: int
    because: str
    until: datetime | None = None
    """The likely end, where there was none."""


def suggested_minutes(recorded: Recorded, starts_at: datetime, ends_at: datetime) -> int:
    """Never more than the shift was planned to last."""
    minutes = recorded.credited_minutes
    if minutes is None:
        minutes = recorded.proposed_minutes or 0
    return min(minutes, planned_minutes(starts_at, ends_at))


def suggestion_for(recorded: Ended, starts_at: datetime, ends_at: datetime) -> Suggestion:
    """The minutes with the reason that whoever decides is told."""
    minutes = suggested_minutes(recorded, starts_at, ends_at)
    if recorded.state == "unclosed" and recorded.proposed_out_at is not None:
        until = recorded.proposed_out_at
        return Suggestion(minutes, _why_then(recorded, until, ends_at), until)
    if {Flag.LONGER, Flag.EARLY_IN} & set(recorded.flags):
        return Suggestion(minutes, "inside")
    return Suggestion(minutes, "away" if len(recorded.stints) > 1 else "recorded")


def capped(recorded: Ended, starts_at: datetime, ends_at: datetime, most: int | None) -> int | None:
    """What an opportunity credits at most, where more was served inside the shift."""
    if most is None or most not in (recorded.credited_minutes, recorded.proposed_minutes):
        return None
    begun = ((begin, end or recorded.proposed_out_at) for begin, end in recorded.stints)
    spans = [(_instant(begin), _instant(end)) for begin, end in begun if end]
    return most if credited_minutes(spans, starts_at, ends_at) > most else None


def _instant(at: str | datetime) -> datetime:
    return datetime.fromisoformat(at) if isinstance(at, str) else at


def _why_then(recorded: Ended, until: datetime, ends_at: datetime) -> str:
    if Flag.TAKEN_OVER in recorded.flags:
        return "taken_over"
    return "elsewhere" if until < ends_at else "planned_end"
