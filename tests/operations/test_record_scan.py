"""Scanning in and out: one effect, one answer, and the attendance that follows."""

from datetime import timedelta

import pytest

from checkin.database import db
from checkin.domain.errors import Conflict
from checkin.domain.fold import Kind
from checkin.domain.scanning import Verdict
from checkin.models import Attendance, AuditEntry, Opportunity, Scan
from checkin.operations.attendance import Reading, record_scan
from tests import factories
from tests.factories import alter, check_in, check_out

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def attendances(who):
    query = db.select(Attendance).where(Attendance.volunteer_id == who.id)
    return db.session.scalars(query.order_by(Attendance.id)).all()


def test_a_scan_in_opens_an_attendance(cast, now):
    answer = check_in(cast.noura, cast.poster, now)
    (attendance,) = attendances(cast.noura)
    assert (answer.verdict, answer.attendance_id) == (Verdict.CHECKED_IN, attendance.id)
    assert (attendance.state, attendance.in_at) == ("open", now)
    assert attendance.partner_id == cast.university.id
    assert attendance.work_on == cast.shift.work_on


def test_a_scan_out_closes_it_with_minutes_and_beneficiaries(cast, now):
    check_in(cast.noura, cast.poster, now)
    answer = check_out(cast.noura, cast.shift, now + timedelta(hours=2), beneficiaries=25)
    (attendance,) = attendances(cast.noura)
    assert answer.verdict is Verdict.CHECKED_OUT
    assert (attendance.state, attendance.credited_minutes) == ("closed", 120)
    assert attendance.beneficiaries == 25
    assert attendance.approved_minutes is None


@pytest.mark.parametrize(("served", "flag"), [(3, None), (60, None), (61, "many_beneficiaries")])
def test_a_minute_is_judged_as_a_minute_not_as_the_planned_shift(cast, now, served, flag):
    check_in(cast.noura, cast.poster, now)
    check_out(cast.noura, cast.shift, now + timedelta(seconds=20), beneficiaries=served)
    (attendance,) = attendances(cast.noura)
    assert attendance.credited_minutes == 0
    counted = {one for one in attendance.flags if one.endswith("beneficiaries")}
    assert counted == ({flag} if flag else set())


def test_the_same_id_twice_has_one_effect_and_one_answer(cast, now):
    first = check_in(cast.noura, cast.poster, now, uid="11111111-1111-4111-8111-111111111111")
    again = check_in(
        cast.noura,
        cast.poster,
        now + timedelta(minutes=3),
        uid="11111111-1111-4111-8111-111111111111",
    )
    assert (first.replayed, again.replayed) == (False, True)
    assert (again.verdict, again.attendance_id) == (first.verdict, first.attendance_id)
    assert again.effective_at == first.effective_at
    assert db.session.scalar(db.select(db.func.count()).select_from(Scan)) == 1


def test_the_same_id_with_other_content_is_refused(cast, now):
    uid = "11111111-1111-4111-8111-111111111111"
    check_in(cast.noura, cast.poster, now, uid=uid)
    with pytest.raises(Conflict, match="scan_reused"):
        check_out(cast.noura, cast.shift, now, uid=uid)


def test_an_act_and_its_audit_line_are_kept_together(cast, now):
    answer = check_in(cast.noura, cast.poster, now)
    entry = db.session.scalars(db.select(AuditEntry).where(AuditEntry.act == "scan.in")).one()
    assert (entry.thing, entry.thing_id) == ("attendance", answer.attendance_id)


def test_undo_within_ten_minutes_takes_the_check_in_back(cast, now):
    done = check_in(cast.noura, cast.poster, now)
    undo = Reading(uid="u1", kind=Kind.UNDO, volunteer_id=cast.noura.id, undoes=done.uid)
    assert record_scan(undo, now=now + timedelta(minutes=10)).verdict is Verdict.UNDONE
    (attendance,) = attendances(cast.noura)
    assert attendance.state == "cancelled"
    assert check_in(cast.noura, cast.poster, now + timedelta(minutes=11)).verdict == "checked_in"
    db.session.expire_all()
    assert attendances(cast.noura)[0].state == "open"


# --- what is credited at most --------------------------------------------------------------


def test_an_opportunity_credits_no_more_than_it_says(cast, now):
    """The cast's shift began an hour ago; its service finds sixty an hour plausible."""
    alter(db.session.get(Opportunity, cast.shift.opportunity_id), most_minutes=60)
    check_in(cast.noura, cast.poster, now - timedelta(hours=1))
    out = check_out(cast.noura, cast.shift, now + timedelta(hours=4), beneficiaries=250)
    kept = db.session.get(Attendance, out.attendance_id)
    assert (kept.credited_minutes, kept.flags) == (60, [])


def test_who_joined_by_themselves_is_expected(cast, now):
    who = factories.person(now)
    factories.assign(now, who, cast.shift, how="joined")
    assert check_in(who, cast.poster, now).verdict is Verdict.CHECKED_IN


@pytest.mark.parametrize("since", ["check_in", "undo", "check_out"])
def test_a_look_at_the_code_before_ones_own_last_scan_gives_no_minutes(cast, now, since):
    first = check_in(cast.noura, cast.poster, now)
    if since == "undo":
        undo = Reading("undo", Kind.UNDO, cast.noura.id, undoes=first.uid, carrier="form")
        record_scan(undo, now=now + 3 * MINUTE)
    if since == "check_out":
        check_out(cast.noura, cast.shift, now + 3 * MINUTE)
    looked, pressed = now - MINUTE, now + 12 * MINUTE
    again = check_in(cast.noura, cast.poster, pressed, touched_at=looked)
    assert again.effective_at == pressed


def test_a_look_since_ones_own_last_scan_still_counts(cast, now):
    check_in(cast.noura, cast.poster, now - HOUR)
    check_out(cast.noura, cast.shift, now)
    looked, pressed = now + MINUTE, now + 12 * MINUTE
    assert check_in(cast.noura, cast.poster, pressed, touched_at=looked).effective_at == looked
