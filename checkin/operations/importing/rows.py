"""Rows of text, whatever kind of file they come from."""

import re
import unicodedata
from typing import NamedTuple

from checkin.domain.errors import Problem

MOST_ROWS = 100_000
MOST_EXPECTED = 5_000
"""Rows of one shift's roster."""
MOST_COLUMNS = 100
LONGEST_CELL = 1000
UNCALCULATED = "\0formula"
"""Stands in a cell whose formula was never calculated; no text of a file holds a NUL."""
FAULT = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)")
"""What Excel shows where a formula has no result."""
GARBLED = "\ufffd"
"""Stands for a letter that could not be read."""


class Row(NamedTuple):
    """A row as spreadsheets count it, from 1; blank cells at its end are left out."""

    number: int
    cells: list[str]


def plain(text: str) -> str:
    """A cell's text without edges, control characters and halves of characters."""
    if not text.isprintable():
        text = "".join(map(_visible, text))
    return text.strip()[:LONGEST_CELL]


def _visible(character: str) -> str:
    kind = unicodedata.category(character)
    if kind == "Cs":
        return GARBLED
    return " " if kind in ("Cc", "Zs", "Zl", "Zp") else character


def trimmed(number: int, cells: list[str]) -> Row | None:
    """The row, if it holds anything; Problem `too_many_columns` (fact `most`)."""
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) > MOST_COLUMNS:
        raise Problem("too_many_columns", most=MOST_COLUMNS)
    return Row(number, cells) if cells else None


def refuse_more(count: int, most: int = MOST_ROWS) -> None:
    """Problem `too_many_rows` (fact `most`) once there are more than anybody has."""
    if count > most:
        raise Problem("too_many_rows", most=most)
