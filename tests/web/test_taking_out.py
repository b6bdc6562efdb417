"""Figures taken out: print page, PDF, workbook, text and JSON lines say what the page says."""

import csv
import io
import json
import re
from datetime import date, timedelta

import openpyxl
import pypdfium2
import pytest
import time_machine
from pypdfium2 import PdfDocument
from pypdfium2.raw import FPDF_PAGEOBJ_PATH as PATH
from sqlalchemy import select

from checkin.database import db
from checkin.models import Attendance, AuditEntry, Export, Rate
from checkin.operations import approvals, exporting, figures, rates, settings, targets
from checkin.operations.exporting import Book, Column, Head, Kind, Table
from checkin.operations.figures import Filter, counting
from checkin.operations.permissions import Reach
from checkin.web import clock, usual
from checkin.web.charts import Chart, Columns, Mark
from checkin.web.exports import drawings, paper
from tests import factories

HOUR = timedelta(hours=1)
LONG = "إدارة الخدمات الاجتماعية التطوعية بوكالة الرئاسة العامة لشؤون المسجد الحرام والمسجد النبوي"


@pytest.fixture
def rated(now, cast):
    """A rate nobody ever published, so that the warning shows."""
    rate = Rate(type="general", from_on=now.date(), halalas_per_hour=20_000, source="a test")
    rate.set_by_id, rate.set_at = cast.majed.id, now
    db.session.add(rate)
    db.session.commit()


@pytest.fixture
def worked(now, cast, rated):
    """Two approved stays of 4:05 with 30 served each."""
    with time_machine.travel(now + 8 * HOUR, tick=False):
        for name in ("أحمد", "سارة"):
            who, shift = factories.person(now, name), factories.shift(now, cast.mataf, minutes=245)
            factories.assign(now, who, shift)
            factories.check_in(who, cast.poster, now)
            done = factories.check_out(who, shift, shift.ends_at, beneficiaries=30)
            found = db.session.get_one(Attendance, done.attendance_id)
            shown = [(found.id, found.row_version)]
            approvals.approve_many(shown, by=cast.salem.id, now=now + 5 * HOUR)
        yield


def taken_out(browser, kind: str, query: str = "", what: str = "dashboard") -> bytes:
    answer = browser.send("/exports", what=what, query=query, kind=kind)
    exporting.work_on_waiting(clock.now)
    with browser.get(f"{answer.location}/file") as file:
        assert file.status_code == 200
        return file.data


def pages_of(pdf: bytes) -> list[str]:
    with PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_range() for page in document]


def totals() -> figures.Totals:
    return figures.totals(Filter(Reach(everywhere=True)))


def test_the_json_lines_hold_the_totals_and_every_table(layla, worked):
    lines = [json.loads(line) for line in taken_out(layla, "jsonl").splitlines()]
    (whole,) = [line for line in lines if line["table"] == "totals"]
    known = totals().by_name()
    assert {name: whole[name] for name in known} == known
    assert known["value_halalas"] == 2 * 245 * 20_000 // 60 + 1  # each approval rounded for itself
    for table in ("site", "service", "partner", "month", "gender"):
        parts = [line for line in lines if line["table"] == table]
        assert sum(line["approved_minutes"] for line in parts) == 490, table
    for table in ("week", "hour", "day"):
        parts = [line for line in lines if line["table"] == table]
        assert sum(line["approved_minutes"] for line in parts) == 490, table
    (month,) = [line for line in lines if line["table"] == "newcomers"]
    assert (month["key"], month["new"], month["returning"]) == ("2026-11", 2, 0)


def test_the_files_hold_the_targets(layla, cast, worked):
    plan = targets.TargetPlan(figure="hours", period="2026", amount=1000)
    targets.put(plan, by=cast.layla.id, now=clock.now())
    lines = [json.loads(line) for line in taken_out(layla, "jsonl", "period=2026").splitlines()]
    (target,) = [line for line in lines if line["table"] == "targets"]
    assert (target["reached"], target["target"], target["percent"]) == (8, 1000, 0)
    text = taken_out(layla, "csv", "period=2026").decode("utf-8-sig")
    assert "Targets" in {row[0] for row in csv.reader(io.StringIO(text))}
    sheet = openpyxl.load_workbook(io.BytesIO(taken_out(layla, "xlsx", "period=2026")))["Targets"]
    heading, row = sheet.iter_rows(values_only=True)
    assert dict(zip(heading, row, strict=True))["Of target"] == 0


