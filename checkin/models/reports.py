"""What figures are held against and taken out as: goals, named reports, past years, exports."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from checkin.database import Base, UTCDateTime

FIGURES = (
    *("hours", "volunteers", "opportunities", "beneficiaries"),
    *("attendances", "courses", "value"),
)
SCOPES = ("all", "partner", "site", "team", "campaign")


class Target(Base):
    """A year's goal for one figure, of everybody or of one partner, site, team or campaign.

    `period` is a Gregorian year (`2026`) or a Hijri one (`1448h`). `amount` is in whole hours,
    riyals or numbers. `key` is the id of what `scope` names, 0 for all.
    """

    __tablename__ = "targets"
    __table_args__ = (
        UniqueConstraint("figure", "period", "scope", "key"),
        CheckConstraint(f"figure IN {FIGURES}", name="figure"),
        CheckConstraint(f"scope IN {SCOPES}", name="scope"),
        CheckConstraint("(scope = 'all') = (key = 0)", name="key"),
        CheckConstraint("amount > 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    figure: Mapped[str] = mapped_column(String(16))
    period: Mapped[str] = mapped_column(String(5))
    scope: Mapped[str] = mapped_column(String(8), default="all")
    key: Mapped[int] = mapped_column(default=0)
    amount: Mapped[int] = mapped_column(BigInteger)
    set_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    set_at: Mapped[datetime] = mapped_column(UTCDateTime)
    row_version: Mapped[int] = mapped_column(default=1, server_default="1")


class SavedReport(Base):
    """A report under somebody's name for it; its address is its definition."""

    __tablename__ = "saved_reports"
    __table_args__ = (
        UniqueConstraint("owner_id", "name"),
        CheckConstraint("length(name) > 0", name="has_name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    name: Mapped[str] = mapped_column(String(120))
    query: Mapped[str] = mapped_column(String(2000))
    is_shared: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class PastTotal(Base):
    """Figures of a year before this system, from a file; what it did not tell is empty.

    `period`, `scope` and `key` as in `Target`. `source` says where they come from. A line that
    was taken back stays, with who did it.
    """

    __tablename__ = "past_totals"
    __table_args__ = (
        CheckConstraint(f"scope IN {SCOPES}", name="scope"),
        CheckConstraint("(scope = 'all') = (key = 0)", name="key"),
        CheckConstraint("length(source) > 0", name="says_whence"),
        CheckConstraint(
            "(dropped_at IS NULL) = (dropped_by_id IS NULL)", name="dropped_by_somebody"
        ),
        Index(
            "uq_past_totals_one_line",
            "period",
            "scope",
            "key",
            unique=True,
            sqlite_where=text("dropped_at IS NULL"),
            postgresql_where=text("dropped_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(String(5))
    scope: Mapped[str] = mapped_column(String(8), default="all")
    key: Mapped[int] = mapped_column(default=0)
    approved_minutes: Mapped[int | None] = mapped_column(BigInteger)
    beneficiaries: Mapped[int | None] = mapped_column(BigInteger)
    volunteers: Mapped[int | None]
    attendances: Mapped[int | None]
    opportunities: Mapped[int | None]
    course_attendances: Mapped[int | None]
    value_halalas: Mapped[int | None] = mapped_column(BigInteger)
    source: Mapped[str] = mapped_column(String(300))
    file_name: Mapped[str] = mapped_column(String(200), default="", server_default="")
    imported_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    imported_at: Mapped[datetime] = mapped_column(UTCDateTime)
    dropped_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    dropped_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Export(Base):
    """A list that somebody takes out as a file: `what` it is, as its address (`query`) says.

    Its way: `waiting`, `writing` (`done` of `total` rows), then `ready` or `failed` (`fault` is
    a Problem's code), and `gone` once its file was removed. `file_name` is below the instance.
    """

    __tablename__ = "exports"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'writing', 'ready', 'failed', 'gone')", name="state"),
        CheckConstraint("kind IN ('csv', 'xlsx', 'jsonl', 'pdf')", name="kind"),
        CheckConstraint("state <> 'ready' OR length(file_name) > 0", name="file_of_ready"),
        Index("ix_exports_state_expires_at", "state", "expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    what: Mapped[str] = mapped_column(String(30))
    query: Mapped[str] = mapped_column(String(2000), default="", server_default="")
    kind: Mapped[str] = mapped_column(String(8))
    language: Mapped[str] = mapped_column(String(2), default="ar", server_default="ar")
    digits: Mapped[str] = mapped_column(String(4), default="", server_default="")
    """Those that its reader had; empty for the organisation's."""
    state: Mapped[str] = mapped_column(String(8), default="waiting", server_default="waiting")
    total: Mapped[int | None]
    done: Mapped[int] = mapped_column(default=0, server_default="0")
    file_name: Mapped[str] = mapped_column(String(200), default="", server_default="")
    bytes: Mapped[int | None] = mapped_column(BigInteger)
    fault: Mapped[str] = mapped_column(String(60), default="", server_default="")
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
