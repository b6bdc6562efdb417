"""A lane's tally on tablets: fast taps, several tablets, no network, lost answers, no scripts."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from checkin.database import db
from checkin.models import Shift, TallyTap
from checkin.operations import devices, tally
from checkin.web import clock
from tests import factories
from tests.browser.test_floor_live import STILL
from tests.browser.visitors import WAYS, Visitor
from tests.cast import Cast

pytestmark = pytest.mark.kept_pages

WORKER = "() => Boolean(navigator.serviceWorker.controller)"
KEPT = """async (address) => {
  const kept = (await (await caches.open("scanner")).keys()).map(({ url }) => url);
  return [address, "/tally/store.js", "/modules/tally.js", "/idb/index.js"]
    .every((ending) => kept.some((url) => url.endsWith(ending)));
}"""
FAST = """(count) => {
  const button = document.querySelector("button[value='1']");
  for (let tap = 0; tap < count; tap += 1) button.click();
  return document.querySelector("[data-part=total]").textContent;
}"""
READY = """async () => {
  const opened = await new Promise((pass) => {
    indexedDB.open("tally").onsuccess = ({ target }) => pass(target.result);
  });
  const read = (store) => new Promise((pass) => {
    store.getAll().onsuccess = ({ target }) => pass(target.result);
  });
  const release = async () => {
    const act = opened.transaction("taps", "readwrite");
    const taps = await read(act.objectStore("taps"));
    const held = taps.every(({ ready_at }) => ready_at > Date.now());
    if (held) for (const tap of taps) act.objectStore("taps").put({ ...tap, ready_at: 0 });
    await new Promise((pass) => { act.oncomplete = pass; });
    return held;
  };
  for (let tries = 0; tries < 300; tries += 1) {
    // not while the page sends: it would ask once more, and hold them for another minute
    if (await navigator.locks.request("taps", release)) return opened.close();
    await new Promise((pass) => setTimeout(pass, 50));
  }
  throw new Error("the tablet was not told that these may not count");
}"""
"""Once all taps are held, as if the minute had passed after which a tablet asks again."""


@pytest.fixture
def lane(cast: Cast, now) -> Shift:
    return factories.lane_shift(now, cast.mataf)


@pytest.fixture
def here(cast: Cast, lane: Shift) -> str:
    return f"/floor/{cast.mataf.id}/tally/{lane.id}"


@pytest.fixture
def tablet(cast: Cast, visit, here) -> Visitor:
    """Salem's tablet with the page open."""
    return ready(visit("tablet", person=cast.salem, lang="en"), here)


def ready(visitor: Visitor, here: str) -> Visitor:
    visitor.open(here)
    expect(visitor.page.locator("[data-network=on]")).to_be_visible()
    return visitor


def cut(visitor: Visitor) -> None:
    """The network goes once the worker is there: what is half loaded is nobody's concern here."""
    visitor.page.wait_for_function(WORKER)
    visitor.page.context.set_offline(True)


def shown(visitor: Visitor, total: str, timeout: int = 15_000) -> None:
    expect(visitor.page.locator("[data-part=total]")).to_have_text(total, timeout=timeout)


def waiting(visitor: Visitor):
    return visitor.page.locator("[data-part=waiting]")


def sent(visitor: Visitor) -> None:
    expect(visitor.page.locator("[data-part=sent]")).to_be_visible(timeout=20_000)


def add(visitor: Visitor, amount: int) -> None:
    visitor.page.locator(f"button[value='{amount}']").click()


def total(lane: Shift) -> int:
    db.session.rollback()
    return tally.taps_of([lane.id]).get(lane.id, 0)


def test_taps_as_fast_as_a_thumb_all_count(tablet, lane):
    assert tablet.page.evaluate(FAST, 40) == "40", "each one is shown before anything is sent"
    add(tablet, 10)
    add(tablet, -1)
    shown(tablet, "49")
    sent(tablet)
    assert total(lane) == 49
    assert db.session.query(TallyTap).count() == 42
    shown(tablet, "49")


