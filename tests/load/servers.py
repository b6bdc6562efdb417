"""Servers to measure: ours and the floor's, each in processes of its own, on the loopback."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from checkin import create_app
from checkin.database import db

KEY = "a key for measurements, long enough: 0123456789"
ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 30


@contextlib.contextmanager
def app_on(url: str) -> Iterator[None]:
    """Inside an app on this database, in this process; its connections are closed afterwards."""
    app = create_app({"DATABASE_URL": url, "SECRET_KEY": KEY, "JOBS": False, "TESTING": True})
    with app.app_context():
        yield
        db.session.remove()
        db.engine.dispose()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(database_url: str) -> dict[str, str]:
    return {
        **os.environ,
        "CHECKIN_DATABASE_URL": database_url,
        "CHECKIN_SECRET_KEY": KEY,
        "CHECKIN_SENDER": "file",
        "CHECKIN_SENDER_FILE": os.devnull,
        "FLOOR_DATABASE_URL": database_url,
        "PYTHONPATH": str(ROOT),
    }


def start(app: str, database_url: str, port: int, workers: int = 2, threads: int = 8):
    """gunicorn with `app`; the process group, so that all of it can be killed."""
    command = [
        *(sys.executable, "-m", "gunicorn", app, "--bind", f"127.0.0.1:{port}"),
        *("--workers", str(workers), "--threads", str(threads), "--worker-class", "gthread"),
        *("--keep-alive", "30", "--log-level", "warning", "--no-control-socket"),
        *("--worker-tmp-dir", "/dev/shm" if Path("/dev/shm").is_dir() else "."),
    ]
    process = subprocess.Popen(
        command, env=environment(database_url), cwd=ROOT, start_new_session=True
    )
    wait_until_up(port)
    return process


def wait_until_up(port: int) -> None:
    for _ in range(START_SECONDS * 20):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise TimeoutError(f"no server on port {port} after {START_SECONDS} seconds")


def stop(process: subprocess.Popen[bytes], how: int = signal.SIGTERM) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, how)
    process.wait(timeout=20)


@contextlib.contextmanager
def serving(app: str, database_url: str, **size: int) -> Iterator[str]:
    """The address of `app` while it serves."""
    port = free_port()
    process = start(app, database_url, port, **size)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        stop(process)
