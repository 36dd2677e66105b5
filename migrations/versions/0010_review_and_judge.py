"""keep reviews and what is decided in them, thresholds of findings and those that are dismissed

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "stepchange_app"
TENANT = "(SELECT nullif(current_setting('app.organisation_id', true), '')::uuid)"

# what the application may do; a decision is never rewritten, and of a dismissal only its withdrawal is written
RIGHTS = {
    "finding_threshold": "SELECT, INSERT, UPDATE, DELETE",
    "finding_dismissal": "SELECT, INSERT, UPDATE (withdrawn_at, withdrawn_by_id)",
    "review_schedule": "SELECT, INSERT, UPDATE",
    "review": "SELECT, INSERT, UPDATE",
    "review_participant": "SELECT, INSERT, DELETE",
    "review_decision": "SELECT, INSERT",
}
# table -> (column that identifies the subject, column with the initiative or "", key columns besides the tenant)
RECORDED = {
    "finding_threshold": ("organisation_id", "", "name"),
    "finding_dismissal": ("id", "", "id"),
    "review_schedule": ("id", "", "id"),
    "review": ("id", "", "id"),
    "review_participant": ("review_id", "", "review_id,member_id"),
    "review_decision": ("id", "initiative_id", "id"),
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "finding_threshold",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.CheckConstraint(
            "value BETWEEN -1000000000000000 AND 1000000000000000",
            name=op.f("ck_finding_threshold_value_range"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_finding_threshold_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "name", name=op.f("pk_finding_threshold")),
    )
    op.create_table(
        "finding_dismissal",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=600), nullable=False),
        sa.Column("facts", sa.String(length=2000), nullable=False),
        sa.Column("reason", sa.String(length=4000), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("dismissed_by_id", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("key ~ '[^[:space:]]'", name=op.f("ck_finding_dismissal_key_not_blank")),
        sa.CheckConstraint("reason ~ '[^[:space:]]'", name=op.f("ck_finding_dismissal_reason_not_blank")),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)",
            name=op.f("ck_finding_dismissal_withdrawal_complete"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "dismissed_by_id"],
            ["member.organisation_id", "member.id"],
            name=op.f("fk_finding_dismissal_organisation_id_dismissed_by_id_member"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "withdrawn_by_id"],
            ["member.organisation_id", "member.id"],
            name=op.f("fk_finding_dismissal_organisation_id_withdrawn_by_id_member"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_finding_dismissal_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_finding_dismissal")),
    )
    op.create_index(
        "uq_finding_dismissal_key",
        "finding_dismissal",
        ["organisation_id", "key"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "review_schedule",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "operations",
                "change",
                "readiness",
                name="review_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("portfolio_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column(
            "cadence",
            sa.Enum(
                "weekly",
                "biweekly",
                "monthly",
                "quarterly",
                "half_yearly",
                "yearly",
                name="review_cadence",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("first_due_on", sa.Date(), nullable=False),
        sa.CheckConstraint("name ~ '[^[:space:]]'", name=op.f("ck_review_schedule_name_not_blank")),
        sa.CheckConstraint(
            "num_nonnulls(team_id, portfolio_id) <= 1", name=op.f("ck_review_schedule_one_subject")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "owner_id"],
            ["member.organisation_id", "member.id"],
            name=op.f("fk_review_schedule_organisation_id_owner_id_member"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "portfolio_id"],
            ["portfolio.organisation_id", "portfolio.id"],
            name=op.f("fk_review_schedule_organisation_id_portfolio_id_portfolio"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "team_id"],
            ["team.organisation_id", "team.id"],
            name=op.f("fk_review_schedule_organisation_id_team_id_team"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_review_schedule_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_review_schedule")),
    )
    op.create_index(
        "uq_review_schedule_name",
        "review_schedule",
        ["organisation_id", sa.literal_column("lower(name)")],
        unique=True,
    )
    op.create_table(
        "review",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "operations",
                "change",
                "readiness",
                name="review_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("portfolio_id", sa.Uuid(), nullable=True),
        sa.Column("schedule_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("cycle_id", sa.Uuid(), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("notes", sa.String(), server_default="", nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(schedule_id IS NULL) = (due_on IS NULL)", name=op.f("ck_review_due_on_of_schedule")
        ),
        sa.CheckConstraint("num_nonnulls(team_id, portfolio_id) <= 1", name=op.f("ck_review_one_subject")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "cycle_id"],
            ["cycle.organisation_id", "cycle.id"],
            name=op.f("fk_review_organisation_id_cycle_id_cycle"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "portfolio_id"],
            ["portfolio.organisation_id", "portfolio.id"],
            name=op.f("fk_review_organisation_id_portfolio_id_portfolio"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "recorded_by_id"],
            ["member.organisation_id", "member.id"],
            name=op.f("fk_review_organisation_id_recorded_by_id_member"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "schedule_id"],
            ["review_schedule.organisation_id", "review_schedule.id"],
            name=op.f("fk_review_organisation_id_schedule_id_review_schedule"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "team_id"],
            ["team.organisation_id", "team.id"],
            name=op.f("fk_review_organisation_id_team_id_team"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_review_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_review")),
    )
    op.create_index("ix_review_held_on", "review", ["organisation_id", "held_on", "id"], unique=False)
    op.create_index("uq_review_due_on", "review", ["organisation_id", "schedule_id", "due_on"], unique=True)
    op.create_table(
        "review_decision",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("objective_id", sa.Uuid(), nullable=True),
        sa.Column("key_result_id", sa.Uuid(), nullable=True),
        sa.Column("kpi_id", sa.Uuid(), nullable=True),
        sa.Column("initiative_id", sa.Uuid(), nullable=True),
        sa.Column("topic", sa.String(length=500), nullable=True),
        sa.Column("decision", sa.String(length=4000), nullable=False),
        sa.Column("reason", sa.String(length=4000), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("decision ~ '[^[:space:]]'", name=op.f("ck_review_decision_decision_not_blank")),
        sa.CheckConstraint("reason ~ '[^[:space:]]'", name=op.f("ck_review_decision_reason_not_blank")),
        sa.CheckConstraint("topic ~ '[^[:space:]]'", name=op.f("ck_review_decision_topic_not_blank")),
        sa.CheckConstraint(
            "num_nonnulls(objective_id, key_result_id, kpi_id, initiative_id, topic) = 1",
            name=op.f("ck_review_decision_one_subject"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "initiative_id"],
            ["initiative.organisation_id", "initiative.id"],
            name=op.f("fk_review_decision_organisation_id_initiative_id_initiative"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "key_result_id"],
            ["key_result.organisation_id", "key_result.id"],
            name=op.f("fk_review_decision_organisation_id_key_result_id_key_result"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "kpi_id"],
            ["kpi.organisation_id", "kpi.id"],
            name=op.f("fk_review_decision_organisation_id_kpi_id_kpi"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "objective_id"],
            ["objective.organisation_id", "objective.id"],
            name=op.f("fk_review_decision_organisation_id_objective_id_objective"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "recorded_by_id"],
            ["member.organisation_id", "member.id"],
            name=op.f("fk_review_decision_organisation_id_recorded_by_id_member"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "review_id"],
            ["review.organisation_id", "review.id"],
            name=op.f("fk_review_decision_organisation_id_review_id_review"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_review_decision_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_review_decision")),
    )
    op.create_index(
        "ix_review_decision_initiative_id",
        "review_decision",
        ["organisation_id", "initiative_id", "id"],
        unique=False,
        postgresql_where=sa.text("initiative_id IS NOT NULL"),
    )
    op.create_index(
        "ix_review_decision_key_result_id",
        "review_decision",
        ["organisation_id", "key_result_id", "id"],
        unique=False,
        postgresql_where=sa.text("key_result_id IS NOT NULL"),
    )
    op.create_index(
        "ix_review_decision_kpi_id",
        "review_decision",
        ["organisation_id", "kpi_id", "id"],
        unique=False,
        postgresql_where=sa.text("kpi_id IS NOT NULL"),
    )
    op.create_index(
        "ix_review_decision_objective_id",
        "review_decision",
        ["organisation_id", "objective_id", "id"],
        unique=False,
        postgresql_where=sa.text("objective_id IS NOT NULL"),
    )
    op.create_index(
        "ix_review_decision_review_id",
        "review_decision",
        ["organisation_id", "review_id", "id"],
        unique=False,
    )
    op.create_table(
        "review_participant",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "member_id"],
            ["member.organisation_id", "member.id"],
            name=op.f("fk_review_participant_organisation_id_member_id_member"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "review_id"],
            ["review.organisation_id", "review.id"],
            name=op.f("fk_review_participant_organisation_id_review_id_review"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_review_participant_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "review_id", "member_id", name=op.f("pk_review_participant")
        ),
    )
    op.create_index(
        "ix_audit_entry_created_at", "audit_entry", ["organisation_id", "entity", "created_at"], unique=False
    )
    for table, rights in RIGHTS.items():
        op.execute(f"GRANT {rights} ON {table} TO {APPLICATION_ROLE}")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY tenant ON {table}"
            f" USING (organisation_id = {TENANT}) WITH CHECK (organisation_id = {TENANT})"
        )
    for table, (subject, initiative, key) in RECORDED.items():
        for event, transition in (
            ("insert", "NEW TABLE AS new_rows"),
            ("update", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
            ("delete", "OLD TABLE AS old_rows"),
        ):
            op.execute(
                f"CREATE TRIGGER record_{event} AFTER {event.upper()} ON {table} REFERENCING {transition}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION record_change('{subject}', '{initiative}', '{key}')"
            )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.drop_index("ix_audit_entry_created_at", table_name="audit_entry")
    for table in ("review_participant", "review_decision", "review", "review_schedule"):
        op.drop_table(table)
    for table in ("finding_dismissal", "finding_threshold"):
        op.drop_table(table)
