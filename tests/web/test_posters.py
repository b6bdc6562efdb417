"""Making, printing, replacing and stopping posters, by those who may and for their own sites."""

import re
from datetime import timedelta

import pytest
import time_machine

from checkin.database import db
from checkin.models import Poster
from checkin.operations import posters
from checkin.operations.pictures import keep_logo
from checkin.operations.settings import change
from tests import factories
from tests.pages import plain
from tests.pictures import made_picture
from tests.web.photographs import of_pdf, of_svg, read_by_zxing

pytestmark = pytest.mark.usefixtures("at")


@pytest.fixture
def settings() -> dict[str, object]:
    return {"BASE_URL": "http://hudur.example.sa"}


def stored(poster_id: int) -> Poster:
    db.session.expire_all()
    return db.session.get(Poster, poster_id)


def codes_on(response) -> list[str]:
    """What a phone reads off the page."""
    pictures = re.findall(r'<svg xmlns="[^"]+" viewBox.*?</svg>', response.get_data(as_text=True))
    return [read_by_zxing(of_svg(picture))[0] for picture in pictures]


# Where codes lead


@pytest.mark.parametrize(
    "base", ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:8000", "http://127.9.9.9"]
)
def test_codes_that_phones_cannot_open_are_warned_of(app, cast, salem, base):
    app.config["BASE_URL"] = base
    for page in (
        "/posters",
        f"/posters/{cast.poster.id}",
        f"/posters/sheets?poster={cast.poster.id}",
    ):
        assert "which only this computer can open" in salem.text(page)


@pytest.mark.parametrize("base", ["http://hudur.example.sa", "http://192.168.1.20:8000"])
def test_codes_that_phones_can_open_are_not_warned_of(app, salem, base):
    app.config["BASE_URL"] = base
    assert "only this computer" not in salem.text("/posters")


# Who may


def test_a_stranger_is_shown_the_staff_door(client, cast):
    assert "/staff/sign-in" in client.get("/posters").headers["Location"]


def test_a_volunteer_may_not_enter(cast, browser_of):
    noura = browser_of(cast.noura)
    for address in ("/posters", f"/posters/{cast.poster.id}", "/posters/sheets"):
        assert noura.get(address).status_code == 403


def test_salem_sees_his_site_only(salem):
    text = salem.text("/posters")
    assert "Mataf courtyard" in text
    assert "Squares of the Grand Mosque" not in text


def test_layla_sees_every_site(layla):
    text = layla.text("/posters")
    assert "Mataf courtyard" in text
    assert "Squares of the Grand Mosque" in text


def test_huda_does_not_find_salems_poster(cast, huda):
    own = f"/posters/{cast.poster.id}"
    for address in (own, f"{own}/replacement", f"{own}/revocation"):
        assert huda.get(address).status_code == 404
    for address in (f"{own}/replacement", f"{own}/revocation"):
        assert huda.send(address).status_code == 404
    for address in ("/posters/sheets", "/posters/sheets.pdf"):
        assert huda.get(f"{address}?poster={cast.poster.id}").status_code == 404
    for place in (f"site-{cast.mataf.id}", f"shift-{cast.shift.id}"):
        assert huda.send("/posters", only=place).status_code == 404
    poster = stored(cast.poster.id)
    assert (poster.replaced_at, poster.revoked_at) == (None, None)


# Making and printing


def test_one_press_makes_a_missing_poster_and_shows_its_sheet(cast, huda):
    assert "Make poster" in huda.text("/posters")
    answer = huda.send("/posters", only=f"site-{cast.squares.id}")
    assert answer.status_code == 303
    made = posters.poster_of(cast.squares.id)
    assert made.created_by_id == cast.huda.id
    sheet = huda.get(answer.headers["Location"])
    assert codes_on(sheet) == [f"HTTP://HUDUR.EXAMPLE.SA/S/{made.code}"]
    assert "Make poster" not in huda.text("/posters")


