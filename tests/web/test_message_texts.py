"""The organisation's own words for messages: shown, checked, sent, taken back."""

import json
from pathlib import Path

import pytest

from checkin.database import db
from checkin.domain import placeholders
from checkin.models import AuditEntry, MessageText
from checkin.operations import jobs
from checkin.web import message_samples, message_words
from checkin.web.message_kinds import KINDS
from checkin.web.message_samples import WORDINGS
from tests import factories, pages

pytestmark = pytest.mark.usefixtures("at")
ADDRESS = "/messages/sign_in_code"
CODE_AR = "{الرمز} هو رمزك لدى {الجهة}"


def plain(answer) -> str:
    """Without the marks that keep directions apart."""
    return pages.plain(answer).replace("\u2068", "").replace("\u2069", "")


def kept() -> dict[tuple[str, str], str]:
    rows = db.session.scalars(db.select(MessageText))
    return {(one.template, one.language): one.words for one in rows}


def sent(app) -> list[str]:
    file = Path(app.config["SENDER_FILE"])
    return [json.loads(line)["text"] for line in file.read_text().splitlines()]


def test_every_message_has_its_wordings_and_every_place_its_name(app):
    assert {one.template for one in WORDINGS.values()} == set(message_words.TEXTS) == set(KINDS)
    for key, wording in WORDINGS.items():
        assert len(key) <= MessageText.template.type.length
        for language in ("ar", "en"):
            said = wording.said()
            assert said.wording == key
            assert set(said.needs) <= set(wording.places)
            built_in = wording.kept(wording.built_in(language))
            placeholders.check(built_in, wording.places, said.needs)
            assert wording.example(language, built_in) == wording.example(language, None)
    assert {name for one in WORDINGS.values() for name in one.places} == set(message_samples.PLACES)


def test_every_message_stands_there_in_both_languages(layla):
    page = layla.text("/messages")
    assert "Your verification code is {code}. Do not share it." in page
    assert "{الرمز}" in page
    assert "Own text" not in page
    assert page.count("Objection decided") == 2


def test_own_words_are_sent_in_the_receivers_language(app, layla, now):
    answer = layla.send(ADDRESS, ar=CODE_AR, en="")
    assert (answer.status_code, answer.location) == (303, "/messages#sign_in_code")
    assert kept() == {("sign_in_code", "ar"): "{code} هو رمزك لدى {organisation}"}
    for language in ("ar", "en"):
        facts = {"code": "482913"}
        factories.message(now, "sign_in_code", facts=facts, language=language)
    jobs.send_messages(now)
    english, arabic = sorted(sent(app), key=lambda text: "رمزك" in text)
    assert arabic.startswith("482913 هو رمزك لدى حضور المتطوعين\n@")
    assert arabic.endswith("#482913")
    assert english.startswith("Your verification code is 482913")
    page = layla.text("/messages")
    assert page.count("Own text") == 1
    assert CODE_AR in page


def test_each_change_is_noted_without_its_words(cast, layla):
    layla.send(ADDRESS, ar=CODE_AR, en="")
    layla.send(ADDRESS, ar=CODE_AR, en="")
    layla.send(f"{ADDRESS}/removal", language="ar")
    notes = db.session.scalars(
        db.select(AuditEntry).where(AuditEntry.thing == "message_text").order_by(AuditEntry.id)
    ).all()
    assert [(note.act, note.actor_id) for note in notes] == [
        ("message_text.own", cast.layla.id),
        ("message_text.built_in", cast.layla.id),
    ]
    assert notes[0].facts == {"wording": "sign_in_code", "language": "ar"}
    assert kept() == {}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("Your code", "{code} is missing. Without it"),
        ("{code} for {day}", "{day} is no place of this message"),
        ("{code.__init__.__globals__}", "is no place of this message"),
        ("{code", "A brace stands alone"),
        ("{code} " + "a" * 600, "Use at most 600 characters"),
    ],
)
def test_what_cannot_be_sent_is_said_and_stays_typed(layla, typed, sentence):
    refused = layla.send(ADDRESS, ar=CODE_AR, en=typed)
    assert refused.status_code == 422
    assert sentence in plain(refused)
    assert typed in refused.text
    assert CODE_AR in refused.text
    assert kept() == {}


def test_places_are_missed_by_the_name_of_the_text_s_language(layla):
    assert "{الرمز} is missing" in plain(layla.send(ADDRESS, ar="رمزك", en=""))


def test_the_preview_shows_what_arrives_and_what_it_costs(layla):
    said = plain(layla.send(f"{ADDRESS}/preview", language="ar", words=CODE_AR))
    assert "482913 هو رمزك لدى حضور المتطوعين" in said
    assert "SMS parts: 1" in said
    assert "SMS parts: 2" in plain(
        layla.send(f"{ADDRESS}/preview", language="ar", words=CODE_AR + " شكرًا لك" * 5)
    )
    assert "is missing" in plain(layla.send(f"{ADDRESS}/preview", language="en", words="x"))
    blank = plain(layla.send(f"{ADDRESS}/preview", language="en", words=" "))
    assert "So it arrives: the built-in text Your verification code is 482913" in blank
    assert kept() == {}


def test_words_that_fit_no_longer_give_way_to_ours(app, now, cast):
    factories.keep(
        MessageText(
            template="sign_in_code",
            language="en",
            words="Use {number}",
            changed_at=now,
            changed_by_id=cast.layla.id,
        )
    )
    said = message_words.render("sign_in_code", "en", {"code": "482913"})
    assert said.startswith("Your verification code is 482913")


def test_what_is_typed_never_acts(layla):
    words = "<script>alert(1)</script> {code}"
    said = layla.send(f"{ADDRESS}/preview", language="en", words=words).text
    assert "&lt;script&gt;" in said
    assert "<script>" not in said


def test_unknown_messages_are_not_found_and_languages_refused(layla):
    assert layla.get("/messages/nonsense").status_code == 404
    assert layla.send(f"{ADDRESS}/preview", language="fr", words="x").status_code == 400
    assert layla.send(f"{ADDRESS}/removal", language="").status_code == 400


def test_coordinators_and_administrators_only(noura, salem, majed, client):
    assert majed.get("/messages").status_code == 200
    for browser in (noura, salem):
        for answer in (browser.get("/messages"), browser.get(ADDRESS)):
            assert answer.status_code == 403
        assert browser.send(ADDRESS, ar="", en="").status_code == 403
    assert client.get(ADDRESS).status_code == 303
