"""A question about an attendance: who may ask, who answers, and what one answer changes."""

import threading
import uuid
from datetime import timedelta

import pytest

from checkin.database import db
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.models import Attendance, AuditEntry, Decision, Remark
from checkin.operations import accounts, approvals, manual
from checkin.operations.approvals import asking
from tests import factories
from tests.factories import check_in, check_out

MINUTE = timedelta(minutes=1)
WORDS = "متى انتهت خدمتك؟"


@pytest.fixture
def later(now):
    return now + timedelta(hours=6)


@pytest.fixture
def record(cast) -> Attendance:
    answer = check_in(cast.noura, cast.poster, cast.shift.starts_at)
    check_out(cast.noura, cast.shift, cast.shift.ends_at, beneficiaries=25)
    return fresh(answer.attendance_id)


def fresh(attendance_id) -> Attendance:
    db.session.rollback()
    found = db.session.get(Attendance, attendance_id, populate_existing=True)
    db.session.expunge(found)
    return found


@pytest.fixture
def ask(cast, record, later):
    """Somebody asks about the record as it is now."""

    def asking_(words=WORDS, by=None, now=later):
        shown = fresh(record.id)
        by = by or cast.salem
        asking.ask(record.id, shown.row_version, words=words, by=by.id, now=now)

    return asking_


def answer(record, words, by, now, uid=None):
    asking.answer(record.id, words, uid or str(uuid.uuid4()), by=by.id, now=now)


def test_a_question_leaves_the_attendance_undecided(cast, record, ask, later):
    ask()
    after = fresh(record.id)
    assert (after.state, after.credited_minutes, after.row_version) == (
        "closed",
        300,
        record.row_version + 1,
    )
    (question,) = asking.open_questions([record.id]).values()
    assert (question.words, question.asked_by, question.asked_at) == (WORDS, cast.salem.name, later)
    assert question.is_open
    note = db.session.scalars(db.select(AuditEntry).where(AuditEntry.act == "attendance.return"))
    assert [entry.actor_id for entry in note] == [cast.salem.id]


def test_an_answer_closes_the_question_and_shows_with_it(cast, record, ask, later):
    ask()
    shown = fresh(record.id)
    answer(record, "  الساعة  الخامسة ", cast.noura, later + MINUTE)
    assert asking.open_questions([record.id]) == {}
    question = asking.latest_questions([record.id])[record.id]
    assert (question.answer, question.answered_at) == ("الساعة الخامسة", later + MINUTE)
    with pytest.raises(Conflict, match="changed"):
        approvals.approve(record.id, shown.row_version, by=cast.salem.id, now=later)
    now = fresh(record.id)
    assert approvals.approve(now.id, now.row_version, by=cast.salem.id, now=later) == 300


def test_sending_an_answer_twice_keeps_one(cast, record, ask, later):
    ask()
    uid = str(uuid.uuid4())
    for minutes in range(3):
        answer(record, "نعم", cast.noura, later + minutes * MINUTE, uid)
    assert [one.words for one in db.session.scalars(db.select(Remark))] == ["نعم"]
    assert fresh(record.id).row_version == record.row_version + 2


def test_a_second_answer_has_no_question(cast, record, ask, later):
    ask()
    answer(record, "نعم", cast.noura, later)
    with pytest.raises(Problem, match="nothing_asked"):
        answer(record, "لا", cast.noura, later)


def test_after_an_answer_one_can_ask_again(cast, record, ask, later):
    ask()
    answer(record, "نعم", cast.noura, later + MINUTE)
    ask("وكم كان العدد؟", now=later + 2 * MINUTE)
    assert asking.open_questions([record.id])[record.id].words == "وكم كان العدد؟"
    answer(record, "عشرون", cast.noura, later + 3 * MINUTE)
    assert [(one.words, one.answer) for one in asking.questions_of(record.id)] == [
        (WORDS, "نعم"),
        ("وكم كان العدد؟", "عشرون"),
    ]


def test_one_question_at_a_time_and_pressing_twice_is_one(cast, record, ask):
    ask()
    ask()
    assert len(db.session.scalars(db.select(Decision)).all()) == 1
    with pytest.raises(Problem, match="question_open"):
        ask("سؤال آخر")
    with pytest.raises(Problem, match="question_open"):
        ask(by=cast.layla)


def test_a_decision_ends_the_question(cast, record, ask, later):
    ask()
    shown = fresh(record.id)
    approvals.approve(record.id, shown.row_version, by=cast.salem.id, now=later)
    assert asking.waiting_for(cast.noura.id) == []
    with pytest.raises(Problem, match="nothing_asked"):
        answer(record, "نعم", cast.noura, later)
    shown = fresh(record.id)
    approvals.withdraw(record.id, shown.row_version, by=cast.salem.id, now=later)
    assert asking.open_questions([record.id]) == {}
    ask("سؤال جديد", now=later + MINUTE)
    assert [one.words for one in asking.waiting_for(cast.noura.id)] == ["سؤال جديد"]


