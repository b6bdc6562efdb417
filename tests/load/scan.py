"""How fast a scan is accepted and kept, beside the floor of any such server in the same run.

`python -m tests.load.scan` makes a database on SQLite and on PostgreSQL, serves our application and
the floor (`floor_app.py`) in turn by the same gunicorn, and lets volunteers with remembered phones
check in and out over HTTP, every answer checked. `--base-url` and `--database-url` measure a server
that is already running on that database instead.
"""

import argparse
import statistics
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from checkin import create_app, migrations
from checkin.database import db, standalone_engine, transaction
from checkin.operations import devices
from tests import factories
from tests.load import floor_app
from tests.load.client import Client, Reply, hidden_fields
from tests.load.servers import KEY, serving
from tests.load.truth import faults
from tests.postgres import open_server


@dataclass
class Round:
    """What one round measured: seconds of each request, and what was answered wrongly."""

    took: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.took) / self.seconds if self.seconds else 0.0

    def percentile(self, part: float) -> float:
        """Milliseconds that `part` of the requests stayed under."""
        ordered = sorted(self.took) or [0.0]
        return ordered[min(int(len(ordered) * part), len(ordered) - 1)] * 1000

    def __str__(self) -> str:
        parts = " ".join(f"p{int(p * 100)} {self.percentile(p):6.1f}" for p in (0.5, 0.95, 0.99))
        return f"{self.rate:7.1f}/s  {parts} ms  errors {len(self.errors)}"


@dataclass
class Volunteer:
    """A person with a remembered phone at a poster."""

    id: int
    cookie: str
    path: str
    shift_id: int
    fields: dict[str, str] = field(default_factory=dict)
    acknowledged: list[str] = field(default_factory=list)


# --- volunteers ----------------------------------------------------------------------------


def volunteers(url: str, count: int) -> list[Volunteer]:
    """New people on a new shift at a new site of the database, each with a phone signed in."""
    now = datetime.now(UTC)
    app = create_app({"DATABASE_URL": url, "SECRET_KEY": KEY, "JOBS": False})
    with app.app_context():

        @transaction
        def seed() -> list[Volunteer]:
            site = factories.site(now)
            shift = factories.shift(now, site, starts=-60, minutes=480, seats=100_000)
            poster = factories.poster(now, site)
            made = []
            for _ in range(count):
                who = factories.person(now, mobile=None)
                factories.assign(now, who, shift)
                _, cookie = devices.remember(
                    who.id, "phone", "load", lifetime=timedelta(days=1), now=now
                )
                made.append(Volunteer(who.id, cookie, f"/S/{poster.code}", shift.id))
            return made

        found = seed()
        db.session.remove()
        db.engine.dispose()
    return found


def open_page(client: Client, who: Volunteer) -> None:
    """Look at the poster's page as the phone would, for the form's fields and cookies."""
    client.cookies = {"device": who.cookie, "prefs": "ar.latn.auto"}
    reply = client.get(who.path)
    who.fields = hidden_fields(reply.body)
    who.fields |= {f"cookie:{name}": value for name, value in client.cookies.items()}
    if reply.status != 200 or "csrf_token" not in who.fields:
        raise SystemExit(f"{who.path} answered {reply.status} without a form")


def send(client: Client, who: Volunteer, kind: str, uid: str) -> Reply:
    """Press the button of the page that was opened."""
    client.cookies = {
        name.removeprefix("cookie:"): value
        for name, value in who.fields.items()
        if name.startswith("cookie:")
    }
    fields: dict[str, object] = {
        "csrf_token": who.fields["csrf_token"],
        "kind": kind,
        "scan_uid": uid,
    }
    if kind == "out":
        fields |= {"shift_id": who.shift_id, "beneficiaries": 12}
    return client.post(who.path, fields)


def has_receipt(reply: Reply) -> bool:
    """Whether the server said that the scan is kept."""
    return reply.status == 303 and "/attendances/" in reply.headers.get("location", "")


def scan(client: Client, who: Volunteer, kind: str) -> str:
    """Check in or out; an empty string, or what was wrong with the answer."""
    uid = str(uuid.uuid4())
    reply = send(client, who, kind, uid)
    if not has_receipt(reply):
        return f"{kind}: {reply.status} {reply.headers.get('location', '')}"
    who.acknowledged.append(uid)
    return ""


