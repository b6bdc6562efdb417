"""Deciding about hours: who may, what counts, what can be taken back, and who was faster."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from checkin.database import db, transaction
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.domain.evidence import Flag
from checkin.domain.roles import Permission, Role
from checkin.models import Attendance, AuditEntry, Decision, Person, Shift
from checkin.operations import approvals, figures, manual
from checkin.operations.attendance.sweep import close_forgotten
from checkin.operations.permissions import Reach, reach_of, roles_of
from tests import factories
from tests.factories import check_in, check_out

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def later(now):
    """After the shift and its closing: everything of the day can be decided."""
    return now + timedelta(hours=6)


@pytest.fixture
def record(cast):
    """Noura's attendance, on time: the whole shift of five hours and 25 people served."""
    starts, ends = cast.shift.starts_at, cast.shift.ends_at
    answer = check_in(cast.noura, cast.poster, starts)
    check_out(cast.noura, cast.shift, ends, beneficiaries=25)
    return fresh(answer.attendance_id)


def fresh(attendance_id) -> Attendance:
    """The record as it is now and stays in the test's hand: what a page would have shown."""
    db.session.rollback()
    found = db.session.get(Attendance, attendance_id, populate_existing=True)
    db.session.expunge(found)
    return found


def the_only() -> Attendance:
    return fresh(db.session.scalars(db.select(Attendance.id)).one())


def decisions(attendance) -> list[Decision]:
    db.session.rollback()
    wanted = db.select(Decision).where(Decision.attendance_id == attendance.id)
    return list(db.session.scalars(wanted.order_by(Decision.seq)))


def another(now, cast, name="سلمى فهد الحربي", **times) -> Attendance:
    """Somebody else's attendance in the same shift."""
    who = factories.person(now, name)
    factories.assign(now - HOUR, who, cast.shift)
    begins = times.get("begins", cast.shift.starts_at)
    answer = check_in(who, cast.poster, begins)
    if times.get("ends", True):
        check_out(who, cast.shift, times.get("ends", cast.shift.ends_at))
    return fresh(answer.attendance_id)


# --- approving -----------------------------------------------------------------------------


def test_approving_lets_the_credited_minutes_count(cast, record, later):
    assert approvals.approve(record.id, record.row_version, by=cast.salem.id, now=later) == 300
    after = fresh(record.id)
    assert (after.state, after.approved_minutes, after.approved_beneficiaries) == (
        "approved",
        300,
        25,
    )
    (decision,) = decisions(record)
    assert (decision.action, decision.decided_by_id, decision.at) == (
        "approve",
        cast.salem.id,
        later,
    )
    assert (decision.minutes_before, decision.minutes_after) == (300, 300)


def test_a_decision_and_its_audit_line_are_kept_together(cast, record, later):
    approvals.approve(record.id, record.row_version, by=cast.salem.id, now=later)
    entry = db.session.scalars(
        db.select(AuditEntry).where(AuditEntry.act == "attendance.approve")
    ).one()
    assert (entry.thing_id, entry.actor_id, entry.facts["after"]) == (
        record.id,
        cast.salem.id,
        300,
    )


def test_pressing_twice_has_one_effect(cast, record, later):
    for _ in range(2):
        approvals.approve(record.id, record.row_version, by=cast.salem.id, now=later)
    assert len(decisions(record)) == 1


def test_blank_beneficiaries_stay_blank_and_zero_stays_zero(cast, record, now, later):
    blank = another(now, cast)
    approvals.approve(blank.id, blank.row_version, by=cast.salem.id, now=later)
    assert fresh(blank.id).approved_beneficiaries is None
    approvals.adjust(
        record.id,
        record.row_version,
        minutes=300,
        beneficiaries=0,
        reason="agreed",
        by=cast.salem.id,
        now=later,
    )
    assert fresh(record.id).approved_beneficiaries == 0


def test_an_open_attendance_cannot_be_decided(cast, now):
    answer = check_in(cast.noura, cast.poster, now)
    shown = fresh(answer.attendance_id)
    for act, more in (
        (approvals.approve, {}),
        (approvals.reject, {"reason": "not_present"}),
        (approvals.void, {"words": "test"}),
    ):
        with pytest.raises(Problem, match="still_open"):
            act(shown.id, shown.row_version, by=cast.salem.id, now=now, **more)
    assert decisions(shown) == []


