"""How fast figures are told: the dashboard's questions together, and every kind of report.

`python -m tests.load.reports --database-url URL [--times 20] [--only TEXT]` asks an association's
database (`checkin demo --size association`) for the dashboard of everything, of one site, service,
partner and month, and for reports one and two deep, of one year and of all time. It prints p50 and
p95 of each in milliseconds, and fails where one takes longer than 300 ms, or the questions of the
dashboard of everything longer than 20 ms together. What has to be counted anew each time is told
and does not fail: three groupings, days that are no period, and what a supervisor of several sites
sees. With `--grow 10` the database, which should be a scratch copy, is first made ten
times as large: as many people, opportunities, shifts and decided attendances again, nine times;
then twice as long is allowed. `--prove` says how long the nightly proof takes, `--approve 50` what
so many approvals cost, which must not be more in a larger database; that changes the database.
"""

import argparse
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import cache

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Table, func, select, text
from sqlalchemy.exc import OperationalError

from checkin.database import db, take_time, transaction
from checkin.demo import filling
from checkin.demo.bulk import analyse
from checkin.domain.errors import Problem
from checkin.models import (
    Attendance,
    MonthTotal,
    Opportunity,
    OpportunityDay,
    Person,
    Shift,
)
from checkin.models.attendance import DECIDED
from checkin.operations import approvals, figures
from checkin.operations.figures import Dimension, Filter, proof
from checkin.operations.figures.spans import Span, around
from checkin.operations.figures.sums import OF_PLACE, OPPORTUNITY, PLACE
from checkin.operations.permissions import Reach
from checkin.web.figures import dashboard
from checkin.web.figures.narrowing import wanted
from checkin.web.figures.periods import Period
from checkin.web.garbage import spare_what_stays
from tests.load.pages import Watch, app_for, signed_in

EVERYTHING = Reach(everywhere=True)
MOST_OF_DASHBOARD, MOST_OF_REPORT = 20.0, 300.0
LARGER = 2
"""How much slower ten times as many attendances may be."""
MANY = 5_000_000
USUAL = (
    *(("site",), ("service",), ("partner",), ("campaign",), ("type",), ("gender",), ("lane",)),
    *(("month",), ("hijri_month",), ("year",), ("hijri_year",)),
    *(("site", "month"), ("month", "site"), ("service", "month"), ("partner", "year")),
    *(("campaign", "hijri_month"), ("hijri_year", "site"), ("month", "gender")),
    *(("site", "service"), ("service", "partner"), ("type", "gender"), ("partner", "gender")),
    *(("team",), ("week",), ("day",), ("opportunity",), ("team", "gender"), ("team", "month")),
    *(("site", "week"), ("site", "team"), ("week", "month"), ("gender", "day"), ("day", "site")),
    *(("month", "hijri_month"), ("year", "hijri_year"), ("week", "hijri_month")),
    *(("opportunity", "site"), ("service", "opportunity"), ("opportunity", "partner")),
    *(("opportunity", "month"), ("team", "opportunity"), ("day", "opportunity")),
)
NARROWED = (("month",), ("week",), ("service",), ("team",), ("opportunity",))
"""Of one site."""
COUNTED = (("service", "month"), ("service", "partner"), ("team", "gender"))
"""Three deep with the site they are of: in years and months these are counted."""
FREE = (("site",), ("service",), ("month",), ("site", "service"), ("service", "partner"))
"""Of days that are no period."""
SUPERVISED = (("site",), ("service",), ("month",), ("site", "month"), ("service", "month"))
"""Of several sites."""
SITES = (3, 20)


# --- ten times as large --------------------------------------------------------------------


