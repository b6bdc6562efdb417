"""The scanner before a camera's film: badges read, codes told apart, the hand and the cable."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from checkin.database import db
from checkin.domain.codes import encode
from checkin.models import Attendance, Person
from checkin.operations import displays
from checkin.operations.attendance import derived_uid
from tests import factories
from tests.browser import scanning
from tests.browser.conftest import FLAGS, SIZES, Door, executable
from tests.browser.films import film, still
from tests.browser.scanning import (
    HOST,
    answer,
    entered,
    hear,
    listen,
    recent,
    scans,
    type_as_scanner,
    until_kept,
)
from tests.browser.test_access import SIGHT, overflows, small_targets, violations
from tests.browser.visitors import Faults, Visitor
from tests.browser.weighing import Scales
from tests.cast import Cast

ALLOW = "السماح باستخدام الكاميرا"
MINUTE = timedelta(minutes=1)

NATIVE = """
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["code_128", "qr_code"]; }
  constructor({ formats }) { this.formats = formats; }
  async detect(picture) {
    const { ponyfill, reader } = document.querySelector("[data-scanner]").dataset;
    window.reading ??= new Promise((done) => {
      const script = Object.assign(document.createElement("script"), { src: ponyfill });
      script.addEventListener("load", () => {
        const { BarcodeDetector, prepareZXingModule } = window.BarcodeDetectionAPI;
        prepareZXingModule({ overrides: { locateFile: () => reader } });
        done(new BarcodeDetector({ formats: this.formats }));
      });
      document.head.append(script);
    });
    return (await window.reading).detect(picture);
  }
};
"""
"""The standard's own interface, as Android and macOS have it; Chromium on Linux has none."""
NATIVE_ALONE = """
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect() { return []; }
};
"""
WITHOUT_SERVICE = """
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect() { throw new DOMException("service unavailable", "NotSupportedError"); }
};
"""
TORCH = """
for (const [name, told] of Object.entries({
  getCapabilities: () => ({ torch: true }),
  applyConstraints(wanted) { window.light = wanted.advanced[0].torch; },
})) MediaStreamTrack.prototype[name] = told;
const { mediaDevices } = navigator;
const all = mediaDevices.enumerateDevices.bind(mediaDevices);
const second = { kind: "videoinput", deviceId: "2" };
mediaDevices.enumerateDevices = async () => [...await all(), second];
"""
REFUSES = """
navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("no", "%s"); };
"""
NO_CAMERA_HERE = """
Object.defineProperty(navigator, "mediaDevices", { value: undefined });
"""
INSECURE = (
    NO_CAMERA_HERE
    + """
Object.defineProperty(window, "isSecureContext", { value: false });
"""
)


@pytest.fixture
def filmed(
    chromium: Browser, address: str, keeps_pages: bool, tmp_path: Path
) -> Iterator[Callable[..., Door]]:
    """`filmed([texts])`: a door for visitors whose camera sees these codes."""
    opened, faults = [], Faults()

    def open_door(texts: list[str]) -> Door:
        path = film(tmp_path / f"{len(opened)}.y4m", texts)
        camera = [
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-video-capture={path}",
        ]
        browser = chromium.browser_type.launch(executable_path=executable(), args=[*FLAGS, *camera])
        opened.append(browser)
        return Door(browser, address, faults, keeps_pages)

    yield open_door
    for browser in opened:
        browser.close()
    assert not faults.seen, "The browser complained:\n" + "\n".join(faults.seen)


@pytest.fixture
def scanner(cast: Cast) -> str:
    return f"/sites/{cast.mataf.id}/scanner"


@pytest.fixture
def badge_of(cast: Cast, now) -> Callable[[Person], str]:
    """What somebody's badge says."""
    return lambda who: scanning.badge_of(who, cast.layla, now)


@pytest.fixture
def second(cast: Cast, now) -> Person:
    """Somebody else who is expected."""
    who = factories.person(now, "تركي فهد العتيبي")
    factories.assign(now - MINUTE, who, cast.shift)
    return who


