"""Taking over a post: the offer on the receipt, one tap, and what each of the two is told."""

from datetime import timedelta

import pytest
import time_machine

from checkin.models import Lane
from tests import factories
from tests.factories import alter, check_in
from tests.web.scanning import attendances_of

END = timedelta(hours=4)


@pytest.fixture
def hind(cast, now):
    lane = factories.keep(Lane(site_id=cast.mataf.id, name_ar="مسار 3", name_en="Lane 3"))
    alter(cast.shift, lane_id=lane.id)
    after = factories.shift(now, cast.mataf, starts=240, minutes=240, lane_id=lane.id)
    hind = factories.person(now, "هند علي الغامدي")
    factories.assign(now, hind, after)
    check_in(cast.noura, cast.poster, now)
    with time_machine.travel(now + END, tick=False):
        check_in(hind, cast.poster, now + END)
        yield hind


def receipt_of(person) -> str:
    return f"/attendances/{attendances_of(person)[0].id}"


def test_one_tap_checks_the_one_before_out_and_both_are_told(cast, hind, browser_of):
    browser = browser_of(hind, lang="en")
    page = browser.text(receipt_of(hind))
    assert "Taking over this post?" in page
    assert "نورة has left" in page
    assert "القحطاني" not in page
    before = attendances_of(cast.noura)[0]
    pressed = browser.send(f"{receipt_of(hind)}/relief", attendance=before.id)
    assert pressed.status_code == 303
    page = browser.text(pressed.location)
    assert "The supervisor sees that you said so" in page
    assert "Taking over this post?" not in page
    told = browser_of(cast.noura, lang="en").text(receipt_of(cast.noura))
    assert "هند , who took over the post, said that you had left" in told
    review = browser_of(cast.salem, kind="staff", lang="en")
    assert "Checked out by the volunteer who took over" in review.text(
        f"{receipt_of(cast.noura)}/review"
    )


def test_nobody_relieves_somebody_twice_or_anybody_else(cast, hind, browser_of):
    browser = browser_of(hind, lang="en")
    before = attendances_of(cast.noura)[0]
    for attendance in (attendances_of(hind)[0].id, 999, "x"):
        refused = browser.send(f"{receipt_of(hind)}/relief", attendance=attendance)
        assert "no longer checked in at your post" in browser.text(refused.location)
    assert attendances_of(cast.noura)[0].state == "open"
    browser.send(f"{receipt_of(hind)}/relief", attendance=before.id)
    browser.send(f"{receipt_of(hind)}/relief", attendance=before.id)
    assert len(attendances_of(cast.noura)[0].stints) == 1


def test_a_stranger_has_no_such_receipt(cast, hind, browser_of):
    before = attendances_of(cast.noura)[0].id
    sent = browser_of(cast.huda).send(f"{receipt_of(hind)}/relief", attendance=before)
    assert sent.status_code == 404


def test_without_lanes_nobody_is_offered(cast, hind, browser_of, now):
    alter(cast.shift, lane_id=None)
    assert "Taking over" not in browser_of(hind, lang="en").text(receipt_of(hind))
