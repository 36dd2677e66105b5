"""group alternatives: initiatives of which at most one is to be done

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

APPLICATION_ROLE = "stepchange_app"
TENANT = "(SELECT nullif(current_setting('app.organisation_id', true), '')::uuid)"

RIGHTS = {"alternative_group": "SELECT, INSERT, UPDATE", "alternative_member": "SELECT, INSERT, DELETE"}
# table -> (column that identifies the subject, column with the initiative or "", key besides the tenant)
RECORDED = {
    "alternative_group": ("id", "", "id"),
    "alternative_member": ("group_id", "initiative_id", "group_id,initiative_id"),
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "alternative_group",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("portfolio_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.CheckConstraint("name ~ '[^[:space:]]'", name=op.f("ck_alternative_group_name_not_blank")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_alternative_group_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "portfolio_id"],
            ["portfolio.organisation_id", "portfolio.id"],
            name=op.f("fk_alternative_group_organisation_id_portfolio_id_portfolio"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_alternative_group")),
        sa.UniqueConstraint(
            "organisation_id",
            "portfolio_id",
            "id",
            name=op.f("uq_alternative_group_organisation_id_portfolio_id_id"),
        ),
    )
    op.create_index(
        "uq_alternative_group_name",
        "alternative_group",
        ["organisation_id", "portfolio_id", sa.text("lower(name)")],
        unique=True,
        postgresql_where=sa.text("archived_at IS NULL"),
    )
    op.create_table(
        "alternative_member",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("initiative_id", sa.Uuid(), nullable=False),
        sa.Column("portfolio_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_alternative_member_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "portfolio_id", "group_id"],
            [
                "alternative_group.organisation_id",
                "alternative_group.portfolio_id",
                "alternative_group.id",
            ],
            name=op.f("fk_alternative_member_organisation_id_portfolio_id_group_id_alternative_group"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "portfolio_id", "initiative_id"],
            ["initiative.organisation_id", "initiative.portfolio_id", "initiative.id"],
            name=op.f("fk_alternative_member_organisation_id_portfolio_id_initiative_id_initiative"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "group_id", "initiative_id", name=op.f("pk_alternative_member")
        ),
    )
    op.create_index(
        "ix_alternative_member_initiative_id",
        "alternative_member",
        ["organisation_id", "initiative_id"],
        unique=False,
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
    op.drop_table("alternative_member")
    op.drop_table("alternative_group")
