"""A file as somebody sends it, opened as sheets of rows of text, or a Problem that says why not."""

from collections.abc import Iterator
from typing import Protocol

from checkin.domain.errors import Problem
from checkin.operations.importing import texts, workbooks
from checkin.operations.importing.rows import Row

MEGABYTE = 1024 * 1024
MOST_BYTES = 24 * MEGABYTE
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"II*\0", b"MM\0*")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_WEB_PAGES = (b"<!doctype html", b"<html", b"<table", b"<?xml", b"<head", b"<meta", b"<style")
_ZIPPED = (b"PK\x03\x04", b"PK\x05\x06")
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


class Book(Protocol):
    """Sheets of rows; a text file is a book of one sheet without a name."""

    @property
    def sheets(self) -> tuple[str, ...]:
        """The names of those that are shown, in their order."""

    def rows(self, sheet: int) -> Iterator[Row]:
        """The rows that hold anything, top down; raises Problem where the file ends badly."""

    def length(self, sheet: int) -> int:
        """About how many rows there are, for a progress bar; 0 when nobody knows."""


def opened(content: bytes) -> Book:
    """What the bytes are is read from the bytes; a file's name proves nothing.

    Problems: `file_empty`, `file_too_large` (fact `megabytes`), `file_is_picture`,
    `file_is_old_excel`, `file_is_locked`, `file_is_web_page`, `file_unknown`, `file_broken`,
    `file_unpacks` (fact `megabytes`).
    """
    if not content.strip(b" \t\r\n\0"):
        raise Problem("file_empty")
    if len(content) > MOST_BYTES:
        raise Problem("file_too_large", megabytes=MOST_BYTES // MEGABYTE)
    _refuse_other_kinds(content)
    if content.startswith(_ZIPPED):
        return workbooks.Workbook(content)
    return texts.Text(content)


def _refuse_other_kinds(content: bytes) -> None:
    if content.startswith(_PICTURES):
        raise Problem("file_is_picture")
    if content.startswith(_OLD_OFFICE):
        raise Problem("file_is_locked" if _ENCRYPTED in content else "file_is_old_excel")
    begin = content[:512]
    for mark in _MARKS:
        begin = begin.removeprefix(mark)
    # a page that calls itself a workbook may be in UTF-16 too
    if begin.replace(b"\0", b"").lstrip().lower().startswith(_WEB_PAGES):
        raise Problem("file_is_web_page")
    if begin.startswith(b"%PDF"):
        raise Problem("file_unknown")
