"""How a message left, and the digits of a file

Of what left before, nobody noted how; a file without digits of its own has the organisation's.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sender = sa.Column("sender", sa.String(10), server_default="", nullable=False)
    op.add_column("messages", sender)
    op.add_column("exports", sa.Column("digits", sa.String(4), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("exports", "digits")
    op.drop_column("messages", "sender")
