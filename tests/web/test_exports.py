"""Lists taken out as files: asked for where they are looked at, written, fetched, forgotten."""

import csv
import html
import io
import json
import signal
import subprocess
from datetime import date, timedelta

import openpyxl
import pytest
import time_machine

from checkin.database import db
from checkin.models import Attendance, AuditEntry, Export, Grant, Opportunity
from checkin.operations import approvals, exporting, figures, leases
from checkin.operations.exporting import apart, working
from checkin.operations.figures import Filter
from checkin.operations.permissions import Reach
from checkin.web import clock
from tests import factories

HOUR = timedelta(hours=1)


@pytest.fixture
def worked(now, cast):
    """Two approved stays and one that waits, of volunteers with awkward names."""
    with time_machine.travel(now + 8 * HOUR, tick=False):
        names = ("=2+2 أحمد", "سارة، علي", "هند")
        for name, by in zip(names, (cast.salem, cast.salem, None), strict=True):
            who = factories.person(now, name)
            shift = factories.shift(now, cast.mataf, minutes=245)
            factories.assign(now, who, shift)
            factories.check_in(who, cast.poster, now)
            done = factories.check_out(who, shift, shift.ends_at, beneficiaries=30)
            if by is not None:
                found = db.session.get_one(Attendance, done.attendance_id)
                shown = [(found.id, found.row_version)]
                approvals.approve_many(shown, by=by.id, now=now + 5 * HOUR)
        yield


def taken_out(browser, kind: str, query: str = "", what: str = "attendances") -> bytes:
    answer = browser.send("/exports", what=what, query=query, kind=kind)
    assert answer.status_code == 303
    exporting.work_on_waiting(clock.now)
    with browser.get(f"{answer.location}/file") as file:
        assert file.status_code == 200
        return file.data


def totals() -> figures.Totals:
    return figures.totals(Filter(Reach(everywhere=True)))


def test_the_csv_is_the_list_that_was_looked_at(layla, worked):
    text = taken_out(layla, "csv").decode("utf-8")
    assert text.startswith("\ufeff")
    heading, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    assert heading[1] == "Volunteer"
    assert [row[1] for row in rows] == ["سارة، علي", "'=2+2 أحمد"]
    assert {row[heading.index("Hours")] for row in rows} == {"4:05"}
    assert {row[heading.index("Day")] for row in rows} == {"2026-11-22"}


def test_all_three_kinds_say_the_same_and_add_up_to_the_figures(layla, worked):
    known = totals()
    objects = [json.loads(line) for line in taken_out(layla, "jsonl").splitlines()]
    assert sum(one["minutes"] for one in objects) == known.approved_minutes == 2 * 245
    assert sum(one["beneficiaries"] for one in objects) == known.beneficiaries == 60
    sheet, method = openpyxl.load_workbook(io.BytesIO(taken_out(layla, "xlsx"))).worksheets
    heading, *rows, sums = sheet.iter_rows(values_only=True)
    assert len(rows) == len(objects) == known.attendances
    assert sums[heading.index("Beneficiaries")] == known.beneficiaries
    assert sums[heading.index("Hours")] == pytest.approx(known.approved_minutes / 60)
    assert rows[0][heading.index("Day")].date() == date(2026, 11, 22)
    assert rows[1][1] == "=2+2 أحمد"
    assert sheet["A2"].number_format == "0"
    said = [row[1] for row in method.iter_rows(values_only=True)]
    assert any(one.startswith("Only approved time counts") for one in said)


@pytest.mark.parametrize(
    ("lang", "own", "other"), [("en", "name_en", "name_ar"), ("ar", "name_ar", "name_en")]
)
def test_a_name_said_in_one_language_alone_stands_in_files_of_both(
    browser_of, cast, worked, lang, own, other
):
    names = set()
    for row in db.session.scalars(db.select(Opportunity)):
        names.add(kept := getattr(row, other) or "Only this one")
        factories.alter(row, **{own: "", other: kept})
    layla = browser_of(cast.layla, kind="staff", lang=lang)
    _heading, *rows = csv.reader(io.StringIO(taken_out(layla, "csv").decode("utf-8-sig")))
    assert {row[5] for row in rows} <= names
    sheet = openpyxl.load_workbook(io.BytesIO(taken_out(layla, "xlsx"))).worksheets[0]
    assert sheet["F2"].value in names
    lines = map(json.loads, taken_out(layla, "jsonl").splitlines())
    assert {one["opportunity"] for one in lines} <= names


