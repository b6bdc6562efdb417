"""The engine, the session, the one commit, and all that differs between the two databases."""

import contextlib
import functools
import itertools
import json
import os
import random
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    ARRAY,
    CTE,
    ColumnElement,
    Connection,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Executable,
    Insert,
    Integer,
    MetaData,
    Row,
    Select,
    Table,
    Update,
    any_,
    bindparam,
    create_engine,
    event,
    extract,
    func,
    insert,
    literal,
    make_url,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

try:
    from psycopg import Cursor
except ImportError:  # an installation on SQLite needs no other driver
    Cursor = object  # type: ignore[assignment, misc]

try:
    import fcntl
except ImportError:  # Windows has none; one process with a thread lock is served there
    fcntl = None  # type: ignore[assignment]

AnyRow = Row[*tuple[Any, ...]]
"""One row of a question, its columns named in the question itself."""
P = ParamSpec("P")
T = TypeVar("T")


class Base(DeclarativeBase):
    """Every model; constraints are named so that both databases can change them later."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(
    model_class=Base,
    disable_autonaming=True,
    session_options={"autoflush": False, "expire_on_commit": False},
)


class UTCDateTime(TypeDecorator[datetime]):
    """An aware instant, always UTC; a naive one is refused instead of guessed at."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            # half of what `replace` takes, and a long list has millions of them
            return datetime.combine(value.date(), value.time(), UTC)
        return value.astimezone(UTC)


# --- engines -------------------------------------------------------------------------------


def init_app(app: Flask) -> None:
    """Bind the session to the configured database."""
    url = normal_url(app.config["DATABASE_URL"])
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(url)
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)


def normal_url(url: str) -> str:
    """One spelling for PostgreSQL with psycopg 3, whatever the hosting gave."""
    for short in ("postgres://", "postgresql://"):
        if url.startswith(short):
            return "postgresql+psycopg://" + url.removeprefix(short)
    return url


def standalone_engine(url: str) -> Engine:
    """An engine outside any app, for set-up, doctor and tests."""
    url = normal_url(url)
    engine = create_engine(url, **engine_options(url))
    prepare(engine)
    return engine


_POSTGRES_SETTINGS = {
    "statement_timeout": "10s",
    "lock_timeout": "3s",
    "idle_in_transaction_session_timeout": "15s",
    "synchronous_commit": "on",
    "timezone": "UTC",
    # what is asked at every scan is asked thousands of times: planning it anew cost more than
    # answering it
    "plan_cache_mode": "force_generic_plan",
    # what is asked often is in memory, as on any disk of today another page costs little more
    "random_page_cost": "1.1",
}
BUSY_SECONDS = 5.0


def engine_options(url: str) -> dict[str, Any]:
    if make_url(url).get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": BUSY_SECONDS, "check_same_thread": False}}
    settings = " ".join(f"-c {name}={value}" for name, value in _POSTGRES_SETTINGS.items())
    return {
        # reading needs no transaction of its own; `transaction` opens a real one to write
        "isolation_level": "AUTOCOMMIT",
        "pool_recycle": 300,
        "pool_size": 10,
        "max_overflow": 10,
        # the connection used last knows the statements asked now; others may rest and be closed
        "pool_use_lifo": True,
        "connect_args": {
            "connect_timeout": 5,
            "tcp_user_timeout": 5000,
            "options": settings,
            "cursor_factory": _Cursor,
            # known from its second use on: planning a scan's statements anew costs thrice the scan
            "prepare_threshold": 1,
        },
    }


