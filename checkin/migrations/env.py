"""What Alembic runs: our metadata, our engine, and care with SQLite's rebuilt tables."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from sqlalchemy import Connection

import checkin.models  # noqa: F401  (fills the metadata)
from checkin.database import Base


def run() -> None:
    engine = context.config.attributes["engine"]
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            with references_unwatched(connection):
                migrate(connection)
        else:
            migrate(connection.execution_options(isolation_level="READ COMMITTED"))


@contextmanager
def references_unwatched(connection: Connection) -> Iterator[None]:
    """Rebuilding a parent table takes the old one away from under its children."""
    driver = connection.connection.dbapi_connection
    assert driver is not None
    # past SQLAlchemy, which begins a transaction first, and inside one SQLite does not listen
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
            raise RuntimeError(f"the migration broke references: {broken[:5]}")
    finally:
        connection.rollback()
        driver.execute("PRAGMA foreign_keys=ON")


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
