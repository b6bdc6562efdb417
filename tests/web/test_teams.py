"""Teams: kept by coordinators; their leaders see names and next shifts, and nothing else."""

import pytest

from checkin.operations import people, teams
from tests import factories

pytestmark = pytest.mark.usefixtures("at")


@pytest.fixture
def team(cast):
    return factories.team(leader=cast.noura)


@pytest.fixture
def address(team):
    return f"/teams/{team.id}"


def test_a_team_is_added_renamed_closed_and_opened(layla):
    made = layla.send("/teams/new", name_ar="فريق الشوقية", name_en="Shawqiyah team")
    assert made.status_code == 303
    address = made.headers["Location"]
    assert "Shawqiyah team" in layla.text("/teams")
    again = layla.send("/teams/new", name_ar="فريق الشوقية", name_en="Typed")
    assert again.status_code == 422
    assert "This name is taken" in again.get_data(as_text=True)
    assert "Typed" in again.get_data(as_text=True)
    assert layla.send("/teams/new", name_ar="فريق الشوقيه").status_code == 422
    named = {"name_ar": "فريق العوالي", "name_en": "Awali team", "neighbourhood": "العوالي"}
    layla.send(f"{address}/details", **named)
    assert "Awali team" in layla.text(address)
    assert "العوالي" in layla.text("/teams")
    assert 'value="العوالي"' in layla.get(f"{address}/details").text
    layla.send(f"{address}/closure")
    assert "takes no new members" in layla.text(address)
    layla.send(f"{address}/reopening")
    assert "takes no new members" not in layla.text(address)


def test_members_are_found_added_made_leaders_and_removed(layla, cast, address, team):
    assert "سالم عوض الغامدي" in layla.text(f"{address}/members?q=سالم")
    member = f"{address}/members/{cast.salem.id}"
    assert layla.send(member).status_code == 303
    layla.send(f"{member}/leadership")
    assert teams.leaders()[team.id] == ["سالم عوض الغامدي", "نورة سعد القحطاني"]
    layla.send(f"{member}/leadership/ending")
    assert "Leads the team" in layla.text(f"{address}?q=نورة")
    assert "2 members" in layla.text(address)
    layla.send(f"{member}/removal")
    assert people.find(cast.salem.id).team_id is None
    assert layla.send(f"{member}/leadership").status_code == 404


def test_a_closed_team_takes_nobody(layla, cast, address):
    layla.send(f"{address}/closure")
    layla.send(f"{address}/members/{cast.salem.id}")
    assert "This team is closed" in layla.text(address)
    assert people.find(cast.salem.id).team_id is None


def test_the_team_stands_on_a_persons_page_and_is_not_typed(layla, cast, team):
    assert "Aziziyah team" in layla.text(f"/people/{cast.noura.id}")
    form = layla.get(f"/people/{cast.noura.id}/details").get_data(as_text=True)
    assert 'name="team_name"' not in form
    fields = {"name": cast.noura.name, "mobile": cast.noura.mobile, "category": "volunteer"}
    layla.send(f"/people/{cast.noura.id}/details", **fields, gender="woman")
    kept = people.find(cast.noura.id)
    assert (kept.gender, kept.team_id, kept.team_name) == ("woman", team.id, "فريق حي العزيزية")


def test_a_leader_sees_names_and_next_shifts_but_no_mobiles(noura, cast, now, team):
    other = factories.person(now, "هيا فهد العتيبي", team_id=team.id)
    factories.assign(now, other, factories.shift(now, cast.squares, starts=24 * 60))
    assert "Aziziyah team" in noura.text("/hours")
    page = noura.text("/team")
    assert "هيا فهد العتيبي" in page
    assert "Squares of the Grand Mosque" in page
    assert other.mobile[-4:] not in page.replace(" ", "")


def test_whoever_leads_no_team_finds_none(noura, layla, cast, now):
    team = factories.team()
    factories.alter(cast.noura, team_id=team.id)
    assert noura.get("/team").status_code == 404
    assert layla.get("/team").status_code == 404
    assert "My team" not in noura.text("/hours")


@pytest.mark.parametrize("who", ["noura", "salem", "reem", "faisal"])
def test_only_who_manages_people_enters(cast, browser_of, address, who):
    browser = browser_of(getattr(cast, who), kind="staff")
    assert browser.get("/teams").status_code == 403
    assert browser.get(address).status_code == 403
    assert browser.send(f"{address}/members/{cast.salem.id}").status_code == 403
