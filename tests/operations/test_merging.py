"""People entered twice: offered, merged with all their history, taken apart again whole."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect, select

from checkin.database import db
from checkin.domain.errors import NotFound, Problem
from checkin.domain.roles import Role
from checkin.models import (
    Assignment,
    Attendance,
    AuditEntry,
    Badge,
    Device,
    Membership,
    Merge,
    Person,
)
from checkin.operations import (
    accounts,
    approvals,
    badges,
    devices,
    figures,
    hours,
    merging,
    notes,
    people,
)
from checkin.operations.approvals import appealing, whose_turn
from checkin.operations.figures import Filter
from checkin.operations.permissions import Reach
from tests import factories
from tests.factories import check_in, check_out

MOBILE = "+966551234567"
EVERYWHERE = Filter(Reach(everywhere=True))
HOUR = timedelta(hours=1)


@pytest.fixture
def twins(cast, now):
    """Noura, and the row a list brought for her a second time."""
    factories.alter(cast.noura, mobile=MOBILE, partner_id=None)
    other = factories.person(
        now,
        "نورة القحطاني",
        mobile=MOBILE,
        partner_id=cast.university.id,
        birth_year=2004,
        gender="woman",
    )
    return cast.noura, other


@pytest.fixture
def join(cast, now):
    def join(kept, other, taking=(), at=now):
        return merging.merge(kept.id, other.id, taking, by=cast.layla.id, now=at)

    return join


@pytest.fixture
def work(cast, now):
    """Somebody works four hours on a day, approved by the supervisor."""

    def work(who, days=0, start=0):
        begun = now + timedelta(days=days, minutes=start)
        shift = factories.shift(begun, cast.mataf)
        factories.assign(now, who, shift)
        check_in(who, factories.poster(begun, cast.mataf, shift), begun)
        check_out(who, shift, begun + 4 * HOUR, beneficiaries=10)
        row = db.session.scalars(
            select(Attendance).filter_by(shift_id=shift.id, volunteer_id=who.id)
        ).one()
        approvals.approve(row.id, row.row_version, by=cast.salem.id, now=begun + 5 * HOUR)
        return row.id

    return work


def offered():
    return [(p.first.id, p.second.id, p.reason) for p in merging.page_of(1).items]


def everything():
    """Every row a merge may touch, column by column."""
    db.session.expire_all()
    found = {}
    for model in (Person, Assignment, Device, Badge, Membership, Attendance):
        columns = [one.key for one in inspect(model).columns]
        rows = db.session.scalars(select(model)).all()
        found |= {(model.__name__, row.id): [getattr(row, c) for c in columns] for row in rows}
    return found


# --- offered -------------------------------------------------------------------------------


def test_who_shares_a_mobile_or_a_name_is_near(cast, now, twins):
    noura, other = twins
    namesake = factories.person(now, noura.name, mobile=None, email="noura@example.org")
    sister = factories.person(now, "هند سعد القحطاني", mobile=MOBILE)
    assert [one.id for one in merging.beside(noura)] == [other.id, sister.id, namesake.id]
    assert [one.id for one in merging.beside(namesake)] == [noura.id]
    assert merging.twin_of(noura).id == other.id
    assert (merging.twin_of(sister), merging.twin_of(namesake)) == (None, None)


def test_one_mobile_and_names_alike_are_offered(twins):
    noura, other = twins
    assert offered() == [(noura.id, other.id, "mobile")]


def test_a_family_on_one_phone_is_not(twins, now):
    noura, other = twins
    factories.person(now, "سارة سعد القحطاني", mobile=MOBILE)
    factories.person(now, "سعد القحطاني", mobile=MOBILE)
    assert offered() == [(noura.id, other.id, "mobile")]


@pytest.mark.parametrize(
    ("one", "two", "reason"),
    [
        ({"birth_year": 2001}, {"birth_year": 2001}, "birth_year"),
        ({"birth_year": 2001}, {"birth_year": 2002}, None),
        ({"birth_year": 2001}, {}, "name"),
        ({"gender": "man"}, {"gender": "woman"}, None),
        ({}, {}, "name"),
    ],
)
def test_one_full_name_is_enough_with_nothing_against_it(cast, now, one, two, reason):
    first = factories.person(now, "خالد فهد الثقفي", **one)
    second = factories.person(now, "خالد بن فهد ثقفي", **two)
    assert offered() == ([(first.id, second.id, reason)] if reason else [])


def test_one_name_at_one_partner_is_offered(cast, now):
    at = {"partner_id": cast.university.id}
    first, second = (factories.person(now, "خالد فهد الثقفي", **at) for _ in range(2))
    assert offered() == [(first.id, second.id, "partner")]
    factories.alter(first, birth_year=2000)
    assert offered() == [(first.id, second.id, "partner")]
    factories.alter(second, birth_year=2001)
    assert offered() == [], "two years of birth are two people"


def test_the_same_full_name_alone_comes_last_and_is_set_apart(cast, twins, now):
    noura, other = twins
    scouts = factories.partner("جمعية الكشافة", "Scouts", "scouts")
    first = factories.person(now, "خالد فهد الثقفي", partner_id=cast.university.id)
    second = factories.person(now, "خالد بن فهد ثقفي", partner_id=scouts.id)
    years = [factories.person(now, "يزيد فهد الثقفي", birth_year=2001) for _ in range(2)]
    assert offered() == [
        (noura.id, other.id, "mobile"),
        (*(one.id for one in years), "birth_year"),
        (first.id, second.id, "name"),
    ]
    merging.set_apart(first.id, second.id, by=cast.layla.id, now=now)
    assert [reason for *_, reason in offered()] == ["mobile", "birth_year"]


def test_a_short_name_or_one_of_many_says_nothing(cast, now):
    for _ in range(2):
        factories.person(now, "خالد الثقفي")
    assert offered() == []
    for _ in range(3):
        factories.person(now, "خالد فهد الثقفي")
    assert [reason for *_, reason in offered()] == ["name"] * 3
    factories.person(now, "خالد فهد الثقفي")
    assert offered() == []


def test_who_was_called_two_people_is_offered_no_more(cast, twins, now):
    noura, other = twins
    for pair in ((other.id, noura.id), (noura.id, other.id)):
        merging.set_apart(*pair, by=cast.layla.id, now=now)
    assert offered() == []
    acts = select(AuditEntry).where(AuditEntry.act == "person.set_apart")
    assert len(db.session.scalars(acts).all()) == 1


def test_neither_erased_nor_merged_people_are_offered(twins, join, now):
    noura, other = twins
    join(noura, other)
    assert offered() == []


# --- merged --------------------------------------------------------------------------------


def test_what_is_known_comes_together(twins, join):
    noura, other = twins
    join(noura, other, {"partner", "birth_year", "gender"})
    kept = people.find(noura.id)
    assert (kept.name, kept.partner_id, kept.birth_year) == (
        "نورة سعد القحطاني",
        other.partner_id,
        2004,
    )
    with pytest.raises(NotFound):
        people.find(other.id)
    assert people.who_is(other.id) == noura.id
    assert [one.id for one in people.of_mobile(MOBILE)] == [noura.id]
    assert [one.id for one in people.page_of(1, "نورة").items] == [noura.id]


def test_the_history_of_both_is_one(twins, join, work, now):
    noura, other = twins
    work(noura, days=1)
    theirs = work(other, days=2)
    assert figures.totals(EVERYWHERE).volunteers == 2
    join(noura, other, at=now + timedelta(days=3))
    totals = figures.totals(EVERYWHERE)
    assert (totals.volunteers, totals.attendances, totals.approved_minutes) == (1, 2, 480)
    assert people.summary_of(noura.id).approved_minutes == 480
    assert hours.standing_of(noura.id, now.date()).ever.approved_minutes == 480
    shown, _ = hours.attendances_of(noura.id, 1)
    assert theirs in [one.id for one in shown]
    assert hours.attendance_of(noura.id, theirs).volunteer_id == other.id
    held = accounts.own_record(noura.id, now)
    assert [one["id"] for one in held["attendances"]] == [one.id for one in reversed(shown)]
    with pytest.raises(NotFound):
        accounts.own_record(other.id, now)


def test_signing_in_leads_to_the_one_who_stays(twins, join, now):
    noura, other = twins
    join(noura, other)
    assert [one.id for one in accounts.people_with(MOBILE)] == [noura.id]
    again = accounts.Registration(name=other.name)
    assert accounts.register(again, mobile=MOBILE, now=now) == noura.id


def test_an_old_decision_is_objected_to_by_who_it_is(twins, join, work, cast, now):
    noura, other = twins
    theirs = work(other)
    row = db.session.get_one(Attendance, theirs)
    at = now + 6 * HOUR
    approvals.reopen(theirs, row.row_version, words="خطأ", by=cast.layla.id, now=at)
    version = db.session.get_one(Attendance, theirs).row_version
    approvals.reject(theirs, version, reason="other", words="لم يحضر", by=cast.salem.id, now=at)
    join(noura, other, at=at)
    version = db.session.get_one(Attendance, theirs).row_version
    appealing.appeal(theirs, version, words="حضرت", by=noura.id, now=at + HOUR)
    assert db.session.get_one(Attendance, theirs).state == "closed"


def test_what_is_to_come_moves_and_one_place_is_enough(cast, twins, join, now):
    noura, other = twins
    alone = factories.shift(now, cast.mataf, starts=600)
    both = factories.shift(now, cast.mataf, starts=1200)
    waits = factories.shift(now, cast.mataf, starts=1800)
    for shift in (alone, both, waits):
        factories.assign(now, other, shift)
    factories.assign(now, noura, both)
    factories.assign(now, noura, waits, how="waiting")
    past = factories.assign(now, other, factories.shift(now, cast.mataf, starts=-900))
    join(noura, other)
    rows = db.session.scalars(select(Assignment).where(Assignment.shift_id != cast.shift.id)).all()
    assert {(row.shift_id, row.person_id, row.how) for row in rows} == {
        (alone.id, noura.id, "roster"),
        (both.id, noura.id, "roster"),
        (waits.id, noura.id, "roster"),
        (past.shift_id, other.id, "roster"),
    }


def test_the_phone_and_the_badge_of_the_other_are_hers_now(cast, twins, join, now):
    noura, other = twins
    _, cookie = devices.remember(other.id, "phone", "x", lifetime=timedelta(days=9), now=now)
    (badge,) = badges.make([other.id], by=None, now=now)
    code = badges.code_of(badge)
    join(noura, other)
    assert devices.recognise(cookie, now).person_id == noura.id
    assert badges.owner_of(code, now).person.id == noura.id
    assert check_in(noura, cast.poster, now).verdict == "checked_in"


def test_of_two_badges_the_kept_ones_works(twins, join, now):
    noura, other = twins
    mine, theirs = badges.make([noura.id, other.id], by=None, now=now)
    join(noura, other)
    assert badges.owner_of(badges.code_of(mine), now).person.id == noura.id
    with pytest.raises(Problem, match="badge_revoked"):
        badges.owner_of(badges.code_of(theirs), now)


def test_a_suspension_is_not_lost(cast, twins, join, now):
    noura, other = twins
    factories.alter(other, suspended_at=now, suspended_reason="تكرار الغياب")
    merge_id = join(noura, other)
    assert people.find(noura.id).suspended_reason == "تكرار الغياب"
    merging.undo(merge_id, by=cast.layla.id, now=now)
    assert people.find(noura.id).suspended_at is None


def test_merging_is_flat(cast, twins, join, now):
    noura, other = twins
    third = factories.person(now, "نورة سعد قحطاني", mobile=MOBILE)
    join(other, third)
    join(noura, other)
    assert people.who_is(third.id) == noura.id
    (second, first) = db.session.scalars(select(Merge).order_by(Merge.id.desc())).all()
    with pytest.raises(Problem, match="merge_covered"):
        merging.undo(first.id, by=cast.layla.id, now=now)
    merging.undo(second.id, by=cast.layla.id, now=now)
    assert people.who_is(third.id) == other.id
    merging.undo(first.id, by=cast.layla.id, now=now)
    assert people.find(third.id)


# --- refused -------------------------------------------------------------------------------


def test_nobody_is_merged_while_checked_in(cast, twins, join, now):
    noura, other = twins
    check_in(noura, cast.poster, now)
    factories.assign(now, other, cast.shift)
    check_in(other, cast.poster, now)
    for kept, gone in ((noura, other), (other, noura)):
        with pytest.raises(Problem, match="merge_open"):
            join(kept, gone)


def test_an_office_is_never_merged_away(cast, twins, join, now):
    noura, other = twins
    factories.grant(now, other, Role.SUPERVISOR, site_id=cast.mataf.id)
    with pytest.raises(Problem, match="merge_office"):
        join(noura, other)


def test_a_decider_does_not_get_hours_that_wait(cast, join, now):
    other = factories.person(now, "سالم الغامدي")
    factories.assign(now, other, cast.shift)
    check_in(other, cast.poster, now)
    check_out(other, cast.shift, now + HOUR)
    with pytest.raises(Problem, match="merge_undecided"):
        join(cast.salem, other, at=now + 2 * HOUR)


@pytest.fixture
def come_back(cast, join, now):
    """Hours of a row that was merged into Salem's are undecided again: its id and version."""
    other = factories.person(now, "سالم الغامدي")
    factories.assign(now, other, cast.shift)
    check_in(other, cast.poster, cast.shift.starts_at)
    check_out(other, cast.shift, cast.shift.ends_at, beneficiaries=10)
    own = select(Attendance.id, Attendance.row_version).where(Attendance.volunteer_id == other.id)
    later = cast.shift.ends_at + HOUR
    approvals.approve(*db.session.execute(own).one(), by=cast.layla.id, now=later)
    join(cast.salem, other, at=later)
    asked = {"words": "asked again", "by": cast.layla.id}
    approvals.reopen(*db.session.execute(own).one(), **asked, now=later)
    return db.session.execute(own).one()


