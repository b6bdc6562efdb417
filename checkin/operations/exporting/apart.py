"""Long files, written by a process of their own at low priority.

Whoever serves pages answers scans with one interpreter: a million rows made by the same one hold
every scan back. The process only reads and writes its file; the lease and the record of the export
stay here, so that nothing of low priority ever keeps others from writing to the database.
"""

import gc
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, Any

from flask import current_app

from checkin import config
from checkin.domain.errors import Problem

COMMAND = ("-m", "checkin", "jobs", "write")
LOW_PRIORITY = 10
REPORT_SECONDS = 1.0
Write = Callable[[], Iterator[int]]


def written(export_id: int, path: Path, now: datetime) -> Iterator[int]:
    """How many rows there are by now, said at least every second, until the file is whole.

    Left early it ends the process too.
    """
    order = {"export_id": export_id, "path": str(path), "now": now.isoformat()}
    order["settings"] = {name: current_app.config[name] for name in _SETTINGS}
    process = subprocess.Popen(
        [sys.executable, *COMMAND],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, f"{config.PREFIX}INSTANCE_PATH": current_app.instance_path},
        text=True,
    )
    with process:
        try:
            assert process.stdin is not None
            process.stdin.write(f"{json.dumps(order)}\n")
            process.stdin.close()
            yield from _told(process)
        finally:
            process.kill()
    if process.returncode:
        raise RuntimeError(f"writing apart ended with {process.returncode}")


_SETTINGS = (*config.DEFAULTS, "TESTING")


def _told(process: subprocess.Popen[str]) -> Iterator[int]:
    lines: SimpleQueue[str] = SimpleQueue()
    threading.Thread(target=_listen, args=(process.stdout, lines), daemon=True).start()
    done = 0
    while True:
        with suppress(Empty):
            line = lines.get(timeout=REPORT_SECONDS)
            if not line:
                process.wait()
                return
            said = json.loads(line)
            if "problem" in said:
                raise Problem(said["problem"])
            done = said["done"]
        yield done


def _listen(stdout: IO[str], lines: SimpleQueue[str]) -> None:
    """An empty line is the end."""
    for line in stdout:
        lines.put(line)
    lines.put("")


# --- in that process -----------------------------------------------------------------------


def said_order(stdin: IO[str]) -> Mapping[str, Any]:
    """What the process that began this one wants."""
    order: dict[str, Any] = json.loads(stdin.readline())
    return {**order, "path": Path(order["path"]), "now": datetime.fromisoformat(order["now"])}


def work(write: Write, tell: Callable[[str], None]) -> None:
    """Write, and tell how far it is; a file that is not whole is removed."""
    if hasattr(os, "nice"):
        os.nice(LOW_PRIORITY)
    gc.freeze()
    gc.disable()  # rows leave no circles behind
    said_at, done = time.monotonic(), 0
    try:
        for done in write():
            if time.monotonic() - said_at >= REPORT_SECONDS:
                said_at = time.monotonic()
                tell(json.dumps({"done": done}))
        tell(json.dumps({"done": done}))
    except Problem as problem:
        tell(json.dumps({"problem": problem.code}))