def test_the_text_file_names_the_table_of_each_row(layla, worked):
    text = taken_out(layla, "csv").decode("utf-8-sig")
    heading, first, *rows = csv.reader(io.StringIO(text))
    assert heading[:4] == ["Table", "Name", "Hours", "Waiting"]
    assert first[:3] == ["Totals", "Total", "8:10"]
    assert {row[0] for row in rows} >= {"By site", "By service", "By month"}


def test_the_workbook_has_a_sheet_for_each_table_with_its_totals(layla, worked):
    book = openpyxl.load_workbook(io.BytesIO(taken_out(layla, "xlsx")))
    assert book.sheetnames[:2] == ["Totals", "By site"]
    heading, *_rows, sums = book["By site"].iter_rows(values_only=True)
    assert sums[0] == "Total"
    assert sums[heading.index("Hours")] == pytest.approx(490 / 60)
    assert sums[heading.index("Volunteers")] == 2
    assert sums[heading.index("Economic return (SAR)")] == totals().value_halalas / 100
    method = {row[0]: row[1] for row in book["How it is counted"].iter_rows(values_only=True)}
    assert method["Economic return (SAR)"].startswith("Based on SAR 200 per approved hour")
    assert "look at the rates again" in method["Please look at"]


def test_the_pdf_says_the_figures_the_method_and_the_pages(layla, worked):
    *_, last = pages = pages_of(taken_out(layla, "pdf"))
    said = " ".join("\n".join(pages).split())
    for part in ("Approved volunteer hours", "8:10", "By site", "look at the rates again"):
        assert part in said
    assert f"Page {len(pages)} of {len(pages)}" in last


def test_an_arabic_pdf_has_its_first_column_at_the_right(browser_of, cast, worked):
    """Hours stand right of beneficiaries, which come after them."""
    layla = browser_of(cast.layla, kind="staff", lang="ar")
    with PdfDocument(taken_out(layla, "pdf")) as document:
        text = document[0].get_textpage()
        *_, (people, line) = _places(text, "60")
        hours = [left for left, below in _places(text, "8:10") if abs(below - line) < 3]
    assert people < max(hours)


def test_the_pdf_holds_the_charts_the_targets_and_the_comparison(layla, cast, worked):
    plan = targets.TargetPlan(figure="hours", period="2026", amount=1000)
    targets.put(plan, by=cast.layla.id, now=clock.now())
    said = " ".join(" ".join(pages_of(taken_out(layla, "pdf", "period=2026"))).split())
    for part in (
        "Compared with 1 January 2025 to 22 November 2025.",
        "None before",
        "Reached Target Of target Status",
        "Approved volunteer hours 2026 CE Everybody 8 1,000",
        "Behind by 882 · Needed a day from today: 25",
        "Approved volunteer hours: the target of 2026 CE",
        "Most on one day: 8 hours, 22 Nov.",
        "An even pace to the target",
        "By hour of day",
        "The week by day and hour",
        "New and returning volunteers",
    ):
        assert part in said, part
    assert "Targets" not in " ".join(pages_of(taken_out(layla, "pdf", "period=2026-11")))


@pytest.mark.parametrize(("language", "at_the_right"), [("ar", True), ("en", False)])
def test_time_runs_on_paper_as_its_reader_reads(language, at_the_right, tmp_path, app):
    """Of two columns the earlier has all."""
    scale = {"top": 4, "top_shown": "4", "middle_shown": "2", "ends": ("a", "z")}
    marks = [Mark("one", 4, "4"), Mark("two", 0, "0")]
    chart = Columns(title="T", reading="", headings=(), marks=marks, **scale)
    path = tmp_path / "chart.pdf"
    with app.app_context():
        book = Book("", [], language, head=Head(charts=[chart]))
        assert list(exporting.into_file(path, "pdf", book)) == []
    with PdfDocument(path) as document:
        picture = document[0].render().to_pil().convert("RGB")
    places = [(x, y) for x in range(picture.width) for y in range(60, 400)]
    inked = [place[0] for place in places if picture.getpixel(place) == drawings.INK]
    assert (min(inked) > picture.width / 2) == at_the_right
    assert (max(inked) < picture.width / 2) != at_the_right


