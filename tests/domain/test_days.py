"""Which day it is at the site, and where days, weeks and months begin."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.days import (
    day_bounds,
    local_day,
    local_time,
    minutes_between,
    month_of,
    period_bounds,
    repeated,
    week_of,
)

INSTANTS = st.integers(0, 3_376_684_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
ZONES = st.sampled_from(["Asia/Riyadh", "Europe/London", "America/New_York", "UTC"])


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("instant", "zone", "day"),
    [
        ("2026-11-22T10:05", "Asia/Riyadh", date(2026, 11, 22)),
        ("2026-11-22T20:59:59", "Asia/Riyadh", date(2026, 11, 22)),
        ("2026-11-22T21:00", "Asia/Riyadh", date(2026, 11, 23)),
        ("2026-12-31T21:00", "Asia/Riyadh", date(2027, 1, 1)),
        ("2028-02-28T22:00", "Asia/Riyadh", date(2028, 2, 29)),
        ("2026-11-22T21:00", "UTC", date(2026, 11, 22)),
    ],
)
def test_the_day_changes_at_local_midnight(instant, zone, day):
    assert local_day(at(instant), zone) == day


def test_the_zone_of_the_argument_does_not_matter():
    elsewhere = datetime(2026, 11, 22, 13, tzinfo=timezone(timedelta(hours=-8)))
    assert local_day(elsewhere) == date(2026, 11, 23)
    assert local_time(elsewhere).hour == 0


def test_a_time_without_a_zone_is_an_error():
    with pytest.raises(ValueError, match="time zone"):
        local_day(at("2026-11-22").replace(tzinfo=None))


@pytest.mark.parametrize(
    ("day", "zone", "start", "end"),
    [
        (date(2026, 11, 22), "Asia/Riyadh", "2026-11-21T21:00", "2026-11-22T21:00"),
        (date(2026, 3, 29), "Europe/London", "2026-03-29T00:00", "2026-03-29T23:00"),
        (date(2026, 10, 25), "Europe/London", "2026-10-24T23:00", "2026-10-26T00:00"),
    ],
)
def test_a_day_has_bounds_in_utc(day, zone, start, end):
    assert day_bounds(day, zone) == (at(start), at(end))


def test_a_period_covers_its_last_day():
    start, end = period_bounds(date(2026, 11, 1), date(2026, 11, 30))
    assert (start, end) == (at("2026-10-31T21:00"), at("2026-11-30T21:00"))


@given(INSTANTS, ZONES)
def test_every_instant_lies_in_its_own_day_only(instant, zone):
    day = local_day(instant, zone)
    start, end = day_bounds(day, zone)
    assert start <= instant < end
    assert day_bounds(day + timedelta(days=1), zone)[0] == end


@pytest.mark.parametrize(
    ("day", "sunday"),
    [
        (date(2026, 11, 22), date(2026, 11, 22)),
        (date(2026, 11, 23), date(2026, 11, 22)),
        (date(2026, 11, 28), date(2026, 11, 22)),
        (date(2026, 11, 21), date(2026, 11, 15)),
        (date(2027, 1, 1), date(2026, 12, 27)),
    ],
)
def test_a_week_starts_on_sunday(day, sunday):
    assert week_of(day) == sunday


def test_a_month_is_named_by_its_first_day():
    assert month_of(date(2028, 2, 29)) == date(2028, 2, 1)
    assert month_of(date(2026, 12, 1)) == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("seconds", "minutes"),
    [(0, 0), (59, 0), (60, 1), (119, 1), (14_400, 240), (46_800, 780), (-1, 0), (-3600, 0)],
)
def test_minutes_are_whole_and_never_negative(seconds, minutes):
    start = at("2026-11-22T19:00")
    assert minutes_between(start, start + timedelta(seconds=seconds)) == minutes


def test_a_day_is_repeated_every_day_or_on_chosen_weekdays():
    sunday = date(2026, 11, 22)
    assert repeated(sunday, date(2026, 11, 24)) == [date(2026, 11, day) for day in (22, 23, 24)]
    mondays = repeated(sunday, date(2026, 12, 7), [1])
    assert mondays == [sunday, date(2026, 11, 23), date(2026, 11, 30), date(2026, 12, 7)]
    assert repeated(sunday, date(2026, 11, 1), [1]) == [sunday]
