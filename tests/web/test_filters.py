"""Numbers, times, days, lengths, mobiles and names as Arabic and English readers see them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
import time_machine
from flask import render_template_string
from markupsafe import Markup

from checkin.web import filters, i18n
from checkin.web.digits import num
from tests.web.reader import reader, reading_app

AFTERNOON = datetime(2026, 11, 22, 10, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _at():
    with time_machine.travel(AFTERNOON, tick=False):
        yield


def riyadh(text):
    return datetime.fromisoformat(f"{text}+03:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("value", "decimals", "latin", "arabic"),
    [
        (0, 0, "0", "٠"),
        (7, 0, "7", "٧"),
        (77_337, 0, "77,337", "٧٧٬٣٣٧"),
        (1_234_567, 0, "1,234,567", "١٬٢٣٤٬٥٦٧"),
        (147.4, 1, "147.4", "١٤٧٫٤"),
        (147.4, 0, "147", "١٤٧"),
        (2.5, 0, "3", "٣"),
        (Decimal("0.05"), 1, "0.1", "٠٫١"),
        (62, 1, "62.0", "٦٢٫٠"),
        (-15, 0, "\u2066−15\u2069", "\u2066−١٥\u2069"),
        (-0.2, 0, "0", "٠"),
    ],
)
def test_numbers(value, decimals, latin, arabic):
    for lang in ("ar", "en"):
        with reader(lang, "latn"):
            assert num(value, decimals) == latin
        with reader(lang, "arab"):
            assert num(value, decimals) == arabic


@pytest.mark.parametrize(
    ("local", "long_ar", "short_ar", "english"),
    [
        ("2026-11-22T13:05", "1:05 مساءً", "1:05 م", "1:05 PM"),
        ("2026-11-22T09:30", "9:30 صباحًا", "9:30 ص", "9:30 AM"),
        ("2026-11-22T00:00", "12:00 صباحًا", "12:00 ص", "12:00 AM"),
        ("2026-11-22T00:59", "12:59 صباحًا", "12:59 ص", "12:59 AM"),
        ("2026-11-22T12:00", "12:00 مساءً", "12:00 م", "12:00 PM"),
        ("2026-11-22T23:59", "11:59 مساءً", "11:59 م", "11:59 PM"),
    ],
)
def test_times(local, long_ar, short_ar, english):
    instant = riyadh(local)
    with reader("ar"):
        assert filters.time_long(instant) == long_ar
        assert filters.time_short(instant) == short_ar
    with reader("en"):
        assert filters.time_long(instant) == filters.time_short(instant) == english


def test_times_in_another_zone_and_other_digits():
    with reader("ar", "arab"):
        assert filters.time_short(AFTERNOON) == "١:٠٥ م"
        assert filters.time_short(AFTERNOON, "UTC") == "١٠:٠٥ ص"


@pytest.mark.parametrize(
    ("start", "end", "arabic", "english"),
    [
        (
            "2026-11-22T13:00",
            "2026-11-22T17:00",
            "من 1:00 م إلى 5:00 م",
            "1:00 PM to 5:00 PM",
        ),
        (
            "2026-11-22T22:00",
            "2026-11-23T02:00",
            "من 10:00 م الأحد إلى 2:00 ص الاثنين",
            "10:00 PM Sun to 2:00 AM Mon",
        ),
        (
            "2026-11-22T20:00",
            "2026-11-23T00:00",
            "من 8:00 م الأحد إلى 12:00 ص الاثنين",
            "8:00 PM Sun to 12:00 AM Mon",
        ),
    ],
)
def test_ranges(start, end, arabic, english):
    with reader("ar"):
        assert filters.time_range(riyadh(start), riyadh(end)) == arabic
    with reader("en"):
        assert filters.time_range(riyadh(start), riyadh(end)) == english


def test_lines_end_between_times_never_inside_one():
    start, end = riyadh("2026-11-22T00:00"), riyadh("2026-11-22T05:00")
    page = "{{ time_range(start, end) }}|{{ start|time_short }}|{{ 250|duration }}"
    with reader("ar", "arab"):
        shown = render_template_string(page, start=start, end=end)
        assert [text.split(" ") for text in shown.split("|")] == [
            ["من\xa0١٢:٠٠\xa0ص", "إلى\xa0٥:٠٠\xa0ص"],
            ["١٢:٠٠\xa0ص"],
            ["٤\xa0ساعات", "و١٠\xa0دقائق"],
        ]
        assert "\xa0" not in filters.time_range(start, end)


def test_a_range_crosses_midnight_where_the_site_is():
    start, end = riyadh("2026-11-22T22:00"), riyadh("2026-11-23T02:00")
    with reader("en"):
        assert filters.time_range(start, end, "UTC") == "7:00 PM to 11:00 PM"


def test_dates_in_arabic_put_the_hijri_date_first():
    with reader("ar"):
        assert filters.date_lines(AFTERNOON) == ("الأحد 12 جمادى الآخرة 1448هـ", "22 نوفمبر 2026م")
        assert filters.date_long(AFTERNOON) == "الأحد 12 جمادى الآخرة 1448هـ / 22 نوفمبر 2026م"
        assert filters.date_short(AFTERNOON) == "22 نوفمبر"
        assert filters.month_long(AFTERNOON) == "نوفمبر 2026م"
        assert filters.weekday(AFTERNOON) == "الأحد"


def test_dates_in_english_put_the_gregorian_date_first():
    with reader("en"):
        assert filters.date_lines(AFTERNOON) == (
            "Sunday 22 November 2026",
            "12 Jumada II 1448 AH",
        )
        assert filters.date_long(AFTERNOON) == "Sunday 22 November 2026 / 12 Jumada II 1448 AH"
        assert filters.date_short(AFTERNOON) == "22 Nov"
        assert filters.month_long(AFTERNOON) == "November 2026"


def test_dates_in_arabic_indic_digits():
    with reader("ar", "arab"):
        assert filters.date_long(AFTERNOON) == "الأحد ١٢ جمادى الآخرة ١٤٤٨هـ / ٢٢ نوفمبر ٢٠٢٦م"


def test_on_pages_a_line_ends_behind_what_parts_two_calendars_and_in_neither_date():
    with reader("en"):
        page = render_template_string("{{ at|date_long }}", at=AFTERNOON)
        assert page.split(" ") == [
            "Sunday",
            "22\xa0November\xa02026\xa0/",
            "12\xa0Jumada\xa0II\xa01448\xa0AH",
        ]
    with reader("ar"):
        page = render_template_string("{{ at|date_long }}", at=AFTERNOON)
        assert page.split(" ") == [
            "الأحد",
            "12\xa0جمادى\xa0الآخرة\xa01448هـ\xa0/",
            "22\xa0نوفمبر\xa02026م",
        ]
        lines = render_template_string("{{ at|date_lines|join('|') }}", at=AFTERNOON)
        assert lines == "الأحد 12\xa0جمادى\xa0الآخرة\xa01448هـ|22\xa0نوفمبر\xa02026م"
    with reader("en"):
        year = date(1800, 1, 1)
        assert "/" not in render_template_string("{{ day|date_long }}", day=year)


def test_a_day_of_another_year_names_the_year():
    with reader("ar", "arab"):
        assert filters.date_short(date(2021, 10, 5)) == "٥ أكتوبر ٢٠٢١م"
    with reader("en"):
        assert filters.date_short(date(2021, 10, 5)) == "5 Oct 2021"
        assert filters.date_short(riyadh("2027-01-01T00:00")) == "1 Jan 2027"
        assert filters.date_short(riyadh("2027-01-01T00:00"), "UTC") == "31 Dec"


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2026, 11, 1), date(2026, 11, 30), "Jumada I – Jumada II 1448 AH"),
        (date(2026, 6, 1), date(2026, 6, 30), "Dhu al-Hijjah 1447 AH – Muharram 1448 AH"),
        (date(2026, 11, 12), date(2026, 11, 30), "Jumada II 1448 AH"),
        (date(1900, 1, 1), date(1900, 1, 31), ""),
    ],
)
def test_hijri_months_say_their_year_once(first, last, said):
    with reader("en"):
        assert filters.hijri_months(first, last) == said


def test_a_day_is_shown_as_it_is_and_an_instant_in_the_zone():
    just_after_midnight = riyadh("2026-11-23T00:00")
    with reader("en"):
        assert filters.gregorian(date(2026, 11, 22)) == "22 November 2026"
        assert filters.gregorian(just_after_midnight) == "23 November 2026"
        assert filters.gregorian(just_after_midnight, "UTC") == "22 November 2026"
        assert filters.hijri(just_after_midnight) == "13 Jumada II 1448 AH"


@pytest.mark.parametrize(
    ("day", "arabic", "english"),
    [
        (date(2026, 2, 18), "1 رمضان 1447هـ", "1 Ramadan 1447 AH"),
        (date(2026, 3, 20), "1 شوال 1447هـ", "1 Shawwal 1447 AH"),
        (date(2026, 6, 16), "1 محرم 1448هـ", "1 Muharram 1448 AH"),
        (date(2026, 5, 27), "10 ذو الحجة 1447هـ", "10 Dhu al-Hijjah 1447 AH"),
    ],
)
def test_days_that_people_know_by_heart(day, arabic, english):
    with reader("ar"):
        assert filters.hijri(day) == arabic
    with reader("en"):
        assert filters.hijri(day) == english


@pytest.mark.parametrize("day", [date(1900, 1, 1), date(2090, 1, 1)])
def test_a_day_outside_the_hijri_tables_has_one_calendar(day):
    with reader("en"):
        assert filters.hijri(day) == ""
        assert filters.date_long(day) == f"{day:%A} 1 January {day.year}"


@pytest.mark.parametrize(
    ("minutes", "arabic", "after", "english"),
    [
        (-5, "أقل من دقيقة", "أقل من دقيقة", "less than a minute"),
        (0, "أقل من دقيقة", "أقل من دقيقة", "less than a minute"),
        (1, "دقيقة واحدة", "دقيقة", "1 minute"),
        (2, "دقيقتان", "دقيقتين", "2 minutes"),
        (59, "59 دقيقة", "59 دقيقة", "59 minutes"),
        (60, "ساعة واحدة", "ساعة", "1 hour"),
        (61, "ساعة واحدة ودقيقة واحدة", "ساعة ودقيقة", "1 hour 1 minute"),
        (121, "ساعتان ودقيقة واحدة", "ساعتين ودقيقة", "2 hours 1 minute"),
        (125, "ساعتان و5 دقائق", "ساعتين و5 دقائق", "2 hours 5 minutes"),
        (250, "4 ساعات و10 دقائق", "4 ساعات و10 دقائق", "4 hours 10 minutes"),
        (660, "11 ساعة", "11 ساعة", "11 hours"),
        (4_640_220, "77,337 ساعة", "77,337 ساعة", "77,337 hours"),
    ],
)
def test_lengths(minutes, arabic, after, english):
    with reader("ar"):
        assert filters.duration(minutes) == arabic
        assert filters.duration_after(minutes) == after
    with reader("en"):
        assert filters.duration(minutes) == filters.duration_after(minutes) == english


@pytest.mark.parametrize(
    ("minutes", "latin", "arabic"),
    [(0, "0:00", "٠:٠٠"), (5, "0:05", "٠:٠٥"), (250, "4:10", "٤:١٠"), (6000, "100:00", "١٠٠:٠٠")],
)
def test_lengths_in_tables(minutes, latin, arabic):
    with reader("ar", "latn"):
        assert filters.clock_duration(minutes) == latin
    with reader("ar", "arab"):
        assert filters.clock_duration(minutes) == arabic


def test_mobiles_run_left_to_right():
    with reader("ar"):
        assert filters.mobile("+966501234567") == '<bdi dir="ltr">+966 50 123 4567</bdi>'
        assert filters.mobile("+201001234567") == '<bdi dir="ltr">+20 10 01234567</bdi>'
        assert filters.mobile_masked("+966501234567") == '<bdi dir="ltr">••• 567</bdi>'
        assert filters.last3("+966501234567") == "567"
    with reader("ar", "arab"):
        nbsp = "\u00a0"
        shown = filters.mobile("+966501234567")
        assert shown == f'<bdi dir="ltr">+٩٦٦{nbsp}٥٠{nbsp}١٢٣{nbsp}٤٥٦٧</bdi>'
        assert filters.last3("+966501234567") == "٥٦٧"


def test_a_masked_mobile_tells_nothing_else():
    with reader():
        assert "501234" not in filters.mobile_masked("+966501234567")


@pytest.mark.parametrize(
    ("arabic", "english", "in_arabic", "in_english"),
    [
        ("باب الملك فهد", "King Fahd Gate", "باب الملك فهد", "King Fahd Gate"),
        ("باب الملك فهد", None, "باب الملك فهد", "باب الملك فهد"),
        ("باب الملك فهد", "", "باب الملك فهد", "باب الملك فهد"),
        ("", "King Fahd Gate", "King Fahd Gate", "King Fahd Gate"),
        (None, None, "", ""),
    ],
)
def test_names_fall_back_to_the_other_language(arabic, english, in_arabic, in_english):
    gate = SimpleNamespace(name_ar=arabic, name_en=english)
    for lang, name in (("ar", in_arabic), ("en", in_english)):
        with reader(lang):
            assert filters.plain_label(gate) == name
            assert filters.label(gate) == f'<bdi dir="auto">{name}</bdi>'


def test_nothing_has_no_name():
    with reader():
        assert filters.plain_label(None) == ""
        assert filters.label(None) == Markup("")


def test_what_people_typed_is_escaped():
    hostile = SimpleNamespace(name_ar="<script>alert(1)</script>", name_en=None)
    with reader():
        assert "<script>" not in filters.label(hostile)
        assert "<script>" not in filters.bdi("<script>")
        assert isinstance(filters.bdi("x"), Markup)


def test_a_value_in_plain_text_is_isolated():
    assert filters.isolate("Fatima") == "\u2068Fatima\u2069"


def test_sentences_in_templates_keep_isolated_names():
    app = reading_app()
    gate = SimpleNamespace(name_ar="<باب>", name_en="Gate")
    with app.test_request_context():
        page = render_template_string(
            '{{ pgettext("times", "%(start)s to %(end)s", start=gate|label, end="<b>") }}',
            gate=gate,
        )
    assert page == 'من <bdi dir="auto">&lt;باب&gt;</bdi> إلى &lt;b&gt;'


def test_templates_reach_every_filter_and_the_counted_nouns():
    app = reading_app()
    with app.test_request_context(headers={"Cookie": f"{i18n.COOKIE}=en.latn.auto"}):
        page = render_template_string(
            "{{ 1234|num }}|{{ 250|duration }}|{{ at|date_short }}|{{ at|time_short('UTC') }}|"
            "{{ counted('records', 37) }}|{{ time_range(at, at) }}|{{ '+966501234567'|mobile }}",
            at=AFTERNOON,
        )
    assert page.replace("\xa0", " ") == (
        "1,234|4 hours 10 minutes|22 Nov|10:05 AM|37 records|1:05 PM to 1:05 PM|"
        '<bdi dir="ltr">+966 50 123 4567</bdi>'
    )
