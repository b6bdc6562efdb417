"""Odd input in the coordinator's forms and addresses: a sentence or a 404, never a fault."""

import pytest

from checkin.operations import people, shifts
from checkin.operations.permissions import Reach

pytestmark = pytest.mark.usefixtures("at")
NUMBER = "9" * 25
LONG = "نورة " * 1000


@pytest.fixture
def shift(cast):
    return {
        "opportunity_id": cast.shift.opportunity_id,
        "site_id": cast.mataf.id,
        "lane_id": "",
        "day": "2026-11-23",
        "starts": "22:00",
        "ends": "02:00",
        "seats": "5",
        "days": "1",
    }


@pytest.mark.parametrize(
    "address",
    [
        *(f"/people/{NUMBER}", f"/sites/{NUMBER}", f"/shifts/{NUMBER}"),
        *(f"/sites/1/lanes/{NUMBER}", f"/opportunities/{NUMBER}"),
    ],
)
def test_an_id_no_row_can_have_is_not_found(layla, address):
    assert layla.get(address).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        *(f"/people?page={NUMBER}", "/people?page=0", "/people?page=-3", "/people?page=x"),
        *(f"/shifts?site={NUMBER}", "/shifts?week=0001-01-01", "/shifts?week=9999-12-31"),
        f"/shifts/new?site={NUMBER}&opportunity=x&day=9999-12-31",
        *(f"/people?q={LONG}", "/people?q=%ED%A0%BD"),
    ],
)
def test_an_odd_question_gets_a_page(layla, address):
    assert layla.get(address).status_code == 200


@pytest.mark.parametrize(
    "values",
    [
        *({"day": "9999-12-31"}, {"day": "0001-01-01"}, {"day": "2026-02-30"}),
        *({"starts": "24:00"}, {"starts": "1:60"}, {"starts": "noon"}),
        *({"seats": NUMBER}, {"seats": "1e3"}, {"seats": "٥٫٥"}),
        *({"site_id": NUMBER}, {"site_id": "x"}, {"opportunity_id": "-1"}),
    ],
)
def test_an_odd_plan_is_explained(layla, shift, values):
    refused = layla.send("/shifts/new", **{**shift, **values})
    assert refused.status_code == 422
    body = refused.get_data(as_text=True)
    assert "There is a problem" in body
    assert body.count('class="field-error" id=') == body.count('aria-invalid="true"') == 1


@pytest.mark.parametrize("version", [NUMBER, "", "x", "١"])
def test_an_odd_version_is_one_that_somebody_changed(cast, layla, shift, version):
    sent = {**shift, "row_version": version}
    refused = layla.send(f"/shifts/{cast.shift.id}/details", **sent)
    assert "Somebody changed this shift meanwhile" in refused.get_data(as_text=True)
    assert shifts.find(cast.shift.id, Reach(everywhere=True)).row_version == 1


@pytest.mark.parametrize(
    "values",
    [
        *({"name": LONG}, {"name": "😀"}, {"category": "king"}),
        *({"email": "a" * 300 + "@example.org"}, {"email": "a@b"}, {"partner_id": NUMBER}),
        *({"mobile": NUMBER}, {"guardian_mobile": "x"}, {"gender": "x"}, {"team_name": "!"}),
    ],
)
def test_an_odd_person_is_explained(cast, layla, values):
    profile = {"name": "خالد", "mobile": "0551234567", "category": "student", "gender": ""}
    assert layla.send("/people/new", **{**profile, **values}).status_code == 422
    assert people.of_mobile("+966551234567") == []


@pytest.mark.parametrize("typed", ["9:05", "09:05", "09:05:00", "٩:٠٥"])
def test_times_are_read_as_people_write_them(cast, layla, shift, typed):
    made = layla.send("/shifts/new", **{**shift, "starts": typed, "ends": "١١:٣٠"})
    assert "9:05 AM to 11:30 AM" in layla.text(made.location)


def test_days_and_numbers_are_read_in_any_digits(cast, layla, shift):
    made = layla.send("/shifts/new", **{**shift, "day": "٢٠٢٦-١١-٢٥", "seats": "1,000"})
    page = layla.text(made.location)
    assert "Wednesday 25 November 2026" in page
    assert "0 of 1,000" in page


def test_names_are_kept_clean(cast, layla):
    profile = {"mobile": "0551234567", "category": "student", "gender": ""}
    layla.send("/people/new", **profile, name="  \u202eخالد \u200f  الثقفي ")
    (khalid,) = people.of_mobile("+966551234567")
    assert khalid.name == "خالد الثقفي"
