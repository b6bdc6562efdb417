"""When a scan that was kept on a phone really happened, as far as the server can prove it.

A phone's clock is evidence, never proof. The server can prove two things: the scan was made
before it arrived, and after the phone last received a signed time. The instant that counts
always lies between the two, so no clock, however it was set, earns a minute beyond them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from checkin.domain.evidence import Flag

KEPT_FOR = timedelta(hours=72)
"""A scan older than this changes nothing by itself; it becomes a request."""
WINDOW_SLACK = timedelta(seconds=90)
"""How far a display's clock may be from ours."""
SKEW_NOTED = timedelta(seconds=120)
JUMP_NOTED = timedelta(seconds=30)
LATE_AFTER = timedelta(minutes=15)
AROUND_SHIFT = timedelta(minutes=60)
"""A phone's clock places a scan no further from its shift than this."""


@dataclass(frozen=True, slots=True)
class DeviceClock:
    """What a phone says about the time of a scan that arrives later.

    `device_at` is its clock at the scan and `sent_at` the same clock at sending. `elapsed_ms` is
    what its steady clock counted from scan to sending; phones stop it while they sleep, so it is
    left empty unless the page was in sight throughout. `receipt_at` is the newest signed time of
    ours it held at the scan, its signature checked already.
    """

    device_at: datetime
    sent_at: datetime | None = None
    elapsed_ms: int | None = None
    receipt_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Timed:
    """The instant that counts, and why to look twice; no instant: outside every bound."""

    at: datetime | None
    flags: tuple[Flag, ...] = ()


def instant_of(
    clock: DeviceClock, received_at: datetime, window: tuple[datetime, datetime] | None = None
) -> Timed:
    """The instant that counts for a scan uploaded later, never outside what can be proved.

    By the code's own `window` where it has one, since the display made it; else by the phone's
    clock, put right by how wrong it was at sending.
    """
    told = received_at - _age(clock, received_at)
    claimed = told if window is None else window[0] + (window[1] - window[0]) / 2
    at = _between_proofs(claimed, clock, received_at)
    moved = abs(at - claimed)
    found = {
        Flag.OFFLINE: True,
        Flag.LATE_UPLOAD: received_at - at > LATE_AFTER,
        Flag.CLOCK_SKEW: _is_wrong(clock, received_at) or abs(told - claimed) > SKEW_NOTED,
        Flag.CLOCK_JUMP: _has_jumped(clock) or (window is None and moved > JUMP_NOTED),
        Flag.STALE: received_at - at > KEPT_FOR or (window is not None and moved > WINDOW_SLACK),
    }
    return Timed(None if found[Flag.STALE] else at, tuple(flag for flag in Flag if found.get(flag)))


def within_shift(at: datetime, starts_at: datetime, ends_at: datetime) -> datetime:
    """An instant by a phone's clock, no further than an hour from the shift it belongs to."""
    return min(max(at, starts_at - AROUND_SHIFT), ends_at + AROUND_SHIFT)


_LONGEST = timedelta(days=366)
_MILLISECOND = timedelta(milliseconds=1)


def _age(clock: DeviceClock, received_at: datetime) -> timedelta:
    """How long before its arrival the phone says the scan was made; never in the future."""
    age = (clock.sent_at or received_at) - clock.device_at
    return min(max(age, timedelta(0)), _LONGEST)


def _between_proofs(claimed: datetime, clock: DeviceClock, received_at: datetime) -> datetime:
    earliest = clock.receipt_at or claimed
    return min(max(claimed, earliest), received_at)


def _is_wrong(clock: DeviceClock, received_at: datetime) -> bool:
    if clock.sent_at is None:
        return clock.device_at - received_at > SKEW_NOTED
    return abs(received_at - clock.sent_at) > SKEW_NOTED


def _has_jumped(clock: DeviceClock) -> bool:
    """Whether the phone's wall clock was set between scan and sending."""
    if clock.sent_at is None:
        return False
    by_wall = clock.sent_at - clock.device_at
    if clock.elapsed_ms is None:
        return by_wall < -JUMP_NOTED
    return abs(by_wall // _MILLISECOND - clock.elapsed_ms) > JUMP_NOTED // _MILLISECOND
