"""Rates hold by type and day, and what is approved keeps the value it was approved with."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import event, func, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from checkin.database import db, transaction
from checkin.domain.errors import Conflict, Problem
from checkin.domain.money import value_of
from checkin.models import Attendance, AuditEntry, Decision, Rate, ValueRun
from checkin.operations import approvals, figures, months, rates, revaluing
from checkin.operations.figures import proof
from checkin.operations.leases import LEASE
from checkin.operations.permissions import Reach
from checkin.operations.rates import RatePlan
from tests import factories

DAY = timedelta(days=1)
SOURCE = "قرار مجلس الإدارة 14"


def set_rate(cast, now, halalas, from_on=date(2026, 1, 1), type_="general", **more) -> int:
    plan = RatePlan(type_, from_on, halalas, SOURCE, **more)
    return rates.set_rate(plan, by=cast.majed.id, now=now)


@pytest.fixture
def served(cast, now):
    """Somebody's closed attendance of four hours, so many days ago, in an opportunity."""

    def made(days=0, who=None, of=None, minutes=240) -> Attendance:
        begin = now - days * DAY - timedelta(hours=5)
        shift = factories.shift(
            begin, cast.mataf, of or factories.opportunity(now), minutes=minutes
        )
        who = who or factories.person(now)
        factories.assign(begin - DAY, who, shift)
        poster = factories.poster(begin - DAY, cast.mataf, shift)
        factories.check_in(who, poster, begin)
        answer = factories.check_out(
            who, shift, begin + timedelta(minutes=minutes), beneficiaries=5
        )
        return db.session.get_one(Attendance, answer.attendance_id)

    return made


def approve(cast, now, one) -> Attendance:
    approvals.approve(one.id, fresh(one).row_version, by=cast.layla.id, now=now)
    return fresh(one)


def fresh(one) -> Attendance:
    return db.session.get(Attendance, one.id, populate_existing=True)


def values(one) -> list[int | None]:
    query = select(Decision.value_halalas).where(Decision.attendance_id == one.id)
    return list(db.session.scalars(query.order_by(Decision.seq)))


def test_until_a_rate_is_set_there_is_no_value(cast, now, served):
    one = approve(cast, now, served())
    assert (one.value_halalas, one.rate_id) == (None, None)
    assert values(one) == [None]


def test_an_approval_is_valued_by_its_type_and_day_of_work(cast, now, served):
    early = set_rate(cast, now, 2000)
    late = set_rate(cast, now, 2167, now.date() - 10 * DAY)
    set_rate(cast, now, 9000, type_="professional")
    before, after = approve(cast, now, served(days=20)), approve(cast, now, served(days=5))
    assert (before.value_halalas, before.rate_id) == (8000, early)
    assert (after.value_halalas, after.rate_id) == (8668, late)
    surgeon = approve(cast, now, served(of=factories.opportunity(now, type="professional")))
    assert surgeon.value_halalas == 36000
    assert values(after) == [8668]


def test_the_latest_of_one_day_stands_for_it(cast, now, served):
    set_rate(cast, now, 2000)
    second = set_rate(cast, now, 2500)
    assert approve(cast, now, served()).rate_id == second
    assert [rate.id for rate in rates.standing()["general"]] == [second]
    assert len(rates.history()) == 2


def test_courses_have_no_value(cast, now, served):
    set_rate(cast, now, 2000)
    one = approve(cast, now, served(of=factories.opportunity(now, "course")))
    assert one.approved_minutes == 240
    assert one.value_halalas is None


def test_a_new_rate_changes_nothing_that_is_approved(cast, now, served):
    set_rate(cast, now, 2000)
    one = approve(cast, now, served())
    set_rate(cast, now, 4000)
    assert fresh(one).value_halalas == 8000


def test_what_is_taken_back_has_no_value_and_what_is_decided_again_the_rate_of_then(
    cast, now, served
):
    set_rate(cast, now, 2000)
    one = approve(cast, now, served())
    set_rate(cast, now, 3000)
    approvals.reopen(one.id, one.row_version, words="راجعنا", by=cast.layla.id, now=now)
    assert (fresh(one).value_halalas, fresh(one).rate_id) == (None, None)
    numbers = {"minutes": 100, "beneficiaries": 3, "reason": "seen"}
    approvals.adjust(one.id, fresh(one).row_version, **numbers, by=cast.layla.id, now=now)
    assert fresh(one).value_halalas == value_of(100, 3000)
    assert values(one) == [8000, None, 5000]


