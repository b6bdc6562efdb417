"""The board kept fresh: what a refresh brings, what it costs, and who is still answered."""

import re
import uuid
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import event

from checkin import create_app
from checkin.database import db
from checkin.domain.roles import Role
from checkin.models import Assignment, Grant
from checkin.operations import accounts, tally
from checkin.operations.permissions import Reach
from checkin.web.compression import packed
from tests import factories
from tests.factories import check_in, check_out

pytestmark = pytest.mark.usefixtures("at")
MINUTE = timedelta(minutes=1)
TICK, PAGE = 2_000, 20_000
"""Bytes over the wire: a refresh that brings something, and the page with sixty people."""


@pytest.fixture
def here(cast) -> str:
    return f"/floor/{cast.mataf.id}"


@pytest.fixture
def crowd(cast, now):
    """Sixty people who came one after the other."""
    people = []
    for number in range(60):
        who = factories.person(now, f"متطوع {number} عبدالله القحطاني")
        factories.assign(now - MINUTE, who, cast.shift)
        check_in(who, cast.poster, now - timedelta(seconds=600 - number))
        people.append(who)
    return people


def refresh(browser, address, etag=None, known="", **headers):
    asked = {"HX-Request": "true", "X-Poll": "1", "X-Known": known, **headers}
    return browser.get(address, headers={**asked, **({"If-None-Match": etag} if etag else {})})


def marks(response) -> str:
    """Of all rows and requests in an answer, as the browser says which it has."""
    kept = re.findall(r'data-key="[^"]+" data-mark="([^"]+)"', response.get_data(as_text=True))
    return "".join(kept)


def everything(response) -> str:
    """Of all pieces that are kept, the row of ways included."""
    return "".join(re.findall(r'data-mark="([^"]+)"', response.get_data(as_text=True)))


def order(response) -> str:
    return re.search(r'<tbody data-order="([^"]*)"', response.get_data(as_text=True)).group(1)


def statements(asking) -> int:
    """How many questions the database is asked meanwhile."""
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_more):
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        asking()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len([one for one in asked if not one.startswith(("BEGIN", "ROLLBACK"))])


# --- nothing new ---------------------------------------------------------------------------


def test_the_page_itself_says_what_the_first_refresh_may_leave_out(cast, salem, here, now):
    check_in(cast.noura, cast.poster, now)
    page = salem.get(here).get_data(as_text=True)
    etag = re.search(r'data-etag="([^"]+)"', page).group(1)
    answer = refresh(salem, here, f'W/"{etag}"')
    assert (answer.status_code, answer.get_data()) == (304, b"")


def test_a_refresh_asks_nothing_of_the_board_while_nothing_changes(cast, salem, here, crowd):
    first = refresh(salem, here)
    etag = first.headers["ETag"]
    refresh(salem, here, etag)
    answers = []
    # who it is and which roles they hold, as at every request
    assert statements(lambda: answers.append(refresh(salem, here, etag))) <= 3
    assert answers[0].status_code == 304


def test_what_others_write_elsewhere_costs_one_question_more(cast, salem, here, crowd, now):
    etag = refresh(salem, here).headers["ETag"]
    refresh(salem, here, etag)
    check_in(factories.person(now, "ضيف"), factories.poster(now, cast.squares), now)
    answers = []
    assert statements(lambda: answers.append(refresh(salem, here, etag))) <= 4
    assert answers[0].status_code == 304


def test_a_repeated_refresh_with_other_headers_is_drawn_again(cast, salem, here, crowd):
    first = refresh(salem, here)
    again = refresh(salem, here)
    assert marks(first) == marks(again) != ""


# --- something new -------------------------------------------------------------------------


def test_any_change_is_seen_at_the_next_refresh(cast, salem, here, now):
    etag = refresh(salem, here).headers["ETag"]
    seen = [etag]

    def changed() -> str:
        answer = refresh(salem, here, seen[-1])
        assert answer.status_code == 200
        seen.append(answer.headers["ETag"])
        return answer.get_data(as_text=True)

    check_in(cast.noura, cast.poster, now - 20 * MINUTE)
    assert cast.noura.name in changed()
    check_out(cast.noura, cast.shift, now)
    assert cast.noura.name not in changed()
    stranger = factories.person(now, "تركي فهد العتيبي")
    assert refresh(salem, here, seen[-1]).status_code == 304
    check_in(stranger, cast.poster, now)
    assert stranger.name in changed()
    accounts.request_confirmation(
        cast.noura.mobile, site_id=cast.mataf.id, visitor="v", address="10.0.0.1", now=now
    )
    assert 'name="number"' in changed()
    assert len(set(seen)) == len(seen)


