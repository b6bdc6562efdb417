"""Closing a shift on the tablet: what it means stands above the button, and it holds."""

from datetime import timedelta

import pytest
import time_machine

from checkin.database import db
from checkin.models import AuditEntry, Shift
from tests import factories
from tests.factories import check_in, check_out
from tests.pages import plain

HOUR = timedelta(hours=1)


@pytest.fixture
def ends(cast):
    return cast.shift.ends_at


@pytest.fixture(autouse=True)
def clock(cast, ends):
    """A quarter of an hour after the shift's end."""
    with time_machine.travel(ends + HOUR / 4, tick=False) as at:
        yield at


@pytest.fixture
def page(cast) -> str:
    return f"/shifts/{cast.shift.id}/closing"


@pytest.fixture
def again(cast) -> str:
    return f"/shifts/{cast.shift.id}/reopening"


def closed_at(cast):
    db.session.rollback()
    return db.session.get_one(Shift, cast.shift.id, populate_existing=True).closed_at


def acts() -> int:
    db.session.rollback()
    wanted = AuditEntry.act.in_(("shift.close", "shift.reopen"))
    return db.session.scalar(db.select(db.func.count()).where(wanted))


def test_who_is_not_checked_out_is_named_with_the_time_to_be_recorded(cast, salem, page, now):
    check_in(cast.noura, cast.poster, now)
    text = salem.text(page)
    assert cast.noura.name in text
    assert "1 volunteer not checked out. They will be recorded at 5:00 PM" in text
    assert "No minutes count until the volunteer or a supervisor settles the record" in text
    assert "A check-out until 6:00 PM still counts" in text
    assert "Planned end" in text


def test_what_waits_for_a_decision_is_said_with_the_way_there(cast, salem, page, now, ends):
    check_in(cast.noura, cast.poster, now)
    check_out(cast.noura, cast.shift, ends)
    text = salem.text(page)
    assert "Checked out: 1 record" in text
    assert "Nobody is left without a check-out" in text
    assert f"/shifts/{cast.shift.id}/approvals" in salem.get(page).get_data(as_text=True)


def test_one_press_closes_and_the_page_says_so(cast, salem, page):
    sent = salem.send(page)
    assert (sent.status_code, sent.headers["Location"]) == (303, page)
    text = salem.text(page)
    assert "The shift is closed" in text
    assert "Closed on 22 Nov at 5:15 PM. Decisions are final" in text
    assert "After closing, decisions are final" not in text  # the button is gone
    assert closed_at(cast) is not None


def test_after_closing_what_is_recorded_is_no_longer_to_come(cast, salem, page, now):
    check_in(cast.noura, cast.poster, now)
    assert "They will be recorded at 5:00 PM" in salem.text(page)
    salem.send(page)
    text = salem.text(page)
    assert "1 volunteer not checked out. Recorded at 5:00 PM" in text
    assert "will be recorded" not in text
    assert "A check-out until 6:00 PM still counts" in text
    assert salem.page(page).title.startswith("Closed shift")


def test_pressing_twice_closes_once(cast, salem, page, clock):
    salem.send(page)
    first = closed_at(cast)
    clock.shift(60)
    salem.send(page)
    assert "This shift was closed already" in salem.text(page)
    assert closed_at(cast) == first
    assert acts() == 1


def test_a_running_shift_says_so_above_the_button(cast, salem, page, clock, now):
    clock.move_to(now)
    text = salem.text(page)
    assert "This shift runs until 5:00 PM. People can check in and out after closing too" in text
    assert "After closing, decisions are final" in text
    salem.send(page)
    assert closed_at(cast) == now


def test_a_shift_that_has_not_begun_cannot_be_closed(cast, salem, page, clock, now):
    clock.move_to(now - 2 * HOUR)
    text = salem.text(page)
    assert "This shift has not begun" in text
    assert "After closing, decisions are final" not in text
    salem.send(page)
    assert "This shift has not begun" in salem.text(page)
    assert closed_at(cast) is None


def test_a_cancelled_shift_is_named_so(cast, salem, page, now):
    factories.alter(cast.shift, cancelled_at=now)
    assert "This shift was cancelled. Who came keeps the record" in salem.text(page)
    salem.send(page)
    assert closed_at(cast) is not None


def test_names_can_be_hidden_from_the_public(cast, salem, page, now):
    check_in(cast.noura, cast.poster, now)
    html = salem.get(page).get_data(as_text=True)
    assert f'<span data-private><bdi dir="auto">{cast.noura.name}' in html


def test_closing_is_404_for_huda_and_403_for_a_lead_and_a_volunteer(
    cast, huda, browser_of, page, again, now
):
    lead = factories.person(now, "لمى عبدالله الثقفي")
    factories.assign(now, lead, cast.shift, is_lead=True)
    for browser, status in (
        (huda, 404),
        (browser_of(lead), 403),
        (browser_of(cast.noura, kind="staff"), 403),
    ):
        assert browser.get(page).status_code == status
        assert browser.send(page).status_code == status
    assert huda.send(again, reason="came_late").status_code == 403
    assert closed_at(cast) is None


def test_a_coordinator_reopens_with_a_reason(cast, salem, layla, page, again):
    salem.send(page)
    sent = layla.send(again, reason="decision_wrong")
    assert (sent.status_code, sent.headers["Location"]) == (303, page)
    text = layla.text(page)
    assert "The shift is open again" in text
    assert "A decision has to be corrected" in text
    assert closed_at(cast) is None


def test_reopening_without_a_reason_says_what_is_missing(cast, salem, layla, page, again):
    salem.send(page)
    sent = layla.send(again)
    assert sent.status_code == 422
    assert "Choose a reason" in plain(sent)
    assert closed_at(cast) is not None


def test_a_supervisor_cannot_reopen(cast, salem, page, again):
    salem.send(page)
    assert "Reopen shift" not in salem.text(page)
    assert salem.send(again, reason="came_late").status_code == 403
    assert closed_at(cast) is not None
