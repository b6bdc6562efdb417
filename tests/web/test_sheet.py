"""One person's sheet on the tablet: check out, correct a time, move, note, call, what is behind."""

import re
import uuid
from datetime import timedelta

import pytest
import time_machine

from checkin.database import db
from checkin.domain.fold import Kind
from checkin.domain.roles import Role
from checkin.models import Attendance, Lane, Remark, Scan
from checkin.operations import approvals, manual
from checkin.operations.attendance.sweep import close_forgotten
from tests import factories
from tests.factories import check_in, check_out
from tests.pages import Page, plain

pytestmark = pytest.mark.usefixtures("at")
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def record(cast, now) -> int:
    """Noura has been in for an hour."""
    return check_in(cast.noura, cast.poster, now - HOUR).attendance_id


@pytest.fixture
def sheet(cast, record) -> str:
    return f"/floor/{cast.mataf.id}/attendances/{record}"


def fresh(attendance_id) -> Attendance:
    db.session.rollback()
    return db.session.get_one(Attendance, attendance_id, populate_existing=True)


def sent_as(record, form, **fields):
    """The fields of one of the sheet's forms, as the page wrote them."""
    named = {"uid": str(uuid.uuid4()), "version": fresh(record).row_version, **fields}
    return {name if name in ("to", "shift") else f"{form}-{name}": v for name, v in named.items()}


def correction(record, end, at, **fields):
    fields.setdefault("reason", "seen")
    return sent_as(record, "correcting", to=f"{end}@{at.isoformat()}", **fields)


def follow(browser, response):
    assert response.status_code == 303
    return browser.get(response.headers["Location"])


def kept(response) -> dict[str, str]:
    fields = Page(response.get_data(as_text=True)).fields
    return {field.get("name"): field.get("value") for field in fields}


# --- the sheet itself ----------------------------------------------------------------------