@transaction
def grow(times: int) -> None:
    """Everybody, every opportunity with its shifts, and what was decided there, again and again.

    The copies keep their days, places and partners; what must be unique is left empty.
    """
    take_time(db.session.connection())
    numbered = [one for one in _COPIED if "id" in one.__table__.c]
    last = {one: db.session.scalar(select(func.max(one.id))) or 0 for one in numbered}
    indexes = _indexes()
    for name in indexes:
        db.session.execute(text(f"DROP INDEX {name}"))
    for number in range(1, times):
        for model, moved in _COPIED.items():
            off = {name: last[other] * number for name, other in moved.items()}
            _copy(model.__table__, off, last[next(iter(moved.values()))])
        _copy_lines_of_opportunities(last[Opportunity] * number, last[Opportunity])
    # each copy is another person's in another opportunity, so all others are so many times as large
    more = ", ".join(f"{name} = {name} * {times}" for name in OF_PLACE)
    others = f"grouping <> '{OPPORTUNITY}'"
    db.session.execute(text(f"UPDATE period_totals SET {more} WHERE {others}"))
    for statement in indexes.values():
        db.session.execute(text(statement))


_COPIED = {
    Person: {"id": Person, "merged_into_id": Person},
    Opportunity: {"id": Opportunity},
    Shift: {"id": Shift, "opportunity_id": Opportunity},
    Attendance: {"id": Attendance, "volunteer_id": Person, "shift_id": Shift},
    MonthTotal: {"opportunity_id": Opportunity},
    OpportunityDay: {"opportunity_id": Opportunity},
}
"""What is copied, and whose ids its columns hold."""
_EMPTY = ("mobile", "email", "feed_code", "password_hash", "totp_secret")


def _copy(table: Table, off: Mapping[str, int], last: int) -> None:
    """The rows there were, with their ids and those they name moved on."""
    values = [
        f"{c.name} + {off[c.name]}" if c.name in off else "NULL" if c.name in _EMPTY else c.name
        for c in table.columns
    ]
    names = ", ".join(column.name for column in table.columns)
    which = f"{table.columns.keys()[0]} <= {last}"
    if table is Attendance.__table__:
        which += f" AND state IN ({', '.join(map(repr, DECIDED))})"
    select_ = f"SELECT {', '.join(values)} FROM {table.name} WHERE {which}"
    db.session.execute(text(f"INSERT INTO {table.name} ({names}) {select_}"))


def _copy_lines_of_opportunities(off: int, last: int) -> None:
    names = ", ".join((*PLACE, *OF_PLACE))
    values = ", ".join((*PLACE[:-1], f"key + {off}", *OF_PLACE))
    which = f"grouping = '{OPPORTUNITY}' AND key <= {last}"
    select_ = f"SELECT {values} FROM period_totals WHERE {which}"
    db.session.execute(text(f"INSERT INTO period_totals ({names}) {select_}"))


def _indexes() -> dict[str, str]:
    """Those of attendances that may be taken away and made again, with how."""
    sources = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'attendances' "
        "AND type = 'index' AND sql IS NOT NULL",
        "postgresql": "SELECT indexname, indexdef FROM pg_indexes "
        "WHERE tablename = 'attendances' AND indexname LIKE 'ix_%'",
    }
    rows = db.session.execute(text(sources[db.engine.dialect.name]))
    return {row[0]: row[1] for row in rows}


# --- asking --------------------------------------------------------------------------------


Asked = tuple[str, Callable[[], float]]
"""What is asked, and how long it takes once, in milliseconds."""


def dashboards(client: FlaskClient) -> Iterator[Asked]:
    """How long the questions of each take together, and the whole page."""
    year, month = around(_busy_day())[1], around(_busy_day())[0]
    queries = {
        "everything": "",
        f"year {year.key}": f"?year={year.key}",
        f"month {month.key}": f"?month={month.key}",
        **{f"one {name}": f"?{name}={key}" for name, key in _largest().items()},
        f"one site, {year.key}": f"?site={_largest()['site']}&year={year.key}",
        f"one site, {month.key}": f"?site={_largest()['site']}&month={month.key}",
    }
    for name, query in queries.items():
        address = f"/figures{query}"
        yield f"questions, dashboard of {name}", lambda at=address: _page(client, at)[0]
        yield f"the whole page, dashboard of {name}", lambda at=address: _page(client, at)[1]


