"""Where the lane counts nobody else is asked: at a poster, a screen, a badge, offline or by hand.

Six people on one lane must never report the same crowd six times.
"""

import uuid

import pytest

from checkin.operations import approvals, badges, displays, figures, tally
from checkin.operations.permissions import Reach
from tests import factories
from tests.web.api import act, results, send
from tests.web.scanning import address, attendances_of, fields, scans_of

pytestmark = pytest.mark.usefixtures("at")
PICKER = 'name="beneficiaries"'
EVERYWHERE = Reach(everywhere=True)


@pytest.fixture
def lane(cast, now):
    return factories.lane_shift(now, cast.mataf)


@pytest.fixture
def wall(cast, lane, now):
    """The lane's own poster."""
    return factories.poster(now, cast.mataf, lane)


@pytest.fixture
def salma(lane, wall, now):
    """Checked in at the lane since it began."""
    who = factories.person(now, "سلمى فهد الحربي")
    factories.assign(now, who, lane)
    factories.check_in(who, wall, lane.starts_at)
    return who


@pytest.fixture
def phone(salma, browser_of):
    return browser_of(salma, lang="en")


@pytest.fixture
def salem(cast, browser_of):
    return browser_of(cast.salem, kind="staff", lang="en")


def left(salma):
    """The record of whoever has left; it has no number of its own."""
    (record,) = attendances_of(salma)
    assert (record.state, record.beneficiaries) == ("closed", None)
    assert "many_beneficiaries" not in record.flags
    return record


@pytest.mark.parametrize("carrier", ["poster", "screen"])
def test_a_code_asks_no_number_and_drops_one_sent(cast, salma, phone, wall, now, carrier):
    displays.open_here(cast.mataf.id, "4821", by=cast.salem.id, now=now)
    shown = f"/R/{displays.live_at(cast.mataf.id, now).token}"
    code = address(wall) if carrier == "poster" else shown
    page = phone.get(code).get_data(as_text=True)
    assert PICKER not in page
    assert "How many" not in page
    sent = phone.send(code, **{**fields(page), "beneficiaries": "900"})
    assert sent.status_code == 303, "an odd number is not even asked about"
    left(salma)


def test_a_phone_is_told_not_to_ask_without_a_network(phone):
    assert phone.get("/api/v1/me").get_json()["open"]["counts"] is False


def test_a_number_from_an_offline_phone_is_kept_with_the_scan_alone(salma, phone, wall, now):
    out = act("out", f"S/{wall.code}", now, beneficiaries=90_000)
    (told,) = results(send(phone, out, now=now))
    assert told["outcome"] == "checked_out"
    assert scans_of(salma)[-1].beneficiaries == 90_000
    left(salma)


def test_a_badge_asks_no_number(cast, salma, salem, now):
    code = badges.code_of(badges.make([salma.id], by=cast.layla.id, now=now)[0])
    page = salem.get(f"/B/{code}").get_data(as_text=True)
    assert "Check out" in page
    assert PICKER not in page


def test_a_supervisor_s_sheet_asks_no_number(cast, salma, salem):
    (record,) = attendances_of(salma)
    sheet = f"/floor/{cast.mataf.id}/attendances/{record.id}"
    page = salem.get(sheet).get_data(as_text=True)
    assert "Check out" in page
    assert PICKER not in page


def test_six_people_on_a_lane_report_its_crowd_once(cast, salma, lane, wall, salem, now):
    crew = [salma]
    for number in range(5):
        who = factories.person(now, f"متطوعة {number}")
        factories.assign(now, who, lane)
        factories.check_in(who, wall, lane.starts_at)
        crew.append(who)
    one = tally.Tap(str(uuid.uuid4()), lane.id, 200)
    tally.tap(one, by=cast.salem.id, reach=EVERYWHERE, now=now)
    for who in crew:
        factories.check_out(who, lane, lane.ends_at, beneficiaries=200)
        (record,) = attendances_of(who)
        row = (record.id, record.row_version)
        approvals.approve(*row, by=cast.salem.id, now=lane.ends_at)
    totals = figures.totals(figures.Filter(EVERYWHERE))
    assert (totals.beneficiaries, totals.attendances) == (200, 6)
    shares = sorted(record.approved_beneficiaries for who in crew for record in attendances_of(who))
    assert shares == [33, 33, 33, 33, 34, 34]


def test_the_volunteer_reads_the_own_share(cast, salma, phone, lane, now):
    one = tally.Tap(str(uuid.uuid4()), lane.id, 200)
    tally.tap(one, by=cast.salem.id, reach=EVERYWHERE, now=now)
    factories.check_out(salma, lane, now)
    (record,) = attendances_of(salma)
    said = phone.text(f"/attendances/{record.id}")
    assert "Your share of the lane’s count: 200 of 200" in said