def test_json_lines_say_instants_and_codes_for_programs_in_every_language(browser_of, cast, worked):
    """Whole seconds with the offset of the site; words are codes, and flags are a list."""
    row = db.session.scalars(db.select(Attendance).order_by(Attendance.id).limit(1)).one()
    factories.alter(row, in_at=row.in_at.replace(microsecond=987_654))
    said = []
    for lang in ("ar", "en"):
        layla = browser_of(cast.layla, kind="staff", lang=lang)
        lines = [json.loads(line) for line in taken_out(layla, "jsonl").splitlines()]
        said.append([{key: one[key] for key in one if key not in _NAMES} for one in lines])
    assert said[0] == said[1]
    last = said[0][-1]
    assert (last["checked_in"], last["day"]) == ("2026-11-22T13:00:00+03:00", "2026-11-22")
    assert (last["status"], last["type"], last["evidence"]) == ("approved", "general", "poster")
    assert (last["flags"], last["counted_on"]) == (row.flags, None)


_NAMES = ("site", "lane", "opportunity", "service", "campaign", "partner")


def test_an_arabic_workbook_reads_from_the_right(browser_of, cast, worked):
    layla = browser_of(cast.layla, kind="staff", lang="ar")
    sheet = openpyxl.load_workbook(io.BytesIO(taken_out(layla, "xlsx"))).worksheets[0]
    assert sheet.sheet_view.rightToLeft
    assert sheet.cell(1, 2).value == "متطوع / متطوعة"


def test_the_address_narrows_the_file_as_it_narrows_the_list(layla, worked):
    lines = taken_out(layla, "jsonl", "of=waiting").splitlines()
    assert [json.loads(line)["volunteer"] for line in lines] == ["هند"]
    assert taken_out(layla, "jsonl", "from=2020-01-01&until=2020-12-31") == b""


@pytest.mark.parametrize(("who", "records"), [("new", 2), ("returning", 0)])
def test_new_and_returning_volunteers_are_taken_out_as_they_are_listed(layla, worked, who, records):
    address = f"who={who}&period=2026-11"
    page = layla.get(f"/figures/people?{address}").text
    assert page.count('action="/exports"') == (3 if records else 0)
    file = {"query": address, "what": "new_and_returning"}
    lines = [json.loads(line) for line in taken_out(layla, "jsonl", **file).splitlines()]
    assert len(lines) == records
    sheet, method = openpyxl.load_workbook(io.BytesIO(taken_out(layla, "xlsx", **file))).worksheets
    heading, *rows, sums = sheet.iter_rows(values_only=True)
    assert [row[1] for row in rows] == [line["volunteer"] for line in lines]
    assert sums[heading.index("Hours")] == pytest.approx(records * 245 / 60)
    assert sums[heading.index("Beneficiaries")] == records * 30
    assert "Economic return (SAR)" not in heading
    said = [row[1] for row in method.iter_rows(values_only=True)]
    assert any(f"Records of {who} volunteers · November 2026" in one for one in said)
    listed = html.unescape(layla.get("/exports").text)
    assert f"New and returning volunteers · Records of {who} volunteers · November 2026" in listed


def test_the_list_offers_its_files(layla, worked):
    page = layla.get("/figures/attendances?of=waiting").text
    assert page.count('action="/exports"') == 3
    assert 'value="of=waiting"' in page


