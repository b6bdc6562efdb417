"""Roll call, head count, spot check and evacuation list: whose they are, and what they say."""

import re
import uuid
from datetime import timedelta

import pytest
import time_machine

from checkin.database import db
from checkin.models import Attendance, AuditEntry, HeadCount, Shift, Sighting
from checkin.operations import presence
from checkin.operations.permissions import Reach
from tests import factories
from tests.pages import plain
from tests.web.api import SAME_ORIGIN

pytestmark = pytest.mark.usefixtures("at")
HOUR = timedelta(hours=1)
PAGES = ("roll-call", "head-count", "spot-check", "evacuation")


@pytest.fixture
def here(cast) -> str:
    return f"/floor/{cast.mataf.id}"


@pytest.fixture
def turki(cast, now):
    """Somebody else who is in."""
    who = factories.person(now, "تركي فهد العتيبي")
    factories.assign(now - HOUR, who, cast.shift)
    factories.check_in(who, cast.poster, now - HOUR / 3)
    return who


@pytest.fixture
def noura(cast, now):
    factories.check_in(cast.noura, cast.poster, now - HOUR / 2)
    return cast.noura


def look(cast, who, now, **values) -> dict:
    """A tick as a tablet sends it."""
    told = {"uid": str(uuid.uuid4()), "site_id": cast.mataf.id, "person_id": who.id}
    return {**told, "was_seen": True, "device_at": now.isoformat(), **values}


def sent(browser, now, *looks: dict) -> list[tuple[int, str]]:
    body = {"sent_at": now.isoformat(), "looks": list(looks)}
    answer = browser.post("/api/v1/sightings", json=body, headers=SAME_ORIGIN)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return [(one["status"], one["outcome"]) for one in answer.get_json()["results"]]


def present(browser, cast) -> dict:
    return browser.get(f"/api/v1/sites/{cast.mataf.id}/present").get_json()


def seen(browser, cast) -> set[int]:
    return {one["id"] for one in present(browser, cast)["people"] if one["is_seen"]}


def press(browser, here: str, who, page: str = "roll-call"):
    """Tap somebody on a page without scripts."""
    html = browser.get(f"{here}/{page}").get_data(as_text=True)
    uid = re.search(r'name="uid" value="([^"]+)"', html)[1]
    said = re.search(rf'name="look" value="({who.id}:[01])"', html)[1]
    return browser.send(f"{here}/sightings", uid=uid, look=said, page=page.replace("-", "_"))


# --- whose they are ------------------------------------------------------------------------


def test_the_pages_work_for_salem(cast, salem, here, noura, turki):
    for page in PAGES:
        assert "Mataf courtyard" in salem.text(f"{here}/{page}")


def test_another_site_is_not_there_for_huda(cast, huda, now, here, noura):
    assert {huda.get(f"{here}/{page}").status_code for page in PAGES} == {404}
    assert huda.get(f"/api/v1/sites/{cast.mataf.id}/present").status_code == 404
    assert huda.send(f"{here}/sightings", look=f"{noura.id}:1").status_code == 404
    assert sent(huda, now, look(cast, noura, now)) == [(422, "not_here")]
    assert db.session.scalars(db.select(Sighting)).all() == []


def test_a_volunteer_and_an_auditor_are_refused(cast, browser_of, here, noura):
    for who in (noura, cast.faisal):
        browser = browser_of(who, kind="staff")
        assert {browser.get(f"{here}/{page}").status_code for page in PAGES} == {403}
        assert browser.get(f"/api/v1/sites/{cast.mataf.id}/present").status_code == 403


def test_a_lead_calls_the_own_shift_from_the_phone(cast, browser_of, now, here, noura):
    led = factories.shift(now, cast.mataf, starts=-30)
    lead, helper = factories.person(now, "لمى الثقفي"), factories.person(now, "مساعدة القائدة")
    factories.assign(now - HOUR, lead, led, is_lead=True)
    factories.assign(now - HOUR, helper, led)
    for who in (lead, helper):
        factories.check_in(who, factories.poster(now, cast.mataf, led), now - HOUR / 4)
    phone = browser_of(lead, kind="phone", lang="en")
    text = phone.text(f"{here}/roll-call")
    assert "1 of 2" in text  # she herself is accounted for
    assert helper.name in text
    assert noura.name not in text
    press(phone, here, helper)
    assert "2 of 2" in phone.text(f"{here}/roll-call")
    assert phone.get(f"{here}/spot-check").status_code == 403
    assert phone.send(f"{here}/roll-call").status_code == 403
    numbers = f"/api/v1/sites/{cast.mataf.id}/numbers"
    assert phone.post(numbers, json={"why": "evacuation"}, headers=SAME_ORIGIN).status_code == 403
    assert "data-numbers" not in phone.get(f"{here}/evacuation").get_data(as_text=True)


# --- roll call and evacuation list ---------------------------------------------------------


