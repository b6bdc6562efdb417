"""What the columns of a file mean: where the headings stand, and the words people write there."""

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from checkin.domain.errors import Problem
from checkin.domain.text import fold_name, latin_digits
from checkin.operations.importing.cells import has_mobile
from checkin.operations.importing.headings import HEADINGS, NOT_KEPT, Field
from checkin.operations.importing.rows import MOST_COLUMNS, Row

LOOKED_AT = 30
"""Rows in which headings are sought; above them stand titles and logos."""
_LONGEST_HEADING = 120


NAMES = (Field.NAME, Field.FIRST_NAME, Field.MIDDLE_NAME, Field.FAMILY_NAME)
_OF_HOURS = (Field.OPPORTUNITY, Field.HOURS)
_OF_PARTS = (Field.SITE, Field.PARTNER, Field.CAMPAIGN)
_LENGTH = (Field.HOURS, Field.MINUTES)
_OF_TOTALS = (
    *_LENGTH,
    *(Field.BENEFICIARIES, Field.VOLUNTEERS, Field.ATTENDANCES, Field.OPPORTUNITIES),
    *(Field.COURSES, Field.VALUE),
)
_OF_DAYS = (Field.DATE, Field.YEAR, Field.FROM, Field.UNTIL)
_OF_FIGURES = {*_OF_HOURS, *_OF_PARTS, *_OF_TOTALS, *_OF_DAYS} - {Field.PARTNER}
FOR = {
    "people": tuple(field for field in Field if field not in _OF_FIGURES),
    "roster": (*NAMES, Field.MOBILE),
    "platform": (*NAMES, Field.MOBILE, *_OF_HOURS),
    "totals": (Field.YEAR, *_OF_PARTS, *_OF_TOTALS),
    "attended": (
        *(*NAMES, Field.MOBILE, *_OF_DAYS, *_LENGTH, Field.BENEFICIARIES),
        *(Field.OPPORTUNITY, Field.ATTENDANCES, *_OF_PARTS),
    ),
}
"""What a list of each kind may hold."""
REPEATABLE = frozenset({Field.MIDDLE_NAME})


_OF_YEARS = {"totals": Field.YEAR, "attended": Field.DATE}
"""Lists of earlier years, and where those that have no headings say when."""
_YEAR = re.compile(
    r"(1[34]|19|20)[0-9]{2}(\.0+)?\s*(هـ?|م|ah|ce|ad|[hg])?|"
    r"([0-9]{1,2}([-/.])[0-9]{1,2}\5)(1[34]|19|20)[0-9]{2}|"
    r"(1[34]|19|20)[0-9]{2}([-/.])[0-9]{1,2}\8[0-9]{1,2}([ T].*)?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[0-9][0-9.,:’' ]*")


def _folded(words: str) -> list[str]:
    return [key for one in re.split("[,،]", words) if (key := fold_name(one))]


_KNOWN = {key: field for field, words in HEADINGS.items() for key in _folded(words)}
_IGNORED = frozenset(_folded(NOT_KEPT)) - _KNOWN.keys()
_HINTS: tuple[tuple[frozenset[str], Field], ...] = (
    (frozenset(_folded("ولي, ولى, guardian, parent")), Field.GUARDIAN_MOBILE),
    (frozenset(_folded("جوال, موبايل, هاتف, محمول, mobile, phone, whatsapp")), Field.MOBILE),
    (frozenset(_folded("بريد, ايميل, email, mail")), Field.EMAIL),
    (frozenset(_folded("ميلاد, birth")), Field.BIRTH),
    (frozenset(_folded("إنجليزي, إنجليزية, english, latin")), Field.NAME_LATIN),
    (frozenset(_folded("فرصة, مبادرة, opportunity")), Field.OPPORTUNITY),
    (frozenset(_folded("اسم, name")), Field.NAME),
    (frozenset(_folded("ساعات, ساعة, hours, hrs")), Field.HOURS),
)
"""A word in a longer heading that says what is probably meant; somebody has to agree."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the headings stand and what each column means; `row` is 0 when there are none.

    `columns` has a field, or nothing, for each heading. `sure` when nothing needs a person's word.
    """

    row: int
    headings: tuple[str, ...]
    columns: tuple[Field | None, ...]
    sure: bool

    @property
    def sha(self) -> str:
        """Of the headings, whatever their spelling; what was said of them is kept under it."""
        return hashlib.sha256("\x1f".join(map(fold_name, self.headings)).encode()).hexdigest()


