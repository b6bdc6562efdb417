"""Screens: opened with a PIN, paired with a code, stopped; and what their browsers may do."""

import base64
import re
from datetime import date, timedelta

import pytest

from checkin.database import db
from checkin.domain import rotating
from checkin.models import Display
from checkin.operations import displays
from checkin.operations.keys import key_for
from tests import factories
from tests.web.scanning import press, set_values

pytestmark = pytest.mark.usefixtures("at")
PIN = "4821"


def opened(browser, site, pin=PIN):
    """The browser after its person chose to show the code of this site."""
    response = browser.send(f"/sites/{site.id}/display", pin=pin)
    assert response.location == "/display", response.text
    return browser


def added(browser, site) -> str:
    """The pairing code of a screen that was just added."""
    assert browser.send("/displays", site_id=site.id, name="عند الباب").status_code == 303
    page = browser.get("/displays").text
    return re.search(r'class="short-code"><bdi dir="ltr">(\w{3} \w{3})<', page)[1]


def only_display() -> Display:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(db.select(Display)).one()


# Showing a code on one's own device


def test_a_supervisor_shows_the_code_of_the_own_site(salem, cast):
    assert salem.get(f"/sites/{cast.mataf.id}/display").status_code == 200
    assert opened(salem, cast.mataf).get("/display").status_code == 200


def test_at_another_site_there_is_nothing_to_show(browser_of, cast):
    huda = browser_of(cast.huda, kind="staff")
    assert huda.get(f"/sites/{cast.mataf.id}/display").status_code == 404
    assert huda.send(f"/sites/{cast.mataf.id}/display", pin=PIN).status_code == 404


def test_a_volunteer_shows_no_code(browser_of, cast):
    noura = browser_of(cast.noura)
    assert noura.get(f"/sites/{cast.mataf.id}/display").status_code == 403
    assert noura.get("/displays").status_code == 403


def test_the_lead_of_a_shift_shows_the_code_of_its_site(browser_of, cast, now):
    lead = factories.person(now, "لمى عبدالله الثقفي")
    factories.assign(now, lead, cast.shift, is_lead=True)
    phone = browser_of(lead)
    assert phone.get("/displays").status_code == 403
    assert phone.get(f"/sites/{cast.squares.id}/display").status_code == 404
    assert opened(phone, cast.mataf).get("/display").status_code == 200


@pytest.mark.parametrize("pin", ["", "123", "12345", "12a4", "-123"])
def test_a_pin_is_four_digits(salem, cast, pin):
    response = salem.send(f"/sites/{cast.mataf.id}/display", pin=pin)
    assert response.status_code == 422
    assert ("Choose 4 digits" if pin else "Type the PIN") in response.text


def test_nobody_reads_the_pin_over_a_shoulder(salem, cast):
    """Neither while it is chosen nor while it is given, also after a mistake."""
    masked = re.compile(r'<input[^>]*type="password"[^>]*name="pin"|name="pin"[^>]*type="password"')
    choosing = f"/sites/{cast.mataf.id}/display"
    asked = [salem.get(choosing), salem.send(choosing, pin="97531")]
    opened(salem, cast.mataf)
    asked += [salem.get("/display/leave"), salem.send("/display/leave", pin="97531")]
    for page in asked:
        assert masked.search(page.text)
        assert "97531" not in page.text


def test_until_the_pin_is_given_the_tablet_shows_nothing_of_its_supervisor(salem, cast):
    opened(salem, cast.mataf)
    for address in ("/", f"/floor/{cast.mataf.id}", "/approvals", "/account", "/hours"):
        response = salem.get(address)
        assert (response.status_code, response.location) == (303, "/display/leave"), address
    partial = salem.get(f"/floor/{cast.mataf.id}", headers={"HX-Request": "true"})
    assert partial.status_code == 403
    assert salem.get("/api/v1/me").status_code == 401
    assert salem.send(f"/S/{cast.poster.code}", kind="in").location == "/display/leave"


