"""Looking after volunteers: what staff are told, who lets it stand, what the volunteer reads."""

from datetime import date, time, timedelta

import pytest
import time_machine
from sqlalchemy import event

from checkin.database import db
from checkin.domain.welfare import Limit
from checkin.models import Attendance, Opportunity, Remark, Shift
from checkin.operations import approvals, badges, welfare
from checkin.web import concern_words
from tests import factories
from tests.factories import alter, check_in, check_out
from tests.pages import plain
from tests.web import api
from tests.web.forms import forms_of

pytestmark = pytest.mark.usefixtures("at")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def been(cast, who, now, begins, ends, of=None) -> int:
    """Somebody was at a shift, from then to then in hours before now."""
    minutes = round((ends - begins) * 60)
    shift = factories.shift(now, cast.mataf, of, starts=round(begins * 60), minutes=minutes)
    factories.assign(now - 3 * DAY, who, shift)
    poster = factories.poster(now - 9 * DAY, cast.mataf, shift)
    answer = check_in(who, poster, shift.starts_at)
    check_out(who, shift, shift.ends_at)
    return answer.attendance_id


@pytest.fixture
def long_day(cast, now) -> int:
    """Eleven hours of Noura's until noon."""
    been(cast, cast.noura, now, -13, -6)
    return been(cast, cast.noura, now, -5, -1)


def form_of(browser, attendance_id):
    address = page_of(attendance_id)
    forms = forms_of(browser.get(address).text, address)
    return next(one for one in forms if one.action.endswith("/allowances"))


def page_of(attendance_id) -> str:
    return f"/attendances/{attendance_id}/concerns"


def press(browser, attendance_id, **typed):
    """Fill and send the form of the page."""
    form = form_of(browser, attendance_id)
    prefix = f"allowing{attendance_id}-"
    fields = {**form.fields, **{prefix + name: value for name, value in typed.items()}}
    return browser.send(form.action, **fields)


def bare(text: str) -> str:
    """Without the invisible marks that isolate names and hold numbers together."""
    return text.replace("\u2068", "").replace("\u2069", "").replace("\xa0", " ")


def follow(browser, response):
    assert response.status_code == 303
    return browser.get(response.headers["Location"])


# --- told to staff, and allowed ------------------------------------------------------------


def test_a_supervisor_is_told_and_lets_it_stand(cast, salem, long_day, now):
    assert "Service on this day: 11 hours. Advised: 10 hours at most" in plain(
        salem.get(page_of(long_day))
    )
    page = follow(salem, press(salem, long_day, reason="rested", words="slept nearby"))
    assert "Allowed. The reason is kept with the record" in plain(page)
    shown = plain(salem.get(page_of(long_day)))
    assert f"Allowed by {cast.salem.name}: Has rested: slept nearby" in bare(shown)
    assert "Let it stand" not in shown
    (remark,) = db.session.scalars(db.select(Remark))
    assert (remark.kind, remark.written_by_id) == ("allowance", cast.salem.id)


def test_who_leads_the_shift_lets_it_stand_on_a_phone(cast, browser_of, now, long_day):
    lead = factories.person(now, "لمى عبدالله الثقفي")
    running = factories.shift(now, cast.mataf, starts=-60, minutes=300)
    factories.assign(now - DAY, lead, running, is_lead=True)
    factories.assign(now - DAY, cast.noura, running)
    came = check_in(cast.noura, factories.poster(now, cast.mataf, running), now).attendance_id
    phone = browser_of(lead, kind="phone")
    assert press(phone, came, reason="easier_work").status_code == 303
    (told,) = welfare.concerns([came], now)[came]
    assert told.allowance.by == lead.name
    # the shift before was not this lead's
    assert phone.get(page_of(long_day)).status_code == 404


