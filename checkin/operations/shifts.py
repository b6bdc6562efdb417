"""Stretches of time that are planned: made, moved, cancelled, and shown week by week."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import joinedload

from checkin.database import AnyRow, db, transaction
from checkin.domain.days import local_day, local_time
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.domain.hours import MOST_MINUTES
from checkin.domain.prayer import LOOKED_AROUND, Anchor, End, day_of, span
from checkin.models import Assignment, Attendance, Lane, Opportunity, Person, Shift, Site
from checkin.models.attendance import DECIDED, UNDECIDED
from checkin.operations import audit, catalogue, months, openings, prayers
from checkin.operations.attendance import lock_volunteer
from checkin.operations.attendance.refolding import refold
from checkin.operations.figures import closed, rollup
from checkin.operations.openings import telling
from checkin.operations.permissions import Reach, shifts_within

MOST_REPEATS = 120
MOST_SEATS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftPlan:
    """What a coordinator says about a shift, in the site's local time.

    Each end is a time of the site's clock, or so many minutes from a prayer of the day. An end
    that is not after the start is on the next day.
    """

    opportunity_id: int
    site_id: int
    lane_id: int | None = None
    day: date
    starts: End
    ends: End
    seats: int

    def span(self, site: Site) -> tuple[datetime, datetime]:
        """Both ends in UTC; Problem `shift_too_long` (fact `hours`)."""
        ends = (self.starts, self.ends)
        if any(isinstance(one, Anchor) for one in ends):
            begin, end = prayers.span(self.day, *ends, site)
        else:
            begin, end = span(self.day, *ends, {}, site.zone)
        if end - begin > timedelta(minutes=MOST_MINUTES):
            raise Problem("shift_too_long", hours=MOST_MINUTES // 60)
        return begin, end


def plan_of(shift: Shift) -> ShiftPlan:
    """A shift as a coordinator would say it; its site is loaded."""
    starts, ends = ends_of(shift)
    day = shift.work_on
    if isinstance(starts, Anchor):
        around = LOOKED_AROUND
        table = prayers.of_days(day - around, day + around, shift.site)
        day = day_of(shift.starts_at, starts, day, table)
    return ShiftPlan(
        opportunity_id=shift.opportunity_id,
        site_id=shift.site_id,
        lane_id=shift.lane_id,
        day=day,
        starts=starts,
        ends=ends,
        seats=shift.seats,
    )


def ends_of(shift: Shift) -> tuple[End, End]:
    """How each end is said: by its prayer, or by the time the site's clock shows."""
    return ends_in(shift, shift.site.zone)


def ends_in(shift: Shift | AnyRow, zone: str) -> tuple[End, End]:
    """`ends_of` a shift, or a row with a shift's columns, at a site of this zone."""
    starts: End = local_time(shift.starts_at, zone).time()
    ends: End = local_time(shift.ends_at, zone).time()
    if shift.starts_prayer is not None and shift.starts_offset is not None:
        starts = Anchor(shift.starts_prayer, shift.starts_offset)
    if shift.ends_prayer is not None and shift.ends_offset is not None:
        ends = Anchor(shift.ends_prayer, shift.ends_offset)
    return starts, ends


def anchors(starts: End, ends: End) -> dict[str, Any]:
    """The columns that say by which prayers a shift or a template starts and ends."""
    columns: dict[str, Any] = {}
    for name, end in (("starts", starts), ("ends", ends)):
        anchor = end if isinstance(end, Anchor) else None
        columns[f"{name}_prayer"] = anchor and anchor.prayer
        columns[f"{name}_offset"] = anchor and anchor.offset
    return columns


# --- acts ----------------------------------------------------------------------------------


@transaction
def create(plan: ShiftPlan, *, by: int | None, now: datetime, days: int = 1) -> list[int]:
    """The ids of one shift on each of `days` days in a row; what `create_on` says holds."""
    if not 1 <= days <= MOST_REPEATS:
        raise Problem("repeats_out_of_range", most=MOST_REPEATS)
    in_a_row = [plan.day + timedelta(days=more) for more in range(days)]
    return create_on(plan, in_a_row, by=by, now=now)


@transaction
def create_on(
    plan: ShiftPlan,
    days: Sequence[date],
    *,
    by: int | None,
    now: datetime,
    is_draft: bool = False,
) -> list[int]:
    """The ids of one shift on each of these days.

    Problems: `shift_too_long`, `site_closed`, `opportunity_closed`, `lane_elsewhere`,
    `repeats_out_of_range` (fact `most`), `time_past` when one of them would be over already.
    Shifts may overlap; the pages show it.
    """
    if not 1 <= len(days) <= MOST_REPEATS:
        raise Problem("repeats_out_of_range", most=MOST_REPEATS)
    site = _usable(plan, opportunity_too=True)
    planned = [columns_of(replace(plan, day=day), site) for day in days]
    if any(is_over(columns, now) for columns in planned):
        raise Problem("time_past")
    return keep(planned, is_draft, by=by, now=now)


