"""Earlier years: a file is sent, looked at, entered with its source, taken back; who may do it."""

import csv
import io
import json
import re
from datetime import timedelta

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from checkin.database import db
from checkin.models import Attendance, PastTotal
from checkin.operations import approvals, exporting, rates, targets
from checkin.operations.targets import TargetPlan
from checkin.web import clock
from tests import factories
from tests.operations.importing.corpus import workbook
from tests.web.test_figures import card

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


def table_of(page: str, title: str) -> str:
    """The text of the table of this name; empty where there is none."""
    tables = re.findall(r"<table.*?</table>", page, re.DOTALL)
    named = [one for one in tables if re.search(rf"<caption[^>]*>\s*{title}\s*<", one)]
    return re.sub(r"<[^>]+>", " ", named[0]) if named else ""


def test_rows_of_years_that_cannot_be_entered_are_counted_and_told_as_left_out(layla):
    content = "السنة,عدد الساعات,المتطوعون\n2022,1204.5,40\n2021,-3,7\n2026,80,8\n2025,90,9\n"
    address = send(layla, content).location
    page, said = layla.get(address).text, layla.text(address)
    assert "Rows 4 Rows left out 2" in said
    assert "Enter: 2 rows" in said
    entered, left_out = table_of(page, "What would be entered"), table_of(page, "Rows left out")
    assert re.findall(r"20\d\d CE", entered) == ["2025 CE", "2022 CE"]
    assert "Left out" not in entered
    assert "A figure is never below nought" in left_out
    assert "This year is not over" in left_out
    layla.send(f"{address}/entry", seen="")
    assert {one.period for one in lines()} == {"2025", "2022"}


def test_a_list_tells_apart_the_years_it_enters_and_those_left_out(layla):
    people = "الاسم,التاريخ,الساعات\nنورة سعد,2025-03-01,4\nنورة سعد,2026-03-02,3\n"
    address = send(layla, people, kind="attended").location
    page = layla.get(address).text
    assert "2025 CE" in table_of(page, "What would be entered")
    assert "2026 CE" not in table_of(page, "What would be entered")
    assert "2026 CE" in table_of(page, "Years left out")
    assert "Rows left out" not in layla.text(address)


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


def test_a_file_without_headings_asks_what_its_columns_hold(layla):
    address = send(layla, "1437,100,200\n1438,300,400\n").location
    assert address.endswith("/columns")
    fields = {"column-0": "year", "column-1": "hours", "column-2": "volunteers"}
    page = layla.text(layla.send(address, **fields).location)
    assert "1437 AH" in page
    assert "Enter: 2 rows" in page


def test_a_file_of_headings_alone_has_no_rows_of_years(layla):
    said = "No rows of years were found"
    assert said in send(layla, "السنة,عدد الساعات\n").text
    assert said in send(layla, "السنة,عدد الساعات\nالسنة,عدد الساعات\n").text
    book = workbook(("Year", "Hours"), (2022, 5), sheets={"Old": [("Year", "Hours")]})
    address = send(layla, book, "years.xlsx").location
    layla.send(address + "/sheet", sheet="2")
    assert said in layla.text(address)
    assert "No rows with volunteers" in send(layla, "الاسم,التاريخ\n", kind="attended").text


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


def test_rows_that_are_alike_are_told_in_the_preview(layla):
    people = "الاسم,التاريخ,الساعات\nنورة سعد,2022-03-01,4\nنورة سعد,2022-03-01,4\n"
    page = layla.text(send(layla, people, kind="attended").location)
    assert "Rows left out 1" in page
    assert "Of these like another row, which counts once 1" in page
    assert "Like row 2: both are counted once" in page
    assert "missing in its sums" not in page


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


# --- on the dashboard ------------------------------------------------------------------------


def served(cast, now) -> Attendance:
    """Noura's four hours at the Mataf, approved."""
    factories.check_in(cast.noura, cast.poster, cast.shift.starts_at)
    done = factories.check_out(cast.noura, cast.shift, cast.shift.ends_at, beneficiaries=30)
    record = db.session.get_one(Attendance, done.attendance_id)
    later = cast.shift.ends_at + timedelta(hours=1)
    approvals.approve(record.id, record.row_version, by=cast.salem.id, now=later)
    return db.session.get_one(Attendance, record.id, populate_existing=True)


def test_earlier_years_count_by_a_switch_and_are_marked(layla, cast, now):
    record = served(cast, now)
    factories.past_line(now, cast.layla, "2023", approved_minutes=6000, volunteers=40)
    bare = layla.get("/figures").text
    assert "Approved volunteer hours 5" in card(bare, "approved_minutes")
    assert "Imported" not in bare
    page = layla.get("/figures?past=1").text
    hours = card(page, "approved_minutes")
    assert "Approved volunteer hours 105 Imported Of these 100" in hours
    assert "التقرير السنوي" in hours
    people = card(page, "volunteers")
    assert "Volunteers 1" in people
    assert "And 40 of earlier years, who may be the same people" in people
    assert "105:00" in layla.text("/figures?past=1")
    assert record.approved_minutes == 300
    this_year = layla.get("/figures?past=1&period=2026").text
    assert "Imported" not in card(this_year, "approved_minutes")
    assert "No earlier year was imported for exactly this" in this_year
    assert "past=1" in this_year


