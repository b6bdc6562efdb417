"""The association's demo, small: exact hours, and everything behind them as if it had happened."""

import re
import shutil
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from checkin import create_app, migrations
from checkin.database import Base, db, standalone_engine
from checkin.demo import filling
from checkin.demo.neighbourhoods import Scale
from checkin.domain.fold import Kind
from checkin.models import (
    Assignment,
    Attendance,
    AuditEntry,
    Campaign,
    Decision,
    Person,
    Rate,
    Scan,
    Shift,
    Team,
)
from checkin.operations import approvals, audit, figures, revaluing
from checkin.operations.attendance import Reading, record_scan
from checkin.operations.figures import Filter, proof
from checkin.operations.permissions import Reach
from tests.conftest import NOW
from tests.counted import counted
from tests.load.truth import faults
from tests.operations.test_demo import BY_SCANS

EVERYTHING = Filter(Reach(everywhere=True))
SMALL = Scale(
    volunteers=2_650,
    opportunities=36,
    attendances=3_300,
    minutes=3_300 * 240,
    centres=3,
    first_on=date(2025, 6, 1),
)


def fill(url: str) -> None:
    settings = {"TESTING": True, "DATABASE_URL": url, "SECRET_KEY": "0123456789" * 4, "JOBS": False}
    told: list[int] = []
    with create_app(settings).app_context():
        filling.fill(NOW, size="association", scale=SMALL, progress=told.append)
        db.session.remove()
        db.engine.dispose()
    assert sum(told) == SMALL.attendances


@pytest.fixture(scope="module")
def association_sqlite(sqlite_template, tmp_path_factory):
    path = tmp_path_factory.mktemp("association") / "association.sqlite3"
    shutil.copy(sqlite_template, path)
    fill(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="module")
def association_postgres(postgres):
    url = postgres.create_database("template_association")
    engine = standalone_engine(url)
    migrations.upgrade(engine)
    engine.dispose()
    fill(url)
    yield "template_association"
    postgres.drop_database("template_association")


@pytest.fixture
def sqlite_url(association_sqlite, tmp_path):
    path = tmp_path / "checkin.sqlite3"
    shutil.copy(association_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres, association_postgres, tmp_path):
    name = f"association_{re.sub(r'[^a-z0-9]', '', tmp_path.name.lower())[-40:]}"
    yield postgres.create_database(name, template=association_postgres)
    postgres.drop_database(name)


def count(model, *conditions) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions))


def test_the_published_size_is_what_it_says():
    assert Scale.published() == Scale(
        67_000, 11_500, 1_050_000, 4_200_000 * 60, 40, date(2021, 1, 3)
    )


def test_hours_people_and_calls_are_exact():
    total = figures.totals(EVERYTHING)
    assert total.approved_minutes == SMALL.minutes
    assert total.attendances == SMALL.attendances
    assert total.volunteers == SMALL.volunteers
    assert total.opportunities == SMALL.opportunities
    assert total == figures.totals(counted(EVERYTHING))
    assert proof.count_wrong() == 0


def test_every_approval_is_worth_its_minutes_at_the_rate_of_its_day():
    first, second = db.session.scalars(select(Rate).order_by(Rate.from_on)).all()
    assert (first.halalas_per_hour, second.halalas_per_hour) == (1800, 2400)
    assert count(Attendance, Attendance.work_on < second.from_on) > SMALL.attendances // 5
    for rate, of_rate in (
        (first, Attendance.work_on < second.from_on),
        (second, Attendance.work_on >= second.from_on),
    ):
        worth = Attendance.approved_minutes * rate.halalas_per_hour // 60
        valued = (Attendance.rate_id == rate.id, Attendance.value_halalas == worth)
        counted = (of_rate, Attendance.state == "approved")
        assert count(Attendance, *counted) == count(Attendance, *counted, *valued)
    frozen = Decision.attendance_id == Attendance.id, Decision.value_halalas
    pairs = select(Attendance.value_halalas, frozen[1]).join(Decision, frozen[0])
    assert {one == other for one, other in db.session.execute(pairs)} == {True}
    assert not any(revaluing.preview())


@pytest.mark.on_one_database
def test_programmes_centres_and_teams_have_their_names():
    assert count(Campaign, Campaign.name_ar == "كن من المليون") == 1
    assert count(Team, Team.name_ar == "فريق حي العزيزية") == 1
    assert count(Person, Person.leads_team) == SMALL.centres


def test_the_record_holds(database_url):
    assert faults(db.engine, NOW) == []


def test_every_act_has_its_line_and_the_chain_is_whole():
    acts = dict(
        db.session.execute(select(AuditEntry.act, func.count()).group_by(AuditEntry.act)).all()
    )
    assert acts["scan.in"] + acts["scan.out"] == count(Scan)
    assert acts["attendance.approve"] + acts["attendance.adjust"] == count(Decision)
    assert acts["shift.create"] == count(Shift)
    assert audit.broken_at() is None
    assert audit.sealed_count() == count(AuditEntry)


def sample(*conditions, size=12) -> list[Attendance]:
    query = select(Attendance).where(Attendance.state == "approved", *conditions)
    found = db.session.scalars(query.order_by(Attendance.id)).all()
    return found[:: max(len(found) // size, 1)][:size]


@pytest.mark.on_one_database
@pytest.mark.parametrize(
    "kind",
    [
        Attendance.credited_minutes.in_((180, 240, 300)),
        Attendance.credited_minutes.not_in((180, 240, 300)),
        Attendance.credited_minutes.is_(None),
        func.json_array_length(Attendance.stints) > 1,
    ],
    ids=["whole", "shorter", "forgotten", "paused"],
)
def test_attendances_are_what_their_scans_say(kind):
    """Reopened, an attendance is folded anew by the same act as everywhere: nothing changes."""
    found = sample(kind)
    assert len(found) == 12
    by = filling.organisation().staff["layla"]
    for attendance in found:
        stored = {name: getattr(attendance, name) for name in BY_SCANS}
        approvals.reopen(attendance.id, attendance.row_version, words="؟", by=by, now=NOW)
        folded = db.session.get(Attendance, attendance.id, populate_existing=True)
        assert {name: getattr(folded, name) for name in BY_SCANS} == stored
    assert proof.count_wrong() == 0


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
            assert (answer.replayed, answer.attendance_id) == (True, attendance.id)


@pytest.mark.on_one_database
def test_a_fortnight_is_planned_with_people():
    ahead = Shift.starts_at > NOW + timedelta(days=1)
    assert count(Shift, ahead) >= SMALL.centres * 20
    expected = select(Assignment.id).where(Assignment.shift_id == Shift.id).exists()
    assert count(Shift, ahead, ~expected) == 0


def rows() -> dict[str, int]:
    return {
        name: db.session.scalar(select(func.count()).select_from(table))
        for name, table in Base.metadata.tables.items()
    }


def test_filling_twice_changes_nothing():
    before = rows()
    assert filling.fill(NOW + timedelta(minutes=20), size="association", scale=SMALL) is False
    assert rows() == before
