"""The cast, always the same: who they are, where they stand, what they may do."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Table, select, text

from checkin.database import Base, db, transaction
from checkin.domain.roles import Role
from checkin.models import Partner, Person, Poster, Shift, Site
from tests import factories
from tests.writes import Writes


@dataclass(frozen=True)
class Cast:
    """Noura volunteers at the Mataf today; Salem supervises it; Huda another site.

    Layla coordinates, Majed administers, Reem reads for one partner, Faisal audits.
    """

    noura: Person
    salem: Person
    huda: Person
    layla: Person
    majed: Person
    reem: Person
    faisal: Person
    mataf: Site
    squares: Site
    university: Partner
    shift: Shift
    """At the Mataf, from one hour ago for five hours, Noura rostered."""
    poster: Poster
    """On the wall at the Mataf."""


@pytest.fixture(scope="session")
def kept_companies() -> dict[object, "Kept"]:
    """The rows of a company by database: most tests begin with one, and writing rows is quicker."""
    return {}


@pytest.fixture
def cast(app, now: datetime, kept_companies: dict[object, "Kept"]) -> Cast:
    if Writes.seen:
        return company(now)
    kind = db.engine.dialect.name, now
    if kind not in kept_companies:
        before = _counts()
        made = company(now)
        kept_companies[kind] = Kept(made, before)
        return made
    return kept_companies[kind].again()


TABLES = Base.metadata.sorted_tables
COUNTED = text("SELECT " + ", ".join(f'(SELECT count(*) FROM "{one.name}")' for one in TABLES))
BY_TRIGGERS = {"search_words"}
"""Tables whose rows the database writes itself when others are written."""


def _counts() -> dict[Table, int]:
    return dict(zip(TABLES, db.session.execute(COUNTED).one(), strict=True))


def _grown(before: Mapping[Table, int]) -> list[Table]:
    """The tables that hold more than they did, in an order in which they can be written."""
    grown = [table for table, number in _counts().items() if number > before[table]]
    return [table for table in grown if table.name not in BY_TRIGGERS]


class Kept:
    """All rows that a company consists of, to be written into another database like the first."""

    def __init__(self, made: Cast, before: Mapping[Table, int]) -> None:
        self._ids = {one.name: _identity(getattr(made, one.name)) for one in fields(made)}
        statements = [one for table in _grown(before) for one in _statements(table)]
        takes_many = db.engine.dialect.name == "postgresql"
        self._statements = ["; ".join(statements)] if takes_many else statements

    @transaction
    def again(self) -> Cast:
        """The same company, as if it had just been made."""
        for statement in self._statements:
            _driver().execute(statement)
        kinds = {kind for kind, _ in self._ids.values()}
        found = {(kind, one.id): one for kind in kinds for one in db.session.scalars(select(kind))}
        return Cast(**{name: found[identity] for name, identity in self._ids.items()})


def _identity(row: Any) -> tuple[type, int]:
    return type(row), row.id


def _statements(table: Table) -> list[str]:
    """What writes the rows of a table again; PostgreSQL then counts on from the highest id."""
    names = [f'"{column.name}"' for column in table.columns]
    into, kept = f'INSERT INTO "{table.name}" ({", ".join(names)}) VALUES ', f'"{table.name}"'
    if db.engine.dialect.name == "sqlite":
        values = " || ', ' || ".join(f"quote({name})" for name in names)
        return [into + ", ".join(_told(f"SELECT '(' || {values} || ')' FROM {kept}"))]
    values = ", ".join(["%L"] * len(names))
    rows = _told(f"SELECT format('({values})', {', '.join(names)}) FROM {kept}")
    sequence = f"pg_get_serial_sequence('{table.name}', 'id')"
    return [
        into + ", ".join(rows),
        *_told(f"SELECT format('SELECT setval(%L, %s)', {sequence}, max(id)) FROM {kept}"),
    ]


def _told(question: str) -> list[str]:
    return [row[0] for row in _driver().execute(question).fetchall()]


def _driver() -> Any:
    """The connection as the driver has it, which takes what holds % signs as it is."""
    return db.session.connection().connection.driver_connection


@transaction
def company(now: datetime) -> Cast:
    """The cast in the database of the current app."""
    made = factories
    university = made.partner()
    mataf = made.site(now, "صحن المطاف", "Mataf courtyard")
    squares = made.site(now, "ساحات المسجد الحرام", "Squares of the Grand Mosque")
    noura = made.person(now, "نورة سعد القحطاني", partner_id=university.id)
    salem = made.person(now, "سالم عوض الغامدي", email="salem@example.org")
    huda = made.person(now, "هدى محمد الزهراني", email="huda@example.org")
    layla = made.person(now, "ليلى أحمد الحربي", email="layla@example.org")
    majed = made.person(now, "ماجد علي الشهري", email="majed@example.org")
    reem = made.person(now, "ريم خالد العتيبي", email="reem@example.org")
    faisal = made.person(now, "فيصل فهد المطيري", email="faisal@example.org")
    made.grant(now, salem, Role.SUPERVISOR, site_id=mataf.id)
    made.grant(now, huda, Role.SUPERVISOR, site_id=squares.id)
    made.grant(now, layla, Role.COORDINATOR)
    made.grant(now, majed, Role.ADMINISTRATOR)
    made.grant(now, reem, Role.PARTNER_READER, partner_id=university.id)
    made.grant(now, faisal, Role.AUDITOR)
    shift = made.shift(now, mataf, starts=-60, minutes=300)
    made.assign(now - timedelta(days=1), noura, shift)
    poster = made.poster(now, mataf)
    return Cast(
        *(noura, salem, huda, layla, majed, reem, faisal),
        *(mataf, squares, university, shift, poster),
    )
