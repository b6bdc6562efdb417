"""A display on a tablet: its codes are the server's, hours without a network included."""

import io
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from checkin.domain.scanning import Code
from checkin.operations import displays
from checkin.web import clock
from checkin.web.assets import asset
from tests import factories
from tests.browser.visitors import PHONE, TABLET
from tests.browser.wire import Wire
from tests.web.photographs import read_by_opencv, read_by_zxing

pytestmark = pytest.mark.kept_pages

HOUR = timedelta(hours=1)
PIN = "4815"
WRONG_BY = timedelta(minutes=7)
"""How far the tablet's own clock is ahead of the server's."""
RETRY = 21_000
"""Milliseconds after which a display that was cut off has asked again."""
VECTORS = json.loads(
    (Path(__file__).parents[1] / "domain" / "rotating_vectors.json").read_text(encoding="utf-8")
)
MAKE = """async ([address, given]) => {
  const tokens = await import(address);
  const bytes = Uint8Array.from(atob(given.key), letter => letter.charCodeAt(0));
  const how = {name: "HMAC", hash: "SHA-256"};
  const key = await crypto.subtle.importKey("raw", bytes, how, false, ["sign"]);
  const at = Date.parse(given.at), window = tokens.windowOf(at), minute = tokens.minuteOf(at);
  const display = {
    number: given.number, siteId: given.site_id, epoch: given.epoch, keyId: given.key_id};
  return {
    window, minute, day: tokens.dayOfWindow(window),
    token: await tokens.token(key, display, window),
    digits: await tokens.sixDigits(key, display, minute)};
}"""
KEPT = """() => new Promise((resolve, reject) => {
  const opening = indexedDB.open("display");
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const asked = opening.result.transaction("kept").objectStore("kept").get("keys");
    asked.onsuccess = () => {
      const keys = Object.values(asked.result?.keys ?? {});
      const sealed = key => key instanceof CryptoKey && !key.extractable;
      resolve({keys: keys.length, sealed: keys.every(sealed)});
      opening.result.close();
    };
  };
})"""

KEPT_ITSELF = """async () => {
  const there = () => caches.match("/display", {cacheName: "display"});
  for (let tries = 0; tries < 400; tries += 1) {
    if (navigator.serviceWorker.controller && await there()) return true;
    await new Promise(pass => setTimeout(pass, 50));
  }
  return false;
}"""

NO_CRYPTOGRAPHY = "Object.defineProperty(Crypto.prototype, 'subtle', {value: undefined})"
COUNT_LOCKS = """
  globalThis.locks = [];
  const take = navigator.wakeLock.request.bind(navigator.wakeLock);
  navigator.wakeLock.request = async kind => {
    const lock = await take(kind);
    locks.push(lock);
    return lock;
  };
"""
"""Keeps what the browser itself gives, so that a test can let go of it as the browser would."""


@pytest.fixture
def wire():
    wire = Wire()
    yield wire
    wire.close()


@pytest.fixture
def address(app, address, wire) -> str:
    """The server, at the other end of a wire."""
    wire.lead_to(int(address.rpartition(":")[2]))
    app.config["BASE_URL"] = wire.address
    return wire.address


@pytest.fixture
def screen(cast) -> displays.Screen:
    """Salem opened the code of the Mataf on the tablet at its entrance."""
    return displays.open_here(cast.mataf.id, PIN, by=cast.salem.id, now=clock.now())


@pytest.fixture
def tablet(visit, screen, now):
    """That tablet; its clock is wrong and goes only as the tests let it."""

    def switch_on(before="", **options):
        visitor = visit("tablet", **options)
        visitor.page.add_init_script(before)
        visitor.page.clock.install(time=now + WRONG_BY)
        become(visitor, screen)
        return visitor

    return switch_on


def become(visitor, screen: displays.Screen) -> None:
    place = {"domain": "127.0.0.1", "path": "/display"}
    visitor.page.context.add_cookies([{"name": "display", "value": screen.secret, **place}])
    visitor.open("/display")


def picture(visitor) -> bytes:
    expect(visitor.page.locator('[data-state="live"], [data-state="ending"]')).to_be_visible()
    return visitor.page.locator(".display-code").screenshot()


def in_grey(taken: bytes) -> Image.Image:
    return Image.open(io.BytesIO(taken)).convert("L")


def token_on(visitor) -> str:
    return token_in(picture(visitor))


