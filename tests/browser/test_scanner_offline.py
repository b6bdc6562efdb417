"""The scanner without a network: all is kept on the tablet, said to be, and sent once later."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from checkin.domain.text import fold_name
from checkin.models import Person
from checkin.operations import badges
from tests import factories
from tests.browser.scanning import (
    KEEPS,
    badge_of,
    hear,
    listen,
    recent,
    scans,
    type_as_scanner,
    until_kept,
)
from tests.browser.visitors import Visitor
from tests.cast import Cast

pytestmark = pytest.mark.kept_pages

WORKER = "() => Boolean(navigator.serviceWorker.controller)"
MINUTE = timedelta(minutes=1)
NAMES = [
    "نورة سعد القحطاني",
    "أحمد عبد الله آل سعود",
    "عبدالعزيز بن محمد الحربي",
    "Fatima Al-Harbi",
    "Alharbi Noura bint Saad",
    "مؤيّد ئامر",
    "هُدى",
    "الاء",
    "ابو بكر الصديق",
    "O'Neil İbrahim Élise",
    "محمـــد ٤٥ ۱۲",
    "",
]


@pytest.fixture
def second(cast: Cast, now) -> Person:
    """Somebody else who is expected."""
    who = factories.person(now, "تركي فهد العتيبي")
    factories.assign(now - MINUTE, who, cast.shift)
    return who


@pytest.fixture
def badges_of(cast: Cast, second: Person, now) -> dict[int, str]:
    """What the badges of those expected say, by their owners' ids."""
    return {who.id: badge_of(who, cast.layla, now) for who in (cast.noura, second)}


@pytest.fixture
def tablet(cast: Cast, visit, badges_of) -> Visitor:
    """Salem's tablet, its page open and all that it keeps kept."""
    visitor = visit("tablet", person=cast.salem)
    scanner = f"/sites/{cast.mataf.id}/scanner"
    listen(visitor).open(scanner)
    visitor.page.wait_for_function(WORKER)
    until_kept(visitor, "/today", scanner, "/queue.js", "/keep-evacuation.js")
    return visitor


def cut(tablet: Visitor, *, off: bool = True) -> None:
    tablet.page.context.set_offline(off)


def waiting(tablet: Visitor):
    return tablet.page.locator("[data-waiting]")


def by_hand(tablet: Visitor, who: Person, act: str) -> None:
    tablet.page.locator("[data-search]").fill(who.name.split()[0])
    tablet.button(f"{act}: {who.name}").click()


def test_badges_and_hands_wait_on_the_tablet_and_are_sent_once(cast, tablet, badges_of, second):
    cut(tablet)
    type_as_scanner(tablet, badges_of[cast.noura.id])
    hear(tablet, "حُفظ على هذا الجهاز", "queued")
    hear(tablet, f"حضور {cast.noura.name}", "queued")
    tablet.picture("35-scanner-offline", whole=False)
    by_hand(tablet, second, "تسجيل الحضور")
    expect(waiting(tablet)).to_contain_text("بانتظار المزامنة: سجلان")
    expect(recent(tablet).first).to_contain_text("بانتظار الإرسال")
    expect(tablet.page.locator("[data-age]")).to_contain_text("الحضور الآن: 2")
    expect(tablet.page.locator("main")).to_contain_text("انقطع الاتصال")
    assert scans() == []
    tablet.page.wait_for_timeout(11_000)  # what comes later than this was kept
    cut(tablet, off=False)
    expect(waiting(tablet)).to_be_hidden(timeout=20_000)
    expect(recent(tablet).locator("[data-state=waiting]:visible")).to_have_count(0)
    kept = {scan.volunteer_id: scan for scan in scans()}
    assert kept.keys() == {cast.noura.id, second.id}
    noura = kept[cast.noura.id]
    assert (noura.verdict, noura.carrier, noura.evidence) == ("checked_in", "badge", "live")
    assert "offline" in noura.flags
    assert noura.witnessed_by_id == cast.salem.id
    assert kept[second.id].verdict == "checked_in"
    assert len(scans()) == 2


def test_a_slow_answer_is_not_waited_for(cast, tablet, badges_of):
    held = []
    tablet.page.route("**/api/v1/scans", lambda route: held.append(route))
    type_as_scanner(tablet, badges_of[cast.noura.id])
    hear(tablet, "حُفظ على هذا الجهاز", "queued")
    expect(recent(tablet).locator("[data-state=waiting]")).to_be_visible()
    held[0].continue_()
    expect(waiting(tablet)).to_be_hidden(timeout=10_000)
    expect(recent(tablet).locator("[data-state=waiting]")).to_be_hidden()
    assert [scan.verdict for scan in scans()] == ["checked_in"]


def test_without_a_network_the_page_opens_all_the_same(cast, tablet, badges_of):
    cut(tablet)
    tablet.reload()
    assert tablet.heading == "مسح بطاقة"
    expect(tablet.page.locator("[data-age]")).to_contain_text("بيانات")
    type_as_scanner(tablet, badges_of[cast.noura.id])
    hear(tablet, f"حضور {cast.noura.name}")
    tablet.picture("36-scanner-reloaded-offline")
    cut(tablet, off=False)
    expect(waiting(tablet)).to_be_hidden(timeout=20_000)
    assert [scan.verdict for scan in scans()] == ["checked_in"]