@pytest.mark.parametrize("page", ["roll-call", "evacuation"])
def test_a_tap_ticks_and_another_takes_it_back(cast, salem, here, noura, turki, page):
    assert "0 of 2" in salem.text(f"{here}/{page}")
    answer = press(salem, here, noura, page)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{here}/{page}"
    assert "1 of 2" in salem.text(f"{here}/{page}")
    press(salem, here, noura, page)
    assert "0 of 2" in salem.text(f"{here}/{page}")
    press(salem, here, noura, page)
    press(salem, here, turki, page)
    assert "Everybody is accounted for" in salem.text(f"{here}/{page}")


def test_those_not_seen_yet_come_first(salem, here, noura, turki):
    html = salem.get(f"{here}/roll-call").get_data(as_text=True)
    first = noura if html.index(noura.name) < html.index(turki.name) else turki
    other = turki if first is noura else noura
    press(salem, here, first)
    html = salem.get(f"{here}/roll-call").get_data(as_text=True)
    assert html.index(other.name) < html.index(first.name)


def test_a_call_is_begun_anew(salem, here, now, noura):
    press(salem, here, noura)
    with time_machine.travel(now + HOUR / 30, tick=False):
        assert salem.send(f"{here}/roll-call", page="evacuation").status_code == 303
        assert "0 of 1" in salem.text(f"{here}/evacuation")


def test_a_word_that_names_nobody_is_told(salem, here, noura):
    for said in ("", "x", "9" * 30, "0:1", "-4:1"):
        page = salem.get(salem.send(f"{here}/sightings", look=said).headers["Location"])
        assert "Not checked in at this site" in plain(page)


def test_nobody_here_is_said(salem, here):
    for page in ("roll-call", "evacuation"):
        assert "Nobody is checked in at this site now." in salem.text(f"{here}/{page}")


def test_whoever_is_in_a_cancelled_shift_is_on_the_list_all_the_same(cast, salem, here, now, noura):
    """They are at the site, and an evacuation is about that."""
    factories.alter(db.session.get_one(Shift, cast.shift.id), cancelled_at=now)
    for page in ("roll-call", "evacuation"):
        assert noura.name in salem.text(f"{here}/{page}")


def test_somebody_erased_meanwhile_is_counted_and_not_named(cast, salem, here, now, noura, turki):
    """The record stays, the person does not: nothing to call, nothing to read."""
    factories.alter(noura, name="", name_folded="", mobile=None, erased_at=now)
    text = salem.text(f"{here}/evacuation")
    assert "0 of 2" in text
    assert "A volunteer" in text
    address = f"/api/v1/sites/{cast.mataf.id}/numbers"
    told = salem.post(address, json={"why": "evacuation"}, headers=SAME_ORIGIN).get_json()
    assert [one["id"] for one in told["numbers"]] == [turki.id]
    press(salem, here, noura, "evacuation")
    assert "1 of 2" in salem.text(f"{here}/evacuation")


def test_a_tick_for_somebody_who_left_meanwhile_is_kept(cast, salem, now, noura):
    """The tablet did not know: the tick is no fault, and nobody is on the list by it."""
    factories.check_out(noura, cast.shift, now)
    assert sent(salem, now, look(cast, noura, now)) == [(200, "kept")]
    assert present(salem, cast)["people"] == []


def test_what_a_tablet_keeps_of_the_page_names_nobody(salem, here, noura):
    for page in ("roll-call", "evacuation"):
        html = salem.get(f"{here}/{page}?kept").get_data(as_text=True)
        assert noura.name not in html
        assert noura.mobile[-4:] not in html
        assert "data-kept" in html


# --- what tablets ask and send -------------------------------------------------------------


def test_a_tablet_is_told_who_is_here_and_that_nothing_changed(cast, salem, now, noura):
    address = f"/api/v1/sites/{cast.mataf.id}/present"
    answer = salem.get(address)
    (person,) = answer.get_json()["people"]
    assert (person["id"], person["name"]) == (noura.id, noura.name)
    assert person["last_digits"] == noura.mobile[-4:]
    assert noura.mobile not in answer.get_data(as_text=True)
    again = {"If-None-Match": answer.headers["ETag"]}
    with time_machine.travel(now + HOUR / 60, tick=False):
        assert salem.get(address, headers=again).status_code == 304
        sent(salem, now, look(cast, noura, now))
        assert salem.get(address, headers=again).status_code == 200


def test_ticks_come_in_a_batch_and_one_refused_holds_up_no_other(cast, salem, now, noura, turki):
    absent = factories.person(now, "غائبة")
    ticks = [look(cast, who, now) for who in (noura, absent, turki)]
    answered = [(200, "kept"), (422, "not_here"), (200, "kept")]
    assert sent(salem, now, *ticks) == answered
    assert sent(salem, now, *ticks) == answered  # the answer was lost on its way
    assert len(db.session.scalars(db.select(Sighting)).all()) == 2
    other = {**ticks[0], "was_seen": False}
    assert sent(salem, now, other) == [(409, "look_reused")]
    assert seen(salem, cast) == {noura.id, turki.id}


def test_two_tablets_share_one_call(cast, salem, browser_of, now, noura, turki):
    layla = browser_of(cast.layla, kind="staff")
    sent(salem, now, look(cast, noura, now))
    sent(layla, now, look(cast, turki, now))
    assert seen(salem, cast) == seen(layla, cast) == {noura.id, turki.id}