def test_a_value_says_which_hours_it_does_not_cover(layla, cast, now):
    plan = rates.RatePlan("general", now.date() - timedelta(days=900), 2167, "a source")
    rates.set_rate(plan, by=cast.majed.id, now=now)
    served(cast, now)
    factories.past_line(now, cast.layla, "2023", approved_minutes=6000)
    value = card(layla.get("/figures?past=1").text, "value")
    assert "Hours with a value: 5. Hours without one: 100" in value
    assert "Hours without one" not in card(layla.get("/figures").text, "value")


def test_a_value_with_imported_ones_says_what_each_is_of(layla, cast, now):
    plan = rates.RatePlan("general", now.date() - timedelta(days=900), 2000, "a source", 1500, 2600)
    rates.set_rate(plan, by=cast.majed.id, now=now)
    served(cast, now)
    factories.past_line(now, cast.layla, "2023", approved_minutes=6000, value_halalas=260000)
    factories.past_line(now, cast.layla, "2022", approved_minutes=750)
    text = layla.text("/figures?past=1")
    for said in (
        "Economic return (SAR) 2,700 Between SAR 2,675 and 2,730 Imported Of these 2,600",
        "Imported hours without a value: 12:30",
        "This system alone: Based on SAR 20 per approved hour",
        "Rates and averages are of this system alone.",
    ):
        assert said in text
    assert "2,600" in layla.text("/figures/reports?by=year&past=1").partition("Earlier years")[2]
    heading, first, *_rows = csv.reader(io.StringIO(taken_out(layla, "dashboard", "past=1")))
    row = dict(zip(heading, first, strict=True))
    assert row["Name"] == "Total with imported years"
    assert "التقرير السنوي" in row["Source"]
    lines = taken_out(layla, "dashboard", "past=1", "jsonl").splitlines()
    total = json.loads(lines[0])
    assert (total["valued_minutes"], total["approved_minutes"]) == (6300, 7050)


def test_people_of_several_years_are_said_to_be_of_each_year_by_itself(layla, cast, now):
    factories.past_line(now, cast.layla, "2023", volunteers=1500)
    factories.past_line(now, cast.layla, "2022", approved_minutes=60)
    said = "And 1,500 of earlier years, who may be the same people"
    assert said in card(layla.get("/figures?past=1").text, "volunteers")
    factories.past_line(now, cast.layla, "2021", volunteers=1200)
    people = card(layla.get("/figures?past=1").text, "volunteers")
    assert "And 2,700 of earlier years, each year by itself: whoever came again" in people


def test_a_year_told_of_one_site_alone_says_so_and_is_compared_with_nothing(layla, cast, now):
    fields = {"whom": f"site-{cast.mataf.id}", "source": SOURCE, "volunteers": "3"}
    layla.send(f"{ROOM}/lines/new", period="1438", approved_minutes="100", **fields)
    factories.past_line(now, cast.layla, "1439h", approved_minutes=740_000, volunteers=90)
    alone = f"Told of {cast.mataf.name_en} alone"
    page = layla.get("/figures?period=1438h&past=1").text.translate({0x2068: None, 0x2069: None})
    hours = card(page, "approved_minutes")
    assert f"{alone} · All of it" in hours
    assert alone in card(page, "volunteers")
    assert alone in table_of(page, "Earlier years")
    after = layla.get("/figures?period=1439h&past=1").text
    assert "% more" not in card(after, "approved_minutes")
    assert "Not compared: told of some parts alone" in card(after, "approved_minutes")
    always = layla.text("/figures?past=1").translate({0x2068: None, 0x2069: None})
    assert f"1438 AH: {alone}" in always
    assert "nothing is compared with it" in always
    told = taken_out(layla, "dashboard", "past=1").translate({0x2068: None, 0x2069: None})
    assert f"{alone}\r\n" in told
    mine = layla.text(f"/figures?period=1438h&past=1&site={cast.mataf.id}")
    assert "All of it" in mine
    assert "alone" not in mine.partition("Earlier years")[0]


def test_sites_that_come_to_more_than_everybody_are_remarked(layla, cast):
    content = (
        f"السنة,الموقع,الساعات,المتطوعون\n2022,,100,5\n2022,{cast.mataf.name_ar},80,5\n"
        f"2022,{cast.squares.name_ar},30,4\n2021,,100,5\n2021,{cast.mataf.name_ar},100,5\n"
    )
    said = "2022 CE, Hours: the sites together come to 110:00, more than the 100:00 of everybody"
    address = send(layla, content).location
    page = layla.text(address)
    assert said in page
    assert page.count("the sites together") == 1
    layla.send(f"{address}/entry", seen="")
    assert said in layla.text(ROOM)
    fields = {"whom": f"site-{cast.squares.id}", "source": SOURCE, "volunteers": "6"}
    layla.send(f"{ROOM}/lines/new", period="2021", **fields)
    assert "2021 CE, Volunteers: one site alone has 6, more than the 5" in layla.text(ROOM)


