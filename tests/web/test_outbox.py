"""The outbox page: what waits, left and failed; another try; the budget; a test of the sender."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from checkin.database import db
from checkin.models import AuditEntry, Message
from checkin.operations import jobs, messages, outbox
from checkin.operations.outbox import State
from tests import factories
from tests.pages import plain

pytestmark = pytest.mark.usefixtures("at")


@pytest.fixture
def failed(cast, now):
    return factories.message(
        now, failed_at=now, attempts=6, fault="gateway answered 503", mobile="+966501234567"
    )


def sent(app) -> list[dict[str, str]]:
    file = Path(app.config["SENDER_FILE"])
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def test_a_failed_message_is_shown_with_its_fault_and_its_words_in_both_languages(layla, failed):
    page = layla.text("/outbox?state=failed")
    assert "••• 4567" in page
    assert "+966501234567" not in page
    assert "The SMS gateway answered 503" in page
    assert "A new phone was signed in to your account" in page
    assert "حسابك" in page
    assert "Try again" in page


def test_each_state_has_its_messages_and_their_number(layla, now, failed):
    factories.message(now)
    factories.message(now, sent_at=now, sender="file", attempts=1)
    factories.message(now, sent_at=now, sender="file", attempts=1)
    page = layla.text("/outbox")
    assert "1 To be sent 2 Written, not sent 1 Failed" in page
    assert layla.text("/outbox?state=sent").count("A new phone was signed in to your") == 2
    assert layla.get("/outbox?state=nonsense").status_code == 200


def test_a_code_is_never_shown(layla, now):
    for template in ("sign_in_code", "guardian_code"):
        factories.message(now, template, facts={"code": "482913"})
    page = layla.get("/outbox").text
    assert "482913" not in page
    assert "••••••" in page


def test_an_empty_outbox_says_so(layla):
    assert "No message waits" in layla.text("/outbox")


def test_the_next_part_begins_where_the_first_ended(now, app):
    made = [factories.message(now).id for _ in range(5)]
    first = outbox.page_of(State.WAITING, per_page=2)
    assert [one.id for one in first.messages] == made[:2:-1]
    factories.message(now)
    second = outbox.page_of(State.WAITING, first.before, per_page=2)
    assert [one.id for one in second.messages] == made[2:0:-1]
    last = outbox.page_of(State.WAITING, second.before, per_page=2)
    assert ([one.id for one in last.messages], last.before) == (made[:1], None)


def test_a_failed_one_is_tried_again(layla, failed, now):
    answer = layla.send(f"/outbox/{failed.id}/attempt")
    assert "It is tried again now" in layla.text(answer.location)
    message = db.session.get_one(Message, failed.id)
    assert (message.failed_at, message.attempts, message.due_at) == (None, 0, now)
    again = layla.send(f"/outbox/{failed.id}/attempt")
    assert "It is too late for this message" in layla.text(again.location)


def test_what_is_too_late_or_lost_its_code_is_not_tried_again(layla, now):
    late = factories.message(now, failed_at=now, expires_at=now, fault="expired")
    code = factories.message(now, "sign_in_code", failed_at=now)
    page = plain(layla.get("/outbox?state=failed"))
    assert "Try again" not in page
    assert "It could not be sent in time" in page
    for message in (late, code):
        layla.send(f"/outbox/{message.id}/attempt")
        assert db.session.get_one(Message, message.id).failed_at is not None
    assert layla.send("/outbox/9999/attempt").status_code == 404


@pytest.mark.parametrize(
    ("kind", "words"),
    [("console", "Printed, not sent"), ("file", "Written, not sent"), ("http", "Sent")],
)
def test_what_only_the_server_saw_is_not_called_sent(layla, now, kind, words):
    """Whatever the sender is now: the message says by which one it left."""
    factories.message(now, sent_at=now, sender=kind, attempts=1)
    page = layla.text("/outbox?state=sent")
    assert f"0 To be sent 1 {words} 0 Failed" in page
    assert page.count(words) == 2


def test_messages_that_left_in_several_ways_each_say_theirs(layla, now):
    for kind in ("console", "http", ""):
        factories.message(now, sent_at=now, sender=kind, attempts=1)
    page = layla.text("/outbox?state=sent")
    assert "3 Sent or only written" in page
    assert page.count("Printed, not sent") == 1
    assert page.count("Sent or only written") == 2, "the three together, and that nobody noted"


def test_the_sender_that_took_a_message_is_noted(app, now):
    made = factories.message(now, due_at=now)
    jobs.send_messages(now)
    db.session.expire_all()
    app.config["SENDER"] = "http"
    assert db.session.get_one(Message, made.id).sender == "file"


def test_a_test_message_goes_to_ones_own_mobile_and_counts(app, cast, layla):
    assert f'value="{cast.layla.mobile}"' in layla.get("/outbox").text
    answer = layla.send("/outbox/test", mobile=cast.layla.mobile)
    page = layla.text(answer.location)
    assert "The test message was written into a file on the server, not sent" in page
    (message,) = sent(app)
    assert message["to"] == cast.layla.mobile
    assert "this is a test message" in message["text"]
    assert "1 of 5,000" in page


def test_test_messages_are_few(app, layla, at):
    for _ in range(outbox.TESTS_AN_HOUR):
        layla.send("/outbox/test")
    assert layla.send("/outbox/test", mobile="0551234567").status_code == 422
    assert len(sent(app)) == outbox.TESTS_AN_HOUR
    at.shift(timedelta(hours=1))
    assert layla.send("/outbox/test").status_code == 303
    assert len(sent(app)) == outbox.TESTS_AN_HOUR + 1


def test_without_a_mobile_a_number_is_entered_and_its_end_is_noted(app, cast, layla):
    factories.alter(cast.layla, mobile=None)
    assert 'action="/outbox/test"' in layla.get("/outbox").text
    refused = layla.send("/outbox/test", mobile="")
    assert (refused.status_code, sent(app)) == (422, [])
    assert "Your account has no mobile. Enter the number" in refused.text
    wrong = layla.send("/outbox/test", mobile="0123")
    assert (wrong.status_code, sent(app)) == (422, [])
    assert 'value="0123"' in wrong.text
    layla.send("/outbox/test", mobile="055 123 4567")
    assert [one["to"] for one in sent(app)] == ["+966551234567"]
    (note,) = db.session.scalars(db.select(AuditEntry).where(AuditEntry.act == "outbox.test"))
    assert (note.actor_id, note.facts) == (cast.layla.id, {"ends_in": "4567"})


def test_the_page_says_where_the_gateway_is_set(layla):
    page = layla.text("/outbox")
    assert "CHECKIN_SENDER_URL" in page
    assert "CHECKIN_SENDER_NAME" in page


def test_a_gateway_that_does_not_answer_is_said(app, layla):
    app.config.update(
        SENDER="http", SENDER_URL="http://127.0.0.1:9/send", SENDER_TOKEN="a secret token"
    )
    answer = layla.send("/outbox/test")
    page = layla.text(answer.location)
    assert "did not leave: The SMS gateway could not be reached" in page
    assert "127.0.0.1" in page
    assert "a secret token" not in layla.get("/outbox").text


def test_coordinators_and_administrators_only(noura, salem, majed, client, failed):
    assert majed.get("/outbox").status_code == 200
    for browser in (noura, salem):
        assert browser.get("/outbox").status_code == 403
        assert browser.send(f"/outbox/{failed.id}/attempt").status_code == 403
        assert browser.send("/outbox/test").status_code == 403
    assert client.get("/outbox").status_code == 303


def test_arabic_comes_first(cast, browser_of, failed):
    page = browser_of(cast.layla, kind="staff").text("/outbox?state=failed")
    for words in ("الرسائل", "دخول من هاتف جديد", "ردّت بوابة الرسائل النصية بالرمز 503"):
        assert words in page


def test_the_budget_s_day_begins_at_the_organisations_midnight(cast):
    late = datetime(2026, 11, 22, 20, 59, tzinfo=UTC)
    messages.spend(late)
    assert messages.spent_today(late) == 1
    assert messages.spent_today(late - timedelta(hours=20)) == 1
    assert messages.spent_today(late + timedelta(minutes=1)) == 0