def test_over_the_board_it_is_only_the_part_that_goes_there(cast, salem, sheet):
    part = salem.get(sheet, headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "<html" not in part
    assert "data-close" in part
    assert cast.noura.name in part
    assert "<html" in salem.get(sheet).get_data(as_text=True)


def test_a_tap_calls_and_the_number_can_be_hidden(cast, salem, sheet):
    html = salem.get(sheet).get_data(as_text=True)
    assert re.search(rf'href="tel:\{cast.noura.mobile}" data-private', html)


def test_the_scans_behind_it_are_there(cast, salem, sheet, record):
    text = salem.text(sheet)
    assert "Scans behind this record" in text
    assert "Printed code" in text


def test_another_site_is_404_and_a_lead_and_a_volunteer_403(cast, browser_of, sheet, record, now):
    lead = factories.person(now, "لمى عبدالله الثقفي")
    factories.assign(now, lead, cast.shift, is_lead=True)
    acts = {
        "corrections": correction(record, "in-0", now),
        "moves": sent_as(record, "moving", shift=cast.shift.id, reason="supervisor_asked"),
        "notes": sent_as(record, "noting", words="كلمة"),
    }
    for browser, status in (
        (browser_of(cast.huda, kind="staff"), 404),
        (browser_of(lead), 403),
        (browser_of(cast.noura, kind="staff"), 403),
    ):
        assert browser.get(sheet).status_code == status
        for act, fields in acts.items():
            assert browser.send(f"{sheet}/{act}", **fields).status_code == status
    assert len(db.session.scalars(db.select(Scan)).all()) == 1


def preset(page, name) -> str:
    (chosen,) = [f["value"] for f in page.fields if f.get("name") == name and "checked" in f]
    return chosen


def test_a_reason_that_nobody_chose_says_no_more_than_the_act(
    cast, salem, sheet, record, beside, now
):
    page = salem.page(sheet)
    moved = moved_to(record, beside, reason=preset(page, "moving-reason"))
    at = now - HOUR / 2
    fields = correction(record, "in-0", at, reason=preset(page, "correcting-reason"))
    salem.send(f"{sheet}/corrections", **fields)
    moved["moving-version"] = fresh(record).row_version
    salem.send(f"{sheet}/moves", **moved)
    salem.send(
        f"/floor/{cast.mataf.id}/attendances/{came_to(beside)}/check-out",
        uid=str(uuid.uuid4()),
        reason=preset(page, "reason"),
    )
    reasons = list(db.session.scalars(db.select(Scan.reason).where(Scan.reason != "")))
    assert set(reasons) == {"corrected", "moved", "seen_leaving"}


def came_to(shift) -> int:
    db.session.rollback()
    wanted = db.select(Attendance.id).where(Attendance.shift_id == shift.id)
    return db.session.scalars(wanted).one()


def test_the_sheet_says_beforehand_that_somebody_else_decides(cast, salem, sheet, record, now):
    said = "Somebody else then approves this record"
    assert said in salem.text(sheet)
    assert "Whoever corrects a time does not approve this record" in salem.text(sheet)
    salem.send(f"{sheet}/corrections", **correction(record, "in-0", now - HOUR / 2))
    assert said not in salem.text(sheet)  # what stands at the top says it already


# --- correcting ----------------------------------------------------------------------------


def test_a_press_on_an_earlier_or_later_time_corrects_the_check_in(cast, salem, sheet, record, now):
    html = salem.get(sheet).get_data(as_text=True)
    offered = re.findall(r'name="to" value="in-0@([^"]+)"', html)
    assert (now - HOUR + 15 * MINUTE).isoformat() in offered
    page = follow(
        salem, salem.send(f"{sheet}/corrections", **correction(record, "in-0", now - HOUR / 2))
    )
    assert "Check-in corrected to 12:30 PM" in plain(page)
    assert (fresh(record).state, fresh(record).in_at) == ("open", now - HOUR / 2)


def test_every_time_that_is_offered_can_be_pressed(cast, salem, sheet, record, now):
    check_out(cast.noura, cast.shift, now - MINUTE)
    for end in ("in-0", "out-0"):
        html = salem.get(sheet).get_data(as_text=True)
        offered = re.findall(rf'name="to" value="({end}@[^"]+)"', html)
        assert offered
        for one in offered:
            fields = sent_as(record, "correcting", to=one, reason="seen")
            assert salem.send(f"{sheet}/corrections", **fields).status_code == 303, one


def test_a_time_is_typed_for_the_end_that_was_chosen(cast, salem, sheet, record, now):
    check_out(cast.noura, cast.shift, now)
    fields = sent_as(record, "correcting", reason="agreed", end="out-0", at="١٢:٤٠")
    page = follow(salem, salem.send(f"{sheet}/corrections", **fields))
    assert "Check-out corrected to 12:40 PM" in plain(page)
    assert fresh(record).credited_minutes == 40


def test_whoever_corrected_is_told_that_another_must_decide(cast, salem, layla, sheet, record, now):
    said = "You entered this record by hand. Another supervisor must decide"
    assert said not in salem.text(sheet)
    salem.send(f"{sheet}/corrections", **correction(record, "in-0", now - HOUR / 2))
    assert said in salem.text(sheet)
    assert said not in layla.text(sheet)


def test_pressing_twice_is_one_correction(cast, salem, sheet, record, now):
    fields = correction(record, "in-0", now - HOUR / 2)
    for _ in range(2):
        assert salem.send(f"{sheet}/corrections", **fields).status_code == 303
    kinds = [scan.kind for scan in db.session.scalars(db.select(Scan).order_by(Scan.id))]
    assert kinds == [Kind.IN, Kind.UNDO, Kind.IN]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"end": "in-0", "at": "14:00"}, "Choose a time between 12:00 AM and 1:00 PM"),
        ({"end": "in-0", "at": ""}, "Choose or type a time"),
        ({"end": "in-0", "at": "noon"}, "Enter a time"),
        ({"end": "", "at": "12:30"}, "Choose what to correct"),
        ({"end": "in-0", "at": "12:00"}, "The record says this time already"),
        ({"end": "in-0", "at": "12:30", "reason": "other", "words": ""}, "Choose a reason"),
    ],
)
def test_a_wrong_correction_loses_nothing(cast, salem, sheet, record, fields, said):
    fields = {"reason": "seen", "words": "كانت عند الباب", **fields}
    sent = salem.send(f"{sheet}/corrections", **sent_as(record, "correcting", **fields))
    assert sent.status_code == 422
    assert said in plain(sent)
    assert (kept(sent)["correcting-at"] or "") == fields["at"]
    assert kept(sent)["correcting-words"] == fields["words"]
    assert len(db.session.scalars(db.select(Scan)).all()) == 1


