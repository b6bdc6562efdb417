"""How fast the coordinator's pages answer on an association's million attendances.

`python -m tests.load.pages [--keep FOLDER] [--postgres URL] [--times 30] [--only TEXT]` builds the
demo of that size on SQLite and on PostgreSQL (kept in the folder, or in the database that the
address names, and used again), signs in as the coordinator and asks for every page the route table
knows, with real ids and usual filters. For each it prints p50 and p95; for those that take 300 ms
or more, the slowest questions with the way the database answers them. It fails when there are any.
"""

import argparse
import os
import re
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, select, text

from checkin import create_app, migrations
from checkin.database import db
from checkin.demo import filling
from checkin.models import (
    Attendance,
    Campaign,
    Display,
    Opportunity,
    Partner,
    Person,
    Poster,
    Sample,
    Service,
    Shift,
    ShiftTemplate,
    Site,
    Team,
)
from checkin.operations import devices
from checkin.web.garbage import spare_what_stays
from tests.load.servers import KEY
from tests.postgres import open_server

MOST_P95 = 0.300
WORST = 4
"""Questions shown of each slow page."""
PARAMETER = re.compile(r"<(?:[^:<>]+:)?(\w+)>")
NOT_PAGES = (
    *("/api/", "/sw.js", "/manifest", "/healthz", "/readyz", "/static/", "/sign-in", "/staff/"),
    "/account/data",
    *("/S/", "/s/", "/R/", "/r/", "/B/", "/b/", "/E/", "/e/", "/display/", "/calendar/"),
)
"""Files to keep, and what is not for reading by somebody signed in as staff."""
QUERIES: dict[str, tuple[str, ...]] = {
    "/badges/sheets": ("?person={person_id}",),
    "/figures": ("?year=2024", "?year=1446h"),
    "/figures/attendances": (
        *("?of=waiting", "?of=courses", "?year=2024", "?month=2025-03", "?page=20000"),
        *("?site={site_id}", "?service={service_id}", "?partner={partner_id}", "?partner=0"),
    ),
    "/opportunities": ("?q=السلال", "?page=200", "?q=Iftar"),
    "/people": ("?q=نورة", "?q=الحربي", "?q=0551", "?q=محمد+أحمد", "?page=1000"),
    "/people/duplicates": ("?page=2",),
    "/plan": ("?week={last_week}", "?week={next_week}"),
    "/plan/opportunities": ("?q=السلال",),
    "/posters/sheets": ("?poster={poster_id}",),
    "/shifts": ("?week={last_week}", "?week={next_week}", "?site={site_id}"),
    "/sites/<int:site_id>/supervisors": ("?q=سالم",),
}


# --- the place -----------------------------------------------------------------------------


def app_for(url: str) -> Flask:
    return create_app({"DATABASE_URL": url, "SECRET_KEY": KEY, "JOBS": False, "TESTING": True})


def build(now: datetime) -> None:
    """The association in the app's database, unless it is there."""
    migrations.upgrade(db.engine)
    begun = time.monotonic()
    if filling.organisation() is None:
        done = 0

        def told(more: int) -> None:
            nonlocal done
            done += more
            print(f"\r  {done:>9,} attendances", end="", file=sys.stderr, flush=True)

        filling.fill(now, size="association", progress=told)
        print(f"\n  built in {time.monotonic() - begun:.0f} s", flush=True)


