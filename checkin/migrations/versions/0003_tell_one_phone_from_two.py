"""Tell one phone from two"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.add_column(sa.Column("browser_sha", sa.String(length=64), nullable=True))
        batch_op.create_index(batch_op.f("ix_devices_browser_sha"), ["browser_sha"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_devices_browser_sha"))
        batch_op.drop_column("browser_sha")
