"""A lane's tally, shared by minutes: the parts add up exactly, and nobody gains by an order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.tally import share

TOTALS = st.integers(0, 100_000)
CREWS = st.dictionaries(st.integers(1, 10**6), st.integers(0, 960), min_size=1, max_size=60)


@pytest.mark.parametrize(
    ("total", "minutes", "parts"),
    [
        (200, {1: 240, 2: 240, 3: 120}, {1: 80, 2: 80, 3: 40}),
        (10, {1: 60, 2: 60, 3: 60}, {1: 4, 2: 3, 3: 3}),
        (1, {7: 30, 4: 30}, {4: 1, 7: 0}),
        (34, {1: 245, 2: 0}, {1: 34, 2: 0}),
        (0, {1: 60, 2: 30}, {1: 0, 2: 0}),
        (5, {3: 0, 9: 0}, {3: 3, 9: 2}),
        (5, {}, {}),
    ],
)
def test_parts_by_minutes(total, minutes, parts):
    assert share(total, minutes) == parts


@given(TOTALS, CREWS)
def test_the_parts_add_up_to_the_tally(total, minutes):
    parts = share(total, minutes)
    assert sum(parts.values()) == total
    assert parts.keys() == minutes.keys()


@given(TOTALS, CREWS)
def test_nobody_is_a_whole_person_away_from_the_exact_part(total, minutes):
    whole = sum(minutes.values()) or len(minutes)
    for key, part in share(total, minutes).items():
        weight = minutes[key] if any(minutes.values()) else 1
        assert abs(part * whole - total * weight) < whole


@given(TOTALS, CREWS)
def test_who_stayed_longer_never_has_less(total, minutes):
    parts = share(total, minutes)
    longest_first = sorted(minutes, key=lambda key: (-minutes[key], key))
    assert [parts[key] for key in longest_first] == sorted(parts.values(), reverse=True)


@given(TOTALS, CREWS, st.randoms(use_true_random=False))
def test_the_order_in_which_they_are_named_says_nothing(total, minutes, random):
    keys = list(minutes)
    random.shuffle(keys)
    assert share(total, {key: minutes[key] for key in keys}) == share(total, minutes)


@pytest.mark.parametrize(("total", "minutes"), [(-1, {1: 60}), (5, {1: -1}), (-1, {})])
def test_less_than_nothing_is_not_shared(total, minutes):
    with pytest.raises(ValueError, match="less than zero"):
        share(total, minutes)
