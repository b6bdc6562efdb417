"""Quiet times as people type them, and what falls into them."""

from datetime import UTC, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.errors import Problem
from checkin.domain.quiet import (
    MOST_WINDOWS,
    after_quiet,
    is_quiet,
    read_windows,
    write_windows,
)

NOON = (time(12, 10), time(12, 45))
NIGHT = (time(23, 0), time(4, 30))


@pytest.mark.parametrize(
    ("typed", "windows"),
    [
        ("", []),
        ("  \n", []),
        ("12:10–12:45", [NOON]),
        ("12:10-12:45", [NOON]),
        ("من ١٢:١٠ إلى ١٢:٤٥", [NOON]),
        ("from 12:10 to 12:45", [NOON]),
        ("23:00-4:30\n12:10-12:45", [NOON, NIGHT]),
        ("16:00-08:00", [(time(16, 0), time(8, 0))]),
        ("12:10-12:45، 23:00-04:30", [NOON, NIGHT]),
        ("12:10-12:45, 12:45-13:00", [NOON, (time(12, 45), time(13, 0))]),
    ],
)
def test_windows_are_read(typed, windows):
    assert read_windows(typed) == windows


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("noon", "window_unreadable"),
        ("12:10", "window_unreadable"),
        ("12:10-12:10", "window_unreadable"),
        ("12:60-13:00", "window_unreadable"),
        ("24:00-25:00", "window_unreadable"),
        ("12:10-12:45-13:00", "window_unreadable"),
        ("12:45–12:10", "window_reversed"),
        ("16:00-08:01", "window_reversed"),
        ("04:00-21:00", "window_reversed"),
        ("12:10-12:45\n12:30-13:00", "windows_overlap"),
        ("23:00-04:30\n04:00-05:00", "windows_overlap"),
        ("23:00-04:30\n22:00-23:01", "windows_overlap"),
        ("\n".join(f"{hour:02}:00-{hour:02}:10" for hour in range(9)), "too_many_windows"),
    ],
)
def test_what_cannot_be_read_is_said(typed, code):
    with pytest.raises(Problem) as refused:
        read_windows(typed)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("clock", "quiet"),
    [
        ("12:09", False),
        ("12:10", True),
        ("12:44", True),
        ("12:45", False),
        ("22:59", False),
        ("23:00", True),
        ("00:00", True),
        ("04:29", True),
        ("04:30", False),
    ],
)
def test_a_window_is_told_by_the_clock_of_the_site(clock, quiet):
    local = datetime.fromisoformat(f"2026-11-22T{clock}:00+03:00")
    assert is_quiet(local.astimezone(UTC), [NOON, NIGHT], "Asia/Riyadh") is quiet


def test_another_site_has_another_clock():
    at = datetime(2026, 11, 22, 9, 15, tzinfo=UTC)
    assert is_quiet(at, [NOON], "Asia/Riyadh")
    assert not is_quiet(at, [NOON], "Asia/Dubai")


@given(st.sets(st.integers(0, 47), max_size=MOST_WINDOWS))
def test_reading_what_was_written_gives_the_same(halves):
    slots = sorted(halves)
    windows = [(time(h // 2, h % 2 * 30), time(h // 2, h % 2 * 30 + 29)) for h in slots]
    assert read_windows(write_windows(windows)) == windows


@pytest.mark.parametrize(
    ("windows", "clock", "expected"),
    [
        ([], "22 12:20", "22 12:20"),
        ([NOON, NIGHT], "22 12:09", "22 12:09"),
        ([NOON, NIGHT], "22 12:10", "22 12:45"),
        ([NOON, NIGHT], "22 12:44", "22 12:45"),
        ([NOON, NIGHT], "22 12:45", "22 12:45"),
        ([NOON, NIGHT], "22 23:30", "23 04:30"),
        ([NOON, NIGHT], "22 03:00", "22 04:30"),
        ([(time(12, 45), time(13, 0)), NOON], "22 12:30", "22 13:00"),
        ([(time(12, 0), time(0, 0)), (time(0, 0), time(12, 0))], "22 12:30", "22 12:30"),
    ],
)
def test_what_is_not_urgent_waits_until_the_quiet_time_has_passed(windows, clock, expected):
    def riyadh(text: str) -> datetime:
        return datetime.strptime(f"2026-11-{text} +0300", "%Y-%m-%d %H:%M %z")

    after = after_quiet(riyadh(clock).astimezone(UTC), windows, "Asia/Riyadh")
    assert after == riyadh(expected)