def test_hours_of_a_merged_row_are_ones_own_when_they_come_back(cast, come_back):
    later, salem = cast.shift.ends_at + 2 * HOUR, cast.salem.id
    with pytest.raises(Problem, match="own_record"):
        approvals.approve(*come_back, by=salem, now=later)
    noted = (come_back.id, "كان هنا", "6a4c2c0e-1b7e-4b53-8a44-0a8d4a5a1f00")
    with pytest.raises(Problem, match="own_entry"):
        notes.note(*noted, by=salem, now=later)


def test_the_sheet_of_hours_knows_a_merged_row_as_the_readers_own(cast, come_back):
    later, salem = cast.shift.ends_at + 2 * HOUR, cast.salem.id
    (record,) = approvals.sheet_of(cast.shift.id, salem, later).exceptions
    assert (record.obstacle, record.deciders) == ("own_record", [cast.layla.name])
    (waiting,), _ = approvals.waiting_shifts(Reach(everywhere=True), salem, later)
    assert (waiting.matching, waiting.exceptions) == (0, 1)
    (others,), _ = approvals.waiting_shifts(Reach(everywhere=True), cast.layla.id, later)
    assert (others.matching, others.exceptions) == (1, 0)
    (turn,) = whose_turn.who_decides([record.attendance], later).values()
    assert (turn.supervisor, turn.any_coordinator) == (None, True)