@pytest.mark.parametrize(
    "tampered", ["in-7@2026-11-22T10:00:00+00:00", "x", "in-0@noon", "in-0@2026-11-22T10:00:00"]
)
def test_what_no_page_wrote_is_refused_kindly(cast, salem, sheet, record, tampered):
    fields = sent_as(record, "correcting", to=tampered, reason="seen")
    assert salem.send(f"{sheet}/corrections", **fields).status_code in (409, 422)
    assert len(db.session.scalars(db.select(Scan)).all()) == 1


def test_time_spent_elsewhere_is_named(cast, salem, sheet, record, now):
    there = factories.shift(now, cast.squares, starts=-180, minutes=300)
    earlier = manual.Entry(
        str(uuid.uuid4()), cast.noura.id, there.id, "no_phone", at=now - 2 * HOUR
    )
    manual.check_in(earlier, by=cast.layla.id, now=now)
    left = manual.Entry(
        str(uuid.uuid4()), cast.noura.id, there.id, "no_phone", at=now - HOUR - 10 * MINUTE
    )
    manual.check_out(left, by=cast.layla.id, now=now)
    fields = correction(record, "in-0", now - HOUR - 15 * MINUTE)
    sent = salem.send(f"{sheet}/corrections", **fields)
    assert sent.status_code == 422
    assert "checked in elsewhere from 11:00 AM to 11:50 AM" in plain(sent)


def test_what_was_struck_out_is_still_there_and_marked(cast, salem, sheet, record, now):
    assert "taken back" not in salem.text(sheet)
    salem.send(f"{sheet}/corrections", **correction(record, "in-0", now - HOUR / 2, words="سبب"))
    text = salem.text(sheet)
    assert "12:00 PM (taken back)" in text
    assert f"By hand, by {cast.salem.name}: I saw when the work began and ended: سبب" in re.sub(
        "[\u2068\u2069]", "", text
    )


# --- moving --------------------------------------------------------------------------------


@pytest.fixture
def beside(cast, now):
    """Lane 3 of the same site, running now."""
    lane = factories.keep(Lane(site_id=cast.mataf.id, name_ar="المسار 3", name_en="Lane 3"))
    return factories.shift(now, cast.mataf, starts=-60, minutes=300, lane_id=lane.id)


def moved_to(record, shift, **fields):
    fields.setdefault("reason", "supervisor_asked")
    return sent_as(record, "moving", shift=shift.id, **fields)


def test_a_press_moves_out_here_and_in_there_at_one_instant(
    cast, salem, sheet, record, beside, now
):
    assert "Mataf courtyard · Lane 3" in salem.text(sheet)
    page = follow(salem, salem.send(f"{sheet}/moves", **moved_to(record, beside)))
    assert f"{cast.noura.name} moved to Visual screening at the gates · Lane 3" in plain(page)
    assert f"{cast.noura.name} checked in" not in plain(page)
    left = fresh(record)
    wanted = db.select(Attendance).where(Attendance.shift_id == beside.id)
    came = db.session.scalars(wanted).one()
    assert (left.state, left.out_at) == ("closed", now)
    assert (came.state, came.in_at) == ("open", now)


def test_whoever_moved_counts_once_and_the_first_record_says_so(cast, salem, sheet, record, beside):
    follow(salem, salem.send(f"{sheet}/moves", **moved_to(record, beside)))
    board = f"/floor/{cast.mataf.id}"
    assert "1 On the floor now 0 Not arrived yet 0 Checked out" in salem.text(board)
    found = salem.text(f"{board}?q={cast.noura.mobile[-4:]}")
    assert "Moved" in found
    assert "Left" not in found


def test_a_move_is_taken_back_on_both_sides(cast, salem, sheet, record, beside):
    page = follow(salem, salem.send(f"{sheet}/moves", **moved_to(record, beside)))
    toast = re.search(r'class="toast".*?</form>', page.get_data(as_text=True), re.S).group(0)
    undo = dict(re.findall(r'name="(entry|person)" value="([^"]+)"', toast))
    for _ in range(2):
        salem.send(f"/floor/{cast.mataf.id}/withdrawals", **undo)
    assert (fresh(record).state, fresh(record).out_at) == ("open", None)
    wanted = db.select(Attendance.state).where(Attendance.shift_id == beside.id)
    assert db.session.scalars(wanted).all() == ["cancelled"]


def test_only_shifts_within_reach_that_run_now_are_offered(cast, salem, sheet, record, now):
    factories.shift(now, cast.squares, starts=-60)  # Huda's
    factories.shift(now, cast.mataf, starts=10)  # later
    factories.shift(now, cast.mataf, starts=-60, cancelled_at=now)
    assert "Move to another site or lane" not in salem.text(sheet)


