"""The board on a tablet: fresh by itself, still under a finger, honest about its age."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from checkin.web import clock
from tests import factories
from tests.browser.visitors import PHONE, TABLET, UPRIGHT, WAYS
from tests.factories import check_in, check_out

NOW = "dispatchEvent(new Event('online'))"
"""What a tablet says when its network is back: the board asks at once."""
MOVED = """() => {
  let sum = 0;
  const add = moves => {
    for (const one of moves) if (!one.hadRecentInput) sum += one.value;
  };
  const observer = new PerformanceObserver(list => add(list.getEntries()));
  observer.observe({type: "layout-shift"});
  Object.defineProperty(window, "moved", {get: () => (add(observer.takeRecords()), sum)});
}"""
STILL = """async () => {
  const picture = () => new Promise(requestAnimationFrame);
  await document.fonts.ready;
  await picture();
  const sliding = document.getAnimations().filter(one => !(one instanceof CSSAnimation));
  await Promise.all(sliding.map(one => one.finished.catch(() => {})));
  await picture();
  await picture();
}"""
"""Until nothing slides any more and the picture of it has been drawn."""
MOST_MOVED = 0.005
WORDS = """async () => {
  const { ages } = document.querySelector("[data-ages]").dataset;
  const signs = [...document.querySelectorAll(".board-age > [data-live-state]")];
  const sizes = new Set();
  const over = [];
  for (const sign of signs) {
    for (const other of signs) other.hidden = other !== sign;
    for (const one of ages.split("|")) {
      const said = sign.querySelector("[data-age]");
      if (said) said.textContent = one.split("=")[1];
      const { width, height } = document.querySelector(".page-header h1").getBoundingClientRect();
      sizes.add([width, height, document.querySelector(".page-header").offsetHeight].join(" × "));
      if (sign.scrollWidth > sign.parentElement.offsetWidth) over.push(one);
    }
  }
  return [[...sizes], over];
}"""
"""The header's sizes beside all that its age can say, and what has no room there."""
ROWS = "tbody tr"
ROW_HEIGHT = 56


@pytest.fixture
def crowd(cast, traveller, now):
    """Twenty people who came before, and five who are still awaited."""
    people = []
    for number in range(25):
        who = factories.person(now, f"متطوع {number} القحطاني")
        factories.assign(now, who, cast.shift)
        if number < 20:
            check_in(who, cast.poster, now - timedelta(minutes=30 - number))
        people.append(who)
    return people


@pytest.fixture
def board(cast, crowd, visit):
    """Salem's tablet with the board, whose moves are counted from now on."""

    def opened(lang="ar", viewport=TABLET, path=""):
        salem = visit("tablet", person=cast.salem, lang=lang, viewport=viewport)
        salem.open(f"/floor/{cast.mataf.id}{path}")
        page = salem.page
        page.locator("[data-live-state=fresh]").wait_for()
        page.evaluate(STILL)
        page.evaluate(MOVED)
        return page

    return opened


def settle(page, rows: int) -> None:
    """Let the board ask, and wait for what it shows then."""
    page.evaluate(NOW)
    expect(page.locator(ROWS)).to_have_count(rows)
    page.evaluate(STILL)


def here_now(page) -> str:
    return page.locator(".counter").first.locator("span").first.inner_text()


@WAYS
def test_people_come_and_go_and_nothing_jumps(cast, crowd, board, lang, viewport):
    page = board(lang, viewport)
    check_in(crowd[20], cast.poster, clock.now())
    settle(page, 21)
    assert page.locator(ROWS).last.get_attribute("data-fresh") is not None
    assert page.locator("[data-part=said]").inner_text()
    for who in crowd[2], crowd[0]:
        check_out(who, cast.shift, clock.now())
    settle(page, 19)
    assert here_now(page) == "19"
    heights = page.locator(ROWS).evaluate_all("rows => rows.map(row => row.offsetHeight)")
    assert min(heights) >= ROW_HEIGHT
    assert page.evaluate("window.moved") <= MOST_MOVED


@WAYS
def test_the_words_of_the_age_move_nothing_beside_them(board, lang, viewport):
    sizes, over = board(lang, viewport).evaluate(WORDS)
    assert len(sizes) == 1, sizes
    assert not over


