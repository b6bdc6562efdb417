"""The rotating code: exact to the second, nothing altered passes, and the script's examples."""

import base64
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checkin.domain import rotating
from checkin.domain.codes import ALPHABET

VECTORS = json.loads((Path(__file__).parent / "rotating_vectors.json").read_text())
ROOT = b"the root of every screen's keys."
SITE, EPOCH, NUMBER = 7, 1, "7K3QX9"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
WINDOW = rotating.window_of(NOON)
KEY = rotating.key_of_day(ROOT, NUMBER, SITE, EPOCH, NOON.date())
TOKEN = rotating.token("K", KEY, NUMBER, SITE, EPOCH, WINDOW)


def verified(text, *, key=KEY, site_id=SITE, epoch=EPOCH):
    read = rotating.read_token(text)
    return read is not None and rotating.verify(read, key, site_id, epoch)


@pytest.mark.parametrize(
    ("secret", "salt", "info", "okm"),
    [
        (
            b"\x0b" * 22,
            bytes(range(0x0D)),
            bytes(range(0xF0, 0xFA)),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
        ),
        (
            bytes(range(0x50)),
            bytes(range(0x60, 0xB0)),
            bytes(range(0xB0, 0x100)),
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb"
            "41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
        ),
        (
            b"\x0b" * 22,
            b"",
            b"",
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
        ),
    ],
    ids=["RFC 5869 A.1", "RFC 5869 A.2", "RFC 5869 A.3"],
)
def test_keys_are_derived_as_the_standard_says(secret, salt, info, okm):
    assert rotating.hkdf(secret, info, salt, len(okm) // 2).hex() == okm


@pytest.mark.parametrize("vector", VECTORS["tokens"], ids=lambda vector: vector["at"])
def test_the_examples_the_script_must_reproduce(vector):
    root, at = bytes.fromhex(VECTORS["root"]), datetime.fromisoformat(vector["at"])
    place = vector["number"], vector["site_id"], vector["epoch"]
    window, minute = rotating.window_of(at), rotating.minute_of(at)
    key = rotating.key_of_day(root, *place, rotating.day_of(window))
    assert base64.b64encode(key).decode() == vector["key"]
    assert str(rotating.day_of(window)) == vector["day"]
    assert (window, minute) == (vector["window"], vector["minute"])
    assert rotating.token(vector["key_id"], key, *place, window) == vector["token"]
    assert rotating.six_digits(key, *place, minute) == vector["digits"]
    assert rotating.key_id(root) == vector["key_id"]


def test_a_token_reads_as_what_was_put_into_it():
    assert len(TOKEN) == rotating.TOKEN_LENGTH
    read = rotating.read_token(TOKEN)
    assert (read.key_id, read.number, read.window) == ("K", NUMBER, WINDOW)
    assert verified(TOKEN)
    assert verified(TOKEN.lower())


@pytest.mark.parametrize(
    "text",
    [
        "",
        TOKEN[:-1],
        TOKEN + "0",
        TOKEN + "\n",
        " " + TOKEN,
        TOKEN[:-1] + "U",
        TOKEN[:-1] + "I",
        TOKEN[:-1] + "O",
        TOKEN[:-1] + "ſ",
        TOKEN[:-1] + "٣",
        TOKEN[:-1] + "-",
    ],
)
def test_anything_else_is_no_token(text):
    assert rotating.read_token(text) is None


@given(st.integers(0, 38), st.sampled_from(ALPHABET))
@settings(max_examples=500)
def test_no_token_with_another_character_is_accepted(place, character):
    altered = TOKEN[:place] + character + TOKEN[place + 1 :]
    # the first character only says which root to try; with this root the rest must still match
    assert verified(altered) == (altered[1:] == TOKEN[1:])


@given(st.text(alphabet=ALPHABET, min_size=39, max_size=39))
def test_no_token_made_up_is_accepted(text):
    assert not verified(text)


@given(st.text(max_size=60))
def test_no_text_at_all_is_accepted_or_an_error(text):
    assert not verified(text)


@pytest.mark.parametrize(
    "other",
    [
        {"site_id": SITE + 1},
        {"epoch": EPOCH + 1},
        {"key": rotating.key_of_day(ROOT, NUMBER, SITE, EPOCH, date(2026, 11, 23))},
        {"key": rotating.key_of_day(ROOT, "7K3QXA", SITE, EPOCH, NOON.date())},
        {"key": rotating.key_of_day(b"another root", NUMBER, SITE, EPOCH, NOON.date())},
    ],
    ids=["site", "epoch", "day", "screen", "root"],
)
def test_a_token_belongs_to_one_screen_site_epoch_and_day(other):
    assert not verified(TOKEN, **other)


def test_fields_cannot_be_shifted_into_each_other():
    one = rotating.six_digits(KEY, NUMBER, 1, 11, 5)
    others = {
        rotating.six_digits(KEY, NUMBER, 11, 1, 5),
        rotating.six_digits(KEY, NUMBER, 1, 1, 15),
    }
    assert one not in others


@pytest.mark.parametrize(
    ("seconds", "taken"),
    [
        (-31, False),
        (-30, True),
        (-1, True),
        (0, True),
        (29, True),
        (30, True),
        (59, True),
        (60, False),
        (90, False),
    ],
)
def test_a_code_lives_from_one_window_before_to_one_after(seconds, taken):
    assert rotating.accepted(WINDOW, NOON + timedelta(seconds=seconds)) is taken


def test_the_last_microsecond_still_belongs_to_the_window():
    start, end = rotating.bounds(WINDOW)
    assert (start, end) == (NOON, NOON + timedelta(seconds=30))
    assert rotating.window_of(end - timedelta(microseconds=1)) == WINDOW
    assert rotating.window_of(end) == WINDOW + 1
    assert not rotating.accepted(WINDOW, end + timedelta(seconds=30))
    assert rotating.accepted(WINDOW, end + timedelta(seconds=30) - timedelta(microseconds=1))


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-11-22T23:59:59+00:00", date(2026, 11, 22)),
        ("2026-11-23T00:00:00+00:00", date(2026, 11, 23)),
        ("2026-11-23T02:59:59+03:00", date(2026, 11, 22)),
        ("2026-11-23T03:00:00+03:00", date(2026, 11, 23)),
    ],
)
def test_the_day_of_a_key_begins_at_midnight_utc(at, day):
    assert rotating.day_of(rotating.window_of(datetime.fromisoformat(at))) == day


@given(st.integers(0, 2**30 - 1))
def test_every_window_a_token_can_carry_has_a_day(window):
    start, end = rotating.bounds(window)
    assert rotating.window_of(start) == window
    assert end - start == rotating.PERIOD
    assert rotating.day_of(window) == start.date()


def test_six_digits_change_every_minute_and_use_every_digit():
    minute = rotating.minute_of(NOON)
    shown = [rotating.six_digits(KEY, NUMBER, SITE, EPOCH, minute + n) for n in range(2000)]
    assert all(len(digits) == 6 and digits.isdecimal() for digits in shown)
    assert len(set(shown)) > 1990
    for place in range(6):
        assert {digits[place] for digits in shown} == set("0123456789")
