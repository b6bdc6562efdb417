"""Moving somebody to another shift, and acting on a record that was shown a while ago."""

import uuid
from datetime import timedelta

import pytest

from checkin.database import db
from checkin.domain.errors import Conflict, Problem
from checkin.domain.fold import Kind
from checkin.domain.roles import Permission, Role
from checkin.models import Attendance, Lane, Scan
from checkin.operations import approvals, manual
from checkin.operations.permissions import reach_of, roles_of
from tests import factories
from tests.factories import check_in, check_out
from tests.load import laws

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def record(cast, now) -> int:
    return check_in(cast.noura, cast.poster, now - HOUR).attendance_id


@pytest.fixture
def lane(cast):
    return factories.keep(Lane(site_id=cast.mataf.id, name_ar="المسار 3", name_en="Lane 3"))


@pytest.fixture
def there(cast, lane, now):
    """Running now in another lane."""
    return factories.shift(now, cast.mataf, starts=-30, minutes=300, lane_id=lane.id)


def fresh(attendance_id) -> Attendance:
    db.session.rollback()
    return db.session.get_one(Attendance, attendance_id, populate_existing=True)


def entry(cast, shift, **facts) -> manual.Entry:
    facts = {"uid": str(uuid.uuid4()), "reason": "supervisor_asked", **facts}
    return manual.Entry(volunteer_id=cast.noura.id, shift_id=shift.id, **facts)


def move(cast, record, shift, now, **facts):
    version = facts.pop("version", None) or fresh(record).row_version
    by = facts.pop("by", cast.salem.id)
    return manual.move(entry(cast, shift, **facts), record, version, by=by, now=now)


def attendances() -> int:
    db.session.rollback()
    return db.session.scalar(db.select(db.func.count()).select_from(Attendance))


# --- moving --------------------------------------------------------------------------------


def test_moving_is_out_here_and_in_there_at_one_instant(cast, record, there, now):
    came = fresh(move(cast, record, there, now, words="زحام").attendance_id)
    left = fresh(record)
    assert (left.state, left.out_at, left.credited_minutes) == ("closed", now, 60)
    assert (came.state, came.in_at, came.shift_id) == ("open", now, there.id)
    scans = list(db.session.scalars(db.select(Scan).order_by(Scan.id)))
    assert [scan.kind for scan in scans] == [Kind.IN, Kind.OUT, Kind.IN]
    assert {scan.reason for scan in scans[1:]} == {"supervisor_asked: زحام"}
    assert laws.broken(laws.record_of(cast.noura.id), now) == []


def test_sent_twice_it_is_one_move(cast, record, there, now):
    uid, version = str(uuid.uuid4()), fresh(record).row_version
    first = move(cast, record, there, now, uid=uid, version=version)
    second = move(cast, record, there, now + MINUTE, uid=uid, version=version)
    assert (second.attendance_id, second.replayed) == (first.attendance_id, True)
    assert attendances() == 2


def test_whoever_moved_decides_about_neither(cast, record, there, now):
    came = move(cast, record, there, now).attendance_id
    later = now + HOUR
    check_out(cast.noura, there, later)
    for one in (record, came):
        with pytest.raises(Problem, match="own_entry_decision"):
            approvals.approve(one, fresh(one).row_version, by=cast.salem.id, now=later)


def test_who_has_left_meanwhile_is_not_brought_back(cast, record, there, now):
    shown = fresh(record).row_version
    check_out(cast.noura, cast.shift, now - MINUTE)
    with pytest.raises(Conflict, match="changed"):
        move(cast, record, there, now, version=shown)
    with pytest.raises(Conflict, match="changed"):
        move(cast, record, there, now)
    assert attendances() == 1


def test_nobody_moves_to_where_they_are(cast, record, now):
    with pytest.raises(Conflict, match="changed"):
        move(cast, record, cast.shift, now)


@pytest.mark.parametrize(
    ("starts", "minutes", "cancelled"), [(1, 60, False), (-60, 60, False), (-60, 300, True)]
)
def test_only_a_running_shift_takes_somebody_over(cast, record, now, starts, minutes, cancelled):
    values = {"cancelled_at": now} if cancelled else {}
    shift = factories.shift(now, cast.mataf, starts=starts, minutes=minutes, **values)
    with pytest.raises(Problem, match="not_running"):
        move(cast, record, shift, now)
    assert fresh(record).state == "open"


def test_nobody_moves_themselves(cast, there, now):
    factories.assign(now, cast.salem, cast.shift)
    own = check_in(cast.salem, cast.poster, now - HOUR).attendance_id
    told = manual.Entry(str(uuid.uuid4()), cast.salem.id, there.id, "supervisor_asked")
    with pytest.raises(Problem, match="own_entry"):
        manual.move(told, own, fresh(own).row_version, by=cast.salem.id, now=now)


@pytest.mark.parametrize(("reason", "words"), [("no_phone", ""), ("other", "")])
def test_a_move_says_why(cast, record, there, now, reason, words):
    with pytest.raises(Problem, match="why_missing"):
        move(cast, record, there, now, reason=reason, words=words)
    assert fresh(record).state == "open"


def test_offered_is_what_runs_now_within_reach(cast, record, there, now):
    factories.shift(now, cast.squares, starts=-10)
    factories.shift(now, cast.mataf, starts=10)
    factories.shift(now, cast.mataf, starts=-10, cancelled_at=now)
    reach = reach_of(roles_of(cast.salem.id, now), Permission.ENTER_ATTENDANCE)
    (offered,) = manual.running(reach, now, cast.shift.id)
    assert (offered.id, offered.lane.name_en) == (there.id, "Lane 3")
    factories.grant(now, cast.salem, Role.SUPERVISOR, site_id=cast.squares.id)
    reach = reach_of(roles_of(cast.salem.id, now), Permission.ENTER_ATTENDANCE)
    assert len(manual.running(reach, now, cast.shift.id)) == 2


# --- checking out what was shown -----------------------------------------------------------


def test_a_check_out_of_a_record_that_changed_is_refused(cast, record, now):
    shown = fresh(record).row_version
    check_out(cast.noura, cast.shift, now - 20 * MINUTE)
    leaving = entry(cast, cast.shift, reason="no_phone")
    with pytest.raises(Conflict, match="changed"):
        manual.check_out(leaving, by=cast.salem.id, now=now, row_version=shown)
    assert fresh(record).out_at == now - 20 * MINUTE


def test_the_same_check_out_again_is_no_change_of_somebody_else(cast, record, now):
    shown, leaving = fresh(record).row_version, entry(cast, cast.shift, reason="no_phone")
    for _ in range(2):
        manual.check_out(leaving, by=cast.salem.id, now=now, row_version=shown)
    assert fresh(record).out_at == now
