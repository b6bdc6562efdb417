"""The fold: what a volunteer's scans say about each shift, whatever order they arrived in.

The scan log is the truth. An undecided attendance is computed from it by `fold`, a pure
function: the same scans give the same attendances in any order, with any repetition and in any
batches, and asking again changes nothing. The clock (`now`) is an input like any other, so a
forgotten check-out closes by itself, however late the question is asked.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from checkin.domain.evidence import Evidence, Flag, in_order, weakest
from checkin.domain.hours import (
    AUTO_CLOSE_AFTER,
    MOST_MINUTES,
    TOLERANCE,
    UNDO_WITHIN,
    Interval,
    credited_minutes,
    overlap,
    planned_minutes,
)
from checkin.domain.places import Place, too_soon

LONG_OVER_PLAN = timedelta(hours=2)
LONG_IN_ALL = timedelta(hours=12)
RELIEF_BEFORE_END = timedelta(minutes=15)
"""A successor who comes earlier than this is no sign that the one before has left."""


class Kind(StrEnum):
    """What a scan does."""

    IN = "in"
    OUT = "out"
    UNDO = "undo"
    """Takes back the scan it names, within ten minutes; a supervisor's correction at any time."""
    FORGOT = "forgot"
    """The volunteer was asked when the work ended and does not remember."""


class State(StrEnum):
    """What the scans say; decisions come after and stand above."""

    OPEN = "open"
    CLOSED = "closed"
    UNCLOSED = "unclosed"
    """No check-out came; the end is a proposal and no minutes count yet."""
    CANCELLED = "cancelled"
    """Every check-in was taken back."""


@dataclass(frozen=True, slots=True)
class ScanFact:
    """One scan as the fold sees it; `at` is the effective instant, `received_at` the server's."""

    uid: str
    kind: Kind
    shift_id: int
    at: datetime
    received_at: datetime
    evidence: Evidence = Evidence.POSTER
    beneficiaries: int | None = None
    undoes: str | None = None
    entered_by: int | None = None
    joined: bool = False
    flags: tuple[Flag, ...] = ()
    """Reasons for a second look that belong to this scan alone."""
    place: Place | None = None
    """Where the code was read; empty when none was."""


@dataclass(frozen=True, slots=True)
class ShiftFact:
    """The plan a shift's scans are held against."""

    id: int
    starts_at: datetime
    ends_at: datetime
    cancelled: bool = False
    relieved_at: datetime | None = None
    """When somebody else came to this post for the shift after this one."""
    most_minutes: int = MOST_MINUTES
    """What one attendance is credited with at most."""

    @property
    def closes_at(self) -> datetime:
        """From here on a missing check-out is a forgotten one."""
        return self.ends_at + AUTO_CLOSE_AFTER


@dataclass(slots=True)
class Stint:
    """One unbroken in-to-out; `last` is empty while it runs or when no check-out came.

    `ended_by` is the instant of a check-in elsewhere: nothing after it belongs to this stint.
    """

    first: ScanFact
    last: ScanFact | None = None
    ended_by: datetime | None = None
    beneficiaries: int | None = None

    @property
    def in_at(self) -> datetime:
        return self.first.at

    @property
    def out_at(self) -> datetime | None:
        return self.last.at if self.last else None


@dataclass(frozen=True, slots=True)
class Folded:
    """What the scans say about one volunteer in one shift.

    `credited_minutes` is empty while open and while unclosed; `proposed_out_at` and
    `proposed_minutes` say what would count if a person settles an unclosed one.
    """

    shift_id: int
    state: State
    stints: tuple[tuple[datetime, datetime | None], ...]
    in_at: datetime | None
    out_at: datetime | None
    credited_minutes: int | None
    proposed_out_at: datetime | None
    proposed_minutes: int | None
    beneficiaries: int | None
    evidence: Evidence
    entered_by: int | None
    flags: tuple[Flag, ...]

    @property
    def proved(self) -> list[Interval]:
        """The stints with both ends."""
        return [(begin, end) for begin, end in self.stints if end is not None]


def fold(
    scans: Iterable[ScanFact],
    shifts: Mapping[int, ShiftFact],
    now: datetime,
    decided: Iterable[Interval] = (),
) -> dict[int, Folded]:
    """Attendances by shift id, for every shift in `shifts` that any of `scans` names.

    `scans` are those of one volunteer; check-ins at shifts that are not in `shifts` still end
    what they interrupt, because nobody is in two places. `decided` are times already settled by
    a decision: a decision is not undone by a late scan, so sharing minutes with one is flagged.
    """
    standing = list(_standing(scans))
    named = {scan.shift_id for scan in standing} & set(shifts)
    settled = list(decided)
    folded = (_fold_shift(shifts[shift_id], standing, now) for shift_id in sorted(named))
    return {one.shift_id: _mark_overlap(one, settled) for one in folded}


