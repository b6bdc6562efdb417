"""Value anew beside the server"""

import sqlalchemy as sa
from alembic import op

from checkin.database import UTCDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "value_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("leased_until", UTCDateTime(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('valuing', 'done', 'failed')", name=op.f("ck_value_runs_state")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["people.id"], name=op.f("fk_value_runs_created_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_value_runs")),
    )
    op.create_index(
        "uq_value_runs_one_valuing",
        "value_runs",
        ["state"],
        unique=True,
        sqlite_where=sa.text("state = 'valuing'"),
        postgresql_where=sa.text("state = 'valuing'"),
    )


def downgrade() -> None:
    op.drop_table("value_runs")
