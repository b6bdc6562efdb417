"""How long a list of 50,000 volunteers takes, what it weighs, and how long scans wait for it.

`python -m tests.load.imports` makes the list as an Excel workbook and as text in Windows-1256, adds
each to a database that holds 20,000 people, and prints, on SQLite and PostgreSQL: seconds, the peak
of this process's memory, the longest transaction, and the longest wait of another process that
writes all the while. «Of work» is what the processor did, however busy the machine was. It fails
over 60 seconds or 300 MB.
"""

import argparse
import csv
import io
import json
import multiprocessing
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.synchronize import Event
from pathlib import Path
from queue import Queue

import openpyxl
from sqlalchemy import Connection, Engine, event, func, select, update

from checkin import demo, migrations
from checkin.database import db, standalone_engine, transaction
from checkin.models import Import, Person
from checkin.operations import importing
from tests import factories
from tests.load.people import fill
from tests.load.servers import app_on
from tests.postgres import open_server

MOST_SECONDS, MOST_MEGABYTES = 60.0, 300
HERE_BEFORE = 20_000
HEADINGS = ("الاسم", "رقم الجوال", "الجنس", "تاريخ الميلاد", "البريد الإلكتروني", "الفئة")


def rows_of(count: int, chance: random.Random) -> list[tuple[str, ...]]:
    """As universities send them: one in fifty is wrong somewhere."""
    heard = json.loads(Path(demo.__file__).with_name("names.json").read_text("utf-8"))
    rows = []
    for number in range(count):
        woman = chance.random() < 0.5
        first = chance.choice(heard["women" if woman else "men"])
        fathers = [chance.choice(heard["men"]) for _ in range(2)]
        name = " ".join([first, *fathers, chance.choice(heard["families"])])
        mobile = f"05{chance.choice('035689')}{chance.randrange(10**7):07d}"
        if number % 50 == 0:
            mobile = mobile[:7]
        born = f"{chance.randrange(1965, 2007)}-{chance.randrange(1, 13):02d}-15"
        sex = "أنثى" if woman else "ذكر"
        rows.append((name, mobile, sex, born, f"student{number}@example.org", "طالب"))
    return rows


def workbook(rows: list[tuple[str, ...]]) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("الطلاب")
    for row in (HEADINGS, *rows):
        sheet.append(row)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def text(rows: list[tuple[str, ...]]) -> bytes:
    written = io.StringIO()
    csv.writer(written, delimiter=";").writerows([HEADINGS, *rows])
    return written.getvalue().encode("cp1256")


KINDS: dict[str, Callable[[list[tuple[str, ...]]], bytes]] = {"xlsx": workbook, "csv": text}


# --- the other writer ----------------------------------------------------------------------


@transaction
def _touch(person_id: int) -> None:
    db.session.execute(update(Person).where(Person.id == person_id).values(team_name="x"))


def write_all_the_while(url: str, person_id: int, done: Event, waits: "Queue[list[float]]") -> None:
    """What a scan would feel: how long each small transaction takes, with pauses between."""
    taken = []
    with app_on(url):
        while not done.is_set():
            begun = time.perf_counter()
            _touch(person_id)
            taken.append(time.perf_counter() - begun)
            time.sleep(0.01)
    waits.put(taken)


# --- the import ----------------------------------------------------------------------------


class Longest:
    """The longest transaction that was kept: how long others had to wait for it on SQLite.

    One that had begun already is nobody's: when it did is not known.
    """

    def __init__(self, engine: Engine) -> None:
        self.wall = self.work = 0.0
        event.listen(engine, "begin", self._begin)
        event.listen(engine, "commit", self._commit)

    def _begin(self, connection: Connection) -> None:
        connection.info[self] = time.perf_counter(), time.process_time()

    def _commit(self, connection: Connection) -> None:
        now = time.perf_counter(), time.process_time()
        wall, work = (n - b for n, b in zip(now, connection.info.pop(self, now), strict=True))
        if wall > self.wall:
            self.wall, self.work = wall, work


def bring_in(url: str, path: Path, answers: "Queue[dict[str, float]]") -> None:
    """In a process of its own, so that its memory is the import's."""

    def clock() -> datetime:
        return datetime.now(UTC)

    with app_on(url):
        by = db.session.scalar(select(func.min(Person.id)))
        base, longest = _peak(), Longest(db.engine)
        begun, worked = time.perf_counter(), time.process_time()
        import_id = importing.begin(path.read_bytes(), path.name, by=by, now=clock())
        importing.work_on_waiting(clock)
        checked = time.perf_counter()
        importing.add(import_id, with_doubtful=True, by=by, now=clock())
        importing.work_on_waiting(clock)
        ended, worked = time.perf_counter(), time.process_time() - worked
        row = db.session.get_one(Import, import_id, populate_existing=True)
        assert row.state == "added", (row.state, row.fault)
        answers.put(
            {
                "checking": checked - begun,
                "adding": ended - checked,
                "added": row.good,
                "given back": row.faulty,
                "worked": worked,
                "held": longest.wall,
                "held_work": longest.work,
                "base": base,
                "peak": _peak(),
            }
        )


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run(name: str, url: str, kind: str, path: Path) -> bool:
    """Whether it stayed within its limits."""
    engine = standalone_engine(url)
    migrations.upgrade(engine)
    engine.dispose()
    with app_on(url):
        fill(HERE_BEFORE, random.Random(2))
        other = factories.person(datetime.now(UTC)).id
    fresh = multiprocessing.get_context("spawn")
    answers, waits, done = fresh.Queue(), fresh.Queue(), fresh.Event()
    writer = fresh.Process(target=write_all_the_while, args=(url, other, done, waits))
    work = fresh.Process(target=bring_in, args=(url, path, answers))
    writer.start()
    work.start()
    work.join()
    done.set()
    felt = waits.get(timeout=30)
    writer.join()
    if work.exitcode:
        return False
    told = answers.get(timeout=5)
    seconds = told["checking"] + told["adding"]
    usual = statistics.median(felt) * 1000
    print(
        f"{name:10} {kind:4} {seconds:5.1f} s (checking {told['checking']:.1f}, adding "
        f"{told['adding']:.1f}; {told['worked']:.1f} of work)  peak {told['peak']:.0f} MB "
        f"(before: {told['base']:.0f})  longest transaction {told['held']:.2f} s "
        f"({told['held_work']:.2f} of work)  others waited {max(felt):.2f} s "
        f"at most, {usual:.1f} ms mostly  added {told['added']:,}, "
        f"given back {told['given back']:,}",
        flush=True,
    )
    return seconds < MOST_SECONDS and told["peak"] < MOST_MEGABYTES


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.load.imports", description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--only", choices=["sqlite", "postgres"])
    parser.add_argument("--kind", choices=sorted(KINDS))
    options = parser.parse_args()
    rows, good = rows_of(options.rows, random.Random(1)), True
    with tempfile.TemporaryDirectory() as folder:
        server = open_server(durable=True) if options.only != "sqlite" else None
        try:
            for kind, write in KINDS.items():
                if options.kind not in (None, kind):
                    continue
                path = Path(folder) / f"list.{kind}"
                path.write_bytes(write(rows))
                if options.only != "postgres":
                    good = run("SQLite", f"sqlite:///{folder}/{kind}.sqlite3", kind, path) and good
                if server is not None:
                    good = run("PostgreSQL", server.create_database(kind), kind, path) and good
        finally:
            if server is not None:
                server.stop()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
