"""Groups: a headcount earns nobody hours, and each name makes one attendance that others decide."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from checkin.database import db
from checkin.domain.errors import Conflict, NotFound, Problem
from checkin.domain.evidence import Evidence, Flag
from checkin.domain.fold import Kind
from checkin.models import Attendance, Group, GroupMember, Person, Scan
from checkin.operations import approvals, closing, figures, floor, groups, merging, people
from checkin.operations.attendance import derived_uid
from checkin.operations.groups import Arrival, Named, find, read_lines
from checkin.operations.permissions import Reach
from tests import factories
from tests.factories import alter, check_in, check_out

HOUR = timedelta(hours=1)
EVERYWHERE = Reach(everywhere=True)
UID = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def scouts():
    return factories.partner("كشافة مكة المكرمة", "Makkah Scouts", "scouts")


@pytest.fixture
def leader(now):
    return factories.person(now, "عمر سعيد الجهني")


@pytest.fixture
def arrival(cast, leader, scouts, now):
    return Arrival(UID, cast.shift.id, leader.id, 3, partner_id=scouts.id, at=now - HOUR / 2)


@pytest.fixture
def group_id(cast, arrival, now):
    return groups.arrive(arrival, by=cast.salem.id, now=now)


@pytest.fixture
def boys(now):
    return [factories.person(now, f"كشاف رقم {word}") for word in ("أول", "ثان", "ثالث", "رابع")]


@pytest.fixture
def name(group_id, leader, now):
    """Name people, by the leader unless somebody else is said."""

    def name(*entries, by=leader, at=now, of=group_id, **more):
        return groups.name_members(of, entries, by=by.id, now=at, **more)

    return name


def one(person) -> Named:
    return Named(person_id=person.id)


def attendances(*conditions) -> list[Attendance]:
    db.session.rollback()
    return list(db.session.scalars(select(Attendance).where(*conditions).order_by(Attendance.id)))


def codes(naming) -> dict[int, str]:
    return {at: problem.code for at, problem in naming.problems.items()}


# --- arriving ------------------------------------------------------------------------------


def test_a_headcount_earns_nobody_hours(group_id, now):
    assert attendances() == []
    assert not any(figures.totals(figures.Filter(EVERYWHERE)))
    standing = find(group_id)
    assert (standing.named, standing.unnamed, standing.is_here(now)) == (0, 3, True)
    assert standing.body.name_en == "Makkah Scouts"


def test_pressing_twice_is_one_group(cast, arrival, group_id, leader, now):
    assert groups.arrive(arrival, by=cast.salem.id, now=now) == group_id
    other = Arrival(UID, cast.shift.id, leader.id, 4, partner_id=arrival.partner_id)
    with pytest.raises(Conflict, match="group_reused"):
        groups.arrive(other, by=cast.salem.id, now=now)
    assert db.session.scalar(select(func.count()).select_from(Group)) == 1


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"headcount": 0}, "headcount_invalid"),
        ({"headcount": 1001}, "headcount_invalid"),
        ({"leader_id": 9999}, "leader_missing"),
        ({"after": HOUR}, "time_outside_shift"),
        ({"after": -4 * HOUR}, "time_outside_shift"),
    ],
)
def test_what_a_group_must_say(cast, leader, now, changed, code):
    said = {"leader_id": leader.id, "headcount": 3, **changed}
    at = now + said.pop("after", timedelta())
    with pytest.raises(Problem, match=code):
        groups.arrive(Arrival(UID, cast.shift.id, at=at, **said), by=cast.salem.id, now=now)


def test_a_count_is_corrected_but_never_below_the_names(cast, group_id, boys, name, now):
    name(one(boys[0]), one(boys[1]))
    with pytest.raises(Problem, match="headcount_named"):
        groups.recount(group_id, 1, by=cast.salem.id, now=now)
    with pytest.raises(Problem, match="headcount_invalid"):
        groups.recount(group_id, 1001, by=cast.salem.id, now=now)
    groups.recount(group_id, 2, by=cast.salem.id, now=now)
    assert find(group_id).unnamed == 0


# --- naming --------------------------------------------------------------------------------


def test_a_name_is_an_attendance_claimed_by_whoever_named(cast, group_id, boys, name, leader, now):
    assert name(one(boys[0])).named == 1
    (came,) = attendances()
    assert (came.volunteer_id, came.state, came.in_at) == (boys[0].id, "open", now - HOUR / 2)
    assert (came.evidence, came.entered_by_id) == (Evidence.CLAIMED, leader.id)
    assert Flag.MANUAL in came.flags
    (scan,) = db.session.scalars(select(Scan))
    assert (scan.reason, scan.entered_by_id) == ("with_group", leader.id)
    assert name(one(boys[0])).named == 1, "naming twice is naming once"
    assert len(attendances()) == 1


def test_whoever_named_cannot_decide_and_the_supervisor_can(cast, group_id, boys, name, now):
    name(one(boys[0]))
    name(one(boys[1]), by=cast.salem)
    groups.leave(group_id, now, by=cast.layla.id, now=now)
    shown = [(came.id, came.row_version) for came in attendances()]
    result = approvals.approve_many(shown, by=cast.salem.id, now=now)
    assert [code for _, code in result.failed] == ["own_entry_decision"]
    assert [came.state for came in attendances()] == ["approved", "closed"]


def test_the_group_leaves_once_and_its_members_with_it(cast, group_id, boys, name, now):
    name(one(boys[0]), one(boys[1]))
    check_out(boys[1], cast.shift, now + HOUR / 4)
    at = now + HOUR / 2
    assert groups.leave(group_id, at, by=cast.salem.id, now=now + HOUR)
    assert not groups.leave(group_id, now + HOUR, by=cast.salem.id, now=now + HOUR)
    assert [came.out_at for came in attendances()] == [at, now + HOUR / 4]
    assert not find(group_id).is_here(now + HOUR)
    name(one(boys[2]), at=now + HOUR)
    last = attendances()[-1]
    assert (last.in_at, last.out_at, last.state) == (now - HOUR / 2, at, "closed")


@pytest.mark.parametrize("after", [-HOUR, HOUR])
def test_a_group_leaves_after_it_came_and_not_in_the_future(cast, group_id, now, after):
    with pytest.raises(Problem, match="time_outside_shift"):
        groups.leave(group_id, now + after, by=cast.salem.id, now=now)


def test_never_more_names_than_people(cast, group_id, boys, name):
    naming = name(*map(one, boys))
    assert (naming.named, codes(naming)) == (0, {3: "group_full"})
    assert attendances() == [], "with a problem nothing is written"
    naming = name(*map(one, boys), only_good=True)
    assert (naming.named, codes(naming)) == (3, {3: "group_full"})
    assert len(attendances()) == 3


def test_who_is_in_the_shift_already_is_linked_and_not_doubled(cast, group_id, name, now):
    check_in(cast.noura, cast.poster, now - HOUR / 4)
    assert name(one(cast.noura)).named == 1
    (came,) = attendances()
    assert (came.in_at, came.entered_by_id) == (now - HOUR / 4, None)
    assert [member.row.id for member in groups.members_of(group_id)] == [came.id]


def test_who_is_checked_in_elsewhere_stays_there(cast, boys, name, now):
    beside = factories.shift(now, cast.squares, starts=-60)
    factories.assign(now, boys[0], beside)
    check_in(boys[0], factories.poster(now, cast.squares), now)
    assert codes(name(one(boys[0]))) == {0: "open_elsewhere"}
    assert [came.shift_id for came in attendances()] == [beside.id]


def test_nobody_is_in_two_groups_of_one_shift_nor_twice_in_a_list(
    cast, arrival, boys, leader, name, now
):
    name(one(boys[0]))
    uid = derived_uid(UID, "second")
    second = Arrival(uid, cast.shift.id, leader.id, 5)
    other = groups.arrive(second, by=cast.salem.id, now=now)
    naming = name(one(boys[0]), one(boys[1]), one(boys[1]), of=other)
    assert codes(naming) == {0: "named_elsewhere", 2: "named_twice"}


def test_nobody_names_oneself_and_the_suspended_wait(cast, boys, leader, name, now):
    alter(boys[0], suspended_at=now)
    naming = name(one(leader), one(boys[0]), Named(person_id=9999))
    assert codes(naming) == {0: "own_name", 1: "held", 2: "nobody_chosen"}
    assert name(one(leader), by=cast.salem).named == 1, "the supervisor names the leader"


def test_a_wrong_name_is_taken_off_and_may_be_named_again(cast, group_id, boys, name, leader, now):
    check_in(cast.noura, cast.poster, now - HOUR / 4)
    name(one(boys[0]), one(cast.noura))
    groups.leave(group_id, now, by=cast.salem.id, now=now)
    for _ in range(2):
        groups.strike(group_id, boys[0].id, by=leader.id, now=now)
    assert [came.state for came in attendances(Attendance.volunteer_id == boys[0].id)] == [
        "cancelled"
    ]
    assert find(group_id).named == 1
    assert name(one(boys[0])).named == 1
    (came,) = attendances(Attendance.volunteer_id == boys[0].id)
    assert (came.state, came.in_at, came.out_at) == ("closed", now - HOUR / 2, now)
    groups.strike(group_id, cast.noura.id, by=leader.id, now=now)
    (own,) = attendances(Attendance.volunteer_id == cast.noura.id)
    assert (own.state, own.in_at) == ("open", now - HOUR / 4), "her own scan stays"


def test_a_name_that_is_decided_about_stays(cast, group_id, boys, name, leader, now):
    name(one(boys[0]))
    name(one(leader), by=cast.salem)
    groups.leave(group_id, now, by=cast.layla.id, now=now)
    (came,) = attendances(Attendance.volunteer_id == boys[0].id)
    approvals.approve_many([(came.id, came.row_version)], by=cast.salem.id, now=now)
    with pytest.raises(Problem, match="decided_already"):
        groups.strike(group_id, boys[0].id, by=leader.id, now=now)
    with pytest.raises(Problem, match="own_name"):
        groups.strike(group_id, leader.id, by=leader.id, now=now)
    assert find(group_id).named == 2


def test_after_closing_nothing_can_be_named(cast, group_id, boys, name, now):
    closing.close(cast.shift.id, by=cast.salem.id, now=now)
    for act in (
        lambda: name(one(boys[0])),
        lambda: groups.recount(group_id, 5, by=cast.salem.id, now=now),
        lambda: groups.leave(group_id, now, by=cast.salem.id, now=now),
        lambda: groups.enter_waiting(group_id, by=cast.salem.id, now=now),
        lambda: groups.strike(group_id, boys[0].id, by=cast.salem.id, now=now),
    ):
        with pytest.raises(Problem, match="group_closed"):
            act()
    assert attendances() == []


def test_in_a_cancelled_shift_nobody_is_named(cast, group_id, boys, name, now):
    alter(cast.shift, cancelled_at=now)
    with pytest.raises(Problem, match="group_closed"):
        name(one(boys[0]))
    assert not find(group_id).is_open


# --- by name and mobile --------------------------------------------------------------------


def test_somebody_new_is_registered_under_the_groups_partner(group_id, name, leader, scouts):
    assert name(Named(name="ياسر علي المالكي", mobile="+966551112223")).named == 1
    person = db.session.scalars(select(Person).where(Person.mobile == "+966551112223")).one()
    assert (person.category, person.partner_id) == ("scout", scouts.id)
    assert person.created_by_id == leader.id
    (came,) = attendances()
    assert (came.volunteer_id, came.partner_id) == (person.id, scouts.id)


def test_a_known_mobile_and_a_like_name_are_the_person_who_is_there(cast, name):
    naming = name(
        Named(name="نوره القحطاني", mobile=cast.noura.mobile),
        Named(name="سارة سعد القحطاني", mobile=cast.noura.mobile),
    )
    assert naming.named == 2
    assert [came.volunteer_id == cast.noura.id for came in attendances()] == [True, False]


def test_what_a_new_name_needs(name):
    naming = name(
        Named(name="ياسر علي"),
        Named(name="ياسر علي", mobile="+966551112223", guardian_mobile="+966551112223"),
        Named(name="١٢٣", mobile="+966551112224"),
    )
    assert codes(naming) == {
        0: "member_mobile_missing",
        1: "guardian_same_mobile",
        2: "name_missing",
    }


def test_somebody_under_18_is_named_and_waits_for_the_guardian(cast, group_id, name, leader, now):
    naming = name(Named(name="ياسر علي", mobile="+966551112223", guardian_mobile="+966551112224"))
    assert (naming.named, naming.waiting) == (1, 1)
    assert attendances() == []
    standing = find(group_id)
    assert (standing.unnamed, standing.uncounted) == (2, 3), "named, and still on no list"
    assert groups.enter_waiting(group_id, by=leader.id, now=now) == 0
    (member,) = groups.members_of(group_id)
    assert member.lacks_guardian
    people.record_consent_of_guardian(member.person_id, by=cast.layla.id, now=now)
    assert groups.enter_waiting(group_id, by=leader.id, now=now) == 1
    assert groups.enter_waiting(group_id, by=leader.id, now=now) == 0
    assert [came.in_at for came in attendances()] == [now - HOUR / 2]


def test_lines_are_read_as_people_write_them():
    text = """
