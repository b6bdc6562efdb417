"""Every reason for a second look has its words, and a proposed end says what it rests on."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask_babel import force_locale

from checkin.domain.clocks import DeviceClock
from checkin.domain.evidence import Evidence, Flag
from checkin.domain.fold import Kind
from checkin.domain.scanning import REQUESTS
from checkin.domain.welfare import Limit
from checkin.models import Lane
from checkin.operations import badges, manual
from checkin.operations.attendance import Reading, close_forgotten, record_scan
from checkin.operations.manual import Entry
from checkin.web import record_words
from tests import factories
from tests.factories import alter, check_in
from tests.web.scanning import attendances_of

END = timedelta(hours=4)


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (record_words.FLAGS, Flag),
        (record_words.REQUESTS, REQUESTS),
        (record_words.CONCERNS, Limit),
        ({code: word for code, (_icon, word) in record_words.EVIDENCE.items()}, Evidence),
    ],
)
def test_every_code_has_words_of_its_own_in_both_languages(app, words, codes):
    assert set(words) == set(codes)
    with app.test_request_context():
        for language in ("ar", "en"):
            with force_locale(language):
                said = [str(words[code]) for code in codes]
            assert len(set(said)) == len(said)
            assert all(text.isascii() or "’" in text for text in said) is (language == "en")


MASCULINE = re.compile(r"\b(لم يكن|يطلب|سجّل|أخذ|غادر|له|مسند|بعيد|حضوره|انصرافه)\b")
"""What would call a woman a man."""


def test_no_reason_takes_the_volunteer_for_a_man(app):
    said = (record_words.REASONS, record_words.REQUESTS, record_words.SCANS)
    with app.test_request_context(), force_locale("ar"):
        for word in (str(word) for words in said for word in words.values()):
            assert not MASCULINE.search(word), word
        assert str(record_words.REASONS["not_present"]) == "عدم الحضور"
        assert not MASCULINE.search(str(record_words.FLAGS[Flag.FAR_AWAY]))


def test_nor_does_the_board(cast, now, browser_of):
    came = factories.person(now, "بشرى الأسمري")
    early = now - timedelta(hours=3)
    factories.assign(early, came, cast.shift)
    check_in(came, cast.poster, early)
    with time_machine.travel(early, tick=False):
        text = browser_of(cast.salem, kind="staff").text(f"/floor/{cast.mataf.id}")
    assert "بشرى الأسمري بانتظار تسجيل الحضور" in text.replace("\u2068", "").replace("\u2069", "")


@pytest.mark.parametrize(
    ("happens", "because"),
    [
        ("nothing", "the planned end"),
        ("elsewhere", "the check-in elsewhere"),
        ("relief", "when somebody took over"),
    ],
)
def test_the_card_says_why_an_end_is_proposed(cast, browser_of, now, happens, because):
    lane = factories.keep(Lane(site_id=cast.mataf.id, name_ar="مسار 3", name_en="Lane 3"))
    alter(cast.shift, lane_id=lane.id)
    check_in(cast.noura, cast.poster, now)
    if happens == "elsewhere":
        there = factories.shift(now, cast.squares, starts=60, minutes=100)
        factories.assign(now, cast.noura, there)
        manual.check_in(
            Entry(
                uid="11111111-1111-4111-8111-111111111111",
                volunteer_id=cast.noura.id,
                shift_id=there.id,
                reason="no_phone",
                at=now + timedelta(hours=1),
            ),
            by=cast.huda.id,
            now=now + timedelta(hours=2),
        )
    if happens == "relief":
        after = factories.shift(now, cast.mataf, starts=240, minutes=240, lane_id=lane.id)
        hind = factories.person(now, "هند علي الغامدي")
        factories.assign(now, hind, after)
        check_in(hind, cast.poster, now + END - timedelta(minutes=10))
    close_forgotten(now + END + timedelta(hours=1))
    with time_machine.travel(now + END + timedelta(hours=2), tick=False):
        salem = browser_of(cast.salem, kind="staff", lang="en")
        record = attendances_of(cast.noura)[0].id
        for address in (f"/shifts/{cast.shift.id}/approvals", f"/attendances/{record}/review"):
            assert re.search(rf"until \S+ [AP]M, {because}", salem.text(address))


@pytest.mark.parametrize(
    ("sent_late_by", "said"),
    [
        (47, "The phone’s clock was 47 minutes slow"),
        (-130, "The phone’s clock was 2 hours 10 minutes fast"),
        (1, ""),
    ],
)
def test_the_review_says_how_wrong_a_phones_clock_was(cast, browser_of, now, sent_late_by, said):
    wrong = timedelta(minutes=sent_late_by)
    clock = DeviceClock(now - wrong, sent_at=now + timedelta(minutes=30) - wrong)
    arrived = now + timedelta(minutes=30)
    answer = check_in(cast.noura, cast.poster, arrived, clock=clock, distance_m=620)
    with time_machine.travel(now + END, tick=False):
        salem = browser_of(cast.salem, kind="staff", lang="en")
        page = salem.text(f"/attendances/{answer.attendance_id}/review")
    assert "600 m from the site" in page
    assert "Recorded offline" in page
    assert said in page
    assert ("clock was" in page) is bool(said)


def test_the_review_says_who_saw_somebody(cast, browser_of, now):
    reading = Reading(
        *("w" * 36, Kind.IN, cast.noura.id),
        badge_id=badges.make([cast.noura.id], by=cast.layla.id, now=now)[0].id,
        site_id=cast.mataf.id,
        witnessed_by_id=cast.salem.id,
        carrier="badge",
        evidence=Evidence.WITNESSED,
    )
    answer = record_scan(reading, now=now)
    with time_machine.travel(now + END, tick=False):
        layla = browser_of(cast.layla, kind="staff", lang="en")
        page = layla.text(f"/attendances/{answer.attendance_id}/review")
    assert "Seen by \u2068سالم عوض الغامدي\u2069" in page
