"""Asking the volunteer about an attendance before deciding, and the volunteer's answer."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select

from checkin.database import AnyRow, db, transaction
from checkin.domain.errors import NotFound, Problem
from checkin.domain.text import clean_text
from checkin.models import Attendance, Decision, Person, Remark
from checkin.operations import audit, remarks
from checkin.operations.approvals.holding import UNDECIDED, Held, check, decide, hold
from checkin.operations.approvals.reasons import LONGEST_WORDS, own_words, written
from checkin.operations.identity import is_one


@dataclass(frozen=True, slots=True)
class Question:
    """What a supervisor asked about an attendance, and what its volunteer answered."""

    attendance_id: int
    work_on: date
    seq: int
    """Which of the decisions about the attendance it is."""
    words: str
    asked_at: datetime
    asked_by: str
    is_latest: bool
    """Whether nothing was decided since."""
    answer: str | None = None
    answered_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.is_latest and self.answer is None


# --- the acts ------------------------------------------------------------------------------


@transaction
def ask(attendance_id: int, row_version: int, *, words: str, by: int, now: datetime) -> None:
    """Return an attendance to its volunteer with a question; it stays undecided.

    Pressing twice asks once. Raises what `approve` does, Problem `why_missing` without words,
    and `question_open` while another question waits for its answer.
    """
    why = written("other", words)
    held = hold(attendance_id)
    question = _waiting(held)
    if question is not None:
        if held.last is not None and (held.last.decided_by_id, held.last.reason) == (by, why):
            return
        raise Problem("question_open")
    check(held, by)
    decide(held, "return", row_version, UNDECIDED, {}, by=by, now=now, reason=why)


@transaction
def answer(attendance_id: int, words: str, uid: str, *, by: int, now: datetime) -> None:
    """Keep the volunteer's answer to the open question; `uid` makes sending it twice one answer.

    Raises NotFound for anybody else, Problem `answer_missing` without words, `nothing_asked` when
    no question waits (any more), and Conflict `uid_reused` for an id that said something else.
    """
    said = clean_text(words, LONGEST_WORDS)
    held = hold(attendance_id)
    if not is_one(held.row.volunteer_id, by):
        raise NotFound("attendance")
    if remarks.said_before(attendance_id, uid):
        return
    if not said:
        raise Problem("answer_missing")
    question = _waiting(held)
    if question is None:
        raise Problem("nothing_asked")
    _keep(held, said, uid, max(now, question.asked_at))


def _waiting(held: Held) -> Question | None:
    """The question that waits for an answer, as it stands under the lock."""
    if held.last is None or held.last.action != "return":
        return None
    return open_questions([held.row.id]).get(held.row.id)


def _keep(held: Held, said: str, uid: str, at: datetime) -> None:
    attendance_id, by = held.row.id, held.row.volunteer_id
    remarks.keep(attendance_id, "answer", said, uid, by=by, at=at)
    remarks.count_as_change(attendance_id, at)
    audit.note("attendance.answer", "attendance", attendance_id, by=by, at=at)


# --- the questions -------------------------------------------------------------------------


def questions_of(attendance_id: int) -> list[Question]:
    """Everything asked about an attendance, the first first, each with its answer."""
    return _conversations([attendance_id]).get(attendance_id, [])


def latest_questions(attendance_ids: Collection[int]) -> dict[int, Question]:
    """By attendance: the last question asked about it, answered or not."""
    return {one: asked[-1] for one, asked in _conversations(attendance_ids).items()}


def open_questions(attendance_ids: Collection[int]) -> dict[int, Question]:
    """By attendance: the question that waits for its volunteer's answer."""
    return {one: last for one, last in latest_questions(attendance_ids).items() if last.is_open}


def waiting_for(volunteer_id: int) -> list[Question]:
    """The questions that wait for this volunteer, the oldest first."""
    asked = db.session.scalars(
        select(Attendance.id)
        .join(Decision, Decision.attendance_id == Attendance.id)
        .where(Attendance.volunteer_id == volunteer_id, Attendance.state.in_(UNDECIDED))
        .where(Decision.action == "return")
    ).all()
    found = open_questions(set(asked)) if asked else {}
    return sorted(found.values(), key=lambda question: question.asked_at)


def _conversations(attendance_ids: Collection[int]) -> dict[int, list[Question]]:
    found: dict[int, list[Question]] = {}
    for row in db.session.execute(_asked(attendance_ids)):
        question = Question(
            *(row.attendance_id, row.work_on, row.seq),
            *(own_words(row.reason), row.at, row.name),
            is_latest=row.seq == row.last,
        )
        found.setdefault(row.attendance_id, []).append(question)
    if not found:
        return {}
    answers = list(db.session.execute(_answered(found)))
    return {
        one: list(_paired(asked, [row for row in answers if row.attendance_id == one]))
        for one, asked in found.items()
    }


def _paired(asked: list[Question], answers: list[AnyRow]) -> Iterable[Question]:
    """Each answer belongs to the last question asked before it; a question has one answer."""
    for question, following in zip(asked, [*asked[1:], None], strict=True):
        ends = following.asked_at if following else None
        mine = [a for a in answers if a.at >= question.asked_at and (not ends or a.at < ends)]
        given = mine[0] if mine else None
        yield replace(question, answer=given.words, answered_at=given.at) if given else question


def _asked(attendance_ids: Collection[int]) -> Select[Any]:
    d, other = Decision, Decision.__table__.alias()
    last = (
        select(func.max(other.c.seq))
        .where(other.c.attendance_id == d.attendance_id)
        .correlate(d)
        .scalar_subquery()
    )
    return (
        select(
            *(d.attendance_id, Attendance.work_on, d.seq, d.reason, d.at, Person.name),
            last.label("last"),
        )
        .join(Attendance, Attendance.id == d.attendance_id)
        .join(Person, Person.id == d.decided_by_id)
        .where(d.attendance_id.in_(attendance_ids), d.action == "return")
        .order_by(d.attendance_id, d.seq)
    )


def _answered(attendance_ids: Collection[int]) -> Select[int, str, datetime]:
    return (
        select(Remark.attendance_id, Remark.words, Remark.at)
        .where(Remark.attendance_id.in_(attendance_ids), Remark.kind == "answer")
        .order_by(Remark.at, Remark.id)
    )
