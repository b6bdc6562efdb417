"""What a person types into a search box, as a question the database understands."""

import re
from functools import reduce

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    String,
    and_,
    column,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
    union,
    values,
)
from sqlalchemy.orm import InstrumentedAttribute

from checkin.database import db
from checkin.domain.search import Wanted
from checkin.models import Person, SearchWord

_LAST = "\U0010ffff"
"""Greater than any letter a word goes on with."""
KEPT_DIGITS = 3
"""So many last digits of a mobile are a word of its own."""
FEW = 200
_MARKS = re.compile("[\u0640\u064b-\u0652]")
"""Vowel marks, and tatweel, which only makes a word longer."""
_WRITTEN_ALIKE = {
    **dict.fromkeys("اأإآٱ", "[اأإآٱ]"),
    **dict.fromkeys("هة", "[هة]"),
    **dict.fromkeys("يى", "[يىئ]"),
    "و": "[وؤ]",
    "ؤ": "[ؤوئ]",
    "ئ": "[ئيىؤ]",
}
"""Letters that are written one for the other."""
_MOST_DIGITS = 9
"""Of a person's own number."""


def people_like(wanted: Wanted) -> ColumnElement[bool]:
    """The people `Wanted.finds` finds; it says what is compared with what."""
    asked: list[ColumnElement[bool]] = [true()]
    if wanted.digits:
        asked.append(Person.mobile.like(ends(wanted.digits), escape="\\"))
    if wanted.words:
        spaced = literal(" ") + Person.name_folded
        words = [or_(*(_has(spaced, one) for one in spellings)) for spellings in wanted.words]
        asked.append(or_(and_(*words), _runs(wanted.run)) if wanted.run else and_(*words))
    return and_(*asked)


def anybody_like(wanted: Wanted) -> ColumnElement[bool]:
    """The same among a hundred thousand, by index: a word is found by its beginning.

    Names written as one («نورالدين») are found from the beginning of the name on, and Arabic
    names by how they sound in Latin letters.
    """
    asked: list[ColumnElement[bool]] = [true()]
    if wanted.digits:
        asked.append(mobile_ends(wanted.digits))
    if wanted.words:
        asked.append(_among(_named(wanted)))
    return and_(*asked)


def email_begins(typed: str) -> ColumnElement[bool]:
    """Whose e-mail address begins so."""
    return _among(_under(f"@{typed.lower()}"))


def mobile_ends(digits: str) -> ColumnElement[bool]:
    """Whose mobile ends so; three digits are enough for the index."""
    if len(digits) < KEPT_DIGITS:
        return _ending(digits)
    return _among(_ended(digits))


def numbered(digits: str) -> ColumnElement[bool]:
    """Whose mobile ends so, or whose own number it is."""
    found: list[Select[int]] = []
    if digits and len(digits) <= _MOST_DIGITS:
        found.append(select(Person.id).where(Person.id == int(digits)))
    if len(digits) >= KEPT_DIGITS:
        found.append(_ended(digits))
    return _among(union(*found)) if found else false()


def _among(ids: Select[int] | CompoundSelect[int]) -> ColumnElement[bool]:
    """Whoever these are. A few are named to the database, which else expects thousands and reads
    everybody."""
    few = db.session.scalars(ids.limit(FEW + 1)).all()
    return Person.id.in_(few if len(few) <= FEW else ids)


def _ended(digits: str) -> Select[int]:
    kept = select(SearchWord.person_id).join(Person, Person.id == SearchWord.person_id)
    return kept.where(SearchWord.word == f"#{digits[-KEPT_DIGITS:]}", _ending(digits))


def _ending(digits: str) -> ColumnElement[bool]:
    return Person.mobile.like(ends(digits), escape="\\")


def _named(wanted: Wanted) -> Select[int] | CompoundSelect[int]:
    """The ids of those with all the words, or with a name that begins as the run does."""
    known = _known({one for heard in wanted.heard for one in heard})
    first, *more = (
        [*(one.strip() for one in spellings), *(one for one in heard if one in known)]
        for spellings, heard in zip(wanted.words, wanted.heard, strict=True)
    )
    found = _under(*first)
    for spellings in more:
        found = found.where(SearchWord.person_id.in_(_under(*spellings)))
    if not wanted.run or [wanted.run] == [one[0] for one in wanted.words]:
        return found
    return union(found, _under(f"={wanted.run}"))


def _known(beginnings: set[str]) -> set[str]:
    """Those of many possible beginnings with which a kept word begins: a few."""
    if not beginnings:
        return set()
    asked = values(column("word", String), name="heard").data([(one,) for one in beginnings]).cte()
    w, begins = SearchWord.word, asked.c.word
    kept = exists().where(w >= begins, w < begins + _LAST)
    return set(db.session.scalars(select(begins).where(kept)))


def _under(*prefixes: str) -> Select[int]:
    w = SearchWord.word
    ranges = [and_(w >= prefix, w < prefix + _LAST) for prefix in prefixes]
    return select(SearchWord.person_id).where(or_(*ranges))


def _runs(run: str) -> ColumnElement[bool]:
    # the same as `written_as_one` of checkin/domain/search.py
    together = func.replace(func.replace(Person.name_folded, " ", ""), "ال", "")
    return _has(together, run)


def _has(column: ColumnElement[str], text: str) -> ColumnElement[bool]:
    return column.like(contains(text), escape="\\")


def called(text: str, *names: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Things whose names hold every word of `text`, in whatever spelling.

    For tables of some thousands, which are read through: nothing is kept for it, while people are
    found by the index (`anybody_like`). Names are never null.
    """
    both = reduce(lambda said, name: said + literal("\n") + name, names[1:], names[0].expression)
    words = _MARKS.sub("", text).split()
    return and_(true(), *(both.regexp_match(_in_any_spelling(word)) for word in words))


def _in_any_spelling(word: str) -> str:
    """A pattern that Python, for SQLite, and PostgreSQL read alike; vowel marks may stand in it."""
    letters = (_WRITTEN_ALIKE.get(letter, re.escape(letter)) for letter in word)
    return "(?i)" + f"{_MARKS.pattern}*".join(letters)


def contains(text: str) -> str:
    r"""A LIKE pattern for `text` anywhere, its wildcards taken literally; escape with `\`."""
    return f"%{_literal(text)}%"


def begins(text: str) -> str:
    r"""A LIKE pattern for `text` at the beginning; escape with `\`."""
    return f"{_literal(text)}%"


def ends(text: str) -> str:
    r"""A LIKE pattern for `text` at the end; escape with `\`."""
    return f"%{_literal(text)}"


def _literal(text: str) -> str:
    for special in ("\\", "%", "_"):
        text = text.replace(special, "\\" + special)
    return text
