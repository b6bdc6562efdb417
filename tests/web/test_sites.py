"""Sites as a coordinator works with them: details, lanes, supervisors, today's shifts."""

import pytest

from checkin.domain.roles import Permission
from checkin.operations import grants, permissions, sites
from checkin.operations.permissions import Reach

pytestmark = pytest.mark.usefixtures("at")
EVERYWHERE = Reach(everywhere=True)
FIELDS = {
    "name_ar": "باب الملك فهد",
    "name_en": "King Fahd Gate",
    "code_mode": "poster",
    "zone": "Asia/Riyadh",
}


def test_a_new_site_leads_to_its_page(cast, layla):
    made = layla.send("/sites/new", **FIELDS, phone="012 571 2345")
    assert made.status_code == 303
    page = layla.text(made.location)
    for words in ("King Fahd Gate", "+966 12 571 2345", "No shifts here today", "Make poster"):
        assert words in page
    assert "King Fahd Gate" in layla.text("/sites")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name_ar": ""}, "Fill in: Name in Arabic"),
        ({"name_en": ""}, "Fill in: Name in English"),
        ({"name_ar": "صحن المطاف"}, "This name is taken"),
        ({"phone": "12"}, "Check the telephone number"),
        ({"name_en": "x" * 121}, "120"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(layla, fields, said):
    refused = layla.send("/sites/new", **{**FIELDS, "phone": "0551234567", **fields})
    assert refused.status_code == 422
    body = refused.get_data(as_text=True)
    assert said in body
    assert "There is a problem" in body
    if "phone" not in fields:
        assert 'value="0551234567"' in body or "+966551234567" in body


def test_the_page_shows_the_shifts_of_the_day(cast, layla):
    page = layla.text(f"/sites/{cast.mataf.id}")
    assert "Visual screening at the gates" in page
    assert "12:00 PM to 5:00 PM" in page
    assert "0 of 40" not in page
    assert "1 of 40" in page


def test_details_change(cast, layla):
    fields = {**FIELDS, "name_ar": cast.mataf.name_ar, "name_en": "The Mataf"}
    assert layla.send(f"/sites/{cast.mataf.id}/details", **fields).status_code == 303
    assert sites.find(cast.mataf.id, EVERYWHERE).name_en == "The Mataf"
    refused = layla.send(f"/sites/{cast.mataf.id}/details", **{**fields, "zone": "Asia/Dubai"})
    assert "the time zone stays" in refused.get_data(as_text=True)


QUIET = {"quiet": "١٢:١٠–١٢:٤٥\n23:00-4:30", "point": "21.42249, 39.82619", "radius": "250"}


def test_quiet_times_and_the_point_on_the_map_are_kept(cast, layla):
    site = sites.find(layla_makes(layla, **QUIET), EVERYWHERE)
    assert site.quiet_windows == [["12:10", "12:45"], ["23:00", "04:30"]]
    assert (site.latitude, site.longitude, site.radius_m) == (21.42249, 39.82619, 250)
    page = layla.text(f"/sites/{site.id}")
    assert "12:10 PM to 12:45 PM · 11:00 PM to 4:30 AM" in page
    assert "21.42249, 39.82619" in page
    form = layla.get(f"/sites/{site.id}/details").get_data(as_text=True)
    assert "12:10–12:45\n23:00–04:30" in form
    assert 'value="21.42249, 39.82619"' in form
    emptied = {**FIELDS, "quiet": "", "point": " ", "radius": "250"}
    assert layla.send(f"/sites/{site.id}/details", **emptied).status_code == 303
    site = sites.find(site.id, EVERYWHERE)
    assert (site.quiet_windows, site.latitude, site.longitude, site.radius_m) == (
        *([], None, None, None),
    )


def test_no_messages_around_prayers_are_kept_and_said(cast, layla):
    fields = {**FIELDS, "name_ar": cast.mataf.name_ar, "quiet_before": "١٠", "quiet_after": "30"}
    layla.send(f"/sites/{cast.mataf.id}/details", **fields)
    assert sites.find(cast.mataf.id, EVERYWHERE).quiet_windows == [{"around_prayers": [10, 30]}]
    words = "From 10 minutes before each prayer until 30 minutes after it begins"
    assert words in said(layla, cast.mataf)
    form = layla.get(f"/sites/{cast.mataf.id}/details").get_data(as_text=True)
    assert 'value="10"' in form
    assert 'value="30"' in form
    layla.send(f"/sites/{cast.mataf.id}/details", **{**fields, "quiet_before": ""})
    assert "For 30 minutes after each prayer begins" in layla.text(
        f"/sites/{cast.mataf.id}"
    ).replace("\xa0", " ")
    layla.send(f"/sites/{cast.mataf.id}/details", **{**fields, "quiet_after": "0"})
    assert "For 10 minutes before each prayer" in layla.text(f"/sites/{cast.mataf.id}").replace(
        "\xa0", " "
    )
    emptied = {**fields, "quiet_before": "", "quiet_after": ""}
    layla.send(f"/sites/{cast.mataf.id}/details", **emptied)
    assert sites.find(cast.mataf.id, EVERYWHERE).quiet_windows == []
    refused = layla.send(f"/sites/{cast.mataf.id}/details", **{**fields, "quiet_after": "91"})
    assert "Enter a number from 0 to 90" in refused.get_data(as_text=True)


def test_a_site_may_trust_its_display_only(cast, layla):
    site = layla_makes(layla, code_mode="rotating")
    assert "check-ins by a poster are reviewed" in layla.text(f"/sites/{site}")
    refused = layla.send("/sites/new", **{**FIELDS, "name_ar": "آخر", "code_mode": "sms"})
    assert refused.status_code == 422


def said(layla, site) -> str:
    return layla.text(f"/sites/{site.id}").replace("\xa0", " ")


def layla_makes(layla, **fields) -> int:
    made = layla.send("/sites/new", **{**FIELDS, **fields})
    assert made.status_code == 303
    return int(made.location.rpartition("/")[2])


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("quiet", "12:10–12:45\naround noon", "“around noon” is not a time window"),
        ("quiet", "12:10-12:45, 12:40-13:00", "Two of these times overlap"),
        ("quiet", "\n".join(f"{h}:00-{h}:10" for h in range(9)), "No more than 8 time windows"),
        ("point", "at the gate", "Write the point as maps show it"),
        ("radius", "7", "Enter a number from 50 to 20,000"),
    ],
)
def test_an_unreadable_time_or_point_is_said_and_stays_typed(layla, field, typed, said):
    refused = layla.send("/sites/new", **{**FIELDS, **QUIET, field: typed})
    assert refused.status_code == 422
    body = refused.get_data(as_text=True)
    assert said in body
    assert typed in body
    assert "King Fahd Gate" in body