def test_pressing_again_prints_the_same_poster(cast, salem):
    answer = salem.send("/posters", only=f"site-{cast.mataf.id}")
    assert answer.headers["Location"].endswith(f"/posters/sheets?poster={cast.poster.id}")


def test_all_sites_come_out_with_one_press(cast, layla):
    sheets = layla.get(layla.send("/posters", all="sites").headers["Location"])
    both = {posters.poster_of(site.id).code for site in (cast.mataf, cast.squares)}
    assert {code.rpartition("/")[2] for code in codes_on(sheets)} == both
    assert "2 posters ready to print" in plain(sheets)


def test_chosen_sites_and_shifts_come_out_together(cast, layla):
    fields = {"place": [f"site-{cast.squares.id}"], "shift": [f"shift-{cast.shift.id}"]}
    sheets = layla.get(layla.send("/posters", **fields).headers["Location"])
    assert len(codes_on(sheets)) == 2
    assert posters.poster_of(cast.mataf.id, cast.shift.id) is not None


def test_choosing_nothing_says_so(cast, layla):
    answer = layla.send("/posters")
    assert answer.status_code == 303
    assert "Choose between 1 and 200 places" in layla.text(answer.headers["Location"])


@pytest.mark.parametrize("forged", ["site-0", "site-", "lane-1", "shift-999999", "site-1 OR 1=1"])
def test_a_forged_place_is_not_found(layla, cast, forged):
    assert layla.send("/posters", only=forged).status_code == 404


def test_a_shift_that_is_over_explains_itself(cast, layla):
    with time_machine.travel(cast.shift.ends_at + timedelta(minutes=1), tick=False):
        answer = layla.send("/posters", only=f"shift-{cast.shift.id}")
        assert "This shift is over or cancelled" in layla.text(answer.headers["Location"])


def test_another_day_shows_its_shifts(cast, now, layla):
    factories.shift(now, cast.squares, starts=24 * 60)
    assert layla.text("/posters").count("Squares of the Grand Mosque") == 1
    assert layla.text("/posters?day=2026-11-23").count("Squares of the Grand Mosque") == 2


@pytest.mark.parametrize("day", ["yesterday", "2020-01-01", "2026-13-01", ""])
def test_an_odd_day_is_today(layla, cast, day):
    assert "Sunday 22 November 2026" in layla.text(f"/posters?day={day}")


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_the_ends_of_time_are_pages_too(layla, cast, day):
    assert layla.get(f"/posters?day={day}").status_code == 200


# What is on paper


def test_a_sheet_speaks_both_languages_whoever_prints_it(cast, browser_of):
    address = f"/posters/sheets?poster={cast.poster.id}"
    for lang in ("ar", "en"):
        text = browser_of(cast.salem, kind="staff", lang=lang).text(address)
        for words in (
            *("صحن المطاف", "Mataf courtyard"),
            *("تسجيل الحضور والانصراف", "Check in and check out"),
            *("للمتطوعين فقط", "For volunteers only"),
            *("الخدمة مجانية، ولا يُطلب دفع أي مبلغ", "nobody will ask you to pay"),
            *("١ · 1", "٢ · 2", "٣ · 3", "v1 · 1448-06", "hudur.example.sa"),
            f"{cast.poster.short_code[:3]} {cast.poster.short_code[3:]}",
        ):
            assert words in text, words


def test_a_shifts_sheet_names_what_is_done_and_when(cast, salem):
    answer = salem.send("/posters", only=f"shift-{cast.shift.id}")
    text = salem.text(answer.headers["Location"])
    assert "Mataf courtyard – Visual screening" in text
    assert "Sunday 22 November 2026" in text
    assert "12:00 PM to 5:00 PM" in text
    assert "من 12:00 م إلى 5:00 م" in text


def test_the_pdf_has_a_page_for_each_poster(cast, layla):
    address = layla.send("/posters", all="sites").headers["Location"]
    answer = layla.get(address.replace("/sheets?", "/sheets.pdf?"))
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="posters.pdf"'
    pages = of_pdf(answer.data)
    assert [read_by_zxing(page) for page in pages] == [
        [code] for code in codes_on(layla.get(address))
    ]


