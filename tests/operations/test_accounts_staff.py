"""Staff: password, authenticator, invitations; limits that lock nobody else out."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from checkin.database import db, transaction
from checkin.domain import totp
from checkin.domain.errors import NotFound, Problem
from checkin.models import AuditEntry, Person
from checkin.operations import accounts, devices
from checkin.operations.accounts import passwords

GOOD = "four calm walks at dawn"
HOME = "192.0.2.1"


@pytest.fixture
def salem(cast, now):
    accounts.set_password(cast.salem.id, GOOD, by=None, now=now)
    return cast.salem


def check(now, password=GOOD, email="salem@example.org", address=HOME):
    return accounts.check_password(email, password, address=address, now=now)


def refused(now, **values):
    with pytest.raises(Problem) as caught:
        check(now, **values)
    return caught.value.code


def code_at(secret, now):
    return totp.code_at(secret, int(now.timestamp()) // 30)


@transaction
def change(person, **values):
    db.session.execute(db.update(Person).where(Person.id == person.id).values(**values))


@pytest.fixture
def secret(salem, now):
    secret = accounts.new_totp_secret()
    before = now - timedelta(minutes=5)
    accounts.enrol_totp(salem.id, secret, code_at(secret, before), now=before)
    return secret


def test_the_right_password_is_known_whatever_the_case_of_the_address(salem, now):
    assert check(now, email=" Salem@Example.ORG ").person_id == salem.id


@pytest.mark.parametrize(
    "values",
    [
        {"password": "four calm walks at dusk"},
        {"password": ""},
        {"password": "x" * 5000},
        {"email": "nobody@example.org"},
        {"email": "huda@example.org"},
    ],
)
def test_every_refusal_reads_the_same(salem, now, values):
    assert refused(now, **values) == "sign_in_wrong"


@pytest.mark.parametrize("when", ["suspended_at", "erased_at"])
def test_the_suspended_and_the_erased_stay_out(salem, now, when):
    change(salem, **{when: now})
    assert refused(now) == "sign_in_wrong"


def test_the_sixth_try_in_a_quarter_of_an_hour_is_not_looked_at(salem, now):
    for _ in range(5):
        assert refused(now, password="wrong") == "sign_in_wrong"
    assert refused(now) == "too_many"
    assert check(now + timedelta(minutes=15)).person_id == salem.id


def test_strangers_elsewhere_lock_nobody_out(salem, now):
    for _ in range(6):
        refused(now, password="wrong", address="203.0.113.7")
    assert check(now).person_id == salem.id


def test_the_neighbours_of_an_address_share_its_limit(salem, now):
    for n in range(5):
        refused(now, password="wrong", address=f"203.0.113.{n}")
    assert refused(now, address="203.0.113.99") == "too_many"
    for n in range(5):
        refused(now, password="wrong", address=f"2001:db8:1::{n}")
    assert refused(now, address="2001:db8:1:ffff::1") == "too_many"


def test_the_right_password_forgives_the_wrong_ones(salem, now):
    for _ in range(3):
        for _ in range(4):
            refused(now, password="wrong")
        check(now)


def test_parallel_guesses_are_five_at_most(app, salem, now):
    def guess(_):
        with app.app_context():
            return refused(now, password="wrong")

    with ThreadPoolExecutor(4) as workers:
        reasons = list(workers.map(guess, range(20)))
    assert reasons.count("too_many") >= 15
    assert reasons.count("sign_in_wrong") <= 5


def test_failures_are_in_the_audit_log(salem, now):
    refused(now, password="wrong")
    entry = db.session.scalars(
        db.select(AuditEntry).where(AuditEntry.act == "account.refuse")
    ).one()
    assert (entry.thing_id, entry.facts) == (salem.id, {"what": "password"})


# --- passwords -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("short", "password_short"),
        ("x" * 129, "password_long"),
        ("password12345", "password_common"),
        ("P@ssw0rd!!2026", "password_common"),
        ("123456789012", "password_common"),
        ("qwertyuiop[]", "password_common"),
        ("abcabcabcabc", "password_common"),
        ("aaaaaaaaaaaa", "password_common"),
        ("GrandMosque2026!", "password_common"),
        ("salem1234567!", "password_common"),
        ("متطوعين1448!!", "password_common"),
    ],
)
def test_passwords_that_are_guessed_first_are_refused(cast, now, password, problem):
    with pytest.raises(Problem, match=problem):
        accounts.set_password(cast.salem.id, password, by=None, now=now)


@pytest.mark.parametrize(
    "password", [GOOD, "أربع جولات هادئة", "8t$Kq2!vZp0w", "x7" + "ـ" * 20 + "q"]
)
def test_a_sentence_in_any_language_is_fine(cast, now, password):
    accounts.set_password(cast.salem.id, password, by=None, now=now)
    assert check(now, password=password).person_id == cast.salem.id


def test_passwords_are_kept_as_argon2id_with_the_agreed_cost(salem):
    kept = db.session.scalar(db.select(Person.password_hash).where(Person.id == salem.id))
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not passwords.is_outdated(kept)


def test_an_outdated_hash_is_renewed_at_the_next_sign_in(salem, now):
    weak = passwords.PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(GOOD)
    change(salem, password_hash=weak)
    assert passwords.is_outdated(weak)
    check(now)
    db.session.expire_all()
    assert "m=19456" in db.session.get(Person, salem.id).password_hash


def test_a_new_password_ends_staff_sessions_but_not_the_phone(salem, now):
    staff = accounts.staff_sign_in(check(now), label="", now=now)
    phone = accounts.sign_in(
        salem.id, mobile=salem.mobile, proved_by="code", label="", remember=True, now=now
    )
    later = now + timedelta(minutes=1)
    accounts.change_password(salem.id, GOOD, "five calm walks at dusk", address=HOME, now=later)
    assert devices.recognise(staff.cookie, later) is None
    assert devices.recognise(phone.cookie, later) is not None
    assert refused(later) == "sign_in_wrong"
    assert check(later, password="five calm walks at dusk").person_id == salem.id


def test_changing_a_password_takes_the_present_one(salem, now):
    with pytest.raises(Problem, match="sign_in_wrong"):
        accounts.change_password(salem.id, "wrong", "five calm walks", address=HOME, now=now)


def test_a_session_lasts_twelve_hours(salem, now):
    opened = accounts.staff_sign_in(check(now), label="", now=now)
    assert opened.ends_at == now + timedelta(hours=12)
    assert devices.recognise(opened.cookie, opened.ends_at) is None
    assert devices.recognise(opened.cookie, now + timedelta(hours=11)).kind == "staff"


def test_a_check_from_before_a_new_password_opens_nothing(salem, now):
    old = check(now)
    accounts.set_password(salem.id, "five calm walks at dusk", by=None, now=now + timedelta(1))
    with pytest.raises(Problem, match="sign_in_wrong"):
        accounts.staff_sign_in(old, label="", now=now + timedelta(1))


# --- authenticator -------------------------------------------------------------------------


def test_a_code_is_taken_once(salem, secret, now):
    checked = check(now)
    assert checked.has_totp
    accounts.check_totp(checked, code_at(secret, now), address=HOME, now=now)
    with pytest.raises(Problem, match="totp_wrong"):
        accounts.check_totp(checked, code_at(secret, now), address=HOME, now=now)


def test_the_counter_only_moves_forward(salem, secret, now):
    checked, before = check(now), code_at(secret, now - timedelta(seconds=30))
    accounts.check_totp(checked, code_at(secret, now), address=HOME, now=now)
    with pytest.raises(Problem, match="totp_wrong"):
        accounts.check_totp(checked, before, address=HOME, now=now)


def test_one_code_in_parallel_opens_one_door(app, salem, secret, now):
    checked, code = check(now), code_at(secret, now)

    def use(_):
        with app.app_context():
            try:
                accounts.check_totp(checked, code, address=HOME, now=now)
            except Problem:
                return False
            return True

    with ThreadPoolExecutor(4) as workers:
        assert sum(workers.map(use, range(4))) == 1


def test_guessing_codes_has_a_limit(salem, secret, now):
    checked = check(now)
    for _ in range(5):
        with pytest.raises(Problem, match="totp_wrong"):
            accounts.check_totp(checked, "12345", address=HOME, now=now)
    with pytest.raises(Problem, match="too_many"):
        accounts.check_totp(checked, code_at(secret, now), address=HOME, now=now)


def test_a_wrong_first_code_sets_nothing_up(salem, now):
    with pytest.raises(Problem, match="totp_wrong"):
        accounts.enrol_totp(salem.id, accounts.new_totp_secret(), "000", now=now)
    assert not accounts.security_of(salem.id).has_totp


def test_an_authenticator_is_never_replaced_in_passing(salem, secret, now):
    other = accounts.new_totp_secret()
    with pytest.raises(Problem, match="totp_there"):
        accounts.enrol_totp(salem.id, other, code_at(other, now), now=now)


def test_a_lost_authenticator_is_taken_off_and_every_session_ends(cast, salem, secret, now):
    opened = accounts.staff_sign_in(check(now), label="", now=now)
    accounts.remove_totp(salem.id, by=cast.majed.id, now=now)
    assert devices.recognise(opened.cookie, now) is None
    assert not accounts.security_of(salem.id).has_totp


# --- invitations ---------------------------------------------------------------------------


def test_an_invitation_sets_a_password_once(cast, now):
    token = accounts.invite_staff(cast.salem.id, by=cast.majed.id, now=now)
    assert accounts.invited(token, now) == cast.salem.id
    accounts.accept_invitation(token, GOOD, now=now)
    assert check(now).person_id == cast.salem.id
    with pytest.raises(Problem, match="invitation_over"):
        accounts.accept_invitation(token, "five calm walks at dusk", now=now)


def test_an_invitation_used_by_two_at_once_sets_one_password(app, cast, now):
    token = accounts.invite_staff(cast.salem.id, by=cast.majed.id, now=now)

    def accept(word):
        with app.app_context():
            try:
                accounts.accept_invitation(token, f"four calm walks at {word}", now=now)
            except Problem:
                return None
            return word

    with ThreadPoolExecutor(2) as workers:
        taken = [word for word in workers.map(accept, ["dawn", "dusk"]) if word]
    assert len(taken) == 1
    assert check(now, password=f"four calm walks at {taken[0]}").person_id == cast.salem.id


def test_an_invitation_ends_after_three_days(cast, now):
    token = accounts.invite_staff(cast.salem.id, by=cast.majed.id, now=now)
    accounts.invited(token, now + timedelta(days=3) - timedelta(seconds=1))
    with pytest.raises(Problem, match="invitation_over"):
        accounts.invited(token, now + timedelta(days=3))


@pytest.mark.parametrize("token", ["", "x", "WzEsIiIsOV0.forged", "a.b.c"])
def test_a_forged_invitation_is_over(token, now):
    with pytest.raises(Problem, match="invitation_over"):
        accounts.invited(token, now)


def test_a_refused_password_leaves_the_invitation_good(cast, now):
    token = accounts.invite_staff(cast.salem.id, by=cast.majed.id, now=now)
    with pytest.raises(Problem, match="password_short"):
        accounts.accept_invitation(token, "short", now=now)
    accounts.accept_invitation(token, GOOD, now=now)


def test_only_people_with_an_address_are_invited(cast, now):
    with pytest.raises(Problem, match="email_missing"):
        accounts.invite_staff(cast.noura.id, by=cast.majed.id, now=now)
    with pytest.raises(NotFound):
        accounts.invite_staff(999, by=cast.majed.id, now=now)