def prepare(engine: Engine) -> None:
    """Durable, checked, and with transactions that begin when we say so."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        event.listen(engine, "engine_disposed", _leave_queue)
    else:
        event.listen(engine, "checkin", _note_use)
        event.listen(engine, "checkout", _try_idle)


class _Cursor(Cursor):
    """The driver's own, which describes the columns of an answer only to whom looks at them.

    SQLAlchemy looks when a statement is new, and afterwards only whether there are any: to
    describe them every time cost a scan a twentieth of its work.
    """

    @property
    def description(self) -> Any:
        has_columns = self.pgresult is not None and self.pgresult.nfields
        return _Columns(self.described) if has_columns else self.described()

    def described(self) -> Any:
        return super().description


class _Columns(Sequence[Any]):
    def __init__(self, describe: Callable[[], Sequence[Any]]) -> None:
        self._describe = describe

    @functools.cached_property
    def _described(self) -> Sequence[Any]:
        return self._describe()

    def __getitem__(self, index: Any) -> Any:
        return self._described[index]

    def __len__(self) -> int:
        return len(self._described)


IDLE_SECONDS = 1.0


def _note_use(connection: Any, record: Any) -> None:
    record.info["used"] = time.monotonic()
    if connection is not None and not connection.closed:
        connection.autocommit = True


def _try_idle(connection: Any, record: Any, _proxy: Any) -> None:
    """Ask an idle connection for a sign of life, so that a restarted server costs no error.

    One in constant use is not asked: the question would be a tenth of a scan's work.
    """
    if time.monotonic() - record.info.get("used", time.monotonic()) < IDLE_SECONDS:
        return
    try:
        connection.execute("SELECT 1")
    except Exception as fault:
        raise DisconnectionError from fault


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # the driver must not open transactions on its own: it would begin them too late
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"journal_mode={'WAL' if fcntl else 'TRUNCATE'}",
        "synchronous=FULL",
        "foreign_keys=ON",
        "trusted_schema=OFF",
        f"busy_timeout={int(BUSY_SECONDS * 1000)}",
        "cache_size=-16000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


_WRITES = {"checkin_writes": True}


def _begin_sqlite(connection: Any) -> None:
    # reading and then writing in a deferred transaction loses updates without an error
    writes = connection.get_execution_options().get("checkin_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def begin_to_write(session: Session) -> Connection:
    """The connection of a new transaction that may write; nothing read before is believed.

    SQLite takes its one write lock here. PostgreSQL goes on with the connection that read: a
    new one would cost as much as two questions. Between transactions it commits by itself.
    """
    if session.get_bind().dialect.name == "sqlite":
        session.rollback()
        return session.connection(execution_options=_WRITES)
    if session.in_transaction():
        session.expire_all()
    connection = session.connection()
    driver = connection.connection.dbapi_connection
    assert driver is not None
    driver.autocommit = False  # the driver begins with the next statement
    return connection


@contextlib.contextmanager
def at_one_instant() -> Iterator[Connection]:
    """A connection of its own that sees everything as it stood at one instant, however long the
    reading takes, while the session goes on reading and writing. Rows may be fetched from it
    little by little."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
            take_time(connection)
        yield connection


