"""Correcting when somebody came or left: what counts then, what stays in the log, who decides."""

import threading
import uuid
from datetime import timedelta

import pytest

from checkin.database import db
from checkin.domain.errors import Conflict, Problem
from checkin.domain.evidence import Evidence, Flag
from checkin.domain.fold import Kind
from checkin.domain.scanning import Verdict
from checkin.models import Attendance, Lane, Scan
from checkin.operations import approvals, correcting, manual
from checkin.operations.attendance.sweep import close_forgotten
from checkin.operations.correcting import Correction
from tests import factories
from tests.factories import check_in, check_out
from tests.load import laws

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def later(now):
    return now + 6 * HOUR


@pytest.fixture
def record(cast, now):
    """Noura's: in an hour ago, out three hours from now with 25 people served."""
    answer = check_in(cast.noura, cast.poster, now - HOUR)
    check_out(cast.noura, cast.shift, now + 3 * HOUR, beneficiaries=25)
    return answer.attendance_id


def fresh(attendance_id) -> Attendance:
    db.session.rollback()
    return db.session.get_one(Attendance, attendance_id, populate_existing=True)


def scans_of(attendance_id) -> list[Scan]:
    one = fresh(attendance_id)
    wanted = db.select(Scan).where(Scan.volunteer_id == one.volunteer_id).order_by(Scan.id)
    return list(db.session.scalars(wanted))


def correct(cast, attendance_id, kind, at, now, **facts) -> str:
    facts.setdefault("row_version", fresh(attendance_id).row_version)
    values = {"uid": str(uuid.uuid4()), "stint": 0, "reason": "seen", **facts}
    by = values.pop("by", cast.salem.id)
    told = Correction(attendance_id=attendance_id, kind=kind, at=at, **values)
    correcting.correct(told, by=by, now=now)
    return told.uid


def whole(cast, attendance_id, now) -> bool:
    """Whether the record is still exactly a fold of its scans."""
    volunteer_id = fresh(attendance_id).volunteer_id
    return laws.broken(laws.record_of(volunteer_id), now) == []


# --- what counts then ----------------------------------------------------------------------


@pytest.mark.parametrize("minutes", [-60, -25, 25, 170])
def test_a_check_in_counts_from_the_time_it_was_corrected_to(cast, record, now, later, minutes):
    to = now - HOUR + minutes * MINUTE
    correct(cast, record, Kind.IN, to, later)
    one = fresh(record)
    assert (one.state, one.in_at, one.out_at) == ("closed", to, now + 3 * HOUR)
    assert one.credited_minutes == min(240, 240 - minutes)
    assert whole(cast, record, later)


@pytest.mark.parametrize("minutes", [-200, -5, 30, 60, 115])
def test_a_check_out_counts_until_the_time_it_was_corrected_to(cast, record, now, later, minutes):
    to = now + 3 * HOUR + minutes * MINUTE
    correct(cast, record, Kind.OUT, to, later)
    one = fresh(record)
    assert (one.state, one.out_at) == ("closed", to)
    assert one.credited_minutes == min(300, 240 + minutes)
    assert Flag.OUT_TWICE not in one.flags
    assert whole(cast, record, later)


def test_people_served_move_with_a_corrected_check_out(cast, record, now, later):
    correct(cast, record, Kind.OUT, now + 2 * HOUR, later)
    assert fresh(record).beneficiaries == 25


def test_a_check_in_is_corrected_while_they_are_still_in(cast, now):
    record = check_in(cast.noura, cast.poster, now - HOUR).attendance_id
    correct(cast, record, Kind.IN, now - 20 * MINUTE, now)
    one = fresh(record)
    assert (one.state, one.in_at) == ("open", now - 20 * MINUTE)


def test_a_second_scan_of_the_same_arrival_does_not_count_in_its_place(cast, now):
    record = check_in(cast.noura, cast.poster, now - HOUR).attendance_id
    check_in(cast.noura, cast.poster, now - 55 * MINUTE)
    correct(cast, record, Kind.IN, now - 20 * MINUTE, now)
    assert fresh(record).in_at == now - 20 * MINUTE


