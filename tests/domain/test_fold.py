"""The fold: tables of what happened and what it means, and the laws it never breaks."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checkin.domain.evidence import Evidence, Flag
from checkin.domain.fold import Kind, ScanFact, ShiftFact, State, fold
from checkin.domain.hours import AUTO_CLOSE_AFTER, overlap
from checkin.domain.places import Place

DAY = datetime(2026, 11, 21, 21, 0, tzinfo=UTC)
"""Midnight in Makkah, so that 08:00 in a table is eight in the morning there."""


def at(text: str) -> datetime:
    hours, minutes = (int(part) for part in text.split(":"))
    return DAY + timedelta(hours=hours, minutes=minutes)


SHIFTS = {
    "A": ShiftFact(1, at("08:00"), at("12:00")),
    "B": ShiftFact(2, at("12:00"), at("16:00")),  # back to back with A
    "C": ShiftFact(3, at("10:00"), at("14:00")),  # at the same time as A
    "N": ShiftFact(4, at("22:00"), at("26:00")),  # over midnight
    "L": ShiftFact(5, at("18:00"), at("31:00")),  # the whole night
    "T": ShiftFact(6, at("32:00"), at("36:00")),  # tomorrow morning
}


SALEM = 9


def undoing(uid: str, target: ScanFact, said: datetime, by: int | None = None) -> ScanFact:
    kept = (uid, Kind.UNDO, target.shift_id, target.at, said)
    return ScanFact(*kept, undoes=target.uid, entered_by=by)


def scans(text: str) -> list[ScanFact]:
    """'A+08:00 A-12:00=25': into A at eight, out at twelve with 25 served; `A?` forgot; `!1`
    takes back the scan written first, and `x1` is a supervisor striking it out."""
    facts: list[ScanFact] = []
    for number, word in enumerate(text.split(), start=1):
        if word[0] in "!x":
            target = facts[int(word[1:].split("@")[0]) - 1]
            said = at(word.split("@")[1]) if "@" in word else target.received_at
            facts.append(undoing(f"u{number}", target, said, SALEM if word[0] == "x" else None))
            continue
        shift = SHIFTS[word[0]]
        if word[1:] == "?":
            facts.append(
                ScanFact(f"u{number}", Kind.FORGOT, shift.id, shift.ends_at, shift.ends_at)
            )
            continue
        kind = {"+": Kind.IN, "-": Kind.OUT, "~": Kind.OUT}[word[1]]
        when, _, count = word[2:].partition("=")
        evidence = Evidence.CLAIMED if word[1] == "~" else Evidence.POSTER
        served = int(count) if count else None
        facts.append(ScanFact(f"u{number}", kind, shift.id, at(when), at(when), evidence, served))
    return facts


def folded(text: str, now: str = "40:00"):
    """Attendances by the shift's letter."""
    letters = {shift.id: letter for letter, shift in SHIFTS.items()}
    facts = {shift.id: shift for shift in SHIFTS.values()}
    found = fold(scans(text), facts, at(now))
    return {letters[shift_id]: one for shift_id, one in found.items()}


def told(text: str, now: str = "40:00") -> dict[str, str]:
    """A short line for each attendance: state and minutes."""
    return {
        letter: f"{one.state} {one.credited_minutes}" for letter, one in folded(text, now).items()
    }


