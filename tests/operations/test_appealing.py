"""A volunteer's objection: once, in time, about less than was proved, to somebody else."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from checkin.database import db
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.domain.roles import Role
from checkin.models import Attendance, AuditEntry, Decision
from checkin.operations import approvals
from checkin.operations.approvals import appealing, asking
from tests import factories
from tests.factories import check_in, check_out

DAY = timedelta(days=1)
WHY = "كنت حاضرة طوال الفترة"


@pytest.fixture
def later(now):
    return now + timedelta(hours=6)


@pytest.fixture
def record(cast) -> Attendance:
    answer = check_in(cast.noura, cast.poster, cast.shift.starts_at)
    check_out(cast.noura, cast.shift, cast.shift.ends_at, beneficiaries=25)
    return fresh(answer.attendance_id)


@pytest.fixture
def rejected(cast, record, later) -> Attendance:
    approvals.reject(
        record.id, record.row_version, reason="not_present", by=cast.salem.id, now=later
    )
    return fresh(record.id)


def fresh(attendance_id) -> Attendance:
    db.session.rollback()
    found = db.session.get(Attendance, attendance_id, populate_existing=True)
    db.session.expunge(found)
    return found


def appeal(record, by, now, words=WHY):
    shown = fresh(record.id)
    appealing.appeal(record.id, shown.row_version, words=words, by=by.id, now=now)


def adjust(record, by, now, minutes):
    shown = fresh(record.id)
    facts = {"minutes": minutes, "beneficiaries": 25, "reason": "seen"}
    return approvals.adjust(record.id, shown.row_version, **facts, by=by.id, now=now)


def test_a_rejected_record_is_undecided_again(cast, rejected, later):
    appeal(rejected, cast.noura, later)
    after = fresh(rejected.id)
    assert (after.state, after.credited_minutes, after.approved_minutes) == ("closed", 300, None)
    found = appealing.appeals_of([rejected.id])[rejected.id]
    assert (found.words, found.at, found.is_open) == (WHY, later, True)
    lines = db.session.scalars(db.select(AuditEntry).where(AuditEntry.act == "attendance.appeal"))
    assert [line.actor_id for line in lines] == [cast.noura.id]


def test_whoever_decided_before_does_not_decide_again(cast, rejected, later):
    appeal(rejected, cast.noura, later)
    assert appealing.deciders_before([rejected.id]) == {rejected.id: {cast.salem.id}}
    shown = fresh(rejected.id)
    salem = {"by": cast.salem.id, "now": later}
    for act, facts in (
        (approvals.approve, {}),
        (approvals.adjust, {"minutes": 10, "beneficiaries": 1, "reason": "seen"}),
        (approvals.reject, {"reason": "duplicate"}),
        (approvals.void, {"words": "تجربة"}),
        (asking.ask, {"words": "متى؟"}),
    ):
        with pytest.raises(Problem, match="decided_before"):
            act(rejected.id, shown.row_version, **facts, **salem)
    assert approvals.approve(rejected.id, shown.row_version, by=cast.layla.id, now=later) == 300
    assert not appealing.appeals_of([rejected.id])[rejected.id].is_open


def test_nor_undoes_what_somebody_else_decided_then(cast, rejected, later):
    appeal(rejected, cast.noura, later)
    shown = fresh(rejected.id)
    approvals.approve(rejected.id, shown.row_version, by=cast.layla.id, now=later)
    shown = fresh(rejected.id)
    with pytest.raises(Problem, match="decided_before"):
        approvals.withdraw(rejected.id, shown.row_version, by=cast.salem.id, now=later)
    approvals.withdraw(rejected.id, shown.row_version, by=cast.layla.id, now=later)
    assert appealing.appeals_of([rejected.id])[rejected.id].is_open


def test_another_supervisor_of_the_site_may_decide(cast, rejected, now, later):
    second = factories.person(now, "عبدالله ناصر السبيعي", email="nasser@example.org")
    factories.grant(now, second, Role.SUPERVISOR, site_id=cast.mataf.id)
    appeal(rejected, cast.noura, later)
    shown = fresh(rejected.id)
    approvals.reject(rejected.id, shown.row_version, reason="not_present", by=second.id, now=later)
    assert fresh(rejected.id).state == "rejected"


def test_nor_confirms_what_somebody_else_proposed_then(cast, now, later):
    came = check_in(cast.noura, cast.poster, cast.shift.starts_at)
    check_out(cast.noura, cast.shift, now)
    record = fresh(came.attendance_id)
    assert adjust(record, cast.salem, later, 40) == "approved"
    appeal(record, cast.noura, later)
    assert adjust(record, cast.layla, later, 120) == "proposed"
    shown = fresh(record.id)
    with pytest.raises(Problem, match="decided_before"):
        approvals.confirm(record.id, shown.row_version, by=cast.salem.id, now=later)


def test_fewer_minutes_than_proved_can_be_objected_to(cast, record, later):
    assert adjust(record, cast.salem, later, 240) == "approved"
    appeal(record, cast.noura, later)
    assert fresh(record.id).state == "closed"


@pytest.mark.parametrize("minutes", [300, 310])
def test_what_was_proved_or_more_cannot(cast, record, later, minutes):
    adjust(record, cast.salem, later, minutes)
    assert appealable_until(record, later) is None
    with pytest.raises(Problem, match="not_appealable"):
        appeal(record, cast.noura, later)


def test_an_undecided_record_cannot(cast, record, later):
    with pytest.raises(Problem, match="not_appealable"):
        appeal(record, cast.noura, later)


def test_a_voided_record_cannot(cast, record, later):
    approvals.void(record.id, record.row_version, words="تجربة", by=cast.layla.id, now=later)
    with pytest.raises(Problem, match="not_appealable"):
        appeal(record, cast.noura, later)


def test_there_are_fourteen_days(cast, rejected, later):
    last = later + 14 * DAY
    assert appealable_until(rejected, last) == last
    assert appealable_until(rejected, last + timedelta(seconds=1)) is None
    with pytest.raises(Problem, match="appeal_too_late"):
        appeal(rejected, cast.noura, last + timedelta(seconds=1))
    appeal(rejected, cast.noura, last)


def test_there_is_one_objection(cast, rejected, later):
    appeal(rejected, cast.noura, later)
    appeal(rejected, cast.noura, later)  # pressed twice
    shown = fresh(rejected.id)
    approvals.reject(
        rejected.id, shown.row_version, reason="duplicate", by=cast.layla.id, now=later
    )
    assert appealable_until(rejected, later) is None
    with pytest.raises(Problem, match="appealed_already"):
        appeal(rejected, cast.noura, later)
    acts = [one.action for one in db.session.scalars(db.select(Decision).order_by(Decision.seq))]
    assert acts == ["reject", "appeal", "reject"]


def test_the_database_keeps_one_objection_too(cast, rejected, later):
    appeal(rejected, cast.noura, later)
    again = Decision(
        attendance_id=rejected.id,
        seq=9,
        action="appeal",
        reason="other: x",
        decided_by_id=cast.noura.id,
        subject_id=cast.noura.id,
        at=later,
    )
    with pytest.raises(IntegrityError):
        factories.keep(again)


def test_only_the_volunteer_objects(cast, rejected, later):
    for stranger in (cast.salem, cast.huda, cast.layla):
        with pytest.raises(NotFound):
            appeal(rejected, stranger, later)


def test_an_objection_says_why_and_is_about_what_was_shown(cast, rejected, later):
    with pytest.raises(Problem, match="why_missing"):
        appeal(rejected, cast.noura, later, words=" ")
    with pytest.raises(Conflict, match="changed"):
        appealing.appeal(
            rejected.id, rejected.row_version - 1, words=WHY, by=cast.noura.id, now=later
        )
    assert fresh(rejected.id).state == "rejected"


def appealable_until(record, now):
    shown = fresh(record.id)
    found = db.session.get(
        Attendance, shown.id, options=[db.joinedload(Attendance.shift)], populate_existing=True
    )
    return appealing.appealable_until(found, now)