def test_a_lead_reaches_it_from_the_board_and_a_supervisor_from_the_sheet(
    cast, salem, browser_of, now
):
    been(cast, cast.noura, now, -13, -2)
    lead = factories.person(now, "لمى عبدالله الثقفي")
    factories.assign(now - DAY, lead, cast.shift, is_lead=True)
    came = check_in(cast.noura, cast.poster, now).attendance_id
    board = browser_of(lead).get(f"/floor/{cast.mataf.id}").text
    assert f'href="{page_of(came)}"' in board
    assert page_of(came) not in salem.get(f"/floor/{cast.mataf.id}").text
    sheet = salem.text(f"/floor/{cast.mataf.id}/attendances/{came}")
    assert "Let it stand" in sheet


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"reason": "", "words": "slept nearby"}, "Choose a reason"),
        ({"reason": "other"}, "Choose a reason"),
        ({"reason": "rested", "words": "x" * 201}, "The text is too long"),
    ],
)
def test_a_form_that_is_not_right_says_so_and_keeps_what_was_typed(salem, long_day, typed, said):
    answer = press(salem, long_day, **typed)
    assert answer.status_code == 422
    assert said in plain(answer)
    assert typed.get("words", "") in answer.text
    assert db.session.scalar(db.select(db.func.count()).select_from(Remark)) == 0


def test_twice_is_once_and_the_second_is_told(salem, layla, long_day):
    form = form_of(layla, long_day)
    press(salem, long_day, reason="rested")
    late = {**form.fields, f"allowing{long_day}-reason": "rested"}
    assert "There is nothing to allow any more" in plain(
        follow(layla, layla.send(form.action, **late))
    )
    assert db.session.scalar(db.select(db.func.count()).select_from(Remark)) == 1


def test_only_what_the_page_showed_is_allowed(salem, long_day, now):
    form = form_of(salem, long_day)
    course = factories.opportunity(now, "course", name_en="First aid")
    served = db.session.scalars(
        db.select(Opportunity)
        .join(Shift, Shift.opportunity_id == Opportunity.id)
        .join(Attendance, Attendance.shift_id == Shift.id)
        .where(Attendance.id == long_day)
    ).one()
    alter(served, requires_id=course.id)
    salem.send(form.action, **{**form.fields, f"allowing{long_day}-reason": "rested"})
    assert [one.code for one in welfare.unallowed([long_day], now)[long_day]] == ["course_missing"]


def test_nobody_is_offered_to_allow_it_to_oneself(cast, salem, now):
    been(cast, cast.salem, now, -13, -6)
    own = been(cast, cast.salem, now, -5, -1)
    assert "Let it stand" not in salem.text(page_of(own))
    answer = salem.send(
        f"/attendances/{own}/concerns/allowances",
        **{f"allowing{own}-reason": "rested", f"allowing{own}-about": "long_day"},
    )
    assert "Somebody else has to allow this" in plain(follow(salem, answer))


def test_a_record_without_concerns_says_so(cast, salem, now):
    fine = been(cast, cast.noura, now, -5, -1)
    assert "Nothing to look after in this record" in salem.text(page_of(fine))


def test_it_is_404_for_huda_and_403_for_a_volunteer(cast, browser_of, long_day):
    for who, status in ((cast.huda, 404), (cast.noura, 403)):
        browser = browser_of(who, kind="staff")
        assert browser.get(page_of(long_day)).status_code == status
        sent = browser.send(
            f"/attendances/{long_day}/concerns/allowances",
            **{f"allowing{long_day}-reason": "rested", f"allowing{long_day}-about": "long_day"},
        )
        assert sent.status_code == status
    assert db.session.scalar(db.select(db.func.count()).select_from(Remark)) == 0


# --- told to the volunteer -----------------------------------------------------------------

LONG_AHEAD = "By the end of this shift your service today comes to 12 hours. A good rest is advised"


def test_the_page_with_the_button_says_it_before_the_tap(cast, noura, now):
    been(cast, cast.noura, now, -13, -5)
    before = plain(noura.get(f"/S/{cast.poster.code}"))
    assert "Check me in at" in before
    assert LONG_AHEAD in bare(before)


