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
COLOURS = "color-contrast"
OTHER_THEMES = ("dark", "contrast")
TARGET = 44
SMALLEST = 24
NARROW = {"width": 320, "height": 740}

RUN = """async ([rules, left_out, wanted]) => {
  const how = {resultTypes: ["violations"], preload: false, runOnly: rules};
  if (left_out) how.rules = {[left_out]: {enabled: false}};
  const found = await axe.run(wanted ? {include: wanted.map(at => texts()[at])} : document, how);
  return found.violations.flatMap(one => one.nodes.map(
    node => `${one.id}: ${node.target.join(" ")} ${node.any.map(why => why.message)[0] ?? ""}`));
  TEXTS
}"""
LOOKS = """() => {
  const kept = new Map();
  const mixed = (said, before) => [...said].reduce(
    (sum, one) => Math.imul(sum ^ one.codePointAt(0), 0x01000193), before);
  const ground = one => {
    if (!one) return 0x811c9dc5;
    if (!kept.has(one)) {
      const {backgroundColor, backgroundImage, opacity, position} = getComputedStyle(one);
      const own = [one.tagName, one.getAttribute("class"), backgroundColor, backgroundImage];
      kept.set(one, mixed([...own, opacity, position].join("|"), ground(one.parentElement)));
    }
    return kept.get(one);
  };
  return texts().map(one => {
    const {color, fontSize, fontWeight, textShadow} = getComputedStyle(one);
    return mixed([color, fontSize, fontWeight, textShadow].join("|"), ground(one));
  });
  TEXTS
}"""
"""What decides how well each text of a page can be read: its own look and all it stands on."""

TEXTS = """function texts() {
  const says = one => one.matches("input, select, textarea")
    || [...one.childNodes].some(part => part.nodeType === Node.TEXT_NODE && part.data.trim());
  return [...document.body.querySelectorAll("*")]
    .filter(one => says(one) && one.checkVisibility({visibilityProperty: true}));
}"""
RUN, LOOKS = (script.replace("TEXTS", TEXTS) for script in (RUN, LOOKS))
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
    """All that axe finds."""
    bring_axe(page)
    return page.evaluate(RUN, [STANDARDS, None, None])


def bring_axe(page: Page) -> None:
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(Axe().axe_script)


def violations_but_of_colours(page: Page) -> list[str]:
    bring_axe(page)
    return page.evaluate(RUN, [STANDARDS, COLOURS, None])


def faint(page: Page) -> list[str]:
    """Texts that are hard to read, in each theme; paper has none of its own.

    What looks the same and stands on the same is looked at once on all the pages together.
    """
    found = [f"as it comes: {one}" for one in _faint_and_new(page)]
    if not page.locator("body.paper").count():
        for theme in OTHER_THEMES:
            page.evaluate(RETHEME, theme)
            found += [f"{theme}: {one}" for one in _faint_and_new(page)]
    return found


def _faint_and_new(page: Page) -> list[str]:
    new = []
    for at, look in enumerate(page.evaluate(LOOKS)):
        if look not in _seen:
            new.append(at)
            _seen.add(look)
    return page.evaluate(RUN, [[COLOURS], None, new]) if new else []


_seen: set[int] = set()


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
    "ar": (violations_but_of_colours, small_targets, cut_off, faint, overflows),
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
        if violations_but_of_colours in CHECKS[lang]:
            visitor.page.add_init_script(Axe().axe_script)
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


def test_a_look_is_judged_once_and_every_other_one_too(visit):
    """The same grey in another place, on another ground, in another size: each by itself."""
    page = visit("phone", **SIGHT).page
    page.set_content("<style>p, b {color: #bbb; background: #fff}</style><main></main>")
    bring_axe(page)
    for content, number in (
        ("<p>faint</p><p>as faint</p>", 1),
        ("<p>faint</p><b>elsewhere</b>", 1),
        ("<p>faint</p><p hidden>not there</p>", 0),
        ("<div style='background: #eee'><p style='background: none'>on grey</p></div>", 1),
        ("<p style='color: #111'>dark enough</p>", 0),
        ("<p style='opacity: 0.9'>fainter</p>", 1),
    ):
        page.evaluate("(content) => document.querySelector('main').innerHTML = content", content)
        assert len(_faint_and_new(page)) == number, content
