"""Phones without a network: what is scanned is kept first, sent once, and never green before."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from checkin.database import db
from checkin.domain.evidence import Evidence
from checkin.models import Attendance, Scan
from checkin.operations import devices
from tests import factories
from tests.browser.test_access import CHECKS, SIGHT
from tests.browser.wire import Wire

pytestmark = pytest.mark.kept_pages

SAVED, IN, OUT = "حُفظ على هاتفك", "تم تسجيل حضورك", "تم تسجيل انصرافك"
CHECK_IN, CHECK_OUT = "تسجيل حضوري في صحن المطاف", "تسجيل الانصراف"
ALREADY = "حضورك مسجّل مسبقًا"
RETRY, REMOVE = "إعادة المحاولة", "حذف هذا التسجيل"
HOUR = timedelta(hours=1)
SOON = 20_000
"""Milliseconds within which a page that is open has sent what waits, on a busy machine too."""

KEPT = """async () => {
  const app = document.querySelector("script[type=module]").src;
  const { me } = await import(new URL("offline/facts.js", app));
  for (let tries = 0; tries < 400; tries += 1) {
    if (navigator.serviceWorker.controller && (await me())) return;
    await new Promise((pass) => setTimeout(pass, 50));
  }
  throw new Error("no worker, or nobody known");
}"""
"""The worker is in charge, and the phone knows whose it is."""

QUEUE = """async ([act, changes]) => {
  const app = document.querySelector("script[type=module]").src;
  const queue = await import(new URL("offline/queue.js", app));
  const [scan] = await queue.all();
  if (act === "add") await queue.add({ ...scan, ...changes });
  await queue.flush({ urgent: true });
}"""

LOOK = """async () => {
  const shell = await caches.match("/offline", { ignoreVary: true });
  return shell.headers.get("Look");
}"""

OPEN = """async () => {
  const app = document.querySelector("script[type=module]").src;
  const { me } = await import(new URL("offline/facts.js", app));
  return Boolean((await me())?.open);
}"""
"""The phone knows that somebody is checked in."""

CACHED = """async () => {
  const found = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const { url } of await cache.keys()) found[url] = await (await cache.match(url)).text();
  }
  return found;
}"""

LATER = """() => {
  const [page] = performance.getEntriesByType("navigation");
  const all = performance.getEntriesByType("resource");
  const ours = all.filter(({ name }) => /offline|idb|api/.test(name));
  return [page.loadEventEnd, ours.map(({ startTime, transferSize }) => [startTime, transferSize])];
}"""

SYNC = "scans"
NO_SYNC = """
const { prototype } = globalThis.ServiceWorkerRegistration ?? {}; // a new tab has none yet
if (prototype) Object.defineProperty(prototype, "sync", { value: undefined });
"""
"""A test sets the clock of pages only: a worker would tell the server the machine's own time."""


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
def poster(cast, address) -> str:
    return f"{address}/S/{cast.poster.code}"


@pytest.fixture
def phone(cast, visit):
    return ready(visit("phone", person=cast.noura))


def ready(phone):
    """It has been on line once, and its clock is right: no worker sends by a clock of its own."""
    phone.page.context.add_init_script(NO_SYNC)
    phone.page.context.clock.install(time=datetime.now(UTC))
    phone.open("/hours")
    phone.page.evaluate(KEPT)
    return phone


@contextmanager
def flight_mode(phone):
    phone.page.context.set_offline(True)
    yield
    phone.page.context.set_offline(False)


def wait(phone, traveller, length):
    """Time passes, on the server and on the phone."""
    traveller.shift(length)
    phone.page.context.clock.set_system_time(datetime.now(UTC))


def becomes(phone, heading) -> bool:
    phone.page.get_by_role("heading", name=heading, level=1, exact=True).wait_for(timeout=SOON)
    return True


def kind(phone) -> str:
    return phone.page.locator(".panel").get_attribute("data-kind")


