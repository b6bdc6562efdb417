"""The supervisor's approvals: exceptions first, the rest in one tap, and every way to be told."""

import re
from datetime import timedelta

import pytest
import time_machine

from checkin.database import db, transaction
from checkin.domain.roles import Role
from checkin.models import Attendance, Decision, Opportunity, Shift
from checkin.operations import approvals, manual
from checkin.operations.attendance.sweep import close_forgotten
from checkin.web.filters import isolate
from tests import factories
from tests.factories import check_in, check_out
from tests.pages import Page, plain

HOUR = timedelta(hours=1)


@pytest.fixture
def later(now):
    return now + timedelta(hours=6)


@pytest.fixture(autouse=True)
def _clock(later):
    with time_machine.travel(later, tick=False):
        yield


@pytest.fixture
def record(cast):
    """Noura was there from the start to the end and served 25 people."""
    answer = check_in(cast.noura, cast.poster, cast.shift.starts_at)
    check_out(cast.noura, cast.shift, cast.shift.ends_at, beneficiaries=25)
    return answer.attendance_id


@pytest.fixture
def crowd(cast, now):
    """40 people: 37 as planned, one left early, one forgot, one was entered by hand."""
    people = [factories.person(now, f"متطوع رقم {number}") for number in range(40)]
    starts, ends = cast.shift.starts_at, cast.shift.ends_at
    for number, who in enumerate(people):
        factories.assign(now - 2 * HOUR, who, cast.shift)
        if number == 2:
            entry = manual.Entry("hand", who.id, cast.shift.id, "no_phone", at=starts)
            manual.check_in(entry, by=cast.layla.id, now=now)
        else:
            check_in(who, cast.poster, starts)
        if number != 1:
            check_out(who, cast.shift, starts + HOUR if number == 0 else ends)
    close_forgotten(now + 6 * HOUR)
    return people


def sheet(cast) -> str:
    return f"/shifts/{cast.shift.id}/approvals"


def row(attendance_id) -> Attendance:
    db.session.rollback()
    return db.session.get(Attendance, attendance_id, populate_existing=True)


def states(cast) -> list[str]:
    db.session.rollback()
    wanted = db.select(Attendance.state).where(Attendance.shift_id == cast.shift.id)
    return list(db.session.scalars(wanted))


def ticked(browser, address) -> list[str]:
    """What the form sends with everything that is ticked when the page opens."""
    html = browser.get(address).get_data(as_text=True)
    return re.findall(r'type="checkbox" name="records" value="([^"]*)"[^>]* checked', html)


def approval(html, attendance_id=None) -> tuple[str, str]:
    """Address and version of a button that approves as suggested."""
    which = attendance_id or r"\d+"
    found = re.search(
        rf'formaction="(/attendances/{which}/approval)" name="version" value="(\d+)"', html
    )
    return found.group(1), found.group(2)


def follow(browser, response):
    assert response.status_code == 303
    return browser.get(response.headers["Location"])


# --- who may -------------------------------------------------------------------------------


PAGES = ("/approvals", "{sheet}", "/attendances/{record}/review")
ACTS = (
    "{sheet}",
    "/shifts/{shift}/withdrawals",
    "/attendances/{record}/approval",
    "/attendances/{record}/confirmation",
    "/attendances/{record}/withdrawal",
    "/attendances/{record}/adjustment",
    "/attendances/{record}/question",
    "/attendances/{record}/rejection",
    "/attendances/{record}/refusal",
)
COORDINATORS = ("/attendances/{record}/reopening", "/attendances/{record}/annulment")


def filled(address, cast, record) -> str:
    return address.format(sheet=sheet(cast), shift=cast.shift.id, record=record)


@pytest.mark.parametrize("address", PAGES)
def test_every_page_opens_for_salem_and_for_layla(cast, record, browser_of, address):
    for who in (cast.salem, cast.layla):
        for lang in ("ar", "en"):
            browser = browser_of(who, kind="staff", lang=lang)
            assert browser.page(filled(address, cast, record)).html["lang"] == lang


