"""The sheet over the board and the manual check-in, counted in taps, on both sides of a tablet."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from checkin.database import db
from checkin.models import Attendance, Lane
from tests import factories
from tests.browser.visitors import WAYS

LANGUAGES = pytest.mark.parametrize("lang", ["ar", "en"])
WORDS = {
    "ar": {
        "by_hand": "تسجيل حضور يدوي",
        "check_in": "تسجيل حضور",
        "correct": "تصحيح وقت",
        "corrected": "تم تصحيح وقت الحضور إلى",
        "move": "نقل إلى موقع أو مسار آخر",
        "out": "تسجيل الانصراف الآن",
    },
    "en": {
        "by_hand": "Check in by hand",
        "check_in": "Check in",
        "correct": "Correct a time",
        "corrected": "Check-in corrected to",
        "move": "Move to another site or lane",
        "out": "Check out now",
    },
}


def attendances_of(who) -> list[Attendance]:
    db.session.rollback()
    db.session.expire_all()
    wanted = db.select(Attendance).where(Attendance.volunteer_id == who.id)
    return list(db.session.scalars(wanted.order_by(Attendance.id)))


def tall_enough(within) -> None:
    """What a thumb presses here is 56 px high, where it is in sight at all."""
    for one in within.locator(
        "button:not([data-enter]):visible, a.button:visible, summary:visible"
    ).all():
        box = one.bounding_box()
        assert box is not None
        assert box["height"] >= 55.9, one.inner_text()


def open_sheet(tablet, cast):
    tablet.open(f"/floor/{cast.mataf.id}")
    tablet.taps += 1
    tablet.page.get_by_role("link", name=cast.noura.name).click()
    sheet = tablet.page.locator("dialog#sheet")
    expect(sheet).to_be_visible()
    return sheet


@WAYS
def test_checking_in_by_hand_takes_two_taps_and_four_digits(cast, visit, viewport, lang):
    words = WORDS[lang]
    tablet = visit("tablet", person=cast.salem, lang=lang, viewport=viewport)
    tablet.open(f"/floor/{cast.mataf.id}")
    tablet.follow(words["by_hand"])
    tablet.page.keyboard.type(cast.noura.mobile[-4:], delay=30)
    person = tablet.page.get_by_role("listitem").filter(has_text=cast.noura.name)
    expect(person).to_be_visible()
    tablet.taps += 1
    with tablet.page.expect_navigation():
        person.locator("button[name=person]").click()
    assert tablet.taps == 2
    toast = tablet.page.locator(".toast")
    expect(toast).to_contain_text(cast.noura.name)
    assert toast.get_attribute("data-seconds") == "10"
    assert [one.state for one in attendances_of(cast.noura)] == ["open"]
    with tablet.page.expect_navigation():
        toast.get_by_role("button").first.click()
    assert [one.state for one in attendances_of(cast.noura)] == ["cancelled"]


@WAYS
def test_a_time_is_corrected_in_three_taps(cast, visit, now, viewport, lang):
    words = WORDS[lang]
    factories.check_in(cast.noura, cast.poster, now - timedelta(minutes=40))
    tablet = visit("tablet", person=cast.salem, lang=lang, viewport=viewport)
    sheet = open_sheet(tablet, cast)
    tall_enough(sheet)
    tablet.taps += 1
    sheet.get_by_text(words["correct"], exact=True).click()
    tall_enough(sheet)
    tablet.taps += 1
    fifteen_later = (now - timedelta(minutes=25)).isoformat()
    with tablet.page.expect_navigation():
        sheet.locator(f"button[value='in-0@{fifteen_later}']").click()
    assert tablet.taps == 3
    expect(tablet.page.locator("main")).to_contain_text(words["corrected"])
    (record,) = attendances_of(cast.noura)
    assert (record.state, record.in_at) == ("open", now - timedelta(minutes=25))


@WAYS
def test_somebody_is_moved_in_three_taps(cast, visit, now, viewport, lang):
    words = WORDS[lang]
    lane = factories.keep(Lane(site_id=cast.mataf.id, name_ar="المسار 3", name_en="Lane 3"))
    there = factories.shift(now, cast.mataf, starts=-60, minutes=300, lane_id=lane.id)
    factories.check_in(cast.noura, cast.poster, now - timedelta(minutes=40))
    tablet = visit("tablet", person=cast.salem, lang=lang, viewport=viewport)
    sheet = open_sheet(tablet, cast)
    tablet.taps += 1
    sheet.get_by_text(words["move"], exact=True).click()
    tall_enough(sheet)
    tablet.taps += 1
    with tablet.page.expect_navigation():
        sheet.locator(f"button[name=shift][value='{there.id}']").click()
    assert tablet.taps == 3
    left, came = attendances_of(cast.noura)
    assert (left.state, came.state, came.shift_id) == ("closed", "open", there.id)
    assert left.out_at == came.in_at


def test_enter_sends_the_time_that_was_typed(cast, visit, now):
    """Not the first time to press: the sheet's forms begin with a button nobody sees."""
    tablet = visit("tablet", person=cast.salem, lang="en")
    factories.check_in(cast.noura, cast.poster, now)
    sheet = open_sheet(tablet, cast)
    card = sheet.locator("details.card", has_text=WORDS["en"]["correct"])
    card.locator("summary").first.click()
    card.get_by_text("Another time or reason").click()
    card.get_by_text("Check-in,").last.click()
    typed = card.locator("[name=correcting-at]")
    typed.fill("12:50")
    with tablet.page.expect_navigation():
        typed.press("Enter")
    expect(tablet.page.locator("main")).to_contain_text("Check-in corrected to 12:50 PM")
    (record,) = attendances_of(cast.noura)
    assert record.in_at == now - timedelta(minutes=10)


