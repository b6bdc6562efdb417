"""Find, merge and appoint people"""

import sqlalchemy as sa
from alembic import op

from checkin.database import UTCDateTime
from checkin.models.search_words import statements

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "people_apart",
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("said_at", UTCDateTime(), nullable=False),
        sa.Column("said_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_people_apart_in_order")),
        sa.ForeignKeyConstraint(["first_id"], ["people.id"], name=op.f("fk_people_apart_first_id")),
        sa.ForeignKeyConstraint(
            ["said_by_id"], ["people.id"], name=op.f("fk_people_apart_said_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["people.id"], name=op.f("fk_people_apart_second_id")
        ),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_people_apart")),
    )
    with op.batch_alter_table("people_apart", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_apart_second_id"), ["second_id"], unique=False)

    op.create_table(
        "search_words",
        sa.Column(
            "word",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_search_words_person_id")
        ),
        sa.PrimaryKeyConstraint("word", "person_id", name=op.f("pk_search_words")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("search_words", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_search_words_person_id"), ["person_id"], unique=False)

    op.create_table(
        "grant_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("from_at", UTCDateTime(), nullable=False),
        sa.Column("until_at", UTCDateTime(), nullable=True),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("grant_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("role = 'administrator'", name=op.f("ck_grant_requests_role")),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answered_by_id IS NULL)",
            name=op.f("ck_grant_requests_answered"),
        ),
        sa.CheckConstraint(
            "answered_by_id <> asked_by_id", name=op.f("ck_grant_requests_two_people")
        ),
        sa.CheckConstraint(
            "answered_by_id <> person_id", name=op.f("ck_grant_requests_not_by_oneself")
        ),
        sa.CheckConstraint(
            "asked_by_id <> person_id", name=op.f("ck_grant_requests_not_for_oneself")
        ),
        sa.CheckConstraint("until_at > from_at", name=op.f("ck_grant_requests_until_after_from")),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["people.id"], name=op.f("fk_grant_requests_answered_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["people.id"], name=op.f("fk_grant_requests_asked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["grants.id"], name=op.f("fk_grant_requests_grant_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_grant_requests_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_requests")),
    )
    with op.batch_alter_table("grant_requests", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_grant_requests_person_id"), ["person_id"], unique=False
        )

    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_latin_folded"))
        batch_op.drop_index(batch_op.f("ix_people_name_folded"))
        batch_op.drop_index(batch_op.f("ix_people_merged_into_id"))
        batch_op.create_index(
            "ix_people_merged_into_id",
            ["merged_into_id"],
            unique=False,
            sqlite_where=sa.text("merged_into_id IS NOT NULL"),
            postgresql_where=sa.text("merged_into_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_people_living",
            ["name_folded", "id", "erased_at", "merged_into_id"],
            unique=False,
            sqlite_where=sa.text("erased_at IS NULL AND merged_into_id IS NULL"),
            postgresql_where=sa.text("erased_at IS NULL AND merged_into_id IS NULL"),
        )
    for statement in statements(op.get_bind().dialect.name):
        op.execute(statement)
    op.execute("UPDATE people SET name_folded = name_folded")  # finds those who are there already


def downgrade() -> None:
    _stop_keeping_words()
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_people_living",
            sqlite_where=sa.text("erased_at IS NULL AND merged_into_id IS NULL"),
            postgresql_where=sa.text("erased_at IS NULL AND merged_into_id IS NULL"),
        )
        batch_op.drop_index("ix_people_merged_into_id")
        batch_op.create_index(
            batch_op.f("ix_people_merged_into_id"), ["merged_into_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_people_name_folded"), ["name_folded"], unique=False)
        batch_op.create_index(batch_op.f("ix_people_latin_folded"), ["latin_folded"], unique=False)

    with op.batch_alter_table("grant_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_grant_requests_person_id"))

    op.drop_table("grant_requests")
    with op.batch_alter_table("search_words", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_search_words_person_id"))

    op.drop_table("search_words")
    with op.batch_alter_table("people_apart", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_apart_second_id"))

    op.drop_table("people_apart")


def _stop_keeping_words() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER people_words_insert")
        op.execute("DROP TRIGGER people_words_update")
    else:
        op.execute("DROP TRIGGER people_words ON people")
        op.execute("DROP FUNCTION keep_search_words()")
