"""Decisions about attendances, what was said about them, and the ones drawn for a second look."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from checkin.database import Base, UTCDateTime
from checkin.models.attendance import VALUE_IN_RANGE
from checkin.models.triggers import append_only

ACTIONS = (
    "approve",
    "adjust",
    "propose",
    "confirm",
    "refuse",
    "return",
    "reject",
    "withdraw",
    "reopen",
    "appeal",
    "void",
)
_DECIDING = "('approve', 'adjust', 'propose', 'confirm', 'refuse', 'return', 'reject')"


class Decision(Base):
    """One act on one attendance; the database itself refuses self-approval.

    `subject_id` is the volunteer, `entered_by_id` whoever entered the attendance by hand, and
    `first_by_id` the first of the two people that a large adjustment takes. `return` asks the
    volunteer something and `appeal` is the volunteer's own act; `refuse` says no to a proposal.
    What is approved is worth `value_halalas` at the rate `rate_id`, both frozen here; without a
    rate on the day of work, and at courses and meetings, they are empty. Where the rate has a
    range, `low_halalas` and `high_halalas` are what others would say; empty where it has none.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        UniqueConstraint("attendance_id", "seq"),
        CheckConstraint(f"action IN {ACTIONS}", name="action"),
        CheckConstraint("decided_by_id <> subject_id OR action = 'appeal'", name="not_own"),
        CheckConstraint(
            f"decided_by_id <> entered_by_id OR action NOT IN {_DECIDING}", name="not_own_entry"
        ),
        CheckConstraint("decided_by_id <> first_by_id", name="two_people"),
        CheckConstraint("action <> 'confirm' OR first_by_id IS NOT NULL", name="confirms"),
        CheckConstraint(
            "action NOT IN ('refuse', 'reject', 'return', 'appeal') OR length(reason) > 0",
            name="says_why",
        ),
        Index(
            "uq_decisions_one_appeal",
            "attendance_id",
            unique=True,
            sqlite_where=text("action = 'appeal'"),
            postgresql_where=text("action = 'appeal'"),
        ),
        CheckConstraint("minutes_after BETWEEN 0 AND 960", name="minutes_after"),
        CheckConstraint("beneficiaries_after BETWEEN 0 AND 100000", name="beneficiaries_after"),
        CheckConstraint("(value_halalas IS NULL) = (rate_id IS NULL)", name="value_of_rate"),
        CheckConstraint("value_halalas >= 0", name="value_halalas"),
        CheckConstraint("(low_halalas IS NULL) = (high_halalas IS NULL)", name="range"),
        CheckConstraint(VALUE_IN_RANGE, name="value_in_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    attendance_id: Mapped[int] = mapped_column(ForeignKey("attendances.id"))
    seq: Mapped[int]
    action: Mapped[str] = mapped_column(String(10))
    minutes_before: Mapped[int | None]
    minutes_after: Mapped[int | None]
    beneficiaries_before: Mapped[int | None]
    beneficiaries_after: Mapped[int | None]
    reason: Mapped[str] = mapped_column(String(500), default="", server_default="")
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    subject_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    first_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    rate_id: Mapped[int | None] = mapped_column(ForeignKey("rates.id"))
    value_halalas: Mapped[int | None]
    low_halalas: Mapped[int | None]
    high_halalas: Mapped[int | None]


append_only(Decision.__table__)


_ASKING = "'asks_in', 'asks_out'"


class Remark(Base):
    """Words about one attendance: a supervisor's note, a volunteer's answer, an allowance, or
    what a volunteer asks for: another time of coming or leaving, `asks_at`.

    An allowance lets somebody serve although a welfare limit speaks against it. `remark_uid` is
    made with the form, so that sending it twice is one remark.
    """

    __tablename__ = "remarks"
    __table_args__ = (
        CheckConstraint(f"kind IN ('note', 'answer', 'allowance', {_ASKING})", name="kind"),
        CheckConstraint(f"(asks_at IS NULL) = (kind NOT IN ({_ASKING}))", name="asks_for_a_time"),
        CheckConstraint("length(words) > 0", name="says_something"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    remark_uid: Mapped[str] = mapped_column(String(36), unique=True)
    attendance_id: Mapped[int] = mapped_column(ForeignKey("attendances.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    words: Mapped[str] = mapped_column(String(500))
    written_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    asks_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


append_only(Remark.__table__)


class Sample(Base):
    """A decision drawn by chance from a bulk approval, for a coordinator to look at again."""

    __tablename__ = "samples"

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"), unique=True)
    drawn_at: Mapped[datetime] = mapped_column(UTCDateTime)
    looked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    looked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    agrees: Mapped[bool | None]
    finding: Mapped[str] = mapped_column(String(300), default="", server_default="")
