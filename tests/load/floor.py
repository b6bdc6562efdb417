"""Two tablets and twenty phones on one floor at once: what boards show, taps, double decisions.

`python -m tests.load.floor` serves on SQLite and then on PostgreSQL. For `--minutes` phones check
in, stay a while and check out; two tablets of two supervisors ask for the board as its script does,
tap the lane's tally (a tenth of the taps is sent twice, as after a lost answer) and both approve
the same hours at the same instant. Afterwards: everybody who came or left stood so on both boards
within ten seconds, and at the end the boards say what the database says; the tally is the sum of
the taps, each kept once; nobody's hours were decided twice; the whole record holds; and 95 of 100
answers took less than 150 ms.

`--boards 200` opens so many boards instead, each of another supervisor, asks for all of them every
five seconds while nothing changes, and says how much of one core the answers cost.
"""

import argparse
import os
import random
import re
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from checkin import migrations
from checkin.database import db, standalone_engine, transaction
from checkin.domain.roles import Role
from checkin.models import Attendance, Decision, TallyTap
from checkin.operations import devices
from tests import factories
from tests.load.client import Client, Reply, hidden_fields
from tests.load.scan import Volunteer, has_receipt, open_page, send
from tests.load.servers import app_on, free_port, start, stop
from tests.load.truth import faults
from tests.postgres import open_server

MINUTE = timedelta(minutes=1)
EVERY = 5.0
"""Seconds between two questions of one board."""
AGREE_WITHIN = 10.0
STAY = (12.0, 20.0)
"""Seconds between a phone's check-in and its check-out: longer than a board may take."""
ROUND_SECONDS = 6.0
IN_A_ROUND = 8
"""Hours that both tablets approve at the same instant: three one by one, five in one press."""
MOST_P95 = 0.150
MOST_SHARE = 0.15
TICKS = os.sysconf("SC_CLK_TCK")
_ROW = re.compile(r'<tr data-key="(\d+)-\d+" data-mark="([\w-]{8})"')
_ORDER = re.compile(r'data-live="list".*?data-order="([\w-]*)"', re.DOTALL)
_LIST = re.compile(r'data-live="list".*?(?=data-live=|\Z)', re.DOTALL)


# --- the place -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """One site with a lane at work, a shift whose hours wait, and who is there."""

    site_id: int
    lane_id: int
    ended_id: int
    volunteers: list[Volunteer]
    records: list[tuple[int, int]]
    """Attendances that wait for approval, with their versions."""
    tablets: list[str]
    """The cookies of their supervisors."""


def build(count: int, records: int, tablets: int, already: int = 40) -> Place:
    """`count` people who will come, `already` who are there, `records` whose hours wait."""
    now = datetime.now(UTC)

    @transaction
    def built() -> Place:
        site = factories.site(now)
        lane = factories.lane_shift(now, site, starts=-30, minutes=480, seats=100_000)
        ended = factories.shift(now, site, starts=-300, minutes=240, seats=100_000)
        poster = factories.poster(now, site)
        coming = [_volunteer(now, lane, f"/S/{poster.code}") for _ in range(count)]
        there = [factories.person(now, mobile=None) for _ in range(already)]
        worked = [factories.person(now, mobile=None) for _ in range(records)]
        for who, to in [(one, lane) for one in there] + [(one, ended) for one in worked]:
            factories.assign(now, who, to)
        for who in there:
            factories.check_in(who, poster, now - 20 * MINUTE)
        for who in worked:
            factories.check_in(who, poster, ended.starts_at)
            factories.check_out(who, ended, ended.ends_at)
        cookies = [_supervisor(now, site.id) for _ in range(tablets)]
        return Place(site.id, lane.id, ended.id, coming, _waiting(ended.id), cookies)

    return built()


def _volunteer(now: datetime, shift, path: str) -> Volunteer:
    who = factories.person(now, mobile=None)
    factories.assign(now, who, shift)
    _, cookie = devices.remember(who.id, "phone", "load", lifetime=timedelta(days=1), now=now)
    return Volunteer(who.id, cookie, path, shift.id)


