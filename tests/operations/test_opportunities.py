"""Opportunities: what they need, what is fixed once somebody came, how they are found."""

from datetime import timedelta

import pytest

from checkin.domain.errors import Problem
from checkin.models import Campaign
from checkin.operations import opportunities
from checkin.operations.opportunities import OpportunityPlan
from checkin.operations.plan.choosing import opportunities_like
from tests import factories
from tests.factories import check_in


def plan(kind="service", **values):
    if kind == "service":
        values.setdefault("service_id", factories.service().id)
    return OpportunityPlan(**{"kind": kind, "name_ar": "برًّا بمكة: الفرز", **values})


def test_an_opportunity_is_made_with_its_service(cast, now):
    made = opportunities.create(plan(walk_ins=True, late_minutes=60), by=cast.layla.id, now=now)
    kept = opportunities.find(made)
    assert (kept.kind, kept.walk_ins, kept.late_minutes) == ("service", True, 60)
    assert kept.service.name_en == "Visual screening"
    assert kept.campaign is None


@pytest.mark.parametrize("kind", ["course", "meeting"])
def test_a_course_or_meeting_has_no_service(cast, now, kind):
    with pytest.raises(Problem, match="service_missing"):
        opportunities.create(
            plan(kind, service_id=factories.service().id), by=cast.layla.id, now=now
        )
    made = opportunities.create(plan(kind), by=cast.layla.id, now=now)
    assert opportunities.find(made).service is None


def test_a_service_opportunity_needs_one(cast, now):
    with pytest.raises(Problem, match="service_missing"):
        opportunities.create(plan(service_id=None), by=cast.layla.id, now=now)


@pytest.mark.parametrize("minutes", [-1, 721])
def test_check_in_opens_within_twelve_hours(cast, now, minutes):
    with pytest.raises(Problem, match="minutes_out_of_range"):
        opportunities.create(plan(opens_minutes=minutes), by=cast.layla.id, now=now)


def test_hours_never_turn_into_course_time(cast, now):
    of = cast.shift.opportunity_id
    opportunities.change(of, plan("meeting"), by=cast.layla.id, now=now)
    opportunities.change(of, plan(), by=cast.layla.id, now=now)
    check_in(cast.noura, cast.poster, now)
    with pytest.raises(Problem, match="kind_fixed"):
        opportunities.change(of, plan("course"), by=cast.layla.id, now=now)
    opportunities.change(of, plan(name_en="Screening"), by=cast.layla.id, now=now)
    assert opportunities.find(of).name_en == "Screening"


def test_they_are_found_by_a_part_of_either_name(cast, now):
    made = opportunities.create(plan(name_en="Wheelchairs 100%"), by=cast.layla.id, now=now)
    for text in ("wheel", "100%", "برًّا", " بمكة "):
        assert [one.id for one in opportunities.page_of(1, text).items] == [made]
    assert opportunities.page_of(1, "_heel").items == []


@pytest.mark.parametrize("text", ["الاسعافات", "إسعافات الأوليه", "دوره اسعاف", "دَورةُ الإســعاف"])
def test_they_are_found_in_any_spelling(cast, now, text):
    name = "دورة الإسعافات الأوّليّة"
    made = opportunities.create(plan("course", name_ar=name), by=cast.layla.id, now=now)
    assert [one.id for one in opportunities.page_of(1, text).items] == [made]
    assert [one.id for one in opportunities_like(text, 5)] == [made]


@pytest.mark.parametrize("text", ["دورة (", ".*", "[a", "\\", "ديرة", "أولية مسارات"])
def test_only_letters_written_alike_stand_for_each_other(cast, now, text):
    opportunities.create(plan("course", name_ar="دورة أولية"), by=cast.layla.id, now=now)
    assert opportunities.page_of(1, text).items == []


def test_closed_ones_come_last_and_are_not_offered(cast, now):
    made = opportunities.create(plan(), by=cast.layla.id, now=now)
    opportunities.close(made, by=cast.layla.id, now=now)
    assert [one.id for one in opportunities.page_of(1).items] == [cast.shift.opportunity_id, made]
    assert [one.id for one in opportunities.choosable()] == [cast.shift.opportunity_id]
    opportunities.reopen(made, by=cast.layla.id, now=now)
    assert opportunities.page_of(1).items[0].id == made


