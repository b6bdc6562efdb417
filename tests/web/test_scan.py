"""A poster's page: one for every row of the decision table, and looking changes nothing."""

import gzip
from datetime import timedelta

import pytest

from checkin.database import db
from checkin.models import Assignment, Message
from checkin.web import message_words
from tests import factories
from tests.pages import plain
from tests.web.scanning import address, attendances_of, opened, press, scans_of, set_values

pytestmark = pytest.mark.usefixtures("at")
MINUTES = timedelta(minutes=1)


@pytest.fixture
def noura(cast, browser_of):
    return browser_of(cast.noura, lang="en")


def test_one_button_names_the_site_and_looking_keeps_nothing(cast, noura):
    text = noura.text(address(cast.poster))
    assert "Check me in at Mataf courtyard" in text
    assert "نورة سعد القحطاني" in text
    assert scans_of(cast.noura) == []


def test_one_tap_checks_in_and_answers_with_a_receipt(cast, noura):
    answer = press(noura, cast.poster)
    (attendance,) = attendances_of(cast.noura)
    assert (answer.status_code, answer.location) == (303, f"/attendances/{attendance.id}")
    assert "You’re checked in 1:00 PM" in noura.text(answer.location)


def test_the_page_is_in_arabic_first(cast, browser_of):
    browser = browser_of(cast.noura)
    assert "تسجيل حضوري في صحن المطاف" in browser.text(address(cast.poster))
    receipt = browser.text(press(browser, cast.poster).location)
    assert "تم تسجيل حضورك 1:00 مساءً الأحد 12 جمادى الآخرة 1448هـ 22 نوفمبر 2026م" in receipt


def test_upper_and_lower_case_addresses_are_one(cast, noura):
    assert noura.text(address(cast.poster).lower()) == noura.text(address(cast.poster))
    answer = noura.send(address(cast.poster).lower(), **opened(noura, cast.poster))
    assert answer.location.startswith("/attendances/")


def test_the_pages_at_a_poster_are_small(cast, noura, client, now):
    asking = client.get(address(cast.poster))
    coming = noura.get(address(cast.poster))
    factories.check_in(cast.noura, cast.poster, now - 60 * MINUTES)
    leaving = noura.get(address(cast.poster))
    for page in (asking, coming, leaving):
        assert len(gzip.compress(page.get_data())) <= 6 * 1024


def test_a_browser_guessing_ahead_gets_no_page(cast, noura):
    for name in ("Sec-Purpose", "Purpose"):
        answer = noura.get(address(cast.poster), headers={name: "prefetch;prerender"})
        assert (answer.status_code, answer.get_data()) == (425, b"")


@pytest.mark.parametrize("code", ["7" * 26, "Z" * 26, "hello", "%D9%A1"])
def test_r1_an_unknown_code_says_so(client, cast, code):
    answer = client.get(f"/S/{code}")
    assert answer.status_code == 404
    assert "الرمز غير معروف" in plain(answer)
    assert answer.text.count('href="/help"') == 1


def test_r1_an_old_poster_says_so_before_anything_else(cast, noura, now):
    press(noura, cast.poster)
    set_values(cast.poster, revoked_at=now)
    answer = noura.get(address(cast.poster))
    assert answer.status_code == 410
    assert "This poster is out of date" in plain(answer)


def test_r4_somebody_on_hold_sees_a_person_and_the_scan_is_kept(cast, noura, now):
    set_values(cast.noura, suspended_at=now)
    assert "Check-in isn’t available for your account" in noura.text(address(cast.poster))
    answer = press(noura, cast.poster)
    assert (answer.status_code, answer.location) == (303, address(cast.poster))
    assert [scan.verdict for scan in scans_of(cast.noura)] == ["held"]
    assert attendances_of(cast.noura) == []


def test_r4_somebody_on_hold_who_is_in_can_leave(cast, noura, now):
    press(noura, cast.poster)
    set_values(cast.noura, suspended_at=now)
    page = noura.text(address(cast.poster))
    assert "Check out" in page
    assert "isn’t available" not in page
    press(noura, cast.poster)
    assert [one.state for one in attendances_of(cast.noura)] == ["closed"]
    assert "Check-in isn’t available for your account" in noura.text(address(cast.poster))


def test_r4_a_minor_needs_the_guardian_first(cast, noura):
    set_values(cast.noura, is_minor=True, guardian_mobile="+966501112233")
    assert "A guardian’s consent is needed" in noura.text(address(cast.poster))


@pytest.mark.parametrize("comes_back", [False, True])
def test_r5_a_second_scan_soon_after_is_reassured(cast, noura, now, comes_back):
    if comes_back:
        factories.check_in(cast.noura, cast.poster, now - 50 * MINUTES)
        factories.check_out(cast.noura, cast.shift, now - 20 * MINUTES)
    factories.check_in(cast.noura, cast.poster, now - 9 * MINUTES)
    text = noura.text(address(cast.poster))
    assert "You’re already checked in You checked in at 12:51 PM" in text
    leaving = noura.get(address(cast.poster) + "?leaving=1")
    assert "How many people did you help?" in plain(leaving)


