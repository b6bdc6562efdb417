"""People, what they may do, the phones that remember them, and the ways to sign in."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from checkin.database import Base, UTCDateTime
from checkin.domain.roles import Role
from checkin.models.work import Partner

_LIVING = text("erased_at IS NULL AND merged_into_id IS NULL")
_MERGED = text("merged_into_id IS NOT NULL")


class Person(Base):
    """Somebody who volunteers, works as staff, or both; name and mobile are all that is asked.

    Several people may share one mobile (a family phone). `name_folded` and `latin_folded` are
    for searching. Somebody entered twice is merged: the second row stays, with its history, and
    `merged_into_id` says who it is; in every figure the two are one person.
    `news_wanted_at` is since when messages about one's own hours are wanted; empty means none.
    """

    __tablename__ = "people"
    __table_args__ = (
        CheckConstraint("gender IN ('man', 'woman')", name="gender"),
        CheckConstraint(
            "category IN ('student', 'scout', 'volunteer', 'partner')", name="category"
        ),
        CheckConstraint("NOT is_minor OR guardian_mobile IS NOT NULL", name="guardian"),
        CheckConstraint("merged_into_id <> id", name="not_into_itself"),
        CheckConstraint("NOT leads_team OR team_id IS NOT NULL", name="leads_own_team"),
        CheckConstraint("birth_year BETWEEN 1900 AND 2100", name="birth_year"),
        Index(
            "ix_people_living",
            # SQLite asks the row itself for whatever is not in the index, the condition included
            *("name_folded", "id", "erased_at", "merged_into_id"),
            sqlite_where=_LIVING,
            postgresql_where=_LIVING,
        ),
        # of those who are merged alone: else SQLite would look for all others through it
        Index(
            "ix_people_merged_into_id",
            "merged_into_id",
            sqlite_where=_MERGED,
            postgresql_where=_MERGED,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    name_folded: Mapped[str] = mapped_column(String(120))
    name_latin: Mapped[str] = mapped_column(String(120), default="", server_default="")
    latin_folded: Mapped[str] = mapped_column(String(120), default="", server_default="")
    mobile: Mapped[str | None] = mapped_column(String(16), index=True)
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    password_changed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    totp_secret: Mapped[str | None] = mapped_column(String(64))
    totp_counter: Mapped[int] = mapped_column(default=0, server_default="0")
    category: Mapped[str] = mapped_column(String(12), default="volunteer")
    gender: Mapped[str | None] = mapped_column(String(8))
    team_name: Mapped[str] = mapped_column(String(120), default="", server_default="")
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"), index=True)
    leads_team: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partners.id"), index=True)
    is_minor: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    birth_year: Mapped[int | None]
    guardian_mobile: Mapped[str | None] = mapped_column(String(16))
    guardian_consented_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    consented_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    news_wanted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    mobile_proved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    suspended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    suspended_reason: Mapped[str] = mapped_column(String(300), default="", server_default="")
    erased_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    feed_code: Mapped[str | None] = mapped_column(String(26), unique=True)
    """Of the address of one's own calendar."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    partner: Mapped[Partner | None] = relationship(Partner, lazy="raise_on_sql")
    grants: Mapped[list["Grant"]] = relationship(
        back_populates="person", foreign_keys="Grant.person_id", lazy="raise_on_sql"
    )

    @property
    def whose_id(self) -> int:
        """Who this is: merging is flat, so one step leads there."""
        return self.merged_into_id or self.id

    @property
    def may_check_in(self) -> bool:
        return self.suspended_at is None and not self.lacks_guardian

    @property
    def lacks_guardian(self) -> bool:
        """A minor takes part only after the guardian has agreed."""
        return self.is_minor and self.guardian_consented_at is None


class Membership(Base):
    """Somebody belongs to a partner from a day on, until another; `Person.partner_id` is today's.

    The last day is included; empty means still.
    """

    __tablename__ = "memberships"
    __table_args__ = (
        CheckConstraint("until_on >= from_on", name="days"),
        UniqueConstraint("person_id", "partner_id", "from_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date | None]

    person: Mapped[Person] = relationship(lazy="raise_on_sql")


class Merge(Base):
    """Two rows were found to be one person; what moved is kept, so that it can be undone."""

    __tablename__ = "merges"

    id: Mapped[int] = mapped_column(primary_key=True)
    kept_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    merged_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    moved: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class Apart(Base):
    """Two rows that look like one person and are not: they are not offered for merging again."""

    __tablename__ = "people_apart"
    __table_args__ = (CheckConstraint("first_id < second_id", name="in_order"),)

    first_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    second_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)
    said_at: Mapped[datetime] = mapped_column(UTCDateTime)
    said_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))


