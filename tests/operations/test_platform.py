"""The national platform: one row for each volunteer and opportunity, and its list against ours."""

from datetime import date, timedelta

import pytest

from checkin.database import db
from checkin.domain.errors import Problem
from checkin.models import Attendance
from checkin.operations import approvals, merging, platform
from checkin.operations.figures import Filter
from checkin.operations.permissions import Reach
from checkin.operations.platform import Hours, Part, Shape
from tests import factories

DAY = timedelta(days=1)
ALL = Filter(Reach(everywhere=True))


@pytest.fixture
def serve(now, cast):
    """Somebody serves so many minutes in an opportunity, some days ago, and it is approved."""

    def serve(who, of, minutes=240, days_ago=0):
        begin = now - days_ago * DAY - timedelta(minutes=minutes + 10)
        starts = int((begin - now).total_seconds()) // 60
        shift = factories.shift(now, cast.mataf, of, starts=starts, minutes=minutes)
        factories.assign(begin, who, shift)
        factories.check_in(who, cast.poster, begin)
        done = factories.check_out(who, shift, shift.ends_at)
        found = db.session.get_one(Attendance, done.attendance_id)
        approvals.approve_many([(found.id, found.row_version)], by=cast.salem.id, now=now)

    return serve


def rows(wanted: Filter = ALL):
    return db.session.execute(platform.listed(wanted)).all()


def test_a_volunteer_has_one_row_for_each_opportunity(now, serve):
    first, other = factories.opportunity(now, name_ar="أ"), factories.opportunity(now, name_ar="ب")
    noura, abeer = factories.person(now, "نورة سعد"), factories.person(now, "عبير علي")
    serve(noura, first, 245, days_ago=3)
    serve(noura, first, 70)
    serve(noura, other, 60, days_ago=1)
    serve(abeer, first, 30)
    found = [(row.person_id, row.opportunity_id, int(row.minutes)) for row in rows()]
    assert found == [
        (abeer.id, first.id, 30),
        (noura.id, first.id, 315),
        (noura.id, other.id, 60),
    ]
    together = rows()[1]
    assert (together.first_on, together.last_on) == (date(2026, 11, 19), date(2026, 11, 22))
    assert together.attendances == 2
    total = platform.sum_of(ALL)
    assert (total.rows, total.volunteers, total.opportunities, total.minutes) == (3, 2, 2, 405)


def test_only_the_days_and_the_opportunity_asked_for_count(now, serve):
    first, other = factories.opportunity(now), factories.opportunity(now)
    noura = factories.person(now)
    serve(noura, first, 245, days_ago=3)
    serve(noura, first, 70)
    serve(noura, other, 60, days_ago=1)
    reach = Reach(everywhere=True)
    today = rows(Filter(reach, date(2026, 11, 22), date(2026, 11, 22), opportunity_id=first.id))
    assert [int(row.minutes) for row in today] == [70]


def test_somebody_merged_is_one_row_and_somebody_erased_is_counted_apart(now, cast, serve):
    of = factories.opportunity(now)
    kept, twice = (factories.person(now, "وليد ناصر المالكي") for _ in range(2))
    gone = factories.person(now, "سارة حسن علي")
    serve(kept, of, 60)
    serve(twice, of, 30, days_ago=1)
    serve(gone, of, 90)
    merging.merge(kept.id, twice.id, (), by=cast.layla.id, now=now)
    factories.alter(gone, erased_at=now)
    assert [(row.person_id, int(row.minutes)) for row in rows()] == [(kept.id, 90)]
    total = platform.sum_of(ALL)
    assert (total.rows, total.minutes) == (1, 90)
    assert (total.erased_rows, total.erased_minutes) == (1, 90)


def test_courses_and_what_waits_are_not_in_it(now, cast, serve):
    serve(factories.person(now), factories.opportunity(now, "course"))
    shift = factories.shift(now, cast.mataf, starts=-300)
    waiting = factories.person(now)
    factories.assign(now - DAY, waiting, shift)
    factories.check_in(waiting, cast.poster, shift.starts_at)
    factories.check_out(waiting, shift, shift.ends_at)
    assert rows() == []


def test_who_lacks_a_full_name_a_mobile_or_a_gender_is_counted_once(now, serve):
    first, other = factories.opportunity(now), factories.opportunity(now)
    short = factories.person(now, "عبد الله السلمي", mobile=None)
    whole = factories.person(now, "نورة سعد القحطاني", gender="woman")
    for who in (short, whole):
        serve(who, first, 60)
        serve(who, other, 60, days_ago=1)
    total = platform.sum_of(ALL)
    for what in platform.LACKS:
        assert total.lacking(what) == 1, what
        assert [one.id for one in platform.lacking(ALL, what, 1)] == [short.id], what


def test_the_shape_of_the_file_is_kept_and_given_up(now, cast):
    wanted = Shape(
        ((Part.MOBILE, " رقم  الجوال "), (Part.HOURS, "")), Hours.WHOLE, {"general": "عام"}
    )
    platform.choose(wanted, by=cast.layla.id, now=now)
    kept = platform.chosen()
    assert kept.columns == ((Part.MOBILE, "رقم الجوال"), (Part.HOURS, ""))
    assert (kept.hours, kept.words) == (Hours.WHOLE, {"general": "عام"})
    platform.choose_usual(by=cast.layla.id, now=now)
    assert platform.chosen().is_usual


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ([(Part.NAME, ""), (Part.MOBILE, "")], "platform_columns_missing"),
        ([(Part.OPPORTUNITY, ""), (Part.HOURS, "")], "platform_columns_missing"),
        ([(Part.NAME, "س"), (Part.HOURS, "س")], "platform_heading_twice"),
        ([(Part.NAME, "س" * 61), (Part.HOURS, "")], "text_too_long"),
    ],
)
def test_a_file_nobody_could_use_is_refused(columns, code):
    with pytest.raises(Problem, match=code):
        platform.checked(Shape(tuple(columns)))


@pytest.mark.parametrize(("minutes", "whole"), [(29, 0), (30, 1), (89, 1), (90, 2), (245, 4)])
def test_whole_hours_are_rounded_once(minutes, whole):
    assert platform.whole_hours(minutes) == whole
