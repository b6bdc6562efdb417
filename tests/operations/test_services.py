"""Services, partners and campaigns: kept, changed, closed, never two of one name."""

import pytest

from checkin.database import db
from checkin.domain.errors import NotFound, Problem
from checkin.models import AuditEntry
from checkin.operations import campaigns, partners, services
from checkin.operations.campaigns import CampaignPlan
from checkin.operations.partners import PartnerPlan
from checkin.operations.services import ServicePlan

ROOMS = [
    pytest.param(services, ServicePlan, "service", id="services"),
    pytest.param(partners, PartnerPlan, "partner", id="partners"),
    pytest.param(campaigns, CampaignPlan, "campaign", id="campaigns"),
]


def acts(thing, thing_id):
    query = db.select(AuditEntry.act, AuditEntry.facts).order_by(AuditEntry.id)
    query = query.where(AuditEntry.thing == thing, AuditEntry.thing_id == thing_id)
    return [(act, facts.get("changed")) for act, facts in db.session.execute(query)]


@pytest.mark.parametrize(("room", "plan", "thing"), ROOMS)
def test_what_is_made_is_changed_and_closed_with_a_line_each(cast, now, room, plan, thing):
    by = cast.layla.id
    made = room.create(plan(name_ar="سقيا زمزم"), by=by, now=now)
    room.change(made, plan(name_ar="سقيا زمزم", name_en="Zamzam water"), by=by, now=now)
    room.close(made, by=by, now=now)
    assert room.find(made).closed_at == now
    assert made not in {row.id for row in room.choosable()}
    assert made in {row.id for row in room.choosable(keep=made)}
    room.reopen(made, by=by, now=now)
    assert made in {row.id for row in room.choosable()}
    assert acts(thing, made) == [
        (f"{thing}.create", None),
        (f"{thing}.change", ["name_en"]),
        (f"{thing}.close", None),
        (f"{thing}.reopen", None),
    ]


@pytest.mark.parametrize(("room", "plan", "thing"), ROOMS)
def test_a_name_is_taken_once(cast, now, room, plan, thing):
    by = cast.layla.id
    room.create(plan(name_ar="الإرشاد المكاني"), by=by, now=now)
    other = room.create(plan(name_ar="دفع العربات"), by=by, now=now)
    with pytest.raises(Problem, match="name_taken"):
        room.create(plan(name_ar="الإرشاد المكاني"), by=by, now=now)
    with pytest.raises(Problem, match="name_taken"):
        room.change(other, plan(name_ar="الإرشاد المكاني"), by=by, now=now)
    assert room.find(other).name_ar == "دفع العربات"


@pytest.mark.parametrize(("room", "plan", "thing"), ROOMS)
def test_saying_the_same_again_leaves_no_line(cast, now, room, plan, thing):
    made = room.create(plan(name_ar="الإسعافات الأولية"), by=cast.layla.id, now=now)
    room.change(made, plan(name_ar="الإسعافات الأولية"), by=cast.layla.id, now=now)
    room.reopen(made, by=cast.layla.id, now=now)
    assert acts(thing, made) == [(f"{thing}.create", None)]


@pytest.mark.parametrize(("room", "plan", "thing"), ROOMS)
def test_what_is_not_there_is_not_found(cast, now, room, plan, thing):
    with pytest.raises(NotFound):
        room.close(9_999, by=cast.layla.id, now=now)


@pytest.mark.parametrize(("low", "high"), [(10, 9), (-1, 5)])
def test_a_band_is_from_low_to_high(cast, now, low, high):
    plan = ServicePlan(name_ar="الفرز", low_per_hour=low, high_per_hour=high)
    with pytest.raises(Problem, match="band_reversed"):
        services.create(plan, by=cast.layla.id, now=now)


@pytest.mark.parametrize("minutes", [14, 961])
def test_heavy_work_has_a_limit_within_a_day(cast, now, minutes):
    plan = ServicePlan(name_ar="دفع العربات", longest_minutes=minutes)
    with pytest.raises(Problem, match="limit_out_of_range"):
        services.create(plan, by=cast.layla.id, now=now)


def test_members_of_a_partner_are_counted(cast):
    assert partners.member_counts() == {cast.university.id: 1}
