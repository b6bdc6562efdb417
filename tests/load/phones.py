"""Phones that do not give up: each sends its scan, with the same id, until the server answers."""

import queue
import threading
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.load.client import Client
from tests.load.scan import Volunteer, has_receipt, open_page, send

PATIENCE = 60.0
"""Seconds a phone keeps trying before the run calls it a failure."""


@dataclass
class Storm:
    """Phones in front of one server, and what they saw of it.

    A scan is `acknowledged` when its receipt's address arrived. One whose answer never came, or
    came as 503, is sent again; `again` counts these, `unavailable` the pages that said 503.
    """

    base_url: str
    acknowledged: list[tuple[int, str]] = field(default_factory=list)
    again: int = 0
    unavailable: int = 0
    refused: list[str] = field(default_factory=list)
    longest: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)
    _waiting: "queue.Queue[Volunteer]" = field(default_factory=queue.Queue)
    _threads: list[threading.Thread] = field(default_factory=list)

    def send(self, people: Iterable[Volunteer], phones: int) -> None:
        """Let these people come too; `phones` of them are at it at any one time."""
        for who in people:
            self._waiting.put(who)
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        for _ in range(phones - len(self._threads)):
            self._threads.append(threading.Thread(target=self._phone))
            self._threads[-1].start()

    @property
    def left(self) -> int:
        """How many people have not begun."""
        return self._waiting.qsize()

    def wait_for(self, acknowledged: int) -> None:
        """Until so many scans are acknowledged, or nobody is left who could bring one."""
        last, until = -1, 0.0
        while len(self.acknowledged) < acknowledged and any(t.is_alive() for t in self._threads):
            if len(self.acknowledged) > last:
                last, until = len(self.acknowledged), time.monotonic() + PATIENCE
            elif time.monotonic() > until:
                raise TimeoutError(f"nothing was acknowledged for {PATIENCE:.0f} s")
            time.sleep(0.02)

    def join(self) -> None:
        """Wait until everybody has checked in and out."""
        for thread in self._threads:
            thread.join()

    def _phone(self) -> None:
        client = Client(self.base_url, timeout=10.0)
        while True:
            try:
                who = self._waiting.get(timeout=0.5)
            except queue.Empty:
                return
            for kind in ("in", "out"):
                self._insist(client, who, kind)
            client.close()

    def _insist(self, client: Client, who: Volunteer, kind: str) -> None:
        uid, begun, tries = str(uuid.uuid4()), time.monotonic(), 1
        while not (status := self._try(client, who, kind, uid)):
            if time.monotonic() - begun > PATIENCE:
                status = f"no answer in {PATIENCE:.0f} s"
                break
            tries += 1
            time.sleep(0.05)
        took = time.monotonic() - begun
        with self.lock:
            if status != "kept":
                self.refused.append(f"{kind}: {status}")
                return
            self.acknowledged.append((who.id, uid))
            self.again += tries - 1
            self.longest = max(self.longest, took)

    def _try(self, client: Client, who: Volunteer, kind: str, uid: str) -> str:
        """Send once: "kept", empty when it has to be sent again, or what it was refused with."""
        try:
            if not who.fields:
                open_page(client, who)
            reply = send(client, who, kind, uid)
        except (OSError, SystemExit):
            client.close()
            return ""
        if reply.status == 503:
            with self.lock:
                self.unavailable += 1
            return ""
        where = reply.headers.get("location", "")
        return "kept" if has_receipt(reply) else f"{reply.status} {where}"