def test_a_coordinator_leaves_higher_accounts_and_herself_alone(cast, twins, join):
    noura, _ = twins
    with pytest.raises(Problem, match="needs_administrator"):
        join(cast.majed, noura)
    for kept, gone in ((cast.layla, noura), (noura, cast.layla), (noura, noura)):
        with pytest.raises(Problem, match=r"merge_own|merge_same"):
            join(kept, gone)


def test_thirty_days_and_once(cast, twins, join, now):
    merge_id = join(*twins)
    with pytest.raises(Problem, match="merge_old"):
        merging.undo(merge_id, by=cast.layla.id, now=now + timedelta(days=30, seconds=1))
    merging.undo(merge_id, by=cast.layla.id, now=now + timedelta(days=30))
    with pytest.raises(Problem, match="merge_undone"):
        merging.undo(merge_id, by=cast.layla.id, now=now)
    with pytest.raises(NotFound):
        merging.undo(9999, by=cast.layla.id, now=now)


def test_what_moved_is_forgotten_with_the_right_to_undo(twins, join, now):
    merge_id = join(*twins, {"birth_year"})
    assert merging.forget_passed(now + timedelta(days=30)) == 0
    assert merging.forget_passed(now + timedelta(days=30, seconds=1)) == 1
    assert merging.forget_passed(now + timedelta(days=31)) == 0
    assert db.session.get_one(Merge, merge_id).moved == {}
    assert people.who_is(twins[1].id) == twins[0].id