def _page(client: FlaskClient, address: str) -> tuple[float, float]:
    """Its questions together, and all of it."""
    begun = time.perf_counter()
    with Watch(db.engine).watching() as watch:
        answer = client.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address}: {answer.status_code}")
    return sum(watch.taken.values()) * 1000, (time.perf_counter() - begun) * 1000


def dashboards_of_sites(app: Flask, number: int) -> Iterator[Asked]:
    """What a supervisor of so many sites sees: how long its questions take, and all its figures."""
    for name, span in {
        "all time": None,
        **{one.key: one for one in around(_busy_day())[:2]},
    }.items():
        what = f"dashboard of {number} sites, {name}"
        yield f"questions, {what}", lambda one=span: _shown(app, _sites(number), one)[0]
        yield f"the figures, {what}", lambda one=span: _shown(app, _sites(number), one)[1]


def _shown(app: Flask, reach: Reach, span: Span | None) -> tuple[float, float]:
    db.session.rollback()
    begun = time.perf_counter()
    with app.test_request_context("/figures"), Watch(db.engine).watching() as watch:
        dashboard.shown(wanted(reach, Period(span)), _busy_day())
    return sum(watch.taken.values()) * 1000, (time.perf_counter() - begun) * 1000


@cache
def _sites(number: int) -> Reach:
    """Those with most hours."""
    lines = figures.by(figures.Grouping.SITE, Filter(EVERYTHING))
    return Reach(site_ids=frozenset(int(str(line.key)) for line in lines[:number]))


Days = Mapping[str, tuple[date | None, date | None]]


def whole_periods() -> Days:
    year = around(_busy_day())[1]
    ramadan = Span(around(_busy_day())[3].year, 9, hijri=True)
    return {
        year.key: (year.first, year.last),
        "Ramadan": (ramadan.first, ramadan.last),
        "all time": (None, None),
    }


def free_days() -> Days:
    year = _busy_day().year
    return {
        "a quarter": (date(year, 4, 1), date(year, 6, 30)),
        "half a year": (date(year, 1, 1), date(year, 6, 30)),
        "nine months": (date(year, 1, 1), date(year, 9, 30)),
        "half a year from any day": (date(year, 1, 12), date(year, 7, 9)),
    }


def reports(
    kinds: tuple[tuple[str, ...], ...], days: Days, reach: Reach = EVERYTHING, **narrower: int
) -> Iterator[Asked]:
    whose = "".join(f", one {key.removesuffix('_id')}" for key in narrower)
    whose += "" if reach.everywhere else f", {len(reach.site_ids)} sites"
    for words in kinds:
        dimensions = [Dimension(word) for word in words]
        for name, ends in days.items():
            asked = Filter(reach, *ends, **narrower)
            what = f"{' × '.join(words)}, {name}{whose}"
            yield what, lambda d=dimensions, w=asked: _report(d, w)


def _report(dimensions: list[Dimension], wanted: Filter) -> float:
    db.session.rollback()
    begun = time.perf_counter()
    try:
        figures.report(dimensions, wanted)
    except Problem as problem:
        if problem.code not in ("report_too_long", "report_of_one_too_long"):
            raise
    return (time.perf_counter() - begun) * 1000


@cache
def _busy_day() -> date:
    """In the month with most hours."""
    lines = figures.by(figures.Grouping.MONTH, Filter(EVERYTHING))
    best = max(lines, key=lambda line: line.totals.approved_minutes)
    assert isinstance(best.key, date)
    return best.key.replace(day=15)


def _largest() -> dict[str, int | date]:
    """Of each table of the dashboard that has names, the line with most hours."""
    named = [one for one in figures.Grouping if one is not figures.Grouping.MONTH]
    found = {one.value: figures.by(one, Filter(EVERYTHING))[:2] for one in named}
    return {name: next(line.key for line in lines if line.key) for name, lines in found.items()}


def measure(asked: Iterable[Asked], times: int, most: float, only: str) -> list[str]:
    """Prints p50 and p95; what took longer than it may, or was stopped, as it is for a page."""
    slow = []
    for name, once in asked:
        if only not in name:
            continue
        try:
            once()
            taken = sorted(once() for _ in range(times))
        except OperationalError:
            db.session.rollback()
            print(f"{'stopped by the database':>22}  {name}", flush=True)
            slow.append(name)
            continue
        p95 = taken[max(round(times * 0.95) - 1, 0)]
        print(f"{statistics.median(taken):9.1f} {p95:9.1f} ms  {name}", flush=True)
        if p95 > most:
            slow.append(name)
    return slow


