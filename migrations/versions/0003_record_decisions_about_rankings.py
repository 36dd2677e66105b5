"""record decisions about rankings: ranks set by hand, and published rankings with what they were computed from

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "stepchange_app"
TENANT = "(SELECT nullif(current_setting('app.organisation_id', true), '')::uuid)"

# what the application may do; a decision is never rewritten, only withdrawn
RIGHTS = {
    "ranking_override": "SELECT, INSERT, UPDATE (withdrawn_at, withdrawn_by_id, withdrawn_reason)",
    "ranking_publication": "SELECT, INSERT",
    "ranking_publication_input": "SELECT, INSERT",
    "ranking_publication_item": "SELECT, INSERT",
}
# table -> (column that identifies the subject, column with the initiative or ""); items and inputs belong to
# their publication, which is recorded
RECORDED = {"ranking_override": ("id", "initiative_id"), "ranking_publication": ("id", "")}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "ranking_override",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("portfolio_id", sa.Uuid(), nullable=False),
        sa.Column("initiative_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=4000), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=4000), nullable=True),
        sa.CheckConstraint("rank > 0", name=op.f("ck_ranking_override_rank_positive")),
        sa.CheckConstraint("version > 0", name=op.f("ck_ranking_override_version_positive")),
        sa.CheckConstraint("reason ~ '[^[:space:]]'", name=op.f("ck_ranking_override_reason_not_blank")),
        sa.CheckConstraint(
            "withdrawn_reason ~ '[^[:space:]]'", name=op.f("ck_ranking_override_withdrawn_reason_not_blank")
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)"
            " AND (withdrawn_at IS NULL) = (withdrawn_reason IS NULL)",
            name=op.f("ck_ranking_override_withdrawal_complete"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_ranking_override_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "portfolio_id", "initiative_id"],
            ["initiative.organisation_id", "initiative.portfolio_id", "initiative.id"],
            name=op.f("fk_ranking_override_organisation_id_portfolio_id_initiative_id_initiative"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "decided_by_id"],
            ["member.organisation_id", "member.id"],
            name=op.f("fk_ranking_override_organisation_id_decided_by_id_member"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "withdrawn_by_id"],
            ["member.organisation_id", "member.id"],
            name=op.f("fk_ranking_override_organisation_id_withdrawn_by_id_member"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_ranking_override")),
        sa.UniqueConstraint(
            "organisation_id",
            "initiative_id",
            "version",
            name=op.f("uq_ranking_override_organisation_id_initiative_id_version"),
        ),
    )
    op.create_index(
        "uq_ranking_override_initiative_id",
        "ranking_override",
        ["organisation_id", "initiative_id"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_index(
        "ix_ranking_override_portfolio_id",
        "ranking_override",
        ["organisation_id", "portfolio_id", "created_at", "id"],
        unique=False,
    )
    op.create_table(
        "ranking_publication",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("portfolio_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=4000), server_default="", nullable=False),
        sa.Column("published_by_id", sa.Uuid(), nullable=False),
        sa.Column("model_version_id", sa.Uuid(), nullable=True),
        sa.Column(
            "method",
            sa.Enum(
                "weighted",
                "wsjf",
                "rice",
                "ice_mean",
                "ice_product",
                "cd3",
                "value_by_outcome",
                name="scoring_method",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "order_kind",
            sa.Enum(
                "dependency_aware",
                "score",
                name="order_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("states", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("soft_penalty_weeks", sa.Float(), nullable=True),
        sa.Column("fingerprint", sa.String(length=32), nullable=False),
        sa.Column("engine_version", sa.String(length=40), nullable=False),
        sa.Column("item_count", sa.Integer(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_ranking_publication_number_positive")),
        sa.CheckConstraint("item_count >= 0", name=op.f("ck_ranking_publication_item_count_range")),
        sa.CheckConstraint(
            "soft_penalty_weeks BETWEEN 0 AND 10000", name=op.f("ck_ranking_publication_penalty_range")
        ),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_ranking_publication_currency_form")),
        sa.CheckConstraint(
            "fingerprint ~ '^[0-9a-f]{32}$'", name=op.f("ck_ranking_publication_fingerprint_form")
        ),
        sa.CheckConstraint(
            "states <@ ARRAY['proposed','evaluated','approved','active','paused','completed','stopped']"
            "::varchar[]",
            name=op.f("ck_ranking_publication_states_known"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_ranking_publication_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "portfolio_id"],
            ["portfolio.organisation_id", "portfolio.id"],
            name=op.f("fk_ranking_publication_organisation_id_portfolio_id_portfolio"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "model_version_id"],
            ["scoring_model_version.organisation_id", "scoring_model_version.id"],
            name=op.f("fk_ranking_publication_organisation_id_model_version_id_scoring_model_version"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "published_by_id"],
            ["member.organisation_id", "member.id"],
            name=op.f("fk_ranking_publication_organisation_id_published_by_id_member"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_ranking_publication")),
        sa.UniqueConstraint(
            "organisation_id",
            "portfolio_id",
            "number",
            name=op.f("uq_ranking_publication_organisation_id_portfolio_id_number"),
        ),
    )
    op.create_table(
        "ranking_publication_input",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("publication_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_ranking_publication_input_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "publication_id"],
            ["ranking_publication.organisation_id", "ranking_publication.id"],
            name=op.f("fk_ranking_publication_input_organisation_id_publication_id_ranking_publication"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "publication_id", name=op.f("pk_ranking_publication_input")
        ),
    )
    # it is compressed already
    op.execute("ALTER TABLE ranking_publication_input ALTER COLUMN content SET STORAGE EXTERNAL")
    op.create_table(
        "ranking_publication_item",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("publication_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("initiative_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("score_rank", sa.Integer(), nullable=True),
        sa.Column("computed_rank", sa.Integer(), nullable=True),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("override_rank", sa.Integer(), nullable=True),
        sa.Column("previous_rank", sa.Integer(), nullable=True),
        sa.Column(
            "causes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
        sa.CheckConstraint("place > 0", name=op.f("ck_ranking_publication_item_place_positive")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_ranking_publication_item_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "publication_id"],
            ["ranking_publication.organisation_id", "ranking_publication.id"],
            name=op.f("fk_ranking_publication_item_organisation_id_publication_id_ranking_publication"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "publication_id", "place", name=op.f("pk_ranking_publication_item")
        ),
        sa.UniqueConstraint(
            "organisation_id",
            "initiative_id",
            "publication_id",
            name=op.f("uq_ranking_publication_item_organisation_id_initiative_id_publication_id"),
        ),
    )
    for table, rights in RIGHTS.items():
        op.execute(f"GRANT {rights} ON {table} TO {APPLICATION_ROLE}")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY tenant ON {table}"
            f" USING (organisation_id = {TENANT}) WITH CHECK (organisation_id = {TENANT})"
        )
    for table, (subject, initiative) in RECORDED.items():
        for event, transition in (
            ("insert", "NEW TABLE AS new_rows"),
            ("update", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
            ("delete", "OLD TABLE AS old_rows"),
        ):
            op.execute(
                f"CREATE TRIGGER record_{event} AFTER {event.upper()} ON {table} REFERENCING {transition}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION record_change('{subject}', '{initiative}', 'id')"
            )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.drop_table("ranking_publication_item")
    op.drop_table("ranking_publication_input")
    op.drop_table("ranking_publication")
    op.drop_table("ranking_override")
