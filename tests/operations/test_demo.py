"""The demo keeps the rules it shows, and the figures it was asked for, to the minute."""

import re
import shutil
from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from checkin import create_app, migrations
from checkin.database import Base, db, standalone_engine
from checkin.demo import filling
from checkin.demo.facts import facts
from checkin.demo.organisation import PASSWORD
from checkin.domain.days import local_day, week_of
from checkin.domain.evidence import Flag, needs_review
from checkin.domain.fold import Kind
from checkin.domain.roles import Role
from checkin.domain.scanning import Verdict
from checkin.models import (
    Assignment,
    Attendance,
    AuditEntry,
    Decision,
    Membership,
    Message,
    Partner,
    Person,
    Poster,
    Scan,
    Service,
    Shift,
    Site,
    Target,
)
from checkin.operations import (
    accounts,
    approvals,
    audit,
    figures,
    groups,
    plan,
    settings,
    tally,
    teams,
    welfare,
)
from checkin.operations.attendance import Reading, look, record_scan
from checkin.operations.figures import Filter
from checkin.operations.openings.finding import page_of
from checkin.operations.permissions import Reach, roles_of
from checkin.operations.plan.coverage import Cover, coverage_of
from tests import factories
from tests.conftest import NOW

EVERYTHING = Filter(Reach(everywhere=True))
BY_SCANS = (
    *("stints", "in_at", "out_at", "until_at", "credited_minutes", "proposed_out_at"),
    *("proposed_minutes", "beneficiaries", "evidence", "flags", "entered_by_id"),
)
"""Columns of an attendance that follow from its scans."""


def fill(url: str) -> None:
    settings = {"TESTING": True, "DATABASE_URL": url, "SECRET_KEY": "0123456789" * 4, "JOBS": False}
    with create_app(settings).app_context():
        filling.fill(NOW)
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def demo_sqlite(sqlite_template, tmp_path_factory):
    path = tmp_path_factory.mktemp("demo") / "demo.sqlite3"
    shutil.copy(sqlite_template, path)
    fill(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="module")
def demo_postgres(postgres):
    url = postgres.create_database("template_demo")
    engine = standalone_engine(url)
    migrations.upgrade(engine)
    engine.dispose()
    fill(url)
    yield "template_demo"
    postgres.drop_database("template_demo")


@pytest.fixture
def sqlite_url(demo_sqlite, tmp_path):
    """The filled database, copied for each test."""
    path = tmp_path / "checkin.sqlite3"
    shutil.copy(demo_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres, demo_postgres, tmp_path):
    name = f"demo_{re.sub(r'[^a-z0-9]', '', tmp_path.name.lower())[-40:]}"
    yield postgres.create_database(name, template=demo_postgres)
    postgres.drop_database(name)


@pytest.fixture
def organisation(app):
    return filling.organisation()


def count(model, *conditions) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions))


# --- the past season -----------------------------------------------------------------------


def test_the_season_adds_up_to_the_published_figures():
    total = figures.totals(EVERYTHING)
    assert total.approved_minutes == 77_337 * 60
    assert total.beneficiaries == 802_612
    assert total.course_attendances == 1_234
    assert total.volunteers > 2_500


@pytest.mark.on_one_database
def test_the_organisation_bears_its_name():
    assert settings.value("organisation_ar") == "الإدارة العامة لتنسيق الأعمال التطوعية"
    assert "Coordination of Volunteer Work" in settings.value("organisation_en")


@pytest.mark.on_one_database
def test_places_and_partners_have_the_published_names():
    for model, ar, en in (
        (Site, "صحن المطاف", "Mataf courtyard (tawaf)"),
        (Site, "مداخل المسجد الحرام", "Entrances of the Grand Mosque"),
        (Service, "دفع عربات كبار السن", "Pushing wheelchairs for the elderly"),
        (Partner, "جمعية زمزم الصحية", "Zamzam Health Society"),
    ):
        assert count(model, model.name_ar == ar, model.name_en == en) == 1
    assert count(Partner) == 11
    assert count(Service) == 8, "the seven, and one that a lane counts"


