"""The whole job, once, in Arabic: from an empty plan to approved hours, as people would do it."""

import re
from datetime import timedelta

import pytest
import zxingcpp
from PIL import Image

from checkin.database import db
from checkin.domain.roles import Role
from checkin.models import Attendance
from checkin.operations import accounts, figures
from checkin.operations.permissions import Reach
from tests import factories

pytestmark = pytest.mark.kept_pages

PASSWORD = "four calm walks at dawn"
SUPERVISORS_PASSWORD = "a lantern by the third gate"
SITE = "باب الملك عبدالعزيز"
SERVICE = "الإرشاد في مسارات الحشود"
CALL = "إرشاد المصلين عند الأبواب"
VOLUNTEER, MOBILE = "نورة سعد القحطاني", "0501234567"
SUPERVISOR, EMAIL = "سالم عوض الغامدي", "salem@example.org"
SERVED = 25
PRESENT = timedelta(hours=2)
SLOW_MESSAGE = timedelta(minutes=4)


@pytest.fixture
def layla(app, now):
    """A coordinator with a password; nothing else is there yet."""
    who = factories.person(now, "ليلى أحمد الحربي", email="layla@example.org")
    factories.grant(now, who, Role.COORDINATOR)
    accounts.set_password(who.id, PASSWORD, by=None, now=now)
    return who


def totals():
    db.session.remove()
    return figures.totals(figures.Filter(Reach(everywhere=True)))


def test_the_whole_job(layla, visit, traveller):
    desk = visit("tablet")
    sign_in(desk, "layla@example.org", PASSWORD)
    plan(desk)
    invitation = appoint(desk)
    tablet = visit("tablet")
    accept(tablet, invitation)
    before = read_figures(desk)
    assert before == (0, 0, 0)

    poster = print_poster(desk)
    phone = visit("phone")
    check_in(phone, poster, traveller)
    see_on_the_floor(tablet)
    traveller.shift(PRESENT)
    check_out(phone, poster)
    minutes = minutes_recorded()
    unlock(desk, PASSWORD)
    unlock(tablet, SUPERVISORS_PASSWORD)
    whole = (PRESENT + SLOW_MESSAGE) // timedelta(minutes=1)
    assert minutes in range(whole, whole + 4), "a slow sign-in costs no minutes"
    assert read_figures(desk) == (0, 0, minutes), "nothing counts before it is approved"
    assert totals().approved_minutes == 0

    approve(tablet)
    after = read_figures(desk, picture="14-figures")
    assert after == (minutes, SERVED, 0)
    told = totals()
    assert (told.approved_minutes, told.beneficiaries, told.waiting_minutes) == after
    assert (told.volunteers, told.attendances) == (1, 1)
    see_own_hours(phone)


def sign_in(desk, email, password):
    desk.open("/staff/sign-in")
    desk.fill(email=email, password=password)
    desk.press("تسجيل الدخول")


def unlock(browser, password):
    """Nobody has touched it for hours."""
    browser.open("/approvals")
    browser.fill(secret=password)
    browser.press("فتح القفل")


# --- the coordinator -----------------------------------------------------------------------


def plan(desk):
    """A site, a service, an opportunity, a shift that has begun, and a roster of one."""
    desk.open("/sites/new")
    desk.fill(name_ar=SITE, name_en="King Abdulaziz Gate")
    desk.press("إضافة موقع")
    desk.open("/services/new")
    desk.fill(name_ar=SERVICE, name_en="Crowd-flow lanes")
    desk.press("إضافة خدمة")
    desk.open("/opportunities/new")
    desk.fill(name_ar=CALL, name_en="Guiding worshippers at the gates", service_id=SERVICE)
    desk.picture("01-opportunity")
    desk.press("إضافة فرصة تطوعية")
    desk.follow("إضافة فترة")
    desk.fill(site_id=SITE, day="2026-11-22", starts="12:00", ends="17:00", seats="10")
    desk.picture("02-shift")
    desk.press("إضافة فترة")
    desk.fill(people=f"{VOLUNTEER} {MOBILE}")
    desk.press("التحقق من القائمة")
    desk.picture("03-roster-check")
    desk.press("إضافة إلى قائمة الفترة")
    assert VOLUNTEER in desk.text
    desk.picture("04-roster")


def appoint(desk):
    """A supervisor of the site; the link with which to choose a password."""
    desk.open("/people/new")
    desk.fill(name=SUPERVISOR, email=EMAIL)
    desk.press("إضافة شخص")
    desk.press("رابط الدعوة")
    link = desk.page.locator("#link").inner_text()
    desk.open("/sites")
    desk.follow(SITE)
    desk.follow("إضافة مشرف")
    desk.fill(q="سالم")
    desk.page.keyboard.press("Enter")
    desk.press("اختيار")
    assert EMAIL in desk.text
    return link


