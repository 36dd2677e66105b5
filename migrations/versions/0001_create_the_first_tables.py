"""create the first tables

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql


class Xid8(sa.types.UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Name of the type in DDL."""
        return "xid8"


revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_organisation_currency_form")),
        sa.CheckConstraint("name ~ '[^[:space:]]'", name=op.f("ck_organisation_name_not_blank")),
        sa.CheckConstraint("slug ~ '^[a-z0-9](-?[a-z0-9])*$'", name=op.f("ck_organisation_slug_form")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("slug", name=op.f("uq_organisation_slug")),
    )
    op.create_table(
        "allocation_category",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("description", sa.String(), server_default="", nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "lights_on",
                "step_change",
                "planning",
                "unplanned",
                name="work_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("name ~ '[^[:space:]]'", name=op.f("ck_allocation_category_name_not_blank")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_allocation_category_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_allocation_category")),
    )
    op.create_index(
        "uq_allocation_category_name",
        "allocation_category",
        ["organisation_id", sa.literal_column("lower(name)")],
        unique=True,
    )
    op.create_table(
        "audit_entry",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("entity", sa.String(length=63), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("initiative_id", sa.Uuid(), nullable=True),
        sa.Column("other_initiative_id", sa.Uuid(), nullable=True),
        sa.Column(
            "operation",
            sa.Enum(
                "insert",
                "update",
                "delete",
                name="change_operation",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("request_id", sa.String(length=100), nullable=True),
        sa.Column("reason", sa.String(length=4000), nullable=True),
        sa.Column("old_values", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("new_values", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_audit_entry_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_audit_entry")),
    )
    op.create_index(
        "ix_audit_entry_entity_id", "audit_entry", ["organisation_id", "entity_id", "id"], unique=False
    )
    op.create_index(
        "ix_audit_entry_initiative_id",
        "audit_entry",
        ["organisation_id", "initiative_id", "id"],
        unique=False,
        postgresql_where=sa.text("initiative_id IS NOT NULL"),
    )
    op.create_index(
        "ix_audit_entry_other_initiative_id",
        "audit_entry",
        ["organisation_id", "other_initiative_id", "id"],
        unique=False,
        postgresql_where=sa.text("other_initiative_id IS NOT NULL"),
    )
    op.create_table(
        "change_log",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("xid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.Column("portfolio_id", sa.Uuid(), nullable=True),
        sa.Column("entity", sa.String(length=63), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("initiative_id", sa.Uuid(), nullable=True),
        sa.Column(
            "operation",
            sa.Enum(
                "insert",
                "update",
                "delete",
                name="change_operation",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_change_log_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_change_log")),
    )
    op.create_index("ix_change_log_xid", "change_log", ["organisation_id", "xid"], unique=False)
    op.create_table(
        "criterion",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("description", sa.String(), server_default="", nullable=False),
        sa.Column(
            "direction",
            sa.Enum(
                "benefit",
                "cost",
                name="criterion_direction",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "source",
            sa.Enum(
                "score",
                "duration_weeks",
                "effort_person_weeks",
                "cost_of_delay",
                "value_by_outcome",
                name="criterion_source",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default="score",
            nullable=False,
        ),
        sa.Column("scale_min", sa.Float(), nullable=False),
        sa.Column("scale_max", sa.Float(), nullable=False),
        sa.Column(
            "anchors",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
        sa.CheckConstraint("key ~ '^[a-z][a-z0-9_]*$'", name=op.f("ck_criterion_key_form")),
        sa.CheckConstraint("name ~ '[^[:space:]]'", name=op.f("ck_criterion_name_not_blank")),
        sa.CheckConstraint(
            "scale_max BETWEEN -1000000000000000 AND 1000000000000000",
            name=op.f("ck_criterion_scale_max_range"),
        ),
        sa.CheckConstraint("scale_min < scale_max", name=op.f("ck_criterion_scale_in_order")),
        sa.CheckConstraint(
            "scale_min BETWEEN -1000000000000000 AND 1000000000000000",
            name=op.f("ck_criterion_scale_min_range"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_criterion_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_criterion")),
        sa.UniqueConstraint("organisation_id", "key", name=op.f("uq_criterion_organisation_id_key")),
    )
    op.create_table(
        "cycle",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "strategic",
                "tactical",
                name="cycle_level",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("name ~ '[^[:space:]]'", name=op.f("ck_cycle_name_not_blank")),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_cycle_not_its_own_parent")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_cycle_dates_in_order")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "parent_id"],
            ["cycle.organisation_id", "cycle.id"],
            name=op.f("fk_cycle_organisation_id_parent_id_cycle"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_cycle_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_cycle")),
    )
    op.create_index(
        "uq_cycle_name", "cycle", ["organisation_id", sa.literal_column("lower(name)")], unique=True
    )
    op.create_table(
        "idempotency_key",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("operation", sa.String(length=100), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "octet_length(fingerprint) = 32", name=op.f("ck_idempotency_key_fingerprint_length")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_idempotency_key_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "operation", "key", name=op.f("pk_idempotency_key")),
    )
    op.create_table(
        "member",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "viewer",
                "contributor",
                "planner",
                "board",
                "admin",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("email ~ '^[^@[:space:]]+@[^@[:space:]]+$'", name=op.f("ck_member_email_form")),
        sa.CheckConstraint("name ~ '[^[:space:]]'", name=op.f("ck_member_name_not_blank")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_member_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_member")),
    )
    op.create_index(
        "uq_member_email", "member", ["organisation_id", sa.literal_column("lower(email)")], unique=True
    )
    op.create_table(
        "scoring_model",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("description", sa.String(), server_default="", nullable=False),
        sa.CheckConstraint("name ~ '[^[:space:]]'", name=op.f("ck_scoring_model_name_not_blank")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_scoring_model_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_scoring_model")),
    )
    op.create_index(
        "uq_scoring_model_name",
        "scoring_model",
        ["organisation_id", sa.literal_column("lower(name)")],
        unique=True,
    )
    op.create_table(
        "team",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("description", sa.String(), server_default="", nullable=False),
        sa.CheckConstraint("name ~ '[^[:space:]]'", name=op.f("ck_team_name_not_blank")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_team_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_team")),
    )
    op.create_index(
        "uq_team_name", "team", ["organisation_id", sa.literal_column("lower(name)")], unique=True
    )
    op.create_table(
        "api_token",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("prefix", sa.String(length=20), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("local_development", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("name ~ '[^[:space:]]'", name=op.f("ck_api_token_name_not_blank")),
        sa.CheckConstraint(
            "scopes <@ ARRAY['read','write','admin']::varchar[]", name=op.f("ck_api_token_scopes_known")
        ),
        sa.CheckConstraint("cardinality(scopes) > 0", name=op.f("ck_api_token_scopes_present")),
        sa.CheckConstraint("octet_length(token_hash) = 32", name=op.f("ck_api_token_hash_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "member_id"],
            ["member.organisation_id", "member.id"],
            name=op.f("fk_api_token_organisation_id_member_id_member"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_api_token_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_index("ix_api_token_member_id", "api_token", ["organisation_id", "member_id"], unique=False)
    op.create_table(
        "objective",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("description", sa.String(), server_default="", nullable=False),
        sa.Column(
            "ambition",
            sa.Enum(
                "committed",
                "aspirational",
                name="ambition",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("weight", sa.Float(), server_default="1", nullable=False),
        sa.CheckConstraint("title ~ '[^[:space:]]'", name=op.f("ck_objective_title_not_blank")),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_objective_not_its_own_parent")),
        sa.CheckConstraint("weight > 0 AND weight <= 1000", name=op.f("ck_objective_weight_range")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "cycle_id"],
            ["cycle.organisation_id", "cycle.id"],
            name=op.f("fk_objective_organisation_id_cycle_id_cycle"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "parent_id"],
            ["objective.organisation_id", "objective.id"],
            name=op.f("fk_objective_organisation_id_parent_id_objective"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "team_id"],
            ["team.organisation_id", "team.id"],
            name=op.f("fk_objective_organisation_id_team_id_team"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_objective_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_objective")),
    )
    op.create_index("ix_objective_cycle_id", "objective", ["organisation_id", "cycle_id"], unique=False)
    op.create_index("ix_objective_parent_id", "objective", ["organisation_id", "parent_id"], unique=False)
    op.create_index("ix_objective_team_id", "objective", ["organisation_id", "team_id"], unique=False)
    op.create_table(
        "portfolio",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("description", sa.String(), server_default="", nullable=False),
        sa.Column("default_scoring_model_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("name ~ '[^[:space:]]'", name=op.f("ck_portfolio_name_not_blank")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "default_scoring_model_id"],
            ["scoring_model.organisation_id", "scoring_model.id"],
            name=op.f("fk_portfolio_organisation_id_default_scoring_model_id_scoring_model"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_portfolio_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_portfolio")),
    )
    op.create_index(
        "uq_portfolio_name", "portfolio", ["organisation_id", sa.literal_column("lower(name)")], unique=True
    )
    op.create_table(
        "scoring_model_version",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
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
            "missing_policy",
            sa.Enum(
                "exclude",
                "worst",
                "renormalise",
                name="missing_policy",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(length=4000), server_default="", nullable=False),
        sa.Column("published_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("number > 0", name=op.f("ck_scoring_model_version_number_positive")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "model_id"],
            ["scoring_model.organisation_id", "scoring_model.id"],
            name=op.f("fk_scoring_model_version_organisation_id_model_id_scoring_model"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "published_by_id"],
            ["member.organisation_id", "member.id"],
            name=op.f("fk_scoring_model_version_organisation_id_published_by_id_member"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_scoring_model_version_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_scoring_model_version")),
        sa.UniqueConstraint(
            "organisation_id",
            "model_id",
            "number",
            name=op.f("uq_scoring_model_version_organisation_id_model_id_number"),
        ),
    )
    op.create_table(
        "initiative",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("portfolio_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("description", sa.String(), server_default="", nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "evaluated",
                "approved",
                "active",
                "paused",
                "completed",
                "stopped",
                name="initiative_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default="proposed",
            nullable=False,
        ),
        sa.Column("category_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("sponsor_id", sa.Uuid(), nullable=True),
        sa.Column("duration_weeks_low", sa.Float(), nullable=True),
        sa.Column("duration_weeks_likely", sa.Float(), nullable=True),
        sa.Column("duration_weeks_high", sa.Float(), nullable=True),
        sa.Column("cost_minor", sa.BigInteger(), nullable=True),
        sa.Column("cost_currency", sa.String(length=3), nullable=True),
        sa.Column("earliest_start", sa.Date(), nullable=True),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("mandatory", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("cost_currency ~ '^[A-Z]{3}$'", name=op.f("ck_initiative_currency_form")),
        sa.CheckConstraint("external_id <> ''", name=op.f("ck_initiative_external_id_not_empty")),
        sa.CheckConstraint("title ~ '[^[:space:]]'", name=op.f("ck_initiative_title_not_blank")),
        sa.CheckConstraint(
            "(cost_minor IS NULL) = (cost_currency IS NULL)", name=op.f("ck_initiative_cost_has_currency")
        ),
        sa.CheckConstraint(
            "cost_minor BETWEEN 0 AND 1000000000000000", name=op.f("ck_initiative_cost_range")
        ),
        sa.CheckConstraint(
            "duration_weeks_high >= duration_weeks_likely AND duration_weeks_high <= 5200",
            name=op.f("ck_initiative_duration_weeks_high_in_order"),
        ),
        sa.CheckConstraint(
            "duration_weeks_likely > 0 AND duration_weeks_likely <= 5200",
            name=op.f("ck_initiative_duration_weeks_range"),
        ),
        sa.CheckConstraint(
            "duration_weeks_likely IS NOT NULL OR (duration_weeks_low IS NULL AND duration_weeks_high IS NULL)",
            name=op.f("ck_initiative_duration_weeks_likely_first"),
        ),
        sa.CheckConstraint(
            "duration_weeks_low > 0 AND duration_weeks_low <= duration_weeks_likely",
            name=op.f("ck_initiative_duration_weeks_low_in_order"),
        ),
        sa.CheckConstraint("earliest_start <= deadline", name=op.f("ck_initiative_dates_in_order")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "category_id"],
            ["allocation_category.organisation_id", "allocation_category.id"],
            name=op.f("fk_initiative_organisation_id_category_id_allocation_category"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "owner_id"],
            ["member.organisation_id", "member.id"],
            name=op.f("fk_initiative_organisation_id_owner_id_member"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "portfolio_id"],
            ["portfolio.organisation_id", "portfolio.id"],
            name=op.f("fk_initiative_organisation_id_portfolio_id_portfolio"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "sponsor_id"],
            ["member.organisation_id", "member.id"],
            name=op.f("fk_initiative_organisation_id_sponsor_id_member"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "team_id"],
            ["team.organisation_id", "team.id"],
            name=op.f("fk_initiative_organisation_id_team_id_team"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_initiative_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_initiative")),
        sa.UniqueConstraint(
            "organisation_id",
            "portfolio_id",
            "id",
            name=op.f("uq_initiative_organisation_id_portfolio_id_id"),
        ),
    )
    op.create_index(
        "uq_initiative_external_id",
        "initiative",
        ["organisation_id", "portfolio_id", "external_id"],
        unique=True,
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )
    op.create_table(
        "key_result",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("objective_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column(
            "direction",
            sa.Enum(
                "increase",
                "decrease",
                "milestone",
                name="key_result_direction",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "outcome",
                "activity",
                name="key_result_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("start_value", sa.Float(), nullable=False),
        sa.Column("target_value", sa.Float(), nullable=False),
        sa.Column("current_value", sa.Float(), nullable=False),
        sa.Column("commit_value", sa.Float(), nullable=True),
        sa.Column("stretch_value", sa.Float(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("weight", sa.Float(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "CASE direction WHEN 'increase' THEN target_value > start_value WHEN 'decrease' THEN target_value < start_value ELSE start_value = 0 AND target_value = 1 END",
            name=op.f("ck_key_result_target_follows_direction"),
        ),
        sa.CheckConstraint("title ~ '[^[:space:]]'", name=op.f("ck_key_result_title_not_blank")),
        sa.CheckConstraint(
            "commit_value BETWEEN -1000000000000000 AND 1000000000000000",
            name=op.f("ck_key_result_commit_value_range"),
        ),
        sa.CheckConstraint(
            "current_value BETWEEN -1000000000000000 AND 1000000000000000",
            name=op.f("ck_key_result_current_value_range"),
        ),
        sa.CheckConstraint(
            "start_value BETWEEN -1000000000000000 AND 1000000000000000",
            name=op.f("ck_key_result_start_value_range"),
        ),
        sa.CheckConstraint(
            "stretch_value BETWEEN -1000000000000000 AND 1000000000000000",
            name=op.f("ck_key_result_stretch_value_range"),
        ),
        sa.CheckConstraint(
            "target_value BETWEEN -1000000000000000 AND 1000000000000000",
            name=op.f("ck_key_result_target_value_range"),
        ),
        sa.CheckConstraint("weight >= 0 AND weight <= 1000", name=op.f("ck_key_result_weight_range")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "objective_id"],
            ["objective.organisation_id", "objective.id"],
            name=op.f("fk_key_result_organisation_id_objective_id_objective"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "owner_id"],
            ["member.organisation_id", "member.id"],
            name=op.f("fk_key_result_organisation_id_owner_id_member"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_key_result_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_key_result")),
    )
    op.create_index(
        "ix_key_result_objective_id", "key_result", ["organisation_id", "objective_id"], unique=False
    )
    op.create_table(
        "objective_contributor",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("objective_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "objective_id"],
            ["objective.organisation_id", "objective.id"],
            name=op.f("fk_objective_contributor_organisation_id_objective_id_objective"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "team_id"],
            ["team.organisation_id", "team.id"],
            name=op.f("fk_objective_contributor_organisation_id_team_id_team"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_objective_contributor_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "objective_id", "team_id", name=op.f("pk_objective_contributor")
        ),
    )
    op.create_index(
        "ix_objective_contributor_team_id",
        "objective_contributor",
        ["organisation_id", "team_id"],
        unique=False,
    )
    op.create_table(
        "scoring_model_criterion",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("model_version_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "weighted",
                "business_value",
                "time_criticality",
                "risk_opportunity",
                "job_size",
                "reach",
                "impact",
                "confidence",
                "effort",
                "ease",
                name="criterion_role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("position >= 0", name=op.f("ck_scoring_model_criterion_position_range")),
        sa.CheckConstraint(
            "weight >= 0 AND weight <= 1000000", name=op.f("ck_scoring_model_criterion_weight_range")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "criterion_id"],
            ["criterion.organisation_id", "criterion.id"],
            name=op.f("fk_scoring_model_criterion_organisation_id_criterion_id_criterion"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "model_version_id"],
            ["scoring_model_version.organisation_id", "scoring_model_version.id"],
            name=op.f("fk_scoring_model_criterion_organisation_id_model_version_id_scoring_model_version"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_scoring_model_criterion_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "model_version_id", "criterion_id", name=op.f("pk_scoring_model_criterion")
        ),
    )
    op.create_index(
        "ix_scoring_model_criterion_criterion_id",
        "scoring_model_criterion",
        ["organisation_id", "criterion_id"],
        unique=False,
    )
    op.create_index(
        "uq_scoring_model_criterion_role",
        "scoring_model_criterion",
        ["organisation_id", "model_version_id", "role"],
        unique=True,
        postgresql_where=sa.text("role <> 'weighted'"),
    )
    op.create_table(
        "contribution",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("initiative_id", sa.Uuid(), nullable=False),
        sa.Column("key_result_id", sa.Uuid(), nullable=False),
        sa.Column("portfolio_id", sa.Uuid(), nullable=False),
        sa.Column("expected_delta", sa.Float(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.CheckConstraint(
            "confidence > 0 AND confidence <= 1", name=op.f("ck_contribution_confidence_range")
        ),
        sa.CheckConstraint("expected_delta <> 0", name=op.f("ck_contribution_delta_not_zero")),
        sa.CheckConstraint(
            "expected_delta BETWEEN -1000000000000000 AND 1000000000000000",
            name=op.f("ck_contribution_expected_delta_range"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "key_result_id"],
            ["key_result.organisation_id", "key_result.id"],
            name=op.f("fk_contribution_organisation_id_key_result_id_key_result"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "portfolio_id", "initiative_id"],
            ["initiative.organisation_id", "initiative.portfolio_id", "initiative.id"],
            name=op.f("fk_contribution_organisation_id_portfolio_id_initiative_id_initiative"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_contribution_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "initiative_id", "key_result_id", name=op.f("pk_contribution")
        ),
    )
    op.create_index(
        "ix_contribution_key_result_id", "contribution", ["organisation_id", "key_result_id"], unique=False
    )
    op.create_index(
        "ix_contribution_portfolio_id", "contribution", ["organisation_id", "portfolio_id"], unique=False
    )
    op.create_table(
        "cost_of_delay",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("initiative_id", sa.Uuid(), nullable=False),
        sa.Column("portfolio_id", sa.Uuid(), nullable=False),
        sa.Column(
            "profile",
            sa.Enum(
                "linear",
                "fixed_date",
                "short_life_peak_affected",
                "long_life_peak_affected",
                "long_life_peak_not_affected",
                "intangible",
                name="urgency_profile",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("rate_minor_per_week_low", sa.Float(), nullable=True),
        sa.Column("rate_minor_per_week_likely", sa.Float(), nullable=False),
        sa.Column("rate_minor_per_week_high", sa.Float(), nullable=True),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("step_minor", sa.Float(), nullable=True),
        sa.Column("ramp_weeks", sa.Float(), nullable=True),
        sa.Column("life_weeks", sa.Float(), nullable=True),
        sa.Column("peak_week", sa.Float(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_cost_of_delay_currency_form")),
        sa.CheckConstraint(
            "profile <> 'fixed_date' OR deadline IS NOT NULL",
            name=op.f("ck_cost_of_delay_fixed_date_has_deadline"),
        ),
        sa.CheckConstraint(
            "profile <> 'intangible' OR ramp_weeks IS NOT NULL",
            name=op.f("ck_cost_of_delay_intangible_has_ramp"),
        ),
        sa.CheckConstraint(
            "profile NOT IN ('short_life_peak_affected','long_life_peak_affected','long_life_peak_not_affected') OR (life_weeks IS NOT NULL AND peak_week IS NOT NULL AND peak_week < life_weeks)",
            name=op.f("ck_cost_of_delay_life_has_peak"),
        ),
        sa.CheckConstraint("life_weeks > 0 AND life_weeks <= 5200", name=op.f("ck_cost_of_delay_life_range")),
        sa.CheckConstraint("peak_week >= 0 AND peak_week <= 5200", name=op.f("ck_cost_of_delay_peak_range")),
        sa.CheckConstraint(
            "ramp_weeks >= 0 AND ramp_weeks <= 5200", name=op.f("ck_cost_of_delay_ramp_range")
        ),
        sa.CheckConstraint(
            "rate_minor_per_week_high >= rate_minor_per_week_likely AND rate_minor_per_week_high <= 1000000000000000",
            name=op.f("ck_cost_of_delay_rate_minor_per_week_high_in_order"),
        ),
        sa.CheckConstraint(
            "rate_minor_per_week_likely >= 0 AND rate_minor_per_week_likely <= 1000000000000000",
            name=op.f("ck_cost_of_delay_rate_minor_per_week_range"),
        ),
        sa.CheckConstraint(
            "rate_minor_per_week_likely IS NOT NULL OR (rate_minor_per_week_low IS NULL AND rate_minor_per_week_high IS NULL)",
            name=op.f("ck_cost_of_delay_rate_minor_per_week_likely_first"),
        ),
        sa.CheckConstraint(
            "rate_minor_per_week_low >= 0 AND rate_minor_per_week_low <= rate_minor_per_week_likely",
            name=op.f("ck_cost_of_delay_rate_minor_per_week_low_in_order"),
        ),
        sa.CheckConstraint(
            "step_minor BETWEEN 0 AND 1000000000000000", name=op.f("ck_cost_of_delay_step_minor_range")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "portfolio_id", "initiative_id"],
            ["initiative.organisation_id", "initiative.portfolio_id", "initiative.id"],
            name=op.f("fk_cost_of_delay_organisation_id_portfolio_id_initiative_id_initiative"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_cost_of_delay_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "initiative_id", name=op.f("pk_cost_of_delay")),
    )
    op.create_index(
        "ix_cost_of_delay_portfolio_id", "cost_of_delay", ["organisation_id", "portfolio_id"], unique=False
    )
    op.create_table(
        "decision",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("portfolio_id", sa.Uuid(), nullable=False),
        sa.Column("initiative_id", sa.Uuid(), nullable=False),
        sa.Column(
            "from_state",
            sa.Enum(
                "proposed",
                "evaluated",
                "approved",
                "active",
                "paused",
                "completed",
                "stopped",
                name="from_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "to_state",
            sa.Enum(
                "proposed",
                "evaluated",
                "approved",
                "active",
                "paused",
                "completed",
                "stopped",
                name="to_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=4000), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("reason ~ '[^[:space:]]'", name=op.f("ck_decision_reason_not_blank")),
        sa.CheckConstraint("from_state <> to_state", name=op.f("ck_decision_state_changes")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "decided_by_id"],
            ["member.organisation_id", "member.id"],
            name=op.f("fk_decision_organisation_id_decided_by_id_member"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "portfolio_id", "initiative_id"],
            ["initiative.organisation_id", "initiative.portfolio_id", "initiative.id"],
            name=op.f("fk_decision_organisation_id_portfolio_id_initiative_id_initiative"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_decision_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_decision")),
    )
    op.create_index(
        "ix_decision_initiative_id",
        "decision",
        ["organisation_id", "initiative_id", "created_at"],
        unique=False,
    )
    op.create_table(
        "dependency",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("portfolio_id", sa.Uuid(), nullable=False),
        sa.Column("predecessor_id", sa.Uuid(), nullable=False),
        sa.Column("successor_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "finish_to_start",
                "start_to_start",
                "finish_to_finish",
                "relates_to",
                "duplicates",
                name="dependency_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("hard", sa.Boolean(), nullable=False),
        sa.Column("lag_weeks", sa.Float(), server_default="0", nullable=False),
        sa.Column("note", sa.String(length=2000), server_default="", nullable=False),
        sa.CheckConstraint(
            "kind NOT IN ('relates_to','duplicates') OR (NOT hard AND lag_weeks = 0)",
            name=op.f("ck_dependency_relations_never_constrain"),
        ),
        sa.CheckConstraint("lag_weeks BETWEEN -520 AND 520", name=op.f("ck_dependency_lag_range")),
        sa.CheckConstraint("predecessor_id <> successor_id", name=op.f("ck_dependency_two_ends")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "portfolio_id", "predecessor_id"],
            ["initiative.organisation_id", "initiative.portfolio_id", "initiative.id"],
            name=op.f("fk_dependency_organisation_id_portfolio_id_predecessor_id_initiative"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "portfolio_id", "successor_id"],
            ["initiative.organisation_id", "initiative.portfolio_id", "initiative.id"],
            name=op.f("fk_dependency_organisation_id_portfolio_id_successor_id_initiative"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_dependency_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_dependency")),
        sa.UniqueConstraint(
            "organisation_id",
            "predecessor_id",
            "successor_id",
            "kind",
            name=op.f("uq_dependency_organisation_id_predecessor_id_successor_id_kind"),
        ),
    )
    op.create_index(
        "ix_dependency_portfolio_id", "dependency", ["organisation_id", "portfolio_id"], unique=False
    )
    op.create_index(
        "ix_dependency_successor_id", "dependency", ["organisation_id", "successor_id"], unique=False
    )
    op.create_table(
        "score",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("initiative_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=False),
        sa.Column("rater_id", sa.Uuid(), nullable=False),
        sa.Column("portfolio_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("value_low", sa.Float(), nullable=True),
        sa.Column("value_high", sa.Float(), nullable=True),
        sa.Column("note", sa.String(length=2000), server_default="", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "value BETWEEN -1000000000000000 AND 1000000000000000", name=op.f("ck_score_value_range")
        ),
        sa.CheckConstraint("value_high >= value", name=op.f("ck_score_high_in_order")),
        sa.CheckConstraint(
            "value_high BETWEEN -1000000000000000 AND 1000000000000000",
            name=op.f("ck_score_value_high_range"),
        ),
        sa.CheckConstraint("value_low <= value", name=op.f("ck_score_low_in_order")),
        sa.CheckConstraint(
            "value_low BETWEEN -1000000000000000 AND 1000000000000000", name=op.f("ck_score_value_low_range")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "criterion_id"],
            ["criterion.organisation_id", "criterion.id"],
            name=op.f("fk_score_organisation_id_criterion_id_criterion"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "portfolio_id", "initiative_id"],
            ["initiative.organisation_id", "initiative.portfolio_id", "initiative.id"],
            name=op.f("fk_score_organisation_id_portfolio_id_initiative_id_initiative"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "rater_id"],
            ["member.organisation_id", "member.id"],
            name=op.f("fk_score_organisation_id_rater_id_member"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_score_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "initiative_id", "criterion_id", "rater_id", name=op.f("pk_score")
        ),
    )
    op.create_index("ix_score_criterion_id", "score", ["organisation_id", "criterion_id"], unique=False)
    op.create_index("ix_score_portfolio_id", "score", ["organisation_id", "portfolio_id"], unique=False)
    op.create_table(
        "team_demand",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("initiative_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("skill", sa.String(length=100), server_default="", nullable=False),
        sa.Column("portfolio_id", sa.Uuid(), nullable=False),
        sa.Column("person_weeks_low", sa.Float(), nullable=True),
        sa.Column("person_weeks_likely", sa.Float(), nullable=False),
        sa.Column("person_weeks_high", sa.Float(), nullable=True),
        sa.CheckConstraint(
            "person_weeks_high >= person_weeks_likely AND person_weeks_high <= 1000000",
            name=op.f("ck_team_demand_person_weeks_high_in_order"),
        ),
        sa.CheckConstraint(
            "person_weeks_likely >= 0 AND person_weeks_likely <= 1000000",
            name=op.f("ck_team_demand_person_weeks_range"),
        ),
        sa.CheckConstraint(
            "person_weeks_likely IS NOT NULL OR (person_weeks_low IS NULL AND person_weeks_high IS NULL)",
            name=op.f("ck_team_demand_person_weeks_likely_first"),
        ),
        sa.CheckConstraint(
            "person_weeks_low >= 0 AND person_weeks_low <= person_weeks_likely",
            name=op.f("ck_team_demand_person_weeks_low_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "portfolio_id", "initiative_id"],
            ["initiative.organisation_id", "initiative.portfolio_id", "initiative.id"],
            name=op.f("fk_team_demand_organisation_id_portfolio_id_initiative_id_initiative"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "team_id"],
            ["team.organisation_id", "team.id"],
            name=op.f("fk_team_demand_organisation_id_team_id_team"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_team_demand_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "initiative_id", "team_id", "skill", name=op.f("pk_team_demand")
        ),
    )
    op.create_index(
        "ix_team_demand_portfolio_id", "team_demand", ["organisation_id", "portfolio_id"], unique=False
    )
    op.create_index("ix_team_demand_team_id", "team_demand", ["organisation_id", "team_id"], unique=False)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.drop_index("ix_team_demand_team_id", table_name="team_demand")
    op.drop_index("ix_team_demand_portfolio_id", table_name="team_demand")
    op.drop_table("team_demand")
    op.drop_index("ix_score_portfolio_id", table_name="score")
    op.drop_index("ix_score_criterion_id", table_name="score")
    op.drop_table("score")
    op.drop_index("ix_dependency_successor_id", table_name="dependency")
    op.drop_index("ix_dependency_portfolio_id", table_name="dependency")
    op.drop_table("dependency")
    op.drop_index("ix_decision_initiative_id", table_name="decision")
    op.drop_table("decision")
    op.drop_index("ix_cost_of_delay_portfolio_id", table_name="cost_of_delay")
    op.drop_table("cost_of_delay")
    op.drop_index("ix_contribution_portfolio_id", table_name="contribution")
    op.drop_index("ix_contribution_key_result_id", table_name="contribution")
    op.drop_table("contribution")
    op.drop_index(
        "uq_scoring_model_criterion_role",
        table_name="scoring_model_criterion",
        postgresql_where=sa.text("role <> 'weighted'"),
    )
    op.drop_index("ix_scoring_model_criterion_criterion_id", table_name="scoring_model_criterion")
    op.drop_table("scoring_model_criterion")
    op.drop_index("ix_objective_contributor_team_id", table_name="objective_contributor")
    op.drop_table("objective_contributor")
    op.drop_index("ix_key_result_objective_id", table_name="key_result")
    op.drop_table("key_result")
    op.drop_index("uq_initiative_external_id", table_name="initiative")
    op.drop_table("initiative")
    op.drop_table("scoring_model_version")
    op.drop_index("uq_portfolio_name", table_name="portfolio")
    op.drop_table("portfolio")
    op.drop_index("ix_objective_team_id", table_name="objective")
    op.drop_index("ix_objective_parent_id", table_name="objective")
    op.drop_index("ix_objective_cycle_id", table_name="objective")
    op.drop_table("objective")
    op.drop_index("ix_api_token_member_id", table_name="api_token")
    op.drop_table("api_token")
    op.drop_index("uq_team_name", table_name="team")
    op.drop_table("team")
    op.drop_index("uq_scoring_model_name", table_name="scoring_model")
    op.drop_table("scoring_model")
    op.drop_index("uq_member_email", table_name="member")
    op.drop_table("member")
    op.drop_table("idempotency_key")
    op.drop_index("uq_cycle_name", table_name="cycle")
    op.drop_table("cycle")
    op.drop_table("criterion")
    op.drop_index("ix_change_log_xid", table_name="change_log")
    op.drop_table("change_log")
    op.drop_index("ix_audit_entry_other_initiative_id", table_name="audit_entry")
    op.drop_index("ix_audit_entry_initiative_id", table_name="audit_entry")
    op.drop_index("ix_audit_entry_entity_id", table_name="audit_entry")
    op.drop_table("audit_entry")
    op.drop_index("uq_allocation_category_name", table_name="allocation_category")
    op.drop_table("allocation_category")
    op.drop_table("organisation")
