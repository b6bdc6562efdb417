"""Checking out: two facts, at most one question, never a refusal."""

import re
from datetime import timedelta

import pytest
import time_machine

from checkin.database import db
from checkin.domain.fold import Kind
from checkin.models import Opportunity, Service
from checkin.operations import approvals
from checkin.web import clock
from tests import factories
from tests.pages import plain
from tests.web.scanning import (
    address,
    attendances_of,
    fields,
    opened,
    press,
    scans_of,
    set_values,
)


@pytest.fixture(autouse=True)
def _three_hours_in(cast, now):
    factories.check_in(cast.noura, cast.poster, now)
    with time_machine.travel(now + timedelta(hours=3), tick=False):
        yield


def test_the_receipt_says_how_long_how_many_and_what_comes_next(cast, noura, now):
    answer = press(noura, cast.poster, beneficiaries="120")
    (attendance,) = attendances_of(cast.noura)
    assert (attendance.state, attendance.credited_minutes) == ("closed", 180)
    assert (attendance.beneficiaries, attendance.approved_minutes) == (120, None)
    text = noura.text(answer.location)
    assert "You’re checked out 4:00 PM Sunday 22 November 2026" in text
    assert "Time volunteered: 3 hours 120 beneficiaries" in text
    assert "Your hours are waiting for approval" in text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("", None), ("0", 0), ("25", 25), ("٢٥", 25), ("۱۰۰", 100), (" 1,000 ", 1000)],
)
def test_blank_is_not_zero_and_any_digits_are_read(cast, noura, typed, kept):
    press(noura, cast.poster, beneficiaries=typed, confirmed="1")
    assert attendances_of(cast.noura)[0].beneficiaries == kept


@pytest.mark.parametrize("typed", ["3.5", "-4", "many", "100001", "9" * 40])
def test_a_number_that_is_none_is_explained_where_it_was_typed(cast, noura, typed):
    sent = press(noura, cast.poster, beneficiaries=typed)
    assert sent.status_code == 303
    answer = noura.get(sent.location)
    assert "Enter a whole number from 0 to 100,000" in plain(answer)
    assert f'value="{typed}"' in answer.text
    assert attendances_of(cast.noura)[0].state == "open"


def test_it_may_not_apply(cast, noura):
    press(noura, cast.poster, beneficiaries="50", not_applicable="y")
    (attendance,) = attendances_of(cast.noura)
    assert (attendance.state, attendance.beneficiaries) == ("closed", None)


def test_an_unusual_number_is_asked_about_once_and_then_kept(cast, noura):
    sent = opened(noura, cast.poster)
    asked = noura.send(address(cast.poster), **sent, beneficiaries="5000", reason="emergency")
    assert asked.status_code == 303
    asked = noura.get(asked.location)
    assert fields(asked.text)["scan_uid"] == sent["scan_uid"]
    assert "That’s high for this shift. Is it right? 5,000" in plain(asked)
    assert attendances_of(cast.noura)[0].state == "open"
    changing = {**sent, "beneficiaries": "5000", "reason": "emergency", "confirmed": "1"}
    edited = noura.get(noura.send(address(cast.poster), **changing, edit="1").location)
    assert fields(edited.text)["scan_uid"] == sent["scan_uid"]
    assert 'value="5000"' in edited.text
    assert 'value="emergency" checked' in edited.text
    assert attendances_of(cast.noura)[0].state == "open"
    assert noura.send(address(cast.poster), **changing).status_code == 303
    (attendance,) = attendances_of(cast.noura)
    assert attendance.beneficiaries == 5000
    assert "many_beneficiaries" in attendance.flags


@pytest.mark.parametrize(("typed", "odd"), [("40", False), ("41", True)])
def test_breaks_are_no_time_to_serve_in(cast, noura, now, typed, odd):
    """Away from 2 to 3: of three hours two were served."""
    of = db.session.get_one(Opportunity, cast.shift.opportunity_id)
    factories.alter(db.session.get_one(Service, of.service_id), high_per_hour=20)
    factories.check_out(cast.noura, cast.shift, now + timedelta(hours=1))
    factories.check_in(cast.noura, cast.poster, now + timedelta(hours=2))
    sent = press(noura, cast.poster, beneficiaries=typed)
    assert ("leaving=asked" in sent.location) is odd
    press(noura, cast.poster, beneficiaries=typed, confirmed="1")
    assert ("many_beneficiaries" in attendances_of(cast.noura)[0].flags) is odd


def test_the_question_survives_a_change_of_language(cast, noura):
    asked = press(noura, cast.poster, beneficiaries="5000").location
    assert noura.send("/preferences", lang="ar", next=asked).location == asked
    arabic = noura.get(asked)
    assert "5,000" in plain(arabic)
    assert 'lang="ar"' in arabic.text
    assert noura.send(address(cast.poster), **fields(arabic.text)).status_code == 303
    assert attendances_of(cast.noura)[0].beneficiaries == 5000


