"""Months: a coordinator closes one after a look, opens it for a reason; others only see it."""

import io
import json
import re
from datetime import timedelta

import openpyxl
import pytest

from checkin.database import db
from checkin.models import Attendance, MonthClosing
from checkin.operations import approvals, exporting, rates, teams
from checkin.operations.figures import OF_VALUE
from checkin.web import clock
from checkin.web.figures import listing
from tests import factories

pytestmark = pytest.mark.usefixtures("at")
ADDRESS = "/months"
OCTOBER = f"{ADDRESS}/2026-10"


@pytest.fixture
def worked(cast, now) -> Attendance:
    return served(cast, now, days=40)


def served(cast, now, days: int) -> Attendance:
    """Four hours, so many days ago."""
    begin = now - timedelta(days=days)
    shift = factories.shift(begin, cast.mataf, factories.opportunity(now))
    factories.assign(begin - timedelta(days=1), cast.noura, shift)
    poster = factories.poster(begin - timedelta(days=1), cast.mataf, shift)
    factories.check_in(cast.noura, poster, begin)
    answer = factories.check_out(cast.noura, shift, begin + timedelta(hours=4), beneficiaries=5)
    return db.session.get_one(Attendance, answer.attendance_id)


def closings() -> list[MonthClosing]:
    return list(db.session.scalars(db.select(MonthClosing)))


def test_closing_is_looked_at_then_done(layla, worked):
    assert "Close the month" in layla.text(ADDRESS)
    page = layla.text(f"{OCTOBER}/closure")
    assert "Close October 2026?" in page
    assert "4:00" in page
    assert layla.send(f"{OCTOBER}/closure").status_code == 303
    page = layla.text(ADDRESS)
    assert "Closed: October 2026" in page
    assert "Open again" in page
    assert layla.get(f"{OCTOBER}/closure").status_code == 303


def test_what_is_approved_later_is_listed_with_its_reference(cast, now, layla, salem, huda, worked):
    layla.send(f"{OCTOBER}/closure")
    approvals.approve(worked.id, worked.row_version, by=cast.layla.id, now=now)
    for reader in (layla, salem):
        page = reader.get(ADDRESS).text
        assert "Changed after closing" in page
        assert f"/figures/attendances/{worked.id}" in page
        assert "+4:00" in page
    assert "Changed after closing" not in huda.text(ADDRESS)


def test_what_is_taken_back_later_stands_below_nought(cast, now, layla, worked):
    approvals.approve(worked.id, worked.row_version, by=cast.layla.id, now=now)
    layla.send(f"{OCTOBER}/closure")
    db.session.refresh(worked)
    approvals.reopen(worked.id, worked.row_version, words="راجعنا", by=cast.layla.id, now=now)
    assert "−4:00" in layla.get(ADDRESS).text
    november = layla.get("/figures?period=2026-11").text
    assert "−4" in november


def taken_back(cast, now, layla, worked) -> None:
    """Approved in October, which is closed; then opened again, which November counts."""
    approvals.approve(worked.id, worked.row_version, by=cast.layla.id, now=now)
    layla.send(f"{OCTOBER}/closure")
    db.session.refresh(worked)
    approvals.reopen(worked.id, worked.row_version, words="راجعنا", by=cast.layla.id, now=now)


def test_who_is_new_is_told_by_the_day_of_work(cast, now, layla, worked):
    """The closed month still counts the one who served in it; by the day of work nobody did."""
    taken_back(cast, now, layla, worked)
    october = layla.text("/figures?period=2026-10")
    assert "All of them had volunteered before." not in october


def test_a_sentence_shares_nothing_where_hours_were_taken_back(cast, now, layla, worked):
    taken_back(cast, now, layla, worked)
    begin = now - timedelta(hours=5)
    shift = factories.shift(begin, cast.squares, factories.opportunity(now))
    factories.assign(begin - timedelta(days=1), cast.noura, shift)
    poster = factories.poster(begin - timedelta(days=1), cast.squares, shift)
    factories.check_in(cast.noura, poster, begin)
    left = factories.check_out(cast.noura, shift, begin + timedelta(hours=2, minutes=50))
    approvals.approve_many(
        [(left.attendance_id, db.session.get_one(Attendance, left.attendance_id).row_version)],
        by=cast.huda.id,
        now=now,
    )
    november = layla.text("/figures?period=2026-11")
    assert "with 3 hours." in november
    assert "% of all" not in november


def taken_out(browser, query: str, kind: str, what: str = "attendances") -> bytes:
    answer = browser.send("/exports", what=what, query=query, kind=kind)
    exporting.work_on_waiting(clock.now)
    with browser.get(f"{answer.location}/file") as file:
        return file.data


