"""Two hundred phones and three tablets find the network again after eight hours, all at once.

`python -m tests.load.offline` plans one day for everybody: in, out to pray, back, out, walk-ins,
moves to another site, slips taken back, forgotten check-outs, badges and entries by hand. The day
is lived twice. Online, every act is judged at its own instant. Offline, phones whose clocks are
wrong by up to two hours keep their acts and send them together through a real server, answers get
lost and everything is sent again. Both must end in the same record, on SQLite and on PostgreSQL.
"""

import argparse
import json
import random
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from checkin import migrations
from checkin.database import db, standalone_engine, transaction
from checkin.domain.clocks import DeviceClock
from checkin.domain.roles import Permission, Role
from checkin.models import Attendance, Scan
from checkin.operations import badges, devices, sync
from checkin.operations.permissions import reach_of, roles_of
from tests import factories
from tests.load.client import Client
from tests.load.servers import app_on, serving
from tests.load.truth import faults
from tests.postgres import open_server

AWAY = timedelta(hours=8)
MINUTE = timedelta(minutes=1)
PATIENCE = 120.0
BATCH = 50


@dataclass(frozen=True)
class Plan:
    """One act of the day: who does what, where, how many minutes after the day began.

    `by` is a tablet's number for what a supervisor does; places are numbers of sites.
    """

    minute: int
    act: str
    who: int
    place: int = 0
    by: int | None = None
    undoes: str | None = None
    beneficiaries: int | None = None
    moves: bool = False
    uid: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass(frozen=True)
class Town:
    """Who and what the plans mean in one database."""

    people: list[int]
    shifts: list[int]
    sites: list[int]
    posters: list[str]
    badges: dict[int, str]
    staff: list[int]
    phones: list[str]
    tablets: list[str]


# --- one day -------------------------------------------------------------------------------


def plan_day(phones: int, tablets: int, held: int, chance: random.Random) -> list[Plan]:
    """What everybody does; the first `phones` by phone, then `held` for each tablet by badge."""
    plans = []
    for who in range(phones):
        plans += _by_phone(who, who % tablets, tablets, chance)
    for tablet in range(tablets):
        for one in range(held):
            plans += _by_tablet(phones + tablet * held + one, tablet, chance)
    return sorted(plans, key=lambda plan: plan.minute)


def _by_phone(who: int, place: int, places: int, chance: random.Random) -> Iterator[Plan]:
    came, kind = chance.randint(5, 40), chance.random()
    if kind < 0.1:  # a slip, taken back and done again
        slip = Plan(came, "in", who, place)
        yield slip
        yield Plan(came + 2, "undo", who, undoes=slip.uid)
        came += 20
    yield Plan(came, "in", who, place)
    if who % 10 == 1:  # expected at two places
        place = (place + 1) % places
        yield Plan(came + 90, "in", who, place, moves=True)
    elif kind > 0.3:  # out to pray and back; tapped twice by some
        yield Plan(came + 120, "out", who, place)
        yield Plan(came + 145, "in", who, place)
        if kind > 0.85:
            yield Plan(came + 147, "in", who, place)
    if not 0.2 < kind < 0.25:  # some forget
        yield Plan(chance.randint(300, 420), "out", who, place, beneficiaries=chance.randint(0, 90))


def _by_tablet(who: int, tablet: int, chance: random.Random) -> Iterator[Plan]:
    came, left = chance.randint(5, 40), chance.randint(300, 420)
    if chance.random() < 0.15:
        yield Plan(came, "manual_in", who, tablet, by=tablet)
        yield Plan(left, "manual_out", who, tablet, by=tablet, beneficiaries=5)
    else:
        yield Plan(came, "badge", who, tablet, by=tablet)
        yield Plan(left, "badge", who, tablet, by=tablet)


def build(begins: datetime, phones: int, tablets: int, held: int) -> Town:
    """The same people and places in whatever database is open; every tenth phone walks in."""

    @transaction
    def built() -> Town:
        sites = [factories.site(begins) for _ in range(tablets)]
        open_to_all = factories.opportunity(begins, walk_ins=True, late_minutes=470)
        shifts = [
            factories.shift(begins, site, open_to_all, minutes=470, seats=1000) for site in sites
        ]
        people = [factories.person(begins, mobile=None) for _ in range(phones + tablets * held)]
        for number, who in enumerate(people):
            at = number % tablets if number < phones else (number - phones) // held
            if number >= phones or number % 10:
                factories.assign(begins, who, shifts[at])
            if number < phones and number % 10 == 1:
                factories.assign(begins, who, shifts[(at + 1) % tablets])
        staff = [factories.person(begins, mobile=None) for _ in sites]
        for who, site in zip(staff, sites, strict=True):
            factories.grant(begins, who, Role.SUPERVISOR, site_id=site.id)
        made = badges.make([one.id for one in people[phones:]], by=None, now=begins)
        return Town(
            people=[one.id for one in people],
            shifts=[one.id for one in shifts],
            sites=[one.id for one in sites],
            posters=[factories.poster(begins, site).code for site in sites],
            badges={one.person_id: badges.code_of(one) or "" for one in made},
            staff=[one.id for one in staff],
            phones=[_cookie(one.id, "phone", begins) for one in people[:phones]],
            tablets=[_cookie(one.id, "staff", begins) for one in staff],
        )

    return built()


