"""Targets and their pace, as a coordinator would work them out on paper."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.pace import Standing, pace

FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)


@pytest.mark.parametrize(
    ("target", "reached", "today", "standing", "due", "short", "a_day", "left"),
    [
        # nothing is owed on the first morning
        (365, 0, date(2025, 1, 1), Standing.ON_COURSE, 0, 0, 1, 365),
        (365, 0, date(2025, 1, 2), Standing.BEHIND, 1, 1, 2, 364),
        (365, 1, date(2025, 1, 2), Standing.ON_COURSE, 1, 0, 1, 364),
        # 181 days are over on the first of July
        (8_000_000, 3_967_123, date(2025, 7, 1), Standing.ON_COURSE, 3_967_123, 0, 21_918, 184),
        (8_000_000, 3_967_122, date(2025, 7, 1), Standing.BEHIND, 3_967_123, 1, 21_918, 184),
        # all that is missing on the last day
        (100, 90, date(2025, 12, 31), Standing.BEHIND, 99, 9, 10, 1),
        (100, 99, date(2025, 12, 31), Standing.ON_COURSE, 99, 0, 1, 1),
        (100, 100, date(2025, 3, 1), Standing.REACHED, 16, 0, 0, 306),
        (100, 250, date(2026, 3, 1), Standing.REACHED, 100, 0, 0, 0),
        (100, 63, date(2026, 1, 1), Standing.MISSED, 100, 37, 0, 0),
        (730, 0, date(2024, 12, 31), Standing.AHEAD_OF_US, 0, 0, 2, 365),
    ],
)
def test_a_target_stands(target, reached, today, standing, due, short, a_day, left):
    found = pace(target, reached, FIRST, LAST, today)
    assert found.standing is standing
    assert (found.due, found.short, found.a_day, found.days_left) == (due, short, a_day, left)


@pytest.mark.parametrize(
    ("reached", "percent"), [(0, 0), (999, 99), (1000, 100), (1009, 100), (2500, 250)]
)
def test_a_hundredth_counts_once_it_is_whole(reached, percent):
    assert pace(1000, reached, FIRST, LAST, LAST).percent == percent


@given(st.integers(1, 10**10), st.integers(0, 10**10), st.integers(-400, 400))
def test_what_is_needed_a_day_is_enough_and_no_more(target, reached, day):
    today = date(2025, 6, 1) + timedelta(days=day)
    found = pace(target, reached, FIRST, LAST, today)
    missing = max(target - reached, 0)
    if found.days_left:
        assert found.a_day * found.days_left >= missing
        assert max(found.a_day - 1, 0) * found.days_left < max(missing, 1)
    else:
        assert found.a_day == 0
