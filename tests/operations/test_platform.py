"""The national platform: one row for each volunteer and opportunity, and its list against ours."""

from datetime import date, timedelta

import pytest

from checkin.database import db
from checkin.domain.errors import NotFound, Problem
from checkin.models import Attendance
from checkin.operations import approvals, merging, platform
from checkin.operations.figures import Filter
from checkin.operations.permissions import Reach
from checkin.operations.platform import Hours, Part, Shape, reading, working
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


def test_whole_hours_are_rounded_once():
    assert [platform.whole_hours(one) for one in (29, 30, 89, 90, 245)] == [0, 1, 1, 2, 4]


# --- the platform's own list -----------------------------------------------------------------


def test_hours_are_read_however_they_are_written():
    written = {
        "4": 240,
        "4.08": 245,
        "٤٫٥": 270,
        "4,5": 270,
        "1,204": 72240,
        "4:05": 245,
        "0": 0,
        "04:05:00": 245,
        "1 day, 1:30:00": 1530,
        "٤ ساعات": 240,
        "4.0833333333": 245,
    }
    assert {cell: reading.minutes_of(cell) for cell in written} == written
    for cell in ("", "-", "many", "-4", "4:75", "10001", "4h05"):
        with pytest.raises(Problem, match="platform_hours_unreadable"):
            reading.minutes_of(cell)


def compared(text: str, cast, now, wanted: Filter = ALL):
    """The list after the thread beside the server had its turn, and what differs."""
    list_id = platform.begin(text.encode(), "list.csv", wanted, by=cast.layla.id, now=now)
    platform.work_on_waiting(lambda: now)
    db.session.rollback()
    return platform.find(list_id), db.session.execute(platform.differing(list_id, "")).all()


def test_both_lists_are_held_against_each_other(now, cast, serve):
    lanes = factories.opportunity(now, name_ar="تنظيم الحشود", name_en="Crowd lanes")
    noura = factories.person(now, "نورة سعد القحطاني", mobile="+966501111111")
    abeer = factories.person(now, "عبير علي السلمي", mobile="+966502222222")
    hind = factories.person(now, "هند", mobile="+966503333333")
    amal = factories.person(now, "أمل خالد")
    for day, who in enumerate((noura, abeer, hind, amal)):
        serve(who, lanes, 245, days_ago=day)
    found, differing = compared(
        "اسم المتطوع,الجوال,الفرصة التطوعية,عدد الساعات\n"
        "نوره سعد القحطاني,0501111111,تنظيم الحشود,٤٫٠٨\n"  # alike, in another spelling
        "عبير علي السلمي,,Crowd lanes,2\n"  # found by name; two rows add up
        "عبير علي السلمي,,تنظيم الحشود,1:00\n"
        "هند بنت فهد,503333333,تنظيم الحشود,4:05\n"  # found by mobile
        "سارة حسن,0509999999,تنظيم الحشود,3\n"
        "أحمد,0508888888,تنظيم الحشود,كثير\n"
        ",,تنظيم الحشود,1\n",
        cast,
        now,
    )
    lines = {row.side: row for row in differing if row.side != "both"}
    both = {row.person_id: row for row in differing}
    assert (found.state, found.totals["alike"]) == ("ready", 1)
    assert (both[abeer.id].minutes, both[abeer.id].approved_minutes) == (180, 245)
    assert (both[abeer.id].rows, both[abeer.id].names_differ) == (2, False)
    assert (both[hind.id].hours_differ, both[hind.id].names_differ) == (False, True)
    assert (lines["here"].person_id, lines["here"].own_name) == (amal.id, "أمل خالد")
    assert lines["there"].name == "سارة حسن"
    faults = [row.fault for row in differing if row.side == "faulty"]
    assert faults == ["platform_hours_unreadable", "platform_nobody"]
    assert platform.counts(found.id) == {**dict.fromkeys(platform.SHOWN, 1), "faulty": 2}
    assert found.totals["here"] == {"rows": 4, "people": 4, "minutes": 980}
    assert found.totals["there"] == {"rows": 4, "people": 4, "minutes": 245 + 180 + 245 + 180}


