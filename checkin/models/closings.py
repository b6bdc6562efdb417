"""Months whose figures are closed, and what was changed in them afterwards."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from checkin.database import Base, UTCDateTime
from checkin.models.triggers import append_only


class MonthClosing(Base):
    """Somebody closed a month's figures; until it is reopened, they stay as they are.

    `month_on` is the first day of a Gregorian month. Who reopens it says why.
    """

    __tablename__ = "month_closings"
    __table_args__ = (
        Index(
            "uq_month_closings_one_closed",
            "month_on",
            unique=True,
            sqlite_where=text("reopened_at IS NULL"),
            postgresql_where=text("reopened_at IS NULL"),
        ),
        CheckConstraint(
            "(reopened_at IS NULL) = (reopened_by_id IS NULL)", name="reopened_by_somebody"
        ),
        CheckConstraint("reopened_at IS NULL OR length(reason) > 0", name="says_why"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    month_on: Mapped[date]
    closed_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    closed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    reopened_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    reopened_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reason: Mapped[str] = mapped_column(String(300), default="", server_default="")


class LateEntry(Base):
    """By how much one attendance of a closed month was changed, and the day that counts it.

    The day of work (`work_on`) keeps the figures it was closed with; `counted_on`, a day of an
    open month, takes the difference, which may be below nought. `decision_id` is empty where
    no decision made it: a lane's tally was shared anew.
    """

    __tablename__ = "late_entries"
    __table_args__ = (
        CheckConstraint("counted_on > work_on", name="counted_later"),
        CheckConstraint("attendances BETWEEN -1 AND 1", name="attendances"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    attendance_id: Mapped[int] = mapped_column(ForeignKey("attendances.id"), index=True)
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    work_on: Mapped[date] = mapped_column(index=True)
    counted_on: Mapped[date] = mapped_column(index=True)
    attendances: Mapped[int]
    approved_minutes: Mapped[int]
    beneficiaries: Mapped[int]
    value_halalas: Mapped[int] = mapped_column(BigInteger)
    valued_minutes: Mapped[int]
    below_halalas: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    above_halalas: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime)


append_only(LateEntry.__table__)
