"""A lane's tally: taps kept once, shared by minutes, and in step with every decision."""

import threading
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import event

from checkin.database import db
from checkin.domain.clocks import DeviceClock
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.domain.roles import Permission
from checkin.models import Attendance, AuditEntry, Decision, Scan, TallyTap
from checkin.operations import approvals, figures, tally
from checkin.operations.permissions import Reach, reach_of, roles_of
from tests import factories
from tests.factories import check_in, check_out

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
EVERYWHERE = Reach(everywhere=True)


@pytest.fixture
def later(now):
    """After the shift and its closing."""
    return now + timedelta(hours=6)


@pytest.fixture
def work(now):
    """An opportunity whose lanes count."""
    service = factories.service(name_en="Crowd-flow lanes", counted_by="lane")
    return factories.opportunity(now, service_id=service.id)


@pytest.fixture
def lane(cast, now, work):
    """A shift at the Mataf from an hour ago for five hours."""
    return factories.shift(now, cast.mataf, work, starts=-60, minutes=300)


@pytest.fixture
def crew(cast, now, lane):
    """Three who stayed 300, 240 and 60 minutes; their attendances' ids."""
    return [serve(now, cast, lane, minutes) for minutes in (300, 240, 60)]


def serve(now, cast, lane, minutes: int | None, **leaving) -> int:
    """Somebody who checks in when the shift starts, and leaves after so many minutes."""
    who = factories.person(now, "سلمى فهد الحربي")
    factories.assign(now - 2 * HOUR, who, lane)
    came = check_in(who, factories.poster(now, cast.mataf, lane), lane.starts_at)
    if minutes is not None:
        check_out(who, lane, lane.starts_at + minutes * MINUTE, **leaving)
    return came.attendance_id


def fresh(attendance_id: int) -> Attendance:
    db.session.rollback()
    return db.session.get(Attendance, attendance_id, populate_existing=True)


def press(lane, amount: int, now, by, *, uid="", reach=EVERYWHERE, clock=None) -> tally.Counted:
    one = tally.Tap(uid or str(uuid.uuid4()), lane.id, amount, clock)
    return tally.tap(one, by=by.id, reach=reach, now=now)


def approve(attendance_id: int, by, now) -> None:
    approvals.approve(attendance_id, fresh(attendance_id).row_version, by=by.id, now=now)


def stored(ids) -> list[int | None]:
    return [fresh(one).approved_beneficiaries for one in ids]


def adds_up(lane, now) -> bool:
    """The approved parts, as the figures have them, and the waiting ones are the tally."""
    db.session.rollback()
    parts = tally.shares(lane.id, now)
    approved = db.session.execute(
        db.select(Attendance.id, Attendance.approved_beneficiaries).where(
            Attendance.shift_id == lane.id, Attendance.state == "approved"
        )
    ).all()
    assert all(parts[key] == part for key, part in approved)
    counted = figures.totals(figures.Filter(EVERYWHERE)).beneficiaries
    assert counted == sum(part for _, part in approved)
    waiting = sum(part for key, part in parts.items() if key not in dict(approved))
    return counted + waiting == tally.taps_of([lane.id])[lane.id]


# --- tapping -------------------------------------------------------------------------------


def test_taps_add_up_and_a_correction_takes_away(cast, lane, now):
    assert press(lane, 10, now, cast.salem).total == 10
    assert press(lane, 5, now, cast.layla).total == 15
    assert press(lane, -1, now, cast.salem).total == 14
    assert tally.taps_of([lane.id, cast.shift.id]) == {lane.id: 14}


def test_every_tap_has_a_line_in_the_audit(cast, lane, now):
    press(lane, 10, now, cast.salem)
    (entry,) = db.session.scalars(db.select(AuditEntry).where(AuditEntry.act == "tally.tap"))
    assert (entry.thing, entry.thing_id, entry.actor_id) == ("shift", lane.id, cast.salem.id)
    assert (entry.facts["amount"], entry.facts["total"]) == (10, 10)


def test_a_tap_sent_twice_counts_once(cast, lane, now):
    uid = str(uuid.uuid4())
    assert not press(lane, 5, now, cast.salem, uid=uid).replayed
    again = press(lane, 5, now + MINUTE, cast.salem, uid=uid)
    assert (again.total, again.replayed) == (5, True)