@pytest.mark.parametrize("address", PAGES[1:])
def test_nothing_of_another_site_is_there_for_huda(cast, record, browser_of, address):
    huda = browser_of(cast.huda, kind="staff")
    assert huda.get(filled(address, cast, record)).status_code == 404
    assert cast.noura.name not in huda.text("/approvals")


@pytest.mark.parametrize("address", ACTS)
def test_huda_cannot_act_on_another_site(cast, record, browser_of, address):
    huda = browser_of(cast.huda, kind="staff")
    assert huda.send(filled(address, cast, record), version=2).status_code == 404
    assert row(record).state == "closed"


@pytest.mark.parametrize("address", [*PAGES, *ACTS, *COORDINATORS])
def test_a_volunteer_a_reader_and_an_administrator_may_not(cast, record, browser_of, address):
    for who in (cast.noura, cast.reem, cast.majed):
        browser = browser_of(who, kind="staff")
        target = filled(address, cast, record)
        answer = browser.get(target) if address in PAGES else browser.send(target, version=2)
        assert answer.status_code == 403
    assert row(record).state == "closed"


@pytest.mark.parametrize("address", COORDINATORS)
def test_only_coordinators_reopen_and_set_aside(cast, record, salem, address):
    assert salem.send(filled(address, cast, record), version=2).status_code == 403


def test_a_remembered_phone_is_not_enough_for_decisions(cast, record, browser_of):
    phone = browser_of(cast.salem, kind="phone")
    assert phone.get("/approvals").status_code == 403


def test_looking_changes_nothing(cast, record, salem):
    before = row(record).row_version
    for address in PAGES:
        salem.get(filled(address, cast, record))
    assert row(record).row_version == before
    assert db.session.scalar(db.select(db.func.count()).select_from(Decision)) == 0


# --- the sheet -----------------------------------------------------------------------------


def test_forty_as_planned_take_one_press_after_opening(cast, crowd, salem, later):
    text = salem.text(sheet(cast))
    assert "3 records to review" in text
    assert "37 records match the schedule" in text
    assert "Total: 37 records · 185 hours" in text
    page = follow(salem, salem.send(sheet(cast), records=ticked(salem, sheet(cast))))
    assert "Approved 37 records, 185 hours in total" in plain(page)
    assert states(cast).count("approved") == 37


def test_exceptions_say_why_and_are_approved_as_suggested(cast, crowd, salem):
    text = salem.text(sheet(cast))
    for why in (
        "Shorter than planned by 4 hours",
        "No check-out",
        f"By hand, by {isolate(cast.layla.name)}: {isolate('No phone')}",
        "until 5:00 PM, the planned end",
    ):
        assert why in text
    assert "1:00" in text
    for _ in range(3):
        html = salem.get(sheet(cast)).get_data(as_text=True)
        address, version = approval(html)
        assert "approved Undo" in plain(follow(salem, salem.send(address, version=version)))
    assert states(cast).count("approved") == 3
    minutes = db.session.scalars(
        db.select(Attendance.approved_minutes).where(Attendance.approved_minutes.is_not(None))
    )
    assert sorted(minutes) == [60, 300, 300]


def test_an_exception_shows_the_count_that_one_tap_lets_in(cast, now, salem):
    check_in(cast.noura, cast.poster, cast.shift.starts_at)
    check_out(cast.noura, cast.shift, cast.shift.ends_at, beneficiaries=5_000)
    text = salem.text(sheet(cast))
    assert f"{cast.noura.name} Beneficiaries: 1,000 an hour, usually 0 to 60 Suggested:" in text
    assert "from check-in to check-out 12:00 PM 5:00 PM 5:00 5,000 beneficiaries" in text


def test_one_record_agrees_with_its_verb(cast, record, salem):
    assert "1 record matches the schedule" in salem.text(sheet(cast))


