"""Where a site asks how far the phone is: one reading at the tap, and only the distance leaves."""

from datetime import timedelta

import pytest
from playwright.sync_api import Request, expect

from checkin.database import db
from checkin.domain.places import distance_m, rounded_m
from checkin.models import Scan
from checkin.web import clock
from tests.browser.conftest import Door
from tests.factories import alter

GATE = {"latitude": 21.42249, "longitude": 39.82619}
AWAY = {"latitude": 21.4449, "longitude": 39.8301, "accuracy": 20}


@pytest.fixture(autouse=True)
def _on_the_map(cast):
    alter(cast.mataf, **GATE, radius_m=300)


def check_in(visitor, cast) -> list[str]:
    """Open the poster's page and press its button; everything that was sent."""
    sent: list[str] = []

    def keep(request: Request) -> None:
        sent.append(f"{request.url} {request.post_data or ''}")

    visitor.page.on("request", keep)
    visitor.open(f"/S/{cast.poster.code}")
    visitor.page.get_by_role("button", name="Check me in").click()
    expect(visitor.page.get_by_role("heading", name="You’re checked in")).to_be_visible()
    return sent


def scan_of(person) -> Scan:
    db.session.rollback()
    return db.session.scalars(db.select(Scan).where(Scan.volunteer_id == person.id)).one()


def test_only_the_rounded_distance_leaves_the_phone(cast, visit: Door):
    noura = visit(
        *("phone",), person=cast.noura, lang="en", geolocation=AWAY, permissions=["geolocation"]
    )
    sent = check_in(noura, cast)
    told = rounded_m(distance_m(tuple(GATE.values()), (AWAY["latitude"], AWAY["longitude"])))
    assert any(f"distance_m={told}&accuracy_m=20" in line for line in sent)
    assert not any("21.4449" in line or "39.83" in line for line in sent)
    scan = scan_of(cast.noura)
    assert (scan.distance_m, scan.accuracy_m) == (told, 20)
    assert "far_away" in scan.flags


def test_a_refusal_checks_in_at_once_all_the_same(cast, visit: Door):
    noura = visit("phone", person=cast.noura, lang="en", permissions=[])
    check_in(noura, cast)
    scan = scan_of(cast.noura)
    assert scan.distance_m is None
    assert "location_denied" in scan.flags


def test_a_phone_that_never_answers_waits_five_seconds_and_scans_once(cast, visit: Door):
    noura = visit("phone", person=cast.noura, lang="en")
    noura.page.add_init_script("navigator.geolocation.getCurrentPosition = () => {}")
    noura.page.clock.install(time=clock.now())
    noura.open(f"/S/{cast.poster.code}")
    noura.page.clock.pause_at(clock.now() + timedelta(minutes=1))
    button = noura.page.get_by_role("button", name="Check me in")
    button.click()
    button.click(force=True)
    noura.page.clock.run_for(4_900)
    expect(button).to_have_attribute("aria-busy", "true")
    noura.page.clock.run_for(200)
    expect(noura.page.get_by_role("heading", name="You’re checked in")).to_be_visible()
    assert scan_of(cast.noura).distance_m is None