@pytest.mark.parametrize(
    ("happened", "now", "means"),
    [
        ("A+08:00", "09:00", {"A": "open None"}),
        ("A+08:00 A-12:00", "13:00", {"A": "closed 240"}),
        ("A+08:00 A-12:00 A+08:05", "13:00", {"A": "closed 240"}),  # an echo
        ("A+08:00 A+08:01", "09:00", {"A": "open None"}),  # double tap
        ("A+08:00 A-10:00 A+10:20 A-12:00", "13:00", {"A": "closed 220"}),  # out to pray
        ("A+08:00 A-10:00 A+10:20", "11:00", {"A": "open None"}),
        ("A+08:00 A-08:00", "09:00", {"A": "closed 0"}),
        ("A+08:00 A-08:01", "09:00", {"A": "closed 1"}),
        ("A+07:45 A-12:50", "13:00", {"A": "closed 240"}),  # early and late do not count
        # forgotten: nothing counts until somebody settles it
        ("A+08:00", "12:59", {"A": "open None"}),
        ("A+08:00", "13:00", {"A": "unclosed None"}),
        ("A+08:00 A-13:00", "14:00", {"A": "closed 240"}),  # the last minute that closes
        ("A+08:00 A-13:01", "14:00", {"A": "unclosed None"}),
        ("A+08:00 A~12:00", "40:00", {"A": "closed 240"}),  # said so afterwards
        # nobody is in two places
        ("A+08:00 C+10:00 C-14:00", "15:00", {"A": "unclosed None", "C": "closed 240"}),
        ("A+08:00 A-10:00 C+10:00 C-14:00", "15:00", {"A": "closed 120", "C": "closed 240"}),
        ("A+08:00 B+12:00 A-12:00 B-16:00", "17:00", {"A": "closed 240", "B": "closed 240"}),
        ("A+08:00 A-11:58 B+11:58 B-16:00", "17:00", {"A": "closed 238", "B": "closed 240"}),
        # a night shift is not cut at midnight
        ("N+22:00 N-26:00", "27:00", {"N": "closed 240"}),
        ("N+22:00", "25:00", {"N": "open None"}),
        ("N+22:00 N-24:00", "25:00", {"N": "closed 120"}),  # out exactly at midnight
        ("L+18:00 L-31:00", "32:00", {"L": "closed 780"}),
        # tomorrow's arrival is not yesterday's check-out
        ("N+22:00 T+32:00", "33:00", {"N": "unclosed None", "T": "open None"}),
        # undo
        ("A+08:00 !1", "09:00", {"A": "cancelled None"}),
        ("A+08:00 A-09:00 !2", "09:30", {"A": "open None"}),
        ("A+08:00 A-09:00 !2@09:10", "09:30", {"A": "open None"}),
        ("A+08:00 A-09:00 !2@09:11", "09:30", {"A": "closed 60"}),  # too late
        ("A+08:00 !1 A+08:30 A-12:00", "13:00", {"A": "closed 210"}),
        # a supervisor corrects: at any time, and what was struck out is as if it never was
        ("A+08:00 x1@20:00", "21:00", {"A": "cancelled None"}),
        ("A+08:00 A-12:00 A+09:00 x1@39:00", "40:00", {"A": "closed 180"}),  # came later
        ("A+08:00 A-12:00 A-11:00 x2@39:00", "40:00", {"A": "closed 180"}),  # left earlier
        ("A+08:00 A-09:00 x2@11:00", "11:30", {"A": "open None"}),  # never left
        ("A+08:00 A-10:00 A+10:20 A-12:00 x2@30:00 x3@30:00", "40:00", {"A": "closed 240"}),
        ("A+08:00 A-12:00 C+10:00 x3@30:00", "40:00", {"A": "closed 240", "C": "cancelled None"}),
    ],
)
def test_what_happened_means(happened, now, means):
    assert told(happened, now) == means


def test_an_out_without_an_in_waits_for_it():
    assert told("A-12:00") == {"A": "cancelled None"}
    assert told("A-12:00 A+08:00") == {"A": "closed 240"}


def test_a_forgotten_check_out_proposes_the_planned_end():
    one = folded("A+08:10")["A"]
    assert (one.proposed_out_at, one.proposed_minutes) == (at("12:00"), 230)
    assert Flag.NO_CHECK_OUT in one.flags


def test_a_check_in_elsewhere_is_better_evidence_than_the_planned_end():
    one = folded("A+08:00 C+10:30")["A"]
    assert (one.proposed_out_at, one.proposed_minutes) == (at("10:30"), 150)


def test_i_do_not_remember_is_kept_until_there_is_an_end():
    assert Flag.END_UNKNOWN in folded("A+08:00 A?")["A"].flags
    assert Flag.END_UNKNOWN not in folded("A+08:00 A? A~12:00")["A"].flags