def test_a_time_on_another_day_than_the_shifts_names_its_day(cast, now, browser_of):
    night = factories.shift(now, cast.mataf, starts=11 * 60)  # midnight of Monday at the site
    factories.assign(now, cast.noura, night)
    wall = factories.poster(now - HOUR, cast.mataf, night)
    check_in(cast.noura, wall, night.starts_at - timedelta(minutes=2))
    check_out(cast.noura, night, night.ends_at)
    with time_machine.travel(night.ends_at, tick=False):
        salem = browser_of(cast.salem, kind="staff", lang="en")
        text = salem.text(f"/shifts/{night.id}/approvals")
    assert "11:58 PM Sunday" in text


def test_the_press_can_be_taken_back(cast, crowd, salem):
    done = salem.send(sheet(cast), records=ticked(salem, sheet(cast)))
    there = done.headers["Location"]
    shown = re.search(
        r'class="toast".*?name="records" value="([^"]+)"',
        salem.get(there).get_data(as_text=True),
        re.S,
    ).group(1)
    page = follow(salem, salem.send(f"/shifts/{cast.shift.id}/withdrawals", records=shown))
    assert "Approval undone: 37 records" in plain(page)
    assert "approved" not in states(cast)
    assert "in total" not in salem.text(there)


def test_sending_the_press_twice_has_one_effect(cast, record, salem):
    shown = ticked(salem, sheet(cast))
    for _ in range(2):
        page = follow(salem, salem.send(sheet(cast), records=shown))
    assert "not approved" not in plain(page)
    assert db.session.scalar(db.select(db.func.count()).select_from(Decision)) == 1


def test_those_that_changed_meanwhile_are_named_and_the_rest_passes(cast, crowd, salem, later):
    shown = ticked(salem, sheet(cast))
    attendance_id, version = shown[0].split(".")
    approvals.reject(
        int(attendance_id), int(version), reason="duplicate", by=cast.layla.id, now=later
    )
    name = db.session.scalar(
        db.select(Attendance)
        .where(Attendance.id == int(attendance_id))
        .options(db.joinedload(Attendance.volunteer))
    ).volunteer.name
    text = plain(follow(salem, salem.send(sheet(cast), records=shown)))
    assert "1 record was not approved" in text
    assert f"{name} : Already decided by {isolate(cast.layla.name)} at 7:00 PM" in text
    assert states(cast).count("approved") == 36
    assert "was not approved" not in salem.text(sheet(cast))


def test_what_somebody_else_approved_meanwhile_is_one_sentence(
    cast, crowd, salem, browser_of, later
):
    layla = browser_of(cast.layla, kind="staff", lang="en")
    shown = ticked(salem, sheet(cast))
    layla.send(sheet(cast), records=shown[:36])
    with time_machine.travel(later + timedelta(minutes=2), tick=False):
        page = follow(salem, salem.send(sheet(cast), records=shown))
    text = plain(page)
    assert text.count("Already") == 1
    assert f"36 records: Already approved by {isolate(cast.layla.name)} at 7:00 PM" in text
    assert "not approved" not in text
    assert "Approved 1 record" in text
    folded = re.search(r'<details class="failed"><summary>.*?</details>', page.text, re.S).group()
    assert folded.count("<li>") == folded.count("data-private") == 36


def test_reasons_that_differ_stay_apart_with_their_names(cast, crowd, salem, later):
    shown = ticked(salem, sheet(cast))
    pairs = [tuple(map(int, one.split("."))) for one in shown]
    for pair in pairs[:2]:
        approvals.reject(*pair, reason="duplicate", by=cast.layla.id, now=later)
    for pair in pairs[2:5]:  # decided and taken back: nobody's decision stands
        approvals.approve(*pair, by=cast.layla.id, now=later)
        again = (pair[0], row(pair[0]).row_version)
        approvals.withdraw(*again, by=cast.layla.id, now=later)
    text = plain(follow(salem, salem.send(sheet(cast), records=shown)))
    assert "5 records were not approved" in text
    assert "2 records: Already decided by" in text
    assert "3 records: This record changed on another device" in text
    assert text.count("This record changed on another device") == 1


