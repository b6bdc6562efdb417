"""A full disk in the middle of scans: refused at once in words, read on, well again with room.

`python -m tests.load.disk` mounts a small file system of its own (in a mount namespace, so that it
ends with the run), keeps the SQLite file on it and then a PostgreSQL database's tables, lets
volunteers check in, fills what is left with ballast, and takes the ballast away again. While it is
full every answer to a scan is a receipt or a page 503 with Retry-After in the reader's language,
within two seconds; nothing refused is kept; pages are still read. Afterwards every refused scan
is sent again with the same id: lost 0, doubled 0.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from psycopg import sql
from sqlalchemy import Engine, select

from checkin import migrations
from checkin.database import standalone_engine
from checkin.models import Scan
from tests.load.client import Client
from tests.load.phones import PATIENCE, Storm
from tests.load.scan import Round, Volunteer, has_receipt, measure, open_page, send, volunteers
from tests.load.servers import serving
from tests.load.truth import chain_faults, faults
from tests.postgres import NOBODY, LocalServer

SIZES = {"sqlite": "16m", "postgresql": "64m"}
SOON = 2.0
"""Seconds in which a refusal has to be there."""
RECOVERED = 30.0
"""Seconds after there is room again in which a scan is kept again."""
SORRY = {"ar": "عذرًا، الخدمة غير متاحة حاليًا", "en": "Sorry, there is a problem with the service"}
INSIDE = "CHECKIN_TEST_OWN_MOUNTS"


@dataclass
class Full:
    """What phones saw while the disk was full."""

    kept: list[tuple[int, str]] = field(default_factory=list)
    refused: dict[str, Volunteer] = field(default_factory=dict)
    writes: list[float] = field(default_factory=list)
    reads: list[float] = field(default_factory=list)

    def scan(self, client: Client, who: Volunteer, lang: str) -> str:
        """Look at the page, then press its button: what was wrong with either answer."""
        uid = str(uuid.uuid4())
        self.reads.append(_seconds(lambda: open_page(client, who)))
        who.fields["cookie:prefs"] = f"{lang}.latn.auto"
        begun = time.perf_counter()
        reply = send(client, who, "in", uid)
        self.writes.append(time.perf_counter() - begun)
        if has_receipt(reply):
            self.kept.append((who.id, uid))
            return ""
        self.refused[uid] = who
        said = SORRY[lang] in reply.body.decode()
        if reply.status == 503 and said and reply.headers.get("retry-after", "").isdigit():
            return ""
        return f"a full disk was answered with {reply.status}"

    @property
    def faults(self) -> list[str]:
        found = [f"a refusal took {max(self.writes):.1f} s"] if max(self.writes) > SOON else []
        if not self.refused:
            found.append("the disk was never full: this proves nothing")
        return found


def run(url: str, folder: Path, people: int) -> bool:
    engine = standalone_engine(url)
    migrations.upgrade(engine)
    before, during = volunteers(url, people // 4), volunteers(url, people)
    storm, full = Storm(""), Full()
    with serving("wsgi:app", url) as storm.base_url:
        storm.send(before, phones=4)
        storm.join()
        ballast = fill(folder)
        tried = tries(storm.base_url, full, during)
        found = tried.errors + full.faults + phantoms(engine, full)
        ballast.unlink()
        later, recovered = again(storm.base_url, full)
    storm.acknowledged += full.kept + later
    found += storm.refused + faults(engine, datetime.now(UTC), storm.acknowledged)
    found += chain_faults(url)
    if len(later) < len(full.refused):
        found.append(f"{len(full.refused) - len(later)} still refused {PATIENCE:.0f} s later")
    if recovered > RECOVERED:
        found.append(f"the first was kept only {recovered:.0f} s after there was room")
    print(
        f"{engine.dialect.name}: {len(full.kept)} kept and {len(full.refused)} refused while full, "
        f"slowest answer {max(full.writes):.2f} s, slowest page {max(full.reads):.2f} s, "
        f"with room again kept from {recovered:.1f} s on, {len(found)} faults"
    )
    engine.dispose()
    for fault in found[:10]:
        print(f"  {fault}")
    return not found


def fill(folder: Path) -> Path:
    """Take every byte that is left; the file to delete for there to be room again."""
    path = folder / "ballast"
    with path.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            while True:
                try:
                    file.write(bytes(size))
                except OSError:
                    break
    return path


def tries(base_url: str, full: Full, people: list[Volunteer]) -> Round:
    """Everybody tries once, in two languages, by four phones at a time."""

    def work(client: Client, number: int) -> str:
        return full.scan(client, people[number], ("ar", "en")[number % 2])

    return measure(base_url, 4, len(people), work)


def phantoms(engine: Engine, full: Full) -> list[str]:
    """Scans that were refused and are there nevertheless."""
    with engine.connect() as connection:
        there = set(connection.execute(select(Scan.scan_uid)).scalars())
    return [f"scan {uid} was refused and is kept" for uid in full.refused if uid in there]


def again(base_url: str, full: Full) -> tuple[list[tuple[int, str]], float]:
    """Send what was refused again, with the same ids: what is kept now, and after how many seconds
    the first of it was."""
    waiting, kept, begun = list(full.refused.items()), [], time.monotonic()
    first: list[float] = []

    def work(client: Client, number: int) -> str:
        uid, who = waiting[number]
        while time.monotonic() < begun + PATIENCE:
            if has_receipt(send(client, who, "in", uid)):
                first.append(time.monotonic() - begun)
                kept.append((who.id, uid))
                return ""
            time.sleep(0.05)
        return "refused"

    measure(base_url, 4, len(waiting), work)
    return kept, min(first, default=PATIENCE)


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


# --- the two databases ---------------------------------------------------------------------


def on_sqlite(people: int) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        _mount(folder, SIZES["sqlite"])
        whole = run(f"sqlite:///{Path(folder) / 'disk.sqlite3'}", Path(folder), people)
        subprocess.run(["umount", "--lazy", folder], check=True)
    return whole


def on_postgres(people: int) -> bool:
    """Only the tables are on the small file system: a full log stops the whole server at once."""
    server = LocalServer(durable=True)
    server.start()
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        _mount(folder, SIZES["postgresql"])
        tables = Path(folder) / "tables"
        tables.mkdir()
        if os.geteuid() == 0:
            os.chown(tables, NOBODY, NOBODY)
        server.execute(
            sql.SQL("CREATE TABLESPACE small LOCATION {}").format(sql.Literal(str(tables)))
        )
        url = server.create_database("disk")
        server.execute(sql.SQL("ALTER DATABASE disk SET TABLESPACE small"))
        whole = run(url, Path(folder), people)
        server.stop()
        subprocess.run(["umount", "--lazy", folder], check=True)
    return whole


def _mount(folder: str, size: str) -> None:
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0755", "none", folder], check=True
    )


def _in_own_mounts() -> int:
    """Start over where mounting is ours to do; whoever is not root becomes root of that only."""
    how = ["--mount"] if os.geteuid() == 0 else ["--mount", "--map-root-user"]
    command = ["unshare", *how, sys.executable, "-m", "tests.load.disk", *sys.argv[1:]]
    return subprocess.run(command, env={**os.environ, INSIDE: str(os.geteuid())}).returncode


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--volunteers", type=int, default=800)
    options = parser.parse_args()
    if INSIDE not in os.environ:
        return _in_own_mounts()
    whole = on_sqlite(options.volunteers)
    if os.environ[INSIDE] == "0":
        whole = on_postgres(options.volunteers) and whole
    else:
        print("postgresql: not run, for it needs to be started by root")
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