def test_only_what_the_browser_lacks_is_sent(cast, salem, here, crowd, now):
    first = refresh(salem, here)
    assert order(first) == marks(first)
    check_in(cast.noura, cast.poster, now)
    second = refresh(salem, here, first.headers["ETag"], known=marks(first))
    new = marks(second)
    assert (len(new), order(second)) == (8, marks(first) + new)
    assert cast.noura.name in second.get_data(as_text=True)
    assert crowd[0].name not in second.get_data(as_text=True)
    check_out(crowd[0], cast.shift, now)
    third = refresh(salem, here, second.headers["ETag"], known=order(second))
    assert marks(third) == ""
    assert order(third) == order(second)[8:]


@pytest.mark.parametrize("known", ["x", "'<script>", "€" * 8, "A" * 8 + "-" * 7])
def test_what_is_no_mark_is_not_believed(cast, salem, here, now, known):
    check_in(cast.noura, cast.poster, now)
    sent = known.encode().decode("latin-1")
    assert cast.noura.name in refresh(salem, here, known=sent).get_data(as_text=True)


def test_requests_are_kept_by_their_marks_too(cast, salem, here, now):
    stranger = factories.person(now, "تركي فهد العتيبي")
    check_in(stranger, cast.poster, now)
    first = refresh(salem, here)
    assert stranger.name in first.get_data(as_text=True)
    check_in(cast.noura, cast.poster, now)
    second = refresh(salem, here, known=marks(first))
    assert stranger.name not in second.get_data(as_text=True)
    assert marks(first) in second.get_data(as_text=True)


# --- time ----------------------------------------------------------------------------------


def test_minutes_that_pass_are_no_news(cast, salem, here, now):
    check_in(cast.noura, cast.poster, now)
    etag = refresh(salem, here).headers["ETag"]
    with time_machine.travel(now + 3 * MINUTE, tick=False):
        assert refresh(salem, here, etag).status_code == 304


def test_a_name_put_right_is_shown_within_a_minute(cast, salem, here, now):
    check_in(cast.noura, cast.poster, now)
    etag = refresh(salem, here).headers["ETag"]
    factories.alter(cast.noura, name="نورة سعد الزهراني")
    refresh(salem, here, etag)
    with time_machine.travel(now + timedelta(seconds=61), tick=False):
        assert "الزهراني" in refresh(salem, here, etag).get_data(as_text=True)


def test_a_board_turns_by_itself_when_a_shift_opens(cast, browser_of, now):
    soon = factories.shift(now, cast.squares, starts=31, minutes=60)
    factories.assign(now, cast.noura, soon)
    huda, there = browser_of(cast.huda, kind="staff"), f"/floor/{cast.squares.id}?show=awaited"
    etag = refresh(huda, there).headers["ETag"]
    with time_machine.travel(now + timedelta(seconds=59), tick=False):
        assert refresh(huda, there, etag).status_code == 304
    with time_machine.travel(now + timedelta(seconds=61), tick=False):
        assert cast.noura.name in refresh(huda, there, etag).get_data(as_text=True)


# --- who is answered -----------------------------------------------------------------------


def test_a_right_that_has_ended_ends_the_refresh(cast, salem, here, now):
    etag = refresh(salem, here).headers["ETag"]
    grant = db.session.scalar(db.select(Grant).where(Grant.person_id == cast.salem.id))
    factories.alter(grant, until_at=now - MINUTE)
    assert refresh(salem, here, etag).status_code == 403


def test_a_right_for_another_site_does_not_keep_this_one(cast, salem, here, now):
    etag = refresh(salem, here).headers["ETag"]
    grant = db.session.scalar(db.select(Grant).where(Grant.person_id == cast.salem.id))
    factories.alter(grant, site_id=cast.squares.id)
    assert refresh(salem, here, etag).status_code == 404


def test_huda_and_a_volunteer_get_no_refresh(cast, browser_of, salem, here):
    etag = refresh(salem, here).headers["ETag"]
    assert refresh(browser_of(cast.huda, kind="staff"), here, etag).status_code == 404
    assert refresh(browser_of(cast.noura, kind="staff"), here, etag).status_code == 403


def test_a_second_process_says_the_same(cast, app, salem, here, now):
    check_in(cast.noura, cast.poster, now)
    first = refresh(salem, here)
    settings = {name: app.config[name] for name in ("DATABASE_URL", "SECRET_KEY", "TESTING")}
    other = create_app({**settings, "JOBS": False}).test_client()
    for name in ("device", "prefs"):
        other.set_cookie(name, salem.get_cookie(name).value)
    answer = refresh(other, here, first.headers["ETag"])
    assert answer.status_code == 304
    late = factories.person(now, "تركي فهد العتيبي")
    factories.assign(now, late, cast.shift)
    check_in(late, cast.poster, now)
    both = [refresh(one, here, first.headers["ETag"]) for one in (salem, other)]
    assert [one.status_code for one in both] == [200, 200]
    assert both[0].headers["ETag"] == both[1].headers["ETag"]
    with other.application.app_context():
        db.engine.dispose()


