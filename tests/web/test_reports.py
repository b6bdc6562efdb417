"""Reports: what an address means, totals that add up, ways onward, and names for them."""

import re
from datetime import timedelta

import pytest

from checkin.operations import figures, reports
from checkin.operations.figures import Filter
from checkin.operations.permissions import Reach
from tests import factories
from tests.web.test_figures import stay


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
    total = figures.totals(Filter(Reach(everywhere=True)))
    assert (total.approved_minutes, total.beneficiaries, total.volunteers) == (725, 1072, 2)
