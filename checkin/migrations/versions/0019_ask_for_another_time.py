"""Ask for another time

What a volunteer asks for once the ten minutes of the undo are over: words, and a time.
"""

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

from checkin.database import UTCDateTime
from checkin.models.triggers import statements

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

BEFORE = "'note', 'answer', 'allowance'"
ASKING = "'asks_in', 'asks_out'"


def upgrade() -> None:
    with op.batch_alter_table("remarks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("asks_at", UTCDateTime(), nullable=True))
        _limit(batch_op, f"kind IN ({BEFORE}, {ASKING})")
        condition = f"(asks_at IS NULL) = (kind NOT IN ({ASKING}))"
        batch_op.create_check_constraint("asks_for_a_time", condition)
    _make_append_only()


def downgrade() -> None:
    with op.batch_alter_table("remarks", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_remarks_asks_for_a_time"), type_="check")
        _limit(batch_op, f"kind IN ({BEFORE})")
        batch_op.drop_column("asks_at")
    _make_append_only()


def _limit(batch_op: BatchOperations, condition: str) -> None:
    batch_op.drop_constraint(batch_op.f("ck_remarks_kind"), type_="check")
    batch_op.create_check_constraint("kind", condition)


def _make_append_only() -> None:
    """SQLite changes a constraint by building the table anew, which loses its triggers."""
    if op.get_bind().dialect.name == "sqlite":
        for statement in statements("remarks", "sqlite"):
            op.execute(statement)