def _supervisor(now: datetime, site_id: int) -> str:
    who = factories.person(now, "سالم عوض الغامدي", mobile=None)
    factories.grant(now, who, Role.SUPERVISOR, site_id=site_id)
    _, cookie = devices.remember(who.id, "staff", "load", lifetime=timedelta(hours=12), now=now)
    return cookie


def _waiting(shift_id: int) -> list[tuple[int, int]]:
    of_shift = select(Attendance.id, Attendance.row_version).where(
        Attendance.shift_id == shift_id, Attendance.state == "closed"
    )
    return [(row.id, row.row_version) for row in db.session.execute(of_shift)]


# --- what is noted -------------------------------------------------------------------------


@dataclass
class Notes:
    """What everybody saw, by one steady clock."""

    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: list[str] = field(default_factory=list)
    came: dict[int, float] = field(default_factory=dict)
    left: dict[int, float] = field(default_factory=dict)
    acknowledged: list[tuple[int, str]] = field(default_factory=list)
    tapped: dict[str, int] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    over: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def timed(self, kind: str, ask: Callable[..., Reply], *args: object) -> Reply:
        begun = time.perf_counter()
        reply = ask(*args)
        took = time.perf_counter() - begun
        with self.lock:
            self.took[kind].append(took)
            self.answers[f"{kind} {reply.status}"] += 1
            if reply.status >= 500:
                self.wrong.append(f"{kind}: {reply.status}")
        return reply

    def percentile(self, part: float, kind: str | None = None) -> float:
        """Seconds that `part` of the answers stayed under."""
        lists = [self.took[kind]] if kind else self.took.values()
        ordered = sorted(one for took in lists for one in took) or [0.0]
        return ordered[min(int(len(ordered) * part), len(ordered) - 1)]


# --- phones --------------------------------------------------------------------------------


def phone(base_url: str, people: Iterator[Volunteer], notes: Notes, seed: int) -> None:
    """One after the other checks in, stays, and checks out."""
    client, chance = Client(base_url), random.Random(seed)
    notes.over.wait(chance.uniform(0, STAY[0]))  # they do not all come in one instant
    while not notes.over.is_set():
        with notes.lock:
            who = next(people, None)
        if who is None:
            break
        notes.timed("open", _opened, client, who)
        for kind, noted in (("in", notes.came), ("out", notes.left)):
            uid = str(uuid.uuid4())
            reply = notes.timed(kind, send, client, who, kind, uid)
            with notes.lock:
                if has_receipt(reply):
                    noted[who.id] = time.monotonic()
                    notes.acknowledged.append((who.id, uid))
                else:
                    notes.wrong.append(f"{kind}: {reply.status}")
            if kind == "in" and notes.over.wait(chance.uniform(*STAY)):
                break
    client.close()


def _opened(client: Client, who: Volunteer) -> Reply:
    open_page(client, who)
    return Reply(200, {}, b"")


# --- tablets -------------------------------------------------------------------------------


@dataclass
class Board:
    """The list of who is here, kept and asked for as `board.js` does."""

    client: Client
    site_id: int
    notes: Notes
    etag: str | None = None
    rows: dict[str, int] = field(default_factory=dict)
    """Person by mark, for each row that is on the screen."""
    seen: dict[int, float] = field(default_factory=dict)
    gone: dict[int, float] = field(default_factory=dict)

    @property
    def people(self) -> set[int]:
        return set(self.rows.values())

    def poll(self) -> Reply:
        headers = {"HX-Request": "true", "X-Poll": "1", "X-Known": "".join(self.rows)[:6000]}
        if self.etag:
            headers["If-None-Match"] = self.etag
        address = f"/floor/{self.site_id}?show=here"
        reply = self.notes.timed("board", self.client.get, address, headers)
        if reply.status == 200:
            self._show(reply)
        elif reply.status != 304:
            self.notes.wrong.append(f"board: {reply.status}")
        return reply

    def _show(self, reply: Reply) -> None:
        text = reply.body.decode()
        part = _LIST.search(text)
        known = {**self.rows, **{mark: int(who) for who, mark in _ROW.findall(part[0])}}
        order = _ORDER.search(text)
        marks = re.findall(".{8}", order[1]) if order else []
        if not set(marks) <= set(known):
            self.etag, self.rows = None, {}
            self.poll()
            return
        self.etag, before = reply.headers["etag"], self.people
        self.rows = {mark: known[mark] for mark in marks}
        now = time.monotonic()
        for who in self.people - before:
            self.seen.setdefault(who, now)
        for who in before - self.people:
            self.gone.setdefault(who, now)


