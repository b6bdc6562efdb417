"""Everybody who is checked in at a site now, and who of them the roll call has seen."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import joinedload

from checkin.database import AnyRow, db
from checkin.models import Attendance, AuditEntry, Person, Shift, Sighting, Site
from checkin.operations.groups import Standing
from checkin.operations.groups import on_site as groups_on_site
from checkin.operations.permissions import Reach, attendances_within
from checkin.operations.presence.seeing import ROLL, latest_looks
from checkin.operations.returned import returned_at

CALL_LASTS = timedelta(hours=3)
"""A roll call begun longer ago says nothing about now."""
ONE_CALL = timedelta(minutes=1)
"""Two tablets that begin within this time of each other mean the same call."""
CALL_BEGUN = "roll_call_begun"


@dataclass(frozen=True, slots=True)
class Present:
    """One person who is in: the open attendance, and the latest look of this roll call."""

    row: AnyRow
    """`id`, `shift_id`, `in_at`, `volunteer_id`, `name`, `mobile`."""
    look: AnyRow | None = None

    @property
    def is_seen(self) -> bool:
        return self.look is not None and bool(self.look.was_seen)


@dataclass(frozen=True, slots=True)
class OnSite:
    """A site at one instant, as far as somebody may see it."""

    people: list[Present]
    shifts: Sequence[Shift]
    """Those that people are in now, in the order of their beginnings."""
    begun_at: datetime | None
    """When the roll call that is under way began."""
    groups: Sequence[Standing] = field(default_factory=list)
    """Those that are here with people whom no list names."""

    def seen_by(self, person_id: int) -> int:
        """How many are accounted for when this person calls: themselves, and whom was seen."""
        return sum(one.is_seen or one.row.volunteer_id == person_id for one in self.people)


def on_site(site: Site, reach: Reach, now: datetime) -> OnSite:
    """Everybody who is in at this site, within reach, by name."""
    rows = db.session.execute(
        open_at(site.id, reach, now)
        .join(Person, Person.id == Attendance.volunteer_id)
        .with_only_columns(
            *(Attendance.id, Attendance.shift_id, Attendance.in_at, Attendance.volunteer_id),
            *(Person.name, Person.mobile),
        )
        .order_by(Person.name_folded, Person.id)
    ).all()
    begun_at = call_begun_at(site.id, now)
    looks = _looks([row.id for row in rows], begun_at)
    people = [Present(row, looks.get(row.id)) for row in rows]
    here = groups_on_site(site.id, reach, now)
    return OnSite(people, _shifts({row.shift_id for row in rows}), begun_at, here)


def open_at(site_id: int, reach: Reach, now: datetime) -> Select[Attendance]:
    """The attendances that are open at a site, within reach; and those decided already of whom
    has come back."""
    a, back = Attendance, list(returned_at([site_id], now))
    here = and_(a.state == "open", a.until_at > now)
    here = or_(here, a.id.in_(back)) if back else here
    return attendances_within(reach).where(a.site_id == site_id, here)


def call_begun_at(site_id: int, now: datetime) -> datetime | None:
    """When the call under way at a site began; the log itself remembers it."""
    e = AuditEntry
    beginnings = db.session.scalars(
        select(e.at)
        .where(e.thing == "site", e.thing_id == site_id, e.act == CALL_BEGUN)
        .where(e.at > now - CALL_LASTS, e.at <= now)
        .order_by(e.at.desc())
    ).all()
    for later, earlier in pairwise(beginnings):
        if later - earlier > ONE_CALL:
            return later
    return beginnings[-1] if beginnings else None


def _looks(attendance_ids: list[int], begun_at: datetime | None) -> dict[int, AnyRow]:
    if begun_at is None or not attendance_ids:
        return {}
    s = Sighting
    return latest_looks(s.attendance_id.in_(attendance_ids), s.kind == ROLL, s.at >= begun_at)


def _shifts(ids: set[int]) -> Sequence[Shift]:
    return db.session.scalars(
        select(Shift)
        .where(Shift.id.in_(ids))
        .options(joinedload(Shift.opportunity), joinedload(Shift.lane))
        .order_by(Shift.starts_at, Shift.id)
    ).all()