@pytest.mark.parametrize(
    ("month", "records", "minutes", "served"),
    [("2026-10", 1, 240, 5), ("2026-11", -1, -240, -5), ("2026", 0, 0, 0)],
)
def test_a_list_and_its_file_add_up_to_the_figure(
    cast, now, layla, worked, month, records, minutes, served
):
    plan = rates.RatePlan("general", worked.work_on, 2000, "a source", 1500, 2600)
    rates.set_rate(plan, by=cast.majed.id, now=now)
    taken_back(cast, now, layla, worked)
    page = layla.get(f"/figures/attendances?of=approved&period={month}").text
    people = "1 volunteer ·" if records > 0 else "0 volunteers ·"
    for part in (f"Hours: {minutes // 60}".replace("-", "−"), people):
        assert part in page.translate({0x2066: None, 0x2069: None})
    assert ("Changed after closing" in page) is bool(records)
    values = {1: ("+80.00", "60.00 to 104.00"), -1: ("−80.00", "−104.00 to −60.00"), 0: ()}
    for part in values[records]:
        assert part in page.translate({0x2066: None, 0x2069: None})
    assert (f"/figures/attendances/{worked.id}" in page) is bool(records)
    query = f"of=approved&period={month}"
    rows = [json.loads(line) for line in taken_out(layla, query, "jsonl").splitlines()]
    assert sum(row["minutes"] for row in rows) == minutes
    assert sum(row["beneficiaries"] for row in rows) == served
    worth = [sum(row[name] for row in rows) for name in OF_VALUE]
    assert worth == [8000 * records, 6000 * records, 10400 * records]
    assert [row["attendance"] for row in rows] == [worked.id] * bool(records)
    moved = [(row["status"], row["counted_on"][:7]) for row in rows]
    assert moved == [("changed_after_closing", "2026-11")] * bool(records)
    book = openpyxl.load_workbook(io.BytesIO(taken_out(layla, query, "xlsx")))
    heading, *_rows, sums = book.worksheets[0].iter_rows(values_only=True)
    assert sums[heading.index("Beneficiaries")] == served


def test_a_long_list_tells_its_later_changes_once(cast, now, layla, worked, monkeypatch):
    monkeypatch.setattr(listing, "PAGE_SIZE", 1)
    taken_back(cast, now, layla, worked)
    for days in (2, 3):
        one = served(cast, now, days)
        approvals.approve(one.id, one.row_version, by=cast.layla.id, now=now)
    address, entry = "/figures/attendances?period=2026-11", f"/figures/attendances/{worked.id}"
    first, second = layla.get(address).text, layla.get(f"{address}&page=2").text
    assert "Changed after closing · 1" in first.translate({0x2066: None, 0x2069: None})
    assert (first.count(entry), second.count(entry)) == (1, 0)
    assert "Changed after closing: 1, on the first page" in layla.text(f"{address}&page=2")
    assert re.search(r'href="/figures/attendances[^"]*#changes"', second)


def test_figures_say_that_their_month_is_closed_and_where_changes_count(cast, now, layla, worked):
    assert "is closed" not in layla.text("/figures?period=2026-10")
    other = served(cast, now, days=41)
    approvals.approve(other.id, other.row_version, by=cast.layla.id, now=now)
    taken_back(cast, now, layla, worked)
    chart = "What was changed in closed months stands in this chart by the day of work."
    said = {
        "2026-10": ["October 2026 is closed", "Later changes of these days that count on other"],
        "2026-11": ["Later changes of closed months counted here: 1"],
        "2026": ["Closed months in these days: 1"],
    }
    for period, lines in said.items():
        for page in ("/figures", "/figures/sheet"):
            shown = layla.text(f"{page}?period={period}")
            assert all(line in shown for line in lines), (period, page)
            others = [one for key in said if key != period for one in said[key]]
            assert not any(line in shown for line in others if line not in lines)
            assert (chart in shown) is (period != "2026-11"), "nothing is drawn where nobody served"


def test_a_report_says_it_below(cast, now, layla, worked):
    taken_back(cast, now, layla, worked)
    for page in ("/figures/reports", "/figures/reports/sheet"):
        shown = layla.text(f"{page}?by=site&period=2026-10")
        assert "October 2026 is closed: its figures stay as they are." in shown
        assert "Later changes of these days that count on other days: 1" in shown
        year = layla.text(f"{page}?by=site&period=2026")
        assert "Closed months in these days: 1" in year
        assert "count on other days" not in year


def test_a_file_of_figures_says_it_too(cast, now, layla, worked):
    taken_back(cast, now, layla, worked)
    file = taken_out(layla, "period=2026-10", "xlsx", "dashboard")
    book = openpyxl.load_workbook(io.BytesIO(file))
    method = [row[1] for row in book["How it is counted"].iter_rows(values_only=True)]
    assert any("October 2026 is closed" in line for line in method)


def test_a_month_is_opened_again_for_a_reason(layla, worked):
    layla.send(f"{OCTOBER}/closure")
    refused = layla.send(f"{OCTOBER}/reopening", reason=" ")
    assert refused.status_code == 422
    refused = layla.send(f"{OCTOBER}/reopening", reason="\u200f")
    assert "Say why the month is opened again" in refused.text
    assert layla.send(f"{OCTOBER}/reopening", reason="نسينا مركزًا").status_code == 303
    (closing,) = closings()
    assert closing.reason == "نسينا مركزًا"
    assert "Close the month" in layla.text(ADDRESS)
    assert layla.get(f"{OCTOBER}/reopening").status_code == 303


