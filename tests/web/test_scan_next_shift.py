"""Back to back at one site: finishing one shift and starting the next with one press."""

import re
from datetime import timedelta

import pytest
import time_machine

from checkin.database import db
from checkin.models import Opportunity, Service
from tests import factories
from tests.web.scanning import (
    address,
    attendances_of,
    fields,
    opened,
    press,
    scans_of,
    set_values,
)

END = timedelta(hours=4)
"""The cast's shift ends four hours from now, and the next one begins."""


@pytest.fixture
def after(cast, now):
    following = factories.shift(now, cast.mataf, starts=240, minutes=240)
    factories.assign(now, cast.noura, following)
    factories.check_in(cast.noura, cast.poster, now)
    return following


@pytest.fixture
def at_the_change(now, after):
    with time_machine.travel(now + END - timedelta(minutes=5), tick=False) as clock:
        yield clock


def test_one_press_finishes_the_first_and_starts_the_second(cast, noura, after, at_the_change, now):
    text = noura.text(address(cast.poster))
    assert "Your next shift here" in text
    assert "5:00 PM to 9:00 PM" in text
    answer = press(noura, cast.poster, beneficiaries="120")
    first, second = attendances_of(cast.noura)
    assert (first.state, first.out_at) == ("closed", now + END - timedelta(minutes=5))
    assert (first.beneficiaries, first.credited_minutes) == (120, 235)
    assert (second.state, second.shift_id) == ("open", after.id)
    assert second.beneficiaries is None
    assert answer.location.endswith(f"/attendances/{second.id}")
    assert "You’re checked in" in noura.text(answer.location)
    assert [(scan.kind, scan.beneficiaries) for scan in scans_of(cast.noura)] == [
        *[("in", None), ("out", 120), ("in", None)]
    ]


def test_sent_twice_it_is_done_once(cast, noura, after, at_the_change):
    sent = {**opened(noura, cast.poster), "beneficiaries": "120"}
    answers = [noura.send(address(cast.poster), **sent) for _ in range(2)]
    assert len({answer.location.partition("?")[0] for answer in answers}) == 1
    assert len(scans_of(cast.noura)) == 3


def test_what_is_no_number_is_put_right_and_still_leads_on(cast, noura, after, at_the_change):
    sent = press(noura, cast.poster, beneficiaries="x")
    assert sent.status_code == 303
    page = noura.get(sent.location)
    assert "Enter a whole number" in page.get_data(as_text=True)
    assert "Finish this shift and start the next" in page.get_data(as_text=True)
    right = {**fields(page.get_data(as_text=True)), "beneficiaries": "12"}
    noura.send(address(cast.poster), **right)
    assert [one.state for one in attendances_of(cast.noura)] == ["closed", "open"]


def test_an_odd_number_is_asked_about_once_and_leads_on(cast, noura, after, at_the_change):
    opportunity = db.session.get_one(Opportunity, cast.shift.opportunity_id)
    set_values(db.session.get_one(Service, opportunity.service_id), high_per_hour=10)
    sent = press(noura, cast.poster, beneficiaries="500")
    page = noura.get(sent.location).get_data(as_text=True)
    assert "That’s high for this shift. Is it right?" in page
    noura.send(address(cast.poster), **fields(page))
    first, second = attendances_of(cast.noura)
    assert (first.beneficiaries, second.state) == (500, "open")


def test_only_checking_out_is_offered_too(cast, noura, after, at_the_change):
    page = noura.get(f"{address(cast.poster)}?leaving=1")
    assert 'name="kind" value="out"' in page.get_data(as_text=True)


def test_before_the_last_quarter_of_an_hour_it_is_a_check_out(cast, noura, after, now):
    with time_machine.travel(now + END - timedelta(minutes=16), tick=False):
        assert opened(noura, cast.poster)["kind"] == "out"


def test_undoing_goes_back_to_the_first_shift(cast, noura, after, at_the_change):
    answer = press(noura, cast.poster, beneficiaries="120")
    receipt = noura.get(answer.location).get_data(as_text=True)
    assert "Cancel this check-in" in receipt
    second = attendances_of(cast.noura)[1]
    undo = dict(re.findall(r'name="(kind|scan_uid)" value="([^"]+)"', receipt))
    noura.send(f"/attendances/{second.id}/cancellation", **undo)
    first, second = attendances_of(cast.noura)
    assert (first.state, second.state) == ("open", "cancelled")
