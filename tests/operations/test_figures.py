"""Figures: one definition, whoever asks and however they are grouped."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from checkin.database import db
from checkin.domain.errors import NotFound
from checkin.models import Attendance
from checkin.operations import approvals, figures
from checkin.operations.attendance.sweep import close_forgotten
from checkin.operations.figures import WITHOUT, Filter, Grouping, Measure, Totals
from checkin.operations.permissions import Reach
from tests import factories

ALL = Filter(Reach(everywhere=True))
ADDITIVE = ("approved_minutes", "waiting_minutes", "beneficiaries", "attendances")
"""What the rows of a table add up to; people and opportunities are counted once in a total."""


@pytest.fixture
def work(now, cast):
    """Makes somebody work a whole shift, and lets the supervisor approve it."""

    def work(who, at=None, *, of=None, days=0, served=None, approved=True) -> Attendance:
        site = at or cast.mataf
        begin = now - timedelta(days=days)
        opportunity = of or factories.opportunity(now)
        shift = factories.shift(begin, site, opportunity, minutes=240)
        factories.assign(begin, who, shift)
        poster = factories.poster(begin - timedelta(hours=1), site)
        factories.check_in(who, poster, begin)
        ended = factories.check_out(
            who, shift, begin + timedelta(minutes=240), beneficiaries=served
        )
        attendance = db.session.get_one(Attendance, ended.attendance_id)
        if approved:
            decider = cast.salem if site is cast.mataf else cast.huda
            later = begin + timedelta(hours=5)
            approvals.approve(attendance.id, attendance.row_version, by=decider.id, now=later)
        return attendance

    return work


def test_nothing_is_nought():
    assert figures.totals(ALL) == Totals()
    assert [figures.by(grouping, ALL) for grouping in Grouping] == [[], [], [], []]
    assert figures.span(ALL.reach) is None


def test_only_approved_minutes_and_people_served_count(cast, work):
    work(cast.noura, served=25)
    work(cast.noura, days=1, served=40, approved=False)
    assert figures.totals(ALL) == Totals(
        approved_minutes=240,
        waiting_minutes=240,
        beneficiaries=25,
        volunteers=1,
        attendances=1,
        opportunities=1,
    )


def test_an_open_attendance_counts_nowhere(cast, now):
    factories.check_in(cast.noura, cast.poster, now)
    assert figures.totals(ALL) == Totals()


def test_a_forgotten_check_out_waits_without_minutes(cast, now):
    factories.check_in(cast.noura, cast.poster, now)
    assert close_forgotten(now + timedelta(hours=9)) == 1
    assert figures.totals(ALL) == Totals()
    assert figures.count_behind(Measure.WAITING, ALL) == 1


def test_a_rejected_attendance_leaves_every_figure(cast, now, work):
    attendance = work(cast.noura, served=25, approved=False)
    approvals.reject(
        attendance.id, attendance.row_version, reason="not_present", by=cast.salem.id, now=now
    )
    assert figures.totals(ALL) == Totals()


@pytest.mark.parametrize("kind", ["course", "meeting"])
def test_courses_and_meetings_are_attendance_and_never_hours(cast, now, work, kind):
    work(cast.noura, of=factories.opportunity(now, kind), served=30)
    work(cast.noura, of=factories.opportunity(now, kind), days=1, approved=False)
    assert figures.totals(ALL) == Totals(course_attendances=1)
    (line,) = figures.by(Grouping.SERVICE, ALL)
    assert (line.key, line.name_ar, line.totals.course_attendances) == (WITHOUT, None, 1)


def test_a_person_at_two_sites_is_one_person_in_the_total(cast, work):
    work(cast.noura, cast.mataf)
    work(cast.noura, cast.squares, days=1)
    lines = figures.by(Grouping.SITE, ALL)
    assert [line.totals.volunteers for line in lines] == [1, 1]
    assert figures.totals(ALL).volunteers == 1


@pytest.mark.parametrize("grouping", list(Grouping))
def test_rows_add_up_to_the_total(cast, now, work, grouping):
    ahmad = factories.person(now, "أحمد علي الزهراني")
    call = factories.opportunity(now)
    work(cast.noura, of=call, served=25)
    work(cast.noura, cast.squares, days=40, served=3)
    work(ahmad, of=call, days=1, served=0)
    work(ahmad, cast.squares, days=2, approved=False)
    lines, total = figures.by(grouping, ALL), figures.totals(ALL)
    assert len(lines) > 1
    for measure in ADDITIVE:
        assert sum(getattr(line.totals, measure) for line in lines) == getattr(total, measure)
    assert total == Totals(720, 240, 28, volunteers=2, attendances=3, opportunities=2)


def test_lines_name_what_they_are_about(cast, work):
    work(cast.noura, served=25)
    (site,) = figures.by(Grouping.SITE, ALL)
    (partner,) = figures.by(Grouping.PARTNER, ALL)
    (month,) = figures.by(Grouping.MONTH, ALL)
    assert (site.key, site.name_ar) == (cast.mataf.id, cast.mataf.name_ar)
    assert (partner.key, partner.name_en) == (cast.university.id, "Taif University")
    assert (month.key, month.name_ar) == (date(2026, 11, 1), None)


def test_volunteers_of_no_partner_stand_in_a_line_of_their_own(cast, now, work):
    work(factories.person(now, "أحمد علي الزهراني"))
    (line,) = figures.by(Grouping.PARTNER, ALL)
    assert line.key == WITHOUT
    without = Filter(Reach(everywhere=True), partner_id=WITHOUT)
    assert figures.totals(without).attendances == 1


def test_days_bound_the_figures_on_both_sides(cast, now, work):
    work(cast.noura)
    work(cast.noura, days=1)
    work(cast.noura, days=400)
    day = date(2026, 11, 21)
    one_day = Filter(Reach(everywhere=True), day, day)
    assert figures.totals(one_day).attendances == 1
    this_year = Filter(Reach(everywhere=True), date(2026, 1, 1), date(2026, 12, 31))
    assert figures.totals(this_year).attendances == 2
    assert figures.span(ALL.reach) == (date(2025, 10, 18), date(2026, 11, 22))
    both_ends = (date(2025, 10, 18), date(2025, 10, 18)), (date(2026, 11, 22), date(2026, 12, 1))
    between = (date(2025, 10, 19), date(2026, 11, 20))
    assert figures.worked_in(ALL.reach, [*both_ends, between]) == [True, True, False]
    assert figures.worked_in(ALL.reach, []) == []


def test_reach_bounds_the_figures(cast, now, work):
    work(cast.noura, cast.mataf, served=25)
    work(factories.person(now, "أحمد علي الزهراني"), cast.squares, served=5)
    at_mataf = Filter(Reach(site_ids=frozenset({cast.mataf.id})))
    of_partner = Filter(Reach(partner_ids=frozenset({cast.university.id})))
    assert figures.totals(at_mataf).beneficiaries == 25
    assert figures.totals(of_partner).beneficiaries == 25
    assert figures.totals(Filter(Reach())) == Totals()
    narrowed = Filter(at_mataf.reach, site_id=cast.squares.id)
    assert figures.totals(narrowed) == Totals()


def test_a_figure_leads_to_the_attendances_behind_it(cast, now, work):
    call = factories.opportunity(now)
    first = work(cast.noura, of=call, served=25)
    work(cast.noura, cast.squares, days=1, approved=False)
    service = Filter(Reach(everywhere=True), service_id=call.service_id)
    for wanted in (ALL, service):
        assert figures.count_behind(Measure.APPROVED, wanted) == 1
        (found,) = figures.attendances_behind(Measure.APPROVED, wanted, page=1, size=10)
        assert found.id == first.id
    assert figures.count_behind(Measure.WAITING, ALL) == 1
    assert figures.count_behind(Measure.COURSES, ALL) == 0
    assert figures.attendances_behind(Measure.APPROVED, ALL, page=2, size=10) == []


def test_an_attendance_out_of_reach_does_not_exist(cast, work):
    attendance = work(cast.noura)
    reach = Reach(site_ids=frozenset({cast.mataf.id}))
    assert figures.attendance(attendance.id, reach).shift.site.name_ar == cast.mataf.name_ar
    with pytest.raises(NotFound):
        figures.attendance(attendance.id, Reach(site_ids=frozenset({cast.squares.id})))


def test_days_are_found_by_an_index(cast, work):
    """With many years kept, only the asked days are read where no sums are kept."""
    work(cast.noura)
    work(cast.noura, days=400)
    no_sums = {"partner_id": 0, "gender": "man", "kind": "general"}
    days = Filter(Reach(everywhere=True), date(2026, 1, 2), date(2026, 12, 31), **no_sums)
    seen: list[tuple[str, object]] = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: seen.append(args[2:4]))
    figures.totals(days)
    (asked,) = [one for one in seen if "FROM shifts" in one[0]]
    found = " ".join(map(str, plan_of(*asked)))
    # which index has them fastest is a guess on a table of a few rows
    assert re.search(r"ix_shifts_work_on|Index Cond: [^']*work_on >=", found), found


def plan_of(statement, parameters):
    connection = db.session.connection()
    if db.engine.dialect.name == "sqlite":
        return connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    # a table of a few rows is read whole, or row by row beside another, unless that is forbidden
    for way in ("seqscan", "nestloop"):
        connection.exec_driver_sql(f"SET enable_{way} = off")
    try:
        return connection.exec_driver_sql(f"EXPLAIN {statement}", parameters).all()
    finally:
        for way in ("seqscan", "nestloop"):
            connection.exec_driver_sql(f"RESET enable_{way}")
