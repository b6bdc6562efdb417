"""Partners: whom to talk to, and who belongs to them from which day until which."""

from datetime import timedelta

import pytest

from checkin.domain.days import local_day
from checkin.operations import partners, people
from tests import factories

pytestmark = pytest.mark.usefixtures("at")
FIELDS = {"name_ar": "جامعة الطائف", "name_en": "Taif University", "kind": "education"}


@pytest.fixture
def address(cast):
    return f"/partners/{cast.university.id}"


@pytest.fixture
def today(now):
    return local_day(now)


def test_whom_to_talk_to_is_kept_and_shown(layla, cast, address):
    contact = {"contact_name": "منى خالد", "contact_mobile": "٠٥٥١٢٣٤٥٦٧"}
    done = layla.send(f"{address}/details", **FIELDS, **contact, contact_email="Mona@Tu.edu.sa")
    assert done.status_code == 303
    kept = partners.find(cast.university.id)
    assert (kept.contact_mobile, kept.contact_email) == ("+966551234567", "mona@tu.edu.sa")
    page = layla.text(address)
    assert "منى خالد" in page
    assert "mona@tu.edu.sa" in page


def test_a_contact_that_cannot_be_keeps_what_was_typed(layla, address):
    refused = layla.send(f"{address}/details", **FIELDS, contact_name="منى", contact_email="mona")
    assert refused.status_code == 422
    assert "منى" in refused.get_data(as_text=True)
    assert "Check the e-mail address" in refused.get_data(as_text=True)


def test_a_partner_in_another_spelling_is_the_same_partner(layla, cast, address):
    """A list names partners in any spelling, so two of them could not be told apart."""
    refused = layla.send("/partners/new", **{**FIELDS, "name_ar": "جامعه الطائف"})
    assert refused.status_code == 422
    assert "This name is taken" in refused.get_data(as_text=True)
    assert (
        layla.send(f"{address}/details", **{**FIELDS, "name_ar": "جامعة الطّائف"}).status_code == 303
    )
    other = layla.send("/partners/new", **{**FIELDS, "name_ar": "جامعة جدة"}).location
    assert (
        layla.send(f"{other}/details", **{**FIELDS, "name_ar": "جامعه الطايف"}).status_code == 422
    )


def test_members_stand_with_their_days_and_are_found(layla, cast, address):
    assert "نورة سعد القحطاني" in layla.text(f"{address}?q=نوره")
    assert "1 member" in layla.text(address)
    assert "Nobody found" in layla.text(f"{address}?q=سالم")


def test_a_member_is_found_added_and_ended(layla, cast, address, today):
    assert "سالم عوض الغامدي" in layla.text(f"{address}/members?q=سالم")
    adding = f"{address}/members/{cast.salem.id}"
    assert "Member from" in layla.text(adding)
    since = today - timedelta(days=20)
    assert layla.send(adding, from_on=str(since)).status_code == 303
    assert people.find(cast.salem.id).partner_id == cast.university.id
    rows = {who.id: one for one, who in partners.members(cast.university.id).items}
    assert rows[cast.salem.id].from_on == since
    ending = f"{address}/memberships/{rows[cast.salem.id].id}/ending"
    assert "سالم عوض الغامدي" in layla.text(ending)
    assert layla.send(ending, from_on=str(today)).status_code == 303
    assert people.find(cast.salem.id).partner_id is None
    assert layla.get(ending).status_code == 404
    page = layla.text(f"/people/{cast.salem.id}")
    assert "Memberships" in page
    assert "21 Nov" in page


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-11-23", "This day has not come yet"),
        ("2026-11-30x", "Enter a date, like 2026-11-22"),
        ("", "Fill in: From"),
    ],
)
def test_a_day_that_cannot_be_is_explained(layla, cast, address, day, said):
    refused = layla.send(f"{address}/members/{cast.salem.id}", from_on=day)
    assert refused.status_code == 422
    assert said in refused.get_data(as_text=True)
    assert people.find(cast.salem.id).partner_id is None


def test_days_taken_by_another_partner_say_when_they_are_free(layla, cast, address, today):
    scouts = factories.partner("جمعية الكشافة", "Scouts", "scouts")
    earlier = f"/partners/{scouts.id}/members/{cast.noura.id}"
    assert "until the day before" in layla.text(earlier)
    refused = layla.send(earlier, from_on=str(today - timedelta(days=3)))
    assert "The first free day is 22 Nov" in refused.get_data(as_text=True)
    assert layla.send(earlier, from_on=str(today)).status_code == 303
    assert people.find(cast.noura.id).partner_id == scouts.id


def test_a_closed_partner_takes_nobody(layla, cast, address, today):
    layla.send(f"{address}/closure")
    assert "takes no new members" in layla.text(address)
    refused = layla.send(f"{address}/members/{cast.salem.id}", from_on=str(today))
    assert "takes no new members" in refused.get_data(as_text=True)


def test_a_persons_page_shows_where_they_are_signed_in(layla, noura, cast):
    noura.get("/hours")
    page = layla.text(f"/people/{cast.noura.id}")
    assert "Devices signed in" in page
    assert "Taif University" in page


def test_a_person_of_another_partner_has_no_such_membership(layla, cast):
    scouts = factories.partner("جمعية الكشافة", "Scouts", "scouts")
    rows = partners.members(cast.university.id).items
    assert layla.get(f"/partners/{scouts.id}/memberships/{rows[0][0].id}/ending").status_code == 404
    assert layla.get("/partners/9999").status_code == 404


@pytest.mark.parametrize("who", ["noura", "salem", "reem", "majed"])
def test_only_coordinators_enter(cast, browser_of, address, who):
    browser = browser_of(getattr(cast, who), kind="staff")
    assert browser.get(address).status_code == 403
    assert browser.get(f"{address}/members").status_code == 403