def token_in(taken: bytes) -> str:
    """What a phone reads from the glass, by two decoders of different makers."""
    seen = in_grey(taken)
    texts = {*read_by_zxing(seen), *read_by_opencv(seen)}
    assert len(texts) == 1
    address, token = texts.pop().rsplit("/", 1)
    assert address.endswith("/R")
    assert address == address.upper()
    return token


def judged(token: str) -> Code:
    """What the server would say to somebody who opens this code now."""
    shown = displays.shown(token)
    assert shown is not None, "the server never gave this screen the key"
    return shown.judged(clock.now())


def pass_time(visitor, traveller, length: timedelta) -> None:
    """On the tablet and on the server alike, until the tablet draws another code."""
    drawn = visitor.page.locator('[data-slot="code"] path')
    before = drawn.get_attribute("d")
    traveller.shift(length)
    visitor.page.clock.fast_forward(int(length.total_seconds() * 1000))
    expect(drawn).not_to_have_attribute("d", before)


def back_on_line(visitor, wire) -> None:
    """The display notices by itself when it asks the next time."""
    wire.mend()
    visitor.page.clock.fast_forward(RETRY)


# --- codes ---------------------------------------------------------------------------------


@pytest.mark.parametrize("given", VECTORS["tokens"], ids=lambda given: given["at"])
def test_the_browser_makes_the_same_bytes_as_the_server(app, visit, given):
    with app.test_request_context():
        module = asset("js/display/tokens.js")
    page = visit("tablet").page
    page.goto("/help")
    made = page.evaluate(MAKE, [module, given])
    assert made == {name: given[name] for name in made}


def test_the_code_is_the_server_s_though_the_tablet_s_clock_is_wrong(tablet):
    visitor = tablet()
    assert judged(token_on(visitor)) is Code.ACTIVE
    assert "ساعة هذا الجهاز غير مضبوطة" in visitor.text
    visitor.picture("30-display")


def test_the_six_digits_are_those_of_this_minute(cast, tablet):
    visitor = tablet()
    picture(visitor)
    digits = visitor.page.locator('[data-slot="digits"]').inner_text()
    assert re.fullmatch(r"\d{3} \d{3}", digits)
    found = displays.typed(digits.replace(" ", ""), cast.mataf.id, clock.now())
    assert found is not None
    assert not found.is_old


def test_a_code_renews_itself_with_the_half_minute(tablet, traveller):
    visitor = tablet()
    first = token_on(visitor)
    pass_time(visitor, traveller, timedelta(seconds=30))
    second = token_on(visitor)
    assert first != second
    assert judged(second) is Code.ACTIVE
    pass_time(visitor, traveller, timedelta(seconds=61))
    assert judged(first) is Code.EXPIRED


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_the_code_is_large_and_nothing_else_is_pushed_off_the_tablet(tablet, lang):
    visitor = tablet(lang=lang)
    picture(visitor)
    box = visitor.page.locator(".display-code").bounding_box()
    assert min(box["width"], box["height"]) >= 640
    tall = visitor.page.evaluate("document.documentElement.scrollHeight")
    assert tall <= TABLET["height"]
    assert visitor.sideways == 0


