"""Keep sums of what was approved"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "people_totals",
        sa.Column("period", sa.String(length=5), nullable=False),
        sa.Column("grouping", sa.String(length=8), nullable=False),
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("volunteers", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("period", "grouping", "key", name=op.f("pk_people_totals")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "month_totals",
        sa.Column("opportunity_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("site_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("partner_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("attendances", sa.Integer(), nullable=False),
        sa.Column("approved_minutes", sa.Integer(), nullable=False),
        sa.Column("beneficiaries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["opportunity_id"], ["opportunities.id"], name=op.f("fk_month_totals_opportunity_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_month_totals_site_id")),
        sa.PrimaryKeyConstraint(
            "opportunity_id", "from_on", "site_id", "partner_id", name=op.f("pk_month_totals")
        ),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("month_totals")
    op.drop_table("people_totals")
