"""Somebody with a browser: what they press, type and see, and what their browser complains of."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Response

PHONE = {"width": 360, "height": 740}
TABLET = {"width": 1024, "height": 768}
UPRIGHT = {"width": 768, "height": 1024}
LAPTOP = {"width": 1366, "height": 768}
WAYS = pytest.mark.parametrize(
    ("lang", "viewport"), [("ar", TABLET), ("en", UPRIGHT)], ids=["ar-wide", "en-upright"]
)
"""Both languages and both ways to hold a tablet, each once."""

AWAKE = "html[data-awake], html:not(:has(script[type=module]))"
"""A page whose buttons answer: until then a press is a plain form's, or nobody's."""
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"

SAID_ANYWAY = (
    "Failed to load resource",  # of every 4xx; `on_response` knows better which ones are faults
    "An unknown error occurred when fetching the script",  # of a worker, without a network
)


@dataclass
class Faults:
    """Console errors, scripts that failed, CSP violations, and whatever came from elsewhere."""

    seen: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext, address: str) -> None:
        def on_console(message: ConsoleMessage) -> None:
            if message.text.startswith(SAID_ANYWAY):
                return
            if message.type in ("error", "warning"):
                self.seen.append(f"console: {message.text} ({message.page and message.page.url})")

        def on_request(request: Request) -> None:
            if not request.url.startswith((address, "data:", "blob:")):
                self.seen.append(f"foreign: {request.url}")

        def on_response(response: Response) -> None:
            # a worker asks for the page itself first; the page then says what the answer was
            asked_for = response.request
            shown = asked_for.resource_type == "document" or bool(asked_for.service_worker)
            shown = shown or "x-locked" in response.headers  # the page covers itself
            # a page left open asks a little later whose this device is now
            shown = shown or (response.status == 401 and response.url.endswith("/api/v1/me"))
            if response.status >= 500 or (response.status >= 400 and not shown):
                self.seen.append(f"{response.status}: {response.url}")

        context.on("console", on_console)
        context.on("weberror", lambda fault: self.seen.append(f"script: {fault.error}"))
        context.on("request", on_request)
        context.on("response", on_response)


class Visitor:
    """One person's page; counts the taps that the person needs."""

    def __init__(self, page: Page, artefacts: Path, *, scripts: bool = True) -> None:
        self.page = page
        self.taps = 0
        self._artefacts = artefacts
        self._scripts = scripts

    def open(self, address: str) -> None:
        """Follow a link from outside, as a phone's camera does."""
        self.page.goto(address)
        self.wait_until_awake()

    def reload(self) -> Response | None:
        """Load the page again."""
        answer = self.page.reload()
        self.wait_until_awake()
        return answer

    def wait_until_awake(self) -> None:
        """Nobody is as fast as a test: the scripts of a page are there before a hand is."""
        if self._scripts:
            self.page.locator(AWAKE).wait_for(state="attached")

    def another_tab(self) -> "Visitor":
        """The same browser, once more."""
        return Visitor(self.page.context.new_page(), self._artefacts, scripts=self._scripts)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def press(self, name: str) -> None:
        """Tap a button and wait for the page it leads to."""
        self._follow(self.button(name))

    def follow(self, name: str) -> None:
        """Tap a link and wait for the page it leads to."""
        self._follow(self.page.get_by_role("link", name=name, exact=True).first)

    def _follow(self, target: Locator) -> None:
        self.taps += 1
        with self.page.expect_navigation():
            target.click()
        self.wait_until_awake()

    def tap(self, name: str) -> None:
        """Tap a button that only changes this page."""
        self.taps += 1
        self.button(name).click()

    def fill(self, **fields: str) -> None:
        """Type into fields by their names in the form; choose in lists by what they say."""
        for name, text in fields.items():
            target = self.page.locator(f"main [name={name}]:visible").first
            if target.evaluate("one => one.tagName") == "SELECT":
                target.select_option(label=text)
            else:
                target.fill(text)

    @property
    def heading(self) -> str:
        return " ".join(self.page.locator("h1").inner_text().split())

    @property
    def text(self) -> str:
        """What the main part of the page says."""
        return " ".join(self.page.locator("main").inner_text().split())

    @property
    def sideways(self) -> int:
        """By how many pixels the page is wider than the screen."""
        return self.page.evaluate(SIDEWAYS)

    def picture(self, name: str, *, whole: bool = True) -> Path:
        """Keep a picture of what is on the screen."""
        self._artefacts.mkdir(exist_ok=True)
        path = self._artefacts / f"{name}.png"
        self.page.screenshot(path=path, full_page=whole, animations="disabled")
        return path
