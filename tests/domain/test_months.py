"""Closed months: only past ones are closed, and a change counts on a day of an open month."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.days import month_of
from checkin.domain.months import can_close, counting_day, month_after

DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("month", "can"),
    [
        (date(2026, 10, 1), True),
        (date(2025, 12, 1), True),
        (date(2026, 11, 1), False),
        (date(2026, 12, 1), False),
    ],
)
def test_only_a_month_that_has_ended_can_be_closed(month, can):
    assert can_close(month, date(2026, 11, 22)) is can


def test_the_month_after_december_is_january():
    assert month_after(date(2026, 12, 31)) == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("work_on", "closed", "day"),
    [
        (date(2026, 10, 5), (), date(2026, 10, 5)),
        (date(2026, 10, 5), (date(2026, 9, 1),), date(2026, 10, 5)),
        (date(2026, 10, 5), (date(2026, 10, 1),), date(2026, 11, 22)),
        (date(2026, 10, 5), (date(2026, 10, 1), date(2026, 11, 1)), date(2026, 12, 1)),
        (date(2026, 11, 25), (date(2026, 11, 1),), date(2026, 12, 1)),
    ],
)
def test_what_is_changed_in_a_closed_month_counts_in_an_open_one(work_on, closed, day):
    assert counting_day(work_on, date(2026, 11, 22), closed) == day


@given(DAYS, DAYS, st.sets(DAYS.map(month_of)))
def test_the_counting_day_is_never_in_a_closed_month(work_on, today, closed):
    day = counting_day(work_on, today, closed)
    assert month_of(day) not in closed
    assert day == work_on or day > work_on
    assert month_after(day) - timedelta(days=1) >= day
