"""Double tap, back, reload, two tabs, two devices, a lost answer: one effect, one answer."""

from datetime import timedelta

import pytest

from tests import factories
from tests.pages import plain
from tests.web.scanning import address, attendances_of, opened, press, scans_of

MINUTES = timedelta(minutes=1)


@pytest.fixture
def noura(at, cast, browser_of):
    return browser_of(cast.noura, lang="en")


def test_a_double_tap_or_a_retry_is_one_check_in(cast, noura):
    sent = opened(noura, cast.poster)
    answers = {noura.send(address(cast.poster), **sent).location for _ in range(3)}
    (attendance,) = attendances_of(cast.noura)
    assert answers == {f"/attendances/{attendance.id}"}
    assert len(scans_of(cast.noura)) == 1


def test_two_tabs_send_the_same_scan(cast, noura):
    one, other = opened(noura, cast.poster), opened(noura, cast.poster)
    assert one == other
    answers = {noura.send(address(cast.poster), **tab).location for tab in (one, other)}
    assert len(answers) == 1
    assert len(scans_of(cast.noura)) == 1


def test_a_reload_keeps_the_moment_of_the_first_look(cast, noura, at, now):
    opened(noura, cast.poster)
    at.move_to(now + 4 * MINUTES)
    press(noura, cast.poster)
    (attendance,) = attendances_of(cast.noura)
    assert attendance.in_at == now


def test_a_page_left_open_since_yesterday_gains_no_minutes(cast, noura, at, now):
    sent = opened(noura, cast.poster)
    at.move_to(now + timedelta(minutes=20))
    noura.send(address(cast.poster), **sent)
    (attendance,) = attendances_of(cast.noura)
    assert attendance.in_at == now + timedelta(minutes=20)


def test_two_devices_are_one_check_in_with_the_same_receipt(cast, noura, browser_of, at, now):
    tablet = browser_of(cast.noura, lang="en")
    on_phone = opened(noura, cast.poster)
    at.move_to(now + MINUTES)
    on_tablet = opened(tablet, cast.poster)
    assert on_phone != on_tablet
    first = noura.send(address(cast.poster), **on_phone).location
    second = tablet.send(address(cast.poster), **on_tablet).location
    (attendance,) = attendances_of(cast.noura)
    assert (first, second) == (f"/attendances/{attendance.id}", f"{first}?again=1")
    assert "You’re already checked in You checked in at 1:00 PM" in tablet.text(second)
    assert attendance.stints == [[now.isoformat(), None]]


def test_two_devices_are_one_check_out(cast, noura, browser_of, at, now):
    factories.check_in(cast.noura, cast.poster, now - 30 * MINUTES)
    tablet = browser_of(cast.noura, lang="en")
    on_phone, on_tablet = opened(noura, cast.poster), opened(tablet, cast.poster)
    first = noura.send(address(cast.poster), **on_phone, beneficiaries="20").location
    at.move_to(now + 40 * MINUTES)
    second = tablet.send(address(cast.poster), **on_tablet, beneficiaries="30").location
    (attendance,) = attendances_of(cast.noura)
    assert first == second == f"/attendances/{attendance.id}"
    assert (attendance.out_at, attendance.beneficiaries) == (now, 20)
    assert "out_twice" not in attendance.flags


def test_back_and_another_number_keeps_the_first_answer_and_says_so(cast, noura, now):
    factories.check_in(cast.noura, cast.poster, now - 30 * MINUTES)
    sent = opened(noura, cast.poster)
    noura.send(address(cast.poster), **sent, beneficiaries="20")
    answer = noura.send(address(cast.poster), **sent, beneficiaries="21")
    assert answer.status_code == 409
    assert "This was already recorded" in plain(answer)
    (attendance,) = attendances_of(cast.noura)
    assert attendance.beneficiaries == 20
    assert f"/attendances/{attendance.id}" in answer.text


def test_after_undoing_a_new_tap_is_a_new_scan(cast, noura):
    receipt = press(noura, cast.poster).location
    (attendance,) = attendances_of(cast.noura)
    uid = "11111111-1111-4111-8111-111111111111"
    noura.send(f"{receipt}/cancellation", kind="in", scan_uid=uid)
    assert attendances_of(cast.noura)[0].state == "cancelled"
    assert press(noura, cast.poster).location == receipt
    (attendance,) = attendances_of(cast.noura)
    assert attendance.state == "open"


def test_an_hour_old_request_page_does_not_ask_twice(cast, browser_of, at):
    browser = browser_of(cast.huda, lang="en")
    sent = opened(browser, cast.poster)
    for _ in range(2):
        assert browser.send(address(cast.poster), **sent).location == address(cast.poster)
    assert [scan.verdict for scan in scans_of(cast.huda)] == ["no_shift"]
