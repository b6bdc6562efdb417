"""Groups that arrive together: counted at once, named before their hours are decided."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from checkin.database import Base, UTCDateTime


class Group(Base):
    """So many people of a partner or a team came to a shift with their leader, and left again.

    A headcount earns nobody hours: each name entered for it becomes an attendance.
    """

    __tablename__ = "groups"
    __table_args__ = (
        CheckConstraint("headcount BETWEEN 1 AND 1000", name="headcount"),
        CheckConstraint("left_at > arrived_at", name="left_after_arrival"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    group_uid: Mapped[str] = mapped_column(String(36), unique=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("shifts.id"), index=True)
    leader_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partners.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"))
    headcount: Mapped[int]
    arrived_at: Mapped[datetime] = mapped_column(UTCDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class GroupMember(Base):
    """Somebody who was named as one of a group; the attendance is that person's own."""

    __tablename__ = "group_members"

    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    named_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
