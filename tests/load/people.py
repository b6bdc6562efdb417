"""How fast one of a hundred thousand people is found, by kind of question, on both databases.

`python -m tests.load.people` makes people with the demo's names in a new database, looks for them
as a coordinator types, and prints p50 and p95 of what `people.page_of` takes: counting and the
page together. It fails when a kind of question takes longer than 100 ms at p95.
"""

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert, text

from checkin import demo, migrations
from checkin.database import db, standalone_engine, transaction
from checkin.domain.text import fold_name
from checkin.models import Person
from checkin.operations import people
from tests.load.servers import app_on
from tests.postgres import open_server

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
MOST_MS = 100.0
BATCH = 5_000
_LATIN = {
    **dict(zip("ابتثجحخدذرزسشصضطظعغفقكلمنهوي", "abttjhkddrzsssdtzagfqklmnhwy", strict=True)),
    **dict.fromkeys("أإآىئء", "a"),
    "ة": "h",
    "ؤ": "w",
}

_HEARD = ["mohammed", "ahmed", "khaled", "fatima", "abdulrahman", "alghamdi", "otaibi", "sulaiman"]


def somebody(number: int, heard: dict, chance: random.Random) -> dict:
    """A name of four words as they are heard in Makkah, and a mobile."""
    gender = "man" if chance.random() < 0.58 else "woman"
    first = chance.choice(heard["men" if gender == "man" else "women"])
    fathers = [chance.choice(heard["men"]) for _ in range(2)]
    name = " ".join([first, *fathers, chance.choice(heard["families"])])
    latin = "".join(_LATIN.get(letter, letter) for letter in name)
    return {
        "name": name,
        "name_folded": fold_name(name),
        "name_latin": latin,
        "latin_folded": fold_name(latin),
        "mobile": f"+9665{chance.randrange(10**8):08d}",
        "email": f"staff{number}@example.org" if number % 1000 == 0 else None,
        "gender": gender,
        "created_at": NOW,
    }


@transaction
def _add(rows: list[dict]) -> None:
    db.session.execute(insert(Person), rows)


def fill(count: int, chance: random.Random) -> float:
    """Seconds that adding everybody took."""
    heard = json.loads(Path(demo.__file__).with_name("names.json").read_text("utf-8"))
    begun = time.perf_counter()
    for start in range(1, count + 1, BATCH):
        numbers = range(start, min(start + BATCH, count + 1))
        _add([somebody(number, heard, chance) for number in numbers])
    taken = time.perf_counter() - begun
    with db.engine.connect() as connection:
        connection.execute(text("ANALYZE"))
    return taken


def questions(count: int, chance: random.Random) -> dict[str, Callable[[], tuple[str, int]]]:
    """What is typed, by kind, with the page that is looked at."""

    def one() -> Person:
        return db.session.get_one(Person, chance.randint(1, count))

    def words(*which: int) -> str:
        name = one().name.split()
        return " ".join(name[index] for index in which)

    def spelled() -> str:
        name = one().name.split()
        return f"{name[0]} بن {name[1]} {name[-1].removeprefix('ال')}"

    last = -(-count // people.PER_PAGE)
    return {
        "everybody, first page": lambda: ("", 1),
        "everybody, a page": lambda: ("", chance.randint(1, last)),
        "everybody, last page": lambda: ("", last),
        "whole name": lambda: (one().name, 1),
        "first name": lambda: (words(0), 1),
        "first name, tenth page": lambda: (words(0), 10),
        "family name": lambda: (words(-1), 1),
        "first and family name": lambda: (words(0, -1), 1),
        "three words, any order": lambda: (words(-1, 0, 1), 1),
        "without article, with bin": lambda: (spelled(), 1),
        "two letters": lambda: (one().name[:2], 1),
        "one letter": lambda: (one().name[:1], 1),
        "Latin name": lambda: (" ".join(one().name_latin.split()[:2]), 1),
        "Arabic name as it sounds": lambda: (" ".join(chance.sample(_HEARD, 2)), 1),
        "nobody": lambda: ("زوزو كوكو", 1),
        "whole mobile": lambda: ("0" + (one().mobile or "")[4:], 1),
        "last four digits": lambda: ((one().mobile or "")[-4:], 1),
        "last three digits": lambda: ((one().mobile or "")[-3:], 1),
        "own number": lambda: (str(chance.randint(1, count)), 1),
        "e-mail": lambda: (f"staff{chance.randint(1, count // 1000) * 1000}@", 1),
    }


def measure(count: int, times: int, chance: random.Random) -> Iterator[tuple[str, float, float]]:
    """Each kind of question with p50 and p95 in milliseconds."""
    for kind, typed in questions(count, chance).items():
        taken = []
        for _ in range(times):
            asked, page = typed()
            db.session.remove()
            begun = time.perf_counter()
            people.page_of(page, asked)
            taken.append((time.perf_counter() - begun) * 1000)
        cuts = statistics.quantiles(taken, n=20)
        yield kind, cuts[9], cuts[18]


def run(name: str, url: str, options: argparse.Namespace) -> bool:
    """Whether every kind of question was answered in time."""
    engine = standalone_engine(url)
    migrations.upgrade(engine)
    engine.dispose()
    chance, fast = random.Random(options.seed), True
    with app_on(url):
        taken = fill(options.people, chance)
        print(f"{name}: {options.people:,} people added in {taken:.1f} s")
        for kind, middle, slow in measure(options.people, options.times, chance):
            fast = fast and slow < MOST_MS
            print(f"  {kind:28} p50 {middle:7.1f} ms   p95 {slow:7.1f} ms", flush=True)
    return fast


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.load.people", description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=60, help="of each kind of question")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=["sqlite", "postgres"])
    options = parser.parse_args()
    fast = True
    if options.only != "postgres":
        with tempfile.TemporaryDirectory() as folder:
            fast = run("SQLite", f"sqlite:///{folder}/people.sqlite3", options)
    if options.only != "sqlite":
        server = open_server(durable=True)
        try:
            fast = run("PostgreSQL", server.create_database("people"), options) and fast
        finally:
            server.stop()
    return 0 if fast else 1


if __name__ == "__main__":
    sys.exit(main())