def found_in(rows: Sequence[Row], kind: str) -> Layout:
    """The layout of a sheet by its first rows; Problem `no_rows` when there are none."""
    if not rows:
        raise Problem("no_rows")
    if kind in _OF_YEARS and _tells_a_year(rows):
        return _without_headings(rows, kind)
    best, headings, score = rows[0], rows[0].cells, 0.0
    for place, row in enumerate(rows[:LOOKED_AT]):
        below = rows[place + 1] if place + 1 < len(rows) else None
        for last, cells in _possible(row, below):
            points = _score(cells)
            if points > score:
                best, headings, score = last, cells, points
    if score == 0:
        unknown = _unknown_headings(rows)
        if unknown is None:
            return _without_headings(rows, kind)
        best, headings = unknown, unknown.cells
    return _layout(best.number, _wide_enough(headings, rows), kind)


def _tells_a_year(rows: Sequence[Row]) -> bool:
    """Whether the first row has a year and a number, as no headings do; one year beside another
    may be headings, unless a year stands below it too."""
    first, *below = rows[:LOOKED_AT]
    numbers = [cell for cell in first.cells if _NUMBER.fullmatch(latin_digits(cell))]
    for place, cell in enumerate(first.cells):
        others = [one for one in numbers if one != cell]
        if not (others and _is_year(cell)):
            continue
        under = [row.cells[place] for row in below if place < len(row.cells)]
        if any(map(_is_year, under)) or not all(map(_is_year, others)):
            return True
    return False


def _is_year(cell: str) -> bool:
    return bool(_YEAR.fullmatch(latin_digits(cell).strip()))


def _unknown_headings(rows: Sequence[Row]) -> Row | None:
    """The row above the first mobile, whatever its words; none where the first row is somebody."""
    for above, row in pairwise(rows[:LOOKED_AT]):
        if any(map(has_mobile, above.cells)):
            return None
        if any(map(has_mobile, row.cells)):
            return above
    return rows[0] if not any(map(has_mobile, rows[0].cells)) else None


def _possible(row: Row, below: Row | None) -> Iterable[tuple[Row, list[str]]]:
    """A row of headings, or two that stand for one because cells above were merged."""
    yield row, row.cells
    if below is None or any(has_mobile(cell) for cell in below.cells):
        return
    width = max(len(row.cells), len(below.cells))
    above = row.cells + [""] * (width - len(row.cells))
    under = below.cells + [""] * (width - len(below.cells))
    if sum(map(bool, row.cells)) > 1:
        yield below, [low or high for high, low in zip(above, under, strict=True)]


def _score(cells: Iterable[str]) -> float:
    """How many different things these headings name; data names none."""
    exact = {field for cell in cells if (field := _KNOWN.get(_key(cell)))}
    hinted = {field for cell in cells if (field := _hinted(cell))} - exact
    return len(exact) + len(hinted) / 2


def _key(heading: str) -> str:
    return fold_name(heading[:_LONGEST_HEADING])


def _hinted(heading: str) -> Field | None:
    words = set(_key(heading).split())
    if len(words) > 8:  # a sentence above the table
        return None
    return next((field for hints, field in _HINTS if words & hints), None)


def _wide_enough(headings: list[str], rows: Sequence[Row]) -> list[str]:
    width = max(len(headings), *(len(row.cells) for row in rows))
    return headings + [""] * (min(width, MOST_COLUMNS) - len(headings))


