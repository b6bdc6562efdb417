"""The scanner's page as tests see it: badges, what was answered, the last five, what was kept."""

from collections.abc import Mapping
from datetime import datetime

from playwright.sync_api import CDPSession, Locator, expect

from checkin.database import db
from checkin.models import Person, Scan
from checkin.operations import badges
from tests.browser.visitors import Visitor

LISTEN = """
window.said = [];
new MutationObserver(() => {
  const panel = document.querySelector("[data-result] > .panel");
  if (panel) said.push([panel.textContent.replace(/\\s+/g, " "), panel.dataset.kind]);
}).observe(document, { childList: true, subtree: true });
"""
HEARD = """([text, kind]) => said.some(
  ([said, its]) => said.includes(text) && (!kind || its === kind))"""
KEEPS = """async (endings) => {
  const kept = (await (await caches.open("scanner")).keys()).map(({ url }) => url);
  return endings.every((ending) => kept.some((url) => url.endsWith(ending)));
}"""
HOST = "HTTPS://CHECKIN.EXAMPLE.SA"
PLACES = {"/": "Slash", ":": "Semicolon", ".": "Period", "-": "Minus"}
BETWEEN_KEYS = 0.01
"""Seconds."""


def badge_of(who: Person, by: Person, now: datetime) -> str:
    """What somebody's badge says."""
    made = badges.make([who.id], by=by.id, now=now)[0]
    return f"{HOST}/B/{badges.code_of(made)}"


def listen(visitor: Visitor) -> Visitor:
    """Remember every answer of the frame: success stays for little more than a second."""
    visitor.page.add_init_script(LISTEN)
    return visitor


def hear(visitor: Visitor, text: str, kind: str = "") -> None:
    """Wait until the frame has said this, in a panel of this kind."""
    visitor.page.wait_for_function(HEARD, arg=[text, kind])


def type_as_scanner(visitor: Visitor, text: str, layout: Mapping[str, str] | None = None) -> None:
    """A scanner with a cable, on a Latin layout or on one with these letters in their places.

    Every key says when it was pressed, so that a slow machine makes no slow scanner.
    """
    page = visitor.page
    wire = page.context.new_cdp_session(page)
    pressed = page.evaluate("Date.now()") / 1000
    for sign in text:
        pressed += BETWEEN_KEYS
        letter = (layout or {}).get(sign, sign)
        _key(wire, pressed, key=letter, code=_place(sign), text=letter)
    _key(wire, pressed + BETWEEN_KEYS, key="Enter", code="Enter", text="\r")
    wire.detach()


def _key(wire: CDPSession, pressed: float, **typed: str) -> None:
    wire.send("Input.dispatchKeyEvent", {"type": "keyDown", "timestamp": pressed, **typed})
    wire.send("Input.dispatchKeyEvent", {"type": "keyUp", "timestamp": pressed, **typed})


def _place(sign: str) -> str:
    """Where a key is, whatever its letter."""
    if sign in PLACES:
        return PLACES[sign]
    return f"Digit{sign}" if sign.isdigit() else f"Key{sign.upper()}"


def until_kept(visitor: Visitor, *endings: str) -> None:
    """Wait until the tablet keeps addresses with these endings.

    Playwright waits for no promise here: a pending one would be true enough for it.
    """
    for _ in range(120):
        if visitor.page.evaluate(KEEPS, list(endings)):
            return
        visitor.page.wait_for_timeout(250)
    raise AssertionError(f"not kept: {endings}")


def answer(visitor: Visitor) -> Locator:
    return visitor.page.locator("[data-result]")


def recent(visitor: Visitor) -> Locator:
    return visitor.page.locator("[data-recent] > li")


def entered(visitor: Visitor, who: Person) -> None:
    """Wait until somebody is among the last five and the server has answered.

    A server that takes its time is answered for: the name stands there already, and waits.
    """
    row = recent(visitor).filter(has_text=who.name).first
    expect(row).to_be_visible()
    expect(row.locator("[data-state=waiting]")).to_be_hidden()


def scans() -> list[Scan]:
    db.session.rollback()
    return list(db.session.scalars(db.select(Scan).order_by(Scan.id)))
