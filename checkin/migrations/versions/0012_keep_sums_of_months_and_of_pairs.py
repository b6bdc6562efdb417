"""Keep sums of months and of pairs

What the tables hold follows from the records: they are made anew and filled by `checkin init`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

PERIOD_SUMS = (
    *("volunteers", "opportunities", "attendances", "course_attendances"),
    *("approved_minutes", "beneficiaries", "value_halalas", "valued_minutes"),
)
LONG = PERIOD_SUMS[4:]


def upgrade() -> None:
    op.drop_table("period_totals")
    op.drop_table("month_totals")
    _make_month_totals("site_id", "lane_id", "partner_id", "gender")
    _make_period_totals(8, within=True)


def downgrade() -> None:
    op.drop_table("period_totals")
    op.drop_table("month_totals")
    _make_month_totals("site_id", "partner_id")
    _make_period_totals(5, within=False)


def _make_month_totals(*places: str) -> None:
    op.create_table(
        "month_totals",
        sa.Column("opportunity_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Integer(), autoincrement=False, nullable=False) for name in places),
        sa.Column("attendances", sa.Integer(), nullable=False),
        sa.Column("approved_minutes", sa.Integer(), nullable=False),
        sa.Column("beneficiaries", sa.Integer(), nullable=False),
        sa.Column("value_halalas", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("valued_minutes", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["opportunity_id"], ["opportunities.id"], name=op.f("fk_month_totals_opportunity_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_month_totals_site_id")),
        sa.PrimaryKeyConstraint("opportunity_id", "from_on", *places, name=op.f("pk_month_totals")),
        sqlite_with_rowid=False,
    )


def _make_period_totals(longest: int, *, within: bool) -> None:
    what = [sa.Column("within", sa.String(length=12), nullable=False)] if within else []
    whose = [sa.Column("within_key", sa.Integer(), autoincrement=False, nullable=False)]
    columns = [
        sa.Column("period", sa.String(length=longest), nullable=False),
        *what,
        sa.Column("grouping", sa.String(length=12), nullable=False),
        *(whose if within else []),
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
    ]
    sums = [
        sa.Column(name, sa.BigInteger() if name in LONG else sa.Integer(), nullable=False)
        for name in PERIOD_SUMS
    ]
    keys = [column.name for column in columns]
    op.create_table(
        "period_totals",
        *columns,
        *sums,
        sa.PrimaryKeyConstraint(*keys, name=op.f("pk_period_totals")),
        sqlite_with_rowid=False,
    )