def test_what_is_only_here_is_narrowed_to_the_opportunities_in_the_list(now, cast, serve):
    lanes = factories.opportunity(now, name_ar="تنظيم الحشود")
    guests = factories.opportunity(now, name_ar="ضيافة")
    noura, hind = factories.person(now, "نورة سعد القحطاني"), factories.person(now, "هند فهد")
    serve(noura, lanes, 60)
    serve(hind, lanes, 120, days_ago=1)
    serve(noura, guests, 240, days_ago=2)
    text = "الاسم,الفرصة,الساعات\nنورة سعد القحطاني,تنظيم الحشود,1\n"
    found, everything = compared(text, cast, now)
    assert {row.opportunity_id for row in everything} == {lanes.id, guests.id}
    within = found.totals["named"]["opportunities"]
    assert within == [lanes.id]
    assert found.totals["named"]["here"] == {"rows": 2, "people": 2, "minutes": 180}
    shown = db.session.execute(platform.differing(found.id, "", within)).all()
    assert [row.person_id for row in shown] == [hind.id]
    assert platform.counts(found.id, within)["here"] == 1
    assert platform.counts(found.id)["here"] == 2
    entered = db.session.execute(platform.still_to_enter(found, within)).all()
    assert [(row.person_id, row.opportunity_id) for row in entered] == [(hind.id, lanes.id)]
    assert len(db.session.execute(platform.still_to_enter(found)).all()) == 2


def entered(found):
    asked = db.session.execute(platform.still_to_enter(found)).all()
    return [(row.person_id, row.opportunity_id, int(row.minutes), row.there) for row in asked]


def test_what_is_missing_there_is_told_from_what_is_there(now, cast, serve):
    lanes, twice = (factories.opportunity(now, name_ar="تنظيم الحشود") for _ in range(2))
    noura, hind = factories.person(now, "نورة سعد القحطاني"), factories.person(now, "هند فهد")
    amal = factories.person(now, "أمل خالد")
    for day, who in enumerate((noura, hind, amal)):
        serve(who, lanes, 60, days_ago=day)
    serve(noura, twice, 30, days_ago=4)
    serve(hind, twice, 45, days_ago=5)
    text = "الاسم,الفرصة,الساعات\nنورة سعد القحطاني,تنظيم الحشود,1\nأمل خالد,تنظيم الحشود,2\n"
    found, _differing = compared(text, cast, now)
    assert sorted(entered(found)) == [
        (noura.id, lanes.id, 30, 60),
        (hind.id, lanes.id, 105, None),
    ]
    assert platform.number_to_enter(found.id) == 2


def test_hours_missing_of_no_opportunity_are_one_row(now, cast, serve):
    lanes = factories.opportunity(now, name_ar="أ")
    guests = factories.opportunity(now, name_ar="ب")
    noura, hind = factories.person(now, "نورة سعد القحطاني"), factories.person(now, "هند فهد")
    amal = factories.person(now, "أمل خالد")
    for day, (who, of) in enumerate([(noura, lanes), (noura, guests), (hind, lanes)]):
        serve(who, of, 60, days_ago=day)
    serve(hind, guests, 45, days_ago=3)
    serve(amal, guests, 60, days_ago=4)
    text = "الاسم,الساعات\nنورة سعد القحطاني,0:30\nأمل خالد,0:15\n"
    found, _differing = compared(text, cast, now)
    rows = sorted(entered(found), key=lambda row: (row[0], row[2]))
    assert rows == [
        (noura.id, None, 90, 30),
        (hind.id, guests.id, 45, None),
        (hind.id, lanes.id, 60, None),
        (amal.id, guests.id, 45, 15),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "الاسم,الساعات\nنورة سعد القحطاني,1\n",  # names no opportunities
        "الاسم,الفرصة,الساعات\nنورة سعد القحطاني,أخرى,1\n",  # none of ours
        "الاسم,الفرصة,الساعات\nنورة سعد,تنظيم الحشود,1\nنورة سعد,ضيافة,كثير\n",  # all of ours
    ],
)
def test_a_list_that_names_none_or_all_of_ours_is_not_narrowed(now, cast, serve, text):
    noura = factories.person(now, "نورة سعد القحطاني")
    serve(noura, factories.opportunity(now, name_ar="تنظيم الحشود"), 60)
    serve(noura, factories.opportunity(now, name_ar="ضيافة"), 60, days_ago=1)
    found, _differing = compared(text, cast, now)
    assert found.totals["named"] == {}


def test_a_family_on_one_mobile_is_told_apart_by_name(now, cast, serve):
    of = factories.opportunity(now, name_ar="الفرز")
    mobile = "+966501111111"
    serve(factories.person(now, "نورة سعد", mobile=mobile), of, 60)
    serve(factories.person(now, "سعد علي", mobile=mobile), of, 120, days_ago=1)
    rows = "الاسم,الجوال,الفرصة,الساعات\nسعد علي,0501111111,الفرز,2\nنورة سعد,0501111111,الفرز,1\n"
    found, differing = compared(rows, cast, now)
    assert (found.totals["alike"], differing) == (2, [])


