"""Everything anybody can do about attendances, in any order, and what must hold after each act.

`python -m tests.load.machine` lets hypothesis choose acts of volunteers, supervisors and the clock
on SQLite and on PostgreSQL, and checks `laws.py` after every one of them: at most one open
attendance, no time approved twice, nobody decides about themselves, minutes in range, decided
ones changed by decisions alone, every undecided one equal to a fold of the whole scan log, the same
id the same answer, and in the end the audit chain whole.
"""

import argparse
import contextlib
import multiprocessing
import random
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import bindparam, select

from checkin import migrations
from checkin.database import AnyRow, ask, db, standalone_engine, transaction
from checkin.domain.clocks import DeviceClock
from checkin.domain.errors import Conflict, Problem
from checkin.domain.evidence import Evidence
from checkin.domain.fold import Kind
from checkin.domain.roles import Role
from checkin.domain.rotating import window_of
from checkin.models import Attendance, Scan
from checkin.operations import approvals, audit, badges, displays, manual, shifts
from checkin.operations.attendance import Answer, Reading, close_forgotten, record_scan
from checkin.operations.attendance.arrival import take_back
from checkin.operations.correcting import Correction, correct
from tests import factories
from tests.load import laws
from tests.load.servers import app_on
from tests.postgres import open_server

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
seen: Counter[str] = Counter()
"""What happened how often, over all examples: a run in which nothing happens proves nothing."""

UNDECIDED = ("closed", "unclosed")
FITS = {
    "confirm": ("proposed",),
    "refuse": ("proposed",),
    "withdraw": ("approved", "rejected", "proposed"),
    "reopen": ("approved", "rejected", "voided"),
}
"""States an act is for; it is tried on others too."""

volunteers = st.integers(0, 2)
places = st.integers(0, 5)
crowded = st.sampled_from([5, 5, 5, 4, 2, 1, 0])
"""A place, most often where the time is spoken for already."""
deciders = st.integers(0, 3)
records = st.integers(0, 11)
counts = st.none() | st.integers(0, 400)
back = st.integers(0, 300)
ticks = st.booleans()
seldom = st.sampled_from([False] * 7 + [True])
batches = st.lists(
    st.tuples(
        st.sampled_from([Kind.IN, Kind.OUT]), st.integers(0, 1), st.integers(0, 900), st.booleans()
    ),
    min_size=1,
    max_size=4,
)
"""What a phone kept: in or out, at which site, how many minutes ago, by a screen or a poster."""


@dataclass(frozen=True)
class Slot:
    """A shift, as far as acts name it."""

    id: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Scene:
    """Three who come, two of them supervisors; four who decide; six shifts at two sites."""

    volunteers: list[int]
    deciders: list[int]
    sites: list[int]
    posters: list[int]
    screens: list[int]
    badges: list[str]
    shifts: list[Slot]


@transaction
def scene() -> Scene:
    """Two shifts overlap, two follow each other; two take walk-ins, one of them has one seat; two
    were yesterday, overlapping too."""
    make = factories
    mataf, squares = make.site(NOW), make.site(NOW, "ساحات المسجد الحرام", "Squares")
    open_to_all = make.opportunity(NOW, walk_ins=True, opens_minutes=60, late_minutes=240)
    for_some = make.opportunity(NOW, opens_minutes=60, late_minutes=240)
    noura, huda, salem, layla, majed = (make.person(NOW) for _ in range(5))
    planned = [
        make.shift(NOW, mataf, for_some, starts=-30, minutes=240),
        make.shift(NOW, squares, for_some, starts=60, minutes=240),
        make.shift(NOW, mataf, open_to_all, starts=210, minutes=600, seats=40),
        make.shift(NOW, squares, open_to_all, starts=0, minutes=120, seats=1),
        make.shift(NOW, mataf, for_some, starts=-1440, minutes=480),
        make.shift(NOW, squares, for_some, starts=-1320, minutes=480),
    ]
    for who in (noura, salem):
        for number in (0, 1, 4):
            make.assign(NOW, who, planned[number])
    make.grant(NOW, layla, Role.COORDINATOR)
    make.grant(NOW, salem, Role.SUPERVISOR, site_id=mataf.id)
    sites = [mataf, squares]
    who = {
        one.person_id: badges.code_of(one)
        for one in badges.make([noura.id, huda.id, salem.id], by=layla.id, now=NOW)
    }
    return Scene(
        [who.id for who in (noura, huda, salem)],
        [who.id for who in (layla, salem, majed, huda)],
        [site.id for site in sites],
        [make.poster(NOW, site).id for site in sites],
        [displays.create(site.id, "", by=layla.id, now=NOW).display.id for site in sites],
        [who[one.id] or "" for one in (noura, huda, salem)],
        [Slot(shift.id, shift.starts_at, shift.ends_at) for shift in planned],
    )


