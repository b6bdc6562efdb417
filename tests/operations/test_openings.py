"""Openings: who may join, who waits, who moves up, and what is told before."""

from datetime import timedelta

import pytest

from checkin.database import db
from checkin.domain.errors import NotFound, Problem
from checkin.models import Assignment, AuditEntry, Message
from checkin.operations import openings, roster
from checkin.operations.openings import feed, telling
from tests import factories
from tests.factories import alter, check_in

HOUR = timedelta(hours=1)
DAY = 24 * 60


@pytest.fixture
def call(cast, now):
    """An opportunity volunteers join by themselves."""
    return factories.opportunity(now, is_open=True, name_en="Crowd flow")


@pytest.fixture
def shift(cast, now, call):
    """Tomorrow, two seats."""
    return factories.shift(now, cast.mataf, call, starts=DAY, seats=2)


@pytest.fixture
def people(now):
    return [factories.person(now, f"متطوع {number}") for number in range(1, 6)]


def on(shift) -> list[tuple[int, str]]:
    query = db.select(Assignment.person_id, Assignment.how).where(Assignment.shift_id == shift.id)
    return [tuple(row) for row in db.session.execute(query.order_by(Assignment.id))]


def codes(person, shift, now, refuses=None) -> list[str]:
    found = openings.obstacles(person.id, shift.id, now)
    return [one.code for one in found if refuses is None or one.refuses is refuses]


def acts(shift) -> list[str]:
    query = db.select(AuditEntry.act).where(AuditEntry.thing_id == shift.id)
    query = query.where(AuditEntry.thing == "shift").order_by(AuditEntry.id)
    return list(db.session.scalars(query))


# --- joining and waiting -------------------------------------------------------------------


def test_seats_first_then_the_waiting_list_in_order(shift, people, now):
    answers = [openings.join(shift.id, by=one.id, now=now) for one in people[:4]]
    assert answers == ["joined", "joined", "waiting", "waiting"]
    assert on(shift) == [
        *((one.id, "joined") for one in people[:2]),
        *((one.id, "waiting") for one in people[2:4]),
    ]


def test_joining_twice_is_joining_once(shift, people, now):
    for _ in range(2):
        assert openings.join(shift.id, by=people[0].id, now=now) == "joined"
    for one in people[1:3]:
        openings.join(shift.id, by=one.id, now=now)
    before = on(shift)
    assert openings.join(shift.id, by=people[2].id, now=now) == "waiting"
    assert on(shift) == before
    assert acts(shift) == ["opening.join"] * 3


def test_who_leaves_gives_the_seat_to_the_first_who_waits(shift, people, now):
    for one in people[:4]:
        openings.join(shift.id, by=one.id, now=now)
    openings.leave(shift.id, by=people[0].id, now=now)
    assert on(shift) == [
        (people[1].id, "joined"),
        (people[2].id, "joined"),
        (people[3].id, "waiting"),
    ]
    (told,) = db.session.scalars(db.select(Message))
    assert (told.template, told.mobile) == ("seat_given", people[2].mobile)
    assert acts(shift)[-2:] == ["opening.leave", "opening.move_up"]


def test_who_comes_back_stands_at_the_end(shift, people, now):
    for one in people[:4]:
        openings.join(shift.id, by=one.id, now=now)
    openings.leave(shift.id, by=people[2].id, now=now)
    openings.join(shift.id, by=people[2].id, now=now)
    assert on(shift)[2:] == [(people[3].id, "waiting"), (people[2].id, "waiting")]


def test_a_coordinator_who_takes_somebody_off_lets_the_next_one_in(cast, shift, people, now):
    for one in people[:3]:
        openings.join(shift.id, by=one.id, now=now)
    first = db.session.scalar(db.select(Assignment.id).where(Assignment.person_id == people[0].id))
    roster.remove(first, by=cast.layla.id, now=now)
    assert on(shift) == [(people[1].id, "joined"), (people[2].id, "joined")]


def test_more_seats_are_filled_in_order(shift, people, now):
    for one in people:
        openings.join(shift.id, by=one.id, now=now)
    alter(shift, seats=4)
    assert openings.move_up(shift.id, now) == [people[2].id, people[3].id]
    assert openings.move_up(shift.id, now) == []


def test_who_is_expected_elsewhere_is_passed_over_and_keeps_the_place(
    cast, call, shift, people, now
):
    for one in people[:4]:
        openings.join(shift.id, by=one.id, now=now)
    beside = factories.shift(now, cast.squares, call, starts=DAY + 60)
    openings.join(beside.id, by=people[2].id, now=now)
    openings.leave(shift.id, by=people[0].id, now=now)
    assert on(shift)[1:] == [(people[2].id, "waiting"), (people[3].id, "joined")]


def test_nobody_moves_up_who_may_not_check_in(shift, people, now):
    for one in people[:4]:
        openings.join(shift.id, by=one.id, now=now)
    alter(people[2], suspended_at=now)
    openings.leave(shift.id, by=people[0].id, now=now)
    assert (people[3].id, "joined") in on(shift)


