"""Groups on the tablet and on the leader's phone: counted now, named before the shift is closed."""

import re
from datetime import timedelta

import pytest

from checkin.database import db
from checkin.models import Attendance, Group
from checkin.operations import closing, groups, people
from checkin.operations.groups import Arrival, Named
from tests import factories
from tests.pages import plain

pytestmark = pytest.mark.usefixtures("at")
HOUR = timedelta(hours=1)
UID = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def here(cast) -> str:
    return f"/floor/{cast.mataf.id}"


@pytest.fixture
def leader(now):
    return factories.person(now, "عمر سعيد الجهني")


@pytest.fixture
def scouts():
    return factories.partner("كشافة مكة المكرمة", "Makkah Scouts", "scouts")


@pytest.fixture
def group_id(cast, leader, scouts, now) -> int:
    arrival = Arrival(UID, cast.shift.id, leader.id, 3, partner_id=scouts.id, at=now - HOUR / 2)
    return groups.arrive(arrival, by=cast.salem.id, now=now)


@pytest.fixture
def sheet(here, group_id) -> str:
    return f"{here}/groups/{group_id}"


@pytest.fixture
def phone(browser_of, leader):
    return browser_of(leader, kind="phone", lang="en")


def arriving(cast, leader, **fields):
    values = {
        "uid": UID,
        "leader": leader.id,
        "shift": cast.shift.id,
        "body": "",
        "headcount": "40",
    }
    return {**values, "at": "", "q": leader.name, **fields}


def follow(browser, response):
    assert response.status_code == 303
    return browser.get(response.headers["Location"])


def kept() -> list[Group]:
    db.session.rollback()
    return list(db.session.scalars(db.select(Group).order_by(Group.id)))


def attendances() -> list[Attendance]:
    db.session.rollback()
    return list(db.session.scalars(db.select(Attendance).order_by(Attendance.id)))


# --- the tablet ----------------------------------------------------------------------------


def test_a_group_is_found_by_its_leader_counted_and_on_the_board(
    cast, salem, here, leader, scouts, now
):
    assert leader.name in salem.text(f"{here}/groups/new?q=الجهني")
    sent = arriving(cast, leader, body=f"partner-{scouts.id}", headcount="٤٠")
    for _ in range(2):
        assert salem.send(f"{here}/groups", **sent).status_code == 303
    (group,) = kept()
    assert (group.headcount, group.partner_id, group.leader_id) == (40, scouts.id, leader.id)
    assert group.arrived_at == now
    board = salem.text(here)
    assert "Makkah Scouts … 40" in board
    assert "0 of 40 named" in board
    assert re.search(r"40 *With groups, not checked in", board)
    assert re.search(r"\b0 *On the floor now", board), "never mixed with people who are checked in"


def test_the_form_keeps_what_was_typed(cast, salem, here, leader):
    sent = {**arriving(cast, leader, headcount="0", at="13:00"), "leader": ""}
    answer = salem.send(f"{here}/groups", **sent)
    assert answer.status_code == 422
    said = plain(answer)
    assert "Enter a number from 1 to 1,000" in said
    assert 'value="13:00"' in answer.text
    answer = salem.send(f"{here}/groups", **{**sent, "headcount": "7"})
    assert "Search for the leader and choose a name" in plain(answer)
    answer = salem.send(f"{here}/groups", **arriving(cast, leader, at="1:00"))
    assert "Choose a time near the shift that is not in the future" in plain(answer)
    assert kept() == []


