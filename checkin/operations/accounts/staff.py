"""Staff accounts: password and authenticator, invitations, and the session they open."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select, update

from checkin.database import AnyRow, db, transaction
from checkin.domain import totp
from checkin.domain.errors import NotFound, Problem
from checkin.domain.text import latin_digits
from checkin.models import Person
from checkin.operations import audit, devices, limits
from checkin.operations.accounts import passwords
from checkin.operations.accounts.registration import Opened
from checkin.operations.identity import living
from checkin.operations.keys import secrets_in_use

PER_QUARTER_HOUR = 5
PER_DAY = 10
INVITATION_LIVES = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Checked:
    """A person whose password was right; `stamp` changes with the password."""

    person_id: int
    stamp: str
    has_totp: bool


@dataclass(frozen=True, slots=True)
class Security:
    """How somebody gets in as staff."""

    email: str
    has_password: bool
    has_totp: bool


def security_of(person_id: int) -> Security:
    person = _row(person_id)
    return Security(
        person.email or "", person.password_hash is not None, person.totp_secret is not None
    )


def check_password(email: str, password: str, *, address: str, now: datetime) -> Checked:
    """The person with this e-mail and password.

    Tries are counted per account and network, before anything is compared, so that nobody is
    locked out by strangers elsewhere. Raises Problem `sign_in_wrong` (the same for unknown
    e-mails), `too_many` (fact `seconds`), `busy`.
    """
    email = email.strip().casefold()
    _count(f"staff:{email[:60]}:{_network(address)}", now)
    person = _with_email(email)
    right = passwords.matches(person.password_hash if person else None, password)
    if person is None or not right:
        # noted for unknown accounts too: the write would show by its time which ones exist
        _note_failure(person.id if person else None, "password", now)
        raise Problem("sign_in_wrong")
    limits.forgive(f"staff:{email[:60]}:{_network(address)}")
    limits.forgive(f"staff:{email[:60]}:{_network(address)}:day")
    if passwords.is_outdated(person.password_hash):
        _keep_hash(person.id, passwords.hashed(password))
    return Checked(person.id, _stamp(person.password_changed_at), person.totp_secret is not None)


@transaction
def _count(key: str, now: datetime) -> None:
    limits.take(key, PER_QUARTER_HOUR, timedelta(minutes=15), now)
    limits.take(f"{key}:day", PER_DAY, timedelta(days=1), now)


def _network(address: str) -> str:
    """The neighbourhood of an address: /24, or /48 of the newer kind."""
    try:
        known = ip_address(address)
    except ValueError:
        return "unknown"
    return str(ip_network(f"{known}/{24 if known.version == 4 else 48}", strict=False))


def _with_email(email: str) -> AnyRow | None:
    p = Person
    return db.session.execute(
        select(p.id, p.password_hash, p.password_changed_at, p.totp_secret).where(
            p.email == email, living(), p.suspended_at.is_(None)
        )
    ).first()


@transaction
def _note_failure(person_id: int | None, what: str, now: datetime) -> None:
    audit.note("account.refuse", "person", person_id, by=None, at=now, what=what)


@transaction
def _keep_hash(person_id: int, kept: str) -> None:
    db.session.execute(update(Person).where(Person.id == person_id).values(password_hash=kept))


def _stamp(changed_at: datetime | None) -> str:
    return changed_at.astimezone(UTC).isoformat() if changed_at else ""


# --- the second factor ---------------------------------------------------------------------


def check_totp(checked: Checked, typed: str, *, address: str, now: datetime) -> None:
    """Accept the authenticator's code of this or the last half minute, each only once.

    Raises Problem `totp_wrong`, `too_many`, and `sign_in_wrong` when the password was changed
    meanwhile.
    """
    _count(f"totp:{checked.person_id}:{_network(address)}", now)
    person = _row(checked.person_id)
    if _stamp(person.password_changed_at) != checked.stamp:
        raise Problem("sign_in_wrong")
    step = totp.step_of(person.totp_secret or "", _digits(typed), now)
    if step is None or not _advance(person.id, step):
        _note_failure(person.id, "totp", now)
        raise Problem("totp_wrong")
    limits.forgive(f"totp:{person.id}:{_network(address)}")
    limits.forgive(f"totp:{person.id}:{_network(address)}:day")


def _digits(typed: str) -> str:
    return "".join(character for character in latin_digits(typed) if character.isdecimal())


@transaction
def _advance(person_id: int, step: int) -> bool:
    """The counter only moves forward, so a code that was watched cannot be used again."""
    moved = db.session.execute(
        update(Person)
        .where(Person.id == person_id, Person.totp_counter < step)
        .values(totp_counter=step)
        .returning(Person.id)
    ).first()
    return moved is not None


@transaction
def enrol_totp(person_id: int, secret: str, typed: str, *, now: datetime) -> None:
    """Keep an authenticator's secret once its first code shows that it was scanned well.

    Raises Problem `totp_wrong`, and `totp_there` when another one is set up.
    """
    step = totp.step_of(secret, _digits(typed), now)
    if step is None:
        raise Problem("totp_wrong")
    enrolled = db.session.execute(
        update(Person)
        .where(Person.id == person_id, Person.totp_secret.is_(None))
        .values(totp_secret=secret, totp_counter=step)
        .returning(Person.id)
    ).first()
    if enrolled is None:
        raise Problem("totp_there")
    audit.note("account.enrol_totp", "person", person_id, by=person_id, at=now)


@transaction
def remove_totp(person_id: int, *, by: int, now: datetime) -> None:
    """The authenticator is lost: an administrator takes it off, and every session ends."""
    db.session.execute(update(Person).where(Person.id == person_id).values(totp_secret=None))
    devices.revoke_all(person_id, by=by, now=now)
    audit.note("account.remove_totp", "person", person_id, by=by, at=now)


@transaction
def staff_sign_in(checked: Checked, *, label: str, now: datetime) -> Opened:
    """Open a staff session.

    Raises Problem `sign_in_wrong` when the password was changed since it was checked.
    """
    person = _row(checked.person_id)
    if _stamp(person.password_changed_at) != checked.stamp:
        raise Problem("sign_in_wrong")
    lasts = timedelta(hours=current_app.config["STAFF_HOURS"])
    device_id, cookie = devices.remember(person.id, "staff", label, lifetime=lasts, now=now)
    audit.note(
        "account.sign_in", "person", person.id, by=person.id, at=now, device=device_id, how="staff"
    )
    return Opened(device_id, cookie, now + lasts)


def _row(person_id: int) -> AnyRow:
    p = Person
    row = db.session.execute(
        select(
            *(p.id, p.name, p.email, p.password_hash, p.password_changed_at, p.totp_secret)
        ).where(p.id == person_id, living(), p.suspended_at.is_(None))
    ).first()
    if row is None:
        raise NotFound("person")
    return row


# --- passwords -----------------------------------------------------------------------------


@transaction
def set_password(person_id: int, password: str, *, by: int | None, now: datetime) -> Checked:
    """Give a person a password; every session and invitation from before ends.

    Raises the Problems of `passwords.check_strength`.
    """
    person = _row(person_id)
    passwords.check_strength(password, about=(person.name, person.email or ""))
    db.session.execute(
        update(Person)
        .where(Person.id == person_id)
        .values(password_hash=passwords.hashed(password), password_changed_at=now)
    )
    for device in devices.devices_of(person_id, now):
        if device.kind == "staff":
            devices.revoke(device.id, by=by, now=now, because="password_changed")
    audit.note("account.set_password", "person", person_id, by=by, at=now)
    return Checked(person_id, _stamp(now), person.totp_secret is not None)


def change_password(
    person_id: int, current: str, new: str, *, address: str, now: datetime
) -> Checked:
    """A person changes their own password, which takes the current one; `sign_in_wrong` else."""
    _count(f"change:{person_id}:{_network(address)}", now)
    if not passwords.matches(_row(person_id).password_hash, current):
        _note_failure(person_id, "password", now)
        raise Problem("sign_in_wrong")
    return set_password(person_id, new, by=person_id, now=now)


# --- invitations ---------------------------------------------------------------------------


@transaction
def invite_staff(person_id: int, *, by: int | None, now: datetime) -> str:
    """A token with which this person sets a password, once, within three days.

    It holds the moment of the last change, so setting a password uses it up. Raises `NotFound`
    for nobody, Problem `email_missing` for a person who could not sign in afterwards.
    """
    person = _row(person_id)
    if not person.email:
        raise Problem("email_missing")
    audit.note("account.invite", "person", person_id, by=by, at=now)
    ends = int((now + INVITATION_LIVES).timestamp())
    return str(_signer().dumps([person_id, _stamp(person.password_changed_at), ends]))


def invited(token: str, now: datetime) -> int:
    """The person an invitation is for; Problem `invitation_over` for a used or late one."""
    try:
        person_id, stamp, ends = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        raise Problem("invitation_over") from None
    changed_at = db.session.scalar(
        select(Person.password_changed_at).where(Person.id == person_id, living())
    )
    if ends <= now.timestamp() or stamp != _stamp(changed_at):
        raise Problem("invitation_over")
    return int(person_id)


@transaction
def accept_invitation(token: str, password: str, *, now: datetime) -> Checked:
    """Set the first (or a new) password by an invitation."""
    person_id = invited(token, now)
    locked = select(Person.id).where(Person.id == person_id).with_for_update()
    db.session.execute(locked)
    invited(token, now)  # again: two who use it at once must not both succeed
    return set_password(person_id, password, by=person_id, now=now)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(secrets_in_use()[::-1], salt="staff-invitation")  # the last one signs


def new_totp_secret() -> str:
    """160 random bits, as authenticator apps expect them."""
    return totp.secret_of(secrets.token_bytes(20))
