"""Roll call and evacuation list in a real browser: taps, two tablets, and no network at all."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, expect

from checkin.database import db
from checkin.models import Person, Sighting
from tests import factories
from tests.browser.conftest import Door
from tests.browser.scanning import badge_of, hear, listen, type_as_scanner, until_kept
from tests.browser.visitors import Visitor
from tests.cast import Cast

pytestmark = pytest.mark.kept_pages

MINUTE = timedelta(minutes=1)
WORKER = "() => Boolean(navigator.serviceWorker.controller)"
SHIFTED = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) if (!one.hadRecentInput) sum += one.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 500);
})"""
NAMES = ("تركي فهد العتيبي", "ريم خالد الحربي", "عبدالرحمن عبدالعزيز بن محمد آل سعيد الغامدي")


@pytest.fixture
def visit(visit: Door) -> Door:
    """Lists are kept until an hour that the server says, on whatever day this runs."""
    return replace(visit, agrees=True)


@pytest.fixture
def here(cast: Cast, now) -> list[Person]:
    """Noura and three others, in."""
    others = [factories.person(now, name) for name in NAMES]
    for who in others:
        factories.assign(now - 60 * MINUTE, who, cast.shift)
    for who in (cast.noura, *others):
        factories.check_in(who, cast.poster, now - 20 * MINUTE)
    return [cast.noura, *others]


@pytest.fixture
def late(cast: Cast, now) -> Person:
    """Somebody who is expected and not in yet."""
    who = factories.person(now, "هند سليمان العصيمي")
    factories.assign(now - 60 * MINUTE, who, cast.shift)
    return who


@pytest.fixture
def evacuation(cast: Cast) -> str:
    return f"/floor/{cast.mataf.id}/evacuation"


def ready(tablet: Visitor, *pages: str) -> None:
    """Until the worker is in charge and these pages are kept with their people."""
    tablet.page.wait_for_function(WORKER)
    until_kept(tablet, "/present", "/presence.js", "/looks.js", *pages)


def cut(tablet: Visitor, *, off: bool = True) -> None:
    tablet.page.context.set_offline(off)


def row(tablet: Visitor, who: Person) -> Locator:
    return tablet.page.locator(f'[data-person="{who.id}"] > .person-tick')


def figure(tablet: Visitor) -> Locator:
    return tablet.page.locator(".presence-figure")


def looks() -> list[tuple[int, bool]]:
    db.session.rollback()
    kept = db.session.scalars(db.select(Sighting).order_by(Sighting.id))
    return [(one.volunteer_id, one.was_seen) for one in kept]


def test_a_roll_call_is_one_tap_a_person_and_nothing_moves(cast, visit, here):
    tablet = visit("tablet", person=cast.salem)
    tablet.open(f"/floor/{cast.mataf.id}/roll-call")
    expect(figure(tablet)).to_have_text("0 من 4")
    for count, who in enumerate(here, 1):
        row(tablet, who).click()
        expect(row(tablet, who)).to_have_attribute("aria-pressed", "true")
        expect(figure(tablet)).to_have_text(f"{count} من 4")
    expect(tablet.page.locator("[data-complete]")).to_be_visible()
    row(tablet, here[0]).click()  # taken back
    expect(figure(tablet)).to_have_text("3 من 4")
    assert tablet.page.evaluate(SHIFTED) < 0.02
    box = row(tablet, here[1]).bounding_box()
    assert box is not None
    assert box["height"] >= 56
    tablet.page.wait_for_timeout(600)
    assert looks() == [*((who.id, True) for who in here), (here[0].id, False)]
    tablet.picture("50-roll-call")


def test_two_tablets_call_one_roll(cast, visit, here):
    salem, layla = visit("tablet", person=cast.salem), visit("tablet", person=cast.layla, lang="en")
    for tablet in (salem, layla):
        tablet.open(f"/floor/{cast.mataf.id}/roll-call")
    row(salem, here[0]).click()
    row(layla, here[1]).click()
    expect(figure(salem)).to_have_text("2 من 4", timeout=10_000)
    expect(figure(layla)).to_have_text("2 of 4", timeout=10_000)
    expect(row(layla, here[0])).to_have_attribute("aria-pressed", "true")
    first = layla.page.locator(".person > .person-tick").first
    expect(first).to_have_attribute("aria-pressed", "false", timeout=10_000)


