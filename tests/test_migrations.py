"""A database built by migrations equals one built from the models, on both engines."""

from datetime import timedelta

import pytest
from sqlalchemy import func, inspect, select, text
from sqlalchemy.orm import Session

from checkin import migrations
from checkin.database import Base, standalone_engine
from checkin.models import Attendance, Opportunity, PeriodTotal, Person, Scan, Shift, Site
from checkin.operations.figures.sums import OF_PLACE

HOUR = timedelta(hours=1)


@pytest.fixture(params=["sqlite", "postgres"])
def two_urls(request, tmp_path):
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'one.sqlite3'}", f"sqlite:///{tmp_path / 'two.sqlite3'}"
        return
    server = request.getfixturevalue("postgres")
    names = ("migrated_one", "created_two")
    yield tuple(server.create_database(name) for name in names)
    for name in names:
        server.drop_database(name)


def shape(engine) -> dict[str, object]:
    """Everything a database says about its tables, in one comparable value."""
    look = inspect(engine)
    tables = sorted(set(look.get_table_names()) - {"alembic_version"})
    found: dict[str, object] = {}
    for table in tables:
        found[table] = {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"], column["default"])
                for column in look.get_columns(table)
            },
            "key": look.get_pk_constraint(table),
            "unique": sorted(map(str, look.get_unique_constraints(table))),
            "foreign": sorted(map(str, look.get_foreign_keys(table))),
            "checks": sorted((c["name"], c["sqltext"]) for c in look.get_check_constraints(table)),
            "indexes": sorted(map(index, look.get_indexes(table))),
        }
    found["triggers"] = triggers(engine)
    return found


def index(found) -> str:
    """An index in words; conditions are objects that only compare as text."""
    options = {name: str(value) for name, value in found.get("dialect_options", {}).items()}
    return f"{found['name']} {found['column_names']} {found['unique']} {options}"


def triggers(engine) -> list[str]:
    query = (
        "SELECT sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
        if engine.dialect.name == "sqlite"
        else "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname"
    )
    with engine.connect() as connection:
        return list(connection.execute(text(query)).scalars())


def test_migrated_equals_created(two_urls):
    migrated, created = (standalone_engine(url) for url in two_urls)
    migrations.upgrade(migrated)
    Base.metadata.create_all(created)
    one, two = shape(migrated), shape(created)
    migrated.dispose()
    created.dispose()
    assert one["triggers"]
    assert one == two


def test_down_and_up_again(two_urls):
    engine = standalone_engine(two_urls[0])
    migrations.upgrade(engine)
    before = shape(engine)
    migrations.downgrade(engine, "base")
    assert not migrations.is_current(engine)
    migrations.upgrade(engine)
    assert migrations.is_current(engine)
    assert shape(engine) == before
    engine.dispose()


def test_upgrading_twice_changes_nothing(two_urls):
    engine = standalone_engine(two_urls[0])
    migrations.upgrade(engine)
    migrations.upgrade(engine)
    assert migrations.is_current(engine)
    engine.dispose()


def test_tables_with_children_are_rebuilt_under_their_rows(two_urls, now):
    engine = standalone_engine(two_urls[0])
    migrations.upgrade(engine)
    with Session(engine) as session, session.begin():
        keep_a_decision(session, now)
    migrations.downgrade(engine, "0010")
    migrations.upgrade(engine)
    with engine.connect() as connection:
        rows = [connection.scalar(select(func.count()).select_from(t)) for t in (Attendance, Scan)]
        assert rows == [1, 1]
        if engine.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    engine.dispose()


def test_hours_of_a_place_are_those_of_its_stretches(two_urls):
    engine = standalone_engine(two_urls[0])
    migrations.upgrade(engine)
    nought = dict.fromkeys(OF_PLACE, 0)
    lines = {
        ("20260101", "site", 1, 7): 60,
        ("20260120", "site", 1, 7): 30,
        ("20260120", "site", 1, 8): 45,
        ("20260120", "partner", 1, 7): 30,
        ("2026", "all", 0, 7): 90,
    }
    with Session(engine) as session, session.begin():
        for (period, within, within_key, key), minutes in lines.items():
            where = {"period": period, "within": within, "within_key": within_key, "key": key}
            line = {**where, "grouping": "hour", **nought, "approved_minutes": minutes}
            session.add(PeriodTotal(**line))
    migrations.downgrade(engine, "0020")
    migrations.upgrade(engine)
    with Session(engine) as session:
        rows = session.execute(
            select(PeriodTotal.within, PeriodTotal.key, PeriodTotal.approved_minutes)
            .where(PeriodTotal.period == "")
            .order_by(PeriodTotal.within, PeriodTotal.key)
        )
        assert [tuple(row) for row in rows] == [
            ("partner", 7, 30),
            ("site", 7, 90),
            ("site", 8, 45),
        ]
    engine.dispose()


def keep_a_decision(session, now) -> None:
    """Somebody came to a meeting: an attendance, and a scan that refers to it."""
    names = {"name_ar": "لقاء", "name_en": "Meeting"}
    person = Person(name="نورة", name_folded="نوره", created_at=now)
    site = Site(**names, zone="Asia/Riyadh", created_at=now)
    call = Opportunity(**names, kind="meeting", created_at=now)
    session.add_all([person, site, call])
    session.flush()
    shift = Shift(
        opportunity_id=call.id,
        site_id=site.id,
        starts_at=now,
        ends_at=now + HOUR,
        work_on=now.date(),
        seats=1,
    )
    session.add(shift)
    session.flush()
    where = {"volunteer_id": person.id, "shift_id": shift.id, "site_id": site.id}
    came = Attendance(
        **where,
        work_on=now.date(),
        state="open",
        stints=[],
        flags=[],
        evidence="poster",
        in_at=now,
        until_at=now + HOUR,
        updated_at=now,
    )
    session.add(came)
    session.flush()
    session.add(
        Scan(
            **where,
            attendance_id=came.id,
            scan_uid="1",
            payload_sha="1",
            kind="in",
            carrier="poster",
            evidence="poster",
            effective_at=now,
            received_at=now,
            verdict="checked_in",
        )
    )


def test_sqlite_is_told_what_an_association_is_like(sqlite_template):
    """What it is told names tables and indexes that there are: of others it would be silent."""
    engine = standalone_engine(f"sqlite:///{sqlite_template}")
    with engine.connect() as connection:
        told = connection.exec_driver_sql("SELECT tbl, idx FROM sqlite_stat1").all()
        there = connection.exec_driver_sql(
            "SELECT tbl_name, name FROM sqlite_master WHERE type = 'index'"
            " UNION SELECT name, iif(sql LIKE '%WITHOUT ROWID%', name, NULL) FROM sqlite_master"
        ).all()
    engine.dispose()
    assert len(told) > 60
    assert set(told) <= set(there)
