"""The words under which people are found: left out while many are added, kept right after."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import update

from checkin.database import db, transaction
from checkin.models import Person, search_words


@contextmanager
def words_left_out() -> Iterator[None]:
    """In a transaction on SQLite, adding people does not look for their words.

    The trigger goes and comes back within the transaction, so nobody else ever misses it.
    PostgreSQL has no lock that others wait for, and keeps the words at once.
    """
    connection = db.session.connection()
    if connection.dialect.name != "sqlite":
        yield
        return
    connection.exec_driver_sql("DROP TRIGGER people_words_insert")
    yield
    connection.exec_driver_sql(search_words.statements("sqlite")[0])


@transaction
def keep_words(first: int, last: int) -> None:
    """Of the people with these ids; doing it again changes nothing. A name that was changed in
    between has its own words already.
    """
    if db.engine.dialect.name == "sqlite":
        same = {Person.name_folded: Person.name_folded}
        people = update(Person).where(Person.id.between(first, last))
        db.session.execute(
            people.values(same).execution_options(synchronize_session=False)  # wakes the trigger
        )