def test_the_list_of_files_says_what_each_is_of(layla, cast, worked):
    """An address that leads nowhere any more says only which list it was."""
    asked = [
        ("report", f"by=site&then=month&site={cast.mataf.id}"),
        ("dashboard", "period=2026"),
        ("attendances", "of=waiting&from=2021-10-16&until=2021-10-16"),
        ("platform", ""),
        ("dashboard", "site=99999"),
    ]
    for what, query in asked:
        layla.send("/exports", what=what, query=query, kind="csv")
    page = html.unescape(layla.get("/exports").text)
    for said in (
        "Report · By site, then by month · Mataf courtyard · All years",
        "Figures · 2026 CE",
        "Records · Records waiting for approval · 16 October 2021<br>",
        "National platform · November 2026",
        "Figures<br>",
    ):
        assert said in page


def test_the_list_of_files_goes_back_to_the_first(layla, cast, now, worked):
    """Also beyond a hundred, fifty on a page; what there is not is not found."""
    asked = {"owner_id": cast.layla.id, "kind": "csv", "state": "failed", "created_at": now}
    db.session.add(Export(what="platform", **asked))
    db.session.add_all([Export(what="dashboard", **asked) for _ in range(100)])
    db.session.commit()
    first = layla.get("/exports")
    assert 'href="/exports?page=2"' in first.text
    assert "National platform" not in first.text
    assert first.text.count("<tr>") == 1 + 50
    assert "National platform" in layla.text("/exports?page=3")
    assert layla.get("/exports?page=4").status_code == 404


def test_where_files_are_taken_out_the_way_to_them_stands(layla, salem, browser_of, cast, worked):
    """Whoever may take nothing out, as an auditor, is shown no way to files either."""
    for page in ("/figures/attendances", "/figures/platform"):
        assert 'href="/exports"' in layla.get(page).text, page
    for reader in (salem, browser_of(cast.faisal, kind="staff")):
        assert 'href="/exports"' not in reader.get("/figures/attendances").text
        assert reader.get("/exports").status_code == 403


def test_text_holds_records_alone_which_the_page_of_files_says(layla, worked):
    """Whoever adds a column up comes to the figure: no row is a sum of others."""
    heading, *rows = csv.reader(io.StringIO(taken_out(layla, "csv").decode("utf-8-sig")))
    served = heading.index("Beneficiaries")
    assert sum(int(row[served]) for row in rows) == totals().beneficiaries
    assert "holds its records alone" in layla.text("/exports")


def test_the_print_page_leads_to_the_files(layla, worked):
    for page in ("/figures/sheet", "/figures/reports/sheet?by=site"):
        assert 'href="/exports"' in layla.get(page).text


def test_a_file_bears_the_day_of_the_place_not_of_greenwich(layla, now, worked):
    with time_machine.travel(now.replace(hour=22), tick=False):
        answer = layla.send("/exports", what="dashboard", query="", kind="csv")
        exporting.work_on_waiting(clock.now)
        with layla.get(f"{answer.location}/file") as file:
            assert "dashboard-2026-11-23-" in file.headers["Content-Disposition"]


def test_a_file_is_gone_after_two_days(layla, now, worked):
    taken_out(layla, "csv")
    (row,) = db.session.scalars(db.select(Export))
    with time_machine.travel(now + timedelta(days=3), tick=False):
        assert exporting.forget_passed(clock.now()) == 1
        assert exporting.forget_passed(clock.now()) == 0
        assert layla.get(f"/exports/{row.id}/file").status_code in (303, 404)


def test_writing_that_broke_off_is_begun_anew_when_its_lease_is_over(layla, now, worked):
    answer = layla.send("/exports", what="attendances", query="", kind="csv")
    assert working.QUEUE.take(clock.now()) is not None
    assert exporting.work_on_waiting(clock.now) == 0
    with time_machine.travel(now + 8 * HOUR + leases.LEASE + timedelta(seconds=1), tick=False):
        assert exporting.work_on_waiting(clock.now) == 1
        assert "Ready" in layla.text(answer.location)