def test_only_the_volunteer_answers(cast, record, ask, later):
    ask()
    for stranger in (cast.salem, cast.huda, cast.layla):
        with pytest.raises(NotFound):
            answer(record, "نعم", stranger, later)
    assert db.session.scalars(db.select(Remark)).all() == []


@pytest.mark.parametrize("words", ["", "   ", "\n"])
def test_a_question_and_an_answer_say_something(cast, record, ask, later, words):
    with pytest.raises(Problem, match="why_missing"):
        ask(words)
    ask()
    with pytest.raises(Problem, match="answer_missing"):
        answer(record, words, cast.noura, later)
    with pytest.raises(Problem, match="text_too_long"):
        answer(record, "ن" * 401, cast.noura, later)


def test_an_id_that_was_used_elsewhere_is_refused(cast, record, ask, later, now):
    ask()
    uid = str(uuid.uuid4())
    answer(record, "نعم", cast.noura, later, uid)
    other = another_record(cast, now)
    asking.ask(other.id, other.row_version, words=WORDS, by=cast.salem.id, now=later)
    with pytest.raises(Conflict, match="uid_reused"):
        answer(other, "لا", cast.noura, later, uid)


def another_record(cast, now) -> Attendance:
    """Noura's attendance in a shift that follows."""
    following = factories.shift(now, cast.mataf, starts=300, minutes=60)
    factories.assign(now, cast.noura, following)
    came = check_in(cast.noura, cast.poster, following.starts_at)
    check_out(cast.noura, following, following.ends_at)
    return fresh(came.attendance_id)


def test_asking_keeps_the_rules_of_deciding(cast, record, ask, later, now):
    with pytest.raises(Problem, match="own_record"):
        ask(by=cast.noura)
    with pytest.raises(Conflict, match="changed"):
        asking.ask(record.id, record.row_version + 5, words=WORDS, by=cast.salem.id, now=later)
    with pytest.raises(NotFound):
        asking.ask(record.id + 99, 1, words=WORDS, by=cast.salem.id, now=later)
    approvals.reject(record.id, record.row_version, reason="duplicate", by=cast.salem.id, now=later)
    with pytest.raises(Conflict, match="changed"):
        ask()


def test_who_entered_it_by_hand_does_not_ask(cast, now, later):
    entry = manual.Entry(str(uuid.uuid4()), cast.noura.id, cast.shift.id, "no_phone", at=now)
    manual.check_in(entry, by=cast.salem.id, now=now)
    check_out(cast.noura, cast.shift, cast.shift.ends_at)
    shown = fresh(db.session.scalars(db.select(Attendance.id)).one())
    with pytest.raises(Problem, match="own_entry_decision"):
        asking.ask(shown.id, shown.row_version, words=WORDS, by=cast.salem.id, now=later)
    asking.ask(shown.id, shown.row_version, words=WORDS, by=cast.layla.id, now=later)
    assert asking.open_questions([shown.id])[shown.id].asked_by == cast.layla.name


def test_an_open_attendance_is_not_asked_about(cast, now):
    came = check_in(cast.noura, cast.poster, now)
    shown = fresh(came.attendance_id)
    with pytest.raises(Problem, match="still_open"):
        asking.ask(shown.id, shown.row_version, words=WORDS, by=cast.salem.id, now=now)


def test_of_an_answer_and_a_decision_at_the_same_moment_one_comes_first(
    app, cast, record, ask, later
):
    """Either the answer is seen before anybody decides, or it is told that it comes too late."""
    ask()
    version = fresh(record.id).row_version
    told: dict[str, str] = {}
    start = threading.Barrier(2)
    noura, salem = cast.noura.id, cast.salem.id

    def run(name, act) -> None:
        with app.app_context():
            start.wait()
            try:
                act()
                told[name] = "done"
            except Problem as problem:
                told[name] = problem.code
            finally:
                db.session.remove()

    acts = {
        "answer": lambda: asking.answer(record.id, "نعم", str(uuid.uuid4()), by=noura, now=later),
        "approve": lambda: approvals.approve(record.id, version, by=salem, now=later),
    }
    runs = [threading.Thread(target=run, args=act) for act in acts.items()]
    for one in runs:
        one.start()
    for one in runs:
        one.join()
    assert told in (
        {"answer": "done", "approve": "changed"},
        {"answer": "nothing_asked", "approve": "done"},
    )


def test_what_was_said_stands_in_ones_own_data(cast, record, ask, later):
    ask()
    answer(record, "نعم", cast.noura, later)
    (held,) = accounts.own_record(cast.noura.id, later)["attendances"]
    assert [one["action"] for one in held["decisions"]] == ["return"]
    assert [(one["kind"], one["words"]) for one in held["remarks"]] == [("answer", "نعم")]