def test_a_shift_out_of_reach_is_refused(cast, salem, sheet, record, now):
    there = factories.shift(now, cast.squares, starts=-60)
    sent = salem.send(f"{sheet}/moves", **moved_to(record, there))
    assert sent.status_code == 422
    assert "This shift is not running now" in plain(sent)
    assert fresh(record).state == "open"


def test_enter_in_the_words_moves_nobody_and_keeps_them(cast, salem, sheet, record, beside):
    sent = salem.send(f"{sheet}/moves", **sent_as(record, "moving", words="Crowded there"))
    assert sent.status_code == 422
    assert "Choose the site or lane" in plain(sent)
    assert kept(sent)["moving-words"] == "Crowded there"
    assert fresh(record).state == "open"


def test_a_supervisor_of_both_moves_from_site_to_site(cast, salem, sheet, record, now):
    factories.grant(now, cast.salem, Role.SUPERVISOR, site_id=cast.squares.id)
    there = factories.shift(now, cast.squares, starts=-60)
    sent = salem.send(f"{sheet}/moves", **moved_to(record, there))
    assert sent.headers["Location"].startswith(f"/floor/{cast.squares.id}?")
    assert fresh(record).state == "closed"


# --- noting --------------------------------------------------------------------------------


def test_a_note_stays_with_the_record_and_who_wrote_it(cast, salem, sheet, record):
    fields = sent_as(record, "noting", words="ساعدت في المسار 5")
    for _ in range(2):
        page = follow(salem, salem.send(f"{sheet}/notes", **fields))
    assert "The note was kept" in plain(page)
    text = salem.text(sheet)
    assert "ساعدت في المسار 5" in text
    assert cast.salem.name in text
    (note,) = db.session.scalars(db.select(Remark))
    assert (note.kind, note.attendance_id, note.written_by_id) == ("note", record, cast.salem.id)


@pytest.mark.parametrize(
    ("words", "said"), [("  ", "Write the note first"), ("و" * 401, "The text is too long")]
)
def test_a_note_that_cannot_be_kept_is_not_lost(cast, salem, sheet, record, words, said):
    sent = salem.send(f"{sheet}/notes", **sent_as(record, "noting", words=words))
    assert sent.status_code == 422
    assert said in plain(sent)
    assert words in sent.get_data(as_text=True)


# --- somebody else was faster --------------------------------------------------------------

CHANGED = "This record changed on another device. Showing the latest"


def test_a_stale_check_out_shows_the_fresh_record_and_loses_nothing(
    cast, salem, sheet, record, now
):
    shown = fresh(record).row_version
    check_out(cast.noura, cast.shift, now - HOUR / 2)
    fields = {"uid": str(uuid.uuid4()), "version": shown, "reason": "other", "words": "غادرت"}
    sent = salem.send(f"{sheet}/check-out", **fields, beneficiaries=12)
    assert sent.status_code == 409
    assert CHANGED in plain(sent)
    assert "12:30 PM" in plain(sent)
    assert fresh(record).out_at == now - HOUR / 2


def test_a_stale_check_out_of_one_still_in_can_be_pressed_again(cast, salem, sheet, record, now):
    shown = fresh(record).row_version
    salem.send(f"{sheet}/corrections", **correction(record, "in-0", now - HOUR / 2))
    fields = {"uid": str(uuid.uuid4()), "version": shown, "reason": "other", "words": "غادرت"}
    sent = salem.send(f"{sheet}/check-out", **fields, beneficiaries=12)
    assert sent.status_code == 409
    again = kept(sent)
    assert (again["words"], again["beneficiaries"]) == ("غادرت", "12")
    assert again["version"] == str(fresh(record).row_version)
    fields |= {"version": again["version"], "uid": again["uid"], "beneficiaries": 12}
    assert salem.send(f"{sheet}/check-out", **fields).status_code == 303
    assert (fresh(record).state, fresh(record).beneficiaries) == ("closed", 12)


def test_a_stale_correction_keeps_what_was_typed(cast, salem, layla, sheet, record, now):
    stale = correction(record, "in-0", now - HOUR / 2, words="كانت عند الباب")
    layla.send(f"{sheet}/corrections", **correction(record, "in-0", now - HOUR / 4))
    sent = salem.send(f"{sheet}/corrections", **stale)
    assert sent.status_code == 409
    assert CHANGED in plain(sent)
    assert "12:45 PM" in plain(sent)
    assert kept(sent)["correcting-words"] == "كانت عند الباب"
    assert fresh(record).in_at == now - HOUR / 4


