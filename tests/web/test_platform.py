"""The national platform's room: what is entered there, its file, its columns, its own list."""

import csv
import io
import re
from datetime import date
from html import unescape
from urllib.parse import parse_qsl

import openpyxl
import pytest
import time_machine
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from checkin.database import db
from checkin.models import Attendance, AuditEntry, Export
from checkin.operations import approvals, exporting, platform
from checkin.operations.platform import working
from checkin.web import clock
from tests import factories
from tests.web import everything

ROOM = "/figures/platform"
USUAL = {"hours": "decimal", "use-name": "1", "use-mobile": "1", "use-hours": "1"}


@pytest.fixture
def worked(now, cast):
    """Two with 245 and 70 approved minutes; the first lacks a mobile and two of three names."""
    with time_machine.travel(now, tick=False):
        of = factories.opportunity(now, name_ar="تنظيم الحشود", name_en="Crowd lanes")
        people = [("=سارة", None, 245), ("نورة سعد القحطاني", "+966501234567", 70)]
        for name, mobile, minutes in people:
            serve(now, cast, of, factories.person(now, name, mobile=mobile), -300, minutes)
        yield of


def serve(now, cast, of, who, starts: int, minutes: int) -> Attendance:
    """Approved; `starts` minutes from now."""
    shift = factories.shift(now, cast.mataf, of, starts=starts, minutes=minutes)
    factories.assign(shift.starts_at, who, shift)
    factories.check_in(who, cast.poster, shift.starts_at)
    done = factories.check_out(who, shift, shift.ends_at)
    found = db.session.get_one(Attendance, done.attendance_id)
    approvals.approve_many([(found.id, found.row_version)], by=cast.salem.id, now=now)
    return found


def taken_out(browser, kind: str, query: str = "", what: str = "platform") -> bytes:
    answer = browser.send("/exports", what=what, query=query, kind=kind)
    exporting.work_on_waiting(clock.now)
    with browser.get(f"{answer.location}/file") as file:
        assert file.status_code == 200
        return file.data