def test_a_request_lies_below_the_counters_and_moves_nothing(cast, board, now):
    page = board()
    for name in ("عابر أول", "عابر ثان", "عابر ثالث"):
        check_in(factories.person(now, name), cast.poster, clock.now())
    page.evaluate(NOW)
    page.get_by_role("button", name="3 طلبات بانتظار الرد").wait_for()
    page.evaluate(STILL)
    assert page.evaluate("window.moved") <= MOST_MOVED
    for counter in page.locator(".counter").all():
        box = counter.bounding_box()
        assert box["y"] + box["height"] < TABLET["height"]
    assert page.locator(ROWS).first.bounding_box()["y"] + ROW_HEIGHT < TABLET["height"]


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_five_rows_stand_above_what_waits(cast, crowd, board, now, lang):
    stranger = factories.person(now, "عابر أول")
    check_in(stranger, cast.poster, clock.now())
    page = board(lang)
    tray = page.locator(".board-tray")
    assert page.get_by_text(stranger.name).is_visible()
    assert rows_above(tray, page) >= 5
    check_in(factories.person(now, "عابر ثان"), cast.poster, clock.now())
    page.evaluate(NOW)
    opener = page.locator(".asks-open")
    opener.wait_for()
    assert page.get_by_text(stranger.name).is_hidden()
    assert rows_above(tray, page) >= 5
    opener.click()
    assert opener.get_attribute("aria-expanded") == "true"
    assert page.get_by_text(stranger.name).is_visible()
    opener.click()
    assert page.get_by_text(stranger.name).is_hidden()


def rows_above(tray, page) -> int:
    """How many rows can be read whole."""
    edge = tray.bounding_box()["y"]
    boxes = [row.bounding_box() for row in page.locator(ROWS).all()]
    return sum(box["y"] + box["height"] <= edge for box in boxes)


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_what_waits_covers_neither_counters_nor_search_on_a_phone(cast, board, now, lang):
    check_in(factories.person(now, "عابر أول"), cast.poster, clock.now())
    page = board(lang, {"width": 360, "height": 740})
    edge = page.get_by_role("button", name="1 request waits" if lang == "en" else "طلب واحد")
    for seen in [*page.locator(".counter").all(), page.get_by_role("searchbox")]:
        box = seen.bounding_box()
        assert box["y"] + box["height"] <= edge.bounding_box()["y"]


@pytest.mark.parametrize("viewport", [TABLET, UPRIGHT, PHONE])
def test_the_evacuation_list_is_never_scrolled_away(board, cast, now, viewport):
    for start in (-600, -500, -400):
        factories.shift(now, cast.mataf, starts=start, minutes=60)
    page = board("en", viewport)
    ways = page.locator(".ways-more")
    assert ways.locator("a").count() >= 6
    ways.evaluate("one => one.scrollBy(one.scrollWidth, 0)")
    for name in ("Evacuation list", "Roll call"):
        box = page.get_by_role("link", name=name).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= viewport["width"]


@WAYS
def test_the_columns_of_what_needs_review_keep_apart(cast, board, now, lang, viewport):
    forgetful = factories.person(now, "زهراء منصور الجعيد")
    morning = factories.shift(now, cast.mataf, starts=-480, minutes=120)
    factories.assign(now, forgetful, morning)
    check_in(forgetful, factories.poster(now, cast.mataf, morning), morning.starts_at)
    page = board(lang, viewport, "?show=review")
    widths = page.locator("thead th").evaluate_all(
        "cells => cells.map(cell => [cell.scrollWidth, cell.clientWidth])"
    )
    assert len(widths) == 5
    assert all(needed <= given for needed, given in widths)
    assert (
        page.locator(ROWS)
        .locator("th .row-link")
        .first.evaluate("one => one.getClientRects().length")
        == 1
    )


def test_nobody_is_let_in_without_a_name(cast, board, now):
    check_in(factories.person(now, "عابر أول"), cast.poster, clock.now())
    page = board("en")
    answer = page.get_by_role("button", name="Check in عابر أول")
    assert answer.is_visible()
    page.get_by_role("button", name="Hide names").click()
    page.get_by_text("Show the names to answer").wait_for()
    assert answer.is_hidden()
    page.get_by_role("button", name="Show names").click()
    answer.wait_for()


def test_while_a_finger_is_down_changes_wait_behind_a_button(cast, crowd, board):
    page = board()
    page.mouse.move(500, 470)
    page.mouse.down()
    for who in crowd[:3]:
        check_out(who, cast.shift, clock.now())
    page.evaluate(NOW)
    button = page.get_by_role("button", name="3 تحديثات جديدة")
    button.wait_for()
    assert page.locator(ROWS).count() == 20
    assert here_now(page) == "17"
    page.mouse.move(500, 5)  # a finger lifted elsewhere opens no row
    page.mouse.up()
    button.click()
    assert page.locator(ROWS).count() == 17
    assert button.is_hidden()


def test_a_rested_hand_lets_the_changes_come(cast, crowd, board):
    page = board()
    page.mouse.wheel(0, 60)
    check_out(crowd[0], cast.shift, clock.now())
    page.evaluate(NOW)
    page.get_by_role("button", name="تحديث جديد واحد").wait_for()
    settle(page, 19)


