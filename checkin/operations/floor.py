"""Who is at a site now, who is still expected, who has left, and who waits for a supervisor."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload

from checkin.database import AnyRow, db, transaction
from checkin.domain.clocks import KEPT_FOR
from checkin.domain.days import day_bounds, local_day
from checkin.domain.evidence import Flag, needs_review
from checkin.domain.fold import Kind
from checkin.domain.hours import AUTO_CLOSE_AFTER
from checkin.domain.scanning import REQUESTS
from checkin.domain.search import wanted
from checkin.domain.text import fold_name, latin_digits
from checkin.models import (
    Assignment,
    Attendance,
    AuditEntry,
    Opportunity,
    Person,
    Scan,
    Shift,
    Site,
)
from checkin.operations import audit
from checkin.operations.permissions import Reach, shifts_within
from checkin.operations.receipts import number_of


class Presence(StrEnum):
    """Where somebody stands on the floor; also the names of the filters."""

    HERE = "here"
    AWAITED = "awaited"
    FORGOTTEN = "forgotten"
    """Nobody knows when they left: they never checked out."""
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Line:
    """One person in one shift."""

    person_id: int
    name: str
    mobile: str | None
    shift_id: int
    presence: Presence
    attendance: AnyRow | None = None
    minutes: int | None = None
    """Since the check-in, times out taken off; until now, or until the check-out."""

    @property
    def to_review(self) -> bool:
        """Whether a decision about it takes more than a tap."""
        row = self.attendance
        if row is None or self.presence is Presence.HERE:
            return False
        if row.state == "closed":
            return bool(needs_review(row.flags))
        return row.state in ("open", "unclosed", "proposed")

    @property
    def flags(self) -> list[Flag]:
        return [Flag(flag) for flag in self.attendance.flags] if self.attendance else []


@dataclass(frozen=True, slots=True)
class Board:
    """A site's floor at one instant."""

    shifts: Sequence[Shift]
    lines: list[Line]

    def shown(self, which: str, typed: str = "") -> list[Line]:
        """The lines behind one counter, or of everybody, narrowed by name or last digits."""
        lines = [line for line in self.lines if which in _filters_of(line)] if which else self.lines
        asked = wanted(typed)
        return [line for line in lines if asked.finds(fold_name(line.name), line.mobile)]

    def count(self, which: str) -> int:
        return sum(which in _filters_of(line) for line in self.lines)


def _filters_of(line: Line) -> set[str]:
    return {line.presence.value} | ({"review"} if line.to_review else set())


# --- sites and shifts ----------------------------------------------------------------------


def sites_of(reach: Reach) -> list[Site]:
    """The sites whose floor this person may see, also those where they lead one shift."""
    within = shifts_within(Reach(shift_ids=reach.shift_ids)).with_only_columns(Shift.site_id)
    wanted = select(Site).where(Site.closed_at.is_(None)).order_by(Site.name_ar, Site.id)
    if not reach.everywhere:
        wanted = wanted.where(or_(Site.id.in_(reach.site_ids), Site.id.in_(within)))
    return list(db.session.scalars(wanted))


def people_now(sites: Iterable[Site], now: datetime) -> dict[int, int]:
    """How many are checked in at each site."""
    ids = [site.id for site in sites]
    rows = db.session.execute(
        select(Attendance.site_id, func.count().label("people"))
        .where(Attendance.state == "open", Attendance.until_at > now)
        .where(Attendance.site_id.in_(ids))
        .group_by(Attendance.site_id)
    )
    return {row.site_id: row.people for row in rows}


def shifts_at(site: Site, reach: Reach, now: datetime) -> Sequence[Shift]:
    """Today's shifts at a site and those still running since yesterday, within reach."""
    begins, ends = day_bounds(local_day(now, site.zone), site.zone)
    today = and_(Shift.starts_at >= begins, Shift.starts_at < ends)
    running = and_(Shift.starts_at < begins, Shift.ends_at > now - AUTO_CLOSE_AFTER)
    return db.session.scalars(
        shifts_within(reach)
        .where(Shift.site_id == site.id, or_(today, running))
        .options(
            joinedload(Shift.opportunity).joinedload(Opportunity.service),
            joinedload(Shift.site),
            joinedload(Shift.lane),
        )
        .order_by(Shift.starts_at, Shift.id)
    ).all()


# --- the board -----------------------------------------------------------------------------


def board(shifts: Sequence[Shift], now: datetime) -> Board:
    """Everybody of these shifts: who came, and who is expected and has not come yet."""
    ids = [shift.id for shift in shifts]
    present = [_line(row, now) for row in _attendances(ids)]
    came = {(line.person_id, line.shift_id) for line in present}
    due = {shift.id for shift in shifts if _is_due(shift, now)}
    awaited = [
        Line(row.id, row.name, row.mobile, row.shift_id, Presence.AWAITED)
        for row in _expected(ids)
        if row.shift_id in due and (row.id, row.shift_id) not in came
    ]
    order = list(Presence)
    lines = sorted(present + awaited, key=lambda line: order.index(line.presence))
    return Board(shifts, lines)


def _is_due(shift: Shift, now: datetime) -> bool:
    """People are awaited from the opening of check-in until the shift's end."""
    opens_at = shift.starts_at - timedelta(minutes=shift.opportunity.opens_minutes)
    return shift.cancelled_at is None and opens_at <= now < shift.ends_at


