"""Receipts: one's own attendance in every state, why it counted so, and taking a step back."""

import gzip
import re
from datetime import timedelta

import pytest

from checkin.database import db
from checkin.domain.fold import Kind
from checkin.models import Opportunity
from checkin.operations import approvals, correcting
from checkin.operations.attendance import close_forgotten
from tests import factories
from tests.pages import plain
from tests.web.scanning import attendances_of, scans_of

MINUTES = timedelta(minutes=1)
UID = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def noura(at, cast, browser_of):
    return browser_of(cast.noura, lang="en")


@pytest.fixture
def receipt(at, cast, now) -> str:
    """Checked in now, at the Mataf."""
    return f"/attendances/{factories.check_in(cast.noura, cast.poster, now).attendance_id}"


def decided(cast, decide, **facts):
    (attendance,) = attendances_of(cast.noura)
    decide(attendance.id, attendance.row_version, by=cast.salem.id, **facts)


def told(browser, address) -> str:
    return browser.text(address).replace("\u2068", "").replace("\u2069", "")


def undo_fields(html: str) -> dict[str, str]:
    form = re.search(r'action="/attendances/\d+/cancellation".*?</form>', html, re.DOTALL)
    assert form, "the receipt can be taken back"
    return dict(re.findall(r'name="(kind|scan_uid)" value="([^"]*)"', form[0]))


def test_its_owner_sees_who_where_when_and_whom_to_ask(cast, noura, receipt):
    text = noura.text(receipt)
    assert "نورة سعد القحطاني" in text
    assert "Mataf courtyard – Visual screening" in text
    assert "12:00 PM to 5:00 PM" in text
    assert "Supervisor سالم عوض الغامدي" in text
    assert "When you finish, scan the same code to check out" in text


def test_the_title_can_be_read_from_the_app_switcher(noura, receipt):
    assert noura.page(receipt).title.startswith("You’re checked in – 1:00 PM – ")


def test_anybody_elses_does_not_exist(at, cast, browser_of, receipt):
    for person in (cast.huda, cast.salem, cast.layla):
        browser = browser_of(person, kind="staff")
        assert browser.get(receipt).status_code == 404
        sent = browser.send(f"{receipt}/cancellation", kind="in", scan_uid=UID)
        assert sent.status_code == 404
    assert attendances_of(cast.noura)[0].state == "open"


def test_a_stranger_is_asked_to_sign_in(at, client, receipt):
    answer = client.get(receipt)
    assert (answer.status_code, answer.location) == (303, f"/sign-in?next={receipt}")


def test_a_check_in_can_be_cancelled_for_ten_minutes(cast, noura, receipt, at, now):
    at.move_to(now + 10 * MINUTES)
    answer = noura.send(f"{receipt}/cancellation", **undo_fields(noura.get(receipt).text))
    assert (answer.status_code, answer.location) == (303, receipt)
    assert attendances_of(cast.noura)[0].state == "cancelled"
    assert "Check-in cancelled" in noura.text(receipt)


def test_after_that_the_supervisor_corrects(cast, noura, receipt, at, now):
    sent = undo_fields(noura.get(receipt).text)
    at.move_to(now + 11 * MINUTES)
    assert "Cancel this check-in" not in noura.text(receipt)
    noura.send(f"{receipt}/cancellation", **sent)
    assert "It can’t be undone any more" in noura.text(receipt)
    assert attendances_of(cast.noura)[0].state == "open"


def test_undoing_twice_is_undoing_once(cast, noura, receipt):
    tabs = [undo_fields(noura.get(receipt).text) for _ in range(2)]
    assert tabs[0] == tabs[1]
    for tab in tabs:
        noura.send(f"{receipt}/cancellation", **tab)
    assert [scan.kind for scan in scans_of(cast.noura)] == [Kind.IN, Kind.UNDO]


def test_a_check_out_can_be_undone_and_the_shift_goes_on(cast, noura, receipt, at, now):
    at.move_to(now + 60 * MINUTES)
    factories.check_out(cast.noura, cast.shift, now + 60 * MINUTES, beneficiaries=20)
    page = noura.get(receipt)
    assert "Undo and go back on shift" in plain(page)
    noura.send(f"{receipt}/cancellation", **undo_fields(page.text))
    (attendance,) = attendances_of(cast.noura)
    assert (attendance.state, attendance.in_at, attendance.out_at) == ("open", now, None)


@pytest.mark.parametrize("sent", [{}, {"kind": "in"}, {"kind": "x", "scan_uid": UID}])
def test_an_undo_without_its_facts_is_refused(noura, receipt, sent):
    assert noura.send(f"{receipt}/cancellation", **sent).status_code == 400


