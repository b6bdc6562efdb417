"""A staff device's lock: its PIN, five tries, and nothing a database alone gives away."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from checkin.database import db
from checkin.domain.errors import Problem
from checkin.domain.roles import Role
from checkin.models import AuditEntry, Device
from checkin.operations import accounts, devices, locking

PASSWORD = "seven herons over the wadi"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def tablet(cast, now) -> tuple[int, str]:
    """Salem's device and its cookie."""
    accounts.set_password(cast.salem.id, PASSWORD, by=None, now=now)
    return devices.remember(cast.salem.id, "staff", "tablet", lifetime=timedelta(hours=12), now=now)


def row(device_id: int) -> Device:
    db.session.expire_all()
    return db.session.get_one(Device, device_id)


def is_locked(cookie: str, at) -> bool:
    return locking.is_locked(devices.recognise(cookie, at), [Role.SUPERVISOR], at)


def test_signing_in_is_the_first_act(tablet, now):
    assert not is_locked(tablet[1], now + 4.9 * MINUTE)
    assert is_locked(tablet[1], now + 5 * MINUTE)


def test_an_act_starts_the_time_again(tablet, now):
    device_id, cookie = tablet
    locking.note_activity(devices.recognise(cookie, now + 4 * MINUTE), now + 4 * MINUTE)
    assert row(device_id).active_at == now + 4 * MINUTE
    assert not is_locked(cookie, now + 8 * MINUTE)


def test_no_act_opens_what_another_tab_has_locked(tablet, now):
    device_id, cookie = tablet
    seen_before = devices.recognise(cookie, now + MINUTE)
    locking.lock(device_id, now=now + MINUTE)
    locking.note_activity(seen_before, now + MINUTE)
    assert is_locked(cookie, now + MINUTE)
    assert row(device_id).active_at is None


def test_a_phone_is_never_locked(cast, now):
    device_id, cookie = devices.remember(
        cast.noura.id, "phone", "phone", lifetime=timedelta(days=180), now=now
    )
    locking.lock(device_id, now=now)
    assert not is_locked(cookie, now + timedelta(days=1))


def test_the_password_opens_until_there_is_a_pin(tablet, now):
    device_id, cookie = tablet
    locking.lock(device_id, now=now)
    locking.unlock(device_id, PASSWORD, new_pin="٨٣٠٥", now=now + MINUTE)
    assert not is_locked(cookie, now + MINUTE)
    locking.lock(device_id, now=now + MINUTE)
    with pytest.raises(Problem, match="unlock_wrong"):
        locking.unlock(device_id, PASSWORD, now=now + MINUTE)
    locking.unlock(device_id, "8305", now=now + MINUTE)
    assert row(device_id).pin_tries == 0


def test_a_first_pin_never_replaces_one_that_is_there(tablet, now):
    locking.set_pin(tablet[0], "8305", now=now)
    locking.unlock(tablet[0], "8305", new_pin="7204", now=now)
    locking.unlock(tablet[0], "8305", now=now)


@pytest.mark.parametrize(
    ("pin", "code"), [("1234", "unlock_pin_weak"), ("12", "unlock_pin_length")]
)
def test_a_bad_first_pin_leaves_it_locked_and_costs_no_try(tablet, now, pin, code):
    device_id, cookie = tablet
    locking.lock(device_id, now=now)
    with pytest.raises(Problem, match=code):
        locking.unlock(device_id, PASSWORD, new_pin=pin, now=now)
    assert is_locked(cookie, now)
    assert row(device_id).pin_tries == 0


def test_the_fifth_wrong_try_signs_the_device_out(cast, tablet, now):
    device_id, cookie = tablet
    locking.set_pin(device_id, "8305", now=now)
    for left in (4, 3, 2, 1):
        with pytest.raises(Problem, match="unlock_wrong") as raised:
            locking.unlock(device_id, "0001", now=now)
        assert raised.value.facts == {"left": left}
    with pytest.raises(Problem, match="unlock_over"):
        locking.unlock(device_id, "0001", now=now)
    assert devices.recognise(cookie, now) is None
    with pytest.raises(Problem, match="unlock_over"):
        locking.unlock(device_id, "8305", now=now)
    noted = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "account.refuse")).all()
    assert [entry.facts for entry in noted] == [{"what": "unlock", "device": device_id}] * 5


def test_the_same_pin_is_kept_differently_each_time_and_under_a_key(app, tablet, now):
    device_id, _ = tablet
    locking.set_pin(device_id, "8305", now=now)
    first = row(device_id).pin_hash
    locking.set_pin(device_id, "8305", now=now)
    assert row(device_id).pin_hash != first
    app.config["SECRET_KEY"], before = (
        "another secret, as long as it must be",
        app.config["SECRET_KEY"],
    )
    with pytest.raises(Problem, match="unlock_wrong"):
        locking.unlock(device_id, "8305", now=now)
    app.config["SECRET_KEY_FALLBACKS"] = [before]
    locking.unlock(device_id, "8305", now=now)


def test_a_pin_belongs_to_one_device(cast, tablet, now):
    locking.set_pin(tablet[0], "8305", now=now)
    other, _ = devices.remember(
        cast.salem.id, "staff", "desk", lifetime=timedelta(hours=12), now=now
    )
    assert row(other).pin_hash is None
    with pytest.raises(Problem, match="unlock_wrong"):
        locking.unlock(other, "8305", now=now)
