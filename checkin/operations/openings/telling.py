"""Telling people in the outbox: a seat that became free or was taken away, a shift that moved or is
called off."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from checkin.database import AnyRow, db, transaction
from checkin.domain.errors import Problem
from checkin.models import Assignment, Attendance, Opportunity, Person, Shift, Site
from checkin.operations import messages
from checkin.operations.identity import living

SEAT_GIVEN, TAKEN_OFF, MOVED, CANCELLED, RESTORED = (
    "seat_given",
    "taken_off",
    "shift_moved",
    "shift_called_off",
    "shift_restored",
)
"""The templates."""
LIFETIME = timedelta(hours=12)
_NOT_COMING = ("cancelled", "rejected", "voided")


def seats_given(shift_id: int, person_ids: Collection[int], now: datetime) -> int:
    """Those who waited have a seat now; how many could be told."""
    wanted = Assignment.person_id.in_(list(person_ids))
    people = _expected(shift_id, wanted)
    return _tell(SEAT_GIVEN, _shift(shift_id), people, now, about=int(now.timestamp()))


def taken_off(shift_id: int, people: Sequence[AnyRow], now: datetime) -> int:
    """Who was on the list and is not any more learns it; how many could be told."""
    return _tell(TAKEN_OFF, _shift(shift_id), people, now, about=int(now.timestamp()))


@transaction
def moved(shift_id: int, now: datetime) -> int:
    """Everybody expected or waiting learns the new time and place; how many could be told."""
    shift = _shift(shift_id)
    return _tell(MOVED, shift, _expected(shift_id), now, about=shift.row_version)


@transaction
def cancelled(shift_id: int, now: datetime) -> int:
    """Everybody expected or waiting learns that it does not take place; how many could be told."""
    shift = _shift(shift_id)
    return _tell(CANCELLED, shift, _expected(shift_id), now, about=shift.row_version)


@transaction
def restored(shift_id: int, now: datetime) -> int:
    """Who was told that it does not take place learns that it does; how many could be told."""
    shift = _shift(shift_id)
    return _tell(RESTORED, shift, _expected(shift_id), now, about=shift.row_version)


def affected(shift_id: int, person_id: int | None = None) -> Sequence[AnyRow]:
    """Who is told when the shift is moved or called off: `name`, `mobile`, `how`, by name.

    Not who has come already: they are there, and their record stays. Of one person alone where
    one is named.
    """
    return _expected(shift_id, None if person_id is None else Assignment.person_id == person_id)


def _expected(shift_id: int, which: Any = None) -> Sequence[AnyRow]:
    a, p = Assignment, Person
    came = select(Attendance.volunteer_id).where(
        Attendance.shift_id == shift_id, Attendance.state.not_in(_NOT_COMING)
    )
    query = (
        select(p.id, p.name, p.mobile, a.how, messages.language_last_used().label("language"))
        .join(a, a.person_id == p.id)
        .where(a.shift_id == shift_id, living(), p.id.not_in(came))
        .order_by(p.name_folded, p.id)
    )
    return db.session.execute(query if which is None else query.where(which)).all()


def _tell(
    template: str, shift: AnyRow, people: Sequence[AnyRow], now: datetime, *, about: int
) -> int:
    """One message each, never twice `about` the same; none about a draft or what is over.

    Messages that are spent for today stop nothing: the pages say the same.
    """
    if shift.is_draft or shift.ends_at <= now:
        return 0
    told = 0
    for person in people:
        if person.mobile is None:
            continue
        if not _queue(f"{template}:{shift.id}:{person.id}:{about}", template, shift, person, now):
            break
        told += 1
    return told


def _shift(shift_id: int) -> AnyRow:
    return db.session.execute(
        select(
            *(Shift.id, Shift.starts_at, Shift.ends_at, Shift.is_draft, Shift.row_version),
            *(Site.name_ar, Site.name_en, Site.zone),
            Opportunity.name_ar.label("call_ar"),
            Opportunity.name_en.label("call_en"),
        )
        .join(Site, Site.id == Shift.site_id)
        .join(Opportunity, Opportunity.id == Shift.opportunity_id)
        .where(Shift.id == shift_id)
    ).one()


def _queue(once: str, template: str, shift: AnyRow, person: AnyRow, now: datetime) -> bool:
    try:
        with db.session.begin_nested():
            messages.queue(
                once,
                template,
                person.mobile,
                facts_of(shift),
                language=person.language or "ar",
                now=now,
                lifetime=min(LIFETIME, shift.ends_at - now),
            )
    except Problem:  # the day's messages are spent, which has been said in the log
        return False
    return True


def facts_of(shift: AnyRow) -> dict[str, str]:
    """What a message says about a shift, as it is planned now."""
    return {
        "call_ar": shift.call_ar,
        "call_en": shift.call_en or shift.call_ar,
        "site_ar": shift.name_ar,
        "site_en": shift.name_en or shift.name_ar,
        "zone": shift.zone,
        "starts_at": shift.starts_at.isoformat(),
        "ends_at": shift.ends_at.isoformat(),
    }
