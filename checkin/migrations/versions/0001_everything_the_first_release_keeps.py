"""Everything the first release keeps"""

import sqlalchemy as sa
from alembic import op

from checkin.database import UTCDateTime
from checkin.models.triggers import statements

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name_ar", sa.String(length=160), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint("name_ar", name=op.f("uq_campaigns_name_ar")),
    )
    op.create_table(
        "counters",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("window", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", "window", name=op.f("pk_counters")),
    )
    with op.batch_alter_table("counters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_counters_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "jobs",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("every_seconds", sa.Integer(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("owner", sa.String(length=60), server_default="", nullable=False),
        sa.Column("leased_until", UTCDateTime(), nullable=False),
        sa.Column("ran_at", UTCDateTime(), nullable=True),
        sa.Column("fault", sa.String(length=300), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_jobs")),
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("once", sa.String(length=80), nullable=False),
        sa.Column("template", sa.String(length=30), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("mobile", sa.String(length=16), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("leased_until", UTCDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", UTCDateTime(), nullable=True),
        sa.Column("failed_at", UTCDateTime(), nullable=True),
        sa.Column("fault", sa.String(length=200), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("once", name=op.f("uq_messages_once")),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index("ix_messages_due", ["sent_at", "failed_at", "due_at"], unique=False)

    op.create_table(
        "partners",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name_ar", sa.String(length=160), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('education', 'health', 'charity', 'scouts', 'government', 'company')",
            name=op.f("ck_partners_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partners")),
        sa.UniqueConstraint("name_ar", name=op.f("uq_partners_name_ar")),
    )
    op.create_table(
        "services",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name_ar", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("counted_by", sa.String(length=10), nullable=False),
        sa.Column("low_per_hour", sa.Integer(), nullable=False),
        sa.Column("high_per_hour", sa.Integer(), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "counted_by IN ('volunteer', 'lane', 'nobody')", name=op.f("ck_services_counted_by")
        ),
        sa.CheckConstraint(
            "low_per_hour >= 0 AND high_per_hour >= low_per_hour", name=op.f("ck_services_band")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_services")),
        sa.UniqueConstraint("name_ar", name=op.f("uq_services_name_ar")),
    )
    op.create_table(
        "sign_in_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mobile", sa.String(length=16), nullable=False),
        sa.Column("visitor", sa.String(length=64), nullable=False),
        sa.Column("code_mac", sa.String(length=64), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_codes")),
    )
    with op.batch_alter_table("sign_in_codes", schema=None) as batch_op:
        batch_op.create_index(
            "ix_sign_in_codes_mobile_created_at", ["mobile", "created_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_sign_in_codes_visitor"), ["visitor"], unique=False)

    op.create_table(
        "sites",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name_ar", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("code_mode", sa.String(length=8), nullable=False),
        sa.Column("phone", sa.String(length=16), nullable=True),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("code_mode IN ('poster', 'rotating')", name=op.f("ck_sites_code_mode")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
    )
    op.create_table(
        "teams",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name_ar", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("name_ar", name=op.f("uq_teams_name_ar")),
    )
    op.create_table(
        "lanes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("name_ar", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_lanes_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lanes")),
        sa.UniqueConstraint("site_id", "name_ar", name=op.f("uq_lanes_site_id_name_ar")),
    )
    op.create_table(
        "opportunities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name_ar", sa.String(length=160), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("partner_id", sa.Integer(), nullable=True),
        sa.Column("type", sa.String(length=12), nullable=False),
        sa.Column("walk_ins", sa.Boolean(), nullable=False),
        sa.Column("opens_minutes", sa.Integer(), nullable=False),
        sa.Column("late_minutes", sa.Integer(), nullable=True),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'service') = (service_id IS NOT NULL)", name=op.f("ck_opportunities_service")
        ),
        sa.CheckConstraint(
            "kind IN ('service', 'course', 'meeting')", name=op.f("ck_opportunities_kind")
        ),
        sa.CheckConstraint(
            "type IN ('general', 'skilled', 'professional')", name=op.f("ck_opportunities_type")
        ),
        sa.CheckConstraint(
            "late_minutes IS NULL OR late_minutes >= 0", name=op.f("ck_opportunities_late_minutes")
        ),
        sa.CheckConstraint(
            "opens_minutes BETWEEN 0 AND 720", name=op.f("ck_opportunities_opens_minutes")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_opportunities_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name=op.f("fk_opportunities_partner_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["services.id"], name=op.f("fk_opportunities_service_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opportunities")),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_folded", sa.String(length=120), nullable=False),
        sa.Column("mobile", sa.String(length=16), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("password_changed_at", UTCDateTime(), nullable=True),
        sa.Column("totp_secret", sa.String(length=64), nullable=True),
        sa.Column("totp_counter", sa.Integer(), server_default="0", nullable=False),
        sa.Column("category", sa.String(length=12), nullable=False),
        sa.Column("gender", sa.String(length=8), nullable=True),
        sa.Column("team_name", sa.String(length=120), server_default="", nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("partner_id", sa.Integer(), nullable=True),
        sa.Column("is_minor", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("guardian_mobile", sa.String(length=16), nullable=True),
        sa.Column("guardian_consented_at", UTCDateTime(), nullable=True),
        sa.Column("consented_at", UTCDateTime(), nullable=True),
        sa.Column("mobile_proved_at", UTCDateTime(), nullable=True),
        sa.Column("suspended_at", UTCDateTime(), nullable=True),
        sa.Column("suspended_reason", sa.String(length=300), server_default="", nullable=False),
        sa.Column("erased_at", UTCDateTime(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "category IN ('student', 'scout', 'volunteer', 'partner')",
            name=op.f("ck_people_category"),
        ),
        sa.CheckConstraint("gender IN ('man', 'woman')", name=op.f("ck_people_gender")),
        sa.CheckConstraint(
            "NOT is_minor OR guardian_mobile IS NOT NULL", name=op.f("ck_people_guardian")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["people.id"], name=op.f("fk_people_created_by_id")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_people_partner_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_people_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("email", name=op.f("uq_people_email")),
    )
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_mobile"), ["mobile"], unique=False)
        batch_op.create_index(batch_op.f("ix_people_name_folded"), ["name_folded"], unique=False)
        batch_op.create_index(batch_op.f("ix_people_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("thing", sa.String(length=20), nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["people.id"], name=op.f("fk_audit_entries_actor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.create_index(
            "ix_audit_entries_thing_thing_id", ["thing", "thing_id"], unique=False
        )

    op.create_table(
        "devices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("selector", sa.String(length=24), nullable=False),
        sa.Column("verifier_sha", sa.String(length=64), nullable=False),
        sa.Column("previous_sha", sa.String(length=64), nullable=True),
        sa.Column("renewed_at", UTCDateTime(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.CheckConstraint("kind IN ('phone', 'staff')", name=op.f("ck_devices_kind")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_devices_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
        sa.UniqueConstraint("selector", name=op.f("uq_devices_selector")),
    )
    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_devices_person_id"), ["person_id"], unique=False)

    op.create_table(
        "grants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("partner_id", sa.Integer(), nullable=True),
        sa.Column("from_at", UTCDateTime(), nullable=False),
        sa.Column("until_at", UTCDateTime(), nullable=True),
        sa.Column("granted_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(role = 'partner_reader') = (partner_id IS NOT NULL)",
            name=op.f("ck_grants_partner_scope"),
        ),
        sa.CheckConstraint(
            "(role = 'supervisor') = (site_id IS NOT NULL)", name=op.f("ck_grants_site_scope")
        ),
        sa.CheckConstraint(
            "role IN ('supervisor', 'coordinator', 'partner_reader', 'auditor', 'administrator')",
            name=op.f("ck_grants_role"),
        ),
        sa.CheckConstraint("granted_by_id <> person_id", name=op.f("ck_grants_not_to_oneself")),
        sa.ForeignKeyConstraint(
            ["granted_by_id"], ["people.id"], name=op.f("fk_grants_granted_by_id")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_grants_partner_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_grants_person_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_grants_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
        sa.UniqueConstraint(
            "person_id",
            "role",
            "site_id",
            "partner_id",
            "from_at",
            name=op.f("uq_grants_person_id_role_site_id_partner_id_from_at"),
        ),
    )
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grants_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_grants_site_id"), ["site_id"], unique=False)

    op.create_table(
        "shifts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("opportunity_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("lane_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.Column("work_on", sa.Date(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("cancelled_at", UTCDateTime(), nullable=True),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_shifts_ends_after_start")),
        sa.CheckConstraint("seats BETWEEN 1 AND 100000", name=op.f("ck_shifts_seats")),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["people.id"], name=op.f("fk_shifts_closed_by_id")
        ),
        sa.ForeignKeyConstraint(["lane_id"], ["lanes.id"], name=op.f("fk_shifts_lane_id")),
        sa.ForeignKeyConstraint(
            ["opportunity_id"], ["opportunities.id"], name=op.f("fk_shifts_opportunity_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_shifts_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shifts")),
    )
    with op.batch_alter_table("shifts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_shifts_opportunity_id"), ["opportunity_id"], unique=False
        )
        batch_op.create_index("ix_shifts_site_id_starts_at", ["site_id", "starts_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_shifts_starts_at"), ["starts_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_shifts_work_on"), ["work_on"], unique=False)

    op.create_table(
        "sign_in_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mobile", sa.String(length=16), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("visitor", sa.String(length=64), nullable=False),
        sa.Column("match_number", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("confirmed_at", UTCDateTime(), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("refused_at", UTCDateTime(), nullable=True),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "match_number BETWEEN 10 AND 99", name=op.f("ck_sign_in_requests_two_digits")
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["people.id"], name=op.f("fk_sign_in_requests_confirmed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("fk_sign_in_requests_site_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_requests")),
    )
    with op.batch_alter_table("sign_in_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_requests_site_id"), ["site_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_in_requests_visitor"), ["visitor"], unique=False)

    op.create_table(
        "assignments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("how", sa.String(length=8), nullable=False),
        sa.Column("is_lead", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "how IN ('roster', 'walk_in', 'waiting')", name=op.f("ck_assignments_how")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["people.id"], name=op.f("fk_assignments_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_assignments_person_id")
        ),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name=op.f("fk_assignments_shift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
        sa.UniqueConstraint(
            "shift_id", "person_id", name=op.f("uq_assignments_shift_id_person_id")
        ),
    )
    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignments_person_id"), ["person_id"], unique=False)

    op.create_table(
        "attendances",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=True),
        sa.Column("work_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("stints", sa.JSON(), nullable=False),
        sa.Column("in_at", UTCDateTime(), nullable=True),
        sa.Column("out_at", UTCDateTime(), nullable=True),
        sa.Column("until_at", UTCDateTime(), nullable=False),
        sa.Column("credited_minutes", sa.Integer(), nullable=True),
        sa.Column("proposed_out_at", UTCDateTime(), nullable=True),
        sa.Column("proposed_minutes", sa.Integer(), nullable=True),
        sa.Column("beneficiaries", sa.Integer(), nullable=True),
        sa.Column("evidence", sa.String(length=10), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_minutes", sa.Integer(), nullable=True),
        sa.Column("approved_beneficiaries", sa.Integer(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "(state = 'approved') = (approved_minutes IS NOT NULL)",
            name=op.f("ck_attendances_approved"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'closed', 'unclosed', 'cancelled', 'proposed', 'approved', 'rejected', 'voided')",
            name=op.f("ck_attendances_state"),
        ),
        sa.CheckConstraint(
            "approved_beneficiaries BETWEEN 0 AND 100000",
            name=op.f("ck_attendances_approved_beneficiaries"),
        ),
        sa.CheckConstraint(
            "approved_minutes BETWEEN 0 AND 960", name=op.f("ck_attendances_approved_minutes")
        ),
        sa.CheckConstraint(
            "beneficiaries BETWEEN 0 AND 100000", name=op.f("ck_attendances_beneficiaries")
        ),
        sa.CheckConstraint(
            "credited_minutes BETWEEN 0 AND 960", name=op.f("ck_attendances_credited_minutes")
        ),
        sa.CheckConstraint(
            "entered_by_id <> volunteer_id", name=op.f("ck_attendances_not_entered_by_oneself")
        ),
        sa.CheckConstraint(
            "out_at IS NULL OR out_at >= in_at", name=op.f("ck_attendances_out_after_in")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["people.id"], name=op.f("fk_attendances_entered_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name=op.f("fk_attendances_partner_id")
        ),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name=op.f("fk_attendances_shift_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_attendances_site_id")),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["people.id"], name=op.f("fk_attendances_volunteer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendances")),
        sa.UniqueConstraint(
            "volunteer_id", "shift_id", name=op.f("uq_attendances_volunteer_id_shift_id")
        ),
    )
    with op.batch_alter_table("attendances", schema=None) as batch_op:
        batch_op.create_index(
            "ix_attendances_figures",
            [
                "work_on",
                "site_id",
                "state",
                "approved_minutes",
                "approved_beneficiaries",
                "volunteer_id",
            ],
            unique=False,
        )
        batch_op.create_index("ix_attendances_shift_id_state", ["shift_id", "state"], unique=False)
        batch_op.create_index("ix_attendances_state_until_at", ["state", "until_at"], unique=False)
        batch_op.create_index(
            "uq_attendances_one_open",
            ["volunteer_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "audit_seals",
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["audit_entries.id"], name=op.f("fk_audit_seals_entry_id")
        ),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_audit_seals")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_audit_seals_entry_id")),
    )
    op.create_table(
        "posters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=26), nullable=False),
        sa.Column("short_code", sa.String(length=6), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("replaced_at", UTCDateTime(), nullable=True),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["people.id"], name=op.f("fk_posters_created_by_id")
        ),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name=op.f("fk_posters_shift_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_posters_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posters")),
        sa.UniqueConstraint("code", name=op.f("uq_posters_code")),
        sa.UniqueConstraint("short_code", name=op.f("uq_posters_short_code")),
    )
    with op.batch_alter_table("posters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_posters_shift_id"), ["shift_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_posters_site_id"), ["site_id"], unique=False)

    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attendance_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=10), nullable=False),
        sa.Column("minutes_before", sa.Integer(), nullable=True),
        sa.Column("minutes_after", sa.Integer(), nullable=True),
        sa.Column("beneficiaries_before", sa.Integer(), nullable=True),
        sa.Column("beneficiaries_after", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), server_default="", nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("first_by_id", sa.Integer(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "action <> 'confirm' OR first_by_id IS NOT NULL", name=op.f("ck_decisions_confirms")
        ),
        sa.CheckConstraint(
            "action IN ('approve', 'adjust', 'propose', 'confirm', 'return', 'reject', 'withdraw', 'reopen', 'appeal', 'void')",
            name=op.f("ck_decisions_action"),
        ),
        sa.CheckConstraint(
            "action NOT IN ('reject', 'return') OR length(reason) > 0",
            name=op.f("ck_decisions_says_why"),
        ),
        sa.CheckConstraint(
            "decided_by_id <> entered_by_id OR action NOT IN ('approve', 'adjust', 'propose', 'confirm', 'return', 'reject')",
            name=op.f("ck_decisions_not_own_entry"),
        ),
        sa.CheckConstraint(
            "decided_by_id <> subject_id OR action = 'appeal'", name=op.f("ck_decisions_not_own")
        ),
        sa.CheckConstraint(
            "beneficiaries_after BETWEEN 0 AND 100000",
            name=op.f("ck_decisions_beneficiaries_after"),
        ),
        sa.CheckConstraint("decided_by_id <> first_by_id", name=op.f("ck_decisions_two_people")),
        sa.CheckConstraint(
            "minutes_after BETWEEN 0 AND 960", name=op.f("ck_decisions_minutes_after")
        ),
        sa.ForeignKeyConstraint(
            ["attendance_id"], ["attendances.id"], name=op.f("fk_decisions_attendance_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["people.id"], name=op.f("fk_decisions_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["people.id"], name=op.f("fk_decisions_entered_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["first_by_id"], ["people.id"], name=op.f("fk_decisions_first_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["people.id"], name=op.f("fk_decisions_subject_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("attendance_id", "seq", name=op.f("uq_decisions_attendance_id_seq")),
    )
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_decisions_decided_by_id"), ["decided_by_id"], unique=False
        )

    op.create_table(
        "scans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("scan_uid", sa.String(length=36), nullable=False),
        sa.Column("payload_sha", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("carrier", sa.String(length=12), nullable=False),
        sa.Column("evidence", sa.String(length=10), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("shift_id", sa.Integer(), nullable=True),
        sa.Column("poster_id", sa.Integer(), nullable=True),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("effective_at", UTCDateTime(), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column("beneficiaries", sa.Integer(), nullable=True),
        sa.Column("undoes", sa.String(length=36), nullable=True),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=300), server_default="", nullable=False),
        sa.Column("joined", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("verdict", sa.String(length=24), nullable=False),
        sa.Column("attendance_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(kind = 'undo') = (undoes IS NOT NULL)", name=op.f("ck_scans_undoes")),
        sa.CheckConstraint("kind IN ('in', 'out', 'undo', 'forgot')", name=op.f("ck_scans_kind")),
        sa.CheckConstraint(
            "beneficiaries BETWEEN 0 AND 100000", name=op.f("ck_scans_beneficiaries")
        ),
        sa.ForeignKeyConstraint(
            ["attendance_id"], ["attendances.id"], name=op.f("fk_scans_attendance_id")
        ),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_scans_device_id")),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["people.id"], name=op.f("fk_scans_entered_by_id")
        ),
        sa.ForeignKeyConstraint(["poster_id"], ["posters.id"], name=op.f("fk_scans_poster_id")),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name=op.f("fk_scans_shift_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_scans_site_id")),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["people.id"], name=op.f("fk_scans_volunteer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scans")),
        sa.UniqueConstraint(
            "volunteer_id", "scan_uid", name=op.f("uq_scans_volunteer_id_scan_uid")
        ),
    )
    with op.batch_alter_table("scans", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_scans_attendance_id"), ["attendance_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_scans_shift_id"), ["shift_id"], unique=False)
        batch_op.create_index(
            "ix_scans_site_id_received_at", ["site_id", "received_at"], unique=False
        )
        batch_op.create_index(
            "ix_scans_volunteer_id_effective_at", ["volunteer_id", "effective_at"], unique=False
        )
    for table in ("scans", "decisions", "audit_entries", "audit_seals"):
        for statement in statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table("scans", schema=None) as batch_op:
        batch_op.drop_index("ix_scans_volunteer_id_effective_at")
        batch_op.drop_index("ix_scans_site_id_received_at")
        batch_op.drop_index(batch_op.f("ix_scans_shift_id"))
        batch_op.drop_index(batch_op.f("ix_scans_attendance_id"))

    op.drop_table("scans")
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decisions_decided_by_id"))

    op.drop_table("decisions")
    with op.batch_alter_table("posters", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_posters_site_id"))
        batch_op.drop_index(batch_op.f("ix_posters_shift_id"))

    op.drop_table("posters")
    op.drop_table("audit_seals")
    with op.batch_alter_table("attendances", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_attendances_one_open",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.drop_index("ix_attendances_state_until_at")
        batch_op.drop_index("ix_attendances_shift_id_state")
        batch_op.drop_index("ix_attendances_figures")

    op.drop_table("attendances")
    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assignments_person_id"))

    op.drop_table("assignments")
    with op.batch_alter_table("sign_in_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_requests_visitor"))
        batch_op.drop_index(batch_op.f("ix_sign_in_requests_site_id"))

    op.drop_table("sign_in_requests")
    with op.batch_alter_table("shifts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shifts_work_on"))
        batch_op.drop_index(batch_op.f("ix_shifts_starts_at"))
        batch_op.drop_index("ix_shifts_site_id_starts_at")
        batch_op.drop_index(batch_op.f("ix_shifts_opportunity_id"))

    op.drop_table("shifts")
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_grants_site_id"))
        batch_op.drop_index(batch_op.f("ix_grants_person_id"))

    op.drop_table("grants")
    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_devices_person_id"))

    op.drop_table("devices")
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entries_thing_thing_id")

    op.drop_table("audit_entries")
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_partner_id"))
        batch_op.drop_index(batch_op.f("ix_people_name_folded"))
        batch_op.drop_index(batch_op.f("ix_people_mobile"))

    op.drop_table("people")
    op.drop_table("opportunities")
    op.drop_table("lanes")
    op.drop_table("teams")
    op.drop_table("sites")
    with op.batch_alter_table("sign_in_codes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_codes_visitor"))
        batch_op.drop_index("ix_sign_in_codes_mobile_created_at")

    op.drop_table("sign_in_codes")
    op.drop_table("services")
    op.drop_table("partners")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index("ix_messages_due")

    op.drop_table("messages")
    op.drop_table("jobs")
    with op.batch_alter_table("counters", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_counters_expires_at"))

    op.drop_table("counters")
    op.drop_table("campaigns")
