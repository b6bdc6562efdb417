"""Plans, people, partners, settings, imports"""

import sqlalchemy as sa
from alembic import op

from checkin.database import UTCDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "column_maps",
        sa.Column("headers_sha", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("headers_sha", "kind", name=op.f("pk_column_maps")),
    )
    op.create_table(
        "prayer_times",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("prayer", sa.String(length=8), nullable=False),
        sa.Column("begins", sa.Time(), nullable=False),
        sa.CheckConstraint(
            "prayer IN ('fajr', 'sunrise', 'dhuhr', 'asr', 'maghrib', 'isha')",
            name=op.f("ck_prayer_times_prayer"),
        ),
        sa.PrimaryKeyConstraint("day", "prayer", name=op.f("pk_prayer_times")),
    )
    op.create_table(
        "memberships",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_memberships_days")),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name=op.f("fk_memberships_partner_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_memberships_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sa.UniqueConstraint(
            "person_id",
            "partner_id",
            "from_on",
            name=op.f("uq_memberships_person_id_partner_id_from_on"),
        ),
    )
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_memberships_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "merges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("merged_id", sa.Integer(), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("undone_at", UTCDateTime(), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["people.id"], name=op.f("fk_merges_created_by_id")
        ),
        sa.ForeignKeyConstraint(["kept_id"], ["people.id"], name=op.f("fk_merges_kept_id")),
        sa.ForeignKeyConstraint(["merged_id"], ["people.id"], name=op.f("fk_merges_merged_id")),
        sa.ForeignKeyConstraint(
            ["undone_by_id"], ["people.id"], name=op.f("fk_merges_undone_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
    )
    with op.batch_alter_table("merges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_merges_kept_id"), ["kept_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_merges_merged_id"), ["merged_id"], unique=False)

    op.create_table(
        "message_texts",
        sa.Column("template", sa.String(length=30), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("words", sa.String(length=600), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("language IN ('ar', 'en')", name=op.f("ck_message_texts_language")),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["people.id"], name=op.f("fk_message_texts_changed_by_id")
        ),
        sa.PrimaryKeyConstraint("template", "language", name=op.f("pk_message_texts")),
    )
    op.create_table(
        "pictures",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha", sa.String(length=64), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["people.id"], name=op.f("fk_pictures_changed_by_id")
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_pictures")),
    )
    op.create_table(
        "settings",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["people.id"], name=op.f("fk_settings_changed_by_id")
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_settings")),
    )
    op.create_table(
        "shift_templates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name_ar", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("opportunity_id", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=True),
        sa.Column("starts_prayer", sa.String(length=8), nullable=True),
        sa.Column("starts_offset", sa.Integer(), nullable=True),
        sa.Column("ends", sa.Time(), nullable=True),
        sa.Column("ends_prayer", sa.String(length=8), nullable=True),
        sa.Column("ends_offset", sa.Integer(), nullable=True),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "ends_prayer IN ('fajr', 'sunrise', 'dhuhr', 'asr', 'maghrib', 'isha')",
            name=op.f("ck_shift_templates_ends_prayer"),
        ),
        sa.CheckConstraint(
            "starts_prayer IN ('fajr', 'sunrise', 'dhuhr', 'asr', 'maghrib', 'isha')",
            name=op.f("ck_shift_templates_starts_prayer"),
        ),
        sa.CheckConstraint(
            "(ends IS NULL) <> (ends_prayer IS NULL)", name=op.f("ck_shift_templates_ends")
        ),
        sa.CheckConstraint(
            "(ends_prayer IS NULL) = (ends_offset IS NULL)",
            name=op.f("ck_shift_templates_ends_anchor"),
        ),
        sa.CheckConstraint(
            "(starts IS NULL) <> (starts_prayer IS NULL)", name=op.f("ck_shift_templates_starts")
        ),
        sa.CheckConstraint(
            "(starts_prayer IS NULL) = (starts_offset IS NULL)",
            name=op.f("ck_shift_templates_starts_anchor"),
        ),
        sa.CheckConstraint(
            "ends_offset BETWEEN -720 AND 720", name=op.f("ck_shift_templates_ends_offset")
        ),
        sa.CheckConstraint("seats BETWEEN 1 AND 100000", name=op.f("ck_shift_templates_seats")),
        sa.CheckConstraint(
            "starts_offset BETWEEN -720 AND 720", name=op.f("ck_shift_templates_starts_offset")
        ),
        sa.ForeignKeyConstraint(
            ["opportunity_id"], ["opportunities.id"], name=op.f("fk_shift_templates_opportunity_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_templates")),
        sa.UniqueConstraint("name_ar", name=op.f("uq_shift_templates_name_ar")),
    )
    op.create_table(
        "groups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_uid", sa.String(length=36), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("leader_id", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("headcount", sa.Integer(), nullable=False),
        sa.Column("arrived_at", UTCDateTime(), nullable=False),
        sa.Column("left_at", UTCDateTime(), nullable=True),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("headcount BETWEEN 1 AND 1000", name=op.f("ck_groups_headcount")),
        sa.CheckConstraint("left_at > arrived_at", name=op.f("ck_groups_left_after_arrival")),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["people.id"], name=op.f("fk_groups_entered_by_id")
        ),
        sa.ForeignKeyConstraint(["leader_id"], ["people.id"], name=op.f("fk_groups_leader_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_groups_partner_id")),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name=op.f("fk_groups_shift_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_groups_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groups")),
        sa.UniqueConstraint("group_uid", name=op.f("uq_groups_group_uid")),
    )
    with op.batch_alter_table("groups", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_groups_leader_id"), ["leader_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_groups_shift_id"), ["shift_id"], unique=False)

    op.create_table(
        "imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=True),
        sa.Column("partner_id", sa.Integer(), nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("good", sa.Integer(), nullable=False),
        sa.Column("faulty", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.LargeBinary(), nullable=True),
        sa.Column("fault", sa.String(length=60), server_default="", nullable=False),
        sa.Column("leased_until", UTCDateTime(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'roster') = (shift_id IS NOT NULL)", name=op.f("ck_imports_shift")
        ),
        sa.CheckConstraint("kind IN ('people', 'roster')", name=op.f("ck_imports_kind")),
        sa.CheckConstraint(
            "state IN ('mapping', 'checking', 'ready', 'adding', 'added', 'failed', 'dropped')",
            name=op.f("ck_imports_state"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["people.id"], name=op.f("fk_imports_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name=op.f("fk_imports_partner_id")
        ),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name=op.f("fk_imports_shift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_imports_created_by_id"), ["created_by_id"], unique=False
        )

    op.create_table(
        "group_members",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("named_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_group_members_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["named_by_id"], ["people.id"], name=op.f("fk_group_members_named_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_group_members_person_id")
        ),
        sa.PrimaryKeyConstraint("group_id", "person_id", name=op.f("pk_group_members")),
    )
    with op.batch_alter_table("campaigns", schema=None) as batch_op:
        batch_op.add_column(sa.Column("from_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("until_on", sa.Date(), nullable=True))
        batch_op.create_check_constraint("days", "until_on >= from_on")

    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reviewed_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("reviewed_by_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_grants_reviewed_by_id"), "people", ["reviewed_by_id"], ["id"]
        )

    with op.batch_alter_table("opportunities", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("is_open", sa.Boolean(), server_default=sa.text("(false)"), nullable=False)
        )
        batch_op.add_column(
            sa.Column(
                "has_waiting_list", sa.Boolean(), server_default=sa.text("(true)"), nullable=False
            )
        )
        batch_op.add_column(sa.Column("gender", sa.String(length=8), nullable=True))
        batch_op.add_column(sa.Column("minimum_age", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("most_minutes", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("about_ar", sa.String(length=1000), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column("about_en", sa.String(length=1000), server_default="", nullable=False)
        )
        batch_op.create_check_constraint("gender", "gender IN ('man', 'woman')")
        batch_op.create_check_constraint("minimum_age", "minimum_age BETWEEN 5 AND 99")
        batch_op.create_check_constraint("most_minutes", "most_minutes BETWEEN 15 AND 960")

    with op.batch_alter_table("partners", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("contact_name", sa.String(length=120), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("contact_mobile", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("contact_email", sa.String(length=254), nullable=True))

    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("name_latin", sa.String(length=120), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column("latin_folded", sa.String(length=120), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column("leads_team", sa.Boolean(), server_default=sa.text("(false)"), nullable=False)
        )
        batch_op.add_column(sa.Column("birth_year", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("feed_code", sa.String(length=26), nullable=True))
        batch_op.create_index(batch_op.f("ix_people_latin_folded"), ["latin_folded"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_people_merged_into_id"), ["merged_into_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_people_team_id"), ["team_id"], unique=False)
        batch_op.create_unique_constraint(batch_op.f("uq_people_feed_code"), ["feed_code"])
        batch_op.create_foreign_key(
            batch_op.f("fk_people_merged_into_id"), "people", ["merged_into_id"], ["id"]
        )
        batch_op.create_check_constraint("not_into_itself", "merged_into_id <> id")
        batch_op.create_check_constraint("leads_own_team", "NOT leads_team OR team_id IS NOT NULL")
        batch_op.create_check_constraint("birth_year", "birth_year BETWEEN 1900 AND 2100")

    with op.batch_alter_table("shifts", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("is_draft", sa.Boolean(), server_default=sa.text("(false)"), nullable=False)
        )
        batch_op.add_column(sa.Column("starts_prayer", sa.String(length=8), nullable=True))
        batch_op.add_column(sa.Column("starts_offset", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("ends_prayer", sa.String(length=8), nullable=True))
        batch_op.add_column(sa.Column("ends_offset", sa.Integer(), nullable=True))
        batch_op.create_check_constraint(
            "starts_prayer",
            "starts_prayer IN ('fajr', 'sunrise', 'dhuhr', 'asr', 'maghrib', 'isha')",
        )
        batch_op.create_check_constraint("starts_offset", "starts_offset BETWEEN -720 AND 720")
        batch_op.create_check_constraint(
            "starts_anchor", "(starts_prayer IS NULL) = (starts_offset IS NULL)"
        )
        batch_op.create_check_constraint(
            "ends_prayer", "ends_prayer IN ('fajr', 'sunrise', 'dhuhr', 'asr', 'maghrib', 'isha')"
        )
        batch_op.create_check_constraint("ends_offset", "ends_offset BETWEEN -720 AND 720")
        batch_op.create_check_constraint(
            "ends_anchor", "(ends_prayer IS NULL) = (ends_offset IS NULL)"
        )

    _limit_assignments("'roster', 'walk_in', 'waiting', 'joined'")


def _limit_assignments(ways: str) -> None:
    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_assignments_how"), type_="check")
        batch_op.create_check_constraint("how", f"how IN ({ways})")


def downgrade() -> None:
    op.execute("UPDATE assignments SET how = 'roster' WHERE how = 'joined'")
    _limit_assignments("'roster', 'walk_in', 'waiting'")

    with op.batch_alter_table("shifts", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_shifts_starts_prayer"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_shifts_starts_offset"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_shifts_starts_anchor"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_shifts_ends_prayer"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_shifts_ends_offset"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_shifts_ends_anchor"), type_="check")
        batch_op.drop_column("ends_offset")
        batch_op.drop_column("ends_prayer")
        batch_op.drop_column("starts_offset")
        batch_op.drop_column("starts_prayer")
        batch_op.drop_column("is_draft")

    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_people_not_into_itself"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_people_leads_own_team"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_people_birth_year"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_people_merged_into_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_people_feed_code"), type_="unique")
        batch_op.drop_index(batch_op.f("ix_people_team_id"))
        batch_op.drop_index(batch_op.f("ix_people_merged_into_id"))
        batch_op.drop_index(batch_op.f("ix_people_latin_folded"))
        batch_op.drop_column("feed_code")
        batch_op.drop_column("merged_into_id")
        batch_op.drop_column("birth_year")
        batch_op.drop_column("leads_team")
        batch_op.drop_column("latin_folded")
        batch_op.drop_column("name_latin")

    with op.batch_alter_table("partners", schema=None) as batch_op:
        batch_op.drop_column("contact_email")
        batch_op.drop_column("contact_mobile")
        batch_op.drop_column("contact_name")

    with op.batch_alter_table("opportunities", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_opportunities_gender"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_opportunities_minimum_age"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_opportunities_most_minutes"), type_="check")
        batch_op.drop_column("about_en")
        batch_op.drop_column("about_ar")
        batch_op.drop_column("most_minutes")
        batch_op.drop_column("minimum_age")
        batch_op.drop_column("gender")
        batch_op.drop_column("has_waiting_list")
        batch_op.drop_column("is_open")

    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_grants_reviewed_by_id"), type_="foreignkey")
        batch_op.drop_column("reviewed_by_id")
        batch_op.drop_column("reviewed_at")

    with op.batch_alter_table("campaigns", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_campaigns_days"), type_="check")
        batch_op.drop_column("until_on")
        batch_op.drop_column("from_on")

    op.drop_table("group_members")
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_imports_created_by_id"))

    op.drop_table("imports")
    with op.batch_alter_table("groups", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_groups_shift_id"))
        batch_op.drop_index(batch_op.f("ix_groups_leader_id"))

    op.drop_table("groups")
    op.drop_table("shift_templates")
    op.drop_table("settings")
    op.drop_table("pictures")
    op.drop_table("message_texts")
    with op.batch_alter_table("merges", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_merges_merged_id"))
        batch_op.drop_index(batch_op.f("ix_merges_kept_id"))

    op.drop_table("merges")
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_memberships_partner_id"))

    op.drop_table("memberships")
    op.drop_table("prayer_times")
    op.drop_table("column_maps")