@pytest.fixture(params=["erased", "merged"])
def vanish(request, cast, now):
    """Somebody is erased, or their row becomes part of Noura's."""

    def vanish(person):
        merged = request.param == "merged"
        alter(person, **({"merged_into_id": cast.noura.id} if merged else {"erased_at": now}))

    return vanish


def test_who_is_gone_takes_no_seat(shift, people, now, vanish):
    for one in people[:4]:
        openings.join(shift.id, by=one.id, now=now)
    vanish(people[2])
    openings.leave(shift.id, by=people[0].id, now=now)
    assert on(shift)[1:] == [(people[2].id, "waiting"), (people[3].id, "joined")]
    vanish(people[4])
    with pytest.raises(NotFound):
        openings.join(shift.id, by=people[4].id, now=now)


def test_who_is_gone_is_told_of_nothing(shift, people, now, vanish):
    for one in people[:2]:
        openings.join(shift.id, by=one.id, now=now)
    vanish(people[0])
    assert [one.id for one in telling.affected(shift.id)] == [people[1].id]
    assert telling.cancelled(shift.id, now) == 1


def test_the_calendar_of_who_is_gone_is_closed(shift, people, now, vanish):
    code = feed.renew(people[0].id, now=now)
    openings.join(shift.id, by=people[0].id, now=now)
    assert [one.shift_id for one in feed.shifts_behind(code, now)] == [shift.id]
    vanish(people[0])
    with pytest.raises(NotFound):
        feed.shifts_behind(code, now)


def test_nobody_moves_up_once_it_has_begun_or_is_called_off(shift, people, now):
    for one in people[:3]:
        openings.join(shift.id, by=one.id, now=now)
    alter(shift, seats=3)
    assert openings.move_up(shift.id, shift.starts_at) == []
    alter(shift, cancelled_at=now)
    assert openings.move_up(shift.id, now) == []


def test_a_day_without_messages_keeps_nobody_from_a_seat(app, shift, people, now):
    for one in people[:3]:
        openings.join(shift.id, by=one.id, now=now)
    app.config["MESSAGES_PER_DAY"] = 0
    openings.leave(shift.id, by=people[0].id, now=now)
    assert (people[2].id, "joined") in on(shift)
    assert db.session.scalar(db.select(db.func.count(Message.id))) == 0


def test_leaving_ends_with_the_beginning(shift, people, now):
    openings.join(shift.id, by=people[0].id, now=now)
    with pytest.raises(Problem, match="shift_begun"):
        openings.leave(shift.id, by=people[0].id, now=shift.starts_at)
    openings.leave(shift.id, by=people[1].id, now=now)  # never was there: nothing changes
    assert on(shift) == [(people[0].id, "joined")]


def test_who_came_stays(cast, now):
    soon = factories.shift(now, cast.mataf, starts=20)
    factories.assign(now, cast.huda, soon)
    poster = factories.poster(now, cast.mataf, soon)
    check_in(cast.huda, poster, now)
    with pytest.raises(Problem, match="came_already"):
        openings.leave(soon.id, by=cast.huda.id, now=now + timedelta(minutes=1))


# --- what refuses --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("of_call", "of_shift", "of_person", "code"),
    [
        ({"is_open": False}, {}, {}, "opening_closed"),
        ({"closed_at": True}, {}, {}, "opening_closed"),
        ({}, {"cancelled_at": True}, {}, "called_off"),
        ({}, {"closed_at": True}, {}, "shift_begun"),
        ({"gender": "woman"}, {}, {"gender": "man"}, "for_women"),
        ({"gender": "man"}, {}, {"gender": "woman"}, "for_men"),
        ({"minimum_age": 18}, {}, {"birth_year": 2009}, "too_young"),
        ({"minimum_age": 18}, {}, {"is_minor": True, "guardian_mobile": "+966500000000"}, None),
        ({}, {}, {"suspended_at": True}, "account_held"),
    ],
)
def test_what_refuses(call, shift, people, now, of_call, of_shift, of_person, code):
    for row, values in ((call, of_call), (shift, of_shift), (people[0], of_person)):
        if values:
            instants = {name: now if name.endswith("_at") else v for name, v in values.items()}
            alter(row, **instants)
    expected = [code] if code else ["account_held", "too_young"]
    assert codes(people[0], shift, now, refuses=True) == expected
    with pytest.raises(Problem, match=expected[0]):
        openings.join(shift.id, by=people[0].id, now=now)
    assert on(shift) == []


def test_a_shift_that_has_begun_is_for_walk_ins(shift, people, now):
    with pytest.raises(Problem, match="shift_begun"):
        openings.join(shift.id, by=people[0].id, now=shift.starts_at)


def test_without_a_waiting_list_full_is_full(call, shift, people, now):
    alter(call, has_waiting_list=False)
    for one in people[:2]:
        openings.join(shift.id, by=one.id, now=now)
    with pytest.raises(Problem, match="shift_full"):
        openings.join(shift.id, by=people[2].id, now=now)


