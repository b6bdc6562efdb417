"""Every page can be used by everybody: axe finds nothing, targets are large, nothing is cut off."""

from collections.abc import Callable, Iterable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.town import NOT_PAGES, STAFF, Stop, Town
from tests.browser.visitors import SIDEWAYS, Visitor

SIGHT = {"bypass_csp": True, "reduced_motion": "reduce"}
"""axe is let in past the CSP, and looks at pages that stand still."""

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OTHER_THEMES = ("dark", "contrast")
TARGET = 44
SMALLEST = 24
NARROW = {"width": 320, "height": 740}

RUN = """async (rules) => {
  const how = {runOnly: rules, resultTypes: ["violations"], preload: false};
  const found = await axe.run(document, how);
  return found.violations.flatMap(one => one.nodes.map(
    node => `${one.id}: ${node.target.join(" ")} ${node.any.map(why => why.message)[0] ?? ""}`));
}"""
RETHEME = "theme => { document.documentElement.dataset.theme = theme; }"
ENLARGE = "size => { document.documentElement.style.fontSize = size; }"
SMALL = """([wanted, least]) => {
  const beside = one => one.closest(".skip, [data-enter]");
  const shown = one => one.checkVisibility({visibilityProperty: true}) && !beside(one);
  const whole = one => one.closest("label") ?? one;
  const controls = "button, input:not([type=hidden]), select, textarea, summary, a.button, nav a";
  const texts = ".service-bar a, .footer a, .text-link";
  const tooSmall = (selector, size) => [...document.querySelectorAll(selector)]
    .filter(shown).map(one => [one, whole(one).getBoundingClientRect()])
    .filter(([, box]) => box.width < size - 0.5 || box.height < size - 0.5)
    .map(([one, box]) => `${one.outerHTML.slice(0, 120)} is ${box.width}×${box.height}`);
  return [...tooSmall(controls, wanted), ...tooSmall(texts, least)];
}"""
"""Buttons and fields are as large as a fingertip; links that stand as text may be smaller."""

CUT = """() => [...document.querySelectorAll(".table-wrap:not([data-wide]), .nav ul")]
  .filter(one => innerWidth >= 1000 || one.matches(".table-wrap"))
  .filter(one => one.scrollWidth > one.clientWidth)
  .map(one => `${one.outerHTML.slice(0, 120)} needs ${one.scrollWidth}, has ${one.clientWidth}`)"""


def violations(page: Page) -> list[str]:
    page.evaluate(Axe().axe_script)
    return page.evaluate(RUN, STANDARDS)


def violations_in_other_themes(page: Page) -> list[str]:
    """Themes differ in colours only; paper has none of its own."""
    found: list[str] = []
    if page.locator("body.paper").count():
        return found
    for theme in OTHER_THEMES:
        page.evaluate(RETHEME, theme)
        found += [f"{theme}: {one}" for one in page.evaluate(RUN, ["color-contrast"])]
    return found


def small_targets(page: Page) -> list[str]:
    return page.evaluate(SMALL, [TARGET, SMALLEST])


def cut_off(page: Page) -> list[str]:
    """Tables and menus that hide a part of themselves although the screen is a usual one."""
    return page.evaluate(CUT)


def overflows(page: Page) -> list[str]:
    """Sideways scrolling on a narrow screen, and where text is set twice as large."""
    found = []
    usual = page.viewport_size
    for size, text in ((NARROW, "100%"), (usual, "200%")):
        page.set_viewport_size(size)
        page.evaluate(ENLARGE, text)
        if (wider := page.evaluate(SIDEWAYS)) > 0:
            found.append(f"{wider} px too wide at {size['width']} px with text at {text}")
    page.set_viewport_size(usual)
    return found


CHECKS = {
    "ar": (violations, small_targets, cut_off, violations_in_other_themes, overflows),
    "en": (small_targets, cut_off, overflows),
}
"""Another language changes how long words are and where they begin, not what axe sees."""


def walk_round(
    town: Town, visit: Callable[..., Visitor], who: Iterable[str], lang: str
) -> Iterable[tuple[Stop, Page]]:
    """Everybody on each of their pages."""
    for name in who:
        device = "tablet" if name in STAFF else "phone"
        visitor = visit(device, person=town.people.get(name), lang=lang, **SIGHT)
        for stop in town.stops_of(name):
            stop.reach(visitor)
            yield stop, visitor.page
            visitor.page.context.clear_cookies(name="s")
        visitor.page.context.close()


def test_every_page_is_looked_at(app, town):
    """A new page fails here until the town has a way to it."""
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    shown = {stop.endpoint for stop in town.stops}
    assert pages - shown - NOT_PAGES == set(), "Give them a stop in tests/browser/town.py"


@pytest.mark.parametrize("lang", ["ar", "en"])
@pytest.mark.parametrize("group", ["strangers", "volunteers", "supervisors", "coordinators"])
def test_everybody_can_use_every_page(town, visit, group, lang):
    who = {
        "strangers": ["stranger"],
        "volunteers": town.volunteers,
        "supervisors": ["salem"],
        "coordinators": ["layla", "majed"],
    }[group]
    found = []
    for stop, page in walk_round(town, visit, who, lang):
        found += [f"{stop}: {fault}" for check in CHECKS[lang] for fault in check(page)]
    assert not found, "\n".join(found)


def test_the_checks_see_what_is_wrong(visit):
    """A page with one of each fault, so that silence above means something."""
    page = visit("phone", **SIGHT).page
    page.set_content(
        "<main><button class='button'>x</button><img src='data:,'><p>wide</p></main>"
        "<style>button {min-inline-size: 0; padding: 0; height: 20px} p {width: 1500px}</style>"
    )
    assert any("image-alt" in one for one in violations(page))
    assert len(small_targets(page)) == 1
    assert len(overflows(page)) == 2