def test_a_forgotten_check_out_is_approved_up_to_the_planned_end(cast, now, later):
    check_in(cast.noura, cast.poster, now)
    assert close_forgotten(later) == 1
    shown = the_only()
    assert (shown.state, shown.credited_minutes) == ("unclosed", None)
    minutes = approvals.approve(shown.id, shown.row_version, by=cast.salem.id, now=later)
    assert minutes == 240
    assert fresh(shown.id).approved_minutes == 240


def test_nothing_is_suggested_beyond_the_plan(cast, now, later):
    """Three hours early and half an hour late: the shift's five hours."""
    reading = manual.Entry("early", cast.noura.id, cast.shift.id, "no_phone", at=now - 4 * HOUR)
    manual.check_in(reading, by=cast.salem.id, now=now)
    check_out(cast.noura, cast.shift, cast.shift.ends_at + 30 * MINUTE)
    sheet = approvals.sheet_of(cast.shift.id, cast.layla.id, now)
    assert [one.suggested for one in sheet.exceptions] == [300]


def test_overlapping_records_are_adjusted_or_rejected_but_never_simply_approved(
    cast, record, now, later
):
    approvals.approve(record.id, record.row_version, by=cast.salem.id, now=later)
    second = overlapping(cast, now, later)
    assert Flag.OVERLAP in second.flags
    with pytest.raises(Problem, match="overlap_undecided"):
        approvals.approve(second.id, second.row_version, by=cast.layla.id, now=later)
    state = approvals.adjust(
        second.id,
        second.row_version,
        minutes=0,
        beneficiaries=None,
        reason="agreed",
        by=cast.layla.id,
        now=later,
    )
    assert state == "approved"


def overlapping(cast, now, later) -> Attendance:
    """Late news after the decision: Noura was at the squares for an hour of that time."""
    there = factories.shift(now, cast.squares, starts=-60, minutes=300)
    for kind, at in ((manual.check_in, now), (manual.check_out, now + HOUR)):
        entry = manual.Entry(f"{at}", cast.noura.id, there.id, "no_phone", at=at)
        kind(entry, by=cast.huda.id, now=later)
    return fresh(db.session.scalar(db.select(Attendance.id).where(Attendance.shift_id == there.id)))


def test_time_at_a_course_is_approved_the_same_way(cast, now, later):
    course = factories.opportunity(now, kind="course", service_id=None)
    shift = factories.shift(now, cast.mataf, course, starts=-30, minutes=120)
    factories.assign(now - HOUR, cast.noura, shift)
    answer = check_in(cast.noura, factories.poster(now, cast.mataf, shift), now)
    check_out(cast.noura, shift, now + HOUR)
    shown = fresh(answer.attendance_id)
    assert approvals.approve(shown.id, shown.row_version, by=cast.salem.id, now=later) == 60


# --- four eyes -----------------------------------------------------------------------------


def test_nobody_decides_about_their_own_record(cast, record, now, later):
    factories.grant(now, cast.noura, Role.SUPERVISOR, site_id=cast.mataf.id)
    for act, more in (
        (approvals.approve, {}),
        (approvals.reject, {"reason": "not_present"}),
        (approvals.void, {"words": "test"}),
        (approvals.adjust, {"minutes": 10, "beneficiaries": None, "reason": "seen"}),
    ):
        with pytest.raises(Problem, match="own_record"):
            act(record.id, record.row_version, by=cast.noura.id, now=later, **more)
    approvals.approve(record.id, record.row_version, by=cast.salem.id, now=later)
    for act, more in ((approvals.withdraw, {}), (approvals.reopen, {"words": "mine"})):
        with pytest.raises(Problem, match="own_record"):
            act(record.id, record.row_version + 1, by=cast.noura.id, now=later, **more)


def test_nobody_decides_about_a_record_they_entered_by_hand(cast, now, later):
    entry = manual.Entry("in", cast.noura.id, cast.shift.id, "no_phone")
    answer = manual.check_in(entry, by=cast.salem.id, now=now)
    check_out(cast.noura, cast.shift, now + HOUR)
    shown = fresh(answer.attendance_id)
    with pytest.raises(Problem, match="own_entry_decision"):
        approvals.approve(shown.id, shown.row_version, by=cast.salem.id, now=later)
    with pytest.raises(Problem, match="own_entry_decision"):
        approvals.reject(
            shown.id, shown.row_version, reason="duplicate", by=cast.salem.id, now=later
        )
    approvals.approve(shown.id, shown.row_version, by=cast.layla.id, now=later)
    assert fresh(shown.id).state == "approved"


