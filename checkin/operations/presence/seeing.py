"""What was seen of somebody: the latest look counts, a tick taken back counts as no look."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from checkin.database import AnyRow, db
from checkin.models import Person, Sighting

ROLL, SPOT = "roll", "spot"


def latest_looks(*conditions: ColumnElement[bool]) -> dict[int, AnyRow]:
    """The latest of the sightings meant, by attendance, with the name of who looked."""
    s = Sighting
    newest = func.row_number().over(
        partition_by=s.attendance_id, order_by=(s.at.desc(), s.id.desc())
    )
    ranked = (
        select(s.attendance_id, s.kind, s.was_seen, s.at, s.seen_by_id, newest.label("place"))
        .where(*conditions)
        .subquery()
    )
    rows = db.session.execute(
        select(ranked, Person.name)
        .join(Person, Person.id == ranked.c.seen_by_id)
        .where(ranked.c.place == 1)
    )
    return {row.attendance_id: row for row in rows}


def last_seen(attendance_ids: Collection[int]) -> dict[int, AnyRow]:
    """The last look at each of these, for whoever decides: `kind`, `was_seen`, `at`, `name`.

    Not seen says only that somebody looked by chance and did not find them. A roll call says who
    was seen and nothing about the others: its ticks that were taken back are no looks at all.
    """
    meant = Sighting.attendance_id.in_(attendance_ids)
    spots = latest_looks(meant, Sighting.kind == SPOT)
    rolls = latest_looks(meant, Sighting.kind == ROLL)
    ticks = {id_: row for id_, row in rolls.items() if row.was_seen}
    return {id_: _later(ticks.get(id_), spots.get(id_)) for id_ in {*spots, *ticks}}


def _later(tick: AnyRow | None, spot: AnyRow | None) -> AnyRow:
    looks = [look for look in (tick, spot) if look is not None]
    return max(looks, key=_at)


def _at(look: AnyRow) -> datetime:
    at: datetime = look.at
    return at
