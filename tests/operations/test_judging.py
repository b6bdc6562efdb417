"""Reasons for a second look that the database knows: each with the case that just misses it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from checkin.database import db
from checkin.domain.clocks import DeviceClock
from checkin.domain.evidence import Evidence, Flag, needs_review
from checkin.domain.fold import Kind
from checkin.models import Attendance, Display, Scan, Shift
from checkin.operations import devices
from checkin.operations.attendance import Reading, record_scan
from checkin.operations.attendance.judging import BURST_PEOPLE
from tests import factories
from tests.factories import alter, check_in, check_out

MINUTES = timedelta(minutes=1)
HOURS = timedelta(hours=1)
DAY = timedelta(days=1)
POINT = {"latitude": 21.42249, "longitude": 39.82619}


def flags_of(answer) -> set[Flag]:
    """What the attendance of a scan carries."""
    found = db.session.get_one(Attendance, answer.attendance_id, populate_existing=True)
    return {Flag(flag) for flag in found.flags}


def phone_of(person, browser: str, since) -> int:
    """A phone that remembers this person."""
    device_id, _cookie = devices.remember(person.id, "phone", "iPhone", lifetime=DAY, now=since)
    devices.name_browser(device_id, browser)
    return device_id


@pytest.fixture
def hind(cast, now):
    """Expected at the cast's shift too."""
    hind = factories.person(now, "هند علي الغامدي")
    factories.assign(now, hind, cast.shift)
    return hind


# --- phones --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("earlier", "browser", "shared"),
    [
        (2 * HOURS, "one", True),
        (12 * HOURS, "one", True),
        (12 * HOURS + MINUTES, "one", False),
        (2 * HOURS, "another", False),
    ],
)
def test_one_phone_for_two_volunteers_on_a_day(cast, hind, now, earlier, browser, shared):
    early = factories.shift(now, cast.mataf, starts=-15 * 60, minutes=14 * 60)
    factories.assign(now, hind, early)
    hers = phone_of(hind, "one", now - 3 * DAY)
    check_in(hind, cast.poster, now - earlier, device_id=hers)
    mine = phone_of(cast.noura, browser, now - 2 * DAY)
    flags = flags_of(check_in(cast.noura, cast.poster, now, device_id=mine))
    assert (Flag.SHARED_DEVICE in flags) is shared
    assert Flag.FAMILY_PHONE not in flags


def test_a_family_phone_is_noted_and_holds_nothing_back(cast, hind, now):
    alter(hind, mobile=cast.noura.mobile)
    check_in(hind, cast.poster, now, device_id=phone_of(hind, "one", now - 3 * DAY))
    mine = phone_of(cast.noura, "one", now - 3 * DAY)
    flags = flags_of(check_in(cast.noura, cast.poster, now, device_id=mine))
    assert Flag.FAMILY_PHONE in flags
    assert Flag.SHARED_DEVICE not in flags
    assert Flag.FAMILY_PHONE not in needs_review(flags)


def test_ones_own_second_browser_is_no_second_person(cast, now):
    first, second = (phone_of(cast.noura, "one", now - n * DAY) for n in (2, 3))
    check_in(cast.noura, cast.poster, now - HOURS, device_id=first)
    check_out(cast.noura, cast.shift, now - MINUTES, device_id=first)
    flags = flags_of(check_in(cast.noura, cast.poster, now, device_id=second))
    assert not flags & {Flag.SHARED_DEVICE, Flag.FAMILY_PHONE}


@pytest.mark.parametrize(("age", "is_new"), [(23 * HOURS, True), (DAY, False)])
def test_a_phone_is_new_for_a_day_and_that_is_only_a_note(cast, now, age, is_new):
    phone = phone_of(cast.noura, "one", now - age)
    flags = flags_of(check_in(cast.noura, cast.poster, now, device_id=phone))
    assert (Flag.NEW_DEVICE in flags) is is_new
    assert Flag.NEW_DEVICE not in needs_review(flags)