@pytest.mark.parametrize("records", ["", "x", "1", "1.", ".1", "9999.1", "1.2.3", "٣.١", "9" * 40])
def test_a_tampered_form_approves_nothing(cast, record, salem, records):
    assert follow(salem, salem.send(sheet(cast), records=records)).status_code == 200
    assert states(cast) == ["closed"]


def test_a_form_reaches_only_records_of_its_own_shift(cast, record, now, salem):
    other = factories.shift(now, cast.mataf)
    shown = ticked(salem, sheet(cast))
    follow(salem, salem.send(f"/shifts/{other.id}/approvals", records=shown))
    assert row(record).state == "closed"


@pytest.mark.parametrize("done", ["x", "0", "1" * 30, "-5"])
def test_an_odd_address_still_shows_the_sheet(cast, record, salem, done):
    assert salem.get(f"{sheet(cast)}?done={done}").status_code == 200


def test_the_list_behind_the_group_is_folded_away_until_it_is_asked_for(cast, record, salem):
    assert "<details open>" not in salem.get(sheet(cast)).get_data(as_text=True)
    assert 'class="listed" open' in salem.get(f"{sheet(cast)}?list=1").get_data(as_text=True)


def test_minutes_that_an_opportunity_does_not_credit_are_named(cast, record, salem):
    """The volunteer's receipt says the same."""
    capped = "No more than 4 hours count in one shift"
    detail = f"/attendances/{record}/review"
    for page in (sheet(cast), detail):
        assert capped not in salem.text(page)
    factories.alter(db.session.get_one(Opportunity, cast.shift.opportunity_id), most_minutes=240)
    factories.alter(row(record), credited_minutes=240)
    for page in (sheet(cast), detail):
        assert capped in salem.text(page)
    factories.alter(db.session.get_one(Opportunity, cast.shift.opportunity_id), most_minutes=300)
    for page in (sheet(cast), detail):
        assert "No more than" not in salem.text(page)


def test_whoever_is_unticked_stays_undecided(cast, crowd, salem):
    shown = ticked(salem, sheet(cast))
    assert len(shown) == 37
    follow(salem, salem.send(sheet(cast), records=shown[1:]))
    assert states(cast).count("approved") == 36
    assert row(int(shown[0].split(".")[0])).state == "closed"


def test_ones_own_record_is_shown_with_who_must_approve_it(cast, record, now, browser_of):
    factories.grant(now, cast.noura, Role.SUPERVISOR, site_id=cast.mataf.id)
    noura = browser_of(cast.noura, kind="staff", lang="en")
    text = noura.text(sheet(cast))
    assert "Another supervisor must approve your own record" in text
    assert "Approve suggested" not in text
    arabic = browser_of(cast.noura, kind="staff").text(sheet(cast))
    assert "يلزم أن يعتمد سجلك مشرف آخر" in arabic
    noura.send(f"/attendances/{record}/approval", version=row(record).row_version)
    assert row(record).state == "closed"


def test_somebody_still_checked_in_is_mentioned(cast, now, salem):
    with time_machine.travel(now, tick=False):
        check_in(cast.noura, cast.poster, now)
        assert "Still checked in: 1 volunteer" in salem.text(sheet(cast))


def test_nothing_waiting_says_so(cast, salem):
    assert "Nothing waiting for approval" in salem.text("/approvals")
    assert "Nothing waiting for approval" in salem.text(sheet(cast))


def test_waiting_shifts_have_the_same_groups_as_their_sheets(cast, crowd, salem, later):
    sheet = approvals.sheet_of(cast.shift.id, cast.salem.id, later)
    one = sheet.matching[0].attendance
    words = {"words": "When did you leave?", "by": cast.salem.id, "now": later}
    approvals.ask(one.id, one.row_version, **words)
    assert "36 3 1 asked" in salem.text("/approvals")


def test_waiting_shifts_are_listed_with_their_counts(cast, crowd, salem):
    text = salem.text("/approvals")
    assert "Mataf courtyard" in text
    assert "37 3 " in text


