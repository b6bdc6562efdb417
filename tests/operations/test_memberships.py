"""Memberships: days without overlap, and attendance that goes with the day it was on."""

from contextlib import suppress
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from checkin.database import db
from checkin.domain.days import local_day, month_of
from checkin.domain.errors import NotFound, Problem
from checkin.models import Attendance, AuditEntry, Membership
from checkin.operations import approvals, figures, memberships, merging, months, partners, people
from checkin.operations.figures import Filter, proof
from checkin.operations.people import Profile
from checkin.operations.permissions import Reach
from tests import factories
from tests.factories import check_in, check_out

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def today(now) -> date:
    return local_day(now)


@pytest.fixture
def scouts(cast):
    return factories.partner("جمعية الكشافة", "Scouts", "scouts")


@pytest.fixture
def belong(cast, now):
    def belong(who, partner, from_on, at=now):
        partner_id = partner.id if partner else None
        memberships.set_partner(who.id, partner_id, from_on, by=cast.layla.id, now=at)

    return belong


@pytest.fixture
def work(cast, now):
    """Somebody works an hour some days before today, approved."""

    def work(who, days):
        begun = now - days * DAY
        shift = factories.shift(begun, cast.mataf)
        factories.assign(begun, who, shift)
        check_in(who, factories.poster(begun, cast.mataf, shift), begun)
        answer = check_out(who, shift, begun + HOUR, beneficiaries=10)
        row = db.session.get_one(Attendance, answer.attendance_id)
        approvals.approve(row.id, row.row_version, by=cast.salem.id, now=begun + 2 * HOUR)
        return row.id

    return work


def held(person_id):
    query = select(Membership).filter_by(person_id=person_id).order_by(Membership.from_on)
    rows = db.session.scalars(query.execution_options(populate_existing=True))
    return [(row.partner_id, row.from_on, row.until_on) for row in rows]


def partner_of(attendance_id):
    return db.session.scalar(select(Attendance.partner_id).filter_by(id=attendance_id))


def hours_of(partner):
    wanted = Filter(Reach(everywhere=True))
    lines = figures.by(figures.Grouping.PARTNER, wanted)
    return next((one.totals.approved_minutes for one in lines if one.key == partner.id), 0)


def test_one_membership_ends_the_day_before_the_next_begins(cast, today, scouts, belong):
    factories.alter(_membership(cast.noura), from_on=today - 30 * DAY)
    belong(cast.noura, scouts, today - 10 * DAY)
    assert held(cast.noura.id) == [
        (cast.university.id, today - 30 * DAY, today - 11 * DAY),
        (scouts.id, today - 10 * DAY, None),
    ]
    assert people.find(cast.noura.id).partner_id == scouts.id
    belong(cast.noura, None, today)
    assert held(cast.noura.id)[1] == (scouts.id, today - 10 * DAY, today - DAY)
    assert people.find(cast.noura.id).partner_id is None


def _membership(person):
    return db.session.scalars(select(Membership).filter_by(person_id=person.id)).one()


def test_a_membership_without_a_day_is_taken_back(cast, today, scouts, belong):
    belong(cast.noura, scouts, today)
    belong(cast.noura, None, today)
    assert held(cast.noura.id) == []


def test_saying_what_holds_changes_nothing(cast, today, belong):
    before = held(cast.noura.id)
    belong(cast.noura, cast.university, today - 5 * DAY)
    assert held(cast.noura.id) == before
    assert db.session.scalar(select(AuditEntry).filter_by(act="person.partner")) is None


@pytest.mark.parametrize(("days", "code"), [(1, "membership_ahead"), (-40, "membership_overlaps")])
def test_days_that_cannot_be_are_refused(cast, today, scouts, belong, days, code):
    factories.alter(_membership(cast.noura), from_on=today - 30 * DAY)
    with pytest.raises(Problem, match=code) as refused:
        belong(cast.noura, scouts, today + days * DAY)
    assert refused.value.facts.get("day", today - 30 * DAY) == today - 30 * DAY
    assert held(cast.noura.id) == [(cast.university.id, today - 30 * DAY, None)]


def test_what_is_over_stays_and_says_when_it_is_free(cast, today, scouts, belong):
    factories.alter(_membership(cast.noura), from_on=today - 30 * DAY)
    belong(cast.noura, None, today - 10 * DAY)
    with pytest.raises(Problem, match="membership_overlaps") as refused:
        belong(cast.noura, scouts, today - 20 * DAY)
    assert refused.value.facts["day"] == today - 10 * DAY
    belong(cast.noura, scouts, today - 10 * DAY)
    assert held(cast.noura.id)[1] == (scouts.id, today - 10 * DAY, None)


