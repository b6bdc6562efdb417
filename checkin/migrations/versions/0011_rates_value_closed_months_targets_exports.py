"""Rates, value, closed months, targets, exports"""

import sqlalchemy as sa
from alembic import op

from checkin.database import UTCDateTime
from checkin.models.triggers import statements

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

GROWING = ("rates", "late_entries")


def upgrade() -> None:
    op.create_table(
        "period_totals",
        sa.Column("period", sa.String(length=5), nullable=False),
        sa.Column("grouping", sa.String(length=12), nullable=False),
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("volunteers", sa.Integer(), nullable=False),
        sa.Column("opportunities", sa.Integer(), nullable=False),
        sa.Column("attendances", sa.Integer(), nullable=False),
        sa.Column("course_attendances", sa.Integer(), nullable=False),
        sa.Column("approved_minutes", sa.BigInteger(), nullable=False),
        sa.Column("beneficiaries", sa.BigInteger(), nullable=False),
        sa.Column("value_halalas", sa.BigInteger(), nullable=False),
        sa.Column("valued_minutes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("period", "grouping", "key", name=op.f("pk_period_totals")),
        sqlite_with_rowid=False,
    )
    op.drop_table("people_totals")
    op.create_table(
        "exports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=30), nullable=False),
        sa.Column("query", sa.String(length=2000), server_default="", nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("language", sa.String(length=2), server_default="ar", nullable=False),
        sa.Column("state", sa.String(length=8), server_default="waiting", nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("file_name", sa.String(length=200), server_default="", nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=True),
        sa.Column("fault", sa.String(length=60), server_default="", nullable=False),
        sa.Column("leased_until", UTCDateTime(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.Column("expires_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('csv', 'xlsx', 'jsonl', 'pdf')", name=op.f("ck_exports_kind")),
        sa.CheckConstraint(
            "state <> 'ready' OR length(file_name) > 0", name=op.f("ck_exports_file_of_ready")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'writing', 'ready', 'failed', 'gone')",
            name=op.f("ck_exports_state"),
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_exports_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exports")),
    )
    with op.batch_alter_table("exports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exports_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index("ix_exports_state_expires_at", ["state", "expires_at"], unique=False)

    op.create_table(
        "month_closings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("month_on", sa.Date(), nullable=False),
        sa.Column("closed_by_id", sa.Integer(), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=False),
        sa.Column("reopened_by_id", sa.Integer(), nullable=True),
        sa.Column("reopened_at", UTCDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=300), server_default="", nullable=False),
        sa.CheckConstraint(
            "(reopened_at IS NULL) = (reopened_by_id IS NULL)",
            name=op.f("ck_month_closings_reopened_by_somebody"),
        ),
        sa.CheckConstraint(
            "reopened_at IS NULL OR length(reason) > 0", name=op.f("ck_month_closings_says_why")
        ),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["people.id"], name=op.f("fk_month_closings_closed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["reopened_by_id"], ["people.id"], name=op.f("fk_month_closings_reopened_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_month_closings")),
    )
    with op.batch_alter_table("month_closings", schema=None) as batch_op:
        batch_op.create_index(
            "uq_month_closings_one_closed",
            ["month_on"],
            unique=True,
            sqlite_where=sa.text("reopened_at IS NULL"),
            postgresql_where=sa.text("reopened_at IS NULL"),
        )

    op.create_table(
        "past_totals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=5), nullable=False),
        sa.Column("scope", sa.String(length=8), nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("approved_minutes", sa.BigInteger(), nullable=True),
        sa.Column("beneficiaries", sa.BigInteger(), nullable=True),
        sa.Column("volunteers", sa.Integer(), nullable=True),
        sa.Column("attendances", sa.Integer(), nullable=True),
        sa.Column("opportunities", sa.Integer(), nullable=True),
        sa.Column("course_attendances", sa.Integer(), nullable=True),
        sa.Column("value_halalas", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("file_name", sa.String(length=200), server_default="", nullable=False),
        sa.Column("imported_by_id", sa.Integer(), nullable=False),
        sa.Column("imported_at", UTCDateTime(), nullable=False),
        sa.Column("dropped_by_id", sa.Integer(), nullable=True),
        sa.Column("dropped_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "(dropped_at IS NULL) = (dropped_by_id IS NULL)",
            name=op.f("ck_past_totals_dropped_by_somebody"),
        ),
        sa.CheckConstraint("length(source) > 0", name=op.f("ck_past_totals_says_whence")),
        sa.ForeignKeyConstraint(
            ["dropped_by_id"], ["people.id"], name=op.f("fk_past_totals_dropped_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["imported_by_id"], ["people.id"], name=op.f("fk_past_totals_imported_by_id")
        ),
        sa.CheckConstraint(
            "scope IN ('all', 'partner', 'site', 'team', 'campaign')",
            name=op.f("ck_past_totals_scope"),
        ),
        sa.CheckConstraint("(scope = 'all') = (key = 0)", name=op.f("ck_past_totals_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_totals")),
    )
    with op.batch_alter_table("past_totals", schema=None) as batch_op:
        batch_op.create_index(
            "uq_past_totals_one_line",
            ["period", "scope", "key"],
            unique=True,
            sqlite_where=sa.text("dropped_at IS NULL"),
            postgresql_where=sa.text("dropped_at IS NULL"),
        )

    op.create_table(
        "rates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=12), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("halalas_per_hour", sa.Integer(), nullable=False),
        sa.Column("low_halalas", sa.Integer(), nullable=True),
        sa.Column("high_halalas", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.Column("set_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "type IN ('general', 'skilled', 'professional')", name=op.f("ck_rates_type")
        ),
        sa.CheckConstraint(
            "(low_halalas IS NULL) = (high_halalas IS NULL)", name=op.f("ck_rates_range")
        ),
        sa.CheckConstraint(
            "halalas_per_hour BETWEEN 1 AND 1000000", name=op.f("ck_rates_halalas_per_hour")
        ),
        sa.CheckConstraint(
            "high_halalas BETWEEN halalas_per_hour AND 1000000", name=op.f("ck_rates_high_halalas")
        ),
        sa.CheckConstraint("length(source) > 0", name=op.f("ck_rates_says_whence")),
        sa.CheckConstraint(
            "low_halalas BETWEEN 1 AND halalas_per_hour", name=op.f("ck_rates_low_halalas")
        ),
        sa.ForeignKeyConstraint(["set_by_id"], ["people.id"], name=op.f("fk_rates_set_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rates")),
    )
    with op.batch_alter_table("rates", schema=None) as batch_op:
        batch_op.create_index("ix_rates_type_from_on", ["type", "from_on"], unique=False)

    op.create_table(
        "saved_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("query", sa.String(length=2000), nullable=False),
        sa.Column("is_shared", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_saved_reports_has_name")),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["people.id"], name=op.f("fk_saved_reports_owner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_reports")),
        sa.UniqueConstraint("owner_id", "name", name=op.f("uq_saved_reports_owner_id_name")),
    )
    op.create_table(
        "targets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("figure", sa.String(length=16), nullable=False),
        sa.Column("period", sa.String(length=5), nullable=False),
        sa.Column("scope", sa.String(length=8), nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.Column("set_at", UTCDateTime(), nullable=False),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("(scope = 'all') = (key = 0)", name=op.f("ck_targets_key")),
        sa.CheckConstraint(
            "figure IN ('hours', 'volunteers', 'opportunities', 'beneficiaries', 'attendances', "
            "'courses', 'value')",
            name=op.f("ck_targets_figure"),
        ),
        sa.CheckConstraint(
            "scope IN ('all', 'partner', 'site', 'team', 'campaign')", name=op.f("ck_targets_scope")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_targets_amount")),
        sa.ForeignKeyConstraint(["set_by_id"], ["people.id"], name=op.f("fk_targets_set_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_targets")),
        sa.UniqueConstraint(
            "figure", "period", "scope", "key", name=op.f("uq_targets_figure_period_scope_key")
        ),
    )
    op.create_table(
        "late_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attendance_id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("work_on", sa.Date(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("attendances", sa.Integer(), nullable=False),
        sa.Column("approved_minutes", sa.Integer(), nullable=False),
        sa.Column("beneficiaries", sa.Integer(), nullable=False),
        sa.Column("value_halalas", sa.BigInteger(), nullable=False),
        sa.Column("valued_minutes", sa.Integer(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("entered_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "attendances BETWEEN -1 AND 1", name=op.f("ck_late_entries_attendances")
        ),
        sa.CheckConstraint("counted_on > work_on", name=op.f("ck_late_entries_counted_later")),
        sa.ForeignKeyConstraint(
            ["attendance_id"], ["attendances.id"], name=op.f("fk_late_entries_attendance_id")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_late_entries_decision_id")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["people.id"], name=op.f("fk_late_entries_entered_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_entries")),
    )
    with op.batch_alter_table("late_entries", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_late_entries_attendance_id"), ["attendance_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_late_entries_counted_on"), ["counted_on"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_late_entries_work_on"), ["work_on"], unique=False)

    for table in GROWING:
        _make_append_only(table)
    _add_value("attendances", value_of_approved="value_halalas IS NULL OR state = 'approved'")
    _add_value("decisions")
    if op.get_bind().dialect.name == "sqlite":
        _make_append_only("decisions")

    with op.batch_alter_table("month_totals", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("value_halalas", sa.BigInteger(), server_default="0", nullable=False)
        )
        batch_op.add_column(
            sa.Column("valued_minutes", sa.BigInteger(), server_default="0", nullable=False)
        )
    _enrol_members()


def _add_value(table: str, **more: str) -> None:
    """SQLite adds constraints by building the table anew, which loses its triggers."""
    limits = {
        "value_of_rate": "(value_halalas IS NULL) = (rate_id IS NULL)",
        "value_halalas": "value_halalas >= 0",
        **more,
    }
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.add_column(sa.Column("rate_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("value_halalas", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f(f"fk_{table}_rate_id"), "rates", ["rate_id"], ["id"])
        for name, condition in limits.items():
            batch_op.create_check_constraint(name, condition)


def _make_append_only(table: str) -> None:
    for statement in statements(table, op.get_bind().dialect.name):
        op.execute(statement)


def _enrol_members() -> None:
    """Whoever has a partner is a member of it, from the day they were entered at the latest."""
    day = (
        "date(p.created_at, '+3 hours')"
        if op.get_bind().dialect.name == "sqlite"
        else "(p.created_at AT TIME ZONE 'Asia/Riyadh')::date"
    )
    op.execute(
        "INSERT INTO memberships (person_id, partner_id, from_on) "
        f"SELECT p.id, p.partner_id, {day} FROM people p WHERE p.partner_id IS NOT NULL "
        "AND NOT EXISTS (SELECT 1 FROM memberships m "
        "WHERE m.person_id = p.id AND m.until_on IS NULL)"
    )


def _drop_value(table: str, *more: str) -> None:
    with op.batch_alter_table(table, schema=None) as batch_op:
        for name in (*more, "value_halalas", "value_of_rate"):
            batch_op.drop_constraint(batch_op.f(f"ck_{table}_{name}"), type_="check")
        batch_op.drop_constraint(batch_op.f(f"fk_{table}_rate_id"), type_="foreignkey")
        batch_op.drop_column("value_halalas")
        batch_op.drop_column("rate_id")


def downgrade() -> None:
    with op.batch_alter_table("month_totals", schema=None) as batch_op:
        batch_op.drop_column("valued_minutes")
        batch_op.drop_column("value_halalas")

    _drop_value("decisions")
    if op.get_bind().dialect.name == "sqlite":
        _make_append_only("decisions")
    _drop_value("attendances", "value_of_approved")

    with op.batch_alter_table("late_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_late_entries_work_on"))
        batch_op.drop_index(batch_op.f("ix_late_entries_counted_on"))
        batch_op.drop_index(batch_op.f("ix_late_entries_attendance_id"))

    op.drop_table("late_entries")
    op.drop_table("targets")
    op.drop_table("saved_reports")
    with op.batch_alter_table("rates", schema=None) as batch_op:
        batch_op.drop_index("ix_rates_type_from_on")

    op.drop_table("rates")
    with op.batch_alter_table("past_totals", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_past_totals_one_line",
            sqlite_where=sa.text("dropped_at IS NULL"),
            postgresql_where=sa.text("dropped_at IS NULL"),
        )

    op.drop_table("past_totals")
    with op.batch_alter_table("month_closings", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_month_closings_one_closed",
            sqlite_where=sa.text("reopened_at IS NULL"),
            postgresql_where=sa.text("reopened_at IS NULL"),
        )

    op.drop_table("month_closings")
    with op.batch_alter_table("exports", schema=None) as batch_op:
        batch_op.drop_index("ix_exports_state_expires_at")
        batch_op.drop_index(batch_op.f("ix_exports_owner_id"))

    op.drop_table("exports")
    op.drop_table("period_totals")
    op.create_table(
        "people_totals",
        sa.Column("period", sa.String(length=5), nullable=False),
        sa.Column("grouping", sa.String(length=8), nullable=False),
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("volunteers", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("period", "grouping", "key", name=op.f("pk_people_totals")),
        sqlite_with_rowid=False,
    )