def test_minutes_outside_the_shift_are_explained(at, cast, noura, now):
    start = cast.shift.starts_at
    done = factories.check_in(cast.noura, cast.poster, start - 19 * MINUTES)
    at.move_to(start + 315 * MINUTES)
    factories.check_out(cast.noura, cast.shift, start + 315 * MINUTES)
    text = noura.text(f"/attendances/{done.attendance_id}")
    assert "Time volunteered: 5 hours" in text
    assert re.search("checked in at .?11:41 AM.?. Counting starts .* at .?12:00 PM", text)
    assert re.search("checked out at .?5:15 PM.?. Counting stopped .* at .?5:00 PM", text)


def test_a_forgotten_end_counts_nothing_and_says_what_happens(at, cast, noura, receipt, now):
    later = now + timedelta(hours=6)
    close_forgotten(later)
    at.move_to(later)
    text = noura.text(receipt)
    assert "No check-out was recorded" in text
    assert "No minutes count until the end is settled" in text


def test_approved_says_how_much_and_by_whom(cast, noura, receipt, now):
    factories.check_out(cast.noura, cast.shift, now + 90 * MINUTES, beneficiaries=30)
    decided(cast, approvals.approve, now=now + 95 * MINUTES)
    text = noura.text(receipt)
    assert "Your hours were approved: 1 hour 30 minutes" in text
    assert "30 beneficiaries" in text
    assert "Approved by سالم عوض الغامدي" in text


def test_an_adjustment_shows_both_numbers(cast, noura, receipt, now):
    factories.check_out(cast.noura, cast.shift, now + 90 * MINUTES)
    decided(cast, approvals.adjust, minutes=60, beneficiaries=None, reason="seen", now=now)
    assert "1 hour 30 minutes, with 1 hour counted because" in noura.text(receipt)


def test_rejected_says_why(cast, noura, receipt, now):
    factories.check_out(cast.noura, cast.shift, now + 90 * MINUTES)
    decided(cast, approvals.reject, reason="other", words="غادر الموقع مبكرًا", now=now)
    text = noura.text(receipt)
    assert "This record was rejected Reason: غادر الموقع مبكرًا" in text


def test_time_at_a_course_is_not_called_volunteering(at, cast, browser_of, now):
    course = factories.shift(now, cast.squares, factories.opportunity(now, kind="course"))
    factories.assign(now, cast.salem, course)
    done = factories.check_in(cast.salem, factories.poster(now, cast.squares), now)
    factories.check_out(cast.salem, course, now + 60 * MINUTES)
    text = browser_of(cast.salem, lang="en").text(f"/attendances/{done.attendance_id}")
    assert "Time attended: 1 hour" in text
    assert "Time volunteered" not in text


def test_the_receipt_is_small(noura, receipt):
    assert len(gzip.compress(noura.get(receipt).get_data())) <= 6 * 1024


def test_the_volunteer_is_told_what_will_be_looked_at_until_it_is_decided(cast, noura, receipt):
    factories.alter(attendances_of(cast.noura)[0], flags=["new_device", "far_away", "offline"])
    told = "The supervisor will look at: Far from the site and Recorded offline"
    assert told in noura.text(receipt)
    factories.alter(attendances_of(cast.noura)[0], state="rejected")
    assert "will look at" not in noura.text(receipt)


def test_what_an_opportunity_credits_at_most_is_said(at, cast, now, noura, receipt):
    of = db.session.get_one(Opportunity, cast.shift.opportunity_id)
    factories.alter(of, most_minutes=60)
    factories.check_out(cast.noura, cast.shift, now + 120 * MINUTES)
    text = noura.text(receipt)
    assert "Once approved, 1 hour count because no more than 1 hour count in one shift" in text
    assert "No more than 1 hour count in one shift" in text


