"""Who may do what: the page that is looked through, and roles that take two."""

from datetime import timedelta

import pytest

from checkin.domain.roles import Role
from checkin.operations import grants
from checkin.operations.permissions import roles_of
from tests import factories

pytestmark = pytest.mark.usefixtures("at")


@pytest.fixture
def hani(now, browser_of):
    """A second administrator."""
    hani = factories.person(now, "هاني سالم العتيبي", email="hani@example.org")
    factories.grant(now, hani, Role.ADMINISTRATOR)
    return browser_of(hani, kind="staff", lang="en")


def test_an_administrator_sees_everybody_and_a_coordinator_what_is_below(cast, layla, majed):
    page = majed.text("/access")
    for person in (cast.salem, cast.huda, cast.layla, cast.majed, cast.reem, cast.faisal):
        assert person.name in page
    page = layla.text("/access")
    assert cast.salem.name in page
    assert cast.faisal.name not in page


def test_roles_that_end_soon_or_never_are_told_apart(cast, now, majed):
    day = timedelta(days=1)
    soon = factories.person(now, "طلال فهد العتيبي")
    midnight = (now + 5 * day).replace(hour=21)  # in Riyadh, after the 27th
    factories.grant(now, soon, Role.SUPERVISOR, site_id=cast.mataf.id, until_at=midnight)
    later = factories.person(now, "بندر فهد العتيبي")
    factories.grant(now, later, Role.SUPERVISOR, site_id=cast.mataf.id, until_at=now + 38 * day)
    page = majed.text("/access")
    assert "21 Nov 27 Nov Ends soon Never" in page
    assert "21 Nov 30 Dec Never" in page
    assert page.count("Ends soon") == 1
    assert page.count("No end") == 6
    assert "Without an end: 6, ending within 14 days: 1" in page
    assert "27 Nov" in majed.text(f"/people/{soon.id}")


def test_still_needed_and_ended(cast, now, layla):
    (salem,) = grants.supervisors_of(cast.mataf.id, now)
    done = layla.send(f"/access/{salem.id}/review")
    page = layla.text(done.location)
    assert "Looked at: still needed" in page
    assert "Never 22 Nov ليلى أحمد الحربي" in page
    layla.send(f"/access/{salem.id}/ending")
    assert grants.supervisors_of(cast.mataf.id, now) == []
    again = layla.send(f"/access/{salem.id}/review")
    assert "This role has ended" in layla.text(again.location)


def test_roles_above_ones_own_are_left_alone(cast, now, layla):
    ((faisal, _, _),) = grants.of_person(cast.faisal.id)
    refused = layla.send(f"/access/{faisal.id}/ending")
    assert "Only an administrator" in layla.text(refused.location)
    assert Role.AUDITOR in [one.role for one in roles_of(cast.faisal.id, now)]
    assert layla.send("/access/9999/review").status_code == 404


def test_an_administrator_is_asked_for_and_confirmed_by_another(cast, now, majed, hani):
    address = f"/people/{cast.noura.id}/roles"
    asked = majed.send(address, role="administrator")
    assert "Another administrator must confirm" in majed.text(asked.location)
    assert [one.role for one in roles_of(cast.noura.id, now)] == [Role.VOLUNTEER]
    page = majed.get("/access").text
    assert "Waiting for a second administrator" in page
    assert "/confirmation" not in page, "not by whoever asked"
    ((request, _, _),) = grants.waiting_requests()
    refused = majed.send(f"/access/requests/{request.id}/confirmation")
    assert "Another administrator must confirm" in majed.text(refused.location)
    assert "/confirmation" in hani.get("/access").text
    hani.send(f"/access/requests/{request.id}/confirmation")
    assert Role.ADMINISTRATOR in [one.role for one in roles_of(cast.noura.id, now)]
    again = hani.send(f"/access/requests/{request.id}/refusal")
    assert "This was answered already" in hani.text(again.location)


def test_a_role_is_given_for_some_days(cast, now, layla):
    address = f"/people/{cast.noura.id}/roles"
    days = {"role": "supervisor", "site_id": cast.mataf.id, "from_on": "2026-11-25"}
    refused = layla.send(address, **days, until_on="2026-11-24")
    assert refused.status_code == 422
    assert "The last day must not be before the first" in refused.text
    layla.send(address, **days, until_on="2026-11-26")
    ((grant, _, _),) = grants.of_person(cast.noura.id)
    assert (grant.from_at.isoformat(), grant.until_at.isoformat()) == (
        "2026-11-24T21:00:00+00:00",
        "2026-11-26T21:00:00+00:00",
    )


@pytest.mark.parametrize("who", ["noura", "salem", "huda", "faisal", "reem"])
def test_others_do_not_enter(cast, now, browser_of, who):
    browser = browser_of(getattr(cast, who), kind="staff")
    (salem,) = grants.supervisors_of(cast.mataf.id, now)
    assert browser.get("/access").status_code == 403
    assert browser.send(f"/access/{salem.id}/ending").status_code == 403
