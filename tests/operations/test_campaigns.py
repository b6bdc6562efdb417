"""A campaign's results: the figures' own definitions, kept to what belongs to it."""

from datetime import date, timedelta

import pytest

from checkin.database import db
from checkin.domain.errors import Problem
from checkin.models import Attendance
from checkin.operations import approvals, campaigns, figures
from checkin.operations.campaigns import CampaignPlan
from checkin.operations.figures import Filter, Grouping
from checkin.operations.permissions import Reach
from tests import factories
from tests.counted import counted
from tests.factories import check_in, check_out

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
EVERYWHERE = Reach(everywhere=True)


@pytest.fixture
def campaign_id(cast, now):
    plan = CampaignPlan(name_ar="برًّا بمكة", name_en="Kindness in Makkah")
    return campaigns.create(plan, by=cast.layla.id, now=now)


@pytest.fixture
def work(cast, now):
    """Somebody works at an opportunity on a day, approved by Layla unless it waits."""

    def work(who, of, days=0, at=cast.mataf, approved=True):
        starts = now + days * DAY
        shift = factories.shift(starts, at, of, starts=0, minutes=120)
        factories.assign(starts, who, shift)
        check_in(who, factories.poster(starts, at, shift), starts)
        answer = check_out(who, shift, starts + 2 * HOUR, beneficiaries=30)
        if approved:
            row = db.session.get_one(Attendance, answer.attendance_id)
            shown = [(row.id, row.row_version)]
            approvals.approve_many(shown, by=cast.layla.id, now=starts + 3 * HOUR)

    return work


@pytest.fixture
def town(cast, now, campaign_id, work):
    """Two opportunities and a course of the campaign, and one of none."""
    calls = [factories.opportunity(now, campaign_id=campaign_id) for _ in range(2)]
    course = factories.opportunity(now, "course", campaign_id=campaign_id)
    other = factories.opportunity(now)
    sara = factories.person(now, "سارة حسن المالكي")
    work(cast.noura, calls[0])
    work(cast.noura, calls[0], days=10, at=cast.squares)
    work(sara, calls[1], days=1)
    work(sara, calls[1], days=12, approved=False)
    work(sara, course, days=2)
    work(cast.noura, other, days=-3)
    return campaign_id


def test_results_are_the_figures_with_that_filter(town):
    wanted = Filter(EVERYWHERE, campaign_id=town)
    found = campaigns.results(town)
    assert found.totals == figures.totals(counted(wanted))
    assert found.totals == figures.by_campaign()[town]
    totals = found.totals
    assert (totals.approved_minutes, totals.waiting_minutes) == (360, 120)
    assert (totals.volunteers, totals.attendances, totals.opportunities) == (2, 3, 2)
    assert (totals.beneficiaries, totals.course_attendances) == (90, 1)


@pytest.mark.parametrize("grouping", campaigns.BY)
def test_the_lines_say_what_the_figures_say_and_count_nobody(town, grouping):
    wanted = Filter(EVERYWHERE, campaign_id=town)
    lines = {line.key: line for line in campaigns.results(town).tables[grouping]}
    own = figures.by(grouping, wanted)
    assert [line.key for line in own] == list(lines)
    for line in own:
        uncounted = line.totals._replace(volunteers=0, opportunities=0)
        assert lines[line.key].totals == uncounted
        assert lines[line.key].name_en == line.name_en
    assert sum(line.totals.approved_minutes for line in lines.values()) == 360


def test_the_days_are_those_on_which_somebody_came(town):
    found = campaigns.results(town)
    assert (found.first, found.last) == (date(2026, 11, 22), date(2026, 12, 4))


def test_a_campaign_without_anybody_has_nothing(campaign_id):
    found = campaigns.results(campaign_id)
    assert not any(found.totals)
    assert (found.first, found.last) == (None, None)
    assert found.tables == {grouping: [] for grouping in campaigns.BY}
    assert Grouping.SERVICE not in found.tables
    assert figures.by_campaign() == {}


def test_a_campaign_does_not_end_before_it_begins(cast, campaign_id, now):
    days = {"from_on": date(2026, 11, 22), "until_on": date(2026, 11, 21)}
    plan = CampaignPlan(name_ar="أخرى", **days)
    with pytest.raises(Problem, match="campaign_days"):
        campaigns.create(plan, by=cast.layla.id, now=now)
    with pytest.raises(Problem, match="campaign_days"):
        campaigns.change(campaign_id, plan, by=cast.layla.id, now=now)
    days["until_on"] = days["from_on"]
    campaigns.change(campaign_id, CampaignPlan(name_ar="أخرى", **days), by=cast.layla.id, now=now)
    assert campaigns.find(campaign_id).until_on == date(2026, 11, 22)
