"""The national platform's own list, and what of it differs from our records."""

import sqlalchemy as sa
from alembic import op

from checkin.database import UTCDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "platform_lists",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("look", sa.JSON(), nullable=False),
        sa.Column("totals", sa.JSON(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("fault", sa.String(length=60), server_default="", nullable=False),
        sa.Column("leased_until", UTCDateTime(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('mapping', 'comparing', 'ready', 'failed', 'dropped')",
            name=op.f("ck_platform_lists_state"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["people.id"], name=op.f("fk_platform_lists_created_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platform_lists")),
    )
    op.create_table(
        "platform_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=8), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("rows", sa.Integer(), server_default="0", nullable=False),
        sa.Column("name", sa.String(length=200), server_default="", nullable=False),
        sa.Column("mobile", sa.String(length=40), server_default="", nullable=False),
        sa.Column("opportunity", sa.String(length=200), server_default="", nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("opportunity_id", sa.Integer(), nullable=True),
        sa.Column("approved_minutes", sa.Integer(), nullable=True),
        sa.Column("hours_differ", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("names_differ", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("fault", sa.String(length=40), server_default="", nullable=False),
        sa.CheckConstraint(
            "side IN ('here', 'there', 'both', 'faulty')", name=op.f("ck_platform_lines_side")
        ),
        sa.ForeignKeyConstraint(
            ["list_id"], ["platform_lists.id"], name=op.f("fk_platform_lines_list_id")
        ),
        sa.ForeignKeyConstraint(
            ["opportunity_id"], ["opportunities.id"], name=op.f("fk_platform_lines_opportunity_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_platform_lines_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platform_lines")),
    )
    with op.batch_alter_table("platform_lines", schema=None) as batch_op:
        batch_op.create_index("ix_platform_lines_list_id_side", ["list_id", "side"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("platform_lines", schema=None) as batch_op:
        batch_op.drop_index("ix_platform_lines_list_id_side")

    op.drop_table("platform_lines")
    op.drop_table("platform_lists")
