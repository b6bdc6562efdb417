"""A week planned from nothing: taps counted, drafts published, posters printed, shifts moved."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from checkin.database import db
from checkin.models import Shift
from tests import factories
from tests.browser.visitors import Visitor

MOST_TAPS = 40
SUNDAY = date(2026, 11, 29)
GATES = (
    ("باب الملك عبدالعزيز", "King Abdulaziz Gate"),
    ("باب الملك فهد", "King Fahd Gate"),
    ("باب السلام", "Gate of Peace"),
    ("المسعى، الدور الأول", "Masa'a, first floor"),
    ("مركز حي العزيزية للتنمية الاجتماعية", "Al-Aziziyah Neighbourhood Social Development Centre"),
)
WORDS = {
    "ar": {
        "next": "الأسبوع التالي",
        "templates": "القوالب",
        "add_template": "إضافة قالب",
        "back": "خطة الفترات",
        "from_template": "إضافة من قالب",
        "all_templates": "كل القوالب",
        "all_sites": "كل المواقع",
        "every_day": "كل يوم",
        "add": "إضافة كمسودات",
        "publish": "نشر الفترات",
        "posters": "الملصقات",
        "print_all": "طباعة ملصقات كل المواقع",
    },
    "en": {
        "next": "Next week",
        "templates": "Templates",
        "add_template": "Add template",
        "back": "Shift plan",
        "from_template": "Add from template",
        "all_templates": "All templates",
        "all_sites": "All sites",
        "every_day": "Every day",
        "add": "Add as drafts",
        "publish": "Publish shifts",
        "posters": "Posters",
        "print_all": "Print all sites",
    },
}
TIMES = (
    ("الصباحية", "06:00", "14:00"),
    ("المسائية", "14:00", "22:00"),
    ("الليلية", "22:00", "06:00"),
)
SPILLS = """() => [...document.querySelectorAll(".plan-block, .plan thead th")]
  .filter(one => one.scrollWidth > one.clientWidth + 1)
  .map(one => one.innerText)"""
CLASHING = """() => {
  const boxes = [...document.querySelectorAll(".plan-block")]
    .map(one => one.getBoundingClientRect());
  return boxes.filter((one, at) => boxes.slice(at + 1).some(other =>
    one.left < other.right - 1 && other.left < one.right - 1
    && one.top < other.bottom - 1 && other.top < one.bottom - 1)).length;
}"""
"""Blocks that lie on one another."""


@pytest.fixture
def sites(cast, now):
    """Seven, with those of the cast."""
    more = [factories.site(now, *names) for names in GATES]
    return [cast.mataf, cast.squares, *more]


def click(layla: Visitor, label: str) -> None:
    """Tick what says so, as a person does."""
    layla.taps += 1
    layla.page.locator("label", has_text=label).first.click()


def type_into(layla: Visitor, name: str, text: str) -> None:
    """Press the field, then type."""
    layla.taps += 1
    field = layla.page.locator(f"main [name='{name}']:visible")
    field.click()
    field.fill(text)


def add_template(layla: Visitor, words: dict[str, str], name: str, starts: str, ends: str) -> None:
    layla.follow(words["add_template"])
    type_into(layla, "opportunity_id-name", "الفرز" if layla.lang == "ar" else "screening")
    layla.page.get_by_role("option").first.wait_for()
    layla.page.keyboard.press("Enter")
    type_into(layla, "name_ar", name)
    type_into(layla, "starts", starts)
    type_into(layla, "ends", ends)
    layla.press(words["add_template"])


@pytest.mark.parametrize("lang", ["ar", "en"])
@pytest.mark.parametrize("size", ["laptop", "tablet"])
def test_a_week_of_seven_sites_is_planned_from_nothing(cast, sites, visit, lang, size):
    words = WORDS[lang]
    layla = visit(size, person=cast.layla, lang=lang)
    layla.lang = lang
    layla.open("/plan")
    layla.follow(words["templates"])
    for template in TIMES:
        add_template(layla, words, *template)
    layla.follow(words["back"])
    layla.follow(words["next"])
    layla.picture(f"plan-{lang}-{size}-1-empty")
    layla.follow(words["from_template"])
    for everything in ("all_templates", "all_sites", "every_day"):
        click(layla, words[everything])
    layla.picture(f"plan-{lang}-{size}-2-adding")
    layla.press(words["add"])
    layla.picture(f"plan-{lang}-{size}-3-drafts")
    layla.press(words["publish"])
    assert layla.page.locator(".plan-block").count() == 7 * 3 * 7
    assert layla.page.locator("[data-draft]").count() == 0
    assert layla.page.evaluate(SPILLS) == []
    assert layla.page.evaluate(CLASHING) == 0
    assert layla.sideways <= 0
    layla.picture(f"plan-{lang}-{size}-4-published")
    layla.follow(words["posters"])
    layla.press(words["print_all"])
    assert layla.page.locator(".poster").count() == 7
    layla.picture(f"plan-{lang}-{size}-5-posters")
    assert layla.taps + 1 <= MOST_TAPS, f"{layla.taps} taps, and one to print"
    db.session.remove()
    planned = db.session.scalars(db.select(Shift).where(Shift.work_on >= SUNDAY)).all()
    assert len(planned) == 147
    assert not any(shift.is_draft for shift in planned)


def test_a_shift_is_added_from_a_template_in_four_taps(cast, visit):
    template = factories.template(cast.shift.opportunity_id)
    layla = visit("laptop", person=cast.layla, lang="en")
    layla.open("/plan")
    layla.follow("Add at Mataf courtyard")
    click(layla, "Wednesday 25 Nov")
    layla.press("Add as drafts")
    layla.press("Publish shifts")
    assert layla.taps <= 4
    made = db.session.scalars(db.select(Shift).order_by(Shift.id.desc())).first()
    assert (made.work_on, made.seats, made.is_draft) == (date(2026, 11, 25), template.seats, False)


# --- moving --------------------------------------------------------------------------------


@pytest.fixture
def coming(cast, now):
    """Tomorrow at noon at the Mataf, nobody on it."""
    return factories.shift(now, cast.mataf, starts=24 * 60)


def place_of(shift: Shift) -> tuple[date, int]:
    db.session.remove()
    fresh = db.session.get_one(Shift, shift.id)
    return fresh.work_on, fresh.site_id


@pytest.mark.parametrize(("lang", "forward"), [("ar", "ArrowLeft"), ("en", "ArrowRight")])
def test_a_shift_is_moved_by_keys_and_every_step_is_said(cast, coming, visit, lang, forward):
    layla = visit("laptop", person=cast.layla, lang=lang)
    layla.open("/plan")
    said, keys = layla.page.locator("#moved"), layla.page.keyboard
    block = layla.page.locator(f"#shift-{coming.id}")
    block.locator("a").focus()
    keys.press("m")
    expect(said).not_to_be_empty()
    keys.press(forward)
    expect(said).to_contain_text("24")
    keys.press("Escape")
    assert block.get_attribute("data-held") is None
    keys.press("m")
    keys.press(forward)
    keys.press(forward)
    expect(said).to_contain_text("25")
    layla.picture(f"plan-{lang}-moving-by-keys", whole=False)
    with layla.page.expect_navigation():
        keys.press("Enter")
    expect(said).to_contain_text("25")
    assert layla.page.evaluate("document.activeElement.closest('.plan-block').id") == (
        f"shift-{coming.id}"
    )
    assert place_of(coming) == (date(2026, 11, 25), cast.mataf.id)


def test_keys_pressed_before_the_grid_is_awake_are_not_lost(cast, coming, visit):
    mataf = cast.mataf.id
    layla = visit("laptop", person=cast.layla, lang="en")
    script, asked = "**/js/*/modules/plan.js", []
    layla.page.route(script, lambda route: asked.append(route))
    layla.page.goto("/plan", wait_until="commit")
    layla.page.locator(f"#shift-{coming.id} a").focus()
    for key in ("m", "ArrowRight", "Enter"):
        layla.page.keyboard.press(key)
    assert layla.page.locator("html[data-awake]").count() == 0
    with layla.page.expect_navigation():
        layla.page.route(script, lambda route: route.continue_())
        for one in asked:
            one.continue_()
    expect(layla.page.locator("#moved")).to_contain_text("24")
    assert place_of(coming) == (date(2026, 11, 24), mataf)


def test_a_shift_is_dragged_to_another_site_and_day(cast, coming, visit):
    layla = visit("laptop", person=cast.layla, lang="en")
    layla.open("/plan")
    there = f"td[data-site='{cast.squares.id}'][data-day='2026-11-26']"
    with layla.page.expect_navigation():
        layla.page.locator(f"#shift-{coming.id}").drag_to(layla.page.locator(there).first)
    assert "Moved to Thursday 26 November 2026" in layla.text
    assert place_of(coming) == (date(2026, 11, 26), cast.squares.id)


def test_dragging_people_asks_first_and_tells_nobody_meanwhile(cast, now, coming, visit):
    factories.assign(now - timedelta(days=1), cast.noura, coming)
    layla = visit("tablet", person=cast.layla, lang="en")
    layla.open("/plan")
    there = f"td[data-site='{cast.mataf.id}'][data-day='2026-11-27']"
    with layla.page.expect_navigation():
        layla.page.locator(f"#shift-{coming.id}").drag_to(layla.page.locator(there).first)
    assert layla.heading == "Move shift"
    assert cast.noura.name in layla.text
    assert place_of(coming) == (date(2026, 11, 23), cast.mataf.id)
    layla.press("Move shift")
    assert "Those expected are told" in layla.text
    assert place_of(coming) == (date(2026, 11, 27), cast.mataf.id)


STANDING = """async () => {
  let [before, still] = [scrollY, 0];
  while (still < 5) {
    await new Promise(requestAnimationFrame);
    still = scrollY === before ? still + 1 : 0;
    before = scrollY;
  }
}"""
"""A page that a finger has let go of runs on for a while, and the next tap only stops it."""


class Finger:
    """One finger on the glass, as a tablet reports it."""

    def __init__(self, page: Page) -> None:
        self._glass = page.context.new_cdp_session(page)
        self._at = (0.0, 0.0)

    def down(self, on: Locator) -> None:
        self._at = middle(on)
        self._send("touchStart", self._at)

    def move(self, to: tuple[float, float]) -> None:
        """In steps, as a finger moves."""
        (x, y), (end_x, end_y) = self._at, to
        for part in (0.3, 0.6, 1):
            self._send("touchMove", (x + (end_x - x) * part, y + (end_y - y) * part))
        self._at = to

    def up(self) -> None:
        self._send("touchEnd")

    def _send(self, kind: str, *at: tuple[float, float]) -> None:
        points = [{"x": x, "y": y} for x, y in at]
        self._glass.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def middle(of: Locator) -> tuple[float, float]:
    box = of.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_a_finger_rests_on_a_shift_and_carries_it(cast, coming, visit, lang):
    layla = visit("tablet", person=cast.layla, lang=lang, has_touch=True)
    layla.open("/plan")
    block = layla.page.locator(f"#shift-{coming.id}")
    there = layla.page.locator(f"td[data-site='{cast.squares.id}'][data-day='2026-11-26']").first
    finger = Finger(layla.page)
    finger.down(block)
    expect(block).to_have_attribute("data-carried", "")
    finger.move(middle(there))
    expect(there).to_have_attribute("data-over", "")
    layla.picture(f"plan-{lang}-carried-by-finger", whole=False)
    with layla.page.expect_navigation():
        finger.up()
    expect(block).to_be_visible()
    assert place_of(coming) == (date(2026, 11, 26), cast.squares.id)


def test_a_finger_that_passes_over_a_shift_scrolls_the_page(cast, now, coming, visit):
    """Nothing is carried, and nothing is moved; the tap afterwards opens the shift."""
    for number in range(9):
        factories.shift(now, factories.site(now, f"موقع {number}", f"Site {number}"), starts=60)
    layla = visit("tablet", person=cast.layla, lang="en", has_touch=True)
    layla.open("/plan")
    block = layla.page.locator(f"#shift-{coming.id}")
    finger = Finger(layla.page)
    finger.down(block)
    finger.move((middle(block)[0], middle(block)[1] - 200))
    finger.up()
    layla.page.wait_for_function("scrollY > 50")
    layla.page.evaluate(STANDING)
    assert layla.page.locator("[data-carried], [data-held]").count() == 0
    with layla.page.expect_navigation():
        block.locator("a").tap()
    assert layla.page.url.endswith(f"/shifts/{coming.id}")
    where = (date(2026, 11, 23), cast.mataf.id)  # first: what reads anew lets go of the cast
    assert place_of(coming) == where


def test_without_scripts_the_whole_plan_works(cast, coming, visit):
    factories.template(cast.shift.opportunity_id)
    layla = visit("laptop", person=cast.layla, lang="en", java_script_enabled=False)
    layla.open("/plan/additions?week=2026-11-29")
    layla.page.get_by_label("Mataf courtyard").check()
    layla.page.get_by_label("Sunday 29 Nov").check()
    layla.press("Add as drafts")
    layla.follow("Look at the drafts")
    layla.press("Publish shifts")
    assert "Published: 1 shift" in layla.text
    layla.open(f"/shifts/{coming.id}")
    layla.follow("Move")
    layla.fill(day="2026-11-24")
    layla.press("Move shift")
    assert place_of(coming) == (date(2026, 11, 24), cast.mataf.id)
    layla.open("/shifts/new")
    layla.page.locator("[name='opportunity_id-name']").fill("screening")
    layla.fill(site_id="Mataf courtyard", day="2026-11-25", starts="06:00", ends="14:00")
    layla.press("Add shift")
    assert "Several opportunities have this name" in layla.text
    layla.page.locator("[name='opportunity_id-pick']").first.check()
    layla.press("Add shift")
    assert layla.heading == "Visual screening at the gates"
