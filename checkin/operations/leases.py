"""Work that waits as rows of a table: each row is one worker's, under a lease that is renewed."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, or_, select, update

from checkin.database import db, transaction

Row = TypeVar("Row")
Clock = Callable[[], datetime]
LEASE = timedelta(minutes=2)
"""Renewed with the progress; after a crash another process begins the work anew then."""
REPORT_SECONDS = 1.0
BREATHER_SECONDS = 0.0002
"""Between rows whoever waits for the interpreter gets it: a scan is answered by the same one."""


class Stopped(Exception):
    """Somebody dropped the work, or another process has taken it over."""


@dataclass(frozen=True, slots=True)
class Queue:
    """The rows of `model` in one of the states `under_way` wait or are being worked on.

    The model has an `id`, `state`, `done` and `leased_until`; `begun` is what a row is set to
    when a worker takes it.
    """

    model: type[Any]
    under_way: tuple[str, ...]
    begun: Mapping[str, Any] = field(default_factory=dict)

    def work_through(self, clock: Clock, work_on: Callable[[int, Clock], None]) -> int:
        """Take what waits, one after the other, and work on it; how many there were.

        Safe in several threads and machines at once.
        """
        number = 0
        while self._anything(clock()) and (row_id := self.take(clock())) is not None:
            number += 1
            work_on(row_id, clock)
        return number

    @transaction
    def take(self, now: datetime, *which: ColumnElement[bool]) -> int | None:
        """The oldest that is nobody's; one conditional statement, so that one worker gets it."""
        waiting = self._waiting(now)
        oldest = select(self.model.id).where(*waiting, *which).order_by(self.model.id).limit(1)
        taken: int | None = db.session.scalar(
            update(self.model)
            .where(self.model.id == oldest.scalar_subquery(), *waiting)
            .values(leased_until=now + LEASE, **self.begun)
            .returning(self.model.id)
        )
        return taken

    @transaction
    def renew(self, row_id: int, state: str, until: datetime, **values: Any) -> None:
        """Keep the lease; raises `Stopped` when the row is no longer ours to work on."""
        kept = db.session.execute(
            update(self.model)
            .where(self.model.id == row_id, self.model.state == state)
            .values(leased_until=until, **values)
            .returning(self.model.id)
            .execution_options(synchronize_session=False)
        ).first()
        if kept is None:
            raise Stopped

    def _anything(self, now: datetime) -> bool:
        """Asked every second: reading takes nobody's turn to write."""
        db.session.rollback()
        some = select(self.model.id).where(*self._waiting(now)).limit(1)
        return db.session.scalar(some) is not None

    def _waiting(self, now: datetime) -> tuple[ColumnElement[bool], ...]:
        model = self.model
        free = or_(model.leased_until.is_(None), model.leased_until <= now)
        return model.state.in_(self.under_way), free


class Progress:
    """Says every second how far the work on a row has come, and keeps the lease."""

    def __init__(self, queue: Queue, row_id: int, state: str, clock: Clock) -> None:
        self._queue, self._row_id, self._state = queue, row_id, state
        self._said_at = time.monotonic()
        self.clock = clock

    def begins(self, **values: Any) -> None:
        self._queue.renew(self._row_id, self._state, self.clock() + LEASE, done=0, **values)

    def over(self, rows: Iterable[Row], together: int) -> Iterator[Row]:
        """The same rows; after so many together others get to breathe."""
        for number, row in enumerate(rows, 1):
            if number % together == 0:
                time.sleep(BREATHER_SECONDS)
            yield row

    def reached(self, done: int) -> None:
        if time.monotonic() - self._said_at >= REPORT_SECONDS:
            self._said_at = time.monotonic()
            self._queue.renew(self._row_id, self._state, self.clock() + LEASE, done=done)
