"""On the phone: a supervisor's question, one's answer, and the one objection to a decision."""

import re
from datetime import timedelta

import pytest
import time_machine

from checkin.database import db
from checkin.models import Decision, Remark
from checkin.operations import approvals, tally
from checkin.operations.approvals import asking
from checkin.operations.attendance import close_forgotten
from checkin.operations.permissions import Reach
from tests import factories
from tests.pages import plain
from tests.web.scanning import attendances_of

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ASKED = "كم كان عدد المستفيدين؟"


@pytest.fixture
def at(now):
    with time_machine.travel(now + 6 * HOUR, tick=False) as traveller:
        yield traveller


@pytest.fixture
def noura(at, cast, browser_of):
    return browser_of(cast.noura, lang="en")


@pytest.fixture
def receipt(at, cast) -> str:
    """Checked in and out, the whole shift."""
    done = factories.check_in(cast.noura, cast.poster, cast.shift.starts_at)
    factories.check_out(cast.noura, cast.shift, cast.shift.ends_at, beneficiaries=25)
    return f"/attendances/{done.attendance_id}"


@pytest.fixture
def later(now):
    return now + 6 * HOUR


def the_record(cast):
    db.session.rollback()
    return attendances_of(cast.noura)[0]


def ask(cast, now, words=ASKED):
    record = the_record(cast)
    asking.ask(record.id, record.row_version, words=words, by=cast.salem.id, now=now)


def reject(cast, now, by=None, **why):
    record, by = the_record(cast), by or cast.salem
    why = why or {"reason": "not_present"}
    approvals.reject(record.id, record.row_version, **why, by=by.id, now=now)


def fields_of(html: str, action: str) -> dict[str, str]:
    """The hidden fields of the last form with this action: the one for words."""
    form = re.findall(rf'action="/attendances/\d+/{action}".*?</form>', html, re.DOTALL)[-1]
    found = re.findall(r'<input[^>]* name="([^"]*)"[^>]* value="([^"]*)"', form)
    return {name: value for name, value in found if name != "csrf_token"}


def answers() -> list[str]:
    return list(db.session.scalars(db.select(Remark.words).order_by(Remark.id)))


# --- answering -----------------------------------------------------------------------------


def test_a_question_is_read_and_answered(cast, noura, receipt, later):
    ask(cast, later)
    page = noura.get(receipt)
    text = plain(page)
    assert f"A question for you {ASKED} Asked by سالم عوض الغامدي" in text
    sent = noura.send(f"{receipt}/answer", words="خمسة وعشرون", **fields_of(page.text, "answer"))
    assert (sent.status_code, sent.location) == (303, receipt)
    assert answers() == ["خمسة وعشرون"]
    after = noura.text(receipt)
    assert "Your answer was sent to the supervisor" in after
    assert f"سالم عوض الغامدي asked {ASKED} Your answer خمسة وعشرون" in after
    assert "A question for you" not in after


def test_one_tap_answers(cast, noura, receipt, later):
    ask(cast, later)
    first = re.search(
        r'<form[^>]*action="/attendances/\d+/answer".*?</form>', noura.get(receipt).text, re.DOTALL
    )
    words = re.findall(r'name="(words|question)" value="([^"]*)"', first[0])
    assert dict(words) == {"words": "Yes", "question": "1"}
    noura.send(f"{receipt}/answer", **dict(words))
    assert answers() == ["Yes"]


def test_answering_in_two_tabs_is_one_answer(cast, noura, receipt, later):
    ask(cast, later)
    hidden = fields_of(noura.get(receipt).text, "answer")
    for words in ("نعم", "نعم", "لا"):
        assert noura.send(f"{receipt}/answer", words=words, **hidden).status_code == 303
    assert answers() == ["نعم"]


def test_times_are_offered_where_the_end_is_not_known(cast, noura, at, now, later):
    done = factories.check_in(cast.noura, cast.poster, now)
    close_forgotten(later)
    ask(cast, later, "متى انتهيت؟")
    text = noura.text(f"/attendances/{done.attendance_id}")
    assert "I finished at 5:00 PM" in text.replace("\u2068", "").replace("\u2069", "")
    assert "I finished at 4:30 PM" in text.replace("\u2068", "").replace("\u2069", "")
    html = noura.get(f"/attendances/{done.attendance_id}").text
    offered = re.search(r'name="words" value="(I finished at [^"]*)"', html)
    noura.send(f"/attendances/{done.attendance_id}/answer", words=offered[1], question="1")
    assert answers() == ["I finished at 5:00 PM"]


def test_no_times_are_offered_where_it_is(cast, noura, receipt, later):
    ask(cast, later)
    assert "I finished at" not in noura.text(receipt)


@pytest.mark.parametrize("words", ["", "  ", "م" * 401])
def test_an_empty_or_endless_answer_is_explained_beside_it(cast, noura, receipt, later, words):
    ask(cast, later)
    sent = noura.send(f"{receipt}/answer", words=words, question="1")
    assert sent.status_code == 422
    assert "There is a problem" in plain(sent)
    assert words.strip() in sent.text
    assert answers() == []


