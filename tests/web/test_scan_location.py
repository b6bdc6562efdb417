"""A site on the map asks the phone once how far away it is, and takes no answer for one too."""

import pytest
import time_machine

from tests.factories import alter
from tests.web.scanning import address, attendances_of, opened, press, scans_of

POINT = {"latitude": 21.42249, "longitude": 39.82619, "radius_m": 300}


@pytest.fixture
def noura(cast, browser_of, now):
    with time_machine.travel(now, tick=False):
        yield browser_of(cast.noura, lang="en")


@pytest.mark.parametrize(
    ("sent", "kept", "flag"),
    [
        ({"distance_m": "120", "accuracy_m": "20"}, (100, 20), None),
        ({"distance_m": "2600", "accuracy_m": "20"}, (2600, 20), "far_away"),
        ({}, (None, None), "location_denied"),  # refused, slow, or without scripts
        ({"distance_m": "", "accuracy_m": ""}, (None, None), "location_denied"),
        ({"distance_m": "-1", "accuracy_m": "x"}, (None, None), "location_denied"),
        ({"distance_m": "9" * 30}, (None, None), "location_denied"),
    ],
)
def test_the_distance_is_kept_rounded_and_nobody_is_refused(cast, noura, sent, kept, flag):
    alter(cast.mataf, **POINT)
    form = opened(noura, cast.poster)
    assert (form["distance_m"], form["accuracy_m"]) == ("", "")
    press(noura, cast.poster, **sent)
    (attendance,) = attendances_of(cast.noura)
    assert attendance.state == "open"
    assert ({"far_away", "location_denied"} & {*attendance.flags}) == ({flag} if flag else set())
    (scan,) = scans_of(cast.noura)
    assert (scan.distance_m, scan.accuracy_m) == kept


def test_only_a_site_on_the_map_asks(cast, noura):
    assert "data-point" not in noura.get(address(cast.poster)).text
    assert "distance_m" not in opened(noura, cast.poster)
    alter(cast.mataf, **POINT)
    page = noura.get(address(cast.poster)).text
    assert 'data-module="locate submit-once"' in page
    assert 'data-point="21.42249,39.82619"' in page


def test_checking_out_asks_nothing(cast, noura, now):
    alter(cast.mataf, **POINT)
    press(noura, cast.poster)
    with time_machine.travel(now.replace(hour=12), tick=False):
        assert "data-point" not in noura.get(address(cast.poster)).text
