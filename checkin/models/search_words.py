"""What finds a person among a hundred thousand, kept by the database whoever writes."""

from sqlalchemy import DDL, ForeignKey, String, Table, event
from sqlalchemy.orm import Mapped, mapped_column

from checkin.database import Base

LONGEST = 255
"""A whole e-mail address and the sign before it."""
_LONGEST_NAME = 120


class SearchWord(Base):
    """One word under which somebody is found, by its beginning.

    The words are those of the folded names, `=` and the folded name without spaces and articles,
    `#` and the last three digits of the mobile, `@` and the e-mail address. Bytes order them, so
    that a range is a prefix.
    """

    __tablename__ = "search_words"
    __table_args__ = {"sqlite_with_rowid": False}

    word: Mapped[str] = mapped_column(
        String(LONGEST).with_variant(String(LONGEST, collation="C"), "postgresql"),
        primary_key=True,
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("people.id"), primary_key=True, autoincrement=False, index=True
    )


_RUN = "replace(replace(NEW.name_folded, ' ', ''), 'ال', '')"
_NUMBERS = ", ".join(f"({number})" for number in range(1, _LONGEST_NAME + 1))
# SQLite takes neither a recursive question nor JSON in a trigger: so each place is looked at
_WORDS_OF = """
INSERT OR IGNORE INTO search_words (word, person_id)
SELECT substr({column}, at, instr(substr({column}, at) || ' ', ' ') - 1), NEW.id
FROM (SELECT column1 AS at FROM (VALUES {numbers}))
WHERE at <= length({column}) AND substr(' ' || {column}, at, 1) = ' '
AND substr({column}, at, 1) <> ' ';"""
_SQLITE = """
CREATE TRIGGER people_words_{verb} AFTER {event} ON people BEGIN
DELETE FROM search_words WHERE person_id = NEW.id;{names}
INSERT OR IGNORE INTO search_words (word, person_id)
SELECT '=' || {run}, NEW.id WHERE {run} <> '';
INSERT OR IGNORE INTO search_words (word, person_id)
SELECT '#' || substr(NEW.mobile, -3), NEW.id WHERE NEW.mobile IS NOT NULL;
INSERT OR IGNORE INTO search_words (word, person_id)
SELECT '@' || NEW.email, NEW.id WHERE NEW.email IS NOT NULL;
END"""
_COLUMNS = "name_folded, latin_folded, mobile, email"
_EVENTS = {"insert": "INSERT", "update": f"UPDATE OF {_COLUMNS}"}
_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION keep_search_words() RETURNS trigger AS $$
BEGIN
IF TG_OP = 'UPDATE' THEN DELETE FROM search_words WHERE person_id = NEW.id; END IF;
INSERT INTO search_words (word, person_id)
SELECT DISTINCT word, NEW.id FROM unnest(string_to_array(
concat(NEW.name_folded, ' ', NEW.latin_folded, ' =', {run}, ' #' || right(NEW.mobile, 3),
' @' || NEW.email), ' '
)) AS word WHERE word NOT IN ('', '=');
RETURN NULL;
END $$ LANGUAGE plpgsql
"""
_POSTGRES = f"""
CREATE TRIGGER people_words AFTER INSERT OR UPDATE OF {_COLUMNS}
ON people FOR EACH ROW EXECUTE FUNCTION keep_search_words()
"""


def statements(dialect: str) -> list[str]:
    """What keeps the words on this database; also used by the migrations."""
    if dialect != "sqlite":
        return [_POSTGRES_FUNCTION.format(run=_RUN).strip(), _POSTGRES.strip()]
    columns = ("NEW.name_folded", "NEW.latin_folded")
    names = "".join(_WORDS_OF.format(column=column, numbers=_NUMBERS) for column in columns)
    return [
        _SQLITE.format(verb=verb, event=event, names=names, run=_RUN).strip()
        for verb, event in _EVENTS.items()
    ]


def _keep_words(table: object) -> None:
    assert isinstance(table, Table)
    for dialect in ("sqlite", "postgresql"):
        for statement in statements(dialect):
            ddl: DDL = DDL(statement.replace("%", "%%"))
            event.listen(table, "after_create", ddl.execute_if(dialect=dialect))


_keep_words(SearchWord.__table__)
