"""Ten thousand lying clocks: no phone earns a minute the server cannot prove.

`python -m tests.load.clocks` runs the two laws of `tests/domain/test_clocks.py` on as many
generated phones as asked for, then sends as many pairs of scans, a check-in and a check-out with
unrelated lies, through `record_scan` on SQLite and looks at what was credited.
"""

import argparse
import random
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import given, settings

from checkin import migrations
from checkin.database import db, standalone_engine, transaction
from checkin.domain.clocks import KEPT_FOR, DeviceClock
from checkin.domain.evidence import Evidence, Flag
from checkin.domain.fold import Kind
from checkin.domain.hours import credited_minutes
from checkin.models import Attendance
from checkin.operations.attendance import Answer, Reading, record_scan
from tests import factories
from tests.domain import test_clocks as clocks
from tests.load.servers import app_on

LAWS = {
    clocks.test_no_clock_earns_a_minute_beyond_what_can_be_proved: 2,
    clocks.test_a_lie_that_moves_an_instant_is_told: 1,
}
"""Each law, and how many uploads one example of it takes."""
HOUR = timedelta(hours=1)
BEGINS, ENDS = clocks.SHIFT


def laws(examples: int) -> None:
    wanted = settings(max_examples=examples, deadline=None, database=None)
    for law, uploads in LAWS.items():
        wanted(given(*[clocks.uploads()] * uploads)(law.hypothesis.inner_test))()
        print(f"{examples:,} examples: {law.__name__.removeprefix('test_').replace('_', ' ')}")


# --- through the whole of it ---------------------------------------------------------------


def told(made: datetime, received: datetime, chance: random.Random) -> DeviceClock:
    """What a phone says about a scan, its clock wrong and set in between at will."""
    lie, jump = (
        timedelta(seconds=chance.choice([0, chance.randint(-400_000, 400_000)])) for _ in range(2)
    )
    receipt = made - timedelta(seconds=chance.randint(0, 20_000))
    return DeviceClock(
        device_at=made + lie,
        sent_at=chance.choice([None, received + lie, received + lie + jump]),
        elapsed_ms=chance.choice([None, chance.randint(0, 10**8)]),
        receipt_at=chance.choice([None, receipt]),
    )


def credited(people: int, seed: int) -> tuple[int, int, list[str]]:
    """How many came to count, how many minutes in all, and sentences about unproved ones."""
    chance, minutes, counted, wrong = random.Random(seed), 0, 0, []
    shift, poster = _place()
    for _ in range(people):
        who = _expected(shift)
        proofs = [_scan(kind, who, shift, poster, chance) for kind in (Kind.IN, Kind.OUT)]
        record = db.session.scalar(db.select(Attendance).where(Attendance.volunteer_id == who))
        got = record.credited_minutes if record else None
        if not got:
            continue
        counted, minutes = counted + 1, minutes + got
        proved = credited_minutes([(proofs[0][0], max(proofs[0][0], proofs[1][1]))], BEGINS, ENDS)
        if got > proved or Flag.OFFLINE not in record.flags:
            wrong.append(f"{got} minutes where {proved} are proved: {proofs} {record.flags}")
    return counted, minutes, wrong


@transaction
def _place() -> tuple[int, int]:
    site = factories.site(BEGINS)
    work = factories.opportunity(BEGINS, late_minutes=240)
    shift = factories.shift(BEGINS, site, work, minutes=240, seats=100_000)
    return shift.id, factories.poster(BEGINS - HOUR, site).id


@transaction
def _expected(shift_id: int) -> int:
    who = factories.person(BEGINS, mobile=None)
    shift = db.session.get_one(factories.Shift, shift_id)
    factories.assign(BEGINS, who, shift)
    return int(who.id)


def _scan(
    kind: Kind, who: int, shift: int, poster: int, chance: random.Random
) -> tuple[datetime, datetime, Answer]:
    """One scan by a lying phone; the earliest and the latest instant it can have been made."""
    made = BEGINS + timedelta(seconds=chance.randint(-1800, 5 * 3600))
    received = made + timedelta(seconds=chance.randint(0, 80_000))
    clock = told(made, received, chance)
    reading = Reading(
        uid=f"{kind}-{who}",
        kind=kind,
        volunteer_id=who,
        poster_id=poster,
        shift_id=shift if kind is Kind.OUT else None,
        evidence=Evidence.OFFLINE,
        clock=clock,
    )
    answer = record_scan(reading, now=received)
    return clock.receipt_at or received - KEPT_FOR, received, answer


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--examples", type=int, default=10_000)
    options.add_argument("--seed", type=int, default=1)
    given_options = options.parse_args()
    laws(given_options.examples)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'clocks.sqlite3'}"
        engine = standalone_engine(url)
        migrations.upgrade(engine)
        engine.dispose()
        with app_on(url):
            counted, minutes, wrong = credited(given_options.examples, given_options.seed)
    print(
        f"{given_options.examples:,} phones scanned in and out: {counted:,} were credited with "
        f"{minutes:,} minutes, {len(wrong)} with more than can be proved"
    )
    for sentence in wrong[:5]:
        print(f"  {sentence}")
    return 1 if wrong or not counted else 0


if __name__ == "__main__":
    sys.exit(main())