def test_r6_later_it_is_the_check_out(cast, noura, now):
    factories.check_in(cast.noura, cast.poster, now - 10 * MINUTES)
    text = noura.text(address(cast.poster))
    assert "Checked in at 12:50 PM Time so far 10 minutes" in text


def test_r7_open_elsewhere_can_move_here_in_one_tap(cast, noura, now):
    here = factories.shift(now, cast.squares, starts=-30)
    factories.assign(now, cast.noura, here)
    poster = factories.poster(now, cast.squares)
    factories.check_in(cast.noura, cast.poster, now - 30 * MINUTES)
    assert "You’ve been checked in at Mataf courtyard since 12:30 PM" in noura.text(address(poster))
    answer = press(noura, poster)
    left, came = attendances_of(cast.noura)
    assert (left.state, left.out_at, came.state, came.in_at) == ("closed", now, "open", now)
    assert answer.location == f"/attendances/{came.id}"


def test_r7_or_stay_there(cast, noura, now):
    poster = factories.poster(now, cast.squares)
    done = factories.check_in(cast.noura, cast.poster, now - 30 * MINUTES)
    text = plain(noura.get(address(poster)))
    assert "Stay checked in there" in text
    assert "No shift here is open to you now" in text
    assert "Move me" not in text
    assert f"/attendances/{done.attendance_id}" in noura.get(address(poster)).text


def test_r9_another_site_can_be_asked_for(cast, noura, now):
    poster = factories.poster(now, cast.squares)
    text = noura.text(address(poster))
    assert "Your shift today is at Mataf courtyard" in text
    assert "This code is for Squares of the Grand Mosque" in text
    press(noura, poster)
    assert [scan.verdict for scan in scans_of(cast.noura)] == ["other_site"]
    text = noura.text(address(poster))
    assert "Request sent to the supervisor 1:00 PM" in text
    assert "هدى محمد الزهراني sees it" in text
    assert "Ask to move" not in text


def test_r10_too_early_says_when(cast, browser_of, now):
    poster = factories.poster(now, cast.squares)
    factories.assign(now, cast.salem, factories.shift(now, cast.squares, starts=90))
    text = browser_of(cast.salem, lang="en").text(address(poster))
    assert "Check-in opens at 2:00 PM , in 1 hour Remind me" in text


def test_r10_a_reminder_is_sent_once_when_it_opens(cast, browser_of, now):
    poster = factories.poster(now, cast.squares)
    factories.assign(now, cast.salem, factories.shift(now, cast.squares, starts=90))
    browser = browser_of(cast.salem, lang="en")
    for _ in range(2):
        answer = browser.send(address(poster) + "/reminder")
        assert (answer.status_code, answer.location) == (303, address(poster))
    assert "We will send a message" in browser.text(address(poster))
    again = browser.text(address(poster))
    assert "We will send a message" in again, "also after the page was loaded anew"
    assert "Remind me" not in again
    (message,) = db.session.scalars(db.select(Message))
    assert (message.mobile, message.due_at) == (cast.salem.mobile, now + timedelta(hours=1))
    said = message_words.render(message.template, message.language, message.facts)
    assert said.startswith("Check-in for your shift at ")
    assert said.endswith("The shift starts at 2:30 PM")


def test_r11_late_is_told_without_blame(cast, noura):
    text = noura.text(press(noura, cast.poster).location)
    assert "1 hour after the shift started" in text


def test_r11_coming_back_adds_to_the_shift(cast, noura, now):
    factories.check_in(cast.noura, cast.poster, now - 50 * MINUTES)
    factories.check_out(cast.noura, cast.shift, now - 20 * MINUTES)
    assert "You checked out of this shift at 12:40 PM" in noura.text(address(cast.poster))
    text = noura.text(press(noura, cast.poster).location)
    (attendance,) = attendances_of(cast.noura)
    assert (attendance.state, len(attendance.stints)) == ("open", 2)
    assert "12:10 PM to 12:40 PM from 1:00 PM" in text


def test_r12_closed_can_ask_the_supervisor(cast, browser_of, now):
    strict = factories.opportunity(now, late_minutes=30)
    factories.assign(now, cast.salem, factories.shift(now, cast.squares, strict, starts=-60))
    poster = factories.poster(now, cast.squares)
    browser = browser_of(cast.salem, lang="en")
    assert "Check-in for this shift closed at 12:30 PM" in browser.text(address(poster))
    press(browser, poster)
    assert [scan.verdict for scan in scans_of(cast.salem)] == ["closed"]
    assert "Request sent to the supervisor" in browser.text(address(poster))


