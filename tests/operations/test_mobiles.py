"""Every way a Saudi mobile number is written gives the one number that is kept."""

import pytest

from checkin.domain.errors import Problem
from checkin.operations.mobiles import normal_mobile, normal_phone

SPELLINGS = (
    "0551234567",
    "551234567",
    "+966551234567",
    "00966551234567",
    "966551234567",
    "+966 0551234567",
    "+966 (0) 55 123 4567",
    "9660551234567",
    "055 123 4567",
    "055-123-4567",
    "(055) 123.4567",
    "  0551234567\t",
    "٠٥٥١٢٣٤٥٦٧",
    "۰۵۵۱۲۳۴۵۶۷",
    "٥٥١٢٣٤٥٦٧",
    "+٩٦٦ ٥٥ ١٢٣ ٤٥٦٧",
    "٠٠٩٦٦٥٥١٢٣٤٥٦٧",
    "0551٢٣٤567",
    "\u200e+966\u00a055\u00a0123\u00a04567\u200f",
    "\u2066+966551234567\u2069",
    "966551234567+",
)
NO_MOBILE = (
    *("", " ", "نورة", "055123456", "05512345678", "0551234567 55", "1234", "+", "++966551234567x"),
    *("0112345678", "+201001234567", "055123456O", "0551234567" * 10, "920002814", "٠", "999"),
)


@pytest.fixture(autouse=True)
def _app() -> None:
    """Nothing here needs an app or a database."""


@pytest.mark.parametrize("typed", SPELLINGS)
def test_every_spelling_is_the_same_number(typed):
    assert normal_mobile(typed) == "+966551234567"


@pytest.mark.parametrize("typed", NO_MOBILE)
def test_what_is_no_saudi_mobile_is_a_problem(typed):
    with pytest.raises(Problem, match="mobile_invalid"):
        normal_mobile(typed)


def test_what_was_kept_stays_the_same():
    assert normal_mobile(normal_mobile("0501234567")) == "+966501234567"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("+20 100 123 4567", "+201001234567"),
        ("0020 100 123 4567", "+201001234567"),
        ("+٩٢ ٣٠١ ٢٣٤٥٦٧٨", "+923012345678"),
        ("0551234567", "+966551234567"),
    ],
)
def test_foreign_numbers_where_they_are_allowed(typed, kept):
    assert normal_mobile(typed, foreign=True) == kept


@pytest.mark.parametrize("typed", ["+20 2 2735 1234", "+999 123 456", "00", "+44"])
def test_a_foreign_number_must_still_be_a_mobile(typed):
    with pytest.raises(Problem, match="mobile_invalid"):
        normal_mobile(typed, foreign=True)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("012 571 2345", "+966125712345"),
        ("920002814", "+966920002814"),
        ("0551234567", "+966551234567"),
    ],
)
def test_a_site_may_have_a_desk_telephone(typed, kept):
    assert normal_phone(typed) == kept


def test_a_site_telephone_must_exist():
    with pytest.raises(Problem, match="phone_invalid"):
        normal_phone("12")
