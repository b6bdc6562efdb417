"""Closing a shift: what it means beforehand, what is final afterwards, and opening it again."""

import uuid
from datetime import timedelta

import pytest

from checkin.database import db
from checkin.domain.errors import NotFound, Problem
from checkin.models import Attendance, AuditEntry, Lane, Shift
from checkin.operations import approvals, closing, manual, shifts
from checkin.operations.attendance.sweep import close_forgotten
from checkin.operations.closing import Basis
from tests import factories
from tests.factories import check_in, check_out

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def ends(cast):
    return cast.shift.ends_at


def look(cast, now) -> closing.Outlook:
    db.session.rollback()
    return closing.outlook(cast.shift.id, now)


def attendance(answer) -> Attendance:
    db.session.rollback()
    return db.session.get_one(Attendance, answer.attendance_id, populate_existing=True)


def closings() -> list[str]:
    db.session.rollback()
    acts = ("shift.close", "shift.reopen")
    wanted = db.select(AuditEntry.act).where(AuditEntry.act.in_(acts)).order_by(AuditEntry.id)
    return list(db.session.scalars(wanted))


def close(cast, at) -> bool:
    return closing.close(cast.shift.id, by=cast.salem.id, now=at)


# --- what it would mean --------------------------------------------------------------------


def test_somebody_still_in_is_recorded_at_the_planned_end(cast, now, ends):
    answer = check_in(cast.noura, cast.poster, now)
    (one,) = look(cast, ends + MINUTE).staying
    assert (one.attendance_id, one.name) == (answer.attendance_id, cast.noura.name)
    assert (one.in_at, one.out_at, one.basis) == (now, ends, Basis.PLAN)
    assert (one.minutes, one.is_open) == (240, True)


def test_looking_changes_nothing_and_foretells_what_the_clock_does(cast, now, ends):
    answer = check_in(cast.noura, cast.poster, now)
    (before,) = look(cast, ends + MINUTE).staying
    assert attendance(answer).state == "open"
    close_forgotten(ends + HOUR)
    (after,) = look(cast, ends + HOUR).staying
    assert not after.is_open
    assert (before.out_at, before.minutes, before.basis) == (
        *(after.out_at, after.minutes, after.basis),
    )
    recorded = attendance(answer)
    assert (recorded.proposed_out_at, recorded.credited_minutes) == (before.out_at, None)


def test_who_took_the_post_over_tells_when_the_one_before_left(cast, now, ends):
    lane = factories.keep(Lane(site_id=cast.mataf.id, name_ar="المسار 3", name_en="Lane 3"))
    factories.alter(cast.shift, lane_id=lane.id)
    check_in(cast.noura, cast.poster, now)
    following = factories.shift(now, cast.mataf, starts=240, lane_id=lane.id)
    after = factories.person(now, "سلمى فهد الحربي")
    factories.assign(now, after, following)
    came = ends + 7 * MINUTE
    check_in(after, cast.poster, came)
    (one,) = look(cast, came + MINUTE).staying
    assert (one.out_at, one.basis) == (came, Basis.TAKEN_OVER)


def test_a_check_in_elsewhere_ended_the_stay_here(cast, now, ends):
    check_in(cast.noura, cast.poster, now)
    there = factories.shift(now, cast.squares, starts=60)
    went = now + HOUR
    entry = manual.Entry(str(uuid.uuid4()), cast.noura.id, there.id, "no_phone", at=went)
    manual.check_in(entry, by=cast.salem.id, now=went + MINUTE)
    (one,) = look(cast, ends).staying
    assert (one.out_at, one.basis, one.is_open) == (went, Basis.ELSEWHERE, False)


def test_what_no_scan_names_ends_with_the_plan(cast, now, ends):
    factories.keep(
        Attendance(
            volunteer_id=cast.noura.id,
            shift_id=cast.shift.id,
            site_id=cast.mataf.id,
            work_on=cast.shift.work_on,
            state="open",
            stints=[[now.isoformat(), None]],
            in_at=now,
            until_at=ends + HOUR,
            evidence="claimed",
            flags=[],
            updated_at=now,
        )
    )
    (one,) = look(cast, ends).staying
    assert (one.out_at, one.minutes, one.basis) == (ends, 240, Basis.PLAN)


def test_what_waits_is_counted_and_what_was_taken_back_is_not(cast, now, ends):
    done = check_in(cast.noura, cast.poster, now)
    check_out(cast.noura, cast.shift, ends)
    gone = factories.person(now, "سلمى فهد الحربي")
    factories.assign(now, gone, cast.shift)
    entry = manual.Entry(str(uuid.uuid4()), gone.id, cast.shift.id, "no_phone")
    manual.check_in(entry, by=cast.salem.id, now=now)
    manual.undo(str(uuid.uuid4()), gone.id, entry.uid, by=cast.salem.id, now=now + MINUTE)
    found = look(cast, ends)
    assert (found.undecided, found.staying, found.decided) == (1, [], 0)
    one = attendance(done)
    approvals.approve(one.id, one.row_version, by=cast.salem.id, now=ends)
    found = look(cast, ends)
    assert (found.undecided, found.decided) == (0, 1)


