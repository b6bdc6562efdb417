"""A campaign's page and the list: what came of it, and the way to the records behind it."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from checkin.database import db
from checkin.models import Attendance
from checkin.operations import approvals, campaigns
from checkin.operations.campaigns import CampaignPlan
from tests import factories
from tests.factories import check_in, check_out
from tests.pages import plain

pytestmark = pytest.mark.usefixtures("at")
HOUR = timedelta(hours=1)


@pytest.fixture
def campaign_id(cast, now):
    plan = CampaignPlan(name_ar="برًّا بمكة", name_en="Kindness in Makkah")
    return campaigns.create(plan, by=cast.layla.id, now=now)


@pytest.fixture
def own(campaign_id) -> str:
    return f"/campaigns/{campaign_id}"


@pytest.fixture
def worked(cast, campaign_id, now):
    """Noura served two hours, and thirty people."""
    call = factories.opportunity(now, campaign_id=campaign_id)
    shift = factories.shift(now, cast.mataf, call, starts=-180, minutes=120)
    factories.assign(now, cast.noura, shift)
    begins = shift.starts_at
    check_in(cast.noura, factories.poster(now, cast.mataf, shift), begins)
    check_out(cast.noura, shift, begins + 2 * HOUR, beneficiaries=30)
    (row,) = db.session.scalars(db.select(Attendance))
    approvals.approve_many([(row.id, row.row_version)], by=cast.layla.id, now=now)
    return row.id


def test_the_page_shows_what_came_of_it_and_leads_to_the_records(
    cast, layla, own, campaign_id, worked
):
    text = layla.text(own)
    for words in (
        "2 Approved volunteer hours",
        "1 Volunteers",
        "30 Beneficiaries",
        "1 Opportunities with volunteers",
        "Mataf courtyard 2:00 0:00 30 1",
        "Taif University 2:00",
        "November 2026 2:00",
    ):
        assert words in text
    behind = f"/figures/attendances?of=approved&campaign={campaign_id}"
    assert behind in layla.get(own).text.replace("&amp;", "&")
    assert cast.noura.name in layla.text(behind)
    assert f"/figures?campaign={campaign_id}" in layla.get(own).text


def test_a_campaign_without_anybody_says_so(layla, own):
    assert "Nobody has come yet" in layla.text(own)


def test_the_list_shows_the_headline_figures_asked_once(layla, cast, worked, now):
    def asked() -> int:
        questions: list[str] = []
        note = lambda *call: questions.append(call[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            assert "Kindness in Makkah 2:00 0:00 30 1 1 In use" in layla.text("/campaigns")
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(questions)

    before = asked()
    for number in range(5):
        campaigns.create(CampaignPlan(name_ar=f"حملة {number} ب"), by=cast.layla.id, now=now)
    assert asked() == before


def test_its_days_are_kept_emptied_and_in_order(layla, own, campaign_id):
    form = f"{own}/details"
    said = {"name_ar": "برًّا بمكة", "name_en": "Kindness in Makkah"}
    days = {"from_on": "2026-11-22", "until_on": "2026-11-21"}
    refused = layla.send(form, **said, **days)
    assert refused.status_code == 422
    assert "The last day cannot be before the first" in plain(refused)
    assert 'value="2026-11-22"' in refused.text
    layla.send(form, **said, **{**days, "until_on": "2026-12-01"})
    assert campaigns.find(campaign_id).until_on == date(2026, 12, 1)
    assert re.search(r"Planned from .*22.* to .*1 Dec", layla.text(own))
    layla.send(form, **said, from_on="", until_on="")
    db.session.rollback()
    db.session.expire_all()
    assert campaigns.find(campaign_id).from_on is None


def test_only_a_coordinator_sees_it(cast, browser_of, salem, own):
    assert salem.get(own).status_code == 403
    assert browser_of(cast.noura).get(own).status_code == 403
    assert browser_of(cast.layla, kind="staff").get("/campaigns/9999").status_code == 404
