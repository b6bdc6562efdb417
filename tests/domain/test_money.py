"""Whole halalas: rounding once for each approval, averages, and amounts as people type them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.errors import Problem
from checkin.domain.money import average_per_hour, is_unusual, parse_amount, value_of

MINUTES = st.integers(0, 960)
RATES = st.integers(1, 1_000_000)


@pytest.mark.parametrize(
    ("minutes", "rate", "value"),
    [
        (60, 2167, 2167),
        (240, 2167, 8668),
        (0, 2167, 0),
        (1, 2167, 36),
        (1, 30, 1),
        (1, 29, 0),
        (30, 2001, 1001),
        (960, 1_000_000, 16_000_000),
    ],
)
def test_value_is_minutes_by_rate(minutes, rate, value):
    assert value_of(minutes, rate) == value


@given(MINUTES, RATES)
def test_half_a_halala_is_rounded_up(minutes, rate):
    exact = Fraction(minutes * rate, 60)
    assert value_of(minutes, rate) - exact <= Fraction(1, 2)
    assert exact - value_of(minutes, rate) < Fraction(1, 2)


@given(RATES, st.lists(st.integers(1, 16), min_size=1, max_size=20))
def test_whole_hours_at_one_rate_have_that_rate_on_average(rate, hours):
    value = sum(value_of(60 * one, rate) for one in hours)
    assert average_per_hour(value, 60 * sum(hours)) == rate


def test_nothing_valued_has_no_average():
    assert average_per_hour(0, 0) is None


@pytest.mark.parametrize(
    ("rate", "unusual"), [(699, True), (700, False), (2167, False), (11500, False), (11501, True)]
)
def test_an_average_outside_of_what_was_published_is_unusual(rate, unusual):
    assert is_unusual(rate) is unusual


@pytest.mark.parametrize(
    ("typed", "halalas"),
    [
        ("21.67", 2167),
        ("٢١٫٦٧", 2167),
        ("۲۱٫۶", 2160),
        ("21", 2100),
        (" 1,200.5 ", 120050),
        ("21,67", 2167),
        ("٢١,٦", 2160),
        ("1,200", 120000),
        ("1,200,5", 120050),
        ("٠٫٠٥", 5),
    ],
)
def test_amounts_are_read_in_any_digits(typed, halalas):
    assert parse_amount(typed) == halalas


@pytest.mark.parametrize(
    "typed", ["", "x", "21.675", "-4", "2 1", "1e3", ".5", "9999999999", "2,1675", "1.2,3"]
)
def test_what_is_no_amount_is_refused(typed):
    with pytest.raises(Problem, match="amount_unreadable"):
        parse_amount(typed)
