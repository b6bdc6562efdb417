"""Checking in and out by hand: found quickly, with a reason, once, and never oneself."""

from datetime import timedelta

import pytest

from checkin.database import db, transaction
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.domain.evidence import Evidence, Flag
from checkin.domain.scanning import Verdict
from checkin.models import Assignment, Attendance, Scan, Shift
from checkin.operations import manual
from checkin.operations.attendance.sweep import close_forgotten
from tests import factories
from tests.factories import check_in

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def entry(who, shift, uid="11111111-1111-4111-8111-111111111111", **more):
    return manual.Entry(uid, who.id, shift.id, more.pop("reason", "no_phone"), **more)


def attendance_of(who) -> Attendance:
    db.session.rollback()
    wanted = db.select(Attendance).where(Attendance.volunteer_id == who.id)
    return db.session.scalars(wanted.order_by(Attendance.id.desc()).limit(1)).one()


# --- in and out ----------------------------------------------------------------------------


def test_a_supervisor_checks_somebody_in_now_with_a_reason(cast, now):
    answer = manual.check_in(entry(cast.noura, cast.shift), by=cast.salem.id, now=now)
    came = attendance_of(cast.noura)
    assert (answer.verdict, came.state, came.in_at) == (Verdict.CHECKED_IN, "open", now)
    assert (came.entered_by_id, came.evidence) == (cast.salem.id, Evidence.CLAIMED)
    assert Flag.MANUAL in came.flags
    assert Flag.OFF_ROSTER not in came.flags
    scan = db.session.scalars(db.select(Scan)).one()
    assert (scan.carrier, scan.reason) == ("manual", "no_phone")


def test_pressing_twice_is_one_entry(cast, now):
    walk_in = factories.person(now, "زائرة متطوعة")
    for wait in (0, 3):
        answer = manual.check_in(
            entry(walk_in, cast.shift), by=cast.salem.id, now=now + wait * MINUTE
        )
    assert answer.replayed
    assert db.session.scalar(db.select(db.func.count()).select_from(Scan)) == 1


def test_the_same_form_with_another_reason_is_refused(cast, now):
    manual.check_in(entry(cast.noura, cast.shift), by=cast.salem.id, now=now)
    with pytest.raises(Conflict, match="scan_reused"):
        manual.check_in(
            entry(cast.noura, cast.shift, reason="cannot_scan"), by=cast.salem.id, now=now
        )


def test_a_time_can_be_stated(cast, now):
    manual.check_in(entry(cast.noura, cast.shift, at=now - 40 * MINUTE), by=cast.salem.id, now=now)
    assert attendance_of(cast.noura).in_at == now - 40 * MINUTE


@pytest.mark.parametrize("minutes", [1, -14 * 60])
def test_a_stated_time_lies_in_the_past_and_near_the_shift(cast, now, minutes):
    stated = entry(cast.noura, cast.shift, at=now + minutes * MINUTE)
    with pytest.raises(Problem, match="time_outside_shift"):
        manual.check_in(stated, by=cast.salem.id, now=now)


def test_nobody_comes_now_to_a_shift_that_is_over(cast, now):
    with pytest.raises(Problem, match="time_outside_shift"):
        manual.check_in(entry(cast.noura, cast.shift), by=cast.salem.id, now=now + 5 * HOUR)


def test_a_cancelled_shift_takes_nobody_in(cast, now):
    @transaction
    def cancel():
        db.session.get(Shift, cast.shift.id).cancelled_at = now

    cancel()
    with pytest.raises(NotFound):
        manual.check_in(entry(cast.noura, cast.shift), by=cast.salem.id, now=now)


def test_nobody_enters_themselves(cast, now):
    with pytest.raises(Problem, match="own_entry"):
        manual.check_in(entry(cast.salem, cast.shift), by=cast.salem.id, now=now)
    assert db.session.scalar(db.select(db.func.count()).select_from(Scan)) == 0


@pytest.mark.parametrize(("reason", "words"), [("", ""), ("no such", ""), ("other", "  ")])
def test_an_entry_says_why(cast, now, reason, words):
    stated = entry(cast.noura, cast.shift, reason=reason, words=words)
    with pytest.raises(Problem, match="why_missing"):
        manual.check_in(stated, by=cast.salem.id, now=now)


def test_somebody_unexpected_joins_the_shift(cast, now):
    walk_in = factories.person(now, "زائرة متطوعة")
    manual.check_in(entry(walk_in, cast.shift), by=cast.salem.id, now=now)
    assert Flag.OFF_ROSTER in attendance_of(walk_in).flags
    joined = db.select(Assignment).where(Assignment.person_id == walk_in.id)
    assert db.session.scalars(joined).one().how == "walk_in"


@pytest.mark.parametrize(
    "standing", [{"suspended_at": True}, {"is_minor": True, "guardian_mobile": "+966500000001"}]
)
def test_somebody_whom_a_coordinator_must_see_first_is_not_checked_in(cast, now, standing):
    values = {name: now if name.endswith("_at") else value for name, value in standing.items()}
    held = factories.person(now, "موقوف مؤقتًا", **values)
    with pytest.raises(Problem, match="held"):
        manual.check_in(entry(held, cast.shift), by=cast.salem.id, now=now)