def test_a_forgotten_check_outs_check_in_can_be_corrected_and_it_stays_forgotten(cast, now):
    record = check_in(cast.noura, cast.poster, now).attendance_id
    close_forgotten(now + 6 * HOUR)
    correct(cast, record, Kind.IN, now + HOUR, now + 6 * HOUR)
    one = fresh(record)
    assert (one.state, one.in_at, one.proposed_minutes) == ("unclosed", now + HOUR, 180)


def test_of_several_stints_the_one_that_is_meant_is_corrected(cast, now, later):
    record = check_in(cast.noura, cast.poster, now - HOUR).attendance_id
    check_out(cast.noura, cast.shift, now)
    check_in(cast.noura, cast.poster, now + HOUR / 2)
    check_out(cast.noura, cast.shift, now + 2 * HOUR)
    correct(cast, record, Kind.IN, now + HOUR, later, stint=1)
    assert fresh(record).credited_minutes == 120
    correct(cast, record, Kind.OUT, now - HOUR / 2, later)
    assert fresh(record).credited_minutes == 90
    assert whole(cast, record, later)


def test_a_correction_is_corrected_by_another_one(cast, record, now, later):
    correct(cast, record, Kind.IN, now, later)
    correct(cast, record, Kind.IN, now - HOUR / 2, later, by=cast.layla.id)
    one = fresh(record)
    assert (one.in_at, one.entered_by_id) == (now - HOUR / 2, cast.layla.id)
    assert whole(cast, record, later)


def test_who_joined_on_the_spot_stays_so(cast, now, later):
    opened = factories.opportunity(now, walk_ins=True)
    shift = factories.shift(now, cast.squares, opened, starts=-60)
    poster = factories.poster(now, cast.squares, shift)
    record = check_in(factories.person(now), poster, now, joins=True).attendance_id
    for to in (now - 10 * MINUTE, now + 10 * MINUTE):
        correct(cast, record, Kind.IN, to, later)
        assert Flag.OFF_ROSTER in fresh(record).flags


def test_when_somebody_took_over_is_told_anew_to_the_one_before(cast, now):
    """The end that is proposed for a forgotten check-out follows the successor's arrival."""
    lane = factories.keep(Lane(site_id=cast.mataf.id, name_ar="المسار 3", name_en="Lane 3"))
    factories.alter(cast.shift, lane_id=lane.id)
    following = factories.shift(now, cast.mataf, starts=240, lane_id=lane.id)
    before = check_in(cast.noura, cast.poster, now).attendance_id
    after = factories.person(now, "سلمى فهد الحربي")
    factories.assign(now, after, following)
    came = cast.shift.ends_at + 5 * MINUTE
    successor = check_in(after, cast.poster, came).attendance_id
    late = cast.shift.ends_at + 2 * HOUR
    close_forgotten(late)
    assert fresh(before).proposed_out_at == came
    for minutes in (20, -10):
        correct(cast, successor, Kind.IN, came + minutes * MINUTE, late)
        assert fresh(before).proposed_out_at == came + minutes * MINUTE
        assert whole(cast, before, late)


# --- what stays in the log -----------------------------------------------------------------


def test_nothing_is_overwritten_who_when_and_why_stay(cast, record, now, later):
    uid = correct(cast, record, Kind.IN, now, later, words="كانت عند الباب")
    first, out, undo, entered = scans_of(record)
    assert (first.kind, first.effective_at) == (Kind.IN, now - HOUR)
    assert (undo.kind, undo.undoes, undo.verdict) == (Kind.UNDO, first.scan_uid, Verdict.UNDONE)
    assert (undo.entered_by_id, undo.reason) == (cast.salem.id, "seen: كانت عند الباب")
    assert (entered.scan_uid, entered.kind, entered.effective_at) == (uid, Kind.IN, now)
    assert (entered.verdict, entered.evidence) == (Verdict.CHECKED_IN, Evidence.CLAIMED)
    assert out.kind == Kind.OUT


def test_an_earlier_check_in_strikes_nothing_out(cast, record, now, later):
    correct(cast, record, Kind.IN, now - 90 * MINUTE, later)
    assert [scan.kind for scan in scans_of(record)] == [Kind.IN, Kind.OUT, Kind.IN]


