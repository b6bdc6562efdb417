"""Restarts of PostgreSQL in the middle of scans: nothing acknowledged lost, nobody waits long.

`python -m tests.load.restart` serves on a PostgreSQL of its own, lets volunteers check in and out
without a pause, and restarts the database five times: three times as a power cut would, twice
as an administrator would. The application is not touched. Afterwards: lost 0, doubled 0, and the
longest time from the first try to the receipt under ten seconds.
"""

import argparse
import sys
import time
from datetime import UTC, datetime

from checkin import migrations
from checkin.database import standalone_engine
from tests.load.phones import Storm
from tests.load.scan import volunteers
from tests.load.servers import serving
from tests.load.truth import chain_faults, faults
from tests.postgres import LocalServer

RESTARTS = ("immediate", "fast", "immediate", "fast", "immediate")
LONGEST = 10.0
"""Seconds a phone may wait for its receipt."""


def run(server: LocalServer, options: argparse.Namespace) -> bool:
    url = server.create_database("restart")
    engine = standalone_engine(url)
    migrations.upgrade(engine)
    people = volunteers(url, options.volunteers)
    with serving("wsgi:app", url, workers=2, threads=8) as address:
        storm = Storm(address)
        storm.send(people, options.phones)
        for number, how in enumerate(RESTARTS, start=1):
            storm.wait_for(2 * len(people) * number // (len(RESTARTS) + 1))
            begun, before = time.monotonic(), len(storm.acknowledged)
            server.restart(how)
            away = time.monotonic() - begun
            print(f"  {how}: away {away:.1f} s, after {before} acknowledged", flush=True)
        storm.join()
    found = faults(engine, datetime.now(UTC), storm.acknowledged) + storm.refused
    found += chain_faults(url)
    if storm.longest >= LONGEST:
        found.append(f"somebody waited {storm.longest:.1f} s")
    engine.dispose()
    print(
        f"{len(RESTARTS)} restarts, {len(storm.acknowledged)} acknowledged, "
        f"{storm.again} sent again ({storm.unavailable} after a 503), "
        f"longest wait {storm.longest:.1f} s, {len(found)} faults"
    )
    for fault in found[:10]:
        print(f"  {fault}")
    return not found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--phones", type=int, default=8)
    parser.add_argument("--volunteers", type=int, default=1500)
    options = parser.parse_args()
    server = LocalServer(durable=True)
    server.start()
    try:
        return 0 if run(server, options) else 1
    finally:
        server.stop()


if __name__ == "__main__":
    sys.exit(main())