def test_the_row_that_holds_the_keyboard_stays(cast, crowd, board):
    page = board()
    page.locator(".row-link").first.focus()
    page.keyboard.press("Tab")
    page.wait_for_timeout(3_200)
    check_out(crowd[1], cast.shift, clock.now())
    page.evaluate(NOW)
    page.get_by_role("button", name="تحديث جديد واحد").wait_for()
    assert page.evaluate("document.activeElement.closest('tr') !== null")


def test_searching_answers_while_typing(cast, board):
    page = board()
    page.evaluate("window.same = true")
    page.get_by_role("searchbox").press_sequentially("نوره الق", delay=30)
    expect(page.locator(ROWS)).to_have_count(1)
    assert cast.noura.name in page.locator(ROWS).inner_text()
    page.get_by_role("searchbox").fill(cast.salem.mobile[-4:])
    page.get_by_text("لا توجد نتائج").or_(page.locator(".empty")).first.wait_for()
    page.get_by_role("searchbox").fill("")
    expect(page.locator(ROWS)).to_have_count(20)
    assert page.evaluate("window.same")


def test_a_search_of_people_here_and_not_here_is_shown_by_its_first_answer(cast, crowd, board):
    page = board()
    asked = []
    page.on("request", lambda one: asked.append(one) if "q=" in one.url else None)
    page.get_by_role("searchbox").fill("القحطاني")
    expect(page.locator(ROWS)).to_have_count(26)
    page.get_by_role("searchbox").fill(cast.noura.name)
    expect(page.locator(ROWS)).to_have_count(1)
    assert cast.noura.name in page.locator(ROWS).inner_text()
    assert ["x-poll" in one.headers for one in asked] == [False, False]


def test_a_counter_filters_without_a_new_page(crowd, board):
    page = board()
    page.evaluate("window.same = true")
    page.get_by_role("searchbox").fill("القحطاني")
    expect(page.locator(ROWS)).to_have_count(26)
    page.get_by_role("link", name="بانتظار الحضور").click()
    expect(page.locator(ROWS)).to_have_count(6)
    assert page.evaluate("window.same")
    columns = page.locator("thead th").count()
    cells = page.locator(ROWS).evaluate_all("rows => rows.map(row => row.cells.length)")
    assert set(cells) == {columns}
    assert page.get_by_role("link", name="بانتظار الحضور").get_attribute("aria-current") == "true"
    assert page.get_by_role("searchbox").input_value() == ""
    page.reload()
    assert page.locator(ROWS).count() == 6


def test_without_a_network_the_list_stays_and_says_how_old_it_is(cast, crowd, board):
    page = board()
    page.context.set_offline(True)
    page.evaluate(NOW)
    page.get_by_text("انقطع الاتصال").wait_for()
    page.get_by_text("لا يوجد اتصال").first.wait_for()
    assert page.locator(ROWS).count() == 20
    assert "آخر تحديث قبل" in page.locator(".board-age").inner_text()
    page.wait_for_timeout(1_200)
    assert page.evaluate("window.moved") <= MOST_MOVED
    check_out(crowd[0], cast.shift, clock.now())
    page.context.set_offline(False)
    settle(page, 19)
    assert page.get_by_text("انقطع الاتصال").is_hidden()


def test_minutes_pass_without_asking(board, crowd):
    page = board()
    cell = page.locator("[data-since]").first
    hours, minutes = cell.inner_text().split(":")
    cell.evaluate("one => { one.dataset.since -= 3600; }")
    page.get_by_text(f"{int(hours) + 1}:{minutes}").first.wait_for()


def test_a_row_opens_beside_the_list(board, crowd):
    page = board()
    page.get_by_role("link", name=crowd[0].name).click()
    page.locator("dialog#sheet[open]").wait_for()
    assert page.locator(ROWS).count() == 20
    assert crowd[0].name in page.locator("dialog#sheet").inner_text()
    page.keyboard.press("Escape")
    assert page.locator("dialog#sheet").is_hidden()


def test_the_board_works_without_scripts(cast, crowd, visit):
    page = visit("tablet", person=cast.salem, java_script_enabled=False).page
    page.goto(f"/floor/{cast.mataf.id}")
    assert page.locator(ROWS).count() == 20
    page.get_by_role("searchbox").fill("نورة")
    page.keyboard.press("Enter")
    page.get_by_text(cast.noura.name).wait_for()
    page.goto(f"/floor/{cast.mataf.id}")
    page.get_by_role("link", name=crowd[0].name).click()
    assert crowd[0].name in page.locator("h1").inner_text()
