"""A partner's desk says what the figures say of it, in every list, and nothing of anybody else."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from checkin.database import db
from checkin.domain.errors import NotFound
from checkin.models import Attendance, AuditEntry
from checkin.operations import approvals, desk, figures, memberships, merging
from checkin.operations.figures import Filter, Measure
from checkin.operations.figures.of_partner import days_of_partner, of_partner
from checkin.operations.figures.spans import Span, around
from checkin.operations.permissions import Reach
from tests import factories
from tests.factories import check_in, check_out

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
YEAR = Span(2026)


@pytest.fixture
def work(cast, now):
    """Somebody is there some days ago for two hours, approved unless it waits."""

    def work(who, days, opportunity, waits=False):
        begun = now - days * DAY
        shift = factories.shift(begun, cast.mataf, opportunity)
        factories.assign(begun, who, shift)
        check_in(who, factories.poster(begun, cast.mataf, shift), begun)
        answer = check_out(who, shift, begun + 2 * HOUR, beneficiaries=10)
        row = db.session.get_one(Attendance, answer.attendance_id)
        if not waits:
            approvals.approve(row.id, row.row_version, by=cast.salem.id, now=begun + 3 * HOUR)
        return row.id

    return work


@pytest.fixture
def season(cast, now, work):
    """Two members, one of them entered twice and merged, one who left, and a stranger."""
    at = {"partner_id": cast.university.id}
    early = now - 200 * DAY
    twin = factories.person(early, cast.noura.name, **at)
    left = factories.person(early, "هيا فهد العتيبي", **at)
    stranger = factories.person(early, "تركي سعود المطيري")
    guiding, course = factories.opportunity(now), factories.opportunity(now, "course")
    for who in (cast.noura, twin, left, stranger):
        for days in (3, 40, 170):
            work(who, days, guiding)
        work(who, 5, course)
    work(left, 2, guiding, waits=True)
    work(stranger, 2, guiding, waits=True)
    by = {"by": cast.layla.id, "now": now}
    merging.merge(cast.noura.id, twin.id, (), **by)
    memberships.set_partner(left.id, None, YEAR.last.replace(month=11, day=1), **by)
    return {"twin": twin, "left": left, "stranger": stranger}


def test_every_list_says_what_the_figures_say(cast, season):
    partner = cast.university.id
    total, months, opportunities = of_partner(partner, YEAR)
    reach = Reach(partner_ids=frozenset({partner}))
    wanted = Filter(reach, YEAR.first, YEAR.last)
    assert total == figures.totals(wanted)
    assert (total.approved_minutes, total.volunteers, total.course_attendances) == (960, 2, 2)
    by_month = {one.key: one.totals for one in figures.by(figures.Grouping.MONTH, wanted)}
    for line in months:
        assert line.totals[:3] == by_month[line.key][:3]
        assert line.totals.attendances == by_month[line.key].attendances
    assert sum(one.totals.approved_minutes for one in opportunities) == total.approved_minutes
    members = desk.all_members(partner, YEAR)
    for name in ("approved_minutes", "waiting_minutes", "beneficiaries", "attendances"):
        assert sum(getattr(one, name) for one in members) == getattr(total, name)
    days = (YEAR.first, YEAR.last)
    assert desk.attendances(partner, Measure.APPROVED, days, 1).total == total.attendances
    assert len(desk.all_attendances(partner, Measure.COURSES, days)) == total.course_attendances
    assert [day.year for day in days_of_partner(partner)] == [2026, 2026]


def test_a_hijri_year_says_the_same_by_its_own_months(cast, season):
    hijri = Span(1448, hijri=True)
    partner = cast.university.id
    total, months, opportunities = of_partner(partner, hijri)
    reach = Reach(partner_ids=frozenset({partner}))
    assert total == figures.totals(Filter(reach, hijri.first, hijri.last))
    assert 0 < total.approved_minutes < of_partner(partner, YEAR)[0].approved_minutes
    assert {around(line.key)[3] for line in months} == {hijri}
    for lines in (months, opportunities):
        assert sum(line.totals.approved_minutes for line in lines) == total.approved_minutes


def test_members_stand_once_with_all_their_days(cast, season):
    page = desk.members(cast.university.id, YEAR)
    found = {one.name: one for one in page.items}
    assert page.total == len(found) == 2
    assert found[cast.noura.name].until_on is None
    assert found[cast.noura.name].approved_minutes == 6 * 120
    assert str(found["هيا فهد العتيبي"].until_on) == "2026-10-31"
    assert desk.members(cast.university.id, Span(2025)).items == []


def test_one_members_page_is_of_the_days_with_the_partner(cast, season):
    partner = cast.university.id
    person, page = desk.of_member(partner, season["left"].id)
    assert (person.id, page.total) == (season["left"].id, 2)
    assert desk.of_member(partner, cast.noura.id)[1].total == 8
    for other in (season["stranger"], season["twin"], cast.salem):
        with pytest.raises(NotFound):
            desk.of_member(partner, other.id)


def test_what_comes_is_of_todays_members(cast, now, season):
    soon = factories.shift(now, cast.squares, starts=60)
    for who in (cast.noura, season["left"], season["stranger"]):
        factories.assign(now, who, soon)
    found = {one.shift.id: one.names for one in desk.coming(cast.university.id, now)}
    assert found[soon.id] == [cast.noura.name]


def test_a_reader_reaches_the_own_partner_and_a_file_is_noted(cast, now):
    other = factories.partner("جمعية الكشافة", "Scouts", "scouts")
    own = Reach(partner_ids=frozenset({cast.university.id}))
    assert [one.id for one in desk.partners_within(own)] == [cast.university.id]
    assert desk.find(other.id, Reach(everywhere=True)).id == other.id
    with pytest.raises(NotFound):
        desk.find(other.id, own)
    desk.note_export(cast.university.id, "members", 7, by=cast.reem.id, now=now)
    noted = db.session.scalars(select(AuditEntry).filter_by(act="partner.export")).one()
    assert noted.facts == {"list": "members", "rows": 7}
