"""Impatient fingers, wandering histories, two tabs, no JavaScript: one effect and one answer."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from checkin.database import db
from checkin.models import Attendance, Scan

pytestmark = pytest.mark.kept_pages

CHECK_IN = "تسجيل حضوري في صحن المطاف"
CHECK_OUT = "تسجيل الانصراف"
IN, OUT = "تم تسجيل حضورك", "تم تسجيل انصرافك"
ALREADY = "حضورك مسجّل مسبقًا"
HOUR = timedelta(hours=1)


@pytest.fixture
def poster(cast, address) -> str:
    return f"{address}/S/{cast.poster.code}"


@pytest.fixture
def phone(cast, visit):
    return visit("phone", person=cast.noura)


def scans() -> int:
    return count(Scan)


def count(model) -> int:
    db.session.rollback()
    return db.session.scalar(db.select(db.func.count()).select_from(model))


def test_two_quick_taps_are_one_scan(phone, poster):
    phone.open(poster)
    with phone.page.expect_navigation():
        phone.button(CHECK_IN).dblclick()
    assert phone.heading == IN
    assert (scans(), count(Attendance)) == (1, 1)


def test_two_quick_taps_are_one_scan_also_without_script(cast, visit, poster):
    phone = visit("phone", person=cast.noura, java_script_enabled=False)
    phone.open(poster)
    phone.button(CHECK_IN).dblclick()
    expect(phone.page).to_have_url(re.compile("/attendances/"))  # the first answer is let go of
    assert phone.heading in (IN, ALREADY)
    assert (scans(), count(Attendance)) == (1, 1)


def test_going_back_shows_how_things_stand_now(phone, poster):
    """Nothing is cached, so the button that was pressed is not there to be pressed again."""
    phone.open(poster)
    phone.press(CHECK_IN)
    phone.page.go_back()
    assert phone.heading == ALREADY
    assert phone.button(CHECK_IN).count() == 0
    assert (scans(), count(Attendance)) == (1, 1)


def test_two_tabs_at_one_poster_give_one_receipt(phone, poster):
    """As does a browser that kept the page and its button when somebody came back to it."""
    phone.open(poster)
    other = phone.another_tab()
    other.open(poster)
    phone.press(CHECK_IN)
    other.press(CHECK_IN)
    assert other.page.url.partition("?")[0] == phone.page.url.partition("?")[0]
    assert (scans(), count(Attendance)) == (1, 1)


def test_two_tabs_that_check_out_are_one_check_out(phone, poster, traveller):
    phone.open(poster)
    phone.press(CHECK_IN)
    traveller.shift(HOUR)
    phone.open(poster)
    other = phone.another_tab()
    other.open(poster)
    phone.fill(beneficiaries="25")
    phone.press(CHECK_OUT)
    other.fill(beneficiaries="25")
    other.press(CHECK_OUT)
    assert other.heading == phone.heading == OUT
    assert scans() == 2


def test_without_script_one_checks_in_and_out(cast, visit, poster, traveller):
    phone = visit("phone", person=cast.noura, java_script_enabled=False)
    phone.open(poster)
    phone.press(CHECK_IN)
    assert phone.heading == IN
    traveller.shift(HOUR)
    phone.open(poster)
    phone.picture("20-check-out-without-script")
    phone.fill(beneficiaries="٢٥")
    phone.press(CHECK_OUT)
    assert phone.heading == OUT
    assert db.session.scalars(db.select(Attendance.beneficiaries)).one() == 25


def test_reloading_a_receipt_changes_nothing(phone, poster):
    phone.open(poster)
    phone.press(CHECK_IN)
    receipt = phone.page.url
    phone.reload()
    assert (phone.heading, phone.page.url) == (IN, receipt)
    assert scans() == 1


@pytest.mark.parametrize("path", ["/hours", "/help", "/S/{code}"])
def test_switching_the_language_stays_on_the_page(cast, phone, path):
    phone.open(path.format(code=cast.poster.code))
    here = phone.page.url
    phone.press("English")
    assert phone.page.url == here
    assert phone.page.locator("html").get_attribute("dir") == "ltr"
    phone.press("العربية")
    assert phone.page.url == here
    assert phone.page.locator("html").get_attribute("dir") == "rtl"


def test_what_was_typed_survives_a_change_of_language(visit):
    phone = visit("phone")
    phone.open("/sign-in")
    phone.page.fill("[name=mobile]", "0559876543")
    phone.page.uncheck("[name=remember]")
    phone.page.locator("details.preferences summary").click()
    phone.page.locator("[name=theme][value=dark]").click()
    phone.page.locator(".language").click()
    phone.page.wait_for_selector("html[lang=en]")
    assert phone.page.input_value("[name=mobile]") == "0559876543"
    assert not phone.page.is_checked("[name=remember]")
    phone.reload()
    assert phone.page.input_value("[name=mobile]") == ""


def test_back_over_a_refused_form_is_a_page(visit):
    """A browser's own question about sending a form again would be taken for a fault."""
    phone = visit("phone")
    phone.open("/sign-in")
    for typed in ("55", "0559876543"):
        phone.page.fill("[name=mobile]", typed)
        with phone.page.expect_navigation():
            phone.page.locator("main button").first.click()
    assert phone.page.url.endswith("/sign-in/code")
    phone.page.fill("[name=code]", "000000")
    with phone.page.expect_navigation():
        phone.page.locator("main button").first.click()
    phone.page.go_back()
    phone.page.go_back()
    assert phone.page.locator("[name=mobile]").is_visible()


def test_pressing_again_after_a_lost_answer_is_the_same_scan(phone, poster):
    """The server kept the scan, but the phone never heard so."""

    def lose_the_answer(route):
        if route.request.method == "POST":
            route.fetch(max_redirects=0)
            route.abort()
        else:
            route.continue_()

    phone.open(poster)
    again = phone.another_tab()
    again.open(poster)
    phone.page.route("**/S/*", lose_the_answer)
    phone.button(CHECK_IN).click()
    phone.page.wait_for_url("chrome-error://**")
    assert scans() == 1
    again.press(CHECK_IN)
    assert again.heading in (IN, ALREADY)
    assert (scans(), count(Attendance)) == (1, 1)
    again.open(poster)
    assert again.heading == ALREADY
