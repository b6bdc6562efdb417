"""The mark of a database: the same while nothing is written, another one after anything is."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from sqlalchemy import Connection, text

from checkin.database import change_mark, db, standalone_engine
from tests import factories

ONE_MORE = text("INSERT INTO teams (name_ar, name_en) VALUES ('فريق الأبواب', 'Team of the gates')")


@contextmanager
def another_program(url: str) -> Iterator[Connection]:
    """A transaction of its own on the same database, kept at the end."""
    engine = standalone_engine(url)
    # on PostgreSQL a connection commits by itself unless told otherwise
    own = {"isolation_level": "READ COMMITTED"} if engine.dialect.name == "postgresql" else {}
    with engine.connect().execution_options(**own) as connection, connection.begin():
        yield connection
    engine.dispose()


def test_looking_leaves_the_mark_as_it_is(cast):
    before = change_mark()
    db.session.execute(text("SELECT count(*) FROM people")).scalar_one()
    assert change_mark() == before


def test_any_act_changes_it(cast, now):
    before = change_mark()
    factories.person(now)
    after = change_mark()
    assert after != before
    factories.check_in(cast.noura, cast.poster, now)
    assert change_mark() not in (before, after)


def test_what_another_program_writes_changes_it(cast, database_url):
    before = change_mark()
    with another_program(database_url) as connection:
        connection.execute(ONE_MORE)
    assert change_mark() != before


def test_a_slow_writer_is_seen_although_a_fast_one_came_after(cast, database_url, now):
    """Whoever began first may be kept last: a count of numbers given out would miss that one."""
    if db.engine.dialect.name == "sqlite":
        return  # its writers queue
    with another_program(database_url) as connection:
        connection.execute(ONE_MORE)
        factories.person(now)
        between = change_mark()
    assert change_mark() != between


def test_nothing_read_after_the_mark_is_older_than_it(cast, app, now):
    """A session that has begun to read sees the past on SQLite; the mark lets go of it."""
    count = text("SELECT count(*) FROM people")
    before = db.session.execute(count).scalar_one()

    def meanwhile():
        with app.app_context():
            factories.person(now)

    with ThreadPoolExecutor(1) as another:
        another.submit(meanwhile).result()
    change_mark()
    assert db.session.execute(count).scalar_one() == before + 1
