"""Work that happens by itself: due sweeps with a lease, and messages waiting to be sent."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from checkin.database import Base, UTCDateTime


class Job(Base):
    """A sweep that runs every so often; whoever holds the lease runs it, whichever machine."""

    __tablename__ = "jobs"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    every_seconds: Mapped[int]
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    owner: Mapped[str] = mapped_column(String(60), default="", server_default="")
    leased_until: Mapped[datetime] = mapped_column(UTCDateTime)
    ran_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    fault: Mapped[str] = mapped_column(String(300), default="", server_default="")


class Message(Base):
    """Something to send to a mobile; kept until it is sent or given up, tried with patience.

    `once` makes asking twice harmless. `facts` fill the template; a code in them is removed
    when the message is sent or has expired.
    """

    __tablename__ = "messages"
    __table_args__ = (Index("ix_messages_due", "sent_at", "failed_at", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    once: Mapped[str] = mapped_column(String(80), unique=True)
    template: Mapped[str] = mapped_column(String(30))
    language: Mapped[str] = mapped_column(String(2))
    mobile: Mapped[str] = mapped_column(String(16), index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    sender: Mapped[str] = mapped_column(String(10), default="", server_default="")
    """The way in which it left, as SENDER named it then; empty where nobody noted it."""
    failed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    fault: Mapped[str] = mapped_column(String(200), default="", server_default="")
