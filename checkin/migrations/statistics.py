"""What SQLite is told of the tables, so that it answers as it was measured to.

Which way SQLite takes to an answer follows from how many rows a table has and how alike they are.
It never looks by itself; a look at a large database holds every scan up for eight seconds, and a
short one takes the few kinds of state that millions share for rare. So it is told what an
association with a million attendances is like, whatever a database holds: in a small one any way
is quick, and no plan changes by itself over night. PostgreSQL looks by itself.
"""

import json
from pathlib import Path

from sqlalchemy import Connection, column, table

_ROWS: dict[str, dict[str, str]] = json.loads(
    Path(__file__).with_name("sqlite_statistics.json").read_text(encoding="utf-8")
)
"""By table and index what ANALYZE found in the full demo of an association."""
_KEPT = table("sqlite_stat1", column("tbl"), column("idx"), column("stat"))


def tell(connection: Connection) -> None:
    """Tell SQLite; whoever opens the database afterwards plans by it.

    A migration that adds an index, or that changes what the file says, calls this again.
    """
    if connection.dialect.name != "sqlite":
        return
    connection.exec_driver_sql("ANALYZE sqlite_master")  # makes the table where it lacks
    connection.execute(_KEPT.delete())
    told = ((of, index or None, said) for of, each in _ROWS.items() for index, said in each.items())
    rows = [{"tbl": of, "idx": index, "stat": said} for of, index, said in told]
    connection.execute(_KEPT.insert(), rows)
    connection.exec_driver_sql("ANALYZE sqlite_master")  # reads it