def _cookie(person_id: int, kind: str, now: datetime) -> str:
    return devices.remember(person_id, kind, "load", lifetime=timedelta(days=2), now=now)[1]


def message(plan: Plan, town: Town) -> dict[str, Any]:
    """The act as a phone or tablet keeps it, its time left out."""
    person = town.people[plan.who]
    said: dict[str, Any] = {"uid": plan.uid, "act": plan.act, "undoes": plan.undoes}
    if plan.act in ("in", "out"):
        said |= {"code": f"S/{town.posters[plan.place]}", "beneficiaries": plan.beneficiaries}
        said |= {"joins": True, "moves": plan.moves} if plan.act == "in" else {}
    elif plan.act == "badge":
        said |= {"code": f"B/{town.badges[person]}", "site_id": town.sites[plan.place]}
    elif plan.by is not None:
        said |= {"person_id": person, "shift_id": town.shifts[plan.place], "reason": "no_phone"}
        said |= {"beneficiaries": plan.beneficiaries}
    return said


# --- online --------------------------------------------------------------------------------


def live(plans: list[Plan], town: Town, begins: datetime) -> None:
    """The day with a network: every act arrives at its own instant."""
    for plan in plans:
        now, said = begins + plan.minute * MINUTE, message(plan, town)
        facts = {name: value for name, value in said.items() if value is not None}
        sent = sync.Sent(clock=DeviceClock(now, now), **{**facts, "act": sync.Act(plan.act)})
        sync.record(sent, _sender(plan, town, now), now=now)


def _sender(plan: Plan, town: Town, now: datetime) -> sync.Sender:
    who = town.people[plan.who] if plan.by is None else town.staff[plan.by]
    held = roles_of(who, now)
    return sync.Sender(
        who,
        None,
        reads=reach_of(held, Permission.READ_BADGES),
        enters=reach_of(held, Permission.ENTER_ATTENDANCE),
    )


# --- offline -------------------------------------------------------------------------------


@dataclass
class Device:
    """A phone or tablet with its queue and its clock."""

    cookie: str
    plans: list[Plan]
    skew: timedelta
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    again: int = 0

    def send(self, base_url: str, town: Town, begins: datetime, chance: random.Random) -> None:
        """Everything, in batches, until each was answered; then all of it once more."""
        client = Client(base_url, timeout=60.0, cookies={"device": self.cookie})
        queue = self.plans
        for first in range(0, len(queue), BATCH):
            batch = queue[first : first + BATCH]
            if chance.random() < 0.3:
                self._post(client, batch, town, begins)  # the answer is lost
                self.again += 1
            self._insist(client, batch, town, begins)
        known = dict(self.answers)
        for first in range(0, len(queue), BATCH):
            self._insist(client, queue[first : first + BATCH], town, begins)
        changed = [
            uid for uid, told in self.answers.items() if _lasting(told) != _lasting(known[uid])
        ]
        if changed:
            raise SystemExit(f"asked again, {changed[0]} was answered otherwise")
        client.close()

    def _insist(self, client: Client, batch: list[Plan], town: Town, begins: datetime) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            told = self._post(client, batch, town, begins)
            if told is not None:
                self.answers |= {one["uid"]: one for one in told}
                if all(one["status"] != 503 for one in told):
                    return
            self.again += 1
            time.sleep(1)
        raise SystemExit("a batch was not accepted in time")

    def _post(
        self, client: Client, batch: list[Plan], town: Town, begins: datetime
    ) -> list[dict[str, Any]] | None:
        scans = [
            {
                **message(plan, town),
                "device_at": (begins + plan.minute * MINUTE + self.skew).isoformat(),
            }
            for plan in batch
        ]
        body = {"sent_at": (datetime.now(UTC) + self.skew).isoformat(), "scans": scans}
        reply = client.post_json("/api/v1/scans", body)
        if reply.status in (429, 503):
            return None
        if reply.status != 200:
            raise SystemExit(f"a batch was answered with {reply.status}: {reply.body[:300]!r}")
        results: list[dict[str, Any]] = json.loads(reply.body)["results"]
        return results


def _lasting(told: dict[str, Any]) -> dict[str, Any]:
    """What must never change in an answer."""
    names = ("status", "outcome", "attendance_id", "effective_at", "evidence", "flags", "receipt")
    return {name: told[name] for name in names}


def devices_of(plans: list[Plan], town: Town, chance: random.Random) -> list[Device]:
    phones = [Device(cookie, [], _skew(chance)) for cookie in town.phones]
    tablets = [
        Device(cookie, [], timedelta(seconds=chance.randint(-20, 20))) for cookie in town.tablets
    ]
    for plan in plans:
        (phones[plan.who] if plan.by is None else tablets[plan.by]).plans.append(plan)
    return phones + tablets


