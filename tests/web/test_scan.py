"""Scanning a poster: every row of the decision table is a page, and acting has one effect."""

import re
import uuid
from datetime import timedelta

import pytest
import time_machine

from checkin.database import db, transaction
from checkin.models import Assignment, Attendance, Message, Poster, Scan
from tests import factories
from tests.pages import plain


@pytest.fixture(autouse=True)
def _at_the_instant(now):
    with time_machine.travel(now, tick=False):
        yield


def address(poster) -> str:
    return f"/S/{poster.code}"


def field(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, f"the page has a hidden field {name}"
    return found.group(1)


def press(browser, poster, **more):
    """Open the poster's page and press its button, as it stands on the page."""
    page = browser.get(address(poster)).get_data(as_text=True)
    fields = {"scan_uid": field(page, "scan_uid"), "kind": "in", **more}
    return browser.send(address(poster), **fields)


def scans_of(who) -> list[Scan]:
    return list(db.session.scalars(db.select(Scan).where(Scan.volunteer_id == who.id)))


def attendances_of(who) -> list[Attendance]:
    db.session.expire_all()
    return list(db.session.scalars(db.select(Attendance).where(Attendance.volunteer_id == who.id)))


def test_a_poster_shows_one_button_that_names_the_site(cast, browser_of):
    text = browser_of(cast.noura, lang="en").text(address(cast.poster))
    assert "Check me in at Mataf courtyard" in text
    assert not scans_of(cast.noura)


def test_one_tap_checks_in_and_answers_with_a_receipt(cast, browser_of):
    browser = browser_of(cast.noura, lang="en")
    answer = press(browser, cast.poster)
    (attendance,) = attendances_of(cast.noura)
    assert (answer.status_code, answer.location) == (303, f"/attendances/{attendance.id}")
    text = browser.text(answer.location)
    assert "You’re checked in" in text
    assert "1:00 PM" in text


@pytest.mark.parametrize("page", ["/", "/help", "/privacy"])
@pytest.mark.parametrize("lang", ["ar", "en"])
def test_strangers_find_the_front_door_help_and_the_privacy_notice(client, page, lang):
    client.set_cookie("prefs", f"{lang}.latn.auto")
    assert client.page(page).html["lang"] == lang


def test_hours_begin_empty(cast, browser_of):
    assert "Nothing recorded yet" in browser_of(cast.salem, lang="en").text("/hours")
