"""Sums that are kept beside the attendances they come from, so that figures answer at once."""

from datetime import date

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from checkin.database import Base


class MonthTotal(Base):
    """What was approved in one opportunity, at one site and lane, for one partner, of men, women or
    who did not say, in one stretch of days.

    A stretch is what a Gregorian month and a Hijri one share; `from_on` is its first day, so that
    the months and years of both calendars are whole stretches. `lane_id` and `partner_id` are 0
    for none; `gender` is 0 for who did not say, 1 for men and 2 for women. A line whose
    attendances were all taken back stays, with nought in it.
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
    lane_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    partner_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    gender: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    attendances: Mapped[int]
    approved_minutes: Mapped[int]
    beneficiaries: Mapped[int]
    value_halalas: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    valued_minutes: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """Those of the approved minutes that have a value."""
    below_halalas: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """How much less the value would be at the low ends of the rates' ranges."""
    above_halalas: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """How much more it would be at their high ends."""


class OpportunityDay(Base):
    """How many attendances were approved in one opportunity, on one day, at one site and lane,
    for one partner, of men, women or who did not say, and of one team.

    It tells in which figures an opportunity is one of those with volunteers. The keys are those
    of `MonthTotal`; `team_id` is that of the person as they stand now, 0 for none.
    """

    __tablename__ = "opportunity_days"
    __table_args__ = {"sqlite_with_rowid": False}

    opportunity_id: Mapped[int] = mapped_column(
        ForeignKey("opportunities.id"), primary_key=True, autoincrement=False
    )
    work_on: Mapped[date] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(
        ForeignKey("sites.id"), primary_key=True, autoincrement=False
    )
    lane_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    partner_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    gender: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    team_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    attendances: Mapped[int]


class PeriodTotal(Base):
    """All figures of one line of a table, or of a whole period; people are each counted once.

    `period` is a year or month of either calendar (`2026`, `2026-11`, `1448h`, `1448h-06`), what
    two years share (`2026+1448h`), a stretch of days by its first (`20261122`), a week, a part of
    one or a day by its first day and how many it has (`20261122+7`), or empty for all time.
    `grouping` is a table of figures, or `all` for its total; `key` is the id of the line (0 for
    the rest), or what `operations/figures/sums.py` says. The table is of everything where `within`
    is `all`, else of what `within` and `within_key` say in the same way: of one site by service.
    """

    __tablename__ = "period_totals"
    __table_args__ = {"sqlite_with_rowid": False}

    period: Mapped[str] = mapped_column(String(10), primary_key=True)
    within: Mapped[str] = mapped_column(String(12), primary_key=True)
    grouping: Mapped[str] = mapped_column(String(12), primary_key=True)
    within_key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    volunteers: Mapped[int]
    opportunities: Mapped[int]
    attendances: Mapped[int]
    course_attendances: Mapped[int]
    approved_minutes: Mapped[int] = mapped_column(BigInteger)
    beneficiaries: Mapped[int] = mapped_column(BigInteger)
    value_halalas: Mapped[int] = mapped_column(BigInteger)
    valued_minutes: Mapped[int] = mapped_column(BigInteger)
    below_halalas: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    above_halalas: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
