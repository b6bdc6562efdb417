"""Asking for another time: kept once, shown with what it would make, until somebody decides."""

from datetime import time, timedelta

import pytest

from checkin.database import db
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.domain.fold import Kind
from checkin.operations import approvals, hours
from checkin.operations.approvals import REQUESTED, requesting, sheet_of
from tests import factories
from tests.factories import check_in, check_out

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
WHY = "بدأت قبل المسح، الهاتف كان مع زميلتي"


@pytest.fixture
def served(cast, now) -> int:
    """In at 13:00 in Makkah, out two hours later; the shift is from 12:00 to 17:00."""
    done = check_in(cast.noura, cast.poster, now)
    check_out(cast.noura, cast.shift, now + 2 * HOUR, beneficiaries=5)
    return done.attendance_id


def ask(cast, served, now, kind=Kind.IN, said=time(12, 30), words=WHY, uid="one", by=None):
    who = by or cast.noura
    db.session.rollback()
    requesting.request(served, kind, said, words, uid, by=who.id, now=now)


def test_it_is_an_exception_with_the_words_and_what_it_would_make(cast, served, now):
    later = now + 3 * HOUR
    before = sheet_of(cast.shift.id, cast.salem.id, later).records[0].attendance.row_version
    for _ in range(2):
        ask(cast, served, later)
    db.session.rollback()
    (record,) = sheet_of(cast.shift.id, cast.salem.id, later).exceptions
    (reason,) = [one for one in record.reasons if one.flag == REQUESTED]
    at = now - 30 * MINUTE
    assert reason.facts == {"kind": Kind.IN, "at": at, "words": WHY, "minutes": 150}
    assert record.attendance.row_version == before + 1


def test_the_last_of_each_kind_counts(cast, served, now):
    later = now + 4 * HOUR
    ask(cast, served, later)
    ask(cast, served, later, Kind.OUT, time(16, 0), uid="two")
    ask(cast, served, later, Kind.IN, time(12, 45), uid="three")
    asked = requesting.requests_of([served])[served]
    assert [(one.kind, one.asked_for) for one in asked] == [
        (Kind.OUT, now + 3 * HOUR),
        (Kind.IN, now - 15 * MINUTE),
    ]


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"words": "  "}, "request_missing"),
        ({"said": time(23, 0), "kind": Kind.OUT}, "time_not_possible"),
        ({"said": time(20, 0)}, "time_not_possible"),
    ],
)
def test_what_cannot_be_asked(cast, served, now, sent, code):
    with pytest.raises(Problem, match=code):
        ask(cast, served, now + 3 * HOUR, **sent)


def test_nobody_else_asks_and_nothing_after_the_decision(cast, served, now):
    later = now + 3 * HOUR
    with pytest.raises(NotFound):
        ask(cast, served, later, by=cast.salem)
    ask(cast, served, later)
    version = hours.attendance_of(cast.noura.id, served).row_version
    approvals.approve(served, version, by=cast.salem.id, now=later)
    with pytest.raises(Problem, match="request_too_late"):
        ask(cast, served, later, uid="two")


def test_an_id_of_another_record_is_refused(cast, served, now):
    factories.assign(now, cast.majed, cast.shift)
    other = check_in(cast.majed, cast.poster, now).attendance_id
    ask(cast, served, now + 3 * HOUR)
    with pytest.raises(Conflict, match="uid_reused"):
        ask(cast, other, now + 3 * HOUR, by=cast.majed)
