"""Minutes over the hours of the week: nothing lost, nothing twice."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.clock_hours import HOURS_IN_WEEK, spread

SUNDAY = datetime(2026, 11, 22, tzinfo=UTC)
LATE = datetime(2090, 1, 1)  # noqa: DTZ001 - hypothesis adds the zone


@pytest.mark.parametrize(
    ("begin", "minutes", "found"),
    [
        (SUNDAY.replace(hour=13), 60, [(13, 60)]),
        (SUNDAY.replace(hour=13, minute=45), 60, [(13, 15), (14, 45)]),
        (SUNDAY.replace(hour=13, minute=59, second=59), 2, [(13, 1), (14, 1)]),
        (SUNDAY.replace(hour=23, minute=30), 120, [(23, 30), (24, 60), (25, 30)]),
        (datetime(2026, 11, 21, 23, tzinfo=UTC), 90, [(167, 60), (0, 30)]),
        (SUNDAY, 0, []),
    ],
)
def test_minutes_fall_into_the_hours_of_the_clock(begin, minutes, found):
    assert list(spread(begin, minutes)) == found


@given(
    st.datetimes(max_value=LATE, timezones=st.just(UTC)),
    st.integers(0, 960),
)
def test_the_shares_add_up(begin, minutes):
    shares = list(spread(begin, minutes))
    assert sum(share for _, share in shares) == minutes
    assert all(0 < share <= 60 and 0 <= hour < HOURS_IN_WEEK for hour, share in shares)