def test_two_tablets_add_up_and_see_each_other(cast, visit, tablet, lane, here):
    other = ready(visit("tablet", person=cast.layla, lang="en"), here)
    for _ in range(3):
        add(tablet, 5)
        add(other, 1)
    shown(tablet, "18")
    shown(other, "18")
    expect(tablet.page.locator("[data-part=tapping]")).to_contain_text(cast.layla.name)
    assert total(lane) == 18


def test_a_tap_is_undone_from_the_list_of_another_tablet(cast, visit, tablet, lane, here):
    add(tablet, 10)
    sent(tablet)
    other = ready(visit("tablet", person=cast.layla, lang="en"), here)
    line = other.page.locator("[data-part=last] li", has_text="+10")
    line.get_by_role("button", name="Undo").click()
    shown(other, "0")
    expect(other.page.locator("[data-part=last]")).to_contain_text("Tap taken back")
    shown(tablet, "0")
    assert total(lane) == 0


def test_without_a_network_taps_wait_survive_a_reload_and_count_once(tablet, lane, here):
    tablet.page.wait_for_function(KEPT, arg=here)
    add(tablet, 10)
    sent(tablet)
    cut(tablet)
    tablet.page.evaluate(FAST, 5)
    shown(tablet, "15")
    expect(waiting(tablet)).to_contain_text("Waiting to sync: 5 taps")
    expect(tablet.page.locator("main")).to_contain_text("Counting continues on this device")
    tablet.picture("50-tally-offline")
    tablet.reload()
    assert tablet.heading == "Lane tally"
    shown(tablet, "15")
    expect(waiting(tablet)).to_contain_text("Waiting to sync: 5 taps")
    expect(tablet.page.locator("main")).to_contain_text("Data from")
    add(tablet, 5)
    shown(tablet, "20")
    assert total(lane) == 10
    tablet.page.context.set_offline(False)
    sent(tablet)
    shown(tablet, "20")
    assert total(lane) == 20


def test_two_tablets_without_a_network_add_up_afterwards(cast, visit, tablet, lane, here):
    other = ready(visit("tablet", person=cast.layla, lang="en"), here)
    for one in (tablet, other):
        cut(one)
        one.page.evaluate(FAST, 7)
        shown(one, "7")
        expect(waiting(one)).to_be_visible()
    for one in (tablet, other):
        one.page.context.set_offline(False)
        sent(one)
    shown(tablet, "14")
    shown(other, "14")
    assert total(lane) == 14


def test_an_answer_that_is_lost_is_asked_for_again(tablet, lane):
    """The server counted; the tablet cannot know, sends again, and nobody is counted twice."""
    lost = []

    def lose(route):
        if lost:
            return route.continue_()
        lost.append(route.fetch())
        return route.abort()

    tablet.page.route("**/api/v1/tallies", lose)
    add(tablet, 5)
    sent(tablet)
    shown(tablet, "5")
    assert [answer.status for answer in lost] == [200]
    assert total(lane) == 5


def test_a_network_that_hangs_does_not_keep_the_buttons_waiting(tablet, lane, here):
    """Opened with taps that wait, on a network that takes them and never answers."""
    held = []
    tablet.page.route("**/api/v1/tallies", lambda route: held.append(route))
    with tablet.page.expect_request("**/api/v1/tallies"):
        add(tablet, 1)
    tablet.open(here)
    assert tablet.page.evaluate(FAST, 10) == "11"
    assert total(lane) == 0
    tablet.page.unroute_all(behavior="ignoreErrors")
    tablet.reload()
    sent(tablet)
    shown(tablet, "11")
    assert total(lane) == 11


def test_what_is_not_counted_is_said_and_can_be_dismissed(cast, visit, tablet, lane, here):
    """Two tablets take back the same people without a network: the second is told."""
    other = ready(visit("tablet", person=cast.layla, lang="en"), here)
    add(tablet, 1)
    shown(other, "1")
    cut(other)
    add(other, -1)
    expect(waiting(other)).to_be_visible()
    add(tablet, -1)
    sent(tablet)
    other.page.context.set_offline(False)
    refused = other.page.locator("[data-part=refused]")
    expect(refused).to_contain_text("The tally is 0. A correction cannot take away more")
    shown(other, "0")
    other.tap("I have seen this")
    expect(refused).to_be_hidden()
    assert total(lane) == 0


