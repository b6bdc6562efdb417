"""How long a screen stays open alone, and which PINs a passer-by would try first."""

from datetime import timedelta

import pytest

from checkin.domain.errors import Problem
from checkin.domain.locking import check_pin, idle_limit, read_pin
from checkin.domain.roles import Role

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("roles", "minutes"),
    [
        ([Role.SUPERVISOR, Role.VOLUNTEER], 5),
        ([Role.ADMINISTRATOR], 15),
        ([Role.COORDINATOR], 30),
        ([Role.AUDITOR], 30),
        ([Role.COORDINATOR, Role.ADMINISTRATOR], 15),
        ([Role.COORDINATOR, Role.SUPERVISOR], 5),
        ([Role.VOLUNTEER], 5),
        ([], 5),
    ],
)
def test_the_strictest_role_says_how_long(roles, minutes):
    assert idle_limit(roles) == minutes * MINUTE


@pytest.mark.parametrize(
    ("typed", "read"),
    [("8305", "8305"), (" 83051 ", "83051"), ("٨٣٠٥١٦", "830516"), ("۸۳۰۵", "8305")],
)
def test_digits_of_every_script_are_read(typed, read):
    assert read_pin(typed) == read


@pytest.mark.parametrize("typed", ["", "830", "8305161", "83a5", "83 05", "８３０５", "-8305"])
def test_anything_else_is_no_pin(typed):
    with pytest.raises(Problem, match="unlock_pin_length"):
        read_pin(typed)


EASY = """
    1111 000000 1212 123123 565656 1122 998877 1234 4321 456789 0123 7890 0987 2580 0852 159357
    1221 1987 2031 1408 198712 140805 123321
"""


@pytest.mark.parametrize("pin", EASY.split())
def test_easy_ones_are_refused(pin):
    with pytest.raises(Problem, match="unlock_pin_weak"):
        check_pin(pin)


def test_digits_of_the_own_mobile_are_easy():
    with pytest.raises(Problem, match="unlock_pin_weak"):
        check_pin("4071", mobile="+966504071863")
    check_pin("4071", mobile="+966504017863")
    check_pin("4071", mobile=None)


def test_most_are_good():
    """A list of refusals helps most near a tenth of all; more only annoys."""

    def is_easy(number: int) -> bool:
        try:
            check_pin(f"{number:04}")
        except Problem:
            return True
        return False

    easy = sum(is_easy(number) for number in range(10_000))
    assert 300 < easy < 1_000