def test_a_shut_tablet_can_still_keep_its_page_for_hours_without_a_network(salem, cast):
    opened(salem, cast.mataf)
    for address in ("/sw.js", "/manifest.webmanifest", "/offline"):
        assert salem.get(address).status_code == 200, address


def test_closing_the_browser_does_not_open_the_lock(salem, cast):
    assert salem.get_cookie("s") is None or salem.get_cookie("s").expires is None
    opened(salem, cast.mataf)
    assert salem.get_cookie("s").expires is not None
    salem.send("/display/leave", pin=PIN)
    assert salem.get_cookie("s").expires is None


def test_the_right_pin_leads_back_to_the_floor(salem, cast):
    opened(salem, cast.mataf)
    assert salem.get("/display/leave").status_code == 200
    response = salem.send("/display/leave", pin="٤٨٢١")
    assert response.location == f"/floor/{cast.mataf.id}"
    assert salem.get(f"/floor/{cast.mataf.id}").status_code == 200
    assert salem.get("/display").location == "/display/pair"
    assert salem.get("/display/keys").status_code == 401
    assert f"/displays/{only_display().id}/" not in salem.get("/displays").text


def test_five_wrong_pins_and_even_the_right_one_waits(salem, cast, now, at):
    opened(salem, cast.mataf)
    for _ in range(5):
        response = salem.send("/display/leave", pin="0000")
        assert "That PIN is not right" in response.text
    assert "Too many tries" in salem.send("/display/leave", pin=PIN).text
    at.move_to(now + timedelta(minutes=15))
    assert salem.send("/display/leave", pin=PIN).status_code == 303


def test_who_forgot_the_pin_signs_out_and_needs_the_password_again(salem, cast):
    opened(salem, cast.mataf)
    assert salem.send("/sign-out").status_code == 303
    assert salem.get(f"/floor/{cast.mataf.id}").location.startswith("/staff/sign-in")


def test_opening_again_gives_the_same_screen_and_other_keys(salem, cast):
    opened(salem, cast.mataf)
    before = salem.get("/display/keys").json
    salem.send("/display/leave", pin=PIN)
    opened(salem, cast.mataf)
    after = salem.get("/display/keys").json
    assert after["number"] == before["number"] == only_display().number
    assert after["keys"] != before["keys"]


def test_displays_are_found_from_the_floor_and_from_the_site(salem, layla, browser_of, cast, now):
    link = 'href="/displays"'
    card = re.compile(r'<section class="card code-card".*?</section>', re.DOTALL)
    assert link in card.search(salem.get(f"/floor/{cast.mataf.id}").text)[0]
    assert link in layla.get(f"/sites/{cast.mataf.id}").text
    lead = factories.person(now, "لمى عبدالله الثقفي")
    factories.assign(now, lead, cast.shift, is_lead=True)
    floor = browser_of(lead).get(f"/floor/{cast.mataf.id}").text
    assert card.search(floor)
    assert link not in floor


# A screen that stands by itself


def test_a_pairing_code_makes_one_browser_a_screen(salem, client, cast):
    code = added(salem, cast.mataf)
    assert client.get("/display").location == "/display/pair"
    assert client.get("/display/pair").status_code == 200
    response = client.send("/display/pair", code=f" {code.lower()} ")
    assert response.location == "/display"
    assert client.get("/display").status_code == 200
    assert only_display().site_id == cast.mataf.id


def test_a_pairing_code_works_once(salem, client, browser_of, cast):
    code = added(salem, cast.mataf)
    client.send("/display/pair", code=code)
    second = browser_of(cast.noura, lang="en").send("/display/pair", code=code)
    assert second.status_code == 422
    assert "Code not recognised" in second.text


def test_a_pairing_code_is_over_after_ten_minutes(salem, client, cast, now, at):
    code = added(salem, cast.mataf)
    at.move_to(now + timedelta(minutes=10))
    assert client.send("/display/pair", code=code).status_code == 422
    assert "short-code" not in salem.get("/displays").text