def test_a_stale_move_does_not_bring_back_who_has_left(cast, salem, sheet, record, beside, now):
    stale = moved_to(record, beside)
    check_out(cast.noura, cast.shift, now - HOUR / 2)
    sent = salem.send(f"{sheet}/moves", **stale)
    assert sent.status_code == 409
    assert CHANGED in plain(sent)
    assert [one.shift_id for one in db.session.scalars(db.select(Attendance))] == [cast.shift.id]


# --- where nothing can be done -------------------------------------------------------------


def test_whose_data_was_erased_has_a_record_and_no_buttons(cast, salem, sheet, record, now):
    fields = correction(record, "in-0", now - HOUR / 2)
    factories.alter(cast.noura, erased_at=now, mobile=None, name="—")
    text = salem.text(sheet)
    assert "This volunteer’s data was erased. The record stays as it is" in text
    for act in ("Check out now", "Correct a time", "Call", "New phone", "Keep the note"):
        assert act not in text
    for act in ("corrections", "notes", "check-out"):
        sent = salem.send(f"{sheet}/{act}", **fields, **{"noting-words": "x", "reason": "other"})
        assert sent.status_code in (409, 422)
    assert fresh(record).state == "open"


def test_a_cancelled_shift_is_named_and_who_came_can_still_leave(cast, salem, sheet, record, now):
    factories.alter(cast.shift, cancelled_at=now)
    assert "This shift was cancelled. Who came keeps the record" in salem.text(sheet)
    fields = {"uid": str(uuid.uuid4()), "version": fresh(record).row_version, "reason": "no_phone"}
    assert salem.send(f"{sheet}/check-out", **fields).status_code == 303
    assert fresh(record).state == "closed"


def test_a_decided_record_says_so_and_offers_no_correction(cast, salem, layla, sheet, record, now):
    check_out(cast.noura, cast.shift, now)
    stale = correction(record, "in-0", now - HOUR / 2)
    approvals.approve(record, fresh(record).row_version, by=cast.layla.id, now=now)
    text = salem.text(sheet)
    assert "This record is decided. To correct it, undo the decision first" in text
    assert "Correct a time" not in text
    sent = salem.send(f"{sheet}/corrections", **stale)
    assert "This record is decided. Undo the decision first" in plain(sent)
    assert fresh(record).state == "approved"


def test_a_check_in_that_was_taken_back_leads_to_a_new_one(cast, salem, now):
    entry = manual.Entry(str(uuid.uuid4()), cast.noura.id, cast.shift.id, "no_phone")
    came = manual.check_in(entry, by=cast.salem.id, now=now)
    manual.undo(str(uuid.uuid4()), cast.noura.id, entry.uid, by=cast.salem.id, now=now)
    text = salem.text(f"/floor/{cast.mataf.id}/attendances/{came.attendance_id}")
    assert "This check-in was taken back" in text
    assert "Check out now" not in text


def test_ones_own_record_is_anothers_to_enter(cast, salem, now):
    factories.assign(now, cast.salem, cast.shift)
    own = check_in(cast.salem, cast.poster, now - HOUR).attendance_id
    sheet = f"/floor/{cast.mataf.id}/attendances/{own}"
    text = salem.text(sheet)
    assert "This is your own record. Another supervisor enters and decides it" in text
    assert "Check out now" not in text
    sent = salem.send(f"{sheet}/corrections", **correction(own, "in-0", now - HOUR / 2))
    assert sent.status_code == 422
    assert "Another supervisor must enter your own attendance" in plain(sent)


def test_a_forgotten_check_out_is_recorded_at_its_proposed_end(
    cast, browser_of, sheet, record, now
):
    late = now + 6 * HOUR
    close_forgotten(late)
    with time_machine.travel(late, tick=False):
        salem = browser_of(cast.salem, kind="staff", lang="en")
        fields = kept(salem.get(sheet))
        assert fields["at"] == "17:00"
        sending = {name: fields[name] for name in ("uid", "version", "at")}
        sent = salem.send(f"{sheet}/check-out", **sending, reason="other", words="رأيتها")
        assert sent.status_code == 303
    assert (fresh(record).state, fresh(record).out_at) == ("closed", cast.shift.ends_at)
