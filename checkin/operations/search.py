"""What a person types into a search box, as a question the database understands."""

from sqlalchemy import ColumnElement, and_, func, literal, or_, true

from checkin.domain.search import Wanted
from checkin.models import Person


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


def _runs(run: str) -> ColumnElement[bool]:
    # the same as `written_as_one` of checkin/domain/search.py
    together = func.replace(func.replace(Person.name_folded, " ", ""), "ال", "")
    return _has(together, run)


def _has(column: ColumnElement[str], text: str) -> ColumnElement[bool]:
    return column.like(contains(text), escape="\\")


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
