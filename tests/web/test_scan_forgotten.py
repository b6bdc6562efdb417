"""A forgotten check-out is asked about at the next scan, and one tap goes on to today."""

import re
from datetime import timedelta

import pytest
import time_machine

from checkin.operations.attendance import close_forgotten
from tests import factories
from tests.pages import plain
from tests.web.scanning import address, attendances_of, opened, press, scans_of


@pytest.fixture(autouse=True)
def _yesterday_was_forgotten(cast, now):
    """Checked in yesterday at 2:10 PM for a shift until 6:00 PM, and never out."""
    yesterday = now - timedelta(days=1)
    shift = factories.shift(yesterday, cast.mataf, starts=60, minutes=240)
    factories.assign(yesterday, cast.noura, shift)
    factories.check_in(cast.noura, cast.poster, yesterday + timedelta(minutes=70))
    close_forgotten(now)
    with time_machine.travel(now, tick=False):
        yield


def test_the_question_comes_before_anything_else(cast, noura):
    text = noura.text(address(cast.poster))
    assert "You didn’t check out of Saturday ’s shift" in text
    assert "At the end of the shift ( 6:00 PM )" in text
    assert "I don’t remember" in text


def test_one_tap_settles_and_checks_in(cast, noura, now):
    answer = press(noura, cast.poster, ended="planned")
    before, today = attendances_of(cast.noura)
    assert (before.state, before.credited_minutes) == ("closed", 230)
    assert "end_claimed" in before.flags
    assert (today.state, today.in_at) == ("open", now)
    assert answer.location == f"/attendances/{today.id}"
    text = noura.text(answer.location)
    assert "The supervisor will check this time" in text
    assert "You’re checked in 1:00 PM" in text


def test_a_lost_answer_sent_again_changes_nothing(cast, noura):
    sent = {**opened(noura, cast.poster), "ended": "planned"}
    answers = {noura.send(address(cast.poster), **sent).location for _ in range(3)}
    assert len(answers) == 1
    assert [scan.kind for scan in scans_of(cast.noura)] == ["in", "out", "in"]


def test_another_time_may_be_told(cast, noura, now):
    press(noura, cast.poster, ended="other", time="17:30")
    before, today = attendances_of(cast.noura)
    assert before.out_at == now - timedelta(days=1) + timedelta(hours=4, minutes=30)
    assert today.state == "open"
    assert scans_of(cast.noura)[1].carrier == "claim"


@pytest.mark.parametrize("time", ["", "noon", "13:00", "23:59", "04:00"])
def test_an_impossible_time_is_explained_and_nothing_is_lost(cast, noura, time):
    answer = press(noura, cast.poster, ended="other", time=time)
    assert answer.status_code == 422
    assert "Choose a time after you checked in and before the shift was closed" in plain(answer)
    assert "<details" in answer.text
    assert len(scans_of(cast.noura)) == 1


def test_nobody_has_to_remember(cast, noura):
    asked = noura.text(address(cast.poster))
    assert re.search(r"You checked in at \S+.[AP]M on Saturday", asked)
    answer = press(noura, cast.poster, ended="unknown")
    assert "The supervisor will decide when you finished" in noura.text(answer.location)
    before, today = attendances_of(cast.noura)
    assert (before.state, today.state) == ("unclosed", "open")
    assert "end_unknown" in before.flags
    assert "You didn’t check out" not in noura.text(address(cast.poster))


def test_without_a_shift_today_the_answer_is_still_kept(cast, noura, now):
    poster = factories.poster(now, cast.squares)
    answer = press(noura, poster, ended="planned")
    assert answer.location == address(poster)
    assert attendances_of(cast.noura)[0].state == "closed"
    assert "The supervisor will check this time" in noura.text(answer.location)
