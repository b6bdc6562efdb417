"""Two hundred people join the last ten seats at once: ten get in, the others wait in order.

Some of them stand at the door and scan its poster instead of joining from afar: who of them finds
no seat is told that the shift is full.

`python -m tests.load.joining` runs it on SQLite and on PostgreSQL, then counts seats without the
shift's lock on PostgreSQL and expects the checks to notice (the negative control).
"""

import argparse
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from checkin import migrations
from checkin.database import db, standalone_engine, transaction
from checkin.domain.fold import Kind
from checkin.domain.scanning import Verdict
from checkin.models import Assignment, AuditEntry, Message, Shift
from checkin.operations import catalogue, openings
from checkin.operations.attendance import Reading, record_scan
from tests import factories
from tests.load.servers import app_on
from tests.postgres import open_server

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
TAKEN = 30
"""Seats that were taken before the rush."""
FULL = "full"
_HOW = {Verdict.CHECKED_IN: "walk_in", Verdict.FULL: FULL}
"""What becomes of who scans at the door."""


def run(
    url: str, people: int = 200, seats: int = 10, at_door: int = 80, lock: bool = True
) -> list[str]:
    """Let all of them join in the same moment, and say what does not hold afterwards."""
    engine = standalone_engine(url)
    migrations.upgrade(engine)
    engine.dispose()
    with app_on(url):
        app = current_app._get_current_object()
        shift_id, poster_id, ids = _scene(people, seats)
        walking_in = set(ids[:at_door])
        barrier = threading.Barrier(people, timeout=60)

        def join(person_id: int) -> str:
            with app.app_context():
                barrier.wait()
                if person_id not in walking_in:
                    return openings.join(shift_id, by=person_id, now=NOW)
                reading = Reading(
                    str(uuid.uuid4()), Kind.IN, person_id, poster_id=poster_id, joins=True
                )
                return _HOW[record_scan(reading, now=NOW).verdict]

        begun = time.monotonic()
        with _shift_locked(lock), ThreadPoolExecutor(people) as crowd:
            answers = dict(zip(ids, crowd.map(join, ids), strict=True))
        took = time.monotonic() - begun
    found = faults(url, shift_id, answers, seats)
    how = "with" if lock else "WITHOUT"
    kind = url.partition(":")[0]
    print(f"{kind}: {people} people in {took:.1f} s {how} the lock, {len(found)} faults")
    return found


@transaction
def _scene(people: int, seats: int) -> tuple[int, int, list[int]]:
    """A shift in half an hour with so many seats left, and the poster at its door."""
    call = factories.opportunity(NOW, is_open=True, walk_ins=True, opens_minutes=60)
    site = factories.site(NOW)
    shift = factories.shift(NOW, site, call, starts=30, seats=TAKEN + seats)
    for _ in range(TAKEN):
        factories.assign(NOW, factories.person(NOW), shift)
    poster = factories.poster(NOW, site)
    return shift.id, poster.id, [factories.person(NOW).id for _ in range(people)]


@contextmanager
def _shift_locked(lock: bool) -> Iterator[None]:
    """As it is; or with the shift read like any other row, to see that the checks notice."""
    held = catalogue.hold_shift
    if not lock:
        catalogue.hold_shift = lambda shift_id: db.session.get_one(Shift, shift_id)
    try:
        yield
    finally:
        catalogue.hold_shift = held


def faults(url: str, shift_id: int, answers: dict[int, str], seats: int) -> list[str]:
    """What is wrong with the seats, the list and its order, the answers and the audit log."""
    a = Assignment
    engine = standalone_engine(url)
    with Session(engine) as session:
        rows = session.execute(
            select(a.person_id, a.how).where(a.shift_id == shift_id).order_by(a.id)
        ).all()
        log = session.execute(
            select(AuditEntry.actor_id, AuditEntry.facts)
            .where(AuditEntry.act == "opening.join")
            .order_by(AuditEntry.id)
        ).all()
        told = session.scalars(select(Message.id)).all()
    engine.dispose()
    came = [(row.person_id, row.how) for row in rows if row.person_id in answers]
    noted = [(row.actor_id, row.facts["how"]) for row in log]
    told_in = {who: how for who, how in answers.items() if how != FULL}
    got_in = [how for _, how in came if how != "waiting"]
    joined = [(who, how) for who, how in came if how != "walk_in"]
    checks = {
        f"{len(came)} of {len(told_in)} are on the list": len(came) == len(told_in),
        "somebody is on the list twice": len(dict(came)) == len(came),
        f"{len(got_in)} got in": len(got_in) == seats,
        "somebody got in after another had to wait": [how for _, how in joined]
        == sorted(how for _, how in joined),
        "somebody was told something else": dict(came) == told_in,
        "the audit log knows another order": noted == joined,
        "somebody was told to have moved up": not told,
    }
    return [fault for fault, holds in checks.items() if not holds]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--seats", type=int, default=10)
    options = parser.parse_args()
    server = open_server()
    with tempfile.TemporaryDirectory() as folder:
        urls = (f"sqlite:///{Path(folder) / 'seats.sqlite3'}", server.create_database("seats"))
        bad = [fault for url in urls for fault in run(url, options.people, options.seats)]
        control = run(server.create_database("unlocked"), options.people, options.seats, lock=False)
    server.stop()
    for fault in bad:
        print(fault)
    if not control:
        print("the negative control found nothing: these checks prove nothing")
    return 1 if bad or not control else 0


if __name__ == "__main__":
    sys.exit(main())