def test_what_was_changed_since_stays(cast, twins, join, now):
    noura, other = twins
    shift = factories.shift(now, cast.mataf, starts=600)
    factories.assign(now, other, shift)
    merge_id = join(noura, other, {"gender", "birth_year"})
    factories.alter(people.find(noura.id), birth_year=2005)
    check_in(noura, factories.poster(now, cast.mataf, shift), now + 10 * HOUR)
    merging.undo(merge_id, by=cast.layla.id, now=now + 11 * HOUR)
    noura = people.find(noura.id)
    assert (noura.birth_year, noura.gender) == (2005, None)
    place = db.session.scalars(select(Assignment).where(Assignment.shift_id == shift.id)).one()
    assert place.person_id == noura.id, "she came, so the place is hers"


def test_the_overlapping_hours_are_shown(cast, twins, work, now):
    noura, other = twins
    mine, theirs = work(noura, days=1), work(other, days=1, start=120)
    work(other, days=2)
    seen = merging.compare(noura.id, other.id, by=cast.layla.id, now=now)
    assert [(one.kept.id, one.other.id) for one in seen.overlaps] == [(mine, theirs)]
    assert seen.obstacle is None
    assert seen.suggested == {"partner", "birth_year", "gender"}


# --- laws ----------------------------------------------------------------------------------

