"""The platform's own list read row by row: who, where, how many hours; what cannot be read."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from checkin.domain.errors import Problem
from checkin.domain.text import clean_name, fold_name, latin_digits
from checkin.operations.importing import cells
from checkin.operations.importing.columns import NAMES, Layout
from checkin.operations.importing.headings import Field
from checkin.operations.importing.rows import FAULT, GARBLED, UNCALCULATED, Row

MOST_MINUTES = 10_000 * 60
"""In one row; nobody has volunteered so long in one opportunity."""
_CLOCK = re.compile(r"(?P<hours>[0-9]{1,5}):(?P<minutes>[0-5][0-9])(:[0-9]{2})?")
_DAYS = re.compile(
    r"(?P<days>[0-9]+) days?[,.] (?P<hours>[0-9]{1,2}):(?P<minutes>[0-9]{2}):[0-9]{2}"
)
_NUMBER = re.compile(r"(?P<whole>[0-9]{1,6})(?:[.](?P<part>[0-9]{1,15}))?")
_GROUPED = re.compile(r"[0-9]{1,3}(,[0-9]{3})+([.][0-9]+)?")
_UNITS = re.compile(r"\s*(ساعه|ساعة|ساعات|س|hours?|hrs?|h)\.?$", re.IGNORECASE)
_SUMS = frozenset(map(fold_name, ("الإجمالي", "المجموع", "العدد", "total", "sum")))


@dataclass(slots=True)
class Said:
    """What one row of the platform says, or several of one volunteer and opportunity."""

    number: int
    name: str = ""
    mobile: str | None = None
    opportunity: str = ""
    minutes: int = 0
    rows: int = 1
    fault: str = ""
    """A Problem's code: the row can be held against nothing."""
    folded: str = ""
    """The name."""


def said_in(rows: Iterable[Row], layout: Layout) -> Iterator[Said]:
    """Each row below the headings; headings once more and sums are left out."""
    for row in rows:
        if row.number > layout.row and not _is_nobody(row, layout):
            yield _read(row, layout)


def _is_nobody(row: Row, layout: Layout) -> bool:
    if tuple(row.cells) == layout.headings[: len(row.cells)]:
        return True
    first = next(filter(None, row.cells))
    return fold_name(first) in _SUMS and not any(map(cells.has_mobile, row.cells))


def _read(row: Row, layout: Layout) -> Said:
    """A mobile that cannot be read is no fault where there is a name to go by."""
    texts = dict.fromkeys(Field, "")
    for field, cell in zip(layout.columns, row.cells, strict=False):
        if field is not None:
            texts[field] = f"{texts[field]} {_plain(cell)}".strip()
    said = Said(row.number, opportunity=texts[Field.OPPORTUNITY][:200])
    try:
        said.name = _name(texts)
        said.folded = fold_name(said.name)
        said.mobile = _mobile(texts[Field.MOBILE], said.name)
        said.minutes = minutes_of(texts[Field.HOURS])
        if not said.name and said.mobile is None:
            raise Problem("platform_nobody")
    except Problem as problem:
        said.fault = problem.code
    return said


def _plain(cell: str) -> str:
    """Nothing, where a spreadsheet shows a fault or never calculated."""
    return "" if cell == UNCALCULATED or FAULT.fullmatch(cell) else cell.replace(GARBLED, "")


def _name(texts: dict[Field, str]) -> str:
    """The whole name, of one column or of several."""
    name = " ".join(filter(None, (texts[field] for field in NAMES)))
    try:
        return clean_name(name, 200)
    except Problem:
        return ""


def _mobile(text: str, name: str) -> str | None:
    try:
        return cells.mobile(text)
    except Problem:
        if name:
            return None
        raise


def minutes_of(text: str) -> int:
    """From 4, 4.08, 4:05, «٤٫٥ ساعة» or what a spreadsheet makes of them.

    Problem `platform_hours_unreadable` for anything else, and for no hours at all.
    """
    typed = _UNITS.sub("", latin_digits(text).strip())
    typed = typed.replace(",", "" if _GROUPED.fullmatch(typed) else ".")
    if found := _CLOCK.fullmatch(typed):
        minutes = int(found["hours"]) * 60 + int(found["minutes"])
    elif found := _DAYS.fullmatch(typed):
        hours = int(found["days"]) * 24 + int(found["hours"])
        minutes = hours * 60 + int(found["minutes"])
    elif found := _NUMBER.fullmatch(typed):
        part = found["part"] or "0"
        minutes = int(found["whole"]) * 60 + _rounded(int(part) * 60, 10 ** len(part))
    else:
        raise Problem("platform_hours_unreadable")
    if minutes > MOST_MINUTES:
        raise Problem("platform_hours_unreadable")
    return minutes


def _rounded(number: int, by: int) -> int:
    return (2 * number + by) // (2 * by)
