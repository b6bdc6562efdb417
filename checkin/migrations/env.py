"""What Alembic runs: our metadata, our engine, and care with SQLite's rebuilt tables."""

from alembic import context
from sqlalchemy import Connection

import checkin.models  # noqa: F401  (fills the metadata)
from checkin.database import Base


def run() -> None:
    engine = context.config.attributes["engine"]
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            # rebuilding a parent table would cascade into its children
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.rollback()
        else:
            connection = connection.execution_options(isolation_level="READ COMMITTED")
        migrate(connection)
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            connection.rollback()
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")
            if broken:
                raise RuntimeError(f"the migration broke references: {broken[:5]}")


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
