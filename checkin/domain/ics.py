"""Calendars as other programs read them: RFC 5545, in UTC, so that no time zone need be told."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

LONGEST = 75
"""Octets in a line, its end not counted; what goes on in the next line begins with a space."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`sequence` grows with each change; what is only hoped for is `is_tentative`."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str = ""
    description: str = ""
    url: str = ""
    sequence: int = 0
    is_cancelled: bool = False
    is_tentative: bool = False


def write(events: Iterable[Event], *, name: str, at: datetime, minutes: int) -> str:
    """The calendar `name` as of `at`, to be asked for again after so many minutes."""
    head = (
        *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Checkin//Shifts//AR"),
        *("CALSCALE:GREGORIAN", "METHOD:PUBLISH", f"X-WR-CALNAME:{_text(name)}"),
        *(f"REFRESH-INTERVAL;VALUE=DURATION:PT{minutes}M", f"X-PUBLISHED-TTL:PT{minutes}M"),
    )
    body = (line for event in events for line in _event(event, at))
    return "".join(f"{_folded(line)}\r\n" for line in (*head, *body, "END:VCALENDAR"))


def _event(event: Event, at: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(event.uid)}"
    yield f"DTSTAMP:{_instant(at)}"
    yield f"DTSTART:{_instant(event.starts_at)}"
    yield f"DTEND:{_instant(event.ends_at)}"
    yield f"SEQUENCE:{event.sequence}"
    yield f"SUMMARY:{_text(event.summary)}"
    yield f"STATUS:{_status(event)}"
    yield f"TRANSP:{'OPAQUE' if _status(event) == 'CONFIRMED' else 'TRANSPARENT'}"
    for title, words in (("LOCATION", event.location), ("DESCRIPTION", event.description)):
        if words:
            yield f"{title}:{_text(words)}"
    if event.url:
        yield f"URL:{event.url}"
    yield "END:VEVENT"


def _status(event: Event) -> str:
    if event.is_cancelled:
        return "CANCELLED"
    return "TENTATIVE" if event.is_tentative else "CONFIRMED"


def _instant(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(words: str) -> str:
    """What has a meaning in the format loses it; what cannot be shown is left out."""
    lines = words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").splitlines()
    return "\\n".join("".join(char for char in line if char >= " ") for line in lines)


def _folded(line: str) -> str:
    """Cut between characters, never inside one: an Arabic letter is two octets."""
    parts, length = [""], 0
    for char in line:
        octets = len(char.encode())
        if length + octets > LONGEST:
            parts.append(" ")
            length = 1
        parts[-1] += char
        length += octets
    return "\r\n".join(parts)
