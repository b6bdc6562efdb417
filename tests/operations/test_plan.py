"""A week of shifts: templates, copying, drafts, coverage, and what speaks against it."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import event

from checkin.database import db, transaction
from checkin.domain.errors import Conflict as Refused
from checkin.domain.errors import Problem
from checkin.domain.prayer import Anchor
from checkin.domain.roles import Role
from checkin.models import Assignment, Grant, Lane, Message, Shift
from checkin.operations import audit, opportunities, plan, shifts, sites
from checkin.operations.permissions import Reach
from checkin.operations.plan import templates
from checkin.operations.plan.choosing import opportunities_like
from checkin.operations.plan.coverage import Cover, Share, coverage_of
from checkin.operations.plan.rosters import Taken
from checkin.operations.plan.templates import TemplatePlan
from tests import factories

SUNDAY = date(2026, 11, 22)
EVERYWHERE = Reach(everywhere=True)
LINK = "https://example.org/hours"
DAY = 24 * 60


@pytest.fixture
def acting(cast, now):
    return {"by": cast.layla.id, "now": now}


@pytest.fixture
def morning(cast):
    return TemplatePlan(
        name_ar="الفترة الصباحية",
        name_en="Morning",
        opportunity_id=cast.shift.opportunity_id,
        starts=time(6),
        ends=time(14),
        seats=20,
    )


def the_week(now, first=SUNDAY):
    return plan.week(first, EVERYWHERE, site_id=None, today=SUNDAY, now=now)


def all_shifts():
    return db.session.scalars(db.select(Shift).order_by(Shift.id)).all()


# --- templates -----------------------------------------------------------------------------


def test_a_template_fills_sites_and_days_with_drafts(cast, morning, acting):
    made = templates.create(morning, **acting)
    days = [SUNDAY + timedelta(days=later) for later in (1, 2)]
    added = templates.add([made], [cast.mataf.id, cast.squares.id], days, **acting)
    drafts = [shift for shift in all_shifts() if shift.id in added.made]
    assert len(drafts) == 4
    assert all(shift.is_draft and shift.seats == 20 for shift in drafts)
    assert {(shift.site_id, shift.work_on) for shift in drafts} == {
        (site.id, day) for site in (cast.mataf, cast.squares) for day in days
    }


def test_a_template_fills_lanes_that_are_in_use(cast, now, morning, acting):
    made = templates.create(morning, **acting)
    lanes = [sites.add_lane(cast.mataf.id, f"المسار {n}", f"Lane {n}", **acting) for n in (1, 2)]
    sites.close_lane(lanes[1], **acting)
    added = templates.add([made], [cast.mataf.id], [SUNDAY], lane_ids=lanes, **acting)
    drafts = [db.session.get(Shift, shift_id) for shift_id in added.made]
    assert [(one.site_id, one.lane_id) for one in drafts] == [
        (cast.mataf.id, None),
        (cast.mataf.id, lanes[0]),
    ]
    again = templates.add([made], [], [SUNDAY], lane_ids=lanes, **acting)
    assert (again.made, again.there) == ([], 1)


def test_what_is_planned_already_is_not_planned_again(cast, morning, acting):
    made = templates.create(morning, **acting)
    templates.add([made], [cast.mataf.id], [SUNDAY], **acting)
    again = templates.add([made], [cast.mataf.id], [SUNDAY, date(2026, 11, 23)], **acting)
    assert (len(again.made), again.there) == (1, 1)


def test_a_template_by_prayers_moves_with_them_from_day_to_day(cast, morning, acting):
    night = replace(morning, starts=Anchor("isha", 30), ends=Anchor("fajr", -30))
    made = templates.create(night, **acting)
    days = [date(2026, 11, 23), date(2026, 12, 21)]
    added = templates.add([made], [cast.mataf.id], days, **acting)
    first, last = (db.session.get(Shift, shift_id) for shift_id in added.made)
    assert (first.starts_prayer, first.starts_offset) == ("isha", 30)
    assert first.work_on == days[0]
    assert first.starts_at.time() != last.starts_at.time()
    assert templates.ends_of(templates.find(made)) == (night.starts, night.ends)


def test_closed_things_are_not_planned_and_there_is_a_limit(cast, morning, acting):
    made = templates.create(morning, **acting)
    with pytest.raises(Problem, match="name_taken"):
        templates.create(morning, **acting)
    year = [SUNDAY + timedelta(days=later) for later in range(300)]
    with pytest.raises(Problem, match="too_many_at_once"):
        templates.add([made], [cast.mataf.id, cast.squares.id], year, **acting)
    templates.close(made, **acting)
    with pytest.raises(Problem, match="template_closed"):
        templates.add([made], [cast.mataf.id], [SUNDAY], **acting)
    templates.reopen(made, **acting)
    opportunities.close(morning.opportunity_id, **acting)
    with pytest.raises(Problem, match="opportunity_closed"):
        templates.add([made], [cast.mataf.id], [SUNDAY], **acting)
    assert templates.usable() == []


# --- copying -------------------------------------------------------------------------------


def test_last_week_is_copied_once_as_drafts(cast, now, acting):
    factories.assign(now, cast.salem, cast.shift)
    copied = plan.copy_week(date(2026, 11, 29), **acting)
    assert (copied.made, copied.there) == (1, 0)
    draft = all_shifts()[-1]
    assert draft.is_draft
    assert draft.starts_at == cast.shift.starts_at + timedelta(days=7)
    assert draft.seats == cast.shift.seats
    expected = db.select(Assignment).where(Assignment.shift_id == draft.id)
    assert db.session.scalars(expected).all() == []
    again = plan.copy_week(date(2026, 11, 29), **acting)
    assert (again.made, again.there) == (0, 1)


def roster_of(shift_id):
    wanted = db.select(Assignment.person_id, Assignment.how, Assignment.is_lead)
    query = wanted.where(Assignment.shift_id == shift_id).order_by(Assignment.id)
    return [tuple(row) for row in db.session.execute(query)]


def test_a_week_is_copied_with_those_who_are_still_free(cast, now, acting):
    busy, held, merged, walked_in = (factories.person(now, f"متطوع {n}") for n in range(1, 5))
    factories.assign(now, cast.salem, cast.shift, is_lead=True)
    for who in (busy, held, merged):
        factories.assign(now, who, cast.shift, how="joined")
    factories.assign(now, walked_in, cast.shift, how="walk_in")
    elsewhere = factories.shift(now, cast.squares, starts=7 * DAY, minutes=30)
    factories.assign(now, busy, elsewhere)
    factories.alter(held, suspended_at=now)
    factories.alter(merged, merged_into_id=cast.huda.id)
    copied = plan.copy_week(date(2026, 11, 29), with_people=True, **acting)
    assert copied.people == Taken(along=3, left_out=2)
    draft = all_shifts()[-1]
    assert draft.is_draft
    assert roster_of(draft.id) == [
        (cast.noura.id, "roster", False),
        (cast.salem.id, "roster", True),
        (cast.huda.id, "roster", False),
    ]
    assert plan.left_out([draft.id, cast.shift.id]) == {
        draft.id: [
            plan.LeftOut(busy.id, busy.name, "elsewhere"),
            plan.LeftOut(held.id, held.name, "held"),
        ]
    }
    factories.assign(now, busy, draft)
    (still,) = plan.left_out([draft.id])[draft.id]
    assert still.person_id == held.id


def test_whoever_was_on_two_shifts_at_once_is_on_one_copy(cast, now, acting):
    beside = factories.shift(now, cast.squares, starts=-30)
    factories.assign(now, cast.noura, beside)
    copied = plan.copy_week(date(2026, 11, 29), with_people=True, **acting)
    assert (copied.made, copied.people) == (2, Taken(along=1, left_out=1))


def test_a_number_that_a_dropped_draft_had_begins_anew(cast, now, acting):
    factories.alter(cast.noura, suspended_at=now)
    plan.copy_week(date(2026, 11, 29), with_people=True, **acting)
    draft = all_shifts()[-1]
    assert plan.left_out([draft.id]) != {}
    transaction(audit.note)("shift.create", "shift", draft.id, by=None, at=now)
    assert plan.left_out([draft.id]) == {}


def test_what_is_closed_cancelled_or_over_is_not_copied(cast, now, acting):
    called_off = factories.shift(now, cast.mataf, starts=60)
    shifts.cancel(called_off.id, **acting)
    opportunities.close(cast.shift.opportunity_id, **acting)
    assert plan.copy_week(date(2026, 11, 29), **acting) == plan.Copied(closed=1)
    factories.shift(now, cast.squares, starts=-7 * DAY)
    assert plan.copy_week(SUNDAY, **acting) == plan.Copied(over=1)


# --- drafts --------------------------------------------------------------------------------


def test_publishing_tells_those_expected_once(cast, now, acting):
    draft = factories.shift(now, cast.mataf, starts=DAY, is_draft=True)
    factories.assign(now, cast.noura, draft)
    assert plan.publish([draft.id, cast.shift.id, 9_999], link=LINK, **acting) == 1
    assert not db.session.get(Shift, draft.id, populate_existing=True).is_draft
    assert plan.publish([draft.id], link=LINK, **acting) == 0
    sent = db.session.scalars(db.select(Message.template)).all()
    assert sent == ["shift_invitation"]


def test_a_dropped_draft_is_gone_and_what_is_published_stays(cast, now, acting):
    draft = factories.shift(now, cast.mataf, starts=DAY, is_draft=True)
    factories.assign(now, cast.noura, draft)
    assert plan.drop([draft.id, cast.shift.id], **acting) == 1
    assert [shift.id for shift in all_shifts()] == [cast.shift.id]


# --- moving --------------------------------------------------------------------------------


def test_a_moved_shift_keeps_its_hours_and_those_expected_are_told(cast, now, acting):
    coming = factories.shift(now, cast.mataf, starts=DAY)
    factories.assign(now, cast.noura, coming)
    where = {"day": date(2026, 11, 25), "site_id": cast.squares.id, "lane_id": None}
    assert plan.move(coming.id, **where, row_version=1, **acting) == 1
    fresh = shifts.find(coming.id, EVERYWHERE)
    assert fresh.starts_at == now + timedelta(days=3)
    assert fresh.site_id == cast.squares.id
    with pytest.raises(Refused, match="shift_changed"):
        plan.move(coming.id, **where, row_version=1, **acting)


def test_a_template_leaves_out_what_is_over_and_says_when_it_is_all(cast, morning, acting):
    made = templates.create(replace(morning, ends=time(13)), **acting)
    days = [SUNDAY - timedelta(days=1), SUNDAY, SUNDAY + timedelta(days=1)]
    added = templates.add([made], [cast.mataf.id], days, **acting)
    assert (len(added.made), added.there, added.over) == (1, 0, 2)
    again = templates.add([made], [cast.mataf.id], days, **acting)
    assert (again.made, again.there, again.over) == ([], 1, 2)
    with pytest.raises(Problem, match="time_past"):
        templates.add([made], [cast.mataf.id], days[:2], **acting)


def test_nobody_is_told_of_a_draft_that_moves(cast, now, acting):
    draft = factories.shift(now, cast.mataf, starts=DAY, is_draft=True)
    factories.assign(now, cast.noura, draft)
    where = {"day": date(2026, 11, 25), "site_id": cast.mataf.id, "lane_id": None}
    assert plan.move(draft.id, **where, row_version=1, **acting) == 0
    assert db.session.scalars(db.select(Message.id)).all() == []


# --- coverage ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("assigned", "expected", "came", "coming"),
    [
        *((20, 0, 0, 20), (20, 10, 10, 20), (20, 10, 7, 14), (5, 10, 9, 5), (1, 30, 10, 0)),
        *((0, 15, 15, 0), (4, 16, 10, 3), (20, 9, 1, 20), (12, 10, 0, 0)),
    ],
)
def test_who_came_lately_says_who_is_likely_to_come(assigned, expected, came, coming):
    assert Share(expected, came, shifts=3).of(assigned) == coming


def test_coverage_looks_at_the_same_work_at_the_same_site(cast, now):
    call = cast.shift.opportunity_id
    before = [factories.shift(now, cast.mataf, starts=-days * DAY) for days in (7, 14)]
    coming = factories.shift(now, cast.mataf, starts=DAY, seats=5)
    for shift in (*before, coming):
        factories.alter(shift, opportunity_id=call)
    people = [factories.person(now, name) for name in ("أمل", "سارة", "هند", "ريم", "منى")]
    for person in people:
        for shift in (*before, coming):
            factories.assign(now, person, shift)
    there = factories.poster(now - timedelta(days=15), cast.mataf, before[0])
    for person in people[:3]:
        factories.check_in(person, there, before[0].starts_at)
    found = coverage_of([coming], SUNDAY)[coming.id]
    assert (found.needed, found.assigned, found.coming, found.told_by) == (5, 5, 2, 2)
    assert found.cover is Cover.DOUBTFUL
    elsewhere = factories.shift(now, cast.squares, starts=DAY, seats=2)
    assert coverage_of([elsewhere], SUNDAY)[elsewhere.id].cover is Cover.NOBODY


def test_one_shift_of_few_people_foretells_nothing(cast, now):
    before = factories.shift(now, cast.mataf, starts=-7 * DAY)
    coming = factories.shift(now, cast.mataf, starts=DAY, seats=9)
    for shift in (before, coming):
        factories.alter(shift, opportunity_id=cast.shift.opportunity_id)
        for number in range(9):
            factories.assign(now, factories.person(now, f"أمل {number} {shift.id}"), shift)
    found = coverage_of([coming], SUNDAY)[coming.id]
    assert (found.assigned, found.coming, found.told_by) == (9, 9, 0)


def test_nobody_alarms_only_shortly_before(cast, now):
    days = {days: factories.shift(now, cast.squares, starts=days * DAY) for days in (0, 1, 2, 6)}
    found = coverage_of(list(days.values()), SUNDAY)
    said = {later: found[shift.id].cover for later, shift in days.items()}
    assert said == {0: Cover.NOBODY, 1: Cover.NOBODY, 2: Cover.NOT_YET, 6: Cover.NOT_YET}


# --- conflicts -----------------------------------------------------------------------------


def conflicts(now):
    found = the_week(now).conflicts
    return [(one.conflict, one.shift.id, one.other and one.other.id) for one in found]


def test_a_planned_week_without_faults_has_no_conflicts(cast, now):
    assert conflicts(now) == []


def test_two_shifts_in_one_lane_at_once(cast, now):
    lane = factories.keep(Lane(site_id=cast.mataf.id, name_ar="المسار 9", name_en="Lane 9"))
    one = factories.shift(now, cast.mataf, starts=DAY, lane_id=lane.id)
    factories.shift(now, cast.mataf, starts=DAY + 240, lane_id=lane.id)
    other = factories.shift(now, cast.mataf, starts=DAY + 180, lane_id=lane.id)
    assert ("lane_twice", one.id, other.id) in conflicts(now)
    assert len(conflicts(now)) == 2


def test_a_person_on_two_shifts_at_once_or_with_little_rest(cast, now):
    late = factories.shift(now, cast.mataf, starts=DAY + 8 * 60, minutes=240)
    same = factories.shift(now, cast.mataf, starts=DAY + 9 * 60, minutes=240)
    early = factories.shift(now, cast.mataf, starts=DAY + 18 * 60, minutes=240)
    for shift in (late, same, early):
        factories.assign(now, cast.salem, shift)
    found = conflicts(now)
    assert found == [("person_twice", late.id, same.id), ("little_rest", same.id, early.id)]


def test_a_site_without_a_supervisor_and_a_closed_opportunity(cast, now, acting):
    lonely = sites.create(sites.SitePlan(name_ar="موقع جديد", name_en="New site"), **acting)
    there = shifts.ShiftPlan(
        opportunity_id=cast.shift.opportunity_id,
        site_id=lonely,
        day=date(2026, 11, 24),
        starts=time(6),
        ends=time(14),
        seats=5,
    )
    (made,) = shifts.create(there, **acting)
    assert conflicts(now) == [("no_supervisor", made, None)]
    factories.keep(
        Grant(person_id=cast.salem.id, role=Role.SUPERVISOR, site_id=lonely, from_at=now)
    )
    assert conflicts(now) == []
    opportunities.close(cast.shift.opportunity_id, **acting)
    assert {one[0] for one in conflicts(now)} == {"opportunity_closed"}


# --- finding -------------------------------------------------------------------------------


def test_opportunities_are_found_however_they_are_spelt(cast, now):
    call = factories.opportunity(now, name_ar="إرشاد زوار الأبواب", name_en="Guiding visitors")
    for typed in ("ارشاد", "زوار إرشاد", "GUIDING", "زوار الابواب"):
        assert [one.id for one in opportunities_like(typed, 5)] == [call.id], typed
    assert opportunities_like("%", 5) == []
    assert opportunities_like("   ", 5) == []


def test_a_week_of_many_shifts_asks_few_questions(cast, now):
    for later in range(10):
        for hour in range(5):
            made = factories.shift(now, cast.mataf, starts=later * 600 + hour * 10, minutes=60)
            factories.assign(now, cast.noura, made)
    db.session.remove()
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    assert len(the_week(now).shifts) > 40
    assert len(asked) <= 12, "\n".join(asked)


def test_days_are_those_of_the_site(cast, now: datetime):
    assert {shift.work_on for shift in the_week(now).shifts} == {SUNDAY}