def test_a_clock_from_another_century_spoils_only_its_own_tick(cast, salem, now, noura, turki):
    wrong = look(cast, noura, now, device_at="9999-01-01T00:00:00Z")
    assert sent(salem, now, wrong, look(cast, turki, now)) == [(422, "unreadable"), (200, "kept")]


def test_a_page_of_another_site_cannot_tick(cast, salem, now, noura):
    body = {"sent_at": now.isoformat(), "looks": [look(cast, noura, now)]}
    for foreign in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://example.org"}):
        answer = salem.post("/api/v1/sightings", json=body, headers=foreign)
        assert answer.status_code == 403
    assert db.session.scalars(db.select(Sighting)).all() == []


def test_the_numbers_are_for_supervisors_and_taking_them_is_noted(cast, salem, huda, noura):
    address = f"/api/v1/sites/{cast.mataf.id}/numbers"
    assert huda.post(address, json={"why": "evacuation"}, headers=SAME_ORIGIN).status_code == 404
    told = salem.post(address, json={"why": "evacuation"}, headers=SAME_ORIGIN).get_json()
    assert told["numbers"] == [{"id": noura.id, "mobile": noura.mobile}]
    notes = db.session.scalars(db.select(AuditEntry).where(AuditEntry.act == "numbers_taken"))
    assert [note.actor_id for note in notes] == [cast.salem.id]


# --- head count ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counted", "said", "next_step"),
    [
        ("٢", "The count matches the list", None),
        ("4", "More people than on the list: 2 people", "Call the roll"),
        ("1", "Fewer people than on the list: 1 person", "Call the roll"),
        ("0", "Fewer people than on the list: 2 people", "Call the roll"),
    ],
)
def test_a_count_is_compared_with_the_list(
    cast, salem, here, noura, turki, counted, said, next_step
):
    uid = str(uuid.uuid4())
    for _ in range(2):  # pressed twice it is one count
        answer = salem.send(f"{here}/head-count", uid=uid, counted=counted)
        assert answer.status_code == 303
    text = salem.text(answer.headers["Location"])
    assert said in text
    assert ("Call the roll" in text) is (next_step is not None)
    (kept,) = db.session.scalars(db.select(HeadCount))
    assert (kept.listed, kept.counted_by_id) == (2, cast.salem.id)


@pytest.mark.parametrize("counted", ["", "many", "-1", "100001", "2.5"])
def test_what_is_no_count_is_asked_for_again(salem, here, noura, counted):
    answer = salem.send(f"{here}/head-count", uid=str(uuid.uuid4()), counted=counted)
    assert answer.status_code == 422
    assert "There is a problem" in plain(answer)
    assert db.session.scalars(db.select(HeadCount)).all() == []


def test_the_same_count_with_another_number_is_asked_for_again(salem, here, noura):
    uid = str(uuid.uuid4())
    salem.send(f"{here}/head-count", uid=uid, counted="1")
    answer = salem.send(f"{here}/head-count", uid=uid, counted="2")
    assert answer.status_code == 422
    assert "sent already with another number" in plain(answer)
    assert uid not in answer.get_data(as_text=True)


# --- spot check ----------------------------------------------------------------------------


def test_a_spot_check_from_picking_to_the_last_answer(cast, salem, here, now, noura, turki):
    assert "No names picked yet" in salem.text(f"{here}/spot-check")
    assert salem.send(f"{here}/spot-check").status_code == 303
    html = salem.get(f"{here}/spot-check").get_data(as_text=True)
    forms = re.findall(
        rf'action="({here}/spot-check/\d+)".*?name="uid" value="([^"]+)"', html, re.S
    )
    assert len(forms) == 2
    for (address, uid), said in zip(forms, "01", strict=True):
        assert salem.send(address, uid=uid, seen=said).status_code == 303
    assert "All names are answered" in salem.text(f"{here}/spot-check")
    ids = [int(address.rpartition("/")[2]) for address, _ in forms]
    assert [presence.last_seen(ids)[id_].was_seen for id_ in ids] == [False, True]


def test_with_nobody_here_nobody_is_picked(salem, here):
    page = salem.get(salem.send(f"{here}/spot-check").headers["Location"])
    assert "Nobody is checked in here" in plain(page)


def test_names_that_are_not_asked_for_any_more_are_told(cast, salem, here, now, noura):
    earlier = now - HOUR
    told = {"reach": Reach(everywhere=True), "by": cast.salem.id}
    factories.alter(db.session.scalars(db.select(Attendance)).one(), in_at=earlier)
    presence.draw(cast.mataf.id, **told, now=earlier)
    (asked,) = presence.draw_at(cast.mataf.id, told["reach"], earlier).asked
    answer = salem.send(f"{here}/spot-check/{asked.row.id}", seen="1")
    assert "not asked for any more" in plain(salem.get(answer.headers["Location"]))
    assert db.session.scalars(db.select(Sighting)).all() == []