def lines(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_page_says_what_the_file_holds_and_what_is_missing(layla, worked):
    text = layla.text(ROOM)
    assert "November 2026" in text
    assert "Crowd lanes" in text
    assert "5:15" in text
    assert "each row by itself" in text
    missing = layla.text(f"{ROOM}/missing?what=mobile")
    assert "=سارة" in missing
    assert "نورة" not in missing
    assert "Nothing to enter" in layla.text(f"{ROOM}?period=2025")


def test_a_month_without_hours_gives_way_to_the_last_with_some(layla, worked):
    assert "is approved for" not in layla.text(ROOM)
    for record in db.session.scalars(db.select(Attendance)).all():
        factories.alter(record, work_on=date(2026, 9, 3))
    text = layla.text(ROOM)
    assert "Nothing is approved for November 2026 yet" in text
    assert "5:15" in text
    assert "is approved for" not in layla.text(f"{ROOM}?period=2026-11")


def test_links_and_files_keep_the_month_shown_when_a_newer_one_comes(layla, worked):
    first, second = db.session.scalars(db.select(Attendance).order_by(Attendance.id)).all()
    for record in (first, second):
        factories.alter(record, work_on=date(2026, 9, 3))
    page = layla.get(ROOM).text
    (query,) = set(re.findall(r'name="query" value="([^"]*)"', page))
    assert query == "period=2026-09"
    links = [unescape(link) for link in re.findall(rf'href="({ROOM}[^"]*)"', page)]
    about_days = [link for link in links if not link.endswith("/columns")]
    assert any(link.startswith(f"{ROOM}/lists") for link in about_days)
    assert any("what=mobile" in link for link in about_days)
    assert any(f"opportunity={worked.id}" in link for link in about_days)
    assert all("period=2026-09" in link for link in about_days), about_days
    for address in (f"{ROOM}/lists", f"{ROOM}/missing?what=mobile"):
        assert f"{ROOM}?period=2026-09" in layla.get(address).text, address
    assert f'action="{ROOM}/lists?period=2026-09"' in layla.get(f"{ROOM}/lists").text
    factories.alter(second, work_on=date(2026, 11, 3))
    assert len(lines(taken_out(layla, "csv", query))) == 2


def test_days_that_closed_months_count_elsewhere_say_so(layla, cast, worked, now):
    found = serve(now, cast, worked, factories.person(now), starts=-40 * 24 * 60, minutes=60)
    layla.send("/months/2026-10/closure")
    told = "so the figures of these days are others"
    assert told not in layla.text(f"{ROOM}?period=2026-10")
    db.session.refresh(found)
    approvals.reopen(found.id, found.row_version, words="راجعنا", by=cast.layla.id, now=now)
    for month in ("2026-10", "2026-11"):
        page = layla.get(f"{ROOM}?period={month}").text
        assert told in page, month
        (shown,) = re.findall(r'href="([^"]*)#changes"', page)
        assert "Changed after closing" in layla.text(unescape(shown)), month
    assert told not in layla.text(f"{ROOM}?period=2026")
    assert told not in layla.text(f"{ROOM}?period=2025")


def test_the_file_is_what_the_page_showed(layla, worked):
    heading, *rows = lines(taken_out(layla, "csv"))
    assert heading == [
        *("Name as on the identity card", "Mobile", "Opportunity", "First day", "Last day"),
        *("Hours", "Type of volunteering"),
    ]
    day = "2026-11-22"
    assert rows == [
        ["'=سارة", "", "Crowd lanes", day, day, "4.08", "General"],
        ["نورة سعد القحطاني", "0501234567", "Crowd lanes", day, day, "1.17", "General"],
    ]
    assert lines(taken_out(layla, "csv", "period=2025"))[1:] == []
    notes = db.session.scalars(db.select(AuditEntry).filter_by(act="export.ready"))
    assert [note.facts["rows"] for note in notes] == [2, 0]


def test_the_workbook_has_rows_alone_and_reads_from_the_right(layla, worked):
    heading = {"heading-name": "الاسم", "heading-hours": "الساعات", "word-general": "عام"}
    layla.send(f"{ROOM}/columns", **USUAL, **heading)
    (sheet,) = openpyxl.load_workbook(io.BytesIO(taken_out(layla, "xlsx"))).worksheets
    assert sheet.sheet_view.rightToLeft
    first, *rows = sheet.iter_rows(values_only=True)
    assert first == ("الاسم", "Mobile", "الساعات")
    assert [row[1] for row in rows] == [None, "0501234567"]
    assert rows[0][2] == 4.08, "as it is typed there, and as the text says"


@pytest.mark.parametrize("what", ["platform", "platform_differences"])
@pytest.mark.parametrize("kind", ["jsonl", "pdf"])
def test_a_kind_of_file_that_is_not_offered_is_refused(layla, worked, what, kind):
    answer = layla.send("/exports", what=what, query="", kind=kind)
    assert "Please choose one of the kinds of files" in layla.text(answer.location)
    assert db.session.scalars(db.select(Export)).all() == []


def test_columns_stand_where_they_are_numbered(layla, worked):
    places = {"place-hours": "١", "place-name": "2", "place-mobile": ""}
    layla.send(f"{ROOM}/columns", **{**USUAL, "hours": "whole"}, **places)
    heading, first, _second = lines(taken_out(layla, "csv"))
    assert heading == ["Hours", "Name as on the identity card", "Mobile"]
    assert first[0] == "4"
    layla.send(f"{ROOM}/columns/removal")
    assert len(lines(taken_out(layla, "csv"))[0]) == 7


def test_an_example_is_shown_before_anything_is_saved(layla, worked):
    typed = {**USUAL, "heading-hours": "ساعات", "hours": "clock", "only": "example"}
    page = layla.send(f"{ROOM}/columns", **typed).text
    assert "ساعات" in page
    assert "4:05" in page
    assert len(lines(taken_out(layla, "csv"))[0]) == 7


def test_what_was_typed_stays_when_it_cannot_be(layla, worked):
    typed = {**USUAL, "heading-name": "واحد", "heading-mobile": "واحد"}
    answer = layla.send(f"{ROOM}/columns", **typed)
    assert answer.status_code == 422
    assert "Two columns are called" in answer.text
    assert answer.text.count('value="واحد"') == 2
    answer = layla.send(f"{ROOM}/columns", **{"use-name": "1"})
    assert "Keep the hours" in answer.text
    assert "Nobody has approved hours" not in answer.text


def beside(page: str, field: str) -> str:
    return page.partition(f'id="{field}-error"')[2].partition("</p>")[0]


@pytest.mark.parametrize(
    ("typed", "sentences"),
    [
        ({"place-name": "x"}, {"place-name": "Enter a number from 1 to 99"}),
        ({"place-name": "-1"}, {"place-name": "Enter a number from 1 to 99"}),
        ({"place-name": "0"}, {"place-name": "Enter a number from 1 to 99"}),
        (
            {"place-name": "2", "place-mobile": "٢"},
            {"place-name": "Another column has", "place-mobile": "Another column has"},
        ),
        ({"heading-name": "mobile"}, {"heading-name": "“mobile”", "heading-mobile": "“Mobile”"}),
        ({"heading-name": "رقم", "heading-hours": " رقم "}, {"heading-name": "“رقم”"}),
        (
            {"place-name": "x", "heading-name": "س", "heading-hours": "س"},
            {"place-name": "Enter a number", "heading-name": "“س”", "heading-hours": "“س”"},
        ),
        ({"heading-name": "س" * 61}, {"heading-name": "at most 60"}),
        ({"word-man": "س" * 61}, {"word-man": "at most 60"}),
    ],
)
def test_what_is_wrong_with_a_column_is_told_beside_it(layla, worked, typed, sentences):
    kept = {"place-hours": "7", "heading-gender": "الجنس هناك", "word-woman": "أنثى"}
    for button in ({}, {"only": "example"}):
        answer = layla.send(f"{ROOM}/columns", **{**USUAL, **kept, **typed, **button})
        assert answer.status_code == 422
        page = unescape(answer.text)
        for field, sentence in sentences.items():
            assert sentence in beside(page, field), field
            assert f'aria-describedby="{field}-error"' in page
        for name, value in {**kept, **typed}.items():
            assert re.search(rf'name="{name}" value="{value}"', page), name
    assert len(lines(taken_out(layla, "csv"))[0]) == 7, "nothing was saved"


def test_headings_of_columns_not_ticked_stay_beside_an_example(layla, worked):
    typed = {**USUAL, "heading-gender": "الجنس هناك", "only": "example"}
    page = layla.send(f"{ROOM}/columns", **typed).text
    assert 'name="heading-gender" value="الجنس هناك"' in page
    assert 'name="place-gender" value=""' in page


def test_the_days_typed_count_unless_another_period_was_chosen_then(layla, worked):
    days = "from=2026-11-01&until="
    same = layla.get(f"{ROOM}?period=2026-11&was=2026-11&{days}&campaign=")
    assert same.location == f"{ROOM}?from=2026-11-01&until=2026-11-01"
    other = layla.get(f"{ROOM}?period=2026-10&was=2026-11&{days}")
    assert other.location == f"{ROOM}?period=2026-10"


@pytest.mark.parametrize(
    ("days", "field", "sentence"),
    [
        ("from=2026-11-30&until=2026-11-01", "until", "Change one of them"),
        ("from=2026-11-01&until=", "until", "Fill in both days"),
        ("from=&until=2026-11-01", "from", "Fill in both days"),
        ("from=yesterday&until=2026-11-01", "from", "Enter a date"),
        ("from=2026-11-01&until=1442-02-14", "until", "Choose a day from"),
    ],
)
def test_days_that_cannot_be_are_told_beside_what_was_typed(layla, worked, days, field, sentence):
    for period in ("", "&period=2026-10"):
        answer = layla.get(f"{ROOM}?{days}{period}&opportunity={worked.id}")
        assert answer.status_code == 422
        told = answer.text.partition(f'id="{field}-error"')[2].partition("</p>")[0]
        assert sentence in told
        assert f'aria-describedby="{field}-error"' in answer.text
        for name, typed in parse_qsl(days, keep_blank_values=True):
            assert f'name="{name}" value="{typed}"' in answer.text
        assert f'name="opportunity" value="{worked.id}"' in answer.text
        assert f'name="was" value="{period.partition("=")[2]}"' in answer.text


def test_an_auditor_reads_and_takes_nothing_out(browser_of, cast, worked):
    faisal = browser_of(cast.faisal, kind="staff")
    page = faisal.get(ROOM)
    assert page.status_code == 200
    assert 'action="/exports"' not in page.text
    assert faisal.get(f"{ROOM}/columns").status_code == 403


def test_who_sees_some_places_only_finds_no_such_room(salem, noura, browser_of, cast, worked):
    assert salem.get(ROOM).status_code == 404
    assert browser_of(cast.reem, kind="staff").get(ROOM).status_code == 404
    assert noura.get(ROOM).status_code == 403


# --- the platform's own list -----------------------------------------------------------------

LIST = """اسم المتطوع,رقم الجوال,الفرصة,عدد الساعات
نوره سعد القحطاني,0501234567,تنظيم الحشود,2:00
سارة حسن علي,0509999999,تنظيم الحشود,3
أحمد,0508888888,تنظيم الحشود,كثير
"""


def send(browser, content: str, address: str = f"{ROOM}/lists"):
    """As a browser does; then the thread beside the server has its turn."""
    file = FileStorage(io.BytesIO(content.encode("cp1256")), filename="قائمة.csv")
    boundary, body = encode_multipart({"csrf_token": browser.token(), "file": file})
    answer = browser.post(
        address, data=body, content_type=f"multipart/form-data; boundary={boundary}"
    )
    platform.work_on_waiting(clock.now)
    db.session.rollback()
    return answer


def test_a_list_is_compared_and_nothing_is_changed(layla, worked, database):
    before = everything.content(database)
    shown = send(layla, LIST).location
    page = layla.text(shown)
    assert "Alike on both sides: 0 rows" in page
    assert "1 November 2026 to 30 November 2026" in page
    assert "?from=2026-11-01&amp;until=2026-11-30" in layla.get(shown).text
    assert "نورة سعد القحطاني" in page
    assert "There: " not in page
    assert "−0:50" in page
    assert "=سارة" in layla.text(f"{shown}?show=here")
    assert "سارة حسن علي" in layla.text(f"{shown}?show=there")
    assert "This is no number of hours" in layla.text(f"{shown}?show=faulty")
    after = everything.content(database)
    changed = {table for table in after if after[table] != before[table]}
    assert changed <= {"platform_lists", "platform_lines", "audit_entries", "devices"}


def test_what_differs_and_what_is_still_to_be_entered_are_files(layla, worked):
    shown = send(layla, LIST).location
    query = f"list={shown.rpartition('/')[2]}"
    heading, *rows = lines(taken_out(layla, "csv", query, "platform_differences"))
    assert {row[0] for row in rows} == {
        *("Hours differ", "Only here", "Only on the platform", "Rows with problems")
    }
    (differs,) = (row for row in rows if row[0] == "Hours differ")
    assert differs[heading.index("Hours here")] == "1:10"
    assert differs[heading.index("Hours on the platform")] == "2:00"
    assert differs[heading.index("More here, in minutes")] == "-50"
    only = lines(taken_out(layla, "csv", f"{query}&show=there", "platform_differences"))
    assert [row[2] for row in only[1:]] == ["سارة حسن علي"]


@pytest.mark.parametrize(
    ("there", "missing"),
    [("2:00", {}), ("1.17", {}), ("0:30", {"نورة سعد القحطاني": ("0.67", "0.50")})],
)
def test_only_hours_that_are_missing_there_are_still_to_be_entered(layla, worked, there, missing):
    shown = send(layla, LIST.replace("2:00", there)).location
    query = f"list={shown.rpartition('/')[2]}"
    heading, *rows = lines(taken_out(layla, "csv", query))
    hours, already = heading.index("Hours"), heading.index("Already on the platform")
    found = {row[0]: (row[hours], row[already]) for row in rows}
    assert found == {"'=سارة": ("4.08", ""), **missing}
    assert "only the hours that are missing" in layla.text(shown)


def test_nothing_is_offered_to_be_entered_where_all_of_it_is_there(layla, worked):
    names = "اسم المتطوع,عدد الساعات\nنورة سعد القحطاني,2\n=سارة,5\n"
    page = layla.text(send(layla, names).location)
    assert "All differences, Excel" in page
    assert "Still to be entered there" not in page


def test_what_is_on_one_side_alone_differs_by_all_of_its_hours(layla, worked):
    shown = send(layla, LIST).location
    query = f"list={shown.rpartition('/')[2]}"
    heading, *rows = lines(taken_out(layla, "csv", query, "platform_differences"))
    more = {row[0]: row[heading.index("More here, in minutes")] for row in rows}
    assert more == {
        "Hours differ": "-50",
        "Only here": "245",
        "Only on the platform": "-180",
        "Rows with problems": "",
    }
    assert "+4:05" in layla.text(f"{shown}?show=here")
    assert "−3:00" in layla.text(f"{shown}?show=there")


def test_a_list_of_some_opportunities_shows_those_and_all_when_asked(layla, worked, now, cast):
    with time_machine.travel(now, tick=False):
        other = factories.opportunity(now, name_ar="ضيافة", name_en="Hospitality")
        who = factories.person(now, "هند فهد", mobile="+966507777777")
        serve(now, cast, other, who, starts=-600, minutes=60)
    shown = send(layla, LIST).location
    narrow, wide = layla.text(f"{shown}?show=here"), layla.text(f"{shown}?show=here&of=all")
    assert "=سارة" in narrow
    assert "هند فهد" not in narrow
    assert "only those are compared here: 1 opportunity. Of others, 1 row" in narrow
    assert "Approved here 2 2 5:15" in narrow
    assert "هند فهد" in wide
    assert "Approved here 3 3 6:15" in wide
    assert f"{shown}?of=all" in layla.get(shown).text
    assert "show=there&amp;of=all" in layla.get(f"{shown}?of=all").text
    query = f"list={shown.rpartition('/')[2]}"
    for what in ("platform_differences", "platform"):
        assert "هند فهد" not in taken_out(layla, "csv", query, what).decode()
        assert "هند فهد" in taken_out(layla, "csv", f"{query}&of=all", what).decode()


def test_unknown_columns_are_named_once(layla, worked):
    unknown = "من,كم\nنورة سعد القحطاني,1:10\n"
    asked = layla.get(send(layla, unknown).location).location
    assert asked.endswith("/columns")
    faulty = layla.send(asked, **{"column-0": "name"})
    assert faulty.status_code == 422
    assert "Choose a column for the hours" in faulty.text
    shown = layla.send(asked, **{"column-0": "name", "column-1": "hours"}).location
    assert "Being compared" in layla.text(shown)
    platform.work_on_waiting(clock.now)
    assert "Alike on both sides: 1 row" in layla.text(shown)
    assert "Alike on both sides: 1 row" in layla.text(send(layla, unknown).location)


def test_an_opportunity_called_otherwise_there_is_named(layla, worked):
    shown = send(layla, LIST.replace("تنظيم الحشود", "خدمة الضيوف")).location
    assert "Opportunities with another name there" in layla.text(shown)
    layla.send(f"{shown}/opportunities", **{"name-0": str(worked.id)})
    platform.work_on_waiting(clock.now)
    page = layla.text(shown)
    assert "Opportunities with another name there" not in page
    assert "−0:50" in page
    assert layla.send(f"{shown}/opportunities", **{"name-0": "x"}).location.endswith(shown)


def test_what_is_no_list_is_told_beside_the_file(layla, worked):
    answer = send(layla, "")
    assert answer.status_code == 422
    assert "The file is empty" in answer.text
    assert "Choose a file" in layla.send(f"{ROOM}/lists").text


def test_a_list_that_cannot_be_compared_says_why_and_is_removed(layla, worked, monkeypatch):
    monkeypatch.setattr(working, "MOST_ROWS", 1)
    shown = send(layla, LIST).location
    assert "The file has more than 1 rows" in layla.text(shown)
    layla.send(f"{shown}/removal")
    assert "are removed" in layla.text(shown)
    assert layla.send(f"{ROOM}/lists/999/removal").status_code == 404


def test_an_auditor_reads_what_differs_and_sends_nothing(layla, browser_of, cast, worked):
    shown = send(layla, LIST).location
    faisal = browser_of(cast.faisal, kind="staff")
    page = faisal.get(shown).text
    assert "نورة سعد القحطاني" in page
    assert 'action="/exports"' not in page
    assert "/people/" not in page
    assert send(faisal, LIST).status_code == 403
    assert faisal.get(f"{shown}/columns").status_code == 403
