"""kill -9 of every serving process in the middle of scans: nothing acknowledged may be lost.

`python -m tests.load.kill` serves on SQLite and then on PostgreSQL, lets volunteers check in and
out without a pause, and kills the server and all its workers again and again. A scan counts as
acknowledged when its receipt's address arrived. One whose answer never came is sent again with
the same id until there is one. Afterwards the record must hold: lost 0, doubled 0, and every
attendance what its scans say.
"""

import argparse
import queue
import random
import signal
import sys
import tempfile
import threading
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from checkin import migrations
from checkin.database import standalone_engine
from tests.load.client import Client
from tests.load.scan import Volunteer, has_receipt, open_page, send, volunteers
from tests.load.servers import free_port, start, stop
from tests.load.truth import faults
from tests.postgres import open_server

PATIENCE = 60.0
"""Seconds a phone keeps trying before the run calls it a failure."""


@dataclass
class Storm:
    """What the phones saw: scans the server said yes to, and how long the longest took."""

    base_url: str
    acknowledged: list[tuple[int, str]] = field(default_factory=list)
    again: int = 0
    refused: list[str] = field(default_factory=list)
    longest: float = 0.0
    stopping: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, who: Volunteer, uid: str, tries: int, took: float) -> None:
        with self.lock:
            self.acknowledged.append((who.id, uid))
            self.again += tries - 1
            self.longest = max(self.longest, took)


def phone(storm: Storm, waiting: "queue.Queue[Volunteer]") -> None:
    """Volunteers one after another: in, out, and back into the queue for the next shift."""
    client = Client(storm.base_url, timeout=10.0)
    while not storm.stopping.is_set():
        try:
            who = waiting.get(timeout=0.5)
        except queue.Empty:
            return
        for kind in ("in", "out"):
            _insist(storm, client, who, kind)
        client.close()


def _insist(storm: Storm, client: Client, who: Volunteer, kind: str) -> None:
    """Send one scan, with the same id, until the server has answered for it."""
    uid, begun = str(uuid.uuid4()), time.monotonic()
    tries = 0
    while time.monotonic() - begun < PATIENCE:
        tries += 1
        try:
            if not who.fields:
                open_page(client, who)
            reply = send(client, who, kind, uid)
        except (OSError, SystemExit):
            client.close()
            time.sleep(0.05)
            continue
        if has_receipt(reply):
            storm.note(who, uid, tries, time.monotonic() - begun)
            return
        if reply.status != 503:
            with storm.lock:
                storm.refused.append(f"{kind}: {reply.status} {reply.headers.get('location', '')}")
            return
        time.sleep(0.05)
    with storm.lock:
        storm.refused.append(f"{kind}: no answer in {PATIENCE:.0f} s")


def run(url: str, options: argparse.Namespace) -> bool:
    engine = standalone_engine(url)
    migrations.upgrade(engine)
    port, chance = free_port(), random.Random(options.seed)
    storm = Storm(f"http://127.0.0.1:{port}")
    server = start("wsgi:app", url, port)
    waiting: queue.Queue[Volunteer] = queue.Queue()
    phones: list[threading.Thread] = []
    for number in range(options.rounds):
        for who in volunteers(url, options.volunteers):
            waiting.put(who)
        phones = [thread for thread in phones if thread.is_alive()]
        for _ in range(options.phones - len(phones)):
            phones.append(threading.Thread(target=phone, args=(storm, waiting)))
            phones[-1].start()
        time.sleep(chance.uniform(1.0, 2.0))
        stop(server, signal.SIGKILL)
        server = start("wsgi:app", url, port)
        if number % 5 == 4:
            print(f"  {number + 1} kills, {len(storm.acknowledged)} acknowledged", flush=True)
    for thread in phones:
        thread.join()
    stop(server)
    found = faults(engine, datetime.now(UTC), storm.acknowledged) + storm.refused
    name = engine.dialect.name
    engine.dispose()
    print(
        f"{name}: {options.rounds} kills, {len(storm.acknowledged)} acknowledged, "
        f"{storm.again} sent again, longest wait {storm.longest:.1f} s, {len(found)} faults"
    )
    for fault in found[:10]:
        print(f"  {fault}")
    return not found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--phones", type=int, default=8)
    parser.add_argument("--volunteers", type=int, default=120, help="new ones each round")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    server = open_server(durable=True)
    with tempfile.TemporaryDirectory() as folder:
        sqlite = f"sqlite:///{Path(folder) / 'kill.sqlite3'}"
        whole = [run(url, options) for url in (sqlite, server.create_database("kill"))]
    server.stop()
    return 0 if all(whole) else 1


if __name__ == "__main__":
    sys.exit(main())