def test_guessing_pairing_codes_is_stopped(client, cast, now, salem):
    for _ in range(20):
        assert client.send("/display/pair", code="ZZZZZZ").status_code == 422
    refused = client.send("/display/pair", code=added(salem, cast.mataf))
    assert refused.status_code == 422
    assert client.get("/display").location == "/display/pair"


def test_a_new_pairing_code_ends_the_browser_before_once_it_is_used(salem, client, cast, app):
    client.send("/display/pair", code=added(salem, cast.mataf))
    salem.send(f"/displays/{only_display().id}/pairing")
    assert client.get("/display/keys").status_code == 200
    code = re.search(r'short-code"><bdi dir="ltr">(\w{3} \w{3})<', salem.get("/displays").text)[1]
    other = type(client)(app)
    other.send("/display/pair", code=code)
    assert other.get("/display/keys").status_code == 200
    assert client.get("/display/keys").status_code == 401


def test_a_screen_is_a_stranger_everywhere_else(salem, client, cast):
    client.send("/display/pair", code=added(salem, cast.mataf))
    cookie = client.get_cookie("display", path="/display")
    assert (cookie.path, cookie.http_only, cookie.same_site) == ("/display", True, "Strict")
    assert client.get(f"/floor/{cast.mataf.id}").location.startswith("/staff/sign-in")
    assert client.get("/displays").location.startswith("/staff/sign-in")


def test_a_stopped_screen_is_dead_at_once_and_so_are_its_codes(salem, client, cast, now):
    client.send("/display/pair", code=added(salem, cast.mataf))
    display = only_display()
    token = displays.live_at(cast.mataf.id, now).token
    assert salem.get(f"/displays/{display.id}/revocation").status_code == 200
    assert salem.send(f"/displays/{display.id}/revocation").location == "/displays"
    for address in ("keys", "time", "last"):
        response = client.get(f"/display/{address}")
        assert (response.status_code, response.json["error"]["code"]) == (401, "display_revoked")
    assert displays.shown(token).is_old
    assert "عند الباب" not in salem.text("/displays")


def test_a_device_whose_screen_was_stopped_is_told_so_until_it_is_paired_again(
    salem, browser_of, cast
):
    stopped, device = "This display was stopped", browser_of(cast.noura, lang="en")
    assert stopped not in device.text("/display/pair")
    device.send("/display/pair", code=added(salem, cast.mataf))
    salem.send(f"/displays/{only_display().id}/revocation")
    assert device.get("/display").location == "/display/pair"
    assert stopped in device.text("/display/pair")
    assert stopped in device.send("/display/pair", code="ZZZZZZ").text
    device.send("/display/pair", code=added(salem, cast.mataf))
    assert device.get("/display").status_code == 200
    assert stopped not in device.text("/display/pair")


def test_a_tablet_whose_screen_was_stopped_stays_shut(salem, browser_of, cast):
    opened(salem, cast.mataf)
    browser_of(cast.layla, kind="staff").send(f"/displays/{only_display().id}/revocation")
    assert salem.get("/display").location == "/display/leave"
    assert "This display was stopped" in salem.text("/display/leave")
    assert salem.get("/approvals").location == "/display/leave"


def test_nobody_stops_or_pairs_screens_of_another_site(salem, browser_of, client, cast):
    client.send("/display/pair", code=added(salem, cast.mataf))
    huda, noura = browser_of(cast.huda, kind="staff"), browser_of(cast.noura)
    display = only_display()
    for act in ("revocation", "pairing"):
        assert huda.send(f"/displays/{display.id}/{act}").status_code == 404
        assert noura.send(f"/displays/{display.id}/{act}").status_code == 403
    assert huda.send("/displays", site_id=cast.mataf.id, name="x").status_code == 422
    assert client.get("/display/keys").status_code == 200