def test_searching_the_leader_keeps_what_was_filled_in(cast, salem, here, leader, scouts):
    body = f"partner-{scouts.id}"
    sent = arriving(cast, leader, headcount="42", body=body, at="13:00", q="الجهني", asked="")
    page = salem.send(f"{here}/groups", **{**sent, "leader": ""})
    assert page.status_code == 200
    assert leader.name in page.text
    assert 'value="42"' in page.text
    assert 'value="13:00"' in page.text
    assert f'<option selected value="{body}">' in page.text
    assert "There is a problem" not in page.text
    assert 'aria-invalid="true"' not in page.text
    other = salem.send(f"{here}/groups", **{**sent, "asked": "محمد"})
    assert other.status_code == 200, "the leader of an earlier search is not the one looked for"
    assert kept() == []
    assert salem.send(f"{here}/groups", **{**sent, "asked": "الجهني"}).status_code == 303


def test_nothing_to_come_to(cast, salem, here):
    factories.alter(cast.shift, cancelled_at=cast.shift.starts_at)
    assert "No shift at this site today" in salem.text(f"{here}/groups/new")


def test_a_person_who_is_found_is_named_with_one_press(cast, salem, sheet, now):
    assert cast.noura.name in salem.text(f"{sheet}?q=قحطاني")
    assert salem.send(f"{sheet}/members", person=cast.noura.id, q="x").status_code == 303
    (came,) = attendances()
    assert (came.volunteer_id, came.entered_by_id) == (cast.noura.id, cast.salem.id)
    shown = salem.text(sheet)
    assert "Without a name 2" in shown
    answer = salem.send(f"{sheet}/members", person=cast.salem.id)
    assert (answer.status_code, "Somebody else has to name you" in plain(answer)) == (422, True)
    answer = salem.send(f"{sheet}/members", person="x")
    assert (answer.status_code, "Nobody is chosen" in plain(answer)) == (422, True)


def test_a_wrong_name_is_taken_off(cast, salem, sheet):
    salem.send(f"{sheet}/members", person=cast.noura.id)
    away = f"{sheet}/members/{cast.noura.id}/removal"
    assert away in salem.get(sheet).text
    assert "The name was taken off" in plain(follow(salem, salem.send(away)))
    assert [came.state for came in attendances()] == ["cancelled"]
    assert "Without a name 3" in salem.text(sheet)


def test_a_list_names_everybody_or_those_without_a_problem(cast, salem, sheet):
    lines = "ياسر علي المالكي، 0551112223\nسعد ناصر، 0611\nريان محمد، 0551112224"
    answer = salem.send(f"{sheet}/list", **{"list-people": lines})
    said = plain(answer)
    assert answer.status_code == 422
    assert "1 line of 3 has a problem" in said
    assert re.search(r"Line 2 *: .*Add the mobile behind the name", said)
    assert lines.splitlines()[0] in answer.text
    assert attendances() == []
    answer = salem.send(f"{sheet}/list", **{"list-people": lines, "only_good": "1"})
    assert "2 named" in plain(answer)
    assert len(attendances()) == 2
    answer = salem.send(f"{sheet}/list", **{"list-people": "سعد ناصر، 0551112225"})
    assert answer.status_code == 303
    assert "Without a name 0" in salem.text(sheet)
    answer = salem.send(f"{sheet}/list", **{"list-people": "زائد هنا، 0551112226"})
    assert "All 3 are named. If more came, correct the headcount first" in plain(answer)


def test_a_list_needs_lines_and_may_be_too_long(salem, sheet):
    assert salem.send(f"{sheet}/list", **{"list-people": " "}).status_code == 422
    answer = salem.send(f"{sheet}/list", **{"list-people": "x" * 100_001})
    assert "The list is too long. Send it in parts" in plain(answer)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("0551112223", "Add the name before the mobile"),
        ("أ ب, 0551112223, 0551112224, 0551112225", "More than two mobiles in one line"),
        ("أ ب, 0551112223, 0551112223", "cannot be the volunteer’s own"),
    ],
)
def test_what_is_wrong_with_a_line_is_said(salem, sheet, line, why):
    assert why in plain(salem.send(f"{sheet}/list", **{"list-people": line}))


