"""People entered twice, as a coordinator looks at them and makes one of two."""

import pytest
from sqlalchemy import select

from checkin.database import db
from checkin.models import Merge
from checkin.operations import merging, people
from tests import factories
from tests.pages import plain

pytestmark = pytest.mark.usefixtures("at")


@pytest.fixture
def twin(cast, now):
    factories.alter(cast.noura, partner_id=None)
    return factories.person(
        now,
        "نورة القحطاني",
        mobile=cast.noura.mobile,
        partner_id=cast.university.id,
        birth_year=2004,
    )


def test_a_pair_is_offered_and_compared(cast, twin, layla):
    page = layla.text("/people/duplicates")
    assert "The same mobile" in page
    assert cast.noura.name in page
    assert f"/people/{cast.noura.id}/merges/{twin.id}" in layla.get("/people/duplicates").text
    page = layla.text(f"/people/{cast.noura.id}/merges/{twin.id}")
    assert "Merge two entries" in page
    assert "Taif University" in page


def test_what_is_chosen_is_kept_and_what_is_missing_is_offered(cast, twin, layla):
    address = f"/people/{cast.noura.id}/merges/{twin.id}"
    page = layla.get(address).text
    assert 'name="partner" value="other" checked' in page
    assert 'name="name" value="kept" checked' in page
    done = layla.send(address, name="other", partner="other", birth_year="kept")
    assert done.status_code == 303
    kept = people.find(cast.noura.id)
    assert (kept.name, kept.partner_id, kept.birth_year) == (
        "نورة القحطاني",
        cast.university.id,
        None,
    )
    page = layla.text(done.location)
    assert "Merged into one person" in page
    assert f"Also entered as ⁨نورة القحطاني⁩, number {twin.id}" in page
    assert "Nobody seems to be entered twice" in layla.text("/people/duplicates")


def test_the_merged_row_leads_to_who_it_is_and_back_again(cast, twin, layla):
    layla.send(f"/people/{cast.noura.id}/merges/{twin.id}", name="kept")
    led = layla.get(f"/people/{twin.id}")
    assert (led.status_code, led.location) == (303, f"/people/{cast.noura.id}")
    merge = db.session.scalars(select(Merge)).one()
    undone = layla.send(f"/people/merges/{merge.id}/reversal")
    assert undone.location == f"/people/{twin.id}"
    assert "Two people again" in layla.text(undone.location)
    again = layla.send(f"/people/merges/{merge.id}/reversal")
    assert "This was taken apart already" in layla.text(again.location)


def test_a_pair_not_found_by_itself_is_looked_for(cast, now, layla):
    other = factories.person(now, "نوره القحطانية")
    address = f"/people/{cast.noura.id}/merges"
    assert f'href="{address}"' in layla.get(f"/people/{cast.noura.id}").text
    page = layla.get(f"{address}?q=نوره").text
    assert f"{address}/{other.id}" in page
    assert f"{address}/{cast.noura.id}" not in page
    assert "Nobody found" in layla.text(f"{address}?q=zzz")


def test_those_of_one_mobile_or_name_are_offered_before_anything_is_typed(cast, now, twin, layla):
    namesake = factories.person(now, cast.noura.name)
    page = layla.get(f"/people/{cast.noura.id}/merges").text
    places = [page.index(f"/merges/{one.id}") for one in (twin, namesake)]
    assert places == sorted(places)
    layla.send("/people/duplicates/apart", first=cast.noura.id, second=twin.id)
    page = layla.get(f"/people/{cast.noura.id}/merges").text
    assert f"/merges/{twin.id}" not in page
    assert f"/merges/{namesake.id}" in page


def test_what_speaks_against_it_is_said_and_there_is_no_button(cast, twin, layla):
    address = f"/people/{twin.id}/merges/{cast.salem.id}"
    page = layla.text(address)
    assert "holds a role. End it first" in page
    assert "Merge into one person" not in page
    refused = layla.send(address)
    assert refused.status_code == 422
    assert "holds a role" in plain(refused)


def test_two_people_stay_two(cast, twin, layla):
    done = layla.send("/people/duplicates/apart", first=cast.noura.id, second=twin.id)
    assert "Nobody seems to be entered twice" in layla.text(done.location)
    assert merging.page_of(1).total == 0
    assert layla.send("/people/duplicates/apart", first="x", second=twin.id).status_code == 404


@pytest.mark.parametrize("who", ["noura", "salem", "huda", "faisal", "reem"])
def test_others_do_not_enter(cast, twin, browser_of, who):
    browser = browser_of(getattr(cast, who), kind="staff")
    for address in ("/people/duplicates", f"/people/{cast.noura.id}/merges/{twin.id}"):
        assert browser.get(address).status_code == 403
    assert browser.send(f"/people/{cast.noura.id}/merges/{twin.id}").status_code == 403


def test_somebody_who_is_not_there_is_not_found(cast, layla):
    assert layla.get(f"/people/{cast.noura.id}/merges/9999").status_code == 404
    assert layla.send("/people/merges/9999/reversal").status_code == 404