def _layout(row: int, headings: list[str], kind: str) -> Layout:
    columns: list[Field | None] = []
    sure = True
    for place, heading in enumerate(headings):
        field = _KNOWN.get(_key(heading)) or _continued(headings, columns, place)
        if field is None and heading and _key(heading) not in _IGNORED:
            field, sure = _hinted(heading), False
        if field is not None and (field not in FOR[kind] or _is_taken(field, columns)):
            sure = sure and field not in FOR[kind]
            field = None
        columns.append(field)
    columns = _named(columns)
    layout = Layout(row, tuple(headings), tuple(columns), sure)
    return layout if enough(columns, kind) else _unsure(layout)


def _continued(headings: list[str], columns: list[Field | None], place: int) -> Field | None:
    """A merged heading «الاسم» covers the columns beside it: they hold the rest of the name."""
    if headings[place] or not place or not columns:
        return None
    before = columns[place - 1]
    return Field.MIDDLE_NAME if before in (*NAMES[:3],) else None


def _is_taken(field: Field, columns: Iterable[Field | None]) -> bool:
    return field in columns and field not in REPEATABLE


def _named(columns: list[Field | None]) -> list[Field | None]:
    """«الاسم» beside the family's name is the first name."""
    parts = {Field.MIDDLE_NAME, Field.FAMILY_NAME} & set(columns)
    if Field.NAME in columns and parts and Field.FIRST_NAME not in columns:
        return [Field.FIRST_NAME if one is Field.NAME else one for one in columns]
    return columns


def _unsure(layout: Layout) -> Layout:
    return Layout(layout.row, layout.headings, layout.columns, sure=False)


def enough(columns: Iterable[Field | None], kind: str) -> bool:
    """Whether the columns say what a list of this kind is about."""
    return _ENOUGH[kind](frozenset(field for field in columns if field is not None))


def _tells_people(held: frozenset[Field]) -> bool:
    """Apart: by name and mobile or e-mail."""
    reached = held & {Field.MOBILE, Field.EMAIL, Field.GUARDIAN_MOBILE}
    return _is_named(held) and bool(reached)


def _tells_expected(held: frozenset[Field]) -> bool:
    return _is_named(held) or Field.MOBILE in held


def _tells_hours(held: frozenset[Field]) -> bool:
    return _tells_expected(held) and Field.HOURS in held


def _is_named(held: frozenset[Field]) -> bool:
    return bool(held & {Field.NAME, Field.FIRST_NAME})


_ENOUGH: dict[str, Callable[[frozenset[Field]], bool]] = {
    "people": _tells_people,
    "roster": _tells_expected,
    "platform": _tells_hours,
    "totals": lambda held: not held.isdisjoint(_OF_TOTALS),
    "attended": _tells_expected,
}


def _without_headings(rows: Sequence[Row], kind: str) -> Layout:
    """Guessed from what stands in the columns; somebody has to agree."""
    width = min(max(len(row.cells) for row in rows), MOST_COLUMNS)
    columns: list[Field | None] = [None] * width
    for place in range(width):
        cells = [row.cells[place] for row in rows if place < len(row.cells) and row.cells[place]]
        if Field.MOBILE not in columns and sum(map(has_mobile, cells)) * 2 > len(cells):
            columns[place] = Field.MOBILE
        elif kind in _OF_YEARS and _OF_YEARS[kind] not in columns and all(map(_is_year, cells)):
            columns[place] = _OF_YEARS[kind]
        elif Field.NAME not in columns and sum(map(_reads_as_name, cells)) * 2 > len(cells):
            columns[place] = Field.NAME
    return Layout(0, ("",) * width, tuple(columns), sure=False)


def _reads_as_name(cell: str) -> bool:
    return " " in cell and not any(character.isdigit() for character in cell)


def chosen(layout: Layout, fields: Sequence[str], kind: str) -> Layout:
    """The same headings with what somebody said each column means; "" is not kept.

    Problems: `column_twice` (fact `field`) and `columns_missing`.
    """
    columns: list[Field | None] = []
    for text in [*fields, *[""] * len(layout.headings)][: len(layout.headings)]:
        field = Field(text) if text in FOR[kind] else None
        if field is not None and _is_taken(field, columns):
            raise Problem("column_twice", field=str(field))
        columns.append(field)
    if not enough(columns, kind):
        raise Problem("columns_missing")
    return Layout(layout.row, layout.headings, tuple(columns), sure=True)