def start(visitor: Visitor, scanner: str, allow: str = ALLOW) -> Visitor:
    """Open the scanner and tap the one button it takes."""
    listen(visitor).open(scanner)
    visitor.tap(allow)
    expect(visitor.page.locator("[data-video]")).to_be_visible()
    return visitor


def decoder(visitor: Visitor) -> str | None:
    return visitor.page.locator("[data-scanner]").get_attribute("data-decoder")


# --- what the camera sees ------------------------------------------------------------------


def test_a_badge_is_read_by_the_reader_we_serve_and_only_once(cast, filmed, badge_of, scanner):
    door = filmed([badge_of(cast.noura)])
    tablet = start(door("tablet", person=cast.salem, reduced_motion="reduce"), scanner)
    hear(tablet, f"تم تسجيل حضور {cast.noura.name}")
    tablet.picture("30-badge-read", whole=False)
    assert decoder(tablet) == "ponyfill"
    expect(answer(tablet)).to_be_empty()  # success leaves by itself
    tablet.page.wait_for_timeout(4_000)  # the film shows the badge again and again
    (scan,) = scans()
    assert (scan.kind, scan.verdict, scan.carrier) == ("in", "checked_in", "badge")
    assert (scan.evidence, scan.witnessed_by_id) == ("witnessed", cast.salem.id)
    expect(recent(tablet)).to_have_count(1)
    expect(recent(tablet)).to_contain_text(cast.noura.name)
    tablet.picture("31-scanner-at-work")


@pytest.mark.parametrize(("script", "by"), [("", "ponyfill"), (NATIVE, "native")])
def test_a_displays_code_and_a_badge_are_read_either_way(
    cast, filmed, badge_of, scanner, now, script, by
):
    displays.open_here(cast.mataf.id, "2580", by=cast.salem.id, now=now)
    shown = f"{HOST}/R/{displays.live_at(cast.mataf.id, now).token}"
    known = {"person": cast.salem, "lang": "en"}
    tablet = filmed([shown, badge_of(cast.noura)])("tablet", **known)
    tablet.page.add_init_script(script)
    start(tablet, scanner, "Allow camera")
    hear(tablet, "This is the code of a display")
    entered(tablet, cast.noura)
    assert decoder(tablet) == by
    assert len(scans()) == 1


def test_a_browser_that_only_says_it_can_is_helped(cast, filmed, badge_of, scanner):
    tablet = filmed([badge_of(cast.noura)])("tablet", person=cast.salem)
    tablet.page.add_init_script(WITHOUT_SERVICE)
    start(tablet, scanner)
    entered(tablet, cast.noura)
    assert decoder(tablet) == "ponyfill"


def test_two_badges_one_after_the_other_are_both_read(cast, filmed, badge_of, scanner, second):
    tablet = filmed([badge_of(cast.noura), badge_of(second)])("tablet", person=cast.salem)
    start(tablet, scanner)
    for who in (cast.noura, second):
        entered(tablet, who)
    came = {scan.volunteer_id for scan in scans() if scan.verdict == "checked_in"}
    assert came == {cast.noura.id, second.id}


def test_a_badge_read_twice_says_since_when(cast, filmed, badge_of, scanner, now):
    factories.check_in(cast.noura, cast.poster, now - 5 * MINUTE)
    tablet = start(filmed([badge_of(cast.noura)])("tablet", person=cast.salem), scanner)
    said = answer(tablet).locator(".panel[data-kind=look]")
    expect(said).to_contain_text(f"حضور {cast.noura.name} مسجّل مسبقًا الساعة 12:55 م")
    tablet.picture("32-already-in", whole=False)
    tablet.page.wait_for_timeout(1_500)
    expect(said).to_be_visible()  # until the next code, or a tap
    said.click()
    expect(answer(tablet)).to_be_empty()


