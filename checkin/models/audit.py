"""The audit log: one line per act, in the act's own transaction, sealed into a chain later."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from checkin.database import Base, UTCDateTime
from checkin.models.triggers import append_only

NO_SCANS = text("substr(act, 1, 5) <> 'scan.'")
"""Acts but scans, spelled as their index has it, which is of no use otherwise."""


class AuditEntry(Base):
    """Who did what to which record; `facts` hold ids and numbers, never names."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_thing_thing_id", "thing", "thing_id"),
        Index("ix_audit_entries_at", "at", "id", sqlite_where=NO_SCANS, postgresql_where=NO_SCANS),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    act: Mapped[str] = mapped_column(String(40))
    thing: Mapped[str] = mapped_column(String(20))
    thing_id: Mapped[int | None]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)


class AuditSeal(Base):
    """One link of the chain: an entry's hash over its content and the link before."""

    __tablename__ = "audit_seals"

    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(ForeignKey("audit_entries.id"), unique=True)
    hash: Mapped[str] = mapped_column(String(64))


append_only(AuditEntry.__table__)
append_only(AuditSeal.__table__)
