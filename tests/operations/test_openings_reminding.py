"""Reminders before a shift: once each, to those who want them, not at night nor in quiet times."""

from datetime import timedelta

import pytest

from checkin.database import db
from checkin.models import Message
from checkin.operations.openings.reminding import remind_coming
from checkin.web import message_words
from tests import factories
from tests.factories import alter, check_in

HOUR = timedelta(hours=1)
EVENING = 7 * HOUR
"""Tests begin at 1 PM in Makkah; eight in the evening is seven hours later."""


@pytest.fixture
def shift(cast, now):
    """Tomorrow from 9 AM; Noura is expected and wants messages."""
    alter(cast.noura, news_wanted_at=now)
    made = factories.shift(now, cast.squares, starts=20 * 60)
    factories.assign(now - HOUR, cast.noura, made)
    return made


def told() -> list[str]:
    db.session.expire_all()
    return list(db.session.scalars(db.select(Message.template).order_by(Message.id)))


def test_once_in_the_evening_and_once_two_hours_before(now, shift):
    assert remind_coming(now + EVENING - HOUR / 60) == 0
    assert [remind_coming(now + EVENING + later) for later in (HOUR * 0, HOUR)] == [1, 0]
    assert remind_coming(shift.starts_at - 2 * HOUR - HOUR / 60) == 0
    assert [remind_coming(shift.starts_at - late * HOUR) for late in (2, 1)] == [1, 0]
    assert told() == ["shift_tomorrow", "shift_soon"]


def test_what_they_say(app, now, shift):
    remind_coming(now + EVENING)
    remind_coming(shift.starts_at - HOUR)
    evening, soon = db.session.scalars(db.select(Message).order_by(Message.id))
    with app.test_request_context():
        for message in (evening, soon):
            for language, site in (("ar", "ساحات المسجد الحرام"), ("en", "Squares")):
                words = message_words.render(message.template, language, message.facts)
                assert site in words
                assert "/hours" in words
    assert evening.expires_at == now + EVENING + 2 * HOUR
    assert soon.expires_at == shift.starts_at - HOUR / 2


@pytest.mark.parametrize("without", ["mobile", "news_wanted_at"])
def test_only_who_wants_messages_and_can_get_them(cast, now, shift, without):
    alter(cast.noura, **{without: None})
    assert remind_coming(now + EVENING) == 0


@pytest.mark.parametrize("state", [{"is_draft": True}, {"cancelled_at": True}])
def test_nobody_is_reminded_of_what_does_not_take_place(now, shift, state):
    alter(shift, **{name: now if name.endswith("_at") else v for name, v in state.items()})
    assert remind_coming(now + EVENING) == 0


def test_who_waits_for_a_place_is_not_reminded(cast, now, shift):
    waits = factories.person(now, news_wanted_at=now)
    factories.assign(now - HOUR, waits, shift, how="waiting")
    assert remind_coming(now + EVENING) == 1


def test_who_has_just_joined_has_just_read_it(now, shift):
    late = factories.person(now, news_wanted_at=now)
    factories.assign(now + EVENING + HOUR / 2, late, shift)
    assert remind_coming(now + EVENING + HOUR) == 1


def test_who_is_there_already_needs_none(cast, now, shift):
    poster = factories.poster(now, cast.squares, shift)
    alter(cast.shift, cancelled_at=now)
    soon = shift.starts_at - HOUR / 2 - HOUR / 60
    check_in(cast.noura, poster, shift.starts_at - HOUR / 3)
    assert remind_coming(soon) == 0


def test_quiet_times_are_waited_for(cast, now, shift):
    alter(cast.squares, quiet_windows=[["19:50", "20:40"]])
    assert remind_coming(now + EVENING) == 0
    assert remind_coming(now + EVENING + HOUR * 2 / 3) == 1


def test_nobody_is_woken(cast, now):
    """A shift from 4 AM: the evening's reminder, and none at two in the night."""
    alter(cast.noura, news_wanted_at=now)
    dawn = factories.shift(now, cast.mataf, starts=15 * 60)
    factories.assign(now - HOUR, cast.noura, dawn)
    assert remind_coming(now + EVENING) == 1
    assert remind_coming(dawn.starts_at - 2 * HOUR) == 0
    assert told() == ["shift_tomorrow"]


def test_a_day_without_messages_ends_the_round(app, now, shift):
    app.config["MESSAGES_PER_DAY"] = 0
    assert remind_coming(now + EVENING) == 0
    assert told() == []
