"""What a page costs: bytes over the wire, requests, and how much it moves while it appears."""

from dataclasses import dataclass, field

from playwright.sync_api import Page

SHIFTS = """() => new Promise(answer => {
  let sum = 0;
  new PerformanceObserver(list => {
    for (const one of list.getEntries()) if (!one.hadRecentInput) sum += one.value;
  }).observe({type: "layout-shift", buffered: true});
  setTimeout(() => answer(sum), 100);
})"""


@dataclass
class Cost:
    """Of one visit. Bytes are those transferred, headers included and packed as they came."""

    requests: int = 0
    size: int = 0
    shift: float = 0.0
    parts: dict[str, int] = field(default_factory=dict)


class Scales:
    """Listens to a page's network by Chromium's own protocol, which knows what a cache gave."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._cost = Cost()
        self._addresses: dict[str, str] = {}
        self._from_cache: set[str] = set()
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on("Network.requestWillBeSent", self._on_request)
        wire.on("Network.requestServedFromCache", self._on_cached)
        wire.on("Network.responseReceived", self._on_response)
        wire.on("Network.loadingFinished", self._on_finished)

    def weigh(self, address: str) -> Cost:
        """Open a page and wait until nothing more comes."""
        self._cost = Cost()
        self._page.goto(address, wait_until="networkidle")
        self._cost.shift = self._page.evaluate(SHIFTS)
        return self._cost

    @property
    def text(self) -> str:
        return self._page.locator("main").inner_text()

    def _on_request(self, event: dict) -> None:
        self._addresses[event["requestId"]] = event["request"]["url"]

    def _on_cached(self, event: dict) -> None:
        self._from_cache.add(event["requestId"])

    def _on_response(self, event: dict) -> None:
        if event["response"].get("fromDiskCache") or event["response"]["url"].startswith("data:"):
            self._from_cache.add(event["requestId"])

    def _on_finished(self, event: dict) -> None:
        if event["requestId"] in self._from_cache:
            return
        name = self._addresses[event["requestId"]].rpartition("/")[2] or "/"
        size = int(event["encodedDataLength"])
        self._cost.requests += 1
        self._cost.size += size
        self._cost.parts[name] = self._cost.parts.get(name, 0) + size