def test_r13_joining_takes_one_confirmation(cast, browser_of, now):
    poster = factories.poster(now, cast.squares)
    open_to_all = factories.opportunity(now, walk_ins=True)
    shift = factories.shift(now, cast.squares, open_to_all, starts=-30, seats=2)
    browser = browser_of(cast.salem, lang="en")
    assert "You can join an open shift at this site" in browser.text(address(poster))
    assert press(browser, poster).location.startswith("/attendances/")
    (attendance,) = attendances_of(cast.salem)
    assert attendance.shift_id == shift.id
    assert attendance.flags == ["late_in", "off_roster", "new_device"]


def test_r13_nobody_joins_without_being_asked(cast, browser_of, now):
    poster = factories.poster(now, cast.squares)
    factories.shift(now, cast.squares, factories.opportunity(now, walk_ins=True), starts=-30)
    browser = browser_of(cast.salem, lang="en")
    answer = press(browser, poster, joins="")
    assert answer.location == address(poster)
    assert attendances_of(cast.salem) == []
    assert [scan.verdict for scan in scans_of(cast.salem)] == ["walk_in"]


def test_r14_full_has_a_waiting_list(cast, browser_of, now):
    poster = factories.poster(now, cast.squares)
    open_to_all = factories.opportunity(now, walk_ins=True)
    shift = factories.shift(now, cast.squares, open_to_all, starts=-30, seats=1)
    factories.assign(now, cast.huda, shift)
    browser = browser_of(cast.salem, lang="en")
    assert "All places are taken (1 of 1)" in browser.text(address(poster))
    sent = opened(browser, poster)
    for _ in range(2):
        assert browser.send(address(poster), **sent).location == address(poster)
    assert "You are on the waiting list" in browser.text(address(poster))
    factories.assign(now, cast.noura, shift)
    said = browser_of(cast.layla, lang="en").text(address(poster))
    assert "All places are taken (1 of 1)" in said, "not 2 of 1 where a coordinator added more"
    query = db.select(Assignment.how).where(Assignment.person_id == cast.salem.id)
    assert list(db.session.scalars(query)) == ["waiting"]


def test_r15_no_shift_here(cast, browser_of):
    browser = browser_of(cast.huda, lang="en")
    assert "You have no shift today" in browser.text(address(cast.poster))
    press(browser, cast.poster)
    text = browser.text(address(cast.poster))
    assert "Request sent to the supervisor" in text
    assert "سالم عوض الغامدي sees it" in text


def test_r15_a_cancelled_shift_says_so(cast, noura, now):
    set_values(cast.shift, cancelled_at=now)
    assert "This shift was cancelled" in noura.text(address(cast.poster))


def test_a_shift_poster_leads_to_that_shift(cast, noura, now):
    later = factories.shift(now, cast.mataf, starts=20)
    factories.assign(now, cast.noura, later)
    poster = factories.poster(now, cast.mataf, of=later)
    press(noura, poster)
    (attendance,) = attendances_of(cast.noura)
    assert attendance.shift_id == later.id


def test_a_form_without_an_act_or_an_id_is_refused(cast, noura):
    sent = opened(noura, cast.poster)
    assert noura.send(address(cast.poster), **{**sent, "kind": "fly"}).status_code == 400
    assert noura.send(address(cast.poster), **{**sent, "scan_uid": ""}).status_code == 400
    assert noura.send(address(cast.poster), **{**sent, "scan_uid": "x" * 99}).status_code == 400
    assert scans_of(cast.noura) == []


def test_a_form_from_elsewhere_is_refused(cast, noura):
    sent = opened(noura, cast.poster)
    token = {"csrf_token": noura.token()}
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert noura.post(address(cast.poster), data=sent).status_code == 400
    answer = noura.post(address(cast.poster), data={**sent, **token}, headers=foreign)
    assert answer.status_code == 403
    assert scans_of(cast.noura) == []


# --- the front door ------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["/", "/help", "/privacy"])
@pytest.mark.parametrize("lang", ["ar", "en"])
def test_strangers_find_the_front_door_help_and_the_privacy_notice(client, page, lang):
    client.set_cookie("prefs", f"{lang}.latn.auto")
    assert client.page(page).html["lang"] == lang


def test_a_typed_code_leads_where_the_picture_would(cast, client):
    short, long = cast.poster.short_code, cast.poster.code
    for typed in (short, f" {short[:3]}-{short[3:].lower()} ", long, long.lower()):
        answer = client.send("/codes", code=typed)
        assert (answer.status_code, answer.location) == (303, address(cast.poster))


def test_digits_of_a_typed_code_may_be_arabic(cast, client):
    arabic = cast.poster.short_code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert client.send("/codes", code=arabic).location == address(cast.poster)


@pytest.mark.parametrize("typed", ["", "ABC", "ZZZZZZ", "<b>", "../../etc", "x" * 5000])
def test_an_unknown_typed_code_gets_one_friendly_answer_and_stays(cast, client, typed):
    answer = client.send("/codes", code=typed)
    assert answer.status_code == 422
    assert "الرمز غير معروف" in plain(answer)
    if typed == "ABC":
        assert 'value="ABC"' in answer.text