def test_whoever_entered_only_the_check_out_may_not_decide_either(cast, now, later):
    """Layla entered the arrival and is named on the record; Salem entered the end."""
    came = manual.Entry("in", cast.noura.id, cast.shift.id, "no_phone")
    answer = manual.check_in(came, by=cast.layla.id, now=now)
    left = manual.Entry("out", cast.noura.id, cast.shift.id, "no_phone")
    manual.check_out(left, by=cast.salem.id, now=now + HOUR)
    shown = fresh(answer.attendance_id)
    assert shown.entered_by_id == cast.layla.id
    for somebody in (cast.salem, cast.layla):
        with pytest.raises(Problem, match="own_entry_decision"):
            approvals.approve(shown.id, shown.row_version, by=somebody.id, now=later)


def test_an_entry_taken_back_no_longer_stands_in_the_way(cast, now, later):
    entry = manual.Entry("in", cast.noura.id, cast.shift.id, "no_phone")
    manual.check_in(entry, by=cast.salem.id, now=now)
    manual.undo("undo", cast.noura.id, "in", by=cast.salem.id, now=now + MINUTE)
    answer = check_in(cast.noura, cast.poster, now + 2 * MINUTE)
    check_out(cast.noura, cast.shift, now + HOUR)
    shown = fresh(answer.attendance_id)
    assert approvals.approve(shown.id, shown.row_version, by=cast.salem.id, now=later) == 58


@pytest.mark.parametrize("column", ["subject_id", "entered_by_id"])
def test_the_database_itself_refuses_a_decision_about_oneself(cast, record, save, now, column):
    values = {"subject_id": cast.noura.id, "entered_by_id": None, column: cast.salem.id}
    with pytest.raises(IntegrityError):
        save(
            Decision(
                attendance_id=record.id,
                seq=1,
                action="approve",
                minutes_after=300,
                decided_by_id=cast.salem.id,
                at=now,
                **values,
            )
        )
    assert decisions(record) == []


# --- adjusting, and the second person ------------------------------------------------------


def adjust(record, cast, minutes, later, **more):
    more = {"beneficiaries": 25, "reason": "seen", "by": cast.salem.id, **more}
    return approvals.adjust(record.id, record.row_version, minutes=minutes, now=later, **more)


@pytest.fixture
def short(cast, now):
    """Noura's attendance of one hour."""
    answer = check_in(cast.noura, cast.poster, now)
    check_out(cast.noura, cast.shift, now + HOUR, beneficiaries=25)
    return fresh(answer.attendance_id)


@pytest.mark.parametrize(
    ("minutes", "state"), [(0, "approved"), (45, "approved"), (90, "approved"), (91, "proposed")]
)
def test_more_than_half_an_hour_upwards_waits_for_a_second_person(
    cast, short, later, minutes, state
):
    assert adjust(short, cast, minutes, later) == state
    after = fresh(short.id)
    assert after.approved_minutes == (minutes if state == "approved" else None)
    assert decisions(short)[-1].minutes_after == minutes


def test_more_than_eight_hours_in_all_waits_for_a_second_person(cast, now, later):
    long = factories.shift(now, cast.mataf, starts=-480, minutes=480)
    factories.assign(now - HOUR, cast.noura, long)
    wall = factories.poster(now - 10 * HOUR, cast.mataf, long)
    answer = check_in(cast.noura, wall, long.starts_at)
    check_out(cast.noura, long, long.ends_at)
    shown = fresh(answer.attendance_id)
    assert shown.credited_minutes == 480
    assert adjust(shown, cast, 481, later) == "proposed"


