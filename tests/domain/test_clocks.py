"""Scans that arrive later: which instant counts, what is flagged, and the law it never breaks."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checkin.domain.clocks import KEPT_FOR, DeviceClock, instant_of, within_shift
from checkin.domain.evidence import Flag
from checkin.domain.hours import credited_minutes

DAY = datetime(2026, 11, 22, tzinfo=UTC)
RECEIVED = DAY + timedelta(hours=12)


def at(text: str, day: int = 0) -> datetime:
    """'08:00' or '08:00:30'."""
    hours, minutes, *seconds = (int(part) for part in text.split(":"))
    second = seconds[0] if seconds else 0
    return DAY + timedelta(days=day, hours=hours, minutes=minutes, seconds=second)


def clock(device: str, sent: str | None = "12:00", elapsed: int | None = None, receipt=None):
    """A phone that scanned at `device` and sent at `sent`, both by its own clock; minutes."""
    return DeviceClock(
        at(device),
        at(sent) if sent else None,
        elapsed * 60_000 if elapsed is not None else None,
        at(receipt) if receipt else None,
    )


def names(text: str) -> tuple[Flag, ...]:
    return tuple(flag for flag in Flag if flag in text.split())


# Everything arrives at 12:00 by the server's clock.
@pytest.mark.parametrize(
    ("told", "counts", "flags"),
    [
        (clock("11:55"), "11:55", "offline"),
        (clock("11:45"), "11:45", "offline"),  # exactly a quarter of an hour
        (clock("11:44:59"), "11:44:59", "offline late_upload"),
        (clock("09:00"), "09:00", "offline late_upload"),
        # a clock 47 minutes slow, or two hours fast, is put right by how wrong it was at sending
        (clock("08:13", sent="11:13"), "09:00", "offline late_upload clock_skew"),
        (clock("11:00", sent="14:00"), "09:00", "offline late_upload clock_skew"),
        (clock("08:58", sent="11:58"), "09:00", "offline late_upload"),  # two minutes are usual
        (clock("08:57:59", sent="11:57:59"), "09:00", "offline late_upload clock_skew"),
        # the steady clock agrees, within half a minute, or does not
        (clock("09:00", elapsed=180), "09:00", "offline late_upload"),
        (clock("08:59:30", elapsed=180), "08:59:30", "offline late_upload"),
        (clock("08:59:29", elapsed=180), "08:59:29", "offline late_upload clock_jump"),
        (clock("07:00", elapsed=180), "07:00", "offline late_upload clock_jump"),
        # never before the newest time of ours the phone held, never after it arrived
        (clock("07:00", receipt="08:30"), "08:30", "offline late_upload clock_jump"),
        (clock("08:29:40", receipt="08:30"), "08:30", "offline late_upload"),
        (clock("12:30"), "12:00", "offline clock_jump"),
        (clock("12:00:20"), "12:00", "offline"),
        # a phone that does not say when it sent
        (clock("11:50", sent=None), "11:50", "offline"),
        (clock("12:30", sent=None), "12:00", "offline clock_skew"),
        # a receipt from the future proves no more than the arrival
        (clock("11:00", receipt="12:05"), "12:00", "offline clock_jump"),
    ],
)
def test_a_poster_uploaded_later_counts_by_the_phones_clock_put_right(told, counts, flags):
    timed = instant_of(told, RECEIVED)
    assert (timed.at, timed.flags) == (at(counts), names(flags))


def window(text: str, day: int = 0):
    return at(text, day), at(text, day) + timedelta(seconds=30)


@pytest.mark.parametrize(
    ("told", "code", "counts", "flags"),
    [
        (clock("09:00"), window("09:00"), "09:00:15", "offline late_upload"),
        # the display's window counts, however the phone's clock is set; that it differs is told
        (clock("10:00"), window("09:00"), "09:00:15", "offline late_upload clock_skew"),
        (clock("09:02:15"), window("09:00"), "09:00:15", "offline late_upload"),
        (clock("09:02:16"), window("09:00"), "09:00:15", "offline late_upload clock_skew"),
        # a display up to a minute and a half wrong is believed, within what can be proved
        (clock("09:00", receipt="09:01:45"), window("09:00"), "09:01:45", "offline late_upload"),
        (clock("12:00"), window("12:01:15"), "12:00", "offline"),
    ],
)
def test_a_rotating_code_uploaded_later_counts_by_its_window(told, code, counts, flags):
    timed = instant_of(told, RECEIVED, code)
    assert (timed.at, timed.flags) == (at(counts), names(flags))


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (clock("09:00", receipt="09:01:46"), window("09:00")),  # seen before it could be
        (clock("12:00"), window("12:01:16")),  # not shown yet
        (clock("09:00"), window("11:59", day=-3)),
    ],
)
def test_a_rotating_code_outside_every_bound_is_stale(told, code):
    timed = instant_of(told, RECEIVED, code)
    assert timed.at is None
    assert Flag.STALE in timed.flags


@pytest.mark.parametrize(("hours", "counts"), [(71.99, True), (72, True), (72.01, False)])
def test_a_scan_older_than_three_days_is_a_request(hours, counts):
    made = RECEIVED - timedelta(hours=hours)
    timed = instant_of(DeviceClock(made, RECEIVED), RECEIVED)
    assert timed.at == (made if counts else None)
    assert (Flag.STALE in timed.flags) is not counts


@pytest.mark.parametrize(
    ("device", "sent"),
    [
        (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)),
        (datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)),
        (datetime.min.replace(tzinfo=UTC), None),
        (datetime.max.replace(tzinfo=UTC), None),
    ],
)
def test_clocks_at_the_ends_of_time_are_judged_like_any_other(device, sent):
    timed = instant_of(DeviceClock(device, sent, elapsed_ms=10**30), RECEIVED)
    assert timed.at in (None, RECEIVED)


@pytest.mark.parametrize(
    ("when", "counts"),
    [("09:00", "09:00"), ("06:00", "07:00"), ("13:00", "13:00"), ("13:01", "13:00")],
)
def test_a_phones_clock_places_a_scan_within_an_hour_of_its_shift(when, counts):
    assert within_shift(at(when), at("08:00"), at("12:00")) == at(counts)


# --- the law ---------------------------------------------------------------------------------

HOUR = 3600
SHIFT = (at("08:00"), at("12:00"))
seconds = st.integers(0, 16 * HOUR)
half_minutes = st.integers(-80 * 120, 32 * 120)
lies = st.integers(-100 * HOUR, 100 * HOUR) | st.just(0)


@st.composite
def uploads(draw):
    """One scan as it really went, and what a phone with any clock at all says about it.

    Returns what the phone says, when it arrived, the code's window if it came from a display,
    and the earliest and latest instant at which the server can prove it was made.
    """
    receipt, made, received = sorted(DAY + timedelta(seconds=draw(seconds)) for _ in range(3))
    skew, jump = (timedelta(seconds=draw(lies)) for _ in range(2))
    told = DeviceClock(
        device_at=made + skew,
        sent_at=draw(st.sampled_from([None, received + skew, received + skew + jump])),
        elapsed_ms=draw(st.none() | st.integers(0, 10**9)),
        receipt_at=draw(st.sampled_from([None, receipt])),
    )
    earliest = told.receipt_at or received - KEPT_FOR
    if not draw(st.booleans()):
        return told, received, None, (earliest, received)
    # a display's clock may be wrong, and a photograph of its code may be of any age
    shown = DAY + timedelta(seconds=30 * draw(half_minutes))
    code = (shown, shown + timedelta(seconds=30))
    bounds = (min(max(bound, earliest), received) for bound in code)
    return told, received, code, tuple(bounds)


@settings(max_examples=300)
@given(uploads(), uploads())
def test_no_clock_earns_a_minute_beyond_what_can_be_proved(one, other):
    """R9: whatever the phones' clocks say, credit lies inside what the server can prove."""
    came, left = (
        (instant_of(told, received, code), proof) for told, received, code, proof in (one, other)
    )
    for timed, (earliest, latest) in (came, left):
        assert timed.at is None or earliest <= timed.at <= latest
        assert (timed.at is None) == (Flag.STALE in timed.flags)
        assert Flag.OFFLINE in timed.flags
    if came[0].at is None or left[0].at is None or left[0].at < came[0].at:
        return
    stint = tuple(within_shift(timed.at, *SHIFT) for timed, _ in (came, left))
    proved = (came[1][0], left[1][1])
    assert credited_minutes([stint], *SHIFT) <= credited_minutes([proved], *SHIFT)


@settings(max_examples=300)
@given(uploads())
def test_a_lie_that_moves_an_instant_is_told(upload):
    """Whoever sets the clock between scanning and sending, or scans an old picture, is seen."""
    told, received, code, _ = upload
    timed = instant_of(told, received, code)
    if timed.at is None or told.sent_at is None:
        return
    age = told.sent_at - told.device_at
    honest = received - age
    moved = abs(timed.at - honest)
    doubts = {Flag.CLOCK_JUMP, Flag.CLOCK_SKEW}
    if moved > timedelta(minutes=4):
        assert doubts & set(timed.flags)
