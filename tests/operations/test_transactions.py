"""The one commit: all or nothing, again when the database asks, nothing lost between threads."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from checkin.database import among, db, transaction
from checkin.models import Attendance, AuditEntry, Decision, Person, Scan
from tests.factories import check_in, person, shift


def count(model) -> int:
    db.session.rollback()
    return db.session.scalar(db.select(db.func.count()).select_from(model))


def test_a_fault_undoes_everything(now):
    @transaction
    def half():
        db.session.add(Person(name="x", name_folded="x", created_at=now))
        db.session.flush()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    assert count(Person) == 0


def test_a_transaction_inside_another_joins_it(now):
    @transaction
    def outer():
        person(now)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        outer()
    assert count(Person) == 0


def test_a_passing_fault_tries_the_whole_function_again(now):
    tries = []

    @transaction
    def flaky():
        tries.append(1)
        person(now)
        if len(tries) < 3:
            raise OperationalError("UPDATE …", {}, Exception("database is locked"))

    flaky()
    assert (len(tries), count(Person)) == (3, 1)


def test_a_lasting_fault_is_raised_at_once(now):
    tries = []

    @transaction
    def broken():
        tries.append(1)
        raise IntegrityError("INSERT …", {}, Exception("violates"))

    with pytest.raises(IntegrityError):
        broken()
    assert len(tries) == 1


def test_it_gives_up_after_five_tries():
    tries = []

    @transaction
    def locked():
        tries.append(1)
        raise OperationalError("UPDATE …", {}, Exception("database is locked"))

    with pytest.raises(OperationalError):
        locked()
    assert len(tries) == 5


def test_no_increment_is_lost_between_threads(app, now):
    """Read, then write, in eight threads: the fault that costs the most and says nothing."""
    who = person(now)

    @transaction
    def increment():
        row = db.session.execute(
            db.select(Person.totp_counter).where(Person.id == who.id).with_for_update()
        ).one()
        db.session.execute(
            db.update(Person).where(Person.id == who.id).values(totp_counter=row.totp_counter + 1)
        )

    def work():
        with app.app_context():
            for _ in range(20):
                increment()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert db.session.scalar(db.select(Person.totp_counter)) == 160


@pytest.mark.parametrize("model", [Scan, Decision, AuditEntry])
@pytest.mark.parametrize("change", ["UPDATE {} SET id = id + 1000", "DELETE FROM {}"])
def test_what_happened_cannot_be_changed(cast, now, model, change):
    answer = check_in(cast.noura, cast.poster, now)

    @transaction
    def decide():
        db.session.add(
            Decision(
                attendance_id=answer.attendance_id,
                seq=1,
                action="approve",
                decided_by_id=cast.salem.id,
                subject_id=cast.noura.id,
                at=now,
            )
        )

    @transaction
    def tamper():
        db.session.execute(text(change.format(model.__tablename__)))

    decide()
    with pytest.raises(DBAPIError, match="append-only"):
        tamper()
    assert count(model) > 0


def _attendance(cast, now, **values) -> Attendance:
    fields = {
        "volunteer_id": cast.noura.id,
        "shift_id": cast.shift.id,
        "site_id": cast.mataf.id,
        "work_on": cast.shift.work_on,
        "state": "open",
        "stints": [],
        "in_at": now,
        "until_at": now,
        "evidence": "poster",
        "flags": [],
        "updated_at": now,
    }
    return Attendance(**{**fields, **values})


@pytest.mark.parametrize(
    "values",
    [
        {"state": "closed", "out_at": timedelta(minutes=-1)},
        {"state": "closed", "credited_minutes": -1},
        {"state": "closed", "credited_minutes": 961},
        {"state": "closed", "beneficiaries": -1},
        {"state": "approved"},
        {"state": "closed", "approved_minutes": 10},
        {"state": "imagined"},
    ],
)
def test_impossible_attendances_are_refused(cast, now, save, values):
    if isinstance(values.get("out_at"), timedelta):
        values = {**values, "out_at": now + values["out_at"]}
    with pytest.raises(IntegrityError):
        save(_attendance(cast, now, **values))


def test_one_open_attendance_per_volunteer_is_a_constraint(cast, now, save):
    other = _attendance(cast, now)
    save(other)
    second = shift(now, cast.squares)
    with pytest.raises(IntegrityError):
        save(_attendance(cast, now, shift_id=second.id, site_id=cast.squares.id))
    save(_attendance(cast, now, shift_id=second.id, site_id=cast.squares.id, state="cancelled"))


@pytest.mark.parametrize(
    "values",
    [
        {"decided_by": "noura"},  # one's own
        {"entered_by": "salem"},  # one's own entry
        {"first_by": "salem", "action": "confirm"},  # the same person twice
        {"action": "confirm"},  # a second without a first
        {"action": "reject"},  # without saying why
        {"minutes_after": 961},
    ],
)
def test_decisions_nobody_may_make_are_refused_by_the_database(cast, now, save, values):
    answer = check_in(cast.noura, cast.poster, now)
    people = {f"{k}_id": getattr(cast, v).id for k, v in values.items() if k.endswith("_by")}
    rest = {k: v for k, v in values.items() if not k.endswith("_by")}
    fields = {
        "attendance_id": answer.attendance_id,
        "seq": 1,
        "action": "approve",
        "decided_by_id": cast.salem.id,
        "subject_id": cast.noura.id,
        "at": now,
    }
    with pytest.raises(IntegrityError):
        save(Decision(**{**fields, **rest, **people}))


def test_numbers_handed_over_as_one_value_are_looked_for_each(now):
    people = [person(now) for _ in range(3)]
    for wanted in ([], people[:1], people[1:]):
        asked = among(Person.id, [*(one.id for one in wanted), *range(10_000, 60_000)])
        found = db.session.scalars(db.select(Person.id).where(asked).order_by(Person.id))
        assert found.all() == [one.id for one in wanted]
