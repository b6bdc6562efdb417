"""What a screen shows: fresh for a minute, judged when first opened, kept through signing in."""

from datetime import timedelta

import pytest

from checkin.database import db
from checkin.domain import rotating
from checkin.domain.evidence import Flag
from checkin.models import Device, Scan
from checkin.operations import displays
from checkin.operations.attendance import close_forgotten
from tests import factories
from tests.pages import plain
from tests.web.scanning import attendances_of, fields, press, scans_of
from tests.web.test_scan_sign_in import sign_in

pytestmark = pytest.mark.usefixtures("at")
SECONDS = timedelta(seconds=1)
MINUTES = timedelta(minutes=1)


@pytest.fixture
def screen(cast, now):
    """A screen at the Mataf, since yesterday, heard from a minute ago."""
    display = displays.open_here(cast.mataf.id, "4821", by=cast.salem.id, now=now).display
    displays.seen(display.id, 0, now=now - MINUTES)
    return display


@pytest.fixture
def noura(browser_of, cast, now):
    """On a phone that was remembered the day before yesterday."""
    browser = browser_of(cast.noura, lang="en")
    (phone,) = db.session.scalars(db.select(Device))
    factories.alter(phone, created_at=now - timedelta(days=2))
    return browser


def address(screen, at) -> str:
    """What a camera reads off the screen at that instant."""
    return f"/R/{displays.live_at(screen.site_id, at).token}"


def test_a_fresh_code_checks_in_as_live_with_no_tap(noura, cast, screen, now):
    code = address(screen, now)
    page = noura.get(code)
    assert page.status_code == 200
    assert "data-at-once" in page.text
    answer = noura.send(code, **fields(page.text))
    (attendance,) = attendances_of(cast.noura)
    assert answer.location == f"/attendances/{attendance.id}"
    (scan,) = scans_of(cast.noura)
    assert (scan.carrier, scan.evidence, scan.effective_at) == ("rotating", "live", now)
    assert (scan.display_id, scan.window_no) == (screen.id, rotating.window_of(now))
    assert (scan.poster_id, scan.flags) == (None, [])


def test_without_scripts_one_press_does_it(noura, cast, screen, now):
    text = plain(noura.get(address(screen, now)))
    assert "Check me in at Mataf courtyard" in text


def test_lower_case_is_the_same_code(noura, cast, screen, now):
    code = address(screen, now).lower()
    noura.send(code, **fields(noura.get(code).text))
    assert len(attendances_of(cast.noura)) == 1


@pytest.mark.parametrize(("seconds", "status"), [(-30, 200), (0, 200), (59, 200), (60, 410)])
def test_a_code_lives_for_its_window_and_the_next(noura, screen, now, at, seconds, status):
    code = address(screen, now)
    at.move_to(now + seconds * SECONDS)
    answer = noura.get(code)
    assert answer.status_code == status
    assert ("This code has expired" in answer.text) is (status == 410)


def test_a_page_opened_in_time_may_be_sent_later(noura, cast, screen, now, at):
    code = address(screen, now)
    sent = fields(noura.get(code).text)
    at.move_to(now + 14 * MINUTES)
    noura.send(code, **sent)
    (attendance,) = attendances_of(cast.noura)
    assert attendance.in_at == now


def test_after_a_quarter_of_an_hour_it_has_to_be_scanned_again(noura, cast, screen, now, at):
    code = address(screen, now)
    sent = fields(noura.get(code).text)
    at.move_to(now + 15 * MINUTES + SECONDS)
    answer = noura.send(code, **sent)
    assert answer.location == code
    assert noura.get(code).status_code == 410
    assert scans_of(cast.noura) == []


def test_an_opened_page_cannot_be_forwarded(noura, cast, browser_of, screen, now, at):
    code = address(screen, now)
    sent = fields(noura.get(code).text)
    friend = browser_of(cast.huda, lang="en")
    at.move_to(now + 2 * MINUTES)
    assert friend.get(code).status_code == 410
    assert friend.send(code, **sent).location == code
    assert scans_of(cast.huda) == []