def test_going_back_to_the_question_after_the_answer_finds_the_record(cast, noura):
    sent = opened(noura, cast.poster)
    asked = noura.send(address(cast.poster), **sent, beneficiaries="5000").location
    noura.send(address(cast.poster), **sent, beneficiaries="5000", confirmed="1")
    answer = noura.get(asked)
    assert answer.status_code == 200
    assert "Is it right?" not in plain(answer)


def test_an_early_leaver_may_say_why(cast, noura):
    assert "Your shift ends at 5:00 PM" in noura.text(address(cast.poster))
    press(noura, cast.poster, reason="task_finished")
    assert scans_of(cast.noura)[-1].reason == "task_finished"


def test_reasons_for_leaving_early_are_folded_until_one_was_picked(cast, noura):
    def folds(page) -> list[str]:
        return re.findall(r'<details class="card"( open)?>', page.get_data(as_text=True))

    sent = opened(noura, cast.poster)
    assert folds(noura.get(address(cast.poster))) == [""]
    refused = noura.send(address(cast.poster), **sent, beneficiaries="many", reason="task_finished")
    assert folds(noura.get(refused.location)) == [" open"]


def test_a_reason_that_was_not_offered_is_left_out(cast, noura):
    press(noura, cast.poster, reason="<b>because</b>")
    assert (scans_of(cast.noura)[-1].kind, scans_of(cast.noura)[-1].reason) == (Kind.OUT, "")


def test_nobody_is_asked_for_a_reason_at_the_end(cast, noura, now):
    with time_machine.travel(now + timedelta(minutes=226), tick=False):
        assert "leaving early" not in noura.text(address(cast.poster))


@pytest.mark.parametrize("counted_by", ["lane", "nobody"])
def test_only_services_that_volunteers_count_ask(cast, noura, now, browser_of, counted_by):
    service = factories.service(counted_by=counted_by)
    work = factories.opportunity(now, service_id=service.id)
    shift = factories.shift(now, cast.squares, work, starts=0)
    factories.assign(now, cast.salem, shift)
    factories.check_in(cast.salem, factories.poster(now, cast.squares), now)
    poster = factories.poster(now, cast.squares)
    salem = browser_of(cast.salem, lang="en")
    assert "How many people" not in salem.text(address(poster))
    press(salem, poster, beneficiaries="50")
    (attendance,) = attendances_of(cast.salem)
    assert (attendance.state, attendance.beneficiaries) == ("closed", None)


def test_somebody_elses_shift_does_not_exist(cast, browser_of):
    huda = browser_of(cast.huda, lang="en")
    sent = {"scan_uid": "11111111-1111-4111-8111-111111111111", "kind": "out"}
    for shift_id in (cast.shift.id, 0, 2**40, "x"):
        answer = huda.send(address(cast.poster), **sent, shift_id=shift_id)
        assert answer.status_code == 404
    assert scans_of(cast.huda) == []


def test_whoever_comes_back_after_the_decision_is_told_what_is_true(cast, noura, salem, now):
    """Left early, was approved at once, and comes back: on the board, and out again."""
    press(noura, cast.poster)
    record = attendances_of(cast.noura)[0]
    approvals.approve(record.id, record.row_version, by=cast.salem.id, now=clock.now())
    with time_machine.travel(clock.now() + timedelta(minutes=20), tick=False):
        page = noura.text(address(cast.poster))
        assert "adds to it" not in page
        assert "Checking in again lists you as on site" in page
        press(noura, cast.poster)
        board = f"/floor/{cast.mataf.id}"
        assert "1 On the floor now" in salem.text(board)
        assert cast.noura.name in salem.text(f"{board}/evacuation")
        sheet = salem.text(f"{board}/attendances/{record.id}")
        assert "To count this time, undo the decision first" in sheet
    with time_machine.travel(clock.now() + timedelta(minutes=40), tick=False):
        assert "You are listed as on site since" in noura.text(address(cast.poster))
        assert press(noura, cast.poster).location == f"/attendances/{record.id}"
        assert "0 On the floor now" in salem.text(board)
    assert [scan.kind for scan in scans_of(cast.noura)] == ["in", "out", "in", "out"]
    assert attendances_of(cast.noura)[0].approved_minutes == record.credited_minutes


def test_a_decided_shift_keeps_the_scan_and_says_so(cast, noura, now):
    sent = opened(noura, cast.poster)
    set_values(
        attendances_of(cast.noura)[0],
        state="approved",
        approved_minutes=200,
        out_at=now + timedelta(hours=2),
        credited_minutes=120,
    )
    answer = noura.send(address(cast.poster), **sent)
    assert answer.status_code == 303
    assert "Your hours were approved: 3 hours 20 minutes" in noura.text(answer.location)