_TABLE = Attendance.metadata.tables[Attendance.__tablename__]
_RECORDS = (
    select(
        _TABLE.c["id", "volunteer_id", "shift_id", "state", "row_version", "updated_at", "stints"]
    )
    .where(_TABLE.c.volunteer_id.in_(bindparam("volunteer_ids", expanding=True)))
    .order_by(_TABLE.c.id)
)


class Records(RuleBasedStateMachine):
    """One day of a few people; every rule is an act that anybody could try."""

    def __init__(self) -> None:
        super().__init__()
        db.session.remove()
        self.scene = scene()
        self.now = NOW
        self.sent: list[tuple[Reading, Answer]] = []
        self.decided: dict[int, tuple[Any, ...]] = {}
        self.changed: set[int] = set()
        self.serve_yesterday()

    def serve_yesterday(self) -> None:
        """Two came yesterday, one of them did not check out: something to decide from the start."""
        self.now = NOW - timedelta(days=1)
        for who in (0, 2):
            self.keep(self.reading(Kind.IN, who, poster_id=self.scene.posters[0]))
        self.now += timedelta(hours=7)
        shift_id = self.scene.shifts[4].id
        self.keep(self.reading(Kind.OUT, 0, shift_id=shift_id, beneficiaries=70))
        self.now = NOW
        close_forgotten(self.now)

    @initialize(yes=ticks)
    def approve_yesterday(self, yes: bool) -> None:
        if yes:
            self.approve_what_matches(0)

    # --- volunteers --------------------------------------------------------------------

    @rule(who=volunteers, at=st.integers(0, 1), joins=ticks, moves=ticks)
    def scan_a_poster(self, who: int, at: int, joins: bool, moves: bool) -> None:
        poster_id = self.scene.posters[at]
        self.keep(self.reading(Kind.IN, who, poster_id=poster_id, joins=joins, moves=moves))

    @rule(who=volunteers, at=st.integers(0, 1), joins=ticks, moves=ticks)
    def scan_a_screen(self, who: int, at: int, joins: bool, moves: bool) -> None:
        code = {"display_id": self.scene.screens[at], "window_no": window_of(self.tick())}
        how = {"carrier": "rotating", "evidence": Evidence.LIVE, "joins": joins, "moves": moves}
        self.keep(self.reading(Kind.IN, who, **code, **how))

    @rule(who=volunteers, batch=batches, skew=st.sampled_from([0, 0, 0, -47, 600]), steady=ticks)
    def send_what_was_kept(
        self, who: int, batch: list[tuple[Kind, int, int, bool]], skew: int, steady: bool
    ) -> None:
        """A phone finds the network again; its clock may be wrong, the order any."""
        sent_at = self.now + timedelta(minutes=skew)
        for kind, at, minutes, shown in batch:
            clock = DeviceClock(
                sent_at - timedelta(minutes=minutes), sent_at, minutes * 60_000 if steady else None
            )
            code: dict[str, Any] = {
                "poster_id": self.scene.posters[at],
                "evidence": Evidence.OFFLINE,
            }
            if shown:
                window = window_of(self.now - timedelta(minutes=minutes))
                code = {"display_id": self.scene.screens[at], "window_no": window}
            self.keep(self.reading(kind, who, clock=clock, joins=True, moves=True, **code))

    @rule(who=volunteers, which=places, served=counts)
    def check_out(self, who: int, which: int, served: int | None) -> None:
        shift = self.meant(who, which, "open")
        self.keep(self.reading(Kind.OUT, who, shift_id=shift.id, beneficiaries=served))

    @rule(who=volunteers, which=places, minutes=back)
    def say_when_it_ended(self, who: int, which: int, minutes: int) -> None:
        shift = self.meant(who, which, "unclosed")
        at = shift.ends_at - timedelta(minutes=minutes)
        claim = {"at": at, "carrier": "claim", "evidence": Evidence.CLAIMED}
        with self.allowed("claim"):
            self.keep(self.reading(Kind.OUT, who, shift_id=shift.id, **claim))

    @rule(who=volunteers, which=places)
    def not_remember(self, who: int, which: int) -> None:
        shift = self.meant(who, which, "unclosed")
        self.keep(self.reading(Kind.FORGOT, who, shift_id=shift.id))

    @rule(number=st.integers(0, 5))
    def undo_a_scan(self, number: int) -> None:
        """Also late, also twice, also an undo's own: the log keeps what came."""
        undoable = [(r, a) for r, a in self.sent if r.kind in (Kind.IN, Kind.OUT)]
        if not undoable:
            return
        target, _ = undoable[-1 - number % len(undoable)]
        undo = Reading(
            uid=str(uuid.uuid4()),
            kind=Kind.UNDO,
            volunteer_id=target.volunteer_id,
            undoes=target.uid,
            carrier="form",
        )
        self.keep(undo)

    @rule(which=records, kind=st.sampled_from([Kind.IN, Kind.OUT]))
    def take_back_the_last(self, which: int, kind: Kind) -> None:
        found = self.records()
        one = max(found, key=lambda r: r.updated_at) if which % 4 else self.record(which)
        with self.allowed("take_back"):
            take_back(one, kind, uid=str(uuid.uuid4()), device_id=None, now=self.tick())
            seen["take_back passed"] += 1
        self.changed.add(one.volunteer_id)

    @rule(number=st.integers(0, 30), otherwise=ticks)
    def send_again(self, number: int, otherwise: bool) -> None:
        """The same id: the same answer, or a refusal where the content is another."""
        if not self.sent:
            return
        reading, answer = self.sent[number % len(self.sent)]
        if otherwise:
            with pytest.raises(Conflict, match="scan_reused"):
                record_scan(replace(reading, beneficiaries=77_777), now=self.now)
        else:
            same = record_scan(reading, now=self.now)
            assert same.replayed
            for name in ("verdict", "attendance_id", "effective_at"):
                assert getattr(same, name) == getattr(answer, name)

    @rule(who=volunteers, at=st.integers(0, 1), by=deciders, later=st.none() | back, served=counts)
    def read_a_badge(
        self, who: int, at: int, by: int, later: int | None, served: int | None
    ) -> None:
        """In the hand of a supervisor, live or on a tablet that had no network."""
        made_at = self.now - timedelta(minutes=later or 0)
        clock = None if later is None else DeviceClock(made_at, self.now, later * 60_000)
        with self.allowed("badge"):
            answer = badges.read(
                self.scene.badges[who],
                site_id=self.scene.sites[at],
                by=self.decider(by),
                uid=str(uuid.uuid4()),
                now=self.tick(),
                clock=clock,
                beneficiaries=served,
            )
            assert self.decider(by) != self.scene.volunteers[who]
            seen[f"badge {answer.verdict}"] += 1
        self.changed.add(self.scene.volunteers[who])

    # --- supervisors -------------------------------------------------------------------

    @rule(who=volunteers, which=places, by=deciders, minutes=st.none() | back)
    def check_in_by_hand(self, who: int, which: int, by: int, minutes: int | None) -> None:
        self.by_hand(manual.check_in, who, self.scene.shifts[which], by, minutes)

    @rule(who=volunteers, which=places, by=deciders, minutes=st.none() | back, served=counts)
    def check_out_by_hand(
        self, who: int, which: int, by: int, minutes: int | None, served: int | None
    ) -> None:
        shift = self.meant(who, which, "open", "unclosed")
        self.by_hand(manual.check_out, who, shift, by, minutes, served)

    @rule(who=volunteers, which=crowded, by=deciders, begin=back, minutes=back)
    def enter_a_whole_stint(self, who: int, which: int, by: int, begin: int, minutes: int) -> None:
        """Somebody who came without a phone, also at a time that is spoken for."""
        shift = self.scene.shifts[which]
        for act, at in ((manual.check_in, begin), (manual.check_out, begin + minutes)):
            ago = self.now - shift.starts_at - timedelta(minutes=at)
            self.by_hand(act, who, shift, by, ago // timedelta(minutes=1))

    @rule(which=records, by=deciders, end=places, minutes=st.integers(-240, 240))
    def correct_a_time(self, which: int, by: int, end: int, minutes: int) -> None:
        """Of any end there is, to any time: earlier, later, where they were elsewhere."""
        one = self.record(which, *UNDECIDED)
        stints = len(one.stints)
        kind = Kind.IN if end % 2 else Kind.OUT
        stint = end // 2 % stints if stints else 0
        shown = one.stints[stint][0 if kind is Kind.IN else 1] if stints else None
        near = datetime.fromisoformat(shown) if shown else self.now
        told = Correction(
            *(str(uuid.uuid4()), one.id, one.row_version, kind, stint),
            at=near + timedelta(minutes=minutes),
            reason="agreed",
        )
        with self.allowed("correct"):
            correct(told, by=self.decider(by), now=self.tick())
            assert self.decider(by) != one.volunteer_id
            seen[f"corrected {kind}"] += 1
        self.changed.add(one.volunteer_id)

    @rule(which=records, place=places, by=deciders)
    def move_to_another_shift(self, which: int, place: int, by: int) -> None:
        one = self.record(which, "open")
        shift_id = self.scene.shifts[place].id
        entry = manual.Entry(str(uuid.uuid4()), one.volunteer_id, shift_id, "supervisor_asked")
        with self.allowed("move"):
            by_id, version = self.decider(by), one.row_version
            answer = manual.move(entry, one.id, version, by=by_id, now=self.tick())
            assert answer.shift_id == shift_id
            seen[f"moved {answer.verdict}"] += 1
        self.changed.add(one.volunteer_id)

    @rule(which=records, by=deciders, stale=seldom)
    def approve(self, which: int, by: int, stale: bool) -> None:
        self.decide(which, by, approvals.approve, stale=stale)

    @rule(by=deciders)
    def approve_what_matches(self, by: int) -> None:
        found = self.records()
        shown = [(one.id, one.row_version) for one in found]
        result = approvals.approve_many(shown, by=self.decider(by), now=self.tick())
        assert len(result.done) + len(result.failed) == len(shown)
        seen["approve_many passed"] += len(result.done)
        self.forget_decided(result.done)
        self.changed.update(one.volunteer_id for one in found if one.id in result.done)

    @rule(which=records, by=deciders, minutes=st.integers(0, 1000), served=counts)
    def adjust(self, which: int, by: int, minutes: int, served: int | None) -> None:
        why = {"reason": "other", "words": "seen on the floor"}
        self.decide(which, by, approvals.adjust, minutes=minutes, beneficiaries=served, **why)

    @rule(which=records, by=deciders, yes=ticks)
    def answer_a_proposal(self, which: int, by: int, yes: bool) -> None:
        if yes:
            self.decide(which, by, approvals.confirm)
        else:
            self.decide(which, by, approvals.refuse, words="too much")

    @rule(which=records, by=deciders, void=ticks)
    def reject(self, which: int, by: int, void: bool) -> None:
        if void:
            self.decide(which, by, approvals.void, words="a test")
        else:
            self.decide(which, by, approvals.reject, reason="not_present")

    @rule(which=records, by=deciders)
    def withdraw(self, which: int, by: int) -> None:
        self.decide(which, by, approvals.withdraw)

    @rule(which=records, by=deciders)
    def reopen(self, which: int, by: int) -> None:
        self.decide(which, by, approvals.reopen, words="came to light")

    @rule(which=places, back_again=ticks)
    def cancel_a_shift(self, which: int, back_again: bool) -> None:
        act = shifts.restore if back_again else shifts.cancel
        with self.allowed(act.__name__):
            act(self.scene.shifts[which].id, by=self.decider(1), now=self.tick())
        self.changed.update(self.scene.volunteers)

    # --- the clock ---------------------------------------------------------------------

    @rule(minutes=st.sampled_from([1, 5, 11, 30, 90, 240, 720]))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        seen["closed by the clock"] += close_forgotten(self.now)
        self.changed.update(self.scene.volunteers)

    # --- what holds --------------------------------------------------------------------

    @invariant()
    def the_record_holds(self) -> None:
        seen["acts"] += 1
        changed, self.changed = self.changed, set()
        db.session.rollback()
        for volunteer_id in sorted(changed):
            record = laws.record_of(volunteer_id)
            found = laws.broken(record, self.now)
            assert not found, found
            now, mine = record.decided, {one.id for one in record.attendances}
            for attendance_id in mine & set(self.decided):
                before, after = self.decided[attendance_id], now.get(attendance_id)
                assert after == before, f"{attendance_id} changed from {before} to {after}"
            self.decided |= now

    def teardown(self) -> None:
        self.changed = set(self.scene.volunteers)
        self.now += timedelta(days=2)
        close_forgotten(self.now)
        self.the_record_holds()
        mine = Scan.volunteer_id.in_(self.scene.volunteers)
        kept = {scan.scan_uid: scan for scan in db.session.scalars(select(Scan).where(mine))}
        for reading, answer in self.sent:
            assert kept[reading.uid].verdict == answer.verdict
        audit.seal()
        seen["examples"] += 1

    # --- doing -------------------------------------------------------------------------

    def tick(self) -> datetime:
        """A second later: two acts are never at one instant."""
        self.now += timedelta(seconds=1)
        return self.now

    def decider(self, by: int) -> int:
        return self.scene.deciders[by]

    def reading(self, kind: Kind, who: int, **facts: Any) -> Reading:
        person_id = self.scene.volunteers[who]
        return Reading(uid=str(uuid.uuid4()), kind=kind, volunteer_id=person_id, **facts)

    def keep(self, reading: Reading) -> None:
        """A known volunteer's scan is always kept, whatever it is judged to be."""
        answer = record_scan(reading, now=self.tick())
        assert not answer.replayed
        self.sent.append((reading, answer))
        self.changed.add(reading.volunteer_id)
        seen[f"scan {answer.verdict}"] += 1

    def by_hand(
        self,
        act: Callable[..., Answer],
        who: int,
        shift: Slot,
        by: int,
        minutes: int | None,
        served: int | None = None,
    ) -> None:
        entry = manual.Entry(
            uid=str(uuid.uuid4()),
            volunteer_id=self.scene.volunteers[who],
            shift_id=shift.id,
            reason="no_phone",
            at=None if minutes is None else self.now - timedelta(minutes=minutes),
            beneficiaries=served,
        )
        with self.allowed(f"manual {act.__name__}"):
            answer = act(entry, by=self.decider(by), now=self.tick())
            assert self.decider(by) != entry.volunteer_id
            seen[f"manual {answer.verdict}"] += 1
        self.changed.add(entry.volunteer_id)

    def decide(
        self, which: int, by: int, act: Callable[..., Any], *, stale: bool = False, **facts: Any
    ) -> None:
        one = self.record(which, *FITS.get(act.__name__, UNDECIDED))
        version = one.row_version - (1 if stale else 0)
        with self.allowed(act.__name__):
            became = act(one.id, version, by=self.decider(by), now=self.tick(), **facts)
            self.forget_decided([one.id])
            seen[f"{act.__name__} passed{': ' + became if isinstance(became, str) else ''}"] += 1
        self.changed.add(one.volunteer_id)

    def forget_decided(self, ids: list[int]) -> None:
        """A decision was made: from here on the attendance is what that one says."""
        for attendance_id in ids:
            self.decided.pop(attendance_id, None)

    @contextlib.contextmanager
    def allowed(self, what: str) -> Iterator[None]:
        """A refusal with a code is an answer; anything else is a fault."""
        try:
            yield
        except Problem as problem:
            seen[f"{what} refused: {problem.code}"] += 1

    def records(self) -> list[AnyRow]:
        return list(ask(_RECORDS, {"volunteer_ids": self.scene.volunteers}))

    def record(self, which: int, *states: str) -> AnyRow:
        """Mostly one of these states, where there is one."""
        found = self.records()
        fitting = [one for one in found if one.state in states and which % 4]
        return (fitting or found)[which % len(fitting or found)]

    def meant(self, who: int, which: int, *states: str) -> Slot:
        """Mostly a shift in which the volunteer's attendance is in one of these states."""
        person_id = self.scene.volunteers[who]
        mine = {
            r.shift_id for r in self.records() if r.volunteer_id == person_id and r.state in states
        }
        fitting = [shift for shift in self.scene.shifts if shift.id in mine and which % 4]
        return (fitting or self.scene.shifts)[which % len(fitting or self.scene.shifts)]


ROUND = 100
ENGINES = ("sqlite", "postgresql")


# --- many examples -------------------------------------------------------------------------


def explore(examples: int, steps: int, seed: int | None = None) -> None:
    """Let hypothesis look for a way to break a law; raises with the acts that did."""
    machine = Records if seed is None else hypothesis.seed(seed)(Records)
    how = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=how)


