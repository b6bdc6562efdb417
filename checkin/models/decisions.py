"""Decisions about attendances: who, when, how many minutes, why. Only ever added to."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from checkin.database import Base, UTCDateTime
from checkin.models.triggers import append_only

ACTIONS = (
    "approve",
    "adjust",
    "propose",
    "confirm",
    "return",
    "reject",
    "withdraw",
    "reopen",
    "appeal",
    "void",
)
_DECIDING = "('approve', 'adjust', 'propose', 'confirm', 'return', 'reject')"


class Decision(Base):
    """One act on one attendance; the database itself refuses self-approval.

    `subject_id` is the volunteer, `entered_by_id` whoever entered the attendance by hand, and
    `first_by_id` the first of the two people that a large adjustment takes.
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
            "action NOT IN ('reject', 'return') OR length(reason) > 0", name="says_why"
        ),
        CheckConstraint("minutes_after BETWEEN 0 AND 960", name="minutes_after"),
        CheckConstraint("beneficiaries_after BETWEEN 0 AND 100000", name="beneficiaries_after"),
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
    at: Mapped[datetime] = mapped_column(UTCDateTime)


append_only(Decision.__table__)
