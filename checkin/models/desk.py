"""What the organisation says of itself, and the lists that coordinators bring in."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from checkin.database import Base, UTCDateTime


class Setting(Base):
    """A value chosen on the settings page; without one the deployment's own setting holds."""

    __tablename__ = "settings"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class Picture(Base):
    """A picture that was uploaded, as we encoded it anew; `sha` is of its content."""

    __tablename__ = "pictures"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    sha: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class MessageText(Base):
    """The organisation's own words for a message, in one language, instead of ours."""

    __tablename__ = "message_texts"
    __table_args__ = (CheckConstraint("language IN ('ar', 'en')", name="language"),)

    template: Mapped[str] = mapped_column(String(30), primary_key=True)
    language: Mapped[str] = mapped_column(String(2), primary_key=True)
    words: Mapped[str] = mapped_column(String(600))
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class Import(Base):
    """A list of people, or of a shift's roster, brought in from a file.

    Its way: `mapping` (columns are being named), `checking`, `ready` (the preview can be seen),
    `adding`, then `added` or `failed` (`fault` is a Problem's code); or `dropped`. `done` of
    `total` rows says how far the work under way has come. `outcome` keeps what was found by row.
    The file and the outcome go when it is over and old.
    """

    __tablename__ = "imports"
    __table_args__ = (
        CheckConstraint("kind IN ('people', 'roster')", name="kind"),
        CheckConstraint("(kind = 'roster') = (shift_id IS NOT NULL)", name="shift"),
        CheckConstraint(
            "state IN ('mapping', 'checking', 'ready', 'adding', 'added', 'failed', 'dropped')",
            name="state",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    shift_id: Mapped[int | None] = mapped_column(ForeignKey("shifts.id"))
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partners.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(10))
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    good: Mapped[int] = mapped_column(default=0)
    faulty: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    fault: Mapped[str] = mapped_column(String(60), default="", server_default="")
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ColumnMap(Base):
    """What the columns of a file meant when somebody last said so; `headers_sha` names them."""

    __tablename__ = "column_maps"

    headers_sha: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON)
    used_at: Mapped[datetime] = mapped_column(UTCDateTime)