def _skew(chance: random.Random) -> timedelta:
    return timedelta(seconds=chance.choice([0, 0, chance.randint(-7200, 7200)]))


def release(base_url: str, found: list[Device], town: Town, begins: datetime) -> float:
    """All at once; how many seconds until the last one had every answer."""
    start, broken = threading.Barrier(len(found) + 1), []

    def run(number: int) -> None:
        start.wait()
        try:
            found[number].send(base_url, town, begins, random.Random(number))
        except (SystemExit, OSError) as fault:
            broken.append(str(fault))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(found))]
    for thread in threads:
        thread.start()
    start.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    if broken:
        raise SystemExit(f"{len(broken)} devices gave up: {broken[0]}")
    return time.perf_counter() - begun


# --- the same ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """What a day came to for one person at one site, without the seconds."""

    state: str
    stints: int
    minutes: int | None
    proposed: int | None
    beneficiaries: int | None


def outcomes(town: Town) -> dict[tuple[int, int], Outcome]:
    people = {person: number for number, person in enumerate(town.people)}
    shifts = {shift: number for number, shift in enumerate(town.shifts)}
    return {
        (people[one.volunteer_id], shifts[one.shift_id]): Outcome(
            one.state,
            len(one.stints),
            one.credited_minutes,
            one.proposed_minutes,
            one.beneficiaries,
        )
        for one in db.session.scalars(select(Attendance))
    }


def _same(one: Outcome | None, other: Outcome | None) -> bool:
    """Equal but for a minute.

    How long a batch waits for the server cannot be told from a clock that is slow, so two batches
    of one tablet that wait differently long move an arrival against its departure by that much.
    """
    if one is None or other is None:
        return one is other
    lasted = abs((one.minutes or 0) - (other.minutes or 0)) <= 1
    return lasted and replace(one, minutes=None) == replace(other, minutes=None)


def run(urls: tuple[str, str], options: argparse.Namespace) -> bool:
    """One day lived online in one database and offline in the other, compared."""
    begins = datetime.now(UTC).replace(second=0, microsecond=0) - AWAY
    chance = random.Random(options.seed)
    size = options.phones, options.tablets, options.held
    plans = plan_day(*size, chance)
    with prepared(urls[0]):
        town = build(begins, *size)
        live(plans, town, begins)
        wanted = outcomes(town)
    with prepared(urls[1]):
        town = build(begins, *size)
    sending = devices_of(plans, town, chance)
    with serving("wsgi:app", urls[1], workers=2, threads=8) as base_url:
        seconds = release(base_url, sending, town, begins)
    answers = {uid: told for device in sending for uid, told in device.answers.items()}
    wrong = [told for told in answers.values() if told["status"] != 200]
    with app_on(urls[1]):
        kept = db.session.scalar(select(func.count(func.distinct(Scan.scan_uid))))
        doubled = (db.session.scalar(select(func.count()).select_from(Scan)) or 0) - (kept or 0)
        got = outcomes(town)
        name = db.engine.dialect.name
        whose = {plan.uid: town.people[plan.who] for plan in plans}
        acknowledged = [(whose[uid], uid) for uid in answers]
        broken = faults(db.engine, datetime.now(UTC), acknowledged)
    differing = [key for key in wanted | got if not _same(wanted.get(key), got.get(key))]
    exact = sum(wanted.get(key) == got.get(key) for key in wanted | got)
    print(
        f"{name}: {len(sending)} devices, {len(plans)} acts of {AWAY.seconds // 3600} h, all "
        f"answered twice after {seconds:.1f} s ({sum(one.again for one in sending)} batches sent "
        f"again besides); refused {len(wrong)}, doubled {doubled}, other than online "
        f"{len(differing)} of {len(wanted)} ({exact} to the minute), faults {len(broken)}"
    )
    for key in differing[:5]:
        print(f"  {key}: online {wanted.get(key)}, offline {got.get(key)}")
    for told in wrong[:5]:
        print(f"  {told}")
    for fault in broken[:5]:
        print(f"  {fault}")
    in_time = seconds < options.within
    return in_time and not (wrong or doubled or differing or broken)


def prepared(url: str) -> Any:
    engine = standalone_engine(url)
    migrations.upgrade(engine)
    engine.dispose()
    return app_on(url)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--phones", type=int, default=200)
    parser.add_argument("--tablets", type=int, default=3)
    parser.add_argument("--held", type=int, default=100, help="people each tablet checks in")
    parser.add_argument("--within", type=float, default=120.0, help="seconds")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    server = open_server(durable=True)
    with tempfile.TemporaryDirectory() as folder:
        online, offline = (f"sqlite:///{Path(folder) / name}.sqlite3" for name in ("on", "off"))
        whole = [run((online, offline), options)]
        online, offline = (server.create_database(name) for name in ("online", "offline"))
        whole.append(run((online, offline), options))
    server.stop()
    return 0 if all(whole) else 1


if __name__ == "__main__":
    sys.exit(main())