def watch(board: Board) -> None:
    """Ask every five seconds until it is over, and once more a little later."""
    while not board.notes.over.is_set():
        board.poll()
        board.notes.over.wait(EVERY)
    time.sleep(EVERY)
    board.poll()


def tap(client: Client, lane_id: int, notes: Notes, seed: int) -> None:
    """Count people for as long as it lasts; now and then an answer is lost and sent for again."""
    chance = random.Random(seed)
    while not notes.over.wait(chance.uniform(0.5, 1.5)):
        now = datetime.now(UTC).isoformat()
        amounts = {
            str(uuid.uuid4()): chance.choice((1, 1, 5, 10, -1)) for _ in range(chance.randint(1, 3))
        }
        batch = {
            "sent_at": now,
            "taps": [
                {"uid": uid, "shift_id": lane_id, "amount": amount, "device_at": now}
                for uid, amount in amounts.items()
            ],
        }
        for _ in range(2 if chance.random() < 0.1 else 1):
            reply = notes.timed("tally", client.post_json, "/api/v1/tallies", batch)
        with notes.lock:
            for result in reply.json["results"] if reply.status == 200 else []:
                if result["status"] == 200:
                    notes.tapped[result["uid"]] = amounts[result["uid"]]
                elif result["outcome"] != "tally_below_zero":
                    notes.wrong.append(f"tap: {result['outcome']}")


def decide(client: Client, place: Place, notes: Notes, together: threading.Barrier) -> None:
    """Approve the same records as the other tablet, at the same instant."""
    page = client.get(f"/shifts/{place.ended_id}/approvals")
    token = hidden_fields(page.body)["csrf_token"]
    for first in range(0, len(place.records), IN_A_ROUND):
        if notes.over.wait(ROUND_SECONDS):
            break
        mine = place.records[first : first + IN_A_ROUND]
        for record, version in mine[:3]:
            _meet(together)
            fields = {"csrf_token": token, "version": version}
            notes.timed("approve", client.post, f"/attendances/{record}/approval", fields)
        _meet(together)
        shown = " ".join(f"{record}.{version}" for record, version in mine[3:])
        fields = {"csrf_token": token, "records": shown}
        notes.timed("approve many", client.post, f"/shifts/{place.ended_id}/approvals", fields)


def _meet(together: threading.Barrier) -> None:
    """Go on alone when the other has gone home."""
    try:
        together.wait(timeout=2)
    except threading.BrokenBarrierError:
        return


# --- one run -------------------------------------------------------------------------------


def run(url: str, options: argparse.Namespace) -> bool:
    engine = standalone_engine(url)
    migrations.upgrade(engine)
    seconds, rounds = options.minutes * 60, int(options.minutes * 60 / ROUND_SECONDS)
    coming = int(options.phones * (seconds / STAY[0] + 2))
    with app_on(url):
        place = build(coming, (rounds + 1) * IN_A_ROUND, tablets=2)
    notes = Notes()
    with served(url) as (base_url, cpu_seconds):
        warm_up(base_url, place)
        before = cpu_seconds()
        boards = live(base_url, place, notes, options.phones, seconds)
        share = (cpu_seconds() - before) / (seconds + EVERY)
    found = [
        *notes.wrong,
        *late(boards, notes),
        *different(boards, place, engine),
        *lost_taps(notes, place, engine),
        *decided_twice(place, engine),
        *slow(notes),
        *faults(engine, datetime.now(UTC), notes.acknowledged),
    ]
    report(engine.dialect.name, notes, boards, place, share, found)
    engine.dispose()
    return not found


