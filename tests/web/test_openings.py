"""Openings as volunteers find them: looking without signing in, joining, waiting, leaving."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from checkin.database import db
from checkin.models import Assignment, Lane
from checkin.operations import openings
from tests import factories
from tests.factories import alter

pytestmark = pytest.mark.usefixtures("at")
DAY = 24 * 60


@pytest.fixture
def call(cast, now):
    about = "We guide visitors.\nWater is there."
    values = {"is_open": True, "about_en": about, "name_ar": "تنظيم الحشود"}
    return factories.opportunity(now, name_en="Crowd flow", **values)


@pytest.fixture
def shift(cast, now, call):
    return factories.shift(now, cast.squares, call, starts=DAY, seats=1)


@pytest.fixture
def stranger(client):
    client.set_cookie("prefs", "en.latn.auto")
    return client


@pytest.fixture
def noura(cast, browser_of):
    return browser_of(cast.noura, kind="phone", lang="en")


def how(shift, person) -> str | None:
    query = db.select(Assignment.how).where(Assignment.shift_id == shift.id)
    return db.session.scalar(query.where(Assignment.person_id == person.id))


def plain(text: str) -> str:
    """Without the marks that keep directions apart."""
    return re.sub("[\u2066-\u2069]", "", text)


def place(shift) -> str:
    return f"/openings/shifts/{shift.id}/place"


def test_anybody_may_look(stranger, cast, call, shift):
    page = stranger.text("/openings")
    for words in ("Crowd flow", "Squares of the Grand Mosque", "1 shift", "Mon"):
        assert words in page
    shown = stranger.text(f"/openings/{call.id}")
    for words in ("We guide visitors.", "Places left: 1", "Join"):
        assert words in shown


def test_what_is_not_published_is_not_found(stranger, cast, now, call, shift):
    plain = factories.opportunity(now, name_en="By invitation")
    factories.shift(now, cast.mataf, plain, starts=DAY)
    assert "By invitation" not in stranger.text("/openings")
    assert stranger.get(f"/openings/{plain.id}").status_code == 404
    alter(shift, is_draft=True)
    assert "Crowd flow" not in stranger.text("/openings")
    assert "No shifts to join now" in stranger.text(f"/openings/{call.id}")
    alter(shift, is_draft=False, cancelled_at=now)
    assert "Crowd flow" not in stranger.text("/openings")


def test_the_list_is_chosen_from_by_day_site_and_type(stranger, cast, now, call, shift):
    for query in ("day=2026-11-23", f"site={cast.squares.id}", "type=general"):
        assert "Crowd flow" in stranger.text(f"/openings?{query}")
    for query in ("day=2026-11-24", f"site={cast.mataf.id}", "type=skilled"):
        assert "Nothing fits what you chose" in stranger.text(f"/openings?{query}")
    assert "Crowd flow" in stranger.text("/openings?day=never&site=x&type=?&page=-1")


def test_the_list_has_pages(stranger, cast, now):
    for number in range(16):
        one = factories.opportunity(now, "course", is_open=True, name_en=f"Call {number}")
        factories.shift(now, cast.mataf, one, starts=DAY + number)
    assert "Page 1 of 2" in stranger.text("/openings")
    assert "Call 15" in stranger.text("/openings?page=2")


def test_a_stranger_signs_in_first_and_comes_back(stranger, shift):
    asked = stranger.get(place(shift))
    assert asked.status_code == 303
    assert asked.location == f"/sign-in?next={place(shift)}"


def test_whoever_joins_or_leaves_sees_the_lane(cast, now, noura, call):
    lane = factories.keep(Lane(site_id=cast.mataf.id, name_ar="المسار 9", name_en="Lane 9"))
    shift = factories.shift(now, cast.mataf, call, starts=DAY, lane_id=lane.id)
    assert "Mataf courtyard – Lane 9" in plain(noura.text(place(shift)))
    noura.send(place(shift))
    assert "Mataf courtyard – Lane 9" in plain(noura.text(f"/openings/shifts/{shift.id}/departure"))


def test_one_confirmation_joins(cast, noura, shift):
    assert "Join this shift?" in noura.text(place(shift))
    done = noura.send(place(shift))
    assert (done.status_code, done.location) == (303, f"/hours#shift-{shift.id}")
    assert how(shift, cast.noura) == "joined"
    page = noura.text("/hours")
    assert "You have a place in this shift" in page
    assert "Give my place back" in page
    assert "You are in it" in noura.text("/openings")
    assert "You have a place in this shift" in noura.text(place(shift))


def test_when_it_is_full_one_waits_and_sees_where(cast, now, noura, shift):
    first = [factories.person(now) for _ in range(3)]
    for one in first:
        openings.join(shift.id, by=one.id, now=now)
    assert "Join the waiting list?" in noura.text(place(shift))
    noura.send(place(shift))
    assert "Waiting list: number 3" in noura.text("/hours")
    openings.leave(shift.id, by=first[1].id, now=now)
    assert "Waiting list: number 2" in noura.text(f"/openings/{shift.opportunity_id}")


def test_the_last_place_taken_meanwhile_leads_to_the_list(cast, now, noura, shift):
    assert "Join this shift?" in noura.text(place(shift))
    openings.join(shift.id, by=factories.person(now).id, now=now)
    noura.send(place(shift))
    assert how(shift, cast.noura) == "waiting"
    assert "A message tells you of a free place" in noura.text("/hours")


def test_what_speaks_against_it_stands_before_the_button(cast, now, noura, call, shift):
    alter(call, requires_id=factories.opportunity(now, "course", name_en="First aid").id)
    page = plain(noura.text(place(shift)))
    assert "No attendance at the required course: First aid" in page
    assert "Confirm and join all the same" in page
    refused = noura.send(place(shift))
    assert refused.status_code == 422
    assert "then confirm" in refused.get_data(as_text=True)
    assert how(shift, cast.noura) is None
    assert noura.send(place(shift), aware="course_missing").status_code == 303


def test_a_place_that_is_waited_for_is_told_where_little_rest_would_be_left(
    cast, now, noura, call, shift
):
    openings.join(shift.id, by=factories.person(now).id, now=now)
    noura.send(place(shift))
    night = factories.shift(now, cast.mataf, call, starts=DAY + 11 * 60, minutes=300)
    page = plain(noura.text(place(night)))
    assert "You wait for a place at Squares of the Grand Mosque, Monday 23 November 2026" in page
    assert "the rest between the two shifts is 7 hours. Advised: 8 hours or more" in page
    assert noura.send(place(night)).status_code == 422
    assert noura.send(place(night), aware="rest_if_given").status_code == 303


def test_what_refuses_has_no_button(cast, now, noura, call, shift):
    beside = factories.shift(now, cast.mataf, starts=DAY + 30)
    factories.assign(now, cast.noura, beside)
    page = noura.text(place(shift))
    assert "You are expected at Mataf courtyard at the same time" in re.sub(
        "[\u2066-\u2069]", "", page
    )
    assert "This shift cannot be joined" in page
    refused = noura.send(place(shift))
    assert refused.status_code == 422
    assert how(shift, cast.noura) is None


def test_every_obstacle_is_said_in_both_languages(cast, now, browser_of, call, shift):
    for rules, person, english in (
        ({"gender": "woman"}, {"gender": "man"}, "This opportunity is for women"),
        ({"gender": "man"}, {"gender": "woman"}, "This opportunity is for men"),
        ({"gender": "man"}, {"gender": None}, "This opportunity is for men"),
        ({"gender": "woman"}, {"gender": None}, "This opportunity is for women"),
        ({"gender": None, "minimum_age": 30}, {"birth_year": 2008}, "from the age of 30"),
        ({"minimum_age": 30}, {"birth_year": None}, "from the age of 30"),
        ({"minimum_age": None}, {"suspended_at": now}, "Joining isn’t available"),
    ):
        alter(call, **rules)
        alter(cast.noura, **person)
        assert english in browser_of(cast.noura, kind="phone", lang="en").text(place(shift))
        arabic = browser_of(cast.noura, kind="phone", lang="ar").text(place(shift))
        assert english not in arabic


def test_leaving_asks_first(cast, noura, shift):
    noura.send(place(shift))
    address = f"/openings/shifts/{shift.id}/departure"
    assert "Give your place back?" in noura.text(address)
    assert noura.send(address).status_code == 303
    assert how(shift, cast.noura) is None
    assert "You are no longer expected there" in noura.text("/hours")
    assert noura.get(address).status_code == 303


def test_nobody_leaves_what_has_begun(cast, now, noura, shift):
    noura.send(place(shift))
    alter(shift, starts_at=now)
    noura.send(f"/openings/shifts/{shift.id}/departure")
    assert "This shift has begun" in noura.text("/hours")
    assert how(shift, cast.noura) == "joined"


def test_a_shift_that_is_not_there_is_not_found(noura, shift):
    alter(shift, is_draft=True)
    for address in (place(shift), f"/openings/shifts/{shift.id}/departure"):
        assert noura.get(address).status_code == 404
        assert noura.send(address).status_code == 404


def test_the_list_of_shifts_says_what_speaks_against_each(cast, now, noura, call, shift):
    alter(call, requires_id=factories.opportunity(now, "course", name_en="First aid").id)
    free = factories.shift(now, cast.squares, call, starts=3 * DAY)
    factories.assign(now, cast.noura, factories.shift(now, cast.mataf, starts=DAY + 30))
    address = f"/openings/{call.id}"
    page = noura.get(address).get_data(as_text=True)
    assert f'href="{place(free)}"' in page
    assert f'href="{place(shift)}"' not in page
    said = plain(noura.text(address))
    assert said.count("You are expected at Mataf courtyard at the same time") == 1
    assert "No attendance at the required course: First aid" in said


@pytest.mark.parametrize(
    ("rule", "known", "why"),
    [
        ({"gender": "man"}, {"gender": "woman"}, "This opportunity is for men"),
        (
            {"minimum_age": 21},
            {"birth_year": 2008},
            "This opportunity is for volunteers from the age of 21",
        ),
    ],
)
def test_who_cannot_join_sees_why_in_place_of_the_button(
    cast, noura, stranger, call, shift, rule, known, why
):
    alter(call, **rule)
    alter(cast.noura, **known)
    address = f"/openings/{call.id}"
    assert why in plain(noura.text(address))
    assert f'href="{place(shift)}"' not in noura.get(address).get_data(as_text=True)
    assert f'href="{place(shift)}"' in stranger.get(address).get_data(as_text=True)


def test_many_shifts_are_asked_about_at_once(cast, now, noura, call, shift):
    address = f"/openings/{call.id}"
    noura.get(address)
    with counted_statements() as few:
        noura.get(address)
    for number in range(2, 12):
        factories.shift(now, cast.squares, call, starts=number * DAY)
    with counted_statements() as many:
        noura.get(address)
    assert len(many) == len(few)


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(*given) -> None:
        seen.append(given[2])

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
