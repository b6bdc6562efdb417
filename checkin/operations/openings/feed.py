"""One's own calendar: a secret address that other programs ask for the shifts behind it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from checkin.database import db, transaction
from checkin.domain.codes import new_code, read_code
from checkin.domain.errors import NotFound
from checkin.models import Assignment, Opportunity, Person, Shift
from checkin.operations import audit
from checkin.operations.identity import living

KEPT = timedelta(days=30)
"""A shift that is over stays so long in the calendar."""
MOST = 500


def code_of(person_id: int) -> str | None:
    """The secret in the address of this person's calendar, where they have made one."""
    return db.session.scalar(select(Person.feed_code).where(Person.id == person_id))


@transaction
def renew(person_id: int, *, now: datetime) -> str:
    """A new secret; whoever has the one before sees nothing any more."""
    code = new_code()
    db.session.execute(update(Person).where(Person.id == person_id).values(feed_code=code))
    audit.note("calendar.renew", "person", person_id, by=person_id, at=now)
    return code


@transaction
def stop(person_id: int, *, now: datetime) -> None:
    """There is no such calendar any more; without one nothing changes."""
    ending = update(Person).where(Person.id == person_id, Person.feed_code.is_not(None))
    done = db.session.execute(ending.values(feed_code=None).returning(Person.id)).first()
    if done is not None:
        audit.note("calendar.stop", "person", person_id, by=person_id, at=now)


def shifts_behind(typed: str, now: datetime) -> Sequence[Assignment]:
    """The shifts this address is about, cancelled ones too, the oldest first; NotFound."""
    code = read_code(typed)
    owner = select(Person.id).where(Person.feed_code == code, living())
    person_id = db.session.scalar(owner) if code else None
    if person_id is None:
        raise NotFound("calendar")
    a, s = Assignment, Shift
    shift = joinedload(a.shift)
    return db.session.scalars(
        select(a)
        .join(s, s.id == a.shift_id)
        .where(a.person_id == person_id, s.is_draft.is_(False), s.ends_at > now - KEPT)
        .options(
            *(shift.joinedload(s.site), shift.joinedload(s.lane)),
            shift.joinedload(s.opportunity).joinedload(Opportunity.service),
        )
        .order_by(s.starts_at, a.id)
        .limit(MOST)
    ).all()
