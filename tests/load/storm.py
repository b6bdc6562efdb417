"""How long scans wait while somebody takes a million rows out of the same server.

`python -m tests.load.storm --database-url URL` serves a database (best the demo's association) by
`checkin serve`, where one process answers and writes files. Volunteers check in and out as fast as
they are answered, first alone and then while the list behind the approved hours is written, and
both are printed. It fails when a scan was answered wrongly, or when one in a hundred waited 300 ms
or longer beside the file. Its volunteers stay in the database: for another run take a new copy.
"""

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from sqlalchemy import select

from checkin.database import db
from checkin.domain.roles import Role
from checkin.models import Export, Grant
from checkin.operations import exporting
from tests.load.scan import Round, Volunteer, scans, volunteers
from tests.load.servers import ROOT, app_on, environment, free_port, stop, wait_until_up

AT_ONCE = 100
"""Volunteers of one wave: everybody checks in, then everybody checks out."""
MOST_WAVES = 200
SLOWEST = 300
"""Milliseconds in which 99 of 100 scans are answered, whatever else the server does."""


@contextlib.contextmanager
def serving(url: str) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "checkin", "serve", "--port", str(port)]
    settings = {**environment(url), "CHECKIN_BASE_URL": f"http://127.0.0.1:{port}"}
    process = subprocess.Popen(
        command, env=settings, cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL
    )
    try:
        wait_until_up(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        stop(process)


def ask_for(kind: str) -> int:
    """A coordinator's wish, which the server that runs finds by itself."""
    of = select(Grant.person_id).where(Grant.role == Role.COORDINATOR, Grant.until_at.is_(None))
    owner = db.session.scalars(of.order_by(Grant.id).limit(1)).one()
    return exporting.ask("attendances", "", kind, language="ar", by=owner, now=datetime.now(UTC))


def is_under_way(export_id: int) -> bool:
    db.session.rollback()
    return db.session.get_one(Export, export_id).state in exporting.UNDER_WAY


def waves(
    address: str, clients: int, people: list[Volunteer], goes_on: Callable[[], bool]
) -> Round:
    """One wave after the other, as long as `goes_on` says so and somebody is left."""
    whole = Round()
    while len(people) >= AT_ONCE and goes_on():
        wave = scans(address, clients, [people.pop() for _ in range(AT_ONCE)])
        whole.took += wave.took
        whole.errors += wave.errors
        whole.seconds += wave.seconds
    return whole


def storm(url: str, kind: str, clients: int) -> bool:
    people = volunteers(url, AT_ONCE * MOST_WAVES)
    with app_on(url), serving(url) as address:
        scans(address, clients, [people.pop() for _ in range(AT_ONCE)])
        alone = scans(address, clients, [people.pop() for _ in range(5 * AT_ONCE)])
        export_id, begun = ask_for(kind), time.perf_counter()
        beside = waves(address, clients, people, lambda: is_under_way(export_id))
        took = time.perf_counter() - begun
        row = db.session.get_one(Export, export_id, populate_existing=True)
        wrong = [*alone.errors, *beside.errors]
        if row.state != "ready":
            wrong.append(f"the export is {row.state} {row.fault} after {took:.0f} s")
        name = db.engine.dialect.name
        for when, found in (("alone", alone), ("beside", beside)):
            print(f"{name:10} {when:7} {found}  slowest {found.percentile(1):.0f} ms")
        print(f"{name:10} {kind}: {row.done:,} of {row.total or 0:,} rows in {took:.0f} s")
    for fault in wrong[:10]:
        print(f"{name:10} WRONG {fault}")
    return not wrong and beside.percentile(0.99) < SLOWEST


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database-url", required=True)
    parser.add_argument("--kind", choices=exporting.KINDS, default="csv")
    parser.add_argument("--clients", type=int, default=8)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CHECKIN_EXPORT_PATH"] = folder
        return 0 if storm(options.database_url, options.kind, options.clients) else 1


if __name__ == "__main__":
    sys.exit(main())
