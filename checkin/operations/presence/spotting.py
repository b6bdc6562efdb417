"""The spot check: the server picks three names, and somebody says whether they are there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random, SystemRandom

from sqlalchemy import select

from checkin.database import AnyRow, db, transaction
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.models import Attendance, AuditEntry, Person, Sighting
from checkin.operations import audit
from checkin.operations.permissions import Reach, attendances_within
from checkin.operations.presence.calling import Look, keep_look
from checkin.operations.presence.here import open_at
from checkin.operations.presence.seeing import SPOT, latest_looks

NAMES = 3
ASKED_FOR = timedelta(hours=1)
"""Names drawn longer ago are not asked for any more."""
_DRAWN = "spot_check_drawn"


@dataclass(frozen=True, slots=True)
class Asked:
    """One of the names, and what was said about it since."""

    row: AnyRow
    """`id`, `state`, `shift_id`, `in_at`, `out_at`, `volunteer_id`, `name`, `mobile`."""
    look: AnyRow | None = None


@dataclass(frozen=True, slots=True)
class Draw:
    """The names drawn at one instant."""

    at: datetime
    asked: Sequence[Asked]

    @property
    def is_answered(self) -> bool:
        return all(one.look is not None for one in self.asked)


@transaction
def draw(
    site_id: int, *, reach: Reach, by: int, now: datetime, random: Random | None = None
) -> None:
    """Draw three of those who are in, never the same three twice in a row if there are others.

    Nobody is drawn to be looked for by themselves. Raises Problem `nobody_to_draw`.
    """
    others = open_at(site_id, reach, now).where(Attendance.volunteer_id != by)
    ids = db.session.scalars(others.with_only_columns(Attendance.id).order_by(Attendance.id)).all()
    if not ids:
        raise Problem("nobody_to_draw")
    entry = _latest(site_id, now)
    before = entry.facts["attendance_ids"] if entry else []
    drawn = _other_than(before, list(ids), random or SystemRandom())
    audit.note(_DRAWN, "site", site_id, by=by, at=now, attendance_ids=drawn)


def draw_at(site_id: int, reach: Reach, now: datetime) -> Draw | None:
    """The latest names drawn at a site, while they are asked for."""
    entry = _latest(site_id, now)
    if entry is None or entry.at <= now - ASKED_FOR:
        return None
    a, ids = Attendance, entry.facts["attendance_ids"]
    rows = db.session.execute(
        attendances_within(reach)
        .join(Person, Person.id == a.volunteer_id)
        .with_only_columns(
            *(a.id, a.state, a.shift_id, a.in_at, a.out_at, a.volunteer_id),
            *(Person.name, Person.mobile),
        )
        .where(a.id.in_(ids), a.site_id == site_id)
        .order_by(Person.name_folded, Person.id)
    ).all()
    s = Sighting
    looks = latest_looks(s.attendance_id.in_(ids), s.kind == SPOT, s.at >= entry.at)
    return Draw(entry.at, [Asked(row, looks.get(row.id)) for row in rows])


@transaction
def answer(
    uid: str,
    site_id: int,
    attendance_id: int,
    *,
    was_seen: bool,
    reach: Reach,
    by: int,
    now: datetime,
) -> Sighting:
    """Say whether somebody drawn is there; the latest answer counts, sent twice it is one.

    Raises Problem `not_drawn`, `look_at_oneself`, `Conflict("look_reused")`, and `NotFound` for a
    record that is not at this site or out of reach.
    """
    kept = db.session.scalar(select(Sighting).where(Sighting.sighting_uid == uid))
    if kept is not None:
        if (kept.attendance_id, kept.was_seen, kept.seen_by_id) != (attendance_id, was_seen, by):
            raise Conflict("look_reused")
        return kept
    person_id = _drawn(site_id, attendance_id, reach, now)
    if person_id == by:
        raise Problem("look_at_oneself")
    look = Look(uid, site_id, person_id, was_seen)
    sighting = keep_look(uid, SPOT, attendance_id, look, by=by, at=now, now=now)
    act = "spot_seen" if was_seen else "spot_not_seen"
    audit.note(act, "attendance", attendance_id, by=by, at=now)
    return sighting


def _drawn(site_id: int, attendance_id: int, reach: Reach, now: datetime) -> int:
    """Whose record it is, when it was drawn."""
    a = Attendance
    within = attendances_within(reach).where(a.id == attendance_id, a.site_id == site_id)
    person_id: int | None = db.session.scalar(within.with_only_columns(a.volunteer_id))
    if person_id is None:
        raise NotFound("attendance")
    drawn = draw_at(site_id, reach, now)
    if drawn is None or attendance_id not in [one.row.id for one in drawn.asked]:
        raise Problem("not_drawn")
    return person_id


def _latest(site_id: int, now: datetime) -> AuditEntry | None:
    e = AuditEntry
    return db.session.scalar(
        select(e)
        .where(e.thing == "site", e.thing_id == site_id, e.act == _DRAWN, e.at <= now)
        .order_by(e.at.desc(), e.id.desc())
        .limit(1)
    )


def _other_than(before: Sequence[int], ids: list[int], random: Random) -> list[int]:
    """Three at random; when they are the three of before, one of them makes room for another."""
    drawn = random.sample(ids, min(NAMES, len(ids)))
    rest = sorted(set(ids) - set(drawn))
    if set(drawn) == set(before) and rest:
        drawn[random.randrange(len(drawn))] = random.choice(rest)
    return sorted(drawn)
