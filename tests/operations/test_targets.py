"""Targets: set once for a figure, a year and whom; and how they stand against what is approved."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from checkin.database import db
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.domain.pace import Standing
from checkin.models import Attendance, AuditEntry, Campaign, Opportunity, Target
from checkin.operations import approvals, targets
from checkin.operations.figures import proof
from checkin.operations.permissions import Reach
from checkin.operations.targets import TargetPlan
from tests import factories

ALL = Reach(everywhere=True)


def plan(**changes) -> TargetPlan:
    return TargetPlan(**{"figure": "hours", "period": "2026", "amount": 100, **changes})


@pytest.fixture
def worked(now, cast):
    """Noura's four hours at the Mataf, approved."""
    factories.check_in(cast.noura, cast.poster, cast.shift.starts_at)
    done = factories.check_out(cast.noura, cast.shift, cast.shift.ends_at, beneficiaries=30)
    record = db.session.get_one(Attendance, done.attendance_id)
    later = cast.shift.ends_at + timedelta(hours=1)
    approvals.approve(record.id, record.row_version, by=cast.salem.id, now=later)
    return db.session.get_one(Attendance, record.id, populate_existing=True)


def acts() -> list[tuple[str, dict]]:
    query = select(AuditEntry).where(AuditEntry.thing == "target").order_by(AuditEntry.id)
    return [(entry.act, entry.facts) for entry in db.session.scalars(query)]


def test_a_target_stands_against_what_was_approved(cast, now, worked):
    targets.put(plan(amount=8), by=cast.layla.id, now=now)
    targets.put(plan(figure="volunteers", amount=1), by=cast.layla.id, now=now)
    targets.put(plan(figure="beneficiaries", period="1448h", amount=31), by=cast.layla.id, now=now)
    found = {one.target.figure: one for one in targets.standings(ALL, worked.work_on)}
    assert found["hours"].reached == worked.approved_minutes // 60
    assert found["volunteers"].pace.standing is Standing.REACHED
    assert (found["beneficiaries"].reached, found["beneficiaries"].pace.percent) == (30, 96)


def test_targets_of_a_part_count_that_alone(cast, now, worked):
    by = cast.layla.id
    team, other = factories.team(leader=cast.noura), factories.team("فريق حي آخر")
    call = db.session.get_one(Opportunity, cast.shift.opportunity_id)
    campaign = factories.keep(Campaign(name_ar="برا بمكة", name_en="Kindness in Makkah"))
    factories.alter(call, campaign_id=campaign.id)
    whose = (
        *(("site", cast.mataf.id), ("site", cast.squares.id), ("partner", cast.university.id)),
        *(("team", team.id), ("team", other.id), ("campaign", campaign.id)),
    )
    proof.recompute()
    for scope, key in whose:
        targets.put(plan(figure="attendances", scope=scope, key=key, amount=1), by=by, now=now)
    found = targets.standings(ALL, worked.work_on)
    reached = {(one.target.scope, one.target.key): one.reached for one in found}
    assert reached == dict(zip(whose, (1, 0, 1, 1, 0, 1), strict=True))
    assert {one.name_en for one in found} >= {cast.mataf.name_en, cast.university.name_en}


def test_a_figure_has_one_target_a_year_for_each(cast, now):
    targets.put(plan(), by=cast.layla.id, now=now)
    targets.put(plan(period="1448h"), by=cast.layla.id, now=now)
    targets.put(plan(scope="site", key=cast.mataf.id), by=cast.layla.id, now=now)
    with pytest.raises(Problem, match="target_taken"):
        targets.put(plan(amount=5), by=cast.layla.id, now=now)
    assert len(db.session.scalars(select(Target)).all()) == 3


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": 0}, "amount_out_of_range"),
        ({"amount": targets.MOST + 1}, "amount_out_of_range"),
        ({"period": "2026-11"}, "year_unknown"),
        ({"period": "26"}, "year_unknown"),
        ({"figure": "money"}, "not_found"),
        ({"scope": "site", "key": 10**6}, "not_found"),
        ({"scope": "planet", "key": 1}, "not_found"),
        ({"key": 1}, "not_found"),
    ],
)
def test_what_makes_no_target_is_refused(cast, now, changes, code):
    with pytest.raises(Problem, match=code):
        targets.put(plan(**changes), by=cast.layla.id, now=now)
    assert acts() == []


def test_changing_and_taking_away_are_noted_with_the_numbers(cast, now):
    by = cast.layla.id
    target_id = targets.put(plan(), by=by, now=now)
    targets.change(target_id, plan(amount=250), 1, by=by, now=now)
    with pytest.raises(Conflict, match="target_changed"):
        targets.change(target_id, plan(amount=300), 1, by=by, now=now)
    targets.remove(target_id, 2, by=by, now=now)
    assert [(act, facts["amount"]) for act, facts in acts()] == [
        ("target.put", 100),
        ("target.change", 250),
        ("target.remove", 250),
    ]
    with pytest.raises(NotFound):
        targets.remove(target_id, 2, by=by, now=now)


def test_targets_are_seen_by_those_who_see_the_figures(cast, now):
    by = cast.layla.id
    targets.put(plan(), by=by, now=now)
    own = targets.put(plan(scope="site", key=cast.mataf.id), by=by, now=now)
    members = targets.put(plan(scope="partner", key=cast.university.id), by=by, now=now)
    today = now.date()
    salem, reem = Reach(site_ids={cast.mataf.id}), Reach(partner_ids={cast.university.id})
    assert [one.target.id for one in targets.standings(salem, today)] == [own]
    assert [one.target.id for one in targets.standings(reem, today)] == [members]
    assert len(targets.standings(ALL, today)) == 3
    assert len(targets.standings(ALL, today, of=("all", 0))) == 1
    assert targets.standings(ALL, today, periods=["2025"]) == []
    with pytest.raises(NotFound):
        targets.find(own, Reach(site_ids={cast.squares.id}))
