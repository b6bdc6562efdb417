"""The table of prayer times: what was entered wins, Makkah keeps one, times said by a prayer."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checkin.database import db
from checkin.domain.errors import Problem
from checkin.domain.prayer import KAABA, Anchor, Prayer
from checkin.models import AuditEntry, PrayerTime
from checkin.operations import prayers
from checkin.operations.prayers.calculating import calculated
from tests.factories import alter

DAY = date(2026, 11, 22)
"""Isha is at 7:08 PM in Makkah and the next Fajr at 5:17 AM, as they are calculated."""
NEXT = DAY + timedelta(days=1)
NIGHT = (Anchor("isha", 30), Anchor("fajr", -30))


def makkah(day, hour, minute):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) - timedelta(hours=3)


def kept():
    return {(one.day, one.prayer): one.begins for one in db.session.scalars(db.select(PrayerTime))}


@pytest.fixture
def acting(cast, now):
    return {"by": cast.layla.id, "now": now}


# --- the table -----------------------------------------------------------------------------


def test_what_was_entered_stands_in_the_table_and_the_rest_is_calculated(acting):
    own = calculated(DAY, KAABA)
    assert prayers.enter(DAY, {Prayer.ISHA: time(19, 30)}, **acting)
    table = prayers.of_days(DAY, NEXT)
    assert list(table) == [DAY, NEXT]
    assert table[DAY].isha == makkah(DAY, 19, 30)
    assert table[DAY].entered == {Prayer.ISHA}
    assert table[DAY].maghrib == own.maghrib
    assert table[NEXT] == calculated(NEXT, KAABA)


@pytest.mark.parametrize(("day", "after"), [(DAY, 90), (date(2027, 2, 20), 120)])
def test_isha_moves_with_a_maghrib_that_is_entered(acting, day, after):
    """The second day lies in Ramadan 1448."""
    own = calculated(day, KAABA)
    later = (own.maghrib + timedelta(hours=3, minutes=7)).time()
    assert prayers.enter(day, {Prayer.MAGHRIB: later}, **acting)
    table = prayers.of_day(day)
    assert table.entered == {Prayer.MAGHRIB}
    assert table.isha - table.maghrib == timedelta(minutes=after)
    assert table.isha == own.isha + timedelta(minutes=7)


def test_an_isha_that_is_entered_stays_whatever_becomes_of_maghrib(acting):
    """Also one that is as calculated, where it would have moved."""
    for isha in (time(19, 30), time(19, 8)):
        prayers.enter(DAY, {Prayer.MAGHRIB: time(17, 45), Prayer.ISHA: isha}, **acting)
        assert prayers.of_day(DAY).isha == makkah(DAY, isha.hour, isha.minute)
    prayers.enter(DAY, {Prayer.MAGHRIB: time(17, 45), Prayer.ISHA: time(19, 15)}, **acting)
    assert kept() == {(DAY, "maghrib"): time(17, 45)}
    assert prayers.clear(DAY, **acting)
    (_, _, _, taken_back) = db.session.scalars(db.select(AuditEntry).order_by(AuditEntry.id))
    assert taken_back.facts == {"maghrib": "17:38", "isha": "19:08"}


def test_a_time_that_is_as_calculated_is_not_kept(acting):
    own = calculated(DAY, KAABA)
    clock = {one: (own.at(one) + timedelta(hours=3)).time() for one in Prayer}
    assert not prayers.enter(DAY, clock, **acting)
    assert prayers.enter(DAY, clock | {Prayer.DHUHR: time(12, 30)}, **acting)
    assert kept() == {(DAY, "dhuhr"): time(12, 30)}
    assert not prayers.enter(DAY, clock | {Prayer.DHUHR: time(12, 30)}, **acting)
    assert prayers.enter(DAY, clock, **acting)
    assert kept() == {}


def test_taking_back_leads_to_the_calculated_times(acting):
    prayers.enter(DAY, {Prayer.FAJR: time(5, 0), Prayer.ISHA: time(19, 30)}, **acting)
    assert prayers.clear(DAY, **acting)
    assert prayers.of_day(DAY) == calculated(DAY, KAABA)
    assert not prayers.clear(DAY, **acting)


def test_prayers_out_of_their_order_are_refused_and_nothing_is_kept(acting):
    with pytest.raises(Problem) as refused:
        prayers.enter(DAY, {Prayer.MAGHRIB: time(7, 38)}, **acting)
    assert refused.value.code == "prayers_out_of_order"
    assert kept() == {}


def test_who_changed_a_day_is_in_the_audit(cast, now, acting):
    prayers.enter(DAY, {Prayer.ISHA: time(19, 30)}, **acting)
    prayers.enter(DAY, {Prayer.ISHA: time(19, 40)}, **acting)
    prayers.clear(DAY, by=cast.majed.id, now=now + timedelta(hours=1))
    said = [(one.name, one.act, one.facts) for one in prayers.changes_of(DAY)]
    assert said == [
        (cast.majed.name, "prayers.clear", {"isha": "19:08"}),
        (cast.layla.name, "prayers.enter", {"isha": "19:40"}),
        (cast.layla.name, "prayers.enter", {"isha": "19:30"}),
    ]
    assert prayers.changes_of(NEXT) == []
    noted = db.select(AuditEntry.thing_id).where(AuditEntry.thing == "prayer_day")
    assert set(db.session.scalars(noted)) == {20261122}


def test_all_sites_of_makkah_keep_one_table_and_another_city_its_own(cast, acting):
    prayers.enter(DAY, {Prayer.ISHA: time(19, 30)}, **acting)
    alter(cast.mataf, latitude=21.39, longitude=39.88)
    alter(cast.squares, latitude=24.4672, longitude=39.6111)
    db.session.refresh(cast.mataf)
    assert prayers.of_day(DAY, cast.mataf) == prayers.of_day(DAY)
    assert prayers.of_day(DAY, cast.squares) == calculated(DAY, (24.4672, 39.6111))
    assert prayers.of_day(DAY, cast.squares).isha != prayers.of_day(DAY).isha


# --- times said by a prayer ----------------------------------------------------------------


def test_a_time_is_so_many_minutes_from_its_prayer(cast, acting):
    isha = calculated(DAY, KAABA).isha
    assert prayers.resolve(DAY, "isha", 30, cast.mataf) == isha + timedelta(minutes=30)
    assert prayers.resolve(DAY, "isha", -30) == isha - timedelta(minutes=30)
    prayers.enter(DAY, {Prayer.ISHA: time(19, 30)}, **acting)
    assert prayers.resolve(DAY, "isha", 30, cast.mataf) == makkah(DAY, 20, 0)


def test_a_night_from_isha_ends_before_the_next_days_fajr(cast):
    begin, end = prayers.span(DAY, *NIGHT, cast.mataf)
    assert begin == calculated(DAY, KAABA).isha + timedelta(minutes=30)
    assert end == calculated(NEXT, KAABA).fajr - timedelta(minutes=30)
    assert (begin, end) == (makkah(DAY, 19, 38), makkah(NEXT, 4, 47))


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 11, 30),
        date(2026, 12, 31),
        date(2028, 2, 29),
        date(2027, 2, 7),
        date(2027, 3, 8),
    ],
    ids=["a month's end", "a year's end", "a leap day", "before Ramadan", "Ramadan's last night"],
)
def test_the_night_crosses_every_kind_of_boundary(cast, day):
    begin, end = prayers.span(day, *NIGHT, cast.mataf)
    after = day + timedelta(days=1)
    assert begin == calculated(day, KAABA).isha + timedelta(minutes=30)
    assert end == calculated(after, KAABA).fajr - timedelta(minutes=30)


def test_one_end_may_be_said_by_the_clock(cast):
    assert prayers.span(DAY, time(22), Anchor("fajr", -30), cast.mataf) == (
        makkah(DAY, 22, 0),
        makkah(NEXT, 4, 47),
    )
    assert prayers.span(DAY, Anchor("isha", 30), time(23), cast.mataf)[1] == makkah(DAY, 23, 0)
    assert prayers.span(DAY, Anchor("isha", 30), time(1), cast.mataf)[1] == makkah(NEXT, 1, 0)
    assert prayers.span(DAY, time(16), time(20), cast.mataf) == (
        makkah(DAY, 16, 0),
        makkah(DAY, 20, 0),
    )


def test_a_start_long_after_isha_begins_after_midnight(cast):
    begin, end = prayers.span(DAY, Anchor("isha", 300), Anchor("fajr", -30), cast.mataf)
    assert begin == makkah(NEXT, 0, 8)
    assert end == makkah(NEXT, 4, 47)


ENDS = st.one_of(
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.builds(Anchor, st.sampled_from([one.value for one in Prayer]), st.integers(-720, 720)),
)


def test_a_start_before_fajr_may_lie_on_the_evening_before(cast):
    begin, end = prayers.span(NEXT, Anchor("fajr", -388), time(23, 59), cast.mataf)
    assert (begin, end) == (makkah(DAY, 22, 49), makkah(DAY, 23, 59))


@settings(max_examples=200, deadline=None)
@given(ENDS, ENDS, st.dates(date(2025, 1, 1), date(2035, 12, 31)))
def test_an_end_always_follows_its_start_by_no_more_than_a_day_and_a_bit(starts, ends, day):
    """Whatever both are said by; a day's prayers may lie an hour after the day before's."""

    class Somewhere:
        zone, latitude, longitude = "Asia/Riyadh", None, None

    begin, end = prayers.span(day, starts, ends, Somewhere)
    assert timedelta(0) < end - begin <= timedelta(days=1, hours=1)
