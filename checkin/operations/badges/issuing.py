"""Badges: made once for a person, printed as often as needed, re-issued when lost, stopped."""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from checkin.database import db, transaction
from checkin.domain.codes import CODE_LENGTH, encode, new_code
from checkin.domain.errors import Conflict, NotFound
from checkin.models import Assignment, Badge, Person, Shift
from checkin.operations import audit
from checkin.operations.keys import key_for, keys_for
from checkin.operations.permissions import AROUND


@dataclass(frozen=True, slots=True)
class Printable:
    """A working badge with its owner; without a code it was made under a key that is gone."""

    badge: Badge
    person: Person
    code: str | None


@transaction
def make(person_ids: Iterable[int], *, by: int | None, now: datetime) -> list[Badge]:
    """The working badge of each person, new where there is none; asking twice makes one.

    Raises `NotFound` when one of them is not there; then nothing is made at all.
    """
    return [_current_or_new(person_id, by, now) for person_id in sorted(set(person_ids))]


def _current_or_new(person_id: int, by: int | None, now: datetime) -> Badge:
    _lock(person_id)
    return _current(person_id) or _new(person_id, by, now)


@transaction
def reissue(person_id: int, *, replacing: int, by: int | None, now: datetime) -> Badge:
    """A new badge; the old one (`replacing`, its version) is refused from now on.

    Raises `Conflict("badge_not_current")` when somebody re-issued or stopped it before.
    """
    _lock(person_id)
    _end(person_id, replacing, now)
    return _new(person_id, by, now, replaces=replacing)


@transaction
def revoke(person_id: int, *, version: int, by: int | None, now: datetime) -> None:
    """Stop somebody's badge; Conflict `badge_not_current` when that was done before."""
    _lock(person_id)
    badge = _end(person_id, version, now)
    audit.note("badge.revoke", "person", person_id, by=by, at=now, badge=badge.id)


def _lock(person_id: int) -> None:
    """Wait for the person, so that two coordinators at once make one badge."""
    person = select(Person.id).where(Person.id == person_id, Person.erased_at.is_(None))
    if db.session.scalar(person.with_for_update()) is None:
        raise NotFound("person")


def _current(person_id: int) -> Badge | None:
    return db.session.scalar(
        select(Badge).where(Badge.person_id == person_id, Badge.revoked_at.is_(None))
    )


def _end(person_id: int, version: int, now: datetime) -> Badge:
    badge = _current(person_id)
    if badge is None or badge.version != version:
        raise Conflict("badge_not_current")
    badge.revoked_at = now
    db.session.flush()  # before the next one comes: only one of a person's badges works
    return badge


def _new(person_id: int, by: int | None, now: datetime, **facts: int) -> Badge:
    before = db.session.scalar(select(func.max(Badge.version)).where(Badge.person_id == person_id))
    salt = new_code()
    badge = Badge(
        person_id=person_id,
        version=(before or 0) + 1,
        salt=salt,
        code_sha=sha(_code(key_for("badge"), salt)),
        created_at=now,
        created_by_id=by,
    )
    db.session.add(badge)
    db.session.flush()
    audit.note("badge.make", "person", person_id, by=by, at=now, badge=badge.id, **facts)
    return badge


# --- codes ---------------------------------------------------------------------------------


def code_of(badge: Badge) -> str | None:
    """What the badge's picture says; nothing when its key is no longer among the settings.

    The database alone does not hold it: whoever copies the tables can print no badge.
    """
    for key in keys_for("badge"):
        code = _code(key, badge.salt)
        if hmac.compare_digest(sha(code), badge.code_sha):
            return code
    return None


def _code(key: bytes, salt: str) -> str:
    """128 bits that nobody without the key can tell from random ones."""
    made = hmac.new(key, salt.encode(), hashlib.sha256).digest()
    return encode(int.from_bytes(made[:16], "big"), CODE_LENGTH)


def sha(code: str) -> str:
    """All that the database keeps of a code; nobody tries 128 bits."""
    return hashlib.sha256(code.encode()).hexdigest()


# --- questions -----------------------------------------------------------------------------


def people_at(site_id: int, now: datetime) -> Select[int]:
    """The ids of people on the rosters of a site's present and coming shifts."""
    return (
        select(Assignment.person_id)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(Shift.site_id == site_id, Shift.ends_at > now - AROUND)
        .where(Assignment.how != "waiting")
    )


def people_on(shift_id: int) -> Select[int]:
    """The ids of people expected on a shift."""
    return select(Assignment.person_id).where(
        Assignment.shift_id == shift_id, Assignment.how != "waiting"
    )


def printables(people: Select[Person], most: int) -> list[Printable]:
    """The working badges of these people by name, at most so many; who has none is left out."""
    rows = db.session.execute(
        people.add_columns(Badge)
        .join(Badge, (Badge.person_id == Person.id) & Badge.revoked_at.is_(None))
        .order_by(Person.name_folded, Person.id)
        .limit(most)
    )
    return [Printable(badge, person, code_of(badge)) for person, badge in rows]


def history_of(person_id: int) -> Sequence[Badge]:
    """All badges of a person, the newest first."""
    return db.session.scalars(
        select(Badge).where(Badge.person_id == person_id).order_by(Badge.version.desc())
    ).all()
