"""A file of earlier years from its sending to the press that enters it, kept aside for a day.

What stands in it waits below the folder of exports, for its owner to look at; a list of
attendances names people, so neither the file nor what was read of it stays longer.
"""

import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import select

from checkin.database import db, transaction
from checkin.domain.days import local_day
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.domain.text import clean_text, fold_name
from checkin.models import Campaign, Partner, Site
from checkin.operations import audit
from checkin.operations.exporting.asked import folder as folder_of_files
from checkin.operations.figures import spans
from checkin.operations.figures.spans import Span
from checkin.operations.importing import columns, looking
from checkin.operations.importing.columns import Layout
from checkin.operations.importing.files import Book, opened
from checkin.operations.importing.headings import Field
from checkin.operations.past.attended import attended
from checkin.operations.past.reading import Found, Terms, totals

KEPT = timedelta(days=1)
LONGEST_SOURCE = 300
READERS = {"totals": (totals, 5_000), "attended": (attended, 50_000)}
"""What a file may hold: who reads it, and how many rows at most, for somebody waits for it."""
_WHEN = {Field.YEAR, Field.DATE, Field.FROM}
_NAME = re.compile(r"[0-9a-f]{32}")
_MODELS: dict[Field, type[Site] | type[Partner] | type[Campaign]] = {
    Field.SITE: Site,
    Field.PARTNER: Partner,
    Field.CAMPAIGN: Campaign,
}


class Draft(msgspec.Struct):
    """A file that was sent: what was said of it, where its columns stand, what it came to."""

    name: str
    kind: str
    source: str
    file_name: str
    period: str
    """The year of all of its rows, where the file names none; else empty."""
    sent_by_id: int
    sent_at: datetime
    look: dict[str, Any]
    found: Found | None = None

    @property
    def layout(self) -> Layout:
        return looking.layout_of(self.look)


# --- acts ----------------------------------------------------------------------------------


def begin(
    content: bytes,
    file_name: str,
    *,
    kind: str,
    source: str,
    period: str = "",
    by: int,
    now: datetime,
) -> Draft:
    """Take a file and read it, if its columns are known.

    Problems: those of `importing.files.opened`, `no_rows`, `no_years`, `source_missing`,
    `year_unreadable`.
    """
    source = source_said(source)
    year = year_said(period, now)
    with _saying_of_what(kind):
        book = opened(content)
        look = looking.first_look(book, kind)
    draft = Draft(
        name=secrets.token_hex(16),
        kind=kind,
        source=source,
        file_name=file_name[-200:] or "?",
        period=year.key if year else "",
        sent_by_id=by,
        sent_at=now,
        look=look,
    )
    _read(draft, book)
    path = _folder() / draft.name
    _write(path, content)
    _keep(draft)
    return draft


def name_columns(name: str, fields: Sequence[str], *, by: int, now: datetime) -> Draft:
    """What each column holds; remembered for headings like these, and the file is read anew.

    Problems: `column_twice` (fact `field`), `columns_missing`.
    """
    draft = find(name, now)
    layout = columns.chosen(draft.layout, fields, draft.kind)
    if not _enough(layout.columns, draft.period):
        raise Problem("columns_missing")
    _remember(layout, draft.kind, by=by, now=now)
    draft.look = {**draft.look, "columns": looking.codes(layout), "sure": True}
    _read_again(draft)
    return draft


@transaction
def _remember(layout: Layout, kind: str, *, by: int, now: datetime) -> None:
    looking.remember(layout, kind, now)
    audit.note("past.columns", "past_total", None, by=by, at=now)


def choose_sheet(name: str, sheet: int, *, now: datetime) -> Draft:
    """Read another sheet of the same file. Problems: `sheet_missing`, `no_rows`, `no_years`."""
    draft = find(name, now)
    book = opened((_folder() / name).read_bytes())
    if not 0 <= sheet < len(book.sheets):
        raise Problem("sheet_missing")
    with _saying_of_what(draft.kind):
        draft.look = looking.looked_at(book, sheet, draft.kind)
    _read_again(draft)
    return draft


