"""Messages about one's hours: wanted or not, and what they say in both languages."""

import re
from datetime import timedelta

import pytest

from checkin.database import db
from checkin.models import AuditEntry, Message, Person
from checkin.operations import accounts, approvals
from checkin.operations.approvals import appealing, asking
from checkin.web.message_words import render
from tests import factories
from tests.web.scanning import attendances_of

pytestmark = pytest.mark.usefixtures("at")
HOUR = timedelta(hours=1)


@pytest.fixture
def noura(cast, browser_of):
    return browser_of(cast.noura, lang="en")


def wanted(person) -> bool:
    db.session.rollback()
    return db.session.get_one(Person, person.id, populate_existing=True).news_wanted_at is not None


# --- wanting them --------------------------------------------------------------------------


def test_they_are_off_until_somebody_says_so(cast, noura):
    assert "Send me messages" in noura.text("/account")
    assert not wanted(cast.noura)
    sent = noura.send("/account/news")
    assert (sent.status_code, sent.location) == (303, "/account#news")
    assert wanted(cast.noura)
    text = noura.text("/account")
    assert "You will be sent messages about your hours" in text
    assert "On since Sunday 22 November 2026" in text
    noura.send("/account/news/ending")
    assert not wanted(cast.noura)
    assert "You will not be sent messages about your hours" in noura.text("/account")


def test_each_change_is_noted_once_and_stands_in_ones_own_data(cast, noura, now):
    for _visit in range(2):
        noura.send("/account/news")
    assert accounts.own_record(cast.noura.id, now)["profile"]["news_wanted_at"]
    for _visit in range(2):
        noura.send("/account/news/ending")
    acts = db.session.scalars(db.select(AuditEntry.act).where(AuditEntry.act.like("person.news%")))
    assert list(acts) == ["person.news_on", "person.news_off"]


def test_nobody_is_promised_messages_without_a_mobile(cast, noura):
    factories.alter(cast.noura, mobile=None)
    assert "Messages about my hours" not in noura.text("/account")
    noura.send("/account/news")
    assert "There is no mobile number to send messages to" in noura.text("/account")
    assert not wanted(cast.noura)


def test_a_stranger_is_asked_to_sign_in(client):
    for address in ("/account/news", "/account/news/ending"):
        assert client.send(address).location.startswith("/sign-in")


# --- what they say -------------------------------------------------------------------------


@pytest.fixture
def record(cast, now):
    factories.alter(cast.noura, news_wanted_at=now)
    factories.check_in(cast.noura, cast.poster, cast.shift.starts_at)
    factories.check_out(cast.noura, cast.shift, cast.shift.ends_at)
    return the_record(cast)


def the_record(cast):
    db.session.rollback()
    return attendances_of(cast.noura)[0]


def said(lang: str) -> str:
    db.session.rollback()
    message = db.session.scalars(db.select(Message).order_by(Message.id.desc())).first()
    words = render(message.template, lang, message.facts)
    return words.replace("\u2068", "").replace("\u2069", "").replace("\u00a0", " ")


def test_a_question(cast, record, now):
    asking.ask(record.id, record.row_version, words="أين خالد؟", by=cast.salem.id, now=now)
    assert re.fullmatch(
        r"The supervisor has a question about your attendance at Mataf courtyard on 22 Nov\. "
        rf"To answer: \nhttps?://\S+/attendances/{record.id}",
        said("en"),
    )
    assert said("ar").startswith("لدى المشرف سؤال عن حضورك في صحن المطاف يوم 22 نوفمبر")
    assert "خالد" not in said("ar")


def test_what_was_approved_that_day(cast, record, now):
    approvals.approve(record.id, record.row_version, by=cast.salem.id, now=now)
    assert ": 5 hours of your attendance were approved today." in said("en")
    assert "اعتُمدت اليوم 5 ساعات من حضورك" in said("ar")
    assert said("ar").endswith("/hours")


@pytest.mark.parametrize(
    ("why", "english", "arabic"),
    [
        ({"reason": "duplicate", "words": "قال خالد"}, "rejected: Recorded twice.", "تسجيل مكرر"),
        ({"reason": "other", "words": "قال خالد"}, "was rejected. The reason, and", "السبب"),
    ],
)
def test_a_rejection(cast, record, now, why, english, arabic):
    approvals.reject(record.id, record.row_version, **why, by=cast.salem.id, now=now)
    assert english in said("en")
    assert arabic in said("ar")
    assert "خالد" not in said("ar")


def test_the_answer_to_an_objection(cast, record, now):
    approvals.reject(record.id, record.row_version, reason="duplicate", by=cast.salem.id, now=now)
    version = the_record(cast).row_version
    appealing.appeal(record.id, version, words="لا", by=cast.noura.id, now=now)
    approvals.approve(record.id, the_record(cast).row_version, by=cast.layla.id, now=now)
    assert "Your objection about Mataf courtyard on 22 Nov was looked at: 5 hours" in said("en")
    assert "نُظر في اعتراضك على سجل صحن المطاف يوم 22 نوفمبر: اعتُمدت 5 ساعات" in said("ar")
    approvals.withdraw(record.id, the_record(cast).row_version, by=cast.layla.id, now=now)
    version = the_record(cast).row_version
    approvals.reject(record.id, version, reason="duplicate", by=cast.layla.id, now=now)
    assert "The record stays rejected. The reason:" in said("en")
    assert "وبقي السجل مرفوضًا" in said("ar")
