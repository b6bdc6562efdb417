"""The head count: how many somebody counted, beside how many were checked in at that instant."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select

from checkin.database import AnyRow, db, transaction
from checkin.domain.errors import Conflict
from checkin.models import Attendance, HeadCount, Person
from checkin.operations import audit, groups
from checkin.operations.permissions import Reach
from checkin.operations.presence.here import open_at

SHOWN_FOR = timedelta(hours=12)


@transaction
def count(
    uid: str, site_id: int, counted: int, *, reach: Reach, by: int, now: datetime
) -> HeadCount:
    """Keep a count beside the list within reach; sent twice it is one.

    Raises `Conflict("count_reused")` when the same id comes back with another number.
    """
    kept = db.session.scalar(select(HeadCount).where(HeadCount.count_uid == uid))
    if kept is not None:
        if (kept.site_id, kept.counted, kept.counted_by_id) != (site_id, counted, by):
            raise Conflict("count_reused")
        return kept
    made = HeadCount(
        count_uid=uid,
        site_id=site_id,
        counted=counted,
        listed=_listed(site_id, reach, now, by),
        counted_by_id=by,
        at=now,
        received_at=now,
    )
    db.session.add(made)
    db.session.flush()
    facts = {"counted": made.counted, "listed": made.listed}
    audit.note("heads_counted", "site", site_id, by=by, at=now, **facts)
    return made


def counts_at(site_id: int, now: datetime, most: int = 5) -> Sequence[AnyRow]:
    """The newest counts at a site, with who counted."""
    h = HeadCount
    return db.session.execute(
        select(h.count_uid, h.counted, h.listed, h.at, h.counted_by_id, Person.name)
        .join(Person, Person.id == h.counted_by_id)
        .where(h.site_id == site_id, h.at > now - SHOWN_FOR, h.at <= now)
        .order_by(h.at.desc(), h.id.desc())
        .limit(most)
    ).all()


def _listed(site_id: int, reach: Reach, now: datetime, by: int) -> int:
    """Whoever counts does not count themselves; who came with a group stands there as a number."""
    others = open_at(site_id, reach, now).where(Attendance.volunteer_id != by)
    people = db.session.scalar(others.with_only_columns(func.count())) or 0
    return people + groups.uncounted_on_site(site_id, reach, now)