def test_who_opened_a_month_again_when_and_why_is_read_beside_who_closed_it(
    layla, salem, majed, cast, worked
):
    layla.send(f"{OCTOBER}/closure")
    assert "Opened again" not in layla.text(ADDRESS)
    layla.send(f"{OCTOBER}/reopening", reason="نسينا مركزًا")
    layla.send(f"{OCTOBER}/closure")
    for reader in (layla, salem, majed):
        table = reader.text(ADDRESS).partition("Opened again")[2]
        said, reason, _rest = table.partition("نسينا مركزًا")
        assert "October 2026" in said
        assert said.count(cast.layla.name) == 2
        assert said.count("22 November 2026") == 2
        assert reason


def test_a_month_that_runs_or_is_none_is_not_closed(layla):
    assert layla.get(f"{ADDRESS}/2026-11/closure").status_code == 404
    assert layla.get(f"{ADDRESS}/2026-13/closure").status_code == 404
    layla.send(f"{ADDRESS}/2026-11/closure")
    assert closings() == []


def test_only_a_coordinator_closes(salem, majed, noura, worked):
    for who in (salem, majed):
        assert "Close the month" not in who.text(ADDRESS)
    for who in (salem, majed, noura):
        assert who.get(f"{OCTOBER}/closure").status_code == 403
        assert who.send(f"{OCTOBER}/closure").status_code == 403
        assert who.send(f"{OCTOBER}/reopening", reason="x").status_code == 403
    assert noura.get(ADDRESS).status_code == 403
    assert closings() == []


def test_what_follows_people_is_said_before_closing_and_listed_after(cast, now, layla, worked):
    approvals.approve(worked.id, worked.row_version, by=cast.layla.id, now=now)
    said = "how many different people there were are told as they are known"
    assert said in layla.text(f"{OCTOBER}/closure")
    layla.send(f"{OCTOBER}/closure")
    assert "Known otherwise since" not in layla.text(ADDRESS)
    team = factories.team()
    teams.join(cast.noura.id, team.id, by=cast.layla.id, now=now + timedelta(minutes=1))
    page = layla.text(ADDRESS)
    assert "Known otherwise since" in page
    assert "Joined a team October 2026" in page


def test_whoever_changes_something_of_a_closed_month_is_told_before_and_after(
    cast, now, layla, worked
):
    said = "October 2026 is closed and keeps its figures. What is changed now counts on 22 November"
    after = "October 2026 is closed, so this counts on 22 November 2026"
    pages = (
        f"/attendances/{worked.id}/review",
        f"/shifts/{worked.shift_id}/approvals",
        f"/figures/attendances/{worked.id}",
    )
    assert not any("is closed" in layla.text(page) for page in pages)
    layla.send(f"{OCTOBER}/closure")
    layla.get(ADDRESS)
    assert all(said in layla.text(page) for page in pages)

    def press(act: str, **values) -> str:
        version = db.session.get(Attendance, worked.id, populate_existing=True).row_version
        sent = {f"{name}-version": version for name in ("reopening", "voiding", "asking")}
        done = layla.send(f"/attendances/{worked.id}/{act}", version=version, **sent, **values)
        return layla.text(done.location)

    assert after not in press("question", **{"asking-words": "متى"}), "nothing counts by it"
    assert after in press("approval")
    assert "+4:00 on 22 Nov, reference 1" in layla.text(pages[2]).translate(
        {0x2066: None, 0x2069: None}
    )
    assert after in press("withdrawal")
    assert after not in press("annulment", **{"voiding-words": "اختبار"}), "it did not count"
    assert after not in press("reopening", **{"reopening-words": "راجعنا"})


def test_approving_all_of_a_closed_months_shift_says_where_it_counts(cast, now, layla, worked):
    layla.send(f"{OCTOBER}/closure")
    address = f"/shifts/{worked.shift_id}/approvals"
    done = layla.send(address, records=f"{worked.id}.{worked.row_version}")
    page = layla.text(done.location)
    assert "Approved 1 record" in page
    assert "October 2026 is closed, so this counts on 22 November 2026" in page


def test_what_waits_again_in_a_closed_month_is_told_apart(cast, now, layla, worked):
    waiting = "/figures/attendances?of=waiting&period=2026-10"
    said = "Waiting again, though their closed month keeps counting them: 1 record"
    assert said not in layla.text(waiting)
    taken_back(cast, now, layla, worked)
    assert said in layla.text(waiting)
    both = "Approved here by the closed month and waiting again, both: 1"
    for page in ("", "/sheet", "/reports", "/reports/sheet"):
        assert both in layla.text(f"/figures{page}?by=site&period=2026-10")
        assert both not in layla.text(f"/figures{page}?by=site&period=2026")
    assert said not in layla.text(waiting.replace("-10", "")), "the year counts it nowhere"
    db.session.refresh(worked)
    approvals.approve(worked.id, worked.row_version, by=cast.layla.id, now=now)
    assert said not in layla.text(waiting)
