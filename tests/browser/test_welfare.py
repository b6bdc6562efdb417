"""A long day, as the volunteer and the supervisor see it: said before the tap, told, let stand."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from checkin.database import db
from checkin.models import Remark
from tests import factories
from tests.browser.scanning import answer, badge_of
from tests.browser.test_access import overflows, small_targets, violations
from tests.browser.visitors import TABLET

DAY = timedelta(days=1)
SAID = {
    "ar": "خدمت اليوم 11 ساعة، شكر الله سعيك. يُستحسن أخذ قسط من الراحة",
    "en": "You have served 11 hours today, thank you. A good rest is advised",
}
PRESS = {"ar": "تسجيل حضوري في صحن المطاف", "en": "Check me in at Mataf courtyard"}


@pytest.fixture
def eleven_hours(cast, now) -> None:
    """Noura served until two hours ago, and is expected again."""
    shift = factories.shift(now, cast.mataf, starts=-13 * 60, minutes=11 * 60)
    factories.assign(now - DAY, cast.noura, shift)
    poster = factories.poster(now - DAY, cast.mataf, shift)
    factories.check_in(cast.noura, poster, shift.starts_at)
    factories.check_out(cast.noura, shift, shift.ends_at)


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_the_phone_says_it_before_the_tap_and_after(cast, eleven_hours, visit, lang):
    phone = visit("phone", person=cast.noura, lang=lang)
    phone.open(f"/S/{cast.poster.code}")
    assert SAID[lang] in phone.text
    # nothing is refused, and the button is in sight
    box = phone.button(PRESS[lang]).bounding_box()
    assert box["y"] + box["height"] <= phone.page.viewport_size["height"]
    phone.picture(f"41-long-day-before-{lang}")
    assert not violations(phone.page)
    phone.taps = 0
    phone.press(PRESS[lang])
    assert phone.taps == 1
    assert SAID[lang] in phone.text
    phone.picture(f"42-long-day-receipt-{lang}")
    assert phone.sideways == 0
    assert not violations(phone.page)


@pytest.mark.parametrize("viewport", [TABLET, {"width": 768, "height": 1024}], ids=["wide", "tall"])
def test_the_scanner_tells_the_supervisor_who_lets_it_stand(
    cast, eleven_hours, visit, now, viewport
):
    tablet = visit("tablet", person=cast.salem, viewport=viewport)
    tablet.open(f"/sites/{cast.mataf.id}/scanner")
    tablet.page.locator("summary", has_text="تعذّر المسح؟").click()
    tablet.page.locator("#badge-code").fill(badge_of(cast.noura, cast.layla, now))
    tablet.page.locator("[data-typed] button").click()
    expect(answer(tablet)).to_contain_text("الخدمة في هذا اليوم: 11 ساعة")
    tablet.picture(f"43-scanner-concern-{viewport['width']}", whole=False)
    tablet.taps = 0
    tablet.follow("السماح بالاستمرار")
    assert not small_targets(tablet.page)
    assert not overflows(tablet.page)
    assert not violations(tablet.page)
    tablet.page.locator("label", has_text="بعد قسط من الراحة").click()
    tablet.press("السماح بالاستمرار")
    assert tablet.taps == 2
    assert "تم السماح، وحُفظ السبب مع السجل" in tablet.page.locator("body").inner_text()
    db.session.rollback()
    (kept,) = db.session.scalars(db.select(Remark))
    assert (kept.kind, kept.written_by_id) == ("allowance", cast.salem.id)
    # the volunteer reads with whom it was agreed
    phone = visit("phone", person=cast.noura)
    phone.open(f"/attendances/{kept.attendance_id}")
    assert f"بالاتفاق مع {cast.salem.name}" in phone.text
    phone.picture("44-long-day-agreed")