def _attendances(shift_ids: list[int]) -> list[AnyRow]:
    a = Attendance
    return list(
        db.session.execute(
            select(
                *(a.id, a.shift_id, a.state, a.stints, a.in_at, a.out_at, a.until_at, a.flags),
                *(a.volunteer_id, a.row_version, Person.name, Person.mobile),
            )
            .join(Person, Person.id == a.volunteer_id)
            .where(a.shift_id.in_(shift_ids), a.state.not_in(("cancelled", "voided")))
            .order_by(a.in_at, a.id)
        )
    )


def _line(row: AnyRow, now: datetime) -> Line:
    presence = _presence(row, now)
    return Line(
        row.volunteer_id,
        row.name,
        row.mobile,
        row.shift_id,
        presence,
        row,
        _minutes(row.stints, now if presence is Presence.HERE else None),
    )


def _presence(row: AnyRow, now: datetime) -> Presence:
    if row.state == "open" and row.until_at > now:
        return Presence.HERE
    return Presence.FORGOTTEN if row.state in ("open", "unclosed") else Presence.LEFT


def _minutes(stints: list[Any], now: datetime | None) -> int | None:
    """Whole minutes present; nothing when an end is not known."""
    seconds = 0.0
    for begin, end in stints:
        until = datetime.fromisoformat(end) if end else now
        if until is None:
            return None
        seconds += max((until - datetime.fromisoformat(begin)).total_seconds(), 0)
    return int(seconds // 60)


def _expected(shift_ids: list[int]) -> list[AnyRow]:
    return list(
        db.session.execute(
            select(Person.id, Person.name, Person.mobile, Assignment.shift_id)
            .join(Assignment, Assignment.person_id == Person.id)
            .where(Assignment.shift_id.in_(shift_ids), Assignment.how != "waiting")
            .where(Person.erased_at.is_(None))
            .order_by(Person.name, Person.id)
        )
    )


# --- requests ------------------------------------------------------------------------------

REQUEST_KEPT = timedelta(hours=12)
_DECLINED = "request_declined"


def requests_at(site_id: int, now: datetime) -> list[AnyRow]:
    """The latest kept check-in of each person who then did not come in here, newest first."""
    latest = (
        select(func.max(Scan.id))
        .where(Scan.site_id == site_id, Scan.kind == Kind.IN, Scan.verdict.in_(REQUESTS))
        .where(Scan.received_at > now - REQUEST_KEPT, Scan.received_at <= now)
        .group_by(Scan.volunteer_id)
    )
    return list(
        db.session.execute(
            select(
                *(Scan.id, Scan.scan_uid, Scan.verdict, Scan.effective_at, Scan.volunteer_id),
                *(Person.name, Person.mobile),
            )
            .join(Person, Person.id == Scan.volunteer_id)
            .where(Scan.id.in_(latest), ~_came_in(site_id), ~_declined())
            .order_by(Scan.effective_at.desc(), Scan.id.desc())
        )
    )


def _came_in(site_id: int) -> ColumnElement[bool]:
    a = Attendance
    return (
        select(a.id)
        .where(a.volunteer_id == Scan.volunteer_id, a.site_id == site_id)
        .where(a.state != "cancelled", a.until_at >= Scan.effective_at)
        .correlate(Scan)
        .exists()
    )


@transaction
def decline(scan_id: int, *, by: int, now: datetime) -> None:
    """Say no to a request; asking anew with another scan is a new request."""
    if db.session.scalar(select(Scan.id).where(Scan.id == scan_id, ~_declined())) is not None:
        audit.note(_DECLINED, "scan", scan_id, by=by, at=now)


def _declined() -> ColumnElement[bool]:
    """The log itself remembers it: a scan is never changed, and no request outlives its day."""
    e = AuditEntry
    return (
        select(e.id)
        .where(e.thing == "scan", e.thing_id == Scan.id, e.act == _DECLINED)
        .correlate(Scan)
        .exists()
    )


# --- scans that waited on a phone ----------------------------------------------------------


def is_receipt_number(typed: str) -> bool:
    """Whether somebody may have typed the four digits that a phone shows for a scan it keeps."""
    digits = latin_digits(typed).strip()
    return len(digits) == 4 and digits.isascii() and digits.isdecimal()


def delivered(site_id: int, typed: str, now: datetime) -> list[AnyRow]:
    """The scans kept on a phone under these four digits that have arrived for this site."""
    number = latin_digits(typed).strip()
    arrived = db.session.execute(
        select(*(Scan.scan_uid, Scan.kind, Scan.effective_at, Scan.received_at, Scan.verdict))
        .add_columns(Person.name)
        .join(Person, Person.id == Scan.volunteer_id)
        .where(Scan.site_id == site_id, Scan.received_at > now - KEPT_FOR)
        .where(Scan.device_at.is_not(None), Scan.kind.in_((Kind.IN, Kind.OUT)))
        .order_by(Scan.received_at.desc(), Scan.id.desc())
    )
    return [row for row in arrived if number_of(row.scan_uid) == number]


def entry_by(person_id: int, uid: str, now: datetime) -> AnyRow | None:
    """A scan this person has just entered by hand, for saying so and offering to undo it."""
    return db.session.execute(
        select(Scan.scan_uid, Scan.kind, Scan.volunteer_id, Scan.effective_at, Person.name)
        .join(Person, Person.id == Scan.volunteer_id)
        .where(Scan.scan_uid == uid, Scan.entered_by_id == person_id)
        .where(Scan.received_at > now - AUTO_CLOSE_AFTER)
        .order_by(Scan.id.desc())
        .limit(1)
    ).first()
