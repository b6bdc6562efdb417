"""A minor takes part once the guardian has agreed: by a code (or in front of a coordinator)."""

from datetime import datetime

from sqlalchemy import select, update

from checkin.database import AnyRow, db, transaction
from checkin.domain.errors import NotFound, Problem
from checkin.models import Person
from checkin.operations import audit
from checkin.operations.accounts.codes import prove_mobile, request_code
from checkin.operations.identity import living


def awaits_guardian(person_id: int) -> str | None:
    """The mobile of the guardian whose consent is missing; nothing when none is needed."""
    p = Person
    mobile: str | None = db.session.scalar(
        select(p.guardian_mobile).where(
            p.id == person_id, p.is_minor, p.guardian_consented_at.is_(None)
        )
    )
    return mobile


def request_guardian_code(person_id: int, *, address: str, language: str, now: datetime) -> str:
    """Send the guardian a code to pass on; limits and Problems as for `request_code`.

    Raises Problem `guardian_same` when the guardian's mobile is the minor's own: a code there
    would prove nothing, so a coordinator has to record the consent.
    """
    minor = _minor(person_id)
    if minor.guardian_mobile == minor.mobile:
        raise Problem("guardian_same")
    return request_code(
        minor.guardian_mobile,
        visitor=_binding(person_id),
        address=address,
        language=language,
        now=now,
        template="guardian_code",
        known=True,
    )


@transaction
def change_guardian_mobile(person_id: int, mobile: str, *, now: datetime) -> None:
    """Another number for the guardian, while the consent is missing; `guardian_own` if it is
    the minor's."""
    minor = _minor(person_id)
    if mobile == minor.mobile:
        raise Problem("guardian_own")
    db.session.execute(update(Person).where(Person.id == person_id).values(guardian_mobile=mobile))
    audit.note("person.guardian_mobile", "person", person_id, by=person_id, at=now)


def prove_guardian(person_id: int, typed: str, *, now: datetime) -> None:
    """Take the guardian's code for the guardian's consent; Problems as for `prove_mobile`."""
    minor = _minor(person_id)
    prove_mobile(minor.guardian_mobile, typed, visitor=_binding(person_id), now=now)
    _consent(person_id, now)


@transaction
def _consent(person_id: int, now: datetime) -> None:
    changed = db.session.execute(
        update(Person)
        .where(Person.id == person_id, Person.guardian_consented_at.is_(None))
        .values(guardian_consented_at=now)
        .returning(Person.id)
    ).first()
    if changed:
        audit.note("person.guardian_consent", "person", person_id, by=person_id, at=now)


def _minor(person_id: int) -> AnyRow:
    p = Person
    minor = db.session.execute(
        select(p.id, p.mobile, p.guardian_mobile).where(
            *(p.id == person_id, p.is_minor, p.guardian_consented_at.is_(None)),
            *(p.guardian_mobile.is_not(None), living()),
        )
    ).first()
    if minor is None:
        raise NotFound("person")
    return minor


def _binding(person_id: int) -> str:
    """A guardian's code belongs to one minor and can never open an account."""
    return f"guardian-of:{person_id}"
