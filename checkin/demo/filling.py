"""Filling a database with the demo, once; and keeping today's shifts around the present hour."""

from datetime import datetime
from random import Random

from sqlalchemy import select

from checkin.database import db, transaction
from checkin.demo import season as past
from checkin.demo import today
from checkin.demo.facts import season
from checkin.demo.organisation import Organisation, found
from checkin.domain.errors import Problem
from checkin.models import AuditEntry, Person
from checkin.operations import audit

_SEED = 1442
"""The same people and shifts in every demo."""
_SEALED_AT_ONCE = 5000


def fill(now: datetime, *, with_season: bool = True) -> bool:
    """Make the demo where it is missing, and shifts that run now; whether anything was made.

    Raises Problem `not_empty` for a database that holds somebody's real records.
    """
    made = today.refresh(organisation() or _make(now, with_season), now)
    while made and audit.seal(_SEALED_AT_ONCE):
        pass
    return made


def organisation() -> Organisation | None:
    """What the demo made in this database; nothing where there is no demo."""
    told = db.session.scalar(
        select(AuditEntry.facts).where(AuditEntry.thing == "demo", AuditEntry.act == "demo.fill")
    )
    return Organisation.from_facts(told) if told else None


@transaction
def _make(now: datetime, with_season: bool) -> Organisation:
    if (before := organisation()) is not None:
        return before  # somebody else was faster
    if db.session.scalar(select(Person.id).limit(1)) is not None:
        raise Problem("not_empty")
    random = Random(_SEED)
    made, volunteers = found(random)
    if with_season:
        past.write(season(), made, volunteers, random)
    audit.note("demo.fill", "demo", None, by=None, at=now, **made.as_facts())
    return made
