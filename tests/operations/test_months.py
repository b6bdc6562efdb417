"""A closed month keeps its figures; what is changed in it counts in an open one, by reference."""

from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import fields, replace
from datetime import date, time, timedelta
from functools import partial
from threading import Thread

import pytest
from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from checkin.database import db, transaction
from checkin.domain.errors import Problem
from checkin.models import Attendance, AuditEntry, Lane, LateEntry, MonthClosing, Opportunity, Shift
from checkin.operations import (
    approvals,
    campaigns,
    figures,
    memberships,
    merging,
    months,
    opportunities,
    people,
    rates,
    shifts,
)
from checkin.operations.figures import Dimension, Filter, Grouping, closed, late, of_partner, proof
from checkin.operations.figures.spans import Span
from checkin.operations.opportunities import OpportunityPlan
from checkin.operations.permissions import Reach
from tests import factories

ALL = Reach(everywhere=True)
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
IN_OCTOBER = Filter(ALL, OCTOBER, date(2026, 10, 31))
IN_NOVEMBER = Filter(ALL, NOVEMBER, date(2026, 11, 30))
THIS_YEAR = Filter(ALL, date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def october(cast, now) -> list[Attendance]:
    """Three of one opportunity in October, the first two approved; a rate that values them."""
    plan = rates.RatePlan("general", date(2026, 1, 1), 2400, "قرار المجلس")
    rates.set_rate(plan, by=cast.majed.id, now=now)
    call = factories.opportunity(now)
    people = [cast.noura, factories.person(now), factories.person(now)]
    made = [serve(cast, now, who, 40, call) for who in people]
    for one in made[:2]:
        approve(cast, now, one)
    return made


def serve(cast, now, who, days, call=None) -> Attendance:
    begin = now - timedelta(days=days, hours=5)
    shift = factories.shift(begin, cast.mataf, call or factories.opportunity(now))
    factories.assign(begin - timedelta(days=1), who, shift)
    factories.check_in(who, factories.poster(begin - timedelta(days=1), cast.mataf, shift), begin)
    answer = factories.check_out(who, shift, begin + timedelta(hours=4), beneficiaries=5)
    return db.session.get_one(Attendance, answer.attendance_id)


def fresh(one) -> Attendance:
    return db.session.get(Attendance, one.id, populate_existing=True)


def approve(cast, now, one) -> None:
    approvals.approve(one.id, fresh(one).row_version, by=cast.layla.id, now=now)


def reject(cast, now, one) -> None:
    approvals.reopen(one.id, fresh(one).row_version, words="راجعنا", by=cast.layla.id, now=now)
    approvals.reject(
        one.id, fresh(one).row_version, reason="not_present", by=cast.layla.id, now=now
    )


def told(wanted) -> tuple[int, ...]:
    one = figures.totals(wanted)
    people = one.volunteers, one.opportunities
    return (one.approved_minutes, one.beneficiaries, one.attendances, one.value_halalas, *people)


def kept_entries() -> list[LateEntry]:
    return list(db.session.scalars(select(LateEntry).order_by(LateEntry.id)))


BEFORE = (480, 10, 2, 19200, 2, 1)


def test_a_later_approval_counts_in_the_open_month(cast, now, october):
    assert told(IN_OCTOBER) == BEFORE
    months.close(OCTOBER, by=cast.layla.id, now=now)
    approve(cast, now, october[2])
    assert told(IN_OCTOBER) == BEFORE
    assert told(IN_NOVEMBER) == (240, 5, 1, 9600, 1, 1)
    assert told(THIS_YEAR) == (720, 15, 3, 28800, 3, 1)
    (entry,) = kept_entries()
    assert (entry.attendance_id, entry.counted_on) == (october[2].id, now.date())
    assert entry.decision_id is not None
    assert proof.count_wrong() == 0


def test_what_is_taken_back_later_is_taken_off_the_open_month(cast, now, october):
    here = serve(cast, now, cast.noura, 1)
    approve(cast, now, here)
    months.close(OCTOBER, by=cast.layla.id, now=now)
    reject(cast, now, october[0])
    assert told(IN_OCTOBER) == BEFORE, "also the volunteer is still one of October's people"
    assert told(IN_NOVEMBER) == (0, 0, 0, 0, 1, 1), "who served in November still did"
    assert told(THIS_YEAR) == (480, 10, 2, 19200, 2, 2)


def test_an_adjustment_later_leaves_only_its_difference(cast, now, october):
    months.close(OCTOBER, by=cast.layla.id, now=now)
    one = october[1]
    approvals.reopen(one.id, fresh(one).row_version, words="راجعنا", by=cast.layla.id, now=now)
    numbers = {"minutes": 200, "beneficiaries": 9, "reason": "seen"}
    approvals.adjust(one.id, fresh(one).row_version, **numbers, by=cast.layla.id, now=now)
    assert told(IN_OCTOBER) == BEFORE
    assert told(IN_NOVEMBER) == (-40, 4, 0, -1600, 0, 0)
    assert [entry.approved_minutes for entry in kept_entries()] == [-240, 200]


def test_tables_agree_with_the_total(cast, now, october):
    months.close(OCTOBER, by=cast.layla.id, now=now)
    approve(cast, now, october[2])
    reject(cast, now, october[0])
    for wanted in (IN_OCTOBER, IN_NOVEMBER, THIS_YEAR, Filter(ALL)):
        total = figures.totals(wanted)
        for grouping in Grouping:
            lines = [line.totals for line in figures.by(grouping, wanted)]
            for name in ("approved_minutes", "beneficiaries", "attendances", "value_halalas"):
                assert sum(getattr(line, name) for line in lines) == getattr(total, name)
    by_month = {line.key: line.totals for line in figures.by(Grouping.MONTH, THIS_YEAR)}
    assert by_month[OCTOBER] == figures.totals(IN_OCTOBER)
    assert by_month[NOVEMBER] == figures.totals(IN_NOVEMBER)


def test_men_women_and_unsaid_are_together_the_total(cast, now, october):
    months.close(OCTOBER, by=cast.layla.id, now=now)
    reject(cast, now, october[0])
    approve(cast, now, october[2])
    days = Filter(ALL, OCTOBER, date(2026, 11, 20)), Filter(ALL, date(2026, 11, 2), None)
    for wanted in (IN_OCTOBER, IN_NOVEMBER, THIS_YEAR, Filter(ALL), *days):
        total, _, genders = figures.overview([], wanted)
        shares = genders.values()
        for name in figures.Share._fields:
            assert sum(getattr(one, name) for one in shares) == getattr(total, name), wanted


def test_a_partners_own_figures_follow(cast, now, october):
    months.close(OCTOBER, by=cast.layla.id, now=now)
    reject(cast, now, october[0])
    total, by_month, calls = of_partner.of_partner(cast.university.id, Span(2026))
    assert (total.approved_minutes, total.volunteers) == (0, 0)
    assert {line.key: line.totals.approved_minutes for line in by_month} == {
        OCTOBER: 240,
        NOVEMBER: -240,
    }
    assert sum(line.totals.approved_minutes for line in calls) == 0


def test_a_reopened_month_takes_its_changes_again(cast, now, october):
    months.close(OCTOBER, by=cast.layla.id, now=now)
    reject(cast, now, october[0])
    months.reopen(OCTOBER, reason="أخطأنا", by=cast.layla.id, now=now)
    approve(cast, now, october[2])
    assert told(IN_OCTOBER) == (720, 15, 3, 28800, 3, 1)
    assert told(IN_NOVEMBER)[:4] == (-240, -5, -1, -9600)
    assert len(kept_entries()) == 1


def test_courses_of_a_closed_month_count_later_as_attendance_only(cast, now):
    one = serve(cast, now, cast.noura, 40, factories.opportunity(now, "course"))
    months.close(OCTOBER, by=cast.layla.id, now=now)
    approve(cast, now, one)
    november = figures.totals(IN_NOVEMBER)
    assert (november.course_attendances, november.approved_minutes) == (1, 0)
    assert figures.totals(IN_OCTOBER).course_attendances == 0


def test_closing_is_noted_and_repeats_without_effect(cast, now):
    for _ in range(2):
        months.close(OCTOBER, by=cast.layla.id, now=now)
    for _ in range(2):
        months.reopen(OCTOBER, reason="أخطأنا", by=cast.layla.id, now=now)
    months.close(OCTOBER, by=cast.layla.id, now=now)
    assert db.session.scalar(select(func.count()).select_from(MonthClosing)) == 2
    acts = select(AuditEntry.act).where(AuditEntry.thing == "month").order_by(AuditEntry.id)
    assert list(db.session.scalars(acts)) == ["month.close", "month.reopen", "month.close"]


def test_a_month_is_not_closed_while_something_of_it_is_being_changed(cast, now):
    app = current_app._get_current_object()

    def close() -> None:
        with app.app_context():
            months.close(OCTOBER, by=cast.layla.id, now=now)
            db.session.remove()

    closing = Thread(target=close)

    @transaction
    def change() -> None:
        assert months.counting_days([OCTOBER], now) == {}
        closing.start()
        closing.join(0.3)
        assert closing.is_alive(), "it waits for this change"

    change()
    closing.join(10)
    db.session.rollback()
    assert months.closed_among([OCTOBER]) == {OCTOBER}
    assert months.counting_days([OCTOBER], now) == {OCTOBER: now.date()}


def test_only_a_month_that_is_over_is_closed_and_only_for_a_reason_opened(cast, now):
    with pytest.raises(Problem, match="month_not_over"):
        months.close(NOVEMBER, by=cast.layla.id, now=now)
    with pytest.raises(Problem, match="month_unexplained"):
        months.reopen(OCTOBER, reason="  ", by=cast.layla.id, now=now)


def test_what_cannot_be_entered_elsewhere_is_refused(cast, now):
    months.close(OCTOBER, by=cast.layla.id, now=now)
    with pytest.raises(Problem, match="month_closed") as refused:
        months.refuse_closed(date(2026, 9, 20))
    assert refused.value.facts == {"month": OCTOBER}
    months.refuse_closed(date(2026, 9, 20), date(2026, 9, 30))
    months.refuse_closed(NOVEMBER)


def test_entries_stay_as_they_were_written_and_are_told_within_reach(cast, now, october):
    months.close(OCTOBER, by=cast.layla.id, now=now)
    approve(cast, now, october[2])
    (row,) = late.entries(ALL)
    assert (row.LateEntry.approved_minutes, row.by) == (240, cast.layla.name)
    assert late.entries(Reach(site_ids=frozenset({cast.squares.id}))) == []

    @transaction
    def change() -> None:
        db.session.get_one(LateEntry, row.LateEntry.id).approved_minutes = 1

    with pytest.raises(DBAPIError, match="append-only"):
        change()


# --- what closed months tell by ------------------------------------------------------------


def reports(wanted) -> dict[Dimension, list[tuple]]:
    """By everything a report can be by that an opportunity or a shift says."""
    of = ("service", "type", "campaign", "opportunity", "site", "lane")
    return {
        one: [(row.key, row.totals[:4], row.totals.value_halalas) for row in told.rows]
        for one in map(Dimension, of)
        for told in (figures.report([one], wanted),)
    }


def call_of(one) -> Opportunity:
    shift = db.session.get_one(Shift, one.shift_id)
    return db.session.get(Opportunity, shift.opportunity_id, populate_existing=True)


def another(one, name) -> OpportunityPlan:
    call = call_of(one)
    values = {field.name: getattr(call, field.name) for field in fields(OpportunityPlan)}
    made = {
        "type": lambda: "skilled",
        "campaign_id": lambda: campaigns.create(A_CAMPAIGN, by=None, now=call.created_at),
        "service_id": lambda: factories.service(name_ar="دفع العربات").id,
    }
    return OpportunityPlan(**{**values, name: made[name]()})


A_CAMPAIGN = campaigns.CampaignPlan(name_ar="برًّا بمكة")


@pytest.mark.parametrize("name", ["type", "campaign_id", "service_id"])
def test_what_closed_hours_were_done_for_stays(cast, now, october, name):
    changed, before = another(october[0], name), reports(IN_OCTOBER)
    months.close(OCTOBER, by=cast.layla.id, now=now)
    call = call_of(october[0])
    with pytest.raises(Problem, match="opportunity_in_closed_month") as refused:
        opportunities.change(call.id, changed, by=cast.layla.id, now=now)
    assert refused.value.facts == {"month": OCTOBER}
    assert reports(IN_OCTOBER) == before
    named = replace(changed, **{name: getattr(call, name)}, name_en="New")
    opportunities.change(call.id, named, by=cast.layla.id, now=now)
    months.reopen(OCTOBER, reason="أخطأنا", by=cast.layla.id, now=now)
    opportunities.change(call.id, changed, by=cast.layla.id, now=now)
    assert reports(IN_OCTOBER) != before


def test_what_a_closed_month_still_tells_stays_though_it_was_taken_back(cast, now, october):
    months.close(OCTOBER, by=cast.layla.id, now=now)
    changed, before = another(october[0], "type"), reports(IN_OCTOBER)
    for one in october[:2]:
        reject(cast, now, one)
    with pytest.raises(Problem, match="opportunity_in_closed_month"):
        opportunities.change(call_of(october[0]).id, changed, by=cast.layla.id, now=now)
    assert reports(IN_OCTOBER) == before


def test_what_only_waits_in_a_closed_month_does_not_fix_its_opportunity(cast, now, october):
    waiting = serve(cast, now, cast.noura, 45)
    months.close(OCTOBER, by=cast.layla.id, now=now)
    call = call_of(waiting)
    opportunities.change(call.id, another(waiting, "type"), by=cast.layla.id, now=now)
    approve(cast, now, waiting)
    assert told(IN_OCTOBER) == BEFORE


def test_the_lane_and_start_of_closed_hours_stay(cast, now, october):
    lane = factories.keep(Lane(site_id=cast.mataf.id, name_ar="المدخل", name_en="Entrance"))
    shift = shifts.find(october[0].shift_id, ALL)
    plan = shifts.plan_of(shift)
    other = {"lane_id": lane.id}, {"starts": time(4)}
    months.close(OCTOBER, by=cast.layla.id, now=now)
    for values in other:
        with pytest.raises(Problem, match="shift_in_closed_month"):
            change_shift(cast, now, shift, replace(plan, **values))
    change_shift(cast, now, shift, replace(plan, seats=3))


def test_who_changes_past_work_waits_for_its_volunteers_before_the_months(app, cast, now, october):
    """So a closing beside them is not in the way, and what was approved meanwhile is seen."""
    waiting = october[2]
    lane = factories.keep(Lane(site_id=cast.mataf.id, name_ar="المدخل", name_en="Entrance"))
    shift, call_id = shifts.find(waiting.shift_id, ALL), call_of(waiting).id
    moved, changed = replace(shifts.plan_of(shift), lane_id=lane.id), another(waiting, "service_id")
    partner_id, person_id, by = cast.university.id, waiting.volunteer_id, cast.layla.id
    acts = (
        partial(opportunities.change, call_id, changed, by=by, now=now),
        partial(shifts.change, shift.id, moved, row_version=shift.row_version, by=by, now=now),
        partial(memberships.set_partner, person_id, partner_id, OCTOBER, by=by, now=now),
    )

    def beside(act) -> None:
        with app.app_context():
            act()
            db.session.remove()

    with ThreadPoolExecutor(3) as others:

        @transaction
        def meanwhile() -> list[Future[None]]:
            approve(cast, now, waiting)
            begun = [others.submit(beside, act) for act in acts]
            assert not wait(begun, timeout=0.2).done
            if db.engine.dialect.name == "postgresql":
                assert db.session.scalar(select(func.pg_try_advisory_xact_lock(months.GATE)))
            return begun

        for one in meanwhile():
            one.result()
    assert call_of(waiting).service_id == changed.service_id
    assert proof.count_wrong() == 0


def change_shift(cast, now, shift, plan) -> None:
    version = db.session.get(Shift, shift.id, populate_existing=True).row_version
    shifts.change(shift.id, plan, row_version=version, by=cast.layla.id, now=now)


def known_as(cast, now, who, **values) -> None:
    row = db.session.get(type(who), who.id, populate_existing=True)
    profile = {name.name: getattr(row, name.name) for name in fields(people.Profile)}
    plan = people.Profile(**{**profile, **values})
    people.change(who.id, plan, by=cast.layla.id, now=now)


def test_who_is_known_otherwise_later_is_listed_with_the_months(cast, now, october):
    whole = told(IN_OCTOBER)
    known_as(cast, now, cast.noura, name="نورة")
    months.close(OCTOBER, by=cast.layla.id, now=now)
    assert closed.people_changes(ALL) == []
    later = now + timedelta(minutes=1)
    stranger = factories.person(now)
    other = db.session.get_one(type(cast.noura), october[1].volunteer_id)
    for who in (cast.noura, stranger):
        known_as(cast, later, who, gender="man")
    merged = merging.merge(cast.noura.id, other.id, (), by=cast.layla.id, now=later)
    listed = closed.people_changes(ALL)
    assert [(one.what, one.person_id, one.by, one.months) for one in listed] == [
        ("merge", cast.noura.id, cast.layla.name, [OCTOBER]),
        ("gender", cast.noura.id, cast.layla.name, [OCTOBER]),
    ]
    after = told(IN_OCTOBER)
    assert after[:4] == whole[:4], "hours, people served, records and value stay"
    assert after[4] == whole[4] - 1, "two rows are one person now"
    merging.undo(merged, by=cast.layla.id, now=later)
    assert [one.what for one in closed.people_changes(ALL)] == ["unmerge", "merge", "gender"]
    assert closed.people_changes(Reach(site_ids=frozenset({cast.squares.id}))) == []
    months.reopen(OCTOBER, reason="أخطأنا", by=cast.layla.id, now=later)
    assert closed.people_changes(ALL) == []
