"""Tell SQLite what tables are like"""

from alembic import op

from checkin.migrations import statistics

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statistics.tell(op.get_bind())


def downgrade() -> None:
    """What SQLite was told stays true."""
