"""Limits that look after volunteers: examples of each, and laws that hold for all of them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.days import local_day
from checkin.domain.welfare import (
    LEAST_REST_MINUTES,
    MINORS_MOST_MINUTES_A_DAY,
    MOST_MINUTES_A_DAY,
    SAME_DAY_WITHIN,
    Course,
    Limit,
    Served,
    findings,
)

DAY = datetime(2026, 11, 21, 21, tzinfo=UTC)
"""Midnight in Makkah, where Sunday 22 November begins."""
LATER = DAY + timedelta(days=30)


def at(hour: float) -> datetime:
    """That hour of the Sunday, on the clock in Makkah; below 0 and from 24 on other days."""
    return DAY + timedelta(hours=hour)


def served(*hours: tuple[float, float], number: int = 1, kind: int | None = 7, **facts) -> Served:
    spans = tuple((at(begin), at(end)) for begin, end in hours)
    facts.setdefault("work_on", local_day(spans[0][0]))
    return Served(number, spans=spans, kind=kind, **facts)


def limits(one, *others, now=LATER, course=None) -> list[Limit]:
    return [found.limit for found in findings(one, others, now, course)]


def only(one, *others, now=LATER, course=None):
    (found,) = findings(one, others, now, course)
    return found


# --- a day's hours -------------------------------------------------------------------------


@pytest.mark.parametrize(("ends", "told"), [(18, []), (18.01, []), (18.02, [Limit.LONG_DAY])])
def test_ten_hours_a_day_are_enough_and_a_minute_more_is_told(ends, told):
    assert limits(served((8, ends))) == told


def test_two_shifts_of_one_day_are_added_and_the_second_one_is_told():
    morning, evening = served((5, 11)), served((16, 21), number=2)
    assert limits(morning, evening) == []
    found = only(evening, morning)
    assert (found.limit, found.minutes, found.most) == (Limit.LONG_DAY, 660, MOST_MINUTES_A_DAY)
    assert found.since == at(20)


def test_a_third_shift_after_a_long_day_is_told_from_its_start():
    found = only(served((20, 22), number=3), served((4, 10)), served((12, 17), number=2))
    assert (found.since, found.minutes) == (at(20), 780)


def test_a_night_goes_on_after_midnight():
    before, after = served((17, 24)), served((25, 29), number=2)
    assert only(after, before).minutes == 660
    assert limits(before, after) == []


def test_times_away_are_rest_and_what_overlaps_counts_once():
    assert limits(served((4, 9), (14, 19))) == []
    assert limits(served((4, 12)), served((8, 14), number=2)) == []


def test_what_still_runs_is_foreseen_until_it_happens():
    one = served((6, 18))
    ahead, now = only(one, now=at(10)), only(one, now=at(17))
    assert (ahead.since, ahead.minutes) == (at(16), 720)
    assert (now.since, now.minutes) == (at(16), 660)


def test_nobody_under_eighteen_serves_more_than_six_hours():
    found = only(served((8, 15), is_minor=True))
    assert (found.limit, found.most) == (Limit.LONG_DAY, MINORS_MOST_MINUTES_A_DAY)
    assert limits(served((8, 14), is_minor=True)) == []


def test_a_course_tires_nobody():
    course = served((4, 12), number=2, kind=None)
    assert limits(served((13, 18)), course) == []
    assert limits(course, served((13, 23))) == []


# --- rest ----------------------------------------------------------------------------------


def test_less_than_eight_hours_between_two_days_is_told():
    night = served((18, 23.5))
    found = only(served((31, 35), number=2), night)
    assert (found.limit, found.since) == (Limit.LITTLE_REST, at(31))
    assert (found.minutes, found.most) == (450, LEAST_REST_MINUTES)
    assert limits(served((31.5, 35), number=2), night) == []


def test_only_the_first_service_after_the_break_is_told():
    night, early = served((18, 26)), served((31, 33), number=2)
    assert limits(early, night) == [Limit.LITTLE_REST]
    assert limits(served((36, 38), number=3), night, early) == []


def test_two_shifts_of_one_day_need_no_night_between_them():
    assert limits(served((12, 15), number=2), served((5, 9))) == []
    # the second half of one night, taken over at once
    assert limits(served((26, 30), number=2), served((22, 26))) == []


# --- heavy work ----------------------------------------------------------------------------


def test_heavy_work_has_a_limit_of_its_own():
    push = {"kind": 3, "longest_minutes": 240}
    first, second = served((6, 9), **push), served((13, 15), number=2, **push)
    found = only(second, first)
    assert (found.limit, found.since) == (Limit.HEAVY_TOO_LONG, at(14))
    assert (found.minutes, found.most) == (300, 240)
    assert limits(first, second) == []
    assert limits(second, served((6, 9), kind=4)) == []


# --- under eighteen ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "since"),
    [
        ((18, 22), None),
        ((18, 22.5), 22),
        ((23, 24), 23),
        ((3, 5), 3),
        ((5.5, 8), 5.5),
        ((6, 8), None),
        ((20, 31), 22),
        ((22, 22), None),
    ],
)
def test_from_ten_at_night_until_six_is_late_for_minors(hours, since):
    told = findings(served(hours, is_minor=True), [], LATER)
    late = [found.since for found in told if found.limit is Limit.MINOR_AT_NIGHT]
    assert late == ([] if since is None else [at(since)])
    assert Limit.MINOR_AT_NIGHT not in limits(served(hours))


def test_a_minors_course_at_night_is_told_as_well():
    assert limits(served((20, 23), kind=None, is_minor=True)) == [Limit.MINOR_AT_NIGHT]


# --- courses -------------------------------------------------------------------------------

SUNDAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("course", "told"),
    [
        (None, []),
        (Course(None, None), [Limit.COURSE_MISSING]),
        (Course(30, None), [Limit.COURSE_MISSING]),
        (Course(None, date(2020, 1, 1)), []),
        (Course(30, date(2026, 10, 23)), []),
        (Course(30, date(2026, 10, 22)), [Limit.COURSE_EXPIRED]),
        (Course(1, SUNDAY), []),
    ],
)
def test_a_course_is_good_until_its_last_day_that_day_included(course, told):
    assert limits(served((8, 10)), course=course) == told


# --- laws ----------------------------------------------------------------------------------

minutes = st.integers(0, 3 * 24 * 60)
lengths = st.integers(1, 14 * 60)


@st.composite
def presences(draw, number: int = 1) -> Served:
    begin = draw(minutes)
    spans = []
    for length, away in draw(st.lists(st.tuples(lengths, st.integers(0, 120)), max_size=3)):
        spans.append((DAY + timedelta(minutes=begin), DAY + timedelta(minutes=begin + length)))
        begin += length + away
    first = spans[0][0] if spans else DAY
    return Served(
        number,
        work_on=local_day(first),
        spans=tuple(spans),
        kind=draw(st.sampled_from([None, 1, 2])),
        longest_minutes=draw(st.sampled_from([None, 60, 240])),
        is_minor=draw(st.booleans()),
    )


several = st.lists(presences(), max_size=5).map(
    lambda many: [replace(one, id=number) for number, one in enumerate(many, 2)]
)


@given(presences(), several, minutes, st.randoms(use_true_random=False))
def test_the_order_of_the_others_and_repeating_them_changes_nothing(one, others, now, chance):
    instant = DAY + timedelta(minutes=now)
    shuffled = [*others, one, *others]
    chance.shuffle(shuffled)
    once = {other.id: other for other in shuffled}.values()
    assert findings(one, once, instant) == findings(one, others, instant)


@given(presences(), several)
def test_a_limit_is_passed_while_somebody_is_there(one, others):
    for found in findings(one, others, LATER):
        assert one.begins_at <= found.since < one.ends_at
        if found.limit in (Limit.LONG_DAY, Limit.HEAVY_TOO_LONG):
            assert found.minutes > found.most
        if found.limit is Limit.LITTLE_REST:
            assert 0 <= found.minutes < found.most


@given(presences(), several)
def test_what_comes_after_never_speaks_against_what_was_before(one, others):
    if not one.spans:
        return
    earlier = [other for other in others if other.spans and other.begins_at < one.ends_at]
    assert limits(one, *others) == limits(one, *earlier)


@given(presences(), several, minutes)
def test_a_stint_cut_in_two_is_the_same_presence(one, others, cut):
    instant = DAY + timedelta(minutes=cut)
    pieces = [
        piece
        for begin, end in one.spans
        for piece in (
            [(begin, instant), (instant, end)] if begin < instant < end else [(begin, end)]
        )
    ]
    again = replace(one, spans=tuple(pieces))
    assert findings(again, others, LATER) == findings(one, others, LATER)


@given(presences())
def test_a_short_day_alone_is_nobodys_concern(one):
    short = one.spans and (one.ends_at - one.begins_at) <= timedelta(minutes=60)
    if short and not one.is_minor:
        assert limits(one) == []


@given(presences(), st.integers(0, 48 * 60))
def test_rest_is_asked_for_between_days_and_not_within_one(one, pause):
    if not one.spans or one.kind is None:
        return
    begin = one.ends_at + timedelta(minutes=pause)
    after = Served(9, local_day(begin), ((begin, begin + timedelta(minutes=30)),), kind=one.kind)
    goes_on = timedelta(minutes=pause) <= SAME_DAY_WITHIN or after.work_on == one.work_on
    rested = pause >= LEAST_REST_MINUTES
    assert (Limit.LITTLE_REST in limits(after, one)) is (not goes_on and not rested)
