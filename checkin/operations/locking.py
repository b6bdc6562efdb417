"""Locking a staff browser that was left alone, and opening it by a PIN of its own."""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NoReturn

from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError, TimeoutError

from checkin.database import AnyRow, db, transaction
from checkin.domain import locking
from checkin.domain.errors import NotFound, Problem
from checkin.domain.roles import Role
from checkin.domain.text import latin_digits
from checkin.models import Device, Person
from checkin.operations import audit, devices
from checkin.operations.accounts import passwords
from checkin.operations.devices import Recognised
from checkin.operations.keys import key_for, keys_for

NOTED_EVERY = timedelta(seconds=30)
"""A hand that does not rest is written down this often, not at every touch."""


def is_locked(device: Recognised, roles: Iterable[Role], now: datetime) -> bool:
    """Whether this staff browser was locked, or nobody has touched it for too long."""
    if device.kind != "staff" or device.device_id is None:
        return False
    if device.locked_at is not None:
        return True
    idle = now - device.active_at
    return idle >= locking.SHORTEST_IDLE and idle >= locking.idle_limit(roles)


def note_activity(device: Recognised, now: datetime) -> None:
    """Somebody is there. That a database has no room must not keep anybody from reading."""
    if now - device.active_at < NOTED_EVERY or device.device_id is None:
        return
    try:
        _note_activity(device.device_id, now)
    except (OperationalError, TimeoutError):
        db.session.rollback()


@transaction
def _note_activity(device_id: int, now: datetime) -> None:
    """Not on a device that another tab has locked meanwhile."""
    db.session.execute(
        update(Device)
        .where(Device.id == device_id, Device.locked_at.is_(None))
        .values(active_at=now)
    )


@transaction
def lock(device_id: int, *, now: datetime) -> None:
    """Only the PIN or the password opens this browser again; locking it twice changes nothing."""
    db.session.execute(
        update(Device)
        .where(Device.id == device_id, Device.kind == "staff", Device.locked_at.is_(None))
        .values(locked_at=now)
    )


@transaction
def reopen(device_id: int, *, now: datetime) -> None:
    """Who has just proved to be there in another way need not do so again."""
    db.session.execute(
        update(Device)
        .where(Device.id == device_id)
        .values(locked_at=None, active_at=now, pin_tries=0)
    )


def unlock(device_id: int, secret: str, *, new_pin: str = "", now: datetime) -> None:
    """Open with the PIN of this browser, or where it has none with the password.

    `new_pin` is the PIN from now on, where there was none. Raises Problem `unlock_wrong` (fact
    `left`, the tries that remain), `unlock_over` when the fifth one signed the device out, `busy`,
    and those of `set_pin`, with which the browser stays locked.
    """
    left, row = _count(device_id), _row(device_id)
    if not _is_right(device_id, row, secret):
        _refuse(device_id, row.person_id, left, now)
    _forgive(device_id)
    if new_pin and row.pin_hash is None:
        set_pin(device_id, new_pin, now=now)
    reopen(device_id, now=now)


@transaction
def _count(device_id: int) -> int:
    """Counted before it is compared, so that guesses sent at once are as many tries."""
    counted = db.session.scalar(
        update(Device)
        .where(Device.id == device_id, Device.pin_tries < locking.TRIES)
        .where(Device.revoked_at.is_(None))
        .values(pin_tries=Device.pin_tries + 1)
        .returning(Device.pin_tries)
    )
    if counted is None:
        raise Problem("unlock_over")
    return locking.TRIES - int(counted)


@transaction
def _give_back(device_id: int) -> None:
    """A try that was not compared was none."""
    tried = update(Device).where(Device.id == device_id, Device.pin_tries > 0)
    db.session.execute(tried.values(pin_tries=Device.pin_tries - 1))


@transaction
def _forgive(device_id: int) -> None:
    db.session.execute(update(Device).where(Device.id == device_id).values(pin_tries=0))


def _refuse(device_id: int, person_id: int, left: int, now: datetime) -> NoReturn:
    _note_refusal(device_id, person_id, now)
    if left == 0:
        devices.revoke(device_id, by=None, now=now, because="unlock_wrong")
        raise Problem("unlock_over")
    raise Problem("unlock_wrong", left=left)


@transaction
def _note_refusal(device_id: int, person_id: int, now: datetime) -> None:
    facts = {"what": "unlock", "device": device_id}
    audit.note("account.refuse", "person", person_id, by=None, at=now, **facts)


def _row(device_id: int) -> AnyRow:
    row = db.session.execute(
        select(Device.pin_hash, Device.person_id, Person.password_hash, Person.mobile)
        .join(Person, Person.id == Device.person_id)
        .where(Device.id == device_id, Device.kind == "staff")
    ).first()
    if row is None:
        raise NotFound("device")
    return row


def _is_right(device_id: int, row: AnyRow, secret: str) -> bool:
    try:
        if row.pin_hash is None:
            return passwords.matches(row.password_hash, secret)
        return _fits(row.pin_hash, secret)
    except Problem:
        _give_back(device_id)
        raise  # busy


def _fits(kept: str, typed: str) -> bool:
    digits = latin_digits(typed).strip()
    return any(passwords.matches(kept, _keyed(key, digits)) for key in keys_for("unlock pin"))


def set_pin(device_id: int, typed: str, *, now: datetime) -> None:
    """A PIN for this browser alone, instead of the one before.

    Raises Problem `unlock_pin_length` (facts `shortest`, `longest`), `unlock_pin_weak`, `busy`.
    """
    row, pin = _row(device_id), locking.read_pin(typed)
    locking.check_pin(pin, mobile=row.mobile)
    _keep_pin(device_id, row.person_id, passwords.hashed(_keyed(key_for("unlock pin"), pin)), now)


def remove_pin(device_id: int, *, now: datetime) -> None:
    """From now on the password opens this browser."""
    _keep_pin(device_id, _row(device_id).person_id, None, now)


@transaction
def _keep_pin(device_id: int, person_id: int, kept: str | None, now: datetime) -> None:
    db.session.execute(update(Device).where(Device.id == device_id).values(pin_hash=kept))
    act = "account.set_pin" if kept else "account.remove_pin"
    audit.note(act, "person", person_id, by=person_id, at=now, device=device_id)


def _keyed(key: bytes, pin: str) -> str:
    """All PINs are tried in hours against a hash alone; the key is not in the database."""
    return hmac.new(key, f"unlock|{pin}".encode(), hashlib.sha256).hexdigest()