def test_the_moment_is_kept_through_signing_in(client, cast, screen, now, at):
    code = address(screen, now)
    assert "1:00" in plain(client.get(code))
    at.move_to(now + 9 * MINUTES)
    target = sign_in(client, cast.noura.mobile)
    (attendance,) = attendances_of(cast.noura)
    assert target == f"/attendances/{attendance.id}"
    assert attendance.in_at == now
    (scan,) = scans_of(cast.noura)
    assert (scan.carrier, scan.window_no) == ("rotating", rotating.window_of(now))


def test_a_stranger_with_an_old_code_learns_it_before_giving_a_number(client, screen, now, at):
    code = address(screen, now)
    at.move_to(now + 90 * SECONDS)
    answer = client.get(code)
    assert answer.status_code == 410
    assert "mobile" not in answer.text


def test_reloading_or_coming_back_shows_the_receipt(noura, cast, screen, now, at):
    code = address(screen, now)
    noura.send(code, **fields(noura.get(code).text))
    (attendance,) = attendances_of(cast.noura)
    at.move_to(now + 5 * MINUTES)
    answer = noura.get(code)
    assert (answer.status_code, answer.location) == (303, f"/attendances/{attendance.id}")


def test_sent_twice_it_counts_once(noura, cast, screen, now, at):
    code = address(screen, now)
    sent = fields(noura.get(code).text)
    first = noura.send(code, **sent)
    at.move_to(now + 20 * MINUTES)
    assert noura.send(code, **sent).location == first.location
    assert len(scans_of(cast.noura)) == 1


def test_what_was_undone_is_not_done_again_by_going_back(noura, cast, screen, now, at):
    code = address(screen, now)
    noura.send(code, **fields(noura.get(code).text))
    (attendance,) = attendances_of(cast.noura)
    receipt = noura.get(f"/attendances/{attendance.id}").text
    assert "data-at-once" not in receipt
    uid = "11111111-1111-4111-8111-111111111111"
    noura.send(f"/attendances/{attendance.id}/cancellation", kind="in", scan_uid=uid)
    assert attendances_of(cast.noura)[0].state == "cancelled"
    page = noura.get(code)
    assert page.status_code == 200
    assert "data-at-once" not in page.text


def test_checking_out_asks_what_a_poster_asks(noura, cast, screen, now, at):
    press(noura, cast.poster)
    at.move_to(now + 2 * 60 * MINUTES)
    displays.seen(screen.id, 0, now=now + 119 * MINUTES)
    code = address(screen, now + 120 * MINUTES)
    page = noura.get(code)
    assert "How many people did you help?" in page.text
    at.move_to(now + 125 * MINUTES)
    noura.send(code, **fields(page.text), beneficiaries="30")
    (attendance,) = attendances_of(cast.noura)
    assert (attendance.state, attendance.out_at) == ("closed", now + 125 * MINUTES)
    assert attendance.beneficiaries == 30
    assert scans_of(cast.noura)[-1].evidence == "live"


def test_whoever_leaves_may_think_for_long_but_proves_less(noura, cast, screen, now, at):
    press(noura, cast.poster)
    at.move_to(now + 120 * MINUTES)
    code = address(screen, now + 120 * MINUTES)
    sent = fields(noura.get(code).text)
    at.move_to(now + 140 * MINUTES)
    noura.send(code, **sent, beneficiaries="30")
    (attendance,) = attendances_of(cast.noura)
    assert (attendance.state, attendance.out_at) == ("closed", now + 140 * MINUTES)
    assert scans_of(cast.noura)[-1].evidence == "poster"


def test_nobody_leaves_by_an_old_code_that_was_never_opened_here(noura, cast, screen, now, at):
    press(noura, cast.poster)
    code = address(screen, now)
    at.move_to(now + 120 * MINUTES)
    sent = {"kind": "out", "shift_id": cast.shift.id, "beneficiaries": "5"}
    uid = "11111111-1111-4111-8111-111111111111"
    assert noura.send(code, **sent, scan_uid=uid).location == code
    assert attendances_of(cast.noura)[0].state == "open"