def test_a_second_person_confirms_what_the_first_proposed(cast, short, later):
    adjust(short, cast, 200, later, beneficiaries=40)
    proposed = fresh(short.id)
    with pytest.raises(Problem, match="second_person"):
        approvals.confirm(short.id, proposed.row_version, by=cast.salem.id, now=later)
    assert fresh(short.id).state == "proposed"
    minutes = approvals.confirm(short.id, proposed.row_version, by=cast.layla.id, now=later)
    after = fresh(short.id)
    assert (minutes, after.approved_minutes, after.approved_beneficiaries) == (200, 200, 40)
    assert decisions(short)[-1].first_by_id == cast.salem.id


def test_a_second_person_refuses_and_the_scans_speak_again(cast, short, later):
    adjust(short, cast, 200, later)
    proposed = fresh(short.id)
    with pytest.raises(Problem, match="why_missing"):
        approvals.refuse(short.id, proposed.row_version, words=" ", by=cast.layla.id, now=later)
    approvals.refuse(short.id, proposed.row_version, words="Not seen", by=cast.layla.id, now=later)
    after = fresh(short.id)
    assert (after.state, after.credited_minutes, after.approved_minutes) == ("closed", 60, None)
    assert [one.action for one in decisions(short)] == ["propose", "refuse"]


@pytest.mark.parametrize(("minutes", "passes"), [(151, True), (152, False)])
def test_hours_that_have_not_happened_are_credited_by_nobody(cast, short, now, minutes, passes):
    """Check-in opened an hour and a half before `now`; an hour later it is two and a half."""
    soon = now + HOUR + MINUTE
    if passes:
        assert adjust(short, cast, minutes, soon) == "proposed"
        return
    with pytest.raises(Problem, match="minutes_not_passed") as told:
        adjust(short, cast, minutes, soon)
    assert told.value.facts["minutes"] == 151
    assert fresh(short.id).state == "closed"


def test_a_second_person_confirms_no_hours_that_have_not_happened(cast, short, now, later):
    adjust(short, cast, 200, later)
    proposed = fresh(short.id)
    with pytest.raises(Problem, match="minutes_not_passed"):
        approvals.confirm(short.id, proposed.row_version, by=cast.layla.id, now=now + HOUR)
    assert fresh(short.id).state == "proposed"


def test_a_beginning_that_is_stated_may_lie_before_check_in_opened(cast, short, now):
    """Four hours from three hours before `now` on, proposed and confirmed an hour after it."""
    soon = now + HOUR
    since = approvals.Worked(now - 3 * HOUR, soon, 240)
    assert adjust(short, cast, 240, soon, worked=since) == "proposed"
    proposed = fresh(short.id)
    assert approvals.confirm(short.id, proposed.row_version, by=cast.layla.id, now=soon) == 240


@pytest.mark.parametrize("minutes", [-1, 961])
def test_impossible_minutes_are_refused(cast, short, later, minutes):
    with pytest.raises(Problem, match="minutes_invalid"):
        adjust(short, cast, minutes, later)


@pytest.mark.parametrize("count", [-1, 100_001])
def test_impossible_counts_are_refused(cast, short, later, count):
    with pytest.raises(Problem, match="count_invalid"):
        adjust(short, cast, 60, later, beneficiaries=count)


@pytest.mark.parametrize("reason", [("", ""), ("no such", ""), ("other", "  ")])
def test_an_adjustment_says_why(cast, short, later, reason):
    with pytest.raises(Problem, match="why_missing"):
        adjust(short, cast, 30, later, reason=reason[0], words=reason[1])


# --- rejecting, taking back, reopening -----------------------------------------------------


def test_a_rejection_needs_a_reason_that_is_kept(cast, record, later):
    with pytest.raises(Problem, match="why_missing"):
        approvals.reject(record.id, record.row_version, reason="", by=cast.salem.id, now=later)
    approvals.reject(
        record.id,
        record.row_version,
        reason="other",
        words="  Left after\tten minutes ",
        by=cast.salem.id,
        now=later,
    )
    after = fresh(record.id)
    assert (after.state, after.approved_minutes) == ("rejected", None)
    assert decisions(record)[-1].reason == "other: Left after ten minutes"


