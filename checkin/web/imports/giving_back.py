"""The rows that were not added, as a file to correct and send again."""

import io
from collections.abc import Iterator

from flask import Response
from flask_babel import gettext as _
from xlsxwriter import Workbook

from checkin.domain.roles import Permission
from checkin.models import Import
from checkin.operations import importing
from checkin.operations.importing import UNCALCULATED, Fate
from checkin.web.csv_file import csv_file
from checkin.web.guard import requires
from checkin.web.i18n import current_locale
from checkin.web.imports import sentences
from checkin.web.imports.blueprint import bp, found


@bp.get("/<int:import_id>/corrections.csv")
@requires(Permission.MANAGE_PEOPLE)
def corrections_csv(import_id: int):
    row = found(import_id)
    return csv_file(_name(row, "csv"), _table(row))


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
    headers = {"Content-Disposition": f'attachment; filename="{_name(row, "xlsx")}"'}
    return Response(packed.getvalue(), headers=headers, content_type=kind)


def _table(row: Import) -> Iterator[list[str]]:
    """The same columns as came, and one more that says what is wrong."""
    headings = row.mapping.get("headings", [])
    yield [*headings, _("Problem")]
    for one in importing.outcome_of(row).rows(Fate.FAULTY, Fate.DOUBTFUL):
        cells = [cell.replace(UNCALCULATED, "") for cell in one.cells[: len(headings)]]
        cells += [""] * (len(headings) - len(cells))
        said = sentences.problems_of(row, one)
        yield [*cells, ". ".join(f"{where}: {what}" if where else what for where, what in said)]


def _name(row: Import, ending: str) -> str:
    return f"import-{row.id}-to-correct.{ending}"
