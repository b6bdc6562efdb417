"""Signing a new phone in without a message: a supervisor shows a code, good once, ten minutes."""

import hashlib
import hmac
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from checkin.database import db, transaction
from checkin.domain.codes import CODE_LENGTH, encode, read_code, read_typed
from checkin.domain.errors import NotFound, Problem
from checkin.models import Enrolment, Person
from checkin.operations import audit, devices, limits, messages, settings
from checkin.operations.accounts.registration import Opened
from checkin.operations.identity import living
from checkin.operations.keys import key_for, keys_for

LIVES = timedelta(minutes=10)
TYPED_LENGTH = 8
"""The end of the code, for typing: 40 bits, and few are alive at once."""
PER_SUPERVISOR = 120
"""Codes one person may make in an hour: a bus of new volunteers."""
TRIES = 60
"""Codes that may be typed from one address, a whole site's, in a quarter of an hour."""


@transaction
def make_enrolment(person_id: int, *, by: int, now: datetime) -> Enrolment:
    """A code for this person's new phone; whatever code they had before ends.

    Raises Problem `own_enrolment`, `too_many` (fact `seconds`), `NotFound`.
    """
    if person_id == by:
        raise Problem("own_enrolment")
    person = select(Person.id).where(Person.id == person_id, living())
    if db.session.scalar(person.with_for_update()) is None:
        raise NotFound("person")
    before = _end_others(person_id, by, now)
    if before is not None:
        return before
    limits.take(f"enrol-by:{by}", PER_SUPERVISOR, timedelta(hours=1), now)
    made = Enrolment(person_id=person_id, created_by_id=by, created_at=now, expires_at=now + LIVES)
    made.code_sha = _sha(typed_part(_code(made, key_for("enrolment"))))
    db.session.add(made)
    db.session.flush()
    audit.note("account.enrolment", "person", person_id, by=by, at=now, enrolment=made.id)
    return made


def _end_others(person_id: int, by: int, now: datetime) -> Enrolment | None:
    """End what was made before; one made by the same press a moment ago is the one wanted."""
    alive = db.session.scalars(
        select(Enrolment)
        .where(Enrolment.person_id == person_id, Enrolment.used_at.is_(None))
        .where(Enrolment.expires_at > now)
    )
    twin = None
    for one in alive:
        if one.created_by_id == by and now - one.created_at < timedelta(seconds=2):
            twin = one
        else:
            one.expires_at = now
    return twin


# --- codes ---------------------------------------------------------------------------------


def enrolment_code(enrolment: Enrolment) -> str | None:
    """The 26 characters in the picture; made anew from a key, for no column holds them."""
    for key in keys_for("enrolment"):
        code = _code(enrolment, key)
        if hmac.compare_digest(_sha(typed_part(code), key), enrolment.code_sha):
            return code
    return None


def _code(enrolment: Enrolment, key: bytes) -> str:
    facts = (enrolment.person_id, enrolment.created_by_id, enrolment.created_at.isoformat())
    made = hmac.new(key, f"code|{facts}".encode(), hashlib.sha256).digest()
    return encode(int.from_bytes(made[:16], "big"), CODE_LENGTH)


def typed_part(code: str) -> str:
    """The end of a code, for typing where no camera helps."""
    return code[-TYPED_LENGTH:]


def _sha(typed: str, key: bytes | None = None) -> str:
    """Keyed, because forty bits are tried in an hour against a plain hash."""
    key = key or key_for("enrolment")
    return hmac.new(key, f"typed|{typed}".encode(), hashlib.sha256).hexdigest()


# --- the supervisor's side -----------------------------------------------------------------


def own_enrolment(enrolment_id: int, by: int) -> Enrolment:
    """A code this person made, with whom it is for; nobody else sees it."""
    found = db.session.scalar(
        select(Enrolment)
        .where(Enrolment.id == enrolment_id, Enrolment.created_by_id == by)
        .options(joinedload(Enrolment.person))
    )
    if found is None:
        raise NotFound("enrolment")
    return found


# --- the new phone's side ------------------------------------------------------------------


def enrolled_person(text: str, now: datetime) -> Person:
    """Whose phone this becomes; raises Problem `enrolment_over` for a code that is none, used,
    or too late, all alike."""
    return _alive(text, now).person


def enrolment_typed(text: str, *, address: str, now: datetime) -> str:
    """The whole code of one that was typed.

    Raises Problem `enrolment_over`, and `too_many` (fact `seconds`) after many tries from one
    address; a code read by a camera is never refused for that.
    """
    limits.take(f"enrol-from:{address}", TRIES, timedelta(minutes=15), now)
    typed = read_typed(text, TYPED_LENGTH)
    code = enrolment_code(_found(typed, now)) if typed else None
    if code is None:
        raise Problem("enrolment_over")
    return code


@transaction
def enrol(text: str, *, label: str, language: str, now: datetime) -> tuple[int, Opened]:
    """Use the code: the person's id, and their phone signed in. Problem `enrolment_over`.

    The person is told by a message to the mobile they had, so that a stranger's phone is noticed.
    """
    enrolment = _alive(text, now)
    used = db.session.execute(
        update(Enrolment)
        .where(Enrolment.id == enrolment.id, Enrolment.used_at.is_(None))
        .values(used_at=now)
        .returning(Enrolment.person_id)
    ).first()
    if used is None:
        raise Problem("enrolment_over")
    person = enrolment.person
    kept = settings.period("device_days")
    device_id, cookie = devices.remember(person.id, "phone", label, lifetime=kept, now=now)
    enrolment.device_id = device_id
    audit.note(
        "account.sign_in",
        "person",
        person.id,
        by=person.id,
        at=now,
        device=device_id,
        how="enrolled",
        enrolment=enrolment.id,
        vouched_by=enrolment.created_by_id,
    )
    if person.mobile:
        _tell(person.mobile, enrolment.id, language, now)
    return person.id, Opened(device_id, cookie, now + kept)


def _tell(mobile: str, enrolment_id: int, language: str, now: datetime) -> None:
    """A notice is worth a message, but never worth refusing somebody at the gate."""
    facts = {"at": now.isoformat()}
    try:
        with db.session.begin_nested():
            messages.queue(
                f"new_phone:{enrolment_id}", "new_phone", mobile, facts, language=language, now=now
            )
    except Problem:
        pass


def _alive(text: str, now: datetime) -> Enrolment:
    code = read_code(text)
    found = _found(typed_part(code), now) if code else None
    if code is None or found is None or not hmac.compare_digest(enrolment_code(found) or "", code):
        raise Problem("enrolment_over")
    return found


def _found(typed: str, now: datetime) -> Enrolment:
    hashes = [_sha(typed, key) for key in keys_for("enrolment")]
    found = db.session.scalar(
        select(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.code_sha.in_(hashes), Enrolment.used_at.is_(None))
        .where(Enrolment.expires_at > now, living())
        .options(joinedload(Enrolment.person))
    )
    if found is None:
        raise Problem("enrolment_over")
    return found