def test_the_count_is_corrected_and_the_group_leaves(cast, salem, sheet, now):
    salem.send(f"{sheet}/members", person=cast.noura.id)
    answer = salem.send(f"{sheet}/headcount", **{"recount-headcount": "0"})
    assert answer.status_code == 422
    assert salem.send(f"{sheet}/headcount", **{"recount-headcount": "5"}).status_code == 303
    assert kept()[0].headcount == 5
    answer = salem.send(f"{sheet}/departure", **{"leaving-at": "1:00"})
    assert (answer.status_code, 'value="1:00"' in answer.text) == (422, True)
    assert salem.send(f"{sheet}/departure").status_code == 303
    assert kept()[0].left_at == now
    assert [came.out_at for came in attendances()] == [now]


def test_the_group_is_in_the_evacuation_list_and_in_the_head_count(cast, salem, here, group_id):
    text = salem.text(f"{here}/evacuation")
    assert re.search(r"Makkah Scouts *… *3", text)
    assert re.search(r"With groups, not checked in: *3", text)
    told = salem.get(f"/api/v1/sites/{cast.mataf.id}/present").json["groups"]
    assert [(one["name"], one["headcount"], one["entered"]) for one in told] == [
        ("Makkah Scouts", 3, 0)
    ]
    assert "Makkah" not in salem.text(f"{here}/evacuation?kept")
    counting = {"uid": UID, "counted": "3"}
    page = follow(salem, salem.send(f"{here}/head-count", **counting))
    assert "The count matches the list" in plain(page)


def test_closing_says_who_earns_nothing_and_ends_the_naming(cast, salem, sheet, now):
    salem.send(f"{sheet}/members", person=cast.noura.id)
    for address in (f"/shifts/{cast.shift.id}/closing", f"/shifts/{cast.shift.id}/approvals"):
        text = salem.text(address)
        assert "3 people came, 1 named." in text
        assert "2 people without a name earn no hours." in text
        assert "Name them" in text
    closing.close(cast.shift.id, by=cast.salem.id, now=now)
    assert "Name them" not in salem.text(f"/shifts/{cast.shift.id}/closing")
    answer = salem.send(f"{sheet}/list", **{"list-people": "سعد ناصر، 0551112225"})
    assert "Nobody can be named any more" in plain(answer)
    assert "Name many at once" not in salem.text(sheet)


def test_every_page_is_404_for_huda_and_403_for_a_volunteer(cast, browser_of, here, sheet, leader):
    for who, status in ((cast.huda, 404), (cast.noura, 403)):
        browser = browser_of(who, kind="staff")
        assert browser.get(f"{here}/groups/new").status_code == status
        assert browser.get(sheet).status_code == status
        assert browser.send(f"{here}/groups", **arriving(cast, leader)).status_code == status
        for act in ("members", "list", "headcount", "departure", "waiting", "members/1/removal"):
            answer = browser.send(f"{sheet}/{act}", person=cast.noura.id)
            assert answer.status_code == status, act
    assert [group.left_at for group in kept()] == [None]
    assert attendances() == []


def test_hudas_own_site_does_not_reach_this_sites_group(cast, browser_of, group_id):
    there = f"/floor/{cast.squares.id}/groups/{group_id}"
    huda = browser_of(cast.huda, kind="staff")
    assert huda.get(there).status_code == 404
    assert huda.send(f"{there}/departure").status_code == 404


# --- the leader's phone --------------------------------------------------------------------


def test_the_leader_names_on_the_own_phone(phone, leader, group_id):
    assert "My group of 3" in phone.text("/hours")
    own = f"/groups/{group_id}"
    assert "Without a name 3" in phone.text(own)
    said = {"name": "ياسر علي المالكي", "mobile": "0551112223"}
    assert phone.send(f"{own}/members", **said).status_code == 303
    (came,) = attendances()
    assert came.entered_by_id == leader.id
    text = phone.text(own)
    assert ("ياسر علي المالكي" in text, "Without a name 2" in text) == (True, True)
    lines = "سعد ناصر، 0551112224\nريان محمد، 0551112225"
    assert phone.send(f"{own}/list", **{"list-people": lines}).status_code == 303
    assert "Everybody is named." in phone.text(own)
    phone.send(f"{own}/members/{came.volunteer_id}/removal")
    assert "Without a name 1" in phone.text(own)


