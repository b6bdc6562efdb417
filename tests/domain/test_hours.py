"""Minutes that count: inside the shift, summed first, rounded once."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.hours import (
    MOST_MINUTES,
    credited_minutes,
    needs_second_person,
    overlap,
    planned_minutes,
    statable,
    worked_minutes,
)

DAY = datetime(2026, 11, 22, tzinfo=UTC)
HOUR = timedelta(hours=1)


def at(text: str) -> datetime:
    """'08:00', '08:00:30', or '26:00' for two in the morning of the next day."""
    hours, minutes, *seconds = (int(part) for part in text.split(":"))
    return DAY + timedelta(hours=hours, minutes=minutes, seconds=seconds[0] if seconds else 0)


def stints(text: str) -> list[tuple[datetime, datetime]]:
    """'08:00-10:00 11:00-12:00'."""
    return [tuple(map(at, stint.split("-"))) for stint in text.split()]  # type: ignore[misc]


@pytest.mark.parametrize(
    ("shift", "worked", "minutes"),
    [
        ("08:00-12:00", "08:00-12:00", 240),
        ("08:00-12:00", "07:30-12:40", 240),  # early and late do not count
        ("08:00-12:00", "08:20-11:50", 210),
        ("08:00-12:00", "06:00-07:59", 0),  # wholly before
        ("08:00-12:00", "12:00-13:00", 0),  # wholly after
        ("08:00-12:00", "", 0),
        ("08:00-12:00", "09:00-09:00", 0),  # in and out at once
        ("08:00-12:00", "09:00-09:01", 1),
        ("08:00-12:00", "09:00:00-09:00:29", 0),
        ("08:00-12:00", "09:00:00-09:00:30", 1),  # half a minute up
        ("08:00-12:00", "08:00-10:00 10:20-12:00", 220),  # out to pray
        # three times forty seconds are two minutes, not three
        ("08:00-12:00", "08:00:00-08:00:40 09:00:00-09:00:40 10:00:00-10:00:40", 2),
        # three times twenty seconds are one minute, not none
        ("08:00-12:00", "08:00:00-08:00:20 09:00:00-09:00:20 10:00:00-10:00:20", 1),
        ("08:00-12:00", "08:00-10:00 09:00-11:00", 180),  # shared time counts once
        ("08:00-12:00", "10:00-11:00 08:00-09:00", 120),  # order does not matter
        ("22:00-26:00", "22:00-26:00", 240),  # over midnight
        ("18:00-31:00", "18:05-31:00", 775),
        ("20:00-24:00", "20:00-24:00", 240),  # ends exactly at midnight
        ("00:00-24:00", "00:00-24:00", MOST_MINUTES),  # never more than sixteen hours
    ],
)
def test_credited_minutes(shift, worked, minutes):
    ((starts_at, ends_at),) = stints(shift)
    assert credited_minutes(stints(worked), starts_at, ends_at) == minutes


instants = st.integers(0, 36 * 3600).map(lambda s: DAY + timedelta(seconds=s))
spans = st.lists(st.tuples(instants, instants).map(lambda pair: tuple(sorted(pair))), max_size=6)


@given(spans, spans)
def test_credit_never_exceeds_the_shift_and_never_shrinks_with_more_work(worked, more):
    starts_at, ends_at = at("08:00"), at("13:00")
    credit = credited_minutes(worked, starts_at, ends_at)
    assert 0 <= credit <= 300
    assert credited_minutes(worked + more, starts_at, ends_at) >= credit


@given(instants, instants, instants)
def test_days_add_up_to_the_shift(begin, cut, end):
    begin, cut, end = sorted((begin, cut, end))
    whole = credited_minutes([(begin, end)], at("18:00"), at("31:00"))
    split = credited_minutes([(begin, cut), (cut, end)], at("18:00"), at("31:00"))
    assert whole == split, f"cutting at {cut} changes nothing"


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("08:00-10:00", "09:00-11:00", True),
        ("08:00-10:00", "10:00-11:00", False),  # back to back
        ("08:00-10:00", "07:00-11:00", True),
        ("08:00-09:00 12:00-13:00", "09:00-12:00", False),
        ("", "08:00-09:00", False),
    ],
)
def test_overlap(one, other, shared):
    assert overlap(stints(one), stints(other)) is shared
    assert overlap(stints(other), stints(one)) is shared


@pytest.mark.parametrize(
    ("recorded", "minutes", "second"),
    [
        (200, 230, False),
        (200, 231, True),
        (200, 100, False),  # downward is one person's
        (None, 30, False),
        (None, 31, True),
        (480, 481, True),  # above eight hours in all
        (500, 500, False),  # what the scans prove needs nobody else
        (500, 490, False),
    ],
)
def test_needs_second_person(recorded, minutes, second):
    assert needs_second_person(recorded, minutes) is second


def test_planned_minutes():
    assert planned_minutes(at("22:00"), at("26:00")) == 240


@pytest.mark.parametrize(
    ("spans", "minutes"),
    [
        ("", 0),
        ("07:41-12:15", 274),
        ("08:00-09:00 10:00-11:30", 150),
        ("08:00-10:00 09:00-11:00", 180),
        ("00:00-18:00", 1080),  # more than may be credited
    ],
)
def test_worked_minutes_are_the_stints_without_the_plan(spans, minutes):
    assert worked_minutes(stints(spans)) == minutes


@pytest.mark.parametrize(("now", "last"), [("11:00", "11:00"), ("20:00", "13:00")])
def test_a_time_is_said_from_half_a_day_before_until_the_clock_closes(now, last):
    assert statable(at("08:00"), at("12:00"), at(now)) == (at("08:00") - 12 * HOUR, at(last))
