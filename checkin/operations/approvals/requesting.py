"""A volunteer asks for another time of coming or leaving, and whoever decides sees it."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import select

from checkin.database import AnyRow, db, transaction
from checkin.domain.days import local_time
from checkin.domain.errors import NotFound, Problem
from checkin.domain.fold import Kind
from checkin.domain.hours import AUTO_CLOSE_AFTER, credited_minutes
from checkin.domain.text import clean_text
from checkin.models import Attendance, Remark, Shift, Site
from checkin.operations import audit, remarks
from checkin.operations.approvals.holding import UNDECIDED, hold
from checkin.operations.approvals.reasons import LONGEST_WORDS
from checkin.operations.identity import is_one

_KINDS = {Kind.IN: "asks_in", Kind.OUT: "asks_out"}
_ACTS = {name: kind for kind, name in _KINDS.items()}
ASKABLE = ("open", *UNDECIDED)
_HALF_A_DAY = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Request:
    """The time that a volunteer says is right for a check-in or check-out, and why."""

    kind: Kind
    asked_for: datetime
    words: str
    at: datetime


@transaction
def request(
    attendance_id: int, kind: Kind, said: time, words: str, uid: str, *, by: int, now: datetime
) -> None:
    """Ask for another time; `uid`, made with the form, makes sending it twice one request.

    Raises NotFound for anybody else, Problem `request_missing` without words, `request_too_late`
    once it is decided, and `time_not_possible` for a time to come or one that is not near the
    shift.
    """
    held = hold(attendance_id)
    if not is_one(held.row.volunteer_id, by):
        raise NotFound("attendance")
    if remarks.said_before(attendance_id, uid):
        return
    wanted = clean_text(words, LONGEST_WORDS)
    if not wanted:
        raise Problem("request_missing")
    if held.row.state not in ASKABLE:
        raise Problem("request_too_late")
    asked_for = _instant_meant(_recorded(attendance_id), kind, said, now)
    remarks.keep(attendance_id, _KINDS[kind], wanted, uid, by=by, at=now, asks_at=asked_for)
    remarks.count_as_change(attendance_id, now)
    audit.note("attendance.request", "attendance", attendance_id, by=by, at=now)


def _recorded(attendance_id: int) -> AnyRow:
    a = Attendance
    return db.session.execute(
        select(a.in_at, a.out_at, Shift.starts_at, Shift.ends_at, Site.zone)
        .join(Shift, Shift.id == a.shift_id)
        .join(Site, Site.id == Shift.site_id)
        .where(a.id == attendance_id)
    ).one()


def _instant_meant(recorded: AnyRow, kind: Kind, said: time, now: datetime) -> datetime:
    """Of the days around, the one on which this time of day lies nearest to what is recorded."""
    came, left = recorded.in_at or recorded.starts_at, recorded.out_at or recorded.ends_at
    near = local_time(came if kind is Kind.IN else left, recorded.zone)
    days = (near.date() + timedelta(days=more) for more in (-1, 0, 1))
    times = [datetime.combine(day, said, near.tzinfo) for day in days]
    meant = min(times, key=lambda one: abs(one - near))
    first, last = recorded.starts_at - _HALF_A_DAY, recorded.ends_at + AUTO_CLOSE_AFTER
    if meant > now or not first <= meant <= last:
        raise Problem("time_not_possible")
    return meant


def requests_of(attendance_ids: Collection[int]) -> dict[int, list[Request]]:
    """By attendance: the last time asked for of coming, and of leaving, the first asked first."""
    r = Remark
    rows = db.session.execute(
        select(r.attendance_id, r.kind, r.words, r.at, r.asks_at)
        .where(r.attendance_id.in_(attendance_ids), r.kind.in_(_ACTS))
        .order_by(r.at, r.id)
    )
    found: dict[int, dict[Kind, Request]] = defaultdict(dict)
    for row in rows:
        kind = _ACTS[row.kind]
        found[row.attendance_id].pop(kind, None)
        found[row.attendance_id][kind] = Request(kind, row.asks_at, row.words, row.at)
    return {one: list(asked.values()) for one, asked in found.items()}


def minutes_asked(asked: Request, attendance: Attendance, shift: Shift) -> int | None:
    """What would count if it was as the volunteer says; nothing where an end is not known."""
    spans = [
        (datetime.fromisoformat(begin), datetime.fromisoformat(end) if end else None)
        for begin, end in attendance.stints
    ]
    if not spans:
        return None
    if asked.kind is Kind.IN:
        spans[0] = (asked.asked_for, spans[0][1])
    else:
        spans[-1] = (spans[-1][0], asked.asked_for)
    last = attendance.proposed_out_at
    ended = [(begin, end or last) for begin, end in spans]
    known = [(begin, end) for begin, end in ended if end is not None]
    return credited_minutes(known, shift.starts_at, shift.ends_at) if known else None