def run(url: str, examples: int, steps: int, seed: int) -> None:
    """One process: all examples on one database, a hundred at a time."""
    name, begun, left = url.partition(":")[0], time.monotonic(), examples
    engine = standalone_engine(url)
    migrations.upgrade(engine)
    engine.dispose()
    with app_on(url):
        while left > 0:
            explore(min(left, ROUND), steps, seed + left)
            left -= ROUND
            while audit.seal():
                pass
            assert audit.broken_at() is None
            took, sealed = time.monotonic() - begun, audit.sealed_count()
            done = f"{seen['examples']:,} examples, {seen['acts']:,} acts"
            print(f"{name}: {done}, {sealed:,} audit lines, {took:.0f} s", flush=True)
    told = "".join(f"\n  {number:>9,}  {what}" for what, number in sorted(seen.items()))
    print(f"{name}: everything held{told}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=200)
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    parser.add_argument("--only", choices=ENGINES, help="one engine; both, side by side, without")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    server = open_server()
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        urls = {
            "sqlite": f"sqlite:///{Path(folder) / 'machine.sqlite3'}",
            "postgresql": server.create_database("machine"),
        }
        spawn = multiprocessing.get_context("spawn")
        size = (options.examples, options.steps, options.seed)
        runs = [
            spawn.Process(target=run, args=(urls[engine], *size))
            for engine in ([options.only] if options.only else ENGINES)
        ]
        for one in runs:
            one.start()
        for one in runs:
            one.join()
    server.stop()
    return 1 if any(one.exitcode for one in runs) else 0


if __name__ == "__main__":
    sys.exit(main())
