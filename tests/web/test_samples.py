"""What chance drew, and the report on how decisions are made: for coordinators only."""

import re
from datetime import timedelta

import pytest
import time_machine

from checkin.database import db
from checkin.models import Attendance, Sample
from checkin.operations import approvals
from checkin.operations.approvals import sampling
from tests.factories import check_in, check_out
from tests.pages import plain

HOUR = timedelta(hours=1)
PAGES = ("/samples", "/samples/{id}", "/approvals/patterns")
ACTS = ("/samples/{id}/agreement", "/samples/{id}/finding")


@pytest.fixture
def later(now):
    return now + 6 * HOUR


@pytest.fixture(autouse=True)
def _clock(later):
    with time_machine.travel(later, tick=False):
        yield


@pytest.fixture
def drawn(cast, later):
    """Noura's record, approved by Salem in bulk and drawn by chance."""
    answer = check_in(cast.noura, cast.poster, cast.shift.starts_at)
    check_out(cast.noura, cast.shift, cast.shift.ends_at, beneficiaries=25)
    row = db.session.get_one(Attendance, answer.attendance_id)
    shown = [(row.id, row.row_version)]
    approvals.approve_many(shown, by=cast.salem.id, now=later, lot=lambda _below: 0)
    return sampling.waiting()[0].id


@pytest.fixture
def layla(cast, browser_of):
    return browser_of(cast.layla, kind="staff", lang="en")


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_layla_opens_every_page(cast, drawn, browser_of, lang):
    browser = browser_of(cast.layla, kind="staff", lang=lang)
    for address in PAGES:
        assert browser.page(address.format(id=drawn)).html["lang"] == lang


@pytest.mark.parametrize("address", [*PAGES, *ACTS])
def test_supervisors_volunteers_and_readers_may_not(cast, drawn, browser_of, address):
    for who in (cast.salem, cast.noura, cast.reem, cast.majed):
        browser = browser_of(who, kind="staff")
        target = address.format(id=drawn)
        answer = browser.get(target) if address in PAGES else browser.send(target)
        assert answer.status_code == 403
    assert sampling.waiting_count() == 1


def test_the_approvals_lead_to_what_was_drawn(drawn, layla, cast):
    assert "Drawn by chance (1)" in layla.text("/approvals")
    text = layla.text("/samples")
    assert cast.noura.name in text
    assert cast.salem.name in text
    shown = layla.text(f"/samples/{drawn}")
    for said in ("Check-in 12:00 PM · Printed code", "Suggested: 5 hours", "Approved", "I agree"):
        assert said in shown


def test_agreeing_takes_it_off_the_list(drawn, layla):
    assert layla.send(f"/samples/{drawn}/agreement").status_code == 303
    assert "Nothing to look at" in layla.text("/samples")
    assert layla.send(f"/samples/{drawn}/agreement").status_code == 404


def test_not_agreeing_needs_words_and_leads_to_the_reopened_record(drawn, layla):
    empty = layla.send(f"/samples/{drawn}/finding", words=" ")
    assert empty.status_code == 422
    assert "Choose a reason" in plain(empty)
    sent = layla.send(f"/samples/{drawn}/finding", words="Left at three")
    assert re.search(r"/attendances/\d+/review$", sent.headers["Location"])
    assert "Left at three" in layla.text(sent.headers["Location"])
    db.session.rollback()
    assert db.session.get_one(Sample, drawn).agrees is False


def test_a_coordinator_does_not_look_at_a_decision_of_their_own(cast, layla, later):
    answer = check_in(cast.noura, cast.poster, cast.shift.starts_at)
    check_out(cast.noura, cast.shift, cast.shift.ends_at)
    row = db.session.get_one(Attendance, answer.attendance_id)
    shown = [(row.id, row.row_version)]
    approvals.approve_many(shown, by=cast.layla.id, now=later, lot=lambda _below: 0)
    own = sampling.waiting()[0].id
    assert "Another coordinator must look at a decision of your own" in layla.text(
        f"/samples/{own}"
    )
    layla.send(f"/samples/{own}/agreement")
    assert sampling.waiting_count() == 1


def test_the_report_says_how_salem_decides(cast, drawn, layla):
    layla.send(f"/samples/{drawn}/finding", words="Left at three")
    text = layla.text("/approvals/patterns")
    assert f"{cast.salem.name} Decisions 1 As suggested 100% Adjusted 0%" in text
    assert "Drawn by chance: 1 of 1 not agreed" in text
