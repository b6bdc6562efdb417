"""A small round of `tests/load/machine.py`: any acts in any order leave the record whole."""

import uuid
from datetime import timedelta

import pytest

from checkin.database import db
from checkin.models import Attendance, Decision
from checkin.operations import approvals, audit, manual
from tests import factories
from tests.load import laws, machine

pytestmark = pytest.mark.measured_elsewhere

TRIED = (
    *("scan checked_in", "badge checked_in", "approve passed"),
    *("manual checked_in", "corrected in", "corrected out", "moved checked_in"),
)
BEGINNING, MOST_ROUNDS = 3006, 12
"""What a seed covers changes with every rule: from this one on few are needed at present.

Whatever did not happen proves nothing."""


def test_whatever_is_done_in_whatever_order_the_record_holds():
    machine.seen.clear()
    for seed in range(BEGINNING, BEGINNING + MOST_ROUNDS):
        machine.explore(examples=12, steps=30, seed=seed)
        if all(machine.seen[act] for act in TRIED):
            break
    for act in TRIED:
        assert machine.seen[act], f"{MOST_ROUNDS} rounds prove little: nothing was {act}"
    while audit.seal():
        pass
    assert audit.broken_at() is None


def attendances() -> list[Attendance]:
    db.session.expire_all()
    return list(db.session.scalars(db.select(Attendance).order_by(Attendance.id)))


def enter(cast, shift, now, begin, end) -> None:
    """A whole stint by hand, minutes from now."""
    for act, minutes in ((manual.check_in, begin), (manual.check_out, end)):
        at = now + timedelta(minutes=minutes)
        entry = manual.Entry(str(uuid.uuid4()), cast.noura.id, shift.id, "no_phone", at=at)
        act(entry, by=cast.salem.id, now=now + timedelta(hours=3))


def broken(cast, now) -> list[str]:
    return laws.broken(laws.record_of(cast.noura.id), now + timedelta(hours=3))


def test_the_laws_notice_time_that_is_approved_twice(cast, now, save):
    """A control: what no act can do is written past every rule."""
    other = factories.shift(now, cast.squares, starts=-60, minutes=300)
    enter(cast, cast.shift, now, -30, 60)
    (first,) = attendances()
    approvals.approve(first.id, first.row_version, by=cast.layla.id, now=now + timedelta(hours=2))
    enter(cast, other, now, 0, 30)
    assert broken(cast, now) == []
    _, second = attendances()
    factories.alter(second, state="approved", approved_minutes=30)
    said = {"decided_by_id": cast.layla.id, "subject_id": cast.noura.id, "action": "approve"}
    save(Decision(attendance_id=second.id, seq=1, at=now + timedelta(hours=3), **said))
    assert "was approved for time settled with" in broken(cast, now)[0]


def test_the_laws_notice_an_attendance_its_scans_do_not_say(cast, now):
    factories.check_in(cast.noura, cast.poster, now)
    factories.check_out(cast.noura, cast.shift, now + timedelta(hours=1))
    assert broken(cast, now) == []
    factories.alter(attendances()[0], credited_minutes=61)
    assert "credited_minutes is 61, its scans say 60" in broken(cast, now)[0]


def test_a_check_out_entered_days_later_sees_where_they_were_meanwhile(cast, now):
    """Long after, what they did elsewhere in the middle still ends the first shift there."""
    other = factories.shift(now, cast.squares, starts=60, minutes=300)
    factories.check_in(cast.noura, cast.poster, now - timedelta(minutes=30))
    factories.check_out(cast.noura, cast.shift, now + timedelta(hours=2))
    enter(cast, other, now, 90, 91)
    entered = now + timedelta(hours=40)
    late = manual.Entry(str(uuid.uuid4()), cast.noura.id, cast.shift.id, "forgot")
    manual.check_out(late, by=cast.salem.id, now=entered)
    assert laws.broken(laws.record_of(cast.noura.id), entered) == []
