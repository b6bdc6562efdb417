"""Work that happens by itself: each sweep under a lease, so that one machine at a time runs it."""

import logging
import os
import socket
import threading
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from uuid import uuid4
from weakref import WeakSet

from flask import Flask, current_app
from sqlalchemy import func, select, update

from checkin.database import db, transaction, upsert
from checkin.models import Job
from checkin.operations import (
    accounts,
    audit,
    exporting,
    importing,
    limits,
    merging,
    messages,
    past,
    platform,
    reminders,
    revaluing,
    senders,
)
from checkin.operations.attendance.sweep import close_forgotten
from checkin.operations.figures import proof
from checkin.operations.openings import reminding
from checkin.operations.prayers import following

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
"""Longer than any sweep takes that is not slow; after a crash another machine takes over then."""
BATCHES = 5
"""Each may take a gateway's time-out of three seconds, and leases are counted from the start."""
RENDERER = "checkin_message_text"
"""Where the web floor puts the renderer of messages, among the app's extensions."""

Sweep = Callable[[datetime], int]
Clock = Callable[[], datetime]
SWEEPS: dict[str, tuple[int, Sweep]] = {
    "close_forgotten": (60, close_forgotten),
    "remind_forgotten": (60, reminders.remind_forgotten),
    "remind_coming": (60, reminding.remind_coming),
    "follow_prayers": (3600, following.follow),
    "seal_audit": (60, lambda now: audit.seal()),
    "forget_messages": (60, messages.forget_passed),
    "forget_sign_ins": (600, accounts.forget_passed),
    "forget_merges": (3600, merging.forget_passed),
    "forget_counters": (600, limits.forget_passed),
    "forget_imports": (3600, importing.forget_passed),
    "forget_exports": (3600, exporting.forget_passed),
    "forget_platform_lists": (3600, platform.forget_passed),
    "forget_past_files": (3600, past.forget_passed),
    "prove_figures": (86400, proof.prove),
}
"""Every sweep: how many seconds lie between two runs, and what it does. All are idempotent."""
SLOW = {"prove_figures": 23}
"""They may take minutes: the hour (UTC) after which they run, once a day; 23 is two at night in
Makkah. Beside a server they hold back no other sweep and no message."""
SLOW_LEASE = timedelta(hours=1)


def run_due(now: datetime, *, but: Collection[str] = ()) -> dict[str, int]:
    """Run every sweep that is due, `but` these, and send waiting messages; what each of them did.

    Safe to call from several threads and machines at once. A sweep that fails is logged, noted
    with its fault and tried again at its next turn; the others still run.
    """
    done = _run_each([name for name in _due(now) if name not in but], now)
    sent = send_messages(now)
    return {**done, "messages": sent} if sent else done


def _run_each(names: Sequence[str], now: datetime) -> dict[str, int]:
    owner = f"{socket.gethostname()[:30]}:{os.getpid()}:{uuid4().hex[:8]}"
    return {name: _run(name, now) for name in names if _lease(name, owner, now)}


def send_messages(now: datetime) -> int:
    """Send what waits in the outbox, a few batches at a time; how many were taken up."""
    sender = senders.chosen(current_app.config)
    render: messages.Renderer = current_app.extensions[RENDERER]
    total = 0
    for _ in range(BATCHES):
        taken = messages.deliver(sender, render, way=current_app.config["SENDER"], now=now)
        total += taken
        if not taken:
            break
    return total


def last_run_at() -> datetime | None:
    """When any sweep last came to its end; nothing when none ever did."""
    return db.session.scalar(select(func.max(Job.ran_at)))


def faults() -> dict[str, str]:
    """The sweeps whose last run failed, and with what."""
    rows = db.session.execute(select(Job.name, Job.fault).where(Job.fault != ""))
    return {row.name: row.fault for row in rows}


# --- leases --------------------------------------------------------------------------------


def _due(now: datetime) -> list[str]:
    known = set(db.session.scalars(select(Job.name)))
    if missing := SWEEPS.keys() - known:
        _plan(sorted(missing), now)
    due = select(Job.name).where(Job.due_at <= now, Job.leased_until <= now).order_by(Job.due_at)
    return [name for name in db.session.scalars(due) if name in SWEEPS]


