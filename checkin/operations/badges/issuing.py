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
from checkin.operations.identity import living
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
    wanted = sorted(set(person_ids))
    _lock(wanted)
    working = {badge.person_id: badge for badge in _working(wanted)}
    missing = [person_id for person_id in wanted if person_id not in working]
    working |= {badge.person_id: badge for badge in _new(missing, by, now)}
    return [working[person_id] for person_id in wanted]


@transaction
def reissue(person_id: int, *, replacing: int, by: int | None, now: datetime) -> Badge:
    """A new badge; the old one (`replacing`, its version) is refused from now on.

    Raises `Conflict("badge_not_current")` when somebody re-issued or stopped it before.
    """
    _lock([person_id])
    _end(person_id, replacing, now)
    return _new([person_id], by, now, replaces=replacing)[0]


@transaction
def revoke(person_id: int, *, version: int, by: int | None, now: datetime) -> None:
    """Stop somebody's badge; Conflict `badge_not_current` when that was done before."""
    _lock([person_id])
    badge = _end(person_id, version, now)
    audit.note("badge.revoke", "person", person_id, by=by, at=now, badge=badge.id)


def _lock(person_ids: Sequence[int]) -> None:
    """Wait for these people, so that two coordinators at once make one badge for each."""
    people = select(Person.id).where(Person.id.in_(person_ids), living())
    found = db.session.scalars(people.order_by(Person.id).with_for_update()).all()
    if len(found) < len(person_ids):
        raise NotFound("person")


def _working(person_ids: Sequence[int]) -> Sequence[Badge]:
    return db.session.scalars(
        select(Badge).where(Badge.person_id.in_(person_ids), Badge.revoked_at.is_(None))
    ).all()


def _end(person_id: int, version: int, now: datetime) -> Badge:
    badge = next(iter(_working([person_id])), None)
    if badge is None or badge.version != version:
        raise Conflict("badge_not_current")
    badge.revoked_at = now
    db.session.flush()  # before the next one comes: only one of a person's badges works
    return badge


def _new(person_ids: Sequence[int], by: int | None, now: datetime, **facts: int) -> Sequence[Badge]:
    versions = _versions(person_ids)
    made = [_badge(person_id, versions.get(person_id, 0) + 1, by, now) for person_id in person_ids]
    db.session.add_all(made)
    db.session.flush()
    for badge in made:
        audit.note("badge.make", "person", badge.person_id, by=by, at=now, badge=badge.id, **facts)
    return made


def _versions(person_ids: Sequence[int]) -> dict[int, int]:
    rows = db.session.execute(
        select(Badge.person_id, func.max(Badge.version).label("version"))
        .where(Badge.person_id.in_(person_ids))
        .group_by(Badge.person_id)
    )
    return {row.person_id: row.version for row in rows}


def _badge(person_id: int, version: int, by: int | None, now: datetime) -> Badge:
    salt = new_code()
    return Badge(
        person_id=person_id,
        version=version,
        salt=salt,
        code_sha=sha(_code(key_for("badge"), salt)),
        created_at=now,
        created_by_id=by,
    )


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
        .where(Assignment.how != "waiting", Shift.is_draft.is_(False))
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