def test_a_decision_is_undone_until_the_shift_is_closed(cast, record, later):
    approvals.approve(record.id, record.row_version, by=cast.salem.id, now=later)
    approvals.withdraw(record.id, record.row_version + 1, by=cast.salem.id, now=later)
    after = fresh(record.id)
    assert (after.state, after.credited_minutes, after.approved_minutes) == ("closed", 300, None)
    assert (after.approved_beneficiaries, after.beneficiaries) == (None, 25)
    assert [one.action for one in decisions(record)] == ["approve", "withdraw"]
    approvals.approve(record.id, after.row_version, by=cast.salem.id, now=later)
    close(cast.shift, later)
    with pytest.raises(Problem, match="decision_final"):
        approvals.withdraw(record.id, after.row_version + 1, by=cast.salem.id, now=later)


@transaction
def close(shift, now):
    db.session.get(Shift, shift.id).closed_at = now


def test_a_coordinator_reopens_after_the_shift_was_closed(cast, record, later):
    approvals.reject(
        record.id, record.row_version, reason="wrong_shift", by=cast.salem.id, now=later
    )
    close(cast.shift, later)
    approvals.reopen(
        record.id, record.row_version + 1, words="She was there", by=cast.layla.id, now=later
    )
    after = fresh(record.id)
    assert (after.state, after.credited_minutes) == ("closed", 300)
    with pytest.raises(Problem, match="why_missing"):
        approvals.reopen(record.id, after.row_version, words="", by=cast.layla.id, now=later)


def test_a_test_record_is_set_aside_and_can_come_back(cast, record, later):
    approvals.void(record.id, record.row_version, words="A test", by=cast.layla.id, now=later)
    assert fresh(record.id).state == "voided"
    approvals.reopen(
        record.id, record.row_version + 1, words="No test", by=cast.layla.id, now=later
    )
    assert fresh(record.id).state == "closed"


SCAN_FACTS = (
    *("state", "stints", "in_at", "out_at", "until_at", "credited_minutes", "proposed_out_at"),
    *("proposed_minutes", "beneficiaries", "evidence", "flags", "entered_by_id"),
)


def facts(attendance) -> dict:
    return {name: getattr(attendance, name) for name in SCAN_FACTS}


def test_what_is_taken_back_is_exactly_what_the_scans_say(cast, record, now, later):
    """Scans that arrived after the decision, earlier and later than those known, count then."""
    approvals.approve(record.id, record.row_version, by=cast.salem.id, now=later)
    twin = factories.person(now, "توأم نورة القحطاني", partner_id=cast.university.id)
    factories.assign(now - HOUR, twin, cast.shift)
    starts, ends = cast.shift.starts_at, cast.shift.ends_at
    check_in(twin, cast.poster, starts)
    check_out(twin, cast.shift, ends, beneficiaries=25)
    for who in (cast.noura, twin):
        for at in (starts - 20 * MINUTE, ends + 5 * MINUTE):
            came = manual.Entry(f"{at}", who.id, cast.shift.id, "no_phone", at=at)
            manual.check_in(came, by=cast.huda.id, now=later)
            check_out(who, cast.shift, later, at=at + 15 * MINUTE, beneficiaries=3)
    decided = fresh(record.id)
    assert (decided.approved_minutes, decided.in_at) == (300, starts)
    assert Flag.LATE_AFTER_DECISION in decided.flags
    approvals.withdraw(record.id, decided.row_version, by=cast.salem.id, now=later)
    undecided = db.session.scalars(
        db.select(Attendance).where(Attendance.volunteer_id == twin.id)
    ).one()
    assert facts(fresh(record.id)) == facts(undecided)
    assert fresh(record.id).in_at == starts - 20 * MINUTE


def test_a_forgotten_check_out_is_forgotten_again_once_the_approval_is_undone(cast, now, later):
    check_in(cast.noura, cast.poster, now)
    close_forgotten(later)
    before = facts(the_only())
    shown = the_only()
    approvals.approve(shown.id, shown.row_version, by=cast.salem.id, now=later)
    approvals.withdraw(shown.id, shown.row_version + 1, by=cast.salem.id, now=later)
    assert facts(fresh(shown.id)) == before


def test_undoing_a_decision_also_frees_the_record_that_overlapped_it(cast, record, now, later):
    approvals.approve(record.id, record.row_version, by=cast.salem.id, now=later)
    second = overlapping(cast, now, later)
    assert Flag.OVERLAP in second.flags
    approvals.withdraw(record.id, fresh(record.id).row_version, by=cast.salem.id, now=later)
    assert Flag.OVERLAP not in fresh(second.id).flags
    first = fresh(record.id)
    assert (first.state, first.credited_minutes) == ("unclosed", None)
    assert first.proposed_out_at == now