def test_what_nobody_told_is_not_nought_in_the_sum_either(layla, cast, now):
    factories.past_line(now, cast.layla, "2023", approved_minutes=6000)
    page = layla.get("/figures?period=2023&past=1").text
    assert "Not told" in card(page, "beneficiaries")
    together = table_of(page, "Earlier years").partition("Together")[2]
    assert together.replace("Not recorded", "").split() == ["100:00", *"————"]
    lines = taken_out(layla, "dashboard", "period=2023&past=1", "jsonl").splitlines()
    (row,) = [one for one in map(json.loads, lines) if one.get("name") == "Together"]
    assert (row["approved_minutes"], row["beneficiaries"], row["attendances"]) == (6000, None, None)


def test_an_imported_year_can_be_looked_at_by_itself(layla, cast, now):
    factories.past_line(now, cast.layla, "2023", approved_minutes=6000, volunteers=40)
    factories.past_line(now, cast.layla, "2022", approved_minutes=3000)
    goal = {"figure": "hours", "period": "2023", "amount": 80}
    targets.put(TargetPlan(**goal), by=cast.layla.id, now=now)
    bare = layla.get("/figures?period=2023").text
    assert "No data for this period" in bare
    page = layla.get("/figures?period=2023&past=1").text
    assert "No data for this period" not in page
    hours = card(page, "approved_minutes")
    assert "100 Imported All of it" in hours
    assert "more" in hours
    assert "Reached" in hours
    assert "All of it" in card(page, "volunteers")
    assert 'id="value-approved_minutes"' not in page  # no attendance stands behind it
    assert "No data for this period" in layla.get("/figures?period=2019&past=1").text


@pytest.mark.parametrize("year", ["1998", "1370h"])
def test_every_imported_year_that_is_offered_is_found(layla, cast, now, year):
    factories.past_line(now, cast.layla, year, approved_minutes=6000)
    assert f'<option value="{year}">' in layla.get("/figures?past=1").text
    for page in ("", "/sheet", "/reports", "/reports/sheet"):
        assert "100" in layla.text(f"/figures{page}?by=site&period={year}&past=1")


def test_only_who_sees_them_is_offered_earlier_years(layla, salem, cast, now):
    assert "With earlier years" not in layla.get("/figures").text
    assert "/figures/past" in layla.get("/figures").text
    factories.past_line(now, cast.layla)
    assert "With earlier years" in layla.get("/figures").text
    page = salem.get("/figures?past=1").text
    assert "With earlier years" not in page
    assert "/figures/past" not in page


def taken_out(browser, what: str, query: str, kind: str = "csv") -> str:
    fields = {"what": what, "query": query, "kind": kind}
    address = browser.send("/exports", **fields).location
    exporting.work_on_waiting(clock.now)
    with browser.get(f"{address}/file") as file:
        return file.data.decode("utf-8-sig")


def test_programs_know_earlier_years_by_their_key_and_people_by_their_heading(layla, cast, now):
    served(cast, now)
    factories.past_line(now, cast.layla, "1440h", approved_minutes=6000)
    for what, query in (("dashboard", "past=1"), ("report", "by=year&past=1")):
        told = map(json.loads, taken_out(layla, what, query, "jsonl").splitlines())
        years = [(one["year"], one["name"]) for one in told if one.get("table") == "earlier"]
        named = {"1440h": "1440 AH", "this_system": "This system", "together": "Together"}
        assert years == list(named.items())
        heading, *_rows = csv.reader(io.StringIO(taken_out(layla, what, query)))
        assert len(heading) == len(set(heading))
    assert "Imported year" in heading


def test_reports_paper_and_files_carry_the_mark(layla, cast, now):
    served(cast, now)
    factories.past_line(now, cast.layla, "2023", approved_minutes=6000, value_halalas=260000)
    assert "Earlier years stand below the report" in layla.text("/figures/reports?by=site&past=1")
    lacking = layla.text("/figures/reports?by=site&period=2026&past=1")
    assert "No earlier year was imported for exactly this." in lacking
    for address in ("/figures/sheet?past=1", "/figures/reports?by=site&past=1"):
        page = layla.text(address)
        assert "Imported" in page
        assert "105:00" in page
    assert "105:00" in layla.text("/figures/reports/sheet?by=site&past=1")
    for what, query in (("dashboard", "past=1"), ("report", "by=site&past=1")):
        told = taken_out(layla, what, query)
        assert "التقرير السنوي" in told
        assert "2600" in told
    assert "التقرير السنوي" not in taken_out(layla, "dashboard", "")
