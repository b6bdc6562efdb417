"""Filling a database with the demo, once; and keeping today and the week to come believable."""

from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy import select

from checkin.database import db, transaction
from checkin.demo import association, goals, today, week
from checkin.demo import season as past
from checkin.demo.association import Progress
from checkin.demo.bulk import analyse
from checkin.demo.facts import facts, season
from checkin.demo.neighbourhoods import Scale
from checkin.demo.organisation import Organisation, found
from checkin.domain.errors import Problem
from checkin.models import AuditEntry, Person
from checkin.operations import audit, settings
from checkin.operations.figures import proof

_SEED = 1442
"""The same people and shifts in every demo."""
_SEALED_AT_ONCE = 5000


def quiet(_done: int) -> None:
    """Nobody watches."""


def fill(
    now: datetime, *, size: str = "season", scale: Scale | None = None, progress: Progress = quiet
) -> bool:
    """Make the demo where it is missing, and shifts that run now; whether anything was made.

    `size` is `today`, `season` or `association`; `scale` is for a smaller association. Raises
    Problem `not_empty` for a database that holds somebody's real records, and `half_filled` for
    one in which filling was interrupted.
    """
    made_before = organisation()
    demo = made_before or _make(now, size, scale, progress)
    # both, one after the other: what is planned makes room for what goes on now
    made = any([today.refresh(demo, now), week.refresh(demo, now)])
    if made and made_before is None:
        analyse()
        proof.recompute()
    while made and audit.seal(_SEALED_AT_ONCE):
        pass
    return made


def organisation() -> Organisation | None:
    """What the demo made in this database; nothing where there is no demo."""
    told = _noted("demo.fill")
    return Organisation.from_facts(told) if told else None


def _noted(act: str) -> Any:
    return db.session.scalar(
        select(AuditEntry.facts).where(AuditEntry.thing == "demo", AuditEntry.act == act)
    )


def _make(now: datetime, size: str, scale: Scale | None, progress: Progress) -> Organisation:
    random = Random(_SEED)
    made = _begin(now, random, size)
    if size == "association" and _noted("demo.fill") is None:
        association.write(made, scale or Scale.published(), now, random, progress)
        _note("demo.fill", made, now)
    return made


@transaction
def _begin(now: datetime, random: Random, size: str) -> Organisation:
    """The administration, with its season if that is the size; the association is not one
    transaction, so that it needs no room twice."""
    if (before := organisation()) is not None:
        return before  # somebody else was faster
    if _noted("demo.begin") is not None:
        raise Problem("half_filled")
    if db.session.scalar(select(Person.id).limit(1)) is not None:
        raise Problem("not_empty")
    made, volunteers = found(random)
    _name(made, size, now)
    if size == "season":
        past.write(season(), made, volunteers, random)
    goals.put(made, size, now)
    _note("demo.begin" if size == "association" else "demo.fill", made, now)
    return made


def _name(made: Organisation, size: str, now: datetime) -> None:
    """Whose name stands in the head of every page and on paper."""
    names = facts()["organisations"]["association" if size == "association" else "season"]
    named = {f"organisation_{language}": name for language, name in names.items()}
    settings.change(named, by=made.staff["majed"], now=now)


@transaction
def _note(act: str, made: Organisation, now: datetime) -> None:
    audit.note(act, "demo", None, by=None, at=now, **made.as_facts())