def test_a_time_that_can_no_longer_be_undone_is_asked_for(
    cast, at, noura, receipt, now, browser_of
):
    assert "Ask for a correction" not in noura.text(receipt)
    at.move_to(now + 11 * MINUTES)
    assert "Ask for a correction" in noura.text(receipt)
    version = re.search(r'name="row_version"[^>]*value="(\d+)"', noura.get(receipt).text)[1]
    sent = {"kind": "in", "time": "12:40", "words": "جئت قبل ذلك", "row_version": version}
    bad = noura.send(f"{receipt}/request", **{**sent, "time": "23:50"})
    assert bad.status_code == 422
    assert "Give a time near the shift that has passed already" in plain(bad)
    assert "جئت قبل ذلك" in bad.text
    for _ in range(2):
        assert noura.send(f"{receipt}/request", **sent).status_code == 303
    assert told(noura, receipt).count("You asked for check-in at 12:40 PM") == 1
    # from the same page, by Back: another time is another request
    noura.send(f"{receipt}/request", **{**sent, "kind": "out", "time": "12:55"})
    assert "You asked for check-out at 12:55 PM" in told(noura, receipt)
    at.move_to(now + 60 * MINUTES)
    factories.check_out(cast.noura, cast.shift, now + 60 * MINUTES)
    salem = browser_of(cast.salem, kind="staff", lang="en")
    text = told(salem, f"/shifts/{cast.shift.id}/approvals")
    assert "The volunteer asks for check-in at 12:40 PM: جئت قبل ذلك · With it: 1 hour 20" in text


def test_the_receipt_says_that_a_supervisor_changed_a_time(cast, at, noura, receipt, now):
    at.move_to(now + 30 * MINUTES)
    (attendance,) = attendances_of(cast.noura)
    to = now - 20 * MINUTES
    change = correcting.Correction(
        UID, attendance.id, attendance.row_version, Kind.IN, 0, to, "agreed"
    )
    correcting.correct(change, by=cast.salem.id, now=now + 30 * MINUTES)
    text = told(noura, receipt)
    assert "A supervisor changed your check-in from 1:00 PM to 12:40 PM" in text


def test_coming_back_is_told_with_its_own_time(cast, at, noura, receipt, now):
    factories.check_out(cast.noura, cast.shift, now + 15 * MINUTES)
    at.move_to(now + 30 * MINUTES)
    factories.check_in(cast.noura, cast.poster, now + 30 * MINUTES)
    text = noura.text(receipt)
    assert text.startswith("You’re checked in – 1:30 PM")
    assert "after the shift started" not in text
    assert "You checked in at 1:30 PM" in noura.text(f"{receipt}?again=1")
    at.move_to(now + 45 * MINUTES)
    leaving = noura.text(f"/S/{cast.poster.code}?leaving=1")
    assert "Checked in at 1:30 PM Time so far 30 minutes" in leaving
    elsewhere = factories.poster(now, cast.squares)
    assert "at Mataf courtyard since 1:30 PM" in told(noura, f"/S/{elsewhere.code}")


def test_a_check_out_and_a_rejection_bear_their_date(cast, noura, receipt, now):
    factories.check_out(cast.noura, cast.shift, now + 15 * MINUTES)
    assert "Sunday 22 November 2026" in noura.text(receipt)
    decided(cast, approvals.reject, reason="not_present", now=now + 16 * MINUTES)
    assert "Sunday 22 November 2026" in noura.text(receipt)


def test_a_move_taken_back_says_where_one_still_is(cast, at, noura, now):
    here = factories.shift(now, cast.squares, starts=-30)
    factories.assign(now, cast.noura, here)
    factories.check_in(cast.noura, cast.poster, now - 30 * MINUTES)
    moved = factories.check_in(
        cast.noura, factories.poster(now, cast.squares), now, moves=True
    ).attendance_id
    noura.send(
        f"/attendances/{moved}/cancellation", **undo_fields(noura.get(f"/attendances/{moved}").text)
    )
    text = told(noura, f"/attendances/{moved}")
    assert "Check-in cancelled You’ve been checked in at Mataf courtyard since 12:30 PM" in text
    factories.check_out(cast.noura, cast.shift, now + 20 * MINUTES)
    at.move_to(now + 60 * MINUTES)
    factories.check_in(cast.noura, cast.poster, now + 60 * MINUTES)
    assert "Nothing is recorded for this shift" in told(noura, f"/attendances/{moved}")


def test_less_than_a_minute_inside_the_shift_is_told_as_that(cast, noura, receipt, now):
    factories.check_out(cast.noura, cast.shift, now + MINUTES / 6)
    text = noura.text(receipt)
    assert "Less than a minute was recorded inside the shift" in text
    assert "No time inside the shift" not in text


def test_another_shift_of_ones_own_here_is_told(cast, noura, receipt, now):
    assert "Another shift of yours" not in noura.text(receipt)
    for starts in (-90, 30):
        factories.assign(now, cast.noura, factories.shift(now, cast.mataf, starts=starts))
    text = told(noura, receipt)
    assert text.count("Another shift of yours is running here: Mataf courtyard – ") == 1
    assert "(11:30 AM to 3:30 PM). If you serve there, please tell the supervisor" in text