# --- rounds --------------------------------------------------------------------------------

Work = Callable[[Client, int], str]


def measure(base_url: str, clients: int, jobs: int, work: Work) -> Round:
    """`jobs` requests from `clients` connections; `work` makes one and says what was wrong."""
    result, numbers, lock = Round(), iter(range(jobs)), threading.Lock()

    def run() -> None:
        client = Client(base_url)
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                break
            begun = time.perf_counter()
            wrong = work(client, number)
            took = time.perf_counter() - begun
            with lock:
                result.took.append(took)
                result.errors += [wrong] if wrong else []
        client.close()

    threads = [threading.Thread(target=run) for _ in range(clients)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result.seconds = time.perf_counter() - begun
    return result


def scans(base_url: str, clients: int, people: list[Volunteer]) -> Round:
    """Everybody checks in, then everybody checks out."""
    client = Client(base_url)
    for who in people:
        open_page(client, who)
    client.close()
    parts = [
        measure(base_url, clients, len(people), lambda c, n, kind=kind: scan(c, people[n], kind))
        for kind in ("in", "out")
    ]
    return _joined(parts)


def floor(base_url: str, clients: int, people: int) -> Round:
    def work(client: Client, number: int) -> str:
        fields: dict[str, object] = {"person": number % people + 1, "scan_uid": str(uuid.uuid4())}
        status = client.post("/scans", fields).status
        return "" if status == 204 else f"floor answered {status}"

    return measure(base_url, clients, people * 2, work)


def _joined(parts: Iterable[Round]) -> Round:
    whole = Round()
    for part in parts:
        whole.took += part.took
        whole.errors += part.errors
        whole.seconds += part.seconds
    return whole


# --- a whole run ---------------------------------------------------------------------------


def compare(url: str, options: argparse.Namespace) -> bool:
    """Rounds of the floor and of ours in turn, so that both see the same machine."""
    engine = standalone_engine(url)
    migrations.upgrade(engine)
    floor_app.set_up(url, options.volunteers)
    name = engine.dialect.name
    floors, ours, kept = [], [], []
    for _ in range(options.rounds):
        with serving("tests.load.floor_app:app", url) as address:
            floor(address, options.clients, options.volunteers // 4)
            floors.append(floor(address, options.clients, options.volunteers))
        people = volunteers(url, options.volunteers)
        warming = volunteers(url, 50)
        with serving("wsgi:app", url) as address:
            scans(address, options.clients, warming)
            ours.append(scans(address, options.clients, people))
        kept += [(who.id, uid) for who in people for uid in who.acknowledged]
        print(f"{name:10} floor {floors[-1]}\n{name:10} scan  {ours[-1]}", flush=True)
    ratio = statistics.median(o.rate / f.rate for o, f in zip(ours, floors, strict=True))
    wrong = [error for one in (*floors, *ours) for error in one.errors]
    wrong += faults(engine, datetime.now(UTC), kept)
    engine.dispose()
    p95 = statistics.median(one.percentile(0.95) for one in ours)
    print(f"{name:10} scan/floor {ratio:.2f} (median of {options.rounds}), p95 {p95:.1f} ms")
    for fault in wrong[:10]:
        print(f"{name:10} WRONG {fault}")
    return not wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base-url", help="a server that is already running")
    parser.add_argument("--database-url", help="the database that server runs on")
    parser.add_argument("--volunteers", type=int, default=600)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if options.base_url:
        people = volunteers(options.database_url, options.volunteers)
        result = scans(options.base_url, options.clients, people)
        print(f"scan  {result}")
        return 1 if result.errors else 0
    server = open_server(durable=True)
    with tempfile.TemporaryDirectory() as folder:
        sqlite = f"sqlite:///{Path(folder) / 'scan.sqlite3'}"
        whole = [compare(url, options) for url in (sqlite, server.create_database("scan"))]
    server.stop()
    return 0 if all(whole) else 1


if __name__ == "__main__":
    sys.exit(main())
