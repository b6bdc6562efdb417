"""Years and months of both calendars, and what each is compared with."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.operations.figures.spans import Hajj, Span, around, of_key


@pytest.mark.parametrize(
    ("key", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("1447h", date(2025, 6, 26), date(2026, 6, 15)),
        ("1448h", date(2026, 6, 16), date(2027, 6, 5)),
        ("1447h-09", date(2026, 2, 18), date(2026, 3, 19)),
        # from the eighth to the thirteenth of the twelfth month
        ("1446h-hajj", date(2025, 6, 4), date(2025, 6, 9)),
        ("1447h-hajj", date(2026, 5, 25), date(2026, 5, 30)),
    ],
)
def test_a_key_names_days(key, first, last):
    span = of_key(key)
    assert (span.first, span.last, span.key) == (first, last, key)


@pytest.mark.parametrize(
    "key",
    [
        *("", "26", "2026-13", "2026-00", "9999", "0000", "1300h", "1501h", "2026h", "٢٠٢٦", "x"),
        *("2026-hajj", "9999h-hajj", "0000h-hajj", "1343h-09", "1447h-Hajj"),
    ],
)
def test_what_names_no_days_is_nothing(key):
    assert of_key(key) is None


@pytest.mark.parametrize(
    ("key", "today", "until"),
    [
        ("2026", date(2026, 11, 22), date(2025, 11, 22)),
        ("2024", date(2024, 2, 29), date(2023, 2, 28)),
        ("2025", date(2026, 11, 22), date(2024, 12, 31)),
        ("2026-03", date(2026, 3, 31), date(2026, 2, 28)),
        ("2026-11", date(2026, 11, 22), date(2026, 10, 22)),
        ("2026-01", date(2026, 2, 1), date(2025, 12, 31)),
        # 12 Jumada II 1448, and 1447
        ("1448h", date(2026, 11, 22), date(2025, 12, 3)),
        ("1448h-06", date(2026, 11, 22), date(2026, 10, 23)),
    ],
)
def test_the_same_days_of_the_one_before(key, today, until):
    span = of_key(key)
    assert span.before(today) == (span.previous.first, until)


@given(st.dates(date(1990, 1, 1), date(2070, 1, 1)))
def test_what_holds_a_day_is_compared_with_what_is_just_before(today):
    for span in around(today):
        assert span.holds(today)
        assert of_key(span.key) == span
        assert span.previous.last + timedelta(days=1) == span.first
        first, last = span.before(today)
        assert first <= last < span.first
        assert abs((last - first) - (today - span.first)) <= timedelta(days=3)


@pytest.mark.parametrize(
    ("season", "today", "first", "until"),
    [
        (Span(1447, 9, hijri=True), date(2026, 11, 22), date(2025, 3, 1), date(2025, 3, 29)),
        # the fifth of Ramadan, and the second day of Hajj
        (Span(1447, 9, hijri=True), date(2026, 2, 22), date(2025, 3, 1), date(2025, 3, 5)),
        (Hajj(1447), date(2026, 11, 22), date(2025, 6, 4), date(2025, 6, 9)),
        (Hajj(1447), date(2026, 5, 26), date(2025, 6, 4), date(2025, 6, 5)),
    ],
)
def test_a_season_is_compared_with_that_of_the_year_before(season, today, first, until):
    assert season.before(today) == (first, until)


def test_hajj_is_not_the_month_it_falls_into():
    hajj = Hajj(1447)
    assert hajj != Span(1447, 12, hijri=True)
    assert (hajj.previous, hajj.following) == (Hajj(1446), Hajj(1448))