def _places(text: pypdfium2.PdfTextPage, shown: str) -> list[tuple[float, float]]:
    """How far from the left and from below these digits stand, wherever they do."""
    found, places = text.search(shown), []
    while (hit := found.get_next()) is not None:
        places.append(text.get_charbox(hit[0])[:2])
    return places


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_long_table_goes_on_with_its_headings_and_ends_with_its_totals(language, tmp_path, app):
    """Three pages of long names: none is cut, every page begins with the headings."""
    columns = [Column("name", "Name of it", width=28), Column("n", "Amount", exporting.Kind.NUMBER)]
    rows = [[f"{LONG} {number}", 1000 + number] for number in range(80)]
    table = Table(columns, rows, len(rows), sums={"n": sum(row[1] for row in rows)})
    book = Book("List", [table], language, total="Sum of all", head=Head(LONG, about="2026"))
    path = tmp_path / "long.pdf"
    with app.app_context():
        assert list(exporting.into_file(path, "pdf", book))[-1] == 80
    pages = pages_of(path.read_bytes())
    assert len(pages) >= 3
    assert all("Name of it" in page and "Amount" in page for page in pages)
    assert "Sum of all" in pages[-1]
    assert "83,160" in pages[-1]
    assert sum(f"{1000 + number:,}" in "".join(pages) for number in range(80)) == 80


COLUMNS = Column("name", "Heading"), Column("n", "Amount", exporting.Kind.NUMBER)
ROW, SUM = "1111", "2222"


def drawn(path, *tables: Table) -> list[list[str]]:
    """What stands on each page, line by line: headings, rows, sums and totals."""
    list(exporting.into_file(path, "pdf", Book("List", tables, "en", total="Together")))
    return [
        re.findall(f"Heading|{ROW}|{SUM}|Together", page) for page in pages_of(path.read_bytes())
    ]


@pytest.mark.parametrize("many", range(30, 42))
def test_a_sum_stays_with_a_row_of_its_own_and_a_total_with_two(many, tmp_path, app):
    """Wherever the page ends: so many rows stand before the sum, or in the table."""
    rows = [[ROW, 1]] * many
    grouped = [*rows, [SUM, 3], *rows]
    sums = Table(COLUMNS, grouped, len(grouped), is_sum=lambda row: row[0] == SUM)
    with app.app_context():
        first, *_more = parts = drawn(tmp_path / "sums.pdf", sums)
        *_pages, last = drawn(tmp_path / "whole.pdf", Table(COLUMNS, rows, many, sums={"n": many}))
    assert first[-1] == ROW
    assert sum(page.count(ROW) for page in parts) == 2 * many
    assert last[-3:] == [ROW, ROW, "Together"]


def test_headings_stay_with_two_rows(tmp_path, app):
    """Of every table of a book, wherever the one before it ends."""
    names = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth")
    tables = [
        Table(COLUMNS, [[ROW, 1]] * many, many, sums={"n": many}, title=name)
        for many, name in enumerate(names, 4)
    ]
    with app.app_context():
        pages = drawn(tmp_path / "headings.pdf", *tables)
    assert len(pages) > 2
    for page in pages:
        for place in (place for place, word in enumerate(page) if word == "Heading"):
            assert page[place + 1 : place + 3] == [ROW, ROW]


def test_a_few_lines_are_no_last_page_where_rows_can_stand_nearer(tmp_path, app):
    """The control has as many more rows as fill a good part of it."""
    with app.app_context():
        few, more = (
            drawn(tmp_path / "few.pdf", Table(COLUMNS, [[ROW, 1]] * many, many))
            for many in (40, 60)
        )
    assert len(few) == 1
    assert few[0].count(ROW) == 40
    assert [len(page) > 15 for page in more] == [True, True]