def keep(
    planned: Iterable[dict[str, Any]], is_draft: bool, *, by: int | None, now: datetime
) -> list[int]:
    """Store shifts whose columns are known to be right, each with its audit line."""
    made = [Shift(**columns, is_draft=is_draft) for columns in planned]
    db.session.add_all(made)
    db.session.flush()
    for shift in made:
        audit.note("shift.create", "shift", shift.id, by=by, at=now, site=shift.site_id)
    return [shift.id for shift in made]


@transaction
def change(shift_id: int, plan: ShiftPlan, *, row_version: int, by: int, now: datetime) -> int:
    """Move or correct a shift; undecided attendances are judged anew, decided ones stay.

    Those expected are told of another time or place, and who waits is moved up to new seats;
    how many could be told.

    Conflict `shift_changed` when somebody else changed it since `row_version`. Problems as
    `create`, and `shift_cancelled`, `shift_closed`, `shift_attended` (its opportunity and site
    are fixed once somebody came), `shift_decided` (its day is fixed once hours were decided),
    `shift_in_closed_month` (fact `month`; so are its lane and start then).
    Of a shift to come nobody could be told that it is over: `time_past`. One that is over can be
    corrected to what was; so can one that all expected came to and left, and one that has begun,
    on its day.
    """
    shift = catalogue.hold_shift(shift_id)
    if shift.row_version != row_version:
        raise Conflict("shift_changed")
    _refuse_settled(shift)
    site = _usable(plan, opportunity_too=plan.opportunity_id != shift.opportunity_id)
    values = columns_of(plan, site)
    changed = sorted(name for name, value in values.items() if getattr(shift, name) != value)
    if not changed:
        return 0
    states = _refuse_contradiction(shift_id, changed)
    _refuse_told(shift_id, changed)
    if _puts_in_the_past(shift, values, now) and not _all_left(shift_id, states):
        raise Problem("time_past")
    with _figures_in_step(shift_id, changed):
        _write(shift, {name: values[name] for name in changed})
        audit.note("shift.change", "shift", shift_id, by=by, at=now, changed=changed)
        if {"starts_at", "ends_at"} & set(changed):
            _judge_anew(shift_id, shift.work_on, now)
        if "seats" in changed:
            openings.move_up(shift_id, now)
        return telling.moved(shift_id, now) if set(_TOLD_OF) & set(changed) else 0


_TOLD_OF = ("starts_at", "ends_at", "site_id", "lane_id")


@transaction
def cancel(shift_id: int, *, by: int, now: datetime) -> int:
    """Nobody is expected any more, and those who were are told; who came keeps the record.

    How many could be told. Twice changes nothing.
    """
    shift = catalogue.hold_shift(shift_id)
    if shift.cancelled_at is not None:
        return 0
    _refuse_settled(shift)
    _write(shift, {"cancelled_at": now})
    audit.note("shift.cancel", "shift", shift_id, by=by, at=now)
    _judge_anew(shift_id, shift.work_on, now)
    return telling.cancelled(shift_id, now)


@transaction
def restore(shift_id: int, *, by: int, now: datetime) -> int:
    """Take a cancellation back and tell those who were told of it; how many could be told.

    Problem `shift_closed`.
    """
    shift = catalogue.hold_shift(shift_id)
    if shift.cancelled_at is None:
        return 0
    if shift.closed_at is not None:
        raise Problem("shift_closed")
    _write(shift, {"cancelled_at": None})
    audit.note("shift.restore", "shift", shift_id, by=by, at=now)
    _judge_anew(shift_id, shift.work_on, now)
    return telling.restored(shift_id, now)


def _refuse_settled(shift: Shift) -> None:
    if shift.cancelled_at is not None:
        raise Problem("shift_cancelled")
    if shift.closed_at is not None:
        raise Problem("shift_closed")


def _usable(plan: ShiftPlan, *, opportunity_too: bool) -> Site:
    """The site planned for; its lane is one of its own, and what is new is not closed."""
    site = catalogue.found(Site, plan.site_id)
    opportunity = catalogue.found(Opportunity, plan.opportunity_id)
    if site.closed_at is not None:
        raise Problem("site_closed")
    if opportunity_too and opportunity.closed_at is not None:
        raise Problem("opportunity_closed")
    if plan.lane_id is not None and catalogue.found(Lane, plan.lane_id).site_id != site.id:
        raise Problem("lane_elsewhere")
    return site


