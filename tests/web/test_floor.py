"""The supervisor's floor: who is here, who asks, live and only for this site."""

import re
from datetime import timedelta

import pytest
import time_machine

from checkin.database import db, transaction
from checkin.models import Attendance, Scan, SignInRequest, Site
from checkin.operations import accounts
from tests import factories
from tests.factories import check_in, check_out
from tests.pages import plain

pytestmark = pytest.mark.usefixtures("at")
HOUR = timedelta(hours=1)
LIVE = {"HX-Request": "true"}


@pytest.fixture
def here(cast) -> str:
    return f"/floor/{cast.mataf.id}"


def follow(browser, response):
    assert response.status_code == 303
    return browser.get(response.headers["Location"])


# --- whose floor ---------------------------------------------------------------------------


def test_salem_goes_straight_to_his_one_site(cast, salem, here):
    assert salem.get("/floor").headers["Location"] == here
    assert "Mataf courtyard" in salem.text(here)


def test_layla_chooses_among_all_sites(cast, browser_of, now):
    check_in(cast.noura, cast.poster, now)
    layla = browser_of(cast.layla, kind="staff", lang="en")
    text = layla.text("/floor")
    assert "1 Mataf courtyard" in text
    assert "0 Squares of the Grand Mosque" in text


def test_another_sites_floor_is_not_there_for_huda(cast, browser_of, here):
    huda = browser_of(cast.huda, kind="staff")
    assert huda.get(here).status_code == 404
    assert huda.get(here, headers=LIVE).status_code == 404


def test_a_volunteer_a_reader_and_an_administrator_see_no_floor(cast, browser_of, here):
    for who in (cast.noura, cast.reem, cast.majed):
        browser = browser_of(who, kind="staff")
        assert browser.get("/floor").status_code == 403
        assert browser.get(here).status_code == 403


def test_a_lead_sees_the_own_shift_and_cannot_enter_anybody(cast, browser_of, here, now):
    led = factories.shift(now, cast.mataf, starts=-30)
    lead = factories.person(now, "قائد الفترة")
    factories.assign(now, lead, led, is_lead=True)
    phone = browser_of(lead, kind="phone", lang="en")
    text = phone.text(f"{here}?show=awaited")
    assert lead.name in text
    assert cast.noura.name not in text
    assert "Check in by hand" not in text
    assert phone.get(f"{here}/check-ins/new").status_code == 403


def test_the_floor_speaks_arabic(cast, browser_of, here):
    text = browser_of(cast.salem, kind="staff", lang="ar").text(here)
    for said in ("الحضور الآن", "بانتظار الحضور", "الانصراف", "للمراجعة", "تسجيل حضور يدوي"):
        assert said in text


def test_nobody_supervising_any_open_site_is_told(cast, browser_of, now):
    @transaction
    def close():
        db.session.get(Site, cast.mataf.id).closed_at = now

    close()
    assert "No site is open" in browser_of(cast.salem, kind="staff", lang="en").text("/floor")


# --- the board -----------------------------------------------------------------------------


def test_the_counters_are_filters(cast, salem, here, now, browser_of):
    assert "0 On the floor now 1 Not arrived yet" in salem.text(here)
    assert cast.noura.name in salem.text(f"{here}?show=awaited")
    check_in(cast.noura, cast.poster, now)
    assert "1 On the floor now 0 Not arrived yet" in salem.text(here)
    assert f"{cast.noura.name} 1:00 PM 0:00" in salem.text(here)
    assert "Present 1:00 PM 0:00" in salem.text(f"{here}?q={cast.noura.mobile[-4:]}")
    with time_machine.travel(now + HOUR, tick=False):
        check_out(cast.noura, cast.shift, now + HOUR)
        salem = browser_of(cast.salem, kind="staff", lang="en")
        assert "Left Needs review 1:00 PM 1:00" in salem.text(f"{here}?show=left")
        assert "Left 1:00 PM 1:00" in salem.text(f"{here}?show=review")
        assert "Nobody here" in salem.text(f"{here}?show=here")


