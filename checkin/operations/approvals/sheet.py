"""The questions: what waits for a decision, and what stands behind one record."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased, joinedload
from sqlalchemy.sql.base import ExecutableOption

from checkin.database import AnyRow, db
from checkin.domain.errors import NotFound
from checkin.domain.evidence import Flag
from checkin.models import Attendance, Decision, Opportunity, Person, Scan, Shift
from checkin.models.attendance import WAITING, WAITS
from checkin.operations import figures, tally, welfare
from checkin.operations.approvals.appealing import Appeal, appeals_of
from checkin.operations.approvals.asking import Question, latest_questions
from checkin.operations.approvals.doubts import Reason, noticed, reasons_for
from checkin.operations.approvals.four_eyes import Bar, bars
from checkin.operations.approvals.passing_on import deciders
from checkin.operations.approvals.requesting import Request, minutes_asked, requests_of
from checkin.operations.approvals.suggestion import (
    Suggestion,
    capped,
    suggested_minutes,
    suggestion_for,
)
from checkin.operations.identity import rows_of
from checkin.operations.permissions import Reach, shifts_within
from checkin.operations.welfare import Concern

ANSWERED, APPEALED, REQUESTED = "answered", "appealed", "requested"
"""Reasons that are the volunteer's own words (fact `words`)."""
SETTLED = ("approved", "rejected", "voided")
SHIFTS_SHOWN = 50
"""Shifts on one page of waiting hours; the oldest come first, so the rest follow by themselves."""


@dataclass(slots=True)
class Waiting:
    """A shift with something to decide."""

    shift: Shift
    matching: int = 0
    exceptions: int = 0
    asked: int = 0
    """Waiting for their volunteers' answers."""
    minutes: int = 0
    """Proved and waiting, as the figures count them."""
    suggested: int = 0
    """Besides: what is suggested where a check-out was forgotten."""

    @property
    def records(self) -> int:
        return self.matching + self.exceptions + self.asked


@dataclass(frozen=True, slots=True)
class Record:
    """One attendance as the approver sees it; `obstacle` says why this approver may not decide."""

    attendance: Attendance
    reasons: list[Reason]
    suggestion: Suggestion
    obstacle: str | None = None
    proposal: AnyRow | None = None
    question: Question | None = None
    """What the volunteer was asked, while the answer is awaited."""
    deciders: list[str] = field(default_factory=list)
    """Who may decide instead, where there is an obstacle."""
    concerns: list[Concern] = field(default_factory=list)
    """What speaks for looking after the volunteer, allowed or not."""
    share: int | None = None
    """This one's part of the lane's tally, where the lane counts."""
    capped: int | None = None
    """What the opportunity credits at most, where that took minutes off."""

    @property
    def served(self) -> int | None:
        """The people served, as they would be approved or were."""
        if self.share is not None:
            return self.share
        if self.proposal is not None:
            proposed: int | None = self.proposal.beneficiaries_after
            return proposed
        one = self.attendance
        return one.approved_beneficiaries if one.state == "approved" else one.beneficiaries

    @property
    def suggested(self) -> int:
        return self.suggestion.minutes

    @property
    def is_exception(self) -> bool:
        return bool(self.reasons) or self.attendance.state != "closed" or self.obstacle is not None

    @property
    def can_be_approved(self) -> bool:
        """In one tap, as suggested."""
        return (
            self.obstacle is None
            and self.question is None
            and self.attendance.state in ("closed", "unclosed")
            and Flag.OVERLAP not in self.attendance.flags
        )


@dataclass(frozen=True, slots=True)
class Sheet:
    """A shift's attendances, sorted by what they need."""

    shift: Shift
    exceptions: list[Record] = field(default_factory=list)
    matching: list[Record] = field(default_factory=list)
    asked: list[Record] = field(default_factory=list)
    """Waiting for an answer of their volunteer."""
    decided: list[Record] = field(default_factory=list)
    still_open: int = 0

    @property
    def records(self) -> list[Record]:
        return [*self.exceptions, *self.asked, *self.matching, *self.decided]

    @property
    def counted_by(self) -> str:
        """Who counts the people served: each volunteer, the lane, or nobody."""
        return _counted_by(self.shift)

    @property
    def minutes(self) -> int:
        return sum(record.suggested for record in self.matching)

    @property
    def beneficiaries(self) -> int:
        return sum(record.served or 0 for record in self.matching)


@dataclass(frozen=True, slots=True)
class Batch:
    """What one press approved and nobody has changed since."""

    shown: list[tuple[int, int]]
    minutes: int


def waiting_shifts(
    reach: Reach, by: int, now: datetime, limit: int = SHIFTS_SHOWN
) -> tuple[list[Waiting], int]:
    """Shifts within reach with something to decide, the oldest first, and how many there are."""
    waits = select(Attendance.shift_id).where(WAITS)
    within = shifts_within(reach).where(Shift.id.in_(waits))
    total = db.session.scalar(select(func.count()).select_from(within.subquery())) or 0
    shifts = db.session.scalars(
        within.options(*_described()).order_by(Shift.starts_at, Shift.id).limit(limit)
    ).all()
    found = {shift.id: Waiting(shift) for shift in shifts}
    _count(found, by, now)
    return list(found.values()), total


