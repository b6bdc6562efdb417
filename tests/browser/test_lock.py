"""A tablet left alone: covered at once, in every tab, opened in place with what was typed."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from checkin.database import db
from checkin.models import Device
from checkin.operations import accounts, locking
from tests import factories
from tests.browser.test_access import SIGHT, small_targets, violations
from tests.browser.visitors import Visitor

pytestmark = pytest.mark.kept_pages

PASSWORD = "seven herons over the wadi"
PIN = "8305"
ASK = "dispatchEvent(new Event('online'))"
"""What makes the board ask at once."""
SEEN = """() => [...document.querySelectorAll("bdi")]
  .filter(one => one.checkVisibility({visibilityProperty: true}) && one.getClientRects().length)
  .map(one => one.textContent)"""


@pytest.fixture
def tablet(cast, now, visit):
    """Salem's tablet, with Noura on the floor; it has a PIN unless told otherwise."""
    accounts.set_password(cast.salem.id, PASSWORD, by=None, now=now)
    factories.check_in(cast.noura, cast.poster, now - timedelta(minutes=20))

    def take(*, pin: str | None = PIN, address: str = f"/floor/{cast.mataf.id}", **options):
        visitor = visit("tablet", person=cast.salem, **options)
        device = db.session.scalar(select(Device).where(Device.person_id == cast.salem.id))
        if pin:
            locking.set_pin(device.id, pin, now=now)
        visitor.page.clock.install()
        visitor.open(address)
        visitor.page.clock.fast_forward(6_000)  # the lock fetches what it needs
        visitor.page.wait_for_load_state("networkidle")
        return visitor

    yield take
    for context in visit.chromium.contexts:
        context.close()  # nothing comes any more
    expected = ("401: ", "422: ")
    visit.faults.seen[:] = [one for one in visit.faults.seen if not one.startswith(expected)]


def is_locked(cast) -> bool:
    db.session.rollback()
    db.session.expire_all()
    devices = db.session.scalars(select(Device).where(Device.person_id == cast.salem.id))
    return any(device.locked_at is not None for device in devices)


def cover(page: Page):
    return page.get_by_role("dialog")


def leave_alone(page: Page, minutes: float = 5.2) -> None:
    page.clock.fast_forward(int(minutes * 60_000))


def type_pin(page: Page, pin: str = PIN) -> None:
    for digit in pin:
        cover(page).get_by_role("button", name=digit, exact=True).click()
    cover(page).get_by_role("button", name="فتح القفل").click()


class TestTheCover:
    def test_falls_after_five_minutes_and_opens_in_place(self, cast, tablet):
        visitor = tablet(address=f"/floor/{cast.mataf.id}/check-ins/new?q=نورة")
        page = visitor.page
        page.locator("summary", has_text="وقت").click()
        page.locator("[name=words]").fill("نسيت الهاتف في الحافلة")
        leave_alone(page)
        expect(cover(page)).to_be_visible()
        assert "نورة" not in " ".join(page.evaluate(SEEN)), "no volunteer's name is left"
        assert page.title() == "الشاشة مقفلة"
        page.wait_for_timeout(300)
        assert is_locked(cast)
        visitor.picture("40-locked-pin")
        type_pin(page, "9999")
        expect(cover(page).get_by_role("alert")).to_contain_text("المحاولات المتبقية: 4")
        type_pin(page)
        expect(cover(page)).to_have_count(0)
        assert page.locator("[name=words]").input_value() == "نسيت الهاتف في الحافلة"
        assert not is_locked(cast)

    def test_a_finger_that_only_reads_keeps_it_open(self, cast, tablet):
        page = tablet().page
        for _ in range(4):
            leave_alone(page, 3)
            page.mouse.move(300, 300)
            page.mouse.move(310, 310)
        expect(cover(page)).to_have_count(0)
        leave_alone(page)
        expect(cover(page)).to_be_visible()

    def test_the_button_covers_at_once_and_escape_opens_nothing(self, cast, tablet):
        page = tablet().page
        page.get_by_role("button", name="قفل الشاشة").click()
        expect(cover(page)).to_be_visible()
        for _ in range(3):
            page.keyboard.press("Escape")
        expect(cover(page)).to_be_visible()
        assert "نورة" not in " ".join(page.evaluate(SEEN))

    def test_every_tab_is_covered_and_opened_together(self, cast, tablet):
        visitor = tablet()
        other = visitor.another_tab()
        other.open("/account")
        visitor.page.get_by_role("button", name="قفل الشاشة").click()
        expect(cover(other.page)).to_be_visible()
        type_pin(visitor.page)
        expect(cover(visitor.page)).to_have_count(0)
        expect(cover(other.page)).to_have_count(0)

    def test_going_back_shows_nobody(self, cast, tablet):
        page = tablet().page
        page.goto("/account")
        page.get_by_role("button", name="قفل الشاشة").click()
        expect(cover(page)).to_be_visible()
        page.wait_for_timeout(300)
        page.go_back()
        expect(page.get_by_role("heading", name="الشاشة مقفلة").first).to_be_visible()
        assert "نورة" not in page.locator("body").inner_text()

    def test_what_the_server_has_locked_is_covered_by_the_next_question(self, cast, tablet):
        page = tablet().page
        device = db.session.scalar(select(Device).where(Device.person_id == cast.salem.id))
        locking.lock(device.id, now=device.created_at)
        page.evaluate(ASK)
        expect(cover(page)).to_be_visible()
        assert page.url.endswith(f"/floor/{cast.mataf.id}"), "the page is kept"

    def test_without_a_pin_the_password_opens_and_a_pin_may_be_chosen(self, cast, tablet):
        visitor = tablet(pin=None)
        page = visitor.page
        page.get_by_role("button", name="قفل الشاشة").click()
        cover(page).locator("summary").click()
        visitor.picture("41-locked-password")
        cover(page).locator("[name=secret]").fill(PASSWORD)
        cover(page).locator("[name=first_pin]").fill("١٢٣٤")
        cover(page).get_by_role("button", name="فتح القفل").click()
        expect(cover(page).get_by_role("alert")).to_contain_text("سهل التخمين")
        cover(page).locator("[name=secret]").fill(PASSWORD)
        cover(page).locator("[name=first_pin]").fill("٨٣٠٥")
        cover(page).get_by_role("button", name="فتح القفل").click()
        expect(cover(page)).to_have_count(0)

    def test_five_wrong_tries_sign_the_tablet_out(self, cast, tablet):
        page = tablet().page
        page.get_by_role("button", name="قفل الشاشة").click()
        for left in (4, 3, 2, 1):
            type_pin(page, "9999")
            expect(cover(page).get_by_role("alert")).to_contain_text(f": {left}")
        type_pin(page, "9999")
        page.wait_for_url("**/staff/sign-in?next=**")
        expect(page.locator("main")).to_contain_text("سُجّل الخروج")

    @pytest.mark.parametrize("pin", [PIN, None])
    def test_everybody_can_use_it(self, cast, tablet, pin):
        page = tablet(pin=pin, **SIGHT).page
        page.get_by_role("button", name="قفل الشاشة").click()
        expect(cover(page)).to_be_visible()
        assert violations(page) + small_targets(page) == []


