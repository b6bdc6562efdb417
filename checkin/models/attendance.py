"""The record: scans, kept for ever as they came, and the attendances they add up to."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from checkin.database import Base, UTCDateTime
from checkin.domain.evidence import Evidence
from checkin.domain.fold import Kind
from checkin.domain.scanning import Verdict
from checkin.models.accounts import Person
from checkin.models.triggers import append_only
from checkin.models.work import Shift

UNDECIDED = ("open", "closed", "unclosed", "cancelled")
"""States that follow from the scans alone."""
DECIDED = ("proposed", "approved", "rejected", "voided")
"""States a person has set; `proposed` waits for the second person a large adjustment takes."""
COUNTED = "approved"
WAITING = ("closed", "unclosed", "proposed")
"""States whose minutes wait for somebody."""

IS_WAITING = "state IN ('closed', 'unclosed', 'proposed')"
"""The same for an index of those alone; only a question in these very words finds it."""

_STATES = ", ".join(f"'{state}'" for state in (*UNDECIDED, *DECIDED))

VALUE_IN_RANGE = (
    "low_halalas IS NULL OR (value_halalas IS NOT NULL AND "
    "value_halalas BETWEEN low_halalas AND high_halalas)"
)


class Scan(Base):
    """One reading of a code by one person at one instant; never changed, never removed.

    `scan_uid` is made on the phone or in the form before anything is sent: the same id has one
    effect and one answer. `effective_at` is what counts, `received_at` the server's clock when
    it arrived. `payload_sha` shows the same id coming back with other content.

    What a phone or tablet without a network says about time is kept as it came: `device_at` is
    its clock at the scan, `device_sent_at` at sending, `elapsed_ms` what its steady clock counted
    between, `receipt_at` the newest time of ours it held. `window_no` counts half minutes since
    1970 of the display's code. `flags` are this scan's own reasons for a second look. A distance
    is rounded to 50 m; coordinates are not kept.
    """

    __tablename__ = "scans"
    __table_args__ = (
        UniqueConstraint("volunteer_id", "scan_uid"),
        Index("ix_scans_volunteer_id_effective_at", "volunteer_id", "effective_at"),
        Index("ix_scans_site_id_received_at", "site_id", "received_at"),
        Index(
            "ix_scans_entered_by_id_received_at",
            "entered_by_id",
            "received_at",
            sqlite_where=text("entered_by_id IS NOT NULL"),
            postgresql_where=text("entered_by_id IS NOT NULL"),
        ),
        CheckConstraint("kind IN ('in', 'out', 'undo', 'forgot')", name="kind"),
        CheckConstraint("beneficiaries BETWEEN 0 AND 100000", name="beneficiaries"),
        CheckConstraint("(kind = 'undo') = (undoes IS NOT NULL)", name="undoes"),
        CheckConstraint("witnessed_by_id <> volunteer_id", name="not_witnessed_by_oneself"),
        CheckConstraint("(display_id IS NULL) = (window_no IS NULL)", name="window"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    scan_uid: Mapped[str] = mapped_column(String(36))
    payload_sha: Mapped[str] = mapped_column(String(64))
    kind: Mapped[Kind] = mapped_column(String(8))
    carrier: Mapped[str] = mapped_column(String(12))
    evidence: Mapped[Evidence] = mapped_column(String(10))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    shift_id: Mapped[int | None] = mapped_column(ForeignKey("shifts.id"), index=True)
    poster_id: Mapped[int | None] = mapped_column(ForeignKey("posters.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"))
    effective_at: Mapped[datetime] = mapped_column(UTCDateTime)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    beneficiaries: Mapped[int | None]
    undoes: Mapped[str | None] = mapped_column(String(36))
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str] = mapped_column(String(300), default="", server_default="")
    joined: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    verdict: Mapped[Verdict] = mapped_column(String(24))
    attendance_id: Mapped[int | None] = mapped_column(ForeignKey("attendances.id"), index=True)
    display_id: Mapped[int | None] = mapped_column(ForeignKey("displays.id"))
    window_no: Mapped[int | None]
    badge_id: Mapped[int | None] = mapped_column(ForeignKey("badges.id"))
    witnessed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    device_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    device_sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    elapsed_ms: Mapped[int | None] = mapped_column(BigInteger)
    receipt_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    distance_m: Mapped[int | None]
    accuracy_m: Mapped[int | None]
    flags: Mapped[list[Any]] = mapped_column(JSON, server_default=text("'[]'"))


append_only(Scan.__table__)


class Attendance(Base):
    """One volunteer's presence in one shift: what is approved.

    Until a decision it is exactly what the fold of the scans says; after one it never changes
    by a scan. `site_id`, `partner_id` and `work_on` are kept here for figures. Lengths are whole
    minutes; `approved_minutes` is set by a decision and by nothing else. `stints` is a list of
    `[in, out]` in ISO UTC, `out` empty when no check-out came. What is approved is worth
    `value_halalas` at the rate `rate_id`, as its decision says or a later recompute of values;
    empty where no rate was set, and at courses and meetings. `low_halalas` and `high_halalas`
    are empty where that rate has no range: others would say the same.
    """

    __tablename__ = "attendances"
    __table_args__ = (
        UniqueConstraint("volunteer_id", "shift_id"),
        Index(
            "uq_attendances_one_open",
            "volunteer_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_attendances_state_until_at", "state", "until_at"),
        Index("ix_attendances_shift_id_state", "shift_id", "state"),
        Index(
            "ix_attendances_waiting",
            "shift_id",
            sqlite_where=text(IS_WAITING),
            postgresql_where=text(IS_WAITING),
        ),
        Index(
            "ix_attendances_figures",
            "work_on",
            "site_id",
            "state",
            "approved_minutes",
            "approved_beneficiaries",
            "volunteer_id",
        ),
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        CheckConstraint("out_at IS NULL OR out_at >= in_at", name="out_after_in"),
        CheckConstraint("credited_minutes BETWEEN 0 AND 960", name="credited_minutes"),
        CheckConstraint("approved_minutes BETWEEN 0 AND 960", name="approved_minutes"),
        CheckConstraint("beneficiaries BETWEEN 0 AND 100000", name="beneficiaries"),
        CheckConstraint(
            "approved_beneficiaries BETWEEN 0 AND 100000", name="approved_beneficiaries"
        ),
        CheckConstraint("(state = 'approved') = (approved_minutes IS NOT NULL)", name="approved"),
        CheckConstraint("entered_by_id <> volunteer_id", name="not_entered_by_oneself"),
        CheckConstraint("(value_halalas IS NULL) = (rate_id IS NULL)", name="value_of_rate"),
        CheckConstraint("value_halalas IS NULL OR state = 'approved'", name="value_of_approved"),
        CheckConstraint("value_halalas >= 0", name="value_halalas"),
        CheckConstraint("(low_halalas IS NULL) = (high_halalas IS NULL)", name="range"),
        CheckConstraint(VALUE_IN_RANGE, name="value_in_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    shift_id: Mapped[int] = mapped_column(ForeignKey("shifts.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partners.id"))
    work_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(10))
    stints: Mapped[list[Any]] = mapped_column(JSON)
    in_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    out_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    until_at: Mapped[datetime] = mapped_column(UTCDateTime)
    """The last instant these scans can reach: the check-out, or when the shift closes by itself."""
    credited_minutes: Mapped[int | None]
    proposed_out_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    proposed_minutes: Mapped[int | None]
    beneficiaries: Mapped[int | None]
    evidence: Mapped[Evidence] = mapped_column(String(10))
    flags: Mapped[list[Any]] = mapped_column(JSON)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    approved_minutes: Mapped[int | None]
    approved_beneficiaries: Mapped[int | None]
    row_version: Mapped[int] = mapped_column(default=1, server_default="1")
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    rate_id: Mapped[int | None] = mapped_column(ForeignKey("rates.id"))
    value_halalas: Mapped[int | None]
    low_halalas: Mapped[int | None]
    high_halalas: Mapped[int | None]

    volunteer: Mapped[Person] = relationship(foreign_keys=volunteer_id, lazy="raise_on_sql")
    shift: Mapped[Shift] = relationship(lazy="raise_on_sql")

    @property
    def is_decided(self) -> bool:
        return self.state in DECIDED

    @property
    def came_at(self) -> datetime | None:
        """When the last stint began: for whoever went out and came back, the coming back."""
        return datetime.fromisoformat(self.stints[-1][0]) if self.stints else self.in_at

    @property
    def minutes(self) -> int | None:
        """What counts, or would count once decided; empty while open or unclosed."""
        return self.approved_minutes if self.approved_minutes is not None else self.credited_minutes


WAITS: ColumnElement[Any] = literal_column(f"attendances.{IS_WAITING}")
"""The attendance waits for somebody, found by the index of those that do."""
