"""Arriving, settling a forgotten end, waiting and undoing: composite acts, each one transaction."""

import uuid
from datetime import time, timedelta

import pytest

from checkin.database import db, transaction
from checkin.domain.errors import Conflict, Problem
from checkin.domain.evidence import Evidence
from checkin.domain.fold import Kind
from checkin.domain.scanning import Verdict
from checkin.models import Assignment, Attendance, AuditEntry, Message, Scan
from checkin.operations import manual
from checkin.operations.attendance import Reading, close_forgotten
from checkin.operations.attendance.arrival import (
    arrive,
    asked_at,
    claimed_end,
    poster_of_code,
    poster_of_typed,
    settle,
    take_back,
    undoable,
    wait,
)
from checkin.operations.hours import attendance_of
from tests import factories
from tests.factories import check_in, check_out

MINUTES, HOURS = timedelta(minutes=1), timedelta(hours=1)


def attendances(who):
    db.session.expire_all()
    query = db.select(Attendance).where(Attendance.volunteer_id == who.id)
    return db.session.scalars(query.order_by(Attendance.id)).all()


def kinds(who):
    query = db.select(Scan.kind).where(Scan.volunteer_id == who.id).order_by(Scan.id)
    return list(db.session.scalars(query))


def arriving(who, poster, **values) -> Reading:
    values.setdefault("uid", str(uuid.uuid4()))
    return Reading(kind=Kind.IN, volunteer_id=who.id, poster_id=poster.id, **values)


def ending(who, shift, at, **values) -> Reading:
    values.setdefault("uid", str(uuid.uuid4()))
    kind = Kind.OUT if at else Kind.FORGOT
    claim = {"carrier": "claim", "evidence": Evidence.CLAIMED}
    return Reading(kind=kind, volunteer_id=who.id, shift_id=shift.id, at=at, **claim, **values)


def taken_back(attendance, kind, now, uid="u"):
    take_back(attendance, kind, uid=uid, device_id=None, now=now)


# --- codes ---------------------------------------------------------------------------------


def test_a_code_is_found_in_either_spelling(cast):
    code, short = cast.poster.code, cast.poster.short_code
    assert poster_of_code(code.lower()).site.id == cast.mataf.id
    assert poster_of_typed(code).id == poster_of_typed(f"{short[:3]} {short[3:]}").id
    assert poster_of_code(short) is None
    assert poster_of_typed("nothing like it") is None


# --- arriving ------------------------------------------------------------------------------


def test_arriving_checks_in_when_nothing_has_to_be_asked(cast, now):
    answer = arrive(arriving(cast.noura, cast.poster), now=now)
    assert answer.verdict is Verdict.CHECKED_IN


def test_arriving_keeps_nothing_when_a_page_has_to_ask(cast, now):
    assert arrive(arriving(cast.huda, cast.poster), now=now) is None
    assert kinds(cast.huda) == []


def test_arriving_again_with_the_same_id_gives_the_same_answer(cast, now):
    reading = arriving(cast.noura, cast.poster)
    first = arrive(reading, now=now)
    again = arrive(reading, now=now + 20 * MINUTES)
    assert again.replayed
    assert (again.attendance_id, again.verdict) == (first.attendance_id, first.verdict)
    assert kinds(cast.noura) == ["in"]


# --- a forgotten end -----------------------------------------------------------------------


@pytest.fixture
def forgotten(cast, now):
    """Yesterday's shift, 2:00 PM to 6:00 PM, checked in at 2:10 PM and never out."""
    yesterday = now - timedelta(days=1)
    shift = factories.shift(yesterday, cast.mataf, starts=60, minutes=240)
    factories.assign(yesterday, cast.noura, shift)
    done = check_in(cast.noura, cast.poster, yesterday + 70 * MINUTES)
    close_forgotten(now)
    return attendance_of(cast.noura.id, done.attendance_id)


def test_settling_goes_on_to_todays_check_in(cast, forgotten, now):
    said = ending(cast.noura, forgotten.shift, forgotten.shift.ends_at)
    answer = settle(said, arriving(cast.noura, cast.poster), now=now)
    before, today = attendances(cast.noura)
    assert (before.state, before.credited_minutes) == ("closed", 230)
    assert (today.state, answer.attendance_id) == ("open", today.id)


def test_settling_twice_is_settling_once(cast, forgotten, now):
    said = ending(cast.noura, forgotten.shift, forgotten.shift.ends_at)
    reading = arriving(cast.noura, cast.poster)
    answers = [settle(said, reading, now=now + n * MINUTES).attendance_id for n in range(3)]
    assert len(set(answers)) == 1
    assert kinds(cast.noura) == ["in", "out", "in"]


def test_settling_is_all_or_nothing(cast, forgotten, now):
    reading = arriving(cast.noura, cast.poster, uid="one")
    said = ending(cast.noura, forgotten.shift, forgotten.shift.ends_at, uid="one")
    with pytest.raises(Conflict):
        settle(said, reading, now=now)
    assert kinds(cast.noura) == ["in"]
    assert attendances(cast.noura)[0].state == "unclosed"


