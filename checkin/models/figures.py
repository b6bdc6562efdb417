"""Sums that are kept beside the attendances they come from, so that figures answer at once."""

from datetime import date

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from checkin.database import Base


class MonthTotal(Base):
    """What was approved in one opportunity at one site for one partner, in one stretch of days.

    A stretch is what a Gregorian month and a Hijri year share; `from_on` is its first day, so
    that the years of both calendars are whole stretches. `partner_id` is 0 for volunteers of no
    partner. A line whose attendances were all taken back stays, with nought in it.
    """

    __tablename__ = "month_totals"
    __table_args__ = {"sqlite_with_rowid": False}

    opportunity_id: Mapped[int] = mapped_column(
        ForeignKey("opportunities.id"), primary_key=True, autoincrement=False
    )
    from_on: Mapped[date] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(
        ForeignKey("sites.id"), primary_key=True, autoincrement=False
    )
    partner_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    attendances: Mapped[int]
    approved_minutes: Mapped[int]
    beneficiaries: Mapped[int]
    value_halalas: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    valued_minutes: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """Those of the approved minutes that have a value."""


class PeriodTotal(Base):
    """All figures of one line of a table, or of a whole period; people are each counted once.

    `period` is a Gregorian year (`2026`), a Hijri one (`1448h`), or empty for all time;
    `grouping` is a table of figures, or `all` for its total; `key` is the id of the line (0 for
    the rest), a month as 202611 or a day as 20261122 (`operations/figures/sums.py`).
    """

    __tablename__ = "period_totals"
    __table_args__ = {"sqlite_with_rowid": False}

    period: Mapped[str] = mapped_column(String(5), primary_key=True)
    grouping: Mapped[str] = mapped_column(String(12), primary_key=True)
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    volunteers: Mapped[int]
    opportunities: Mapped[int]
    attendances: Mapped[int]
    course_attendances: Mapped[int]
    approved_minutes: Mapped[int] = mapped_column(BigInteger)
    beneficiaries: Mapped[int] = mapped_column(BigInteger)
    value_halalas: Mapped[int] = mapped_column(BigInteger)
    valued_minutes: Mapped[int] = mapped_column(BigInteger)
