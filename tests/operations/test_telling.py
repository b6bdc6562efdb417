"""News of decisions: who is told what and when, and what never leaves the house."""

from datetime import date, timedelta

import pytest

from checkin.database import db
from checkin.domain.roles import Role
from checkin.models import Attendance, Message
from checkin.operations import approvals, messages
from checkin.operations.approvals import appealing, asking, telling
from tests import factories
from tests.factories import check_in, check_out

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@pytest.fixture
def later(now):
    """4 PM UTC, 7 PM in Makkah: an hour before the day's news."""
    return now + 6 * HOUR


@pytest.fixture(autouse=True)
def _wants_news(cast, now):
    factories.alter(cast.noura, news_wanted_at=now)


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


def told() -> list[Message]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(db.select(Message).order_by(Message.id)))


def approve(record, by, now):
    approvals.approve(record.id, fresh(record.id).row_version, by=by.id, now=now)


def reject(record, by, now, **why):
    version, why = fresh(record.id).row_version, why or {"reason": "not_present"}
    approvals.reject(record.id, version, **why, by=by.id, now=now)


def withdraw(record, by, now):
    approvals.withdraw(record.id, fresh(record.id).row_version, by=by.id, now=now)


def send(now) -> list[str]:
    """Let everything due leave; what was sent."""
    sent = []
    messages.deliver(lambda mobile, text, once: sent.append(once), lambda *facts: "x", now=now)
    return sent


def test_a_question_is_told_at_once_without_its_words(cast, record, later):
    asking.ask(record.id, record.row_version, words="أين خالد؟", by=cast.salem.id, now=later)
    (message,) = told()
    assert (message.template, message.mobile, message.due_at) == (
        telling.ASKED,
        cast.noura.mobile,
        later,
    )
    assert message.facts == {
        "attendance": record.id,
        "site_ar": cast.mataf.name_ar,
        "site_en": cast.mataf.name_en,
        "work_on": "2026-11-22",
    }


def test_a_rejection_is_told_with_the_reason_of_the_list_alone(cast, record, later):
    reject(record, cast.salem, later, reason="duplicate", words="رآها خالد في موقع آخر")
    (message,) = told()
    assert (message.template, message.facts["reason"]) == (telling.REJECTED, "duplicate")
    assert "خالد" not in str(message.facts)
    assert message.due_at == later + telling.HOLD


def test_own_words_alone_stay_on_the_receipt(cast, record, later):
    reject(record, cast.salem, later, reason="other", words="رآها خالد في موقع آخر")
    assert told()[0].facts["reason"] == ""


def test_what_is_undone_in_time_was_never_said(cast, record, later):
    reject(record, cast.salem, later)
    withdraw(record, cast.salem, later + MINUTE)
    assert told() == []
    reject(record, cast.salem, later + 2 * MINUTE)
    assert send(later + 12 * MINUTE) == [f"decision:{record.id}:3"]
    withdraw(record, cast.salem, later + 20 * MINUTE)
    assert len(told()) == 1


def test_what_was_approved_is_one_message_a_day(cast, record, now, later):
    other = second(cast, now)
    approve(record, cast.salem, later)
    approve(other, cast.salem, later + MINUTE)
    (message,) = told()
    assert message.template == telling.APPROVED
    assert message.facts == {"minutes": {str(record.id): 300, str(other.id): 30}}
    assert message.due_at == now + 7 * HOUR  # 8 PM in Makkah
    withdraw(other, cast.salem, later + 2 * MINUTE)
    assert told()[0].facts == {"minutes": {str(record.id): 300}}
    withdraw(record, cast.salem, later + 3 * MINUTE)
    assert told() == []


def second(cast, now) -> Attendance:
    """Half an hour of Noura's after the first shift."""
    following = factories.shift(now, cast.mataf, starts=240, minutes=30)
    factories.assign(now, cast.noura, following)
    came = check_in(cast.noura, cast.poster, following.starts_at)
    check_out(cast.noura, following, following.ends_at)
    return fresh(came.attendance_id)


def test_after_the_days_message_the_next_one_is_tomorrows(cast, record, now, later):
    other = second(cast, now)
    approve(record, cast.salem, later)
    assert send(now + 7 * HOUR) == [f"approved:{cast.noura.id}:2026-11-22"]
    approve(other, cast.salem, now + 7 * HOUR)
    assert [(one.due_at, one.facts["minutes"]) for one in told()] == [
        (now + 7 * HOUR, {str(record.id): 300}),
        (now + 7 * HOUR + DAY, {str(other.id): 30}),
    ]