def test_the_same_id_with_other_content_is_refused(cast, lane, work, now):
    uid = str(uuid.uuid4())
    press(lane, 5, now, cast.salem, uid=uid)
    other = factories.shift(now, cast.mataf, work)
    for shift, amount in ((lane, 6), (other, 5)):
        with pytest.raises(Conflict, match="tap_reused"):
            press(shift, amount, now, cast.salem, uid=uid)
    assert tally.taps_of([lane.id, other.id]) == {lane.id: 5}


def test_undone_on_two_tablets_is_undone_once(cast, lane, now):
    uid = str(uuid.uuid4())
    press(lane, 10, now, cast.salem, uid=uid)
    press(lane, 5, now, cast.salem)
    for by in (cast.salem, cast.layla):
        press(lane, -10, now, by, uid=tally.undo_uid(uid))
    assert tally.taps_of([lane.id]) == {lane.id: 5}


def test_a_correction_never_leaves_a_debt(cast, lane, now):
    """Two tablets that take back the same ten: the second is told, and the next tap counts."""
    press(lane, 10, now, cast.salem)
    press(lane, -10, now, cast.salem)
    with pytest.raises(Problem, match="tally_below_zero") as refused:
        press(lane, -10, now, cast.layla)
    assert refused.value.facts == {"total": 0}
    assert press(lane, 5, now, cast.layla).total == 5


@pytest.mark.parametrize(
    ("amount", "code"),
    [(0, "count_invalid"), (100_001, "count_invalid"), (99_999, "tally_too_high")],
)
def test_a_number_beyond_belief_is_refused(cast, lane, now, amount, code):
    press(lane, 2, now, cast.salem)
    with pytest.raises(Problem, match=code):
        press(lane, amount, now, cast.salem)
    assert tally.taps_of([lane.id]) == {lane.id: 2}


def test_a_typed_number_is_held_against_the_people_there(cast, lane, now):
    """Two people for an hour at 60 an hour each: 120 is usual, one more is asked about."""
    for _ in range(2):
        serve(now, cast, lane, None)
    with_service = tally.lane_within(lane.id, EVERYWHERE)
    tally.check_usual(with_service, 120, now)
    with pytest.raises(Problem, match="tally_unusual"):
        tally.check_usual(with_service, 121, now)


def test_only_lanes_that_count_have_a_tally(cast, now):
    with pytest.raises(NotFound):
        press(cast.shift, 5, now, cast.salem)


def test_nobody_taps_before_check_in_opens(cast, work, now):
    tomorrow = factories.shift(now, cast.mataf, work, starts=24 * 60)
    with pytest.raises(Problem, match="tally_too_early"):
        press(tomorrow, 5, now, cast.salem)
    assert press(tomorrow, 5, tomorrow.starts_at - 30 * MINUTE, cast.salem).total == 5


@pytest.mark.parametrize(
    ("column", "code"), [("closed_at", "shift_closed"), ("cancelled_at", "tally_cancelled")]
)
def test_what_was_tapped_before_the_shift_ended_still_counts(cast, lane, now, column, code):
    factories.alter(lane, **{column: now + HOUR})
    sent = now + 2 * HOUR
    with pytest.raises(Problem, match=code):
        press(lane, 5, sent, cast.salem)
    kept = DeviceClock(device_at=now, sent_at=sent)
    assert press(lane, 5, sent, cast.salem, clock=kept).total == 5


def test_a_tablet_s_wrong_clock_is_put_right(cast, lane, now):
    wrong = timedelta(days=-3)
    kept = DeviceClock(device_at=now - 10 * MINUTE + wrong, sent_at=now + wrong)
    press(lane, 5, now, cast.salem, clock=kept)
    (row,) = db.session.scalars(db.select(TallyTap))
    assert (row.effective_at, row.received_at) == (now - 10 * MINUTE, now)


def test_a_tap_kept_for_a_week_counts_at_the_end_of_its_shift(cast, lane, now):
    sent = now + timedelta(days=7)
    kept = DeviceClock(device_at=now, sent_at=sent)
    assert press(lane, 5, sent, cast.salem, clock=kept).total == 5
    (row,) = db.session.scalars(db.select(TallyTap))
    assert row.effective_at == lane.ends_at


