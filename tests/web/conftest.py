"""A database that holds one of everything, made once and copied for each test that asks."""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
import time_machine
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from checkin import create_app
from checkin.database import db
from tests.conftest import NOW
from tests.web import everything

KEY = "a key for tests that is long enough, 0123456789"


@pytest.fixture(scope="session")
def full_world(sqlite_template: Path, tmp_path_factory) -> tuple[everything.World, Path]:
    path = tmp_path_factory.mktemp("world") / "world.sqlite3"
    shutil.copy(sqlite_template, path)
    settings = {"TESTING": True, "DATABASE_URL": f"sqlite:///{path}", "SECRET_KEY": KEY}
    app = create_app({**settings, "SENDER": "file", "JOBS": False})
    with app.app_context(), time_machine.travel(NOW, tick=False):
        world = everything.build(NOW)
        db.session.remove()
        db.engine.dispose()
    return world, path


@pytest.fixture
def database(sqlite_file: Path) -> Path:
    """The file behind the `app` of a test."""
    return sqlite_file


@pytest.fixture
def restore(full_world, app, database: Path) -> Callable[[], None]:
    """Bring this test's database back to one of everything."""

    def restored() -> None:
        db.session.remove()
        db.engine.dispose()
        shutil.copy(full_world[1], database)

    return restored


@pytest.fixture
def world(full_world, restore) -> Iterator[everything.World]:
    """One of everything in this test's database, at the instant of all tests."""
    restore()
    with time_machine.travel(NOW, tick=False):
        yield full_world[0]


Looked = list[tuple[Rule, str, TestResponse]]
"""Addresses that show something, as they were asked for, with what they answered."""


@pytest.fixture(scope="session")
def _looked() -> dict[tuple[int, str], Looked]:
    return {}


@pytest.fixture
def pages_of(app, world, _looked) -> Callable[[str], Looked]:
    """All that one of the cast, or a stranger, gets to see of the world as it begins.

    Looked at once for all tests of one app: whoever asks has changed nothing yet.
    """

    def pages_of(who: str) -> Looked:
        own = id(app), who
        if own not in _looked:
            browser = everything.browser(app, world, who)
            asked = [
                (rule, everything.address(rule.rule, world.ids))
                for rule in everything.rules(app, "GET")
            ]
            _looked[own] = [(rule, address, browser.get(address)) for rule, address in asked]
        return _looked[own]

    return pages_of


@pytest.fixture
def at(now: datetime) -> Iterator[time_machine.Traveller]:
    """The clock: it stands at the instant of all tests, and may be moved."""
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


# --- the cast at their browsers, in English --------------------------------------------------


@pytest.fixture
def noura(cast, browser_of):
    """On her own phone."""
    return browser_of(cast.noura, lang="en")


@pytest.fixture
def salem(cast, browser_of):
    return browser_of(cast.salem, kind="staff", lang="en")


@pytest.fixture
def huda(cast, browser_of):
    return browser_of(cast.huda, kind="staff", lang="en")


@pytest.fixture
def layla(cast, browser_of):
    return browser_of(cast.layla, kind="staff", lang="en")


@pytest.fixture
def majed(cast, browser_of):
    return browser_of(cast.majed, kind="staff", lang="en")