@transaction
def _plan(names: list[str], now: datetime) -> None:
    rows = [
        {
            "name": name,
            "every_seconds": SWEEPS[name][0],
            "due_at": _next(name, now) if name in SLOW else now,
            "leased_until": now,
        }
        for name in names
    ]
    adding = upsert(Job).values(rows)
    db.session.execute(adding.on_conflict_do_nothing(index_elements=[Job.name]))


@transaction
def _lease(name: str, owner: str, now: datetime) -> bool:
    """One conditional statement: of two workers, one changes a row and the other none."""
    lease = SLOW_LEASE if name in SLOW else LEASE
    taken = db.session.execute(
        update(Job)
        .where(Job.name == name, Job.due_at <= now, Job.leased_until <= now)
        .values(owner=owner, leased_until=now + lease)
        .returning(Job.name)
    ).first()
    return taken is not None


def _run(name: str, now: datetime) -> int:
    every, sweep = SWEEPS[name]
    count, fault = 0, ""
    try:
        count = sweep(now)
    except Exception as error:  # the next sweep must still get its turn
        db.session.rollback()
        fault = type(error).__name__
        log.exception("the sweep %s failed", name)
    _finish(name, every, fault, now)
    return count


@transaction
def _finish(name: str, every: int, fault: str, now: datetime) -> None:
    job = db.session.get_one(Job, name)
    job.due_at = _next(name, now)
    job.leased_until = now
    job.every_seconds = every
    job.fault = fault
    if not fault:
        job.ran_at = now


def _next(name: str, now: datetime) -> datetime:
    """When it is due again; a slow one at its hour, however late it ran this time."""
    every = timedelta(seconds=SWEEPS[name][0])
    if name not in SLOW:
        return now + every
    tonight = now.replace(hour=SLOW[name], minute=0, second=0, microsecond=0)
    return tonight if now < tonight else tonight + every


# --- the thread ----------------------------------------------------------------------------

IDLE_SECONDS = 1.0
_wakes: WeakSet[threading.Event] = WeakSet()
"""Of the threads here, each its own."""


class Runner(threading.Thread):
    """Looks for work every second, or at once after a nudge."""

    def __init__(self, app: Flask, clock: Clock, work: Callable[[Clock], object]) -> None:
        super().__init__(name="checkin-jobs", daemon=True)
        self._app = app
        self._clock = clock
        self._work = work
        self._stopping = threading.Event()
        self._wake = threading.Event()
        _wakes.add(self._wake)

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                with self._app.app_context():
                    self._work(self._clock)
            except Exception:  # a database that is away comes back; the thread must be there then
                log.exception("the jobs could not run")
            self._wake.wait(IDLE_SECONDS)
            self._wake.clear()

    def stop(self) -> None:
        """End after the work in hand, and wait for that."""
        self._stopping.set()
        self._wake.set()
        self.join(timeout=10)


class Runners:
    """The sweeps, and beside them what takes long: a list of volunteers holds back no message."""

    def __init__(self, app: Flask, clock: Clock) -> None:
        works = (lambda told: run_due(told(), but=SLOW), _work_on_what_takes_long)
        self._runners = [Runner(app, clock, work) for work in works]
        for runner in self._runners:
            runner.start()

    def stop(self) -> None:
        for runner in self._runners:
            runner.stop()

    def is_alive(self) -> bool:
        return all(runner.is_alive() for runner in self._runners)


def _work_on_what_takes_long(clock: Clock) -> None:
    importing.work_on_waiting(clock)
    platform.work_on_waiting(clock)
    exporting.work_on_waiting(clock)
    revaluing.work_on_waiting(clock)
    now = clock()
    _run_each([name for name in _due(now) if name in SLOW], now)


def start_thread(app: Flask, clock: Clock) -> Runners:
    """Run the jobs beside the server; `clock` tells the time (`web.clock.now`)."""
    return Runners(app, clock)


def nudge() -> None:
    """There is something to do now; without a thread here, another process sees it in a second."""
    for wake in tuple(_wakes):
        wake.set()