def test_whoever_leaves_is_checked_out(cast, filmed, badge_of, scanner, now):
    factories.check_in(cast.noura, cast.poster, now - 50 * MINUTE)
    tablet = start(filmed([badge_of(cast.noura)])("tablet", person=cast.salem), scanner)
    entered(tablet, cast.noura)
    assert scans()[-1].verdict == "checked_out"


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ("/S/{code}", "هذا رمز موقع"),
        ("/R/K000001000000{code}", "هذا رمز شاشة"),
        ("/E/ABCDEFGH", "هذا رمز لهاتف جديد"),
        ("/V/{code}", "هذا رمز شهادة"),
        ("/ANYTHING", "البطاقة غير معروفة"),
        ("/B/{code}", "البطاقة غير معروفة"),
    ],
)
def test_other_codes_are_told_what_they_are(cast, filmed, scanner, shown, said):
    text = HOST + shown.format(code=encode(1234567, 26))
    tablet = start(filmed([text])("tablet", person=cast.salem), scanner)
    hear(tablet, said)
    assert scans() == []


def test_nobody_reads_the_own_badge(cast, filmed, badge_of, scanner):
    tablet = start(filmed([badge_of(cast.salem)])("tablet", person=cast.salem), scanner)
    expect(answer(tablet).locator(".panel[data-kind=stop]")).to_be_visible()
    assert scans() == []


