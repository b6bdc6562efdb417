"""Registering, a guardian's consent, remembering a phone, and one's own data."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from checkin.database import db
from checkin.domain.errors import NotFound, Problem
from checkin.models import AuditEntry, Device, Message, Person
from checkin.operations import accounts, devices
from checkin.operations.accounts import Registration
from tests.factories import check_in, check_out, person

MOBILE = "+966500000001"
YOUNG = Registration("فهد سالم", is_minor=True, guardian_mobile="+966500000002")


def sign_in(person, now, **values):
    values = {"mobile": person.mobile, "proved_by": "code", "remember": True, **values}
    return accounts.sign_in(person.id, label="iPhone · Safari", now=now, **values)


def test_registering_twice_makes_one_person(now):
    first = accounts.register(Registration("أحمد علي"), mobile=MOBILE, now=now)
    assert accounts.register(Registration("احمد  علي"), mobile=MOBILE, now=now) == first
    other = accounts.register(Registration("سارة علي"), mobile=MOBILE, now=now)
    assert [one.id for one in accounts.people_with(MOBILE)] == [first, other]


def test_registering_at_the_same_moment_makes_one_person(app, now):
    def register(_):
        with app.app_context():
            return accounts.register(Registration("أحمد علي"), mobile=MOBILE, now=now)

    with ThreadPoolExecutor(6) as workers:
        ids = set(workers.map(register, range(6)))
    assert len(ids) == 1
    assert db.session.scalar(db.select(db.func.count()).select_from(Person)) == 1


@pytest.mark.parametrize(
    ("new", "problem"),
    [
        (Registration("  "), "name_missing"),
        (Registration("ا" * 121), "name_too_long"),
        (Registration("أحمد", team_name="ف" * 121), "text_too_long"),
        (Registration("أحمد", is_minor=True), "guardian_missing"),
    ],
)
def test_what_cannot_be_registered(now, new, problem):
    with pytest.raises(Problem, match=problem):
        accounts.register(new, mobile=MOBILE, now=now)
    assert accounts.people_with(MOBILE) == []


def test_a_grown_up_keeps_no_guardian(now):
    new = Registration("أحمد علي", guardian_mobile="+966500000002")
    person = db.session.get(Person, accounts.register(new, mobile=MOBILE, now=now))
    assert person.guardian_mobile is None


def test_a_guardians_code_lets_the_minor_take_part(now):
    minor = accounts.register(YOUNG, mobile=MOBILE, now=now)
    assert accounts.awaits_guardian(minor) == "+966500000002"
    code = accounts.request_guardian_code(minor, address="192.0.2.1", language="ar", now=now)
    assert db.session.scalars(db.select(Message)).one().mobile == "+966500000002"
    accounts.prove_guardian(minor, code, now=now)
    assert accounts.awaits_guardian(minor) is None
    db.session.expire_all()
    assert db.session.get(Person, minor).may_check_in
    assert (
        db.session.scalar(
            db.select(AuditEntry.actor_id).where(AuditEntry.act == "person.guardian_consent")
        )
        == minor
    )


def test_a_guardians_code_opens_no_account(now):
    minor = accounts.register(YOUNG, mobile=MOBILE, now=now)
    code = accounts.request_guardian_code(minor, address="192.0.2.1", language="ar", now=now)
    with pytest.raises(Problem, match="code_wrong"):
        accounts.prove_mobile("+966500000002", code, visitor="a browser", now=now)


def test_one_minors_code_is_not_anothers(now):
    minor = accounts.register(YOUNG, mobile=MOBILE, now=now)
    sibling = accounts.register(
        Registration("منى سالم", is_minor=True, guardian_mobile="+966500000002"),
        mobile=MOBILE,
        now=now,
    )
    code = accounts.request_guardian_code(minor, address="192.0.2.1", language="ar", now=now)
    with pytest.raises(Problem, match="code_wrong"):
        accounts.prove_guardian(sibling, code, now=now)


def test_nobody_is_their_own_guardian(now):
    same = Registration("فهد سالم", is_minor=True, guardian_mobile=MOBILE)
    with pytest.raises(Problem, match="guardian_own"):
        accounts.register(same, mobile=MOBILE, now=now)
    minor = accounts.register(YOUNG, mobile=MOBILE, now=now)
    with pytest.raises(Problem, match="guardian_own"):
        accounts.change_guardian_mobile(minor, MOBILE, now=now)
    assert accounts.awaits_guardian(minor) == YOUNG.guardian_mobile


def test_a_guardian_entered_with_the_minors_own_number_proves_nothing(now):
    facts = {"mobile": MOBILE, "guardian_mobile": MOBILE, "guardian_consented_at": None}
    minor = person(now, "فهد سالم", is_minor=True, **facts).id
    with pytest.raises(Problem, match="guardian_same"):
        accounts.request_guardian_code(minor, address="192.0.2.1", language="ar", now=now)


def test_grown_ups_need_no_guardian(cast, now):
    with pytest.raises(NotFound):
        accounts.request_guardian_code(cast.noura.id, address="192.0.2.1", language="ar", now=now)


# --- remembering ---------------------------------------------------------------------------


def test_a_signed_in_phone_is_recognised_until_it_ends(cast, now):
    opened = sign_in(cast.noura, now)
    known = devices.recognise(opened.cookie, now + timedelta(days=179))
    assert (known.person_id, known.kind) == (cast.noura.id, "phone")
    assert opened.ends_at == now + timedelta(days=180)
    assert devices.recognise(opened.cookie, opened.ends_at) is None


def test_nobody_is_signed_in_with_anothers_number(cast, now):
    with pytest.raises(NotFound):
        sign_in(cast.noura, now, mobile=cast.salem.mobile)
    assert db.session.scalar(db.select(Device.id)) is None


def test_being_vouched_for_does_not_prove_the_number(cast, now):
    sign_in(cast.noura, now, proved_by="vouched")
    db.session.expire_all()
    assert db.session.get(Person, cast.noura.id).mobile_proved_at is None


def test_a_stolen_copy_of_a_cookie_ends_the_device(cast, now):
    opened = sign_in(cast.noura, now)
    tomorrow = now + timedelta(hours=25)
    fresh = devices.renew(opened.device_id, opened.cookie.partition(".")[0], now=tomorrow)
    assert devices.recognise(opened.cookie, tomorrow + timedelta(seconds=59))
    assert devices.recognise(opened.cookie, tomorrow + timedelta(seconds=61)) is None
    assert devices.recognise(fresh, tomorrow + timedelta(seconds=62)) is None
    why = db.session.scalar(db.select(AuditEntry.facts).where(AuditEntry.act == "device.revoke"))
    assert why["because"] == "stale_cookie"


def test_a_guessed_verifier_ends_nothing(cast, now):
    opened = sign_in(cast.noura, now)
    selector = opened.cookie.partition(".")[0]
    assert devices.recognise(f"{selector}.guess", now) is None
    assert devices.recognise(opened.cookie, now) is not None


# --- own data ------------------------------------------------------------------------------


def test_own_data_holds_everything_and_no_secret(cast, now):
    check_in(cast.noura, cast.poster, now)
    check_out(cast.noura, cast.shift, now + timedelta(hours=2), beneficiaries=25)
    opened = sign_in(cast.noura, now)
    code = accounts.request_code(
        cast.noura.mobile, visitor="v", address="192.0.2.1", language="ar", now=now
    )
    record = accounts.own_record(cast.noura.id, now)
    assert record["profile"]["name"] == "نورة سعد القحطاني"
    assert record["profile"]["partner_en"] == "Taif University"
    (attendance,) = record["attendances"]
    assert (attendance["credited_minutes"], attendance["beneficiaries"]) == (120, 25)
    assert attendance["stints"]
    assert [scan["kind"] for scan in record["scans"]] == ["in", "out"]
    assert len(record["assignments"]) == len(record["devices"]) == len(record["messages"]) == 1
    text = json.dumps(record, ensure_ascii=False)
    assert code not in text
    assert opened.cookie.partition(".")[2] not in text
    assert not [key for key in ("verifier", "password_hash", "totp_secret") if key in text]


def test_own_data_holds_nothing_of_others(cast, now):
    check_in(cast.salem, cast.poster, now, joins=True)
    record = accounts.own_record(cast.noura.id, now)
    assert (record["attendances"], record["scans"], record["messages"]) == ([], [], [])
    assert "سالم" not in json.dumps(record, ensure_ascii=False)


def test_nobody_has_no_data(now):
    with pytest.raises(NotFound):
        accounts.own_record(999, now)