_FIELDS = st.sets(st.sampled_from(sorted(merging.FIELDS)))


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    taking=_FIELDS,
    shared=st.sets(st.integers(0, 3)),
    badged=st.sets(st.booleans()),
    worked=st.lists(st.booleans(), max_size=3),
    again=st.booleans(),
)
def test_undoing_restores_every_row_and_nobody_counts_twice(
    cast, now, work, taking, shared, badged, worked, again
):
    by = {"by": cast.layla.id, "now": now + timedelta(days=9)}
    one = factories.person(now, "خالد فهد الثقفي", email=None)
    two = factories.person(now, "خالد الثقفي", email=f"khalid{one.id}@example.org", gender="man")
    pair = {False: one, True: two}
    for number in range(4):
        shift = factories.shift(now, cast.mataf, starts=14_400 + number * 600)
        factories.assign(now, two, shift, how="waiting" if number % 2 else "joined")
        if number in shared:
            factories.assign(now, one, shift, how="waiting")
    badges.make([pair[who].id for who in badged], by=None, now=now)
    devices.remember(two.id, "phone", "x", lifetime=timedelta(days=99), now=now)
    for number, who in enumerate(worked):
        work(pair[who], days=number)
    before, counted = everything(), figures.totals(EVERYWHERE)

    merge_id = merging.merge(one.id, two.id, taking, **by)
    people_of = set(worked)
    totals = figures.totals(EVERYWHERE)
    assert totals.volunteers == counted.volunteers - (len(people_of) == 2)
    assert totals._replace(volunteers=0) == counted._replace(volunteers=0)
    merging.undo(merge_id, **by)
    assert everything() == before
    assert figures.totals(EVERYWHERE) == counted
    if again:
        merge_id = merging.merge(two.id, one.id, taking, **by)
        merging.undo(merge_id, **by)
        assert everything() == before