def test_coming_shifts_are_counted(cast, now):
    of = cast.shift.opportunity_id
    assert opportunities.coming_counts([of], now) == {of: 1}
    assert opportunities.coming_counts([of], now + timedelta(days=1)) == {}


# --- courses asked for ---------------------------------------------------------------------


@pytest.fixture
def course(cast, now) -> int:
    return opportunities.create(plan("course", valid_days=365), by=cast.layla.id, now=now)


def test_an_opportunity_asks_for_a_course(cast, now, course):
    made = opportunities.create(plan(requires_id=course), by=cast.layla.id, now=now)
    kept = opportunities.find(made)
    assert (kept.requires.id, kept.requires.valid_days) == (course, 365)
    assert [one.id for one in opportunities.courses()] == [course]
    opportunities.close(course, by=cast.layla.id, now=now)
    assert opportunities.courses() == []
    assert [one.id for one in opportunities.courses(keep=course)] == [course]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"kind": "course", "valid_days": 0}, "days_out_of_range"),
        ({"kind": "course", "valid_days": 3661}, "days_out_of_range"),
        ({"valid_days": 30}, "validity_of_courses"),
        ({"kind": "meeting", "valid_days": 30}, "validity_of_courses"),
    ],
)
def test_only_a_course_is_valid_for_a_time(cast, now, values, code):
    with pytest.raises(Problem, match=code):
        opportunities.create(plan(**values), by=cast.layla.id, now=now)


def test_only_a_course_can_be_asked_for(cast, now):
    asking = plan(requires_id=cast.shift.opportunity_id)
    with pytest.raises(Problem, match="not_a_course"):
        opportunities.create(asking, by=cast.layla.id, now=now)


def test_nothing_asks_for_itself(cast, now, course):
    with pytest.raises(Problem, match="own_course"):
        opportunities.change(course, plan("course", requires_id=course), by=cast.layla.id, now=now)


def test_a_course_that_is_asked_for_stays_one(cast, now, course):
    asking = opportunities.create(plan(requires_id=course), by=cast.layla.id, now=now)
    with pytest.raises(Problem, match="course_required"):
        opportunities.change(course, plan("meeting"), by=cast.layla.id, now=now)
    opportunities.change(asking, plan(), by=cast.layla.id, now=now)
    opportunities.change(course, plan("meeting"), by=cast.layla.id, now=now)


# --- who may join, and what is credited ----------------------------------------------------


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"minimum_age": 4}, "age_out_of_range"),
        ({"minimum_age": 100}, "age_out_of_range"),
        ({"most_minutes": 14}, "cap_out_of_range"),
        ({"most_minutes": 961}, "cap_out_of_range"),
    ],
)
def test_ages_and_caps_are_plausible(cast, now, values, code):
    with pytest.raises(Problem, match=code):
        opportunities.create(plan(**values), by=cast.layla.id, now=now)


def test_a_copy_has_the_same_rules_and_is_not_open_yet(cast, now, course):
    rules = {"is_open": True, "gender": "woman", "minimum_age": 16, "most_minutes": 240}
    made = opportunities.create(
        plan(requires_id=course, about_ar="عن الفرصة", **rules), by=cast.layla.id, now=now
    )
    twin = opportunities.find(opportunities.copy(made, by=cast.layla.id, now=now))
    kept = opportunities.find(made)
    assert twin.id != made
    assert not twin.is_open
    for name in ("name_ar", "service_id", "requires_id", "gender", "minimum_age", "most_minutes"):
        assert getattr(twin, name) == getattr(kept, name)
    assert opportunities.coming_counts([twin.id], now) == {}


def test_the_list_is_chosen_by_campaign_type_and_kind(cast, now, course):
    campaign = factories.keep(Campaign(name_ar="برا بمكة", name_en=""))
    made = opportunities.create(
        plan(campaign_id=campaign.id, type="skilled"), by=cast.layla.id, now=now
    )

    def found(**chosen) -> list[int]:
        return [one.id for one in opportunities.page_of(1, **chosen).items]

    assert found(campaign_id=campaign.id) == found(type="skilled") == [made]
    assert found(kind="course") == [course]
    assert found(kind="course", type="skilled") == []
