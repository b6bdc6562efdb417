"""A lane's tally: its page, its form for browsers without scripts, and taps sent in batches."""

import re
import uuid
from datetime import timedelta

import pytest
import time_machine

from checkin.database import db
from checkin.models import TallyTap
from checkin.operations import tally
from tests import factories
from tests.web.api import SAME_ORIGIN

pytestmark = pytest.mark.usefixtures("at")
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def lane(cast, now):
    return factories.lane_shift(now, cast.mataf)


@pytest.fixture
def here(cast, lane) -> str:
    return f"/floor/{cast.mataf.id}/tally/{lane.id}"


@pytest.fixture
def salem(cast, browser_of):
    return browser_of(cast.salem, kind="staff", lang="en")


@pytest.fixture
def lead(cast, lane, browser_of, now):
    """Somebody who leads this shift, on their own phone."""
    who = factories.person(now, "فهد سالم الحربي")
    factories.assign(now, who, lane, is_lead=True)
    return browser_of(who, kind="phone", lang="en")


def total(lane) -> int | None:
    db.session.rollback()
    return tally.taps_of([lane.id]).get(lane.id)


def taps() -> list[TallyTap]:
    return list(db.session.scalars(db.select(TallyTap).order_by(TallyTap.id)))


def one(lane, amount: int, at, **more) -> dict:
    made = {"uid": str(uuid.uuid4()), "shift_id": lane.id, "amount": amount}
    return {**made, "device_at": at.isoformat(), **more}


def send(browser, *sent: dict, now, headers=SAME_ORIGIN):
    body = {"taps": sent, "sent_at": now.isoformat()}
    with time_machine.travel(now, tick=False):
        return browser.post("/api/v1/tallies", json=body, headers=headers)


def results(response) -> list[dict]:
    assert response.status_code == 200, response.get_data(as_text=True)
    return response.get_json()["results"]


# --- whose tally ---------------------------------------------------------------------------


def test_salem_sees_the_tally_of_a_lane_at_his_site(salem, here, lane):
    shown = salem.text(here)
    assert "Lane tally" in shown
    assert "Lane 7" in shown
    assert "Crowd-flow lanes at the Mataf" in shown
    assert "Nothing tapped yet" in shown


def test_the_lead_of_the_shift_taps_on_a_phone(lead, here, lane):
    assert lead.send(here, uid=str(uuid.uuid4()), amount=10).headers["Location"] == here
    assert total(lane) == 10


def test_another_site_s_lane_is_not_there_for_huda(cast, browser_of, here, lane, now):
    huda = browser_of(cast.huda, kind="staff")
    assert huda.get(here).status_code == 404
    assert huda.send(here, uid=str(uuid.uuid4()), amount=5).status_code == 404
    assert huda.get(f"/api/v1/tallies/{lane.id}").status_code == 404
    (told,) = results(send(huda, one(lane, 5, now), now=now))
    assert (told["status"], told["outcome"]) == (422, "not_found")
    assert taps() == []


def test_a_volunteer_may_not_count(cast, browser_of, here, lane, now):
    noura = browser_of(cast.noura)
    assert noura.get(here).status_code == 403
    assert noura.send(here, amount=5).status_code == 403
    (told,) = results(send(noura, one(lane, 5, now), now=now))
    assert (told["status"], told["outcome"]) == (422, "not_found")
    assert taps() == []


def test_a_lane_stands_only_under_its_own_site(cast, browser_of, lane):
    layla = browser_of(cast.layla, kind="staff")
    assert layla.get(f"/floor/{cast.squares.id}/tally/{lane.id}").status_code == 404


def test_a_shift_that_volunteers_count_has_no_tally(cast, salem):
    assert salem.get(f"/floor/{cast.mataf.id}/tally/{cast.shift.id}").status_code == 404


# --- without scripts -----------------------------------------------------------------------