def _count(found: dict[int, Waiting], by: int, now: datetime) -> None:
    """The same groups as on each shift's sheet."""
    a = Attendance
    rows = db.session.execute(
        select(
            *(a.id, a.shift_id, a.volunteer_id, a.state, a.flags),
            *(a.credited_minutes, a.proposed_minutes),
        ).where(a.shift_id.in_(found), a.state.in_(WAITING))
    ).all()
    asked, odd = _asked_and_odd(rows, now)
    own = set(db.session.scalars(rows_of(by)))
    for row in rows:
        waiting = found[row.shift_id]
        if row.id in asked:
            waiting.asked += 1
        elif row.state == "closed" and row.id not in odd and row.volunteer_id not in own:
            waiting.matching += 1
        else:
            waiting.exceptions += 1
        if row.credited_minutes is None:
            begins, ends = waiting.shift.starts_at, waiting.shift.ends_at
            waiting.suggested += suggested_minutes(row, begins, ends)
    for shift_id, minutes in figures.waiting_minutes(found).items():
        found[shift_id].minutes = minutes


def _asked_and_odd(rows: Sequence[AnyRow], now: datetime) -> tuple[set[int], set[int]]:
    """Whose volunteers were asked something, and whom somebody should look at."""
    ids = [row.id for row in rows]
    questions, appeals = latest_questions(ids), appeals_of(ids)
    limits = {one for one, found in welfare.unallowed(ids, now).items() if found}
    said = {one for one in ids if any(_said(questions.get(one), appeals.get(one)))}
    said |= requests_of(ids).keys()
    asked = {one for one, question in questions.items() if question.is_open}
    return asked, noticed(rows) | limits | said


def sheet_of(shift_id: int, by: int, now: datetime) -> Sheet:
    """Everything about one shift's hours, as `by` may decide about them."""
    shift = db.session.scalars(
        select(Shift).where(Shift.id == shift_id).options(*_described())
    ).one_or_none()
    if shift is None:
        raise NotFound("shift")
    records = _records(shift, Attendance.shift_id == shift_id, by, now)
    asked = [one for one in records if one.question]
    waiting = [one for one in records if one.attendance.state in WAITING and not one.question]
    return Sheet(
        shift,
        exceptions=[one for one in waiting if one.is_exception],
        matching=[one for one in waiting if not one.is_exception],
        asked=asked,
        decided=[one for one in records if one.attendance.state in SETTLED],
        still_open=sum(one.attendance.state == "open" for one in records),
    )


def record_of(attendance: Attendance, by: int, now: datetime) -> tuple[Shift, Record]:
    """One attendance with its shift; the caller has found it within reach."""
    shift = db.session.scalars(
        select(Shift).where(Shift.id == attendance.shift_id).options(*_described())
    ).one()
    (record,) = _records(shift, Attendance.id == attendance.id, by, now)
    return shift, record


def _records(shift: Shift, which: ColumnElement[bool], by: int, now: datetime) -> list[Record]:
    attendances = db.session.scalars(
        select(Attendance)
        .where(which)
        .options(joinedload(Attendance.volunteer))
        .join(Person, Person.id == Attendance.volunteer_id)
        .order_by(Person.name, Attendance.id)
    ).all()
    ids = [one.id for one in attendances]
    reasons = reasons_for(shift, attendances)
    questions = latest_questions(ids)
    appeals, requests = appeals_of(ids), requests_of(ids)
    proposals = _proposals([one.id for one in attendances if one.state == "proposed"])
    closed_to = bars(attendances, proposals)
    barred = [one.id for one in attendances if closed_to[one.id].obstacle(by)]
    others = deciders(shift.site_id, now) if barred else []
    cared_for = welfare.concerns(ids, now)
    shares = tally.shares(shift.id, now) if _counted_by(shift) == "lane" else {}
    return [
        Record(
            one,
            reasons=[
                *_said(questions.get(one.id), appeals.get(one.id)),
                *_requested(one, shift, requests.get(one.id, [])),
                *reasons[one.id],
                *_not_allowed(one, cared_for[one.id]),
            ],
            suggestion=suggestion_for(one, shift.starts_at, shift.ends_at),
            obstacle=closed_to[one.id].obstacle(by),
            proposal=proposals.get(one.id),
            question=_open(questions.get(one.id)),
            deciders=_free(closed_to[one.id], others) if one.id in barred else [],
            concerns=cared_for[one.id],
            share=shares.get(one.id),
            capped=capped(one, shift.starts_at, shift.ends_at, shift.opportunity.most_minutes),
        )
        for one in attendances
    ]