# --- one record ----------------------------------------------------------------------------


def review(record) -> str:
    return f"/attendances/{record}/review"


def adjustment(record, **fields):
    version = row(record).row_version
    return {"version": version, "hours": 4, "minutes": 30, "reason": "seen", **fields}


def test_a_record_shows_its_scans_evidence_and_plan(cast, record, salem):
    text = salem.text(review(record))
    for said in (
        "Printed code",
        "12:00 PM",
        "5:00 PM",
        "Suggested: 5 hours",
        "Check-in",
        "Check-out",
    ):
        assert said in text


def drawn(html) -> tuple[set[str], set[str], list[float]]:
    """What the time line shows, what its legend explains, and where its times stand."""
    bars = set(re.findall(r'<rect class="timeline-(\w+)"', html))
    legend = set(re.findall(r'<li data-part="(\w+)"', html))
    return bars, legend, [float(x) for x in re.findall(r'<text x="([\d.]+)%"', html)]


def test_the_time_line_says_when_from_left_or_from_right(cast, record, salem, browser_of):
    html = salem.get(review(record)).text
    bars, legend, places = drawn(html)
    assert bars == {"planned", "stint", "credited"}
    assert legend == {"planned", "present", "credited"}
    assert (
        re.findall(r'<text x="[\d.]+%" y="1em">([^<]+)</text>', html) == ["12:00 PM", "5:00 PM"] * 2
    )
    assert places == [7.14, 92.86] * 2
    arabic = browser_of(cast.salem, kind="staff", lang="ar").get(review(record)).text
    assert drawn(arabic)[2] == [92.86, 7.14] * 2


def test_without_a_check_out_nothing_is_drawn_as_if_it_were_proved(cast, later, salem):
    answer = check_in(cast.noura, cast.poster, cast.shift.starts_at + HOUR)
    close_forgotten(later)
    html = salem.get(review(answer.attendance_id)).text
    bars, legend, places = drawn(html)
    assert bars == legend == {"planned", "unproved", "likely"}
    assert places == [7.14, 92.86, 24.29]  # planned, and the check-in; no check-out is made up


def test_two_times_too_close_to_stand_apart_are_one(cast, salem):
    answer = check_in(cast.noura, cast.poster, cast.shift.starts_at)
    check_out(cast.noura, cast.shift, cast.shift.starts_at + HOUR / 2)
    html = salem.get(review(answer.attendance_id)).text
    assert "12:00 PM – 12:30 PM</text>" in html
    assert drawn(html)[2] == [7.14, 92.86, 11.43]


def test_other_minutes_count_with_a_reason(cast, record, salem):
    sent = salem.send(f"/attendances/{record}/adjustment", **adjustment(record, beneficiaries="٤٠"))
    assert "Approved with 4 hours 30 minutes" in plain(follow(salem, sent))
    after = row(record)
    assert (after.approved_minutes, after.approved_beneficiaries) == (270, 40)
    assert "I saw when the work began and ended" in salem.text(review(record))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"reason": ""}, "Choose a reason"),
        ({"reason": "other", "words": " "}, "Choose a reason"),
        ({"minutes": 60}, "Enter minutes from 0 to 59"),
        ({"minutes": "x"}, "Enter a whole number"),
        ({"hours": 17}, "Enter a time from 0 to 16 hours"),
        ({"hours": 15}, "Hours count once they have been worked"),
        ({"beneficiaries": "many"}, "Enter a whole number from 0 to 100,000"),
    ],
)
def test_what_can_be_put_right_is_said_and_nothing_typed_is_lost(cast, record, salem, fields, said):
    sent = salem.send(
        f"/attendances/{record}/adjustment",
        **adjustment(record, **{"words": "Left for prayer", **fields}),
    )
    assert sent.status_code == 422
    assert said in plain(sent)
    kept = {
        field.get("name"): field.get("value") for field in Page(sent.get_data(as_text=True)).fields
    }
    assert kept["words"] == fields.get("words", "Left for prayer")
    assert kept["hours"] == str(fields.get("hours", 4))
    assert row(record).state == "closed"