def test_an_answer_after_the_decision_is_not_taken(cast, noura, receipt, later):
    ask(cast, later)
    hidden = fields_of(noura.get(receipt).text, "answer")
    record = the_record(cast)
    approvals.approve(record.id, record.row_version, by=cast.salem.id, now=later)
    sent = noura.send(f"{receipt}/answer", words="نعم", **hidden)
    assert sent.status_code == 422
    text = plain(sent)
    assert "This question needs no answer any more" in text
    assert "Your hours were approved" in text
    assert "Decided without an answer" in text


def test_the_next_receipt_and_the_hours_lead_to_the_question(
    cast, noura, browser_of, receipt, now, at, later
):
    ask(cast, later)
    hours = noura.get("/hours")
    assert "A question for you" in plain(hours)
    assert f'href="{receipt}#asked"' in hours.text
    tomorrow = now + DAY
    following = factories.shift(tomorrow, cast.mataf, starts=0)
    factories.assign(now, cast.noura, following)
    at.move_to(tomorrow)
    came = factories.check_in(cast.noura, cast.poster, tomorrow)
    page = browser_of(cast.noura, lang="en").get(f"/attendances/{came.attendance_id}")
    assert "The supervisor asks about your attendance on 22 Nov" in plain(page)
    assert f'href="{receipt}#asked"' in page.text


def test_nobody_else_answers_or_objects(cast, browser_of, receipt, later):
    ask(cast, later)
    for person in (cast.huda, cast.salem, cast.layla):
        browser = browser_of(person, kind="staff")
        assert browser.send(f"{receipt}/answer", words="نعم", question="1").status_code == 404
        assert browser.send(f"{receipt}/appeal", words="لا", row_version="3").status_code == 404
    assert answers() == []


def test_a_stranger_is_asked_to_sign_in(client, receipt):
    for act in ("answer", "appeal"):
        sent = client.send(f"{receipt}/{act}", words="نعم")
        assert (sent.status_code, sent.location.split("?")[0]) == (303, "/sign-in")


# --- objecting -----------------------------------------------------------------------------


def test_a_rejection_can_be_objected_to_once(cast, noura, receipt, later):
    reject(cast, later)
    page = noura.get(receipt)
    text = plain(page)
    assert "Object to this decision" in text
    assert "A coordinator will look at it, not whoever decided" in text
    assert "You can object once, until Sunday 6 December 2026" in text
    sent = noura.send(f"{receipt}/appeal", words="كنت هنا", **fields_of(page.text, "appeal"))
    assert (sent.status_code, sent.location) == (303, receipt)
    after = noura.text(receipt)
    assert "Your objection was sent. Somebody else will look at it" in after
    assert "Your objection, 22 Nov كنت هنا" in after
    assert "A coordinator who has not decided about it before looks at it" in after
    assert "Waits for somebody who has not decided about it before" in noura.text("/hours")
    reject(cast, later, by=cast.layla, reason="duplicate")
    final = noura.text(receipt)
    assert "It was looked at. The decision above is the answer" in final
    assert "Object to this decision" not in final
    acts = list(db.session.scalars(db.select(Decision.action).order_by(Decision.seq)))
    assert acts == ["reject", "appeal", "reject"]


def test_another_supervisor_of_the_site_is_named(cast, noura, receipt, now, later):
    second = factories.person(now, "عبدالله ناصر السبيعي", email="n@example.org")
    factories.grant(now, second, "supervisor", site_id=cast.mataf.id)
    reject(cast, later)
    assert "عبدالله ناصر السبيعي will look at it" in noura.text(receipt)


def test_full_approval_offers_no_objection(cast, noura, receipt, later):
    record = the_record(cast)
    approvals.approve(record.id, record.row_version, by=cast.salem.id, now=later)
    assert "Object to this decision" not in noura.text(receipt)


def test_after_fourteen_days_the_page_says_whom_to_see(cast, noura, browser_of, receipt, at, later):
    reject(cast, later)
    hidden = fields_of(noura.get(receipt).text, "appeal")
    at.move_to(later + 15 * DAY)
    noura = browser_of(cast.noura, lang="en")
    text = noura.text(receipt)
    assert "Object to this decision" not in text
    assert "please see the supervisor or the coordinator" in text
    sent = noura.send(f"{receipt}/appeal", words="كنت هنا", **hidden)
    assert "Objections are possible for 14 days after the decision" in plain(sent)


def test_an_objection_without_words_is_explained_and_one_to_an_old_page_shows_the_new(
    cast, noura, receipt, later
):
    reject(cast, later)
    hidden = fields_of(noura.get(receipt).text, "appeal")
    empty = noura.send(f"{receipt}/appeal", words=" ", **hidden)
    assert empty.status_code == 422
    assert "Fill in: What is not right?" in plain(empty)
    stale = noura.send(f"{receipt}/appeal", words="كنت هنا", row_version="1")
    assert "This record changed" in plain(stale)
    assert "كنت هنا" in stale.text


