"""The shift plan: weeks, new shifts, changes that meet, cancelling and restoring."""

import re
from datetime import date, timedelta

import pytest
import time_machine

from checkin.database import db
from checkin.models import Message, Shift
from checkin.operations import shifts, sites
from checkin.operations.permissions import Reach
from tests import factories
from tests.factories import check_in
from tests.pages import plain

pytestmark = pytest.mark.usefixtures("at")
EVERYWHERE = Reach(everywhere=True)


@pytest.fixture
def fields(cast):
    return {
        "opportunity_id": cast.shift.opportunity_id,
        "site_id": cast.mataf.id,
        "lane_id": "",
        "day": "2026-11-22",
        "starts": "22:00",
        "ends": "02:00",
        "seats": "٢٥",
    }


def stored(shift_id):
    return shifts.find(shift_id, EVERYWHERE)


def test_a_night_shift_ends_on_the_next_day_and_says_so(cast, layla, fields):
    made = layla.send("/shifts/new", **fields)
    assert made.status_code == 303
    page = layla.text(made.location)
    assert "10:00 PM Sun to 2:00 AM Mon" in page
    assert "0 of 25" in page
    assert stored(int(made.location.rsplit("/", 1)[1])).work_on == date(2026, 11, 22)


def test_a_night_shift_reads_right_in_arabic(cast, browser_of, layla, fields):
    made = layla.send("/shifts/new", **fields)
    page = browser_of(cast.layla, kind="staff").text(made.location)
    assert "من 10:00 م الأحد إلى 2:00 ص الاثنين" in page


def test_repeated_shifts_lead_to_their_week(cast, layla, fields):
    made = layla.send("/shifts/new", **{**fields, "until": "2026-11-24"})
    page = layla.text(made.location)
    assert page.count("10:00 PM Sun") == 1
    assert "10:00 PM Tue to 2:00 AM Wed" in page


def test_a_shift_is_repeated_on_chosen_weekdays_until_a_day(cast, layla, fields):
    chosen = {"until": "2026-12-03", "weekdays": ["1", "3"]}
    layla.send("/shifts/new", **{**fields, **chosen})
    made = db.session.scalars(db.select(Shift.work_on).where(Shift.id != cast.shift.id))
    days = [day.day for day in made.all()]
    assert days == [22, 23, 25, 30, 2]


