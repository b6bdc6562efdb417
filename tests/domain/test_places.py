"""Distances on the map, and which two scans nobody can have made."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.errors import Problem
from checkin.domain.places import (
    Place,
    distance_m,
    is_far,
    read_point,
    rounded_m,
    too_soon,
    write_point,
)

KAABA = (21.42249, 39.82619)
ARAFAT = (21.35483, 39.98399)
MADINAH = (24.46722, 39.61111)
HERE, THERE = Place(1, KAABA), Place(2, ARAFAT)
POINTS = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@pytest.mark.parametrize(
    ("typed", "point"),
    [
        ("", None),
        ("  ", None),
        ("21.42249, 39.82619", KAABA),
        ("21.42249,39.82619", KAABA),
        ("(21.42249 39.82619)", KAABA),
        ("21.42249°, 39.82619°", KAABA),
        ("٢١٫٤٢٢٤٩، ٣٩٫٨٢٦١٩", KAABA),
        ("-33.9, 151", (-33.9, 151.0)),
    ],
)
def test_a_point_is_read_as_maps_give_it(typed, point):
    assert read_point(typed) == point


@pytest.mark.parametrize(
    "typed", ["21.4", "north", "91, 0", "0, 181", "21,42249, 39,82619", "1, 2, 3"]
)
def test_anything_else_is_no_point(typed):
    with pytest.raises(Problem, match="point_unreadable"):
        read_point(typed)


@pytest.mark.parametrize(
    ("one", "other", "metres"),
    [
        (KAABA, KAABA, 0),
        (KAABA, ARAFAT, 17_990),
        (KAABA, MADINAH, 339_300),
        ((0.0, 0.0), (0.0, 180.0), 20_015_115),  # half way round
        ((0.0, 179.9), (0.0, -179.9), 22_239),  # over the date line
    ],
)
def test_distances(one, other, metres):
    assert distance_m(one, other) == pytest.approx(metres, rel=0.002, abs=1)


@given(POINTS)
def test_reading_what_was_written_gives_the_same_point(point):
    kept = read_point(write_point(point))
    assert kept == read_point(write_point(kept))
    assert kept == pytest.approx(point, abs=1e-6)


@given(POINTS, POINTS)
def test_a_distance_is_the_same_both_ways_and_never_more_than_half_way_round(one, other):
    assert distance_m(one, other) == pytest.approx(distance_m(other, one), abs=0.01)
    assert 0 <= distance_m(one, other) <= 20_015_200


@pytest.mark.parametrize(
    ("metres", "kept"), [(0, 0), (24, 0), (25, 50), (74.9, 50), (75, 100), (18_012, 18_000)]
)
def test_a_distance_is_kept_to_50_metres(metres, kept):
    assert rounded_m(metres) == kept


@pytest.mark.parametrize(
    ("distance", "accuracy", "radius", "far"),
    [
        (300, 0, None, False),
        (350, 0, None, True),
        (350, 50, None, False),  # it may have been inside
        (350, 40, 200, True),
        (200, None, 200, False),
        (50, None, 0, True),
    ],
)
def test_far_means_outside_however_the_accuracy_is_read(distance, accuracy, radius, far):
    assert is_far(distance, accuracy, radius) is far


@pytest.mark.parametrize(
    ("one", "other", "minutes", "soon"),
    [
        (HERE, THERE, 8, True),  # 18 km at 120 km/h take 9 minutes
        (HERE, THERE, 10, False),
        (HERE, Place(1, ARAFAT), 0, False),  # one site
        (HERE, Place(2, KAABA), 0, False),  # two gates at one point
        (HERE, Place(2, MADINAH), 119, True),
        (HERE, Place(2, MADINAH), 121, False),  # too long ago to be held against each other
        (HERE, Place(2), 1, True),  # not on the map
        (Place(1), Place(2), 1.99, True),
        (Place(1), Place(2), 2, False),
    ],
)
def test_nobody_is_in_two_places(one, other, minutes, soon):
    apart = timedelta(minutes=minutes)
    assert too_soon(one, other, apart) is soon
    assert too_soon(other, one, apart) is soon