def test_a_closed_partner_takes_nobody(cast, now, today, scouts, belong):
    partners.close(scouts.id, by=cast.layla.id, now=now)
    with pytest.raises(Problem, match="partner_closed"):
        belong(cast.noura, scouts, today)
    factories.alter(cast.salem, erased_at=now)
    with pytest.raises(NotFound):
        belong(cast.salem, None, today)


def test_attendance_goes_with_its_day_and_figures_with_it(cast, today, scouts, belong, work):
    factories.alter(_membership(cast.noura), from_on=today - 30 * DAY)
    early, late = work(cast.noura, 20), work(cast.noura, 5)
    belong(cast.noura, scouts, today - 10 * DAY)
    assert (partner_of(early), partner_of(late)) == (cast.university.id, scouts.id)
    assert (hours_of(cast.university), hours_of(scouts)) == (60, 60)
    belong(cast.noura, None, today - 10 * DAY)
    assert partner_of(late) is None
    assert (hours_of(cast.university), hours_of(scouts)) == (60, 0)
    noted = db.session.scalars(select(AuditEntry).filter_by(act="person.partner")).all()
    assert [(one.thing_id, one.facts["moved"]) for one in noted] == [(cast.noura.id, 1)] * 2


def test_a_closed_month_is_not_entered(cast, now, today, scouts, belong):
    factories.alter(_membership(cast.noura), from_on=today - 90 * DAY)
    months.close(month_of(today - 30 * DAY), by=cast.layla.id, now=now)
    with pytest.raises(Problem, match="month_closed"):
        belong(cast.noura, scouts, today - 30 * DAY)
    belong(cast.noura, scouts, month_of(today))
    assert people.find(cast.noura.id).partner_id == scouts.id


def test_entering_and_changing_somebody_keeps_the_days(cast, now, today, scouts):
    profile = {"name": "خالد فهد الثقفي", "mobile": "+966551234567"}
    first = Profile(**profile, partner_id=cast.university.id)
    made = people.create(first, by=cast.layla.id, now=now - 3 * DAY)
    assert held(made) == [(cast.university.id, today - 3 * DAY, None)]
    people.change(made, Profile(**profile, partner_id=scouts.id), by=cast.layla.id, now=now)
    assert held(made) == [
        (cast.university.id, today - 3 * DAY, today - DAY),
        (scouts.id, today, None),
    ]


@pytest.mark.parametrize("taking", [(), ("partner",)])
def test_merging_leaves_one_membership_and_undoing_brings_both_back(
    cast, now, today, scouts, taking
):
    factories.alter(_membership(cast.noura), from_on=today - 30 * DAY)
    other = factories.person(now - 9 * DAY, cast.noura.name, partner_id=scouts.id)
    before = held(cast.noura.id), held(other.id)
    merge_id = merging.merge(cast.noura.id, other.id, taking, by=cast.layla.id, now=now)
    rows = [row.Membership for row in memberships.of_person(cast.noura.id)]
    assert [row.until_on is None for row in rows] == [True, False]
    assert rows[0].partner_id == people.find(cast.noura.id).partner_id
    assert rows[1].until_on == today - DAY
    merging.undo(merge_id, by=cast.layla.id, now=now + HOUR)
    assert (held(cast.noura.id), held(other.id)) == before


DAYS = st.integers(0, 40)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(st.tuples(DAYS, st.sampled_from((None, "university", "scouts"))), max_size=6))
def test_every_attendance_counts_for_the_partner_of_its_day(
    cast, now, today, scouts, belong, work, steps
):
    """Whatever is said in whatever order, days never overlap and figures follow."""
    who = factories.person(now - 60 * DAY, "سعود فهد العتيبي")
    rows = {days: work(who, days) for days in (3, 18, 35)}
    bodies = {None: None, "university": cast.university, "scouts": scouts}
    for days, name in steps:
        with suppress(Problem):
            belong(who, bodies[name], today - days * DAY)
    days_of = held(who.id)
    for (_, _, until_on), (_, from_on, _) in pairwise(days_of):
        assert until_on < from_on
    for days, row in rows.items():
        on = today - days * DAY
        wanted = [one for one, first, last in days_of if first <= on <= (last or today)]
        assert partner_of(row) == (wanted[0] if wanted else None)
    last = [one for one, _, until_on in days_of if until_on is None]
    assert people.find(who.id).partner_id == (last[0] if last else None)
    assert proof.count_wrong() == 0