def test_an_unknown_filter_shows_who_is_here(cast, salem, here):
    assert "Nobody here" in salem.text(f"{here}?show=%3Cscript%3E")


def test_whoever_never_checked_out_is_named_so_and_not_among_those_who_left(
    cast, browser_of, here, now
):
    check_in(cast.noura, cast.poster, now)
    with time_machine.travel(now + 9 * HOUR, tick=False):
        text = browser_of(cast.salem, kind="staff", lang="en").text(f"{here}?show=review")
        assert "0 Checked out 1 Needs review" in text
        assert "No check-out 1:00 PM" in text


def test_a_search_looks_at_everybody_of_the_day(cast, salem, here):
    assert cast.noura.name in salem.text(f"{here}?q=نوره")
    assert cast.noura.name in salem.text(f"{here}?q={cast.noura.mobile[-4:]}")
    assert "Nobody found" in salem.text(f"{here}?q=zzz")


def test_looking_changes_nothing(cast, salem, here, now):
    check_in(cast.noura, cast.poster, now)
    before = db.session.scalar(db.select(db.func.count()).select_from(Scan))
    for address in ("/floor", here, f"{here}?show=left", f"{here}/check-ins/new?q=نورة"):
        salem.get(address)
    assert db.session.scalar(db.select(db.func.count()).select_from(Scan)) == before


def test_the_sites_code_hangs_beside_the_board(cast, salem, here, browser_of):
    assert cast.poster.short_code in salem.text(here)
    assert 'shape-rendering="crispEdges"' in salem.get(here).get_data(as_text=True)
    layla = browser_of(cast.layla, kind="staff", lang="en")
    assert "This site has no poster yet" in layla.text(f"/floor/{cast.squares.id}")


# --- requests ------------------------------------------------------------------------------


@pytest.fixture
def stranger(cast, now):
    """Somebody without a shift here, who scanned five minutes ago."""
    who = factories.person(now, "تركي فهد العتيبي")
    check_in(who, cast.poster, now - timedelta(minutes=5))
    return who


def ask(browser, here) -> str:
    html = browser.get(here).get_data(as_text=True)
    return re.search(rf'action="({here}/requests/\d+)"', html).group(1)


def attendance_of(who) -> Attendance:
    db.session.rollback()
    wanted = db.select(Attendance).where(Attendance.volunteer_id == who.id)
    return db.session.scalars(wanted).one()


def test_a_request_is_granted_from_the_moment_of_the_scan(cast, salem, here, stranger, now):
    assert "تركي فهد العتيبي asks to check in · 12:55 PM" in salem.text(here)
    assert "No shift here for this volunteer" in salem.text(here)
    address = ask(salem, here)
    for _ in range(2):
        text = plain(follow(salem, salem.send(address)))
        assert "تركي فهد العتيبي checked in" in text
    assert attendance_of(stranger).in_at == now - timedelta(minutes=5)
    assert "asks to check in" not in salem.text(here)


def test_a_request_names_its_shift_and_is_granted_where_it_was_pressed(
    cast, salem, here, stranger, now
):
    assert "No shift here for this volunteer · Visual screening" in salem.text(here)
    wheelchairs = factories.opportunity(now, name_ar="دفع العربات", name_en="Wheelchairs")
    beside = factories.shift(now, cast.mataf, wheelchairs, starts=-60, minutes=300)
    html = salem.get(here).get_data(as_text=True)
    choices = re.findall(r'name="shift" value="(\d+)".*?aria-label="([^"]*)"', html, re.S)
    assert {int(shift) for shift, _ in choices} == {cast.shift.id, beside.id}
    assert any("Wheelchairs" in said for _, said in choices)
    salem.send(ask(salem, here), shift=cast.shift.id)
    assert attendance_of(stranger).shift_id == cast.shift.id