def test_sent_twice_it_is_one_correction(cast, record, now, later):
    facts = {"uid": str(uuid.uuid4()), "row_version": fresh(record).row_version}
    for _ in range(2):
        correct(cast, record, Kind.IN, now, later, **facts)
    assert len(scans_of(record)) == 4


# --- who decides ---------------------------------------------------------------------------


def test_whoever_corrected_does_not_decide(cast, record, now, later):
    correct(cast, record, Kind.OUT, now + 2 * HOUR, later)
    one = fresh(record)
    assert {Flag.MANUAL} <= set(one.flags)
    assert one.entered_by_id == cast.salem.id
    with pytest.raises(Problem, match="own_entry_decision"):
        approvals.approve(one.id, one.row_version, by=cast.salem.id, now=later)
    approvals.approve(one.id, one.row_version, by=cast.layla.id, now=later)


def test_nor_does_whoever_struck_out_what_somebody_corrected_again(cast, record, now, later):
    correct(cast, record, Kind.IN, now, later)
    correct(cast, record, Kind.IN, now + HOUR, later, by=cast.layla.id)
    one = fresh(record)
    for by in (cast.salem, cast.layla):
        with pytest.raises(Problem, match="own_entry_decision"):
            approvals.approve(one.id, one.row_version, by=by.id, now=later)
    assert one.entered_by_id == cast.layla.id


def test_an_entry_taken_back_at_once_leaves_its_supervisor_free(cast, record, now, later):
    """A slip is no correction: without a reason only the entry itself is taken back."""
    entry = manual.Entry(str(uuid.uuid4()), cast.noura.id, cast.shift.id, "no_phone", at=now)
    manual.check_in(entry, by=cast.salem.id, now=later)
    manual.undo(str(uuid.uuid4()), cast.noura.id, entry.uid, by=cast.salem.id, now=later)
    one = fresh(record)
    approvals.approve(one.id, one.row_version, by=cast.salem.id, now=later)


def test_an_undo_without_a_reason_still_ends_after_ten_minutes(cast, now):
    entry = manual.Entry(str(uuid.uuid4()), cast.noura.id, cast.shift.id, "no_phone")
    manual.check_in(entry, by=cast.salem.id, now=now)
    late = now + 11 * MINUTE
    answer = manual.undo(str(uuid.uuid4()), cast.noura.id, entry.uid, by=cast.salem.id, now=late)
    assert answer.verdict is Verdict.NOT_UNDONE


# --- what is refused -----------------------------------------------------------------------


def refused(code, cast, record, kind, at, now, **facts) -> Problem:
    before = len(scans_of(record))
    with pytest.raises(Problem, match=code) as told:
        correct(cast, record, kind, at, now, **facts)
    assert len(scans_of(record)) == before
    return told.value


def test_a_decided_record_is_not_corrected(cast, record, now, later):
    one = fresh(record)
    approvals.approve(one.id, one.row_version, by=cast.layla.id, now=later)
    refused("decided_already", cast, record, Kind.IN, now, later)


def test_nobody_corrects_their_own_record(cast, now):
    factories.assign(now, cast.salem, cast.shift)
    record = check_in(cast.salem, cast.poster, now - HOUR).attendance_id
    refused("own_entry", cast, record, Kind.IN, now, now)


@pytest.mark.parametrize(
    ("kind", "minutes", "since", "until"),
    [
        (Kind.IN, 181, None, 180),  # after the check-out
        (Kind.IN, -13 * 60 - 1, -13 * 60, 180),  # half a day before the shift
        (Kind.OUT, -61, -60, None),  # before the check-in
        (Kind.OUT, 301, -60, 300),  # after the clock has closed it
    ],
)
def test_a_time_lies_between_its_neighbours(cast, record, now, later, kind, minutes, since, until):
    told = refused("time_between", cast, record, kind, now + minutes * MINUTE, later)
    if since is not None:
        assert told.facts["since"] == now + since * MINUTE
    if until is not None:
        assert told.facts["until"] == now + until * MINUTE


def test_nobody_left_in_the_future(cast, record, now):
    told = refused("time_between", cast, record, Kind.OUT, now + 4 * HOUR, now + 3.5 * HOUR)
    assert told.facts["until"] == now + 3.5 * HOUR