def test_one_time_is_named_where_all_share_it(cast, now, ends):
    for name in ("سلمى فهد الحربي", "منال سعيد الزهراني"):
        who = factories.person(now, name)
        factories.assign(now, who, cast.shift)
        check_in(who, cast.poster, now)
    assert look(cast, ends).out_at == ends


def test_there_is_nothing_to_say_about_a_shift_that_is_not_there(cast, now):
    with pytest.raises(NotFound):
        closing.outlook(9999, now)


# --- closing -------------------------------------------------------------------------------


def test_after_closing_a_decision_is_final(cast, now, ends):
    answer = check_in(cast.noura, cast.poster, now)
    check_out(cast.noura, cast.shift, ends)
    one = attendance(answer)
    approvals.approve(one.id, one.row_version, by=cast.salem.id, now=ends)
    assert close(cast, ends + MINUTE)
    with pytest.raises(Problem, match="decision_final"):
        approvals.withdraw(one.id, one.row_version + 1, by=cast.salem.id, now=ends + HOUR)


def test_closing_checks_nobody_out_and_a_late_check_out_still_counts(cast, now, ends):
    answer = check_in(cast.noura, cast.poster, now)
    close(cast, ends)
    assert attendance(answer).state == "open"
    check_out(cast.noura, cast.shift, ends + 5 * MINUTE)
    assert (attendance(answer).state, attendance(answer).credited_minutes) == ("closed", 240)


def test_what_waits_can_be_decided_after_closing(cast, now, ends):
    answer = check_in(cast.noura, cast.poster, now)
    check_out(cast.noura, cast.shift, ends)
    close(cast, ends + MINUTE)
    one = attendance(answer)
    approvals.approve(one.id, one.row_version, by=cast.salem.id, now=ends + HOUR)
    assert attendance(answer).approved_minutes == 240


def test_pressing_twice_is_closing_once(cast, ends):
    assert close(cast, ends)
    assert not close(cast, ends + MINUTE)
    shift = db.session.get_one(Shift, cast.shift.id, populate_existing=True)
    assert (shift.closed_at, shift.closed_by_id) == (ends, cast.salem.id)
    assert closings() == ["shift.close"]


def test_a_running_shift_may_be_closed_but_not_one_that_has_not_begun(cast, now):
    assert close(cast, now)
    early = factories.shift(now, cast.mataf, starts=1)
    with pytest.raises(Problem, match="not_begun"):
        closing.close(early.id, by=cast.salem.id, now=now)
    assert closings() == ["shift.close"]


def test_a_cancelled_shift_is_closed_and_then_stays_cancelled(cast, now, ends):
    check_in(cast.noura, cast.poster, now)
    shifts.cancel(cast.shift.id, by=cast.layla.id, now=now + MINUTE)
    assert close(cast, ends)
    with pytest.raises(Problem, match="shift_closed"):
        shifts.restore(cast.shift.id, by=cast.layla.id, now=ends)


def test_who_was_just_moving_the_shift_sees_that_it_changed(cast, ends):
    seen = db.session.get_one(Shift, cast.shift.id).row_version
    close(cast, ends)
    assert db.session.get_one(Shift, cast.shift.id, populate_existing=True).row_version == seen + 1


# --- reopening -----------------------------------------------------------------------------


def test_reopened_a_decision_can_be_undone_again(cast, now, ends):
    answer = check_in(cast.noura, cast.poster, now)
    check_out(cast.noura, cast.shift, ends)
    one = attendance(answer)
    approvals.approve(one.id, one.row_version, by=cast.salem.id, now=ends)
    version = attendance(answer).row_version
    close(cast, ends + MINUTE)
    args = {"reason": "decision_wrong", "by": cast.layla.id, "now": ends + HOUR}
    assert closing.reopen(cast.shift.id, **args)
    assert not closing.reopen(cast.shift.id, **args)
    approvals.withdraw(one.id, version, by=cast.salem.id, now=ends + 2 * HOUR)
    assert attendance(answer).state == "closed"
    assert closings() == ["shift.close", "shift.reopen"]


@pytest.mark.parametrize("reason", ["", "because"])
def test_reopening_needs_a_reason_of_the_list(cast, ends, reason):
    close(cast, ends)
    with pytest.raises(Problem, match="reopening_unexplained"):
        closing.reopen(cast.shift.id, reason=reason, by=cast.layla.id, now=ends)
    assert closings() == ["shift.close"]


def test_every_closing_and_reopening_is_told(cast, ends):
    close(cast, ends)
    closing.reopen(cast.shift.id, reason="came_late", by=cast.layla.id, now=ends + HOUR)
    first, second = closing.turns_of(cast.shift.id)
    assert (first.at, first.name, first.closes, first.reason) == (ends, cast.salem.name, True, "")
    assert (second.name, second.closes, second.reason) == (cast.layla.name, False, "came_late")
