"""Text files: which encoding, which delimiter, and their rows."""

import codecs
import csv
import io
import statistics
from collections.abc import Iterable, Iterator

from checkin.domain.errors import Problem
from checkin.operations.importing.rows import GARBLED, Row, plain, refuse_more, trimmed

DELIMITERS = (",", ";", "\t", "|", "،", "؛")
MOST_LINES_IN_CELL = 20
"""More than that is a quotation mark somebody forgot."""
_SAMPLE = 256 * 1024
_LOOKED_AT = 60
_COMMON = frozenset("اأإآبةتثجحخدذرزسشصضطظعغفقكلمنهويىئءؤ")
_RARE_SHARE = 0.05
_BINARY_SHARE = 0.02


class Text:
    """One sheet of delimited text; see `files.Book`."""

    sheets = ("",)

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._encoding = encoding_of(content)
        begin = list(_lines(content[:_SAMPLE], self._encoding))[:_LOOKED_AT]
        self._declared = _declared_delimiter(begin)
        self._delimiter = self._declared or delimiter_of(begin)

    def length(self, sheet: int) -> int:
        return max(self._content.count(b"\n"), self._content.count(b"\r"))

    def rows(self, sheet: int) -> Iterator[Row]:
        found = 0
        for number, cells in enumerate(self._records(), 1):
            if number == 1 and self._declared:
                continue
            row = trimmed(number, [_cell(cell, number) for cell in cells])
            if row is not None:
                found += 1
                refuse_more(found)
                yield row

    def _records(self) -> Iterator[list[str]]:
        lines = _lines(self._content, self._encoding)
        try:
            yield from csv.reader(lines, delimiter=self._delimiter)
        except csv.Error as fault:
            raise Problem("file_broken") from fault


def _cell(text: str, number: int) -> str:
    if text.count("\n") > MOST_LINES_IN_CELL:
        raise Problem("quote_open", number=number)
    return plain(text)


def _lines(content: bytes, encoding: str) -> Iterable[str]:
    """Lines with their ends, decoded bit by bit so that the whole text never stands beside."""
    return io.TextIOWrapper(io.BytesIO(content), encoding, errors="replace", newline="")


# --- encodings -----------------------------------------------------------------------------


def encoding_of(content: bytes) -> str:
    """By its mark, else UTF-8 where that holds, else what makes most sense of it in Arabic.

    Problem `file_unknown` for what is no text at all.
    """
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return encoding
    if encoding := _unmarked_utf16(content[:4096]):
        return encoding
    _refuse_binary(content[:_SAMPLE])
    if _is_utf8(content):
        return "utf-8"
    return max(("cp1256", "iso8859_6", "cp1252"), key=lambda name: _sense(content, name))


def _unmarked_utf16(begin: bytes) -> str:
    """Digits and delimiters have a NUL beside them, always on the same side."""
    first, second = begin[0::2].count(0), begin[1::2].count(0)
    enough = len(begin) // 20
    if second > enough and second > 4 * first:
        return "utf-16-le"
    return "utf-16-be" if first > enough and first > 4 * second else ""


def _refuse_binary(begin: bytes) -> None:
    strange = sum(begin.count(byte) for byte in range(32) if byte not in b"\t\n\r\f\x1a\x1b")
    if strange > len(begin) * _BINARY_SHARE:
        raise Problem("file_unknown")


def _is_utf8(content: bytes) -> bool:
    """Also with a few letters broken, which are told by row."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        text = content[:_SAMPLE].decode("utf-8", errors="replace")
        broken = text.count(GARBLED)
        whole = sum(not character.isascii() for character in text) - broken
        return broken < whole * _RARE_SHARE
    return True


def _sense(content: bytes, encoding: str) -> float:
    """Which share of what is not ASCII reads as letters people write here."""
    beyond = bytes(byte for byte in content[:_SAMPLE] if byte > 127)
    text = beyond.decode(encoding, errors="replace")
    if encoding == "cp1252":
        return 0.6 * sum(letter.isalpha() for letter in text) / len(text)
    return sum(letter in _COMMON for letter in text) / len(text)


# --- delimiters ----------------------------------------------------------------------------


def _declared_delimiter(lines: list[str]) -> str:
    """«sep=;» in the first line, as spreadsheets write it."""
    first = lines[0].strip().strip('"').lower() if lines else ""
    delimiter = first.removeprefix("sep=") if first.startswith("sep=") else ""
    return delimiter if len(delimiter) == 1 and delimiter in DELIMITERS else ""


def delimiter_of(lines: list[str]) -> str:
    """The one that cuts most lines into equally many cells; a comma when nothing is cut."""
    return max(DELIMITERS, key=lambda one: (_evenness(lines, one), -DELIMITERS.index(one)))


def _evenness(lines: list[str], delimiter: str) -> float:
    try:
        records = list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return 0
    widths = [len(record) for record in records if any(cell.strip() for cell in record)]
    if not widths:
        return 0
    usual = statistics.mode(widths)
    if usual < 2:
        return 0
    return widths.count(usual) / len(widths) + min(usual, 20) / 100
