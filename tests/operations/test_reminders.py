"""Reminders to check out: once, never in a quiet time, never after the attendance closed."""

from datetime import timedelta

import pytest

from checkin.database import db
from checkin.models import Message
from checkin.operations import jobs, messages
from checkin.operations.reminders import remind_forgotten
from checkin.web import message_words
from tests import factories
from tests.factories import alter, check_in, check_out

END = timedelta(hours=4)
"""The cast's shift ends four hours from now, at 5:00 PM in Makkah."""
DUE = END + timedelta(minutes=15)


@pytest.fixture(autouse=True)
def _present(cast, now):
    check_in(cast.noura, cast.poster, now)


def told() -> list[Message]:
    db.session.expire_all()
    return list(db.session.scalars(db.select(Message)))


def test_a_reminder_is_sent_once_a_quarter_of_an_hour_after_the_end(cast, now):
    assert remind_forgotten(now + DUE - timedelta(seconds=1)) == 0
    assert remind_forgotten(now + DUE) == 1
    assert remind_forgotten(now + DUE) == 0
    assert remind_forgotten(now + DUE + timedelta(minutes=5)) == 0
    message = told()[0]
    assert message.mobile == cast.noura.mobile
    assert message.expires_at == now + END + timedelta(minutes=60)


def test_nobody_is_reminded_who_checked_out_or_was_closed(cast, now):
    check_out(cast.noura, cast.shift, now + END)
    assert remind_forgotten(now + DUE) == 0


def test_nobody_is_reminded_after_the_attendance_closed(now):
    assert remind_forgotten(now + END + timedelta(minutes=60)) == 0
    assert told() == []


@pytest.mark.parametrize("without", ["mobile", "consented_at"])
def test_nobody_is_written_to_without_a_mobile_or_consent(cast, now, without):
    alter(cast.noura, **{without: None})
    assert remind_forgotten(now + DUE) == 0


def test_a_reminder_waits_until_a_quiet_time_has_passed(cast, now):
    alter(cast.mataf, quiet_windows=[["17:10", "17:40"]])
    assert remind_forgotten(now + DUE) == 0
    assert remind_forgotten(now + END + timedelta(minutes=39)) == 0
    assert remind_forgotten(now + END + timedelta(minutes=40)) == 1


def test_after_a_quiet_time_nobody_is_reminded_who_has_left_meanwhile(cast, now):
    alter(cast.mataf, quiet_windows=[["17:10", "17:40"]])
    assert remind_forgotten(now + DUE) == 0
    check_out(cast.noura, cast.shift, now + END + timedelta(minutes=30))
    assert remind_forgotten(now + END + timedelta(minutes=40)) == 0


def test_a_quiet_time_until_the_closing_sends_nothing(cast, now):
    alter(cast.mataf, quiet_windows=[["17:00", "18:30"]])
    for minutes in range(0, 100, 5):
        assert remind_forgotten(now + END + timedelta(minutes=minutes)) == 0
    assert told() == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ar", "انتهت فترتك في \u2068صحن المطاف\u2069 عند 5:00 م"),
        ("en", "Your shift at Mataf courtyard ended at 5:00 PM"),
    ],
)
def test_it_speaks_the_language_this_mobile_was_written_to_before(cast, now, language, words):
    facts = {"code": "123456"}
    messages.queue("code:1", "sign_in_code", cast.noura.mobile, facts, language=language, now=now)
    remind_forgotten(now + DUE)
    message = told()[-1]
    assert message.language == language
    text = message_words.render(message.template, message.language, message.facts)
    assert words in text
    assert "6:00" in text


def test_a_spent_budget_stops_the_reminders_and_nothing_else(app, cast, now):
    other = factories.person(now)
    factories.assign(now, other, cast.shift)
    check_in(other, cast.poster, now)
    app.config["MESSAGES_PER_DAY"] = 1
    assert remind_forgotten(now + DUE) == 1
    assert remind_forgotten(now + DUE) == 0
    assert len(told()) == 1


def test_the_jobs_remind(cast, now):
    assert jobs.run_due(now + DUE)["remind_forgotten"] == 1
