"""The outbox and the settings, on both databases."""

import pytest

from checkin.domain.errors import Problem
from checkin.operations import messages, outbox, pictures, settings
from checkin.operations.outbox import State
from tests import factories
from tests.pictures import made_picture


def test_messages_are_counted_by_state_and_a_failed_one_waits_again(app, cast, now):
    factories.message(now)
    factories.message(now, sent_at=now)
    failed = factories.message(now, failed_at=now)
    assert outbox.counts() == {State.WAITING: 1, State.SENT: 1, State.FAILED: 1}
    outbox.try_again(failed.id, by=cast.layla.id, now=now)
    assert outbox.counts() == {State.WAITING: 2, State.SENT: 1, State.FAILED: 0}
    assert outbox.page_of(State.WAITING).messages[0].id == failed.id
    with pytest.raises(Problem, match="message_too_late"):
        outbox.try_again(failed.id, by=cast.layla.id, now=now)


def test_the_budget_that_was_set_is_the_one_that_is_kept(app, cast, now):
    settings.change({"messages_per_day": 1}, by=cast.majed.id, now=now)
    messages.spend(now)
    assert messages.spent_today(now) == 1
    with pytest.raises(Problem, match="messages_spent"):
        messages.spend(now)
    settings.change({"messages_per_day": None}, by=cast.majed.id, now=now)
    assert settings.value("messages_per_day") == 5000


def test_a_logo_is_kept_exchanged_and_removed(app, cast, now):
    pictures.keep_logo(made_picture(), by=cast.majed.id, now=now)
    first = pictures.logo()["sha"]
    pictures.keep_logo(made_picture(size=(30, 30)), by=cast.majed.id, now=now)
    assert pictures.content_of(first) is None
    assert pictures.content_of(pictures.logo()["sha"])
    pictures.remove_logo(by=cast.majed.id, now=now)
    assert pictures.logo() is None
