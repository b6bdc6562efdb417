"""A person's own page: devices, choices, data, signing out."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import insert

from checkin.database import db, transaction
from checkin.models import AuditEntry, Device
from checkin.operations import accounts, audit, devices
from checkin.web import clock
from tests import factories
from tests.pages import plain

pytestmark = pytest.mark.usefixtures("at")


def other_device(person, label="iPhone · Safari"):
    device_id, cookie = devices.remember(
        person.id, "phone", label, lifetime=timedelta(days=9), now=clock.now()
    )
    return device_id, cookie


def test_strangers_are_led_to_sign_in(client):
    assert client.get("/account").location == "/sign-in?next=/account"


def test_the_page_shows_who_and_where(browser_of, cast):
    other_device(cast.noura)
    page = browser_of(cast.noura).text("/account")
    assert "نورة سعد القحطاني" in page
    assert cast.noura.mobile not in page
    assert cast.noura.mobile[-3:] in page
    assert "iPhone · Safari" in page
    assert "هذا الجهاز" in page


def test_the_page_speaks_english_too(browser_of, cast):
    page = browser_of(cast.noura, lang="en").text("/account")
    assert "Devices signed in" in page
    assert "Download my data" in page


def test_devices_alike_are_told_apart_by_their_first_use(browser_of, cast, now, at):
    at.move_to(now - timedelta(days=5))
    other_device(cast.noura)
    at.move_to(now - timedelta(hours=2))
    other_device(cast.noura)
    at.move_to(now)
    page = browser_of(cast.noura, lang="en").text("/account")
    assert "signed in 22 Nov at 11:00 AM" in page
    assert "signed in 17 Nov at 1:00 PM" in page


def test_what_is_not_known_is_a_dash(browser_of, cast):
    factories.alter(cast.salem, mobile=None)
    page = browser_of(cast.salem, kind="staff", lang="en").text("/account")
    assert "Mobile — Not recorded" in page


def test_a_device_can_be_signed_out(browser_of, cast):
    device_id, cookie = other_device(cast.noura)
    browser = browser_of(cast.noura)
    assert browser.send(f"/account/devices/{device_id}/revocation").location == "/account"
    assert devices.recognise(cookie, clock.now()) is None
    assert browser.get("/account").status_code == 200


def test_nobody_signs_out_anothers_device(browser_of, cast):
    device_id, cookie = other_device(cast.noura)
    for stranger in (cast.salem, cast.huda, cast.layla):
        browser = browser_of(stranger, kind="staff")
        assert browser.send(f"/account/devices/{device_id}/revocation").status_code == 404
    assert devices.recognise(cookie, clock.now()) is not None


def test_everywhere_else_can_be_signed_out_at_once(browser_of, cast):
    cookies = [other_device(cast.noura)[1] for _ in range(2)]
    browser = browser_of(cast.noura)
    assert browser.send("/account/devices/revocations").location == "/account"
    assert [devices.recognise(cookie, clock.now()) for cookie in cookies] == [None, None]
    assert browser.get("/account").status_code == 200


def test_signing_out_leaves_nothing_in_the_browser(browser_of, cast):
    browser = browser_of(cast.noura)
    cookie = browser.get_cookie("device").value
    assert browser.send("/sign-out").location == "/"
    assert browser.get_cookie("device") is None
    assert devices.recognise(cookie, clock.now()) is None
    browser.set_cookie("device", cookie)
    assert browser.get("/account").status_code == 303


@transaction
def age(now):
    """Every device is due for a fresh cookie."""
    db.session.execute(db.update(Device).values(renewed_at=now - timedelta(days=2)))


def test_signing_out_gives_an_old_phone_no_fresh_cookie(browser_of, cast, now):
    browser = browser_of(cast.noura)
    age(now)
    answer = browser.send("/sign-out")
    given = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("device=")]
    assert len(given) == 1
    assert browser.get_cookie("device") is None


def test_signing_in_as_staff_outlasts_the_old_phones_cookie(browser_of, cast, now):
    accounts.set_password(cast.salem.id, "four calm walks at dawn", by=None, now=now)
    browser = browser_of(cast.salem)
    age(now)
    browser.send("/staff/sign-in", email="salem@example.org", password="four calm walks at dawn")
    assert browser.get("/account/password").status_code == 200


def test_signing_out_twice_is_harmless(client):
    assert client.send("/sign-out").location == "/"
    assert client.send("/sign-out").location == "/"


def test_a_stale_copy_of_the_cookie_ends_the_device(browser_of, cast, now, at, app):
    browser = browser_of(cast.noura)
    _, cookie = other_device(cast.noura)
    browser.set_cookie("device", cookie)
    at.move_to(now + timedelta(hours=25), tick=False)
    browser.send("/account/devices/revocations")
    fresh = browser.get_cookie("device").value
    assert fresh != cookie
    assert browser.get("/account").status_code == 200

    at.shift(timedelta(seconds=61))
    thief = app.test_client()
    thief.set_cookie("device", cookie)
    assert thief.get("/account").status_code == 303
    assert browser.get("/account").status_code == 303


def test_own_data_is_one_file(browser_of, cast, now):
    factories.check_in(cast.noura, cast.poster, now)
    answer = browser_of(cast.noura).get("/account/data")
    assert answer.mimetype == "application/json"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    record = json.loads(answer.data)
    assert record == json.loads(json.dumps(accounts.own_record(cast.noura.id, now)))
    assert record["attendances"][0]["state"] == "open"
    assert "نورة سعد القحطاني" in answer.get_data(as_text=True)


@pytest.mark.parametrize(("acts", "apart"), [(1900, False), (2001, True)])
def test_what_somebody_did_very_often_is_a_file_of_its_own(browser_of, cast, now, acts, apart):
    row = audit.line("shift.change", "shift", cast.shift.id, by=cast.layla.id, at=now)
    transaction(lambda: db.session.execute(insert(AuditEntry), [row] * acts))()
    layla = browser_of(cast.layla, kind="staff", lang="en")
    record = json.loads(layla.get("/account/data").data)
    changes = [act for act in record["acts"] if act["act"] == "shift.change"]
    assert (record["acts_apart"], len(changes)) == (apart, 0 if apart else acts)
    assert ("acts_at" in record) == apart
    assert "Download what I did here" in layla.text("/account")
    answer = layla.get("/account/data/acts")
    assert "checkin-my-acts.jsonl" in answer.headers["Content-Disposition"]
    lines = [json.loads(line) for line in answer.get_data(as_text=True).splitlines()]
    assert sum(line["act"] == "shift.change" for line in lines) == acts
    assert [line["id"] for line in lines] == sorted({line["id"] for line in lines})


def test_a_minor_is_reminded_of_the_guardian(browser_of, cast, now):
    young = factories.person(now, "فهد سالم", is_minor=True, guardian_mobile="+966500000002")
    assert "ما زالت موافقة ولي الأمر مطلوبة" in browser_of(young).text("/account")


def test_grown_ups_have_no_guardian_page(browser_of, cast):
    assert browser_of(cast.noura).get("/account/guardian").location == "/"


@pytest.mark.parametrize(
    "address", ["/account", "/account/data", "/account/data/acts", "/account/guardian"]
)
def test_looking_changes_nothing(browser_of, cast, address):
    browser = browser_of(cast.noura)
    before = everything()
    browser.get(address)
    assert everything() == before


def everything():
    return {
        table.name: [tuple(row) for row in db.session.execute(db.select(table))]
        for table in db.metadata.sorted_tables
    }


def test_acts_need_the_forms_token(browser_of, cast):
    browser = browser_of(cast.noura)
    for address in ("/sign-out", "/account/devices/revocations", "/account/guardian/codes"):
        assert browser.post(address).status_code == 400
    assert "نورة" in plain(browser.get("/account"))
