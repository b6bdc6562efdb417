"""One's own calendar: a secret address, renewed and removed, read by other programs."""

import pytest
from icalendar import Calendar

from checkin.operations import people
from checkin.operations.openings import feed
from tests import factories
from tests.factories import alter

pytestmark = pytest.mark.usefixtures("at")
DAY = 24 * 60


@pytest.fixture
def noura(cast, browser_of):
    return browser_of(cast.noura, kind="phone", lang="en")


@pytest.fixture
def code(cast, now) -> str:
    return feed.renew(cast.noura.id, now=now)


def events(client, code, lang="en"):
    answer = client.get(f"/calendar/{code}.ics?lang={lang}")
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    return Calendar.from_ical(answer.get_data()).walk("VEVENT")


def test_the_address_is_made_renewed_and_removed(cast, noura, client):
    assert "Make my calendar" in noura.text("/calendar")
    noura.send("/calendar")
    first = feed.code_of(cast.noura.id)
    page = noura.text("/calendar")
    assert f"/calendar/{first}.ics?lang=en" in page
    noura.send("/calendar")
    second = feed.code_of(cast.noura.id)
    assert second != first
    assert client.get(f"/calendar/{first}.ics").status_code == 404
    assert client.get(f"/calendar/{second}.ics").status_code == 200
    noura.send("/calendar/ending")
    assert feed.code_of(cast.noura.id) is None
    assert client.get(f"/calendar/{second}.ics").status_code == 404


def test_looking_makes_no_address(cast, noura):
    noura.get("/calendar")
    assert feed.code_of(cast.noura.id) is None


def test_it_holds_own_shifts_in_the_language_of_the_address(cast, now, client, code):
    waits = factories.shift(now, cast.squares, starts=DAY)
    factories.assign(now, cast.noura, waits, how="waiting")
    off = factories.shift(now, cast.squares, starts=2 * DAY)
    factories.assign(now, cast.noura, off)
    alter(off, cancelled_at=now)
    found = events(client, code)
    assert [one["STATUS"] for one in found] == ["CONFIRMED", "TENTATIVE", "CANCELLED"]
    assert found[0]["SUMMARY"] == "Visual screening at the gates"
    assert found[0]["LOCATION"] == "Mataf courtyard"
    assert found[0]["DTSTART"].dt == cast.shift.starts_at
    assert found[2]["SUMMARY"].startswith("Cancelled: ")
    assert events(client, code, "ar")[0]["LOCATION"] == "صحن المطاف"


def test_it_tells_of_nobody_else_and_of_no_draft(cast, now, client, code):
    factories.shift(now, cast.squares, starts=DAY)
    draft = factories.shift(now, cast.squares, starts=DAY, is_draft=True)
    factories.assign(now, cast.noura, draft)
    assert len(events(client, code)) == 1
    other = feed.renew(cast.huda.id, now=now)
    assert events(client, other) == []


@pytest.mark.parametrize("wrong", ["0" * 26, "x", "0" * 200, "%00"])
def test_an_address_that_is_none_is_not_found(cast, client, code, wrong):
    assert client.get(f"/calendar/{wrong}.ics").status_code in (400, 404)


def test_who_was_erased_has_no_calendar(cast, now, client, code):
    alter(cast.noura, erased_at=now)
    assert client.get(f"/calendar/{code}.ics").status_code == 404


def test_a_suspended_volunteer_still_sees_what_was_planned(cast, now, client, code):
    people.suspend(cast.noura.id, reason="x", by=cast.layla.id, now=now)
    assert len(events(client, code)) == 1
