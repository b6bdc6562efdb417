"""Times of day in which nobody is sent a message: around prayers, at night."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta

from checkin.domain.days import local_time
from checkin.domain.errors import Problem
from checkin.domain.text import latin_digits

MOST_WINDOWS = 8
LONGEST_HOURS = 16
"""Of one window. A longer one was typed the wrong way round: 12:45–12:10."""

Window = tuple[time, time]
"""From the first minute to the last, the last not in it; over midnight when it ends earlier."""

_BETWEEN = re.compile(r"[\n,،;؛]+")
_WINDOW = re.compile(
    r"(?:from|من)?\s*([0-9]{1,2}:[0-9]{2})\s*(?:[-–—]|to|until|إلى|الى|حتى)\s*([0-9]{1,2}:[0-9]{2})"
)


def read_windows(text: str) -> list[Window]:
    """What a person typed, one window a line ("12:10–12:45"), in order of the day.

    Any digits are read, and commas instead of lines. Raises Problem `window_unreadable` and
    `window_reversed` (fact `text`), `windows_overlap` and `too_many_windows` (fact `most`).
    """
    lines = [line.strip() for line in _BETWEEN.split(latin_digits(text)) if line.strip()]
    if len(lines) > MOST_WINDOWS:
        raise Problem("too_many_windows", most=MOST_WINDOWS)
    windows = sorted(_window(line) for line in lines)
    for number, one in enumerate(windows):
        if any(_touch(one, other) for other in windows[number + 1 :]):
            raise Problem("windows_overlap")
    return windows


def write_windows(windows: Iterable[Window]) -> str:
    """As a person would type them: reading it gives the same again."""
    return "\n".join(f"{begin:%H:%M}–{end:%H:%M}" for begin, end in windows)


def is_quiet(at: datetime, windows: Sequence[Window], zone: str) -> bool:
    """Whether an instant falls into any of the windows, by the clock of `zone`."""
    clock = local_time(at, zone).time()
    return any(_holds(window, clock) for window in windows)


def after_quiet(at: datetime, windows: Sequence[Window], zone: str) -> datetime:
    """The first instant from `at` on that falls into none of the windows; UTC.

    `at` itself when the windows leave no time of day free.
    """
    passed = at
    for _ in windows:
        here = local_time(passed, zone)
        held = [window for window in windows if _holds(window, here.time())]
        if not held:
            return passed
        end = held[0][1]
        ends_at = here.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
        if ends_at <= here:
            ends_at += timedelta(days=1)
        passed = ends_at.astimezone(UTC)
    return at if is_quiet(passed, windows, zone) else passed


def _window(line: str) -> Window:
    found = _WINDOW.fullmatch(line)
    try:
        begin, end = (_time(text) for text in found.groups()) if found else (time(), time())
    except ValueError:
        begin = end = time()
    if begin == end:
        raise Problem("window_unreadable", text=line[:40])
    if _minutes(begin, end) > LONGEST_HOURS * 60:
        raise Problem("window_reversed", text=line[:40])
    return begin, end


def _minutes(begin: time, end: time) -> int:
    first, last = (clock.hour * 60 + clock.minute for clock in (begin, end))
    return (last - first) % (24 * 60)


def _time(text: str) -> time:
    hour, minute = text.split(":")
    return time(int(hour), int(minute))


def _holds(window: Window, clock: time) -> bool:
    begin, end = window
    return begin <= clock < end if begin < end else clock >= begin or clock < end


def _touch(one: Window, other: Window) -> bool:
    return _holds(one, other[0]) or _holds(other, one[0])
