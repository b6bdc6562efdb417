"""How far the work on an import has come, and whose work it is."""

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import update

from checkin.database import db, transaction
from checkin.models import Import

Row = TypeVar("Row")
Clock = Callable[[], datetime]
LEASE = timedelta(minutes=2)
"""Renewed with the progress; after a crash another process begins the work anew then."""
REPORT_SECONDS = 1.0
BREATHER_ROWS = 10
BREATHER_SECONDS = 0.0002
"""Between rows whoever waits for the interpreter gets it: a scan is answered by the same one."""


class Stopped(Exception):
    """Somebody dropped the import, or another process has taken it over."""


class Progress:
    """Says every second how far the work has come, and keeps the lease."""

    def __init__(self, import_id: int, state: str, clock: Clock) -> None:
        self._import_id = import_id
        self._state = state
        self._said_at = time.monotonic()
        self.clock = clock

    def over(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The same rows; others get to breathe between them."""
        for number, row in enumerate(rows, 1):
            if number % BREATHER_ROWS == 0:
                time.sleep(BREATHER_SECONDS)
            yield row

    def reached(self, done: int) -> None:
        if time.monotonic() - self._said_at >= REPORT_SECONDS:
            self._said_at = time.monotonic()
            _report(self._import_id, self._state, done, self.clock() + LEASE)


@transaction
def _report(import_id: int, state: str, done: int, until: datetime) -> None:
    """Raises `Stopped` when the import is no longer ours to work on."""
    kept = db.session.execute(
        update(Import)
        .where(Import.id == import_id, Import.state == state)
        .values(done=done, leased_until=until)
        .returning(Import.id)
        .execution_options(synchronize_session=False)
    ).first()
    if kept is None:
        raise Stopped
