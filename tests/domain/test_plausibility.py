"""Reading how many people were served, and when to ask once more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.errors import Problem
from checkin.domain.plausibility import MOST_BENEFICIARIES, judge_beneficiaries, parse_count


@pytest.mark.parametrize(
    ("typed", "count"),
    [
        ("0", 0),
        ("25", 25),
        (" 25 ", 25),
        ("007", 7),
        ("٢٥", 25),
        ("۲۵", 25),
        ("1,000", 1000),
        ("١٬٠٠٠", 1000),
        ("100000", 100_000),
        ("100,000", 100_000),
    ],
)
def test_whole_numbers_are_read(typed, count):
    assert parse_count(typed) == count


@pytest.mark.parametrize("blank", [None, "", "  ", "\t\n"])
def test_blank_is_not_zero(blank):
    assert parse_count(blank) is None


@pytest.mark.parametrize(
    "typed",
    [
        "-1",
        "+5",
        "2.5",
        "٢٫٥",
        "2.0",
        "1e3",
        "0x10",
        "1_000",
        "1,00",
        "10,00",
        ",100",
        "5 0",
        "many",
        "²",
        "½",
        "100001",
        "9" * 5000,
    ],
)
def test_what_is_no_count_is_refused_with_the_limit(typed):
    with pytest.raises(Problem) as refused:
        parse_count(typed)
    assert refused.value.code == "count_invalid"
    assert refused.value.facts == {"max": 100_000}


@given(st.integers(min_value=0, max_value=MOST_BENEFICIARIES))
def test_every_count_is_read_in_both_digits(count):
    arabic = str(count).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert parse_count(str(count)) == parse_count(arabic) == parse_count(f"{count:,}") == count


@pytest.mark.parametrize(
    ("count", "minutes", "low", "high", "judgement"),
    [
        (40, 240, 1, 60, "ok"),
        (240, 240, 1, 60, "ok"),
        (241, 240, 1, 60, "high"),
        (5000, 240, 1, 60, "high"),
        (4, 240, 1, 60, "ok"),
        (3, 240, 1, 60, "low"),
        (0, 240, 1, 60, "low"),
        (0, 240, 0, 60, "ok"),
        (20, 5, 1, 60, "ok"),
        (61, 5, 1, 60, "high"),
        (0, 59, 1, 60, "ok"),
        (0, 0, 1, 60, "ok"),
        (90, 90, 1, 60, "ok"),
        (91, 90, 1, 60, "high"),
        (100_000, 1, None, None, "ok"),
        (0, 600, None, 60, "ok"),
        (100_000, 600, 1, None, "ok"),
        (1, 240, 0, 0, "high"),
        (0, 240, 0, 0, "ok"),
    ],
)
def test_the_band_of_a_service(count, minutes, low, high, judgement):
    assert judge_beneficiaries(count, minutes, low, high) == judgement


@given(st.integers(0, 2000), st.integers(0, 960), st.integers(0, 50), st.integers(51, 300))
def test_a_larger_count_is_never_judged_smaller(count, minutes, low, high):
    order = ["low", "ok", "high"]
    fewer = order.index(judge_beneficiaries(count, minutes, low, high))
    more = order.index(judge_beneficiaries(count + 1, minutes, low, high))
    assert more >= fewer
