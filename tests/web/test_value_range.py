"""The range of a value: where a rate has one it stands under the value, in every form; else not."""

import csv
import io
import json
from datetime import timedelta

import openpyxl
import pytest
import time_machine

from checkin.database import db
from checkin.models import Attendance
from checkin.operations import approvals, exporting, rates
from checkin.operations.figures import Totals
from checkin.web import clock, value_words
from tests import factories

HOUR = timedelta(hours=1)
BETWEEN = "Between SAR 123 and 225"
METHOD = "The range: each record at the low and at the high end of its rate"
HEADINGS = ["Economic return (SAR)", "At least (SAR)", "At most (SAR)"]
SUMS = [176.98, 122.5, 224.58]


@pytest.fixture(autouse=True)
def at(now):
    with time_machine.travel(now + 8 * HOUR, tick=False):
        yield


@pytest.fixture
def worked(cast, now):
    """Two stays of 4:05, approved at SAR 21.67 an hour; given a range, others say 15 to 27.50."""

    def approved(*ends: int) -> Attendance:
        plan = rates.RatePlan("general", now.date(), 2167, "a source", *ends)
        rates.set_rate(plan, by=cast.majed.id, now=now)
        for name in ("أحمد", "سارة"):
            who, shift = factories.person(now, name), factories.shift(now, cast.mataf, minutes=245)
            factories.assign(now, who, shift)
            factories.check_in(who, cast.poster, now)
            done = factories.check_out(who, shift, shift.ends_at, beneficiaries=30)
            found = db.session.get_one(Attendance, done.attendance_id)
            approvals.approve(found.id, found.row_version, by=cast.salem.id, now=now + 5 * HOUR)
        return found

    return approved


def taken_out(browser, kind: str, what: str, query: str = "") -> bytes:
    answer = browser.send("/exports", what=what, query=query, kind=kind)
    exporting.work_on_waiting(clock.now)
    with browser.get(f"{answer.location}/file") as file:
        return file.data


def test_pages_say_the_range_under_the_value(layla, browser_of, cast, worked):
    one = worked(1500, 2750)
    for address in ("/figures", "/figures/sheet", "/figures/reports?by=site"):
        page = layla.text(address)
        assert BETWEEN in page, address
        assert f"{METHOD}, where it has them, on average SAR 15 to SAR 27.50 an hour" in page
    for address in ("/figures/reports?by=site", "/figures/reports/sheet?by=site"):
        assert layla.text(address).count("123 to 225") == 2, "a row and the total"
    assert BETWEEN not in layla.text("/figures/reports?by=site&show=hours")
    record = layla.text(f"/figures/attendances/{one.id}")
    assert "SAR 88.49, at SAR 21.67 an hour · Between SAR 61.25 and 112.29" in record
    arabic = browser_of(cast.layla, kind="staff", lang="ar").text("/figures")
    assert "بين 123 و225 ر.س" in arabic


@pytest.mark.parametrize(
    ("what", "query"), [("dashboard", ""), ("report", "by=site"), ("attendances", "of=approved")]
)
def test_files_hold_both_ends(layla, worked, what, query):
    worked(1500, 2750)
    book = openpyxl.load_workbook(io.BytesIO(taken_out(layla, "xlsx", what, query)))
    heading, *_rows, sums = book.worksheets[what == "dashboard"].iter_rows(values_only=True)
    assert [sums[heading.index(one)] for one in HEADINGS] == SUMS
    text = taken_out(layla, "csv", what, query).decode("utf-8-sig")
    heading, *rows = csv.reader(io.StringIO(text))
    own = [row for row in rows if what == "attendances" or "Total" in row]
    cells = [[float(row[heading.index(one)]) for one in HEADINGS] for row in own]
    assert [round(sum(column), 2) for column in zip(*cells, strict=True)] == SUMS
    lines = [json.loads(line) for line in taken_out(layla, "jsonl", what, query).splitlines()]
    own = [line for line in lines if line.get("table") in (None, "totals")]
    names = ("value_halalas", "low_halalas", "high_halalas")
    assert [sum(line[name] for line in own) / 100 for name in names] == SUMS
    assert taken_out(layla, "pdf", what, query).startswith(b"%PDF") or what == "attendances"


def test_the_list_behind_a_value_says_what_each_record_is_worth(layla, worked):
    """And comes to the figure that led to it, in the list and in its files."""
    worked(1500, 2750)
    page = layla.text("/figures/attendances?of=approved")
    assert f"{HEADINGS[0]}: 176.98 · {BETWEEN}" in page
    assert page.count("88.49 61.25 to 112.29") == 2
    assert "2 records" in layla.text("/figures/attendances?of=approved&hour=14")
    for query in ("of=waiting", "of=approved&hour=14"):
        assert HEADINGS[0] not in layla.text(f"/figures/attendances?{query}"), query
    heading = taken_out(layla, "csv", "attendances", "of=waiting").decode("utf-8-sig")
    assert not any(one in heading for one in HEADINGS)


def test_what_was_taken_back_lies_between_the_smaller_and_the_larger(app):
    back = Totals(
        -60, value_halalas=-2000, valued_minutes=-60, below_halalas=-500, above_halalas=-600
    )
    with app.test_request_context():
        assert [one.strip("\u2066\u2069") for one in value_words.ends(back)] == ["−26", "−15"]
        assert len(value_words.method(back)) == 3, "no hours are without a rate"


def test_without_a_range_nothing_new_is_seen(layla, worked):
    one = worked()
    for address in ("/figures", "/figures/reports?by=site", f"/figures/attendances/{one.id}"):
        page = layla.text(address)
        assert "SAR" in page
        assert not any(part in page for part in ("Between SAR", METHOD, "177 to")), address
    for what, query in (("dashboard", ""), ("report", "by=site"), ("attendances", "")):
        heading = taken_out(layla, "csv", what, query).decode("utf-8-sig").splitlines()[0]
        assert HEADINGS[0] in heading
        assert not any(one in heading for one in HEADINGS[1:]), what
    (line,) = [
        line
        for line in map(json.loads, taken_out(layla, "jsonl", "dashboard").splitlines())
        if line["table"] == "totals"
    ]
    assert line["low_halalas"] == line["high_halalas"] == line["value_halalas"] == 17698
