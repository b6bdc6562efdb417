"""Find what waits, and what was entered"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("attendances", schema=None) as batch_op:
        batch_op.create_index(
            "ix_attendances_waiting",
            ["shift_id"],
            unique=False,
            sqlite_where=sa.text("state IN ('closed', 'unclosed', 'proposed')"),
            postgresql_where=sa.text("state IN ('closed', 'unclosed', 'proposed')"),
        )

    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decisions_at"), ["at"], unique=False)

    with op.batch_alter_table("scans", schema=None) as batch_op:
        batch_op.create_index(
            "ix_scans_entered_by_id_received_at",
            ["entered_by_id", "received_at"],
            unique=False,
            sqlite_where=sa.text("entered_by_id IS NOT NULL"),
            postgresql_where=sa.text("entered_by_id IS NOT NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("scans", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_scans_entered_by_id_received_at",
            sqlite_where=sa.text("entered_by_id IS NOT NULL"),
            postgresql_where=sa.text("entered_by_id IS NOT NULL"),
        )

    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decisions_at"))

    with op.batch_alter_table("attendances", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_attendances_waiting",
            sqlite_where=sa.text("state IN ('closed', 'unclosed', 'proposed')"),
            postgresql_where=sa.text("state IN ('closed', 'unclosed', 'proposed')"),
        )
