"""What a tablet is told for its day: whoever is expected or came, their badges, nothing more."""

import uuid
from datetime import timedelta

import pytest

from checkin.database import db
from checkin.domain.fold import Kind
from checkin.models import Attendance, Shift
from checkin.operations import badges, manual, tablet
from checkin.operations.attendance.arrival import take_back
from checkin.operations.attendance.sweep import close_forgotten
from checkin.operations.permissions import Reach
from tests import factories

HOUR = timedelta(hours=1)
EVERYWHERE = Reach(everywhere=True)


def today(site, now, reach=EVERYWHERE) -> dict[str, tablet.Known]:
    db.session.remove()
    return {known.person.name: known for known in tablet.today(site, reach, now).people}


def test_those_expected_are_told_with_their_shift_and_badge(cast, now):
    (badge,) = badges.make([cast.noura.id], by=cast.layla.id, now=now)
    (known,) = today(cast.mataf, now).values()
    assert (known.person.id, known.shift_ids) == (cast.noura.id, [cast.shift.id])
    assert known.badge_sha == badge.code_sha
    assert (known.is_in, known.attendance) == (False, None)


def test_a_badge_that_was_stopped_is_not_told(cast, now):
    badges.make([cast.noura.id], by=cast.layla.id, now=now)
    badges.revoke(cast.noura.id, version=1, by=cast.layla.id, now=now)
    assert today(cast.mataf, now)[cast.noura.name].badge_sha is None


def test_whoever_came_is_told_also_without_being_expected(cast, now):
    passer_by = factories.person(now, "عابر بلا فترة")
    entry = manual.Entry(str(uuid.uuid4()), passer_by.id, cast.shift.id, "no_phone")
    manual.check_in(entry, by=cast.salem.id, now=now)
    known = today(cast.mataf, now)[passer_by.name]
    assert known.is_in
    assert known.shift_ids == [cast.shift.id]  # joined
    assert (known.attendance.in_at, known.attendance.shift_id) == (now, cast.shift.id)
    factories.check_out(passer_by, cast.shift, now + HOUR)
    assert not today(cast.mataf, now + HOUR)[passer_by.name].is_in


def test_whoever_never_left_is_not_in_any_more(cast, now):
    factories.check_in(cast.noura, cast.poster, now)
    late = cast.shift.ends_at + 2 * HOUR
    for _ in range(2):  # before the sweep and after it
        known = today(cast.mataf, late).get(cast.noura.name)
        assert known is None or not known.is_in
        close_forgotten(late)


def test_a_check_in_that_was_taken_back_says_nothing(cast, now):
    answer = factories.check_in(cast.noura, cast.poster, now)
    assert today(cast.mataf, now)[cast.noura.name].is_in
    row = db.session.get_one(Attendance, answer.attendance_id)
    take_back(row, Kind.IN, uid="5" * 32, device_id=None, now=now + HOUR / 60)
    known = today(cast.mataf, now)[cast.noura.name]
    assert (known.is_in, known.attendance) == (False, None)


@pytest.mark.parametrize("starts", [-26 * 60, 20 * 60])
def test_yesterday_and_tomorrow_are_not_today(cast, now, starts):
    other = factories.shift(now, cast.mataf, starts=starts)
    who = factories.person(now, "ضيفة يوم آخر")
    factories.assign(now, who, other)
    assert who.name not in today(cast.mataf, now)


def test_a_cancelled_shift_expects_nobody(cast, now):
    factories.alter(db.session.get_one(Shift, cast.shift.id), cancelled_at=now)
    assert today(cast.mataf, now) == {}


def test_a_lead_is_told_of_the_own_shift_alone(cast, now):
    led = factories.shift(now, cast.mataf, starts=-30)
    helper = factories.person(now, "مساعدة القائد")
    factories.assign(now, helper, led)
    known = today(cast.mataf, now, Reach(shift_ids=frozenset({led.id})))
    assert known.keys() == {helper.name}
    assert today(cast.squares, now, Reach(site_ids=frozenset({cast.squares.id}))) == {}