def test_a_name_that_is_missing_is_asked_for(salem, cast):
    response = salem.send("/displays", site_id=cast.mataf.id, name="")
    assert response.status_code == 422
    assert "Say where it stands" in response.text


# What a screen asks for


def test_the_keys_are_those_of_today_and_tomorrow_in_utc(salem, cast, now):
    given = opened(salem, cast.mataf).get("/display/keys").json
    assert [key["day"] for key in given["keys"]] == ["2026-11-22", "2026-11-23"]
    key = base64.b64decode(given["keys"][0]["key"])
    place = given["number"], given["site_id"], given["epoch"]
    token = rotating.token(given["key_id"], key, *place, rotating.window_of(now))
    assert token == displays.live_at(cast.mataf.id, now).token
    assert displays.shown(token).site_id == cast.mataf.id


def test_no_secret_but_the_days_keys_leaves_the_server(salem, cast):
    given = opened(salem, cast.mataf).get("/display/keys").json
    assert set(given) == {"number", "site_id", "epoch", "key_id", "server_time", "keys"}
    root = key_for("rotating")
    assert all(root not in base64.b64decode(key["key"]) for key in given["keys"])


def test_the_screen_tells_how_far_its_clock_is_off(salem, cast, now):
    opened(salem, cast.mataf)
    assert salem.post("/display/seen", json={"drift_ms": -12000}).status_code == 204
    display = only_display()
    assert (display.drift_ms, display.seen_at) == (-12000, now)
    assert salem.get("/display/time").json == {"server_time": now.isoformat()}


@pytest.mark.parametrize(
    "content", [[], {}, {"drift_ms": "1"}, {"drift_ms": True}, {"drift_ms": 1.5}]
)
def test_nonsense_about_clocks_is_refused(salem, cast, content):
    opened(salem, cast.mataf)
    assert salem.post("/display/seen", json=content).status_code == 400


def test_a_form_of_another_page_cannot_speak_for_a_screen(salem, cast):
    opened(salem, cast.mataf)
    assert salem.post("/display/seen", data={"drift_ms": "1"}).status_code == 415
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert salem.post("/display/seen", json={"drift_ms": 1}, headers=foreign).status_code == 403


def test_an_absurd_drift_is_kept_as_the_largest_there_is(salem, cast):
    opened(salem, cast.mataf)
    assert salem.post("/display/seen", json={"drift_ms": 10**30}).status_code == 204
    assert only_display().drift_ms == 2**31 - 1


def test_the_last_check_in_is_told_without_a_name(salem, browser_of, cast, now, at):
    opened(salem, cast.mataf)
    assert salem.get("/display/last").json == {"at": None, "kind": None}
    press(browser_of(cast.noura), cast.poster)
    assert salem.get("/display/last").json == {"at": now.isoformat(), "kind": "in"}
    at.move_to(now + timedelta(minutes=3))
    assert salem.get("/display/last").json == {"at": None, "kind": None}


def test_the_list_says_what_each_screen_does(salem, client, cast, now):
    code = added(salem, cast.mataf)
    assert "Waiting to be paired" in salem.text("/displays")
    client.send("/display/pair", code=code)
    assert "On" in salem.text("/displays").split()
    set_values(only_display(), seen_at=now - timedelta(hours=12, minutes=1))
    assert "Not heard from" in salem.text("/displays")


def test_keys_cross_midnight(salem, cast, at, now):
    given = opened(salem, cast.mataf).get("/display/keys").json
    late = now.replace(hour=0, second=10) + timedelta(days=1)
    key = base64.b64decode(given["keys"][1]["key"])
    assert rotating.day_of(rotating.window_of(late)) == date(2026, 11, 23)
    place = given["number"], given["site_id"], given["epoch"]
    token = rotating.token(given["key_id"], key, *place, rotating.window_of(late))
    assert displays.live_at(cast.mataf.id, late).token == token
