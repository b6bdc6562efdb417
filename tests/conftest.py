"""What every test may ask for: an app on a fresh database, the cast, a client that inspects."""

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from hypothesis import settings as hypothesis_settings
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine, text
from werkzeug.routing import Rule

from checkin import create_app, migrations
from checkin.cli import main
from checkin.database import Base, db, standalone_engine
from tests.writes import Writes

if TYPE_CHECKING:
    from tests.postgres import Server

pytest_plugins = [
    *("tests.no_skips", "tests.measuring", "tests.postgres", "tests.cast", "tests.pages"),
]

# how long an example takes says only what else the machine does
hypothesis_settings.register_profile("checkin", deadline=None)
hypothesis_settings.load_profile("checkin")

LONGEST = (
    "house/test_checks.py",
    *("operations/test_demo.py", "operations/test_demo_association.py", "web/test_matrix.py"),
    *("operations/test_machine.py", "house/test_packaging.py", "test_races.py"),
    *("web/test_security_get.py", "web/test_security_headers.py", "web/test_security_forms.py"),
    *("web/test_approvals.py", "test_cli.py", "test_cli_importing.py", "domain/test_fold.py"),
    *("operations/importing/test_importing.py", "operations/test_merging.py"),
    "house/test_translations.py",
)
"""These come first, so that no worker begins one of them when the others are done."""
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
"""Sunday 22 November 2026, 1:00 PM in Makkah: the instant at which tests happen."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {Path(__file__).parent / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


def pytest_collection_finish() -> None:
    """The tests stay until the end: to search them for garbage takes a twentieth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty migrated SQLite file, copied for each test."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite3"
    engine = standalone_engine(f"sqlite:///{path}")
    migrations.upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def demo_of_today(sqlite_template, tmp_path_factory) -> Path:
    """An installation's folder with the small demo, filled by its command; copied for each test."""
    folder = tmp_path_factory.mktemp("today")
    shutil.copy(sqlite_template, folder / "checkin.sqlite3")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"INSTANCE_PATH": str(folder), "JOBS": "false"}.items():
            patch.setenv(f"CHECKIN_{name}", value)
        assert main(["demo", "--size", "today"]) == 0
    return folder


@pytest.fixture(scope="session")
def postgres_database(postgres: "Server") -> Iterator[Engine]:
    """A migrated PostgreSQL database, emptied after each test: five times faster than a new one."""
    engine = standalone_engine(postgres.create_database("checkin"))
    migrations.upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def memory() -> Iterator[Path]:
    """A folder in memory where there is one: a disk lets every commit wait for it."""
    shared = Path("/dev/shm")
    place = shared if os.access(shared, os.W_OK) else None
    if place:
        _clear_left_behind(place)
    with tempfile.TemporaryDirectory(prefix=f"checkin-{os.getpid()}-", dir=place) as folder:
        yield Path(folder)


def _clear_left_behind(shared: Path) -> None:
    """What runs that were killed have left in memory."""
    for folder in shared.glob("checkin-*-*"):
        number = folder.name.split("-")[1]
        if number.isdigit() and not Path("/proc", number).exists():
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def _exports(memory: Path) -> None:
    """Files taken out in a test stay out of the checkout."""
    os.environ["CHECKIN_EXPORT_PATH"] = str(memory / "exports")


@pytest.fixture(scope="session")
def sqlite_file(memory: Path) -> Path:
    """Where the database of the test that runs is: always there, so that its app can be kept."""
    return memory / "database" / "checkin.sqlite3"


@pytest.fixture
def sqlite_url(sqlite_template: Path, sqlite_file: Path) -> str:
    shutil.rmtree(sqlite_file.parent, ignore_errors=True)
    sqlite_file.parent.mkdir()
    shutil.copy(sqlite_template, sqlite_file)
    return f"sqlite:///{sqlite_file}"


@pytest.fixture
def postgres_url(postgres_database: Engine) -> Iterator[str]:
    yield postgres_database.url.render_as_string(hide_password=False)
    with postgres_database.connect() as connection:
        # what is append-only for the application is not so for its tests
        connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text(f"DO $$ BEGIN {_EMPTYING} END $$"))
        connection.execute(text(_RESTARTING))
        connection.execute(text("RESET session_replication_role"))


_EMPTYING = " ".join(
    f'IF EXISTS (SELECT 1 FROM "{table.name}") THEN DELETE FROM "{table.name}"; END IF;'
    for table in Base.metadata.sorted_tables
)
"""Ten times faster than TRUNCATE, which makes new files for every table and index."""
_RESTARTING = """
    SELECT setval(format('%I', sequencename)::regclass, 1, false)
    FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL
"""


@pytest.fixture
def database_url(request) -> str:
    """SQLite; `tests/operations` runs each test on both databases."""
    url: str = request.getfixturevalue(getattr(request, "param", "sqlite_url"))
    Writes.seen = False
    return url


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Every test has an app of its own; the templates need compiling only once."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def settings() -> dict[str, object]:
    """Overrides a test file may replace with a fixture of its own."""
    return {}


@pytest.fixture(scope="session", autouse=True)
def _addresses_built_once() -> Iterator[None]:
    """Every app has the same addresses; to compile what builds them is most of making one."""
    compile_builder = Rule._compile_builder
    built: dict[str, Any] = {}

    def once(rule: Rule, append_unknown: bool = True) -> Any:
        own = repr((rule._trace, rule.defaults, append_unknown))
        if own not in built:
            built[own] = compile_builder(rule, append_unknown)
        return built[own]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", once)
        yield


@pytest.fixture(scope="session")
def kept_apps() -> Iterator[dict[str, Flask]]:
    """Apps by their settings: making one takes longer than most tests."""
    apps: dict[str, Flask] = {}
    yield apps
    for app in apps.values():
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def app(
    database_url: str,
    tmp_path: Path,
    settings: dict[str, object],
    compiled_templates: FileSystemBytecodeCache,
    kept_apps: dict[str, Flask],
) -> Iterator[Flask]:
    """An app on an empty database; what a test changes in it is changed back."""
    wanted = {
        "TESTING": True,
        "DATABASE_URL": database_url,
        "SECRET_KEY": "a key for tests that is long enough, 0123456789",
        "SENDER": "file",
        "SENDER_FILE": "messages.txt",
        "JOBS": False,
        **settings,
    }
    app = kept_apps.get(repr(wanted)) or create_app(wanted)
    kept_apps[repr(wanted)] = app
    app.jinja_env.bytecode_cache = compiled_templates
    before, views = dict(app.config), dict(app.view_functions)
    if app.config["SENDER_FILE"] == "messages.txt":
        app.config["SENDER_FILE"] = str(tmp_path / "messages.txt")
    with app.app_context():
        yield app
        db.session.remove()
        # a server's connection knows its tables by now; a file of its own gets its own
        if db.engine.dialect.name == "sqlite":
            db.engine.dispose()
    for facts, kept in ((app.config, before), (app.view_functions, views)):
        facts.clear()
        facts.update(kept)
