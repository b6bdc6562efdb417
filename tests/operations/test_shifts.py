"""Shifts: local times, repeated days, changes that judge anew, cancelling and its undoing."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from checkin.database import db
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.models import Assignment, Attendance, AuditEntry, Shift
from checkin.operations import opportunities, shifts, sites
from checkin.operations.permissions import Reach
from checkin.operations.shifts import Numbers, ShiftPlan, plan_of
from tests import factories
from tests.factories import alter, check_in, check_out

EVERYWHERE = Reach(everywhere=True)
SUNDAY = date(2026, 11, 22)


@pytest.fixture
def plan(cast):
    return ShiftPlan(
        opportunity_id=cast.shift.opportunity_id,
        site_id=cast.mataf.id,
        day=SUNDAY,
        starts=time(16),
        ends=time(20),
        seats=40,
    )


@pytest.fixture
def acting(cast, now):
    return {"by": cast.layla.id, "now": now}


def stored(shift_id):
    return shifts.find(shift_id, EVERYWHERE)


def attendance_of(who):
    query = db.select(Attendance).where(Attendance.volunteer_id == who.id)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


# --- times ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("starts", "ends", "begin", "end"),
    [
        (time(16), time(20), (22, 13, 0), (22, 17, 0)),
        (time(22), time(2), (22, 19, 0), (22, 23, 0)),
        (time(18), time(7), (22, 15, 0), (23, 4, 0)),
        (time(20), time(0), (22, 17, 0), (22, 21, 0)),
        (time(0), time(4), (21, 21, 0), (22, 1, 0)),
        (time(1, 30), time(1, 45), (21, 22, 30), (21, 22, 45)),
    ],
)
def test_local_times_become_instants_of_the_day_they_start(plan, acting, starts, ends, begin, end):
    acting["now"] -= timedelta(days=1)
    (made,) = shifts.create(replace(plan, starts=starts, ends=ends), **acting)
    shift = stored(made)
    assert shift.starts_at == datetime(2026, 11, *begin, tzinfo=UTC)
    assert shift.ends_at == datetime(2026, 11, *end, tzinfo=UTC)
    assert shift.work_on == SUNDAY
    assert plan_of(shift) == replace(plan, starts=starts, ends=ends)


@pytest.mark.parametrize(("starts", "ends"), [(time(9), time(8)), (time(9), time(9))])
def test_a_slip_of_a_whole_night_is_asked_about(plan, acting, starts, ends):
    with pytest.raises(Problem, match="shift_too_long") as refused:
        shifts.create(replace(plan, starts=starts, ends=ends), **acting)
    assert refused.value.facts == {"hours": 16}


def test_a_site_in_another_zone_counts_in_its_own(plan, acting):
    dubai = sites.create(
        sites.SitePlan(name_ar="مركز", name_en="Centre", zone="Asia/Dubai"), **acting
    )
    (made,) = shifts.create(replace(plan, site_id=dubai), **acting)
    assert stored(made).starts_at == datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_a_shift_repeats_on_days_in_a_row(plan, acting):
    made = shifts.create(plan, days=3, **acting)
    assert [stored(one).work_on.day for one in made] == [22, 23, 24]
    lengths = {stored(one).ends_at - stored(one).starts_at for one in made}
    assert lengths == {timedelta(hours=4)}


def test_new_seats_go_to_those_who_wait(cast, now, acting, plan):
    (made,) = shifts.create(replace(plan, seats=1, day=date(2026, 11, 25)), **acting)
    shift = stored(made)
    factories.assign(now, cast.salem, shift)
    waits = factories.assign(now, cast.noura, shift, how="waiting")
    more = replace(plan_of(shift), seats=2)
    shifts.change(made, more, row_version=1, **acting)
    assert db.session.get(Assignment, waits.id, populate_existing=True).how != "waiting"


@pytest.mark.parametrize("days", [0, 121])
def test_repeats_have_a_limit_and_are_all_or_none(plan, acting, days):
    with pytest.raises(Problem, match="repeats_out_of_range"):
        shifts.create(plan, days=days, **acting)
    assert db.session.scalar(db.select(db.func.count()).select_from(Shift)) == 1


def test_what_is_closed_takes_no_new_shift(cast, plan, acting):
    opportunities.close(plan.opportunity_id, **acting)
    with pytest.raises(Problem, match="opportunity_closed"):
        shifts.create(plan, **acting)
    opportunities.reopen(plan.opportunity_id, **acting)
    sites.close(cast.squares.id, **acting)
    with pytest.raises(Problem, match="site_closed"):
        shifts.create(replace(plan, site_id=cast.squares.id), **acting)


def test_a_lane_is_one_of_the_site(cast, plan, acting):
    lane = sites.add_lane(cast.squares.id, "المسار 1", "", **acting)
    with pytest.raises(Problem, match="lane_elsewhere"):
        shifts.create(replace(plan, lane_id=lane), **acting)
    with pytest.raises(NotFound):
        shifts.create(replace(plan, opportunity_id=9_999), **acting)


# --- what is over already ------------------------------------------------------------------


def put(shift, acting, **values):
    fresh = stored(shift.id)
    shifts.change(
        shift.id, replace(plan_of(fresh), **values), row_version=fresh.row_version, **acting
    )


def test_nothing_is_planned_that_is_over_already(cast, plan, acting):
    for past in ({"day": date(2020, 1, 1)}, {"starts": time(8), "ends": time(13)}):
        with pytest.raises(Problem, match="time_past"):
            shifts.create(replace(plan, **past), days=3, **acting)
    (begun,) = shifts.create(replace(plan, starts=time(8), ends=time(13, 1)), **acting)
    assert stored(begun).starts_at < acting["now"]


def test_a_shift_to_come_is_not_moved_to_where_it_is_over(cast, now, acting):
    coming = factories.shift(now, cast.mataf, starts=20)
    factories.assign(now, cast.noura, coming)
    past = ({"day": date(2020, 1, 1)}, {"starts": time(8), "ends": time(13)})
    for values in past:
        with pytest.raises(Problem, match="time_past"):
            put(coming, acting, **values)
    assert stored(coming.id).starts_at == now + timedelta(minutes=20)


def test_a_running_shift_may_end_earlier_and_stays_on_its_day(cast, now, acting):
    with pytest.raises(Problem, match="time_past"):
        put(cast.shift, acting, day=date(2026, 11, 21))
    put(cast.shift, acting, ends=time(12, 30))
    assert stored(cast.shift.id).ends_at < now


def test_a_shift_that_is_over_is_corrected_to_what_was(cast, now, acting):
    over = factories.shift(now, cast.mataf, starts=-48 * 60, minutes=60)
    put(over, acting, day=date(2026, 11, 19))
    assert stored(over.id).work_on == date(2026, 11, 19)


def test_one_that_runs_is_corrected_once_all_expected_came_and_left(cast, now, acting):
    factories.assign(now, cast.huda, cast.shift)
    for who in (cast.noura, cast.huda):
        check_in(who, cast.poster, now)
        with pytest.raises(Problem, match="time_past"):
            put(cast.shift, acting, day=date(2026, 11, 21))
        check_out(who, cast.shift, now)
    put(cast.shift, acting, day=date(2026, 11, 21))
    assert stored(cast.shift.id).work_on == date(2026, 11, 21)


# --- changing ------------------------------------------------------------------------------


def test_a_shift_is_moved_by_whoever_saw_it_last(cast, plan, acting):
    (made,) = shifts.create(plan, **acting)
    shifts.change(made, replace(plan, seats=50), row_version=1, **acting)
    with pytest.raises(Conflict, match="shift_changed"):
        shifts.change(made, replace(plan, seats=60), row_version=1, **acting)
    shifts.change(made, replace(plan, day=date(2026, 11, 23)), row_version=2, **acting)
    shift = stored(made)
    assert (shift.seats, shift.work_on.day, shift.row_version) == (40, 23, 3)
    changed = [
        entry.facts["changed"]
        for entry in db.session.scalars(
            db.select(AuditEntry).where(AuditEntry.act == "shift.change").order_by(AuditEntry.id)
        )
    ]
    assert changed == [["seats"], ["ends_at", "seats", "starts_at", "work_on"]]


def test_changing_nothing_leaves_no_line(cast, acting):
    shift = stored(cast.shift.id)
    shifts.change(shift.id, plan_of(shift), row_version=shift.row_version, **acting)
    assert stored(cast.shift.id).row_version == 1


def test_an_undecided_attendance_is_judged_by_the_new_times(cast, now, acting):
    check_in(cast.noura, cast.poster, now)
    check_out(cast.noura, cast.shift, now + timedelta(hours=2))
    assert attendance_of(cast.noura).credited_minutes == 120
    shift = stored(cast.shift.id)
    late = replace(plan_of(shift), starts=time(14))
    shifts.change(shift.id, late, row_version=1, by=cast.layla.id, now=now + timedelta(hours=3))
    assert attendance_of(cast.noura).credited_minutes == 60
    assert "early_in" in attendance_of(cast.noura).flags


def test_a_decided_attendance_stays_as_decided(cast, now, acting):
    check_in(cast.noura, cast.poster, now)
    check_out(cast.noura, cast.shift, now + timedelta(hours=2))
    alter(attendance_of(cast.noura), state="approved", approved_minutes=120)
    shift = stored(cast.shift.id)
    shifts.change(shift.id, replace(plan_of(shift), starts=time(14)), row_version=1, **acting)
    decided = attendance_of(cast.noura)
    assert (decided.state, decided.credited_minutes, decided.approved_minutes) == (
        "approved",
        120,
        120,
    )


def test_where_and_what_is_fixed_once_somebody_came(cast, now, acting):
    plan = plan_of(stored(cast.shift.id))
    shifts.change(cast.shift.id, replace(plan, site_id=cast.squares.id), row_version=1, **acting)
    shifts.change(cast.shift.id, plan, row_version=2, **acting)
    check_in(cast.noura, cast.poster, now)
    elsewhere = replace(plan, site_id=cast.squares.id)
    other = replace(plan, opportunity_id=factories.opportunity(now).id)
    for refused in (elsewhere, other):
        with pytest.raises(Problem, match="shift_attended"):
            shifts.change(cast.shift.id, refused, row_version=3, **acting)


def test_the_day_moves_with_undecided_records_and_stays_under_decided_ones(cast, now, acting):
    check_in(cast.noura, cast.poster, now)
    plan = plan_of(stored(cast.shift.id))
    monday = replace(plan, day=plan.day + timedelta(days=1))
    shifts.change(cast.shift.id, monday, row_version=1, **acting)
    assert attendance_of(cast.noura).work_on == monday.day
    shifts.change(cast.shift.id, plan, row_version=2, **acting)
    alter(attendance_of(cast.noura), state="rejected")
    with pytest.raises(Problem, match="shift_decided"):
        shifts.change(cast.shift.id, monday, row_version=3, **acting)


def test_a_longer_shift_keeps_a_forgotten_check_out_open(cast, now, acting):
    check_in(cast.noura, cast.poster, now)
    plan = plan_of(stored(cast.shift.id))
    much_later = now + timedelta(hours=6)
    shifts.cancel(cast.shift.id, by=cast.layla.id, now=much_later)
    assert attendance_of(cast.noura).state == "unclosed"
    shifts.restore(cast.shift.id, by=cast.layla.id, now=much_later)
    shifts.change(
        *(cast.shift.id, replace(plan, ends=time(23))),
        row_version=3,
        by=cast.layla.id,
        now=much_later,
    )
    assert attendance_of(cast.noura).state == "open"


# --- cancelling ----------------------------------------------------------------------------


def test_cancelling_keeps_who_came_and_flags_it(cast, now, acting):
    check_in(cast.noura, cast.poster, now)
    shifts.cancel(cast.shift.id, **acting)
    shifts.cancel(cast.shift.id, by=cast.layla.id, now=now + timedelta(hours=1))
    assert stored(cast.shift.id).cancelled_at == now
    assert attendance_of(cast.noura).state == "open"
    assert "shift_cancelled" in attendance_of(cast.noura).flags
    shifts.restore(cast.shift.id, **acting)
    assert stored(cast.shift.id).cancelled_at is None
    assert "shift_cancelled" not in attendance_of(cast.noura).flags


def test_a_cancelled_or_closed_shift_is_not_changed(cast, now, acting):
    plan = plan_of(stored(cast.shift.id))
    shifts.cancel(cast.shift.id, **acting)
    with pytest.raises(Problem, match="shift_cancelled"):
        shifts.change(cast.shift.id, replace(plan, seats=1), row_version=2, **acting)
    shifts.restore(cast.shift.id, **acting)
    alter(cast.shift, closed_at=now)
    with pytest.raises(Problem, match="shift_closed"):
        shifts.change(cast.shift.id, replace(plan, seats=1), row_version=3, **acting)
    with pytest.raises(Problem, match="shift_closed"):
        shifts.cancel(cast.shift.id, **acting)


# --- questions -----------------------------------------------------------------------------


def test_a_week_shows_its_shifts_in_order_and_by_site(cast, now, plan, acting):
    shifts.create(replace(plan, day=SUNDAY + timedelta(days=6)), **acting)
    shifts.create(replace(plan, day=SUNDAY + timedelta(days=7)), **acting)
    shifts.create(replace(plan, site_id=cast.squares.id), **acting)
    week = shifts.of_days(SUNDAY, SUNDAY + timedelta(days=6), EVERYWHERE)
    assert [shift.work_on.day for shift in week] == [22, 22, 28]
    assert week[0].site.name_en == "Mataf courtyard"
    at_mataf = shifts.of_days(SUNDAY, SUNDAY, EVERYWHERE, site_id=cast.mataf.id)
    assert [shift.id for shift in at_mataf] == [cast.shift.id]
    squares = Reach(site_ids=frozenset({cast.squares.id}))
    assert [s.site_id for s in shifts.of_days(SUNDAY, SUNDAY, squares)] == [cast.squares.id]


def test_expected_and_present_are_counted(cast, now):
    check_in(cast.noura, cast.poster, now)
    factories.assign(now, cast.huda, cast.shift, how="waiting")
    assert shifts.numbers_of([cast.shift.id, 9]) == {cast.shift.id: Numbers(1, 1), 9: Numbers()}


def test_two_places_at_once_are_seen(cast, now):
    other = factories.shift(now, cast.squares, starts=60, minutes=60)
    factories.assign(now, cast.noura, other)
    span = (cast.shift.starts_at, cast.shift.ends_at)
    clash = shifts.clashes([cast.noura.id, cast.huda.id], *span, but=cast.shift.id)
    assert {person: row.shift_id for person, row in clash.items()} == {cast.noura.id: other.id}
    alter(other, starts_at=cast.shift.ends_at, ends_at=cast.shift.ends_at + timedelta(hours=1))
    assert shifts.clashes([cast.noura.id], *span, but=cast.shift.id) == {}
    alter(other, starts_at=now, cancelled_at=now)
    assert shifts.clashes([cast.noura.id], *span, but=cast.shift.id) == {}


def test_two_shifts_in_one_lane_are_seen(cast, now, acting):
    lane = sites.add_lane(cast.mataf.id, "المسار 1", "", **acting)
    one = factories.shift(now, cast.mataf, lane_id=lane)
    two = factories.shift(now, cast.mataf, lane_id=lane, starts=120)
    factories.shift(now, cast.mataf, lane_id=lane, starts=240)
    assert [other.id for other in shifts.beside(stored(one.id))] == [two.id]
    assert shifts.beside(stored(cast.shift.id)) == []
