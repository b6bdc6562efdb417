"""Shifts said by a prayer follow the table until they begin or somebody has come."""

import threading
from datetime import date, datetime, time, timedelta

import pytest

from checkin.database import db, transaction
from checkin.domain.days import local_day
from checkin.domain.prayer import KAABA, Anchor, Prayer
from checkin.models import AuditEntry, Message, Shift
from checkin.operations import prayers
from checkin.operations.attendance import lock_volunteer
from checkin.operations.prayers.calculating import calculated
from checkin.operations.prayers.following import follow
from tests import factories
from tests.factories import alter, assign, check_in

DAY = date(2026, 11, 22)
NEXT = DAY + timedelta(days=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def acting(cast, now):
    return {"by": cast.layla.id, "now": now}


def night(now, site, day=DAY, starts=("isha", 30), ends=("fajr", -30)):
    """A shift by its prayers, as a plan keeps it."""
    begin, end = prayers.span(day, Anchor(*starts), Anchor(*ends), site)
    shift = factories.shift(
        now, site, starts=(begin - now) // MINUTE, minutes=(end - begin) // MINUTE
    )
    alter(shift, starts_prayer=starts[0], starts_offset=starts[1])
    return alter(shift, ends_prayer=ends[0], ends_offset=ends[1])


def ends_of(shift) -> tuple[datetime, datetime]:
    db.session.refresh(shift)
    return shift.starts_at, shift.ends_at


def told() -> list[Message]:
    return list(db.session.scalars(db.select(Message).order_by(Message.id)))


def test_a_night_moves_with_the_isha_of_its_day_and_the_fajr_of_the_next(cast, now, acting):
    shift = night(now, cast.mataf)
    assert follow(now) == 0
    prayers.enter(DAY, {Prayer.ISHA: time(19, 30)}, **acting)
    prayers.enter(NEXT, {Prayer.FAJR: time(5, 0)}, **acting)
    assert follow(now) == 1
    begin, end = ends_of(shift)
    assert begin == prayers.resolve(DAY, "isha", 30)
    assert end == prayers.resolve(NEXT, "fajr", -30)
    assert (shift.work_on, shift.row_version) == (DAY, 2)
    assert follow(now) == 0


def test_what_was_taken_back_leads_back(cast, now, acting):
    shift = night(now, cast.mataf)
    before = ends_of(shift)
    prayers.enter(DAY, {Prayer.ISHA: time(19, 30)}, **acting)
    follow(now)
    assert ends_of(shift) != before
    prayers.clear(DAY, **acting)
    assert follow(now) == 1
    assert ends_of(shift) == before


def test_each_night_has_the_times_of_its_own_day(cast, now, acting):
    nights = [night(now, cast.mataf, DAY + timedelta(days=later)) for later in range(9)]
    last = date(2026, 11, 30)
    prayers.enter(last, {Prayer.ISHA: time(19, 30)}, **acting)
    prayers.enter(last + timedelta(days=1), {Prayer.FAJR: time(5, 0)}, **acting)
    assert follow(now) == 1
    for shift in nights[:-1]:
        day = shift.work_on
        assert ends_of(shift)[0] == calculated(day, KAABA).isha + 30 * MINUTE
    assert nights[-1].work_on == last
    assert ends_of(nights[-1]) == prayers.span(
        last, Anchor("isha", 30), Anchor("fajr", -30), cast.mataf
    )


def test_only_the_shifts_around_a_day_are_looked_at_after_its_edit(cast, now, acting):
    near, far = night(now, cast.mataf), night(now, cast.mataf, DAY + timedelta(days=7))
    for day in (DAY, DAY + timedelta(days=7)):
        prayers.enter(day, {Prayer.ISHA: time(19, 30)}, **acting)
    before = ends_of(far)
    assert follow(now, on=DAY) == 1
    assert ends_of(near)[0] == prayers.resolve(DAY, "isha", 30)
    assert ends_of(far) == before
    assert follow(now) == 1


def test_what_is_far_ahead_follows_its_own_edit_at_once_and_the_hour_in_its_time(cast, now, acting):
    day = DAY + timedelta(days=60)
    shift = night(now, cast.mataf, day)
    prayers.enter(day, {Prayer.ISHA: time(19, 45)}, **acting)
    assert follow(now) == 0
    assert follow(now, on=day) == 1
    prayers.clear(day, **acting)
    assert follow(now) == 0
    assert follow(now + timedelta(days=20)) == 1
    assert ends_of(shift)[0] == calculated(day, KAABA).isha + 30 * MINUTE


def test_an_end_by_the_clock_stays(cast, now, acting):
    shift = night(now, cast.mataf)
    fixed = shift.ends_at
    alter(shift, ends_prayer=None, ends_offset=None)
    prayers.enter(DAY, {Prayer.ISHA: time(19, 30)}, **acting)
    prayers.enter(NEXT, {Prayer.FAJR: time(5, 0)}, **acting)
    assert follow(now) == 1
    assert ends_of(shift) == (prayers.resolve(DAY, "isha", 30), fixed)


def test_a_start_by_the_clock_stays_and_its_end_follows(cast, now, acting):
    shift = night(now, cast.mataf)
    fixed = shift.starts_at
    alter(shift, starts_prayer=None, starts_offset=None)
    prayers.enter(NEXT, {Prayer.FAJR: time(5, 0)}, **acting)
    assert follow(now) == 1
    assert ends_of(shift) == (fixed, prayers.resolve(NEXT, "fajr", -30))


def test_a_start_after_midnight_keeps_the_isha_of_the_evening_before(cast, now, acting):
    shift = night(now, cast.mataf, starts=("isha", 300))
    assert shift.work_on == NEXT
    prayers.enter(NEXT, {Prayer.ISHA: time(20, 0)}, **acting)
    assert follow(now) == 0
    prayers.enter(DAY, {Prayer.ISHA: time(19, 30)}, **acting)
    assert follow(now) == 1
    assert ends_of(shift)[0] == prayers.resolve(DAY, "isha", 300)
    assert shift.work_on == NEXT


def test_a_start_that_moves_back_over_midnight_belongs_to_the_day_it_starts_on(cast, now, acting):
    shift = night(now, cast.mataf, starts=("isha", 300))
    prayers.enter(DAY, {Prayer.ISHA: time(18, 50)}, **acting)
    assert follow(now) == 1
    assert local_day(ends_of(shift)[0]) == shift.work_on == DAY
    prayers.clear(DAY, **acting)
    assert follow(now) == 1
    assert local_day(ends_of(shift)[0]) == shift.work_on == NEXT


# --- what stays ----------------------------------------------------------------------------


def stays(shift, now):
    before = ends_of(shift)
    assert follow(now) == 0
    assert ends_of(shift) == before


def test_what_is_said_by_the_clock_alone_never_moves(cast, now, acting):
    prayers.enter(DAY, {Prayer.ISHA: time(19, 30)}, **acting)
    stays(factories.shift(now, cast.mataf, starts=300), now)


@pytest.mark.parametrize("column", ["cancelled_at", "closed_at"])
def test_what_is_called_off_or_closed_stays(cast, now, acting, column):
    shift = alter(night(now, cast.mataf), **{column: now})
    prayers.enter(DAY, {Prayer.ISHA: time(19, 30)}, **acting)
    stays(shift, now)


def test_what_has_begun_stays(cast, now, acting):
    shift = night(now, cast.mataf)
    prayers.enter(NEXT, {Prayer.FAJR: time(5, 0)}, **acting)
    stays(shift, shift.starts_at)
    assert follow(shift.starts_at - MINUTE) == 1


def test_where_somebody_has_come_it_stays(cast, now, acting):
    shift = night(now, cast.squares)
    early = shift.starts_at - 10 * MINUTE
    assign(now, cast.noura, shift)
    check_in(cast.noura, factories.poster(now, cast.squares, shift), early)
    prayers.enter(NEXT, {Prayer.FAJR: time(5, 0)}, **acting)
    stays(shift, early + MINUTE)


def test_who_is_checking_in_right_now_is_waited_for(app, cast, now, acting):
    shift = night(now, cast.squares)
    poster, early = factories.poster(now, cast.squares, shift), shift.starts_at - 10 * MINUTE
    assign(now, cast.noura, shift)
    prayers.enter(NEXT, {Prayer.FAJR: time(5, 0)}, **acting)
    before, moved = ends_of(shift), []

    def meanwhile() -> None:
        with app.app_context():
            moved.append(follow(early))

    other = threading.Thread(target=meanwhile)

    @transaction
    def come_slowly() -> None:
        lock_volunteer(cast.noura.id)
        other.start()
        other.join(timeout=0.5)
        check_in(cast.noura, poster, early)

    come_slowly()
    other.join(timeout=10)
    assert moved == [0]
    assert ends_of(shift) == before


def test_what_would_become_too_long_stays(cast, now, acting):
    shift = night(now, cast.mataf, starts=("asr", 0), ends=("fajr", 0))
    db.session.refresh(shift)
    alter(shift, starts_offset=-240)
    stays(shift, now)


# --- audit and messages --------------------------------------------------------------------


def test_the_move_is_in_the_audit_with_its_minutes(cast, now, acting):
    shift = night(now, cast.mataf)
    prayers.enter(DAY, {Prayer.ISHA: time(19, 30)}, **acting)
    prayers.enter(NEXT, {Prayer.FAJR: time(5, 0)}, **acting)
    follow(now)
    entry = db.session.scalars(db.select(AuditEntry).where(AuditEntry.act == "shift.follow")).one()
    assert (entry.thing, entry.thing_id, entry.actor_id) == ("shift", shift.id, None)
    assert entry.facts == {"starts_at": 22, "ends_at": -17}


def test_people_are_told_only_of_more_than_ten_minutes(cast, now, acting):
    shift = night(now, cast.mataf)
    assign(now, cast.noura, shift)
    prayers.enter(DAY, {Prayer.ISHA: time(19, 18)}, **acting)
    assert follow(now) == 1
    assert told() == []
    prayers.enter(DAY, {Prayer.ISHA: time(19, 29)}, **acting)
    assert follow(now) == 1
    message = told()[0]
    assert [one.mobile for one in told()] == [cast.noura.mobile]
    assert message.facts["starts_at"] == ends_of(shift)[0].isoformat()


def test_nobody_is_told_of_a_draft_and_it_follows_all_the_same(cast, now, acting):
    shift = alter(night(now, cast.mataf), is_draft=True)
    assign(now, cast.noura, shift)
    prayers.enter(DAY, {Prayer.ISHA: time(19, 50)}, **acting)
    assert follow(now) == 1
    assert ends_of(shift)[0] == prayers.resolve(DAY, "isha", 30)
    assert told() == []


def test_a_site_elsewhere_is_not_moved_by_what_makkah_entered(cast, now, acting):
    alter(cast.squares, latitude=24.4672, longitude=39.6111)
    db.session.refresh(cast.squares)
    shift = night(now, cast.squares)
    prayers.enter(DAY, {Prayer.ISHA: time(19, 50)}, **acting)
    stays(shift, now)


def test_a_place_that_becomes_known_moves_what_is_planned_there(cast, now):
    shift = night(now, cast.squares)
    alter(cast.squares, latitude=24.4672, longitude=39.6111)
    assert follow(now) == 1
    assert ends_of(shift)[0] == calculated(DAY, (24.4672, 39.6111)).isha + 30 * MINUTE
    assert db.session.scalar(db.select(db.func.count()).select_from(Shift)) == 2
