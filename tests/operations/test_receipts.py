"""Receipts: our own are read, whatever was touched is not, and each is good for one thing."""

from datetime import timedelta

import pytest
from flask import current_app
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checkin.domain.codes import ALPHABET
from checkin.operations import receipts

UID = "11111111-1111-4111-8111-111111111111"
SHA = "ab" * 32


def test_a_time_receipt_says_when_it_was_made(now):
    exact = now + timedelta(milliseconds=123)
    assert receipts.read_time(receipts.of_time(exact), now + timedelta(hours=8)) == exact


def test_a_receipt_from_the_future_proves_no_more_than_now(now):
    receipt = receipts.of_time(now + timedelta(minutes=5))
    assert receipts.read_time(receipt, now) == now


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(data=st.data())
def test_a_receipt_that_was_touched_proves_nothing(now, data):
    receipt = receipts.of_time(now)
    place = data.draw(st.integers(0, len(receipt) - 1))
    other = data.draw(st.sampled_from([c for c in ALPHABET + "ü٣-" if c != receipt[place]]))
    touched = receipt[:place] + other + receipt[place + 1 :]
    assert receipts.read_time(touched, now) is None


@pytest.mark.parametrize("text", [None, "", "T", "T" * 36, "x" * 300, "T0000000٣" + "0" * 27])
def test_what_is_no_receipt_is_ignored(now, text):
    assert receipts.read_time(text, now) is None


def test_a_receipt_of_another_installation_is_ignored(now, monkeypatch):
    receipt = receipts.of_time(now)
    monkeypatch.setitem(current_app.config, "SECRET_KEY", "a new key that is long enough, 98765")
    assert receipts.read_time(receipt, now) is None


def test_a_receipt_outlives_a_change_of_the_secret(now, monkeypatch):
    receipt, reference = receipts.of_time(now), receipts.reference_of(7)
    secret = current_app.config["SECRET_KEY"]
    monkeypatch.setitem(current_app.config, "SECRET_KEY", "a new key that is long enough, 98765")
    monkeypatch.setitem(current_app.config, "SECRET_KEY_FALLBACKS", [secret])
    assert receipts.read_time(receipt, now) == now
    assert receipts.is_reference_of(reference, 7)
    assert receipts.reference_of(7) != reference


def test_a_scan_receipt_is_about_one_scan_with_one_content(now):
    receipt = receipts.of_scan(UID, SHA, now)
    assert receipts.read_scan(receipt, UID, SHA) == now
    assert receipts.read_scan(receipt, UID, "cd" * 32) is None
    assert receipts.read_scan(receipt, UID.replace("1", "2"), SHA) is None


def test_one_kind_is_not_taken_for_the_other(now):
    scan, time = receipts.of_scan(UID, SHA, now), receipts.of_time(now)
    assert receipts.read_time(scan, now) is None
    assert receipts.read_time("T" + scan[1:], now) is None
    assert receipts.read_scan("S" + time[1:], UID, SHA) is None


def test_a_reference_means_one_person_and_says_nothing():
    assert receipts.is_reference_of(receipts.reference_of(7), 7)
    assert not receipts.is_reference_of(receipts.reference_of(7), 8)
    assert not receipts.is_reference_of("نورة", 7)
    assert len({receipts.reference_of(person) for person in range(50)}) == 50


@pytest.mark.parametrize(
    ("uid", "number"),
    [
        ("00000000-0000-4000-8000-000000000001", "3377"),
        (UID, "4777"),
        ("ABCDEF00-0000-4000-8000-000000000000", "6510"),
        ("00000000-0000-4000-8000-000000001598", "0005"),
    ],
)
def test_phones_and_supervisors_speak_of_a_scan_by_the_same_number(uid, number):
    """The phone makes the same number in `static/js/offline/queue.js`."""
    assert receipts.number_of(uid) == number
