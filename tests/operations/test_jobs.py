"""Sweeps: due, leased to one worker, repeated, never stopped by each other's faults."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from checkin.database import db, transaction
from checkin.models import Attendance, AuditSeal, Counter, Job, Message
from checkin.operations import accounts, jobs, limits, messages
from checkin.web import clock
from tests.factories import check_in


@pytest.fixture
def counted(monkeypatch):
    """One more sweep, which counts its runs."""
    runs = []
    sweep = {"count": (60, lambda now: runs.append(now) or 1)}
    monkeypatch.setattr(jobs, "SWEEPS", {**jobs.SWEEPS, **sweep})
    return runs


def test_a_sweep_runs_at_once_and_then_when_it_is_due(now, counted):
    jobs.run_due(now)
    jobs.run_due(now + timedelta(seconds=59))
    assert len(counted) == 1
    jobs.run_due(now + timedelta(seconds=60))
    assert counted == [now, now + timedelta(seconds=60)]
    assert jobs.last_run_at() == now + timedelta(seconds=60)


def test_many_workers_at_once_run_a_sweep_once(app, now, counted):
    def work(_):
        with app.app_context():
            jobs.run_due(now)

    with ThreadPoolExecutor(6) as workers:
        list(workers.map(work, range(6)))
    assert counted == [now]


def test_a_fault_is_noted_and_the_other_sweeps_still_run(now, counted, monkeypatch):
    def breaks(now):
        raise ZeroDivisionError

    monkeypatch.setitem(jobs.SWEEPS, "breaks", (60, breaks))
    jobs.run_due(now)
    assert counted == [now]
    assert jobs.faults() == {"breaks": "ZeroDivisionError"}
    monkeypatch.setitem(jobs.SWEEPS, "breaks", (60, lambda now: 0))
    jobs.run_due(now + timedelta(seconds=60))
    assert jobs.faults() == {}


def test_a_worker_that_died_is_followed_after_its_lease(now, counted):
    @transaction
    def abandon():
        job = db.session.get_one(Job, "count")
        job.due_at, job.leased_until, job.owner = now, now + jobs.LEASE, "a dead worker"

    jobs.run_due(now - timedelta(hours=1))
    counted.clear()
    abandon()
    jobs.run_due(now + jobs.LEASE - timedelta(seconds=1))
    assert counted == []
    jobs.run_due(now + jobs.LEASE)
    assert counted == [now + jobs.LEASE]


def test_a_slow_sweep_runs_once_a_night_however_late_and_holds_back_no_other(now, monkeypatch):
    leased = []

    def prove(_now):
        leased.append(db.session.get_one(Job, "prove_figures").leased_until)
        return 1

    monkeypatch.setitem(jobs.SWEEPS, "prove_figures", (86400, prove))
    hour = timedelta(hours=1)
    due = now.replace(hour=23, minute=0)
    assert "seal_audit" in jobs.run_due(now, but=jobs.SLOW)
    for at in (now, due - hour / 60):
        jobs._work_on_what_takes_long(lambda at=at: at)
    assert leased == []
    ran = [due + 1.2 * hour, due + 24 * hour]  # the first time something long went before
    for at in (*ran[:1], due + 23 * hour, *ran[1:], due + 25 * hour):
        jobs._work_on_what_takes_long(lambda at=at: at)
    assert leased == [at + hour for at in ran]


def test_the_sweeps_close_seal_and_forget(cast, now):
    check_in(cast.noura, cast.poster, now)
    accounts.request_code(
        cast.noura.mobile, visitor="v", address="192.0.2.1", language="ar", now=now
    )
    limits.take("anything", 5, timedelta(minutes=1), now)
    done = jobs.run_due(now + timedelta(hours=6))
    assert done["close_forgotten"] == 1
    assert done["seal_audit"] > 0
    assert done["forget_messages"] == 1
    assert done["forget_counters"] > 0
    db.session.expire_all()
    assert db.session.scalar(db.select(Attendance.state)) == "unclosed"
    assert db.session.scalar(db.select(db.func.count()).select_from(AuditSeal)) > 0
    assert db.session.scalar(db.select(Counter.count).where(Counter.key == "anything")) is None
    assert "code" not in db.session.scalar(db.select(Message.facts))


def test_the_thread_sends_within_a_second_of_a_nudge(app, now):
    runner = jobs.start_thread(app, clock.now)
    try:
        deadline = time.monotonic() + 20
        while jobs.last_run_at() is None and time.monotonic() < deadline:
            time.sleep(0.02)
            db.session.rollback()
        accounts.request_code(
            "+966500000001", visitor="v", address="192.0.2.1", language="ar", now=clock.now()
        )
        asked = time.monotonic()
        jobs.nudge()
        while db.session.scalar(db.select(Message.sent_at)) is None:
            assert time.monotonic() < asked + 10, "the message never left"
            time.sleep(0.02)
            db.session.rollback()
        assert time.monotonic() - asked < 2
    finally:
        runner.stop()
    assert not runner.is_alive()


def test_the_thread_outlives_a_fault(app):
    asked = []

    def broken_clock():
        asked.append(1)
        raise ConnectionError

    runner = jobs.start_thread(app, broken_clock)
    try:
        deadline = time.monotonic() + 10
        while len(asked) < 2 and time.monotonic() < deadline:
            jobs.nudge()
            time.sleep(0.02)
        assert len(asked) >= 2
        assert runner.is_alive()
    finally:
        runner.stop()


def test_every_sweep_leaves_time_for_its_lease():
    assert all(every >= 60 for every, _ in jobs.SWEEPS.values())
    assert timedelta(seconds=3 * jobs.BATCHES) < messages.LEASE
