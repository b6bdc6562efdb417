"""The national platform's own list, and each of its lines that differs from our records."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from checkin.database import Base, UTCDateTime


class PlatformList(Base):
    """A list as the platform shows it, held against the approved hours that `wanted` says, by its
    days and the ids it is narrowed to.

    Its way: `mapping` (columns are being named), `comparing`, then `ready` or `failed` (`fault`
    is a Problem's code); or `dropped`. `look` is what the file holds at first sight, `totals`
    what both sides come to. The file and its lines go when it is old.
    """

    __tablename__ = "platform_lists"
    __table_args__ = (
        CheckConstraint(
            "state IN ('mapping', 'comparing', 'ready', 'failed', 'dropped')", name="state"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    wanted: Mapped[dict[str, Any]] = mapped_column(JSON)
    look: Mapped[dict[str, Any]] = mapped_column(JSON)
    totals: Mapped[dict[str, Any]] = mapped_column(JSON, server_default=text("'{}'"))
    state: Mapped[str] = mapped_column(String(10))
    total: Mapped[int] = mapped_column(default=0, server_default="0")
    done: Mapped[int] = mapped_column(default=0, server_default="0")
    fault: Mapped[str] = mapped_column(String(60), default="", server_default="")
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class PlatformLine(Base):
    """One volunteer in one opportunity, who is only `here`, only `there`, or on `both` sides and
    not alike; or a `faulty` row, whose `fault` says why it was compared with nothing.

    `name`, `mobile`, `opportunity` and `minutes` are the platform's, of its row `number` and as
    many as `rows`; `person_id`, `opportunity_id` and `approved_minutes` are ours. Without an
    opportunity, volunteers are compared by all of their hours.
    """

    __tablename__ = "platform_lines"
    __table_args__ = (
        CheckConstraint("side IN ('here', 'there', 'both', 'faulty')", name="side"),
        Index("ix_platform_lines_list_id_side", "list_id", "side"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("platform_lists.id"))
    side: Mapped[str] = mapped_column(String(8))
    number: Mapped[int | None]
    rows: Mapped[int] = mapped_column(default=0, server_default="0")
    name: Mapped[str] = mapped_column(String(200), default="", server_default="")
    mobile: Mapped[str] = mapped_column(String(40), default="", server_default="")
    opportunity: Mapped[str] = mapped_column(String(200), default="", server_default="")
    minutes: Mapped[int | None]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    opportunity_id: Mapped[int | None] = mapped_column(ForeignKey("opportunities.id"))
    approved_minutes: Mapped[int | None]
    hours_differ: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    names_differ: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    fault: Mapped[str] = mapped_column(String(40), default="", server_default="")
