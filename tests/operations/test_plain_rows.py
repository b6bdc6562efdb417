"""Questions without ceremony: one question on several databases, and how answers name columns."""

from sqlalchemy import bindparam, func, select, text

from checkin.database import ask, db
from checkin.models import Person
from tests.factories import person
from tests.load.servers import app_on

NAMED = select(func.count()).select_from(Person).where(Person.name == bindparam("name"))


def test_one_question_is_spelled_for_each_database_it_is_asked_of(
    now, sqlite_url, postgres_url, database_url
):
    """Built once, kept in each spelling, and asked in turn."""
    person(now, name="نورة")
    others = {sqlite_url, postgres_url} - {database_url}
    for _ in range(2):
        assert ask(NAMED, {"name": "نورة"}).scalar_one() == 1
        for url in others:
            with app_on(url):
                assert ask(NAMED, {"name": "نورة"}).scalar_one() == 0


def test_a_question_may_be_asked_with_other_parameters():
    sums = select(bindparam("a", 1) + bindparam("b", 2))
    asked = [None, {"a": 5}, {"b": 7}, {"a": 5, "b": 7}] * 3
    assert [ask(sums, named).scalar_one() for named in asked] == [3, 7, 8, 12] * 3


def test_an_answer_names_its_columns_and_what_gives_none_has_none(now):
    cursor = db.session.connection().connection.cursor()
    cursor.execute("SELECT 1 AS one, 'a' AS two")
    assert [column[0] for column in cursor.description] == ["one", "two"]
    assert (len(cursor.description), cursor.description[1][0]) == (2, "two")
    cursor.execute("UPDATE people SET name = name WHERE id = 0")
    assert cursor.description is None
    cursor.close()


def test_an_answer_to_text_has_its_names():
    row = db.session.execute(text("SELECT 1 AS one, 'a' AS two")).one()
    assert (row.one, row.two) == (1, "a")