def test_a_shift_may_stay_a_draft(cast, layla, fields):
    made = layla.send("/shifts/new", **{**fields, "is_draft": "y"})
    assert stored(int(made.location.rsplit("/", 1)[1])).is_draft
    assert "Draft" in layla.text(made.location)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"opportunity_id": ""}, "Fill in: Opportunity"),
        ({"site_id": ""}, "Fill in: Site"),
        ({"day": ""}, "Fill in: Day"),
        ({"day": "31/12"}, "Enter a date"),
        ({"starts": "25:00"}, "Enter a time"),
        ({"ends": "21:00"}, "A shift lasts 16 hours at most"),
        ({"seats": "0"}, "Enter a number from 1 to"),
        ({"day": "2026-11-20"}, "This time is over already"),
        ({"day": "2026-11-20", "until": "2026-11-24"}, "This time is over already"),
        ({"until": "2026-11-01"}, "The repeats end before the first day"),
        ({"until": "2030-01-01"}, "Repeat it on 120 days at most"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(cast, layla, fields, values, said):
    refused = layla.send("/shifts/new", **{**fields, **values})
    assert refused.status_code == 422
    body = refused.get_data(as_text=True)
    assert said in body
    if "starts" not in values:
        assert 'value="22:00"' in body
    assert db.session.scalar(db.select(db.func.count()).select_from(Shift)) == 1


def test_a_lane_of_another_site_is_refused_beside_the_lane(cast, now, layla, fields):
    lane = sites.add_lane(cast.squares.id, "المسار 1", "Lane 1", by=cast.layla.id, now=now)
    refused = layla.send("/shifts/new", **{**fields, "lane_id": lane})
    assert "This lane is at another site" in refused.get_data(as_text=True)


def test_a_lane_is_offered_with_its_site(cast, now, layla):
    """Several sites call a lane the same."""
    for site in (cast.mataf, cast.squares):
        sites.add_lane(site.id, "المسار 1", "Lane 1", by=cast.layla.id, now=now)
    body = layla.text("/shifts/new")
    for site in (cast.mataf, cast.squares):
        assert f"{site.name_en} · Lane 1" in body


def test_fewer_seats_than_people_are_saved_with_a_word(cast, now, layla, fields):
    shift = factories.shift(now, cast.mataf, starts=600, minutes=240, seats=5)
    for number in range(2):
        factories.assign(now, factories.person(now, f"نورة {number}"), shift)
    for seats, is_said in ((2, False), (1, True)):
        values = {**fields, "seats": seats, "row_version": stored(shift.id).row_version}
        assert layla.send(f"/shifts/{shift.id}/details", **values).status_code == 303
        said = "On the roster: 2, needed: 1. Nobody was taken off"
        assert (said in layla.text(f"/shifts/{shift.id}")) is is_said


def test_links_offer_what_they_are_about(cast, layla):
    address = f"/shifts/new?opportunity={cast.shift.opportunity_id}&site={cast.mataf.id}"
    body = layla.get(f"{address}&day=2026-11-25").get_data(as_text=True)
    chosen = re.findall(r'<option selected value="(\d+)"', body)
    assert chosen == [str(cast.mataf.id)]
    assert f'name="opportunity_id" value="{cast.shift.opportunity_id}"' in body
    assert 'value="Visual screening at the gates"' in body
    assert 'value="2026-11-25"' in body


def test_the_week_starts_on_sunday_and_turns(cast, now, layla):
    factories.shift(now, cast.squares, starts=7 * 24 * 60)
    this = layla.text("/shifts")
    assert "Week of Sunday 22 November 2026" in this
    assert "Mataf courtyard" in this
    assert "Saturday 28 November 2026" in this
    following = layla.text("/shifts?week=2026-12-01")
    assert "Week of Sunday 29 November 2026" in following
    assert "This week" in following
    assert "12:00 PM to 5:00 PM" not in following


def test_an_empty_week_says_so(cast, layla):
    assert "No shifts in this week" in layla.text("/shifts?week=2026-01-01")
    assert "Week of Sunday 22 November 2026" in layla.text("/shifts?week=never")


def test_the_week_is_shown_for_one_site(cast, now, layla):
    factories.shift(now, cast.squares, starts=60, minutes=60)
    assert "2:00 PM to 3:00 PM" in layla.text(f"/shifts?site={cast.squares.id}")
    assert "12:00 PM to 5:00 PM" not in layla.text(f"/shifts?site={cast.squares.id}")
    assert "2:00 PM to 3:00 PM" not in layla.text(f"/shifts?site={cast.mataf.id}")


def test_two_coordinators_at_once_one_wins_and_the_other_is_told(cast, layla, fields):
    address = f"/shifts/{cast.shift.id}/details"
    body = layla.get(address).get_data(as_text=True)
    seen = re.search(r'name="row_version"[^>]*value="(\d+)"', body)[1]
    first = {**fields, "starts": "12:00", "ends": "17:00", "row_version": seen}
    assert layla.send(address, **{**first, "seats": "50"}).status_code == 303
    late = layla.send(address, **{**first, "seats": "60"})
    assert late.status_code == 422
    assert "Somebody changed this shift meanwhile" in late.get_data(as_text=True)
    assert stored(cast.shift.id).seats == 50
    fresh = re.search(r'name="row_version"[^>]*value="(\d+)"', late.get_data(as_text=True))[1]
    again = layla.send(address, **{**first, "seats": "60", "row_version": fresh})
    assert again.status_code == 303
    assert stored(cast.shift.id).seats == 60


def test_cancelling_asks_first_and_can_be_taken_back(cast, now, layla):
    address = f"/shifts/{cast.shift.id}/cancellation"
    asked = layla.text(address)
    assert cast.noura.name in asked
    check_in(cast.noura, cast.poster, now)
    assert "Cancel this shift?" in asked
    assert "1 volunteer" in asked
    assert stored(cast.shift.id).cancelled_at is None
    done = layla.send(address)
    assert "This shift is cancelled" in layla.text(done.location)
    assert "Cancelled" in layla.text("/shifts")
    layla.send(f"/shifts/{cast.shift.id}/restoration")
    assert stored(cast.shift.id).cancelled_at is None


def test_whoever_is_checked_in_is_named_before_and_told_afterwards(cast, now, layla, browser_of):
    check_in(cast.noura, cast.poster, now)
    asked = layla.text(f"/shifts/{cast.shift.id}/cancellation")
    assert "Checked in now: 1 volunteer" in asked
    assert cast.noura.name in asked
    layla.send(f"/shifts/{cast.shift.id}/cancellation")
    noura = browser_of(cast.noura, lang="en")
    with time_machine.travel(now + timedelta(minutes=20), tick=False):
        page = noura.text(f"/S/{cast.poster.code}")
    assert "This shift was cancelled. Your record stays" in page
    assert "Check out" in page


def test_a_closed_shift_stays_as_it_is(cast, now, layla, fields):
    factories.alter(cast.shift, closed_at=now)
    refused = layla.send(f"/shifts/{cast.shift.id}/cancellation")
    assert "This shift is closed and stays as it is" in layla.text(refused.location)
    late = layla.send(f"/shifts/{cast.shift.id}/details", **fields, row_version="1")
    assert "This shift is closed" in plain(late)


def test_people_and_lanes_in_two_places_are_shown_not_forbidden(cast, now, layla):
    factories.assign(now, cast.noura, factories.shift(now, cast.squares, starts=60))
    page = layla.text(f"/shifts/{cast.shift.id}")
    assert f"{cast.noura.name} has another shift at the same time" in page.replace("  ", " ")
    assert "Squares of the Grand Mosque" in page


def test_a_moved_shift_with_attendance_keeps_its_site(cast, now, layla, fields):
    check_in(cast.noura, cast.poster, now)
    moved = {**fields, "site_id": cast.squares.id, "row_version": "1"}
    refused = layla.send(f"/shifts/{cast.shift.id}/details", **moved)
    assert "the opportunity and the site stay" in refused.get_data(as_text=True)


@pytest.mark.parametrize("who", ["noura", "salem", "huda", "majed"])
def test_only_coordinators_enter(cast, browser_of, fields, who):
    browser = browser_of(getattr(cast, who), kind="staff")
    for address in ("/shifts", "/shifts/new", f"/shifts/{cast.shift.id}"):
        assert browser.get(address).status_code == 403
    assert browser.send("/shifts/new", **fields).status_code == 403
    assert browser.send(f"/shifts/{cast.shift.id}/cancellation").status_code == 403
    assert stored(cast.shift.id).cancelled_at is None


def test_a_shift_that_is_not_there_is_not_found(layla):
    for address in ("/shifts/9999", "/shifts/9999/details", "/shifts/9999/cancellation"):
        assert layla.get(address).status_code == 404


def test_a_week_far_away_does_not_break(layla):
    for day in ("0001-01-01", "9999-12-31"):
        assert layla.get(f"/shifts?week={day}").status_code == 200


def markup(who, address):
    return who.get(address).get_data(as_text=True)


def test_of_hundreds_of_shifts_one_day_is_listed(cast, now, layla, monkeypatch):
    monkeypatch.setattr("checkin.web.shifts.MOST_LISTED", 3)
    made = [factories.shift(now + timedelta(days=days), cast.mataf) for days in (1, 1, 2)]
    today, tomorrow = markup(layla, "/shifts"), markup(layla, "/shifts?day=2026-11-23")
    assert f"/shifts/{cast.shift.id}" in today
    assert f"/shifts/{made[0].id}" not in today
    assert "/shifts?week=2026-11-22&amp;day=2026-11-23#day-2026-11-23" in today
    assert "2 shifts" in today
    assert f"/shifts/{made[1].id}" in tomorrow
    assert f"/shifts/{cast.shift.id}" not in tomorrow
    assert f"/shifts/{cast.shift.id}" in markup(layla, "/shifts?day=2026-11-27")


@pytest.fixture
def over(cast, now):
    """A shift of three days ago, on which Noura was expected."""
    shift = factories.shift(now, cast.mataf, starts=-3 * 24 * 60, minutes=60, seats=25)
    factories.assign(now, cast.noura, shift)
    return shift


@pytest.fixture
def corrected(over, fields):
    times = {"starts": "13:00", "ends": "14:00", "row_version": "1"}
    return {**fields, **times, "opportunity_id": over.opportunity_id}


def test_who_is_told_that_a_past_shift_comes_after_all_is_said_first(layla, over, corrected):
    address, fields = f"/shifts/{over.id}/details", corrected
    assert "They get a message" not in layla.text(address)
    asked = layla.send(address, **{**fields, "day": "2026-11-26"})
    assert asked.status_code == 422
    page = asked.get_data(as_text=True)
    assert "They get a message about the change" in page
    assert 'value="2026-11-26"' in page
    assert 'name="seen"' in page
    assert db.session.scalars(db.select(Message.id)).all() == []
    saved = layla.send(address, **{**fields, "day": "2026-11-26"}, seen="1")
    assert saved.status_code == 303
    assert db.session.scalars(db.select(Message.template)).all() == ["shift_moved"]


def test_a_past_shift_corrected_to_another_past_day_tells_and_asks_nobody(layla, over, corrected):
    address = f"/shifts/{over.id}/details"
    assert layla.send(address, **{**corrected, "day": "2026-11-18"}).status_code == 303
    assert stored(over.id).work_on == date(2026, 11, 18)
    assert db.session.scalars(db.select(Message.id)).all() == []


def test_how_many_are_likely_to_come_is_said_once_the_past_tells(cast, now, layla):
    last = factories.shift(now, cast.mataf, starts=-7 * 24 * 60)
    coming = factories.shift(now, cast.mataf, starts=24 * 60, seats=16)
    for shift in (last, coming):
        factories.alter(shift, opportunity_id=cast.shift.opportunity_id)
    people = [factories.person(now, f"أمل {letter} الحربي") for letter in "ابتثجحخدذرزس"]
    for person in people[:10]:
        factories.assign(now, person, last)
    for person in people:
        factories.assign(now, person, coming)
    address = f"/shifts/{coming.id}"
    there = factories.poster(now - timedelta(days=8), cast.mataf, last)
    for person in people[:8]:
        check_in(person, there, last.starts_at)
    assert "12 of 16" in layla.text(address)
    assert "Likely to come About 10, as of the last shift" in layla.text(address)
    assert "Likely: 10" in layla.text(f"/plan?week=2026-11-22&site={cast.mataf.id}")
    assert "Likely to come" not in layla.text(f"/shifts/{last.id}")