@pytest.mark.parametrize("passed", ["over", "cancelled", "elsewhere"])
def test_whoever_has_two_places_in_a_day_is_asked_into_the_later_one(
    cast, browser_of, salem, here, stranger, now, passed
):
    site = cast.squares if passed == "elsewhere" else cast.mataf
    cancelled = {"cancelled_at": now} if passed == "cancelled" else {}
    minutes = 60 if passed == "over" else 300
    earlier = factories.shift(now, site, starts=-200, minutes=minutes, **cancelled)
    later = factories.shift(now, cast.mataf, starts=180)
    for place in (earlier, later):
        factories.assign(now, stranger, place)
    layla = browser_of(cast.layla, kind="staff")
    for board, browser in ((here, salem), ("/floor/all", layla)):
        html = browser.get(board).get_data(as_text=True)
        assert re.findall(r'name="shift" value="(\d+)"', html) == [str(later.id)]
    salem.send(ask(salem, here))
    assert attendance_of(stranger).shift_id == later.id


def test_a_shift_that_left_the_board_is_chosen_anew(cast, salem, here, stranger, now):
    address = ask(salem, here)
    factories.alter(cast.shift, cancelled_at=now)
    text = plain(follow(salem, salem.send(address, shift=cast.shift.id)))
    assert "No shift is running here. Choose the shift and check in by hand" in text


def test_a_request_is_declined_and_leaves_the_board(cast, salem, here, stranger):
    address = f"{ask(salem, here)}/refusal"
    assert "Request declined" in plain(follow(salem, salem.send(address)))
    assert "asks to check in" not in salem.text(here)
    wanted = db.select(Attendance).where(Attendance.volunteer_id == stranger.id)
    assert db.session.scalars(wanted).all() == []


@pytest.mark.parametrize("act", ["", "/refusal"])
def test_a_request_is_not_there_for_huda(cast, browser_of, salem, here, stranger, act):
    address = ask(salem, here) + act
    assert browser_of(cast.huda, kind="staff").send(address).status_code == 404
    there = address.replace(here, f"/floor/{cast.squares.id}")
    assert browser_of(cast.huda, kind="staff").send(there).status_code == 404
    assert browser_of(cast.noura, kind="staff").send(address).status_code == 403


def test_only_a_kept_check_in_is_a_request(cast, salem, here, now):
    check_in(cast.noura, cast.poster, now)
    scan_id = db.session.scalar(db.select(Scan.id))
    assert salem.send(f"{here}/requests/{scan_id}").status_code == 404


def test_whoever_the_coordinator_must_see_can_only_be_declined(cast, salem, here, now):
    held = factories.person(now, "موقوف مؤقتًا", suspended_at=now - HOUR)
    check_in(held, cast.poster, now)
    text = salem.text(here)
    assert "The coordinator has to be seen first" in text
    acts = re.findall(r'action="[^"]*/requests/\d+([^"]*)"', salem.get(here).get_data(as_text=True))
    assert acts == ["/refusal"]


# --- confirming sign-ins -------------------------------------------------------------------


@pytest.fixture
def waiting(cast, now):
    """Noura's new phone waits to be vouched for."""
    accounts.request_confirmation(
        cast.noura.mobile, site_id=cast.mataf.id, visitor="visitor", address="10.0.0.1", now=now
    )
    return db.session.scalars(db.select(SignInRequest)).one()


def test_the_supervisor_taps_the_number_on_the_phone(cast, salem, here, waiting):
    html = salem.get(here).get_data(as_text=True)
    numbers = re.findall(r'name="number" value="(\d+)"', html)
    assert len(numbers) == 3
    assert str(waiting.match_number) in numbers
    assert cast.noura.name in plain(salem.get(here))
    sent = salem.send(f"{here}/sign-ins/{waiting.id}", number=waiting.match_number)
    assert "Confirmed" in plain(follow(salem, sent))
    db.session.rollback()
    assert db.session.get(SignInRequest, waiting.id).confirmed_by_id == cast.salem.id
    assert 'name="number"' not in salem.get(here).get_data(as_text=True)