def test_a_quiet_day_says_nothing(cast, noura):
    assert "rest" not in noura.text(f"/S/{cast.poster.code}")


def test_who_joins_on_the_spot_is_told_as_well(cast, browser_of, now):
    course = factories.opportunity(now, "course", name_en="First aid")
    served = db.session.get(Opportunity, cast.shift.opportunity_id)
    alter(served, requires_id=course.id, walk_ins=True)
    visitor = browser_of(factories.person(now, "زائرة متطوعة"), lang="en")
    told = bare(plain(visitor.get(f"/S/{cast.poster.code}")))
    assert "Join this shift" in told
    assert "This service asks for the course First aid. Please speak to the supervisor" in told


def test_the_receipt_says_it_and_with_whom_it_was_agreed(cast, noura, now):
    been(cast, cast.noura, now, -13, -5)
    came = check_in(cast.noura, cast.poster, now).attendance_id
    assert LONG_AHEAD in bare(noura.text(f"/attendances/{came}"))
    uid = "11111111-1111-4111-8111-111111111111"
    welfare.allow(came, "", uid, reason="rested", by=cast.salem.id, now=now)
    told = bare(noura.text(f"/attendances/{came}"))
    assert f"Agreed with {cast.salem.name}" in told


def test_the_receipt_says_it_while_one_leaves_and_not_for_ever(cast, noura, now, long_day):
    served = "You have served 11 hours today, thank you. A good rest is advised"
    assert served in bare(noura.text(f"/attendances/{long_day}"))
    with time_machine.travel(now + 3 * HOUR, tick=False):
        assert "You have served" not in noura.text(f"/attendances/{long_day}")


def test_a_scan_does_no_work_for_it(cast, now):
    been(cast, cast.noura, now, -13, -5)
    asked = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    check_in(cast.noura, cast.poster, now)
    assert asked
    assert not [sql for sql in asked if "remarks" in sql or "longest_minutes" in sql]


# --- told to who reads the badge -------------------------------------------------------------

AHEAD = "Service on this day by the shift’s end: 12 hours. Advised: 10 hours at most"


@pytest.fixture
def badge(cast, now) -> str:
    been(cast, cast.noura, now, -13, -5)
    return badges.code_of(badges.make([cast.noura.id], by=cast.layla.id, now=now)[0])


def test_the_answer_to_a_badge_tells_the_supervisor(cast, salem, now, badge):
    read = api.act("badge", f"B/{badge}", site_id=cast.mataf.id)
    (told,) = api.results(api.send(salem, read, now=now))
    assert told["outcome"] == "checked_in"
    assert [bare(one) for one in told["concerns"]] == [AHEAD]
    # sent again, it has the same answer
    (again,) = api.results(api.send(salem, read, now=now + HOUR / 60))
    assert (again["outcome"], again["concerns"]) == ("checked_in", told["concerns"])


def test_a_volunteers_own_scan_asks_nothing_more(cast, noura, now):
    been(cast, cast.noura, now, -13, -5)
    asked = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    own = api.act("in", f"S/{cast.poster.code}")
    (told,) = api.results(api.send(noura, own, now=now))
    assert (told["outcome"], told["concerns"]) == ("checked_in", [])
    assert not [sql for sql in asked if "longest_minutes" in sql]


def test_the_badges_page_says_it_before_and_after(cast, salem, now, badge):
    page = salem.text(f"/B/{badge}")
    assert AHEAD in bare(page)
    assert "Let it stand" not in page
    api.send(salem, api.act("badge", f"B/{badge}", site_id=cast.mataf.id), now=now)
    page = salem.text(f"/B/{badge}")
    assert AHEAD in bare(page)
    assert "Let it stand" in page


def test_a_typed_badge_says_it_where_there_are_no_scripts(cast, salem, badge):
    here = f"/sites/{cast.mataf.id}/scanner"
    told = bare(plain(follow(salem, salem.send(here, code=badge))))
    assert f"{cast.noura.name} checked in" in told
    assert AHEAD in told


def test_checking_in_by_hand_says_it_on_the_floor(cast, salem, now):
    been(cast, cast.noura, now, -13, -5)
    entry = {"person": cast.noura.id, "shift": 0, "reason": "no_phone", "q": cast.noura.name}
    uid = "11111111-1111-4111-8111-111111111111"
    sent = salem.send(f"/floor/{cast.mataf.id}/check-ins", uid=uid, **entry)
    told = bare(plain(follow(salem, sent)))
    assert f"{cast.noura.name} checked in" in told
    assert AHEAD in told


# --- told to who approves ------------------------------------------------------------------


def test_a_concern_makes_a_matching_record_an_exception_until_it_is_allowed(
    cast, salem, now, long_day
):
    shift_id = db.session.get(Attendance, long_day).shift_id
    address = f"/shifts/{shift_id}/approvals"
    told = "Service on this day: 11 hours. Advised: 10 hours at most"
    sheet = approvals.sheet_of(shift_id, cast.salem.id, now)
    assert [one.attendance.id for one in sheet.exceptions] == [long_day]
    assert told in bare(salem.text(address))
    review = salem.get(f"/attendances/{long_day}/review").text
    (form,) = [one for one in forms_of(review, "/") if one.action.endswith("/allowances")]
    sent = salem.send(form.action, **{**form.fields, f"allowing{long_day}-reason": "rested"})
    page = bare(plain(follow(salem, sent)))
    assert f"{told}. Allowed by {cast.salem.name}: Has rested" in page
    sheet = approvals.sheet_of(shift_id, cast.salem.id, now)
    assert [one.attendance.id for one in sheet.matching] == [long_day]


def test_what_was_decided_is_no_exception_any_more(cast, salem, now, long_day):
    row = db.session.get(Attendance, long_day)
    approvals.approve(long_day, row.row_version, by=cast.salem.id, now=now)
    (record,) = approvals.sheet_of(row.shift_id, cast.salem.id, now).decided
    assert record.reasons == []
    assert "Let it stand" not in salem.text(f"/attendances/{long_day}/review")


# --- every concern has its words -----------------------------------------------------------

CHAIRS = welfare.Named("دفع العربات", "Wheelchairs")
COURSE = welfare.Named("الإسعافات الأولية", "First aid")
FACTS = {
    "begins": time(22),
    "ends": time(6),
    "minutes": 660,
    "most": 600,
    "service": CHAIRS,
    "course": COURSE,
    "good_until": date(2026, 11, 1),
}


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("say", [concern_words.about, concern_words.kindly])
def test_every_concern_has_a_sentence_of_its_own_in_both_languages(app, say, language):
    with app.test_request_context(headers={"Accept-Language": language}):
        said = [
            say(welfare.Concern(code, FACTS, is_ahead)) for code in Limit for is_ahead in (0, 1)
        ]
    for one in said:
        letters = [letter for letter in one if letter.isalpha()]
        assert letters
        assert all(letter.isascii() for letter in letters) is (language == "en")
    assert len(set(said[::2])) == len(Limit)


def test_the_sentences_say_what_was_noticed(app):
    told = {
        Limit.LONG_DAY: "You have served 11 hours today, thank you. A good rest is advised",
        Limit.MINOR_AT_NIGHT: "Under 18, service from 10:00 PM to 6:00 AM needs the supervisor’s "
        "agreement. Please speak to the supervisor",
        Limit.HEAVY_TOO_LONG: "Wheelchairs is heavy work: 10 hours a day is enough for one person. "
        "Taking turns is advised",
        Limit.COURSE_EXPIRED: "Your course First aid was valid until 1 Nov. The supervisor "
        "can help with renewing it",
    }
    with app.test_request_context(headers={"Accept-Language": "en"}):
        for code, sentence in told.items():
            said = concern_words.kindly(welfare.Concern(code, FACTS))
            assert bare(said) == sentence
