"""A supervisor's code signs a new phone in: one button, once, and on to the scan in hand."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from checkin.database import db
from checkin.models import Attendance, Enrolment, Message
from checkin.operations import accounts
from checkin.web.message_words import render
from tests import factories
from tests.pages import plain

pytestmark = pytest.mark.usefixtures("at")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def shown(cast, salem) -> str:
    """The address of the page on Salem's tablet that shows Noura's code."""
    return salem.send(f"/people/{cast.noura.id}/enrolments").location


@pytest.fixture
def code(shown) -> str:
    made = db.session.scalars(select(Enrolment)).one()
    return accounts.enrolment_code(made) or ""


def test_the_tablet_shows_a_picture_and_eight_characters(cast, salem, shown, code):
    said = salem.text(shown)
    assert f"New phone: \u2068{cast.noura.name}" in said
    assert f"{code[-8:-4]} {code[-4:]}" in said
    assert "Works once, until 1:10 PM" in said
    assert code not in said


def test_the_phone_is_signed_in_by_one_button_and_not_by_looking(client, cast, code):
    page = client.text(f"/E/{code}")
    assert cast.noura.name in page
    assert client.get_cookie("device") is None
    answer = client.send(f"/E/{code}")
    assert answer.status_code == 303
    assert client.get_cookie("device") is not None
    assert client.get("/hours").status_code == 200


def test_small_letters_do_as_well(client, code):
    assert client.send(f"/e/{code.lower()}").status_code == 303


def test_the_scan_in_hand_goes_on_to_its_receipt(client, cast, code, now):
    client.get(f"/S/{cast.poster.code}")
    with time_machine.travel(now + 4 * MINUTE, tick=False):
        assert "1:00" in client.text(f"/E/{code}")
        answer = client.send(f"/E/{code}")
    record = db.session.scalars(select(Attendance)).one()
    assert answer.location == f"/attendances/{record.id}"
    assert record.in_at == now


def test_a_used_code_a_late_one_and_none_look_alike(client, code, now):
    def page(address) -> tuple[int, str]:
        answer = client.get(address)
        return answer.status_code, plain(answer)

    unknown = page("/E/" + "0" * 26)
    assert unknown[0] == 410
    assert "انتهت صلاحية هذا الرمز" in unknown[1]
    with time_machine.travel(now + 10 * MINUTE, tick=False):
        assert page(f"/E/{code}") == unknown
    client.send(f"/E/{code}")
    assert page(f"/E/{code}") == unknown
    assert client.send(f"/E/{code}").status_code == 410


def test_the_tablet_says_when_the_phone_is_in_and_when_time_is_over(
    client, salem, shown, code, now
):
    with time_machine.travel(now + 10 * MINUTE, tick=False):
        assert "This code no longer works" in salem.text(shown)
    client.send(f"/E/{code}")
    assert "The phone is signed in" in salem.text(shown)


def test_nothing_is_sent_again_while_nothing_changes(salem, shown):
    live = {"HX-Request": "true"}
    first = salem.get(shown, headers=live)
    again = salem.get(shown, headers={**live, "If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code) == (200, 304)


def test_typed_by_hand_it_leads_to_the_same_button(client, code, cast):
    assert "لدي رمز من المشرف" in client.text("/sign-in")
    answer = client.send("/enrolment", code=f"{code[-8:-4].lower()} {code[-4:]}")
    assert answer.location == f"/E/{code}"
    assert cast.noura.name in client.text(answer.location)


def test_a_wrong_one_stays_in_its_field(client, code):
    answer = client.send("/enrolment", code="7K3Q X9ZB")
    assert answer.status_code == 422
    assert 'value="7K3Q X9ZB"' in answer.get_data(as_text=True)
    assert "انتهت صلاحية هذا الرمز" in plain(answer)


def test_guessing_is_stopped_where_it_comes_from(client, code):
    for _ in range(60):
        client.send("/enrolment", code="00000000")
    answer = client.send("/enrolment", code=code[-8:])
    assert answer.status_code == 429
    assert client.send(f"/E/{code}").status_code == 303


def test_a_supervisors_own_tablet_never_becomes_the_phone(salem, code):
    page = salem.get(f"/E/{code}")
    assert page.status_code == 409
    assert "Open this on the volunteer’s phone" in plain(page)
    cookie = salem.get_cookie("device").value
    salem.send(f"/E/{code}")
    assert salem.get_cookie("device").value == cookie
    assert db.session.scalars(select(Enrolment)).one().used_at is None


def test_only_for_people_on_ones_rosters_and_only_who_made_it_sees_it(cast, shown, browser_of):
    huda, layla = (browser_of(one, "staff", "en") for one in (cast.huda, cast.layla))
    assert huda.send(f"/people/{cast.noura.id}/enrolments").status_code == 404
    assert huda.get(shown).status_code == 404
    assert layla.get(shown).status_code == 404
    assert layla.send(f"/people/{cast.huda.id}/enrolments").status_code == 303
    assert browser_of(cast.noura).send(f"/people/{cast.salem.id}/enrolments").status_code == 403


def test_the_way_back_is_the_person_for_who_sees_people_and_else_the_floor(
    cast, salem, shown, browser_of
):
    layla = browser_of(cast.layla, "staff", "en")
    hers = layla.send(f"/people/{cast.noura.id}/enrolments").location
    for browser, page, back in (
        (layla, hers, f"/people/{cast.noura.id}"),
        (salem, shown, f"/floor/{cast.mataf.id}"),
    ):
        main = browser.get(page).text.partition("<main")[2]
        assert f'href="{back}"' in main, back


def test_nobody_makes_one_for_the_own_phone(cast, salem, now):
    factories.assign(now, cast.salem, cast.shift)
    answer = salem.send(f"/people/{cast.salem.id}/enrolments")
    assert "Another supervisor must make the code for your own phone" in salem.text(
        f"/floor/{cast.mataf.id}"
    )
    assert answer.location == "/floor"
    assert db.session.scalars(select(Enrolment)).all() == []


def test_a_minor_is_asked_for_the_guardian_first(client, cast, code):
    factories.alter(cast.noura, is_minor=True, guardian_mobile="+966500000001")
    assert client.send(f"/E/{code}").location.startswith("/account/guardian")


def test_the_owner_gets_a_message_in_words(client, code):
    client.send(f"/E/{code}")
    sent = db.session.scalars(select(Message)).one()
    words = render(sent.template, "en", sent.facts)
    assert words is not None
    assert re.search(r"A new phone was signed in .* tell the supervisor", words)
