"""Earlier years: a file is sent, looked at, entered with its source, taken back; who may do it."""

import io

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from checkin.database import db
from checkin.models import PastTotal
from tests.operations.importing.corpus import workbook

pytestmark = pytest.mark.usefixtures("at")
ROOM = "/figures/past"
SOURCE = "التقرير السنوي 1444هـ"
FILE = "السنة,عدد الساعات,المتطوعون\n2022,1204.5,40\n2021,-3,7\n"


def send(browser, content=FILE, name="years.csv", **fields):
    """As a browser does; the test client itself would leave a large file open."""
    content = content.encode() if isinstance(content, str) else content
    file = FileStorage(io.BytesIO(content), filename=name)
    fields = {"kind": "totals", "source": SOURCE, "csrf_token": browser.token(), **fields}
    boundary, body = encode_multipart({"file": file, **fields})
    return browser.post(
        f"{ROOM}/new", data=body, content_type=f"multipart/form-data; boundary={boundary}"
    )


def lines() -> list[PastTotal]:
    query = db.select(PastTotal).order_by(PastTotal.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def test_a_file_is_looked_at_entered_and_a_year_taken_back(cast, browser_of, layla, majed):
    faisal = browser_of(cast.faisal, kind="staff", lang="en")
    assert "No earlier years yet" in layla.text(ROOM)
    address = send(layla).location
    page = layla.text(address)
    assert "2022 CE" in page
    assert "1,204:30" in page
    assert "A figure is never below nought" in page
    assert "Enter: 1 row" in page
    assert lines() == []
    layla.send(f"{address}/entry", seen="")
    page = faisal.text(ROOM)
    assert SOURCE in page
    assert "years.csv" in page
    assert "Take back" not in page
    assert layla.get(address).location == ROOM
    assert "This file was entered or dropped" in layla.text(ROOM)
    (line,) = lines()
    assert "Take back 2022 CE?" in majed.text(f"{ROOM}/{line.id}/removal")
    majed.send(f"{ROOM}/{line.id}/removal")
    page = layla.text(ROOM)
    assert "Taken back: 2022 CE" not in page
    assert "Taken back or replaced: 1 row" in page
    assert layla.get(f"{ROOM}/{line.id}/removal").status_code == 303


def test_what_goes_is_shown_before_and_must_be_what_went(layla):
    layla.send(send(layla).location + "/entry", seen="")
    first = send(layla).location
    page = layla.text(first)
    assert "Replaces" in page
    assert "Hours so far: 1,204:30" in page
    layla.send(f"{first}/entry", seen="")
    assert "Somebody entered or took back figures meanwhile" in layla.text(first)
    layla.send(f"{first}/entry", seen=str(lines()[0].id))
    assert [one.dropped_at is None for one in lines()] == [False, True]


def test_a_form_keeps_what_was_typed_and_says_what_is_missing(layla):
    answer = send(layla, source=" ", period="غدا")
    assert answer.status_code == 422
    assert "غدا" in answer.text
    assert "This is no year or date that is over" in answer.text
    assert "The file is empty" in send(layla, "  ").text


def test_columns_are_named_where_headings_say_nothing(layla):
    address = send(layla, "س,ص\n2022,12\n").location
    assert address.endswith("/columns")
    refused = layla.send(address, **{"column-0": "year"})
    assert refused.status_code == 422
    assert "one for a figure" in refused.text
    shown = layla.send(address, **{"column-0": "year", "column-1": "volunteers"}).location
    assert "Enter: 1 row" in layla.text(shown)
    assert layla.get(address).status_code == 200
    layla.send(f"{shown}/removal")
    assert layla.get(shown).location == ROOM


def test_another_sheet_is_one_press_away(layla):
    book = workbook(("Year", "Hours"), (2022, 5), sheets={"Old": [("Year", "Hours"), (2019, 7)]})
    address = send(layla, book, "years.xlsx").location
    layla.send(address.replace("/columns", "") + "/sheet", sheet="2")
    layla.send(address, **{"column-0": "year", "column-1": "hours"})
    assert "2019 CE" in layla.text(address.replace("/columns", ""))


def test_a_list_says_whom_it_counted_once_and_which_names_are_unknown(layla):
    people = (
        "الاسم,التاريخ,الساعات,الموقع\nنورة سعد,2022-03-01,4,برج قديم\nنوره سعد,2022-03-02,4,\n"
    )
    page = layla.text(send(layla, people, kind="attended").location)
    assert "People, each counted once 1" in page
    assert "برج قديم" in page
    assert "8" in page


def test_one_year_by_hand(layla, cast):
    page = layla.send(f"{ROOM}/lines/new", period="2024", whom="all-0", source=SOURCE)
    assert page.status_code == 422
    assert "There is no figure here" in page.text
    fields = {"whom": f"site-{cast.mataf.id}", "source": SOURCE, "approved_minutes": "١٬٢٠٠"}
    running = layla.send(f"{ROOM}/lines/new", period="2026", **fields)
    assert "This year is not over" in running.text
    assert layla.send(f"{ROOM}/lines/new", period="1444", **fields).status_code == 303
    shared = layla.send(f"{ROOM}/lines/new", period="2023", **fields)
    assert "It shares days with 1444 AH" in shared.text
    again = layla.send(f"{ROOM}/lines/new", period="1444هـ", **fields)
    assert "This year has figures already" in again.text
    (line,) = lines()
    assert (line.period, line.scope, line.approved_minutes) == ("1444h", "site", 72000)


def test_everybody_sees_their_own_part(cast, browser_of, layla, salem, huda):
    reem = browser_of(cast.reem, kind="staff", lang="en")
    for whom, period in ((f"site-{cast.mataf.id}", "2022"), ("all-0", "2021")):
        fields = {"whom": whom, "period": period, "source": SOURCE, "volunteers": "5"}
        layla.send(f"{ROOM}/lines/new", **fields)
    assert "2022 CE" in salem.text(ROOM)
    assert "2021 CE" not in salem.text(ROOM)
    for stranger in (huda, reem):
        assert "No earlier years yet" in stranger.text(ROOM)
    assert salem.get(f"{ROOM}/new").status_code == 403
