"""Millions of rows: as the driver takes them fastest, past everything that makes single rows safe.

Rows are tuples of what the database itself keeps: instants and JSON as text. SQLite takes them by
one prepared statement, PostgreSQL by COPY.
"""

import json
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Table, func, select, text

from checkin.database import Base, db, take_time, transaction


class Bulk:
    """Rows of one table that are gathered and then written together."""

    def __init__(self, model: type[Base], *columns: str) -> None:
        assert isinstance(model.__table__, Table)
        self._table = model.__table__
        self.columns = columns or tuple(column.name for column in self._table.columns)
        self.rows: list[tuple[Any, ...]] = []

    def write(self) -> None:
        """Write what was gathered, inside the caller's transaction."""
        if not self.rows:
            return
        connection = db.session.connection().connection
        names = ", ".join(self.columns)
        cursor: Any = connection.cursor()
        if db.engine.dialect.name == "sqlite":
            places = ", ".join("?" * len(self.columns))
            cursor.executemany(
                f"INSERT INTO {self._table.name} ({names}) VALUES ({places})",
                self.rows,
            )
        else:
            with cursor.copy(f"COPY {self._table.name} ({names}) FROM STDIN") as copy:
                for row in self.rows:
                    copy.write_row(row)
        cursor.close()
        self.rows.clear()


def next_id(model: type[Base]) -> int:
    """The first id that is free; whoever gives ids themselves calls `give_on` afterwards."""
    column = model.__table__.c.id
    return (db.session.scalar(select(func.max(column))) or 0) + 1


def give_on(model: type[Base]) -> None:
    """Let PostgreSQL give ids after those that were given by hand; SQLite does so by itself."""
    if db.engine.dialect.name == "postgresql":
        name = model.__tablename__
        last = select(func.max(model.__table__.c.id)).scalar_subquery()
        db.session.execute(select(func.setval(func.pg_get_serial_sequence(name, "id"), last)))


@transaction
def analyse() -> None:
    """Let PostgreSQL look at what it holds before it would by itself; SQLite was told."""
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        take_time(connection)
        connection.execute(text("ANALYZE"))


def moment(at: datetime) -> str:
    """An instant of whole seconds in UTC, as both databases read it back."""
    return at.strftime("%Y-%m-%d %H:%M:%S.000000") + _zone()


@lru_cache(1)
def _zone() -> str:
    return "" if db.engine.dialect.name == "sqlite" else "+00"


def as_json(content: Any) -> str:
    return json.dumps(content)


def many(*bulks: Bulk) -> None:
    """Write all of them, in this order."""
    for bulk in bulks:
        bulk.write()
