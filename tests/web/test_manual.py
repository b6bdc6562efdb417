"""Checking in and out by hand on the tablet: found, tapped, told, taken back."""

import re
from datetime import timedelta

import pytest
import time_machine

from checkin.database import db
from checkin.models import Attendance, Scan
from tests import factories
from tests.factories import check_in
from tests.pages import Page, plain

pytestmark = pytest.mark.usefixtures("at")
HOUR = timedelta(hours=1)


@pytest.fixture
def here(cast) -> str:
    return f"/floor/{cast.mataf.id}"


def follow(browser, response):
    assert response.status_code == 303
    return browser.get(response.headers["Location"])


def entry(who, **fields):
    values = {"person": who.id, "uid": "11111111-1111-4111-8111-111111111111", "shift": 0}
    return {**values, "reason": "no_phone", "q": who.name, **fields}


def attendances_of(who) -> list[Attendance]:
    db.session.rollback()
    wanted = db.select(Attendance).where(Attendance.volunteer_id == who.id)
    return list(db.session.scalars(wanted))


# --- checking in ---------------------------------------------------------------------------


def test_a_name_is_found_and_tapped(cast, salem, here, now):
    assert cast.noura.name in salem.text(f"{here}/check-ins/new?q=قحطاني")
    page = follow(salem, salem.send(f"{here}/check-ins", **entry(cast.noura)))
    assert f"{cast.noura.name} checked in" in plain(page)
    (came,) = attendances_of(cast.noura)
    assert (came.state, came.in_at, came.entered_by_id) == ("open", now, cast.salem.id)


def test_the_form_offers_a_reason_already_chosen(cast, salem, here):
    page = salem.page(f"{here}/check-ins/new?q={cast.noura.mobile[-4:]}")
    chosen = [f["value"] for f in page.fields if f.get("name") == "reason" and "checked" in f]
    assert chosen == ["no_phone"]


def test_every_page_of_an_entry_is_404_for_huda_and_403_for_a_volunteer(
    cast, browser_of, here, now
):
    attendance_id = check_in(cast.noura, cast.poster, now).attendance_id
    person = f"{here}/attendances/{attendance_id}"
    for who, status in ((cast.huda, 404), (cast.noura, 403)):
        browser = browser_of(who, kind="staff")
        assert browser.get(f"{here}/check-ins/new").status_code == status
        assert browser.get(person).status_code == status
        assert browser.send(f"{here}/check-ins", **entry(cast.reem)).status_code == status
        assert browser.send(f"{person}/check-out", **entry(cast.noura)).status_code == status
        taking_back = browser.send(f"{here}/withdrawals", entry="x", person=cast.noura.id)
        assert taking_back.status_code == status
    assert attendances_of(cast.reem) == []
    assert [one.state for one in attendances_of(cast.noura)] == ["open"]


def test_hudas_own_site_does_not_reach_this_sites_records(cast, browser_of, now):
    attendance_id = check_in(cast.noura, cast.poster, now).attendance_id
    there = f"/floor/{cast.squares.id}/attendances/{attendance_id}"
    huda = browser_of(cast.huda, kind="staff")
    assert huda.get(there).status_code == 404
    assert huda.send(f"{there}/check-out", **entry(cast.noura)).status_code == 404


def test_tapping_twice_is_one_entry(cast, salem, here):
    for _ in range(2):
        follow(salem, salem.send(f"{here}/check-ins", **entry(cast.noura)))
    assert db.session.scalar(db.select(db.func.count()).select_from(Scan)) == 1


def test_a_time_typed_in_arabic_digits_counts(cast, salem, here, now):
    follow(salem, salem.send(f"{here}/check-ins", **entry(cast.noura, at="١٢:٣٠")))
    assert attendances_of(cast.noura)[0].in_at == now - HOUR / 2


def test_a_time_later_than_now_is_yesterdays_and_too_far_away(cast, salem, here):
    sent = salem.send(f"{here}/check-ins", **entry(cast.noura, at="13:30", words="Came on foot"))
    assert sent.status_code == 422
    assert "Choose a time near the shift" in plain(sent)
    kept = {f.get("name"): f.get("value") for f in Page(sent.get_data(as_text=True)).fields}
    assert (kept["at"], kept["words"]) == ("13:30", "Came on foot")
    assert kept["uid"] == entry(cast.noura)["uid"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"reason": ""}, "Choose a reason"),
        ({"reason": "other"}, "Choose a reason"),
        ({"at": "soon"}, "Enter a time"),
    ],
)
def test_what_is_missing_is_said(cast, salem, here, fields, said):
    sent = salem.send(f"{here}/check-ins", **entry(cast.noura, **fields))
    assert sent.status_code == 422
    assert said in plain(sent)
    assert attendances_of(cast.noura) == []


