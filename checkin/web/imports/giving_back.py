"""The rows that were not added, as a file to correct and send again."""

import csv
import io
import re
from collections.abc import Iterator

from flask import Response
from flask_babel import gettext as _
from xlsxwriter import Workbook

from checkin.domain.roles import Permission
from checkin.models import Import
from checkin.operations import importing
from checkin.operations.importing import UNCALCULATED, Fate
from checkin.web.guard import requires
from checkin.web.i18n import current_locale
from checkin.web.imports import sentences
from checkin.web.imports.blueprint import bp, found

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")


@bp.get("/<int:import_id>/corrections.csv")
@requires(Permission.MANAGE_PEOPLE)
def corrections_csv(import_id: int):
    """UTF-8 with its mark, without which Excel shows Arabic as garbage."""
    row = found(import_id)
    written = io.StringIO()
    csv.writer(written).writerows(list(map(_guarded, cells)) for cells in _table(row))
    content = "\ufeff" + written.getvalue()
    return _file(row, content.encode(), "text/csv; charset=utf-8", "csv")


@bp.get("/<int:import_id>/corrections.xlsx")
@requires(Permission.MANAGE_PEOPLE)
def corrections_xlsx(import_id: int):
    row = found(import_id)
    packed = io.BytesIO()
    safe = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(packed, safe) as book:
        sheet = book.add_worksheet()
        if current_locale().dir == "rtl":
            sheet.right_to_left()
        text = book.add_format({"num_format": "@"})
        for number, cells in enumerate(_table(row)):
            for place, cell in enumerate(cells):
                sheet.write_string(number, place, cell, text)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _file(row, packed.getvalue(), kind, "xlsx")


def _table(row: Import) -> Iterator[list[str]]:
    """The same columns as came, and one more that says what is wrong."""
    headings = row.mapping.get("headings", [])
    yield [*headings, _("Problem")]
    for one in importing.outcome_of(row).rows(Fate.FAULTY, Fate.DOUBTFUL):
        cells = [cell.replace(UNCALCULATED, "") for cell in one.cells[: len(headings)]]
        cells += [""] * (len(headings) - len(cells))
        said = sentences.problems_of(row, one)
        yield [*cells, ". ".join(f"{where}: {what}" if where else what for where, what in said)]


def _guarded(cell: str) -> str:
    """Nothing in the file is run by a spreadsheet that opens it; plain numbers are left alone."""
    if cell.startswith(_BEGINS_A_FORMULA) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def _file(row: Import, content: bytes, kind: str, ending: str) -> Response:
    name = f"import-{row.id}-to-correct.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, headers=headers, content_type=kind)