# --- what it weighs ------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_the_page_with_sixty_people_is_light(cast, browser_of, here, crowd, lang):
    salem = browser_of(cast.salem, kind="staff", lang=lang)
    page = salem.get(here).get_data()
    assert page.count(b"<tr ") == 60
    assert len(packed(page)) <= PAGE


def test_a_refresh_that_brings_something_is_light(cast, salem, here, crowd, now):
    known = everything(refresh(salem, here))
    for late in range(3):
        who = factories.person(now, f"متأخر {late} عن الفترة")
        factories.assign(now, who, cast.shift)
        check_in(who, cast.poster, now)
    check_in(factories.person(now, "عابر سبيل"), cast.poster, now)
    answer = refresh(salem, here, known=known)
    assert len(marks(answer)) == 8 * 4
    assert len(packed(answer.get_data())) <= TICK


# --- several sites -------------------------------------------------------------------------


@pytest.fixture
def both(cast, browser_of, now):
    """Salem, who supervises both sites today; somebody is at each."""
    factories.grant(now, cast.salem, Role.SUPERVISOR, site_id=cast.squares.id)
    there = factories.shift(now, cast.squares, starts=-30)
    guest = factories.person(now, "ضيف الساحات")
    factories.assign(now, guest, there)
    check_in(guest, factories.poster(now, cast.squares), now)
    check_in(cast.noura, cast.poster, now)
    return browser_of(cast.salem, kind="staff", lang="en")


def test_a_supervisor_of_two_sites_sees_both_at_once(cast, both):
    assert both.get("/floor").headers["Location"] == "/floor/all"
    text = both.text("/floor/all")
    assert "2 On the floor now" in text
    assert f"{cast.noura.name} Mataf courtyard Visual screening" in text
    assert "ضيف الساحات Squares of the Grand Mosque Visual screening" in text


def test_one_tap_leads_to_one_site_or_one_shift(cast, both, here):
    page = both.get("/floor/all").get_data(as_text=True)
    assert f'href="{here}?show=here"' in page
    assert f"/floor/all?show=here&amp;shift={cast.shift.id}" in page
    text = both.text(f"/floor/all?shift={cast.shift.id}")
    assert "1 On the floor now" in text
    assert "ضيف الساحات" not in text


def test_a_shift_of_somebody_else_is_not_asked_for(cast, salem, here, both, now):
    foreign = factories.shift(now, cast.squares)
    assert "1 On the floor now" in salem.text(f"{here}?shift={foreign.id}")
    assert salem.get(f"{here}?shift=none").status_code == 200


def test_requests_at_each_own_site_stand_on_the_common_board(cast, both, now):
    stranger = factories.person(now, "تركي فهد العتيبي")
    check_in(stranger, factories.poster(now, cast.squares), now)
    html = both.get("/floor/all").get_data(as_text=True)
    assert f'action="/floor/{cast.squares.id}/requests/' in html
    assert f'action="/floor/{cast.mataf.id}/requests/' not in html


def test_the_common_board_is_kept_fresh_as_well(cast, both, now):
    etag = refresh(both, "/floor/all").headers["ETag"]
    assert refresh(both, "/floor/all", etag).status_code == 304
    check_out(cast.noura, cast.shift, now + MINUTE)
    assert "1</span>" in refresh(both, "/floor/all", etag).get_data(as_text=True)


def test_a_lead_sees_only_the_own_shift_on_any_board(cast, browser_of, here, now):
    led = factories.shift(now, cast.mataf, starts=-30)
    lead = factories.person(now, "قائد الفترة")
    factories.assign(now, lead, led, is_lead=True)
    check_in(cast.noura, cast.poster, now)
    phone = browser_of(lead, kind="phone", lang="en")
    for address in (here, "/floor/all", f"{here}?shift={cast.shift.id}"):
        text = phone.text(f"{address}{'&' if '?' in address else '?'}show=here")
        assert cast.noura.name not in text
        assert "0 On the floor now" in text


