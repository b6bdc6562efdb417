"""Targets on the pages of figures: set by coordinators, shown with their pace."""

import re

import pytest
import time_machine

from checkin.operations import targets
from checkin.operations.targets import TargetPlan

ADDRESS = "/figures/targets"


@pytest.fixture(autouse=True)
def _clock(now):
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def hours(cast, now):
    """3,650 hours in 2026, which nobody has begun to work."""
    plan = TargetPlan(figure="hours", period="2026", amount=3650)
    return targets.put(plan, by=cast.layla.id, now=now)


def sent(**changes) -> dict[str, str]:
    return {"figure": "hours", "period": "2026", "whom": "all-0", "amount": "8,000,000", **changes}


def test_a_coordinator_sets_a_target(layla):
    assert layla.send(f"{ADDRESS}/new", **sent(amount="٨٠٠٠")).status_code == 303
    answer = layla.send(f"{ADDRESS}/new", **sent(figure="volunteers", amount="100,000"))
    assert (answer.status_code, answer.headers["Location"]) == (303, ADDRESS)
    assert "of target (0 of 100,000)" in layla.text(ADDRESS)


def test_its_pace_stands_on_the_dashboard(layla, hours):
    # 325 of 365 days are over on the 22nd of November
    for address in ("/figures", "/figures?period=2026", ADDRESS):
        text = layla.text(address)
        for part in ("of target (0 of 3,650)", "Behind by 3,250", "from today: 92"):
            assert part in text, address
    assert "of target" not in layla.text("/figures?period=2026-11")
    assert layla.send(f"{ADDRESS}/new", **sent(period="2027", amount="10")).status_code == 303
    assert "of target (0 of 10)" in layla.text("/figures?period=2027")
    assert "No target set for 1448 AH" in layla.text("/figures?period=1448h")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"amount": "many"}, "Enter a whole number"),
        ({"amount": "0"}, "Enter a number from 1 to"),
        ({"amount": ""}, "Fill in: Target"),
        ({"period": "1999"}, "Not a valid choice"),
        ({"whom": "site-999999"}, "Not a valid choice"),
    ],
)
def test_a_mistake_is_said_and_nothing_typed_is_lost(layla, changes, said):
    answer = layla.send(f"{ADDRESS}/new", **sent(figure="value", **changes))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert said in page
    assert re.search(r'<option selected value="value"', page)


def test_a_second_target_of_the_same_figure_is_pointed_out(layla, hours):
    answer = layla.send(f"{ADDRESS}/new", **sent())
    assert answer.status_code == 422
    assert "has a target for this year already" in answer.get_data(as_text=True)


def test_a_target_is_changed_and_taken_away(layla, hours):
    page = layla.get(f"{ADDRESS}/{hours}").get_data(as_text=True)
    assert 'value="3650"' in page
    answer = layla.send(f"{ADDRESS}/{hours}", **sent(amount="4000", row_version="1"))
    assert answer.status_code == 303
    assert "0 of 4,000" in layla.text(ADDRESS)
    stale = layla.send(f"{ADDRESS}/{hours}", **sent(amount="5000", row_version="1"))
    assert stale.status_code == 422
    assert "changed this target meanwhile" in stale.get_data(as_text=True)
    asked = layla.text(f"{ADDRESS}/{hours}/removal")
    assert "Take this target away?" in asked
    assert "4,000" in asked
    late = layla.send(f"{ADDRESS}/{hours}/removal", row_version="1")
    assert late.status_code == 409
    assert layla.send(f"{ADDRESS}/{hours}/removal", row_version="2").status_code == 303
    assert "No target is set yet" in layla.text(ADDRESS)


def test_a_supervisor_sees_the_own_sites_target_only(cast, now, browser_of, hours):
    plan = TargetPlan(
        figure="volunteers", period="2026", amount=77, scope="site", key=cast.mataf.id
    )
    targets.put(plan, by=cast.layla.id, now=now)
    salem = browser_of(cast.salem, kind="staff", lang="en")
    for address in (ADDRESS, "/figures?period=2026"):
        text = salem.text(address)
        assert "0 of 77" in text
        assert "3,650" not in text
    assert salem.get(f"{ADDRESS}/{hours}").status_code == 403
    huda = browser_of(cast.huda, kind="staff", lang="en")
    assert "No target is set yet" in huda.text(ADDRESS)


def test_whoever_may_set_a_target_is_led_there(layla, salem):
    assert f'href="{ADDRESS}/new"' in layla.get("/figures?period=2026").text
    assert f'href="{ADDRESS}/new"' not in salem.get("/figures?period=2026").text


def test_staff_are_told_that_it_may_be_another_sites(layla, cast, browser_of):
    said = "belong to a site or partner that is not yours"
    assert said in layla.text("/figures/targets/999999")
    assert said not in browser_of(cast.noura, lang="en").text("/nothing-here")


@pytest.mark.parametrize("address", [ADDRESS, f"{ADDRESS}/new", f"{ADDRESS}/1"])
def test_volunteers_may_not_enter(cast, browser_of, address):
    assert browser_of(cast.noura).get(address).status_code == 403


def test_an_unknown_target_is_not_found(layla):
    assert layla.get(f"{ADDRESS}/999999").status_code == 404
