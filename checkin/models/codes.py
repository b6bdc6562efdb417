"""Codes that are not printed on walls: displays, badges, and sheets that sign a phone in."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from checkin.database import Base, UTCDateTime
from checkin.models.accounts import Person
from checkin.models.sites import Site


class Display(Base):
    """A screen at a site that shows the rotating code and can do nothing else.

    `number` is its six characters in every token. `epoch` goes up when the screen is lost: all
    its codes are dead at once. A screen is paired once with a short code and then known by a
    credential; of both only the SHA-256 is kept. `drift_ms` is how far its clock was from the
    server's when it last asked. `pin_mac` guards leaving the full screen on a supervisor's tablet.
    """

    __tablename__ = "displays"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(6), unique=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    epoch: Mapped[int] = mapped_column(default=1, server_default="1")
    pairing_sha: Mapped[str | None] = mapped_column(String(64), unique=True)
    pairing_expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    credential_sha: Mapped[str | None] = mapped_column(String(64), unique=True)
    pin_mac: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    paired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    drift_ms: Mapped[int | None]
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    site: Mapped[Site] = relationship(lazy="raise_on_sql")


class Badge(Base):
    """A volunteer's own printed code, shown to a supervisor; it says nothing about the person.

    The code follows from a key outside the database and `salt`, so that a sheet can be printed
    again; only its SHA-256 is kept. A re-issued badge is a new row, the old one revoked.
    """

    __tablename__ = "badges"
    __table_args__ = (
        UniqueConstraint("person_id", "version"),
        Index(
            "uq_badges_one_valid",
            "person_id",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    version: Mapped[int]
    salt: Mapped[str] = mapped_column(String(26))
    code_sha: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    person: Mapped[Person] = relationship(foreign_keys=person_id, lazy="raise_on_sql")


class Enrolment(Base):
    """A code that signs one new phone in without a message: ten minutes, one use."""

    __tablename__ = "enrolments"
    __table_args__ = (CheckConstraint("created_by_id <> person_id", name="not_for_oneself"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    code_sha: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"))

    person: Mapped[Person] = relationship(foreign_keys=person_id, lazy="raise_on_sql")


class ApiToken(Base):
    """Lets a program act as one person through the JSON interface; only its SHA-256 is kept."""

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    token_sha: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    person: Mapped[Person] = relationship(lazy="raise_on_sql")