def test_who_may_tap(cast, lane, now):
    lead = factories.person(now, "فهد سالم الحربي")
    factories.assign(now, lead, lane, is_lead=True)
    reach = {
        who.id: reach_of(roles_of(who.id, now), Permission.TALLY)
        for who in (lead, cast.salem, cast.layla, cast.huda, cast.noura, cast.majed)
    }
    for who in (lead, cast.salem, cast.layla):
        press(lane, 5, now, who, reach=reach[who.id])
    for who in (cast.huda, cast.noura, cast.majed):
        with pytest.raises(NotFound):
            press(lane, 5, now, who, reach=reach[who.id])


def test_a_lead_s_taps_that_come_after_the_shift_count(cast, lane, now):
    lead = factories.person(now, "فهد سالم الحربي")
    factories.assign(now, lead, lane, is_lead=True)
    after = lane.ends_at + HOUR
    assert tally.lead_reach(lead.id, after) == Reach(shift_ids=frozenset({lane.id}))
    assert tally.lead_reach(cast.noura.id, after).is_empty
    assert tally.lead_reach(lead.id, lane.ends_at + 13 * HOUR).is_empty


def test_the_last_taps_come_first_with_who_tapped(cast, lane, now):
    uid = str(uuid.uuid4())
    press(lane, 10, now, cast.salem)
    press(lane, 5, now + MINUTE, cast.layla, uid=uid)
    press(lane, -5, now + 2 * MINUTE, cast.salem, uid=tally.undo_uid(uid))
    seen = tally.seen(lane.id)
    assert (seen.total, seen.count) == (10, 3)
    told = [(one.amount, one.name, one.is_undone) for one in seen.last]
    assert told == [(5, cast.layla.name, True), (10, cast.salem.name, False)]
    assert seen.tapping == [(cast.salem.name, 5), (cast.layla.name, 5)]
    assert tally.amount_of(uid, lane.id) == 5
    with pytest.raises(NotFound):
        tally.amount_of(uid, cast.shift.id)


# --- sharing -------------------------------------------------------------------------------


def test_shares_go_by_minutes(cast, lane, crew, now, later):
    press(lane, 200, now, cast.salem)
    assert tally.shares(lane.id, later) == dict(zip(crew, (100, 80, 20), strict=True))
    assert tally.share_of(fresh(crew[2]), later) == tally.Share(20, 200)


def test_nothing_tapped_is_blank_and_zero_is_a_number(cast, lane, crew, now, later):
    assert tally.shares(lane.id, later) == {}
    assert tally.share_of(fresh(crew[0]), later) is None
    approve(crew[0], cast.salem, later)
    assert stored(crew[:1]) == [None]
    press(lane, 1, later, cast.salem)
    press(lane, -1, later, cast.salem)
    assert stored(crew[:1]) == [0]


def test_who_is_still_there_has_a_share_so_far(cast, lane, now):
    left, there = serve(now, cast, lane, 30), serve(now, cast, lane, None)
    press(lane, 30, now, cast.salem)
    assert tally.shares(lane.id, now) == {left: 10, there: 20}


def test_what_a_volunteer_says_is_kept_and_not_counted(cast, lane, now, later):
    told = serve(now, cast, lane, 300, beneficiaries=90_000)
    assert fresh(told).beneficiaries is None
    assert fresh(told).flags == []
    assert db.session.scalars(db.select(Scan.beneficiaries)).all() == [None, 90_000]
    press(lane, 12, now, cast.salem)
    approve(told, cast.salem, later)
    assert stored([told]) == [12]


# --- deciding ------------------------------------------------------------------------------


def test_decisions_share_anew_and_always_add_up(cast, lane, crew, now, later):
    press(lane, 200, now, cast.salem)
    first, second, third = crew
    approve(first, cast.salem, later)
    assert stored(crew) == [100, None, None]
    assert adds_up(lane, later)
    approvals.reject(
        third, fresh(third).row_version, reason="not_present", by=cast.salem.id, now=later
    )
    assert stored(crew) == [111, None, None]
    assert adds_up(lane, later)
    approve(second, cast.salem, later)
    assert stored(crew) == [111, 89, None]
    press(lane, -20, later, cast.layla)
    assert stored(crew) == [100, 80, None]
    assert adds_up(lane, later)
    approvals.withdraw(third, fresh(third).row_version, by=cast.salem.id, now=later)
    assert stored(crew) == [90, 72, None]
    assert adds_up(lane, later)
    approvals.withdraw(first, fresh(first).row_version, by=cast.salem.id, now=later)
    assert stored(crew) == [None, 72, None]
    assert adds_up(lane, later)