@pytest.mark.on_one_database
def test_people_have_names_of_their_own_and_every_one_is_arabic():
    names = db.session.scalars(select(Person.name)).all()
    assert len(names) == len(set(names)) == 2_600 + len(facts()["staff"])
    assert [name for name in names if not re.fullmatch(r"[ء-ي]+( [ء-ي]+){2}", name)] == []


def test_every_attendance_rests_on_scans_and_every_decided_one_on_a_decision():
    decided = Attendance.state.in_(("approved", "rejected"))
    first = select(Scan.id).where(Scan.attendance_id == Attendance.id, Scan.kind == Kind.IN)
    expected = select(Assignment.id).where(
        Assignment.shift_id == Attendance.shift_id,
        Assignment.person_id == Attendance.volunteer_id,
    )
    said = select(Decision.id).where(
        Decision.attendance_id == Attendance.id,
        Decision.minutes_after.is_not_distinct_from(Attendance.approved_minutes),
        Decision.beneficiaries_after.is_not_distinct_from(Attendance.approved_beneficiaries),
    )
    assert count(Attendance) > 19_000
    assert count(Attendance, ~first.exists()) == 0
    assert count(Attendance, ~expected.exists()) == 0
    assert count(Attendance, decided, ~said.exists()) == 0
    assert count(Decision) == count(Attendance, decided)


def test_every_act_has_its_audit_line_and_the_chain_is_whole():
    acts = dict(
        db.session.execute(select(AuditEntry.act, func.count()).group_by(AuditEntry.act)).all()
    )
    assert acts["scan.in"] + acts["scan.out"] == count(Scan)
    decided = acts["attendance.approve"] + acts["attendance.adjust"] + acts["attendance.reject"]
    assert decided == count(Decision)
    assert acts["shift.create"] == count(Shift)
    assert audit.broken_at() is None
    assert audit.sealed_count() == count(AuditEntry)