def test_a_large_step_upwards_waits_for_layla(cast, now, salem, browser_of):
    came = check_in(cast.noura, cast.poster, now)
    check_out(cast.noura, cast.shift, now + HOUR)
    record = came.attendance_id
    sent = salem.send(f"/attendances/{record}/adjustment", **adjustment(record))
    assert "4 hours 30 minutes wait for a second person" in plain(follow(salem, sent))
    assert "A second person must confirm the adjustment you proposed" in salem.text(sheet(cast))
    layla = browser_of(cast.layla, kind="staff", lang="en")
    text = layla.text(review(record))
    assert "Confirm 4:30" in text
    assert "Proposed 4:30 3:30 more than suggested Suggested 1:00" in text
    version = row(record).row_version
    assert salem.send(f"/attendances/{record}/confirmation", version=version).status_code == 303
    assert row(record).state == "proposed"
    follow(layla, layla.send(f"/attendances/{record}/confirmation", version=version))
    assert row(record).approved_minutes == 270


def test_layla_refuses_a_proposal_with_words(cast, now, salem, browser_of):
    record = check_in(cast.noura, cast.poster, now).attendance_id
    check_out(cast.noura, cast.shift, now + HOUR)
    salem.send(f"/attendances/{record}/adjustment", **adjustment(record))
    layla = browser_of(cast.layla, kind="staff", lang="en")
    version = {"refusing-version": row(record).row_version}
    empty = layla.send(f"/attendances/{record}/refusal", **version)
    assert (empty.status_code, row(record).state) == (422, "proposed")
    words = {"refusing-words": "Nobody saw it"}
    follow(layla, layla.send(f"/attendances/{record}/refusal", **version, **words))
    assert row(record).state == "closed"
    assert "Nobody saw it" in salem.text(review(record))


def test_a_rejection_keeps_the_reason_for_the_volunteer(cast, record, salem):
    version = {"rejecting-version": row(record).row_version}
    empty = salem.send(f"/attendances/{record}/rejection", **version)
    assert (empty.status_code, row(record).state) == (422, "closed")
    assert "Choose a reason" in plain(empty)
    sent = salem.send(
        f"/attendances/{record}/rejection", **version, **{"rejecting-reason": "wrong_shift"}
    )
    assert f"{isolate(cast.noura.name)}’s record was rejected" in plain(follow(salem, sent))
    assert "Belongs to another shift" in salem.text(review(record))


def test_a_rejection_can_be_taken_back_where_it_is_said(cast, record, salem):
    sent = salem.send(
        f"/attendances/{record}/rejection",
        **{"rejecting-version": row(record).row_version, "rejecting-reason": "wrong_shift"},
    )
    html = follow(salem, sent).get_data(as_text=True)
    toast = re.search(r'class="toast".*?</form>', html, re.S).group()
    address = re.search(r'action="([^"]+)"', toast).group(1)
    version = re.search(r'name="version" value="(\d+)"', toast).group(1)
    assert address == f"/attendances/{record}/withdrawal"
    follow(salem, salem.send(address, version=version))
    assert row(record).state == "closed"
    assert "was rejected" not in salem.text(sheet(cast))


def test_a_decision_is_undone_from_the_sheet(cast, record, salem):
    salem.send(sheet(cast), records=ticked(salem, sheet(cast)))
    version = row(record).row_version
    sent = salem.send(f"/attendances/{record}/withdrawal", version=version)
    assert "The decision was undone" in plain(follow(salem, sent))
    assert row(record).state == "closed"


def test_the_slower_of_two_is_told_and_sees_the_fresh_record(cast, record, salem, later):
    version = row(record).row_version
    approvals.reject(record, version, reason="duplicate", by=cast.layla.id, now=later)
    text = plain(follow(salem, salem.send(f"/attendances/{record}/approval", version=version)))
    assert "This record changed on another device. Showing the latest" in text
    assert "Rejected" in text