def test_a_shift_that_is_closed_meanwhile_says_so(tablet, lane, now):
    add(tablet, 5)
    sent(tablet)
    factories.alter(lane, closed_at=now)
    expect(tablet.page.locator("main")).to_contain_text("This shift is closed", timeout=15_000)
    expect(tablet.page.locator("button[value='1']")).to_have_count(0)
    loads = []
    tablet.page.on("load", lambda _page: loads.append("again"))
    tablet.page.wait_for_timeout(7_000)
    assert loads == [], "once is enough"


def test_without_scripts_every_button_works(cast, visit, lane, here):
    plain = visit("tablet", person=cast.salem, lang="en", java_script_enabled=False)
    plain.open(here)
    add(plain, 10)
    shown(plain, "10")
    plain.press("Undo")
    shown(plain, "0")
    plain.page.get_by_text("Type the total").click()
    plain.fill(total="34")
    plain.press("Save the total")
    shown(plain, "34")
    assert total(lane) == 34


@WAYS
def test_one_thumb_on_a_tablet(cast, visit, here, lang, viewport):
    visitor = ready(visit("tablet", person=cast.salem, lang=lang, viewport=viewport), here)
    boxes = {
        amount: visitor.page.locator(f"button[value='{amount}']").bounding_box()
        for amount in (1, 5, 10, -1)
    }
    assert min(box["height"] for box in boxes.values()) >= 56
    area = {amount: box["width"] * box["height"] for amount, box in boxes.items()}
    assert area[1] >= 2 * max(area[5], area[10])
    bottom = max(box["y"] + box["height"] for box in boxes.values())
    assert bottom <= visitor.page.viewport_size["height"], "all of them stand on the screen at once"
    touch = "one => getComputedStyle(one).touchAction"
    assert visitor.page.locator("button[value='1']").evaluate(touch) == "manipulation"
    assert visitor.sideways <= 0
    visitor.picture(f"51-tally-{lang}")


def test_nothing_moves_when_others_tap(cast, visit, tablet, lane, here):
    """The buttons stay under the thumb while totals and lists change."""
    button = tablet.page.locator("button[value='1']")
    before = button.bounding_box()
    other = ready(visit("tablet", person=cast.layla, lang="en"), here)
    for _ in range(4):
        add(other, 10)
    shown(tablet, "40")
    cut(tablet)
    add(tablet, 1)
    expect(waiting(tablet)).to_be_visible()
    tablet.page.evaluate(STILL)
    assert button.bounding_box() == before


def test_taps_left_on_a_tablet_go_out_from_the_next_page_of_whoever_may(
    cast, visit, tablet, lane, here
):
    """The network went, and with it the page: Huda may not count here, so they wait for Layla."""
    cut(tablet)
    tablet.page.evaluate(FAST, 3)
    expect(waiting(tablet)).to_contain_text("3 taps")
    tablet.page.wait_for_function("() => localStorage.getItem('waiting-taps') === '3'")
    as_somebody_else(tablet, cast.huda)
    tablet.page.context.set_offline(False)
    tablet.open("/help")
    tablet.page.evaluate(READY)
    assert total(lane) == 0
    as_somebody_else(tablet, cast.layla)
    tablet.open("/help")
    tablet.page.wait_for_function("() => localStorage.getItem('waiting-taps') === '0'")
    assert total(lane) == 3


def as_somebody_else(tablet: Visitor, person) -> None:
    """They sign in on the same tablet, which keeps what it had."""
    lifetime = timedelta(hours=12)
    _, cookie = devices.remember(person.id, "staff", "test", lifetime=lifetime, now=clock.now())
    address = "/".join(tablet.page.url.split("/")[:3])
    tablet.page.context.add_cookies([{"name": "device", "value": cookie, "url": address}])