def columns_of(plan: ShiftPlan, site: Site) -> dict[str, Any]:
    starts_at, ends_at = plan.span(site)
    return {
        **anchors(plan.starts, plan.ends),
        "opportunity_id": plan.opportunity_id,
        "site_id": site.id,
        "lane_id": plan.lane_id,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "work_on": local_day(starts_at, site.zone),
        "seats": plan.seats,
    }


def is_over(columns: Mapping[str, Any], now: datetime) -> bool:
    """Whether a shift with these columns has ended."""
    return bool(columns["ends_at"] <= now)


def lies_ahead(plan: ShiftPlan, now: datetime) -> bool:
    """Whether a shift planned so would not be over yet; Problem `shift_too_long`."""
    return not is_over(columns_of(plan, catalogue.found(Site, plan.site_id)), now)


def _puts_in_the_past(shift: Shift, values: Mapping[str, Any], now: datetime) -> bool:
    """Whether what is not over yet would be, other than by ending earlier today."""
    ends_earlier = shift.starts_at <= now and values["work_on"] == shift.work_on
    return shift.ends_at > now and is_over(values, now) and not ends_earlier


def names_inside(shift_id: int, now: datetime) -> Sequence[str]:
    """Who is checked in on this shift now, by name."""
    a = Attendance
    return db.session.scalars(
        select(Person.name)
        .join(a, a.volunteer_id == Person.id)
        .where(a.shift_id == shift_id, a.state == "open", a.until_at > now)
        .order_by(Person.name_folded, Person.id)
    ).all()


def _figures_in_step(shift_id: int, changed: Collection[str]) -> AbstractContextManager[None]:
    """What was approved is laid over the hours of the day from the shift's start on, and is the
    lane's."""
    if not {"starts_at", "lane_id"} & set(changed):
        return nullcontext()
    return rollup.in_step(volunteer_ids=rollup.volunteers_on(shift_id))


def _all_left(shift_id: int, states: Collection[str]) -> bool:
    """Whether people came, all who are expected, and none of them is there still."""
    return bool(states) and "open" not in states and not telling.affected(shift_id)


def _refuse_contradiction(shift_id: int, changed: Collection[str]) -> set[str]:
    """What an attendance keeps a copy of, or was decided by, must not be pulled from under it.

    In which states the attendances are.
    """
    states = set(
        db.session.scalars(
            select(Attendance.state)
            .where(Attendance.shift_id == shift_id, Attendance.state != "cancelled")
            .distinct()
        )
    )
    if states and {"opportunity_id", "site_id"} & set(changed):
        raise Problem("shift_attended")
    if states & set(DECIDED) and "work_on" in changed:
        raise Problem("shift_decided")
    return states


def _refuse_told(shift_id: int, changed: Collection[str]) -> None:
    """Whatever figures tell by, of a closed month's hours, stays."""
    if not {"opportunity_id", "site_id", "lane_id", "starts_at"} & set(changed):
        return
    _lock_people(shift_id)  # before the months, as whatever decides about them does
    months.hold()
    for month in closed.months_told(Shift.id == shift_id)[:1]:
        raise Problem("shift_in_closed_month", month=month)


