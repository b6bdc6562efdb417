"""What people need is in sight: the doors of the menu, a row a person, the code when asked."""

from datetime import timedelta

import pytest

from tests import factories
from tests.browser.visitors import PHONE

PORTRAIT = {"width": 768, "height": 1024}
OUT_OF_SIGHT = """() => [...document.querySelectorAll(".nav a")]
  .map(one => [one.innerText, one.getBoundingClientRect()])
  .filter(([, box]) => box.left < 0 || box.right > innerWidth)
  .map(([text]) => text)"""
BROKEN = """selector => [...document.querySelectorAll(selector)]
  .filter(one => one.getClientRects().length > 1 || one.offsetHeight > 48)
  .map(one => one.innerText)"""
"""Words and buttons that take more than one line."""


@pytest.fixture
def shift(cast, now):
    """Two people who served 700 and left early, and one who is still here."""
    shift = factories.shift(now, cast.mataf, starts=-20 * 60, minutes=300)
    wall = factories.poster(shift.starts_at - timedelta(hours=1), cast.mataf, shift)
    for name in ("عبدالرحمن محمد الشهراني", "سلطان هشام عبدالعزيز الحارثي"):
        who = factories.person(now, name)
        factories.assign(now - timedelta(days=1), who, shift)
        factories.check_in(who, wall, shift.starts_at)
        left_at = shift.ends_at - timedelta(hours=2)
        factories.check_out(who, shift, left_at, beneficiaries=7_000)
    factories.check_in(cast.noura, cast.poster, now - timedelta(minutes=50))
    return shift


@pytest.mark.parametrize("lang", ["ar", "en"])
@pytest.mark.parametrize("who", ["salem", "layla"])
def test_no_door_of_the_menu_hides_on_a_phone(cast, visit, who, lang):
    staff = visit("tablet", person=getattr(cast, who), lang=lang)
    staff.page.set_viewport_size(PHONE)
    staff.open("/figures")
    assert staff.page.locator(".nav a").count() >= 4
    assert staff.page.evaluate(OUT_OF_SIGHT) == []


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_the_account_menu_opens_inside_a_phone(cast, visit, lang):
    staff = visit("tablet", person=cast.layla, lang=lang)
    staff.page.set_viewport_size(PHONE)
    staff.open("/figures")
    staff.page.locator(".user-menu summary").click()
    box = staff.page.locator(".user-menu > div").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]


def test_the_code_is_shown_when_asked_for_on_a_tablet_held_upright(cast, visit, shift):
    salem = visit("tablet", person=cast.salem, lang="en")
    salem.open(f"/floor/{cast.mataf.id}")
    code = salem.page.locator(".code-image")
    assert code.is_visible()
    salem.page.set_viewport_size(PORTRAIT)
    assert not code.is_visible()
    salem.page.get_by_role("link", name="Show the code").click()
    box = code.bounding_box()
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= PORTRAIT["height"]
    salem.page.get_by_role("link", name="Hide the code").click()
    assert not code.is_visible()


def test_the_floor_spends_one_line_on_a_person(cast, visit, shift):
    salem = visit("tablet", person=cast.salem, lang="ar")
    salem.open(f"/floor/{cast.mataf.id}")
    row = salem.page.locator("tbody tr")
    assert row.count() == 1
    assert row.bounding_box()["height"] < 60


def test_exceptions_stay_whole_on_a_tablet_held_upright(cast, visit, shift):
    salem = visit("tablet", person=cast.salem, lang="ar")
    salem.page.set_viewport_size(PORTRAIT)
    salem.open(f"/shifts/{shift.id}/approvals")
    assert salem.page.locator("tbody .reason").count() >= 2
    assert salem.page.evaluate(BROKEN, "tbody th > bdi, tbody td strong") == []
    for actions in salem.page.locator(".table-actions").all():
        tops = {button.bounding_box()["y"] for button in actions.locator(".button").all()}
        assert len(tops) == 1


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_the_sources_of_earlier_years_are_in_sight_on_a_tablet(cast, now, visit, lang):
    told = {"approved_minutes": 60_000_000, "beneficiaries": 12_802_612, "volunteers": 104_500}
    told |= {"attendances": 1_802_612, "value_halalas": 91_000_000_050}
    factories.past_line(now, cast.layla, "1440h", **told)
    staff = visit("tablet", person=cast.layla, lang=lang)
    staff.open("/figures?past=1")
    wrap = staff.page.locator("#earlier .table-wrap")
    assert wrap.evaluate("one => one.scrollWidth - one.clientWidth") <= 0
    cells = staff.page.locator("#earlier :is(th, td)")
    assert not any(cells.evaluate_all("all => all.map(one => one.scrollWidth > one.offsetWidth)"))