def test_every_button_is_a_form(salem, here, lane):
    for amount in (1, 5, 10, -1):
        assert salem.send(here, uid=str(uuid.uuid4()), amount=amount).status_code == 303
    assert total(lane) == 15
    shown = salem.text(here)
    assert "15" in shown
    assert "سالم عوض الغامدي" in shown


def test_pressed_twice_from_one_page_counts_once(salem, here, lane):
    uid = re.search(r'name="uid" value="([^"]+)"', salem.get(here).get_data(as_text=True)).group(1)
    for _ in range(2):
        salem.send(here, uid=uid, amount=5)
    assert total(lane) == 5


@pytest.mark.parametrize("amount", ["7", "100000", "-50", "x", ""])
def test_no_other_amount_comes_from_the_buttons(salem, here, lane, amount):
    salem.send(here, uid=str(uuid.uuid4()), amount=amount)
    assert "Enter a whole number" in salem.text(here)
    assert total(lane) is None


def test_a_tap_is_taken_back_once(salem, here, lane):
    salem.send(here, uid=str(uuid.uuid4()), amount=10)
    salem.send(here, uid=str(uuid.uuid4()), amount=5)
    undone = taps()[0].tap_uid
    for _ in range(2):
        assert salem.send(here, undoes=undone).status_code == 303
    assert total(lane) == 5
    assert "Tap taken back" in salem.text(here)
    assert salem.send(here, undoes=str(uuid.uuid4())).status_code == 404


def test_what_was_pressed_counts_whatever_else_is_sent(salem, here, lane):
    salem.send(here, uid=str(uuid.uuid4()), amount=10)
    pressed = taps()[0].tap_uid
    salem.send(here, uid=str(uuid.uuid4()), amount=5, undoes=pressed)
    assert total(lane) == 15


def test_a_correction_below_zero_says_why(salem, here, lane):
    salem.send(here, uid=str(uuid.uuid4()), amount=-1)
    assert "The tally is 0. A correction cannot take away more than that" in salem.text(here)
    assert total(lane) is None


def test_a_typed_total_is_the_difference_as_one_tap(salem, here, lane):
    salem.send(here, uid=str(uuid.uuid4()), amount=10)
    assert salem.send(here, uid=str(uuid.uuid4()), shown="10", total="٤٠").status_code == 303
    assert [tap.amount for tap in taps()] == [10, 30]
    salem.send(here, uid=str(uuid.uuid4()), shown="40", total="35")
    assert total(lane) == 35


def test_a_number_far_beyond_usual_is_asked_once_more(salem, here, lane):
    """5000 typed for 50: nobody is checked in here, and 60 an hour would be many."""
    typed = {"uid": str(uuid.uuid4()), "shown": "0", "total": "5000"}
    asked = salem.send(here, **typed)
    assert asked.status_code == 422
    page = asked.get_data(as_text=True)
    assert "far more than usual" in page
    assert 'value="5000"' in page
    assert total(lane) is None
    sure = re.search(r'name="sure"[^>]*value="([^"]*)"', page).group(1)
    assert salem.send(here, **typed, sure=sure).status_code == 303
    assert total(lane) == 5000


@pytest.mark.parametrize("typed", ["", "12.5", "-3", "many", "100001"])
def test_what_is_no_number_stays_in_its_field(salem, here, lane, typed):
    answer = salem.send(here, uid=str(uuid.uuid4()), shown="0", total=typed)
    assert answer.status_code == 422
    assert "Enter a whole number from 0 to 100,000" in answer.get_data(as_text=True)
    assert total(lane) is None


@pytest.mark.parametrize(
    ("column", "sentence"),
    [
        ("closed_at", "This shift is closed and stays as it is"),
        ("cancelled_at", "This shift was cancelled. Nothing more is counted"),
    ],
)
def test_after_its_end_the_page_says_why_nothing_counts(salem, here, lane, now, column, sentence):
    salem.send(here, uid=str(uuid.uuid4()), amount=10)
    factories.alter(lane, **{column: now - MINUTE})
    page = salem.get(here).get_data(as_text=True)
    assert sentence in page
    assert 'name="amount"' not in page
    assert 'name="undoes"' not in page.partition("<template")[0]
    salem.send(here, uid=str(uuid.uuid4()), amount=10)
    assert total(lane) == 10