def test_a_name_as_long_as_the_column_stays_on_one_page(cast, now, layla):
    long = factories.site(now, "المركز المجتمعي " * 7, "Community centre " * 7)
    address = layla.send("/posters", only=f"site-{long.id}").headers["Location"]
    pages = of_pdf(layla.get(address.replace("/sheets?", "/sheets.pdf?")).data)
    assert [read_by_zxing(page) for page in pages] == [codes_on(layla.get(address))]


def test_what_is_typed_in_a_name_stays_text(cast, now, layla):
    site = factories.site(now, "<b>باب</b>", "<script>x</script>")
    body = layla.get(layla.send("/posters", only=f"site-{site.id}").headers["Location"]).get_data(
        as_text=True
    )
    assert "<script>x" not in body
    assert "&lt;script&gt;x" in body


# Replacing and stopping


def test_replacing_asks_first_and_then_says_how_long_the_old_one_works(cast, salem):
    address = f"/posters/{cast.poster.id}/replacement"
    assert "6 December 2026" in salem.text(address)
    assert stored(cast.poster.id).replaced_at is None
    answer = salem.send(address)
    assert answer.status_code == 303
    text = salem.text(answer.headers["Location"])
    assert "The new poster is ready. The old one works until Sunday 6 December 2026" in text
    assert "Replaced, works until 6 Dec" in text
    assert posters.poster_of(cast.mataf.id).version == 2


def test_replacing_twice_says_that_somebody_was_faster(cast, salem):
    address = f"/posters/{cast.poster.id}/replacement"
    salem.send(address)
    answer = salem.send(address)
    assert "This poster was already replaced or stopped" in salem.text(answer.headers["Location"])
    assert len(posters.history_of(cast.poster)) == 2


def test_stopping_asks_first_and_works_at_once(cast, salem, now):
    address = f"/posters/{cast.poster.id}/revocation"
    assert "version 1" in salem.text(address)
    assert stored(cast.poster.id).revoked_at is None
    answer = salem.send(address)
    assert stored(cast.poster.id).revoked_at == now
    text = salem.text(answer.headers["Location"])
    assert "The poster was stopped" in text
    assert "Stopped" in text
    assert "Make poster" in salem.text("/posters")


def test_a_poster_that_was_stopped_is_not_printed(cast, salem):
    salem.send(f"/posters/{cast.poster.id}/revocation")
    assert salem.get(f"/posters/sheets?poster={cast.poster.id}").status_code == 404


@pytest.mark.parametrize(
    "query", ["", "?poster=", "?poster=x", "?poster=999999", f"?poster={10**30}"]
)
def test_sheets_of_nothing_are_not_found(layla, cast, query):
    assert layla.get(f"/posters/sheets{query}").status_code == 404


def test_arabic_pages_are_in_arabic(cast, browser_of):
    salem = browser_of(cast.salem, kind="staff", lang="ar")
    assert "طباعة المختار" in salem.text("/posters")
    assert "صالح" in salem.text(f"/posters/{cast.poster.id}")
    assert "تأكيد استبدال الملصق" in salem.text(f"/posters/{cast.poster.id}/replacement")
    assert "تأكيد إيقاف الملصق" in salem.text(f"/posters/{cast.poster.id}/revocation")


def test_the_sheet_bears_the_organisation_s_name_and_logo_once_they_are_said(app, cast, salem, now):
    address = f"/posters/sheets?poster={cast.poster.id}"
    bare = salem.get(address).text
    assert "حضور المتطوعين</p>" not in bare
    assert "/logo/" not in bare
    with app.test_request_context():
        names = {"organisation_ar": "جمعية الإحسان", "organisation_en": "Ihsan Society"}
        change(names, by=cast.majed.id, now=now)
        keep_logo(made_picture(), by=cast.majed.id, now=now)
    page = salem.get(address).text
    assert "جمعية الإحسان</p>" in page
    assert "Ihsan Society</p>" in page
    assert "/logo/" in page