@contextmanager
def served(url: str) -> Iterator[tuple[str, Callable[[], float]]]:
    """Our application's address, and how many CPU seconds its processes have used since."""
    port = free_port()
    process = start("wsgi:app", url, port)
    before = _cpu_seconds(process.pid)
    try:
        yield f"http://127.0.0.1:{port}", lambda: _cpu_seconds(process.pid) - before
    finally:
        stop(process)


def _cpu_seconds(group: int) -> float:
    """Of all processes of a group that live."""
    total = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        if int(fields[2]) == group:
            total += int(fields[11]) + int(fields[12])
    return total / TICKS


def warm_up(base_url: str, place: Place) -> None:
    """Every process of the server reads its templates once, as on the day before."""
    pages = [f"/floor/{place.site_id}", f"/shifts/{place.ended_id}/approvals"]
    for _ in range(6):
        for cookie, path in [(place.tablets[0], one) for one in pages] + [
            (who.cookie, who.path) for who in place.volunteers[:1]
        ]:
            client = _tablet(base_url, cookie)
            client.get(path)
            client.close()


def live(base_url: str, place: Place, notes: Notes, phones: int, seconds: float) -> list[Board]:
    """Everybody at once, for so many seconds."""
    people, together = iter(place.volunteers), threading.Barrier(2)
    threads = [
        threading.Thread(target=phone, args=(base_url, people, notes, number))
        for number in range(phones)
    ]
    boards = []
    for number, cookie in enumerate(place.tablets):
        boards.append(Board(_tablet(base_url, cookie), place.site_id, notes))
        threads += [
            threading.Thread(target=watch, args=(boards[-1],)),
            threading.Thread(
                target=tap, args=(_tablet(base_url, cookie), place.lane_id, notes, number)
            ),
            threading.Thread(
                target=decide, args=(_tablet(base_url, cookie), place, notes, together)
            ),
        ]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    notes.over.set()
    for thread in threads:
        thread.join()
    return boards


def _tablet(base_url: str, cookie: str) -> Client:
    return Client(base_url, cookies={"device": cookie, "prefs": "ar.latn.auto"})


# --- what must be true ---------------------------------------------------------------------


def late(boards: list[Board], notes: Notes) -> Iterator[str]:
    """Everybody who came or left stood so on every board soon enough."""
    for number, board in enumerate(boards):
        for what, noted, shown in (
            ("came", notes.came, board.seen),
            ("left", notes.left, board.gone),
        ):
            for who, at in noted.items():
                lag = shown.get(who, float("inf")) - at
                if lag > AGREE_WITHIN:
                    yield f"tablet {number}: {who} {what}, shown after {lag:.1f} s"


def different(boards: list[Board], place: Place, engine) -> Iterator[str]:
    with Session(engine) as session:
        here = select(Attendance.volunteer_id).where(
            Attendance.site_id == place.site_id, Attendance.state == "open"
        )
        people = set(session.scalars(here))
    for number, board in enumerate(boards):
        if board.people != people:
            yield f"tablet {number} shows {len(board.people)}, the database has {len(people)}"


def lost_taps(notes: Notes, place: Place, engine) -> Iterator[str]:
    with Session(engine) as session:
        taps = select(TallyTap.tap_uid, TallyTap.amount).where(TallyTap.shift_id == place.lane_id)
        kept = [(uid, amount) for uid, amount in session.execute(taps)]
    if len({uid for uid, _ in kept}) != len(kept):
        yield "a tap is kept twice"
    if dict(kept) != notes.tapped:
        lost = notes.tapped.keys() - {uid for uid, _ in kept}
        yield f"{len(notes.tapped)} taps acknowledged, {len(kept)} kept, {len(lost)} lost"


def decided_twice(place: Place, engine) -> Iterator[str]:
    ids = [record for record, _ in place.records]
    with Session(engine) as session:
        counted = select(Decision.attendance_id, func.count()).where(
            Decision.attendance_id.in_(ids)
        )
        for record, count in session.execute(counted.group_by(Decision.attendance_id)):
            if count > 1:
                yield f"attendance {record} was decided {count} times"


