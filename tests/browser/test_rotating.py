"""In front of a screen: no tap for who comes back, one without scripts, and nothing twice."""

from datetime import timedelta

import pytest

from checkin.operations import displays
from checkin.web import clock
from tests import factories
from tests.browser.scanning import scans
from tests.browser.town import prove, shown_at
from tests.browser.visitors import Visitor

MINUTES = timedelta(minutes=1)


@pytest.fixture
def screen(cast, now):
    return displays.open_here(cast.mataf.id, "4815", by=cast.salem.id, now=now).display


def look_at(visitor: Visitor, screen) -> str:
    """Open what the camera reads off the screen, as a phone does that is already awake."""
    address = f"/R/{shown_at(screen.site_id, clock.now()).token}"
    visitor.open(address)
    return address


def on_receipt(visitor: Visitor) -> None:
    visitor.page.wait_for_url("**/attendances/*", wait_until="load")


def test_who_comes_back_is_checked_in_without_a_tap(visit, cast, screen, now):
    noura = visit("phone", person=cast.noura, lang="en")
    noura.open("/hours")
    look_at(noura, screen)
    on_receipt(noura)
    assert noura.taps == 0
    assert "You’re checked in" in noura.heading
    (scan,) = scans()
    assert (scan.carrier, scan.verdict) == ("rotating", "checked_in")


def test_back_and_reload_do_nothing_twice(visit, cast, screen):
    noura = visit("phone", person=cast.noura, lang="en")
    noura.open("/hours")
    address = look_at(noura, screen)
    on_receipt(noura)
    noura.reload()
    noura.page.go_back()
    noura.page.wait_for_url("**/hours")
    noura.open(address)  # the camera's link once more
    assert "already" in noura.text
    assert len(scans()) == 1


def test_without_scripts_one_tap_does_it(visit, cast, screen):
    noura = visit("phone", person=cast.noura, lang="en", java_script_enabled=False)
    look_at(noura, screen)
    noura.press("Check me in at Mataf courtyard")
    assert noura.taps == 1
    assert "You’re checked in" in noura.heading


def test_a_stranger_proves_a_number_and_is_checked_in_for_the_first_look(
    visit, cast, screen, traveller
):
    phone = visit("phone", lang="en")
    at = clock.now()
    look_at(phone, screen)
    traveller.shift(9 * MINUTES)
    prove(cast.noura.mobile.replace("+966", "0"))(phone)
    on_receipt(phone)
    (scan,) = scans()
    assert at <= scan.effective_at < at + MINUTES
    assert scan.received_at > at + 8 * MINUTES


def test_a_photograph_of_the_screen_is_too_late(visit, cast, screen, traveller):
    noura = visit("phone", person=cast.noura, lang="en")
    address = f"/R/{shown_at(screen.site_id, clock.now()).token}"
    traveller.shift(2 * MINUTES)
    noura.open(address)
    assert noura.heading == "This code has expired"
    assert scans() == []


def test_the_six_digits_do_for_who_has_no_camera(visit, cast, screen):
    noura = visit("phone", person=cast.noura, lang="ar")
    noura.open("/typed-code/site")
    digits = shown_at(screen.site_id, clock.now()).digits
    noura.fill(digits=digits.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")))
    noura.press("متابعة")
    on_receipt(noura)
    (scan,) = scans()
    assert (scan.carrier, scan.evidence) == ("typed", "typed")


def test_leaving_asks_how_many_were_helped_on_one_page(visit, cast, screen, now):
    factories.check_in(cast.noura, cast.poster, now - 50 * MINUTES)
    noura = visit("phone", person=cast.noura, lang="en")
    look_at(noura, screen)
    assert "How many people did you help?" in noura.text
    noura.fill(beneficiaries="30")
    noura.press("Check out")
    on_receipt(noura)
    assert [scan.carrier for scan in scans()] == ["poster", "rotating"]
    assert scans()[-1].beneficiaries == 30