@pytest.mark.parametrize(("wordy", "is_upright"), [(1, True), (6, False)])
def test_a_page_lies_on_its_side_only_where_columns_need_it(wordy, is_upright, tmp_path, app):
    """As many characters wide, of numbers that are short or of words."""
    words = [Column(f"w{place}", "Words", width=28) for place in range(wordy)]
    wide = (175 - 28 * wordy) // 7
    numbers = [Column(f"n{place}", "N", exporting.Kind.NUMBER, wide) for place in range(7)]
    table = Table([*words, *numbers], [[*["word"] * wordy, *[12_345] * 7]], 1)
    with app.app_context():
        drawn(tmp_path / "wide.pdf", table)
    with PdfDocument(tmp_path / "wide.pdf") as document:
        width, height = document[0].get_size()
    assert (width < height) == is_upright


def charted(marks: int) -> Chart:
    return Chart(f"N{marks}", "", (), [Mark("m", 1, "1")] * marks)


def test_charts_that_fit_fill_the_page_and_stand_as_high_as_their_neighbours(tmp_path, app):
    """Two long ones have no room below two long ones: the short ones come first."""
    path, rows = tmp_path / "charts.pdf", (21, 21, 22, 22, 4, 5)
    with app.app_context():
        head = Head(charts=[charted(marks) for marks in rows])
        list(exporting.into_file(path, "pdf", Book("List", [], "en", head=head)))
    first, second = pages_of(path.read_bytes())
    assert re.findall(r"N\d+", first) == ["N21", "N21", "N4", "N5"]
    assert re.findall(r"N\d+", second) == ["N22", "N22"]
    with PdfDocument(path) as document:
        edges = [one for one in document[0].get_objects() if one.type == PATH]
        highs = [round(one.get_bounds()[3] - one.get_bounds()[1]) for one in edges]
    boxes = sorted(high for high in highs if high > 60)
    assert boxes[0] == boxes[1]
    assert boxes[2] == boxes[3]


NESTED = "by=site&then=month&show=hours-volunteers"


def test_a_report_is_taken_out_row_by_row_with_its_sums_and_totals(layla, worked):
    whole, outer, inner = map(json.loads, taken_out(layla, "jsonl", NESTED, "report").splitlines())
    assert (whole["table"], whole["volunteers"]) == ("totals", 2)
    assert (outer["site"], outer["month"], inner["month"]) == (inner["site"], None, "2026-11-01")
    assert outer["value_halalas"] == inner["value_halalas"] == totals().value_halalas
    heading, *rows = csv.reader(
        io.StringIO(taken_out(layla, "csv", NESTED, "report").decode("utf-8-sig"))
    )
    assert heading == ["Level", "Site", "Month", "Hours", "Volunteers"]
    assert [[row[0], *row[2:]] for row in rows] == [
        ["Subtotal", "", "8:10", "2"],
        ["Row", "November 2026", "8:10", "2"],
        ["Total", "", "8:10", "2"],
    ]
    book = openpyxl.load_workbook(io.BytesIO(taken_out(layla, "xlsx", NESTED, "report")))
    sheet = book.worksheets[0]
    bold = [sheet.cell(row, 1).font.bold for row in range(1, sheet.max_row + 1)]
    assert bold == [True, True, False, True]
    levels = [sheet.cell(row, 1).value for row in range(1, sheet.max_row + 1)]
    assert levels == ["Level", "Subtotal", "Row", "Total"]
    assert (sheet["C1"].value, sheet["C3"].value.date().isoformat()) == ("First day", "2026-11-01")
    said = [row[1] for row in book.worksheets[1].iter_rows(values_only=True)]
    assert "Time at courses and meetings is not volunteer hours." in said


def test_what_stands_under_a_column_is_the_sum_of_its_rows(layla, cast, now, worked):
    """Also where a place saw courses and nothing else."""
    course = factories.opportunity(now, kind="course")
    who, shift = factories.person(now, "خالد"), factories.shift(now, cast.squares, course)
    factories.assign(now, who, shift)
    factories.check_in(who, factories.poster(now, cast.squares), now)
    factories.check_out(who, shift, shift.ends_at)
    row = db.session.scalars(select(Attendance).order_by(Attendance.id.desc()).limit(1)).one()
    approvals.approve_many([(row.id, row.row_version)], by=cast.layla.id, now=now + 5 * HOUR)
    lines = [json.loads(line) for line in taken_out(layla, "jsonl").splitlines()]
    for table in ("site", "service", "partner", "month"):
        assert sum(one["course_attendances"] for one in lines if one["table"] == table) == 1