@pytest.mark.parametrize("path", ["/floor/{site}", "/floor/{site}/check-ins/new", "/approvals"])
def test_without_a_network_other_pages_lead_to_the_scanner(cast, tablet, path):
    cut(tablet)
    tablet.open(path.format(site=cast.mataf.id))
    link = tablet.page.locator("[data-part=scanners] a[href$=scanner]")
    expect(link).to_have_text(f"متابعة على الماسح دون اتصال: {cast.mataf.name_ar}")
    tablet.picture("37-floor-offline")
    link.click()
    tablet.page.wait_for_selector("[data-scanner]")
    assert tablet.heading == "مسح بطاقة"
    expect(tablet.page.locator("[data-age]")).to_contain_text("بيانات")


def test_a_phone_that_keeps_no_scanner_is_offered_none(cast, visit):
    phone = visit("phone", person=cast.noura)
    phone.open("/hours")
    phone.page.wait_for_function(WORKER)
    cut(phone)
    phone.open("/account")
    expect(phone.page.locator("main")).to_contain_text("تحتاج هذه الصفحة إلى الإنترنت")
    expect(phone.page.locator("a[href*=scanner]")).to_have_count(0)


def test_what_the_server_refuses_stays_and_is_explained(cast, tablet, badges_of, now):
    text = badges_of[cast.noura.id]
    cut(tablet)
    type_as_scanner(tablet, text)
    expect(waiting(tablet)).to_be_visible()
    badges.revoke(cast.noura.id, version=1, by=cast.layla.id, now=now - MINUTE)
    cut(tablet, off=False)
    refused = tablet.page.locator("[data-refused]")
    expect(refused).to_contain_text(cast.noura.name, timeout=20_000)
    expect(recent(tablet)).to_contain_text("لم يُقبل")
    tablet.reload()
    expect(refused).to_contain_text(cast.noura.name)
    assert scans() == []
    scanner = tablet.page.url
    tablet.open("/offline")
    expect(tablet.page.locator("[data-part=rows]")).to_contain_text(cast.noura.name)
    tablet.picture("40-kept-by-name")
    tablet.page.goto(scanner)
    tablet.tap("تم الاطلاع")
    expect(refused).to_be_hidden()


def test_a_second_look_at_a_badge_is_no_second_act(cast, tablet, badges_of):
    cut(tablet)
    for said in ("حُفظ على هذا الجهاز", "مسجّل مسبقًا الساعة"):
        type_as_scanner(tablet, badges_of[cast.noura.id])
        hear(tablet, said)
        tablet.page.wait_for_timeout(3_200)  # out of sight for longer than the same code is ignored
    expect(waiting(tablet)).to_contain_text("سجل واحد")


def test_an_unexpected_badge_waits_without_a_name(cast, tablet, now):
    passer_by = factories.person(now, "عابر بلا فترة")
    text = badge_of(passer_by, cast.layla, now)
    cut(tablet)
    type_as_scanner(tablet, text)
    hear(tablet, "سيُعرف صاحب البطاقة عند عودة الاتصال")
    cut(tablet, off=False)
    expect(recent(tablet)).to_contain_text(passer_by.name, timeout=20_000)
    assert len(scans()) == 1


def test_signing_out_leaves_no_name_on_the_tablet(tablet):
    tablet.page.locator(".user-menu summary").click()
    tablet.press("تسجيل الخروج")
    assert tablet.page.evaluate("async () => (await caches.keys()).includes('scanner')") is False


def test_somebody_else_is_not_shown_the_list_of_the_one_before(tablet):
    keep_for = """async (address) => {
      const cache = await caches.open("scanner");
      const day = await (await cache.match(address)).json();
      await cache.put(address, new Response(JSON.stringify({ ...day, owner: 99 })));
    }"""
    address = tablet.page.locator("[data-scanner]").get_attribute("data-today")
    tablet.page.evaluate(keep_for, address)
    cut(tablet)
    tablet.reload()
    expect(tablet.page.locator("[data-age]")).to_be_hidden()
    tablet.page.locator("[data-search]").fill("نورة")
    expect(tablet.page.locator("[data-nobody]")).to_be_visible()


def test_a_sign_in_that_ended_ends_the_list_too(tablet, visit):
    assert tablet.page.evaluate(KEEPS, ["/today"])
    tablet.page.context.clear_cookies()
    tablet.page.evaluate("window.dispatchEvent(new Event('online'))")
    tablet.page.wait_for_url("**/staff/sign-in**")
    # the evacuation list of the site may have asked too
    assert {fault.partition(":")[0] for fault in visit.faults.seen} == {"401"}
    visit.faults.seen.clear()
    assert not tablet.page.evaluate(KEEPS, ["/today"])


def test_names_are_searched_as_on_the_server(tablet):
    fold = """async (names) => {
      const { foldName } = await import(document.querySelector("script[src*=scanner]").src.replace(
        "scanner.js", "scanner/folding.js"));
      return names.map(foldName);
    }"""
    assert tablet.page.evaluate(fold, NAMES) == [fold_name(name) for name in NAMES]
