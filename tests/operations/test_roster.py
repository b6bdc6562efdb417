"""Rosters: pasted lines are understood, confirmed and added together; who came stays."""

from datetime import timedelta

import pytest
from sqlalchemy import func

from checkin.database import db
from checkin.domain.errors import NotFound, Problem
from checkin.models import Assignment, Attendance, AuditEntry, Message, Person
from checkin.operations import people, roster, shifts
from checkin.operations.permissions import Reach
from checkin.operations.roster import Found, Newcomer
from tests import factories
from tests.factories import alter, check_in

EVERYWHERE = Reach(everywhere=True)


@pytest.fixture
def shift(cast, now):
    """Tomorrow, nobody expected yet."""
    return factories.shift(now, cast.mataf, starts=24 * 60)


@pytest.fixture
def acting(cast, now):
    return {"by": cast.layla.id, "now": now}


def reading(shift, text):
    return [(line.found, line.name, line.mobile) for line in roster.read(shift.id, text)]


def expected(shift):
    query = db.select(Assignment.person_id).where(Assignment.shift_id == shift.id)
    return set(db.session.scalars(query))


@pytest.mark.parametrize(
    "line",
    [
        "خالد الثقفي 0551234567",
        "0551234567 خالد الثقفي",
        "خالد الثقفي\t0551234567",
        "خالد الثقفي، ٠٥٥١٢٣٤٥٦٧",
        "3. خالد الثقفي - 055 123 4567",
        "٣) خالد الثقفي | +966 55 123 4567",
        "خالد الثقفي: 00966551234567",
        "خالد, 0551234567, الثقفي",
    ],
)
def test_a_line_is_a_name_and_a_mobile_however_parted(shift, line):
    assert reading(shift, line) == [(Found.NEW, "خالد الثقفي", "+966551234567")]


def test_names_with_numbers_in_them_stay_names(shift):
    assert reading(shift, "كشافة 12") == [(Found.UNKNOWN, "كشافة 12", None)]


def test_people_are_found_by_mobile_or_by_name_in_any_spelling(cast, shift):
    lines = roster.read(shift.id, f"{cast.noura.mobile}\n\n  هدي الزهراني\nهدى محمد الزهراني")
    assert [line.found for line in lines] == [Found.ONE, Found.UNKNOWN, Found.ONE]
    assert [line.people[0].id for line in (lines[0], lines[2])] == [cast.noura.id, cast.huda.id]
    assert [line.number for line in lines] == [1, 2, 3]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("لا يعرفه أحد", Found.UNKNOWN),
        ("0551234567", Found.NAME_MISSING),
        ("خالد الثقفي 05512345", Found.BAD_MOBILE),
        ("خالد الثقفي 0551234567", Found.NEW),
        (f"{'خ' * 200} 0551234567", Found.BAD_NAME),
        ("خالد\x07 0551234567", Found.BAD_NAME),
    ],
)
def test_what_stands_in_the_way_is_said_line_by_line(shift, line, found):
    assert roster.read(shift.id, line)[0].found is found


def test_two_people_of_one_name_are_asked_about(cast, now, shift, acting):
    twin = factories.person(now, cast.noura.name)
    (line,) = roster.read(shift.id, cast.noura.name)
    assert (line.found, {one.id for one in line.people}) == (
        Found.SEVERAL,
        {cast.noura.id, twin.id},
    )
    assert not line.may_be_new
    with pytest.raises(Problem, match="choice_missing"):
        roster.picks([line], {})
    with pytest.raises(Problem, match="choice_missing"):
        roster.picks([line], {1: str(cast.salem.id)})
    assert roster.picks([line], {1: str(twin.id)}) == [twin.id]
    assert roster.picks([line], {1: ""}) == []


def test_a_mobile_under_another_name_may_be_somebody_new(cast, shift):
    (line,) = roster.read(shift.id, f"سارة القحطاني {cast.noura.mobile}")
    assert (line.found, line.may_be_new) == (Found.SEVERAL, True)
    assert roster.picks([line], {1: "new"}) == [Newcomer("سارة القحطاني", cast.noura.mobile)]


def test_of_a_family_phone_the_named_one_is_meant(cast, now, shift):
    factories.person(now, "سارة القحطاني", mobile=cast.noura.mobile)
    (line,) = roster.read(shift.id, f"ساره قحطاني {cast.noura.mobile}")
    assert (line.found, line.people[0].name) == (Found.ONE, "سارة القحطاني")


def test_who_is_expected_repeated_or_suspended_is_not_added_again(cast, now, shift, acting):
    alter(cast.huda, suspended_at=now)
    factories.assign(now, cast.salem, shift)
    text = f"{cast.salem.name}\n{cast.huda.name}\n{cast.noura.name}\n{cast.noura.mobile}"
    lines = roster.read(shift.id, text)
    assert [line.found for line in lines] == [
        Found.ALREADY,
        Found.SUSPENDED,
        Found.ONE,
        Found.REPEATED,
    ]
    assert roster.picks(lines, {3: str(cast.noura.id)}) == [cast.noura.id]


def test_too_long_a_list_is_refused_before_anything_is_read(shift):
    with pytest.raises(Problem, match="too_many_lines"):
        roster.read(shift.id, "نورة\n" * 501)


def test_a_confirmed_list_is_added_together(cast, now, shift, acting):
    wanted = [cast.noura.id, Newcomer("خالد الثقفي", "+966551234567"), cast.noura.id]
    assert roster.add(shift.id, wanted, **acting) == 2
    (khalid,) = people.of_mobile("+966551234567")
    assert expected(shift) == {cast.noura.id, khalid.id}
    assert roster.add(shift.id, [cast.noura.id], **acting) == 0
    notes = db.session.scalars(db.select(AuditEntry).where(AuditEntry.act == "roster.add")).all()
    assert [note.facts for note in notes] == [{"people": [cast.noura.id, khalid.id]}]


