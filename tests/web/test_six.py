"""Page, PDF, workbook, text, JSON lines and command: one set of figures, whatever was done."""

import json
from datetime import timedelta

import pytest
import time_machine

from checkin.cli import main
from checkin.database import db
from checkin.models import Attendance, Rate
from checkin.operations import approvals, exporting
from checkin.web import clock
from tests import factories
from tests.load import six

HOUR = timedelta(hours=1)
RATES = {"general": 2167, "skilled": 4001, "professional": 9050}


@pytest.fixture
def worked(now, cast):
    """Work of two types at odd minutes and rates, a course, and somebody who waits."""
    for type_, halalas in RATES.items():
        rate = Rate(type=type_, from_on=now.date(), halalas_per_hour=halalas, source="a test")
        rate.set_by_id, rate.set_at = cast.majed.id, now
        db.session.add(rate)
    db.session.commit()
    course = factories.opportunity(now, kind="course")
    calls = [None, factories.opportunity(now, type="skilled"), None, course, None]
    with time_machine.travel(now + 8 * HOUR, tick=False):
        for number, call in enumerate(calls):
            who = factories.person(now, f"متطوع {number}")
            shift = factories.shift(now, cast.mataf, call, minutes=241 + 7 * number)
            factories.assign(now, who, shift)
            factories.check_in(who, cast.poster, now)
            served = {} if call is course else {"beneficiaries": 1000 + number}
            done = factories.check_out(who, shift, shift.ends_at, **served)
            if number < 4:
                found = db.session.get_one(Attendance, done.attendance_id)
                shown = [(found.id, found.row_version)]
                approvals.approve_many(shown, by=cast.salem.id, now=now + 5 * HOUR)
        yield


@pytest.fixture
def told(app, tmp_path, monkeypatch, capsys):
    """What the command says of the same database."""
    monkeypatch.setenv("CHECKIN_DATABASE_URL", app.config["DATABASE_URL"])
    monkeypatch.setenv("CHECKIN_INSTANCE_PATH", str(tmp_path / "instance"))

    def told(*arguments: str) -> str:
        assert main(["report", "totals", "--json", *arguments]) == 0
        return capsys.readouterr().out

    return told


@pytest.fixture
def file_of(layla):
    def file_of(kind: str, query: str = "") -> bytes:
        answer = layla.send("/exports", what="dashboard", query=query, kind=kind)
        exporting.work_on_waiting(clock.now)
        with layla.get(f"{answer.location}/file") as file:
            assert file.status_code == 200
            return file.data

    return file_of


def test_six_sets_are_equal_to_the_minute_and_the_riyal(layla, worked, file_of, told):
    found = six.sets(layla.get("/figures").text, file_of, told())
    page = found["page"]
    assert (page["volunteers"], page["attendances"], page["courses"]) == (3, 3, 1)
    assert page["hours"] == 241 + 248 + 255
    halalas = [241 * 2167, 248 * 4001, 255 * 2167]
    assert page["value"] == (sum((one + 30) // 60 for one in halalas) + 50) // 100
    assert {name: one for name, one in found.items() if one != page} == {}


def test_a_year_narrows_all_six(layla, worked, file_of, told):
    year, nothing = clock.now().year, dict.fromkeys(six.FIELDS, 0)
    query = f"period={year}"
    now = six.sets(
        layla.get(f"/figures?{query}").text,
        lambda kind: file_of(kind, query),
        told("--year", str(year)),
    )
    assert len({tuple(one.values()) for one in now.values()}) == 1
    assert six.of_command(told("--year", "1999")) == nothing != now["page"]


def test_earlier_years_count_in_every_file_where_the_page_counts_them(
    layla, cast, now, worked, file_of, told
):
    factories.past_line(now, cast.layla)
    page, query = layla.get("/figures?past=1").text, "past=1"
    found = six.sets(page, lambda kind: file_of(kind, query), told())
    ours = found.pop("command")
    assert found["page"]["hours"] == ours["hours"] + 36000
    assert [name for name, one in found.items() if one != found["page"]] == []
    lines = [json.loads(line) for line in file_of("jsonl", query).splitlines()]
    years = [line["approved_minutes"] for line in lines if line["table"] == "earlier"]
    assert years == [36000, ours["hours"], 36000 + ours["hours"]]


def test_a_set_that_differs_is_seen(layla, worked, file_of, told):
    """The control: one minute more in the records than in the sums, or another riyal."""
    known = six.of_command(told())
    lines = file_of("jsonl").replace(b'"approved_minutes":744', b'"approved_minutes":745', 1)
    assert six.of_json_lines(lines) != known
    assert six.of_text(file_of("csv").replace(b"12:24", b"12:25", 1)) != known
