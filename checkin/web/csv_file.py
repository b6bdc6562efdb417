"""Tables as CSV files that spreadsheets open as they are meant: in Arabic, and nothing is run."""

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response

from checkin.domain.text import guarded


def csv_file(name: str, rows: Iterable[Sequence[str]]) -> Response:
    """UTF-8 with its mark, without which Excel shows Arabic as garbage."""
    written = io.StringIO()
    csv.writer(written).writerows(list(map(guarded, cells)) for cells in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    content = ("\ufeff" + written.getvalue()).encode()
    return Response(content, headers=headers, content_type="text/csv; charset=utf-8")