@pytest.mark.parametrize(
    ("age", "evidence"), [(HOURS, Evidence.TYPED), (2 * DAY, Evidence.LIVE), (None, Evidence.LIVE)]
)
def test_a_screens_code_proves_less_on_a_new_phone(cast, now, age, evidence):
    shown = factories.keep(Display(site_id=cast.mataf.id, number="AAAAAA", name="", created_at=now))
    phone = None if age is None else phone_of(cast.noura, "one", now - age)
    answer = by_display(cast.noura, shown, now, evidence=Evidence.LIVE, device_id=phone)
    attendance = db.session.get_one(Attendance, answer.attendance_id)
    assert attendance.evidence == evidence
    assert (Flag.NEW_DEVICE in attendance.flags) is (evidence is Evidence.TYPED)


# --- crowds --------------------------------------------------------------------------------


def arrivals(cast, now, spread: timedelta) -> list[set[Flag]]:
    """Many people at one poster, evenly over a while."""
    found = []
    for number in range(BURST_PEOPLE + 1):
        person = factories.person(now, f"متطوع {number}")
        factories.assign(now, person, cast.shift)
        answer = check_in(person, cast.poster, now + spread * number / BURST_PEOPLE)
        found.append(flags_of(answer))
    return found


def test_the_eighth_within_ten_seconds_makes_a_burst(cast, now):
    found = [Flag.BURST in flags for flags in arrivals(cast, now, timedelta(seconds=8))]
    assert found == [False] * (BURST_PEOPLE - 1) + [True, True]
    assert needs_review([Flag.BURST]) == []


def test_a_queue_is_no_burst(cast, now):
    assert not any(Flag.BURST in flags for flags in arrivals(cast, now, timedelta(seconds=12)))


def test_one_person_again_and_again_is_no_burst(cast, now):
    for second in range(BURST_PEOPLE + 2):
        answer = check_in(cast.noura, cast.poster, now + timedelta(seconds=second))
    assert Flag.BURST not in flags_of(answer)


def test_phones_that_all_send_at_last_are_no_burst(cast, now):
    for number in range(BURST_PEOPLE + 1):
        person = factories.person(now, f"متطوع {number}")
        factories.assign(now, person, cast.shift)
        clock = DeviceClock(now - 5 * MINUTES, sent_at=now)
        answer = check_in(person, cast.poster, now, clock=clock)
    assert Flag.BURST not in flags_of(answer)
    assert Flag.OFFLINE in flags_of(answer)


# --- places --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("distance", "accuracy", "flag"),
    [
        (74, 30, None),  # kept as 50
        (350, 50, None),
        (400, 50, Flag.FAR_AWAY),
        (None, None, Flag.LOCATION_DENIED),
    ],
)
def test_a_site_on_the_map_asks_how_far_the_phone_is(cast, now, distance, accuracy, flag):
    alter(cast.mataf, **POINT, radius_m=300)
    answer = check_in(cast.noura, cast.poster, now, distance_m=distance, accuracy_m=accuracy)
    found = flags_of(answer) & {Flag.FAR_AWAY, Flag.LOCATION_DENIED}
    assert found == ({flag} if flag else set())
    assert needs_review(found) == ([flag] if flag is Flag.FAR_AWAY else [])
    scan = db.session.scalar(db.select(Scan).where(Scan.volunteer_id == cast.noura.id))
    assert scan.distance_m == (50 if distance == 74 else distance)
    assert scan.accuracy_m == accuracy


def test_far_or_silent_nobody_is_refused(cast, hind, now):
    alter(cast.mataf, **POINT)
    for person, distance in ((cast.noura, 90_000), (hind, None)):
        assert check_in(person, cast.poster, now, distance_m=distance).verdict == "checked_in"


def test_a_site_off_the_map_asks_nothing(cast, now):
    assert flags_of(check_in(cast.noura, cast.poster, now, distance_m=90_000)) == {*(Flag.LATE_IN,)}


@pytest.mark.parametrize("mode", ["poster", "rotating"])
def test_a_site_that_trusts_its_display_looks_at_printed_codes(cast, hind, now, mode):
    alter(cast.mataf, code_mode=mode)
    printed = flags_of(check_in(cast.noura, cast.poster, now))
    shown = factories.keep(Display(site_id=cast.mataf.id, number="AAAAAA", name="", created_at=now))
    assert (Flag.PRINTED_CODE in printed) is (mode == "rotating")
    assert Flag.PRINTED_CODE not in flags_of(by_display(hind, shown, now))
    assert needs_review([Flag.PRINTED_CODE]) == [Flag.PRINTED_CODE]


def test_a_screens_code_says_where_the_phone_was(cast, now):
    alter(cast.mataf, **POINT)
    shown = factories.keep(Display(site_id=cast.mataf.id, number="AAAAAA", name="", created_at=now))
    answer = by_display(cast.noura, shown, now)
    assert Flag.LOCATION_DENIED not in flags_of(answer)


def by_display(who, shown, at, **values):
    window = int(at.timestamp()) // 30
    reading = Reading(
        *("d" * 36, Kind.IN, who.id),
        display_id=shown.id,
        window_no=window,
        carrier="rotating",
        **values,
    )
    return record_scan(reading, now=at)


# --- travel --------------------------------------------------------------------------------


@pytest.fixture
def far(cast, now):
    """Noura's next shift, at Arafat, 18 km away: nine minutes at 120 km/h."""
    alter(cast.mataf, **POINT)
    alter(cast.squares, latitude=21.35483, longitude=39.98399)
    there = factories.shift(now, cast.squares, starts=0, minutes=240)
    factories.assign(now, cast.noura, there)
    return factories.poster(now, cast.squares)


@pytest.mark.parametrize(("minutes", "soon"), [(8, True), (10, False)])
def test_two_sites_too_close_in_time(cast, far, now, minutes, soon):
    check_in(cast.noura, cast.poster, now - HOURS)
    check_out(cast.noura, cast.shift, now)
    flags = flags_of(check_in(cast.noura, far, now + minutes * MINUTES))
    assert (Flag.IMPOSSIBLE_TRAVEL in flags) is soon


def test_moving_by_the_app_is_not_travelling(cast, far, now):
    check_in(cast.noura, cast.poster, now - HOURS)
    answer = check_in(cast.noura, far, now, moves=True)
    assert answer.verdict == "checked_in"
    assert Flag.IMPOSSIBLE_TRAVEL not in flags_of(answer)


def test_a_scan_that_arrives_later_is_held_against_what_came_after_it(cast, far, now):
    there = check_in(cast.noura, far, now + 8 * MINUTES)
    check_out(cast.noura, db.session.get_one(Shift, there.shift_id), now + HOURS)
    assert Flag.IMPOSSIBLE_TRAVEL not in flags_of(there)
    clock = DeviceClock(now, sent_at=now + 2 * HOURS)
    check_in(cast.noura, cast.poster, now + 2 * HOURS, clock=clock)
    assert Flag.IMPOSSIBLE_TRAVEL in flags_of(there)


def test_a_late_scan_is_not_held_against_what_began_after_it(cast, far, now):
    there = check_in(cast.noura, far, now + HOURS)
    clock = DeviceClock(now, sent_at=now + 2 * HOURS)
    answer = check_in(cast.noura, cast.poster, now + 2 * HOURS, clock=clock)
    assert (answer.verdict, answer.shift_id) == ("checked_in", cast.shift.id)
    states = dict(db.session.execute(db.select(Attendance.shift_id, Attendance.state)).all())
    assert states == {cast.shift.id: "unclosed", there.shift_id: "open"}


def test_what_a_supervisor_states_is_no_travel(cast, far, now):
    check_in(cast.noura, cast.poster, now - HOURS)
    reading = Reading(
        *("m" * 36, Kind.OUT, cast.noura.id),
        shift_id=cast.shift.id,
        carrier="manual",
        evidence=Evidence.CLAIMED,
        entered_by_id=cast.salem.id,
        at=now,
    )
    record_scan(reading, now=now)
    assert Flag.IMPOSSIBLE_TRAVEL not in flags_of(check_in(cast.noura, far, now + MINUTES))


# --- what is kept --------------------------------------------------------------------------


def test_flags_are_kept_with_the_scan_once_each(cast, now):
    phone = phone_of(cast.noura, "one", now)
    reading = Reading("f" * 36, Kind.IN, cast.noura.id, poster_id=cast.poster.id, device_id=phone)
    record_scan(replace(reading, flags=(Flag.NEW_DEVICE,)), now=now)
    scan = db.session.scalar(db.select(Scan).where(Scan.volunteer_id == cast.noura.id))
    assert scan.flags == ["new_device"]
