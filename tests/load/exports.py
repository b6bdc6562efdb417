"""How long it takes to take everything out as a file, and how much memory.

`python -m tests.load.exports --database-url URL` writes the list behind the approved hours of a
database (best the demo's association: a million attendances) as each kind of file, and prints
rows, seconds, megabytes of the file and the most memory that the process which wrote it used, of
which so much is beyond what the app takes anyway.
"""

import argparse
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from checkin.database import db
from checkin.domain.roles import Role
from checkin.models import Export, Grant
from checkin.operations import exporting
from checkin.web.export_words import OF_LISTS
from tests.load.servers import app_on

MEGABYTE = 1024 * 1024


def peak_mb() -> float:
    """Of this process, or of the one it began where that took more."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(one).ru_maxrss for one in whose) / 1024


def at_work() -> float:
    """Seconds of a processor that this process and those it began have taken."""
    return sum(os.times()[:4])


def run(url: str, kind: str) -> None:
    """One export from being asked for to being ready."""

    def clock() -> datetime:
        return datetime.now(UTC)

    with app_on(url), tempfile.TemporaryDirectory() as folder:
        current_app.config["EXPORT_PATH"] = folder
        of = select(Grant.person_id).where(Grant.role == Role.COORDINATOR, Grant.until_at.is_(None))
        owner = db.session.scalars(of.order_by(Grant.id).limit(1)).one()
        before, begun, worked = peak_mb(), time.perf_counter(), at_work()
        asked = {"language": "ar", "by": owner, "now": clock()}
        export_id = exporting.ask("attendances", "", kind, **asked)
        exporting.work_on_waiting(clock)
        took, cpu = time.perf_counter() - begun, at_work() - worked
        row = db.session.get_one(Export, export_id, populate_existing=True)
        if row.state != "ready":
            raise SystemExit(f"{kind}: {row.state} {row.fault}")
        size = Path(folder, row.file_name).stat().st_size / MEGABYTE
        used = f"memory +{peak_mb() - before:.0f} MB (of {peak_mb():.0f})"
        speed = f"{took:7.1f} s, {cpu:.1f} s of them at work"
        print(f"{kind:6}{row.total:>10,} rows {speed}, file {size:.1f} MB, {used}", flush=True)
        exporting.forget_passed(row.expires_at)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database-url", required=True)
    parser.add_argument("--kind", choices=OF_LISTS, action="append")
    options = parser.parse_args()
    spawn = multiprocessing.get_context("spawn")
    codes = []
    for kind in options.kind or OF_LISTS:
        process = spawn.Process(target=run, args=(options.database_url, kind))
        process.start()
        process.join()
        codes.append(process.exitcode or 0)
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