def test_a_confirmed_proposal_is_valued_when_it_is_confirmed(cast, now, served):
    set_rate(cast, now, 3000)
    one = served(minutes=120)
    numbers = {"minutes": 170, "beneficiaries": 3, "reason": "seen"}
    approvals.adjust(one.id, one.row_version, **numbers, by=cast.salem.id, now=now)
    assert fresh(one).state == "proposed"
    approvals.confirm(one.id, fresh(one).row_version, by=cast.layla.id, now=now)
    assert fresh(one).value_halalas == 8500
    assert values(one) == [None, 8500]


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        ({"halalas_per_hour": 0}, "rate_out_of_range"),
        ({"halalas_per_hour": 1_000_001}, "rate_out_of_range"),
        ({"low_halalas": 1000}, "rate_range"),
        ({"low_halalas": 2500, "high_halalas": 3000}, "rate_range"),
        ({"low_halalas": 1000, "high_halalas": 1500}, "rate_range"),
        ({"from_on": date(1989, 12, 31)}, "rate_too_early"),
        ({"source": "  "}, "source_missing"),
        ({"source": "س" * 301}, "source_missing"),
    ],
)
def test_a_rate_that_cannot_be_is_refused(cast, now, plan, code):
    given = {"type": "general", "from_on": date(2026, 1, 1), "halalas_per_hour": 2000}
    with pytest.raises(Problem, match=code):
        RatePlan(**{**given, "source": SOURCE, **plan}).check()


def ends(one) -> tuple[int | None, int | None]:
    return one.low_halalas, one.high_halalas


def test_the_range_of_a_rate_is_frozen_with_the_value(cast, now, served):
    set_rate(cast, now, 2000)
    plain = approve(cast, now, served())
    set_rate(cast, now, 2000, low_halalas=1501, high_halalas=2600)
    one = approve(cast, now, served(minutes=10))
    assert (ends(plain), ends(one)) == ((None, None), (250, 433))
    set_rate(cast, now, 2000, low_halalas=1000, high_halalas=4000)
    decision = db.session.scalars(select(Decision).where(Decision.attendance_id == one.id)).one()
    assert ends(fresh(one)) == ends(decision) == (250, 433)
    found = figures.totals(figures.Filter(Reach(everywhere=True)))
    assert found.value_halalas == 8000 + 333
    assert (found.low_halalas, found.high_halalas) == (8000 + 250, 8000 + 433)
    approvals.reopen(one.id, one.row_version, words="راجعنا", by=cast.layla.id, now=now)
    assert ends(fresh(one)) == (None, None)
    assert not figures.totals(figures.Filter(Reach(everywhere=True))).has_range


def test_the_database_refuses_a_range_around_another_value(cast, now, served):
    set_rate(cast, now, 2000)
    one = approve(cast, now, served())

    @transaction
    def change(**ends) -> None:
        statement = update(Attendance).where(Attendance.id == one.id)
        db.session.execute(statement.values(**ends))

    for low, high in ((8001, 9000), (7000, 7999), (7000, None)):
        with pytest.raises(IntegrityError):
            change(low_halalas=low, high_halalas=high)
        db.session.rollback()


def test_the_database_keeps_rates_as_they_were_set(cast, now):
    rate_id = set_rate(cast, now, 2000, low_halalas=1500, high_halalas=2600)

    @transaction
    def change() -> None:
        db.session.get_one(Rate, rate_id).halalas_per_hour = 1

    with pytest.raises(DBAPIError, match="append-only"):
        change()


def test_an_approval_asks_no_more_for_a_long_history(cast, now, served):
    set_rate(cast, now, 2000)
    months.close(now.date() - 300 * DAY, by=cast.layla.id, now=now)
    call, who = factories.opportunity(now), factories.person(now)
    records = [served(days=days, who=who, of=call) for days in range(1, 9)]
    asked = []
    for one in records:
        with counted_statements() as seen:
            approve(cast, now, one)
        asked.append(len(seen))
    assert len(set(asked[1:])) == 1, asked


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(*given) -> None:
        seen.append(given[2])

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


# --- valuing anew --------------------------------------------------------------------------


def test_valuing_anew_is_seen_first_done_once_and_noted(cast, now, served):
    bare = approve(cast, now, served(days=3))
    set_rate(cast, now, 2000)
    valued, other = approve(cast, now, served()), approve(cast, now, served(days=1))
    set_rate(cast, now, 3000, now.date() - DAY)
    seen = revaluing.preview()
    assert seen == (3, 16000, 32000, 0, 32000, 32000, 0, 0)
    assert revaluing.recompute(seen, by=cast.majed.id, now=now) == 3
    assert [fresh(one).value_halalas for one in (bare, valued, other)] == [8000, 12000, 12000]
    assert values(valued) == [8000], "the decision keeps what it was made with"
    assert not any(revaluing.preview())
    note = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "value.recompute")).one()
    assert note.facts == {
        "attendances": 3,
        "before_halalas": 16000,
        "after_halalas": 32000,
        "closed": 0,
        "low_halalas": 32000,
        "high_halalas": 32000,
        "losing": 0,
        "losing_minutes": 0,
    }


