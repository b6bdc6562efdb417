"""Messages about a shift that moves, is called off, takes place after all: to whom, and once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from checkin.database import db
from checkin.models import Assignment, Attendance, Message
from checkin.operations import openings, roster, shifts
from checkin.operations.openings import telling
from checkin.operations.permissions import Reach
from tests import factories
from tests.factories import alter, check_in

EVERYWHERE = Reach(everywhere=True)


@pytest.fixture
def shift(cast, now):
    """Tomorrow; Noura is expected, Huda waits, and somebody without a mobile is expected too."""
    made = factories.shift(now, cast.mataf, starts=24 * 60, seats=2)
    factories.assign(now, cast.noura, made)
    factories.assign(now, factories.person(now, mobile=None), made)
    factories.assign(now, cast.huda, made, how="waiting")
    return made


def told() -> list[tuple[str, str]]:
    query = db.select(Message.template, Message.mobile).order_by(Message.id)
    return [tuple(row) for row in db.session.execute(query)]


def change(shift, cast, now, **values) -> int:
    fresh = shifts.find(shift.id, EVERYWHERE)
    plan = replace(shifts.plan_of(fresh), **values)
    known = {"row_version": fresh.row_version, "by": cast.layla.id, "now": now}
    return shifts.change(shift.id, plan, **known)


def test_who_is_affected_is_known_before(cast, now, shift):
    people = telling.affected(shift.id)
    assert {(one.mobile, one.how) for one in people} == {
        (cast.noura.mobile, "roster"),
        (None, "roster"),
        (cast.huda.mobile, "waiting"),
    }


def test_a_cancelled_shift_is_told_once_and_its_records_stay(cast, now):
    shift = factories.shift(now, cast.mataf, starts=20)
    for who in (cast.noura, cast.huda):
        factories.assign(now, who, shift)
    alter(cast.shift, cancelled_at=now)
    came = check_in(cast.huda, factories.poster(now, cast.mataf, shift), now)
    assert shifts.cancel(shift.id, by=cast.layla.id, now=now) == 1
    assert told() == [("shift_called_off", cast.noura.mobile)]
    assert shifts.cancel(shift.id, by=cast.layla.id, now=now) == 0
    assert db.session.get_one(Attendance, came.attendance_id).shift_id == shift.id
    assert db.session.scalar(db.select(db.func.count(Assignment.id)).where(
        Assignment.shift_id == shift.id)) == 2  # fmt: skip


def test_who_is_taken_off_the_roster_is_told(cast, now, shift):
    """Who waits too; the next one on the list has the place."""
    on = db.select(Assignment.id).filter_by(shift_id=shift.id, person_id=cast.noura.id)
    assert roster.remove(db.session.scalars(on).one(), by=cast.layla.id, now=now)
    assert told() == [("seat_given", cast.huda.mobile), ("taken_off", cast.noura.mobile)]
    again = factories.assign(now, cast.noura, shift, how="waiting")
    later = now + timedelta(minutes=1)
    assert roster.remove(again.id, by=cast.layla.id, now=later)
    assert told()[2:] == [("taken_off", cast.noura.mobile)]


@pytest.mark.parametrize("why", ["draft", "over", "called off"])
def test_nobody_is_told_of_a_draft_or_of_what_does_not_come(cast, now, shift, why):
    alter(
        shift,
        **{
            "draft": {"is_draft": True},
            "over": {"starts_at": now - timedelta(hours=5), "ends_at": now},
            "called off": {"cancelled_at": now},
        }[why],
    )
    on = db.select(Assignment).filter_by(shift_id=shift.id, person_id=cast.noura.id)
    one = db.session.scalars(on).one()
    assert not roster.remove(one.id, by=cast.layla.id, now=now)
    assert told() == []


def test_what_takes_place_after_all_is_told(cast, now, shift):
    shifts.cancel(shift.id, by=cast.layla.id, now=now)
    assert shifts.restore(shift.id, by=cast.layla.id, now=now) == 2
    assert shifts.restore(shift.id, by=cast.layla.id, now=now) == 0
    assert [template for template, _ in told()] == ["shift_called_off"] * 2 + ["shift_restored"] * 2
    assert shifts.cancel(shift.id, by=cast.layla.id, now=now) == 2


def test_a_new_time_or_site_is_told_and_nothing_else(cast, now, shift):
    assert change(shift, cast, now, seats=3) == 0
    assert [template for template, _ in told()] == ["seat_given"]
    assert change(shift, cast, now, day=shift.work_on + timedelta(days=1)) == 2
    assert change(shift, cast, now, site_id=cast.squares.id) == 2
    assert [template for template, _ in told()].count("shift_moved") == 4
    assert change(shift, cast, now) == 0


def test_nobody_hears_of_a_draft_or_of_what_is_over(cast, now, shift):
    alter(shift, is_draft=True)
    assert shifts.cancel(shift.id, by=cast.layla.id, now=now) == 0
    alter(shift, is_draft=False)
    assert telling.moved(shift.id, shift.ends_at) == 0
    assert told() == []


def test_a_day_without_messages_stops_no_cancellation(app, cast, now, shift):
    app.config["MESSAGES_PER_DAY"] = 1
    assert shifts.cancel(shift.id, by=cast.layla.id, now=now) == 1
    assert shifts.find(shift.id, EVERYWHERE).cancelled_at == now


def test_more_seats_are_given_to_those_who_wait(cast, now, shift):
    change(shift, cast, now, seats=3)
    assert openings.move_up(shift.id, now) == []
    held = db.select(Assignment.how).where(Assignment.person_id == cast.huda.id)
    assert db.session.scalars(held.where(Assignment.shift_id == shift.id)).all() == ["joined"]