@pytest.mark.parametrize(
    ("happened", "served"),
    [
        ("A+08:00 A-12:00", None),  # blank is not zero
        ("A+08:00 A-12:00=0", 0),
        ("A+08:00 A-10:00=10 A+10:20 A-12:00=15", 25),  # each stint says its own
        ("A+08:00 A-10:00=10 A+10:20 A-12:00", 10),
        ("A+08:00 A-12:00=20 A-12:01=25", 25),  # said again, not added
    ],
)
def test_beneficiaries(happened, served):
    assert folded(happened)["A"].beneficiaries == served


@pytest.mark.parametrize(
    ("happened", "flags"),
    [
        ("A+08:00 A-12:00", set()),
        ("A+07:40 A-12:00", {Flag.EARLY_IN}),
        ("A+07:45 A-12:00", set()),  # within a quarter of an hour
        ("A+08:16 A-12:00", {Flag.LATE_IN, Flag.SHORTER}),
        ("A+08:00 A-11:44", {Flag.SHORTER}),
        ("A+08:00 A-12:16", {Flag.LONGER}),
        ("A+08:00 A-09:00 A-12:00", {Flag.OUT_TWICE}),
        ("A+08:00 A~12:00", {Flag.END_CLAIMED}),
        ("A+12:10 A-12:30", {Flag.LATE_IN, Flag.SHORTER, Flag.NO_MINUTES, Flag.LONGER}),
    ],
)
def test_flags(happened, flags):
    assert set(folded(happened)["A"].flags) == flags


def test_an_attendance_is_as_strong_as_its_weakest_scan():
    assert folded("A+08:00 A-12:00")["A"].evidence is Evidence.POSTER
    assert folded("A+08:00 A~12:00")["A"].evidence is Evidence.CLAIMED


def test_time_already_decided_elsewhere_is_flagged():
    decided = [(at("09:00"), at("11:00"))]
    facts = {SHIFTS["A"].id: SHIFTS["A"]}
    one = fold(scans("A+08:00 A-12:00"), facts, at("13:00"), decided)[1]
    assert Flag.OVERLAP in one.flags
    other = fold(scans("A+11:00 A-12:00"), facts, at("13:00"), decided)[1]
    assert Flag.OVERLAP not in other.flags


# --- laws ----------------------------------------------------------------------------------

ids = st.integers(1, 6)
moments = st.integers(0, 36 * 60).map(lambda minute: DAY + timedelta(minutes=minute))


@st.composite
def histories(draw: st.DrawFn) -> list[ScanFact]:
    """Up to a dozen scans of one volunteer over a day and a half, some taken back."""
    facts: list[ScanFact] = []
    for number in range(draw(st.integers(0, 12))):
        undoable = [fact for fact in facts if fact.kind in (Kind.IN, Kind.OUT)]
        kind = draw(st.sampled_from([Kind.IN, Kind.IN, Kind.OUT, Kind.OUT, Kind.FORGOT, Kind.UNDO]))
        uid = f"{draw(st.integers(0, 99)):02d}-{number}"
        if kind is Kind.UNDO and undoable:
            target = draw(st.sampled_from(undoable))
            late = timedelta(minutes=draw(st.integers(0, 20)))
            by = draw(st.none() | st.just(SALEM))
            if by is not None:
                late = timedelta(minutes=draw(st.integers(0, 3000)))
            facts.append(undoing(uid, target, target.received_at + late, by))
        elif kind is not Kind.UNDO:
            moment = draw(moments)
            served = draw(st.none() | st.integers(0, 50)) if kind is Kind.OUT else None
            level = draw(st.sampled_from(Evidence))
            place = draw(st.none() | st.builds(Place, st.integers(1, 2)))
            facts.append(ScanFact(uid, kind, draw(ids), moment, moment, level, served, place=place))
    return facts


FACTS = {shift.id: shift for shift in SHIFTS.values()}


