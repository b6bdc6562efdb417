"""Ranges of values, and neighbourhoods of teams

Columns are added and nothing is rewritten: what was approved before has no range; valued anew, on
purpose, it gets one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

FROZEN = ("attendances", "decisions")
SUMS = ("late_entries", "month_totals", "period_totals")
IN_RANGE = (
    "low_halalas IS NULL OR (value_halalas IS NOT NULL AND "
    "value_halalas BETWEEN low_halalas AND high_halalas)"
)


def upgrade() -> None:
    for table in FROZEN:
        # written out: so both databases add them in place, also to a table that only grows
        op.execute(f"ALTER TABLE {table} ADD COLUMN low_halalas INTEGER")
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN high_halalas INTEGER "
            f"CONSTRAINT ck_{table}_range "
            "CHECK ((low_halalas IS NULL) = (high_halalas IS NULL)) "
            f"CONSTRAINT ck_{table}_value_in_range CHECK ({IN_RANGE})"
        )
    for table in SUMS:
        for name in ("below_halalas", "above_halalas"):
            column = sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)
            op.add_column(table, column)
    neighbourhood = sa.Column("neighbourhood", sa.String(120), server_default="", nullable=False)
    op.add_column("teams", neighbourhood)


def downgrade() -> None:
    op.execute("ALTER TABLE teams DROP COLUMN neighbourhood")
    for table in SUMS:
        for name in ("above_halalas", "below_halalas"):
            op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
    for table in FROZEN:
        # its constraints go with it, and then the other can
        op.execute(f"ALTER TABLE {table} DROP COLUMN high_halalas")
        op.execute(f"ALTER TABLE {table} DROP COLUMN low_halalas")