class Grant(Base):
    """This person holds this role, here, from then until then; nothing else gives rights."""

    __tablename__ = "grants"
    __table_args__ = (
        CheckConstraint(
            "role IN ('supervisor', 'coordinator', 'partner_reader', 'auditor', 'administrator')",
            name="role",
        ),
        CheckConstraint("(role = 'supervisor') = (site_id IS NOT NULL)", name="site_scope"),
        CheckConstraint(
            "(role = 'partner_reader') = (partner_id IS NOT NULL)", name="partner_scope"
        ),
        CheckConstraint("granted_by_id <> person_id", name="not_to_oneself"),
        UniqueConstraint("person_id", "role", "site_id", "partner_id", "from_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[Role] = mapped_column(String(16))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"), index=True)
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partners.id"))
    from_at: Mapped[datetime] = mapped_column(UTCDateTime)
    until_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    reviewed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    @property
    def last_at(self) -> datetime | None:
        """Within its last day, where `until_at` is already the midnight after it."""
        return self.until_at - timedelta.resolution if self.until_at else None

    person: Mapped[Person] = relationship(
        back_populates="grants", foreign_keys=person_id, lazy="raise_on_sql"
    )


class GrantRequest(Base):
    """A role that takes two administrators: one asks, another one confirms or refuses.

    `grant_id` is what came of it; who refused left it empty.
    """

    __tablename__ = "grant_requests"
    __table_args__ = (
        CheckConstraint("role = 'administrator'", name="role"),
        CheckConstraint("asked_by_id <> person_id", name="not_for_oneself"),
        CheckConstraint("answered_by_id <> asked_by_id", name="two_people"),
        CheckConstraint("answered_by_id <> person_id", name="not_by_oneself"),
        CheckConstraint("until_at > from_at", name="until_after_from"),
        CheckConstraint("(answered_at IS NULL) = (answered_by_id IS NULL)", name="answered"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[Role] = mapped_column(String(16))
    from_at: Mapped[datetime] = mapped_column(UTCDateTime)
    until_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("grants.id"))

    person: Mapped[Person] = relationship(foreign_keys=person_id, lazy="raise_on_sql")


class Device(Base):
    """A browser that is signed in as one person: a remembered phone, or a staff session.

    Its cookie is `selector.verifier`; only the verifier's SHA-256 is kept. The verifier is
    renewed now and then, and the one before stays good for a minute, for tabs opened together;
    after that a copy of it betrays theft and ends the device.

    `browser_sha` is the SHA-256 of a random name that stays in the browser when another person
    signs in there, so that one phone serving two people can be told from two phones.

    A tablet left alone locks itself: `active_at` is the last act of a person (a page that renews
    itself is none), `locked_at` since when only the PIN of this device opens it again, and
    `pin_tries` how often a wrong one was given since the last right one.
    """

    __tablename__ = "devices"
    __table_args__ = (
        CheckConstraint("kind IN ('phone', 'staff')", name="kind"),
        CheckConstraint("kind = 'staff' OR pin_hash IS NULL", name="pin_of_staff"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    selector: Mapped[str] = mapped_column(String(24), unique=True)
    verifier_sha: Mapped[str] = mapped_column(String(64))
    previous_sha: Mapped[str | None] = mapped_column(String(64))
    renewed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_on: Mapped[date]
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    label: Mapped[str] = mapped_column(String(60))
    browser_sha: Mapped[str | None] = mapped_column(String(64), index=True)
    pin_hash: Mapped[str | None] = mapped_column(String(200))
    pin_tries: Mapped[int] = mapped_column(default=0, server_default="0")
    active_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    locked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    person: Mapped[Person] = relationship(lazy="raise_on_sql")


class SignInCode(Base):
    """A six-digit code sent to a mobile: ten minutes, five tries, one browser, one use."""

    __tablename__ = "sign_in_codes"
    __table_args__ = (Index("ix_sign_in_codes_mobile_created_at", "mobile", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mobile: Mapped[str] = mapped_column(String(16))
    visitor: Mapped[str] = mapped_column(String(64), index=True)
    code_mac: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class SignInRequest(Base):
    """A volunteer without a code shows two digits; a supervisor who sees them confirms."""

    __tablename__ = "sign_in_requests"
    __table_args__ = (CheckConstraint("match_number BETWEEN 10 AND 99", name="two_digits"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mobile: Mapped[str] = mapped_column(String(16))
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), index=True)
    visitor: Mapped[str] = mapped_column(String(64), index=True)
    match_number: Mapped[int]
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    refused_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Counter(Base):
    """How often something was tried in a window of time; limits live where every worker sees."""

    __tablename__ = "counters"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    window: Mapped[int] = mapped_column(primary_key=True)
    count: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
