"""A served app, a real Chromium, and visitors whose every console message is held against us."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
import waitress
from flask import Flask
from playwright.sync_api import Browser, expect, sync_playwright
from waitress import wasyncore

from checkin.models import Person
from checkin.operations import devices
from checkin.web import clock
from tests.browser.town import Town, build_town
from tests.browser.visitors import LAPTOP, PHONE, TABLET, Faults, Visitor
from tests.cast import Cast

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WITHOUT_REST = """(() => {
  const later = setTimeout;
  const soon = /\\/js\\/(app|scanner)\\.js/;
  globalThis.setTimeout = (act, wait, ...given) => {
    const isRest = wait === 2000 && soon.test(new Error().stack.split("\\n")[2]);
    return later(act, isRest ? 100 : wait, ...given);
  };
})();"""
WITHOUT_WORKER = "delete Navigator.prototype.serviceWorker"
"""As in a private window of some browsers: pages work, and none is kept."""
SIZES = {"phone": PHONE, "tablet": TABLET, "laptop": LAPTOP}
PATIENCE = 15_000
"""Milliseconds that a page has to do, or to show, what is awaited, on a busy machine too."""
expect.set_options(timeout=PATIENCE)
ARTEFACTS = Path(__file__).parent / "artefacts"
"""Pictures of every step, for people to look at."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)


def executable() -> str | None:
    """What CHROMIUM names, else Debian's Chromium, lighter without its windows."""
    found = map(shutil.which, ("chromium-headless-shell", "chromium"))
    return os.environ.get("CHROMIUM") or next(filter(None, found), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of a worker; without one the tests say so and are left out."""
    program = executable()
    with sync_playwright() as playwright:
        if not program and not Path(playwright.chromium.executable_path).exists():
            pytest.skip("No Chromium: install Debian's chromium or run `playwright install`.")
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def settings() -> dict[str, object]:
    """As a demo, so that the code of a sign-in can be read from the page."""
    return {"DEMO": True}


@pytest.fixture
def traveller(now: datetime) -> Iterator[time_machine.Traveller]:
    """The server's clock: it runs on from `now`, and may be moved."""
    with time_machine.travel(now, tick=True) as traveller:
        yield traveller


@pytest.fixture
def address(app: Flask, traveller: time_machine.Traveller) -> Iterator[str]:
    """The app, answering on a port of its own as `checkin serve` does."""
    server = waitress.create_server(
        app, host="127.0.0.1", port=0, threads=4, asyncore_use_poll=True
    )
    app.config["BASE_URL"] = f"http://127.0.0.1:{server.effective_port}"
    thread = threading.Thread(target=server.run)
    thread.start()
    yield app.config["BASE_URL"]
    server.task_dispatcher.shutdown(timeout=60)  # first: an answer under way needs the loop
    left = {}

    def end() -> None:
        left.update(server._map)
        server._map.clear()

    server.trigger.pull_trigger(end)  # closes nothing: what is being pulled must stay open
    thread.join()
    wasyncore.close_all(left)


@dataclass(frozen=True)
class Door:
    """Lets visitors in, each with a browser that nobody has used before."""

    chromium: Browser
    address: str
    faults: Faults
    keeps_pages: bool = False
    rests: bool = False
    """For two seconds after a page has come, as people do."""
    agrees: bool = False
    """On the time: the browser's clock is set to the server's."""

    def __call__(
        self,
        device: str = "phone",
        *,
        person: Person | None = None,
        lang: str = "ar",
        theme: str = "light",
        **options: object,
    ) -> Visitor:
        """A visitor on a `phone`, `tablet` or `laptop`; signed in when a `person` is given."""
        locale = "ar-SA" if lang == "ar" else "en"
        context = self.chromium.new_context(
            **{"base_url": self.address, "locale": locale, "viewport": SIZES[device], **options}
        )
        context.set_default_timeout(PATIENCE)
        cookies = {"prefs": f"{lang}.latn.{theme}"}
        if person is not None:
            kind = "phone" if device == "phone" else "staff"
            lifetime = timedelta(hours=12)
            _, cookies["device"] = devices.remember(
                person.id, kind, "test", lifetime=lifetime, now=clock.now()
            )
        context.add_cookies(
            [{"name": name, "value": text, "url": self.address} for name, text in cookies.items()]
        )
        if self.agrees:
            context.clock.set_system_time(clock.now())
        if not self.keeps_pages:
            context.add_init_script(WITHOUT_WORKER)
        elif not self.rests:
            context.add_init_script(WITHOUT_REST)
        self.faults.watch(context, self.address)
        scripts = bool(options.get("java_script_enabled", True))
        return Visitor(context.new_page(), ARTEFACTS, scripts=scripts)


@pytest.fixture
def keeps_pages(request: pytest.FixtureRequest) -> bool:
    """Keeping pages for later takes each new browser fifty requests: only some tests rest on it."""
    return request.node.get_closest_marker("kept_pages") is not None


@pytest.fixture
def rests(request: pytest.FixtureRequest) -> bool:
    """Pages are kept once somebody has rested on one; what is counted until then needs that."""
    marker = request.node.get_closest_marker("kept_pages")
    return marker is not None and bool(marker.kwargs.get("after_a_rest"))


@pytest.fixture
def visit(
    chromium: Browser, address: str, keeps_pages: bool, rests: bool
) -> Iterator[Callable[..., Visitor]]:
    """`visit("phone", person=noura)`; at the end, whatever a browser complained of is a failure."""
    faults = Faults()
    yield Door(chromium, address, faults, keeps_pages, rests)
    for context in chromium.contexts:
        context.close()
    assert not faults.seen, "The browser complained:\n" + "\n".join(faults.seen)


@pytest.fixture
def town(cast: Cast, traveller: time_machine.Traveller, now: datetime) -> Town:
    """Everything that any page could show."""
    return build_town(cast, now)
