"""Prayer times as a coordinator sees a month of them, enters a day and takes it back."""

import re
from datetime import date, timedelta

import pytest

from checkin.database import db
from checkin.domain.prayer import Anchor
from checkin.models import PrayerTime
from checkin.operations import prayers
from checkin.web.i18n import in_language
from checkin.web.prayer_words import anchor_words
from tests import factories

pytestmark = pytest.mark.usefixtures("at")
DAY = "/prayer-times/2026-11-22"


def page_at(browser, address: str) -> str:
    return browser.get(address).get_data(as_text=True).replace("\xa0", " ")


def row_of(page: str, day: str) -> str:
    return re.search(rf'<tr id="day-{day}".*?</tr>', page, re.DOTALL)[0]


def test_a_month_shows_every_day_in_both_calendars(layla):
    page = page_at(layla, "/prayer-times?month=2026-11")
    assert len(re.findall(r'<tr id="day-2026-11-\d\d"', page)) == 30
    assert "November 2026 / Jumada I – Jumada II 1448 AH" in page
    row = row_of(page, "2026-11-22")
    assert 'aria-current="date"' in row
    assert "12 Jumada II" in row
    for time in ("5:17", "6:35", "12:07", "3:16", "5:38", "7:08"):
        assert time in row


def test_the_month_of_today_is_shown_where_none_is_asked_for(layla):
    for address in ("/prayer-times", "/prayer-times?month=2026-13", "/prayer-times?month=soon"):
        assert 'id="day-2026-11-01"' in page_at(layla, address)
    december = page_at(layla, "/prayer-times?month=٢٠٢٦-١٢")
    assert 'id="day-2026-12-31"' in december
    assert "month=2027-01" in december


def test_arabic_comes_first(cast, browser_of):
    page = browser_of(cast.layla, kind="staff").text("/prayer-times?month=2026-11")
    for words in ("مواقيت الصلاة", "الفجر", "الشروق", "العشاء", "12 جمادى الآخرة", "7:08"):
        assert words in page
    assert page.index("جمادى الأولى – جمادى الآخرة 1448هـ") < page.index("نوفمبر 2026م")


def test_what_is_entered_stands_in_the_month_and_what_is_blank_is_calculated(layla):
    assert "Calculated: 7:08" in page_at(layla, DAY)
    saved = layla.send(DAY, isha="19:30", fajr="")
    assert (saved.status_code, saved.location) == (
        303,
        "/prayer-times?month=2026-11#day-2026-11-22",
    )
    row = row_of(page_at(layla, "/prayer-times?month=2026-11"), "2026-11-22")
    assert row.count("data-entered") == 1
    assert "7:30" in row
    assert 'value="19:30"' in page_at(layla, DAY)
    layla.send(DAY, isha="", dhuhr="١٢:٣٠")
    kept = {one.prayer: f"{one.begins:%H:%M}" for one in db.session.scalars(db.select(PrayerTime))}
    assert kept == {"dhuhr": "12:30"}


def test_the_page_says_where_isha_goes_with_maghrib(layla):
    assert "Calculated: 7:08 PM. It moves with Maghrib" in page_at(layla, DAY)
    layla.send(DAY, maghrib="17:45")
    page = page_at(layla, DAY)
    assert "Calculated: 5:38 PM" in page
    assert "Calculated: 7:15 PM. It moves with Maghrib" in page
    assert "7:15" in row_of(page_at(layla, "/prayer-times?month=2026-11"), "2026-11-22")


def test_one_press_leads_back_to_what_is_calculated(cast, layla):
    layla.send(DAY, isha="19:30")
    page = layla.text(DAY)
    assert "Back to the calculated times" in page
    assert cast.layla.name in page
    assert layla.send(f"{DAY}/calculation").status_code == 303
    page = layla.text(DAY)
    assert f'action="{DAY}/calculation"' not in page
    assert "Back to the calculated times: Isha" in re.sub(r"<[^>]+>|\s+", " ", page).replace(
        "  ", " "
    )


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"maghrib": "07:38"}, "Each time must be later than the one before it"),
        ({"isha": "soon"}, "Enter a time, like 16:30"),
        ({"isha": "25:00"}, "Enter a time, like 16:30"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(layla, fields, said):
    refused = layla.send(DAY, dhuhr="12:30", **fields)
    assert refused.status_code == 422
    body = refused.get_data(as_text=True)
    assert said in body
    assert 'value="12:30"' in body
    assert f'value="{next(iter(fields.values()))}"' in body
    assert db.session.scalar(db.select(PrayerTime)) is None


def test_shifts_said_by_the_prayer_move_with_it(cast, now, layla):
    day = date(2026, 11, 22)
    begin, end = prayers.span(day, Anchor("isha", 30), Anchor("fajr", -30), cast.mataf)
    minute = timedelta(minutes=1)
    shift = factories.shift(
        *(now, cast.mataf),
        starts=(begin - now) // minute,
        minutes=(end - begin) // minute,
        starts_prayer="isha",
        starts_offset=30,
        ends_prayer="fajr",
        ends_offset=-30,
    )
    saved = layla.send(DAY, isha="19:30")
    assert "Saved. 1 shift moved with it" in layla.text(saved.location)
    db.session.refresh(shift)
    assert shift.starts_at == prayers.resolve(day, "isha", 30)


@pytest.mark.parametrize("day", ["2026-02-30", "1999-01-01", "2026-1-001", "tomorrow-x"])
def test_what_is_no_day_is_not_found(layla, day):
    assert layla.get(f"/prayer-times/{day}").status_code == 404
    assert layla.send(f"/prayer-times/{day}/calculation").status_code == 404


@pytest.mark.parametrize("who", ["noura", "salem", "majed", "faisal", "reem"])
def test_only_coordinators_enter(cast, browser_of, who):
    browser = browser_of(getattr(cast, who), kind="staff")
    assert browser.get("/prayer-times").status_code == 403
    assert browser.send(DAY, isha="19:30").status_code == 403
    assert db.session.scalar(db.select(PrayerTime)) is None


@pytest.mark.parametrize(
    ("lang", "prayer", "offset", "words"),
    [
        ("en", "isha", 30, "30 minutes after Isha"),
        ("en", "fajr", -90, "1 hour 30 minutes before Fajr"),
        ("en", "asr", 0, "at Asr"),
        ("ar", "isha", 30, "بعد العشاء بـ30 دقيقة"),
        ("ar", "fajr", -120, "قبل الفجر بساعتين"),
        ("ar", "maghrib", 0, "عند المغرب"),
    ],
)
def test_a_time_said_by_a_prayer_in_words(app, lang, prayer, offset, words):
    with app.test_request_context("/"), in_language(lang):
        assert anchor_words(prayer, offset) == words