def test_the_evacuation_list_opens_ticks_and_calls_without_a_network(
    cast, visit, here, late, evacuation, now
):
    code = badge_of(late, cast.layla, now)
    tablet = listen(visit("tablet", person=cast.salem))
    tablet.open(evacuation)
    expect(tablet.page.locator("a[data-call]").first).to_have_attribute("href", re.compile("^tel:"))
    ready(tablet, evacuation, "/numbers")
    tablet.open(f"/sites/{cast.mataf.id}/scanner")
    until_kept(tablet, "/today", f"/sites/{cast.mataf.id}/scanner", "/keep-evacuation.js")
    cut(tablet)
    type_as_scanner(tablet, code)
    hear(tablet, "حُفظ على هذا الجهاز", "queued")
    tablet.open(evacuation)
    assert tablet.heading == "قائمة الإخلاء"
    expect(figure(tablet)).to_have_text("0 من 5")
    expect(tablet.page.locator("main")).to_contain_text("آخر تحديث للقائمة: الآن")
    for who in (*here, late):
        expect(row(tablet, who)).to_contain_text(who.name)
    number = tablet.page.locator(f'[data-person="{cast.noura.id}"] [data-call]')
    expect(number).to_have_attribute("href", f"tel:{cast.noura.mobile}")
    for who in (here[0], here[1], late):
        row(tablet, who).click()
    row(tablet, here[1]).click()
    expect(figure(tablet)).to_have_text("2 من 5")
    expect(tablet.page.locator("[data-presence] [data-unsent]")).to_contain_text("4 سجلات")
    tablet.picture("51-evacuation-offline")
    tablet.reload()
    expect(figure(tablet)).to_have_text("2 من 5")  # ticks outlive the page
    assert looks() == []
    cut(tablet, off=False)
    expect(tablet.page.locator("[data-presence] [data-unsent]")).to_be_hidden(timeout=20_000)
    expect(figure(tablet)).to_have_text("2 من 5")
    tablet.page.wait_for_timeout(12_000)  # whatever would come twice has come by now
    kept = looks()
    assert sorted(kept) == sorted(
        [(here[0].id, True), (here[1].id, True), (here[1].id, False), (late.id, True)]
    )


def test_the_scanner_keeps_the_list_ready_and_the_way_to_it(cast, visit, here, evacuation):
    """Nobody opened it while there was a network."""
    tablet = visit("tablet", person=cast.salem)
    tablet.open(f"/sites/{cast.mataf.id}/scanner")
    ready(tablet, evacuation)
    cut(tablet)
    tablet.open("/approvals")
    link = tablet.page.locator("[data-part=scanners] a[href$=evacuation]")
    expect(link).to_contain_text(cast.mataf.name_ar)
    link.click()
    expect(figure(tablet)).to_have_text("0 من 4")
    cut(tablet, off=False)


def test_signing_out_forgets_the_list(cast, visit, here, evacuation):
    tablet = visit("tablet", person=cast.salem)
    tablet.open(evacuation)
    ready(tablet, evacuation)
    tablet.page.locator(".user-menu summary").click()
    tablet.press("تسجيل الخروج")
    assert not tablet.page.evaluate("caches.has('scanner')")


def test_the_list_prints_with_boxes_and_without_buttons(cast, visit, here, evacuation):
    tablet = visit("laptop", person=cast.salem)
    tablet.open(evacuation)
    row(tablet, here[0]).click()
    expect(figure(tablet)).to_have_text("1 من 4")
    tablet.page.emulate_media(media="print")
    for hidden in (".presence-tools", "a[data-call]", ".service-tools", ".footer"):
        expect(tablet.page.locator(hidden).first).to_be_hidden()
    expect(tablet.page.locator(".person-mark").first).to_be_visible()
    tablet.picture("52-evacuation-print")


def test_a_locked_tablet_shows_names_only_in_an_emergency(cast, visit, here, evacuation):
    tablet = visit("tablet", person=cast.salem)
    tablet.open(evacuation)
    ready(tablet, evacuation)
    name = row(tablet, here[0]).locator("[data-private]").first
    cut(tablet)
    tablet.page.locator("[data-lock-now] button").click()
    expect(name).to_be_hidden()
    tablet.picture("53-evacuation-locked")
    tablet.reload()
    expect(name).to_be_hidden()
    tablet.button("حالة طارئة: إظهار الأسماء").click()
    expect(name).to_be_visible()
    row(tablet, here[0]).click()
    expect(figure(tablet)).to_have_text("1 من 4")
    tablet.picture("54-evacuation-emergency")
    visit.faults.seen.clear()
    cut(tablet, off=False)
    expect(name).to_be_hidden(timeout=15_000)  # the lock can ask again
    tablet.page.wait_for_timeout(3_000)
    visit.faults.seen.clear()  # a locked device is answered 401
    assert looks() == [(here[0].id, True)]