def test_an_attendance_without_scans_keeps_its_times(cast, record, later, save):
    """Brought in from another system: nothing to fold."""
    imported = Attendance(
        **{name: value for name, value in facts(record).items() if name != "entered_by_id"},
        volunteer_id=cast.faisal.id,
        shift_id=cast.shift.id,
        site_id=cast.mataf.id,
        work_on=cast.shift.work_on,
        updated_at=later,
    )
    save(imported)
    approvals.approve(imported.id, 1, by=cast.salem.id, now=later)
    approvals.withdraw(imported.id, 2, by=cast.salem.id, now=later)
    assert facts(fresh(imported.id)) == facts(record)


# --- many at once, two at once -------------------------------------------------------------


def test_the_valid_ones_pass_and_the_failures_are_named(cast, record, now, later):
    changed = another(now, cast)
    own = another(now, cast, "سالم يتطوع أيضًا")
    fine = another(now, cast, "منى علي الشريف")
    approvals.reject(
        changed.id, changed.row_version, reason="duplicate", by=cast.layla.id, now=later
    )
    shown = [(one.id, one.row_version) for one in (record, changed, own, fine)]
    result = approvals.approve_many([*shown, (999_999, 1)], by=own.volunteer_id, now=later)
    assert result.done == [record.id, fine.id]
    assert dict(result.failed) == {
        changed.id: "changed",
        own.id: "own_record",
        999_999: "not_found",
    }
    assert result.minutes == 600
    assert fresh(fine.id).state == "approved"
    assert fresh(own.id).state == "closed"


def test_what_one_press_approved_is_taken_back_in_one_tap(cast, record, now, later):
    others = [another(now, cast, f"متطوعة {word}") for word in ("أولى", "ثانية")]
    shown = [(one.id, one.row_version) for one in (record, *others)]
    approvals.approve_many(shown, by=cast.salem.id, now=later)
    batch = approvals.batch_of(cast.shift.id, cast.salem.id, later)
    assert (len(batch.shown), batch.minutes) == (3, 900)
    assert approvals.batch_of(cast.shift.id, cast.layla.id, later).shown == []
    result = approvals.withdraw_many(batch.shown, by=cast.salem.id, now=later + MINUTE)
    assert result.failed == []
    assert {fresh(one.id).state for one in (record, *others)} == {"closed"}
    assert approvals.batch_of(cast.shift.id, cast.salem.id, later).shown == []


def test_the_one_who_is_slower_is_told_and_changes_nothing(cast, record, later):
    approvals.reject(record.id, record.row_version, reason="duplicate", by=cast.layla.id, now=later)
    for act, more in (
        (approvals.approve, {}),
        (approvals.adjust, {"minutes": 10, "beneficiaries": None, "reason": "seen"}),
        (approvals.confirm, {}),
        (approvals.refuse, {"words": "no"}),
        (approvals.withdraw, {}),
        (approvals.reopen, {"words": "no"}),
    ):
        with pytest.raises(Conflict, match="changed"):
            act(record.id, record.row_version, by=cast.salem.id, now=later, **more)
    assert [one.action for one in decisions(record)] == ["reject"]


