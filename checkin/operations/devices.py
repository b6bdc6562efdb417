"""Browsers that are signed in: remembering, recognising, renewing, ending them."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update

from checkin.database import ask, db, transaction
from checkin.domain.days import local_day
from checkin.models import Device, Person
from checkin.operations import audit

RENEW_AFTER = timedelta(hours=24)
GRACE = timedelta(seconds=60)
MOST_PHONES = 3
"""Remembering a fourth phone forgets the one unused for longest."""


_BY_COOKIE = (
    select(
        *(Device.id, Device.kind, Device.person_id, Device.verifier_sha, Device.previous_sha),
        *(Device.renewed_at, Device.expires_at, Device.created_at, Person.name),
        *(Device.active_at, Device.locked_at, Device.pin_hash.is_not(None).label("has_pin")),
    )
    .join(Person, Person.id == Device.person_id)
    .where(Device.selector == bindparam("selector"), Device.revoked_at.is_(None))
    .where(Device.expires_at > bindparam("now"), Person.erased_at.is_(None))
)
"""Asked at every request, so built once."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """Who a browser's cookie, or a program's token, belongs to as of now; a token has no device."""

    device_id: int | None
    kind: str
    person_id: int
    name: str
    renewed_at: datetime
    expires_at: datetime
    active_at: datetime
    """The last act of a person; for a browser just signed in, signing in."""
    locked_at: datetime | None = None
    has_pin: bool = False

    def is_due(self, now: datetime) -> bool:
        """Whether the cookie should be exchanged for a fresh one."""
        return now - self.renewed_at >= RENEW_AFTER


@transaction
def remember(
    person_id: int, kind: str, label: str, *, lifetime: timedelta, now: datetime
) -> tuple[int, str]:
    """Sign a browser in; the device's id and the cookie value that only the browser keeps."""
    if kind == "phone":
        _forget_surplus(person_id, now)
    selector, verifier = secrets.token_urlsafe(12), secrets.token_urlsafe(32)
    device = Device(
        person_id=person_id,
        kind=kind,
        selector=selector,
        verifier_sha=_sha(verifier),
        renewed_at=now,
        created_at=now,
        expires_at=now + lifetime,
        seen_on=local_day(now),
        label=label[:60],
    )
    db.session.add(device)
    db.session.flush()
    audit.note(
        "device.remember", "person", person_id, by=person_id, at=now, device=device.id, kind=kind
    )
    return device.id, f"{selector}.{verifier}"


def _forget_surplus(person_id: int, now: datetime) -> None:
    phones = db.session.scalars(
        select(Device)
        .where(Device.person_id == person_id, Device.kind == "phone")
        .where(Device.revoked_at.is_(None), Device.expires_at > now)
        .order_by(Device.renewed_at.desc())
        .offset(MOST_PHONES - 1)
    )
    for phone in phones:
        phone.revoked_at = now


@transaction
def name_browser(device_id: int, name: str) -> None:
    """Note which browser a device is signed in on, by the random name that browser keeps."""
    db.session.execute(update(Device).where(Device.id == device_id).values(browser_sha=_sha(name)))


def recognise(cookie: str, now: datetime) -> Recognised | None:
    """The person behind a cookie, or nothing; a stale copy of a cookie ends the device."""
    selector, _, verifier = cookie.partition(".")
    row = ask(_BY_COOKIE, {"selector": selector[:24], "now": now}).first()
    if row is None:
        return None
    shown = _sha(verifier)
    if not hmac.compare_digest(shown, row.verifier_sha):
        stale = row.previous_sha is not None and hmac.compare_digest(shown, row.previous_sha)
        if not stale:
            return None
        if now > row.renewed_at + GRACE:
            revoke(row.id, by=None, now=now, because="stale_cookie")
            return None
    return Recognised(
        *(row.id, row.kind, row.person_id, row.name, row.renewed_at, row.expires_at),
        active_at=row.active_at or row.created_at,
        locked_at=row.locked_at,
        has_pin=row.has_pin,
    )


@transaction
def renew(device_id: int, selector: str, *, now: datetime) -> str | None:
    """A fresh cookie for a device; nothing when another tab was faster."""
    verifier = secrets.token_urlsafe(32)
    changed = db.session.execute(
        update(Device)
        .where(Device.id == device_id, Device.renewed_at <= now - RENEW_AFTER)
        .values(
            previous_sha=Device.verifier_sha,
            verifier_sha=_sha(verifier),
            renewed_at=now,
            seen_on=local_day(now),
        )
        .returning(Device.id)
    ).first()
    return f"{selector}.{verifier}" if changed else None


@transaction
def revoke(device_id: int, *, by: int | None, now: datetime, because: str = "signed_out") -> None:
    """End a device at once; ending it again changes nothing."""
    ended = db.session.execute(
        update(Device)
        .where(Device.id == device_id, Device.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(Device.person_id)
    ).first()
    if ended is not None:
        audit.note(
            "device.revoke",
            "person",
            ended.person_id,
            by=by,
            at=now,
            device=device_id,
            because=because,
        )


@transaction
def revoke_all(person_id: int, *, by: int, now: datetime, but: int | None = None) -> None:
    """End every device of a person, except the one in hand."""
    for device in devices_of(person_id, now):
        if device.id != but:
            revoke(device.id, by=by, now=now)


def devices_of(person_id: int, now: datetime) -> list[Device]:
    """Devices still signed in, the most recently used first."""
    return list(
        db.session.scalars(
            select(Device)
            .where(Device.person_id == person_id, Device.revoked_at.is_(None))
            .where(Device.expires_at > now)
            .order_by(Device.renewed_at.desc())
        )
    )


def _sha(verifier: str) -> str:
    return hashlib.sha256(verifier.encode()).hexdigest()