def test_the_minute_of_the_check_in_means_its_second(cast, now, later):
    record = check_in(cast.noura, cast.poster, now + timedelta(seconds=42)).attendance_id
    check_out(cast.noura, cast.shift, now + HOUR)
    correct(cast, record, Kind.OUT, now, later)
    assert (fresh(record).state, fresh(record).credited_minutes) == ("closed", 0)


def test_the_same_minute_again_is_no_correction(cast, record, now, later):
    refused("time_same", cast, record, Kind.IN, now - HOUR, later)


@pytest.mark.parametrize(("reason", "words"), [("", ""), ("bored", ""), ("other", " ")])
def test_a_correction_says_why(cast, record, now, later, reason, words):
    refused("why_missing", cast, record, Kind.IN, now, later, reason=reason, words=words)


def test_what_was_not_shown_is_not_corrected(cast, record, now, later):
    stale = fresh(record).row_version - 1
    with pytest.raises(Conflict, match="changed"):
        correct(cast, record, Kind.IN, now, later, row_version=stale)
    with pytest.raises(Conflict, match="changed"):
        correct(cast, record, Kind.IN, now, later, stint=1)


def test_nobody_comes_while_they_were_elsewhere(cast, now, later):
    there = factories.shift(now, cast.squares, starts=-60, minutes=300)
    elsewhere = factories.poster(now, cast.squares, there)
    factories.assign(now - HOUR, cast.noura, there)
    first = check_in(cast.noura, elsewhere, now - HOUR).attendance_id
    check_out(cast.noura, there, now)
    record = check_in(cast.noura, cast.poster, now + 10 * MINUTE).attendance_id
    check_out(cast.noura, cast.shift, now + 2 * HOUR)
    told = refused("was_elsewhere", cast, record, Kind.IN, now - 5 * MINUTE, later)
    assert (told.facts["since"], told.facts["until"]) == (now - HOUR, now)
    refused("was_elsewhere", cast, first, Kind.OUT, now + 11 * MINUTE, later)
    correct(cast, record, Kind.IN, now, later)
    assert whole(cast, record, later)


def test_nor_is_somebody_said_to_have_come_later_than_they_had_left_for_elsewhere(cast, now, later):
    record = check_in(cast.noura, cast.poster, now).attendance_id
    there = factories.shift(now, cast.squares, starts=60)
    entry = manual.Entry(str(uuid.uuid4()), cast.noura.id, there.id, "no_phone", at=now + HOUR)
    second = manual.check_in(entry, by=cast.layla.id, now=later)
    check_out(cast.noura, there, now + 2 * HOUR)
    refused("was_elsewhere", cast, record, Kind.IN, now + 90 * MINUTE, later)
    assert fresh(second.attendance_id).credited_minutes == 60


def test_of_two_supervisors_at_once_one_corrects_and_the_other_sees_it(
    app, cast, record, now, later
):
    version, said = fresh(record).row_version, []

    def press(by, to):
        with app.app_context():
            told = Correction(str(uuid.uuid4()), record, version, Kind.IN, 0, to, "seen")
            try:
                correcting.correct(told, by=by, now=later)
                said.append("corrected")
            except Conflict as problem:
                said.append(problem.code)

    pressing = [
        threading.Thread(target=press, args=(by, now + number * MINUTE))
        for number, by in enumerate((cast.salem.id, cast.layla.id))
    ]
    for one in pressing:
        one.start()
    for one in pressing:
        one.join()
    assert sorted(said) == ["changed", "corrected"]
    assert whole(cast, record, later)


# --- what the volunteer is told ------------------------------------------------------------


@pytest.mark.parametrize("minutes", [-30, 30])
def test_a_change_says_what_stood_before(cast, record, now, later, minutes):
    came, left = now - HOUR, now + 3 * HOUR
    assert correcting.changes_of(fresh(record)) == []
    to = came + minutes * MINUTE
    correct(cast, record, Kind.IN, to, later)
    correct(cast, record, Kind.OUT, left - 30 * MINUTE, later + MINUTE)
    assert correcting.changes_of(fresh(record)) == [
        correcting.Changed(Kind.IN, came, to, later),
        correcting.Changed(Kind.OUT, left, left - 30 * MINUTE, later + MINUTE),
    ]
