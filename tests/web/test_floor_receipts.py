"""The four digits a phone shows for a scan it keeps: the supervisor types them on the floor."""

from datetime import timedelta

import pytest

from checkin.operations.receipts import number_of
from tests import factories
from tests.web.api import act, outcomes, send

pytestmark = pytest.mark.usefixtures("at")
HOUR = timedelta(hours=1)
WAITS = "No scan with this number has arrived yet"


@pytest.fixture
def here(cast) -> str:
    return f"/floor/{cast.mataf.id}"


@pytest.fixture
def salem(cast, browser_of):
    return browser_of(cast.salem, kind="staff", lang="en")


@pytest.fixture
def kept(cast, now) -> dict:
    """Noura's check-in, half an hour ago, without a network."""
    return act("in", f"S/{cast.poster.code}", now - HOUR / 2)


def deliver(cast, browser_of, kept, now) -> None:
    assert outcomes(send(browser_of(cast.noura), kept, now=now)) == ["checked_in"]


@pytest.mark.parametrize("digits", ["latin", "arabic"])
def test_a_scan_that_has_arrived_is_found_by_its_number(
    cast, browser_of, salem, here, kept, now, digits
):
    deliver(cast, browser_of, kept, now)
    number = number_of(kept["uid"])
    if digits == "arabic":
        number = number.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    text = salem.text(f"{here}?q={number}")
    assert f"{cast.noura.name} : saved check-in of 12:30 PM" in text
    assert "Arrived at 1:00 PM" in text
    assert WAITS not in text


def test_a_scan_still_on_the_phone_is_said_to_wait(salem, here, kept):
    assert WAITS in salem.text(f"{here}?q={number_of(kept['uid'])}")


def test_the_number_of_a_scan_elsewhere_says_nothing_here(cast, browser_of, here, kept, now):
    deliver(cast, browser_of, kept, now)
    huda = browser_of(cast.huda, kind="staff", lang="en")
    text = huda.text(f"/floor/{cast.squares.id}?q={number_of(kept['uid'])}")
    assert cast.noura.name not in text
    assert huda.get(f"{here}?q={number_of(kept['uid'])}").status_code == 404


def test_a_request_that_arrived_says_why_it_waits(cast, browser_of, salem, here, now):
    stranger = factories.person(now, "مها فهد الحارثي")
    asked = act("in", f"S/{cast.poster.code}", now - HOUR / 2)
    assert outcomes(send(browser_of(stranger), asked, now=now)) == ["no_shift"]
    text = salem.text(f"{here}?q={number_of(asked['uid'])}")
    assert f"{stranger.name} : saved check-in" in text
    assert "No shift here for this volunteer" in text


def test_other_digits_are_searched_as_before(cast, salem, here):
    assert "Try fewer letters" in salem.text(f"{here}?q=98765")
    assert WAITS not in salem.text(f"{here}?q=987")


def test_a_lead_who_enters_nobody_is_told_of_no_scan(cast, browser_of, here, kept, now):
    lead = factories.person(now, "لمى عبدالله الثقفي")
    factories.assign(now, lead, cast.shift, is_lead=True)
    deliver(cast, browser_of, kept, now)
    text = browser_of(lead, lang="en").text(f"{here}?q={number_of(kept['uid'])}")
    assert "saved check-in" not in text