def test_a_lead_no_more_is_refused_at_the_next_refresh(cast, browser_of, here, now):
    led = factories.shift(now, cast.mataf, starts=-30)
    lead = factories.person(now, "قائد الفترة")
    factories.assign(now, lead, led, is_lead=True)
    phone = browser_of(lead, kind="phone", lang="en")
    etag = refresh(phone, here).headers["ETag"]
    kept = db.session.scalar(db.select(Assignment).where(Assignment.person_id == lead.id))
    factories.alter(kept, is_lead=False)
    assert refresh(phone, here, etag).status_code == 403


def test_whoever_has_too_many_sites_chooses(cast, browser_of, now):
    layla = browser_of(cast.layla, kind="staff", lang="en")
    assert layla.get("/floor/all").status_code == 200
    assert 'href="/floor/all"' in layla.get("/floor").get_data(as_text=True)
    for number in range(12):
        factories.site(now, f"باب {number}", f"Gate {number}")
    assert layla.get("/floor/all").headers["Location"] == "/floor"
    assert "Gate 11" in layla.text("/floor")
    assert 'href="/floor/all"' not in layla.get("/floor").get_data(as_text=True)


def test_volunteers_have_no_common_board(cast, browser_of):
    assert browser_of(cast.noura, kind="staff").get("/floor/all").status_code == 403


# --- states --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("starts", "minutes", "said"),
    [
        (300, 60, "This shift has not begun Check-in opens at 5:30 PM"),
        (-300, 60, "This shift is over Nobody is checked in any more."),
        (-10, 60, "Nobody here"),
    ],
)
def test_an_empty_list_says_why(cast, browser_of, now, starts, minutes, said):
    factories.shift(now, cast.squares, starts=starts, minutes=minutes)
    huda = browser_of(cast.huda, kind="staff", lang="en")
    assert said in huda.text(f"/floor/{cast.squares.id}")


def test_a_cancelled_shift_and_no_shift_are_told(cast, browser_of, now):
    huda, there = browser_of(cast.huda, kind="staff", lang="en"), f"/floor/{cast.squares.id}"
    assert "No shift at this site today" in huda.text(there)
    factories.shift(now, cast.squares, cancelled_at=now)
    text = huda.text(there)
    assert "This shift was cancelled" in text
    assert "Cancelled" in text


def test_a_deleted_volunteer_is_not_awaited_and_who_came_still_counts(cast, salem, here, now):
    came = factories.person(now, "متطوع محذوف", mobile=None)
    factories.assign(now, came, cast.shift)
    check_in(came, cast.poster, now)
    for who in (cast.noura, came):
        factories.alter(who, erased_at=now)
    text = salem.text(here)
    assert "1 On the floor now 0 Not arrived yet" in text
    assert cast.noura.name not in salem.text(f"{here}?show=awaited")


def test_an_ended_shift_can_be_closed_from_the_board(cast, browser_of, now):
    over = factories.shift(now, cast.squares, starts=-300, minutes=60)
    huda = browser_of(cast.huda, kind="staff")
    page = huda.get(f"/floor/{cast.squares.id}").get_data(as_text=True)
    assert f'href="/shifts/{over.id}/closing"' in page


def test_a_lane_that_counts_is_one_tap_away(cast, salem, here, now):
    assert "Lane tally" not in salem.text(here)
    lane = factories.opportunity(now, service_id=factories.service(counted_by="lane").id)
    counted = factories.shift(now, cast.mataf, lane, starts=-30)
    address = f'href="{here}/tally/{counted.id}"'
    assert address in salem.get(here).get_data(as_text=True)
    etag = refresh(salem, here).headers["ETag"]
    pressed = tally.Tap(str(uuid.uuid4()), counted.id, 15)
    tally.tap(pressed, by=cast.salem.id, reach=Reach(everywhere=True), now=now)
    assert "15</span>" in refresh(salem, here, etag).get_data(as_text=True)


def test_whoever_may_need_looking_after_is_named_on_the_row(cast, salem, here, now):
    course = factories.opportunity(now, "course", name_ar="دورة", name_en="Course")
    asked = factories.opportunity(now, requires_id=course.id)
    strict = factories.shift(now, cast.mataf, asked, starts=-30)
    who = factories.person(now, "تركي فهد العتيبي")
    factories.assign(now, who, strict)
    check_in(who, factories.poster(now, cast.mataf, strict), now)
    check_in(cast.noura, cast.poster, now)
    text = salem.text(here)
    assert "تركي فهد العتيبي Course not attended" in text
    assert f"{cast.noura.name} Course not attended" not in text


def test_the_other_ways_to_look_are_one_tap_away(cast, salem, here, browser_of):
    page = salem.get(here).get_data(as_text=True)
    for name in ("roll-call", "head-count", "spot-check", "evacuation"):
        assert f'href="{here}/{name}"' in page