def test_all_are_added_or_none(cast, now, shift, acting):
    alter(cast.huda, suspended_at=now)
    wanted = [cast.noura.id, Newcomer("خالد الثقفي", "+966551234567"), cast.huda.id]
    with pytest.raises(Problem, match="person_suspended"):
        roster.add(shift.id, wanted, **acting)
    assert expected(shift) == set()
    assert people.of_mobile("+966551234567") == []


def test_somebody_who_waited_gets_a_place(cast, now, shift, acting):
    factories.assign(now, cast.noura, shift, how="waiting")
    assert roster.add(shift.id, [cast.noura.id], **acting) == 1
    (line,) = roster.of_shift(shifts.find(shift.id, EVERYWHERE))
    assert line.assignment.how == "roster"


def test_nobody_joins_a_cancelled_or_closed_shift(cast, now, shift, acting):
    shifts.cancel(shift.id, **acting)
    with pytest.raises(Problem, match="shift_cancelled"):
        roster.add(shift.id, [cast.noura.id], **acting)
    shifts.restore(shift.id, **acting)
    alter(shift, closed_at=now)
    with pytest.raises(Problem, match="shift_closed"):
        roster.add(shift.id, [cast.noura.id], **acting)


def test_who_came_stays_on_the_roster(cast, now, acting):
    (line,) = roster.of_shift(shifts.find(cast.shift.id, EVERYWHERE))
    check_in(cast.noura, cast.poster, now)
    with pytest.raises(Problem, match="roster_attended"):
        roster.remove(line.assignment.id, **acting)
    assert expected(cast.shift) == {cast.noura.id}


def test_who_did_not_come_is_removed(cast, shift, acting):
    roster.add(shift.id, [cast.noura.id], **acting)
    (line,) = roster.of_shift(shifts.find(shift.id, EVERYWHERE))
    roster.remove(line.assignment.id, **acting)
    assert expected(shift) == set()
    with pytest.raises(NotFound):
        roster.remove(line.assignment.id, **acting)


def test_a_lead_is_named_by_somebody_else(cast, now, shift, acting):
    roster.add(shift.id, [cast.noura.id, cast.layla.id], **acting)
    lines = {line.person.id: line for line in roster.of_shift(shifts.find(shift.id, EVERYWHERE))}
    roster.set_lead(lines[cast.noura.id].assignment.id, True, **acting)
    first = roster.of_shift(shifts.find(shift.id, EVERYWHERE))[0]
    assert (first.person.id, first.assignment.is_lead) == (cast.noura.id, True)
    with pytest.raises(Problem, match="own_grant"):
        roster.set_lead(lines[cast.layla.id].assignment.id, True, **acting)
    roster.set_lead(lines[cast.noura.id].assignment.id, False, **acting)
    assert not roster.find(lines[cast.noura.id].assignment.id).is_lead


def test_the_roster_shows_who_is_in_two_places(cast, now):
    other = factories.shift(now, cast.squares, starts=60)
    factories.assign(now, cast.noura, other)
    (line,) = roster.of_shift(shifts.find(cast.shift.id, EVERYWHERE))
    assert (line.clash.shift_id, line.clash.name_en) == (other.id, cast.squares.name_en)


def test_everybody_with_a_mobile_is_invited_once_per_plan(cast, now, shift, acting):
    roster.add(shift.id, [cast.noura.id, cast.huda.id, cast.salem.id], **acting)
    alter(cast.salem, mobile=None)
    link = {"link": "https://example.org/hours"}
    assert roster.reachable(shift.id) == 2
    assert roster.invite(shift.id, **link, **acting) == 2
    assert roster.invite(shift.id, **link, **acting) == 2
    sent = db.session.scalars(db.select(Message)).all()
    assert sorted(message.mobile for message in sent) == sorted(
        [cast.noura.mobile, cast.huda.mobile]
    )
    assert sent[0].facts["site_en"] == "Mataf courtyard"
    alter(shift, starts_at=shift.starts_at + timedelta(hours=1))
    roster.invite(shift.id, **link, **acting)
    assert db.session.scalar(db.select(func.count()).select_from(Message)) == 4


def test_who_is_there_or_has_gone_is_not_invited(cast, now, acting):
    factories.assign(now, cast.huda, cast.shift)
    link = {"link": "https://example.org/hours"}
    arrived = check_in(cast.noura, cast.poster, now)
    assert roster.reachable(cast.shift.id) == 1
    assert roster.invite(cast.shift.id, **link, **acting) == 1
    (sent,) = db.session.scalars(db.select(Message)).all()
    assert sent.mobile == cast.huda.mobile
    alter(db.session.get_one(Attendance, arrived.attendance_id), state="cancelled")
    assert roster.reachable(cast.shift.id) == 2


def test_nobody_is_invited_to_what_is_over(cast, now, shift, acting):
    with pytest.raises(Problem, match="shift_over"):
        roster.invite(shift.id, link="x", by=cast.layla.id, now=shift.ends_at)


def test_newcomers_are_ordinary_people(cast, now, shift, acting):
    roster.add(shift.id, [Newcomer("خالد الثقفي", "+966551234567")], **acting)
    query = db.select(Person).where(Person.mobile == "+966551234567")
    khalid = db.session.scalars(query).one()
    assert (khalid.consented_at, khalid.mobile_proved_at) == (None, None)
    assert khalid.created_by_id == cast.layla.id