def ids(now: datetime) -> dict[str, object]:
    """One of everything that addresses name, as large as they come."""
    today = now.date()
    sunday = today - timedelta(days=today.isoweekday() % 7)
    newest = {
        "attendance_id": select(Attendance.id).where(Attendance.state == "approved"),
        "campaign_id": select(Campaign.id),
        "display_id": select(Display.id),
        "opportunity_id": select(Opportunity.id).where(Opportunity.kind == "service"),
        "partner_id": select(Partner.id),
        "poster_id": select(Poster.id),
        "sample_id": select(Sample.id),
        "service_id": select(Service.id),
        "shift_id": select(Shift.id).where(Shift.starts_at > now),
        "site_id": select(Site.id),
        "team_id": select(Team.id),
        "template_id": select(ShiftTemplate.id),
    }
    found = {
        name: db.session.scalar(query.order_by(text("1 DESC"))) for name, query in newest.items()
    }
    people = db.session.scalars(select(Person.id).where(Person.email.is_(None)).limit(2)).all()
    return {
        **{name: one for name, one in found.items() if one is not None},
        "person_id": people[0],
        "other_id": people[1],
        "day": today.isoformat(),
        "last_week": (sunday - timedelta(days=7)).isoformat(),
        "next_week": (sunday + timedelta(days=7)).isoformat(),
    }


def addresses(app: Flask, known: dict[str, object]) -> Iterator[str]:
    """Every page of the route table, bare and with its usual filters."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
        names = PARAMETER.findall(rule.rule)
        if "GET" not in (rule.methods or ()) or rule.rule.startswith(NOT_PAGES):
            continue
        if any(name not in known for name in names):
            continue
        path = PARAMETER.sub(lambda match: str(known[match[1]]), rule.rule)
        for query in ("", *QUERIES.get(rule.rule, ())):
            if all(name in known for name in re.findall(r"\{(\w+)\}", query)):
                yield path + query.format_map(known)


# --- asking --------------------------------------------------------------------------------


@dataclass
class Watch:
    """Every question of one page: how long it took in all, and its last parameters."""

    engine: Engine
    taken: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    last: dict[str, Any] = field(default_factory=dict)
    _begun: float = 0.0

    def begin(self, _connection, _cursor, statement, parameters, *_rest) -> None:
        self.last[statement] = parameters
        self._begun = time.perf_counter()

    def end(self, _connection, _cursor, statement, *_rest) -> None:
        self.taken[statement] += time.perf_counter() - self._begun

    @contextmanager
    def watching(self) -> Iterator["Watch"]:
        event.listen(self.engine, "before_cursor_execute", self.begin)
        event.listen(self.engine, "after_cursor_execute", self.end)
        try:
            yield self
        finally:
            event.remove(self.engine, "before_cursor_execute", self.begin)
            event.remove(self.engine, "after_cursor_execute", self.end)

    def worst(self) -> list[tuple[str, float]]:
        return sorted(self.taken.items(), key=lambda one: -one[1])[:WORST]

    def plan(self, statement: str) -> list[str]:
        explain = "EXPLAIN QUERY PLAN" if self.engine.dialect.name == "sqlite" else "EXPLAIN"
        with self.engine.connect() as connection:
            rows = connection.exec_driver_sql(f"{explain} {statement}", self.last[statement])
            return [str(row[-1]) for row in rows]


@dataclass
class Page:
    """What one address took, in seconds."""

    address: str
    status: int
    seconds: list[float]
    bytes: int
    work: float = 0.0
    """Of the processor, on average, the database's too where it runs here: what it would take if
    nobody else were working."""

    @property
    def p50(self) -> float:
        return statistics.median(self.seconds)

    @property
    def p95(self) -> float:
        return sorted(self.seconds)[max(round(len(self.seconds) * 0.95) - 1, 0)]


def worked_for(engine: Engine) -> float:
    """Seconds of the processor that this thread has had, and PostgreSQL's processes for us."""
    own = time.thread_time()
    if engine.dialect.name == "sqlite":
        return own
    with engine.connect() as connection:
        pids = connection.exec_driver_sql(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
        ).scalars()
        stats = [Path(f"/proc/{pid}/stat") for pid in pids]
    ticks = [stat.read_text().rsplit(")", 1)[1].split()[11:13] for stat in stats if stat.exists()]
    return own + sum(map(int, chain(*ticks))) / os.sysconf("SC_CLK_TCK")


