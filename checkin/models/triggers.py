"""Tables that only grow: the database itself refuses to change or remove a row."""

from sqlalchemy import DDL, FromClause, Table, event

_SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {event} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END
$$ LANGUAGE plpgsql
"""
_POSTGRES = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def statements(table: str, dialect: str) -> list[str]:
    """What makes `table` append-only on this database; also used by the migrations."""
    if dialect == "sqlite":
        verbs = {"update": "UPDATE", "delete": "DELETE"}
        return [_SQLITE.format(table=table, verb=v, event=e).strip() for v, e in verbs.items()]
    return [_POSTGRES_FUNCTION.strip(), _POSTGRES.format(table=table).strip()]


def append_only(table: FromClause) -> None:
    """Attach the triggers to the creation of `table`."""
    assert isinstance(table, Table)
    for dialect in ("sqlite", "postgresql"):
        for statement in statements(table.name, dialect):
            ddl: DDL = DDL(statement.replace("%", "%%"))
            event.listen(table, "after_create", ddl.execute_if(dialect=dialect))
