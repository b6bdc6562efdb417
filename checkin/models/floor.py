"""What supervisors note on the floor: the lane's tally, who was seen, how many were counted."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from checkin.database import Base, UTCDateTime
from checkin.models.triggers import append_only


class TallyTap(Base):
    """People served by a shift's lane, as one tap counted them; a correction is less than zero.

    `tap_uid` is made on the tablet before anything is sent: sent twice, it counts once. The tally
    of a shift is the sum of its taps. `effective_at` is when it was tapped, by the clocks' rules.
    """

    __tablename__ = "tally_taps"
    __table_args__ = (
        CheckConstraint("amount BETWEEN -100000 AND 100000 AND amount <> 0", name="amount"),
        Index("ix_tally_taps_shift_id_effective_at", "shift_id", "effective_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tap_uid: Mapped[str] = mapped_column(String(36), unique=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("shifts.id"))
    amount: Mapped[int]
    effective_at: Mapped[datetime] = mapped_column(UTCDateTime)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    device_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"))
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))


append_only(TallyTap.__table__)


class Sighting(Base):
    """A supervisor looked for somebody who is checked in: seen or not, at a roll call or by chance.

    The latest one of a person and kind counts; `sighting_uid` is made on the tablet.
    """

    __tablename__ = "sightings"
    __table_args__ = (
        CheckConstraint("kind IN ('roll', 'spot')", name="kind"),
        CheckConstraint("seen_by_id <> volunteer_id", name="not_by_oneself"),
        Index("ix_sightings_site_id_at", "site_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sighting_uid: Mapped[str] = mapped_column(String(36), unique=True)
    kind: Mapped[str] = mapped_column(String(8))
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    attendance_id: Mapped[int] = mapped_column(ForeignKey("attendances.id"), index=True)
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    was_seen: Mapped[bool]
    seen_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)


append_only(Sighting.__table__)


class HeadCount(Base):
    """How many people a supervisor counted at a site, beside how many were checked in then."""

    __tablename__ = "head_counts"
    __table_args__ = (
        CheckConstraint("counted BETWEEN 0 AND 100000", name="counted"),
        Index("ix_head_counts_site_id_at", "site_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    count_uid: Mapped[str] = mapped_column(String(36), unique=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    counted: Mapped[int]
    listed: Mapped[int]
    counted_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)


append_only(HeadCount.__table__)
