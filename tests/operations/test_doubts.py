"""Why a record waits, with the facts; what is suggested and why; times that mean minutes."""

from datetime import time, timedelta

import pytest

from checkin.database import db
from checkin.domain.clocks import DeviceClock
from checkin.domain.errors import Problem
from checkin.domain.evidence import Flag
from checkin.models import Attendance, Opportunity, Service, Shift, Sighting
from checkin.operations import approvals, manual
from checkin.operations.approvals import asking
from checkin.operations.attendance.sweep import close_forgotten
from tests import factories
from tests.factories import check_in, check_out

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def later(now):
    return now + 6 * HOUR


def record(cast, later, by=None):
    close_forgotten(later)
    sheet = approvals.sheet_of(cast.shift.id, (by or cast.salem).id, later)
    (one,) = [*sheet.exceptions, *sheet.matching]
    return one


def facts(one, flag):
    (found,) = [reason.facts for reason in one.reasons if reason.flag == flag]
    return found


def come(cast, *, begins=0 * MINUTE, ends=300 * MINUTE, **more):
    start = cast.shift.starts_at
    answer = check_in(cast.noura, cast.poster, start + begins)
    if ends is not None:
        check_out(cast.noura, cast.shift, start + ends, **more)
    return answer.attendance_id


def test_shorter_and_longer_say_by_how_much(cast, later):
    come(cast, ends=160 * MINUTE)
    one = record(cast, later)
    assert facts(one, Flag.SHORTER) == {"minutes": 140}
    assert (one.suggestion.minutes, one.suggestion.because) == (160, "recorded")


def test_longer_says_how_long_after_the_end_and_suggests_time_inside(cast, later):
    come(cast, ends=350 * MINUTE)
    one = record(cast, later)
    assert facts(one, Flag.LONGER) == {"minutes": 50}
    assert (one.suggestion.minutes, one.suggestion.because) == (300, "inside")


def test_a_missing_end_is_suggested_with_the_time_it_rests_on(cast, later):
    come(cast, ends=None)
    suggestion = record(cast, later).suggestion
    assert (suggestion.because, suggestion.until) == ("planned_end", cast.shift.ends_at)


def test_by_hand_says_who_and_why(cast, now, later):
    entry = manual.Entry("by hand", cast.noura.id, cast.shift.id, "no_phone", at=now)
    manual.check_in(entry, by=cast.layla.id, now=now)
    check_out(cast.noura, cast.shift, cast.shift.ends_at)
    assert facts(record(cast, later), Flag.MANUAL) == {"name": cast.layla.name, "why": "no_phone"}


def test_a_wrong_clock_says_by_how_many_minutes_and_which_way(cast, later):
    start, wrong = cast.shift.starts_at, 47 * MINUTE
    clock = DeviceClock(start - wrong, sent_at=start + 30 * MINUTE - wrong)
    check_in(cast.noura, cast.poster, start + 30 * MINUTE, clock=clock)
    check_out(cast.noura, cast.shift, cast.shift.ends_at)
    one = record(cast, later)
    assert facts(one, Flag.CLOCK_SKEW) == {"minutes": 47}
    assert facts(one, Flag.OFFLINE) == {"minutes": 30}


def test_a_clock_that_was_moved_says_by_how_much(cast, later):
    start = cast.shift.starts_at
    clock = DeviceClock(start, sent_at=start + 40 * MINUTE, elapsed_ms=10 * 60_000)
    check_in(cast.noura, cast.poster, start + 10 * MINUTE, clock=clock)
    check_out(cast.noura, cast.shift, cast.shift.ends_at)
    assert facts(record(cast, later), Flag.CLOCK_JUMP) == {"minutes": 30}


def test_many_beneficiaries_stand_beside_what_is_usual(cast, later):
    opportunity = db.session.get_one(Opportunity, cast.shift.opportunity_id)
    service = db.session.get_one(Service, opportunity.service_id)
    factories.alter(service, low_per_hour=5, high_per_hour=30)
    come(cast, beneficiaries=1_000)
    found = facts(record(cast, later), Flag.MANY_BENEFICIARIES)
    assert found == {"per_hour": 200, "low": 5, "high": 30}


def test_an_overlap_names_the_other_record(cast, now, later):
    come(cast)
    approvals.approve(*_only(), by=cast.salem.id, now=later)
    there = factories.shift(now, cast.squares, starts=0, minutes=120)
    for kind, at in ((manual.check_in, now), (manual.check_out, now + 2 * HOUR)):
        entry = manual.Entry(f"{at:%H}", cast.noura.id, there.id, "no_phone", at=at)
        kind(entry, by=cast.huda.id, now=later)
    (one,) = approvals.sheet_of(there.id, cast.layla.id, later).exceptions
    found = facts(one, Flag.OVERLAP)
    assert found["site"].name_en == "Mataf courtyard"
    assert (found["begins"], found["ends"]) == (cast.shift.starts_at, cast.shift.ends_at)
    assert not one.can_be_approved


