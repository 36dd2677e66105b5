"""keep scenarios: what-ifs on frozen bases, their effects, solves and results

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "stepchange_app"
TENANT = "(SELECT nullif(current_setting('app.organisation_id', true), '')::uuid)"

# in the order of their references; what the application may do: bases and results are never rewritten
RIGHTS = {
    "scenario_base": "SELECT, INSERT",
    "scenario_result": "SELECT, INSERT",
    "scenario": "SELECT, INSERT, UPDATE",
    "scenario_effect": "SELECT, INSERT, DELETE",
    "scenario_run": "SELECT, INSERT, UPDATE",
    "scenario_run_progress": "SELECT, INSERT, UPDATE",
}
# table -> column that identifies the subject; bases, results and progress belong to what is recorded
RECORDED = {"scenario": "id", "scenario_effect": "scenario_id", "scenario_run": "id"}
COMPRESSED = ("scenario_base", "scenario_result")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "scenario_base",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("digest ~ '^[0-9a-f]{64}$'", name=op.f("ck_scenario_base_digest_form")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_scenario_base_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "digest", name=op.f("pk_scenario_base")),
    )
    op.create_table(
        "scenario_result",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("digest ~ '^[0-9a-f]{64}$'", name=op.f("ck_scenario_result_digest_form")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_scenario_result_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "digest", name=op.f("pk_scenario_result")),
    )
    op.create_table(
        "scenario",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("portfolio_id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("description", sa.String(), server_default="", nullable=False),
        sa.Column(
            "visibility",
            sa.Enum(
                "private",
                "shared",
                name="scenario_visibility",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "approved",
                "rejected",
                name="scenario_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default="draft",
            nullable=False,
        ),
        sa.Column("base_digest", sa.String(length=64), nullable=False),
        sa.Column("base_taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("base_request", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decision_note", sa.String(length=4000), nullable=True),
        sa.Column(
            "applied",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(state = 'draft') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by_id IS NULL) AND (decided_at IS NULL) = (decision_note IS NULL)",
            name=op.f("ck_scenario_decision_complete"),
        ),
        sa.CheckConstraint(
            "decision_note ~ '[^[:space:]]'", name=op.f("ck_scenario_decision_note_not_blank")
        ),
        sa.CheckConstraint("name ~ '[^[:space:]]'", name=op.f("ck_scenario_name_not_blank")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "base_digest"],
            ["scenario_base.organisation_id", "scenario_base.digest"],
            name=op.f("fk_scenario_organisation_id_base_digest_scenario_base"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "cycle_id"],
            ["cycle.organisation_id", "cycle.id"],
            name=op.f("fk_scenario_organisation_id_cycle_id_cycle"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "decided_by_id"],
            ["member.organisation_id", "member.id"],
            name=op.f("fk_scenario_organisation_id_decided_by_id_member"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "owner_id"],
            ["member.organisation_id", "member.id"],
            name=op.f("fk_scenario_organisation_id_owner_id_member"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "portfolio_id"],
            ["portfolio.organisation_id", "portfolio.id"],
            name=op.f("fk_scenario_organisation_id_portfolio_id_portfolio"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_scenario_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_scenario")),
        sa.UniqueConstraint(
            "organisation_id", "portfolio_id", "id", name=op.f("uq_scenario_organisation_id_portfolio_id_id")
        ),
    )
    op.create_index(
        "ix_scenario_portfolio_id",
        "scenario",
        ["organisation_id", "portfolio_id", "created_at", "id"],
        unique=False,
    )
    op.create_table(
        "scenario_effect",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("portfolio_id", sa.Uuid(), nullable=False),
        sa.Column("scenario_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "share",
                "team_capacity",
                "hire",
                "leaver",
                "scoring",
                "force",
                "dates",
                "duration",
                "demand",
                "cost_of_delay",
                "key_result_weight",
                name="effect_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("position BETWEEN 0 AND 199", name=op.f("ck_scenario_effect_position_range")),
        sa.CheckConstraint("schema_version > 0", name=op.f("ck_scenario_effect_schema_version_positive")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "portfolio_id", "scenario_id"],
            ["scenario.organisation_id", "scenario.portfolio_id", "scenario.id"],
            name=op.f("fk_scenario_effect_organisation_id_portfolio_id_scenario_id_scenario"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_scenario_effect_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_scenario_effect")),
        sa.UniqueConstraint(
            "organisation_id",
            "scenario_id",
            "position",
            deferrable=True,
            initially="DEFERRED",
            name=op.f("uq_scenario_effect_organisation_id_scenario_id_position"),
        ),
    )
    op.create_table(
        "scenario_run",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("portfolio_id", sa.Uuid(), nullable=False),
        sa.Column("scenario_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("requested_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "running",
                "succeeded",
                "failed",
                "cancelled",
                name="run_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default="queued",
            nullable=False,
        ),
        sa.Column("base_digest", sa.String(length=64), nullable=False),
        sa.Column("input_fingerprint", sa.String(length=64), nullable=False),
        sa.Column("budget_seconds", sa.Float(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("robustness_samples", sa.Integer(), nullable=False),
        sa.Column("engine_version", sa.String(length=40), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(length=4000), nullable=True),
        sa.Column("result_digest", sa.String(length=64), nullable=True),
        sa.Column("base_result_digest", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "(state = 'failed') = (failure IS NOT NULL)", name=op.f("ck_scenario_run_failure_complete")
        ),
        sa.CheckConstraint(
            "(state = 'succeeded') = (result_digest IS NOT NULL) AND (result_digest IS NULL) = (base_result_digest IS NULL)",
            name=op.f("ck_scenario_run_result_complete"),
        ),
        sa.CheckConstraint(
            "(state IN ('succeeded', 'failed', 'cancelled')) = (finished_at IS NOT NULL)",
            name=op.f("ck_scenario_run_finish_complete"),
        ),
        sa.CheckConstraint(
            "input_fingerprint ~ '^[0-9a-f]{64}$'", name=op.f("ck_scenario_run_fingerprint_form")
        ),
        sa.CheckConstraint("budget_seconds BETWEEN 0.1 AND 3600", name=op.f("ck_scenario_run_budget_range")),
        sa.CheckConstraint("number > 0", name=op.f("ck_scenario_run_number_positive")),
        sa.CheckConstraint(
            "robustness_samples BETWEEN 0 AND 100000", name=op.f("ck_scenario_run_samples_range")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "base_digest"],
            ["scenario_base.organisation_id", "scenario_base.digest"],
            name=op.f("fk_scenario_run_organisation_id_base_digest_scenario_base"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "base_result_digest"],
            ["scenario_result.organisation_id", "scenario_result.digest"],
            name=op.f("fk_scenario_run_organisation_id_base_result_digest_scenario_result"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "portfolio_id", "scenario_id"],
            ["scenario.organisation_id", "scenario.portfolio_id", "scenario.id"],
            name=op.f("fk_scenario_run_organisation_id_portfolio_id_scenario_id_scenario"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "requested_by_id"],
            ["member.organisation_id", "member.id"],
            name=op.f("fk_scenario_run_organisation_id_requested_by_id_member"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "result_digest"],
            ["scenario_result.organisation_id", "scenario_result.digest"],
            name=op.f("fk_scenario_run_organisation_id_result_digest_scenario_result"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_scenario_run_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_scenario_run")),
        sa.UniqueConstraint(
            "organisation_id",
            "scenario_id",
            "number",
            name=op.f("uq_scenario_run_organisation_id_scenario_id_number"),
        ),
    )
    op.create_index(
        "uq_scenario_run_live",
        "scenario_run",
        [
            "organisation_id",
            "scenario_id",
            "input_fingerprint",
            "base_digest",
            "budget_seconds",
            "seed",
            "robustness_samples",
            "engine_version",
        ],
        unique=True,
        postgresql_where=sa.text("state IN ('queued', 'running', 'succeeded')"),
    )
    op.create_table(
        "scenario_run_progress",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column(
            "phase",
            sa.Enum(
                "waiting",
                "base_selection",
                "base_schedule",
                "selection",
                "schedule",
                "robustness",
                "done",
                name="run_phase",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("step", sa.String(length=40), server_default="", nullable=False),
        sa.Column("done", sa.Float(), nullable=False),
        sa.Column("incumbent", sa.Float(), nullable=True),
        sa.Column("bound", sa.Float(), nullable=True),
        sa.Column("gap", sa.Float(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("done BETWEEN 0 AND 1", name=op.f("ck_scenario_run_progress_done_range")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "run_id"],
            ["scenario_run.organisation_id", "scenario_run.id"],
            name=op.f("fk_scenario_run_progress_organisation_id_run_id_scenario_run"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_scenario_run_progress_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "run_id", name=op.f("pk_scenario_run_progress")),
    )
    for table in COMPRESSED:
        op.execute(f"ALTER TABLE {table} ALTER COLUMN content SET STORAGE EXTERNAL")
    for table, rights in RIGHTS.items():
        op.execute(f"GRANT {rights} ON {table} TO {APPLICATION_ROLE}")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY tenant ON {table}"
            f" USING (organisation_id = {TENANT}) WITH CHECK (organisation_id = {TENANT})"
        )
    for table, subject in RECORDED.items():
        for event, transition in (
            ("insert", "NEW TABLE AS new_rows"),
            ("update", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
            ("delete", "OLD TABLE AS old_rows"),
        ):
            op.execute(
                f"CREATE TRIGGER record_{event} AFTER {event.upper()} ON {table} REFERENCING {transition}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION record_change('{subject}', '', 'id')"
            )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    for table in reversed(RIGHTS):
        op.drop_table(table)