def test_valuing_anew_goes_on_after_it_was_cut_off(cast, now, served, monkeypatch):
    """Each volunteer whole or not at all; nobody begins another meanwhile, nor sets a rate."""
    monkeypatch.setattr(revaluing, "AT_ONCE", 1)
    records = [approve(cast, now, served(days=days)) for days in (1, 2, 3)]
    set_rate(cast, now, 2000)
    run_id = revaluing.begin(revaluing.preview(), by=cast.majed.id, now=now)
    left = list(revaluing._volunteers())
    revaluing._revalue(left[:1])
    with pytest.raises(Problem, match="value_under_way"):
        set_rate(cast, now, 3000)
    with pytest.raises(Conflict):
        revaluing.begin(revaluing.preview(), by=cast.majed.id, now=now)
    assert revaluing.under_way().done == 0
    assert revaluing.work_on_waiting(lambda: now) == 1
    assert [fresh(one).value_halalas for one in records] == [8000] * 3
    run = db.session.get(ValueRun, run_id, populate_existing=True)
    assert (run.state, run.done, run.total, run.finished_at) == ("done", 3, 3, now)
    assert revaluing.under_way() is None
    assert revaluing.work_on_waiting(lambda: now) == 0
    set_rate(cast, now, 3000)


def test_what_another_process_is_valuing_is_left_to_it_until_its_lease_is_over(cast, now, served):
    approve(cast, now, served())
    set_rate(cast, now, 2000)
    seen = revaluing.preview()
    revaluing.begin(seen, by=cast.majed.id, now=now, leased_until=now + LEASE)
    assert revaluing.work_on_waiting(lambda: now) == 0
    assert revaluing.work_on_waiting(lambda: now + LEASE) == 1


def test_valuing_anew_gives_a_range_and_takes_it(cast, now, served):
    set_rate(cast, now, 2000)
    one = approve(cast, now, served())
    set_rate(cast, now, 2000, low_halalas=1500, high_halalas=2600)
    seen = revaluing.preview()
    assert seen == (1, 8000, 8000, 0, 6000, 10400, 0, 0)
    assert revaluing.recompute(seen, by=cast.majed.id, now=now) == 1
    assert ends(fresh(one)) == (6000, 10400)
    assert proof.count_wrong() == 0
    set_rate(cast, now, 2000)
    assert revaluing.recompute(revaluing.preview(), by=cast.majed.id, now=now) == 1
    assert ends(fresh(one)) == (None, None)
    assert proof.count_wrong() == 0


def test_what_would_lose_its_value_is_counted_before(cast, now, served):
    set_rate(cast, now, 2000)
    call = factories.opportunity(now)
    approve(cast, now, served(of=call))
    approve(cast, now, served(days=2))
    factories.alter(call, type="skilled")
    seen = revaluing.preview()
    assert (seen.attendances, seen.losing, seen.losing_minutes) == (1, 1, 240)
    assert (seen.before_halalas, seen.after_halalas) == (8000, 0)
    revaluing.recompute(seen, by=cast.majed.id, now=now)
    assert figures.totals(figures.Filter(Reach(everywhere=True)))[-4:-2] == (8000, 240)


def test_what_is_not_as_it_was_seen_is_not_done(cast, now, served):
    one = approve(cast, now, served())
    set_rate(cast, now, 2000)
    seen = revaluing.preview()
    set_rate(cast, now, 2100)
    with pytest.raises(Conflict):
        revaluing.recompute(seen, by=cast.majed.id, now=now)
    assert fresh(one).value_halalas is None
    noted = select(func.count()).where(AuditEntry.act == "value.recompute")
    assert db.session.scalar(noted) == 0


def test_closed_months_keep_their_values(cast, now, served):
    past, current = approve(cast, now, served(days=30)), approve(cast, now, served())
    set_rate(cast, now, 2000)
    months.close(past.work_on, by=cast.layla.id, now=now)
    seen = revaluing.preview()
    assert (seen.attendances, seen.closed) == (1, 1)
    revaluing.recompute(seen, by=cast.majed.id, now=now)
    assert (fresh(past).value_halalas, fresh(current).value_halalas) == (None, 8000)