def test_a_name_that_is_not_taken_stays_in_the_form(phone, group_id):
    own = f"/groups/{group_id}"
    answer = phone.send(f"{own}/members", name="ياسر علي", mobile="")
    assert (answer.status_code, "ياسر علي" in answer.text) == (422, True)
    assert "Fill in: Mobile" in plain(answer)
    minor = {"name": "ياسر علي", "mobile": "0551112223", "is_minor": "y"}
    answer = phone.send(f"{own}/members", **minor)
    assert "Enter the guardian’s mobile" in plain(answer)
    assert 'value="0551112223"' in answer.text or "+966551112223" in answer.text
    assert attendances() == []


def test_somebody_under_18_waits_for_the_guardian(cast, phone, group_id, now):
    own = f"/groups/{group_id}"
    minor = {"name": "ياسر علي", "mobile": "0551112223", "is_minor": "y"}
    phone.send(f"{own}/members", **minor, guardian_mobile="0551112224")
    text = phone.text(own)
    assert "Guardian has not agreed" in text
    assert "Enter who waited for the guardian" not in text
    (member,) = groups.members_of(group_id)
    people.record_consent_of_guardian(member.person_id, by=cast.layla.id, now=now)
    assert "Enter who waited for the guardian" in phone.text(own)
    assert phone.send(f"{own}/waiting").status_code == 303
    assert len(attendances()) == 1


def test_nobody_else_sees_the_leaders_group(cast, browser_of, client, group_id):
    own = f"/groups/{group_id}"
    other = browser_of(cast.noura, kind="phone", lang="en")
    assert other.get(own).status_code == 404
    for act in ("members", "list", "waiting", "members/1/removal"):
        assert other.send(f"{own}/{act}", name="x").status_code == 404
    assert "My group" not in other.text("/hours")
    assert client.get(own).status_code == 303
    assert attendances() == []


def test_ones_own_data_holds_the_groups_led_and_the_one_named_in(
    cast, browser_of, phone, leader, group_id, now
):
    groups.name_members(group_id, [Named(person_id=cast.noura.id)], by=leader.id, now=now)
    (led,) = phone.get("/account/data").json["groups"]
    assert (led["led"], led["headcount"], led["named_at"]) == (True, 3, None)
    (named,) = browser_of(cast.noura, kind="phone").get("/account/data").json["groups"]
    assert (named["led"], named["named_by_id"]) == (False, leader.id)


def test_a_closed_shift_is_said_on_the_phone(cast, phone, group_id, now):
    closing.close(cast.shift.id, by=cast.salem.id, now=now)
    own = f"/groups/{group_id}"
    assert "The shift is closed, so nobody can be named any more." in phone.text(own)
    answer = phone.send(f"{own}/members", name="ياسر علي", mobile="0551112223")
    assert (answer.status_code, attendances()) == (422, [])
    answer = follow(phone, phone.send(f"{own}/waiting"))
    assert "Nobody can be named any more" in plain(answer)


def test_pages_speak_arabic(cast, browser_of, here, sheet, leader, group_id, now):
    named = groups.name_members(group_id, [Named(person_id=cast.noura.id)], by=leader.id, now=now)
    assert named.named == 1
    salem = browser_of(cast.salem, kind="staff", lang="ar")
    assert "كشافة مكة المكرمة … 3" in salem.text(here)
    assert "بلا أسماء 2" in salem.text(sheet)
    phone = browser_of(leader, kind="phone", lang="ar")
    assert "بلا أسماء 2" in phone.text(f"/groups/{group_id}")
