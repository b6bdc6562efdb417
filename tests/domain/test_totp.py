"""Time-based codes agree with the vectors of RFC 6238 and are taken for a minute at most."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from checkin.domain import totp

RFC_SECRET = totp.secret_of(b"12345678901234567890")


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_vectors_of_the_rfc(seconds, code):
    assert totp.code_at(RFC_SECRET, seconds // 30, digits=8) == code


@pytest.mark.parametrize(("steps_ago", "taken"), [(-1, False), (0, True), (1, True), (2, False)])
def test_the_present_and_the_last_half_minute_are_taken(steps_ago, taken, now):
    step = int(now.timestamp()) // 30 - steps_ago
    found = totp.step_of(RFC_SECRET, totp.code_at(RFC_SECRET, step), now)
    assert found == (step if taken else None)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef"])
def test_what_is_no_code_is_not_taken(code):
    assert totp.step_of(RFC_SECRET, code, datetime(2026, 1, 1, tzinfo=UTC)) is None


def test_nobody_has_a_code_without_a_secret(now):
    assert totp.step_of("", "000000", now) is None


def test_a_secret_that_is_not_base_32_is_refused():
    with pytest.raises(ValueError, match="base 32"):
        totp.code_at("not base 32!", 1)


def test_an_app_reads_the_address():
    address = urlsplit(totp.address("ABC", "salem@example.org", "حضور"))
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert parse_qs(address.query) == {"secret": ["ABC"], "issuer": ["حضور"]}


def test_a_secret_survives_its_spelling(now):
    for size in range(10, 21):
        secret = totp.secret_of(bytes(range(size)))
        later = now + timedelta(seconds=size)
        assert totp.step_of(secret, totp.code_at(secret, int(later.timestamp()) // 30), later)
