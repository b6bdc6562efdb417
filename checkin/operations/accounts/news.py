"""Whether a person wants messages about their own hours; off until they say so."""

from datetime import datetime

from sqlalchemy import update

from checkin.database import db, transaction
from checkin.domain.errors import Problem
from checkin.models import Person
from checkin.operations import audit


@transaction
def want_news(person_id: int, now: datetime) -> None:
    """Send messages from now on. Raises Problem `no_mobile` where there is nowhere to send them."""
    wanting = update(Person).where(
        Person.id == person_id, Person.mobile.is_not(None), Person.news_wanted_at.is_(None)
    )
    done = db.session.execute(wanting.values(news_wanted_at=now).returning(Person.id)).first()
    if done is not None:
        audit.note("person.news_on", "person", person_id, by=person_id, at=now)
    elif db.session.get_one(Person, person_id).mobile is None:
        raise Problem("no_mobile")


@transaction
def stop_news(person_id: int, now: datetime) -> None:
    """Send none any more."""
    stopping = update(Person).where(Person.id == person_id, Person.news_wanted_at.is_not(None))
    done = db.session.execute(stopping.values(news_wanted_at=None).returning(Person.id)).first()
    if done is not None:
        audit.note("person.news_off", "person", person_id, by=person_id, at=now)
