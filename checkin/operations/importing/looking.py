"""What a file holds at first sight: its sheets, where headings stand, what columns mean."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from checkin.database import db, upsert
from checkin.domain.errors import Conflict, Problem
from checkin.models import ColumnMap
from checkin.operations.importing import columns
from checkin.operations.importing.columns import LOOKED_AT, Layout
from checkin.operations.importing.files import Book, opened
from checkin.operations.importing.headings import Field

_SAMPLES = 3


def first_look(book: Book, kind: str) -> dict[str, Any]:
    """The sheet that names most of what we keep; Problem `no_rows` when none holds a row."""
    looks = []
    for sheet in range(len(book.sheets)):
        try:
            looks.append(looked_at(book, sheet, kind))
        except Problem as problem:
            if problem.code != "no_rows":
                raise
    if not looks:
        raise Problem("no_rows")
    best = max(looks, key=lambda look: (look["sure"], sum(map(bool, look["columns"]))))
    return best if len(looks) == 1 else {**best, "sure": best["sure"] and _is_alone(best, looks)}


def _is_alone(best: dict[str, Any], looks: Sequence[dict[str, Any]]) -> bool:
    """Two sheets that look alike: somebody has to say which."""
    return bool(best["sure"]) and sum(look["sure"] for look in looks) == 1


def looked_at(book: Book, sheet: int, kind: str) -> dict[str, Any]:
    rows = list(islice(book.rows(sheet), LOOKED_AT + _SAMPLES))
    layout = _remembered(columns.found_in(rows, kind), kind)
    samples = [row.cells for row in rows if row.number > layout.row][:_SAMPLES]
    if not samples:
        raise Problem("no_rows")
    return {
        "sheet": sheet,
        "sheets": list(book.sheets),
        "row": layout.row,
        "headings": list(layout.headings),
        "columns": codes(layout),
        "sure": layout.sure,
        "samples": [[cell.replace("\0", "") for cell in cells] for cells in samples],
    }


def at_sheet(content: bytes | None, sheet: int, kind: str) -> tuple[dict[str, Any], int]:
    """A look at another sheet of a file, and about how many rows it has.

    Problems: `sheet_missing`, `no_rows`; Conflict `import_moved` once the file was forgotten.
    """
    if content is None:
        raise Conflict("import_moved")
    book = opened(content)
    if not 0 <= sheet < len(book.sheets):
        raise Problem("sheet_missing")
    return looked_at(book, sheet, kind), book.length(sheet)


def named(
    look: Mapping[str, Any], fields: Sequence[str], kind: str, now: datetime
) -> dict[str, Any]:
    """The look with what somebody said each column holds, remembered for headings like these.

    Problems: `column_twice` (fact `field`) and `columns_missing`.
    """
    layout = columns.chosen(layout_of(look), fields, kind)
    remember(layout, kind, now)
    return {**look, "columns": codes(layout), "sure": True}


def codes(layout: Layout) -> list[str]:
    return [str(column or "") for column in layout.columns]


def _remembered(layout: Layout, kind: str) -> Layout:
    kept = db.session.get(ColumnMap, (layout.sha, kind)) if any(layout.headings) else None
    if kept is None:
        return layout
    try:
        return columns.chosen(layout, kept.mapping["columns"], kind)
    except Problem:  # what is kept has changed since
        return layout


def remember(layout: Layout, kind: str, now: datetime) -> None:
    if not any(layout.headings):
        return
    values = {"mapping": {"columns": codes(layout)}, "used_at": now}
    adding = upsert(ColumnMap).values(headers_sha=layout.sha, kind=kind, **values)
    key = [ColumnMap.headers_sha, ColumnMap.kind]
    db.session.execute(adding.on_conflict_do_update(index_elements=key, set_=values))


def layout_of(look: Mapping[str, Any]) -> Layout:
    """Of a look, as it is kept."""
    fields = tuple(Field(code) if code else None for code in look["columns"])
    return Layout(look["row"], tuple(look["headings"]), fields, look["sure"])
