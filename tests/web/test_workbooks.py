"""Workbooks of rows by us in a package by the library: read back, they are one."""

import threading
import zipfile
from contextlib import suppress
from datetime import date, datetime, timedelta

import openpyxl
import pytest
import xlsxwriter

from checkin.operations.exporting import Book, Column, Kind, Table, workbooks
from checkin.operations.exporting.workbooks import XlsxWriter

COLUMNS = [
    Column("name", "الاسم", width=28),
    Column("key", "Key", is_shown=False),
    Column("number", "Number", Kind.NUMBER),
    Column("minutes", "Hours", Kind.MINUTES),
    Column("clock", "Clock", Kind.CLOCK),
    Column("decimal", "Decimal", Kind.DECIMAL_HOURS),
    Column("money", "Value", Kind.MONEY),
    Column("day", "Day", Kind.DAY),
    Column("at", "At", Kind.INSTANT),
]
AT = datetime.fromisoformat("2026-11-22 04:05:59")
ROWS = [
    ["=2+2", 1, 77_337, 245, 245, 90, 2167, AT.date(), AT],
    ["سارة، علي", 2, -4, -292, 1_000_001, 1, -50, date(1999, 12, 31), AT.replace(hour=23)],
    ["<b>&amp; \x00_x0041_ \r\n ", 3, 0, 0, 0, 0, 0, AT.date(), AT],
    [None, 4, *[None] * 7],
    ["  two  ", 5, 1, 1, 1, 1, 1, AT.date(), AT],
]
SUMS = {"number": 77_333, "money": 2117}


def book(tables, lang="ar") -> Book:
    said = {"method": [("م", "ع")], "method_title": "الطريقة", "of_workbooks": [("د", "ه")]}
    return Book("قائمة", tables, lang, total="المجموع", **said)


def table(rows=ROWS, **more) -> Table:
    return Table(COLUMNS, rows, len(rows), sums=SUMS, **more)


def written(path, made: Book) -> openpyxl.Workbook:
    with XlsxWriter(path, made) as writer:
        for one in made.tables:
            writer.begin(one)
            for row in one.rows:
                writer.add(row)
    assert zipfile.ZipFile(path).testzip() is None
    return openpyxl.load_workbook(path)


def by_the_library(path) -> openpyxl.Workbook:
    """The same rows by the library's own calls."""
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "constant_memory": True}) as file:
        sheet = file.add_worksheet()
        per = {"number": 1, "minutes": 60, "clock": 1440, "decimal": 60, "money": 100}
        for number, row in enumerate(ROWS, 1):
            shown = [pair for pair in zip(COLUMNS, row, strict=True) if pair[0].is_shown]
            for place, (column, cell) in enumerate(shown):
                if cell is None:
                    continue
                if column.key in per:
                    amount = cell / per[column.key]
                    exact = round(amount, 2) if column.key == "decimal" else amount
                    sheet.write_number(number, place, exact)
                elif column.key == "name":
                    sheet.write_string(number, place, cell)
                else:
                    sheet.write_datetime(number, place, cell)
    return openpyxl.load_workbook(path)


def test_cells_are_what_the_library_would_have_written(tmp_path):
    mine = written(tmp_path / "ours.xlsx", book([table()])).worksheets[0]
    theirs = by_the_library(tmp_path / "theirs.xlsx").worksheets[0]
    below = 1 + len(ROWS)
    own, other = mine.iter_rows(2, below), theirs.iter_rows(2, below)
    for row, twin in zip(own, other, strict=True):
        for one, two in zip(row, twin, strict=True):
            assert _plain(one.value) == pytest.approx(_plain(two.value)), one.coordinate


def _plain(value):
    """Numbers under whatever they are shown as."""
    if isinstance(value, timedelta):
        return value / timedelta(days=1)
    if isinstance(value, datetime):
        return (value - datetime.fromisoformat("1899-12-30")) / timedelta(days=1)
    return value


def test_each_kind_is_shown_as_what_it_is(tmp_path):
    sheet, method = written(tmp_path / "book.xlsx", book([table()])).worksheets
    shown = [cell.number_format for cell in sheet[2]]
    hours = ["#,##0.00", "[h]:mm", "0.00"]
    assert shown == ["@", "#,##0", *hours, "#,##0.00", "yyyy-mm-dd", "yyyy-mm-dd hh:mm"]
    assert (sheet["A2"].data_type, sheet["A2"].value) == ("s", "=2+2")
    assert sheet["C2"].value == pytest.approx(245 / 60)
    # Excel shows no time below nought
    assert sheet["C3"].value == pytest.approx(-292 / 60)
    assert sheet["D2"].value == timedelta(minutes=245)
    assert sheet["G3"].value == datetime.fromisoformat("1999-12-31")
    assert sheet["H2"].value == AT
    assert [cell.value for cell in sheet[2 + len(ROWS)]][:6] == [
        *("المجموع", 77_333, None, None, None, 21.17),
    ]
    assert sheet.cell(2 + len(ROWS), 2).font.bold
    assert not sheet["B2"].font.bold
    assert sheet.sheet_view.rightToLeft
    assert method.sheet_view.rightToLeft
    assert (sheet.freeze_panes, sheet.column_dimensions["A"].width > 28) == ("A2", True)
    assert [cell.value for cell in method[1]] == ["م", "ع"]
    assert [cell.value for cell in method[2]] == ["د", "ه"]


def test_a_text_is_cut_where_a_cell_ends(tmp_path):
    rows = [["ط" * 40_000, *[None] * 8], ["no letter: \ufffe", *[None] * 8]]
    sheet, _method = written(tmp_path / "book.xlsx", book([table(rows)], "en")).worksheets
    assert len(sheet["A2"].value) == workbooks.MOST_CELL_LETTERS
    assert sheet["A3"].value == "no letter: _xFFFE_"
    assert not sheet.sheet_view.rightToLeft


@pytest.mark.parametrize(("limit", "most"), [("MOST_SHEET_ROWS", 2), ("MOST_SHEET_BYTES", 1)])
def test_what_one_sheet_does_not_hold_goes_on_in_another(tmp_path, monkeypatch, limit, most):
    monkeypatch.setattr(workbooks, limit, most)
    monkeypatch.setattr(workbooks, "TOGETHER", 3)
    made = written(tmp_path / "book.xlsx", book([table(title="By site"), table(title="Two")]))
    *sheets, _method = made.worksheets
    assert made.sheetnames[:3] == ["By site", "By site 2", "By site 3"]
    rows = [row for sheet in sheets[:3] for row in sheet.iter_rows(2, values_only=True)]
    told = [row[2] for row in ROWS if row[2] is not None]
    assert [row[1] for row in rows if row[1] is not None] == [*told, SUMS["number"]]
    assert all(sheet["A1"].value == "الاسم" for sheet in sheets)


def test_a_fault_on_the_way_leaves_no_thread_behind(tmp_path):
    made = book([table()])
    before = threading.active_count()
    with suppress(ZeroDivisionError), XlsxWriter(tmp_path / "book.xlsx", made) as writer:
        writer.begin(made.tables[0])
        writer.add(ROWS[0])
        raise ZeroDivisionError
    assert threading.active_count() == before
