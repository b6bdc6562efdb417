"""Reminders before a shift: the evening before, and two hours before, each once."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, cast, literal, select

from checkin.database import AnyRow, db
from checkin.domain.days import local_time
from checkin.domain.errors import Problem
from checkin.domain.quiet import is_quiet
from checkin.domain.welfare import NIGHT_BEGINS, NIGHT_ENDS
from checkin.models import Assignment, Attendance, Message, Opportunity, Person, Shift, Site
from checkin.operations import messages
from checkin.operations.identity import living
from checkin.operations.openings.telling import facts_of
from checkin.operations.prayers import quiet

EVENING, SOON = "shift_tomorrow", "shift_soon"
"""The templates, and the beginning of each message's name."""
EVENING_BEGINS, EVENING_ENDS = time(20, 0), NIGHT_BEGINS
"""By the site's clock; nobody is sent a reminder at night."""
AHEAD = timedelta(hours=2)
LATEST = timedelta(minutes=30)
"""Nearer to the start, a reminder comes too late to be one."""
BATCH = 500


def remind_coming(now: datetime) -> int:
    """Remind those who want messages of their shifts to come; how many were reminded.

    A site's quiet times are waited for, and what their end comes too late for is left out; whoever
    joined after a reminder was due has just read the same. Safe to run late, twice, or on two
    machines.
    """
    sent = 0
    for template, row, until in _due(now):
        if quiet.is_quiet(row, now):
            continue
        try:
            _remind(template, row, until, now)
        except Problem:  # the day's messages are spent, which has been said in the log
            break
        sent += 1
    return sent


def _due(now: datetime) -> Iterator[tuple[str, AnyRow, datetime]]:
    """Template, whom to tell of what, and until when it is of use."""
    for zone in db.session.scalars(select(Site.zone).distinct()).all():
        here = local_time(now, zone)
        if EVENING_BEGINS <= here.time() < EVENING_ENDS:
            begun, until = (_on_day_of(here, one) for one in (EVENING_BEGINS, EVENING_ENDS))
            tomorrow = here.date() + timedelta(days=1)
            wanted = (Shift.work_on == tomorrow, Shift.starts_at > now + AHEAD, Site.zone == zone)
            for row in _expected(EVENING, begun, *wanted):
                yield EVENING, row, until
    near = (Shift.starts_at <= now + AHEAD, Shift.starts_at > now + LATEST)
    for row in _expected(SOON, now - LATEST, *near):
        if not is_quiet(now, [(NIGHT_BEGINS, NIGHT_ENDS)], row.zone):
            yield SOON, row, row.starts_at - LATEST


def _on_day_of(here: datetime, clock: time) -> datetime:
    return here.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)


def _expected(template: str, since: datetime, *which: ColumnElement[bool]) -> list[AnyRow]:
    """Those expected since before `since` who agreed, have a mobile, and were not told yet."""
    a, s, p = Assignment, Shift, Person
    name = literal(f"{template}:", String).concat(cast(a.id, String))
    told = select(Message.id).where(Message.once == name)
    came = select(Attendance.id).where(
        Attendance.shift_id == s.id, Attendance.volunteer_id == a.person_id
    )
    query: Any = (
        select(
            *(a.id.label("assignment_id"), p.mobile, s.starts_at, s.ends_at),
            *(Site.name_ar, Site.name_en, Site.zone, Site.quiet_windows),
            *(Site.latitude, Site.longitude),
            Opportunity.name_ar.label("call_ar"),
            Opportunity.name_en.label("call_en"),
            messages.language_last_used().label("language"),
        )
        .select_from(a)
        .join(s, s.id == a.shift_id)
        .join(Opportunity, Opportunity.id == s.opportunity_id)
        .join(Site, Site.id == s.site_id)
        .join(p, p.id == a.person_id)
        .where(*which, a.how != "waiting", a.created_at <= since)
        .where(s.is_draft.is_(False), s.cancelled_at.is_(None), s.closed_at.is_(None))
        .where(p.news_wanted_at.is_not(None), p.mobile.is_not(None), living())
        .where(~told.exists(), ~came.exists())
        .order_by(s.starts_at, a.id)
        .limit(BATCH)
    )
    return list(db.session.execute(query))


def _remind(template: str, row: AnyRow, until: datetime, now: datetime) -> None:
    messages.queue(
        f"{template}:{row.assignment_id}",
        template,
        row.mobile,
        facts_of(row),
        language=row.language or "ar",
        now=now,
        lifetime=until - now,
    )
