"""Keep hours of the week of a site, service, partner or campaign for all time"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """They are what their stretches add up to."""
    nought = (
        *("volunteers", "opportunities", "attendances", "course_attendances", "beneficiaries"),
        *("value_halalas", "valued_minutes", "below_halalas", "above_halalas"),
    )
    op.execute(
        f"INSERT INTO period_totals"
        f" (period, within, grouping, within_key, key, approved_minutes, {', '.join(nought)})"
        f" SELECT '', within, grouping, within_key, key, SUM(approved_minutes),"
        f" {', '.join('0' for _ in nought)}"
        f" FROM period_totals WHERE grouping = 'hour' AND within <> 'all'"
        f" GROUP BY within, grouping, within_key, key"
    )


def downgrade() -> None:
    op.execute(
        "DELETE FROM period_totals WHERE period = '' AND grouping = 'hour' AND within <> 'all'"
    )
