"""The national platform's room: what is entered there, its file, its columns, its own list."""

import csv
import io

import openpyxl
import pytest
import time_machine

from checkin.database import db
from checkin.models import Attendance, AuditEntry
from checkin.operations import approvals, exporting
from checkin.web import clock
from tests import factories

ROOM = "/figures/platform"
USUAL = {"hours": "decimal", "use-name": "1", "use-mobile": "1", "use-hours": "1"}


@pytest.fixture
def worked(now, cast):
    """Two with 245 and 70 approved minutes; the first lacks a mobile and two of three names."""
    with time_machine.travel(now, tick=False):
        of = factories.opportunity(now, name_ar="تنظيم الحشود", name_en="Crowd lanes")
        people = [("=سارة", None, 245), ("نورة سعد القحطاني", "+966501234567", 70)]
        for name, mobile, minutes in people:
            who = factories.person(now, name, mobile=mobile)
            shift = factories.shift(now, cast.mataf, of, starts=-300, minutes=minutes)
            factories.assign(now, who, shift)
            factories.check_in(who, cast.poster, shift.starts_at)
            done = factories.check_out(who, shift, shift.ends_at)
            found = db.session.get_one(Attendance, done.attendance_id)
            approvals.approve_many([(found.id, found.row_version)], by=cast.salem.id, now=now)
        yield of


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
    missing = layla.text(f"{ROOM}/missing?what=mobile")
    assert "=سارة" in missing
    assert "نورة" not in missing
    assert "Nothing to enter" in layla.text(f"{ROOM}?period=2025")


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
    assert rows[0][2] == pytest.approx(245 / 60)


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


def test_the_days_typed_count_unless_another_period_was_chosen_then(layla, worked):
    days = "from=2026-11-01&until="
    same = layla.get(f"{ROOM}?period=2026-11&was=2026-11&{days}&campaign=")
    assert same.location == f"{ROOM}?from=2026-11-01&until=2026-11-01"
    other = layla.get(f"{ROOM}?period=2026-10&was=2026-11&{days}")
    assert other.location == f"{ROOM}?period=2026-10"


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
