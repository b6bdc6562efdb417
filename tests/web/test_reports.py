"""Reports: what an address means, totals that add up, ways onward, and names for them."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest

from checkin.database import db
from checkin.domain.errors import Problem
from checkin.models import Attendance, AuditEntry, Grant, SavedReport, Shift
from checkin.operations import approvals, figures, months, rates, reports, revaluing
from checkin.operations.figures import Dimension, Filter
from checkin.operations.permissions import Reach
from tests import factories
from tests.web.test_figures import stay
from tests.web.test_taking_out import taken_out

EVERYTHING = Filter(Reach(everywhere=True))


@pytest.fixture(autouse=True)
def _later(at, now):
    at.move_to(now + timedelta(hours=8), tick=False)


@pytest.fixture
def season(now, cast):
    """Noura at two sites, a stranger at the squares a year ago and at a course; one that waits."""
    squares = factories.poster(now - timedelta(days=500), cast.squares)
    other = factories.person(now, "أحمد علي الزهراني", gender="man")
    day = timedelta(days=1)
    there = (cast.squares, squares)
    course = factories.opportunity(now, "course", name_ar="دورة", name_en="A course")
    stay(now - 2 * day, cast.noura, cast.mataf, cast.poster, served=1025, by=cast.salem)
    stay(now - day, cast.noura, *there, served=40, minutes=245, by=cast.huda)
    stay(now - 400 * day, other, *there, served=7, by=cast.huda)
    stay(now - 401 * day, other, *there, of=course, by=cast.huda)
    stay(now - 3 * day, other, *there, served=3)


def table(page: str) -> list[list[str]]:
    """The cells of the report, row by row, the total last."""
    (found,) = re.findall(r'<table class="report".*?</table>', page, flags=re.S)
    body = found.partition("</thead>")[2]
    return [
        [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in cells]
        for row in re.findall(r"<tr.*?</tr>", body, flags=re.S)
        if (cells := re.findall(r"<t[hd][^>]*>.*?</t[hd]>", row, flags=re.S))
    ]


def page(browser, query: str) -> str:
    answer = browser.get(f"/figures/reports?{query}")
    assert answer.status_code == 200, query
    return answer.get_data(as_text=True)


def test_a_report_has_subtotals_and_the_total_of_every_other_page(layla, season):
    shown = table(page(layla, "by=site&then=month&show=hours-waiting-beneficiaries-volunteers"))
    assert shown == [
        ["Squares of the Grand Mosque", "8:05", "4:00", "47", "2"],
        ["October 2025", "4:00", "0:00", "7", "1"],
        ["November 2026", "4:05", "4:00", "40", "1"],
        ["Mataf courtyard", "4:00", "0:00", "1,025", "1"],
        ["November 2026", "4:00", "0:00", "1,025", "1"],
        ["Total", "12:05", "4:00", "1,072", "2"],
    ]
    total = figures.totals(EVERYTHING)
    assert (total.approved_minutes, total.beneficiaries, total.volunteers) == (725, 1072, 2)


def test_a_report_says_that_it_is_whole_or_what_it_lacks(layla, season):
    assert "Rows: 5, none is left out." in page(layla, "by=site&then=month")
    # those of the mataf have nothing that waits, and October at the squares has not
    lacking = page(layla, "by=site&then=month&show=waiting")
    assert len(table(lacking)) == 3
    assert "Rows: 2. Left out, because they have none of these figures: 3" in lacking


def totals_of(browser, query: str) -> list[int]:
    """Hours in minutes, beneficiaries and records of the last row."""
    *_rows, last = table(page(browser, f"{query}&show=hours-beneficiaries-attendances"))
    return [number(cell) for cell in last[1:]]


def number(cell: str) -> int:
    """Of minutes where it is a time."""
    hours, colon, minutes = cell.replace(",", "").partition(":")
    return int(hours) * 60 + int(minutes) if colon else int(hours)


def links(html: str, pattern: str = r'<td[^>]*><a href="([^"]+)"') -> list[str]:
    return [link.replace("&amp;", "&") for link in re.findall(pattern, html)]


def outer_and_inner(browser, query: str) -> tuple[list[list[int]], list[list[int]]]:
    """What the outer rows say, and what the rows in each come to."""
    html = page(browser, f"{query}&show=hours-beneficiaries-attendances")
    outer, inner = [], []
    for body in re.findall(r"<tbody>.*?</tbody>", html, flags=re.S):
        first, *rest = [
            [number(re.sub(r"<[^>]+>", "", cell)) for cell in re.findall(r"<td.*?</td>", row)]
            for row in re.findall(r"<tr.*?</tr>", body, flags=re.S)
        ]
        outer.append(first)
        inner.append([sum(column) for column in zip(*rest, strict=True)])
    return outer, inner


# --- figures -----------------------------------------------------------------------------------


def test_by_whatever_it_is_the_rows_come_to_the_total_of_every_page(layla, season):
    total = figures.totals(EVERYTHING)
    wanted = [total.approved_minutes, total.beneficiaries, total.attendances]
    for dimension in Dimension:
        rows = table(page(layla, f"by={dimension}&show=hours-beneficiaries-attendances"))
        *lines, last = [[number(cell) for cell in row[1:]] for row in rows]
        assert last == wanted, dimension
        assert [sum(column) for column in zip(*lines, strict=True)] == wanted, dimension


@pytest.mark.parametrize(
    "query", ["by=site&then=month", "by=hijri_year&then=partner", "by=gender&then=opportunity"]
)
def test_inner_rows_come_to_the_row_they_stand_in(layla, season, query):
    outer, inner = outer_and_inner(layla, query)
    assert outer == inner
    assert [sum(column) for column in zip(*outer, strict=True)] == totals_of(layla, query)


def test_every_number_leads_to_its_records_by_whatever_it_is(layla, season):
    for dimension in Dimension:
        html = page(layla, f"by={dimension}&show=hours")
        shown = [row[1] for row in table(html) if row[1] != "0:00"]
        behind = [layla.text(link) for link in links(html)]
        told = [re.findall(r"Hours: ([\d:,]+)", text)[0] for text in behind]
        assert [clock if ":" in clock else f"{clock}:00" for clock in told] == shown, dimension


def test_an_inner_number_leads_to_the_records_of_both(layla, season):
    html = page(layla, "by=site&then=month&period=1447h&show=attendances-waiting-courses")
    outer, inner = [link for link in links(html) if "of=courses" in link and "&site=" in link]
    assert "from=2025-10-01&until=2025-10-31" in inner
    assert "period=1447h" in outer
    assert ["1 record" in layla.text(link) for link in (outer, inner)] == [True, True]
    html = page(layla, "by=month&then=week&from=2026-11-19&until=2026-11-21&show=attendances")
    assert {link.partition("&back=")[0] for link in links(html)[-2:]} == {
        "/figures/attendances?of=approved&from=2026-11-19&until=2026-11-21"
    }


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("by=month&from=2026-11-19&until=2026-11-21", ["19 November 2026 to 21 November 2026"]),
        ("by=month&from=2026-11-21&until=2026-11-21", ["21 November 2026"]),
        ("by=month&period=2026-11", ["November 2026 Jumada"]),
        ("by=week&period=2026-11", ["15 November 2026 to 21 November 2026"]),
        ("by=year&from=2026-11-01&until=2026-12-31", ["1 November 2026 to 31 December 2026"]),
        (
            "by=month&then=week&from=2026-11-19&until=2026-11-30",
            ["19 November 2026 to 30 November 2026", "19 November 2026 to 21 November 2026"],
        ),
    ],
)
def test_a_row_that_is_cut_is_called_by_its_days(layla, season, query, named):
    rows = [row[0] for row in table(page(layla, f"{query}&show=hours"))][: len(named)]
    assert [row[: len(name)] for row, name in zip(rows, named, strict=True)] == named


def test_a_name_leads_to_the_report_of_that_alone(layla, cast, season):
    html = page(layla, "by=site&then=partner&period=2026")
    first = links(html, r'<th scope="rowgroup"><a href="([^"]+)"')[0]
    assert first == f"/figures/reports?by=partner&period=2026&site={cast.squares.id}"
    assert table(layla.get(first).get_data(as_text=True))[-1][1] == "4:05"
    inner = links(html, r'<th scope="row"><a href="([^"]+)"')[0]
    assert "by=month" in inner
    assert "partner=" in inner


def test_only_rows_with_a_figure_that_is_shown_are_there(layla, season):
    names = {row[0] for row in table(page(layla, "by=service&show=hours"))}
    assert "Courses and meetings" not in names
    names = {row[0] for row in table(page(layla, "by=service&show=hours-courses"))}
    assert "Courses and meetings" in names


def test_lanes_say_where_they_are(layla, cast, now):
    factories.lane_shift(now, cast.mataf)
    shift = db.session.scalars(db.select(Shift).where(Shift.lane_id.is_not(None))).one()
    factories.assign(now, cast.noura, shift)
    factories.check_in(cast.noura, cast.poster, now)
    factories.check_out(cast.noura, shift, now + timedelta(hours=2))
    assert table(page(layla, "by=lane&show=waiting"))[0] == [
        "Lane 7 · Mataf courtyard",
        "2:00",
    ]
    assert table(page(layla, "by=site&then=lane&show=waiting"))[1][0] == "Lane 7"


def test_value_is_not_set_until_a_rate_is_then_adds_up_to_the_halala(cast, layla, now, season):
    html = page(layla, "by=site&show=value")
    assert [row[1] for row in table(html)] == ["— Not set"] * 3
    assert "No rate per hour is set for these hours" in html
    plan = rates.RatePlan("general", now.date() - timedelta(days=900), 2167, "a source")
    rates.set_rate(plan, by=cast.majed.id, now=now)
    html = page(layla, "by=site&show=value")
    assert "No rate held when these hours were approved." in html
    revaluing.recompute(revaluing.preview(), by=cast.majed.id, now=now)
    html = page(layla, "by=site&show=value")
    *rows, total = [row[1] for row in table(html)]
    assert total == "261.85"  # each approval is rounded by itself
    assert sum(Decimal(row) for row in rows) == Decimal(total)
    assert "Based on SAR 21.67 per approved hour" in html


def test_what_was_changed_after_closing_is_counted_and_said(cast, layla, now, season):
    months.close(date(2025, 10, 1), by=cast.layla.id, now=now)
    kept = db.session.scalars(db.select(Attendance).where(Attendance.state == "approved"))
    old = next(one for one in kept if one.work_on.year == 2025 and one.value_halalas is None)
    approvals.reopen(old.id, old.row_version, words="راجعنا", by=cast.layla.id, now=now)
    html = page(layla, "by=month&period=2026-11&show=hours-courses")
    assert "Later changes of closed months counted here: 1" in html
    assert 'href="/months"' in html
    html = page(layla, "by=month&period=2025-10&show=hours-courses")
    assert "Later changes of these days that count on other days: 1" in html
    assert "counted here" not in html


# --- addresses ---------------------------------------------------------------------------------


SENT = "was=+&then=&from=&until=&site=&team=&gender="


@pytest.mark.parametrize(
    ("sent", "short"),
    [
        (f"by=site&period=&{SENT}", "by=site"),
        (f"by=site&period=2026&{SENT}", "by=site&period=2026"),
        ("was=+&by=team&then=gender&period=1447h-09", "by=team&then=gender&period=1447h-09"),
        ("was=+&by=day&period=1447h-hajj", "by=day&period=1447h-hajj"),
        (
            "was=+&by=site&period=days&from=2026-11-01&until=2026-11-30",
            "by=site&from=2026-11-01&until=2026-11-30",
        ),
        (
            "was=+&by=site&period=2026&from=٢٠٢٦-١١-٠١&until=2026-11-30",
            "by=site&from=2026-11-01&until=2026-11-30",
        ),
        (
            "was=2026-11-01+2026-11-30&by=site&period=2026&from=2026-11-01&until=2026-11-30",
            "by=site&period=2026",
        ),
        (
            "was=+&by=site&gender=woman&type=skilled&show=value&show=hours",
            "by=site&type=skilled&gender=woman&show=hours-value",
        ),
        (
            "was=+&by=site&show=hours&show=waiting&show=beneficiaries&show=volunteers"
            "&show=attendances&show=value",
            "by=site",
        ),
    ],
)
def test_the_form_is_answered_by_the_shortest_address(layla, cast, sent, short):
    answer = layla.get(f"/figures/reports?{sent}")
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/figures/reports?{short}"
    again = layla.get(f"/figures/reports?was=+&{short}")
    assert again.headers["Location"] == f"/figures/reports?{short}"


def test_the_form_holds_what_the_address_says(layla, cast, season):
    html = page(layla, f"by=site&then=month&period=1447h-hajj&site={cast.mataf.id}&show=hours")
    chosen = dict(re.findall(r'<select[^>]*name="(\w+)".*?selected value="([^"]*)"', html, re.S))
    assert chosen["by"] == "site"
    assert chosen["then"] == "month"
    assert chosen["period"] == "1447h-hajj"
    assert chosen["site"] == str(cast.mataf.id)
    assert re.findall(r'name="show" value="(\w+)" checked', html) == ["hours"]


@pytest.mark.parametrize(
    "query",
    [
        "by=x",
        "by=site&then=x",
        "by=site&period=2026-13",
        "by=site&period=x",
        "by=site&period=9999h-hajj",
        "by=site&period=0000h-hajj",
        "by=site&show=hours-x",
        "by=site&site=999999",
        "by=site&site=0",
        "by=site&site=x",
        "by=site&site=²",
        "by=site&lane=999999",
        "by=site&opportunity=0",
        "by=site&team=999999",
        "by=site&type=x",
        "by=site&gender=x",
    ],
)
def test_an_address_that_means_nothing_is_not_found(layla, cast, query):
    assert layla.get(f"/figures/reports?{query}").status_code == 404


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("by=site&then=site", "Choose two different things to report by"),
        ("by=site&period=days", "Fill in both days, the first and the last"),
        ("by=site&from=2026-11-01", "Fill in both days, the first and the last"),
        (
            "by=site&from=2026-11-02&until=2026-11-01",
            "The last day lies before the first. Change one of them",
        ),
        ("by=site&from=2026-11-31&until=2026-12-01", "Enter a date, like 2026-11-22"),
        ("by=site&from=2026-11-01&until=0001-01-01", "Choose a day from 1 Jan 2000"),
    ],
)
def test_what_can_be_put_right_is_said_and_nothing_chosen_is_lost(layla, cast, query, sentence):
    answer = layla.get(f"/figures/reports?was=+&show=courses&{query}&site={cast.mataf.id}")
    assert answer.status_code == 422
    html = answer.get_data(as_text=True)
    assert sentence in html
    assert re.findall(r'name="show" value="(\w+)" checked', html) == ["courses"]
    assert f'selected value="{cast.mataf.id}"' in html


def test_too_many_rows_are_refused_with_what_to_do(layla, season, monkeypatch):
    monkeypatch.setattr("checkin.operations.figures.counting.MOST_ROWS", 3)
    answer = layla.get("/figures/reports?by=site&then=month")
    assert answer.status_code == 422
    assert "This report would have more than 3 rows" in answer.get_data(as_text=True)


def test_by_one_thing_a_page_shows_the_first_rows_and_a_file_all(layla, season, monkeypatch):
    monkeypatch.setattr("checkin.operations.figures.counting.MOST_ROWS", 1)
    for module in ("reports", "report_tables"):
        monkeypatch.setattr(f"checkin.web.figures.{module}.MOST_SHOWN", 1)
    for address in ("/figures/reports", "/figures/reports/sheet"):
        shown = layla.get(f"{address}?by=site&show=hours").text
        assert len(table(shown)) == 2, "one row and the total of all"
        assert table(shown)[-1][1] == "12:05"
        assert "Shown: the first 1 of 2 rows. Files hold all; the total is of all" in shown
    file = taken_out(layla, "csv", "by=site", "report").decode("utf-8-sig")
    assert len(file.splitlines()) == 1 + 2 + 1, "headings, both rows, the total"


def test_days_are_said_in_both_calendars(layla, cast, season):
    text = layla.text("/figures/reports?by=day&period=1447h-hajj")
    assert "Hajj 1447 AH" in text
    assert "25 May 2026 to 30 May 2026 / 8 Dhu al-Hijjah 1447 AH to 13 Dhu al-Hijjah 1447" in text
    assert "No data for this period" in text
    text = layla.text("/figures/reports?by=day&from=2026-11-19&until=2026-11-21")
    assert "19 November 2026 to 21 November 2026" in text
    assert "9 Jumada II 1448 AH to 11 Jumada II 1448 AH" in text


def test_reports_begin_where_approved_hours_end(layla, cast, now):
    year = timedelta(days=365)
    poster = factories.poster(now - 3 * year, cast.squares)
    stay(now - 2 * year, cast.noura, cast.squares, poster, by=cast.huda)
    html = page(layla, "")
    ready = links(html.partition("Kept under")[0], r'<li><a href="(/figures/reports\?[^"]+)"')
    assert {link.rpartition("period=")[2] for link in ready} == {"2024", "1445h-09", "1446h"}
    assert re.findall(r'<option selected value="(2\d+)"', html) == ["2024"]
    assert {"2024-11", "1446h-05"} <= set(re.findall(r'value="([^"]+)"', html))


def test_ready_made_reports_open(layla, cast, season):
    html = layla.get("/figures/reports").get_data(as_text=True)
    ready = links(html.partition("Kept under")[0], r'<li><a href="(/figures/reports\?[^"]+)"')
    assert len(ready) == 6
    assert [layla.get(link).status_code for link in ready] == [200] * 6
    assert any("period=1447h-09" in link for link in ready)


def test_arabic_has_its_own_words_and_digits(cast, browser_of, season):
    browser = browser_of(cast.layla, kind="staff")
    browser.set_cookie("prefs", "ar.arab.auto")
    text = browser.text("/figures/reports?by=site&then=month&period=2026")
    for part in ("حسب الموقع ثم الشهر", "صحن المطاف", "١٬٠٦٥", "المجموع", "نوفمبر ٢٠٢٦م"):
        assert part in text


# --- readers -----------------------------------------------------------------------------------


def test_everybody_sees_what_is_theirs(cast, browser_of, season):
    seen = {
        name: totals_of(browser_of(getattr(cast, name), kind="staff", lang="en"), "by=site")[0]
        for name in ("layla", "faisal", "salem", "huda", "reem")
    }
    hours = {"layla": 725, "faisal": 725, "salem": 240, "huda": 485, "reem": 485}
    assert seen == hours


def test_another_site_is_not_found(cast, salem, huda, season):
    assert page(salem, f"by=month&site={cast.mataf.id}")
    assert huda.get(f"/figures/reports?by=month&site={cast.mataf.id}").status_code == 404
    call = db.session.get_one(Shift, cast.shift.id).opportunity_id
    assert huda.get(f"/figures/reports?by=month&opportunity={call}").status_code == 404
    assert str(cast.mataf.name_en) not in huda.text("/figures/reports")


def test_a_partners_reader_finds_the_sites_of_its_members_and_no_other_partner(
    cast, browser_of, season
):
    reem = browser_of(cast.reem, kind="staff", lang="en")
    html = page(reem, "by=site&show=hours")
    assert len(links(html)) == 3
    assert all(reem.get(link).status_code == 200 for link in links(html))
    other = factories.partner("كشافة مكة", "Makkah Scouts", "scouts")
    for address in ("reports?by=site&", "attendances?"):
        assert reem.get(f"/figures/{address}partner={other.id}").status_code == 404
    assert "Makkah Scouts" not in reem.get("/figures/reports").get_data(as_text=True)


def test_volunteers_may_not_enter_and_strangers_are_led_to_the_door(cast, noura, client):
    assert noura.get("/figures/reports").status_code == 403
    assert client.get("/figures/reports").headers["Location"].startswith("/staff/sign-in")


def test_men_and_women_of_the_dashboard_lead_to_their_records(layla, season):
    html = layla.get("/figures").get_data(as_text=True)
    found = set(links(html, r'href="(/figures/attendances\?[^"]*gender=\w+)"'))
    assert {link.rpartition("=")[2] for link in found} == {"man", "unsaid"}
    (men,) = [link for link in found if link.endswith("gender=man")]
    assert "1 record" in layla.text(men)


# --- under a name ------------------------------------------------------------------------------


def test_a_report_is_kept_found_renamed_and_removed(layla, cast, season):
    address = "/figures/reports/new?by=site&then=month&period=2026"
    assert 'value="By site, then by month · 2026 CE"' in layla.get(address).get_data(as_text=True)
    answer = layla.send(address, name="Our year")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/figures/reports?by=site&then=month&period=2026"
    text = layla.text(answer.headers["Location"])
    assert "Our year" in text
    assert "By site, then by month" in text
    row = db.session.scalars(db.select(SavedReport)).one()
    assert layla.send(f"/figures/reports/{row.id}", name="Our months").status_code == 303
    assert "Our months" in layla.text("/figures/reports")
    removal = f"/figures/reports/{row.id}/removal"
    assert "Remove the report “Our months”?" in layla.text(removal)
    assert layla.send(removal).status_code == 303
    assert "Our months" not in layla.text("/figures/reports")
    acts = db.session.scalars(db.select(AuditEntry.act).where(AuditEntry.thing == "report"))
    assert list(acts) == ["report.keep", "report.rename", "report.remove"]


def test_a_name_is_given_once_and_kept_as_typed(layla, salem, cast):
    for browser, status in ((layla, 303), (layla, 422), (salem, 303)):
        answer = browser.send("/figures/reports/new?by=site", name="Sites")
        assert answer.status_code == status
    assert layla.send("/figures/reports/new?by=team", name="Teams").status_code == 303
    answer = layla.send("/figures/reports/new?by=month", name="Teams")
    html = answer.get_data(as_text=True)
    assert "You have a report of this name. Choose another name" in html
    assert 'value="Teams"' in html
    teams = db.session.scalars(db.select(SavedReport).filter_by(name="Teams")).one()
    assert layla.send(f"/figures/reports/{teams.id}", name="Sites").status_code == 422


def test_the_same_report_is_kept_once(layla, cast, now):
    assert layla.send("/figures/reports/new?by=site", name="Sites").status_code == 303
    again = layla.send("/figures/reports/new?by=site", name="All sites")
    assert again.status_code == 422
    assert "You keep this report already, as “Sites”" in again.text
    with pytest.raises(Problem) as refused:
        reports.keep(reports.Naming("All sites"), "by=site", by=cast.layla.id, now=now)
    assert refused.value.code == "report_kept"


def test_the_empty_day_is_the_one_that_is_asked_for(layla):
    for sent, empty in (("from=2026-01-01", "until"), ("until=2026-01-01", "from")):
        html = layla.get(f"/figures/reports?by=site&period=days&{sent}").text
        (field,) = re.findall(r'<input[^>]*aria-invalid="true"[^>]*>', html)
        assert f'name="{empty}"' in field


def test_there_is_a_limit_to_how_many_are_kept(layla, cast, now, monkeypatch):
    monkeypatch.setattr(reports, "MOST", 1)
    assert layla.send("/figures/reports/new?by=site", name="One").status_code == 303
    answer = layla.send("/figures/reports/new?by=team", name="Two")
    assert answer.status_code == 422
    assert "You keep 1 reports. Remove one first" in answer.get_data(as_text=True)
    with pytest.raises(Problem) as refused:
        reports.keep(reports.Naming("Three"), "by=day", by=cast.layla.id, now=now)
    assert refused.value.code == "reports_too_many"


def test_an_address_too_long_to_keep_is_refused(cast, now):
    with pytest.raises(Problem) as refused:
        reports.keep(reports.Naming("x"), "by=" + "x" * 2000, by=cast.layla.id, now=now)
    assert refused.value.code == "report_address_long"


def test_what_a_coordinator_shares_shows_each_reader_their_own(layla, salem, huda, cast, season):
    layla.send("/figures/reports/new?by=site", name="All sites", is_shared="y")
    layla.send(f"/figures/reports/new?by=month&site={cast.mataf.id}", name="Mataf", is_shared="y")
    text = salem.text("/figures/reports")
    assert "All sites" in text
    assert "Shared by ليلى أحمد الحربي" in text
    assert totals_of(salem, "by=site")[0] == 240
    listed = huda.text("/figures/reports")
    assert "All sites" in listed
    assert "Mataf" not in listed
    row = db.session.scalars(db.select(SavedReport).filter_by(name="All sites")).one()
    for door in ("", "/removal"):
        assert salem.get(f"/figures/reports/{row.id}{door}").status_code == 404
        assert salem.send(f"/figures/reports/{row.id}{door}", name="Mine").status_code == 404


def test_only_who_plans_shares(salem, layla, cast):
    assert 'name="is_shared"' not in salem.get("/figures/reports/new?by=site").text
    salem.send("/figures/reports/new?by=site", name="Mine alone", is_shared="y")
    assert not db.session.scalars(db.select(SavedReport)).one().is_shared
    assert "Mine alone" not in layla.text("/figures/reports")


def test_a_kept_report_shows_what_its_owner_may_see_now(salem, cast, now, season):
    salem.send(f"/figures/reports/new?by=month&site={cast.mataf.id}", name="My site")
    kept = links(salem.get("/figures/reports").text, r'href="(/figures/reports\?by=month[^"]+)"')
    assert salem.get(kept[0]).status_code == 200
    grant = db.session.scalars(db.select(Grant).filter_by(person_id=cast.salem.id)).one()
    factories.alter(grant, site_id=cast.squares.id)
    assert salem.get(kept[0]).status_code == 404
    assert "My site" in salem.text("/figures/reports")
