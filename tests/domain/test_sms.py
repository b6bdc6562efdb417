"""What texts cost: letters, parts, and marks nobody needs to pay for."""

import pytest

from checkin.domain import sms


@pytest.mark.parametrize(
    ("text", "characters", "parts", "wide"),
    [
        ("", 0, 1, False),
        ("a" * 160, 160, 1, False),
        ("a" * 161, 161, 2, False),
        ("a" * 306, 306, 2, False),
        ("a" * 307, 307, 3, False),
        ("{" * 80, 160, 1, False),
        ("€" * 81, 162, 2, False),
        ("ا" * 70, 70, 1, True),
        ("ا" * 71, 71, 2, True),
        ("ا" * 134, 134, 2, True),
        ("ا" * 135, 135, 3, True),
        ("’" + "a" * 70, 71, 2, True),
        ("😀" * 35, 70, 1, True),
    ],
)
def test_parts_are_counted_as_gateways_count(text, characters, parts, wide):
    assert sms.cost(text) == sms.Cost(characters, parts, wide)


def test_marks_of_direction_stay_only_where_two_directions_meet():
    assert sms.thrifty("At \u2068Mataf\u2069") == "At Mataf"
    assert sms.cost(sms.thrifty("At \u2068Mataf\u2069")).wide is False
    for mixed in ("في \u2068Mataf\u2069", "At \u2068المطاف\u2069"):
        assert sms.thrifty(mixed) == mixed