def ask(client: FlaskClient, engine: Engine, address: str, times: int) -> Page:
    first = client.get(address)
    if first.status_code != 200:
        return Page(address, first.status_code, [0.0], 0)
    seconds, worked = [], worked_for(engine)
    for _ in range(times):
        begun = time.perf_counter()
        answer = client.get(address, headers={"Accept-Encoding": "gzip"})
        answer.get_data()
        seconds.append(time.perf_counter() - begun)
    worked = (worked_for(engine) - worked) / times
    return Page(address, 200, seconds, len(first.get_data()), worked)


def signed_in(app: Flask, now: datetime) -> FlaskClient:
    organisation = filling.organisation()
    assert organisation is not None
    cookie = devices.remember(
        organisation.staff["layla"], "staff", "measuring", lifetime=timedelta(hours=12), now=now
    )[1]
    client = app.test_client()
    client.set_cookie("device", cookie)
    client.set_cookie("prefs", "ar.latn.auto")
    return client


def measure(url: str, times: int, only: str) -> list[Page]:
    """Every page that answers, in the order of addresses; prints as it goes."""
    now = datetime.now(UTC)
    app = app_for(url)
    with app.app_context():
        build(now)
        client, known, engine = signed_in(app, now), ids(now), db.engine
        db.session.remove()
    spare_what_stays()  # as whatever serves does
    pages = []
    for address in addresses(app, known):
        if only not in address:
            continue
        page = ask(client, engine, address, times)
        print(
            f"{page.p50 * 1000:8.0f} {page.p95 * 1000:8.0f} ms {page.work * 1000:8.0f} ms "
            f"{page.bytes:>10,} B "
            f"{'' if page.status == 200 else page.status} {address}",
            flush=True,
        )
        pages.append(page)
        if page.status == 200 and page.p95 >= MOST_P95:
            explain(engine, client, address)
    engine.dispose()
    return [page for page in pages if page.status == 200]


def explain(engine: Engine, client: FlaskClient, address: str) -> None:
    with Watch(engine).watching() as watch:
        client.get(address)
    for statement, seconds in watch.worst():
        print(f"      {seconds * 1000:.0f} ms  {' '.join(statement.split())[:400]}")
        for line in watch.plan(statement):
            print(f"          {line}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, help="folder of the built SQLite database")
    parser.add_argument("--postgres", help="address of a PostgreSQL database to build in and keep")
    parser.add_argument("--engine", choices=["sqlite", "postgres", "both"], default="both")
    parser.add_argument("--times", type=int, default=30)
    parser.add_argument("--only", default="", help="only addresses with this in them")
    wanted = parser.parse_args()
    slow: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        for engine in ("sqlite", "postgres") if wanted.engine == "both" else (wanted.engine,):
            print(f"{engine}\n     p50      p95         work")
            with _database(engine, wanted, Path(scratch)) as url:
                pages = measure(url, wanted.times, wanted.only)
            slow += [f"{engine} {page.address}" for page in pages if page.p95 >= MOST_P95]
            print(f"{engine}: {len(pages)} pages, slowest p95 {_slowest(pages):.0f} ms")
    print("Slow:", *(slow or ["none"]), sep="\n  ")
    return 1 if slow else 0


def _slowest(pages: list[Page]) -> float:
    return max((page.p95 for page in pages), default=0) * 1000


@contextmanager
def _database(engine: str, wanted: argparse.Namespace, scratch: Path) -> Iterator[str]:
    if engine == "sqlite":
        folder = wanted.keep or scratch
        folder.mkdir(parents=True, exist_ok=True)
        yield f"sqlite:///{(folder / 'association.sqlite3').resolve()}"
    elif wanted.postgres:
        yield wanted.postgres
    else:
        server = open_server()
        try:
            yield server.create_database("association")
        finally:
            server.stop()


if __name__ == "__main__":
    sys.exit(main())