def test_the_mobiles_last_digits_are_the_readers(cast, browser_of, here, waiting):
    salem = browser_of(cast.salem, kind="staff", lang="ar")
    salem.send("/preferences", digits="arab", next=here)
    arabic = cast.noura.mobile[-3:].translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert f"ينتهي بـ {arabic}" in salem.text(here)


@pytest.mark.parametrize("number", ["", "x", "11111111111"])
def test_a_wrong_number_is_told_and_not_confirmed(cast, salem, here, waiting, number):
    text = plain(follow(salem, salem.send(f"{here}/sign-ins/{waiting.id}", number=number)))
    assert "That is not the number on the phone" in text
    assert db.session.get(SignInRequest, waiting.id).confirmed_at is None


def test_two_wait_at_once_and_each_has_its_own_answer(cast, salem, here, now, waiting):
    other = factories.person(now, "منى خالد الحازمي")
    accounts.request_confirmation(
        other.mobile, site_id=cast.mataf.id, visitor="another", address="10.0.0.2", now=now
    )
    (second,) = [
        one for one in db.session.scalars(db.select(SignInRequest)) if one.id != waiting.id
    ]
    assert salem.get(here).text.count('name="number"') == 6
    salem.send(f"{here}/sign-ins/{second.id}", number=second.match_number)
    db.session.expire_all()
    assert db.session.get(SignInRequest, waiting.id).confirmed_at is None
    assert cast.noura.name in salem.text(here)
    assert other.name not in salem.text(here)


def test_the_second_wrong_number_ends_the_request_and_says_who_asks_again(salem, here, waiting):
    address, wrong = f"{here}/sign-ins/{waiting.id}", 10 + (waiting.match_number - 9) % 90
    assert "One try is left" in plain(follow(salem, salem.send(address, number=wrong)))
    assert 'name="number"' in salem.get(here).text
    text = plain(follow(salem, salem.send(address, number=wrong)))
    assert "Wrong number twice" in text
    assert 'name="number"' not in salem.get(here).text
    late = plain(follow(salem, salem.send(address, number=waiting.match_number)))
    assert "This request has ended. The volunteer can ask again" in late


def test_a_request_that_is_too_old_leaves_the_board_by_itself(salem, here, now, waiting):
    """Also from a board that has asked before and of a database in which nothing happens."""
    poll = {"HX-Request": "true", "X-Poll": "1"}
    with time_machine.travel(now, tick=False):
        first = salem.get(here, headers=poll)
        assert 'name="number"' in first.text
        again = {**poll, "If-None-Match": first.headers["ETag"]}
        assert salem.get(here, headers=again).status_code == 304
    with time_machine.travel(waiting.expires_at, tick=False):
        late = salem.get(here, headers=again)
        assert late.status_code == 200
        assert 'name="number"' not in late.text
        sent = salem.send(f"{here}/sign-ins/{waiting.id}", number=waiting.match_number)
        assert "This request has ended" in plain(follow(salem, sent))


def test_afterwards_the_board_is_filtered_as_before(salem, here, waiting):
    page = salem.get(f"{here}?show=awaited").text
    kept = re.search(r'name="next" value="([^"]*show=awaited[^"]*)"', page)
    address = f"{here}/sign-ins/{waiting.id}"
    answer = salem.send(address, number=waiting.match_number, next=kept[1])
    assert answer.location == kept[1]
    elsewhere = salem.send(address, number=0, next="https://evil.example/")
    assert elsewhere.location == here


def test_huda_and_volunteers_confirm_nobody_here(cast, browser_of, here, waiting):
    for who, status in ((cast.huda, 404), (cast.noura, 403)):
        browser = browser_of(who, kind="staff")
        address = f"{here}/sign-ins/{waiting.id}"
        assert browser.send(address, number=waiting.match_number).status_code == status
    there = f"/floor/{cast.squares.id}/sign-ins/{waiting.id}"
    huda = browser_of(cast.huda, kind="staff")
    assert huda.send(there, number=waiting.match_number).status_code == 404