def test_nobody_is_at_two_places_at_once(cast, call, shift, people, now):
    openings.join(shift.id, by=people[0].id, now=now)
    beside = factories.shift(now, cast.squares, call, starts=DAY + 60)
    (found,) = openings.obstacles(people[0].id, beside.id, now)
    assert (found.code, found.refuses) == ("clash", True)
    assert found.facts["name_en"] == "Mataf courtyard"
    with pytest.raises(Problem, match="clash"):
        openings.join(beside.id, by=people[0].id, now=now)
    alter(shift, cancelled_at=now)
    assert openings.join(beside.id, by=people[0].id, now=now) == "joined"


def test_a_draft_is_not_there(shift, people, now):
    alter(shift, is_draft=True)
    with pytest.raises(NotFound):
        openings.join(shift.id, by=people[0].id, now=now)


@pytest.mark.parametrize(("born", "refused"), [(2007, False), (2008, False), (2009, True)])
def test_who_may_be_old_enough_that_year_is_believed(call, shift, people, now, born, refused):
    alter(call, minimum_age=18)
    alter(people[0], birth_year=born)
    assert codes(people[0], shift, now) == (["too_young"] if refused else [])


# --- what is told, and may be confirmed ----------------------------------------------------


def test_short_rest_is_told_of_the_next_day_only(cast, call, shift, people, now):
    """The shift is from 1 PM to 5 PM tomorrow."""
    openings.join(shift.id, by=people[0].id, now=now)
    evening = factories.shift(now, cast.mataf, call, starts=DAY + 7 * 60, minutes=120)
    assert codes(people[0], evening, now) == []
    night = factories.shift(now, cast.mataf, call, starts=DAY + 11 * 60, minutes=300)
    (found,) = openings.obstacles(people[0].id, night.id, now)
    assert (found.code, found.refuses, found.facts["minutes"]) == ("little_rest", False, 420)


def test_the_next_shift_would_follow_too_soon(cast, call, people, now):
    """Tomorrow from 1 AM to 5 AM is planned; tonight from 5 PM to 8 PM is joined."""
    planned = factories.shift(now, cast.mataf, call, starts=12 * 60)
    openings.join(planned.id, by=people[0].id, now=now)
    tonight = factories.shift(now, cast.mataf, call, starts=4 * 60, minutes=180)
    (found,) = openings.obstacles(people[0].id, tonight.id, now)
    assert (found.code, found.refuses, found.facts["minutes"]) == ("rest_after", False, 300)


@pytest.mark.parametrize(("starts", "minutes"), [(11 * 60, 300), (-15 * 60, 480)])
def test_a_place_that_is_waited_for_may_leave_too_little_rest(
    cast, call, shift, people, now, starts, minutes
):
    """One waits for tomorrow 1 PM to 5 PM, and joins from midnight on, or until 6 AM before."""
    me, *others = people
    for one in others[:2]:
        openings.join(shift.id, by=one.id, now=now)
    assert openings.join(shift.id, by=me.id, now=now) == "waiting"
    near = factories.shift(now, cast.squares, call, starts=DAY + starts, minutes=minutes)
    (found,) = openings.obstacles(me.id, near.id, now)
    assert (found.code, found.refuses) == ("rest_if_given", False)
    assert (found.facts["minutes"], found.facts["name_en"]) == (420, "Mataf courtyard")
    assert openings.obstacles(others[2].id, near.id, now) == []
    assert "rest_if_given" not in codes(me, near, now + 24 * HOUR), "none is given any more"
    with pytest.raises(Problem, match="tell_first"):
        openings.join(near.id, by=me.id, now=now)
    assert openings.join(near.id, by=me.id, now=now, aware=["rest_if_given"]) == "joined"
    at_once = factories.shift(now, cast.squares, call, starts=DAY + 60, minutes=120)
    told = codes(me, at_once, now)
    assert "rest_if_given" not in told, "no place is given to who is expected elsewhere"


def test_what_is_told_is_confirmed_first(call, shift, people, now):
    alter(call, requires_id=factories.opportunity(now, "course", name_en="First aid").id)
    assert codes(people[0], shift, now, refuses=False) == ["course_missing"]
    with pytest.raises(Problem, match="tell_first"):
        openings.join(shift.id, by=people[0].id, now=now)
    aware = ["course_missing"]
    assert openings.join(shift.id, by=people[0].id, now=now, aware=aware) == "joined"


@pytest.mark.parametrize(
    ("rule", "told"),
    [({"gender": "woman"}, "unsure_women"), ({"gender": "man"}, "unsure_men"),
     ({"minimum_age": 21}, "unsure_age"), ({"minimum_age": 18}, None)],
)  # fmt: skip
def test_what_the_record_does_not_say_is_asked(call, shift, people, now, rule, told):
    alter(call, **rule)
    assert codes(people[0], shift, now, refuses=False) == ([told] if told else [])


def test_waiting_lists_of_the_door_move_up_as_well(shift, people, now):
    alter(shift, seats=1)
    openings.join(shift.id, by=people[0].id, now=now)
    factories.assign(now, people[1], shift, how="waiting")
    openings.leave(shift.id, by=people[0].id, now=now)
    assert on(shift) == [(people[1].id, "joined")]
