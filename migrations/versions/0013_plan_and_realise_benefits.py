"""plan benefits of initiatives, and record what has come of them

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "stepchange_app"
TENANT = "(SELECT nullif(current_setting('app.organisation_id', true), '')::uuid)"

# in the order of their references; what the application may do: what has come stays as it was recorded
RIGHTS = {
    "benefit": "SELECT, INSERT, UPDATE",
    "benefit_plan": "SELECT, INSERT, UPDATE, DELETE",
    "benefit_realisation": "SELECT, INSERT",
}
# table -> (column that identifies the subject, column with the initiative or "", key besides the tenant)
RECORDED = {
    "benefit": ("id", "initiative_id", "id"),
    "benefit_plan": ("benefit_id", "", "benefit_id,due_on"),
    "benefit_realisation": ("id", "", "id"),
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "benefit",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("portfolio_id", sa.Uuid(), nullable=False),
        sa.Column("initiative_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("description", sa.String(), server_default="", nullable=False),
        sa.Column(
            "measure",
            sa.Enum(
                "money",
                "key_result",
                "kpi",
                name="benefit_measure",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("key_result_id", sa.Uuid(), nullable=True),
        sa.Column("kpi_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(measure = 'money') = (currency IS NOT NULL)"
            " AND (measure = 'key_result') = (key_result_id IS NOT NULL)"
            " AND (measure = 'kpi') = (kpi_id IS NOT NULL)",
            name=op.f("ck_benefit_measured_in_one_unit"),
        ),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_benefit_currency_form")),
        sa.CheckConstraint("title ~ '[^[:space:]]'", name=op.f("ck_benefit_title_not_blank")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_benefit_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "portfolio_id", "initiative_id"],
            ["initiative.organisation_id", "initiative.portfolio_id", "initiative.id"],
            name=op.f("fk_benefit_organisation_id_portfolio_id_initiative_id_initiative"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "key_result_id"],
            ["key_result.organisation_id", "key_result.id"],
            name=op.f("fk_benefit_organisation_id_key_result_id_key_result"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "kpi_id"],
            ["kpi.organisation_id", "kpi.id"],
            name=op.f("fk_benefit_organisation_id_kpi_id_kpi"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "owner_id"],
            ["member.organisation_id", "member.id"],
            name=op.f("fk_benefit_organisation_id_owner_id_member"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_benefit")),
    )
    op.create_index(
        "ix_benefit_initiative_id",
        "benefit",
        ["organisation_id", "initiative_id", "created_at", "id"],
        unique=False,
    )
    op.create_index("ix_benefit_key_result_id", "benefit", ["organisation_id", "key_result_id"], unique=False)
    op.create_index("ix_benefit_kpi_id", "benefit", ["organisation_id", "kpi_id"], unique=False)
    op.create_table(
        "benefit_plan",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("benefit_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Float(), nullable=False),
        sa.CheckConstraint(
            "amount BETWEEN -1000000000000000 AND 1000000000000000", name=op.f("ck_benefit_plan_amount_range")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_benefit_plan_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "benefit_id"],
            ["benefit.organisation_id", "benefit.id"],
            name=op.f("fk_benefit_plan_organisation_id_benefit_id_benefit"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "benefit_id", "due_on", name=op.f("pk_benefit_plan")),
    )
    op.create_table(
        "benefit_realisation",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("benefit_id", sa.Uuid(), nullable=False),
        sa.Column("realised_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Float(), nullable=False),
        sa.Column("note", sa.String(length=4000), server_default="", nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=4000), nullable=True),
        sa.CheckConstraint(
            "amount BETWEEN -1000000000000000 AND 1000000000000000",
            name=op.f("ck_benefit_realisation_amount_range"),
        ),
        sa.CheckConstraint(
            "(corrects_id IS NULL) = (reason IS NULL)",
            name=op.f("ck_benefit_realisation_correction_reasoned"),
        ),
        sa.CheckConstraint("reason ~ '[^[:space:]]'", name=op.f("ck_benefit_realisation_reason_not_blank")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_benefit_realisation_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "benefit_id"],
            ["benefit.organisation_id", "benefit.id"],
            name=op.f("fk_benefit_realisation_organisation_id_benefit_id_benefit"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "corrects_id"],
            ["benefit_realisation.organisation_id", "benefit_realisation.id"],
            name=op.f("fk_benefit_realisation_organisation_id_corrects_id_benefit_realisation"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "recorded_by_id"],
            ["member.organisation_id", "member.id"],
            name=op.f("fk_benefit_realisation_organisation_id_recorded_by_id_member"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_benefit_realisation")),
    )
    op.create_index(
        "ix_benefit_realisation_benefit_id",
        "benefit_realisation",
        ["organisation_id", "benefit_id", "realised_on", "id"],
        unique=False,
    )
    op.create_index(
        "uq_benefit_realisation_corrects_id",
        "benefit_realisation",
        ["organisation_id", "corrects_id"],
        unique=True,
        postgresql_where=sa.text("corrects_id IS NOT NULL"),
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
    for table in reversed(RIGHTS):
        op.drop_table(table)