def count(model) -> int:
    db.session.rollback()
    return db.session.scalar(db.select(db.func.count()).select_from(model))


def the(model):
    db.session.rollback()
    return db.session.scalars(db.select(model)).one()


def until(phone, check) -> bool:
    """Whether `check` comes true while the page goes on."""
    for _ in range(SOON // 100):
        if check():
            return True
        phone.page.wait_for_timeout(100)
    return False


def sign_in(phone, person):
    _, cookie = devices.remember(
        person.id, "phone", "test", lifetime=12 * HOUR, now=datetime.now(UTC)
    )
    here = phone.page.evaluate("location.origin")
    phone.page.context.clear_cookies(name="device")
    phone.page.context.add_cookies([{"name": "device", "value": cookie, "url": here}])


def test_a_poster_opened_in_flight_mode_is_kept_and_delivered_once(phone, poster, traveller):
    with flight_mode(phone):
        phone.open(poster)
        assert becomes(phone, SAVED)
        assert kind(phone) == "queued"
        phone.picture("30-saved-on-the-phone")
        assert count(Scan) == 0
        wait(phone, traveller, HOUR / 2)
    assert becomes(phone, IN)
    assert kind(phone) == "done"
    phone.picture("31-saved-and-delivered")
    phone.page.evaluate(QUEUE, ["flush", {}])
    phone.reload()
    assert (count(Scan), the(Attendance).state) == (1, "open")
    assert the(Scan).evidence == Evidence.OFFLINE
    assert "offline" in the(Scan).flags


def test_the_receipt_is_one_tap_away(phone, poster):
    with flight_mode(phone):
        phone.open(poster)
        assert becomes(phone, SAVED)
    assert becomes(phone, IN)
    phone.follow("عرض السجل")
    assert phone.page.url.endswith(f"/attendances/{the(Attendance).id}")


def test_the_time_is_when_it_was_scanned(phone, poster, traveller):
    with flight_mode(phone):
        phone.open(poster)
        assert becomes(phone, SAVED)
        scanned_at = datetime.now(UTC)
        wait(phone, traveller, HOUR)
    assert becomes(phone, IN)
    assert abs(the(Attendance).in_at - scanned_at) < timedelta(seconds=10)


def test_a_check_out_is_kept_with_those_served(phone, poster, traveller):
    phone.open(poster)
    phone.press(CHECK_IN)
    assert until(phone, lambda: phone.page.evaluate(OPEN))
    wait(phone, traveller, 2 * HOUR)
    with flight_mode(phone):
        phone.open(poster)
        assert becomes(phone, SAVED)
        phone.fill(beneficiaries="٢٥")
        phone.tap(CHECK_OUT)
        phone.page.locator("[data-slot=served]:text-is('25')").wait_for()
        phone.picture("32-check-out-saved")
        assert count(Scan) == 1
    assert becomes(phone, OUT)
    done = the(Attendance)
    assert (done.state, done.beneficiaries, count(Scan)) == ("closed", 25, 2)


def test_an_answer_lost_on_the_way_is_asked_for_again(phone, poster, wire):
    """The server kept the scan and was gone before it could say so."""
    with flight_mode(phone):
        phone.open(poster)
        assert becomes(phone, SAVED)
        wire.lose_answers_to("POST /api/v1/scans")
    assert until(phone, lambda: wire.lost and count(Scan) == 1)
    assert phone.heading == SAVED
    # pressed while answers are still lost: once the wire is whole the page may be first
    phone.tap(RETRY)
    wire.mend()
    assert becomes(phone, IN)
    assert (count(Scan), count(Attendance)) == (1, 1)


def test_a_server_out_of_reach_is_as_good_as_none(phone, poster, wire):
    """The phone itself thinks that it is on line."""
    wire.break_off()
    phone.open(poster)
    assert becomes(phone, SAVED)
    assert "تعذّر الوصول إلى الخدمة الآن" in phone.text
    wire.mend()
    assert becomes(phone, IN)
    assert count(Scan) == 1


def test_a_button_pressed_as_the_network_goes_is_kept(phone, poster, traveller, wire):
    phone.open(poster)
    wire.break_off()
    phone.press(CHECK_IN)
    assert becomes(phone, SAVED)
    wire.mend()
    assert becomes(phone, IN)
    wait(phone, traveller, 2 * HOUR)
    phone.open(poster)
    phone.fill(beneficiaries="٣٥")
    wire.break_off()
    phone.press(CHECK_OUT)
    assert becomes(phone, SAVED)
    phone.page.locator("[data-slot=served]:text-is('35')").wait_for()
    wire.mend()
    assert becomes(phone, OUT)
    assert (the(Attendance).beneficiaries, count(Scan)) == (35, 2)


def test_a_button_whose_answer_is_lost_has_one_effect(phone, poster, wire):
    phone.open(poster)
    wire.lose_answers_to("POST /S/")
    phone.press(CHECK_IN)
    assert wire.lost
    assert becomes(phone, ALREADY)
    assert (count(Scan), the(Attendance).state) == (1, "open")


def test_a_network_too_slow_to_wait_for_shows_a_way(phone, poster, wire):
    wire.hold()
    phone.open(poster)
    assert becomes(phone, SAVED)
    phone.tap(RETRY)
    wire.mend()
    assert becomes(phone, IN)
    assert count(Scan) == 1


def test_the_same_code_again_within_minutes_is_the_same_scan(phone, poster, traveller):
    with flight_mode(phone):
        for _ in range(2):
            phone.open(poster)
            assert becomes(phone, SAVED)
            wait(phone, traveller, timedelta(minutes=4))
        phone.reload()
        assert becomes(phone, SAVED)
    assert becomes(phone, IN)
    assert (count(Scan), the(Attendance).state) == (1, "open")


def test_a_tab_that_comes_back_is_nobody_at_a_poster(visit, cast, poster):
    """The browser loads again what was open; only a person's word makes it a scan.

    Without a clock of Playwright's: with one, browsers do not say how a page came to be opened.
    """
    phone = visit("phone", person=cast.noura)
    phone.open("/hours")
    phone.page.evaluate(KEPT)
    phone.open(poster)
    with flight_mode(phone):
        phone.reload()
        assert becomes(phone, "لا يوجد اتصال")
        other = phone.another_tab()
        other.open("/offline")
        other.page.get_by_text("لا توجد تسجيلات محفوظة").wait_for()
        phone.tap("حفظ التسجيل على هاتفي")
        assert becomes(phone, SAVED)
    assert becomes(phone, IN)
    assert count(Scan) == 1


def test_in_and_out_without_a_network_between_is_a_whole_attendance(phone, poster, traveller):
    with flight_mode(phone):
        phone.open(poster)
        assert becomes(phone, SAVED)
        wait(phone, traveller, 2 * HOUR)
        later = phone.another_tab()
        later.open(poster)
        assert becomes(later, SAVED)
        later.fill(beneficiaries="40")
        later.tap(CHECK_OUT)
    assert becomes(later, OUT)
    done = the(Attendance)
    assert (done.state, done.beneficiaries, count(Scan)) == ("closed", 40, 2)
    assert done.out_at - done.in_at > HOUR


def test_what_somebody_removes_is_not_sent(phone, poster):
    with flight_mode(phone):
        phone.open(poster)
        assert becomes(phone, SAVED)
        phone.tap(REMOVE)
        assert becomes(phone, "حُذف هذا التسجيل")
    phone.page.evaluate(QUEUE, ["flush", {}])
    assert count(Scan) == 0


def test_how_many_wait_is_in_sight_everywhere(phone, poster):
    with flight_mode(phone):
        phone.open(poster)
        assert becomes(phone, SAVED)
        phone.open("/help")
        assert becomes(phone, "لا يوجد اتصال")
        assert "بانتظار الإرسال" in phone.text
        other = phone.another_tab()
        other.open("/hours")
        assert becomes(other, "لا يوجد اتصال")
    assert count(Scan) in (0, 1)


def test_signing_out_keeps_what_waits_and_says_so(phone, poster, cast, wire, now):
    sister = factories.person(now, "أخت نورة")
    with flight_mode(phone):
        phone.open(poster)
        assert becomes(phone, SAVED)
        wire.lose("POST /api/v1/scans")
    phone.open("/account")
    phone.page.get_by_text("ولم يُرسل بعد").wait_for()
    phone.page.locator("form[action$='/sign-out'] button").last.click()
    phone.page.locator("dialog[open]").wait_for()
    phone.picture("33-signing-out", whole=False)
    with phone.page.expect_navigation():
        phone.page.locator("dialog [value=leave]").click()
    phone.page.get_by_text("ولم يُرسل بعد").wait_for()
    wire.mend()

    sign_in(phone, sister)
    phone.open("/hours")
    phone.page.evaluate(KEPT)
    phone.page.wait_for_timeout(500)
    phone.open("/offline")
    phone.page.get_by_text("محفوظ لشخص آخر").wait_for()
    assert count(Scan) == 0

    sign_in(phone, cast.noura)
    phone.open("/offline")
    phone.page.get_by_text("أُرسل", exact=True).wait_for()
    assert the(Scan).volunteer_id == cast.noura.id


def test_what_is_refused_is_kept_and_explained(phone, poster):
    with flight_mode(phone):
        phone.open(poster)
        assert becomes(phone, SAVED)
    assert becomes(phone, IN)
    phone.page.evaluate(QUEUE, ["add", {"act": "out", "beneficiaries": 7}])
    phone.open("/hours")
    phone.page.locator("main > .strip a").click()
    row = phone.page.locator("[data-part=rows] li").first
    row.get_by_text("لم يُقبل").wait_for()
    assert row.locator("[data-slot=sentence]").inner_text().strip()
    assert count(Scan) == 1
    row.get_by_role("button").click()
    row.get_by_text("لم يُقبل").wait_for(state="hidden")


def test_a_closed_page_is_no_hindrance_where_browsers_send_by_themselves(cast, visit, poster):
    """Background Sync, as Chromium does it: here it is told that the moment has come."""
    phone = visit("phone", person=cast.noura)
    phone.open("/hours")
    phone.page.evaluate(KEPT)
    with flight_mode(phone):
        phone.open(poster)
        assert becomes(phone, SAVED)
        phone.page.goto("about:blank")
    wire = phone.page.context.new_cdp_session(phone.page)
    found = []
    wire.on("ServiceWorker.workerRegistrationUpdated", lambda told: found.append(told))
    wire.send("ServiceWorker.enable")
    assert until(phone, lambda: found and found[-1]["registrations"])
    (registration,) = found[-1]["registrations"]
    wire.send(
        "ServiceWorker.dispatchSyncEvent",
        {
            "origin": registration["scopeURL"].rstrip("/"),
            "registrationId": registration["registrationId"],
            "tag": SYNC,
            "lastChance": False,
        },
    )
    assert until(phone, lambda: count(Scan) == 1)


def test_somebody_signed_out_meanwhile_is_asked_to_sign_in(phone, poster, cast, visit):
    with flight_mode(phone):
        phone.open(poster)
        assert becomes(phone, SAVED)
        phone.page.context.clear_cookies(name="device")
    phone.open("/offline")
    phone.open(poster)
    assert count(Scan) == 0
    sign_in(phone, cast.noura)
    phone.open("/hours")
    assert until(phone, lambda: count(Scan) == 1)
    # the phone had to ask to learn that it is nobody's
    visit.faults.seen[:] = [one for one in visit.faults.seen if not one.startswith("401")]


def test_somebody_without_a_shift_learns_what_became_of_it(visit, poster, now):
    passer_by = factories.person(now, "عابر بلا فترة")
    factories.alter(passer_by, suspended_at=now)
    phone = ready(visit("phone", person=passer_by))
    with flight_mode(phone):
        phone.open(poster)
        assert becomes(phone, SAVED)
    assert becomes(phone, "أُرسل التسجيل المحفوظ")
    assert kind(phone) == "look"
    phone.follow("متابعة")
    assert phone.heading == "يرجى مراجعة المنسق"


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_everybody_can_use_what_is_shown_without_a_network(visit, cast, poster, lang):
    phone = ready(visit("phone", person=cast.noura, lang=lang, **SIGHT))
    with flight_mode(phone):
        phone.open(poster)
        phone.page.locator(".panel[data-kind=queued]").wait_for()
        phone.page.locator("[data-do=out]").click()
        phone.page.locator("[data-part=count]").wait_for()
        found = [fault for check in CHECKS[lang] for fault in check(phone.page)]
        later = phone.another_tab()
        later.open("/help")
        later.page.locator("[data-part=rows] li").wait_for()
        found += [fault for check in CHECKS[lang] for fault in check(later.page)]
    assert not found, "\n".join(found)


def test_a_server_restored_from_an_older_copy_gets_them_again(phone, poster, traveller):
    with flight_mode(phone):
        phone.open(poster)
        assert becomes(phone, SAVED)
    assert becomes(phone, IN)
    _lose_everything()
    assert count(Scan) == 0
    wait(phone, traveller, 2 * HOUR)
    phone.open("/hours")
    assert until(phone, lambda: count(Scan) == 1)
    assert the(Attendance).state == "open"


def _lose_everything() -> None:
    with db.engine.begin() as connection:
        named = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'scans'"
        for (trigger,) in connection.exec_driver_sql(named).fetchall():
            connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
        connection.exec_driver_sql("DELETE FROM scans")
        connection.exec_driver_sql("DELETE FROM attendances")


def test_the_first_visit_needs_a_network(cast, visit, poster, wire):
    phone = visit("phone", person=cast.noura)
    wire.break_off()
    with pytest.raises(Exception, match="ERR_"):
        phone.open(poster)


def test_the_page_speaks_the_last_language(phone, poster):
    phone.press("English")
    assert until(phone, lambda: phone.page.evaluate(LOOK).startswith("en"))
    with flight_mode(phone):
        phone.open(poster)
        assert becomes(phone, "Saved on your phone")
        assert phone.page.locator("html").get_attribute("dir") == "ltr"
        assert phone.sideways == 0


def test_nothing_about_anybody_is_kept_in_caches(phone, poster, cast):
    phone.open(poster)
    phone.press(CHECK_IN)
    phone.open("/account")
    phone.page.wait_for_timeout(2500)
    cached = phone.page.evaluate(CACHED)
    pages = {url for url in cached if "/static/" not in url}
    assert {url.rpartition("/")[2] for url in pages} == {"offline"}
    for text in cached.values():
        assert cast.noura.name not in text
        assert 'name="csrf_token"' not in text


def test_a_first_visit_waits_for_nothing_of_this(visit, cast):
    fresh = visit("phone", person=cast.noura)
    fresh.open("/hours")
    charge = "navigator.serviceWorker.controller !== null"
    assert until(fresh, lambda: fresh.page.evaluate(charge))
    loaded_at, ours = fresh.page.evaluate(LATER)
    assert ours
    assert min(started for started, _ in ours) > loaded_at + 1500
    assert sum(size for _, size in ours) < 20_000


def test_a_newer_version_is_offered_to_a_page_left_open(app, phone):
    before = phone.page.evaluate("caches.keys()")
    app.extensions["assets"].versions["js"] = "0" * 12
    app.extensions.pop("offline_versions")
    phone.page.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.update())")
    phone.page.get_by_text("يتوفر إصدار أحدث").wait_for()
    phone.press("تحديث الصفحة")
    phone.page.evaluate(KEPT)
    after = phone.page.evaluate("caches.keys()")
    assert len(before) == len(after) == 1
    assert before != after