def test_enter_in_a_field_chooses_nobody_and_keeps_what_was_typed(cast, salem, here):
    fields = entry(cast.noura, q="Noura", words="Came on foot")
    del fields["person"]
    sent = salem.send(f"{here}/check-ins", **fields)
    assert sent.status_code == 422
    assert "Press a name to check in" in plain(sent)
    kept = {f.get("name"): f.get("value") for f in Page(sent.get_data(as_text=True)).fields}
    assert (kept["words"], kept["uid"]) == ("Came on foot", fields["uid"])
    assert attendances_of(cast.noura) == []


def test_salem_is_told_kindly_that_another_must_enter_him(cast, salem, here):
    sent = salem.send(f"{here}/check-ins", **entry(cast.salem))
    assert sent.status_code == 422
    assert "Another supervisor must enter your own attendance" in plain(sent)


@pytest.mark.parametrize("person", ["", "x", "999999", "9" * 30])
def test_nobody_of_that_number_is_not_found(cast, salem, here, person):
    sent = salem.send(f"{here}/check-ins", **entry(cast.noura, person=person))
    assert sent.status_code == 404


def test_somebody_expected_later_goes_to_that_shift_others_to_the_running_one(
    cast, salem, here, now
):
    evening = factories.shift(now, cast.mataf, starts=120)
    factories.assign(now, cast.reem, evening)
    walk_in = factories.person(now, "زائرة متطوعة")
    for who in (cast.reem, walk_in):
        follow(salem, salem.send(f"{here}/check-ins", **entry(who)))
    assert attendances_of(cast.reem)[0].shift_id == evening.id
    assert attendances_of(walk_in)[0].shift_id == cast.shift.id
    chosen = entry(cast.faisal, shift=evening.id)
    follow(salem, salem.send(f"{here}/check-ins", **chosen))
    assert attendances_of(cast.faisal)[0].shift_id == evening.id


def pressed(page) -> str:
    """What the one «Check in» of a search sends."""
    (value,) = re.findall(r'name="person" value="([^"]+)"', page.get_data(as_text=True))
    return value


@pytest.fixture
def served(cast, now):
    """Reem was expected this morning, and served; now only the cast's shift runs."""
    morning = factories.shift(now, cast.mataf, starts=-240, minutes=180)
    factories.assign(now, cast.reem, morning)
    factories.check_in(cast.reem, cast.poster, now - 4 * HOUR)
    factories.check_out(cast.reem, morning, now - 2 * HOUR)
    return morning


def test_a_row_says_who_served_already_and_which_shift_a_press_checks_in_to(
    cast, salem, here, served
):
    search = f"{here}/check-ins/new?q={cast.reem.mobile[-4:]}"
    text = salem.text(search)
    assert "12:00 PM to 5:00 PM · Not on the roster" in text
    assert "Was here: 9:00 AM to 11:00 AM" in text
    press = entry(cast.reem, person=pressed(salem.get(search)))
    follow(salem, salem.send(f"{here}/check-ins", **press))
    assert {one.shift_id for one in attendances_of(cast.reem)} == {served.id, cast.shift.id}


def test_a_press_goes_to_the_shift_of_the_row_also_when_another_begins_meanwhile(
    cast, salem, here, now
):
    search = f"{here}/check-ins/new?q={cast.reem.mobile[-4:]}"
    press = entry(cast.reem, person=pressed(salem.get(search)))
    later = factories.shift(now, cast.mataf, starts=10)
    with time_machine.travel(now + HOUR / 4, tick=False):
        follow(salem, salem.send(f"{here}/check-ins", **press))
    assert [one.shift_id for one in attendances_of(cast.reem)] == [cast.shift.id]
    assert later.id != cast.shift.id


def test_whoever_is_here_is_shown_so_and_leads_to_the_record(cast, salem, here, now):
    record = check_in(cast.noura, cast.poster, now - HOUR / 2).attendance_id
    page = salem.get(f"{here}/check-ins/new?q={cast.noura.mobile[-4:]}")
    assert "Checked in since 12:30 PM" in plain(page)
    html = page.get_data(as_text=True)
    assert 'name="person"' not in html
    assert f'href="{here}/attendances/{record}"' in html


def test_whoever_went_out_and_came_back_is_here_since_then(cast, salem, here, now):
    check_in(cast.noura, cast.poster, now - HOUR)
    factories.check_out(cast.noura, cast.shift, now - HOUR / 2)
    check_in(cast.noura, cast.poster, now - HOUR / 6)
    page = salem.get(f"{here}/check-ins/new?q={cast.noura.mobile[-4:]}")
    assert "Checked in since 12:50 PM" in plain(page)