1. ياسر علي المالكي، ٠٥٥١١١٢٢٢٣
Omar Saeed\t+966 55 111 2224
2) سعد ناصر | 0551112225 | 0551112226
0551112227
ريان محمد
ريان محمد، 0611
أ ب, 0551112223, 0551112224, 0551112225
"""
    found = {line.number: line.meant for line in read_lines(text)}
    assert found[2] == Named(name="ياسر علي المالكي", mobile="+966551112223")
    assert found[3] == Named(name="Omar Saeed", mobile="+966551112224")
    assert found[4] == Named(
        name="سعد ناصر", mobile="+966551112225", guardian_mobile="+966551112226"
    )
    assert [found[number].code for number in (5, 6, 7, 8)] == [
        "member_name_missing",
        "member_mobile_missing",
        "member_mobile_missing",
        "mobiles_many",
    ]


def test_a_list_may_be_too_long_and_a_number_may_be_none():
    with pytest.raises(Problem, match="list_too_long"):
        read_lines("x" * 100_001)
    (line,) = read_lines("ياسر علي، 06111111111111")
    assert line.meant.code == "mobile_invalid"


# --- who is here, who leads ----------------------------------------------------------------


def test_a_group_is_on_site_until_it_leaves(cast, group_id, boys, name, now):
    name(one(boys[0]))
    assert groups.uncounted_on_site(cast.mataf.id, EVERYWHERE, now) == 2
    assert groups.uncounted_on_site(cast.squares.id, EVERYWHERE, now) == 0
    assert groups.on_site(cast.mataf.id, Reach(), now) == []
    groups.leave(group_id, now, by=cast.salem.id, now=now)
    assert groups.on_site(cast.mataf.id, EVERYWHERE, now + HOUR) == []


def test_every_act_moves_the_boards_mark(cast, arrival, boys, leader, now):
    """Else a tablet beside would not show it before it draws everything anew."""

    def mark() -> str:
        return floor.mark_at([cast.mataf.id], now, now - 48 * HOUR)

    marks = [mark()]
    made = groups.arrive(arrival, by=cast.salem.id, now=now)
    for act in (
        lambda: None,
        lambda: groups.recount(made, 5, by=cast.salem.id, now=now),
        lambda: groups.name_members(
            made,
            [Named(name="ياسر", mobile="+966551112223", guardian_mobile="+966551112224")],
            by=leader.id,
            now=now,
        ),
        lambda: groups.leave(made, now, by=cast.salem.id, now=now),
    ):
        act()
        marks.append(mark())
    assert len(set(marks)) == 5


def test_whoever_leads_finds_the_group_also_after_being_merged(cast, group_id, leader, now):
    assert find(group_id, groups.led_by(leader.id)).group.id == group_id
    with pytest.raises(NotFound):
        find(group_id, groups.led_by(cast.noura.id))
    kept = factories.person(now, leader.name)
    merging.merge(kept.id, leader.id, (), by=cast.layla.id, now=now)
    assert find(group_id, groups.led_by(kept.id)).group.id == group_id


def test_two_rows_of_one_person_are_one_name(cast, group_id, boys, name, now):
    name(one(boys[0]), one(boys[1]))
    groups.leave(group_id, now, by=cast.salem.id, now=now)
    merge_id = merging.merge(boys[0].id, boys[1].id, (), by=cast.layla.id, now=now)
    assert find(group_id).named == 1
    assert name(one(boys[0])).named == 1, "who is named under the other row is named"
    merging.undo(merge_id, by=cast.layla.id, now=now)
    assert find(group_id).named == 2


# --- races ---------------------------------------------------------------------------------


def named_at_once(app, group_ids, person, leader, now):
    """Both groups name one person in the same moment; how many each named, and what was said."""
    gate, said = threading.Barrier(len(group_ids)), []

    def press(group_id):
        with app.app_context():
            gate.wait()
            naming = groups.name_members(group_id, [one(person)], by=leader.id, now=now)
            said.append((naming.named, *codes(naming).values()))

    presses = [threading.Thread(target=press, args=(group_id,)) for group_id in group_ids]
    for thread in presses:
        thread.start()
    for thread in presses:
        thread.join()
    return sorted(said)


def test_one_person_named_twice_at_once_is_named_once(app, cast, arrival, boys, leader, now):
    """By two groups of one shift: one of them gets the name, the other a sentence."""
    ids = [
        groups.arrive(
            Arrival(derived_uid(UID, text), cast.shift.id, leader.id, 3), by=cast.salem.id, now=now
        )
        for text in ("one", "two")
    ]
    said = named_at_once(app, ids, boys[0], leader, now)
    assert said == [(0, "named_elsewhere"), (1,)]
    assert db.session.scalar(select(func.count()).select_from(GroupMember)) == 1
    assert db.session.scalar(select(func.count()).where(Scan.kind == Kind.IN)) == 1


def test_one_person_named_at_two_sites_at_once_is_in_at_one(app, cast, boys, leader, now):
    beside = factories.shift(now, cast.squares, starts=-60)
    ids = [
        groups.arrive(
            Arrival(derived_uid(UID, str(shift.id)), shift.id, leader.id, 3),
            by=cast.layla.id,
            now=now,
        )
        for shift in (cast.shift, beside)
    ]
    said = named_at_once(app, ids, boys[0], leader, now)
    assert said == [(0, "open_elsewhere"), (1,)]
    assert len(attendances()) == 1