def _standing(scans: Iterable[ScanFact]) -> Iterator[ScanFact]:
    """Each scan once, without those that were taken back."""
    once = {scan.uid: scan for scan in scans}
    undone = {
        scan.undoes
        for scan in once.values()
        if scan.kind is Kind.UNDO and _takes_back(scan, once.get(scan.undoes or ""))
    }
    for scan in once.values():
        if scan.uid in undone:
            # keeps its shift known, so that a taken-back check-in reads as cancelled
            yield _emptied(scan)
        elif scan.kind is not Kind.UNDO:
            yield scan


def _takes_back(undo: ScanFact, target: ScanFact | None) -> bool:
    """A supervisor who corrects a time may do so as long as nothing is decided."""
    if target is None or target.kind not in (Kind.IN, Kind.OUT):
        return False
    corrects = undo.entered_by is not None
    return corrects or undo.received_at <= target.received_at + UNDO_WITHIN


def _emptied(scan: ScanFact) -> ScanFact:
    return ScanFact(scan.uid, Kind.UNDO, scan.shift_id, scan.at, scan.received_at)


_RANK = {Kind.IN: 0, Kind.OUT: 1}
_CUT = 2


def _fold_shift(shift: ShiftFact, scans: list[ScanFact], now: datetime) -> Folded:
    own = [scan for scan in scans if scan.shift_id == shift.id]
    stints, flags = _sweep(shift, own, scans)
    if _travels_too_fast(stints, scans):
        flags.add(Flag.IMPOSSIBLE_TRAVEL)
    forgot = any(scan.kind is Kind.FORGOT for scan in own)
    return _summary(shift, stints, flags, forgot, now)


def _sweep(
    shift: ShiftFact, own: list[ScanFact], scans: list[ScanFact]
) -> tuple[list[Stint], set[Flag]]:
    """Pairs check-ins with check-outs in order of time; check-ins elsewhere cut.

    At one instant a shift's own check-in comes before its own check-out, and both before a
    check-in elsewhere, so that moving to another site closes the first place properly.
    """
    stints: list[Stint] = []
    flags: set[Flag] = set()
    for scan in _in_order(shift, own, scans):
        current = stints[-1] if stints else None
        running = current is not None and current.last is None and current.ended_by is None
        if scan.shift_id != shift.id:
            if current is not None and current.ended_by is None:
                current.ended_by = scan.at
        elif scan.kind is Kind.IN:
            if not running:
                stints.append(Stint(scan))
        elif current is None or scan.at > shift.closes_at or current.ended_by is not None:
            flags.add(Flag.ORPHAN_OUT)
        else:
            _check_out(current, scan, flags)
    return stints, flags


def _in_order(shift: ShiftFact, own: list[ScanFact], scans: list[ScanFact]) -> list[ScanFact]:
    acts = [scan for scan in own if scan.kind in _RANK]
    cuts = [scan for scan in scans if scan.kind is Kind.IN and scan.shift_id != shift.id]

    def when(scan: ScanFact) -> tuple[datetime, int, str]:
        return scan.at, _RANK[scan.kind] if scan.shift_id == shift.id else _CUT, scan.uid

    return sorted(acts + cuts, key=when)


def _check_out(stint: Stint, scan: ScanFact, flags: set[Flag]) -> None:
    if stint.last is not None and scan.at - stint.last.at > UNDO_WITHIN:
        flags.add(Flag.OUT_TWICE)
    stint.last = scan
    if scan.beneficiaries is not None:
        stint.beneficiaries = scan.beneficiaries