@LANGUAGES
def test_checking_out_takes_two_taps(cast, visit, now, lang):
    factories.check_in(cast.noura, cast.poster, now - timedelta(minutes=40))
    tablet = visit("tablet", person=cast.salem, lang=lang)
    sheet = open_sheet(tablet, cast)
    tablet.taps += 1
    with tablet.page.expect_navigation():
        sheet.get_by_role("button", name=WORDS[lang]["out"], exact=True).click()
    assert tablet.taps == 2
    expect(tablet.page.locator(".toast")).to_contain_text(cast.noura.name)
    assert [one.state for one in attendances_of(cast.noura)] == ["closed"]


# --- without a network -----------------------------------------------------------------------


def test_without_a_connection_nothing_is_sent_and_nothing_typed_is_lost(cast, visit, now):
    factories.check_in(cast.noura, cast.poster, now - timedelta(minutes=40))
    tablet = visit("tablet", person=cast.salem, lang="en")
    sheet = open_sheet(tablet, cast)
    sheet.get_by_label("Beneficiaries").fill("35")
    unsent = sheet.get_by_text("Nothing was recorded")
    expect(unsent).to_be_hidden()
    tablet.page.context.set_offline(True)
    sheet.get_by_role("button", name="Check out now", exact=True).click()
    expect(unsent).to_be_visible()
    expect(sheet.get_by_label("Beneficiaries")).to_have_value("35")
    assert [one.state for one in attendances_of(cast.noura)] == ["open"]
    tablet.page.context.set_offline(False)
    with tablet.page.expect_navigation():
        sheet.get_by_role("button", name="Check out now", exact=True).click()
    (record,) = attendances_of(cast.noura)
    assert (record.state, record.beneficiaries) == ("closed", 35)


def test_without_a_connection_a_row_says_so_and_the_board_stays(cast, visit, now):
    factories.check_in(cast.noura, cast.poster, now - timedelta(minutes=40))
    tablet = visit("tablet", person=cast.salem, lang="en")
    sheet = open_sheet(tablet, cast)
    sheet.get_by_role("button", name="Close").click()
    tablet.page.context.set_offline(True)
    tablet.page.get_by_role("link", name=cast.noura.name).click()
    expect(sheet.get_by_text("The record cannot be shown now")).to_be_visible()
    sheet.get_by_role("button", name="Close").click()
    expect(tablet.page.get_by_role("link", name=cast.noura.name)).to_be_visible()
    tablet.page.context.set_offline(False)
