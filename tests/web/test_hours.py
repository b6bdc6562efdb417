"""My hours: approved and waiting apart, every attendance, the shifts to come."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import event

from checkin.database import db
from checkin.models import Attendance
from checkin.operations import approvals, manual
from checkin.operations.hours import PAGE_SIZE
from tests import factories
from tests.web.scanning import attendances_of

pytestmark = pytest.mark.usefixtures("at")
HOUR = timedelta(hours=1)


def served(cast, day, hours=2, approve=False, of=None):
    """Noura served for some hours on a day; Salem may approve."""
    shift = factories.shift(day, cast.mataf, of, starts=0)
    factories.assign(day, cast.noura, shift)
    done = factories.check_in(cast.noura, cast.poster, day)
    factories.check_out(cast.noura, shift, day + hours * HOUR, beneficiaries=10)
    if approve:
        attendance = db.session.get_one(Attendance, done.attendance_id, populate_existing=True)
        approvals.approve(attendance.id, attendance.row_version, by=cast.salem.id, now=day)
    return done.attendance_id


def test_hours_begin_empty(cast, browser_of):
    text = browser_of(cast.huda, lang="en").text("/hours")
    assert "Nothing recorded yet" in text


def test_approved_and_waiting_are_never_mixed(cast, noura, now):
    served(cast, now - timedelta(days=2), 3, approve=True)
    served(cast, now - timedelta(days=1), 1)
    served(cast, now - timedelta(days=400), 4, approve=True)
    text = noura.text("/hours")
    assert "Approved in 2026 3 hours" in text
    assert "Waiting for approval 1 hour" in text
    assert "Approved in all years 7 hours" in text


def test_the_year_is_in_the_readers_digits(cast, browser_of, now):
    browser = browser_of(cast.noura)
    browser.set_cookie("prefs", "ar.arab.auto")
    served(cast, now - timedelta(days=2), 3, approve=True)
    assert "المعتمد في ٢٠٢٦" in browser.text("/hours")


def test_courses_are_counted_apart(cast, noura, now):
    course = factories.opportunity(now, kind="course")
    served(cast, now - timedelta(days=2), 3, approve=True, of=course)
    text = noura.text("/hours")
    assert "Approved in 2026 0 hours" in text
    assert "Courses and meetings attended: 1" in text


def test_each_attendance_says_its_state_and_who_decides(cast, noura, now):
    attendance_id = served(cast, now - timedelta(days=1), 2)
    page = noura.get("/hours").text
    text = noura.text("/hours")
    assert f'href="/attendances/{attendance_id}"' in page
    assert "Saturday 21 November 2026" in text
    assert "Decides: سالم عوض الغامدي" in text


def test_shifts_to_come_stand_first(cast, noura, now):
    text = noura.text("/hours")
    assert "My next shifts Sunday 22 November 2026" in text
    factories.check_in(cast.noura, cast.poster, now)
    assert "My next shifts" not in noura.text("/hours")


def test_a_cancelled_shift_and_a_waiting_place_say_so(cast, browser_of, now):
    off = factories.shift(now, cast.squares, starts=600, cancelled_at=now)
    waiting = factories.shift(now, cast.squares, starts=900)
    factories.assign(now, cast.huda, off)
    factories.assign(now, cast.huda, waiting, how="waiting")
    text = browser_of(cast.huda, lang="en").text("/hours")
    assert "This shift was cancelled" in text
    assert "Waiting list" in text


def test_cancelled_check_ins_are_not_listed(cast, noura, now):
    done = factories.check_in(cast.noura, cast.poster, now)
    uid = "11111111-1111-4111-8111-111111111111"
    noura.send(f"/attendances/{done.attendance_id}/cancellation", kind="in", scan_uid=uid)
    assert attendances_of(cast.noura)[0].state == "cancelled"
    assert f"/attendances/{done.attendance_id}" not in noura.get("/hours").text


def test_long_lists_have_pages(cast, noura, now):
    for days in range(1, PAGE_SIZE + 2):
        served(cast, now - timedelta(days=days), 1)
    assert noura.get("/hours").text.count('href="/attendances/') == PAGE_SIZE
    assert "Page 2 of 2" in noura.text("/hours?page=2")
    assert noura.get("/hours?page=2").text.count('href="/attendances/') == 1
    for odd in ("0", "-1", "x", "99999999999999999999", "9"):
        assert noura.get(f"/hours?page={odd}").status_code == 200


def test_ways_on_stand_above_the_records_and_older_years_are_folded(cast, noura, now):
    new, last, old = (served(cast, now - timedelta(days=days), 1) for days in (3, 400, 800))
    page = noura.get("/hours").text
    main = page[page.index("<main") :]
    for way in ("/openings", "/calendar", "/account"):
        assert main.index(f'href="{way}"') < main.index("My attendance")
    folded = main[main.index('<details class="stack"') :]
    assert [year for year in ("2026", "2025", "2024") if f">{year}</bdi></summary>" in folded] == [
        "2025",
        "2024",
    ]
    assert f"/attendances/{new}" not in folded
    assert folded.index(f"/attendances/{last}") < folded.index(f"/attendances/{old}")


def test_nobody_sees_another_persons_hours(cast, browser_of, client, now):
    attendance_id = served(cast, now - timedelta(days=1), 2)
    for person in (cast.huda, cast.salem):
        page = browser_of(person, kind="staff").get("/hours").text
        assert f"/attendances/{attendance_id}" not in page
    assert client.get("/hours").location == "/sign-in?next=/hours"


def test_each_attendance_says_how_much_was_counted_and_why(cast, noura, now):
    served(cast, now - timedelta(days=2), 3, approve=True)
    attendance_id = served(cast, now - timedelta(days=1), 2)
    record = db.session.get_one(Attendance, attendance_id, populate_existing=True)
    why = {"reason": "duplicate", "by": cast.salem.id, "now": now}
    approvals.reject(record.id, record.row_version, **why)
    text = noura.text("/hours").replace("\u2068", "").replace("\u2069", "")
    assert "3 hours, all of it counted" in text
    rejected = "2 hours, with nothing counted because the record was rejected (Recorded twice)"
    assert rejected in text


def test_whoever_entered_it_by_hand_is_not_named_as_who_decides(cast, noura, now):
    """The receipt and the list say the same: rule 17."""
    uid = str(uuid.uuid4())
    entry = manual.Entry(uid, cast.noura.id, cast.shift.id, "no_phone", at=now - HOUR / 2)
    manual.check_in(entry, by=cast.salem.id, now=now)
    done = factories.check_out(cast.noura, cast.shift, now)
    said = "A coordinator decides"
    assert said in noura.text(f"/attendances/{done.attendance_id}")
    listed = noura.text("/hours")
    assert said in listed
    assert f"Decides: {cast.salem.name}" not in listed


def test_who_decides_about_entries_by_hand_is_asked_once(cast, noura, now):
    def asked() -> int:
        questions: list[str] = []
        note = lambda *call: questions.append(call[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            assert "A coordinator decides" in noura.text("/hours")
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(questions)

    for days in (3, 2, 1):
        record = served(cast, now - timedelta(days=days))
        factories.alter(db.session.get_one(Attendance, record), entered_by_id=cast.salem.id)
        if days == 3:
            before = asked()
    assert asked() == before