def _summary(
    shift: ShiftFact, stints: list[Stint], flags: set[Flag], forgot: bool, now: datetime
) -> Folded:
    state = _state(shift, stints, now)
    proved = [(stint.in_at, stint.out_at) for stint in stints if stint.out_at is not None]
    served = credited = proposed = proposed_out = None
    if state is State.CLOSED:
        served = credited_minutes(proved, shift.starts_at, shift.ends_at)
        credited = min(served, shift.most_minutes)
    if state is State.UNCLOSED:
        ends = [_proposed_end(shift, stint) for stint in stints]
        proposed_out = ends[-1]
        spans = [(stint.in_at, end) for stint, end in zip(stints, ends, strict=True)]
        proposed = credited_minutes(spans, shift.starts_at, shift.ends_at)
        proposed = min(proposed, shift.most_minutes)
    flags.update(_flags_of(shift, state, stints, served))
    flags.update(flag for stint in stints for scan in _ends(stint) for flag in scan.flags)
    if forgot and state is State.UNCLOSED:
        flags.add(Flag.END_UNKNOWN)
    used = [scan for stint in stints for scan in _ends(stint)]
    counts = [stint.beneficiaries for stint in stints if stint.beneficiaries is not None]
    return Folded(
        shift_id=shift.id,
        state=state,
        stints=tuple((stint.in_at, stint.out_at) for stint in stints),
        in_at=stints[0].in_at if stints else None,
        out_at=stints[-1].out_at if state is State.CLOSED else None,
        credited_minutes=credited,
        proposed_out_at=proposed_out,
        proposed_minutes=proposed,
        beneficiaries=sum(counts) if counts else None,
        evidence=weakest(scan.evidence for scan in used),
        entered_by=next((scan.entered_by for scan in used if scan.entered_by), None),
        flags=in_order(flags),
    )


def _state(shift: ShiftFact, stints: list[Stint], now: datetime) -> State:
    if not stints:
        return State.CANCELLED
    last = stints[-1]
    if last.last is None and last.ended_by is None and now < shift.closes_at:
        return State.OPEN
    return State.CLOSED if all(stint.last for stint in stints) else State.UNCLOSED


def _proposed_end(shift: ShiftFact, stint: Stint) -> datetime:
    """The proved end; else when the post was taken over, or the planned end; and in any case
    the check-in elsewhere that came before."""
    if stint.out_at is not None:
        return stint.out_at
    end = _relief(shift, stint) or shift.ends_at
    if stint.ended_by is not None:
        end = min(end, stint.ended_by)
    return max(end, stint.in_at)


def _relief(shift: ShiftFact, stint: Stint) -> datetime | None:
    """The moment somebody took over, where it says when this stint ended."""
    at = shift.relieved_at
    if at is None or stint.out_at is not None or stint.in_at > at:
        return None
    if stint.ended_by is not None and stint.ended_by < at:
        return None
    return at if shift.ends_at - RELIEF_BEFORE_END <= at < shift.closes_at else None


def _travels_too_fast(stints: list[Stint], scans: list[ScanFact]) -> bool:
    """Whether a scan of these stints follows one at another site too closely in time."""
    placed = [scan for scan in scans if scan.place is not None]
    return any(
        _reached_from(scan, before)
        for stint in stints
        for scan in _ends(stint)
        for before in placed
    )


def _reached_from(scan: ScanFact, before: ScanFact) -> bool:
    if scan.place is None or before.place is None or before.at > scan.at:
        return False
    return too_soon(before.place, scan.place, scan.at - before.at)


def _ends(stint: Stint) -> Iterator[ScanFact]:
    yield stint.first
    if stint.last is not None:
        yield stint.last


def _flags_of(
    shift: ShiftFact, state: State, stints: list[Stint], served: int | None
) -> Iterator[Flag]:
    if not stints:
        return
    used = [scan for stint in stints for scan in _ends(stint)]
    first, last = stints[0].in_at, stints[-1].last
    plan = planned_minutes(shift.starts_at, shift.ends_at)
    found = {
        Flag.NO_CHECK_OUT: state is State.UNCLOSED,
        Flag.END_CLAIMED: any(s.evidence == Evidence.CLAIMED and not s.entered_by for s in used),
        Flag.MANUAL: any(s.entered_by and Flag.RELIEVED not in s.flags for s in used),
        Flag.OFF_ROSTER: any(scan.joined for scan in used),
        Flag.EARLY_IN: first < shift.starts_at - TOLERANCE,
        Flag.LATE_IN: first > shift.starts_at + TOLERANCE,
        Flag.LONGER: last is not None and last.at > shift.ends_at + TOLERANCE,
        Flag.SHORTER: served is not None and served < plan - TOLERANCE.seconds // 60,
        Flag.NO_MINUTES: served == 0,
        Flag.LONG: last is not None and _is_long(last.at - first, plan),
        Flag.TAKEN_OVER: state is State.UNCLOSED and _relief(shift, stints[-1]) is not None,
        Flag.SHIFT_CANCELLED: shift.cancelled,
    }
    yield from (flag for flag, holds in found.items() if holds)


def _is_long(present: timedelta, planned: int) -> bool:
    return present > min(timedelta(minutes=planned) + LONG_OVER_PLAN, LONG_IN_ALL)


def _mark_overlap(folded: Folded, decided: list[Interval]) -> Folded:
    if not overlap(folded.proved, decided):
        return folded
    flags = {*folded.flags, Flag.OVERLAP}
    return replace(folded, flags=in_order(flags))