def test_an_end_that_fits_nothing_is_left_to_the_supervisor(cast, forgotten, now):
    later = now - timedelta(days=1) + timedelta(hours=3)
    elsewhere = factories.shift(later, cast.squares, starts=0, minutes=120)
    reading = Reading(
        uid="by hand",
        kind=Kind.IN,
        volunteer_id=cast.noura.id,
        shift_id=elsewhere.id,
        at=later,
        entered_by_id=cast.huda.id,
        carrier="hand",
        evidence=Evidence.WITNESSED,
    )
    factories.record_scan(reading, now=later)
    cut = attendance_of(cast.noura.id, forgotten.id)
    assert cut.proposed_out_at == later
    said = ending(cast.noura, forgotten.shift, later + HOURS)
    settle(said, arriving(cast.noura, cast.poster), now=now)
    assert "end_unknown" in attendance_of(cast.noura.id, forgotten.id).flags


@pytest.mark.parametrize(
    ("said", "after_noon"),
    [(None, 6), (time(17, 30), 5.5), (time(18, 59), 6 + 59 / 60), (time(14, 10), 2 + 1 / 6)],
)
def test_a_time_of_day_means_the_first_one_after_checking_in(forgotten, now, said, after_noon):
    noon = now - timedelta(days=1) - HOURS
    assert claimed_end(forgotten, said, "Asia/Riyadh", now) == noon + after_noon * HOURS


@pytest.mark.parametrize("said", [time(14, 9), time(19, 1), time(3, 0)])
def test_a_time_before_checking_in_or_after_the_closing_is_refused(forgotten, now, said):
    with pytest.raises(Problem, match="end_not_possible") as refused:
        claimed_end(forgotten, said, "Asia/Riyadh", now)
    assert refused.value.facts["until"] == forgotten.shift.ends_at + HOURS


def test_a_night_shift_ends_on_the_next_day(cast, now):
    evening = now - timedelta(hours=15)  # 10 PM the day before
    night = factories.shift(evening, cast.mataf, starts=0, minutes=240)
    factories.assign(evening, cast.noura, night)
    done = check_in(cast.noura, cast.poster, evening)
    close_forgotten(now)
    attendance = attendance_of(cast.noura.id, done.attendance_id)
    ended = claimed_end(attendance, time(1, 30), "Asia/Riyadh", now)
    assert ended == evening + timedelta(hours=3, minutes=30)


# --- waiting -------------------------------------------------------------------------------


def test_waiting_takes_one_place_on_the_list(cast, now):
    shift = factories.shift(
        now, cast.squares, factories.opportunity(now, walk_ins=True), starts=-10, seats=1
    )
    factories.assign(now, cast.salem, shift)
    poster = factories.poster(now, cast.squares)
    reading = arriving(cast.majed, poster)
    for n in range(2):
        wait(reading, now=now + n * MINUTES)
    wait(arriving(cast.majed, poster), now=now + 5 * MINUTES)
    query = db.select(Assignment.how).where(Assignment.person_id == cast.majed.id)
    assert list(db.session.scalars(query)) == ["waiting"]
    asked = asked_at(cast.majed.id, poster.site_id, Verdict.FULL, now + 6 * MINUTES)
    assert asked == now + 5 * MINUTES


def test_with_a_place_free_waiting_is_no_way_in(cast, now):
    factories.shift(now, cast.squares, factories.opportunity(now, walk_ins=True), starts=-10)
    poster = factories.poster(now, cast.squares)
    assert wait(arriving(cast.majed, poster), now=now).verdict is Verdict.WALK_IN
    query = db.select(Assignment).where(Assignment.person_id == cast.majed.id)
    assert db.session.scalars(query).all() == []


# --- undoing -------------------------------------------------------------------------------


def test_undoing_takes_every_repetition_back(cast, now):
    """Two devices sent the same arrival; cancelling must not leave the second one standing."""
    check_in(cast.noura, cast.poster, now)
    check_in(cast.noura, cast.poster, now + MINUTES)
    (attendance,) = attendances(cast.noura)
    taken_back(attendance, Kind.IN, now + 2 * MINUTES)
    assert attendances(cast.noura)[0].state == "cancelled"
    assert kinds(cast.noura) == ["in", "in", "undo", "undo"]


def test_undoing_coming_back_leaves_the_first_stretch(cast, now):
    check_in(cast.noura, cast.poster, now)
    check_out(cast.noura, cast.shift, now + 3 * MINUTES)
    check_in(cast.noura, cast.poster, now + 5 * MINUTES)
    for _ in range(2):
        (attendance,) = attendances(cast.noura)
        taken_back(attendance, Kind.IN, now + 6 * MINUTES)
    (attendance,) = attendances(cast.noura)
    assert (attendance.state, len(attendance.stints)) == ("closed", 1)
    assert attendance.out_at == now + 3 * MINUTES