def _counted_by(shift: Shift) -> str:
    service = shift.opportunity.service
    return service.counted_by if service is not None else "nobody"


def _free(bar: Bar, others: Sequence[AnyRow]) -> list[str]:
    """The names of those who may decide instead, the nearest first."""
    return [one.name for one in others if bar.obstacle(one.id) is None]


def _open(question: Question | None) -> Question | None:
    return question if question and question.is_open else None


def _said(question: Question | None, appeal: Appeal | None) -> Iterator[Reason]:
    """What the volunteer says themselves comes before what the machine noticed."""
    if appeal and appeal.is_open:
        yield Reason(APPEALED, {"words": appeal.words})
    if question and question.is_latest and question.answer:
        yield Reason(ANSWERED, {"words": question.answer, "question": question.words})


def _requested(attendance: Attendance, shift: Shift, asked: list[Request]) -> Iterator[Reason]:
    """The times that the volunteer says are right, until it was decided about."""
    if attendance.state in WAITING:
        for one in asked:
            minutes = minutes_asked(one, attendance, shift)
            facts = {"kind": one.kind, "at": one.asked_for, "words": one.words}
            yield Reason(REQUESTED, {**facts, "minutes": minutes})


def _not_allowed(attendance: Attendance, found: list[Concern]) -> Iterator[Reason]:
    """A limit that was passed and that nobody let stand, until it was decided about."""
    if attendance.state in WAITING:
        yield from (Reason(one.code, {"concern": one}) for one in found if not one.allowed)


def _proposals(attendance_ids: Sequence[int]) -> dict[int, AnyRow]:
    """The latest proposal for each, with who made it."""
    d = Decision
    rows = db.session.execute(
        select(
            *(d.attendance_id, d.minutes_after, d.beneficiaries_after, d.reason),
            *(d.decided_by_id, Person.name),
        )
        .join(Person, Person.id == d.decided_by_id)
        .where(d.attendance_id.in_(attendance_ids), d.action == "propose")
        .order_by(d.seq)
    )
    return {row.attendance_id: row for row in rows}


def decisions_of(attendance_id: int) -> list[AnyRow]:
    """Every decision about an attendance, the first one first, with the decider's name."""
    d = Decision
    return list(
        db.session.execute(
            select(
                *(d.action, d.minutes_before, d.minutes_after, d.beneficiaries_after),
                *(d.value_halalas, d.reason, d.at, d.decided_by_id, Person.name),
            )
            .join(Person, Person.id == d.decided_by_id)
            .where(d.attendance_id == attendance_id)
            .order_by(d.seq)
        )
    )


def latest_decisions(attendance_ids: Collection[int]) -> dict[int, AnyRow]:
    """By attendance: the last decision about it, with the decider's name."""
    d = Decision
    rows = db.session.execute(
        select(d.attendance_id, d.action, d.at, d.decided_by_id, Person.name)
        .join(Person, Person.id == d.decided_by_id)
        .where(d.attendance_id.in_(attendance_ids))
        .order_by(d.seq)
    )
    return {row.attendance_id: row for row in rows}


def scans_of(attendance: Attendance) -> list[AnyRow]:
    """Every scan behind an attendance, as it came, with who entered it by hand or saw it."""
    s, by, witness = Scan, aliased(Person), aliased(Person)
    return list(
        db.session.execute(
            select(
                *(s.scan_uid, s.kind, s.carrier, s.evidence, s.effective_at, s.received_at),
                *(s.beneficiaries, s.reason, s.verdict, by.name.label("entered_by")),
                *(
                    s.flags,
                    s.distance_m,
                    s.device_sent_at,
                    s.device_at,
                    s.undoes,
                    witness.name.label("seen_by"),
                ),
            )
            .outerjoin(by, by.id == s.entered_by_id)
            .outerjoin(witness, witness.id == s.witnessed_by_id)
            .where(s.volunteer_id == attendance.volunteer_id, s.shift_id == attendance.shift_id)
            .order_by(s.received_at, s.id)
        )
    )


def batch_of(shift_id: int, by: int, at: datetime) -> Batch:
    """What `by` approved in this shift at that instant, for taking it back in one tap."""
    a, d = Attendance, Decision
    latest = select(func.max(d.seq)).where(d.attendance_id == a.id).correlate(a).scalar_subquery()
    rows = db.session.execute(
        select(a.id, a.row_version, a.approved_minutes)
        .join(d, d.attendance_id == a.id)
        .where(a.shift_id == shift_id, a.state == "approved", d.seq == latest)
        .where(d.decided_by_id == by, d.at == at)
        .order_by(a.id)
    ).all()
    return Batch([(row.id, row.row_version) for row in rows], sum(r.approved_minutes for r in rows))


def _described() -> tuple[ExecutableOption, ...]:
    return (
        joinedload(Shift.opportunity).joinedload(Opportunity.service),
        joinedload(Shift.site),
        joinedload(Shift.lane),
    )