def take_time(connection: Connection) -> None:
    """Let this transaction be as long as it takes: nobody waits for an answer of a page."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))


def pass_gate(number: int, *, alone: bool = False) -> None:
    """Until this transaction ends nobody passes the same gate alone; or nobody at all.

    For what must not happen between a look and its use, where there is no row to lock yet.
    SQLite's writers are alone anyway.
    """
    if db.engine.dialect.name == "postgresql":
        lock = func.pg_advisory_xact_lock if alone else func.pg_advisory_xact_lock_shared
        db.session.execute(select(lock(number)))


# --- the one commit ------------------------------------------------------------------------

ATTEMPTS = 5
_inside: ContextVar[bool] = ContextVar("checkin_inside_transaction", default=False)
_writer: ContextVar[Connection | None] = ContextVar("checkin_writer", default=None)


def transaction(work: Callable[P, T]) -> Callable[P, T]:
    """Make `work` one transaction: all of it is kept, or none of it.

    The whole function is tried again (at most five times) when the database asks for it, so it
    must not act outside the database. Called inside another transaction it joins that one. What
    was read before is forgotten first, so nothing stale is written back.
    """

    @functools.wraps(work)
    def in_transaction(*args: P.args, **kwargs: P.kwargs) -> T:
        if _inside.get():
            return work(*args, **kwargs)
        for attempt in range(1, ATTEMPTS):
            try:
                return _once(work, *args, **kwargs)
            except DBAPIError as fault:
                if not (_passes(fault) or (attempt == 1 and _met_a_twin(fault))):
                    raise
                time.sleep(random.uniform(0.005, 0.02) * 2**attempt)
        return _once(work, *args, **kwargs)

    return in_transaction


def _once(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    session = db.session()
    token = _inside.set(True)
    try:
        with writing(db.engine):
            try:
                _writer.set(begin_to_write(session))
                result = work(*args, **kwargs)
                session.flush()
                session.commit()
            except BaseException:
                session.rollback()
                raise
        return result
    finally:
        _writer.set(None)
        _inside.reset(token)


_TRANSIENT = ("40001", "40P01", "55P03", "57P01", "57P02", "57P03")


def _passes(fault: DBAPIError) -> bool:
    """Whether trying the whole transaction again may succeed."""
    state = getattr(fault.orig, "sqlstate", None) or ""
    text = str(fault.orig)
    return (
        fault.connection_invalidated
        or state in _TRANSIENT
        or state.startswith("08")
        or "database is locked" in text
        or "server closed the connection" in text
        or "connection failed" in text
    )


def _met_a_twin(fault: DBAPIError) -> bool:
    """Whether another transaction kept the same unique value first; PostgreSQL tells at the end.

    Tried once more, the work sees what the other has kept.
    """
    return getattr(fault.orig, "sqlstate", None) == "23505"


def upsert(model: type[Base]) -> sqlite.Insert:
    """An INSERT that may say ON CONFLICT, which both databases do and SQLAlchemy keeps apart."""
    if db.engine.dialect.name == "sqlite":
        return sqlite.insert(model)
    return cast(sqlite.Insert, postgresql.insert(model))


def among(column: Any, numbers: Iterable[int]) -> ColumnElement[bool]:
    """Whether a column is one of these numbers, handed over as one value however many they are:
    thousands of parameters take longer than what is done with them."""
    if db.engine.dialect.name == "sqlite":
        each = func.json_each(json.dumps(list(numbers))).table_valued("value")
        return cast(ColumnElement[bool], column.in_(select(each.c.value)))
    return cast(ColumnElement[bool], column == any_(literal(list(numbers), ARRAY(Integer))))


def minutes_since_1970(instant: ColumnElement[datetime]) -> ColumnElement[int]:
    """Whole minutes, a begun one not counted."""
    if db.engine.dialect.name == "sqlite":
        return func.strftime("%s", instant).cast(Integer) // 60
    return func.floor(extract("epoch", instant) / 60).cast(Integer)


def new_ids(model: type[Base], number: int) -> Sequence[int]:
    """Ids that nobody else gets, for many rows that are written at once; in a transaction only.

    They follow each other unless others write too, which only PostgreSQL allows.
    """
    table = model.__table__
    if db.engine.dialect.name == "sqlite":
        first = (db.session.scalar(select(func.max(table.c.id))) or 0) + 1
        return range(first, first + number)
    numbers = func.generate_series(1, number).table_valued("n")
    sequence = func.pg_get_serial_sequence(table.name, "id")  # type: ignore[attr-defined]
    return db.session.scalars(select(func.nextval(sequence)).select_from(numbers)).all()


class PlainRows:
    """Many rows of one table, made ready before the transaction that adds them.

    SQLAlchemy looks at each value of each row while it adds them, and fills in defaults; that
    takes longer than the adding itself, and on SQLite everybody waits for it. Here columns that
    are not named must have a default of the database's own, or be empty.
    """

    def __init__(self, model: type[Base], *names: str) -> None:
        self._columns = [model.__table__.c[name] for name in names]
        self._into = f"INSERT INTO {model.__tablename__}"

    def ready(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """One row as the driver takes it."""
        pairs = zip(self._columns, spellings(db.engine.dialect, *self._columns), strict=True)
        return tuple(
            values[column.key] if spell is None else spell(values[column.key])
            for column, spell in pairs
        )

    def add(self, rows: Iterable[tuple[Any, ...]], **first: Sequence[int]) -> None:
        """Inside the caller's transaction; `first` names one more column, with its numbers."""
        ((name, numbers),) = first.items()
        names = [name, *(column.key for column in self._columns)]
        place = "?" if db.engine.dialect.paramstyle == "qmark" else "%s"
        statement = f"{self._into} ({', '.join(names)}) VALUES ({', '.join([place] * len(names))})"
        whole = [(number, *row) for number, row in zip(numbers, rows, strict=True)]
        if whole:
            db.session.connection().exec_driver_sql(statement, whole)