def test_of_two_supervisors_at_the_same_moment_one_wins(app, cast, record, later):
    """Eight times at once, approving and rejecting: one decision stands, seven are told."""
    told: list[str] = []
    start = threading.Barrier(8)
    salem, layla = cast.salem.id, cast.layla.id

    def press(number: int) -> None:
        with app.app_context():
            start.wait()
            try:
                if number % 2:
                    approvals.approve(record.id, 2, by=salem, now=later)
                else:
                    approvals.reject(record.id, 2, reason="duplicate", by=layla, now=later)
                told.append("done")
            except Conflict as conflict:
                told.append(conflict.code)
            finally:
                db.session.remove()

    assert record.row_version == 2
    presses = [threading.Thread(target=press, args=(number,)) for number in range(8)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    (decision,) = decisions(record)
    winners = 4 if decision.action == "approve" else 1
    assert (told.count("done"), told.count("changed")) == (winners, 8 - winners)


def test_a_record_that_is_not_there_is_not_found(cast, later):
    with pytest.raises(NotFound):
        approvals.approve(404, 1, by=cast.salem.id, now=later)


# --- the sheet -----------------------------------------------------------------------------


def reach(person, now):
    return reach_of(roles_of(person.id, now), Permission.DECIDE)


def test_exceptions_stand_apart_from_what_matches_the_plan(cast, record, now, later):
    early = another(now, cast, "خرجت مبكرًا", ends=now + HOUR)
    forgot = another(now, cast, "نسيت الانصراف", ends=None)
    close_forgotten(later)
    sheet = approvals.sheet_of(cast.shift.id, cast.salem.id, now)
    assert [one.attendance.id for one in sheet.matching] == [record.id]
    assert (sheet.minutes, sheet.beneficiaries) == (300, 25)
    assert {one.attendance.id: [why.flag for why in one.reasons] for one in sheet.exceptions} == {
        early.id: [Flag.SHORTER],
        forgot.id: [Flag.NO_CHECK_OUT],
    }
    assert all(one.can_be_approved for one in sheet.exceptions)


def test_an_own_record_is_shown_apart_with_why(cast, record, now):
    sheet = approvals.sheet_of(cast.shift.id, cast.noura.id, now)
    assert sheet.matching == []
    assert [one.obstacle for one in sheet.exceptions] == ["own_record"]
    assert not sheet.exceptions[0].can_be_approved


def test_a_proposal_waits_on_the_sheet_for_somebody_else(cast, short, now, later):
    adjust(short, cast, 200, later)
    for who, obstacle in ((cast.salem, "second_person"), (cast.layla, None)):
        (record,) = approvals.sheet_of(cast.shift.id, who.id, now).exceptions
        assert (record.obstacle, record.proposal.minutes_after) == (obstacle, 200)


def test_waiting_shifts_are_those_within_reach_oldest_first(cast, record, now, later):
    older = factories.shift(now, cast.mataf, starts=-1500, minutes=120)
    factories.assign(now, cast.noura, older)
    wall = factories.poster(now - 48 * HOUR, cast.mataf, older)
    check_in(cast.noura, wall, older.starts_at)
    check_out(cast.noura, older, older.starts_at + 10 * MINUTE)
    waiting, total = approvals.waiting_shifts(reach(cast.salem, now), cast.salem.id, later)
    assert [one.shift.id for one in waiting] == [older.id, cast.shift.id]
    assert total == 2
    assert [(one.matching, one.exceptions, one.minutes) for one in waiting] == [
        (0, 1, 10),
        (1, 0, 300),
    ]
    assert approvals.waiting_shifts(reach(cast.layla, now), cast.layla.id, later, limit=1)[1] == 2
    assert approvals.waiting_shifts(reach(cast.huda, now), cast.huda.id, later) == ([], 0)
    approvals.approve(record.id, record.row_version, by=cast.salem.id, now=later)
    assert [
        one.shift.id
        for one in approvals.waiting_shifts(reach(cast.salem, now), cast.salem.id, later)[0]
    ] == [older.id]


def test_hours_wait_as_the_figures_say_and_what_is_suggested_stands_apart(cast, record, now, later):
    another(now, cast, "نسيت الانصراف", ends=None)
    close_forgotten(later)
    (waiting,) = approvals.waiting_shifts(reach(cast.salem, now), cast.salem.id, later)[0]
    assert (waiting.minutes, waiting.suggested) == (300, 300)
    everything = figures.Filter(Reach(everywhere=True))
    assert figures.totals(everything).waiting_minutes == waiting.minutes


def test_behind_a_record_stand_its_scans_and_decisions(cast, record, later):
    approvals.approve(record.id, record.row_version, by=cast.salem.id, now=later)
    scans = approvals.scans_of(fresh(record.id))
    assert [(scan.kind, scan.verdict) for scan in scans] == [
        ("in", "checked_in"),
        ("out", "checked_out"),
    ]
    (decision,) = approvals.decisions_of(record.id)
    assert (decision.action, decision.name) == ("approve", cast.salem.name)


def test_the_record_of_an_erased_person_is_left_alone(cast, record, later):
    @transaction
    def erase():
        db.session.get(Person, cast.noura.id).erased_at = later

    erase()
    with pytest.raises(NotFound):
        approvals.approve(record.id, record.row_version, by=cast.salem.id, now=later)
