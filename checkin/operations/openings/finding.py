"""What volunteers find: the published calls with shifts to come, and one's own places in them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased, joinedload

from checkin.database import AnyRow, db
from checkin.domain.errors import NotFound
from checkin.models import Assignment, Opportunity, Shift, Site

PER_PAGE = 15
DAYS_OFFERED = 14
MOST_SHIFTS = 40


@dataclass(frozen=True, slots=True)
class Opening:
    """A call that can be joined: when its next shift begins, where, and how many there are."""

    opportunity: Opportunity
    shifts: int
    next_at: datetime
    sites: tuple[Site, ...]
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Seat:
    """One shift to come, how full it is, and how the reader stands to it."""

    shift: Shift
    taken: int
    waiting: int
    how: str | None

    @property
    def free(self) -> int:
        return max(self.shift.seats - self.taken, 0)


def _coming(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Shifts that can still be joined; Opportunity is joined in the question."""
    s, o = Shift, Opportunity
    return (
        *(s.starts_at > now, s.is_draft.is_(False), s.cancelled_at.is_(None)),
        *(s.closed_at.is_(None), o.is_open.is_(True), o.closed_at.is_(None)),
    )


def page_of(
    number: int,
    now: datetime,
    *,
    day: date | None = None,
    site_id: int | None = None,
    type: str | None = None,
    person_id: int | None = None,
) -> tuple[list[Opening], int]:
    """One page of the calls that can be joined, the soonest first, and how many pages there are."""
    s, o = Shift, Opportunity
    found = select(o.id, func.count().label("shifts"), func.min(s.starts_at).label("next_at"))
    found = found.join(s, s.opportunity_id == o.id).where(*_coming(now)).group_by(o.id)
    for wanted, column in ((day, s.work_on), (site_id, s.site_id), (type, o.type)):
        if wanted is not None:
            found = found.where(column == wanted)
    total = db.session.scalar(select(func.count()).select_from(found.subquery())) or 0
    soonest = found.order_by("next_at", o.id).offset((number - 1) * PER_PAGE).limit(PER_PAGE)
    rows = db.session.execute(soonest).all()
    ids = [row.id for row in rows]
    calls, sites, mine = _calls(ids), _sites_of(ids, now), _own(ids, now, person_id)
    openings = [
        Opening(calls[row.id], row.shifts, row.next_at, tuple(sites[row.id]), row.id in mine)
        for row in rows
    ]
    return openings, max(-(-total // PER_PAGE), 1)


def _calls(ids: Collection[int]) -> dict[int, Opportunity]:
    query = select(Opportunity).where(Opportunity.id.in_(ids)).options(*_NAMED)
    return {one.id: one for one in db.session.scalars(query)}


_NAMED = (
    *(joinedload(Opportunity.service), joinedload(Opportunity.partner)),
    *(joinedload(Opportunity.campaign), joinedload(Opportunity.requires)),
)


def _sites_of(ids: Collection[int], now: datetime) -> dict[int, list[Site]]:
    # pairs of ids first: PostgreSQL cannot compare whole sites, whose windows are JSON
    pairs = (
        select(Shift.opportunity_id, Shift.site_id)
        .join(Opportunity, Opportunity.id == Shift.opportunity_id)
        .where(Shift.opportunity_id.in_(ids), *_coming(now))
        .distinct()
        .subquery()
    )
    rows = db.session.execute(
        select(pairs.c.opportunity_id, Site).join(Site, Site.id == pairs.c.site_id)
    )
    sites: dict[int, list[Site]] = {one: [] for one in ids}
    for row in rows:
        sites[row.opportunity_id].append(row.Site)
    return {one: sorted(several, key=lambda site: site.name_ar) for one, several in sites.items()}


def _own(ids: Collection[int], now: datetime, person_id: int | None) -> set[int]:
    if person_id is None:
        return set()
    return set(
        db.session.scalars(
            select(Shift.opportunity_id)
            .join(Assignment, Assignment.shift_id == Shift.id)
            .join(Opportunity, Opportunity.id == Shift.opportunity_id)
            .where(Shift.opportunity_id.in_(ids), Assignment.person_id == person_id, *_coming(now))
        )
    )


def days_offered(now: datetime) -> list[date]:
    """The next days on which something can be joined."""
    found = _over(select(Shift.work_on), now).group_by(Shift.work_on)
    return list(db.session.scalars(found.order_by(Shift.work_on).limit(DAYS_OFFERED)))


def sites_offered(now: datetime) -> Sequence[Site]:
    """Where something can be joined."""
    there = _over(select(Shift.site_id), now)
    return db.session.scalars(select(Site).where(Site.id.in_(there)).order_by(Site.name_ar)).all()


def _over(query: Select[Any], now: datetime) -> Select[Any]:
    return query.join(Opportunity, Opportunity.id == Shift.opportunity_id).where(*_coming(now))


def find(opportunity_id: int) -> Opportunity:
    """A call that volunteers join by themselves; NotFound for any other."""
    open_ones = (Opportunity.is_open.is_(True), Opportunity.closed_at.is_(None))
    query = select(Opportunity).where(Opportunity.id == opportunity_id, *open_ones)
    found = db.session.scalar(query.options(*_NAMED))
    if found is None:
        raise NotFound("opportunity")
    return found


def seats_of(opportunity_id: int, now: datetime, person_id: int | None = None) -> list[Seat]:
    """Its shifts to come, the soonest first."""
    query = _with_seats(person_id).join(Opportunity, Opportunity.id == Shift.opportunity_id)
    query = query.where(Shift.opportunity_id == opportunity_id, *_coming(now))
    return _seats(query.order_by(Shift.starts_at, Shift.id).limit(MOST_SHIFTS))


def seat_of(shift_id: int, person_id: int) -> Seat:
    """One shift as this person finds it, whatever became of it; NotFound for a draft."""
    found = _seats(_with_seats(person_id).where(Shift.id == shift_id, Shift.is_draft.is_(False)))
    if not found:
        raise NotFound("shift")
    return found[0]


def _with_seats(person_id: int | None) -> Select[Any]:
    own = select(Assignment.how).where(
        Assignment.shift_id == Shift.id, Assignment.person_id == person_id
    )
    return select(
        Shift,
        _counted(Assignment.how != "waiting").label("taken"),
        _counted(Assignment.how == "waiting").label("waiting"),
        own.scalar_subquery().label("how"),
    ).options(
        *(joinedload(Shift.site), joinedload(Shift.lane)),
        joinedload(Shift.opportunity).options(*_NAMED),
    )


def _counted(which: ColumnElement[bool]) -> Any:
    counting = select(func.count()).select_from(Assignment)
    return counting.where(Assignment.shift_id == Shift.id, which).scalar_subquery()


def _seats(query: Select[Any]) -> list[Seat]:
    rows: Sequence[AnyRow] = db.session.execute(query).all()
    return [Seat(row.Shift, row.taken, row.waiting, row.how) for row in rows]


def places_of(person_id: int, shift_ids: Collection[int]) -> dict[int, int]:
    """By shift on whose waiting list this person is: the place on it, counted from one."""
    a, before = Assignment, aliased(Assignment)
    rows = db.session.execute(
        select(a.shift_id, func.count(before.id))
        .join(before, (before.shift_id == a.shift_id) & (before.id <= a.id))
        .where(a.person_id == person_id, a.how == "waiting", before.how == "waiting")
        .where(a.shift_id.in_(shift_ids))
        .group_by(a.shift_id)
    )
    return {row[0]: row[1] for row in rows}
