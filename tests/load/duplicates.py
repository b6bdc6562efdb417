"""Eight processes send the same thousand scans twice each: one attendance per volunteer.

`python -m tests.load.duplicates` runs it on SQLite and on PostgreSQL, then takes the volunteer's
lock away on PostgreSQL and expects the checks to notice (the negative control).
"""

import argparse
import multiprocessing
import random
import sys
import tempfile
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from checkin import migrations
from checkin.database import standalone_engine, transaction
from checkin.domain.fold import Kind
from checkin.models import Attendance
from checkin.operations.attendance import Reading, record_scan, recording
from tests import factories
from tests.load.servers import app_on
from tests.load.truth import faults
from tests.postgres import open_server

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
ready: Any = None


@dataclass(frozen=True)
class Scene:
    """Volunteers rostered on one shift, with a poster on the wall."""

    url: str
    people: list[int]
    poster_id: int
    shift_id: int


def set_up(url: str, volunteers: int) -> Scene:
    engine = standalone_engine(url)
    migrations.upgrade(engine)
    engine.dispose()
    with app_on(url):

        @transaction
        def seed() -> Scene:
            site = factories.site(NOW)
            shift = factories.shift(NOW, site, starts=-60, seats=100_000)
            poster = factories.poster(NOW, site)
            people = [factories.person(NOW) for _ in range(volunteers)]
            for who in people:
                factories.assign(NOW, who, shift)
            return Scene(url, [who.id for who in people], poster.id, shift.id)

        return seed()


def send_all(scene: Scene, seed: int) -> int:
    """One process: every volunteer's check-in and check-out, twice, with ids all processes share,
    and between them double taps with ids of its own."""
    answers = 0
    with app_on(scene.url):
        ready.wait()
        for _ in range(2):
            for person in scene.people:
                for kind, at in ((Kind.IN, NOW), (Kind.OUT, NOW + timedelta(hours=2))):
                    shared = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{person} {kind}"))
                    for uid in (shared, str(uuid.uuid4())):
                        reading = _reading(scene, person, kind, uid)
                        record_scan(reading, now=at + timedelta(seconds=seed))
                        answers += 1
    return answers


def storm(scene: Scene, seed: int, lock: bool) -> int:
    """One process: at the same moment as all others, one check-out for each volunteer in turn.

    Every one states another second, and the last of them must stand in the end.
    """
    if not lock:
        for thing, asking in recording._TO_LOCK.items():
            unlocked = asking._clone()
            unlocked._for_update_arg = None
            recording._TO_LOCK[thing] = unlocked
    chance = random.Random(seed)
    with app_on(scene.url):
        for person in scene.people:
            second = timedelta(seconds=chance.randrange(3600))
            reading = _reading(scene, person, Kind.OUT, str(uuid.uuid4()))
            ready.wait()
            record_scan(reading, now=NOW + timedelta(hours=1) + second)
    return len(scene.people)


def _reading(scene: Scene, person: int, kind: Kind, uid: str) -> Reading:
    out = kind is Kind.OUT
    return Reading(
        uid=uid,
        kind=kind,
        volunteer_id=person,
        poster_id=scene.poster_id,
        shift_id=scene.shift_id if out else None,
        beneficiaries=7 if out else None,
    )


def run(url: str, processes: int, volunteers: int) -> list[str]:
    """Let all processes send the same scans, and say what does not hold afterwards."""
    scene = set_up(url, volunteers)
    answers = _together(send_all, [(scene, seed) for seed in range(processes)])
    engine = standalone_engine(url)
    found = faults(engine, NOW + timedelta(hours=3))
    with engine.connect() as connection:
        people = list(connection.execute(select(Attendance.volunteer_id)).scalars())
    engine.dispose()
    if len(people) != volunteers or len(set(people)) != volunteers:
        found.append(f"{len(people)} attendances for {volunteers} volunteers")
    said = f"{answers} answers, {len(people)} attendances, {len(found)} faults"
    print(f"{url.partition(':')[0]}, {processes} processes: {said}")
    return found


def run_storm(url: str, processes: int, lock: bool, people: int = 150) -> list[str]:
    """All processes at one person at a time: what does not hold, with the lock or without."""
    scene = set_up(url, people)
    with app_on(url):
        for person in scene.people:
            uid = str(uuid.uuid4())
            record_scan(_reading(scene, person, Kind.IN, uid), now=NOW)
    answers = _together(storm, [(scene, seed, lock) for seed in range(processes)])
    engine = standalone_engine(url)
    found = faults(engine, NOW + timedelta(hours=3))
    engine.dispose()
    without = "with" if lock else "WITHOUT"
    print(
        f"{url.partition(':')[0]}, storm {without} the lock: {answers} answers, {len(found)} faults"
    )
    return found


def _together(work: Callable[..., int], jobs: list[tuple[object, ...]]) -> int:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__spec__.name])  # what each would take seconds to import
    barrier = context.Barrier(len(jobs), timeout=60)
    with context.Pool(len(jobs), initializer=_meet, initargs=(barrier,)) as pool:
        return sum(pool.starmap(work, jobs, chunksize=1))


def _meet(barrier: Any) -> None:
    """Processes take seconds to start; without waiting for each other they would never meet."""
    global ready
    ready = barrier


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--volunteers", type=int, default=1000)
    options = parser.parse_args()
    server = open_server()
    with tempfile.TemporaryDirectory() as folder:
        urls = (f"sqlite:///{Path(folder) / 'same.sqlite3'}", server.create_database("same"))
        bad = [fault for url in urls for fault in run(url, options.processes, options.volunteers)]
        urls = (f"sqlite:///{Path(folder) / 'storm.sqlite3'}", server.create_database("storm"))
        bad += [fault for url in urls for fault in run_storm(url, options.processes, lock=True)]
        control = run_storm(server.create_database("unlocked"), options.processes, lock=False)
    server.stop()
    for fault in bad[:20]:
        print(fault)
    if not control:
        print("the negative control found nothing: these checks prove nothing")
    return 1 if bad or not control else 0


if __name__ == "__main__":
    sys.exit(main())