def _only():
    db.session.rollback()
    return tuple(db.session.execute(db.select(Attendance.id, Attendance.row_version)).one())


def test_who_was_expected_elsewhere_is_said(cast, now, later):
    factories.alter(db.session.get_one(Opportunity, cast.shift.opportunity_id), walk_ins=True)
    walker = factories.person(now, "هند علي الغامدي")
    there = factories.shift(now, cast.squares, starts=60, minutes=120)
    factories.assign(now - 2 * HOUR, walker, there)
    check_in(walker, cast.poster, now, joins=True)
    check_out(walker, cast.shift, cast.shift.ends_at)
    one = record(cast, later)
    assert facts(one, approvals.OTHER_SITE)["site"].name_en == "Squares of the Grand Mosque"
    assert one.is_exception


def test_who_was_not_found_is_said_until_they_are_seen(cast, now, later):
    attendance_id = come(cast)

    def look(uid, was_seen, at):
        facts = {"attendance_id": attendance_id, "volunteer_id": cast.noura.id}
        facts |= {"site_id": cast.mataf.id, "seen_by_id": cast.salem.id, "kind": "spot"}
        factories.keep(
            Sighting(sighting_uid=uid, was_seen=was_seen, at=at, received_at=at, **facts)
        )

    look("first", False, now)
    one = record(cast, later)
    assert facts(one, approvals.NOT_SEEN) == {"at": now, "name": cast.salem.name}
    assert one.is_exception
    look("second", True, now + HOUR)
    assert not record(cast, later).is_exception


def test_an_obstacle_names_who_can_decide(cast, now, later):
    entry = manual.Entry("by hand", cast.noura.id, cast.shift.id, "no_phone", at=now)
    manual.check_in(entry, by=cast.salem.id, now=now)
    check_out(cast.noura, cast.shift, cast.shift.ends_at)
    one = record(cast, later)
    assert (one.obstacle, one.deciders) == ("own_entry_decision", [cast.layla.name])
    assert record(cast, later, by=cast.layla).obstacle is None


def test_a_question_waits_apart_and_its_answer_comes_back_in_words(cast, now, later):
    come(cast)
    shown = _only()
    approvals.ask(*shown, words="When did you leave?", by=cast.salem.id, now=later)
    sheet = approvals.sheet_of(cast.shift.id, cast.salem.id, later)
    assert (sheet.exceptions, sheet.matching) == ([], [])
    (asked,) = sheet.asked
    assert asked.question.words == "When did you leave?"
    assert not asked.can_be_approved
    asking.answer(shown[0], "At five", "a" * 36, by=cast.noura.id, now=later + MINUTE)
    (one,) = approvals.sheet_of(cast.shift.id, cast.salem.id, later).exceptions
    assert facts(one, approvals.ANSWERED)["words"] == "At five"


# --- times ---------------------------------------------------------------------------------


def worked(begins, ends, near, stints=()):
    return approvals.worked(begins, ends, near=near, zone="Asia/Riyadh", stints=stints)


def test_times_are_those_of_the_sites_clock(now):
    found = worked(time(12, 30), time(17), near=now)  # now is 1 PM there
    assert (found.begins_at, found.ends_at) == (now - 30 * MINUTE, now + 4 * HOUR)
    assert found.minutes == 270


def test_an_end_before_the_beginning_is_the_next_day(now):
    evening = now + 9 * HOUR
    found = worked(time(22), time(2), near=evening)
    assert (found.begins_at, found.minutes) == (evening, 240)
    early = worked(time(1), time(2), near=evening + 2 * HOUR)
    assert early.begins_at == evening + 3 * HOUR


def test_times_away_stay_taken_off(now):
    stints = [[str(now), str(now + HOUR)], [str(now + 90 * MINUTE), str(now + 3 * HOUR)]]
    assert worked(time(13), time(16), near=now, stints=stints).minutes == 150
    assert worked(time(14, 15), time(16), near=now, stints=stints).minutes == 90


def test_nobody_worked_until_a_time_that_has_not_come(cast, now):
    come(cast, ends=30 * MINUTE)
    attendance_id, version = _only()
    shift = db.session.get_one(Shift, cast.shift.id)
    claimed = worked(time(12), time(16), near=shift.starts_at)
    with pytest.raises(Problem, match="time_outside_shift"):
        approvals.adjust(
            attendance_id,
            version,
            minutes=claimed.minutes,
            beneficiaries=None,
            reason="seen",
            worked=claimed,
            by=cast.salem.id,
            now=now,
        )
