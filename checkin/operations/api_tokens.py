"""Tokens by which a program acts as one person through the JSON interface."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import joinedload

from checkin.database import AnyRow, ask, db, transaction
from checkin.domain.errors import NotFound
from checkin.domain.text import clean_text
from checkin.models import ApiToken, Person
from checkin.operations import audit

LONGEST_NAME = 60
_NOTED_EVERY = timedelta(hours=1)
"""The time of the last use is kept no more exactly than this, so that using one writes little."""

_BY_SHA = (
    select(ApiToken.id, ApiToken.person_id, ApiToken.expires_at, ApiToken.used_at, Person.name)
    .join(Person, Person.id == ApiToken.person_id)
    .where(ApiToken.token_sha == bindparam("sha"), ApiToken.revoked_at.is_(None))
    .where(ApiToken.expires_at > bindparam("now"), Person.erased_at.is_(None))
)


@transaction
def create(person_id: int, name: str, *, lives: timedelta, now: datetime) -> str:
    """A new token that acts as this person; it is told once and only its SHA-256 is kept.

    `name` says what it is for. Raises `NotFound`, Problem `text_too_long`, `text_unreadable`.
    """
    person = db.session.get(Person, person_id)
    if person is None or person.erased_at is not None:
        raise NotFound("person")
    token = secrets.token_urlsafe(32)
    kept = ApiToken(
        person_id=person_id,
        name=clean_text(name, LONGEST_NAME),
        token_sha=_sha(token),
        created_at=now,
        expires_at=now + lives,
    )
    db.session.add(kept)
    db.session.flush()
    audit.note("token.create", "person", person_id, by=None, at=now, token=kept.id)
    return token


def recognise(token: str, now: datetime) -> AnyRow | None:
    """Whom a token stands for, if it is one of ours, in force, and not revoked."""
    row = ask(_BY_SHA, {"sha": _sha(token), "now": now}).first()
    if row is not None and (row.used_at is None or now - row.used_at >= _NOTED_EVERY):
        _note_use(row.id, now)
    return row


@transaction
def _note_use(token_id: int, now: datetime) -> None:
    db.session.execute(update(ApiToken).where(ApiToken.id == token_id).values(used_at=now))


@transaction
def revoke(token_id: int, *, now: datetime) -> None:
    """End a token at once; ending it again changes nothing. Raises `NotFound`."""
    token = db.session.get(ApiToken, token_id)
    if token is None:
        raise NotFound("token")
    if token.revoked_at is None:
        token.revoked_at = now
        audit.note("token.revoke", "person", token.person_id, by=None, at=now, token=token.id)


def in_force(now: datetime) -> Sequence[ApiToken]:
    """The tokens that work now, with whom they stand for, oldest first."""
    return db.session.scalars(
        select(ApiToken)
        .where(ApiToken.revoked_at.is_(None), ApiToken.expires_at > now)
        .options(joinedload(ApiToken.person))
        .order_by(ApiToken.id)
    ).all()


def _sha(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