def test_an_adjustment_is_told_with_what_counts(cast, record, later):
    approvals.adjust(
        *(record.id, record.row_version),
        minutes=240,
        beneficiaries=25,
        reason="seen",
        by=cast.salem.id,
        now=later,
    )
    assert told()[0].facts["minutes"] == {str(record.id): 240}


def test_a_proposal_is_told_when_it_is_confirmed(cast, now, later):
    came = check_in(cast.noura, cast.poster, cast.shift.starts_at)
    check_out(cast.noura, cast.shift, now)
    shown = fresh(came.attendance_id)
    facts = {"minutes": 200, "beneficiaries": 0, "reason": "seen"}
    approvals.adjust(shown.id, shown.row_version, **facts, by=cast.salem.id, now=later)
    assert told() == []
    shown = fresh(shown.id)
    approvals.confirm(shown.id, shown.row_version, by=cast.layla.id, now=later)
    assert told()[0].facts["minutes"] == {str(shown.id): 200}


@pytest.mark.parametrize("act", [approve, reject])
def test_an_objection_is_answered_with_a_message_of_its_own(cast, record, later, act):
    reject(record, cast.salem, later)
    shown = fresh(record.id)
    appealing.appeal(record.id, shown.row_version, words="كنت هنا", by=cast.noura.id, now=later)
    assert told() == []  # the rejection has been seen
    act(record, cast.layla, later)
    (message,) = told()
    assert message.template == telling.ANSWERED
    said = {"minutes": 300} if act is approve else {"reason": "not_present"}
    assert said.items() <= message.facts.items()


def test_nothing_is_sent_in_a_quiet_time(cast, record, now, later):
    factories.alter(cast.mataf, quiet_windows=[["18:55", "19:25"], ["19:50", "20:20"]])
    asking.ask(record.id, record.row_version, words="متى؟", by=cast.salem.id, now=later)
    assert told()[0].due_at == later + 25 * MINUTE
    approve(record, cast.salem, later)
    assert [one.due_at for one in told()] == [now + 7 * HOUR + 20 * MINUTE]


@pytest.mark.parametrize("without", ["news_wanted_at", "mobile"])
def test_nobody_is_told_who_did_not_ask_for_it(cast, record, later, without):
    factories.alter(cast.noura, **{without: None})
    approve(record, cast.salem, later)
    withdraw(record, cast.salem, later)
    reject(record, cast.salem, later)
    assert told() == []


class TestWithoutBudget:
    @pytest.fixture
    def settings(self):
        return {"MESSAGES_PER_DAY": 1}

    def test_decisions_stand_when_the_days_messages_are_spent(self, cast, record, later):
        spent = {"language": "ar", "now": later, "due_at": later + DAY}
        messages.queue("another", "new_phone", "+966500000009", {}, **spent)
        asking.ask(record.id, record.row_version, words="متى؟", by=cast.salem.id, now=later)
        reject(record, cast.salem, later)
        assert fresh(record.id).state == "rejected"
        assert [one.once for one in told()] == ["another"]


def test_the_language_is_the_one_last_written_in(cast, record, later):
    earlier = {"language": "en", "now": later - HOUR}
    messages.queue("earlier", "new_phone", cast.noura.mobile, {}, **earlier)
    approve(record, cast.salem, later)
    assert told()[1].language == "en"


def test_a_bulk_approval_tells_each_volunteer(cast, record, now, later):
    sara = factories.person(now, "سارة خالد", news_wanted_at=now)
    factories.assign(now, sara, cast.shift)
    came = check_in(sara, cast.poster, now)
    check_out(sara, cast.shift, cast.shift.ends_at)
    shown = [(one, fresh(one).row_version) for one in (record.id, came.attendance_id)]
    second_supervisor = factories.person(now, "عبدالله ناصر", email="n@example.org")
    factories.grant(now, second_supervisor, Role.SUPERVISOR, site_id=cast.mataf.id)
    done = approvals.approve_many(shown, by=second_supervisor.id, now=later)
    assert len(done.done) == 2
    assert {one.mobile for one in told()} == {cast.noura.mobile, sara.mobile}
    assert all(one.once.endswith(date(2026, 11, 22).isoformat()) for one in told())