# --- the day in words ----------------------------------------------------------------------


def words_of(noura, receipt) -> str:
    return noura.text(receipt).replace("\u2068", "").replace("\u2069", "")


def test_all_of_it_counts_once_approved(cast, noura, receipt, later):
    text = words_of(noura, receipt)
    assert "5 hours, waiting for approval" in text
    assert "Decides: سالم عوض الغامدي" in text
    record = the_record(cast)
    approvals.approve(record.id, record.row_version, by=cast.salem.id, now=later)
    assert "5 hours, all of it counted" in words_of(noura, receipt)


@pytest.mark.parametrize(
    ("early", "late", "said"),
    [
        (
            5,
            0,
            "5 hours 5 minutes, waiting for approval. Once approved, 5 hours count because",
        ),
        (0, 7, "Once approved, 5 hours count because the time after the shift is not counted"),
        (5, 5, "the time before the shift is not counted and the time after the shift is not"),
    ],
)
def test_the_plan_takes_off_what_is_outside_it(cast, noura, at, early, late, said):
    starts, ends = cast.shift.starts_at, cast.shift.ends_at
    done = factories.check_in(cast.noura, cast.poster, starts - timedelta(minutes=early))
    factories.check_out(cast.noura, cast.shift, ends + timedelta(minutes=late))
    assert said in words_of(noura, f"/attendances/{done.attendance_id}")


def test_in_arabic_as_promised(cast, browser_of, at):
    starts, ends = cast.shift.starts_at, cast.shift.ends_at
    done = factories.check_in(cast.noura, cast.poster, starts - timedelta(minutes=5))
    factories.check_out(cast.noura, cast.shift, ends)
    text = browser_of(cast.noura).text(f"/attendances/{done.attendance_id}")
    said = (
        "5 ساعات و5 دقائق، بانتظار الاعتماد. "
        "إن اعتُمدت احتُسب منها 5 ساعات لأن الوقت قبل بداية الفترة لا يُحتسب"
    )
    assert said in text


def test_a_decision_is_given_with_its_reason(cast, noura, receipt, later):
    record = the_record(cast)
    facts = {"minutes": 240, "beneficiaries": 25, "reason": "seen"}
    approvals.adjust(record.id, record.row_version, **facts, by=cast.salem.id, now=later)
    assert (
        "5 hours, with 4 hours counted because the supervisor adjusted it "
        "(I saw when the work began and ended)" in words_of(noura, receipt)
    )


def test_a_confirmed_proposal_has_the_reason_of_who_proposed(cast, noura, at, now, later):
    done = factories.check_in(cast.noura, cast.poster, cast.shift.starts_at)
    factories.check_out(cast.noura, cast.shift, now)
    record = the_record(cast)
    facts = {"minutes": 180, "beneficiaries": 0, "reason": "outside_plan"}
    approvals.adjust(record.id, record.row_version, **facts, by=cast.salem.id, now=later)
    record = the_record(cast)
    approvals.confirm(record.id, record.row_version, by=cast.layla.id, now=later)
    text = words_of(noura, f"/attendances/{done.attendance_id}")
    assert "1 hour, and 3 hours counted because the supervisor adjusted it (Worked outside" in text


def test_rejected_says_that_nothing_counts_and_why(cast, noura, receipt, later):
    reject(cast, later, reason="duplicate")
    said = "5 hours, with nothing counted because the record was rejected (Recorded twice)"
    assert said in words_of(noura, receipt)


def test_ones_share_of_the_lanes_count_stands_there(cast, browser_of, at, now, later):
    service = factories.service(name_en="Crowd-flow lanes", counted_by="lane")
    work = factories.opportunity(now, service_id=service.id)
    lane = factories.shift(now, cast.mataf, work, starts=-60, minutes=300)
    stayed = {}
    for minutes in (300, 100):
        who = factories.person(now, f"متطوع {minutes}")
        factories.assign(now, who, lane)
        came = factories.check_in(who, factories.poster(now, cast.mataf, lane), lane.starts_at)
        factories.check_out(who, lane, lane.starts_at + timedelta(minutes=minutes))
        stayed[minutes] = who, came.attendance_id
    one = tally.Tap("1" * 36, lane.id, 80, None)
    everywhere = Reach(everywhere=True)
    tally.tap(one, by=cast.salem.id, reach=everywhere, now=lane.ends_at)
    for minutes, part in ((300, 60), (100, 20)):
        who, record = stayed[minutes]
        text = browser_of(who, lang="en").text(f"/attendances/{record}")
        assert f"Your share of the lane’s count: {part} of 80 beneficiaries" in text


def test_nothing_is_said_before_the_end(cast, noura, at, now):
    done = factories.check_in(cast.noura, cast.poster, now)
    text = noura.text(f"/attendances/{done.attendance_id}")
    assert "counted" not in text