def test_layla_reopens_after_the_shift_was_closed(cast, record, salem, browser_of, later):
    @transaction
    def close():
        db.session.get(Shift, cast.shift.id).closed_at = later

    salem.send(sheet(cast), records=ticked(salem, sheet(cast)))
    close()
    assert "Undo" not in salem.text(review(record))
    salem.send(f"/attendances/{record}/withdrawal", version=row(record).row_version)
    assert row(record).state == "approved"
    layla = browser_of(cast.layla, kind="staff", lang="en")
    assert "Reopen" in layla.text(review(record))
    fields = {"reopening-version": row(record).row_version, "reopening-words": "Wrong minutes"}
    assert layla.send(f"/attendances/{record}/reopening", **fields).status_code == 303
    assert row(record).state == "closed"


def test_layla_sets_a_test_record_aside(cast, record, browser_of):
    layla = browser_of(cast.layla, kind="staff", lang="en")
    fields = {"voiding-version": row(record).row_version, "voiding-words": "A test"}
    assert layla.send(f"/attendances/{record}/annulment", **fields).status_code == 303
    assert row(record).state == "voided"
    assert "Set aside" in layla.text(review(record))


def test_a_record_without_a_version_is_treated_as_changed(cast, record, salem):
    for version in ("", "x", "-1", "9" * 30):
        text = plain(follow(salem, salem.send(f"/attendances/{record}/approval", version=version)))
        assert "changed on another device" in text
    assert row(record).state == "closed"


def test_time_at_a_course_is_approved_as_attendance_and_never_called_hours(cast, salem, now):
    """Rule 24, in the list of what waits, on the sheet and in what the press is answered with."""
    course = factories.opportunity(now, kind="course")
    shift = factories.shift(now, cast.mataf, course, starts=-30, minutes=120)
    factories.assign(now - HOUR, cast.noura, shift)
    poster = factories.poster(now - HOUR, cast.mataf, shift)
    record = check_in(cast.noura, poster, shift.starts_at).attendance_id
    check_out(cast.noura, shift, shift.ends_at)
    assert "Attendance, no hours" in salem.text("/approvals")
    for act in ("approval", "adjustment"):
        sent = adjustment(record, hours="1", minutes="15")
        told = plain(follow(salem, salem.send(f"/attendances/{record}/{act}", **sent)))
        assert f"Attendance approved: {isolate(cast.noura.name)}" in told
        salem.send(f"/attendances/{record}/withdrawal", version=row(record).row_version)
    page = f"/shifts/{shift.id}/approvals"
    shown = salem.text(page)
    assert "Approve attendance" in shown
    assert "counts as attendance, not as volunteer hours" in shown
    told = plain(follow(salem, salem.send(page, records=ticked(salem, page))))
    assert "Attendance approved: 1 record" in told
    assert "2 hours in total" not in told
    assert "Hours" not in told


def test_a_large_step_at_a_course_names_no_length(cast, salem, now, browser_of):
    course = factories.opportunity(now, kind="course")
    shift = factories.shift(now, cast.mataf, course, starts=-30, minutes=120)
    factories.assign(now - HOUR, cast.noura, shift)
    poster = factories.poster(now - HOUR, cast.mataf, shift)
    record = check_in(cast.noura, poster, shift.starts_at).attendance_id
    check_out(cast.noura, shift, shift.starts_at + HOUR)
    assert "Approve attendance" in salem.text(review(record))
    sent = adjustment(record, hours="2", minutes="0")
    told = plain(follow(salem, salem.send(f"/attendances/{record}/adjustment", **sent)))
    assert "Waiting for a second person" in told
    assert "2 hours wait" not in told
    layla = browser_of(cast.layla, kind="staff", lang="en")
    assert "Confirm 2:00" not in layla.text(review(record))
    version = row(record).row_version
    follow(layla, layla.send(f"/attendances/{record}/confirmation", version=version))
    assert row(record).state == "approved"
