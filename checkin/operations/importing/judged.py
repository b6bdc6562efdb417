"""What was found by row, and the packed form in which an import keeps it."""

import zlib
from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import islice

import msgspec

PACK = 200
"""Rows that are packed together: a page of the preview unpacks one or two packs."""


class Fate(StrEnum):
    """What becomes of a row."""

    GOOD = "good"
    DOUBTFUL = "doubtful"
    """Good, but may be somebody who is here already under another mobile."""
    KNOWN = "known"
    """The same person is here already (people) or expected already (roster): nothing to do."""
    FAULTY = "faulty"


class Told(msgspec.Struct, array_like=True, frozen=True):
    """One thing to say about a row, or about one of its columns, counted from 0."""

    code: str
    column: int | None = None
    facts: dict[str, str | int] = {}


class Entry(msgspec.Struct, array_like=True):
    """Somebody as they would be kept; mobiles are E.164."""

    name: str = ""
    folded: str = ""
    latin: str = ""
    mobile: str | None = None
    email: str | None = None
    category: str = "volunteer"
    gender: str | None = None
    birth_year: int | None = None
    is_minor: bool = False
    guardian_mobile: str | None = None
    team_id: int | None = None
    team_name: str = ""
    partner_id: int | None = None

    @property
    def identity(self) -> tuple[str, str]:
        """One mobile and one name, in whatever spelling, are one person."""
        return self.mobile or self.email or self.guardian_mobile or "", self.folded


class Judged(msgspec.Struct, array_like=True):
    """A row with its cells as they came, what is wrong with it, and whom it means."""

    number: int
    cells: list[str]
    entry: Entry
    fate: Fate = Fate.GOOD
    told: list[Told] = []
    person_id: int | None = None
    """Who is meant, or may be meant, when somebody is here already."""

    def refuse(self, code: str, column: int | None = None, **facts: str | int) -> None:
        self.fate = Fate.FAULTY
        self.told = [*self.told, Told(code, column, facts)]

    def remark(self, code: str, column: int | None = None, **facts: str | int) -> None:
        self.told = [*self.told, Told(code, column, facts)]


class _Index(msgspec.Struct):
    counts: dict[str, int]
    packs: dict[str, list[tuple[int, int]]]


class Writer:
    """Packs rows as they come, each fate apart; memory holds them packed."""

    def __init__(self) -> None:
        self.counts = dict.fromkeys(Fate, 0)
        self._waiting: dict[Fate, list[Judged]] = {fate: [] for fate in Fate}
        self._packs: dict[Fate, list[bytes]] = {fate: [] for fate in Fate}

    def add(self, row: Judged) -> None:
        self.counts[row.fate] += 1
        self._waiting[row.fate].append(row)
        if len(self._waiting[row.fate]) == PACK:
            self._pack(row.fate)

    def add_all(self, rows: Iterable[Judged]) -> None:
        for row in rows:
            self.add(row)

    def _pack(self, fate: Fate) -> None:
        rows, self._waiting[fate] = self._waiting[fate], []
        self._packs[fate].append(zlib.compress(msgspec.msgpack.encode(rows), 1))

    def finished(self) -> bytes:
        places: dict[str, list[tuple[int, int]]] = {}
        begin = 0
        for fate in Fate:
            if self._waiting[fate]:
                self._pack(fate)
            for pack in self._packs[fate]:
                places.setdefault(fate, []).append((begin, len(pack)))
                begin += len(pack)
        counts = {str(fate): number for fate, number in self.counts.items()}
        index = msgspec.msgpack.encode(_Index(counts, places))
        packs = (pack for fate in Fate for pack in self._packs[fate])
        return b"".join((len(index).to_bytes(4, "big"), index, *packs))


class Outcome:
    """The rows of a finished check, read back a pack at a time."""

    def __init__(self, content: bytes) -> None:
        length = int.from_bytes(content[:4], "big")
        self._index = msgspec.msgpack.decode(content[4 : 4 + length], type=_Index)
        self._packs = memoryview(content)[4 + length :]

    def count(self, fate: Fate) -> int:
        return self._index.counts[fate]

    def rows(self, *fates: Fate, skip: int = 0) -> Iterator[Judged]:
        """In the order of the fates asked for, and of the file within each."""
        for fate in fates:
            packs = self._index.packs.get(fate, [])
            passed = min(skip // PACK, len(packs))
            for begin, length in packs[passed:]:
                rows = self._unpacked(begin, length)
                yield from rows[skip - passed * PACK :] if passed * PACK < skip else rows
                skip = min(skip, passed * PACK)
            skip = max(skip - self.count(fate), 0)

    def page(self, number: int, size: int, *fates: Fate) -> list[Judged]:
        """Page `number`, from 1."""
        return list(islice(self.rows(*fates, skip=(number - 1) * size), size))

    def _unpacked(self, begin: int, length: int) -> list[Judged]:
        packed = zlib.decompress(self._packs[begin : begin + length])
        return msgspec.msgpack.decode(packed, type=list[Judged])


def packed(rows: Iterable[Judged]) -> bytes:
    writer = Writer()
    writer.add_all(rows)
    return writer.finished()
