"""A supervisor's shift of forty on a tablet, across and upright, in both languages, in taps."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from checkin.database import db
from checkin.models import Attendance
from checkin.web import clock
from tests import factories
from tests.browser.test_access import SIGHT, violations
from tests.browser.test_deciding import crowd_of
from tests.browser.test_floor_live import MOST_MOVED, MOVED, NOW, STILL
from tests.browser.visitors import WAYS, Visitor

WORDS = {
    "ar": {
        "hours": "اعتماد ساعات الفترة",
        "all": "اعتماد 40 سجلًا",
        "rest": "اعتماد 37 سجلًا",
        "one": "اعتماد المقترح",
        "by_hand": "تسجيل حضور يدوي",
    },
    "en": {
        "hours": "Approve shift hours",
        "all": "Approve 40 records",
        "rest": "Approve 37 records",
        "one": "Approve suggested",
        "by_hand": "Check in by hand",
    },
}
THUMB = 56
NARROW = """thumb => [...document.querySelectorAll(
    "main :is(button, a.button, a.chip, a.counter, summary, input:not([type=hidden], .tick), tr)")]
  .filter(one => one.checkVisibility({visibilityProperty: true}))
  .filter(one => !one.closest("thead, [data-enter]"))
  .map(one => [one, one.getBoundingClientRect()])
  .filter(([, box]) => box.height < thumb - 0.5 || box.width < thumb - 0.5)
  .map(([one, box]) => `${one.outerHTML.slice(0, 120)} is ${box.width}×${box.height}`)"""
"""What a thumb presses or a row it presses on."""


def approved() -> int:
    db.session.rollback()
    return db.session.scalars(db.select(Attendance.state)).all().count("approved")


def sound(page: Page) -> list[str]:
    """What is wrong with a page for a thumb, for a screen reader, or sideways."""
    return [*violations(page), *page.evaluate(NARROW, THUMB)]


@pytest.fixture
def tablet(cast, visit):
    def taken(lang: str, viewport: dict[str, int]) -> Visitor:
        salem = visit("tablet", person=cast.salem, lang=lang, viewport=viewport, **SIGHT)
        salem.open(f"/floor/{cast.mataf.id}")
        return salem

    return taken


@WAYS
def test_forty_that_match_take_two_taps(cast, now, traveller, tablet, lang, viewport):
    crowd_of(40, cast, now, traveller, odd=0)
    salem, words = tablet(lang, viewport), WORDS[lang]
    assert sound(salem.page) == []
    salem.follow(words["hours"])
    assert sound(salem.page) == []
    salem.press(words["all"])
    assert (salem.taps, approved()) == (2, 40)
    assert sound(salem.page) == []
    assert salem.sideways == 0


@WAYS
def test_thirty_seven_and_three_exceptions_take_five(cast, now, traveller, tablet, lang, viewport):
    crowd_of(40, cast, now, traveller)
    salem, words = tablet(lang, viewport), WORDS[lang]
    salem.follow(words["hours"])
    assert sound(salem.page) == []
    salem.picture(f"45-approvals-{lang}-{viewport['width']}", whole=False)
    salem.press(words["rest"])
    salem.page.evaluate(MOVED)
    for _ in range(3):
        salem.taps += 1
        with salem.page.expect_response("**/approval"):
            salem.page.get_by_role("button", name=words["one"]).first.click()
        salem.page.wait_for_load_state("networkidle")
    assert (salem.taps, approved()) == (5, 40)
    assert salem.page.evaluate("window.moved") <= MOST_MOVED
    assert sound(salem.page) == []


@WAYS
def test_somebody_without_a_phone_takes_two_and_four_digits(
    cast, now, traveller, tablet, lang, viewport
):
    for number in range(39):
        who = factories.person(now, f"متطوع رقم {number:03}")
        factories.assign(now, who, cast.shift)
        factories.check_in(who, cast.poster, now - timedelta(minutes=50 - number))
    salem, words = tablet(lang, viewport), WORDS[lang]
    salem.picture(f"45-board-{lang}-{viewport['width']}", whole=False)
    salem.follow(words["by_hand"])
    typed = cast.noura.mobile[-4:]
    salem.page.keyboard.type(typed, delay=30)
    person = salem.page.get_by_role("listitem").filter(has_text=cast.noura.name)
    expect(person).to_be_visible()
    assert sound(salem.page) == []
    salem.taps += 1
    with salem.page.expect_navigation():
        person.locator("button[name=person]").click()
    assert (salem.taps, len(typed)) == (2, 4)
    expect(salem.page.locator(".toast")).to_contain_text(cast.noura.name)
    expect(salem.page.locator("tbody tr")).to_have_count(40)


@WAYS
def test_rows_come_and_nothing_moves_under_the_thumb(cast, now, traveller, tablet, lang, viewport):
    people = [factories.person(now, f"متطوع رقم {number:03}") for number in range(40)]
    for number, who in enumerate(people):
        factories.assign(now, who, cast.shift)
        if number < 37:
            factories.check_in(who, cast.poster, now - timedelta(minutes=50 - number))
    salem = tablet(lang, viewport)
    salem.page.locator("[data-live-state=fresh]").wait_for()
    salem.page.evaluate(STILL)
    salem.page.evaluate(MOVED)
    for who in people[37:]:
        factories.check_in(who, cast.poster, clock.now())
        salem.page.evaluate(NOW)
        expect(salem.page.locator("tbody")).to_contain_text(who.name)
    factories.check_out(people[1], cast.shift, clock.now())
    salem.page.evaluate(NOW)
    expect(salem.page.locator("tbody")).not_to_contain_text(people[1].name)
    salem.page.evaluate(STILL)
    assert salem.page.evaluate("window.moved") <= MOST_MOVED
    assert sound(salem.page) == []