def prove() -> None:
    begun, idle, before = time.perf_counter(), time.process_time(), _most_memory()
    wrong = proof.count_wrong()
    taken, busy = time.perf_counter() - begun, time.process_time() - idle
    told = f"{taken:.0f} s, {busy:.0f} of our processor, {_most_memory() - before} MB more"
    print(f"nightly proof: {told}, {wrong} lines wrong", flush=True)


def _most_memory() -> int:
    """That this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def approve(number: int) -> None:
    """Some of those that wait, each by itself."""
    organisation = filling.organisation()
    assert organisation is not None
    waiting = select(Attendance.id, Attendance.row_version).where(Attendance.state == "closed")
    rows = db.session.execute(waiting.order_by(Attendance.id.desc()).limit(number)).all()
    now, taken, busy = datetime.now(UTC), [], []
    for row in rows:
        begun, idle = time.perf_counter(), time.process_time()
        with suppress(Problem):
            by = organisation.staff["layla"]
            approvals.approve(row.id, row.row_version, by=by, now=now)
            taken.append((time.perf_counter() - begun) * 1000)
            busy.append((time.process_time() - idle) * 1000)
    for what, found in (("one approval", taken), ("of our processor", busy)):
        middle, worst = statistics.median(found), sorted(found)[round(len(found) * 0.95) - 1]
        print(f"{middle:9.1f} {worst:9.1f} ms  {what}, {len(found)} of them", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database-url", required=True)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--only", default="", help="only what has this in its name")
    parser.add_argument("--grow", type=int, default=1, help="times as large; on a scratch copy")
    parser.add_argument("--prove", action="store_true")
    parser.add_argument("--approve", type=int, default=0, help="so many; on a scratch copy")
    said = parser.parse_args()
    app = app_for(said.database_url)
    with app.app_context():
        if said.grow > 1:
            _grown(said.grow)
        if said.prove:
            prove()
        if said.approve:
            approve(said.approve)
        number = db.session.scalar(select(func.count()).select_from(Attendance)) or 0
        lines = {one: _count(one) for one in ("month_totals", "period_totals")}
        told = ", ".join(f"{count:,} {name}" for name, count in lines.items())
        print(f"{db.engine.dialect.name}: {number:,} attendances, {told}\n      p50       p95")
        longer = LARGER if number > MANY else 1
        client = signed_in(app, datetime.now(UTC))
        spare_what_stays()  # as whatever serves does
        whole, *others = dashboards(client)
        most, times, only = MOST_OF_REPORT * longer, said.times, said.only
        slow = measure([whole], times, MOST_OF_DASHBOARD * longer, only)
        site = int(_largest()["site"])
        days, free = whole_periods(), free_days()
        usual = [*others, *reports(USUAL, days), *reports(NARROWED, days, site_id=site)]
        slow += measure(usual, times, most, only)
        anew = [*reports(COUNTED, days, site_id=site), *reports(FREE, free)]
        for number_of_sites in SITES:
            anew += dashboards_of_sites(app, number_of_sites)
            anew += reports(SUPERVISED, days, _sites(number_of_sites))
        unusual = measure(anew, max(times // 4, 3), most, only)
    print("Slow:", *(slow or ["none"]), sep="\n  ")
    print("Slow, and unusual:", *(unusual or ["none"]), sep="\n  ")
    return 1 if slow else 0


def _grown(times: int) -> None:
    begun = time.perf_counter()
    grow(times)
    _analyse()
    print(f"grown in {time.perf_counter() - begun:.0f} s", flush=True)


@transaction
def _analyse() -> None:
    analyse()


def _count(table: str) -> int:
    return db.session.scalar(text(f"SELECT count(*) FROM {table}")) or 0


if __name__ == "__main__":
    sys.exit(main())