class LinesToAdd:
    """Lines of sums: each is there already and grows by this, or begins with it.

    Hundreds belong to one act, so they are written as the driver takes them: PostgreSQL in one
    statement with a list for each column, SQLite line by line.
    """

    def __init__(self, model: type[Base], keys: Sequence[str], sums: Sequence[str]) -> None:
        self._columns = [model.__table__.c[name] for name in (*keys, *sums)]
        self._spellings = spellings(db.engine.dialect, *self._columns)
        self._statement = _growing(db.engine.dialect, model, tuple(keys), tuple(sums))

    def add(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Inside the caller's transaction, in the order given."""
        whole = [self._spelled(row) for row in rows] if any(self._spellings) else list(rows)
        connection = db.session.connection()
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(self._statement, whole)
            return
        for first in range(0, len(whole), _LINES_AT_ONCE):
            columns = zip(*whole[first : first + _LINES_AT_ONCE], strict=True)
            connection.exec_driver_sql(self._statement, tuple(map(_list_of, columns)))

    def _spelled(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(
            value if spell is None else spell(value)
            for value, spell in zip(row, self._spellings, strict=True)
        )


_LINES_AT_ONCE = 10_000


def _list_of(values: Iterable[Any]) -> str:
    """As PostgreSQL writes a list; the driver's own way looks at each value several times."""
    spelled = (str(value).replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{one}"' for one in spelled) + "}"


@functools.lru_cache
def _growing(
    dialect: Dialect, model: type[Base], keys: tuple[str, ...], sums: tuple[str, ...]
) -> str:
    table, names = model.__tablename__, (*keys, *sums)
    more = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in sums)
    if dialect.name == "sqlite":
        rows = f"VALUES ({', '.join('?' * len(names))})"
    else:
        kinds = [model.__table__.c[name].type.compile(dialect) for name in names]
        rows = f"SELECT * FROM unnest({', '.join(f'%s::{kind}[]' for kind in kinds)})"
    return (
        f"INSERT INTO {table} ({', '.join(names)}) {rows} "
        f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {more}"
    )


@functools.lru_cache
def spellings(
    dialect: Dialect, *columns: ColumnElement[Any]
) -> tuple[Callable[[Any], Any] | None, ...]:
    """How each column's values are spelled for the driver; nothing where they go as they are."""
    return tuple(column.type.dialect_impl(dialect).bind_processor(dialect) for column in columns)


# --- asking without ceremony ---------------------------------------------------------------


def ask(statement: Executable, named: Mapping[str, Any] | None = None) -> CursorResult[Any]:
    """Run a statement in the session's transaction and give plain rows.

    For the questions of every scan: without making objects of rows they cost half. The statement
    is built once, in a module's own name.
    """
    connection = _writer.get() or db.session.connection()
    return connection.execute(statement, named, execution_options=_kept_forms(statement))


@functools.lru_cache
def _kept_forms(_statement: Executable) -> dict[str, Any]:
    return {"compiled_cache": _Forms()}


class _Forms:
    """A statement as each database spells it, found by comparing.

    SQLAlchemy's own cache is for all statements, so it hashes all that a statement is made of,
    anew each time: for the questions of a scan a twentieth of its work. The keys of one statement
    hold the same objects, which are compared at a glance.
    """

    _MOST = 8

    def __init__(self) -> None:
        self._known: tuple[tuple[Any, Any], ...] = ()

    def get(self, key: Any) -> Any:
        return next((form for known, form in self._known if known == key), None)

    def __setitem__(self, key: Any, form: Any) -> None:
        # a new tuple, as other threads may be reading the one before
        self._known = ((key, form), *self._known[: self._MOST - 1])


def change_mark() -> str:
    """A word that is another one as soon as anybody has written anything, asked in one breath.

    While it stays the same, every question has the answer it had; it may change although nothing
    did. Only comparable within one process. What the session has read is forgotten, so that
    nothing it reads next is older than the mark.
    """
    if db.engine.dialect.name == "postgresql":
        db.session.expire_all()
        # which transactions are visible: two equal snapshots see the same rows
        return str(ask(_SNAPSHOT).scalar_one())
    db.session.rollback()
    path = sqlite_file(str(db.engine.url))
    if path is None:
        return os.urandom(8).hex()
    with _queues_lock:
        watch = _watches.setdefault(str(path), _Watch(path))
    return watch.mark()


_SNAPSHOT = text("SELECT CAST(pg_current_snapshot() AS text)")


class Together:
    """One row for each of some tables, in one message where the database can take it so.

    `first`, an INSERT or UPDATE of one row, comes before them, and each table says which of its
    columns takes that row's id. PostgreSQL takes all as one statement, which saves waiting for
    an answer in between. Columns in `without` are left to the database.
    """

    def __init__(
        self,
        *tables: tuple[Table, str],
        first: Insert | Update | None = None,
        without: Collection[str] = (),
    ) -> None:
        self._first = first.returning(first.table.c.id) if first is not None else None
        self._tables = tables
        self._single = [insert(table) for table, _ in tables]
        self._at_once = self._joined(without)

    def _joined(self, without: Collection[str]) -> Select[Any]:
        """The one statement; its parameters carry the names of their tables."""
        if self._first is None:
            rows = [insert(t).values(_parameters(t, without)) for t, _ in self._tables]
            return select(literal(1)).add_cte(*_parts(rows))
        origin = self._first.cte("origin")
        rows = []
        for table, refers in self._tables:
            given = _parameters(table, without) | {refers: origin.c.id}
            chosen = select(*given.values())
            rows.append(insert(table).from_select(list(given), chosen, include_defaults=False))
        return select(origin.c.id).add_cte(*_parts(rows))

    def write(self, *rows: Mapping[str, Any], first: Mapping[str, Any] | None = None) -> int | None:
        """Write the rows, in the order of the tables, and give the id of `first`, if there is one.

        Every column but the key is given, save those left out.
        """
        if db.engine.dialect.name != "postgresql":
            return self._write_singly(rows, first)
        pairs = zip(self._tables, rows, strict=True)
        named = {f"{t.name}_{name}": row[name] for (t, _), row in pairs for name in row}
        origin_id: int = ask(self._at_once, {**(first or {}), **named}).scalar_one()
        return origin_id if self._first is not None else None

    def _write_singly(
        self, rows: Sequence[Mapping[str, Any]], first: Mapping[str, Any] | None
    ) -> int | None:
        origin_id: int | None = None
        if self._first is not None:
            origin_id = ask(self._first, first).scalar_one()
        for statement, (_, refers), row in zip(self._single, self._tables, rows, strict=True):
            ask(statement, {**row, refers: origin_id} if self._first is not None else row)
        return origin_id


def _parameters(table: Table, without: Collection[str]) -> dict[str, ColumnElement[Any]]:
    given = [c for c in table.columns if not c.primary_key and c.name not in without]
    return {c.name: bindparam(f"{table.name}_{c.name}", type_=c.type) for c in given}


def _parts(rows: Sequence[Insert]) -> list[CTE]:
    return [one.cte(f"{one.table.name}_added") for one in rows]


# --- SQLite's writers queue ----------------------------------------------------------------


class _Queue:
    """Writers of one SQLite file wait in line: threads on a lock, processes on a file lock.

    SQLite's own waiting sleeps and retries, which starves the unlucky (p95 of 440 ms at eight
    writers). Held around BEGIN … COMMIT it also keeps two checkpoints from meeting, which
    SQLite 3.7.0 to 3.51.2 needs (the WAL-reset fault).
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = threading.Lock()
        self._file: tuple[int, int] | None = None

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        with self._threads:
            descriptor = self._descriptor()
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(descriptor, fcntl.LOCK_UN)

    def _descriptor(self) -> int:
        """One open file per process; a forked child must not share its parent's lock."""
        if self._file is None or self._file[0] != os.getpid():
            self._file = os.getpid(), os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        return self._file[1]

    def close(self) -> None:
        """Give the file back when nobody waits; the next writer opens it again."""
        if not self._threads.acquire(blocking=False):
            return
        try:
            if self._file is not None and self._file[0] == os.getpid():
                os.close(self._file[1])
            self._file = None
        finally:
            self._threads.release()


class _Watch:
    """A connection that never writes: SQLite tells each connection when others have written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._number = next(_numbers)
        self._connections: dict[int, sqlite3.Connection] = {}

    def mark(self) -> str:
        with self._lock:
            # a forked child must not touch the connection of its parent
            pid = os.getpid()
            if pid not in self._connections:
                self._connections[pid] = sqlite3.connect(self._path, check_same_thread=False)
            version: int = self._connections[pid].execute("PRAGMA data_version").fetchone()[0]
        return f"{self._number}.{version}"

    def close(self) -> None:
        with self._lock:
            mine = self._connections.pop(os.getpid(), None)
            if mine is not None:
                mine.close()


_numbers = itertools.count(1)


_watches: dict[str, _Watch] = {}
_queues: dict[str, _Queue] = {}
_queues_lock = threading.Lock()


@contextlib.contextmanager
def writing(engine: Engine) -> Iterator[None]:
    """Wait for this database's turn to write; PostgreSQL needs no queue."""
    path = sqlite_file(str(engine.url))
    if path is None or fcntl is None:
        yield
        return
    with _queues_lock:
        queue = _queues.setdefault(str(path), _Queue(path.with_name(path.name + "-queue")))
    with queue.turn():
        yield


def _leave_queue(engine: Engine) -> None:
    path = str(sqlite_file(str(engine.url)))
    queue, watch = _queues.get(path), _watches.pop(path, None)
    if queue is not None:
        queue.close()
    if watch is not None:
        watch.close()


@functools.lru_cache
def sqlite_file(url: str) -> Path | None:
    """The file behind a SQLite address; nothing for PostgreSQL or memory."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        return None
    return Path(str(parsed.database))