def test_a_site_with_shifts_is_not_closed_and_says_why(cast, layla):
    refused = layla.send(f"/sites/{cast.mataf.id}/closure")
    assert "Shifts are still planned here (1)" in layla.text(refused.location)
    closed = layla.send(f"/sites/{cast.squares.id}/closure")
    assert "This site is closed" in layla.text(closed.location)
    layla.send(f"/sites/{cast.squares.id}/reopening")
    assert sites.find(cast.squares.id, EVERYWHERE).closed_at is None


def test_lanes_are_added_renamed_and_closed(cast, layla):
    here = f"/sites/{cast.mataf.id}"
    layla.send(f"{here}/lanes", name_ar="المسار 3", name_en="Lane 3")
    assert "Lane 3" in layla.text(here)
    (lane,) = sites.find(cast.mataf.id, EVERYWHERE).lanes
    twice = layla.send(f"{here}/lanes", name_ar="المسار 3")
    assert "This name is taken" in twice.get_data(as_text=True)
    layla.send(f"{here}/lanes/{lane.id}", name_ar="المسار 4", name_en="Lane 4")
    assert "Lane 4" in layla.text(here)
    layla.send(f"{here}/lanes/{lane.id}/closure")
    assert "Closed" in layla.text(here)
    layla.send(f"{here}/lanes/{lane.id}/reopening")
    assert sites.find(cast.mataf.id, EVERYWHERE).lanes[0].closed_at is None
    assert layla.get(f"/sites/{cast.squares.id}/lanes/{lane.id}").status_code == 404


def test_a_supervisor_is_found_and_named(cast, now, layla):
    here = f"/sites/{cast.squares.id}"
    found = layla.text(f"{here}/supervisors?q=نوره القحطاني")
    assert cast.noura.name in found
    assert "Nobody found" in layla.text(f"{here}/supervisors?q=xyz")
    layla.send(f"{here}/supervisors", person=cast.noura.id)
    page = layla.text(here)
    assert cast.noura.name in page
    assert cast.huda.name in page
    reach = permissions.reach_of(permissions.roles_of(cast.noura.id, now), Permission.DECIDE)
    assert reach.site_ids == {cast.squares.id}


def test_a_supervisor_is_ended(cast, now, layla):
    (grant,) = grants.supervisors_of(cast.mataf.id, now)
    wrong = layla.send(f"/sites/{cast.squares.id}/supervisors/{grant.id}/ending")
    assert wrong.status_code == 404
    layla.send(f"/sites/{cast.mataf.id}/supervisors/{grant.id}/ending")
    assert grants.supervisors_of(cast.mataf.id, now) == []
    assert "Nobody supervises this site yet" in layla.text(f"/sites/{cast.mataf.id}")


def test_nobody_names_themselves(cast, now, layla):
    refused = layla.send(f"/sites/{cast.mataf.id}/supervisors", person=cast.layla.id)
    assert "Nobody gives themselves a role" in layla.text(refused.location)
    assert [g.person_id for g in grants.supervisors_of(cast.mataf.id, now)] == [cast.salem.id]
    assert layla.send(f"/sites/{cast.mataf.id}/supervisors", person="x").status_code == 404


@pytest.mark.parametrize("who", ["noura", "salem", "huda", "majed"])
def test_only_coordinators_enter(cast, browser_of, who):
    browser = browser_of(getattr(cast, who), kind="staff")
    for address in ("/sites", f"/sites/{cast.mataf.id}", "/sites/new"):
        assert browser.get(address).status_code == 403
    assert browser.send("/sites/new", **FIELDS).status_code == 403


def test_a_site_that_is_not_there_is_not_found(layla):
    for address in ("/sites/9999", "/sites/9999/details", "/sites/9999/supervisors"):
        assert layla.get(address).status_code == 404
