"""Who belongs to which partner, from which day until which; today's partner is on the person."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import aliased

from checkin.database import AnyRow, db, transaction
from checkin.domain.days import local_day, month_of
from checkin.domain.errors import NotFound, Problem
from checkin.models import Attendance, Membership, Partner, Person
from checkin.operations import audit, months
from checkin.operations.figures import rollup
from checkin.operations.identity import living, rows_of

_DAY = timedelta(days=1)


@transaction
def set_partner(
    person_id: int, partner_id: int | None, from_on: date, *, by: int, now: datetime
) -> None:
    """Belong to this partner (or to none) from a day on; what was before ends the day before.

    An attendance counts for the partner its volunteer belonged to on its day, so those of
    `from_on` and later go along. A membership left without a day is removed. Saying what holds
    already changes nothing.

    Problems: `membership_ahead` (a day to come), `membership_overlaps` (they belonged to a
    partner on that day or later; fact `day`, the first that is free), `partner_closed`, and
    `month_closed` (fact `month`), for a closed month's figures stay as they are.
    """
    today = local_day(now)
    if from_on > today:
        raise Problem("membership_ahead")
    person, rows = _locked(person_id)
    if from_on < month_of(today):
        months.refuse_closed(from_on)
    if person.partner_id == partner_id:
        return
    if partner_id is not None:
        _refuse_closed(partner_id)
    before = person.partner_id
    _end_before(from_on, person_id)
    person.partner_id = partner_id
    if partner_id is not None:
        begin(person_id, partner_id, from_on)
    facts = {"before": before, "after": partner_id, "from_on": from_on.isoformat()}
    with rollup.in_step(volunteer_ids=rows):
        db.session.flush()
        moved = _take_along(rows, partner_id, from_on)
        audit.note("person.partner", "person", person_id, by=by, at=now, **facts, moved=moved)


def begin(person_id: int, partner_id: int, from_on: date) -> None:
    """The first membership of somebody who is just being entered, in the caller's transaction."""
    db.session.add(Membership(person_id=person_id, partner_id=partner_id, from_on=from_on))


def end_open(person_id: int, today: date) -> list[int]:
    """End what lasts, for a row that is merged; the ids. Its attendances stay as they are."""
    open_ = Membership.person_id == person_id, Membership.until_on.is_(None)
    ended = list(db.session.scalars(select(Membership).where(*open_)))
    for one in ended:
        one.until_on = max(today - _DAY, one.from_on)
    db.session.flush()
    return [one.id for one in ended]


def open_again(ids: Sequence[int], day: date) -> None:
    """What `end_open` ended on that day, if it is still their partner and nothing else lasts."""
    m, other = Membership, aliased(Membership)
    lasting = select(other.id).where(other.person_id == m.person_id, other.until_on.is_(None))
    ended = (
        select(m)
        .join(Person, Person.id == m.person_id)
        .where(m.id.in_(ids), Person.partner_id == m.partner_id, ~lasting.exists())
    )
    for one in db.session.scalars(ended):
        if one.until_on == max(day - _DAY, one.from_on):
            one.until_on = None
    db.session.flush()


def of_person(person_id: int) -> Sequence[AnyRow]:
    """`Membership` and its `Partner`, the latest first; also of rows that were merged into this."""
    return db.session.execute(
        select(Membership, Partner)
        .join(Partner, Partner.id == Membership.partner_id)
        .where(Membership.person_id.in_(rows_of(person_id)))
        .order_by(Membership.until_on.is_not(None), Membership.from_on.desc(), Membership.id.desc())
    ).all()


def _locked(person_id: int) -> tuple[Person, list[int]]:
    """The person, and all rows their history stands under; ours until the end."""
    query = select(Person).where(Person.id.in_(rows_of(person_id))).order_by(Person.id)
    query = query.with_for_update().execution_options(populate_existing=True)
    found = {row.id: row for row in db.session.scalars(query)}
    known = select(Person.id).where(Person.id == person_id, living())
    if db.session.scalar(known) is None:
        raise NotFound("person")
    return found[person_id], sorted(found)


def _refuse_closed(partner_id: int) -> None:
    partner = db.session.get(Partner, partner_id)
    if partner is None:
        raise NotFound("partner")
    if partner.closed_at is not None:
        raise Problem("partner_closed")


def _end_before(from_on: date, person_id: int) -> None:
    m = Membership
    lasting = or_(m.until_on.is_(None), m.until_on >= from_on)
    held = list(db.session.scalars(select(m).where(m.person_id == person_id, lasting)))
    barred = [one for one in held if one.from_on > from_on or _has_ended(one, from_on)]
    if barred:
        free = max(one.until_on + _DAY if one.until_on else one.from_on for one in barred)
        raise Problem("membership_overlaps", day=free)
    for one in held:
        if one.from_on == from_on:
            db.session.delete(one)
        else:
            one.until_on = from_on - _DAY
    db.session.flush()


def _has_ended(one: Membership, from_on: date) -> bool:
    """It is over; of no more than that one day it may be replaced."""
    return one.until_on is not None and (one.from_on, one.until_on) != (from_on, from_on)


def _take_along(rows: Sequence[int], partner_id: int | None, from_on: date) -> int:
    """How many attendances changed their partner."""
    a = Attendance
    moving = (
        update(a)
        .where(a.volunteer_id.in_(rows), a.work_on >= from_on)
        .where(a.partner_id.is_distinct_from(partner_id))
    )
    moved = db.session.scalars(moving.values(partner_id=partner_id).returning(a.id))
    return len(moved.all())
