"""The roster: a pasted list is looked at before it counts; leads and invitations."""

import uuid

import pytest

from checkin.database import db
from checkin.models import Assignment, Message
from checkin.operations import people
from checkin.web.message_words import render
from tests import factories
from tests.factories import check_in
from tests.pages import plain

pytestmark = pytest.mark.usefixtures("at")


@pytest.fixture
def shift(cast, now):
    """Tomorrow, nobody expected yet."""
    return factories.shift(now, cast.mataf, starts=24 * 60)


def expected(shift):
    query = db.select(Assignment).where(Assignment.shift_id == shift.id).order_by(Assignment.id)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def draft_of(browser, shift, text):
    """The page that a pasted list leads to."""
    sent = browser.send(f"/shifts/{shift.id}/roster/draft", people=text)
    assert (sent.status_code, sent.location) == (303, f"/shifts/{shift.id}/roster/draft")
    return browser.get(sent.location)


def test_a_pasted_list_is_shown_before_anything_is_kept(cast, layla, shift):
    text = f"{cast.noura.name}\nخالد الثقفي 0551234567\nلا أحد\nسارة 05512\n{cast.noura.mobile}"
    page = plain(draft_of(layla, shift, text))
    for words in ("Found", "New person", "Not found", "In the list twice", "Nothing is saved yet"):
        assert words in page
    assert "2 volunteers" in page
    assert expected(shift) == []
    assert people.of_mobile("+966551234567") == []


def test_the_confirmed_list_is_added_together(cast, layla, shift):
    added = layla.send(
        f"/shifts/{shift.id}/roster",
        people=f"{cast.noura.name}\nخالد الثقفي 0551234567\n{cast.huda.name}",
        **{"line-1": cast.noura.id, "line-2": "new", "line-3": ""},
    )
    assert added.status_code == 303
    (khalid,) = people.of_mobile("+966551234567")
    assert [one.person_id for one in expected(shift)] == [cast.noura.id, khalid.id]
    page = layla.text(f"/shifts/{shift.id}")
    assert "خالد الثقفي" in page
    assert "2 of 40" in page


def test_an_open_choice_is_asked_again_and_the_others_are_kept(cast, now, layla, shift):
    factories.person(now, cast.noura.name)
    refused = layla.send(
        f"/shifts/{shift.id}/roster",
        people=f"{cast.huda.name}\n{cast.noura.name}",
        **{"line-1": ""},
    )
    assert refused.status_code == 422
    assert "Choose who is meant in line 2" in plain(refused)
    assert expected(shift) == []
    kept = refused.get_data(as_text=True)
    assert 'name="line-1" value="" checked' in kept


def test_nobody_is_added_who_was_not_offered(cast, layla, shift):
    refused = layla.send(
        f"/shifts/{shift.id}/roster", people=cast.noura.name, **{"line-1": cast.majed.id}
    )
    assert refused.status_code == 422
    assert expected(shift) == []


def test_a_clash_is_shown_in_the_draft(cast, layla, now):
    same = factories.shift(now, cast.squares, starts=60)
    assert "Two places at once" in plain(draft_of(layla, same, cast.noura.name))


def test_the_draft_is_found_again_in_the_other_language(cast, layla, shift):
    address = f"/shifts/{shift.id}/roster/draft"
    shown = draft_of(layla, shift, f"{cast.noura.name}\nلا أحد")
    assert f'name="next" value="{address}' in shown.get_data(as_text=True)
    back = layla.send("/preferences", lang="ar", next=address).location
    page = layla.text(back)
    assert back == address
    for words in ("التحقق من القائمة", cast.noura.name, "لا أحد"):
        assert words in page


def test_the_draft_is_one_shifts_and_gone_once_added(cast, now, layla, shift):
    other = factories.shift(now, cast.squares, starts=48 * 60)
    draft_of(layla, shift, cast.noura.name)
    assert cast.noura.name not in layla.text(f"/shifts/{other.id}/roster/draft")
    layla.send(f"/shifts/{shift.id}/roster", people=cast.noura.name, **{"line-1": cast.noura.id})
    layla.get(f"/shifts/{shift.id}")
    assert cast.noura.name not in layla.text(f"/shifts/{shift.id}/roster/draft")