def test_a_stopped_screen_says_that_it_was_stopped(noura, cast, screen, now):
    code = address(screen, now)
    sent = fields(noura.get(code).text)
    displays.revoke(screen.id, by=cast.salem.id, now=now)
    assert noura.send(code, **sent).location == code
    answer = noura.get(code)
    assert answer.status_code == 410
    said = plain(answer)
    assert "This display was stopped Its codes no longer work. Please see the supervisor" in said
    assert "poster" not in said
    assert scans_of(cast.noura) == []


@pytest.mark.parametrize("token", ["0" * 39, "x", "R" * 200, "%00", "7K3QX9%E2%80%AE", "ſ" * 39])
def test_what_no_screen_made_is_unknown(noura, cast, token):
    answer = noura.get(f"/R/{token}")
    assert answer.status_code in (400, 404)
    sent = {"kind": "in", "scan_uid": "11111111-1111-4111-8111-111111111111"}
    assert noura.send(f"/R/{token}", **sent).status_code in (303, 400)
    assert scans_of(cast.noura) == []


def test_guessing_ahead_is_no_scan(noura, cast, screen, now):
    answer = noura.get(address(screen, now), headers={"Sec-Purpose": "prefetch;prerender"})
    assert answer.status_code == 425


def test_robots_that_open_links_do_no_harm(client, screen, now, cast):
    code = address(screen, now)
    for _ in range(3):
        assert client.get(code, headers={"User-Agent": "WhatsApp/2.23 A"}).status_code == 200
    assert not db.session.scalars(db.select(Scan)).all()


def test_a_screen_that_lost_the_time_is_noted(noura, cast, screen, now):
    displays.seen(screen.id, 0, now=now - timedelta(hours=12, minutes=1))
    code = address(screen, now)
    noura.send(code, **fields(noura.get(code).text))
    assert scans_of(cast.noura)[0].flags == [Flag.DISPLAY_UNSYNCED]


def test_moving_from_another_site_takes_one_press(noura, cast, screen, now, browser_of, at):
    elsewhere = factories.shift(now, cast.squares, starts=-60, minutes=300)
    factories.assign(now, cast.noura, elsewhere)
    factories.check_in(cast.noura, factories.poster(now, cast.squares), now - 30 * MINUTES)
    code = address(screen, now)
    page = noura.get(code)
    assert "data-at-once" not in page.text
    noura.send(code, **fields(page.text))
    here = [one for one in attendances_of(cast.noura) if one.shift_id == cast.shift.id]
    assert [one.state for one in here] == ["open"]


def test_a_forgotten_end_is_asked_about_first(noura, cast, screen, now):
    yesterday = now - timedelta(days=1)
    forgotten = factories.shift(yesterday, cast.mataf, starts=60, minutes=240)
    factories.assign(yesterday, cast.noura, forgotten)
    factories.check_in(cast.noura, cast.poster, yesterday + 70 * MINUTES)
    close_forgotten(now)
    code = address(screen, now)
    page = noura.get(code)
    assert "data-at-once" not in page.text
    noura.send(code, **fields(page.text), ended="planned")
    states = {one.shift_id: one.state for one in attendances_of(cast.noura)}
    assert states[cast.shift.id] == "open"
    assert [scan.carrier for scan in scans_of(cast.noura)] == ["poster", "claim", "rotating"]


def test_a_language_changed_on_the_way_keeps_the_moment(noura, cast, screen, now, at):
    code = address(screen, now)
    noura.get(code)
    at.move_to(now + 3 * MINUTES)
    noura.send("/preferences", lang="ar", next=code)
    noura.send(code, **fields(noura.get(code).text))
    assert attendances_of(cast.noura)[0].in_at == now
