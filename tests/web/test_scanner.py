"""The scanner's pages and what its tablet loads: for whom, of which site, with which policy."""

import hashlib
from datetime import timedelta

import pytest
import time_machine

from checkin.database import db
from checkin.models import Scan
from checkin.operations import badges
from checkin.web.filters import isolate
from tests import factories
from tests.pages import plain

pytestmark = pytest.mark.usefixtures("at")


@pytest.fixture
def salem(cast, browser_of):
    return browser_of(cast.salem, kind="staff", lang="en")


@pytest.fixture
def here(cast) -> str:
    return f"/sites/{cast.mataf.id}/scanner"


@pytest.fixture
def day(cast) -> str:
    return f"/api/v1/sites/{cast.mataf.id}/today"


@pytest.fixture
def code(cast, now) -> str:
    return badges.code_of(badges.make([cast.noura.id], by=cast.layla.id, now=now)[0])


def follow(browser, response) -> str:
    assert response.status_code == 303
    return plain(browser.get(response.headers["Location"]))


# --- whose scanner -------------------------------------------------------------------------


def test_salem_goes_straight_to_his_one_site(salem, here):
    assert salem.get("/scanner").headers["Location"] == here
    assert "Mataf courtyard" in salem.text(here)


def test_layla_chooses_a_site(cast, browser_of, here):
    layla = browser_of(cast.layla, kind="staff", lang="en")
    assert f'href="{here}"' in layla.get("/scanner").get_data(as_text=True)


def test_the_floor_leads_to_it(cast, salem, browser_of, here):
    floor = f"/floor/{cast.mataf.id}"
    assert f'href="{here}"' in salem.get(floor).get_data(as_text=True)
    phone = browser_of(cast.salem, kind="phone").get(floor).get_data(as_text=True)
    assert here not in phone, "a remembered phone proves no supervisor"


def test_another_sites_scanner_is_not_there_for_huda(cast, browser_of, here, day, code):
    huda = browser_of(cast.huda, kind="staff")
    assert huda.get(here).status_code == 404
    assert huda.get(day).status_code == 404
    assert huda.send(here, code=code).status_code == 404
    assert db.session.scalars(db.select(Scan)).all() == []


def test_a_volunteer_an_auditor_and_an_administrator_read_no_badges(cast, browser_of, here, day):
    for who in (cast.noura, cast.faisal, cast.majed):
        browser = browser_of(who, kind="staff")
        assert {browser.get(one).status_code for one in ("/scanner", here, day)} == {403}


def test_a_lead_has_it_on_the_own_phone_without_entries_by_hand(cast, browser_of, here, day, now):
    lead = factories.person(now, "لمى عبدالله الثقفي")
    led = factories.shift(now, cast.mataf, starts=-30)
    factories.assign(now, lead, led, is_lead=True)
    phone = browser_of(lead, kind="phone", lang="en")
    assert "Check in by hand" not in phone.text(here)
    assert [one["id"] for one in phone.get(day).json["people"]] == [lead.id]


# --- its answer ----------------------------------------------------------------------------


def test_only_this_page_may_run_its_own_reader(salem, here):
    policy = salem.get(here).headers["Content-Security-Policy"]
    assert "script-src 'self' 'wasm-unsafe-eval';" in policy
    for other in ("/scanner", "/floor", "/approvals"):
        assert "wasm" not in salem.get(other).headers["Content-Security-Policy"]


def test_it_speaks_arabic(cast, browser_of, here):
    text = browser_of(cast.salem, kind="staff", lang="ar").text(here)
    for said in ("مسح بطاقة", "السماح باستخدام الكاميرا", "ولا تُحفظ أي صورة", "تعذّر المسح؟"):
        assert said in text


def test_the_tablets_day_says_no_more_of_a_mobile_than_its_last_digits(cast, salem, day, code):
    answer = salem.get(day)
    assert answer.headers["Cache-Control"] == "no-store"
    told = answer.json
    assert told["site"] == {"id": cast.mataf.id, "name": "Mataf courtyard", "zone": "Asia/Riyadh"}
    assert [shift["id"] for shift in told["shifts"]] == [cast.shift.id]
    (noura,) = told["people"]
    assert noura["last_digits"] == cast.noura.mobile[-4:]
    assert cast.noura.mobile not in answer.get_data(as_text=True)
    assert noura["badge"] == hashlib.sha256(code.encode()).hexdigest()
    assert told["server_time"] < told["until"]


def test_a_tablet_that_shows_a_code_reads_no_badges_until_the_pin(cast, salem, here, day):
    assert salem.send(f"/sites/{cast.mataf.id}/display", pin="2580").status_code == 303
    assert salem.get(day).status_code in (401, 403)
    assert salem.get(here).headers["Location"] == "/display/leave"


# --- without scripts -----------------------------------------------------------------------


def test_a_typed_code_checks_in_once_and_then_says_since_when(cast, salem, here, code, now):
    uid = "11111111-1111-4111-8111-111111111111"
    for _ in range(2):  # pressed twice
        text = follow(salem, salem.send(here, code=code.lower(), scan_uid=uid))
        assert f"{isolate(cast.noura.name)} checked in" in text
    with time_machine.travel(now + timedelta(minutes=1), tick=False):
        text = follow(salem, salem.send(here, code=code))
    assert f"{isolate(cast.noura.name)} already checked in at 1:00 PM" in text
    kept = db.session.scalars(db.select(Scan).order_by(Scan.id)).all()
    assert [scan.verdict for scan in kept] == ["checked_in", "already_in"]
    assert {scan.evidence for scan in kept} == {"witnessed"}


@pytest.mark.parametrize("typed", ["", "nothing", "0" * 26, "x" * 500])
def test_what_is_no_badge_is_said_to_be_none(salem, here, typed):
    assert "Badge not recognised" in follow(salem, salem.send(here, code=typed))
