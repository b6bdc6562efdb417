"""What an hour of volunteering is worth, by type and from which day; no rate is shipped."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from checkin.database import Base, UTCDateTime
from checkin.models.triggers import append_only


class Rate(Base):
    """Halalas for an hour of one type of volunteering, for work from a day on; never changed.

    A later row for the same type and day stands in its place. `source` says where the figure
    comes from. The range, where there is one, is what others would say at least and at most.
    """

    __tablename__ = "rates"
    __table_args__ = (
        Index("ix_rates_type_from_on", "type", "from_on"),
        CheckConstraint("type IN ('general', 'skilled', 'professional')", name="type"),
        CheckConstraint("halalas_per_hour BETWEEN 1 AND 1000000", name="halalas_per_hour"),
        CheckConstraint("(low_halalas IS NULL) = (high_halalas IS NULL)", name="range"),
        CheckConstraint("low_halalas BETWEEN 1 AND halalas_per_hour", name="low_halalas"),
        CheckConstraint("high_halalas BETWEEN halalas_per_hour AND 1000000", name="high_halalas"),
        CheckConstraint("length(source) > 0", name="says_whence"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(String(12))
    from_on: Mapped[date]
    halalas_per_hour: Mapped[int]
    low_halalas: Mapped[int | None]
    high_halalas: Mapped[int | None]
    source: Mapped[str] = mapped_column(String(300))
    set_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    set_at: Mapped[datetime] = mapped_column(UTCDateTime)


append_only(Rate.__table__)


class ValueRun(Base):
    """Approvals being valued anew, after somebody saw what it would do; one at a time.

    `total` is how many there were to do, `done` how many are. One that was cut off goes on when
    its lease is over.
    """

    __tablename__ = "value_runs"
    __table_args__ = (
        CheckConstraint("state IN ('valuing', 'done', 'failed')", name="state"),
        Index(
            "uq_value_runs_one_valuing",
            "state",
            unique=True,
            sqlite_where=text("state = 'valuing'"),
            postgresql_where=text("state = 'valuing'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(8))
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0, server_default="0")
    leased_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