def test_nothing_is_counted_before_check_in_opens(cast, salem, now):
    later = factories.lane_shift(now, cast.mataf, starts=120)
    here = f"/floor/{cast.mataf.id}/tally/{later.id}"
    assert "Counting starts when check-in opens" in salem.text(here)
    salem.send(here, uid=str(uuid.uuid4()), amount=1)
    assert taps() == []


# --- sent in batches -----------------------------------------------------------------------


def test_a_batch_is_answered_tap_by_tap(salem, lane, now):
    wrong = {**one(lane, 0, now), "amount": "many"}
    told = results(
        send(salem, one(lane, 10, now), wrong, one(lane, -99, now), one(lane, 5, now), now=now)
    )
    assert [result["status"] for result in told] == [200, 422, 422, 200]
    assert [result["outcome"] for result in told] == [
        "counted",
        "unreadable",
        "tally_below_zero",
        "counted",
    ]
    assert [result["total"] for result in told] == [10, None, 10, 15]
    assert told[1]["uid"] == wrong["uid"]
    assert total(lane) == 15


def test_sent_again_it_counts_once_and_other_content_is_refused(salem, lane, now):
    tap = one(lane, 5, now)
    (first,) = results(send(salem, tap, now=now))
    again, other = results(send(salem, tap, {**tap, "amount": 6}, now=now + MINUTE))
    assert (first["replayed"], again["replayed"], again["total"]) == (False, True, 5)
    assert (other["status"], other["outcome"]) == (409, "tap_reused")
    assert other["sentence"] == "This tap was sent before with another number"


def test_an_hour_without_a_network_counts_when_it_was(salem, lane, now):
    send(salem, one(lane, 5, now), now=now + HOUR)
    (kept,) = taps()
    assert (kept.effective_at, kept.received_at) == (now, now + HOUR)


def test_the_lead_s_last_taps_come_after_the_shift(lead, lane, now):
    late = lane.ends_at + HOUR
    assert total(lane) is None
    (told,) = results(send(lead, one(lane, 5, lane.ends_at - MINUTE), now=late))
    assert (told["status"], told["total"]) == (200, 5)


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_page_of_another_site_cannot_count(salem, lane, now, headers):
    assert send(salem, one(lane, 5, now), now=now, headers=headers).status_code == 403
    assert taps() == []


def test_a_stranger_is_told_to_sign_in(client, lane, now):
    assert send(client, one(lane, 5, now), now=now).status_code == 401
    assert client.get(f"/api/v1/tallies/{lane.id}").status_code == 401


def test_a_flood_is_told_to_wait(salem, lane, now, monkeypatch):
    monkeypatch.setattr("checkin.web.api.tallies.BATCHES", 2)
    statuses = [send(salem, one(lane, 1, now), now=now).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]


def test_what_another_tablet_counted_is_told_and_304_when_nothing_changed(salem, lane, lead, now):
    address = f"/api/v1/tallies/{lane.id}"
    send(lead, one(lane, 10, now), now=now)
    first = salem.get(address)
    told = first.get_json()
    assert (told["total"], told["is_open"]) == (10, True)
    assert [(tap["amount"], tap["name"]) for tap in told["last"]] == [(10, "فهد سالم الحربي")]
    assert told["tapping"] == [{"name": "فهد سالم الحربي", "amount": 10}]
    known = {"If-None-Match": first.headers["ETag"]}
    assert salem.get(address, headers=known).status_code == 304
    send(lead, one(lane, 1, now), now=now)
    assert salem.get(address, headers=known).get_json()["total"] == 11