def test_leaving_after_somebody_was_approved_still_adds_up(cast, lane, now):
    """No decision and no tap: the stored part stays, and the others have exactly the rest."""
    left = serve(now, cast, lane, 30)
    who = factories.person(now, "ريان علي الحربي")
    factories.assign(now - 2 * HOUR, who, lane)
    check_in(who, factories.poster(now, cast.mataf, lane), lane.starts_at)
    press(lane, 30, now, cast.salem)
    approve(left, cast.salem, now)
    assert stored([left]) == [10]
    check_out(who, lane, now + 2 * HOUR)
    assert adds_up(lane, now + 2 * HOUR)
    assert stored([left]) == [10]


def test_a_share_is_nobody_s_decision(cast, lane, crew, now, later):
    """It leaves the row's version alone, so whoever has the record open is not turned away."""
    press(lane, 200, now, cast.salem)
    approve(crew[0], cast.salem, later)
    shown = fresh(crew[0]).row_version
    press(lane, 7, later, cast.layla)
    assert fresh(crew[0]).row_version == shown
    (entry,) = db.session.scalars(
        db.select(AuditEntry)
        .where(AuditEntry.act == "tally.share")
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    assert (entry.actor_id, entry.facts) == (
        cast.layla.id,
        {"total": 207, "parts": {str(crew[0]): 103}},
    )


def test_a_number_typed_by_the_approver_is_not_counted_either(cast, lane, crew, now, later):
    press(lane, 200, now, cast.salem)
    approvals.adjust(
        crew[0],
        fresh(crew[0]).row_version,
        minutes=270,
        beneficiaries=5000,
        reason="agreed",
        by=cast.salem.id,
        now=later,
    )
    assert stored(crew[:1]) == [95]
    (decision,) = db.session.scalars(db.select(Decision))
    assert decision.beneficiaries_after is None
    assert adds_up(lane, later)


def test_a_shift_that_counts_by_volunteer_is_left_alone(cast, now, later):
    came = check_in(cast.noura, cast.poster, cast.shift.starts_at)
    check_out(cast.noura, cast.shift, cast.shift.ends_at, beneficiaries=25)
    approve(came.attendance_id, cast.salem, later)
    assert stored([came.attendance_id]) == [25]
    assert tally.shares(cast.shift.id, later) == {}


# --- at once -------------------------------------------------------------------------------


def all_at_once(app, acts) -> list[object]:
    """Run every act in a thread of its own, all starting together; what each came to."""
    start, told = threading.Barrier(len(acts)), []

    def run(act) -> None:
        with app.app_context():
            start.wait()
            try:
                told.append(act())
            except Exception as fault:
                told.append(fault)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return told


def test_decisions_and_taps_at_once_add_up(app, cast, lane, now, later):
    """And none waits for another in a circle: the database has no deadlock to resolve."""
    crew = [serve(now, cast, lane, 300 - 31 * number) for number in range(8)]
    press(lane, 100, now, cast.salem)
    for one in crew[:4]:
        approve(one, cast.salem, later)
    shown = {one: fresh(one).row_version for one in crew}
    salem, shift_id = cast.salem.id, lane.id

    def decide(one: int):
        act = approvals.withdraw if one in crew[:4] else approvals.approve
        return lambda: act(one, shown[one], by=salem, now=later)

    def tap(number: int):
        one = tally.Tap(str(uuid.uuid4()), shift_id, number)
        return lambda: tally.tap(one, by=salem, reach=EVERYWHERE, now=later)

    faults = []
    event.listen(
        db.engine, "handle_error", lambda context: faults.append(str(context.original_exception))
    )
    told = all_at_once(app, [*map(decide, crew), *map(tap, range(1, 7))])
    db.session.rollback()
    assert [one for one in told if isinstance(one, Exception)] == []
    assert faults == []
    assert tally.taps_of([lane.id]) == {lane.id: 121}
    assert [part is None for part in stored(crew)] == [True] * 4 + [False] * 4
    assert adds_up(lane, later)


def test_the_same_tap_from_two_tablets_at_once_counts_once(app, cast, lane, now):
    one, salem = tally.Tap(str(uuid.uuid4()), lane.id, 5), cast.salem.id
    told = all_at_once(app, [lambda: tally.tap(one, by=salem, reach=EVERYWHERE, now=now)] * 4)
    db.session.rollback()
    assert sorted(one.replayed for one in told) == [False, True, True, True]
    assert tally.taps_of([lane.id]) == {lane.id: 5}
