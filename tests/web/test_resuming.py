"""A press whose page has outlived its session loses nothing: the page again, and one more press."""

import re
from datetime import timedelta

import pytest

from checkin.database import db
from checkin.models import Service
from tests import factories
from tests.pages import plain
from tests.web.scanning import address, attendances_of, fields, opened, scans_of

pytestmark = pytest.mark.usefixtures("at")
OURS = {"Sec-Fetch-Site": "same-origin", "Origin": "null"}
ENDED = "Your session has ended"


@pytest.fixture
def noura(cast, browser_of):
    return browser_of(cast.noura, lang="en")


def outlived(browser, where, **sent):
    """A press on a page opened in a session that is gone; the phone itself is still known."""
    sent["csrf_token"] = browser.token()
    browser.delete_cookie("s")
    return browser.post(where, data=sent, headers=OURS)


def page(answer):
    return answer.get_data(as_text=True)


def test_checking_out_comes_again_filled_in_and_one_press_does_it(cast, noura, now, at):
    factories.check_in(cast.noura, cast.poster, now - timedelta(minutes=60))
    sent = opened(noura, cast.poster)
    at.move_to(now + timedelta(minutes=5), tick=False)
    again = outlived(noura, address(cast.poster), **sent, beneficiaries="12")
    assert again.status_code == 400
    assert f"{ENDED} and nothing was saved" in plain(again)
    assert re.search(r'name="beneficiaries"[^>]*value="12"', page(again))
    assert len(scans_of(cast.noura)) == 1
    noura.send(address(cast.poster), **fields(page(again)), beneficiaries="12")
    (attendance,) = attendances_of(cast.noura)
    assert (attendance.state, attendance.beneficiaries) == ("closed", 12)
    assert attendance.out_at == now + timedelta(minutes=5)


def test_so_does_checking_out_soon_after_checking_in(cast, noura, now):
    factories.check_in(cast.noura, cast.poster, now - timedelta(minutes=5))
    leaving = fields(page(noura.get(f"{address(cast.poster)}?leaving=1")))
    again = outlived(noura, address(cast.poster), **leaving, beneficiaries="7")
    assert re.search(r'name="beneficiaries"[^>]*value="7"', page(again))
    assert fields(page(again))["kind"] == "out"


def test_checking_in_comes_again_and_says_so(cast, noura):
    again = outlived(noura, address(cast.poster), **opened(noura, cast.poster))
    assert ENDED in plain(again)
    assert scans_of(cast.noura) == []
    noura.send(address(cast.poster), **fields(page(again)))
    assert len(attendances_of(cast.noura)) == 1


def test_whoever_signed_out_meanwhile_confirms_the_number_and_the_time_is_kept(
    cast, client, noura, now, at
):
    sent = opened(noura, cast.poster)
    at.move_to(now + timedelta(minutes=3), tick=False)
    client.send("/preferences", lang="en", next="/")
    answer = outlived(client, address(cast.poster), **sent)
    assert ENDED in plain(answer)
    said = "Confirm your number to finish checking in. Scan time saved: 1:03 PM"
    assert said in plain(answer)
    with client.session_transaction() as session:
        assert session["intent"]["path"] == f"S/{cast.poster.code}"


@pytest.mark.parametrize("comes_back", [True, False])
def test_what_was_said_at_the_code_waits_for_the_one_who_said_it(
    cast, app, client, noura, now, comes_back
):
    """On a phone of two, the other finds nothing filled in."""
    app.config["DEMO"] = True
    other = factories.person(now, "سارة سعد القحطاني", mobile="+966501112299")
    factories.assign(now, other, cast.shift)
    for who in (cast.noura, other):
        factories.check_in(who, cast.poster, now - timedelta(minutes=60))
    outlived(client, address(cast.poster), **opened(noura, cast.poster), beneficiaries="12")
    mobile = cast.noura.mobile if comes_back else other.mobile
    client.send(f"/sign-in?next={address(cast.poster)}", mobile=mobile, remember="y")
    code = re.search(r"الرمز (\d{6})", client.text("/sign-in/code"))[1]
    onwards = client.send("/sign-in/code", code=code).location
    assert onwards == address(cast.poster)
    found = re.search(r'name="beneficiaries"[^>]*value="12"', page(client.get(onwards)))
    assert bool(found) is comes_back
    assert not re.search(r'name="beneficiaries"[^>]*value="12"', page(client.get(onwards)))


def test_a_form_of_staff_comes_again_filled_in(cast, browser_of):
    layla = browser_of(cast.layla, kind="staff", lang="en")
    before = db.session.scalar(db.select(db.func.count(Service.id)))
    again = outlived(layla, "/services/new", name_ar="خدمة لم تُحفظ")
    assert again.status_code == 400
    assert 'value="خدمة لم تُحفظ"' in page(again)
    assert re.search(r"<body[^>]* data-answer", page(again))
    assert db.session.scalar(db.select(db.func.count(Service.id))) == before


def test_a_button_without_a_page_is_pressed_again_as_it_was(cast, browser_of):
    layla = browser_of(cast.layla, kind="staff", lang="en")
    where = f"/services/{db.session.scalar(db.select(Service.id))}/closure"
    again = outlived(layla, where, why="<b>")
    assert again.status_code == 400
    assert ENDED in plain(again)
    assert 'name="why" value="&lt;b&gt;"' in page(again)
    assert f'action="{where}"' in page(again)


def test_staff_who_signed_out_sign_in_and_are_led_to_the_page_above(cast, client):
    answer = outlived(client, "/services/1/closure")
    assert answer.location == "/staff/sign-in?next=/services/1"
    assert "انتهت الجلسة" in client.text(answer.location)


def test_nothing_is_filled_in_that_another_page_may_have_sent(cast, browser_of):
    layla = browser_of(cast.layla, kind="staff", lang="en")
    sent = {"name_ar": "خدمة من موقع آخر", "csrf_token": "x"}
    for headers in ({}, {"Origin": "null"}, {"Sec-Fetch-Site": "none"}):
        answer = layla.post("/services/new", data=sent, headers=headers)
        assert (answer.status_code, ENDED in plain(answer)) == (400, True)
        assert "خدمة من موقع آخر" not in page(answer)
        assert ENDED not in plain(layla.post("/services/1/closure", data=sent, headers=headers))
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        answer = layla.post("/services/new", data=sent, headers=headers)
        assert answer.status_code == 400
        assert "no longer valid" in plain(answer)
