"""Every operations test runs on SQLite and on a real PostgreSQL."""

import pytest

from checkin.database import db, transaction

AGAIN = pytest.mark.measured_elsewhere


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_url" in metafunc.fixturenames:
        one = metafunc.definition.get_closest_marker("on_one_database")
        both = [pytest.param("sqlite_url", id="sqlite")]
        both += [] if one else [pytest.param("postgres_url", id="postgres", marks=AGAIN)]
        metafunc.parametrize("database_url", both, indirect=True)


@pytest.fixture(autouse=True)
def _app(app) -> None:
    """Operations need the session that comes with an app."""


@pytest.fixture
def save():
    """Write rows a test needs beforehand."""

    @transaction
    def save(*rows):
        db.session.add_all(rows)

    return save
