"""Rates: an administrator sets them, all with figures see them, valuing anew is shown first."""

import re
from datetime import timedelta

import pytest

from checkin.database import db
from checkin.models import Attendance, Opportunity, Rate, Shift
from checkin.operations import approvals, rates, revaluing
from checkin.operations.figures import Totals
from checkin.operations.revaluing import Revaluation
from checkin.web import clock, value_words
from checkin.web.i18n import in_language
from tests import factories

pytestmark = pytest.mark.usefixtures("at")
ADDRESS = "/rates"
A_RATE = {
    "type": "general",
    "from_on": "2026-01-01",
    "per_hour": "٢١٫٦٧",
    "low": "",
    "high": "",
    "source": "قرار مجلس الإدارة 14",
}


def kept() -> list[Rate]:
    return list(db.session.scalars(db.select(Rate).order_by(Rate.id)))


@pytest.fixture
def approved(cast, now) -> Attendance:
    factories.check_in(cast.noura, cast.poster, now)
    answer = factories.check_out(cast.noura, cast.shift, now, beneficiaries=3)
    one = db.session.get_one(Attendance, answer.attendance_id)
    numbers = {"minutes": 25, "beneficiaries": 3, "reason": "seen"}
    approvals.adjust(one.id, one.row_version, **numbers, by=cast.layla.id, now=now)
    return one


def test_no_rate_is_shipped(layla, majed):
    page = layla.text(ADDRESS)
    assert "No rate per hour is set yet" in page
    assert "Set the rate" not in page
    assert "Set the rate" in majed.text(ADDRESS)


def test_an_administrator_sets_a_rate_in_any_digits_and_all_with_figures_see_it(
    majed, layla, salem, cast
):
    sent = majed.send(ADDRESS, **{**A_RATE, "low": "15", "high": "27.5"})
    assert sent.status_code == 303
    (rate,) = kept()
    assert (rate.halalas_per_hour, rate.low_halalas, rate.high_halalas) == (2167, 1500, 2750)
    assert rate.set_by_id == cast.majed.id
    for reader in (layla, salem):
        page = reader.text(ADDRESS)
        assert "21.67" in page
        assert "15 to 27.50" in page
        assert "قرار مجلس الإدارة 14" in page
        assert "ماجد" in page


def test_a_later_rate_for_the_same_day_replaces_it_and_both_are_seen(majed):
    majed.send(ADDRESS, **A_RATE)
    majed.send(ADDRESS, **{**A_RATE, "per_hour": "30"})
    page = majed.text(ADDRESS)
    assert page.count("Holds") == 1
    assert page.count("Replaced") == 1


def test_of_several_days_one_holds_now_and_the_others_say_for_which_days(majed):
    for day in ("2024-01-01", "2026-03-01", "2027-01-01"):
        majed.send(ADDRESS, **{**A_RATE, "from_on": day})
    page = majed.text(ADDRESS)
    assert (page.count("Holds"), page.count("Not yet")) == (1, 1)
    assert page.count("For work until 28 February 2026") == 1


def test_the_card_says_which_hours_have_no_rate(majed, layla, cast, now, approved):
    """Of two approvals only one lies after the rate's first day."""
    begin = now - timedelta(days=30)
    shift = factories.shift(begin, cast.mataf, factories.opportunity(now))
    factories.assign(begin - timedelta(days=1), cast.noura, shift)
    poster = factories.poster(begin - timedelta(days=1), cast.mataf, shift)
    factories.check_in(cast.noura, poster, begin)
    answer = factories.check_out(cast.noura, shift, begin + timedelta(hours=2), beneficiaries=5)
    early = db.session.get_one(Attendance, answer.attendance_id)
    approvals.approve(early.id, early.row_version, by=cast.layla.id, now=now)
    majed.send(ADDRESS, **{**A_RATE, "from_on": "2026-11-01", "per_hour": "24"})
    revaluing.recompute(revaluing.preview(), by=cast.majed.id, now=now)
    page = layla.text("/figures")
    assert "Based on SAR 24 per approved hour that has a rate · Hours without a rate: 2:00" in page


MORE = "Based on SAR 21.69 per approved hour that has a rate · Hours without a rate: "