@pytest.mark.parametrize("beside", ["x", "999999", "-1"])
def test_a_tampered_shift_beside_a_name_is_not_there(cast, salem, here, beside):
    sent = salem.send(f"{here}/check-ins", **entry(cast.reem, person=f"{cast.reem.id}-{beside}"))
    assert sent.status_code == 404
    assert attendances_of(cast.reem) == []


def test_a_shift_of_another_site_cannot_be_chosen(cast, salem, here, now):
    there = factories.shift(now, cast.squares)
    sent = salem.send(f"{here}/check-ins", **entry(cast.noura, shift=there.id))
    assert sent.status_code == 422
    assert attendances_of(cast.noura) == []


def test_somebody_already_in_is_noted_and_nothing_changes(cast, salem, here, now):
    check_in(cast.noura, cast.poster, now - HOUR / 2)
    text = plain(follow(salem, salem.send(f"{here}/check-ins", **entry(cast.noura))))
    assert "Already checked in" in text
    assert [one.in_at for one in attendances_of(cast.noura)] == [now - HOUR / 2]


def test_without_a_shift_today_nobody_can_be_entered(cast, browser_of):
    huda = browser_of(cast.huda, kind="staff", lang="en")
    there = f"/floor/{cast.squares.id}/check-ins"
    assert "No shift at this site today" in huda.text(f"{there}/new?q=نورة")
    assert huda.send(there, **entry(cast.noura)).status_code == 404


# --- checking out, taking back -------------------------------------------------------------


def test_a_check_out_by_hand_counts_the_people_served(cast, salem, here, now):
    attendance_id = check_in(cast.noura, cast.poster, now - HOUR).attendance_id
    person = f"{here}/attendances/{attendance_id}"
    assert "12:00 PM" in salem.text(person)
    sent = salem.send(f"{person}/check-out", **entry(cast.noura, beneficiaries="٢٥"))
    assert f"{cast.noura.name} checked out" in plain(follow(salem, sent))
    (left,) = attendances_of(cast.noura)
    assert (left.credited_minutes, left.beneficiaries) == (60, 25)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"beneficiaries": "many"}, "Enter a whole number from 0 to 100,000"),
        ({"at": "noon"}, "Enter a time"),
        ({"reason": ""}, "Choose a reason"),
    ],
)
def test_a_wrong_check_out_loses_nothing(cast, salem, here, now, fields, said):
    attendance_id = check_in(cast.noura, cast.poster, now - HOUR).attendance_id
    address = f"{here}/attendances/{attendance_id}/check-out"
    sent = salem.send(address, **entry(cast.noura, **{"words": "Left early", **fields}))
    assert sent.status_code == 422
    assert said in plain(sent)
    assert "Left early" in sent.get_data(as_text=True)
    assert attendances_of(cast.noura)[0].state == "open"


def undo_fields(page) -> dict[str, str]:
    html = page.get_data(as_text=True)
    toast = re.search(r'class="toast".*?</form>', html, re.S).group(0)
    return dict(re.findall(r'name="(entry|person)" value="([^"]+)"', toast))


def test_an_entry_is_taken_back_from_the_toast(cast, salem, here):
    page = follow(salem, salem.send(f"{here}/check-ins", **entry(cast.noura)))
    sent = salem.send(f"{here}/withdrawals", **undo_fields(page))
    assert "The entry was taken back" in plain(follow(salem, sent))
    assert [one.state for one in attendances_of(cast.noura)] == ["cancelled"]


def test_after_ten_minutes_it_is_too_late_to_take_back(cast, salem, here, now):
    page = follow(salem, salem.send(f"{here}/check-ins", **entry(cast.noura)))
    for minutes in (4, 8):  # at work, so that the screen does not lock
        with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
            salem.page(here)
    with time_machine.travel(now + timedelta(minutes=11), tick=False):
        sent = salem.send(f"{here}/withdrawals", **undo_fields(page))
        assert "too late to undo" in plain(follow(salem, sent))
    assert [one.state for one in attendances_of(cast.noura)] == ["open"]


def test_somebody_elses_entry_cannot_be_taken_back(cast, salem, here, browser_of):
    page = follow(salem, salem.send(f"{here}/check-ins", **entry(cast.noura)))
    layla = browser_of(cast.layla, kind="staff")
    assert layla.send(f"{here}/withdrawals", **undo_fields(page)).status_code == 404
    assert [one.state for one in attendances_of(cast.noura)] == ["open"]