def _write(shift: Shift, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(shift, name, value)
    shift.row_version += 1
    db.session.flush()


def _judge_anew(shift_id: int, work_on: date, now: datetime) -> None:
    """Fold every undecided attendance of the shift under its volunteer's lock."""
    a = Attendance
    _lock_people(shift_id)
    undecided = (a.shift_id == shift_id, a.state.in_(UNDECIDED))
    db.session.execute(update(a).where(*undecided).values(work_on=work_on))
    for volunteer_id in db.session.scalars(
        select(a.volunteer_id).where(*undecided).order_by(a.volunteer_id)
    ).all():
        refold(lock_volunteer(volunteer_id), [], [shift_id], now).write()


def _lock_people(shift_id: int) -> None:
    """In order of id, those still expected too: a first check-in that is being judged by the old
    plan is waited for."""
    expected = select(Assignment.person_id).where(Assignment.shift_id == shift_id)
    came = select(Attendance.volunteer_id).where(Attendance.shift_id == shift_id)
    people = select(Person.id).where(or_(Person.id.in_(expected), Person.id.in_(came)))
    db.session.scalars(people.order_by(Person.id).with_for_update()).all()


# --- questions -----------------------------------------------------------------------------


def find(shift_id: int, reach: Reach) -> Shift:
    """The shift with its site, lane and opportunity, if this person may plan it; else NotFound."""
    query = shifts_within(reach, drafts_too=True).where(Shift.id == shift_id).options(*_SHOWN)
    shift = db.session.scalar(query.execution_options(populate_existing=True))
    if shift is None:
        raise NotFound("shift")
    return shift


_SHOWN = (
    joinedload(Shift.site),
    joinedload(Shift.lane),
    joinedload(Shift.opportunity).joinedload(Opportunity.service),
)


def of_days(
    first: date,
    last: date,
    reach: Reach,
    *,
    site_id: int | None = None,
    opportunity_id: int | None = None,
) -> Sequence[Shift]:
    """The shifts that start on these days, both included, in order of time."""
    within = shifts_within(reach, drafts_too=True).options(*_SHOWN)
    query = within.where(Shift.work_on.between(first, last))
    if site_id is not None:
        query = query.where(Shift.site_id == site_id)
    if opportunity_id is not None:
        query = query.where(Shift.opportunity_id == opportunity_id)
    return db.session.scalars(query.order_by(Shift.starts_at, Shift.site_id, Shift.id)).all()


def number_by_day(
    first: date, last: date, reach: Reach, *, site_id: int | None = None
) -> dict[date, int]:
    """How many shifts start on each of these days, where any do."""
    within = shifts_within(reach, drafts_too=True).where(Shift.work_on.between(first, last))
    if site_id is not None:
        within = within.where(Shift.site_id == site_id)
    query = within.with_only_columns(Shift.work_on, func.count()).group_by(Shift.work_on)
    return {row[0]: row[1] for row in db.session.execute(query)}


def of_opportunity(opportunity_id: int, reach: Reach, most: int = 100) -> Sequence[Shift]:
    """Its shifts, the latest first."""
    within = shifts_within(reach, drafts_too=True).options(*_SHOWN)
    query = within.where(Shift.opportunity_id == opportunity_id)
    return db.session.scalars(query.order_by(Shift.starts_at.desc(), Shift.id).limit(most)).all()


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many are expected at a shift, and how many came."""

    expected: int = 0
    came: int = 0


def numbers_of(shift_ids: Sequence[int]) -> dict[int, Numbers]:
    """For each shift; waiting list and taken-back check-ins not counted."""
    a = Attendance
    expected = _counts(
        select(Assignment.shift_id, func.count())
        .where(Assignment.shift_id.in_(shift_ids), Assignment.how != "waiting")
        .group_by(Assignment.shift_id)
    )
    came = _counts(
        select(a.shift_id, func.count())
        .where(a.shift_id.in_(shift_ids), a.state != "cancelled")
        .group_by(a.shift_id)
    )
    return {one: Numbers(expected.get(one, 0), came.get(one, 0)) for one in shift_ids}


def _counts(query: Any) -> dict[int, int]:
    return {row[0]: row[1] for row in db.session.execute(query)}


def beside(shift: Shift) -> Sequence[Shift]:
    """Other shifts in the same lane at the same time; a hint, never an obstacle."""
    if shift.lane_id is None or shift.cancelled_at is not None:
        return []
    return db.session.scalars(
        select(Shift)
        .where(Shift.lane_id == shift.lane_id, Shift.id != shift.id)
        .where(Shift.cancelled_at.is_(None))
        .where(Shift.starts_at < shift.ends_at, Shift.ends_at > shift.starts_at)
        .options(*_SHOWN)
        .order_by(Shift.starts_at)
    ).all()


def clashes(
    person_ids: Collection[int], starts_at: datetime, ends_at: datetime, but: int | None = None
) -> dict[int, AnyRow]:
    """The other shift each of these people is expected on at the same time.

    Rows of `person_id`, `shift_id`, `starts_at`, `ends_at`, and the site's names and zone.
    """
    rows = db.session.execute(
        select(
            *(Assignment.person_id, Shift.id.label("shift_id"), Shift.starts_at, Shift.ends_at),
            *(Site.name_ar, Site.name_en, Site.zone),
        )
        .join(Shift, Shift.id == Assignment.shift_id)
        .join(Site, Site.id == Shift.site_id)
        .where(Assignment.person_id.in_(person_ids), Assignment.how != "waiting")
        .where(Shift.cancelled_at.is_(None), Shift.id.is_distinct_from(but))
        .where(Shift.starts_at < ends_at, Shift.ends_at > starts_at)
        .order_by(Shift.starts_at.desc())
    )
    return {row.person_id: row for row in rows}
