"""What supervisors note, ask and allow."""

import sqlalchemy as sa
from alembic import op

from checkin.database import UTCDateTime
from checkin.models.triggers import statements

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

GROWING = ("head_counts", "remarks", "sightings", "tally_taps")
ACTS = "'approve', 'adjust', 'propose', 'confirm'"
SET = "'reject', 'withdraw', 'reopen', 'appeal', 'void'"


def upgrade() -> None:
    op.create_table(
        "head_counts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("count_uid", sa.String(length=36), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.Column("counted_by_id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("counted BETWEEN 0 AND 100000", name=op.f("ck_head_counts_counted")),
        sa.ForeignKeyConstraint(
            ["counted_by_id"], ["people.id"], name=op.f("fk_head_counts_counted_by_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_head_counts_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_head_counts")),
        sa.UniqueConstraint("count_uid", name=op.f("uq_head_counts_count_uid")),
    )
    with op.batch_alter_table("head_counts", schema=None) as batch_op:
        batch_op.create_index("ix_head_counts_site_id_at", ["site_id", "at"], unique=False)

    op.create_table(
        "tally_taps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tap_uid", sa.String(length=36), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("effective_at", UTCDateTime(), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column("device_at", UTCDateTime(), nullable=True),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "amount BETWEEN -100000 AND 100000 AND amount <> 0", name=op.f("ck_tally_taps_amount")
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["devices.id"], name=op.f("fk_tally_taps_device_id")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["people.id"], name=op.f("fk_tally_taps_entered_by_id")
        ),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name=op.f("fk_tally_taps_shift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tally_taps")),
        sa.UniqueConstraint("tap_uid", name=op.f("uq_tally_taps_tap_uid")),
    )
    with op.batch_alter_table("tally_taps", schema=None) as batch_op:
        batch_op.create_index(
            "ix_tally_taps_shift_id_effective_at", ["shift_id", "effective_at"], unique=False
        )

    op.create_table(
        "remarks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("remark_uid", sa.String(length=36), nullable=False),
        sa.Column("attendance_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('note', 'answer', 'allowance')", name=op.f("ck_remarks_kind")),
        sa.CheckConstraint("length(words) > 0", name=op.f("ck_remarks_says_something")),
        sa.ForeignKeyConstraint(
            ["attendance_id"], ["attendances.id"], name=op.f("fk_remarks_attendance_id")
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["people.id"], name=op.f("fk_remarks_written_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remarks")),
        sa.UniqueConstraint("remark_uid", name=op.f("uq_remarks_remark_uid")),
    )
    with op.batch_alter_table("remarks", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_remarks_attendance_id"), ["attendance_id"], unique=False
        )

    op.create_table(
        "sightings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sighting_uid", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("attendance_id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("was_seen", sa.Boolean(), nullable=False),
        sa.Column("seen_by_id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('roll', 'spot')", name=op.f("ck_sightings_kind")),
        sa.CheckConstraint("seen_by_id <> volunteer_id", name=op.f("ck_sightings_not_by_oneself")),
        sa.ForeignKeyConstraint(
            ["attendance_id"], ["attendances.id"], name=op.f("fk_sightings_attendance_id")
        ),
        sa.ForeignKeyConstraint(
            ["seen_by_id"], ["people.id"], name=op.f("fk_sightings_seen_by_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_sightings_site_id")),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["people.id"], name=op.f("fk_sightings_volunteer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sightings")),
        sa.UniqueConstraint("sighting_uid", name=op.f("uq_sightings_sighting_uid")),
    )
    with op.batch_alter_table("sightings", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sightings_attendance_id"), ["attendance_id"], unique=False
        )
        batch_op.create_index("ix_sightings_site_id_at", ["site_id", "at"], unique=False)

    op.create_table(
        "samples",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("drawn_at", UTCDateTime(), nullable=False),
        sa.Column("looked_at", UTCDateTime(), nullable=True),
        sa.Column("looked_by_id", sa.Integer(), nullable=True),
        sa.Column("agrees", sa.Boolean(), nullable=True),
        sa.Column("finding", sa.String(length=300), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_samples_decision_id")
        ),
        sa.ForeignKeyConstraint(
            ["looked_by_id"], ["people.id"], name=op.f("fk_samples_looked_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_samples")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_samples_decision_id")),
    )
    for table in GROWING:
        _make_append_only(table)

    _limit_decisions(
        f"action IN ({ACTS}, 'refuse', 'return', {SET})",
        f"decided_by_id <> entered_by_id OR action NOT IN ({ACTS}, 'refuse', 'return', 'reject')",
        "action NOT IN ('refuse', 'reject', 'return', 'appeal') OR length(reason) > 0",
    )
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.create_index(
            "uq_decisions_one_appeal",
            ["attendance_id"],
            unique=True,
            sqlite_where=sa.text("action = 'appeal'"),
            postgresql_where=sa.text("action = 'appeal'"),
        )

    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.add_column(sa.Column("pin_hash", sa.String(length=200), nullable=True))
        batch_op.add_column(
            sa.Column("pin_tries", sa.Integer(), server_default="0", nullable=False)
        )
        batch_op.add_column(sa.Column("active_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("locked_at", UTCDateTime(), nullable=True))
        batch_op.create_check_constraint("pin_of_staff", "kind = 'staff' OR pin_hash IS NULL")

    with op.batch_alter_table("opportunities", schema=None) as batch_op:
        batch_op.add_column(sa.Column("requires_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("valid_days", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_opportunities_requires_id"), "opportunities", ["requires_id"], ["id"]
        )
        batch_op.create_check_constraint("not_its_own_course", "requires_id <> id")
        batch_op.create_check_constraint("valid_days", "valid_days BETWEEN 1 AND 3660")

    with op.batch_alter_table("services", schema=None) as batch_op:
        batch_op.add_column(sa.Column("longest_minutes", sa.Integer(), nullable=True))
        batch_op.create_check_constraint("longest_minutes", "longest_minutes BETWEEN 15 AND 960")


def _limit_decisions(actions: str, entries: str, reasons: str) -> None:
    """SQLite changes a constraint by building the table anew, which loses its triggers."""
    limits = {"action": actions, "not_own_entry": entries, "says_why": reasons}
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        for name, condition in limits.items():
            batch_op.drop_constraint(batch_op.f(f"ck_decisions_{name}"), type_="check")
            batch_op.create_check_constraint(name, condition)
    if op.get_bind().dialect.name == "sqlite":
        _make_append_only("decisions")


def _make_append_only(table: str) -> None:
    for statement in statements(table, op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table("services", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_services_longest_minutes"), type_="check")
        batch_op.drop_column("longest_minutes")

    with op.batch_alter_table("opportunities", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_opportunities_valid_days"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_opportunities_not_its_own_course"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_opportunities_requires_id"), type_="foreignkey")
        batch_op.drop_column("valid_days")
        batch_op.drop_column("requires_id")

    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_devices_pin_of_staff"), type_="check")
        batch_op.drop_column("locked_at")
        batch_op.drop_column("active_at")
        batch_op.drop_column("pin_tries")
        batch_op.drop_column("pin_hash")

    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_decisions_one_appeal",
            sqlite_where=sa.text("action = 'appeal'"),
            postgresql_where=sa.text("action = 'appeal'"),
        )

    _limit_decisions(
        f"action IN ({ACTS}, 'return', {SET})",
        f"decided_by_id <> entered_by_id OR action NOT IN ({ACTS}, 'return', 'reject')",
        "action NOT IN ('reject', 'return') OR length(reason) > 0",
    )

    op.drop_table("samples")
    with op.batch_alter_table("sightings", schema=None) as batch_op:
        batch_op.drop_index("ix_sightings_site_id_at")
        batch_op.drop_index(batch_op.f("ix_sightings_attendance_id"))

    op.drop_table("sightings")
    with op.batch_alter_table("remarks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_remarks_attendance_id"))

    op.drop_table("remarks")
    with op.batch_alter_table("tally_taps", schema=None) as batch_op:
        batch_op.drop_index("ix_tally_taps_shift_id_effective_at")

    op.drop_table("tally_taps")
    with op.batch_alter_table("head_counts", schema=None) as batch_op:
        batch_op.drop_index("ix_head_counts_site_id_at")

    op.drop_table("head_counts")