@pytest.mark.measured_elsewhere
@settings(max_examples=2000, deadline=None)
@given(histories(), moments, st.data())
def test_order_repetition_and_batches_change_nothing(history, now, data):
    expected = fold(history, FACTS, now)
    shuffled = data.draw(st.permutations(history))
    repeated = shuffled + (data.draw(st.lists(st.sampled_from(history))) if history else [])
    assert fold(repeated, FACTS, now) == expected


@settings(max_examples=500, deadline=None)
@given(histories(), moments)
def test_at_most_one_is_open_and_no_minute_counts_twice(history, now):
    found = list(fold(history, FACTS, now).values())
    assert sum(one.state is State.OPEN for one in found) <= 1
    for number, one in enumerate(found):
        assert not any(overlap(one.proved, other.proved) for other in found[number + 1 :])


@pytest.mark.measured_elsewhere
@settings(max_examples=500, deadline=None)
@given(histories(), moments)
def test_credit_needs_both_ends_and_stays_inside_the_shift(history, now):
    for shift_id, one in fold(history, FACTS, now).items():
        shift = FACTS[shift_id]
        length = (shift.ends_at - shift.starts_at).total_seconds() / 60
        if one.state is State.CLOSED:
            assert one.credited_minutes is not None
            assert 0 <= one.credited_minutes <= length
        else:
            assert one.credited_minutes is None
        if one.out_at is not None:
            assert one.in_at is not None
            assert one.in_at <= one.out_at <= shift.ends_at + AUTO_CLOSE_AFTER


@settings(max_examples=500, deadline=None)
@given(histories(), st.integers(0, 5000), st.data())
def test_what_a_supervisor_strikes_out_is_as_if_it_never_was(history, minutes, data):
    acts = [fact for fact in history if fact.kind in (Kind.IN, Kind.OUT)]
    if not acts:
        return
    target = data.draw(st.sampled_from(acts))
    struck = undoing("struck", target, target.received_at + timedelta(minutes=minutes), SALEM)
    found = fold([*history, struck], FACTS, at("99:00"))
    without = fold([fact for fact in history if fact != target], FACTS, at("99:00"))
    assert without.items() <= found.items()
    assert {found[one].state for one in found.keys() - without.keys()} <= {State.CANCELLED}


@settings(max_examples=300, deadline=None)
@given(histories())
def test_asking_again_later_only_closes_what_was_open(history):
    early, late = fold(history, FACTS, at("36:00")), fold(history, FACTS, at("99:00"))
    for shift_id, one in early.items():
        if one.state is not State.OPEN:
            assert late[shift_id] == one


# --- reasons for a second look -------------------------------------------------------------

GATE, COURT = Place(1), Place(2)


def placed(text: str, *places: Place | None, flags: tuple[Flag, ...] = ()) -> list[ScanFact]:
    """The scans of a table's row, each read at a place."""
    found = zip(scans(text), places, strict=True)
    return [replace(scan, place=place, flags=flags) for scan, place in found]


def flags_of(facts: list[ScanFact], letter: str, now: str = "40:00", **shift) -> list[Flag]:
    shifts = {one.id: one for one in SHIFTS.values()}
    shifts[SHIFTS[letter].id] = replace(SHIFTS[letter], **shift)
    return list(fold(facts, shifts, at(now))[SHIFTS[letter].id].flags)


@pytest.mark.parametrize(
    ("happened", "places", "first", "second"),
    [
        ("A+08:00 A-11:59 B+12:00", (GATE, GATE, COURT), False, True),
        ("A+08:00 A-11:58 B+12:00", (GATE, GATE, COURT), False, False),
        ("A+08:00 A-11:59 B+12:00", (GATE, GATE, GATE), False, False),
        ("A+08:00 A-11:59 B+12:00", (GATE, None, COURT), False, False),  # moved: no code read
        ("A+08:00 B+08:01", (GATE, COURT), False, True),
        ("A+08:00 B+08:00", (GATE, COURT), True, True),
        ("A+08:00 B+11:00 A-11:01", (GATE, COURT, GATE), False, False),  # an orphan proves nothing
    ],
)
def test_two_sites_too_close_in_time_flag_the_later(happened, places, first, second):
    facts = placed(happened, *places)
    assert (Flag.IMPOSSIBLE_TRAVEL in flags_of(facts, "A")) is first
    assert (Flag.IMPOSSIBLE_TRAVEL in flags_of(facts, "B")) is second