def test_a_long_file_is_written_by_a_process_of_its_own(layla, worked, monkeypatch):
    """The same file, and the same sentence where there is none; nothing of it is written here."""
    here = taken_out(layla, "csv")
    monkeypatch.setattr(working, "MOST_ROWS_HERE", 0)
    monkeypatch.setattr(working, "MOST_HERE", {})
    monkeypatch.setattr(working, "into_file", None)
    assert taken_out(layla, "csv") == here
    answer = layla.send("/exports", what="attendances", query="", kind="pdf")
    exporting.work_on_waiting(clock.now)
    assert "more columns than paper has room for" in layla.text(answer.location)


def test_writing_that_nobody_waits_for_any_more_ends(layla, worked, monkeypatch, tmp_path):
    layla.send("/exports", what="attendances", query="", kind="csv")
    (row,) = db.session.scalars(db.select(Export))
    begun: list[subprocess.Popen[str]] = []
    popen = subprocess.Popen
    monkeypatch.setattr(
        subprocess, "Popen", lambda *a, **k: begun.append(popen(*a, **k)) or begun[0]
    )
    monkeypatch.setattr(apart, "REPORT_SECONDS", 0.001)
    told = apart.written(row.id, tmp_path / "list.csv", clock.now())
    assert next(told) == 0
    told.close()
    assert begun[0].returncode == -signal.SIGKILL


def test_who_was_taken_over_leaves_the_file_to_the_other(layla, now, worked):
    layla.send("/exports", what="attendances", query="", kind="csv")
    export_id = working.QUEUE.take(clock.now())
    progress = leases.Progress(working.QUEUE, export_id, "writing", clock.now)
    progress.begins(total=2)
    db.session.execute(db.update(Export).values(state="failed", leased_until=None))
    db.session.commit()
    with pytest.raises(leases.Stopped):
        progress.begins(total=2)


def test_each_file_is_noted_with_its_rows(layla, worked):
    taken_out(layla, "csv")
    db.session.rollback()
    ready = db.session.scalars(db.select(AuditEntry).filter_by(act="export.ready")).one()
    assert ready.facts["rows"] == 2


def test_bad_addresses_and_kinds_get_a_sentence(layla, worked):
    answer = layla.send("/exports", what="attendances", query="", kind="exe")
    assert "Please choose one of the kinds of files" in layla.text(answer.location)
    assert layla.send("/exports", what="passwords", query="", kind="csv").status_code == 404
    answer = layla.send("/exports", what="attendances", query="from=yesterday", kind="csv")
    exporting.work_on_waiting(clock.now)
    assert "Did not work" in layla.text(answer.location)
    assert "Enter a date" in layla.text(answer.location)


def test_nobody_fills_the_machine_with_files(layla, worked):
    fields = {"what": "attendances", "query": "", "kind": "csv"}
    for _ in range(5):
        layla.send("/exports", **fields)
    answer = layla.send("/exports", **fields)
    assert "Several files are still being written" in layla.text(answer.location)
    assert db.session.scalar(db.select(db.func.count()).select_from(Export)) == 5


def test_only_who_may_take_lists_out_sees_a_file_and_only_their_own(
    layla, salem, browser_of, cast, now, worked
):
    export_id = factories.export(now + 8 * HOUR, cast.layla)
    other = factories.person(now, "منسقة أخرى")
    factories.grant(now, other, "coordinator")
    for address in (f"/exports/{export_id}", f"/exports/{export_id}/file"):
        assert salem.get(address).status_code == 403
        assert browser_of(other, kind="staff").get(address).status_code == 404
    assert 'action="/exports"' not in salem.get("/figures/attendances").text


def test_who_lost_the_right_meanwhile_gets_no_file(layla, cast, now, worked):
    layla.send("/exports", what="attendances", query="", kind="csv")
    db.session.execute(db.delete(Grant).where(Grant.person_id == cast.layla.id))
    db.session.commit()
    exporting.work_on_waiting(clock.now)
    row = db.session.scalars(db.select(Export).execution_options(populate_existing=True)).one()
    assert (row.state, row.fault) == ("failed", "export_not_yours")
