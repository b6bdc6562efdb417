"""The figures' pages: what is shown to whom, and the way from a figure to its scans."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
import time_machine
from sqlalchemy import event

from checkin.database import db
from checkin.models import Attendance, Campaign, Opportunity, Shift
from checkin.operations import approvals, figures
from checkin.operations.figures import Filter, Grouping, proof
from checkin.operations.permissions import Reach
from checkin.web.charts import Columns, Mark
from checkin.web.figures import cards, charts, listing
from checkin.web.figures.narrowing import Wanted
from checkin.web.figures.periods import Period
from tests import factories
from tests.pages import plain


@pytest.fixture(autouse=True)
def _clock(now):
    with time_machine.travel(now + timedelta(hours=8), tick=False):
        yield


def stay(now, who, site, poster, *, of=None, served=None, minutes=240, by=None) -> Attendance:
    """Somebody works a shift; `by` then approves it."""
    shift = factories.shift(now, site, of, minutes=minutes)
    factories.assign(now, who, shift)
    factories.check_in(who, poster, now)
    done = factories.check_out(who, shift, shift.ends_at, beneficiaries=served)
    attendance = db.session.get_one(Attendance, done.attendance_id)
    if by is not None:
        later = now + timedelta(hours=5)
        approvals.approve(attendance.id, attendance.row_version, by=by.id, now=later)
    return attendance


@pytest.fixture
def season(now, cast):
    """Noura at two sites, a stranger at the squares, a course last year, and one that waits."""
    squares = factories.poster(now - timedelta(days=500), cast.squares)
    other = factories.person(now, "أحمد علي الزهراني")
    day = timedelta(days=1)
    return {
        "mataf": stay(
            now - 2 * day, cast.noura, cast.mataf, cast.poster, served=1025, by=cast.salem
        ),
        "squares": stay(
            now - day, cast.noura, cast.squares, squares, served=40, minutes=245, by=cast.huda
        ),
        "other": stay(now - 400 * day, other, cast.squares, squares, served=7, by=cast.huda),
        "course": stay(
            now - 401 * day,
            other,
            cast.squares,
            squares,
            of=factories.opportunity(now, "course", name_ar="دورة", name_en="A course"),
            by=cast.huda,
        ),
        "waiting": stay(now - 3 * day, other, cast.squares, squares, served=3),
    }


def counters(page: str) -> list[str]:
    """The big figures in the order of the page."""
    return re.findall(r'id="value-\w+">([^<]*)', page)


def card(page: str, key: str) -> str:
    """All that stands with one big figure."""
    (found,) = re.findall(rf'data-figure="{key}">(.*?)</article>', page, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", found).split())


def rows(page: str, caption: str) -> list[list[str]]:
    """The cells of the table with this caption."""
    (table,) = re.findall(rf"<caption[^>]*>{caption}</caption>.*?</table>", page, flags=re.S)
    body = table.partition("<tbody>")[2]
    return [
        [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in cells]
        for row in re.findall(r"<tr.*?</tr>", body, flags=re.S)
        if (cells := re.findall(r"<t[hd][^>]*>.*?</t[hd]>", row, flags=re.S))
    ]


def offered(page: str, name: str) -> list[str]:
    """What can be chosen by this name."""
    chooser = re.findall(rf'<select[^>]* name="{name}">(.*?)</select>', page, flags=re.S)
    return re.findall(r'<option value="([^"]*)"', "".join(chooser))


def links(page: str, pattern: str) -> list[str]:
    return [unescape(link) for link in re.findall(pattern, page, flags=re.S)]


def test_a_coordinator_sees_every_figure_with_what_waits_apart(layla, season):
    page = layla.get("/figures").get_data(as_text=True)
    assert counters(page) == ["12:05", "1,072", "2", "3", "3", "1"]
    assert "4 waiting for approval" in card(page, "approved_minutes")
    assert "3 waiting for approval" in card(page, "beneficiaries")
    for key in ("volunteers", "attendances", "opportunities"):
        assert "1 waiting for approval" in card(page, key)
    assert "waiting" not in card(page, "course_attendances")


def test_tables_end_with_the_total_that_the_figures_show(layla, season):
    page = layla.get("/figures").get_data(as_text=True)
    for caption in ("By site", "By service", "By partner", "By month"):
        *_lines, last = rows(page, caption)
        assert last == ["Total", "12:05", "4:00", "1,072", "2", "3"]
    assert [row[0] for row in rows(page, "By site")] == [
        "Squares of the Grand Mosque",
        "Mataf courtyard",
        "Total",
    ]


def test_months_are_named_in_both_calendars(layla, season):
    names = [row[0] for row in rows(layla.get("/figures").get_data(as_text=True), "By month")]
    assert names[1] == "November 2026 Jumada I – Jumada II 1448 AH"


def test_a_year_can_be_chosen_in_either_calendar(layla, season):
    years = ["2026", "2025", "1448h", "1447h"]
    months = ["2026-11", "2025-10", "1448h-06", "1447h-04"]
    page = layla.get("/figures").get_data(as_text=True)
    assert offered(page, "period") == ["", *years, *months]
    shown = {
        year: counters(layla.get(f"/figures?year={year}").get_data(as_text=True)) for year in years
    }
    assert shown["2026"] == shown["1448h"] == ["8:05", "1,065", "1", "2", "2", "0"]
    assert shown["2025"] == shown["1447h"] == ["4", "7", "1", "1", "1", "1"]


def test_years_without_records_are_not_offered(layla, cast, season, now):
    stay(now - timedelta(days=2000), cast.noura, cast.mataf, cast.poster, by=cast.salem)
    page = layla.get("/figures").get_data(as_text=True)
    years = [one for one in offered(page, "period") if "-" not in one]
    assert years == ["", "2026", "2025", "2021", "1448h", "1447h", "1442h"]
    nothing = layla.get("/figures?year=2023")
    assert nothing.status_code == 200
    assert "No data for this period" in nothing.text


@pytest.mark.parametrize("period", ["2025-10", "1447h-04", "2025"])
def test_the_choice_of_a_period_stands_at_the_one_shown(layla, season, period):
    page = layla.get(f"/figures?period={period}").get_data(as_text=True)
    assert re.findall(r'<option value="([^"]*)" selected', page) == [period]


def test_days_out_of_all_years_are_called_by_themselves(layla, season):
    page = layla.get("/figures?from=2025-10-01&until=2025-10-31").get_data(as_text=True)
    (shown,) = re.findall(r'<option value="days" selected>([^<]+)', page)
    assert shown == "1 October 2025 to 31 October 2025"
    assert f"{shown} · All years" not in page
    assert 'aria-current="page">All years' not in page


@pytest.mark.parametrize(
    "address",
    [
        "/figures?year=1949",
        "/figures?year=1369h",
        "/figures?year=2101",
        "/figures?year=x",
        "/figures?period=2026-13",
        "/figures?period=9999",
        "/figures?month=0001-01",
        "/figures?month=9999-12",
        "/figures?campaign=999999",
        "/figures/attendances?of=all",
        "/figures/attendances?site=x",
        "/figures/attendances?site=²",
        "/figures/attendances?site=999999",
        "/figures/attendances?service=999999",
        "/figures/attendances?month=2026-13",
        "/figures/attendances?page=0",
        "/figures/attendances?page=2",
        "/figures/attendances/999999",
    ],
)
def test_an_address_that_means_nothing_is_not_found(layla, season, address):
    assert layla.get(address).status_code == 404


PLACES = (
    *("/figures?", "/figures/sheet?", "/figures/attendances?of=approved&"),
    *("/figures/reports?by=site&", "/figures/reports/sheet?by=site&"),
)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("days", "said"),
    [
        ("from=0001-01-01&until=9999-12-31", "Choose a day from 1 Jan 2000"),
        ("from=2021-01-01&until=9999-12-31", "Choose a day from 1 Jan 2000"),
        ("from=2026-05-10&until=2026-05-01", "The last day lies before the first"),
        ("from=2026-05-10", "Fill in both days"),
        ("from=2026-05-10&until=x", "Enter a date"),
    ],
)
def test_days_that_cannot_be_are_said_clearly(layla, season, place, days, said):
    answer = layla.get(f"{place}{days}")
    assert (answer.status_code, said in plain(answer)) == (422, True)


def test_however_many_days_are_asked_for_nothing_is_but_where_records_are(layla, season):
    everything = counters(layla.get("/figures").text)
    assert counters(layla.get("/figures?from=2000-01-01&until=2100-12-31").text) == everything
    some = counters(layla.get("/figures?from=2026-01-01&until=2100-12-31").text)
    assert some == counters(layla.get("/figures?period=2026").text)
    for place in PLACES:
        assert layla.get(f"{place}from=2000-01-01&until=2100-12-31").status_code == 200


def test_every_figure_leads_to_the_records_behind_it(layla, season):
    page = layla.get("/figures").get_data(as_text=True)
    links = re.findall(r'<a class="figure-value" href="([^"]+)"', page)
    texts = [layla.text(link.replace("&amp;", "&")) for link in links]
    assert "3 records · Hours: 12:05 · 1,072 beneficiaries" in texts[0]
    assert ["3 records" in text for text in texts] == [True] * 5 + [False]
    assert "A course" in texts[5]
    (waiting,) = set(re.findall(r'<a href="([^"]+)">[\d:,]+ waiting', page))
    assert "1 record · Hours: 4 · 3 beneficiaries" in layla.text(waiting.replace("&amp;", "&"))


def test_a_line_leads_to_its_own_records(layla, cast, season):
    page = layla.get("/figures").get_data(as_text=True)
    for table in ("By site", "By service", "By partner", "By month"):
        (block,) = re.findall(rf"<caption[^>]*>{table}</caption>.*?</table>", page, flags=re.S)
        counts = [row[-1] for row in rows(page, table)][:-1]
        lines = links(block, r'<th scope="row"><a href="([^"]+)"')
        for link, count in zip(lines, counts, strict=True):
            shown = layla.text(link)
            assert f"{count} record" in shown


def test_every_number_of_a_chart_leads_to_its_records(layla, season):
    page = layla.get("/figures?period=2026").get_data(as_text=True)
    (block,) = re.findall(
        r'<table class="numbers">\s*<caption[^>]*>Hours by .*?</table>', page, re.S
    )
    links = re.findall(r'href="([^"]+)"', block)
    shown = [layla.text(link.replace("&amp;", "&")) for link in links]
    assert [re.findall(r"(\d) records? · Hours: ([\d:]+)", text) for text in shown] == [
        [("1", "4")],
        [("1", "4:05")],
    ]


def test_days_of_a_year_are_compared_with_as_many_before(layla, season):
    page = layla.get("/figures?period=2026&from=2026-11-19&until=2026-11-20").text
    assert "Compared with 17 November 2026 to 18 November 2026" in page
    assert "None before" in card(page, "attendances")


def test_a_week_that_the_year_cuts_is_called_by_its_days_left(layla, season):
    page = layla.get("/figures?period=2026&from=2026-11-17&until=2026-12-31").text
    assert rows(page, "Hours by day")[0][0].startswith("20 Nov")
    weeks = rows(layla.get("/figures?from=2025-10-16&until=2026-11-20").text, "Hours by week")
    assert weeks[-1][0].startswith("15 Nov")
    assert "20 Nov" in weeks[-1][0]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        # of two days, then of weeks from one October to the next November, each month once
        ("from=2026-11-20&until=2026-11-21", ["20", "21"]),
        ("", ["Nov", "Dec", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep"]),
    ],
)
def test_time_is_named_below_its_columns(layla, season, query, named):
    drawn = layla.get(f"/figures?{query}").text.partition('class="plot"')[2].partition("</div>\n<")
    shown = re.findall(r"<text[^>]*>([^<]+)</text>", drawn[0])
    assert [one for one in shown if one != "Oct"][: len(named)] == named


def test_of_many_months_only_the_years_are_named(app):
    days = [figures.Day(date(2024, 1, 1), 60, 0, 1), figures.Day(date(2026, 6, 1), 60, 0, 1)]
    asked = Wanted(Filter(Reach(everywhere=True)), Period(), [], {})
    with app.test_request_context():
        drawn = charts.by_month(days, asked)
    assert drawn.ticks == ((0.5, "2024"), (12.5, "2025"), (24.5, "2026"))


@pytest.mark.parametrize(("marks", "breadth"), [(1, 1.33), (2, 2.67), (6, 8), (31, 8)])
def test_few_columns_are_no_blocks(marks, breadth):
    drawn = Columns("", "", (), [Mark("", 1, "1")] * marks)
    assert drawn.breadth == breadth


def test_courses_alone_are_no_empty_page(layla, cast, season):
    page = layla.get("/figures?service=0").text
    assert "No data for this period" not in page
    assert "1" in card(page, "course_attendances")


def test_men_women_and_unsaid_end_with_all_volunteers(layla, season):
    page = layla.get("/figures").text
    (foot,) = re.findall(
        r"<caption[^>]*>Men and women</caption>.*?<tfoot>(.*?)</tfoot>", page, re.S
    )
    assert re.findall(r"<td data-numeric>([^<]+)<", foot) == ["2", "12:05", "3"]


def test_the_nought_of_a_scale_has_the_readers_digits(cast, browser_of, season):
    browser = browser_of(cast.layla, kind="staff")
    browser.set_cookie("prefs", "ar.arab.auto")
    scale = browser.get("/figures").text.partition('class="plot-scale">')[2].partition("</div>")[0]
    assert "<span>٠</span>" in scale


def test_a_campaign_narrows_every_figure(layla, season, now):
    campaign = factories.keep(Campaign(name_ar="برا بمكة", name_en="Kindness in Makkah"))
    call = db.session.get_one(Shift, season["mataf"].shift_id).opportunity_id
    factories.alter(db.session.get_one(Opportunity, call), campaign_id=campaign.id)
    proof.recompute()
    page = layla.get(f"/figures?campaign={campaign.id}").get_data(as_text=True)
    assert counters(page)[1:4] == ["1,025", "1", "1"]
    assert "Kindness in Makkah" in page
    (link,) = set(re.findall(r'<a class="figure-value" href="([^"]+of=approved[^"]*)"', page))
    assert "1 record ·" in layla.text(link.replace("&amp;", "&"))


def test_a_year_is_compared_with_the_same_days_before(layla, season):
    page = layla.get("/figures?period=2026").get_data(as_text=True)
    assert "Compared with 1 January 2025 to 22 November 2025" in page
    assert "\u2068100%\u2069 more" in card(page, "attendances")
    assert "As many as before" in card(page, "volunteers")
    assert "Compared" not in layla.text("/figures")


def test_a_season_is_compared_with_that_of_the_year_before(layla, cast, now):
    """Each season of 1447 with twice the hours of 1446, and a day that only its month holds."""
    poster, today = factories.poster(now - timedelta(days=700), cast.squares), now.date()
    hours = {date(2025, 3, 2): 2, date(2026, 3, 19): 4, date(2025, 6, 9): 3, date(2026, 5, 25): 6}
    for day, length in {**hours, date(2026, 5, 24): 1, date(2026, 2, 17): 1}.items():
        then = now - (today - day)
        stay(then, cast.noura, cast.squares, poster, minutes=length * 60, by=cast.huda)
    seasons = ["1447h-hajj", "1447h-09", "1446h-hajj", "1446h-09"]
    assert [key for key in offered(layla.get("/figures").text, "period") if key in seasons] == (
        seasons
    )
    told = {
        "1447h-hajj": ("6", "4 June 2025 to 9 June 2025 (Hajj 1446 AH)"),
        "1447h-09": ("4", "1 March 2025 to 29 March 2025 (Ramadan 1446 AH)"),
    }
    for key, (own, compared) in told.items():
        page = layla.get(f"/figures?period={key}").text
        assert counters(page)[0] == own
        assert f"Compared with {compared}." in page
        assert "\u2068100%\u2069 more" in card(page, "approved_minutes")
        (link,) = links(page, r'data-figure="attendances".*?<a class="figure-value" href="([^"]+)')
        assert "1 record ·" in layla.text(link)


def test_a_record_shows_its_scans_and_decisions(layla, cast, season):
    address = f"/figures/attendances/{season['mataf'].id}"
    listed = layla.get("/figures/attendances?of=approved").get_data(as_text=True)
    assert f'href="{address}?back=' in listed
    text = layla.text(address)
    for part in ("Check-in", "Check-out", "Printed code", "سالم عوض الغامدي", "1,025"):
        assert part in text
    assert f"/attendances/{season['mataf'].id}/review" in layla.get(address).get_data(as_text=True)


def test_an_auditor_sees_the_scans_and_cannot_decide(cast, browser_of, season):
    page = browser_of(cast.faisal, kind="staff").get(f"/figures/attendances/{season['mataf'].id}")
    assert page.status_code == 200
    assert "/review" not in page.get_data(as_text=True)


def test_a_supervisor_sees_the_own_site_only(cast, browser_of, season):
    salem = browser_of(cast.salem, kind="staff", lang="en")
    page = salem.get("/figures").get_data(as_text=True)
    assert counters(page)[:4] == ["4", "1,025", "1", "1"]
    assert "Squares of the Grand Mosque" not in plain(salem.get("/figures"))
    assert salem.get(f"/figures/attendances/{season['mataf'].id}").status_code == 200


def test_another_supervisor_does_not_find_them(cast, browser_of, season):
    huda = browser_of(cast.huda, kind="staff", lang="en")
    assert huda.get(f"/figures/attendances/{season['mataf'].id}").status_code == 404
    assert huda.get(f"/figures/attendances?site={cast.mataf.id}").status_code == 404


def test_a_partners_reader_sees_its_members_only(cast, browser_of, season):
    reem = browser_of(cast.reem, kind="staff", lang="en")
    assert counters(reem.get("/figures").get_data(as_text=True))[:4] == ["8:05", "1,065", "1", "2"]
    assert reem.get(f"/figures/attendances/{season['other'].id}").status_code == 404


@pytest.mark.parametrize("address", ["/figures", "/figures/attendances", "/figures/attendances/1"])
def test_volunteers_may_not_enter(cast, browser_of, season, address):
    assert browser_of(cast.noura).get(address).status_code == 403


def test_a_stranger_is_led_to_the_staff_door(client):
    answer = client.get("/figures")
    assert (answer.status_code, answer.headers["Location"][:14]) == (303, "/staff/sign-in")


def test_nothing_yet_says_what_will_appear(cast, layla):
    text = layla.text("/figures")
    assert "No data for this period" in text
    assert "Hours appear here once a supervisor approves them." in text
    assert "No data for this period" in layla.text("/figures/attendances?hour=4")


def test_arabic_has_its_own_words_and_digits(cast, browser_of, season):
    browser = browser_of(cast.layla, kind="staff")
    browser.set_cookie("prefs", "ar.arab.auto")
    text = browser.text("/figures")
    for part in ("الساعات التطوعية المعتمدة", "١٬٠٧٢", "نوفمبر ٢٠٢٦م", "بانتظار الاعتماد: ٣"):
        assert part in text


def test_long_lists_come_in_pages(now, cast, layla, monkeypatch, season):
    monkeypatch.setattr("checkin.web.figures.listing.PAGE_SIZE", 2)
    first, second = (layla.text(f"/figures/attendances?page={page}") for page in (1, 2))
    assert "Page 1 of 2" in first
    assert "أحمد علي الزهراني" in second
    assert "نورة" not in second


def test_the_page_asks_few_questions(layla, season):
    asked = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    layla.get("/figures")
    about = [question for question in asked if "attendances" in question]
    # the days there are, the years of them by the sums and by the records; what is kept, of all
    # and of five tables; what waits, of all of these at once; months that a Hijri year cuts in two;
    # days, hours, and who was new
    assert len(about) == 13


def test_the_page_shows_what_the_one_definition_says(layla, season):
    """One definition: nobody adds up figures in a second place."""
    everything = Filter(Reach(everywhere=True))
    total = figures.totals(everything)
    shown = counters(layla.get("/figures").get_data(as_text=True))
    assert shown[:4] == [
        f"{total.approved_minutes // 60}:{total.approved_minutes % 60:02}",
        f"{total.beneficiaries:,}",
        str(total.volunteers),
        str(total.attendances),
    ]
    assert len(figures.by(Grouping.SITE, everything)) == 2


def test_a_period_without_hours_is_worth_nothing_not_unknown(layla, season):
    page = layla.get("/figures?period=2026-11").get_data(as_text=True)
    assert "No rate per hour is set for these hours" in card(page, "value")
    day = season["waiting"].work_on.isoformat()
    empty = card(layla.get(f"/figures?from={day}&until={day}").get_data(as_text=True), "value")
    assert "Economic return (SAR) 0 Nothing was approved in this period" in empty


def test_hours_taken_back_draw_no_bars(app):
    lines = [charts.Told("Mataf", -240, "/"), charts.Told("Squares", 60, "/")]
    with app.test_request_context("/figures", headers={"Accept-Language": "en"}):
        bars, reading = charts.most_first(lines, "")
        none = charts.most_first(lines[:1], "")
        assert cards.change(-4, 10) == cards.change(10, -4) == ""
    assert [(bar.text, bar.value) for bar in bars] == [("Squares", 60)]
    assert "100%" not in reading
    assert "took hours away from others" in reading
    assert none == (
        [],
        "Later changes of closed months took away more hours than were approved.",
    )


def test_bars_say_how_many_they_leave_out(app):
    lines = [charts.Told(f"Site {number}", 60, "/") for number in range(charts.MOST_BARS + 3)]
    with app.test_request_context("/figures", headers={"Accept-Language": "en"}):
        *bars, rest = charts.most_first(lines, "")[0]
    assert len(bars) == charts.MOST_BARS
    assert (rest.text, rest.shown) == ("All others (3)", "3:00")


def test_new_and_returning_lead_to_their_own_records(layla, cast, season, now):
    stay(now - timedelta(days=40), cast.noura, cast.mataf, cast.poster, by=cast.salem)
    page = layla.get("/figures?type=general").text
    (block,) = re.findall(
        r"<caption[^>]*>New and returning volunteers</caption>(.*?)</table>", page, flags=re.S
    )
    told = re.findall(r'<a href="([^"]+who=(\w+)[^"]*)">(\d+)</a>', block)
    assert [who for _link, who, _number in told] == ["new", "new", "returning"]
    tapped = links(page, r'<a href="([^"]+)" tabindex="-1">')
    for link, _who, number in told:
        assert f"· {number} volunteer" in layla.text(unescape(link))
        assert unescape(link) in tapped
    returning = layla.text(unescape(told[-1][0]))
    assert "2 records · Hours: 8:05" in returning
    assert cast.noura.name in returning
    for query in ("who=new&period=2026", "who=x&period=2026-11"):
        assert layla.get(f"/figures/people?{query}").status_code == 404


@pytest.mark.parametrize("asked", ["", "period=2026-11", "month=2026-11", "type=general"])
def test_all_others_lead_to_the_report_that_names_them(
    now, cast, layla, season, monkeypatch, asked
):
    monkeypatch.setattr(charts, "MOST_BARS", 1)
    gate = factories.site(now)
    poster = factories.poster(now - timedelta(days=9), gate)
    stay(now - timedelta(days=4), cast.noura, gate, poster, by=cast.layla)
    page = layla.get(f"/figures?{asked}").text
    link, *_others = links(page, r'<a href="([^"]+)">All others \(2\)</a>')
    assert link.startswith("/figures/reports?by=site")
    report = layla.text(link)
    assert ("Squares of the Grand Mosque" in report, "Mataf courtyard" in report) == (True, True)
    assert re.search(r'id="value-approved_minutes">([^<]*)', page)[1] in report


def test_what_has_no_partner_is_not_passed_over(app):
    lines = [charts.Told("No partner", 540, "/", is_named=False), charts.Told("Ajyad", 60, "/")]
    with app.test_request_context("/figures", headers={"Accept-Language": "en"}):
        _bars, reading = charts.most_first(lines, "")
    assert "No partner" in reading
    assert "Ajyad" in reading
    assert "10%" in reading


def test_a_box_without_hours_says_so(layla, season):
    day = season["waiting"].work_on.isoformat()
    text = layla.get(f"/figures?from={day}&until={day}").get_data(as_text=True)
    assert "No hours were approved; what waits stands in the table." in text


# --- choosing a part -------------------------------------------------------------------------


def test_a_part_is_chosen_and_taken_away_again(layla, cast, season):
    sent = f"/figures?was=1&period=2026&site={cast.mataf.id}&service=&partner=&campaign="
    short = layla.get(sent)
    assert short.status_code == 303
    assert short.headers["Location"] == f"/figures?period=2026&site={cast.mataf.id}"
    page = layla.get(short.headers["Location"]).text
    assert counters(page)[:4] == ["4", "1,025", "1", "1"]
    (without,) = links(page, r'class="chips".*?href="([^"]+)"')
    assert without == "/figures?period=2026"
    assert "Mataf courtyard" in page.partition('class="chips"')[2].partition("</ul>")[0]
    assert 'class="chips"' not in layla.get(without).text


def test_what_is_not_offered_is_kept_by_the_form(layla, cast, season):
    page = layla.get("/figures?gender=woman&from=2026-11-01&until=2026-11-30").text
    kept = dict(re.findall(r'type="hidden" name="(gender|from|until|was)" value="([^"]+)"', page))
    assert kept == {"gender": "woman", "from": "2026-11-01", "until": "2026-11-30", "was": "1"}
    chips = links(page, r'<li><a href="([^"]+)"><span><bdi')
    assert chips == ["/figures?gender=woman", "/figures?from=2026-11-01&until=2026-11-30"]
    sent = "/figures?was=1&gender=woman&from=2026-11-01&until=2026-11-30&period="
    assert layla.get(f"{sent}days").headers["Location"] == (
        "/figures?gender=woman&from=2026-11-01&until=2026-11-30"
    )
    assert layla.get(f"{sent}2026").headers["Location"] == "/figures?gender=woman&period=2026"


def test_only_what_is_known_stays_in_the_address(layla, season):
    sent = "/figures?was=1&_external=1&_scheme=ftp&_anchor=x&period=2026"
    assert layla.get(sent).headers["Location"] == "/figures?period=2026"


def test_everybody_chooses_among_their_own(cast, browser_of, layla, season):
    sites = offered(layla.get("/figures").text, "site")
    assert sorted(sites) == sorted(["", str(cast.squares.id), str(cast.mataf.id)])
    salem = browser_of(cast.salem, kind="staff", lang="en").get("/figures").text
    reem = browser_of(cast.reem, kind="staff", lang="en").get("/figures").text
    assert str(cast.squares.id) not in offered(salem, "site")
    assert offered(reem, "partner") == []


# --- from a number to its records, and back ----------------------------------------------------


def test_days_lead_to_the_records_of_these_days_alone(layla, season):
    page = layla.get("/figures?from=2026-11-20&until=2026-11-20").text
    assert counters(page)[3] == "1"
    for link in links(page, r'<a class="figure-value" href="([^"]+of=approved[^"]*)"'):
        assert "1 record ·" in layla.text(link)
    page = layla.get("/figures?from=2025-10-18&until=2026-11-20").text
    for caption in ("By month", "Hours by week"):
        (block,) = re.findall(rf"<caption[^>]*>{caption}</caption>.*?</table>", page, flags=re.S)
        link = links(block, r'<th scope="row"><a href="([^"]+)"')[-1]
        assert "until=2026-11-20" in link
        assert "1 record ·" in layla.text(link)


@pytest.mark.parametrize("chart", ["By hour of day", "The week by day and hour"])
def test_every_hour_leads_to_the_minutes_it_shows(layla, season, chart):
    page = layla.get("/figures").text
    (block,) = re.findall(rf"<caption[^>]*>{chart}</caption>.*?</table>", page, flags=re.S)
    told = re.findall(r'<a href="([^"]+)">[^<]+</a></th><td data-numeric>([^<]+)<', block)
    assert len(told) > 4
    for link, hours in told:
        shown = layla.get(unescape(link)).text
        assert f"Approved time in this hour: {hours}" in shown
        number, own = re.findall(r"(\d) records? ·", shown), re.findall(r"of it ([\d:]+)", shown)
        assert number == [str(len(own))]
        assert sum(map(in_minutes, own)) == in_minutes(hours)
    drawn = links(page.partition(f'aria-label="{chart}"')[0], r'<a href="([^"]+hour=\d[^"]*)" tab')
    assert {unescape(link) for link, _hours in told} <= set(drawn)


def test_of_very_many_in_an_hour_the_latest_are_listed(layla, season, monkeypatch):
    page = layla.get("/figures").text
    (block,) = re.findall(r"<caption[^>]*>By hour of day</caption>.*?</table>", page, flags=re.S)
    shown = {one: layla.text(one) for one in links(block, r'<th scope="row"><a href="([^"]+)"')}
    counts = {one: int(re.search(r"(\d) records? ·", text)[1]) for one, text in shown.items()}
    link = max(counts, key=counts.get)
    number = counts[link]
    every = re.findall(r"of it [\d:]+", shown[link])
    monkeypatch.setattr(listing, "MOST_IN_HOUR", number - 1)
    few = layla.text(link)
    assert f"More than {number - 1} records, the latest of them here" in few
    assert re.findall(r"of it [\d:]+", few) == every[:-1]
    monkeypatch.setattr(listing, "MOST_IN_HOUR", number)
    assert f"{number} records ·" in layla.text(link)


def in_minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


@pytest.mark.parametrize(
    "query",
    ["hour=24", "hour=4&weekday=7", "weekday=7", "weekday=1", "hour=x", "hour=4&of=waiting"],
)
def test_an_hour_that_there_is_not_is_not_found(layla, season, query):
    assert layla.get(f"/figures/attendances?{query}").status_code == 404


def test_what_waits_leads_to_its_records_from_every_table(layla, season):
    page = layla.get("/figures").text
    for caption in ("By site", "By service", "By partner", "By month"):
        (block,) = re.findall(rf"<caption[^>]*>{caption}</caption>.*?</table>", page, flags=re.S)
        line, total = links(block, r'<a href="([^"]+of=waiting[^"]*)"')
        for link in (line, total):
            assert "1 record · Hours: 4 ·" in layla.text(link)


def test_what_waits_of_courses_leads_to_it_too(layla, cast, season, now):
    course = factories.opportunity(now, "course", name_ar="لقاء", name_en="A meeting")
    stay(now - timedelta(days=4), cast.noura, cast.mataf, cast.poster, of=course)
    page = layla.get("/figures").text
    assert "1 waiting for approval" in card(page, "course_attendances")
    (link,) = set(links(page, r'<a href="([^"]+of=courses_waiting[^"]*)"'))
    shown = layla.text(link)
    assert "1 record" in shown
    assert "A meeting" in shown


def test_a_list_says_that_what_was_imported_is_not_in_it(layla, cast, season, now):
    factories.past_line(now, cast.layla, "2020")
    for switch, told in (("?past=1", True), ("", False)):
        page = layla.get(f"/figures{switch}").text
        link = links(page, r'<a class="figure-value" href="([^"]+of=approved[^"]*)"')[0]
        assert ("no records, so this list lacks them" in layla.text(link)) is told


def test_back_is_the_page_as_it_was(layla, cast, season, monkeypatch):
    monkeypatch.setattr("checkin.web.figures.listing.PAGE_SIZE", 1)
    came = f"/figures?period=2026&partner={cast.noura.partner_id}"
    page = layla.get(came).text
    listed = links(page, r'<a class="figure-value" href="([^"]+of=approved[^"]*)"')[0]
    (following,) = links(layla.get(listed).text, r'href="([^"]+)"[^>]*rel="next"')
    second = layla.get(following).text
    assert links(second, r'class="back" href="([^"]+)"') == [came]
    (record,) = links(second, r'<th scope="row"><a href="(/figures/attendances/\d+\?[^"]+)"')
    (back,) = links(layla.get(record).text, r'class="back" href="([^"]+)"')
    again = layla.get(back).text
    assert "Page 2 of 2" in again
    assert links(again, r'class="back" href="([^"]+)"') == [came]


def test_back_is_the_report_it_was_reached_from(layla, season):
    report = "/figures/reports?by=site&then=month&period=2026&show=attendances"
    listed = links(layla.get(report).text, r'<td><a href="([^"]+)"')[0]
    page = layla.get(listed).text
    (back,) = re.findall(r'class="back" href="([^"]+)".*?<span>([^<]+)</span>', page, flags=re.S)
    assert (unescape(back[0]), back[1]) == (report, "Report")
    (record,) = set(links(page, r'href="(/figures/attendances/\d+\?[^"]+)"'))
    (again,) = links(layla.get(record).text, r'class="back" href="([^"]+)"')
    assert links(layla.get(again).text, r'class="back" href="([^"]+)"') == [report]


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example/", "/\\evil"])
def test_back_never_leads_elsewhere(layla, season, elsewhere):
    for path in ("/figures/attendances", f"/figures/attendances/{season['mataf'].id}"):
        page = layla.get(path, query_string={"back": elsewhere}).text
        assert links(page, r'class="back" href="([^"]+)"') == ["/figures"]