def test_a_scanner_goes_on_without_names(cast, tablet):
    visitor = tablet(address=f"/sites/{cast.mataf.id}/scanner")
    page = visitor.page
    leave_alone(page)
    expect(page.get_by_text("تستمر قراءة البطاقات")).to_be_visible()
    expect(cover(page)).to_have_count(0)
    expect(page.locator("[data-unlocked]").first).to_be_hidden()
    visitor.picture("42-locked-scanner")
    page.locator(".lock-strip button").click()
    type_pin(page)
    expect(page.locator("[data-unlocked]").first).to_be_visible()
    expect(page.get_by_text("تستمر قراءة البطاقات")).to_be_hidden()


def test_without_a_network_it_stays_covered_and_loses_nothing(cast, tablet):
    visitor = tablet()
    page = visitor.page
    page.context.set_offline(True)
    leave_alone(page)
    type_pin(page)
    expect(cover(page).get_by_role("alert")).to_contain_text("يلزم الاتصال")
    page.context.set_offline(False)
    type_pin(page)
    expect(cover(page)).to_have_count(0)


def test_without_scripts_a_page_asks(cast, tablet, now):
    visitor: Visitor = tablet(java_script_enabled=False)
    page = visitor.page
    page.get_by_role("button", name="قفل الشاشة").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("الشاشة مقفلة")
    visitor.picture("43-locked-page")
    page.locator("[name=secret]").fill(PIN)
    page.get_by_role("button", name="فتح القفل").click()
    page.wait_for_url(f"**/floor/{cast.mataf.id}")


def test_names_go_from_the_board_until_they_are_asked_for(cast, tablet):
    visitor = tablet()
    page = visitor.page

    def is_named() -> bool:
        return "نورة" in " ".join(page.evaluate(SEEN))

    assert is_named()
    with page.expect_response("**/names"):
        page.get_by_role("button", name="إخفاء الأسماء").click()
        assert not is_named()
    visitor.picture("44-names-hidden")
    page.reload()
    assert not is_named(), "a new page hides them from the first moment"
    factories.check_in(
        factories.person(cast.shift.starts_at, "منى خالد الحازمي"),
        cast.poster,
        cast.shift.starts_at,
    )
    page.wait_for_load_state("networkidle")
    leave_alone(page, 0.2)
    page.wait_for_load_state("networkidle")
    assert "منى" not in " ".join(page.evaluate(SEEN)), "nor does the board's next look show any"
    with page.expect_response("**/names"):
        page.get_by_role("button", name="إظهار الأسماء").click()
        assert is_named()
    page.reload()
    page.get_by_text("نورة").first.wait_for()
    assert is_named()


def test_without_scripts_names_go_too(cast, tablet):
    page = tablet(java_script_enabled=False).page
    page.get_by_role("button", name="إخفاء الأسماء").click()
    expect(page.locator("[data-private]").first).to_be_hidden()
    page.get_by_role("button", name="إظهار الأسماء").click()
    expect(page.locator("[data-private]").first).to_be_visible()
