"""Days, hours and newcomers: what is kept says the same as the attendances themselves."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from checkin.database import db
from checkin.domain.clock_hours import hour_of_week
from checkin.domain.days import local_time
from checkin.models import Attendance, Site
from checkin.operations import approvals, figures
from checkin.operations.figures import Filter, first_time, spans
from checkin.operations.figures.first_time import NEW, RETURNING
from checkin.operations.permissions import Reach
from tests import factories
from tests.counted import counted

ALL = Reach(everywhere=True)
DAY = timedelta(days=1)


@pytest.fixture
def years(cast, now):
    """Three people at two sites over two years: each day a few hours, one of them late."""
    people = [cast.noura, factories.person(now, "أحمد علي الزهراني", gender="man")]
    people.append(factories.person(now, "سلمى فهد الحربي", gender="woman"))
    calls = [factories.opportunity(now), factories.opportunity(now)]
    course = factories.opportunity(now, "course")
    plan = [
        *((1, 0, cast.mataf, 240), (3, 1, cast.squares, 90), (22, 0, cast.mataf, 600)),
        *((160, 1, cast.squares, 240), (161, 0, cast.mataf, 60), (325, 0, cast.squares, 240)),
        *((346, 1, cast.mataf, 240), (364, 1, cast.squares, 240), (400, 0, cast.mataf, 240)),
    ]
    for number, (days, call, site, minutes) in enumerate([*plan, (30, 2, cast.mataf, 60)]):
        shift = factories.shift(now - days * DAY, site, [*calls, course][call], minutes=minutes)
        poster = factories.poster(shift.starts_at - DAY, site, shift)
        for who in people[number % 2 : 2 + number % 2]:
            factories.assign(shift.starts_at - DAY, who, shift)
            factories.check_in(who, poster, shift.starts_at + timedelta(minutes=number))
            done = factories.check_out(who, shift, shift.ends_at, beneficiaries=number)
            record = db.session.get_one(Attendance, done.attendance_id)
            approvals.approve(record.id, record.row_version, by=cast.layla.id, now=now)
    return people


def each_site() -> Reach:
    """As far as everywhere, but one that no sums are kept for."""
    return counted(Filter(ALL)).reach


def spans_of(today: date) -> list[tuple[date | None, date | None]]:
    own = [one for span in spans.around(today) for one in (span, span.previous)]
    return [(None, None), *((one.first, one.last) for one in own)]


def genders_of(wanted: Filter) -> dict[int, figures.Share]:
    return figures.overview([], wanted).genders


def test_what_is_kept_is_what_the_attendances_say(years, now):
    today = now.date()
    for first, last in spans_of(today):
        kept, counted = (Filter(reach, first, last) for reach in (ALL, each_site()))
        for question in (
            *(figures.days, figures.first_days, figures.newcomers),
            *(figures.hours_of_week, genders_of),
        ):
            assert question(kept) == question(counted), (question.__name__, first, last)


def test_new_and_returning_people_are_all_of_their_days(years, cast, now):
    mataf = Filter(ALL, site_id=cast.mataf.id)
    for wanted in (Filter(ALL), Filter(each_site()), mataf):
        for span in (one.previous for one in spans.around(now.date())):
            asked = replace(wanted, first=span.first, last=span.last)
            new, known = (first_time.served(asked, who) for who in (NEW, RETURNING))
            total = figures.totals(asked)
            assert new.volunteers == sum(figures.newcomers(asked).values())
            assert [a + b for a, b in zip(new, known, strict=True)] == [
                *(total.attendances, total.volunteers, total.approved_minutes, total.beneficiaries),
            ]
            ids = first_time.served_by(asked, RETURNING, page=1, size=50)
            assert len(set(ids)) == known.attendances


@pytest.mark.on_one_database
def test_whoever_was_there_before_is_found_by_person(years, now):
    """SQLite was told how many share a state: by it, a million would be read for each person."""
    asked = []

    def note(_connection, _cursor, statement, parameters, *_) -> None:
        asked.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    figures.newcomers(Filter(each_site(), now.date() - DAY, now.date()))
    event.remove(db.engine, "before_cursor_execute", note)
    run = db.session.connection().exec_driver_sql
    plans = [str(run(f"EXPLAIN QUERY PLAN {one}", given).all()) for one, given in asked]
    (before,) = [plan for plan in plans if "CORRELATED" in plan]
    assert "(volunteer_id=?)" in before
    assert "(state=?)" not in before


def test_the_first_days_of_a_year_add_up(years):
    for key in ("2026", "2025", "1448h", "1447h", "2026-11", "1448h-06"):
        wanted = Filter(ALL, spans.of_key(key).first)
        for day in range(0, 366, 61):
            last = wanted.first + timedelta(days=day)
            counted = figures.totals(Filter(each_site(), wanted.first, last))
            assert figures.totals_until(replace(wanted, last=last)) == counted, (key, last)


def test_days_hours_and_genders_add_up_to_the_total(years):
    wanted = Filter(ALL)
    total, days = figures.totals(wanted), figures.days(wanted)
    assert sum(day.approved_minutes for day in days) == total.approved_minutes > 0
    assert sum(day.beneficiaries for day in days) == total.beneficiaries
    assert sum(day.attendances for day in days) == total.attendances
    assert sum(figures.first_days(wanted).values()) == total.volunteers == 3
    assert sum(figures.hours_of_week(wanted)) == total.approved_minutes
    shares = genders_of(wanted)
    assert [share.volunteers for share in shares.values()] == [1, 1, 1]
    assert sum(share.approved_minutes for share in shares.values()) == total.approved_minutes
    assert sum(share.attendances for share in shares.values()) == total.attendances


def test_late_minutes_are_laid_from_the_check_in(cast, now):
    shift = cast.shift
    factories.check_in(cast.noura, cast.poster, shift.starts_at + timedelta(minutes=20))
    done = factories.check_out(cast.noura, shift, shift.starts_at + timedelta(minutes=80))
    record = db.session.get_one(Attendance, done.attendance_id)
    approvals.approve(record.id, record.row_version, by=cast.salem.id, now=shift.ends_at)
    begin = local_time(shift.starts_at + timedelta(minutes=20))
    found = figures.hours_of_week(Filter(ALL))
    assert sum(found) == 60
    assert found[hour_of_week(begin)] == 60 - begin.minute


def test_what_waits_is_told_by_every_figure(cast, now):
    factories.check_in(cast.noura, cast.poster, cast.shift.starts_at)
    factories.check_out(cast.noura, cast.shift, cast.shift.ends_at, beneficiaries=40)
    waiting = figures.waiting(Filter(ALL))
    minutes = (cast.shift.ends_at - cast.shift.starts_at) // timedelta(minutes=1)
    assert waiting == figures.Waiting(minutes, 40, 1, 1, 1, 0)
    assert figures.totals(Filter(ALL)).waiting_minutes == minutes
    assert (
        figures.waiting(Filter(Reach(site_ids=frozenset({cast.squares.id})))) == figures.Waiting()
    )


def test_behind_an_hour_stand_the_records_that_served_in_it(years, cast):
    """Also where the clock was changed meanwhile: by the place's own, as it was on the day."""
    factories.alter(cast.squares, zone="America/New_York")
    wanted = Filter(each_site())
    minutes, every = figures.hours_of_week(wanted), behind(wanted)
    served = [at for at, sum_ in enumerate(minutes) if sum_]
    of_week = [figures.ClockHour(at % 24, at // 24) for at in (*served, 0)]
    for hour in [*map(figures.ClockHour, range(24)), *of_week]:
        found = behind(replace(wanted, hour=hour))
        assert found == [one for one in every if hour.minutes_of(one)], hour
        shown = sum(sum_ for at, sum_ in enumerate(minutes) if at in hour)
        assert sum(map(hour.minutes_of, found)) == shown, hour
    total = figures.totals(replace(wanted, hour=of_week[0]))
    assert total.attendances == len(behind(replace(wanted, hour=of_week[0]))) > 0


def test_the_latest_of_an_hour_are_those_behind_it(years, cast):
    """Also where months without any are known, and where not."""
    sites = Reach(site_ids=frozenset(db.session.scalars(db.select(Site.id))))
    one_site = Filter(ALL, date(2026, 1, 3), site_id=cast.squares.id)
    for hour in [*map(figures.ClockHour, range(24)), figures.ClockHour(9, 2)]:
        for wanted in (Filter(ALL), Filter(sites), Filter(each_site()), one_site):
            asked = replace(wanted, hour=hour)
            ids = [one.id for one in behind(asked)]
            assert figures.latest_in_hour(asked, 100) == ids
            assert figures.latest_in_hour(asked, 2) == ids[:2]


def behind(wanted: Filter) -> list[Attendance]:
    measure = figures.Measure.APPROVED
    found = list(figures.attendances_behind(measure, wanted, page=1, size=100))
    assert len(found) == figures.count_behind(measure, wanted)
    return found
