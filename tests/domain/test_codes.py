"""Codes are unguessable, survive being read aloud and typed, and nothing else passes for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.codes import (
    ALPHABET,
    decode,
    encode,
    new_code,
    new_short_code,
    read_code,
    read_short_code,
)

CODE = "7K3QX90VAB1CDEFGHJKMNPRSTW"


def test_the_alphabet_has_no_letter_that_looks_like_another():
    assert len(set(ALPHABET)) == 32
    assert not set("ILOU") & set(ALPHABET)


@pytest.mark.parametrize(
    ("number", "length", "code"),
    [
        (0, 26, "0" * 26),
        (2**128 - 1, 26, "7" + "Z" * 25),
        (1, 6, "000001"),
        (32, 6, "000010"),
        (2**30 - 1, 6, "ZZZZZZ"),
    ],
)
def test_numbers_are_written_most_significant_first(number, length, code):
    assert encode(number, length) == code
    assert decode(code) == number


@pytest.mark.parametrize(("number", "length"), [(-1, 6), (2**30, 6), (32, 1)])
def test_a_number_that_does_not_fit_is_an_error(number, length):
    with pytest.raises(ValueError, match="does not fit"):
        encode(number, length)


def test_a_code_asks_for_128_bits_and_a_short_one_for_30():
    asked = []

    def all_ones(bits):
        asked.append(bits)
        return 2**bits - 1

    assert new_code(all_ones) == "7" + "Z" * 25
    assert new_short_code(all_ones) == "ZZZZZZ"
    assert asked == [128, 30]


def test_codes_do_not_repeat():
    assert len({new_code() for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        CODE.lower(),
        f"  {CODE}\n",
        "7K3Q-X90V-AB1C-DEFG-HJKM-NPRS-TW",
        "7K3Q X90V AB1C DEFG HJKM NPRS TW",
        "7K3Q–X90V‑AB1C—DEFG−HJKM-NPRS-TW",
        CODE.replace("0", "O").replace("1", "I"),
        CODE.replace("0", "o").replace("1", "l"),
        CODE.replace("7", "٧").replace("3", "٣").replace("9", "۹").replace("0", "٠"),
        f"\u200e{CODE}\u200f",
    ],
)
def test_a_code_is_read_however_it_is_typed(typed):
    assert read_code(typed) == CODE


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-",
        CODE[:-1],
        CODE + "0",
        "8" + CODE[1:],
        "Z" + CODE[1:],
        CODE.replace("W", "U"),
        CODE.replace("W", "*"),
        CODE.replace("W", "و"),
        CODE.replace("W", "/"),
        CODE + "\x00",
        "ß" * 13,
    ],
)
def test_what_cannot_be_a_code_is_none(typed):
    assert read_code(typed) is None


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("k7q-2mx", "K7Q2MX"),
        ("٤٨٢ ٩١٣", "482913"),
        ("oil123", "011123"),
        ("zzzzzz", "ZZZZZZ"),
        ("12345", None),
        ("1234567", None),
        ("12345u", None),
    ],
)
def test_short_codes_are_read_as_forgivingly(typed, code):
    assert read_short_code(typed) == code


@given(st.integers(min_value=0, max_value=2**128 - 1))
def test_every_code_reads_back_to_its_number(number):
    assert decode(read_code(encode(number, 26).lower())) == number


@given(st.text(max_size=40))
def test_reading_never_fails_and_gives_only_whole_codes(text):
    for code, length in ((read_code(text), 26), (read_short_code(text), 6)):
        assert code is None or (len(code) == length and set(code) <= set(ALPHABET))
