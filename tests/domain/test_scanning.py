"""The scan decision table: every row, its borders, and that the first match wins."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.scanning import (
    Candidate,
    Code,
    OpenAttendance,
    Situation,
    Standing,
    Verdict,
    judge,
)

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
HERE, ELSEWHERE = 1, 2


def after(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def shift(starts: float = -60, ends: float = 180, *, opens=30, late=None, **values) -> Candidate:
    """A shift at this site, by minutes from now; rostered unless said otherwise."""
    values.setdefault("rostered", True)
    values.setdefault("site_id", HERE)
    return Candidate(
        shift_id=values.pop("shift_id", 7),
        starts_at=after(starts),
        ends_at=after(ends),
        opens_at=after(starts - opens),
        closes_at=after(ends if late is None else starts + late),
        **values,
    )


def open_here(minutes_ago: float, ends: float = 180, site_id: int = HERE) -> OpenAttendance:
    return OpenAttendance(7, site_id, after(-minutes_ago), after(ends))


def walk_in(**values) -> Candidate:
    values.setdefault("seats_left", 3)
    return shift(rostered=False, walk_ins=True, shift_id=9, **values)


def verdict(*candidates: Candidate, **values) -> Verdict:
    values.setdefault("code", Code.ACTIVE)
    values.setdefault("standing", Standing.GOOD)
    return judge(Situation(NOW, HERE, candidates=candidates, **values)).verdict


V = Verdict


@pytest.mark.parametrize(
    ("situation", "expected"),
    [
        # the code comes before everything: a withdrawn one must not look like a harmless second
        ({"code": Code.UNKNOWN, "open": open_here(5)}, V.UNKNOWN_CODE),
        ({"code": Code.REVOKED, "open": open_here(5)}, V.OLD_POSTER),
        ({"code": Code.REPLACED, "standing": None}, V.OLD_POSTER),
        ({"code": Code.EXPIRED, "standing": None}, V.EXPIRED),
        ({"code": Code.EXPIRED, "open": open_here(60)}, V.EXPIRED),
        # then the person
        ({"standing": None, "open": open_here(5)}, V.SIGN_IN),
        ({"standing": Standing.SUSPENDED, "open": open_here(5)}, V.CHECK_OUT),
        ({"standing": Standing.SUSPENDED, "open": open_here(5, site_id=ELSEWHERE)}, V.HELD),
        ({"standing": Standing.SUSPENDED, "open": open_here(240, ends=-60)}, V.HELD),
        ({"standing": Standing.NO_GUARDIAN}, V.HELD),
        # then what is open
        ({"open": open_here(0)}, V.ALREADY_IN),
        ({"open": open_here(9.99)}, V.ALREADY_IN),
        ({"open": open_here(10)}, V.CHECK_OUT),
        ({"open": open_here(240, ends=-59)}, V.CHECK_OUT),
        ({"open": open_here(240, ends=-60)}, V.FORGOTTEN),
        ({"open": open_here(5, site_id=ELSEWHERE)}, V.OPEN_ELSEWHERE),
        ({"open": open_here(240, ends=-60, site_id=ELSEWHERE)}, V.FORGOTTEN),
        ({"unsettled": True}, V.FORGOTTEN),
        # then the roster
        ({}, V.NO_SHIFT),
    ],
)
def test_code_person_and_open_attendance(situation, expected):
    candidates = [shift()] if situation else []
    assert verdict(*candidates, **situation) == expected


@pytest.mark.parametrize(
    ("candidates", "expected"),
    [
        ([shift()], V.CHECK_IN),
        ([shift(starts=30)], V.CHECK_IN),  # the window opens half an hour before
        ([shift(starts=30.01)], V.EARLY),
        ([shift(ends=0)], V.CHECK_IN),  # the last instant
        ([shift(ends=-0.01)], V.CLOSED),
        ([shift(late=60)], V.CHECK_IN),
        ([shift(late=59)], V.CLOSED),
        ([shift(cancelled=True)], V.SHIFT_CANCELLED),
        ([shift(cancelled=True), walk_in()], V.WALK_IN),
        ([shift(rostered=False)], V.NO_SHIFT),  # no walk-ins there
        ([walk_in()], V.WALK_IN),
        ([walk_in(seats_left=0)], V.FULL),
        ([walk_in(waiting=True, seats_left=0)], V.FULL),
        ([walk_in(starts=31)], V.NO_SHIFT),  # not open yet
        ([walk_in(cancelled=True)], V.NO_SHIFT),
        ([shift(site_id=ELSEWHERE)], V.OTHER_SITE),
        ([shift(site_id=ELSEWHERE), walk_in()], V.OTHER_SITE),
        ([shift(site_id=ELSEWHERE, starts=31)], V.NO_SHIFT),  # elsewhere, but not now
        ([shift(site_id=ELSEWHERE, starts=31), walk_in()], V.WALK_IN),
        ([shift(), shift(site_id=ELSEWHERE, shift_id=8)], V.CHECK_IN),  # here wins
        ([shift(starts=60), shift(site_id=ELSEWHERE, shift_id=8)], V.OTHER_SITE),
        ([shift(starts=-300, ends=-60), walk_in()], V.WALK_IN),  # this morning's is over
        ([shift(starts=-300, ends=-60), shift(starts=60, shift_id=8)], V.EARLY),
        ([shift(late=30), walk_in()], V.CLOSED),  # late at one's own shift is not a walk-in
    ],
)
def test_rows_of_the_roster(candidates, expected):
    assert verdict(*candidates) == expected


def test_of_two_shifts_in_window_the_one_that_has_begun():
    ending, coming = shift(-240, 10, shift_id=1), shift(10, 250, shift_id=2)
    judged = judge(Situation(NOW, HERE, Code.ACTIVE, Standing.GOOD, candidates=[coming, ending]))
    assert judged.shift is ending


def test_of_two_that_have_begun_the_later():
    one, two = shift(-240, 10, shift_id=1), shift(-5, 250, shift_id=2)
    judged = judge(Situation(NOW, HERE, Code.ACTIVE, Standing.GOOD, candidates=[one, two]))
    assert judged.shift is two


def test_a_shift_poster_means_that_shift_only():
    assert verdict(shift(shift_id=7), shift_id=7) is Verdict.CHECK_IN
    assert verdict(shift(shift_id=7), shift_id=8) is Verdict.NO_SHIFT


def test_moving_here_leads_to_the_shift_here():
    situation = Situation(
        *(NOW, HERE, Code.ACTIVE, Standing.GOOD),
        open=open_here(60, site_id=ELSEWHERE),
        candidates=[walk_in()],
    )
    judged = judge(situation)
    assert (judged.verdict, judged.shift) == (Verdict.OPEN_ELSEWHERE, situation.candidates[0])


def test_nowhere_to_move_when_nothing_is_on_here():
    situation = Situation(
        NOW, HERE, Code.ACTIVE, Standing.GOOD, open=open_here(60, site_id=ELSEWHERE)
    )
    assert judge(situation).shift is None


@pytest.mark.parametrize(
    ("ends", "following", "expected"),
    [
        (15, {"starts": 15, "ends": 255}, V.NEXT_SHIFT),
        (15.01, {"starts": 15.01, "ends": 255}, V.CHECK_OUT),  # not over yet
        (-59, {"starts": 0, "ends": 240}, V.NEXT_SHIFT),
        (0, {"starts": 31, "ends": 240}, V.CHECK_OUT),  # its check-in is not open yet
        (0, {"starts": -60, "ends": 240}, V.NEXT_SHIFT),  # they overlap
        (0, {"starts": -60, "ends": 240, "late": 30}, V.CHECK_OUT),  # its check-in is closed
        (0, {"starts": -240, "ends": 0}, V.CHECK_OUT),  # not after the one that runs
        (0, {"starts": 0, "ends": 240, "rostered": False, "walk_ins": True}, V.CHECK_OUT),
        (0, {"starts": 0, "ends": 240, "cancelled": True}, V.CHECK_OUT),
        (0, {"starts": 0, "ends": 240, "site_id": ELSEWHERE}, V.CHECK_OUT),
        (0, {"starts": 0, "ends": 240, "shift_id": 7}, V.CHECK_OUT),  # the same one
    ],
)
def test_back_to_back_offers_the_next_shift(ends, following, expected):
    running, following = open_here(200, ends=ends), shift(**{"shift_id": 8, **following})
    judged = judge(
        Situation(NOW, HERE, Code.ACTIVE, Standing.GOOD, open=running, candidates=[following])
    )
    assert judged.verdict is expected
    assert judged.shift is (following if expected is V.NEXT_SHIFT else None)


def test_back_to_back_by_a_shift_poster_means_that_shift_only():
    after = [shift(0, 240, shift_id=8), shift(5, 245, shift_id=9)]
    for shift_id, expected in ((9, V.NEXT_SHIFT), (7, V.CHECK_OUT)):
        found = verdict(*after, open=open_here(200, ends=0), shift_id=shift_id)
        assert found is expected


def test_somebody_just_checked_in_is_not_asked_about_the_next_shift():
    assert verdict(shift(0, 240, shift_id=8), open=open_here(9, ends=0)) is V.ALREADY_IN


minutes = st.integers(-600, 600)
candidates = st.lists(
    st.builds(
        lambda a, length, site, number, rostered, ins, seats, cancelled: shift(
            *(a, a + length),
            site_id=site,
            shift_id=number,
            rostered=rostered,
            walk_ins=ins,
            seats_left=seats,
            cancelled=cancelled,
        ),
        *(minutes, st.integers(1, 600), st.sampled_from([HERE, ELSEWHERE]), st.integers(1, 9)),
        *(st.booleans(), st.booleans(), st.integers(0, 2), st.booleans()),
    ),
    max_size=5,
)


@given(candidates, st.randoms())
def test_the_order_of_shifts_does_not_matter(found, random):
    shuffled = found.copy()
    random.shuffle(shuffled)
    assert verdict(*found) == verdict(*shuffled)


@given(candidates)
def test_whatever_is_on_there_is_an_answer(found):
    judged = judge(Situation(NOW, HERE, Code.ACTIVE, Standing.GOOD, candidates=found))
    if judged.verdict in (Verdict.CHECK_IN, Verdict.WALK_IN):
        assert judged.shift is not None
        assert judged.shift.site_id == HERE
        assert judged.shift.opens_at <= NOW <= judged.shift.closes_at
        assert not judged.shift.cancelled