def test_without_opportunities_people_are_compared_by_all_of_their_hours(now, cast, serve):
    noura = factories.person(now, "نورة سعد القحطاني")
    serve(noura, factories.opportunity(now), 60)
    serve(noura, factories.opportunity(now), 120, days_ago=1)
    found, differing = compared("الاسم,عدد الساعات\nنورة سعد القحطاني,3\n", cast, now)
    assert (found.totals["alike"], differing) == (1, [])


def test_hours_rounded_as_the_platform_takes_them_do_not_differ(now, cast, serve):
    noura = factories.person(now, "نورة سعد القحطاني")
    serve(noura, factories.opportunity(now), 245)
    text = "الاسم,عدد الساعات\nنورة سعد القحطاني,4\n"
    assert len(compared(text, cast, now)[1]) == 1
    shape = Shape(hours=Hours.WHOLE)
    platform.choose(shape, by=cast.layla.id, now=now)
    assert compared(text, cast, now)[1] == []


def test_an_opportunity_may_have_another_name_there(now, cast, serve):
    of = factories.opportunity(now, name_ar="تنظيم الحشود")
    serve(factories.person(now, "نورة سعد القحطاني"), of, 60)
    text = "الاسم,الفرصة,الساعات\nنورة سعد القحطاني,خدمة ضيوف الرحمن,1\n"
    found, differing = compared(text, cast, now)
    assert found.totals["unknown"] == [["خدمة ضيوف الرحمن", 1]]
    assert {row.side for row in differing} == {"here", "there"}
    assert [one.id for one in platform.without_counterpart(found.id)] == [of.id]
    said = {"خدمة ضيوف الرحمن": of.id}
    platform.name_opportunities(found.id, said, by=cast.layla.id, now=now)
    platform.work_on_waiting(lambda: now)
    assert platform.find(found.id).totals["alike"] == 1
    with pytest.raises(NotFound):
        platform.name_opportunities(found.id, {"أخرى": 999}, by=cast.layla.id, now=now)


def test_a_list_is_held_against_the_days_asked_for(now, cast, serve):
    noura = factories.person(now, "نورة سعد القحطاني")
    serve(noura, factories.opportunity(now), 60, days_ago=40)
    wanted = Filter(Reach(everywhere=True), date(2026, 11, 1), date(2026, 11, 30))
    _found, differing = compared("الاسم,الساعات\nنورة سعد القحطاني,1\n", cast, now, wanted)
    assert [row.side for row in differing] == ["there"]


def test_columns_are_remembered_and_nothing_else_is_changed(now, cast, serve):
    serve(noura := factories.person(now, "نورة سعد القحطاني"), factories.opportunity(now), 60)
    text = "من,كم\nنورة سعد القحطاني,1\n"
    found, _none = compared(text, cast, now)
    assert found.state == "mapping"
    with pytest.raises(Problem, match="columns_missing"):
        platform.name_columns(found.id, ["name", ""], by=cast.layla.id, now=now)
    platform.name_columns(found.id, ["name", "hours"], by=cast.layla.id, now=now)
    platform.work_on_waiting(lambda: now)
    assert platform.find(found.id).totals["alike"] == 1
    again, _none = compared(text, cast, now)
    assert again.state == "ready"
    assert db.session.get_one(Attendance, 1).volunteer_id == noura.id


def test_a_list_that_is_too_long_says_so(now, cast, monkeypatch):
    monkeypatch.setattr(working, "MOST_ROWS", 1)
    found, _none = compared("الاسم,الساعات\nنورة سعد,1\nعبير علي,2\n", cast, now)
    assert (found.state, found.fault) == ("failed", "too_many_rows")
    assert found.totals["facts"] == {"most": 1}


def test_too_many_records_of_ours_say_so(now, cast, serve, monkeypatch):
    serve(factories.person(now), factories.opportunity(now), 60)
    monkeypatch.setattr(working, "MOST_OWN", 0)
    found, _none = compared("الاسم,الساعات\nنورة سعد,1\n", cast, now)
    assert (found.state, found.fault) == ("failed", "platform_too_many")


def test_lists_hold_names_and_go_after_a_while(now, cast):
    found, differing = compared("الاسم,الساعات\nنورة سعد,1\n", cast, now)
    assert len(differing) == 1
    assert platform.forget_passed(now) == 0
    assert platform.forget_passed(now + timedelta(days=40)) == 1
    assert platform.find(found.id).state == "dropped"
    assert db.session.execute(platform.differing(found.id, "")).all() == []
    assert platform.forget_passed(now + timedelta(days=40)) == 0