def drop(name: str) -> None:
    """Forget the file; doing it again changes nothing."""
    for path in _paths(name):
        path.unlink(missing_ok=True)


def forget_passed(now: datetime) -> int:
    """Files go after a day; how many went."""
    gone = 0
    for path in list(_folder().glob("*.draft")):
        try:
            find(path.stem, now)
        except Conflict:
            drop(path.stem)
            gone += 1
    return gone


# --- questions -----------------------------------------------------------------------------


def find(name: str, now: datetime) -> Draft:
    """Conflict `past_file_gone` once it is entered, dropped or a day old."""
    if not _NAME.fullmatch(name):
        raise NotFound("draft")
    _file, path = _paths(name)
    try:
        draft = msgspec.msgpack.decode(path.read_bytes(), type=Draft)
    except (FileNotFoundError, msgspec.MsgspecError) as fault:
        raise Conflict("past_file_gone") from fault
    if draft.sent_at + KEPT <= now:
        raise Conflict("past_file_gone")
    return draft


def source_said(source: str) -> str:
    """Problem `source_missing` (fact `longest`)."""
    said = clean_text(source, LONGEST_SOURCE).replace("\n", " ")
    if not any(map(str.isalnum, said)):
        raise Problem("source_missing", longest=LONGEST_SOURCE)
    return said


def year_said(period: str, now: datetime) -> Span | None:
    """The year of this key, over by now; Problem `year_unreadable`."""
    if not period:
        return None
    span = spans.of_key(period)
    if span is None or span.month is not None or span.last >= local_day(now):
        raise Problem("year_unreadable")
    return span


# --- reading and keeping -------------------------------------------------------------------


def _read_again(draft: Draft) -> None:
    _read(draft, opened((_folder() / draft.name).read_bytes()))
    _keep(draft)


def _read(draft: Draft, book: Book) -> None:
    """What the file comes to; nothing while its columns are not known."""
    draft.found = None
    layout = draft.layout
    if not (layout.sure and _enough(layout.columns, draft.period)):
        return
    reader, most = READERS[draft.kind]
    names: Mapping[Field, Mapping[str, int]] = {one: _names(of) for one, of in _MODELS.items()}
    year = spans.of_key(draft.period) if draft.period else None
    found = reader(book.rows(draft.look["sheet"]), Terms(layout, names, year), most)
    with _saying_of_what(draft.kind):
        if not found.rows:
            raise Problem("no_rows")
    draft.found = found


@contextmanager
def _saying_of_what(kind: str) -> Iterator[None]:
    """A list without rows has no people, totals without rows no years."""
    try:
        yield
    except Problem as problem:
        if problem.code == "no_rows" and kind == "totals":
            raise Problem("no_years") from problem
        raise


def _enough(held: Sequence[Field | None], period: str) -> bool:
    return bool(period or not _WHEN.isdisjoint(held))


def _names(model: type[Site] | type[Partner] | type[Campaign]) -> dict[str, int]:
    """Closed ones too: they were open then."""
    rows = db.session.execute(select(model.id, model.name_ar, model.name_en).order_by(model.id))
    return {key: row.id for row in rows for one in row[1:] if (key := fold_name(one))}


def _keep(draft: Draft) -> None:
    _write(_paths(draft.name)[1], msgspec.msgpack.encode(draft))


def _paths(name: str) -> tuple[Path, Path]:
    """The file as it came, and what was read of it."""
    return _folder() / name, _folder() / f"{name}.draft"


def _folder() -> Path:
    path = folder_of_files() / "past"
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, and for nobody else on this machine."""
    begun = path.with_suffix(".begun")
    begun.touch(mode=0o600)
    begun.write_bytes(content)
    begun.replace(path)