def test_a_scan_taken_back_was_nowhere():
    facts = placed("A+08:00 !1 B+08:01", GATE, None, COURT)
    assert Flag.IMPOSSIBLE_TRAVEL not in flags_of(facts, "B")


def test_the_flags_of_scans_an_attendance_does_not_rest_on_are_not_its_own():
    facts = scans("A+08:00 A-11:00 A-12:00")
    facts[1] = replace(facts[1], flags=(Flag.OFFLINE,))
    assert Flag.OFFLINE not in flags_of(facts, "A")
    facts[2] = replace(facts[2], flags=(Flag.OFFLINE, Flag.NEW_DEVICE))
    assert {Flag.OFFLINE, Flag.NEW_DEVICE} <= set(flags_of(facts, "A"))


@pytest.mark.parametrize(
    ("happened", "letter", "is_long"),
    [
        ("A+06:00 A-12:00", "A", False),  # two hours over the plan
        ("A+05:59 A-12:00", "A", True),
        ("L+18:00 L-30:00", "L", False),  # twelve in all
        ("L+18:00 L-30:01", "L", True),
        ("A+05:00", "A", False),  # no end, no length
    ],
)
def test_a_very_long_presence_is_flagged(happened, letter, is_long):
    assert (Flag.LONG in flags_of(scans(happened), letter)) is is_long


@pytest.mark.parametrize(
    ("happened", "relieved", "end", "minutes"),
    [
        ("A+08:00", "11:50", "11:50", 230),
        ("A+08:00", "12:20", "12:20", 240),  # waited for the successor; only the plan counts
        ("A+08:00", "11:44", "12:00", 240),  # too early to say anything
        ("A+08:00", "13:00", "12:00", 240),  # too late
        ("A+11:55", "11:50", "12:00", 5),  # came after
        ("A+08:00 C+10:00", "11:50", "10:00", 120),  # was elsewhere by then
    ],
)
def test_whoever_took_over_the_post_says_when_it_was_left(happened, relieved, end, minutes):
    facts = {one.id: one for one in SHIFTS.values()}
    facts[1] = replace(facts[1], relieved_at=at(relieved))
    one = fold(scans(happened), facts, at("40:00"))[1]
    assert (one.proposed_out_at, one.proposed_minutes) == (at(end), minutes)
    assert (Flag.TAKEN_OVER in one.flags) is (end == relieved)
    assert one.credited_minutes is None


def test_a_proved_end_needs_no_successor():
    assert Flag.TAKEN_OVER not in flags_of(scans("A+08:00 A-11:30"), "A", relieved_at=at("11:50"))


# --- no more than so much ------------------------------------------------------------------


def capped(text: str, most: int, now: str = "40:00"):
    """The attendance of shift A, from eight to noon, credited with at most so many minutes."""
    shift = replace(SHIFTS["A"], most_minutes=most)
    return fold(scans(text), {shift.id: shift}, at(now))[shift.id]


@pytest.mark.parametrize(("most", "credited"), [(180, 180), (240, 240), (300, 240)])
def test_no_more_is_credited_than_the_opportunity_says(most, credited):
    one = capped("A+08:00 A-12:00=25", most)
    assert (one.credited_minutes, one.flags) == (credited, ())


def test_a_proposed_end_is_capped_as_well():
    assert capped("A+08:00", 90).proposed_minutes == 90


def test_who_stayed_for_all_of_it_was_not_short_and_who_left_early_was():
    assert Flag.SHORTER not in capped("A+08:00 A-12:00", 60).flags
    one = capped("A+08:00 A-09:00", 90)
    assert (one.credited_minutes, Flag.SHORTER in one.flags) == (60, True)