def test_somebody_open_elsewhere_leaves_there_at_that_instant(cast, now):
    there = factories.shift(now, cast.squares, starts=-60, minutes=300)
    manual.check_in(entry(cast.noura, there, "there"), by=cast.huda.id, now=now)
    manual.check_in(entry(cast.noura, cast.shift, "here"), by=cast.salem.id, now=now + HOUR)
    both = db.session.scalars(db.select(Attendance).order_by(Attendance.in_at)).all()
    assert [(one.site_id, one.state) for one in both] == [
        (cast.squares.id, "closed"),
        (cast.mataf.id, "open"),
    ]
    assert both[0].out_at == both[1].in_at == now + HOUR


def test_a_supervisor_checks_out_with_beneficiaries(cast, now):
    check_in(cast.noura, cast.poster, now)
    manual.check_out(
        entry(cast.noura, cast.shift, beneficiaries=12), by=cast.salem.id, now=now + HOUR
    )
    left = attendance_of(cast.noura)
    assert (left.state, left.credited_minutes, left.beneficiaries) == ("closed", 60, 12)
    assert Flag.MANUAL in left.flags


def test_a_forgotten_check_out_is_entered_afterwards(cast, now):
    check_in(cast.noura, cast.poster, now)
    later = now + 6 * HOUR
    close_forgotten(later)
    stated = entry(cast.noura, cast.shift, at=now + 2 * HOUR)
    manual.check_out(stated, by=cast.salem.id, now=later)
    left = attendance_of(cast.noura)
    assert (left.state, left.credited_minutes) == ("closed", 120)


def test_nobody_leaves_who_has_not_come(cast, now):
    with pytest.raises(Problem, match="not_checked_in"):
        manual.check_out(entry(cast.noura, cast.shift), by=cast.salem.id, now=now)


# --- undo ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "verdict", "state"), [(10, "undone", "cancelled"), (11, "not_undone", "open")]
)
def test_an_entry_is_taken_back_within_ten_minutes(cast, now, minutes, verdict, state):
    manual.check_in(entry(cast.noura, cast.shift, "in"), by=cast.salem.id, now=now)
    answer = manual.undo("undo", cast.noura.id, "in", by=cast.salem.id, now=now + minutes * MINUTE)
    assert (answer.verdict, attendance_of(cast.noura).state) == (verdict, state)


def test_an_undone_move_expects_nobody_at_the_other_shift(cast, now):
    other = factories.shift(now, cast.mataf, starts=-60)
    check_in(cast.noura, cast.poster, now)
    left = attendance_of(cast.noura)
    going = entry(cast.noura, other, "in", reason="moved")
    manual.move(going, left.id, left.row_version, by=cast.salem.id, now=now + HOUR)
    manual.undo("undo", cast.noura.id, "in", by=cast.salem.id, now=now + HOUR + MINUTE)
    asked = db.select(Assignment.shift_id).where(Assignment.person_id == cast.noura.id)
    assert db.session.scalars(asked).all() == [cast.shift.id]
    db.session.expire_all()
    assert (left.state, left.shift_id) == ("open", cast.shift.id)


def test_only_ones_own_entry_is_taken_back(cast, now):
    scanned = check_in(cast.noura, cast.poster, now)
    with pytest.raises(NotFound):
        manual.undo("undo", cast.noura.id, scanned.uid, by=cast.salem.id, now=now)
    manual.check_out(entry(cast.noura, cast.shift, "out"), by=cast.salem.id, now=now + HOUR)
    with pytest.raises(NotFound):
        manual.undo("undo", cast.noura.id, "out", by=cast.huda.id, now=now + HOUR)


# --- finding -------------------------------------------------------------------------------


@pytest.fixture
def crowd(cast, now):
    """Three people of one family name; only Noura is expected today."""
    factories.person(now, "نوره علي القحطانى", mobile="+966551234567")
    factories.person(now, "عبد الله سعد القحطاني", mobile="+966559994567")
    factories.person(now, "مريم علي الشهري", mobile="+966550000001")


def names(found):
    return [row.name for row in found]


def test_expected_people_are_found_first(cast, crowd):
    found = manual.find("القحطاني", [cast.shift.id])
    assert names(found)[0] == "نورة سعد القحطاني"
    assert (found[0].shift_id, found[1].shift_id) == (cast.shift.id, None)
    assert len(found) == 3


@pytest.mark.parametrize(
    ("typed", "people"),
    [
        ("نورة", 2),
        ("نوره قحطاني", 2),
        ("عبدالله", 1),
        ("Noura", 2),
        ("maryam alshehri", 1),
        ("4567", 2),
        ("٤٥٦٧", 2),
        ("94567", 1),
        ("ن", 0),
        ("7", 0),
        ("", 0),
        ("%%", 0),
        ("لا أحد", 0),
    ],
)
def test_names_are_found_however_they_are_written_and_mobiles_by_their_end(
    cast, crowd, typed, people
):
    assert len(manual.find(typed, [cast.shift.id])) == people


def test_no_more_people_are_shown_than_fit(cast, crowd):
    assert len(manual.find("القحطاني", [cast.shift.id], limit=2)) == 2