def sample(*conditions, size=12) -> list[Attendance]:
    """Attendances all over the season."""
    query = select(Attendance).where(Attendance.state.in_(("approved", "rejected")), *conditions)
    found = db.session.scalars(query.order_by(Attendance.volunteer_id, Attendance.id)).all()
    return found[:: max(len(found) // size, 1)][:size]


@pytest.mark.on_one_database
@pytest.mark.parametrize(
    "kind",
    [
        Attendance.state == "approved",
        Attendance.state == "rejected",
        Attendance.credited_minutes.is_(None),
        Attendance.credited_minutes < 200,
        func.json_array_length(Attendance.stints) > 1,
    ],
    ids=["approved", "rejected", "forgotten", "short", "paused"],
)
def test_attendances_are_what_their_scans_say(organisation, kind):
    """Reopened, an attendance is folded anew by the same act as everywhere: nothing changes."""
    found = sample(kind)
    assert len(found) == 12
    for attendance in found:
        stored = {name: getattr(attendance, name) for name in BY_SCANS}
        forgot = attendance.credited_minutes is None
        by = organisation.staff["layla"]
        approvals.reopen(attendance.id, attendance.row_version, words="؟", by=by, now=NOW)
        folded = db.session.get(Attendance, attendance.id, populate_existing=True)
        assert {name: getattr(folded, name) for name in BY_SCANS} == stored
        assert folded.state == ("unclosed" if forgot else "closed")


@pytest.mark.on_one_database
def test_scans_are_what_a_phone_would_have_sent():
    """Sent once more, each is known and has the same answer."""
    for attendance in sample(size=6):
        for scan in db.session.scalars(select(Scan).where(Scan.attendance_id == attendance.id)):
            reading = Reading(
                uid=scan.scan_uid,
                kind=Kind(scan.kind),
                volunteer_id=scan.volunteer_id,
                poster_id=scan.poster_id,
                shift_id=None if scan.kind == Kind.IN else scan.shift_id,
                beneficiaries=scan.beneficiaries,
            )
            answer = record_scan(reading, now=NOW)
            assert (answer.replayed, answer.verdict) == (True, scan.verdict)
            assert answer.attendance_id == attendance.id


@pytest.mark.on_one_database
def test_nobody_is_in_two_places():
    flagged = db.session.scalars(select(Attendance.flags)).all()
    assert Counter(flag for flags in flagged for flag in flags)[Flag.OVERLAP] == 0


# --- today ---------------------------------------------------------------------------------


def test_a_poster_scanned_now_checks_noura_in(organisation):
    noura = db.session.get(Person, organisation.noura_id)
    poster = db.session.get(Poster, organisation.poster_ids[0])
    assert noura.mobile == "+966501234567"
    judgement, unsettled = look(poster, noura, NOW)
    assert (judgement.verdict, unsettled) == (Verdict.CHECK_IN, None)


@pytest.mark.on_one_database
def test_somebody_new_can_join(organisation, now):
    stranger = factories.person(now, "زائر جديد تماما")
    for poster_id in organisation.poster_ids[:4]:
        judgement, _ = look(db.session.get(Poster, poster_id), stranger, now)
        assert judgement.verdict is Verdict.WALK_IN


@pytest.mark.on_one_database
def test_people_are_expected_in_and_gone_at_every_site(organisation):
    for site_id in organisation.site_ids[:4]:
        running = select(Shift.id).where(
            Shift.site_id == site_id, Shift.starts_at <= NOW, Shift.ends_at > NOW
        )
        (shift_id,) = db.session.scalars(running.where(Shift.lane_id.is_(None)))
        here = Attendance.shift_id == shift_id
        assert count(Attendance, here, Attendance.state == "open") >= 5
        assert count(Attendance, here, Attendance.state == "closed") >= 2
        assert count(Assignment, Assignment.shift_id == shift_id) > count(Attendance, here)


@pytest.mark.on_one_database
def test_a_lane_counts_for_all_who_serve_on_it(organisation):
    here = (Shift.lane_id.is_not(None), Shift.starts_at <= NOW, Shift.ends_at > NOW)
    running = select(Shift.id).where(*here)
    (shift_id,) = db.session.scalars(running)
    total = tally.taps_of([shift_id])[shift_id]
    parts = tally.shares(shift_id, NOW)
    assert (len(parts), sum(parts.values())) == (7, total)
    assert total > 50


def test_a_shift_waits_with_37_records_to_plan_and_3_to_look_at(organisation):
    sheet = approvals.sheet_of(
        db.session.scalar(
            select(Shift.id)
            .where(Shift.site_id == organisation.site_ids[0], Shift.ends_at < NOW)
            .order_by(Shift.ends_at.desc())
            .limit(1)
        ),
        organisation.staff["salem"],
        NOW,
    )
    flags = [needs_review(record.attendance.flags) for record in sheet.exceptions]
    assert len(sheet.matching) == 37
    assert sorted(flag for some in flags for flag in some) == [
        "many_beneficiaries",
        "no_check_out",
        "shorter",
    ]


@pytest.mark.on_one_database
def test_somebody_pushed_for_long_and_some_were_never_at_the_course(organisation):
    """At the Third Expansion, so that whoever tries the demo sees what is said and allowed."""
    here = db.session.scalars(
        select(Attendance.id).where(
            Attendance.site_id == organisation.site_ids[2], Attendance.state == "open"
        )
    ).all()
    told = Counter(
        concern.code
        for found in welfare.unallowed(here, NOW).values()
        for concern in found
        if not concern.is_ahead
    )
    assert told["heavy_too_long"] == 1
    assert 1 <= told["course_missing"] + told["course_expired"] <= 3
    assert set(told) <= {"heavy_too_long", "course_missing", "course_expired"}


@pytest.mark.on_one_database
def test_two_ask_at_a_site_where_they_are_not_expected():
    assert count(Scan, Scan.verdict == Verdict.OTHER_SITE) == 2


@pytest.mark.on_one_database
def test_a_group_came_and_most_of_it_is_named(organisation):
    (group,) = groups.on_site(organisation.site_ids[3], Reach(everywhere=True), NOW)
    assert (group.group.headcount, group.named, group.unnamed) == (40, 25, 15)


# --- the days to come ----------------------------------------------------------------------


@pytest.mark.on_one_database
def test_seven_days_are_planned_the_nearer_the_fuller(organisation):
    today = local_day(NOW)
    published = (Shift.work_on > today, Shift.is_draft.is_(False), Shift.cancelled_at.is_(None))
    coming = db.session.scalars(select(Shift).where(*published)).all()
    assert {one.work_on for one in coming} == {today + timedelta(days=n) for n in range(1, 8)}
    assert {one.site_id for one in coming} == set(organisation.site_ids)
    covers = Counter(one.cover for one in coverage_of(coming, today).values())
    assert covers[Cover.ENOUGH] >= 8
    assert covers[Cover.SHORT] >= 20
    drafts = db.session.scalars(select(Shift).where(Shift.is_draft)).all()
    assert {(one.work_on - today).days in range(8, 15) for one in drafts} == {True}
    assert count(Assignment, Assignment.how == "waiting") == 5
    assert count(Message, Message.template == "seat_given") == 1
    week = plan.week(week_of(today), Reach(everywhere=True), site_id=None, today=today, now=NOW)
    assert [one.conflict for one in week.conflicts] == ["person_twice"]


@pytest.mark.on_one_database
def test_volunteers_find_what_is_for_them():
    found, pages = page_of(1, NOW)
    calls = [one.opportunity for one in found]
    assert pages == 1
    assert {call.gender for call in calls} == {None, "woman", "man"}
    assert {call.kind for call in calls} == {"service", "course"}
    assert any(call.requires_id for call in calls)


@pytest.mark.on_one_database
def test_noura_leads_a_team_and_the_season_s_year_had_targets(organisation):
    team = teams.led_by(organisation.noura_id)
    assert teams.members(team.id).total == 19
    wanted = select(Target.figure, Target.amount).where(Target.period == "2021")
    assert dict(db.session.execute(wanted).all())["hours"] == 60_000
    moved = select(Membership.person_id).where(Membership.from_on > date(2022, 1, 1))
    assert len(db.session.scalars(moved).all()) == 12


def rows() -> dict[str, int]:
    return {
        name: db.session.scalar(select(func.count()).select_from(table))
        for name, table in Base.metadata.tables.items()
    }


def test_filling_twice_changes_nothing():
    before = rows()
    assert filling.fill(NOW + timedelta(minutes=20)) is False
    assert rows() == before


@pytest.mark.parametrize("hours", [12, 80])
def test_later_there_are_shifts_again_and_the_season_stays(organisation, hours):
    later = NOW + timedelta(hours=hours)
    season = figures.totals(EVERYTHING)
    assert filling.fill(later) is True
    assert filling.fill(later) is False
    assert figures.totals(EVERYTHING)._replace(waiting_minutes=0) == season._replace(
        waiting_minutes=0
    )
    noura = db.session.get(Person, organisation.noura_id)
    poster = db.session.get(Poster, organisation.poster_ids[0])
    assert look(poster, noura, later)[0].verdict is Verdict.CHECK_IN


@pytest.mark.on_one_database
def test_staff_sign_in_with_the_printed_password(organisation):
    for told in facts()["staff"]:
        email = f"{told['key']}@demo.example"
        checked = accounts.check_password(email, PASSWORD, address="192.0.2.1", now=NOW)
        assert checked.person_id == organisation.staff[told["key"]]
        held = {one.role for one in roles_of(checked.person_id, NOW)}
        assert held == {Role(told["role"]), Role.VOLUNTEER}