def slow(notes: Notes) -> Iterator[str]:
    if (p95 := notes.percentile(0.95)) > MOST_P95:
        yield f"p95 is {p95 * 1000:.0f} ms"


def report(
    name: str, notes: Notes, boards: list[Board], place: Place, share: float, found: list[str]
) -> None:
    lags = [
        shown[who] - at
        for board in boards
        for noted, shown in ((notes.came, board.seen), (notes.left, board.gone))
        for who, at in noted.items()
        if who in shown
    ]
    print(
        f"{name}: {len(notes.came)} came, {len(notes.left)} left, {len(notes.tapped)} taps "
        f"({sum(notes.tapped.values())} people), {len(place.records)} records for two tablets; "
        f"longest on a board {max(lags, default=0):.1f} s; p95 "
        f"{notes.percentile(0.95) * 1000:.0f} ms, server {share:.0%} of one core; "
        f"{len(found)} faults"
    )
    for kind in sorted(notes.took):
        p50, p95 = (notes.percentile(part, kind) * 1000 for part in (0.5, 0.95))
        said = {one: count for one, count in notes.answers.items() if one[:-4] == kind}
        print(f"  {kind:13} p50 {p50:6.1f}  p95 {p95:6.1f} ms  {said}")
    for fault in found[:10]:
        print(f"  {fault}")


# --- many boards ---------------------------------------------------------------------------


def run_boards(url: str, options: argparse.Namespace) -> bool:
    """Open boards that nothing changes: what their questions cost."""
    engine = standalone_engine(url)
    migrations.upgrade(engine)
    with app_on(url):
        place = build(0, 0, tablets=options.boards, already=60)
    notes = Notes()
    with served(url) as (base_url, cpu_seconds):
        boards = [
            Board(_tablet(base_url, cookie), place.site_id, notes) for cookie in place.tablets
        ]
        for board in boards:
            for _ in range(3):  # each of the server's processes has seen it
                board.poll()
                board.client.close()
        notes.took.clear()
        notes.answers.clear()
        before, begun = cpu_seconds(), time.monotonic()
        _ask_all(boards, notes, options.seconds)
        took = time.monotonic() - begun
        share = (cpu_seconds() - before) / took
    asked, unchanged = len(notes.took["board"]), notes.answers["board 304"]
    print(
        f"{engine.dialect.name}: {options.boards} boards, {asked / took:.0f} questions/s, "
        f"{unchanged} of {asked} answered 304; p95 {notes.percentile(0.95) * 1000:.0f} ms; "
        f"{share:.1%} of one core"
    )
    engine.dispose()
    return share < MOST_SHARE and not notes.wrong and unchanged > asked * 0.9


def _ask_all(boards: list[Board], notes: Notes, seconds: float) -> None:
    """Every board in its own time, as tablets that were opened one after the other."""

    def one(board: Board, after: float) -> None:
        notes.over.wait(after)
        while not notes.over.is_set():
            board.poll()
            notes.over.wait(EVERY)
        board.client.close()

    threads = [
        threading.Thread(target=one, args=(board, EVERY * number / len(boards)))
        for number, board in enumerate(boards)
    ]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    notes.over.set()
    for thread in threads:
        thread.join()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--phones", type=int, default=20)
    parser.add_argument("--boards", type=int, default=0, help="so many idle boards instead")
    parser.add_argument("--seconds", type=float, default=60, help="how long boards are measured")
    parser.add_argument("--on", choices=("sqlite", "postgresql", "both"), default="both")
    options = parser.parse_args()
    measure = run_boards if options.boards else run
    whole = []
    if options.on != "postgresql":
        with tempfile.TemporaryDirectory() as folder:
            whole.append(measure(f"sqlite:///{Path(folder) / 'floor.sqlite3'}", options))
    if options.on != "sqlite":
        server = open_server(durable=True)
        whole.append(measure(server.create_database("floor"), options))
        server.stop()
    return 0 if all(whole) else 1


if __name__ == "__main__":
    sys.exit(main())
