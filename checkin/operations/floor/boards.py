"""Who is at a site now, who is still expected, and who has left."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from checkin.database import AnyRow, db
from checkin.domain.evidence import Flag, needs_review
from checkin.domain.search import wanted
from checkin.domain.text import fold_name
from checkin.models import Assignment, Attendance, Person, Shift
from checkin.operations.floor.places import Stage, opens_at, stage_of
from checkin.operations.identity import living
from checkin.operations.returned import returned_to


class Presence(StrEnum):
    """Where somebody stands on the floor; also the names of the filters."""

    HERE = "here"
    AWAITED = "awaited"
    FORGOTTEN = "forgotten"
    """Nobody knows when they left: they never checked out."""
    LEFT = "left"
    MOVED = "moved"
    """Left for another shift of the board at the same instant, and stands there."""


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
    since: datetime | None = None
    """Of somebody here: the check-in, later by the times out."""
    concerns: tuple[str, ...] = ()
    """Codes of what speaks for looking after this volunteer and nobody has allowed."""

    @property
    def to_review(self) -> bool:
        """Whether a decision about it takes more than a tap."""
        row = self.attendance
        if row is None:
            return False
        if self.presence is Presence.HERE:
            return bool(row.state != "open")  # back after the decision: it may have to be undone
        if row.state == "closed":
            return bool(needs_review(row.flags))
        return row.state in ("open", "unclosed", "proposed")

    @property
    def flags(self) -> list[Flag]:
        return [Flag(flag) for flag in self.attendance.flags] if self.attendance else []

    @property
    def mark(self) -> str:
        """Another word as soon as anything else is to be shown; time passing alone leaves it."""
        row, lasted = self.attendance, None if self.presence is Presence.HERE else self.minutes
        of_row = row and (row.id, row.row_version, row.state, row.in_at, row.flags)
        who = (self.person_id, self.name, self.mobile, self.shift_id)
        return mark_of(who, self.presence.value, of_row, lasted, self.concerns)


def mark_of(*facts: object) -> str:
    """Eight letters that stand for these facts, for telling quickly whether they are the same."""
    digest = hashlib.blake2b(repr(facts).encode(), digest_size=6).digest()
    return base64.urlsafe_b64encode(digest).decode()


@dataclass(frozen=True, slots=True)
class Board:
    """The floor of one site or several at one instant."""

    shifts: Sequence[Shift]
    lines: list[Line]
    until: datetime
    """When, at the latest, something here moves although nobody does anything."""

    def shown(self, which: str, typed: str = "") -> list[Line]:
        """The lines behind one counter, or of everybody, narrowed by name or last digits."""
        lines = [line for line in self.lines if which in _filters_of(line)] if which else self.lines
        asked = wanted(typed)
        return [line for line in lines if asked.finds(fold_name(line.name), line.mobile)]

    def count(self, which: str) -> int:
        return sum(which in _filters_of(line) for line in self.lines)


def _filters_of(line: Line) -> set[str]:
    return {line.presence.value} | ({"review"} if line.to_review else set())


def board(shifts: Sequence[Shift], now: datetime) -> Board:
    """Everybody of these shifts: who came, and who is expected and has not come yet."""
    ids = [shift.id for shift in shifts]
    rows = _attendances(ids)
    back = _back(rows, now)
    present = _without_moved([_line(row, now, back.get(row.id)) for row in rows])
    came = {(line.person_id, line.shift_id) for line in present}
    due = {shift.id for shift in shifts if _is_due(shift, now)}
    awaited = [
        Line(row.id, row.name, row.mobile, row.shift_id, Presence.AWAITED)
        for row in _expected(ids)
        if row.shift_id in due and (row.id, row.shift_id) not in came
    ]
    order = list(Presence)
    lines = sorted(present + awaited, key=lambda line: order.index(line.presence))
    return Board(shifts, lines, _until(shifts, present, now))


STILL = timedelta(minutes=5)
"""Days grow long for those who serve them: so old a look says too little about who needs rest."""


def _until(shifts: Sequence[Shift], lines: list[Line], now: datetime) -> datetime:
    turns = [at for shift in shifts for at in (opens_at(shift), shift.starts_at, shift.ends_at)]
    turns += [line.attendance.until_at for line in lines if line.attendance]
    return min([now + STILL, *(at for at in turns if at > now)])


def _is_due(shift: Shift, now: datetime) -> bool:
    """People are awaited from the opening of check-in until the shift's end."""
    return stage_of(shift, now) in (Stage.OPEN, Stage.RUNNING)


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


def _back(rows: list[AnyRow], now: datetime) -> dict[int, datetime]:
    """Of these, who came back after a decision; asked only where a scan came after one."""
    late = [row.id for row in rows if Flag.LATE_AFTER_DECISION in row.flags]
    return returned_to(late, now) if late else {}


def _line(row: AnyRow, now: datetime, back_at: datetime | None) -> Line:
    presence = Presence.HERE if back_at else _presence(row, now)
    here = presence is Presence.HERE
    lasted = _lasted(row.stints, now if here else None)
    if back_at and lasted is not None:
        lasted += now - back_at
    return Line(
        row.volunteer_id,
        row.name,
        row.mobile,
        row.shift_id,
        presence,
        row,
        None if lasted is None else int(lasted.total_seconds() // 60),
        now - lasted if here and lasted is not None else None,
    )


def _without_moved(lines: list[Line]) -> list[Line]:
    """The same, but whoever went straight on to another shift counts only there."""
    came = {(line.person_id, line.attendance.in_at) for line in lines if line.attendance}
    return [
        replace(line, presence=Presence.MOVED)
        if line.attendance and line.presence is Presence.LEFT and _went_on(line, came)
        else line
        for line in lines
    ]


def _went_on(line: Line, came: set[tuple[int, datetime]]) -> bool:
    row = line.attendance
    return row is not None and row.out_at != row.in_at and (line.person_id, row.out_at) in came


def _presence(row: AnyRow, now: datetime) -> Presence:
    if row.state == "open" and row.until_at > now:
        return Presence.HERE
    return Presence.FORGOTTEN if row.state in ("open", "unclosed") else Presence.LEFT


def _lasted(stints: list[Any], now: datetime | None) -> timedelta | None:
    """How long somebody was present; nothing when an end is not known."""
    lasted = timedelta()
    for begin, end in stints:
        until = datetime.fromisoformat(end) if end else now
        if until is None:
            return None
        lasted += max(until - datetime.fromisoformat(begin), timedelta())
    return lasted


def _expected(shift_ids: list[int]) -> list[AnyRow]:
    return list(
        db.session.execute(
            select(Person.id, Person.name, Person.mobile, Assignment.shift_id)
            .join(Assignment, Assignment.person_id == Person.id)
            .where(Assignment.shift_id.in_(shift_ids), Assignment.how != "waiting")
            .where(living())
            .order_by(Person.name, Person.id)
        )
    )
