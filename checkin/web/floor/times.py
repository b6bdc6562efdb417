"""Times to press when one is corrected, and the line that shows them against the plan."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from checkin.domain.fold import Kind
from checkin.models import Attendance, Shift
from checkin.operations.correcting import End
from checkin.web.filters import duration_after, time_short

STEPS = (-30, -15, -5, 5, 15, 30)
"""Minutes earlier or later that a thumb can choose; any other time is typed."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: what it sends, the time on it, and what that time is."""

    value: str
    time: str
    note: str


def choices_for(end: End, shift: Shift, zone: str) -> list[Choice]:
    """Earlier ones and later ones that the record allows, and the planned time."""
    here = _minute(end.at)
    planned = _minute(shift.starts_at if end.kind is Kind.IN else shift.ends_at)
    found = {here + timedelta(minutes=step): _step_words(step) for step in STEPS}
    found[planned] = _("As planned")
    found.pop(here, None)
    return [
        Choice(f"{end.kind}-{end.stint}@{at.isoformat()}", time_short(at, zone), note)
        for at, note in sorted(found.items())
        if _minute(end.since) <= at <= end.until
    ]


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _step_words(step: int) -> str:
    length = duration_after(abs(step))
    if step < 0:
        return _("%(duration)s earlier", duration=length)
    return _("%(duration)s later", duration=length)


def ends_spoken(ends: Iterable[End], zone: str) -> list[tuple[End, str]]:
    """Each end as it is called on a page."""
    return [(end, _end_words(end, zone)) for end in ends]


def _end_words(end: End, zone: str) -> str:
    at = time_short(end.at, zone)
    if end.kind is Kind.IN:
        return _("Check-in, %(time)s", time=at)
    return _("Check-out, %(time)s", time=at)


def bar(attendance: Attendance, shift: Shift, now: datetime) -> dict[str, Any]:
    """The time line's figures, in seconds: from the earliest instant to the latest."""
    stints = [(_seconds(begin), _seconds(end) if end else None) for begin, end in attendance.stints]
    planned = shift.starts_at.timestamp(), shift.ends_at.timestamp()
    known = [*planned, *(one for stint in stints for one in stint if one is not None)]
    running = attendance.state == "open"
    if running:
        known.append(now.timestamp())
    margin = (planned[1] - planned[0]) / 24
    return {
        "start": min(known) - margin,
        "end": max(known) + margin,
        "planned": planned,
        "stints": stints,
        "now": now.timestamp() if running else None,
    }


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