def test_a_list_too_long_for_a_cookie_is_answered_at_once(layla, shift):
    text = "\n".join(f"متطوع {uuid.uuid4().hex} 05{n:08}" for n in range(300))
    shown = layla.send(f"/shifts/{shift.id}/roster/draft", people=text)
    assert shown.status_code == 200
    assert "New person" in plain(shown)
    assert all(len(cookie) < 4093 for cookie in shown.headers.getlist("Set-Cookie"))


@pytest.mark.parametrize(("text", "said"), [("", "Fill in"), ("نورة\n" * 501, "500 lines")])
def test_an_empty_or_endless_list_is_explained(layla, shift, text, said):
    refused = layla.send(f"/shifts/{shift.id}/roster", people=text)
    assert refused.status_code == 422
    assert said in plain(refused)


def test_who_came_is_not_removed_who_did_not_is(cast, now, layla, shift):
    (noura,) = expected(cast.shift)
    check_in(cast.noura, cast.poster, now)
    refused = layla.send(f"/shifts/{cast.shift.id}/roster/{noura.id}/removal")
    assert "This volunteer attended" in layla.text(refused.location)
    absent = factories.assign(now, cast.noura, shift)
    removed = layla.send(f"/shifts/{shift.id}/roster/{absent.id}/removal")
    assert "Taken off the roster. A message says so" in layla.text(removed.location)
    assert expected(shift) == []
    assert len(expected(cast.shift)) == 1


def test_a_lead_is_named_and_ended(cast, now, layla):
    (noura,) = expected(cast.shift)
    address = f"/shifts/{cast.shift.id}/roster/{noura.id}/lead"
    layla.send(address, leads="1")
    assert expected(cast.shift)[0].is_lead
    assert "Leads" in layla.text(f"/shifts/{cast.shift.id}")
    layla.send(address, leads="0")
    assert not expected(cast.shift)[0].is_lead


def test_a_line_belongs_to_its_shift(cast, layla, shift):
    (noura,) = expected(cast.shift)
    for act in ("removal", "lead"):
        assert layla.send(f"/shifts/{shift.id}/roster/{noura.id}/{act}").status_code == 404
    assert len(expected(cast.shift)) == 1


def test_inviting_asks_first_and_queues_one_message_each(cast, layla):
    address = f"/shifts/{cast.shift.id}/invitations"
    assert "1 volunteer" in layla.text(address)
    assert db.session.scalars(db.select(Message)).all() == []
    layla.send(address)
    layla.send(address)
    (message,) = db.session.scalars(db.select(Message)).all()
    assert (message.template, message.mobile) == ("shift_invitation", cast.noura.mobile)


def test_nobody_is_invited_to_what_is_over(cast, now, layla):
    over = factories.shift(now, cast.mataf, starts=-120, minutes=60)
    factories.assign(now, cast.noura, over)
    address = f"/shifts/{over.id}/invitations"
    page = layla.get(address).get_data(as_text=True)
    assert "This shift is over" in page
    assert f'action="{address}"' not in page
    assert "Send invitations?" not in page
    refused = layla.send(address)
    assert "This shift is over" in layla.text(refused.location)
    assert db.session.scalars(db.select(Message)).all() == []


def test_the_invitation_names_place_day_and_time(cast, layla, app):
    layla.send(f"/shifts/{cast.shift.id}/invitations")
    (message,) = db.session.scalars(db.select(Message)).all()
    arabic = render(message.template, "ar", message.facts)
    for words in ("صحن المطاف", "من 12:00 م إلى 5:00 م", "22 نوفمبر 2026م", "/hours"):
        assert words in arabic
    english = render(message.template, "en", message.facts)
    assert "Mataf courtyard" in english
    assert "12:00 PM to 5:00 PM" in english


@pytest.mark.parametrize("who", ["noura", "salem", "huda", "majed"])
def test_only_coordinators_keep_rosters(cast, browser_of, shift, who):
    browser = browser_of(getattr(cast, who), kind="staff")
    sent = {"people": cast.noura.name, "line-1": cast.noura.id}
    assert browser.send(f"/shifts/{shift.id}/roster", **sent).status_code == 403
    assert browser.get(f"/shifts/{shift.id}/invitations").status_code == 403
    assert expected(shift) == []