def test_paper_names_an_organisation_only_where_one_is_set(layla, cast, worked):
    assert "Organisation" not in " ".join(pages_of(taken_out(layla, "pdf")))
    settings.change({"organisation_en": "Friends of the House"}, by=cast.majed.id, now=clock.now())
    said = " ".join(pages_of(taken_out(layla, "pdf")))
    assert said.startswith("Friends of the House")
    assert "Organisation: Friends of the House" in said


@pytest.fixture
def arabic_digits(app, cast, now):
    with app.app_context():
        settings.change({"digits": "arab"}, by=cast.majed.id, now=now)
        usual.forget()
        yield
        usual.forget()


@pytest.mark.parametrize(
    ("chosen", "shown", "other"),
    [
        ("en", "٨:١٠", "8:10"),
        ("en.latn", "8:10", "٨:١٠"),
    ],
)
@pytest.mark.parametrize(("what", "query"), [("dashboard", ""), ("report", NESTED)])
def test_paper_has_its_readers_digits_and_no_others(
    arabic_digits, layla, worked, what, query, chosen, shown, other
):
    """As their page has them; the organisation's are those of who chose none."""
    layla.set_cookie("prefs", chosen)
    said = " ".join(pages_of(taken_out(layla, "pdf", query, what)))
    assert shown in said
    assert other not in said


def test_arabic_digits_are_on_the_paper_of_who_chose_them(layla, worked):
    layla.set_cookie("prefs", "en.arab")
    said = " ".join(pages_of(taken_out(layla, "pdf")))
    assert "٨:١٠" in said
    assert "8:10" not in said
    assert "2026" not in said


def test_paper_says_what_waits_and_whose_rate_it_is(layla, cast, now, worked):
    who, shift = factories.person(now, "فهد"), factories.shift(now, cast.mataf, minutes=245)
    factories.assign(now, who, shift)
    factories.check_in(who, cast.poster, now)
    factories.check_out(who, shift, shift.ends_at)
    said = " ".join(" ".join(pages_of(taken_out(layla, "pdf"))).split())
    assert "4:05 waiting for approval" in said
    assert "Source: a test" in said
    assert "Source: a test" not in " ".join(pages_of(taken_out(layla, "pdf", NESTED, "report")))


def test_only_rates_that_gave_a_value_are_named(layla, cast, now, worked):
    """Others were set for the same day later, and for years to come."""
    for from_on, source in ((now.date(), "another"), (date(2031, 1, 1), "to come")):
        plan = rates.RatePlan("general", from_on, 3000, source, 2000, 4000)
        rates.set_rate(plan, by=cast.majed.id, now=now)
    said = " ".join(" ".join(pages_of(taken_out(layla, "pdf"))).split())
    assert "Source: a test" in said
    assert "another" not in said
    assert "to come" not in said


@pytest.mark.parametrize("kind", ["csv", "xlsx", "jsonl", "pdf"])
def test_every_kind_of_file_can_write_every_kind_of_cell(kind, tmp_path, app, now):
    of = {Kind.TEXT: "words", Kind.DAY: now.date(), Kind.INSTANT: now.replace(tzinfo=None)}
    columns = [Column(str(one), str(one), one, width=8) for one in Kind]
    table = Table(columns, [[of.get(one, 90) for one in Kind]], 1, title="All")
    assert list(exporting.into_file(tmp_path / "file", kind, Book("List", [table], "en"))) == [1]


def test_a_file_stays_in_no_cache(layla, worked):
    answer = layla.send("/exports", what="dashboard", query="", kind="csv")
    exporting.work_on_waiting(clock.now)
    with layla.get(f"{answer.location}/file") as file:
        assert file.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert file.headers["Cache-Control"] == "no-store"


def test_a_file_of_an_hour_says_how_much_lies_in_it(layla, worked):
    page = layla.text("/figures/attendances?of=approved&hour=16")
    assert "Approved time in this hour: 2:00" in page
    query = "of=approved&hour=16"
    rows = [
        json.loads(line) for line in taken_out(layla, "jsonl", query, "attendances").splitlines()
    ]
    assert [row["minutes_in_hour"] for row in rows] == [60, 60]
    text = taken_out(layla, "csv", query, "attendances").decode("utf-8-sig")
    heading, *records = csv.reader(io.StringIO(text))
    assert heading[-1] == "In this hour"
    assert [record[-1] for record in records][:2] == ["1:00", "1:00"]