@pytest.mark.parametrize(
    ("totals", "said"),
    [
        ({"approved_minutes": -292, "value_halalas": 10700, "valued_minutes": 296}, f"{MORE}−9:48"),
        ({"approved_minutes": 0, "value_halalas": 10700, "valued_minutes": 296}, f"{MORE}−4:56"),
        ({"approved_minutes": 300, "value_halalas": 10700, "valued_minutes": 296}, f"{MORE}0:04"),
        (
            {"approved_minutes": -10, "value_halalas": 500, "valued_minutes": -10},
            "No average an hour can be told of this value",
        ),
        (
            {"approved_minutes": 0, "value_halalas": 500, "valued_minutes": 0},
            "No average an hour can be told of this value",
        ),
        ({"approved_minutes": 60}, "No rate per hour is set for these hours"),
        ({}, "Nothing was approved in this period"),
    ],
)
def test_of_what_was_changed_later_no_rate_is_said_of_hours_without(app, totals, said):
    with app.test_request_context(), in_language("en"):
        told = value_words.note(Totals(**totals))
        assert told.translate({0x2066: None, 0x2069: None}) == said
        assert value_words.warning(Totals(**totals)) is None


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"per_hour": "ten"}, "Enter an amount in riyals, like 21.67"),
        ({"per_hour": "0"}, "Enter an amount above 0 and up to 10,000 riyals"),
        ({"per_hour": ""}, "Fill in: Riyals an hour"),
        ({"low": "15"}, "Give both ends of the range"),
        ({"from_on": "yesterday"}, "Enter a date"),
        ({"source": " "}, "Fill in: Where the figure comes from"),
        ({"type": "golden"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(majed, changed, said):
    refused = majed.send(ADDRESS, **{**A_RATE, **changed})
    assert refused.status_code == 422
    assert said in refused.text
    assert "٢١٫٦٧" in refused.text or "per_hour" in changed
    assert kept() == []


@pytest.mark.parametrize("typed", ["6.99", "115.01", "٥٠٠"])
def test_an_amount_never_published_is_asked_about_once_and_not_refused(majed, typed):
    asked = majed.send(ADDRESS, **{**A_RATE, "per_hour": typed})
    assert asked.status_code == 422
    read = {"6.99": "6.99", "115.01": "115.01", "٥٠٠": "500"}[typed]
    said = f"That is SAR {read} an hour. Published figures lie between SAR 7 and SAR 115."
    assert said in asked.text
    assert kept() == []
    (looked_at,) = re.findall(r'name="looked_at"[^>]* value="(\d+)"', asked.text)
    other = majed.send(ADDRESS, **{**A_RATE, "per_hour": "900", "looked_at": looked_at})
    assert other.status_code == 422, "another amount is another question"
    again = majed.send(ADDRESS, **{**A_RATE, "per_hour": typed, "looked_at": looked_at})
    assert again.status_code == 303
    assert [rate.halalas_per_hour for rate in kept()] == [int(looked_at)]


@pytest.mark.parametrize("typed", ["7", "115"])
def test_a_published_amount_is_not_asked_about(majed, typed):
    assert majed.send(ADDRESS, **{**A_RATE, "per_hour": typed}).status_code == 303


def test_the_page_says_how_a_wrong_rate_is_replaced(majed):
    assert "A wrong one is replaced: set the right one for the same type" in majed.text(ADDRESS)


def test_valuing_anew_warns_of_an_unusual_average_before_it_is_done(majed, approved):
    majed.send(ADDRESS, **A_RATE)
    page = majed.text(f"{ADDRESS}/revaluation")
    assert "An hour of theirs afterwards, on average SAR 21.67" in page
    assert "look at the rates again" not in page
    majed.send(ADDRESS, **{**A_RATE, "per_hour": "600", "looked_at": "60000"})
    page = majed.text(f"{ADDRESS}/revaluation")
    assert "An hour of theirs afterwards, on average SAR 600" in page
    assert "On average an hour is worth SAR 600. Published figures lie between" in page


def test_only_an_administrator_sets_rates_and_values_anew(layla, salem, noura):
    for who, code in ((layla, 403), (salem, 403), (noura, 403)):
        assert who.send(ADDRESS, **A_RATE).status_code == code
        assert who.get(f"{ADDRESS}/revaluation").status_code == code
        assert who.send(f"{ADDRESS}/revaluation").status_code == code
    assert noura.get(ADDRESS).status_code == 403


def test_valuing_anew_shows_the_amounts_and_then_does_exactly_that(majed, approved):
    majed.send(ADDRESS, **{**A_RATE, "per_hour": "24"})
    page = majed.get(f"{ADDRESS}/revaluation").text
    assert "Records that would change" in page
    assert "SAR 10" in page
    assert "Their value now Not set" in majed.text(f"{ADDRESS}/revaluation")
    seen = dict(re.findall(rf'name="({"|".join(Revaluation._fields)})" value="(\d+)"', page))
    assert seen == {
        "attendances": "1",
        "before_halalas": "0",
        "after_halalas": "1000",
        "closed": "0",
        "low_halalas": "1000",
        "high_halalas": "1000",
        "losing": "0",
        "losing_minutes": "0",
    }
    assert "The range of it" not in page
    assert majed.send(f"{ADDRESS}/revaluation", **seen).status_code == 303
    under_way(majed)
    assert revaluing.work_on_waiting(clock.now) == 1
    one = db.session.get(Attendance, approved.id, populate_existing=True)
    assert one.value_halalas == 1000
    assert "Nothing would change" in majed.text(f"{ADDRESS}/revaluation")
    page = majed.text(f"/figures/attendances/{approved.id}")
    assert "SAR 10, at SAR 24 an hour · Valued anew after the approval" in page
    assert re.search(r"Source: .* · Set by .* on", page)
    figures = majed.text("/figures")
    assert "Based on SAR 24 per approved hour" in figures
    assert "valued anew" not in figures


def under_way(majed) -> None:
    """Said wherever a value stands; nothing else is begun meanwhile."""
    page = majed.text(ADDRESS)
    assert "Approvals are being valued anew" in page
    assert "0 of 1" in page
    assert "Show what would change" not in page
    assert majed.get(f"{ADDRESS}/revaluation").status_code == 303
    assert "Set the rate when that is done" in majed.send(ADDRESS, **A_RATE).text
    for address in ("/figures", "/figures/sheet", "/figures/reports?by=site"):
        assert "Until that ends, values are partly the old ones" in majed.text(address)


def test_valuing_anew_shows_the_range_it_would_give(majed, approved):
    majed.send(ADDRESS, **{**A_RATE, "per_hour": "24", "low": "18", "high": "30"})
    page = majed.text(f"{ADDRESS}/revaluation")
    assert "Their value afterwards SAR 10 The range of it SAR 7.50 to SAR 12.50" in page


def test_hours_lose_their_value_only_when_that_is_said_to_be_meant(majed, cast, approved):
    majed.send(ADDRESS, **A_RATE)
    revaluing.recompute(revaluing.preview(), by=cast.majed.id, now=clock.now())
    shift = db.session.get_one(Shift, approved.shift_id)
    factories.alter(db.session.get_one(Opportunity, shift.opportunity_id), type="skilled")
    page = majed.get(f"{ADDRESS}/revaluation").text
    assert "Would lose their value" in page
    assert "1, with 0:25 hours" in page
    seen = dict(re.findall(rf'name="({"|".join(Revaluation._fields)})" value="(\d+)"', page))
    refused = majed.send(f"{ADDRESS}/revaluation", **seen)
    assert refused.status_code == 422
    assert "Set their rate first, or say it is meant" in refused.text
    assert revaluing.under_way() is None
    assert majed.send(f"{ADDRESS}/revaluation", **seen, meant="y").status_code == 303
    assert revaluing.work_on_waiting(clock.now) == 1
    assert db.session.get(Attendance, approved.id, populate_existing=True).value_halalas is None


def test_what_changed_meanwhile_is_shown_again_and_not_done(majed, approved):
    majed.send(ADDRESS, **A_RATE)
    old = {"attendances": 1, "before_halalas": 0, "after_halalas": 1, "closed": 0}
    old |= {"low_halalas": 1, "high_halalas": 1, "losing": 0, "losing_minutes": 0}
    majed.send(f"{ADDRESS}/revaluation", **old)
    assert "Look at the amounts again" in majed.text(f"{ADDRESS}/revaluation")
    assert majed.send(f"{ADDRESS}/revaluation", attendances="x").status_code == 422
    one = db.session.get(Attendance, approved.id, populate_existing=True)
    assert one.value_halalas is None
    assert rates.is_set()
