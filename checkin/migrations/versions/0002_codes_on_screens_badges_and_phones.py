"""Codes on screens, badges, and phones without a network."""

import sqlalchemy as sa
from alembic import op

from checkin.database import UTCDateTime
from checkin.models.triggers import statements

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("token_sha", sa.String(length=64), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_api_tokens_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("token_sha", name=op.f("uq_api_tokens_token_sha")),
    )
    with op.batch_alter_table("api_tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_tokens_person_id"), ["person_id"], unique=False)

    op.create_table(
        "badges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("salt", sa.String(length=26), nullable=False),
        sa.Column("code_sha", sa.String(length=64), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["people.id"], name=op.f("fk_badges_created_by_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_badges_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badges")),
        sa.UniqueConstraint("code_sha", name=op.f("uq_badges_code_sha")),
        sa.UniqueConstraint("person_id", "version", name=op.f("uq_badges_person_id_version")),
    )
    with op.batch_alter_table("badges", schema=None) as batch_op:
        batch_op.create_index(
            "uq_badges_one_valid",
            ["person_id"],
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )

    op.create_table(
        "displays",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=6), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("epoch", sa.Integer(), server_default="1", nullable=False),
        sa.Column("pairing_sha", sa.String(length=64), nullable=True),
        sa.Column("pairing_expires_at", UTCDateTime(), nullable=True),
        sa.Column("credential_sha", sa.String(length=64), nullable=True),
        sa.Column("pin_mac", sa.String(length=64), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("paired_at", UTCDateTime(), nullable=True),
        sa.Column("seen_at", UTCDateTime(), nullable=True),
        sa.Column("drift_ms", sa.Integer(), nullable=True),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["people.id"], name=op.f("fk_displays_created_by_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_displays_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_displays")),
        sa.UniqueConstraint("credential_sha", name=op.f("uq_displays_credential_sha")),
        sa.UniqueConstraint("number", name=op.f("uq_displays_number")),
        sa.UniqueConstraint("pairing_sha", name=op.f("uq_displays_pairing_sha")),
    )
    with op.batch_alter_table("displays", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_displays_site_id"), ["site_id"], unique=False)

    op.create_table(
        "enrolments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("code_sha", sa.String(length=64), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "created_by_id <> person_id", name=op.f("ck_enrolments_not_for_oneself")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["people.id"], name=op.f("fk_enrolments_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["devices.id"], name=op.f("fk_enrolments_device_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_enrolments_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolments")),
        sa.UniqueConstraint("code_sha", name=op.f("uq_enrolments_code_sha")),
    )
    with op.batch_alter_table("enrolments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enrolments_person_id"), ["person_id"], unique=False)

    with op.batch_alter_table("scans", schema=None) as batch_op:
        batch_op.add_column(sa.Column("display_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("window_no", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("badge_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("witnessed_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("device_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("device_sent_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("elapsed_ms", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("receipt_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("distance_m", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("accuracy_m", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("flags", sa.JSON(), server_default=sa.text("'[]'"), nullable=False)
        )
        batch_op.create_foreign_key(batch_op.f("fk_scans_badge_id"), "badges", ["badge_id"], ["id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_scans_display_id"), "displays", ["display_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_scans_witnessed_by_id"), "people", ["witnessed_by_id"], ["id"]
        )
        batch_op.create_check_constraint(
            "not_witnessed_by_oneself", "witnessed_by_id <> volunteer_id"
        )
        batch_op.create_check_constraint("window", "(display_id IS NULL) = (window_no IS NULL)")
    _restore_triggers()

    with op.batch_alter_table("sites", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("quiet_windows", sa.JSON(), server_default=sa.text("'[]'"), nullable=False)
        )
        batch_op.add_column(sa.Column("latitude", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("longitude", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("radius_m", sa.Integer(), nullable=True))


def _restore_triggers() -> None:
    """SQLite adds constraints by building the table anew, which loses its triggers."""
    if op.get_bind().dialect.name == "sqlite":
        for statement in statements("scans", "sqlite"):
            op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table("sites", schema=None) as batch_op:
        batch_op.drop_column("radius_m")
        batch_op.drop_column("longitude")
        batch_op.drop_column("latitude")
        batch_op.drop_column("quiet_windows")

    with op.batch_alter_table("scans", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_scans_window"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_scans_not_witnessed_by_oneself"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_scans_witnessed_by_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_scans_display_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_scans_badge_id"), type_="foreignkey")
        batch_op.drop_column("flags")
        batch_op.drop_column("accuracy_m")
        batch_op.drop_column("distance_m")
        batch_op.drop_column("receipt_at")
        batch_op.drop_column("elapsed_ms")
        batch_op.drop_column("device_sent_at")
        batch_op.drop_column("device_at")
        batch_op.drop_column("witnessed_by_id")
        batch_op.drop_column("badge_id")
        batch_op.drop_column("window_no")
        batch_op.drop_column("display_id")
    _restore_triggers()

    with op.batch_alter_table("enrolments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_enrolments_person_id"))

    op.drop_table("enrolments")
    with op.batch_alter_table("displays", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_displays_site_id"))

    op.drop_table("displays")
    with op.batch_alter_table("badges", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_badges_one_valid",
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )

    op.drop_table("badges")
    with op.batch_alter_table("api_tokens", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_tokens_person_id"))

    op.drop_table("api_tokens")
