"""A code signs one new phone in, once, within ten minutes, and is told to its owner."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from checkin.database import db
from checkin.domain.codes import read_code
from checkin.domain.errors import NotFound, Problem
from checkin.models import AuditEntry, Counter, Device, Enrolment, Message
from checkin.operations import accounts, devices
from tests import factories

MINUTE = timedelta(minutes=1)
PHONE = {"label": "iPhone · Safari", "language": "ar"}


@pytest.fixture
def made(cast, now) -> Enrolment:
    return accounts.make_enrolment(cast.noura.id, by=cast.salem.id, now=now)


@pytest.fixture
def code(made) -> str:
    made_code = accounts.enrolment_code(made)
    assert made_code is not None
    return made_code


def problem(act, *args, **facts) -> str:
    with pytest.raises(Problem) as told:
        act(*args, **facts)
    db.session.rollback()
    return told.value.code


def stored(enrolment: Enrolment) -> Enrolment:
    db.session.expire_all()
    return db.session.get_one(Enrolment, enrolment.id)


def test_the_code_signs_a_phone_in_and_remembers_it(cast, made, code, now):
    person_id, opened = accounts.enrol(code.lower(), **PHONE, now=now + MINUTE)
    assert person_id == cast.noura.id
    known = devices.recognise(opened.cookie, now + MINUTE)
    assert known is not None
    assert (known.person_id, known.kind) == (cast.noura.id, "phone")
    assert opened.ends_at == now + MINUTE + timedelta(days=180)
    assert (stored(made).used_at, stored(made).device_id) == (now + MINUTE, opened.device_id)


def test_no_column_holds_what_is_shown(made, code):
    assert read_code(code) == code
    row = db.session.execute(select(Enrolment.__table__)).one()
    parts = {code, accounts.typed_part(code)}
    assert not [value for value in row if any(part in str(value) for part in parts)]
    assert accounts.enrolment_code(stored(made)) == code


def test_it_works_once(cast, code, now):
    accounts.enrol(code, **PHONE, now=now)
    assert problem(accounts.enrol, code, **PHONE, now=now) == "enrolment_over"
    assert problem(accounts.enrolled_person, code, now) == "enrolment_over"
    assert db.session.scalar(select(func.count()).select_from(Device)) == 1


def test_of_two_phones_at_once_one_is_signed_in(app, code, now):
    """The code on a tablet is read by whoever stands near; it still opens one phone."""
    outcomes: list[str] = []
    meeting = threading.Barrier(2)

    def work() -> None:
        with app.app_context():
            meeting.wait()
            try:
                accounts.enrol(code, **PHONE, now=now)
                outcomes.append("in")
            except Problem as told:
                outcomes.append(told.code)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["enrolment_over", "in"]
    assert db.session.scalar(select(func.count()).select_from(Device)) == 1


def test_it_works_for_ten_minutes(code, cast, now):
    last = now + 10 * MINUTE - timedelta(seconds=1)
    assert accounts.enrolled_person(code, last).id == cast.noura.id
    assert problem(accounts.enrolled_person, code, now + 10 * MINUTE) == "enrolment_over"
    assert problem(accounts.enrol, code, **PHONE, now=now + 10 * MINUTE) == "enrolment_over"


@pytest.mark.parametrize("place", [0, 9, 17, 18, 25])
def test_one_wrong_character_is_another_code(code, now, place):
    wrong = "1" if code[place] == "0" else "0"
    other = code[:place] + wrong + code[place + 1 :]
    assert problem(accounts.enrol, other, **PHONE, now=now) == "enrolment_over"


def test_the_typed_end_is_no_address_by_itself(code, now):
    assert problem(accounts.enrol, accounts.typed_part(code), **PHONE, now=now) == "enrolment_over"


def test_typed_by_hand_it_is_read_forgivingly(code, now):
    typed = accounts.typed_part(code)
    spoken = f"{typed[:4].lower()} - {typed[4:]}"
    known = {"address": "10.0.0.1", "now": now}
    assert accounts.enrolment_typed(spoken, **known) == code
    assert problem(accounts.enrolment_typed, "00000000", **known) == "enrolment_over"
    assert problem(accounts.enrolment_typed, "short", **known) == "enrolment_over"


def test_guessing_by_typing_ends_but_a_camera_goes_on(code, cast, now):
    known = {"address": "10.0.0.1", "now": now}
    for _ in range(60):
        assert problem(accounts.enrolment_typed, "00000000", **known) == "enrolment_over"
    typed = accounts.typed_part(code)
    assert problem(accounts.enrolment_typed, typed, **known) == "too_many"
    elsewhere = accounts.enrolment_typed(typed, address="10.0.0.2", now=now)
    assert elsewhere == code
    assert accounts.enrol(code, **PHONE, now=now)[0] == cast.noura.id


def test_a_second_code_ends_the_first(cast, code, now):
    later = now + MINUTE
    second = accounts.make_enrolment(cast.noura.id, by=cast.layla.id, now=later)
    assert problem(accounts.enrolled_person, code, later) == "enrolment_over"
    fresh = accounts.enrolment_code(second)
    assert fresh is not None
    assert accounts.enrolled_person(fresh, later).id == cast.noura.id


def test_a_button_pressed_twice_makes_one_code(cast, made, now):
    again = accounts.make_enrolment(cast.noura.id, by=cast.salem.id, now=now)
    assert again.id == made.id


def test_nobody_makes_one_for_themselves(cast, now):
    own = accounts.make_enrolment
    assert problem(own, cast.salem.id, by=cast.salem.id, now=now) == "own_enrolment"


def test_only_who_made_it_sees_it_again(cast, made):
    assert accounts.own_enrolment(made.id, cast.salem.id).person.name == cast.noura.name
    with pytest.raises(NotFound):
        accounts.own_enrolment(made.id, cast.layla.id)


def test_whoever_makes_very_many_is_stopped(cast, now):
    hour = int(now.timestamp()) // 3600
    counted = {"key": f"enrol-by:{cast.salem.id}", "window": hour, "count": 120}
    factories.keep(Counter(**counted, expires_at=now + 60 * MINUTE))
    act = accounts.make_enrolment
    assert problem(act, cast.noura.id, by=cast.salem.id, now=now) == "too_many"


def test_the_owner_is_told_by_a_message_and_the_log_says_who_vouched(cast, made, code, now):
    accounts.enrol(code, **PHONE, now=now)
    sent = db.session.scalars(select(Message)).one()
    assert (sent.template, sent.mobile) == ("new_phone", cast.noura.mobile)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "account.sign_in")).one()
    assert (entry.thing_id, entry.facts["vouched_by"]) == (cast.noura.id, cast.salem.id)
    assert code not in str(entry.facts)


def test_a_spent_budget_of_messages_keeps_nobody_out(app, cast, code, now):
    app.config["MESSAGES_PER_DAY"] = 0
    assert accounts.enrol(code, **PHONE, now=now)[0] == cast.noura.id
    assert db.session.scalar(select(func.count()).select_from(Message)) == 0


def test_a_changed_secret_reads_what_the_old_one_made(app, cast, code, now):
    app.config["SECRET_KEY_FALLBACKS"] = [app.config["SECRET_KEY"]]
    app.config["SECRET_KEY"] = "another key that is long enough, 0123456789"
    assert accounts.enrol(code, **PHONE, now=now)[0] == cast.noura.id


def test_it_is_forgotten_a_day_later(made, now):
    accounts.forget_passed(now + timedelta(days=2))
    assert db.session.scalar(select(func.count()).select_from(Enrolment)) == 0
