"""What is done and when: services, partners, campaigns, opportunities, shifts, assignments."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from checkin.database import Base, UTCDateTime
from checkin.models.sites import Lane, Site


class Partner(Base):
    """A body whose members volunteer: a university, a health society, scouts."""

    __tablename__ = "partners"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('education', 'health', 'charity', 'scouts', 'government', 'company')",
            name="kind",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name_ar: Mapped[str] = mapped_column(String(160), unique=True)
    name_en: Mapped[str] = mapped_column(String(160))
    kind: Mapped[str] = mapped_column(String(12))
    contact_name: Mapped[str] = mapped_column(String(120), default="", server_default="")
    contact_mobile: Mapped[str | None] = mapped_column(String(16))
    contact_email: Mapped[str | None] = mapped_column(String(254))
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Team(Base):
    """Volunteers of one neighbourhood; who leads them is one of them (`Person.leads_team`)."""

    __tablename__ = "teams"

    id: Mapped[int] = mapped_column(primary_key=True)
    name_ar: Mapped[str] = mapped_column(String(120), unique=True)
    name_en: Mapped[str] = mapped_column(String(120))
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    neighbourhood: Mapped[str] = mapped_column(String(120), default="", server_default="")


class Campaign(Base):
    """A named effort over several opportunities, with the days it runs where they are known."""

    __tablename__ = "campaigns"
    __table_args__ = (CheckConstraint("until_on >= from_on", name="days"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name_ar: Mapped[str] = mapped_column(String(160), unique=True)
    name_en: Mapped[str] = mapped_column(String(160))
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Service(Base):
    """A kind of work, who counts the people served, and what is plausible in an hour."""

    __tablename__ = "services"
    __table_args__ = (
        CheckConstraint("counted_by IN ('volunteer', 'lane', 'nobody')", name="counted_by"),
        CheckConstraint("low_per_hour >= 0 AND high_per_hour >= low_per_hour", name="band"),
        CheckConstraint("longest_minutes BETWEEN 15 AND 960", name="longest_minutes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name_ar: Mapped[str] = mapped_column(String(120), unique=True)
    name_en: Mapped[str] = mapped_column(String(120))
    counted_by: Mapped[str] = mapped_column(String(10), default="volunteer")
    low_per_hour: Mapped[int] = mapped_column(default=0)
    high_per_hour: Mapped[int] = mapped_column(default=60)
    longest_minutes: Mapped[int | None]
    """Of heavy work: how long one person should do it in one day; empty for other work."""
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Opportunity(Base):
    """A published call: one service, or a course or meeting, with its rules and shifts.

    Time at a course or meeting is attendance, never volunteer hours.
    """

    __tablename__ = "opportunities"
    __table_args__ = (
        CheckConstraint("kind IN ('service', 'course', 'meeting')", name="kind"),
        CheckConstraint("(kind = 'service') = (service_id IS NOT NULL)", name="service"),
        CheckConstraint("type IN ('general', 'skilled', 'professional')", name="type"),
        CheckConstraint("opens_minutes BETWEEN 0 AND 720", name="opens_minutes"),
        CheckConstraint("late_minutes IS NULL OR late_minutes >= 0", name="late_minutes"),
        CheckConstraint("requires_id <> id", name="not_its_own_course"),
        CheckConstraint("valid_days BETWEEN 1 AND 3660", name="valid_days"),
        CheckConstraint("gender IN ('man', 'woman')", name="gender"),
        CheckConstraint("minimum_age BETWEEN 5 AND 99", name="minimum_age"),
        CheckConstraint("most_minutes BETWEEN 15 AND 960", name="most_minutes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), default="service")
    name_ar: Mapped[str] = mapped_column(String(160))
    name_en: Mapped[str] = mapped_column(String(160))
    service_id: Mapped[int | None] = mapped_column(ForeignKey("services.id"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"))
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partners.id"))
    type: Mapped[str] = mapped_column(String(12), default="general")
    walk_ins: Mapped[bool] = mapped_column(default=False)
    opens_minutes: Mapped[int] = mapped_column(default=30)
    """Check-in opens this long before the shift."""
    late_minutes: Mapped[int | None]
    """Check-in closes this long after the start; empty means at the shift's end."""
    requires_id: Mapped[int | None] = mapped_column(ForeignKey("opportunities.id"))
    """The course somebody should have attended before serving here."""
    valid_days: Mapped[int | None]
    """Of a course: how long having attended it is good for; empty means for ever."""
    is_open: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Volunteers find it and join by themselves; otherwise a coordinator expects them."""
    has_waiting_list: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    gender: Mapped[str | None] = mapped_column(String(8))
    """Whom it is for; empty means everybody."""
    minimum_age: Mapped[int | None]
    most_minutes: Mapped[int | None]
    """What one attendance is credited with at most; empty means all that was worked in it."""
    about_ar: Mapped[str] = mapped_column(String(1000), default="", server_default="")
    about_en: Mapped[str] = mapped_column(String(1000), default="", server_default="")
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    service: Mapped[Service | None] = relationship(lazy="raise_on_sql")
    campaign: Mapped[Campaign | None] = relationship(lazy="raise_on_sql")
    partner: Mapped[Partner | None] = relationship(lazy="raise_on_sql")
    requires: Mapped["Opportunity | None"] = relationship(remote_side=id, lazy="raise_on_sql")
    shifts: Mapped[list["Shift"]] = relationship(back_populates="opportunity", lazy="raise_on_sql")


PRAYERS = "('fajr', 'sunrise', 'dhuhr', 'asr', 'maghrib', 'isha')"


def _anchored(end: str) -> tuple[CheckConstraint, ...]:
    """An end of a shift is a time, or so many minutes from a prayer of its day."""
    return (
        CheckConstraint(f"{end}_prayer IN {PRAYERS}", name=f"{end}_prayer"),
        CheckConstraint(f"{end}_offset BETWEEN -720 AND 720", name=f"{end}_offset"),
        CheckConstraint(f"({end}_prayer IS NULL) = ({end}_offset IS NULL)", name=f"{end}_anchor"),
    )


class Shift(Base):
    """One stretch of time of an opportunity at a site; `work_on` is the local day it starts.

    An end anchored to a prayer follows the table of prayer times as long as nobody has come;
    `starts_at` and `ends_at` always say what holds. Nobody is told of a draft, and no volunteer
    finds it.
    """

    __tablename__ = "shifts"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("seats BETWEEN 1 AND 100000", name="seats"),
        *_anchored("starts"),
        *_anchored("ends"),
        Index("ix_shifts_site_id_starts_at", "site_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunities.id"), index=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    lane_id: Mapped[int | None] = mapped_column(ForeignKey("lanes.id"))
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    work_on: Mapped[date] = mapped_column(index=True)
    seats: Mapped[int]
    is_draft: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    starts_prayer: Mapped[str | None] = mapped_column(String(8))
    starts_offset: Mapped[int | None]
    ends_prayer: Mapped[str | None] = mapped_column(String(8))
    ends_offset: Mapped[int | None]
    cancelled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    row_version: Mapped[int] = mapped_column(default=1, server_default="1")

    opportunity: Mapped[Opportunity] = relationship(back_populates="shifts", lazy="raise_on_sql")
    site: Mapped[Site] = relationship(lazy="raise_on_sql")
    lane: Mapped[Lane | None] = relationship(lazy="raise_on_sql")


class ShiftTemplate(Base):
    """A shift as it is planned again and again; its times are the site's own clock's.

    An end that is not after the start is on the next day.
    """

    __tablename__ = "shift_templates"
    __table_args__ = (
        CheckConstraint("seats BETWEEN 1 AND 100000", name="seats"),
        *_anchored("starts"),
        *_anchored("ends"),
        CheckConstraint("(starts IS NULL) <> (starts_prayer IS NULL)", name="starts"),
        CheckConstraint("(ends IS NULL) <> (ends_prayer IS NULL)", name="ends"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name_ar: Mapped[str] = mapped_column(String(80), unique=True)
    name_en: Mapped[str] = mapped_column(String(80))
    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunities.id"))
    starts: Mapped[time | None]
    starts_prayer: Mapped[str | None] = mapped_column(String(8))
    starts_offset: Mapped[int | None]
    ends: Mapped[time | None]
    ends_prayer: Mapped[str | None] = mapped_column(String(8))
    ends_offset: Mapped[int | None]
    seats: Mapped[int]
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    opportunity: Mapped[Opportunity] = relationship(lazy="raise_on_sql")


class PrayerTime(Base):
    """When a prayer begins on a day, where somebody entered it instead of what is calculated."""

    __tablename__ = "prayer_times"
    __table_args__ = (CheckConstraint(f"prayer IN {PRAYERS}", name="prayer"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    prayer: Mapped[str] = mapped_column(String(8), primary_key=True)
    begins: Mapped[time]


class Assignment(Base):
    """This volunteer is expected on that shift, or waits for a place.

    `joined` and those who wait asked for it themselves; who waits is moved up in order of `id`.
    """

    __tablename__ = "assignments"
    __table_args__ = (
        UniqueConstraint("shift_id", "person_id"),
        CheckConstraint("how IN ('roster', 'walk_in', 'waiting', 'joined')", name="how"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("shifts.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    how: Mapped[str] = mapped_column(String(8), default="roster")
    is_lead: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    shift: Mapped[Shift] = relationship(lazy="raise_on_sql")
