"""Keep sums of teams, opportunities, weeks and days

What the tables hold follows from the records: `checkin init` fills them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

COUNTS = ("volunteers", "opportunities", "attendances", "course_attendances")
LONG = ("approved_minutes", "beneficiaries", "value_halalas", "valued_minutes")
ENDS = ("below_halalas", "above_halalas")
"""Added when there were lines already, so they begin with nought."""


def upgrade() -> None:
    op.drop_table("period_totals")
    _make_period_totals(10)
    spot = ("lane_id", "partner_id", "gender", "team_id")
    op.create_table(
        "opportunity_days",
        sa.Column("opportunity_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("work_on", sa.Date(), nullable=False),
        sa.Column("site_id", sa.Integer(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Integer(), autoincrement=False, nullable=False) for name in spot),
        sa.Column("attendances", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["opportunity_id"],
            ["opportunities.id"],
            name=op.f("fk_opportunity_days_opportunity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("fk_opportunity_days_site_id")
        ),
        sa.PrimaryKeyConstraint(
            *("opportunity_id", "work_on", "site_id", *spot), name=op.f("pk_opportunity_days")
        ),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("opportunity_days")
    op.drop_table("period_totals")
    _make_period_totals(8)


def _make_period_totals(longest: int) -> None:
    keys = [
        sa.Column("period", sa.String(length=longest), nullable=False),
        sa.Column("within", sa.String(length=12), nullable=False),
        sa.Column("grouping", sa.String(length=12), nullable=False),
        sa.Column("within_key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
    ]
    sums = [
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in LONG),
        *(sa.Column(name, sa.BigInteger(), server_default="0", nullable=False) for name in ENDS),
    ]
    names = [column.name for column in keys]
    op.create_table(
        "period_totals",
        *(*keys, *sums),
        sa.PrimaryKeyConstraint(*names, name=op.f("pk_period_totals")),
        sqlite_with_rowid=False,
    )
