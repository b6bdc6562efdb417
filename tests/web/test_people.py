"""People as coordinators and administrators work with them."""

import pytest

from checkin.domain.roles import Role
from checkin.operations import grants, people
from checkin.operations.permissions import roles_of
from tests import factories
from tests.factories import check_in
from tests.pages import plain

pytestmark = pytest.mark.usefixtures("at")
FIELDS = {"name": "خالد الثقفي", "mobile": "٠٥٥١٢٣٤٥٦٧", "category": "student", "gender": ""}


@pytest.mark.parametrize("text", ["نوره", "القحطاني", "0001"])
def test_people_are_found(cast, layla, text):
    factories.alter(cast.noura, mobile="+966551230001")
    assert cast.noura.name in layla.text(f"/people?q={text}")


def test_the_list_has_pages_and_an_empty_answer(cast, now, layla):
    for number in range(people.PER_PAGE):
        factories.person(now, f"متطوع {number}")
    assert "Page 1 of 2" in layla.text("/people")
    assert "Page 2 of 2" in layla.text("/people?page=2")
    assert "Nobody found" in layla.text("/people?q=zzz")


def test_a_new_person_leads_to_their_page(cast, layla):
    made = layla.send("/people/new", **FIELDS, partner_id=cast.university.id)
    assert made.status_code == 303
    page = layla.text(made.location)
    for words in ("خالد الثقفي", "+966 55 123 4567", "Taif University", "Student"):
        assert words in page


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"name": ""}, "Fill in: Full name"),
        ({"mobile": ""}, "Enter a mobile, or an e-mail for staff"),
        ({"mobile": "05512"}, "The number is incomplete"),
        ({"email": "nobody"}, "Check the e-mail address"),
        ({"email": "Salem@Example.org"}, "Somebody else has this e-mail"),
        ({"birth_year": "2090"}, "Enter a year from 1916 to 2021"),
        ({"birth_year": "1420"}, "Enter a year from 1916 to 2021"),
        ({"is_minor": "y"}, "Enter the guardian’s mobile"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(cast, layla, values, said):
    refused = layla.send("/people/new", **{**FIELDS, "team_name": "فريق الحي", **values})
    assert refused.status_code == 422
    body = refused.get_data(as_text=True)
    assert said in body
    assert "فريق الحي" in body


def test_the_same_person_is_not_entered_twice(cast, layla):
    layla.send("/people/new", **FIELDS)
    again = layla.send("/people/new", **{**FIELDS, "mobile": "+966551234567"})
    assert "entered already" in plain(again)
    kept = people.of_mobile("+966551234567")[0].id
    assert f'href="/people/{kept}"' in again.text


def test_a_name_like_another_on_one_mobile_is_asked_about(cast, layla):
    layla.send("/people/new", **FIELDS)
    alike = layla.send("/people/new", **{**FIELDS, "name": "خالد سعيد الثقفي"})
    page = layla.text(alike.location)
    assert "The same mobile belongs to ⁨خالد الثقفي⁩. If this is one person" in page
    family = layla.send("/people/new", **{**FIELDS, "name": "هند سعيد الثقفي"})
    assert "If this is one person" not in layla.text(family.location)


def test_details_change_and_keep_what_was_not_touched(cast, layla):
    body = layla.get(f"/people/{cast.noura.id}/details").get_data(as_text=True)
    assert cast.noura.mobile in body
    layla.send(f"/people/{cast.noura.id}/details", **FIELDS | {"gender": "woman", "partner_id": ""})
    changed = people.find(cast.noura.id)
    assert (changed.name, changed.gender, changed.partner_id) == ("خالد الثقفي", "woman", None)


def test_the_page_shows_attendances(cast, now, layla):
    check_in(cast.noura, cast.poster, now)
    page = layla.text(f"/people/{cast.noura.id}")
    assert "Visual screening at the gates" in page
    assert "Checked in" in page


def test_suspending_asks_why_and_restoring_ends_it(cast, layla):
    address = f"/people/{cast.noura.id}/suspension"
    assert "Fill in: Reason" in plain(layla.send(address, reason=" "))
    done = layla.send(address, reason="تكرار الغياب")
    page = layla.text(done.location)
    assert "Suspended since Sunday 22 November 2026" in page
    assert "تكرار الغياب" in page
    layla.send(f"/people/{cast.noura.id}/restoration")
    assert people.find(cast.noura.id).may_check_in


def test_a_guardians_consent_is_recorded(cast, now, layla):
    minor = factories.person(now, "يزيد", is_minor=True, guardian_mobile="+966551111111")
    assert "The guardian has not agreed yet" in layla.text(f"/people/{minor.id}")
    layla.send(f"/people/{minor.id}/guardian-consent")
    assert people.find(minor.id).guardian_consented_at == now


def test_a_coordinator_gives_supervision_only(cast, now, layla):
    address = f"/people/{cast.noura.id}/roles"
    assert "Administrator" not in layla.text(f"/people/{cast.noura.id}")
    missing = layla.send(address, role="supervisor", site_id="")
    assert missing.status_code == 422
    assert "Choose what the role is for" in plain(missing)
    assert layla.send(address, role="administrator").status_code == 422
    layla.send(address, role="supervisor", site_id=cast.mataf.id)
    held = [one.role for one in roles_of(cast.noura.id, now)]
    assert held == [Role.SUPERVISOR, Role.VOLUNTEER]


def test_an_administrator_gives_and_ends_every_role(cast, now, majed):
    address = f"/people/{cast.noura.id}/roles"
    majed.send(address, role="auditor", site_id=cast.mataf.id)
    majed.send(address, role="partner_reader", partner_id=cast.university.id)
    rows = grants.of_person(cast.noura.id)
    assert {row.Grant.role for row in rows} == {"auditor", "partner_reader"}
    for row in rows:
        majed.send(f"{address}/{row.Grant.id}/ending")
    assert [one.role for one in roles_of(cast.noura.id, now)] == [Role.VOLUNTEER]


def test_nobody_gives_themselves_a_role(cast, now, majed):
    assert "Give a role" not in majed.text(f"/people/{cast.majed.id}")
    refused = majed.send(f"/people/{cast.majed.id}/roles", role="coordinator")
    assert refused.status_code == 422
    assert Role.COORDINATOR not in {one.role for one in roles_of(cast.majed.id, now)}


def test_a_role_ends_only_under_its_own_person(cast, majed):
    ((grant, _, _),) = grants.of_person(cast.salem.id)
    assert majed.send(f"/people/{cast.noura.id}/roles/{grant.id}/ending").status_code == 404


def test_an_invitation_link_is_shown_once(cast, layla):
    shown = layla.send(f"/people/{cast.huda.id}/invitation")
    assert shown.status_code == 200
    assert "/staff/invitations/" in shown.get_data(as_text=True)
    assert "/staff/invitations/" not in layla.get(f"/people/{cast.huda.id}").get_data(as_text=True)


def test_a_coordinator_cannot_open_an_account_in_use(cast, layla, majed):
    factories.alter(cast.salem, password_hash="x")
    refused = layla.send(f"/people/{cast.salem.id}/invitation")
    assert "Only an administrator changes this account" in layla.text(refused.location)
    assert majed.send(f"/people/{cast.salem.id}/invitation").status_code == 200


@pytest.mark.parametrize("who", ["noura", "salem", "huda", "faisal", "reem"])
def test_others_do_not_enter(cast, browser_of, who):
    browser = browser_of(getattr(cast, who), kind="staff")
    for address in ("/people", "/people/new", f"/people/{cast.noura.id}"):
        assert browser.get(address).status_code == 403
    assert browser.send("/people/new", **FIELDS).status_code == 403


def test_somebody_who_is_not_there_is_not_found(cast, now, layla):
    factories.alter(cast.noura, erased_at=now)
    for person_id in (9999, cast.noura.id):
        assert layla.get(f"/people/{person_id}").status_code == 404
        assert layla.send(f"/people/{person_id}/restoration").status_code == 404
        assert layla.send(f"/people/{person_id}/roles", role="supervisor").status_code == 404
