"""Tables as CSV files that spreadsheets open as they are meant: in Arabic, and nothing is run."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from flask import Response

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")


def csv_file(name: str, rows: Iterable[Sequence[str]]) -> Response:
    """UTF-8 with its mark, without which Excel shows Arabic as garbage."""
    written = io.StringIO()
    csv.writer(written).writerows(list(map(guarded, cells)) for cells in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    content = ("\ufeff" + written.getvalue()).encode()
    return Response(content, headers=headers, content_type="text/csv; charset=utf-8")


def guarded(cell: str) -> str:
    """Nothing in the file is run by a spreadsheet that opens it; plain numbers are left alone."""
    if cell.startswith(_BEGINS_A_FORMULA) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell
