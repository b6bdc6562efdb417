"""A supervisor's words about an attendance: kept once, with who wrote them, never about oneself."""

import uuid

import pytest

from checkin.database import db
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.models import Attendance, AuditEntry, Remark
from checkin.operations import notes
from tests import factories
from tests.factories import check_in


@pytest.fixture
def record(cast, now) -> int:
    return check_in(cast.noura, cast.poster, now).attendance_id


def note(cast, record, words, now, uid=None, by=None) -> str:
    uid = uid or str(uuid.uuid4())
    notes.note(record, words, uid, by=by or cast.salem.id, now=now)
    db.session.rollback()
    return uid


def test_notes_stand_in_the_order_they_were_written(cast, record, now):
    note(cast, record, "  ساعدت في المسار 5 ", now)
    note(cast, record, "وصلت متأخرة", now, by=cast.layla.id)
    first, second = notes.notes_of([record])[record]
    assert (first.words, first.name, first.at) == ("ساعدت في المسار 5", cast.salem.name, now)
    assert second.name == cast.layla.name


def test_sent_twice_it_is_one_note_and_changes_no_record(cast, record, now):
    version = db.session.get_one(Attendance, record).row_version
    uid = note(cast, record, "كلمة", now)
    note(cast, record, "كلمة", now, uid=uid)
    assert len(notes.notes_of([record])[record]) == 1
    assert db.session.get_one(Attendance, record, populate_existing=True).row_version == version
    acts = list(db.session.scalars(db.select(AuditEntry.act)))
    assert acts.count("attendance.note") == 1


def test_only_notes_are_told_not_answers_or_allowances(cast, record, now, save):
    said = {"attendance_id": record, "words": "كلمة", "written_by_id": cast.salem.id, "at": now}
    save(
        Remark(remark_uid="1", kind="answer", **said),
        Remark(remark_uid="2", kind="allowance", **said),
    )
    assert notes.notes_of([record]) == {}


@pytest.mark.parametrize(
    ("words", "code"), [("", "note_missing"), (" \n", "note_missing"), ("و" * 401, "text_too_long")]
)
def test_a_note_has_words(cast, record, now, words, code):
    with pytest.raises(Problem, match=code):
        note(cast, record, words, now)


def test_nobody_notes_about_themselves(cast, now):
    factories.assign(now, cast.salem, cast.shift)
    own = check_in(cast.salem, cast.poster, now).attendance_id
    with pytest.raises(Problem, match="own_entry"):
        note(cast, own, "كلمة", now)


def test_an_id_that_said_something_elsewhere_is_refused(cast, record, now):
    other = factories.person(now, "سلمى فهد الحربي")
    factories.assign(now, other, cast.shift)
    second = check_in(other, cast.poster, now).attendance_id
    uid = note(cast, record, "كلمة", now)
    with pytest.raises(Conflict, match="uid_reused"):
        note(cast, second, "كلمة", now, uid=uid)


def test_a_record_that_is_not_there_has_no_notes(cast, now):
    with pytest.raises(NotFound):
        note(cast, 9999, "كلمة", now)