@pytest.mark.parametrize("theme", ["dark", "contrast"])
def test_the_code_is_black_on_white_in_every_theme(tablet, theme):
    seen = in_grey(picture(tablet(theme=theme)))
    middle = [seen.getpixel((x, seen.height // 2)) for x in range(8, seen.width - 8)]
    assert {shade for shade in middle if 16 < shade < 240} == set()
    assert middle.count(255) > len(middle) / 4 < middle.count(0) * 2


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_a_phone_can_be_a_display_and_all_of_it_is_seen(tablet, lang):
    visitor = tablet(viewport=PHONE, lang=lang)
    assert judged(token_on(visitor)) is Code.ACTIVE
    assert visitor.sideways == 0
    assert visitor.page.evaluate("document.documentElement.scrollHeight") <= PHONE["height"]


def test_the_keys_cannot_be_read_out_of_the_browser(tablet):
    visitor = tablet()
    picture(visitor)
    assert visitor.page.evaluate(KEPT) == {"keys": 2, "sealed": True}


def test_the_screen_stays_lit_also_after_somebody_looked_elsewhere(tablet):
    # a window has it of itself; a browser without one has to be told
    visitor = tablet(before=COUNT_LOCKS, permissions=["screen-wake-lock"])
    picture(visitor)
    page = visitor.page
    assert page.evaluate("locks.length") == 1
    page.evaluate("locks[0].release()")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_function("locks.length === 2")
    assert page.evaluate("locks[1].released") is False


# --- without a network ---------------------------------------------------------------------


@pytest.mark.parametrize("away", [12 * HOUR, 14.5 * HOUR], ids=["half a day", "past midnight"])
def test_a_display_cut_off_for_hours_shows_codes_the_server_accepts(tablet, traveller, away, wire):
    visitor = tablet()
    before = token_on(visitor)
    wire.break_off()
    pass_time(visitor, traveller, away)
    token = token_on(visitor)
    assert token != before
    assert judged(token) is Code.ACTIVE
    assert judged(before) is Code.EXPIRED
    assert "غير متصل منذ" in visitor.text


def test_a_display_says_that_its_clock_was_not_checked_for_half_a_day(tablet, traveller, wire):
    visitor = tablet()
    picture(visitor)
    unsynced = visitor.page.locator('[data-sign="unsynced"]')
    wire.break_off()
    pass_time(visitor, traveller, 11 * HOUR)
    expect(unsynced).to_be_hidden()
    pass_time(visitor, traveller, 2 * HOUR)
    expect(unsynced).to_be_visible()
    back_on_line(visitor, wire)
    expect(unsynced).to_be_hidden()
    expect(visitor.page.locator('[data-sign="online"]')).to_be_visible()


def test_a_display_shows_no_code_on_a_day_whose_key_it_never_got(tablet, traveller, wire):
    visitor = tablet(lang="en")
    picture(visitor)
    wire.break_off()
    traveller.shift(40 * HOUR)
    visitor.page.clock.fast_forward(int((40 * HOUR).total_seconds() * 1000))
    expect(visitor.page.locator('[data-state="keyless"]')).to_be_visible()
    expect(visitor.page.locator('[data-slot="code"]')).to_be_hidden()
    assert "no code for today" in visitor.text
    back_on_line(visitor, wire)
    assert judged(token_on(visitor)) is Code.ACTIVE


def test_a_display_reloaded_without_a_network_goes_on(tablet, traveller, wire):
    visitor = tablet()
    token_on(visitor)
    assert visitor.page.evaluate(KEPT_ITSELF)
    wire.break_off()
    pass_time(visitor, traveller, 3 * HOUR)
    assert visitor.reload().from_service_worker
    assert judged(token_on(visitor)) is Code.ACTIVE


# --- what it says --------------------------------------------------------------------------


def test_somebody_s_result_is_shown_for_a_moment_and_without_a_name(cast, tablet):
    visitor = tablet(lang="en")
    picture(visitor)
    said = visitor.page.locator('[data-sign="last-in"]')
    with visitor.page.expect_response("**/display/last"):
        pass
    factories.check_in(cast.noura, cast.poster, clock.now())
    expect(said).to_have_text(re.compile(r"Checked in 1:0\d\sPM"))
    assert cast.noura.name not in visitor.page.content()
    expect(said).to_be_hidden()


def test_a_stopped_display_says_so_and_forgets_its_keys(visit, cast, screen, tablet):
    visitor = tablet(lang="en")
    picture(visitor)
    displays.revoke(screen.display.id, by=cast.salem.id, now=clock.now())
    expect(visitor.page.locator('[data-sign="stopped"]')).to_be_visible()
    expect(visitor.page.locator('[data-slot="code"]')).to_be_hidden()
    assert "A supervisor can open it again" in visitor.text
    assert visitor.page.evaluate(KEPT) == {"keys": 0, "sealed": True}
    refusals = [one for one in visit.faults.seen if one.startswith("401: ")]
    assert refusals, "the server refused the screen"
    visit.faults.seen[:] = [one for one in visit.faults.seen if one not in refusals]


def test_a_display_opened_again_does_not_show_its_former_codes(cast, screen, tablet):
    visitor = tablet()
    former = token_on(visitor)
    displays.leave(screen.display.id, PIN, now=clock.now())
    again = displays.open_here(cast.mataf.id, PIN, by=cast.salem.id, now=clock.now())
    assert again.display.id == screen.display.id
    become(visitor, again)
    assert judged(token_on(visitor)) is Code.ACTIVE
    assert judged(former) is Code.REVOKED


def test_a_display_on_plain_http_says_why_it_shows_nothing(tablet):
    """Browsers lend their cryptography to https and to the machine itself only."""
    visitor = tablet(before=NO_CRYPTOGRAPHY, lang="en")
    expect(visitor.page.locator('[data-state="insecure"]')).to_be_visible()
    assert "only on an https:// address" in visitor.text


@pytest.mark.parametrize("where", ["/sites/{}/display", "/display/pair"])
def test_that_is_said_before_anybody_chooses_digits(cast, visit, where):
    visitor = visit("tablet", person=cast.salem, lang="en")
    visitor.page.add_init_script(NO_CRYPTOGRAPHY)
    visitor.open(where.format(cast.mataf.id))
    assert "only on an https:// address" in visitor.text
    expect(visitor.page.locator("main form")).to_be_hidden()


# --- opening and leaving -------------------------------------------------------------------


def type_pin(visitor, digits: str) -> None:
    for digit in digits:
        visitor.tap(digit)


def test_salem_opens_the_code_full_screen_and_only_the_pin_leads_back(cast, visit):
    salem = visit("tablet", person=cast.salem, lang="en")
    floor = f"/floor/{cast.mataf.id}"
    salem.open(floor)
    salem.follow("Show a renewing code")
    type_pin(salem, "4816")
    salem.tap("Delete the last digit")
    type_pin(salem, "5")
    salem.press("Show the code")
    assert judged(token_on(salem)) is Code.ACTIVE

    salem.open(floor)
    assert salem.heading == "Close the display"
    type_pin(salem, "1111")
    salem.press("Close the display")
    assert "That PIN is not right" in salem.text
    assert salem.page.locator("[name=pin]").input_value() == ""
    salem.picture("31-display-pin")
    type_pin(salem, PIN)
    salem.press("Close the display")
    assert salem.page.url.endswith(floor)
    assert salem.page.evaluate(KEPT)["keys"] == 0
    assert salem.page.evaluate("caches.has('display')") is False


def test_twice_as_large_text_fits_the_narrowest_phone(tablet):
    visitor = tablet(viewport={"width": 320, "height": 640})
    picture(visitor)
    visitor.page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert visitor.sideways == 0


@pytest.mark.parametrize(
    ("lang", "viewport"), [("ar", PHONE), ("en", TABLET)], ids=["phone", "tablet"]
)
def test_after_a_mistake_the_whole_keypad_and_its_button_are_seen(
    cast, visit, screen, viewport, lang
):
    visitor = visit("tablet", person=cast.salem, lang=lang, viewport=viewport)
    become(visitor, screen)
    for address in (f"/sites/{cast.mataf.id}/display", "/display/leave"):
        visitor.open(address)
        visitor.page.locator("[name=pin]").fill("11")
        with visitor.page.expect_navigation():
            visitor.page.locator("[name=pin]").press("Enter")
        keys = visitor.page.locator(".pin-keys button")
        assert min(keys.nth(at).bounding_box()["height"] for at in range(11)) >= 48
        expect(keys.last).to_be_in_viewport(ratio=1)
        expect(visitor.page.locator("form .actions .button").first).to_be_in_viewport(ratio=1)


def test_the_floor_shows_the_display_s_code_and_renews_it(cast, visit, screen, traveller):
    salem = visit("tablet", person=cast.salem)
    salem.page.clock.install(time=clock.now())
    salem.open(f"/floor/{cast.mataf.id}")
    code = salem.page.locator("#code .code-image")
    first, drawn = token_in(code.screenshot()), code.locator("path").last
    before = drawn.get_attribute("d")
    assert judged(first) is Code.ACTIVE
    traveller.shift(timedelta(seconds=61))
    salem.page.clock.fast_forward(61_000)
    expect(drawn).not_to_have_attribute("d", before)
    assert judged(token_in(code.screenshot())) is Code.ACTIVE
    assert judged(first) is Code.EXPIRED


def test_the_floor_hides_a_code_it_cannot_renew(cast, visit, screen, wire):
    salem = visit("tablet", person=cast.salem)
    salem.page.clock.install(time=clock.now())
    salem.open(f"/floor/{cast.mataf.id}")
    expect(salem.page.locator("#code .code-image")).to_be_visible()
    wire.break_off()
    salem.page.clock.fast_forward(31_000)
    expect(salem.page.locator("#code .code-image")).to_be_hidden()
    assert "تعذّر تجديد الرمز دون اتصال" in salem.text


def test_a_phone_that_reads_the_glass_is_checked_in_without_a_tap(cast, visit, tablet):
    """The display's token, the door it leads to, the record and the line on the glass: one way."""
    glass = tablet(lang="en")
    token = token_on(glass)
    with glass.page.expect_response("**/display/last"):
        pass
    phone = visit("phone", person=cast.noura)
    phone.open(f"/R/{token}")
    phone.page.wait_for_url("**/attendances/*")
    assert phone.heading == "تم تسجيل حضورك"
    assert phone.taps == 0
    expect(glass.page.locator('[data-sign="last-in"]')).to_be_visible()