def test_undoing_a_move_goes_back_where_one_was(cast, now):
    here = factories.shift(now, cast.squares, starts=-30)
    factories.assign(now, cast.noura, here)
    poster = factories.poster(now, cast.squares)
    check_in(cast.noura, cast.poster, now - HOURS)
    check_in(cast.noura, poster, now, moves=True)
    left, came = attendances(cast.noura)
    assert (left.state, came.state) == ("closed", "open")
    taken_back(came, Kind.IN, now + MINUTES)
    left, came = attendances(cast.noura)
    assert (left.state, left.in_at, came.state) == ("open", now - HOURS, "cancelled")


def held_places(who):
    query = db.select(Assignment.how).where(Assignment.person_id == who.id)
    return list(db.session.scalars(query))


def test_undoing_a_walk_in_leaves_nobody_expected(cast, now):
    open_to_all = factories.opportunity(now, walk_ins=True)
    shift = factories.shift(now, cast.squares, open_to_all, starts=-10)
    poster = factories.poster(now, cast.squares)
    for n in range(2):
        check_in(cast.majed, poster, now + n * MINUTES, joins=True)
    assert held_places(cast.majed) == ["walk_in"]
    taken_back(attendances(cast.majed)[0], Kind.IN, now + 2 * MINUTES)
    assert held_places(cast.majed) == []
    # whoever walks in again, and only undoes coming back, keeps the place
    check_in(cast.majed, poster, now + 3 * MINUTES, joins=True)
    check_out(cast.majed, shift, now + 4 * MINUTES)
    check_in(cast.majed, poster, now + 5 * MINUTES)
    taken_back(attendances(cast.majed)[0], Kind.IN, now + 6 * MINUTES, uid="again")
    assert held_places(cast.majed) == ["walk_in"]


@pytest.mark.parametrize("how", ["waiting", "roster", "joined"])
def test_undoing_leaves_a_place_that_stood_before(cast, now, how):
    open_to_all = factories.opportunity(now, walk_ins=True)
    shift = factories.shift(now, cast.squares, open_to_all, starts=-10)
    factories.assign(now - HOURS, cast.majed, shift, how=how)
    check_in(cast.majed, factories.poster(now, cast.squares), now, joins=True)
    (attendance,) = attendances(cast.majed)
    taken_back(attendance, Kind.IN, now + MINUTES)
    assert held_places(cast.majed) == [how]
    noted = db.select(AuditEntry.facts).where(AuditEntry.act == "opening.leave")
    told = [facts["person"] for facts in db.session.scalars(noted)]
    assert told == ([cast.majed.id] if how == "waiting" else [])


@pytest.mark.parametrize("by", ["volunteer", "supervisor"])
def test_who_waits_moves_up_to_the_seat_that_an_undo_gives_back(cast, now, by):
    open_to_all = factories.opportunity(now, walk_ins=True)
    shift = factories.shift(now, cast.squares, open_to_all, starts=20, seats=1)
    factories.assign(now, cast.layla, shift, how="waiting")
    if by == "volunteer":
        check_in(cast.majed, factories.poster(now, cast.squares), now, joins=True)
        taken_back(attendances(cast.majed)[0], Kind.IN, now + MINUTES)
    else:
        entry = manual.Entry("uid", cast.majed.id, shift.id, "no_phone")
        manual.check_in(entry, by=cast.huda.id, now=now)
        manual.undo("undo", cast.majed.id, "uid", by=cast.huda.id, now=now + MINUTES)
    assert (held_places(cast.majed), held_places(cast.layla)) == ([], ["joined"])
    assert db.session.scalars(db.select(Message.mobile)).all() == [cast.layla.mobile]


def test_what_can_be_undone_ends_with_its_ten_minutes(cast, now):
    check_in(cast.noura, cast.poster, now)
    (attendance,) = attendances(cast.noura)
    assert undoable(attendance, now + 10 * MINUTES) is Kind.IN
    assert undoable(attendance, now + 11 * MINUTES) is None
    with pytest.raises(Problem, match="undo_too_late"):
        taken_back(attendance, Kind.IN, now + 11 * MINUTES)
    with pytest.raises(Problem, match="undo_too_late"):
        taken_back(attendance, Kind.OUT, now + MINUTES)


def test_what_a_supervisor_entered_is_not_the_volunteers_to_undo(cast, now):
    reading = Reading(
        uid="by hand",
        kind=Kind.IN,
        volunteer_id=cast.noura.id,
        shift_id=cast.shift.id,
        entered_by_id=cast.salem.id,
        carrier="hand",
        evidence=Evidence.WITNESSED,
    )
    factories.record_scan(reading, now=now)
    (attendance,) = attendances(cast.noura)
    assert undoable(attendance, now) is None


def test_an_approved_record_cannot_be_undone(cast, now):
    check_in(cast.noura, cast.poster, now)
    (attendance,) = attendances(cast.noura)

    @transaction
    def approve():
        stored = db.session.get_one(Attendance, attendance.id)
        stored.state, stored.approved_minutes = "approved", 60

    approve()
    (attendance,) = attendances(cast.noura)
    assert undoable(attendance, now) is None
