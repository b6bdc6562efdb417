"""kill -9 of every serving process in the middle of scans: nothing acknowledged may be lost.

`python -m tests.load.kill` serves on SQLite and then on PostgreSQL, lets volunteers check in and
out without a pause, and kills the server and all its workers again and again, until there were
`--rounds` kills and `--acknowledged` scans. A scan counts as acknowledged when its receipt's
address arrived. One whose answer never came is sent again with the same id until there is one.
Meanwhile a process seals the audit log and is killed as well. Afterwards the record must hold:
lost 0, doubled 0, every attendance what its scans say, one line in the log for each scan, and
the chain whole.
"""

import argparse
import multiprocessing
import random
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess
from pathlib import Path

from checkin import migrations
from checkin.database import standalone_engine
from checkin.operations import audit
from tests.load.phones import Storm
from tests.load.scan import volunteers
from tests.load.servers import app_on, free_port, start, stop
from tests.load.truth import chain_faults, faults
from tests.postgres import open_server

SEALED_AT_ONCE = 50
"""Few, so that a kill often comes in the middle of it."""


def seal_without_end(url: str) -> None:
    """Chain the audit log as fast as it grows, until somebody kills this process."""
    with app_on(url):
        while True:
            audit.seal(SEALED_AT_ONCE)
            time.sleep(0.02)


def _sealer(url: str) -> BaseProcess:
    process = multiprocessing.get_context("spawn").Process(
        target=seal_without_end, args=(url,), daemon=True
    )
    process.start()
    return process


@contextmanager
def killed_in_turn(url: str) -> Iterator[BaseProcess]:
    """A sealing process that ends as it lived."""
    process = _sealer(url)
    try:
        yield process
    finally:
        process.kill()
        process.join()


def run(url: str, options: argparse.Namespace) -> bool:
    engine = standalone_engine(url)
    migrations.upgrade(engine)
    port, chance, kills = free_port(), random.Random(options.seed), 0
    share = max(options.acknowledged // options.rounds, 1)
    storm = Storm(f"http://127.0.0.1:{port}")
    server = start("wsgi:app", url, port)
    while kills < options.rounds or len(storm.acknowledged) < options.acknowledged:
        with killed_in_turn(url):
            for _ in range(3):
                if storm.left < share:
                    storm.send(volunteers(url, share), options.phones)
                more = chance.randint(share // 2, share * 3 // 2)
                storm.wait_for(len(storm.acknowledged) + more)
                stop(server, signal.SIGKILL)
                server, kills = start("wsgi:app", url, port), kills + 1
        print(f"  {kills} kills, {len(storm.acknowledged)} acknowledged", flush=True)
    storm.join()
    stop(server)
    found = faults(engine, datetime.now(UTC), storm.acknowledged) + storm.refused
    found += chain_faults(url)
    print(
        f"{engine.dialect.name}: {kills} kills, {len(storm.acknowledged)} acknowledged, "
        f"{storm.again} sent again, longest wait {storm.longest:.1f} s, {len(found)} faults"
    )
    engine.dispose()
    for fault in found[:10]:
        print(f"  {fault}")
    return not found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=21, help="at least so many kills")
    parser.add_argument("--acknowledged", type=int, default=4000, help="at least so many scans")
    parser.add_argument("--phones", type=int, default=8)
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