def test_a_report_on_paper_says_what_its_page_says(layla, huda, cast, worked):
    text = " ".join(pages_of(taken_out(layla, "pdf", NESTED, "report"))[0].split())
    for part in (
        "By site, then by month",
        "Hours Volunteers",
        "November 2026 8:10 2",
        "Total 8:10",
    ):
        assert part in text
    page = layla.text(f"/figures/reports/sheet?{NESTED}")
    assert "By site, then by month" in page
    assert f"/figures/reports/sheet?{NESTED}" in layla.get(
        f"/figures/reports?{NESTED}"
    ).text.replace("&amp;", "&")
    assert layla.get("/figures/reports/sheet").status_code == 404
    assert huda.get(f"/figures/reports/sheet?by=month&site={cast.mataf.id}").status_code == 404


def test_a_report_without_value_neither_shows_nor_warns_of_one(layla, worked):
    assert "look at the rates again" not in layla.text(f"/figures/reports/sheet?{NESTED}")
    assert "look at the rates again" in layla.text("/figures/reports/sheet?by=site")


@pytest.mark.parametrize(
    ("what", "most", "sentence"),
    [
        ("attendances", paper.MOST_ROWS, "This list has more columns than paper has room for"),
        ("dashboard", 3, "This list is too long for paper"),
    ],
)
def test_paper_refuses_what_it_has_no_room_for(layla, worked, monkeypatch, what, most, sentence):
    monkeypatch.setattr(paper, "MOST_ROWS", most)
    answer = layla.send("/exports", what=what, query="", kind="pdf")
    exporting.work_on_waiting(clock.now)
    assert sentence in layla.text(answer.location)


def test_a_fault_that_wants_its_facts_is_still_said(layla, worked, monkeypatch):
    monkeypatch.setattr(counting, "MOST_ROWS_OF_ONE", 0)
    answer = layla.send("/exports", what="report", query="by=site", kind="csv")
    exporting.work_on_waiting(clock.now)
    assert "The file could not be written" in layla.text(answer.location)


def test_the_print_page_says_whose_it_is_who_took_it_and_how_it_is_counted(layla, cast, worked):
    page = layla.text("/figures/sheet")
    for part in ("8:10", "By site", "look at the rates again", "one person served twice"):
        assert part in page
    assert f"Taken out by {cast.layla.name}" in page
    assert layla.get("/figures/sheet?period=2026").text.count('value="period=2026"') == 4
    assert "/figures/sheet?period=2026" in layla.get("/figures?period=2026").text


def test_only_who_takes_lists_out_is_offered_files(salem, huda, browser_of, cast, worked):
    assert 'action="/exports"' not in salem.get("/figures/sheet").text
    assert "8:10" not in huda.text("/figures/sheet")
    assert huda.get(f"/figures/sheet?site={cast.mataf.id}").status_code == 404
    assert browser_of(cast.noura).get("/figures/sheet").status_code == 403


def test_each_file_of_figures_is_noted_with_its_rows(layla, worked):
    lines = taken_out(layla, "jsonl").splitlines()
    db.session.rollback()
    noted = db.session.scalars(db.select(AuditEntry).filter_by(act="export.ready")).one()
    assert noted.facts["rows"] == len(lines) - 1, "all but the totals"
    row = db.session.scalars(db.select(Export)).one()
    assert "people’s names" not in layla.text(f"/exports/{row.id}")
    assert "Figures" in layla.text("/exports")


@pytest.mark.parametrize(
    ("what", "query", "rows"),
    [("attendances", "", 2), ("dashboard", "", 20), ("report", NESTED, 2)],
)
def test_the_same_list_has_as_many_rows_in_every_kind_of_file(layla, worked, what, query, rows):
    """Whether its totals stand among the rows, below them, or apart."""
    for kind in ("csv", "xlsx", "jsonl"):
        taken_out(layla, kind, query, what)
    db.session.rollback()
    noted = db.session.scalars(db.select(AuditEntry).filter_by(act="export.ready")).all()
    assert [one.facts["rows"] for one in noted] == [rows] * 3
    assert {one.total for one in db.session.scalars(db.select(Export))} == {rows}