def print_poster(desk):
    """The address behind the picture on the poster, read from the screen's own picture."""
    desk.open("/sites")
    desk.follow(SITE)
    desk.press("إنشاء ملصق")
    picture = desk.picture("05-poster")
    (found,) = zxingcpp.read_barcodes(Image.open(picture))
    return found.text


def read_figures(desk, picture=None):
    """Approved minutes, beneficiaries and waiting minutes, as the page shows them."""
    desk.open("/figures")
    if picture:
        desk.picture(picture)
    hours = desk.page.locator("[data-figure=approved_minutes]")
    waiting = hours.locator("p", has_text="بانتظار الاعتماد")
    served = desk.page.locator("[data-figure=beneficiaries] .figure-value").inner_text()
    return (
        minutes_in(hours.locator(".figure-value").inner_text()),
        int(served.replace(",", "")),
        minutes_in(waiting.inner_text()) if waiting.count() else 0,
    )


def minutes_in(text):
    """Hours, with the minutes behind a colon where there are any."""
    hours, minutes = re.search(r"(\d[\d,]*)(?::(\d\d))?", text).groups()
    return int(hours.replace(",", "")) * 60 + int(minutes or 0)


# --- the volunteer -------------------------------------------------------------------------


def check_in(phone, poster, traveller):
    """For the first time: mobile, code, and the scan counts from when the poster was scanned."""
    assert "/S/" in poster
    phone.open(poster)
    scanned = time_saved(phone)
    phone.picture("06-phone-number")
    traveller.shift(SLOW_MESSAGE)
    phone.fill(mobile=MOBILE)
    phone.press("متابعة")
    shown = re.search(r"وضع العرض: الرمز (\d{6})", phone.text)
    assert shown, "a demo shows the code"
    phone.picture("07-code")
    with phone.page.expect_navigation():
        phone.fill(code=shown[1])
        phone.page.keyboard.press("Enter")
    assert phone.heading == "تم تسجيل حضورك"
    phone.picture("08-checked-in")
    assert scanned in phone.text, "the receipt tells the time of the scan"


def time_saved(phone):
    """The clock time of the strip that says the scan is kept, without morning or afternoon."""
    found = re.search(r"وقت المسح محفوظ: (\d+:\d\d)", phone.text)
    assert found, phone.text
    return found[1]


def check_out(phone, poster):
    phone.open(poster)
    phone.picture("09-check-out", whole=False)
    phone.fill(beneficiaries=str(SERVED))
    phone.press("تسجيل الانصراف")
    assert phone.heading == "تم تسجيل انصرافك"
    phone.picture("10-checked-out")


def minutes_recorded():
    db.session.remove()
    row = db.session.scalars(db.select(Attendance)).one()
    assert row.beneficiaries == SERVED
    return row.credited_minutes


def see_own_hours(phone):
    phone.open("/hours")
    phone.picture("15-my-hours")
    assert CALL in phone.text or SITE in phone.text


# --- the supervisor ------------------------------------------------------------------------


def accept(tablet, link):
    tablet.open(link)
    tablet.fill(new=SUPERVISORS_PASSWORD)
    tablet.press("حفظ")


def see_on_the_floor(tablet):
    tablet.open("/floor")
    if SITE not in tablet.heading:
        with tablet.page.expect_navigation():
            tablet.page.get_by_role("link", name=re.compile(SITE)).click()
    assert VOLUNTEER in tablet.text
    tablet.picture("11-floor", whole=False)


def approve(tablet):
    tablet.open("/approvals")
    with tablet.page.expect_navigation():
        tablet.page.get_by_role("link", name=re.compile("فتح الفترة")).click()
    tablet.picture("12-approvals", whole=False)
    tablet.page.get_by_role("button", name=re.compile("^اعتماد")).first.click()
    tablet.page.get_by_role("button", name=re.compile("تراجع")).first.wait_for()
    tablet.picture("13-approved", whole=False)
    tablet.reload()
    assert "سجلات صدر فيها قرار" in tablet.text


# --- how many taps -------------------------------------------------------------------------


def test_a_returning_volunteer_taps_once_to_check_in_and_twice_to_check_out(
    cast, visit, address, traveller
):
    phone = visit("phone", person=cast.noura)
    poster = f"{address}/S/{cast.poster.code}"
    phone.open(poster)
    phone.picture("16-returning")
    phone.press("تسجيل حضوري في صحن المطاف")
    assert (phone.heading, phone.taps) == ("تم تسجيل حضورك", 1)

    traveller.shift(timedelta(hours=1))
    phone.taps = 0
    phone.open(poster)
    phone.tap("50")
    phone.press("تسجيل الانصراف")
    assert (phone.heading, phone.taps) == ("تم تسجيل انصرافك", 2)
    assert "50" in phone.text
