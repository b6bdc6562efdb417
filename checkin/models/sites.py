"""Places where people serve: sites, their lanes and the posters on their walls."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from checkin.database import Base, UTCDateTime


class Site(Base):
    """A gate, a courtyard, a centre. Days are counted in its time zone.

    `code_mode` says which codes the site trusts: with "rotating", a check-in by a printed
    poster counts as any other, and a supervisor is told to look at it.
    """

    __tablename__ = "sites"
    __table_args__ = (CheckConstraint("code_mode IN ('poster', 'rotating')", name="code_mode"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name_ar: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    zone: Mapped[str] = mapped_column(String(40), default="Asia/Riyadh")
    code_mode: Mapped[str] = mapped_column(String(8), default="poster")
    phone: Mapped[str | None] = mapped_column(String(16))
    quiet_windows: Mapped[list[Any]] = mapped_column(
        JSON, default=list, server_default=text("'[]'")
    )
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    radius_m: Mapped[int | None]
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    lanes: Mapped[list["Lane"]] = relationship(
        back_populates="site", order_by="Lane.id", lazy="raise_on_sql"
    )


class Lane(Base):
    """A post inside a site."""

    __tablename__ = "lanes"
    __table_args__ = (UniqueConstraint("site_id", "name_ar"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    name_ar: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(60))
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    site: Mapped[Site] = relationship(back_populates="lanes", lazy="raise_on_sql")


class Poster(Base):
    """A printed code for a site, or for one shift; looked up, never signed.

    Re-issued: `replaced_at` is when the old paper stops working, some days after the new one was
    made. Revoked: it stopped at once. `short_code` is for typing when the camera fails.
    """

    __tablename__ = "posters"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(26), unique=True)
    short_code: Mapped[str] = mapped_column(String(6), unique=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), index=True)
    shift_id: Mapped[int | None] = mapped_column(ForeignKey("shifts.id"), index=True)
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    replaced_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    site: Mapped[Site] = relationship(lazy="raise_on_sql")