def test_a_page_out_of_sight_gives_the_camera_back(cast, filmed, badge_of, scanner):
    tablet = start(filmed([badge_of(cast.noura)])("tablet", person=cast.salem), scanner)
    hide = """state => {
      Object.defineProperty(document, "hidden", { value: state, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    stream = "() => Boolean(document.querySelector('[data-video]').srcObject)"
    tablet.page.evaluate(hide, True)
    assert tablet.page.evaluate(stream) is False
    tablet.page.evaluate(hide, False)
    tablet.page.wait_for_function(stream)
    expect(tablet.page.locator("[data-video]")).to_be_visible()


def test_light_and_the_other_camera_are_offered_where_there_are_some(cast, filmed, scanner):
    tablet = filmed([HOST])("tablet", person=cast.salem)
    tablet.page.add_init_script(TORCH)
    start(tablet, scanner)
    tablet.tap("تشغيل الإضاءة")
    assert tablet.page.evaluate("window.light") is True
    tablet.tap("تبديل الكاميرا")
    # the second camera is not really there: the first one comes back
    expect(tablet.page.locator("[data-video]")).to_be_visible()
    expect(tablet.button("تبديل الكاميرا")).to_be_visible()


def test_sound_is_off_until_somebody_switches_it_on(cast, filmed, badge_of, scanner):
    tablet = filmed([badge_of(cast.noura)])("tablet", person=cast.salem)
    tablet.page.add_init_script(
        "window.tones = 0; const { start } = OscillatorNode.prototype;"
        "OscillatorNode.prototype.start = function (at) { tones += 1; start.call(this, at); };"
    )
    start(tablet, scanner)
    expect(recent(tablet)).to_have_count(1)
    assert tablet.page.evaluate("window.tones") == 0
    tablet.tap("الصوت: مكتوم")
    expect(tablet.button("الصوت: مفعّل")).to_have_attribute("aria-pressed", "true")
    type_as_scanner(tablet, "ABCDEFGH12345678")
    hear(tablet, "البطاقة غير معروفة")
    assert tablet.page.evaluate("window.tones") > 0


# --- when there is no camera ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "browser", "said"),
    [
        (REFUSES % "NotAllowedError", "", "استخدام الكاميرا غير مسموح"),
        (REFUSES % "NotFoundError", "", "لا توجد كاميرا متاحة على هذا الجهاز"),
        (REFUSES % "NotReadableError", "", "الكاميرا مستخدمة في تطبيق آخر"),
        (NO_CAMERA_HERE, "Mozilla/5.0 (iPhone) Instagram 300.0", "يرجى فتح الصفحة في متصفح الهاتف"),
        (INSECURE, "", "تحتاج الكاميرا إلى اتصال آمن"),
    ],
    ids=["denied", "none", "busy", "in-app", "insecure"],
)
def test_without_a_camera_the_page_says_why(cast, visit, scanner, script, browser, said):
    named = {"user_agent": browser} if browser else {}
    tablet = visit("tablet", person=cast.salem, **SIGHT, **named)
    tablet.page.add_init_script(script)
    listen(tablet).open(scanner)
    tablet.tap(ALLOW)
    expect(tablet.page.locator("[data-frame]")).to_contain_text(said)
    assert not violations(tablet.page)
    assert not small_targets(tablet.page)
    assert not overflows(tablet.page)


def test_an_answer_that_stays_leaves_the_camera_in_reach(cast, visit, scanner):
    phone = visit("tablet", person=cast.salem, viewport=SIZES["phone"])
    phone.open(scanner)
    type_as_scanner(phone, f"{HOST}/B/{encode(0, 26)}")
    expect(answer(phone)).to_contain_text("البطاقة غير معروفة")
    phone.picture("38-answer-that-stays")
    assert not overflows(phone.page)
    phone.button(ALLOW).click(trial=True)  # nothing lies over it
    phone.tap("إغلاق")
    expect(answer(phone)).to_be_empty()


def test_somebody_in_elsewhere_is_said_to_be_there(cast, visit, badge_of, now):
    factories.check_in(cast.noura, cast.poster, now - 50 * MINUTE)
    phone = visit("tablet", person=cast.huda, viewport=SIZES["phone"])
    phone.open(f"/sites/{cast.squares.id}/scanner")
    type_as_scanner(phone, badge_of(cast.noura))
    panel = answer(phone)
    expect(panel).to_contain_text(f"الحضور ما زال مسجّلًا في {cast.mataf.name_ar}")
    expect(panel.locator(".panel-time")).to_be_hidden()
    phone.picture("39-in-elsewhere")
    assert not violations(phone.page)
    panel.get_by_role("link", name="تسجيل حضور يدوي").click()
    expect(phone.page.get_by_role("searchbox")).to_have_value(cast.noura.name)


def test_a_refusal_can_be_taken_back(cast, filmed, badge_of, scanner):
    tablet = filmed([badge_of(cast.noura)])("tablet", person=cast.salem)
    tablet.page.add_init_script(
        "const devices = navigator.mediaDevices; const real = devices.getUserMedia.bind(devices);"
        "let asked = 0; devices.getUserMedia = async (wanted) => {"
        " if (asked++) return real(wanted); throw new DOMException('no', 'NotAllowedError'); };"
    )
    listen(tablet).open(scanner)
    tablet.tap(ALLOW)
    tablet.tap("إعادة المحاولة")
    entered(tablet, cast.noura)


# --- the cable, the keyboard, the photo ----------------------------------------------------


def test_a_scanner_with_a_cable_is_a_keyboard(cast, visit, badge_of, scanner):
    tablet = visit("tablet", person=cast.salem)
    listen(tablet).open(scanner)
    tablet.page.locator("[data-search]").focus()
    type_as_scanner(tablet, badge_of(cast.noura))
    entered(tablet, cast.noura)
    expect(tablet.page.locator("[data-search]")).to_have_value("")
    assert len(scans()) == 1


def test_the_last_five_can_be_taken_back(cast, visit, badge_of, scanner, second):
    tablet = visit("tablet", person=cast.salem)
    listen(tablet).open(scanner)
    for who in (cast.noura, second):
        type_as_scanner(tablet, badge_of(who))
        entered(tablet, who)
    button = tablet.button(f"تراجع: {second.name}")
    button.evaluate("button => { button.click(); button.click(); }")
    hear(tablet, "أُلغي التسجيل")
    row = recent(tablet).filter(has_text=second.name)
    expect(row).to_contain_text("أُلغي التسجيل")
    assert row.get_by_role("button").count() == 0
    tablet.reload()
    expect(recent(tablet)).to_have_count(2)
    db.session.rollback()
    states = db.session.execute(db.select(Attendance.volunteer_id, Attendance.state))
    assert dict(states.all()) == {cast.noura.id: "open", second.id: "cancelled"}
    (undo,) = [scan for scan in scans() if scan.undoes]
    assert undo.scan_uid == derived_uid(undo.undoes, "undo")


ARABIC_KEYS = dict(
    zip("QWERTYUIOPASDFGHJKLZXCVBNM", "ضصثقفغعهخحشسيبلاتنمئءؤرىة", strict=False),
    B="لا",
    N="ى",
    M="ة",
) | {"/": "ظ"}


def test_on_an_arabic_layout_the_keys_say_what_the_letters_do_not(cast, visit, badge_of, scanner):
    tablet = visit("tablet", person=cast.salem)
    listen(tablet).open(scanner)
    type_as_scanner(tablet, badge_of(cast.noura).partition("SA")[2], ARABIC_KEYS)
    entered(tablet, cast.noura)


def test_a_person_who_types_is_no_scanner(cast, visit, scanner):
    tablet = visit("tablet", person=cast.salem)
    listen(tablet).open(scanner)
    field = tablet.page.locator("[data-search]")
    field.press_sequentially("القحطاني", delay=90)
    field.press("Enter")
    expect(field).to_have_value("القحطاني")
    expect(tablet.page.locator("[data-found] > li")).to_contain_text(cast.noura.name)
    expect(answer(tablet)).to_be_empty()


def test_without_the_focus_the_cable_types_elsewhere_and_the_page_says_so(cast, visit, scanner):
    tablet = visit("tablet", person=cast.salem)
    listen(tablet).open(scanner)
    bar = tablet.page.locator("[data-paused]")
    blur = "window.dispatchEvent(new Event('blur'))"
    tablet.page.evaluate(blur)
    expect(bar).to_be_hidden()  # nobody has a scanner with a cable here
    type_as_scanner(tablet, "ABCDEFGH12345678")
    hear(tablet, "البطاقة غير معروفة")
    tablet.page.evaluate(blur)
    tablet.tap("الماسح متوقف. يرجى الضغط على الشاشة للمتابعة")
    expect(bar).to_be_hidden()


def test_the_code_is_typed_or_photographed(cast, visit, badge_of, scanner, second, tmp_path):
    tablet = visit("tablet", person=cast.salem)
    listen(tablet).open(scanner)
    tablet.page.locator("summary", has_text="تعذّر المسح؟").click()
    code = badge_of(cast.noura).rpartition("/")[2]
    tablet.fill(code="-".join((code[:13], code[13:])).lower())
    tablet.page.locator("[data-typed] button").click()
    entered(tablet, cast.noura)
    photo = tablet.page.locator("[data-photo]")
    photo.set_input_files(still(tmp_path / "badge.png", badge_of(second)))
    entered(tablet, second)
    photo.set_input_files(still(tmp_path / "blank.png", None))
    hear(tablet, "لا يوجد رمز في هذه الصورة")
    assert len(scans()) == 2


def test_without_scripts_the_code_is_typed(cast, visit, badge_of, scanner):
    tablet = visit("tablet", person=cast.salem, java_script_enabled=False)
    for said in ("تم تسجيل حضور", "مسجّل مسبقًا الساعة"):
        listen(tablet).open(scanner)
        tablet.page.locator("summary", has_text="تعذّر المسح؟").click()
        tablet.fill(code=badge_of(cast.noura).rpartition("/")[2])
        with tablet.page.expect_navigation():
            tablet.page.locator("[data-typed] button").click()
        assert said in tablet.text
    assert [scan.verdict for scan in scans()] == ["checked_in", "already_in"]


# --- by hand, and at rest ------------------------------------------------------------------


def test_somebody_without_a_badge_is_found_and_checked_in_and_out(cast, visit, scanner):
    tablet = visit("tablet", person=cast.salem)
    listen(tablet).open(scanner)
    for typed, act, entries in (
        ("نوره القحطانى", "تسجيل الحضور", 1),
        (cast.noura.mobile[-4:], "تسجيل الانصراف", 2),
    ):
        tablet.page.locator("[data-search]").fill(typed)
        tablet.page.get_by_label("الهاتف لا يعمل").check()
        tablet.button(f"{act}: {cast.noura.name}").click()
        expect(recent(tablet)).to_have_count(entries)
        entered(tablet, cast.noura)
    assert [(s.kind, s.carrier, s.reason) for s in scans()] == [
        ("in", "manual", "phone_fails"),
        ("out", "manual", "phone_fails"),
    ]


def test_a_lead_reads_badges_of_the_own_shift_and_enters_nobody_by_hand(
    cast, visit, badge_of, scanner, now
):
    lead = factories.person(now, "لمى عبدالله الثقفي")
    factories.assign(now - MINUTE, lead, cast.shift, is_lead=True)
    phone = visit("phone", person=lead)
    listen(phone).open(scanner)
    assert phone.page.locator("[data-by-hand]").count() == 0
    type_as_scanner(phone, badge_of(cast.noura))
    entered(phone, cast.noura)
    phone.picture("33-scanner-on-a-phone")


@pytest.mark.parametrize(("who", "locks"), [("layla", False), ("salem", True)])
def test_after_five_quiet_minutes_no_name_is_left_on_the_screen(
    cast, filmed, badge_of, scanner, who, locks
):
    tablet = filmed([badge_of(cast.noura)])("tablet", person=getattr(cast, who))
    tablet.page.clock.install()
    start(tablet, scanner)
    tablet.page.clock.run_for(1_000)
    expect(recent(tablet)).to_have_count(1)
    tablet.page.evaluate("document.querySelector('[data-video]').srcObject.getTracks()[0].stop()")
    tablet.page.clock.run_for(6 * 60_000)
    expect(tablet.page.locator("[data-frame]")).to_contain_text("الماسح متوقف")
    assert cast.noura.name not in tablet.text
    tablet.tap("متابعة")
    expect(tablet.page.locator("[data-video]")).to_be_visible()
    # a supervisor's tablet has locked itself meanwhile: it reads on, and names nobody
    expect(recent(tablet).first).to_be_visible(visible=not locks)


@pytest.mark.parametrize(("lang", "device"), [("ar", "phone"), ("en", "tablet")])
def test_everybody_can_use_it(cast, filmed, badge_of, scanner, now, lang, device):
    factories.check_in(cast.noura, cast.poster, now - 5 * MINUTE)
    known = {"person": cast.layla, "lang": lang, "viewport": SIZES[device]}
    visitor = filmed([badge_of(cast.noura)])("tablet", **known, **SIGHT)
    start(visitor, scanner, ALLOW if lang == "ar" else "Allow camera")
    expect(answer(visitor).locator(".panel")).to_be_visible()
    visitor.page.locator("[data-search]").fill("نورة")
    expect(visitor.page.locator("[data-found] > li")).to_have_count(1)
    visitor.picture(f"34-scanner-{device}-{lang}")
    assert not violations(visitor.page)
    assert not small_targets(visitor.page)
    assert not overflows(visitor.page)


# --- what it costs -------------------------------------------------------------------------

KB = 1000
LARGE = ("ponyfill.js", "zxing_reader.wasm")


def test_the_reader_is_loaded_only_with_the_camera_and_only_where_needed(cast, filmed, scanner):
    door = filmed([HOST])
    for script, kind, loads in (("", "ponyfill", set(LARGE)), (NATIVE_ALONE, "native", set())):
        tablet = door("tablet", person=cast.salem)
        tablet.page.add_init_script(script)
        scales = Scales(tablet.page)
        cost = scales.weigh(scanner)
        print(cost)  # noqa: T201 shown when the test fails
        assert not {*LARGE} & cost.parts.keys()
        assert cost.size <= 127 * KB  # a board's 110, and 17 for scanning
        assert cost.shift <= 0.05
        tablet.tap(ALLOW)
        expect(tablet.page.locator("[data-video]")).to_be_visible()
        reader = tablet.page.locator("[data-scanner]")
        expect(reader).to_have_attribute("data-decoder", kind)
        assert {*LARGE} & cost.parts.keys() == loads
        assert sum(cost.parts[name] for name in loads) <= 500 * KB
        until_kept(tablet, scanner, "/pieces.js", "/keep-evacuation.js", *loads)
        later = cost.size - sum(cost.parts[name] for name in loads)
        assert later <= 170 * KB  # once more the page, and what only a lock or no network needs
        again = scales.weigh(scanner)
        print(again)  # noqa: T201 shown when the test fails
        assert again.size <= 16 * KB  # the page, and who is expected
